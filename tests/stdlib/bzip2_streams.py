import _bz2


def t(s):
    try:
        print(s, "=>", repr(eval(s)))
    except BaseException as e:
        print(s, "=>", type(e).__name__, e)


def pack(data, level=9):
    c = _bz2.BZ2Compressor(level)
    return c.compress(data) + c.flush()


big = bytes(i * i % 251 for i in range(300000))
for data in (b"", b"hello" * 100, big):
    for level in (1, 9):
        packed = pack(data, level)
        d = _bz2.BZ2Decompressor()
        print(len(packed), d.decompress(packed) == data, d.eof, d.needs_input, d.unused_data)
packed = pack(big) + b"tail"
d = _bz2.BZ2Decompressor()
out = d.decompress(packed[:1000], 100)
print(len(out), d.needs_input, d.eof)
out += d.decompress(packed[1000:], 5000)
print(len(out), d.needs_input, d.eof)
while not d.eof:
    out += d.decompress(b"", 70000)
print(out == big, d.unused_data, d.needs_input)
c = _bz2.BZ2Compressor()
c.flush()
for s in """_bz2.BZ2Compressor(0)
_bz2.BZ2Compressor(10)
_bz2.BZ2Compressor("x")
c.compress(b"x")
c.flush()
d.decompress(b"")
_bz2.BZ2Decompressor().decompress(b"not bzip2 at all")
_bz2.BZ2Decompressor().decompress("x")
_bz2.BZ2Decompressor().decompress(packed[:50])
_bz2.BZ2Decompressor().decompress(pack(b"abc")[:-1] + b"!")
_bz2.BZ2Decompressor(1)""".split("\n"):
    t(s)
