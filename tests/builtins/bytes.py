"""Methods and operators of bytes and bytearray."""


def show(source):
    try:
        print(source, "->", repr(eval(source)))
    except Exception as error:
        print(source, "->", type(error).__name__, error)


CASES = r"""
b'a'+'b'
b'a'+1
b'a'+bytearray(b'b'), bytearray(b'a')+b'b', b'a'*-1, b'ab'*2, 2*b'x'
b'a'[5]
b'abc'[::-1], b'abc'[1], b'abc'[1:], bytearray(b'abc')[::2]
256 in b'a'
'a' in b'a'
1.5 in b'a'
b'a' in b'ba', 97 in b'a', b'' in b''
bytes('a')
bytes(-1)
bytes(1<<70)
bytes([1,256])
bytes([1,'a'])
bytes(1.5)
bytes(None)
bytes(b'a','utf-8')
bytes(encoding='x')
bytes(foo=1)
bytes(1,2,3,4)
bytes('é','latin-1'), bytes(3), bytes([1,2]), bytes(b'a'), bytes(), bytes(range(3)), bytes('é','ascii','ignore')
bytearray('a')
bytearray([300])
bytearray(1.5)
bytearray('a',encoding='ascii'), bytearray(2), bytearray()
b'a'.find('a')
b'a'.find(300)
b'a'.index(b'x')
b'abca'.find(97,1), b'abc'.find(b''), b'abcabc'.rfind(b'bc'), b'abab'.count(b'ab'), b'aaa'.count(97), b'abc'.index(b'c')
b'a'.split('a')
b'a'.split(b'')
b'a b'.split(), b' a  b '.split(None,1), b'a,b'.split(b','), b'a,b,c'.rsplit(b',',1), bytearray(b'a b').split(), b'a\x0bb\x1cc'.split()
b'a'.partition(b'')
b'a'.partition('a')
b'aXb'.partition(b'X'), bytearray(b'aXb').rpartition(b'X'), b'a'.partition(b'X'), b'a'.rpartition(b'X')
b'a'.join([b'x','y'])
b'a'.join(5)
b','.join([b'x',bytearray(b'y'),b'z']), bytearray(b',').join([b'a',b'b'])
b'a'.replace('a',b'b')
b'aa'.replace(b'a',b'b',1), b'abc'.replace(b'',b'-'), bytearray(b'aa').replace(b'a',b'')
b'a'.startswith('a')
b'a'.startswith(('a',))
b'abc'.startswith((b'x',b'ab')), b'abc'.endswith(b'c'), b'abc'.startswith(b'b',1)
b'a'.strip('a')
b' a '.strip(), b'xax'.strip(b'x'), b'xax'.lstrip(b'x'), bytearray(b' a ').rstrip()
b'a'.center(5,'x')
b'a'.center(5,b'xy')
b'a'.center(5,b'x'), b'a'.ljust(3), b'a'.rjust(3,bytearray(b'.')), b'-5'.zfill(5), b'ab'.center(5)
b'a'.translate('x')
b'a'.translate(b'x')
b'abc'.translate(None,b'b'), b'abc'.translate(bytes.maketrans(b'ab',b'xy')), b'abc'.translate(bytes(range(256)),delete=b'a')
bytes.maketrans(b'a',b'bc')
b'ab'.hex(), b'abcd'.hex(':'), b'abcd'.hex(':',2), b'abcde'.hex(':',-2), b'abcde'.hex(b'-',3), b''.hex()
b'ab'.hex('ab')
b'ab'.hex('é')
b'ab'.hex(1)
bytes.fromhex('ab c')
bytes.fromhex('abc')
bytes.fromhex('zz')
bytes.fromhex(1)
bytes.fromhex('61 62\n63'), bytes.fromhex(b'6162'), bytearray.fromhex('61')
b'Ab c'.title(), b'Ab'.swapcase(), b'aB'.capitalize(), b'ab'.upper(), b'AB\xc9'.lower(), bytearray(b'ab').upper()
b'ab'.isalpha(), b''.isascii(), b'Ab'.istitle(), b' '.isspace(), b'1'.isdigit(), b'ab'.islower(), b'AB1'.isupper(), b'a1'.isalnum(), b'\x80'.isascii()
b'a\nb\rc\r\nd\x0be'.splitlines(), b'a\nb'.splitlines(True), b'a\tb'.expandtabs(4)
b'abc'.removeprefix(b'ab'), b'abc'.removesuffix(b'c'), bytearray(b'abc').removeprefix(b'x')
b'\xff'.decode()
b'\xe2\x82'.decode()
b'a\xe2\x82b'.decode()
b'\xff'.decode('ascii')
b'\xc0\x80'.decode()
b'\xf5'.decode()
b'\xed\xa0\x80'.decode()
b'\xe0\x80\x80'.decode()
b'abc'.decode('utf-16')
b'\x00\xd8'.decode('utf-16-le')
b'\xe9'.decode('latin-1'), 'é€𝒳'.encode().decode(), b'\xff\xfea\x00'.decode('utf-16'), b'\xff'.decode('utf-8','replace'), b'\xe2\x82x'.decode('utf-8','replace'), b'\xff'.decode('utf-8','backslashreplace'), b'\xff'.decode('utf-8','surrogateescape'), b'\xed\xa0\x80'.decode('utf-8','surrogatepass'), b'\xed\xa0\x80'.decode('utf-8','replace'), b'a\xffb'.decode('ascii','ignore')
b'a'<'b'
b'a'==bytearray(b'a'), b'a'<bytearray(b'b'), b'a'=='a', b'ab'>b'a', bytearray(b'a')!=b'b'
hash(bytearray())
hash(b'abc')==hash(bytes(bytearray(b'abc')))
repr(b"a'b"), repr(b'"\'\x00\xff\n'), repr(bytearray(b"a'b")), repr(bytearray(b'a"b')), str(b'a'), repr(bytearray())
bytearray(b'abc').pop(5)
bytearray().pop()
bytearray(b'abc').remove(120)
bytearray(b'abc').append(256)
bytearray(b'abc').append('a')
bytearray(b'abc').extend([1,300])
bytearray(b'abc').extend('abc')
bytearray(b'abc').extend(5)
bytearray(b'abc').__setitem__(0,300)
bytearray(b'abc').__setitem__(5,1)
bytearray(b'abc').__setitem__('a',1)
bytearray(b'abc').__setitem__(slice(0,1),'a')
bytearray(b'abc').__setitem__(slice(0,3,2),b'a')
bytearray(b'abc').__delitem__(7)
bytearray(b'abc').__iadd__('x')
bytearray(b'abc').resize(-1)
bytearray(b'abc').__reduce__(), bytearray(b'abc').__reduce_ex__(3), b'a'.__getnewargs__(), b'a'.__bytes__()
list(b'ab'), list(bytearray(b'ab')), iter(b'ab').__length_hint__(), len(b'abc'), bool(b''), bool(bytearray(b'a'))
bytes.__new__(int)
b'a'.upper(1)
b'a'.decode('x')
b'a'.__add__(1)
"""

for case in CASES.strip().split("\n"):
    show(case)


array = bytearray(b"abcdef")
array[1:3] = b"XYZ"
print(array)
del array[0]
array += b"gh"
array *= 2
print(array, len(array))
del array[::2]
print(array)
array[::3] = b"..."
array.insert(1, 33)
array.reverse()
print(array, array.pop(), array.pop(0))
array.extend(range(65, 70))
array.remove(65)
array.resize(4)
array[len(array):] = [1, 2, 3]
print(array, array.copy() is array)
array.clear()
print(array)


class Bytes(bytes):
    pass


b = Bytes(b"abc")
print(type(b.upper()), type(b[:]), b == b"abc", hash(b) == hash(b"abc"), type(bytes(b)), type(b.strip()))


class Convertible:
    def __bytes__(self):
        return b"converted"


print(bytes(Convertible()), b"%b" % Convertible())
