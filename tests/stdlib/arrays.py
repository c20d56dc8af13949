import array
from array import array as A
def t(s):
    try: print(s, '=>', repr(eval(s)))
    except BaseException as e: print(s, '=>', type(e).__name__, e)
a=A('i',[1,2,3])
for s in '''A()
A(1)
A('x')
A('ii')
A('i',1)
A('i',[1.5])
A('i','abc')
A('w','abc')
A('w',[1])
A('w',['ab'])
A('b',[200])
A('B',[-1])
A('h',[40000])
A('H',[-1])
A('H',[70000])
A('i',[2**31])
A('i',[2**70])
A('I',[-1])
A('I',[2**32])
A('l',[2**63])
A('L',[-1])
A('L',[2**64])
A('q',[2**63])
A('Q',[-1])
A('Q',[2**64])
A('b',['a'])
A('b',[-200])
A('h',[-40000])
A('i',[-2**31-1])
A('f',['a'])
A('d',['a'])
A('f',[1e300])
A('i',b'abcd')
A('i',b'abc')
A('i',bytearray(b'abcdabcd'))
A('i',A('b',[1,2]))
A('i',range(3))
A('i',x=1)
A('d',[1,2.5])
a+[1]
a+A('d')
a*2
2*a
a*-1
a[5]
a[-1]
a['x']
a[1:]
a[::-1]
a[None]
a.__setitem__(9,1)
a.__setitem__('x',1)
a.__setitem__(slice(0,1),[1])
a.__setitem__(slice(0,1),A('d'))
a.__setitem__(slice(None,None,2),A('i',[1]))
a.append('x')
a.extend([1,'x'])
a
a.extend(5)
a.extend(A('d'))
a.index(9)
a.index(3)
a.index(3,-1)
a.remove(99)
a.pop(20)
A('i').pop()
a.pop()
a.insert(-100,7)
a.insert(100,8)
a
a.count(1)
a.fromlist(5)
a.fromlist([1,'x'])
a
a.tounicode()
a.fromunicode('x')
A('w').fromunicode(1)
a.frombytes(b'abc')
a.frombytes('abc')
a.frombytes(5)
a.tobytes()
a.tolist()
a.typecode,a.itemsize
A('i',[1])<A('i',[2])
A('i',[1])==A('d',[1])
A('i',[1])==[1]
A('i').byteswap()
A('h',[1]).byteswap()
repr(A('i'))
repr(A('w','a"b'))
A('d',[1,2]).__reduce_ex__(2)
A('d',[1,2]).__reduce_ex__(3)
A('w','ab').__reduce_ex__(3)
A('d',[1,2]).__reduce_ex__('a')
array._array_reconstructor(A,'i',3,b'\\x01\\0\\0\\0')
array._array_reconstructor(A,'i',8,b'\\0\\0\\0\\x01')
array._array_reconstructor(A,'d',16,b'\\0\\0\\0\\x01\\0\\0\\0\\0')
array._array_reconstructor(A,'x',8,b'')
array._array_reconstructor(A,'i',99,b'')
array._array_reconstructor(A,'i',8,b'1')
array._array_reconstructor(int,'i',8,b'1')
array._array_reconstructor(A,'i',8,'1')
array.typecodes
array.ArrayType
list(iter(a))
iter(a).__reduce__()
memoryview(a).format
memoryview(A('w','x')).format
bytes(a)
A('i',[1,2]).__contains__(2)
A('i',[1,2]).__contains__('x')
A('d',[1]).__iadd__([1])
A('d',[1]).__iadd__(A('d',[2]))
A('d',[1]).__imul__(3)
a.buffer_info()[1]
A.__class_getitem__(int)
a.clear()
a
a.tofile(1)
a.fromfile(1,2)'''.split('\n'): t(s)
m=memoryview(a2:=A('i',[1]))
for s in '''a2.append(1)
a2.pop()
a2.extend([])
a2.clear()
a2.__setitem__(0,5)
a2.insert(0,1)
a2.__delitem__(0)
a2.__imul__(2)
a2.__iadd__(A('i',[1]))
a2.fromlist([1])
a2.frombytes(b'abcd')
a2'''.split('\n'): t(s)
class S(A):
    pass
s_=S('i',[1]); s_.x=1
for s in '''S('i',[1])
s_.__reduce_ex__(3)
s_[0:1]
s_+s_'''.split('\n'): t(s)

import io
b = array.array("d", range(5)); f = io.BytesIO(); b.tofile(f); f.seek(0)
c = array.array("d"); c.fromfile(f, 3); print(c)
try: c.fromfile(f, 3)
except EOFError as e: print(e, c)
c[1:4] = array.array("d", [9.0]); print(c); del c[::2]; print(c); c[::1] = c; print(c)
from collections.abc import MutableSequence
print(isinstance(c, MutableSequence), sum(array.array("q", range(100))), max(array.array("f", [1, 3, 2])))
import copy; print(copy.copy(c), copy.deepcopy(c))
c.reverse(); c.byteswap(); c.byteswap(); print(c)
