"""memoryview: indexing, casting, comparing, releasing."""


def show(source):
    try:
        print(source, "->", repr(eval(source)))
    except Exception as error:
        print(source, "->", type(error).__name__, error)


CASES = r"""
memoryview(5)
memoryview('a')
memoryview()
memoryview(1, 2)
memoryview(b'abc')[0], memoryview(b'abc')[-1], bytes(memoryview(b'abc')[0:2]), memoryview(b'abc')[::-1].tobytes()
memoryview(b'abc')[5]
memoryview(b'abc')['a']
memoryview(b'abc')[::0]
memoryview(b'abc').__setitem__(0, 1)
memoryview(bytearray(b'abc')).__setitem__(0, 300)
memoryview(bytearray(b'abc')).__setitem__(0, 'a')
memoryview(bytearray(b'abc')).__setitem__(slice(0, 2), b'xyz')
memoryview(bytearray(b'abc')).__delitem__(0)
memoryview(b'abcd').cast('H').tolist(), memoryview(b'abcd').cast('I')[0], memoryview(b'\xff').cast('b')[0], memoryview(b'a').cast('c')[0], memoryview(b'\1').cast('?')[0]
memoryview(b'abcdefgh').cast('d')[0], memoryview(b'\0\0\x80\x3f').cast('f')[0], memoryview(b'\0\x3c').cast('e')[0], memoryview(b'\xff'*8).cast('q')[0], memoryview(b'\xff'*8).cast('Q')[0]
memoryview(b'abc').cast('H')
memoryview(b'abc').cast('x')
memoryview(b'a').cast(1)
memoryview(b'ab').cast('H').cast('I')
memoryview(b'abcd').cast('B', [2, 2]).tolist(), memoryview(b'abcd').cast('B', (2, 2))[1, 0], memoryview(b'abcd').cast('B', (2, 2)).tobytes(), memoryview(b'abcd').cast('B', (2, 2)).tobytes('F')
memoryview(b'abcd').cast('B', [2, 3])
memoryview(b'abcd').cast('B', (2, 2))[1]
memoryview(b'abc').tobytes('X')
memoryview(b'abc').hex(), memoryview(b'abcd').hex(':', 2), memoryview(b'abc').tolist(), len(memoryview(b'abcd').cast('H')), list(memoryview(b'ab'))
memoryview(b'abc').format, memoryview(b'abc').itemsize, memoryview(b'abc').shape, memoryview(b'abc').strides, memoryview(b'abc').suboffsets, memoryview(b'abc').nbytes, memoryview(b'abc').readonly, memoryview(b'abc').ndim, memoryview(b'abc').c_contiguous, memoryview(b'abc').obj
memoryview(b'abcd')[::2].contiguous, memoryview(b'abcd')[::2].strides, memoryview(b'abcd').cast('B', (2, 2)).f_contiguous, memoryview(bytearray(2)).readonly, memoryview(bytearray(2)).toreadonly().readonly
hash(memoryview(b'abc')) == hash(b'abc')
hash(memoryview(bytearray(b'abc')))
memoryview(b'abc') == b'abc', memoryview(b'abc') == memoryview(b'abd'), memoryview(b'ab') == memoryview(b'ab').cast('b'), memoryview(b'a') != b'b', memoryview(b'a') == 'a'
memoryview(b'a') < memoryview(b'b')
memoryview(b'abc').index(98), memoryview(b'abca').count(97), 1 in memoryview(b'abc'), 97 in memoryview(b'abc')
memoryview(b'abc').index(120)
(lambda m: (m.release(), m[0]))(memoryview(b'a'))
(lambda m: (m.release(), m.release()))(memoryview(b'a'))
(lambda b: [m := memoryview(b), b.append(1)])(bytearray(b'a'))
(lambda b: [(m := memoryview(b)).release(), b.append(1), b])(bytearray(b'a'))
b'ba' == memoryview(b'ab')[::-1], bytearray(b'ba') == memoryview(b'ab')[::-1], memoryview(b'ab')[::-1] == b'ba'
memoryview(bytearray(b'abcd')).cast('H').__setitem__(0, -1)
memoryview(bytearray(b'abcdefgh')).cast('d').__setitem__(0, 'a')
b','.join([memoryview(b'a'), b'b']), bytes(memoryview(b'ab')[::-1]), b'x' + memoryview(b'y'), int(memoryview(b'12')), b'abc'.find(memoryview(b'c'))
"""

for case in CASES.strip().split("\n"):
    show(case)


array = bytearray(b"abcdefgh")
with memoryview(array) as view:
    view[0] = 88
    view[1:3] = b"YZ"
    view.cast("H")[2] = 0x2121
    print(array, view[2:4].tolist())
    view[::2] = b"1234"
    print(array)
array.extend(b"!")
print(array)
