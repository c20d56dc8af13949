"""Arithmetic, text and methods of float."""


def show(source):
    try:
        print(source, "->", repr(eval(source)))
    except Exception as error:
        print(source, "->", type(error).__name__, error)


CASES = r"""
1.0//0
1.0%0
divmod(1.0, 0)
1.0/0
1//0.0
0.0**-1
10.0**400
pow(2.0, 3, 5)
(-8.0)**(1/3)
1e300*1e300, 1e308+1e308, -1e308*10
-7.5//2, -7.5%2, 7.5%-2, -0.0%5, 0.0%-5, 1e300%3, 5.0//0.1, 5.0%0.1, (1.5).__divmod__(0.4)
float('inf')//1, float('inf')%1, 1//float('inf'), -1//float('inf'), -1%float('inf')
1**float('nan'), float('nan')**0, (-1.0)**float('inf'), 0.0**0, 2**0.5, 4**-0.5
round(2.5), round(3.5), round(-0.5), round(2.675, 2), round(1e300, -300), round(1.5, -400), round(1.5, 400), round(15.0, -1), round(25.0, -1), round(-0.4), round(1234.5, -2)
round(1.7976931348623157e308, -308)
round(float('inf'))
round(float('nan'))
round(float('inf'), 2), round(0.5, 0), round(1.25, 1), round(5e-324, 323)
float('x')
float('')
float('é')
float('1\x00')
float(b'x')
float(None)
float([])
float(1, 2)
float(x=1)
float(' 1.5 '), float('1_0.5'), float('-inf'), float('infinity'), float('1e400'), float('١.٥'), float(b'1.5'), float('.5'), float('5.'), float('1e-400'), float('+1E5')
float('1__0')
float('1_')
float('_1')
float('0x10')
repr(1e16), repr(1e15), repr(1e22), repr(123456789012345680.0), repr(0.1), repr(5e-324), repr(1e-4), repr(1e-5), repr(-0.0), repr(1.7976931348623157e308), repr(199245348486973.62), repr(2.0**-24*10000001)
str(1.0), str(1e100), str(float('nan')), str(-float('inf'))
(3.0).hex(), (1e-320).hex(), (-0.0).hex(), float('inf').hex(), (0.1).hex()
float.fromhex('0x1.8p3'), float.fromhex('-0x.1p-4'), float.fromhex('1'), float.fromhex('  inf '), float.fromhex('0x1p-1074'), float.fromhex('0x1.fffffffffffff8p1022')
float.fromhex('x')
float.fromhex('0x1p2000')
float.fromhex('é')
float.fromhex(1)
(0.75).as_integer_ratio(), (-1e300).as_integer_ratio()[1], (5e-324).as_integer_ratio()[0]
float('inf').as_integer_ratio()
float('nan').as_integer_ratio()
(1.5).__trunc__(), (1.5).__ceil__(), (-1.5).__floor__(), (10**20+.5).__floor__(), (-1.5).__trunc__()
(1.0).is_integer(), (1.5).is_integer(), float('inf').is_integer(), (1.5).conjugate(), (1.5).real, (1.5).imag, (1.5).__getnewargs__()
float.from_number(3), float.from_number(1.5)
float.from_number('1')
float.__getformat__('double')
float.__getformat__('x')
float.__getformat__(1)
hash(1.5), hash(float('inf')), hash(-float('inf')), hash(0.1), hash(1e300), hash(2.0**61), hash(-1.0), hash(5e-324)
1.5 == 1, 1.0 == 1, 0.5 < 1, float('nan') == float('nan'), 1.5 .__eq__('a'), 2.0**53 == 2**53+1, -0.0 == 0.0
1.5 < 'a'
1.5 + 'a'
bool(0.0), bool(-0.0), bool(1e-300), bool(float('nan')), not 0.0
abs(-1.5), -(-0.0), +1.5, abs(-0.0)
sum([0.1]*10), 0.1+0.2, 1e16+1, 2.0**1023*1.5
"""

for case in CASES.strip().split("\n"):
    show(case)


class Real(float):
    pass


r = Real("2.5")
print(type(r + 1), r == 2.5, repr(r), hash(r) == hash(2.5), type(float(r)), Real.fromhex("0x2p0") * 2)


class Convertible:
    def __float__(self):
        return 1.25


class Indexable:
    def __index__(self):
        return 4


class Wrong:
    def __float__(self):
        return 1


print(float(Convertible()), float(Indexable()))
show("float(Wrong())")
nan = float("nan")
print(nan in [nan], [nan] == [nan], {nan: 1}[nan])
