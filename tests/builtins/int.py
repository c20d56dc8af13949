"""Arithmetic and methods of int and bool, with their errors."""


def show(source):
    try:
        print(source, "->", repr(eval(source)))
    except Exception as error:
        print(source, "->", type(error).__name__, error)


CASES = r"""
1//0
1%0
divmod(1,0)
1/0
0**-1
pow(2,-1,0)
pow(2,-1,4)
pow(2,-1,5), pow(2,3,-5), pow(3,-2,7), pow(-3,5,7), pow(0,0,1), pow(5,0,1)
pow(10**30, 10**20, 10**9+7)
1<<-1
1>>-1
1<<(1<<70)
0<<(1<<70), 1>>(1<<70), -1>>(1<<70)
1<<100, -1<<63, (1<<62)-1, 1<<62, -(1<<62), -(1<<62)-1
2**62 + 2**62, 2**62 * 2, -2**62 - 1, (2**62-1) + 1, 2**63 - 2**63
-7//2, -7%2, 7%-2, divmod(-5,3), divmod(5,-3), divmod(-2**63, -1), divmod(10**30, -7)
-2**63 // -1, -2**62 // -1, -2**62 % -1
(10**400)/(10**399), (2**70)/(2**69), 1/3, -1/3, (2**1074)/(2**2148)
10**400/1
float(10**400)
2**53+1 == 2.0**53, 10**400 > 1e308, 10**400 > float('inf'), -1 < float('nan'), 2**60 < 2.0**60
6 & 3, -6 & 3, 6 | -3, 6 ^ -3, ~6, ~(2**70), -2**70 & 2**65-1, 2**70 ^ 2**70
2**-1, (-2)**3, (-2)**-3, 0**0, (-1)**(2**70), 1**(2**70)
abs(-5), abs(-2**70), +True, -True, -(-2**63)
round(5,-1), round(15,-1), round(25,-1), round(-25,-1), round(1234,-10), round(5,2), round(2**70,-5)
round(5, 1.5)
(5).to_bytes(0)
(256).to_bytes(1)
(-1).to_bytes(1)
(-129).to_bytes(1, signed=True)
(128).to_bytes(1, signed=True)
(5).to_bytes(-1)
(5).to_bytes(1, 'x')
(5).to_bytes(1, 2)
(5).to_bytes(1, 'big', True)
(1000).to_bytes(4), (1000).to_bytes(4, 'little'), (-2).to_bytes(3, signed=True), (0).to_bytes(0), (-128).to_bytes(1, signed=True)
int.from_bytes(b'\x01\x02'), int.from_bytes(b'\x01\x02', 'little'), int.from_bytes(b'\xff', signed=True), int.from_bytes([1, 2]), bool.from_bytes(b'\x01')
int.from_bytes('ab', 'big')
int.from_bytes(5)
int.from_bytes([256])
int.from_bytes()
int('x')
int('')
int('é')
int('\ud800')
int('1\x00')
int(b'x')
int(' 12 '), int('-0x1f', 16), int('0b101', 0), int('z', 36), int('1_000'), int(b'12'), int(bytearray(b'7')), int('١٢'), int('\u2003 5')
int('1__0')
int('_1')
int('017', 0)
int('1', 1)
int('1', 37)
int('1', 10**20)
int(1, 10)
int(None)
int([])
int(base=3)
int('1', foo=3)
int('1', bas=3)
int(1, 2, 3)
int('1'*5000)
str(10**5000)
len(str(10**4299)), len(str(-10**4299)), int('9'*4300) % 7, int('f'*5000, 16) % 7
int(1.9), int(-1.9), int(1e30), int(float('1e300')) % 10**9
int(float('inf'))
int(float('nan'))
str(2**200), repr(-2**200), hex(2**70), oct(-2**70), bin(2**70)
hash(2**61-1), hash(-2**61), hash(True), hash(2**200), hash(-1), hash(-2**61+1)
(5).bit_length(), (-5).bit_count(), (2**100).bit_length(), (-2**100).bit_count(), (0).bit_length()
(5).conjugate(), True.real, (7).numerator, (7).denominator, (7).imag, (3).as_integer_ratio(), (3).is_integer(), (3).__getnewargs__()
5 .__add__(1.5), 5 .__radd__(1), 5 .__rpow__(2), 5 .__lt__(1.5), 5 .__eq__('x')
(5).bit_length(3)
(5).bit_length(a=3)
bool(), bool([]), bool(2**70), True & True, True & 1, True ^ False, True | 2, True + True, repr(True), str(False)
bool(1, 2)
bool(x=1)
int.__new__(str)
bool.__new__(int)
'1' + 1
1 + '1'
1 < 'a'
[1,2][True], 'abc'[-1]
1 .__truediv__(0.5), (1).__divmod__(2.5)
"""

for case in CASES.strip().split("\n"):
    show(case)


class Number(int):
    pass


n = Number(5)
print(type(n + 1), type(+n), type(n.real), n == 5, hash(n) == hash(5), repr(n), Number("12") + 1)
print(type(Number.from_bytes(b"\x05")), type(int(n)), type(abs(Number(-3))))


class Index:
    def __index__(self):
        return 3


print(int(Index()), range(10)[Index()], 1 << Index().__index__(), int("102", Index()))


class Bad:
    def __int__(self):
        return "x"


show("int(Bad())")
