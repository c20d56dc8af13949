"""Text files and streams: lines in pieces, positions, pairs of pipes."""
import io
import os
import tempfile

folder = tempfile.mkdtemp()
path = os.path.join(folder, "file")
with open(path, "w", newline="", encoding="utf-8") as f:
    print(f.write("one\ntwo é\r\nthree\rfour €\nlast"), f.newlines)
for newline in (None, "", "\n", "\r", "\r\n"):
    with open(path, newline=newline, encoding="utf-8") as f:
        print(list(f), f.newlines)
    with open(path, newline=newline, encoding="utf-8") as f:
        print(repr(f.readline(2)), repr(f.readline()), repr(f.read(3)), repr(f.readline()), repr(f.read()), repr(f.read()), repr(f.readline()))
with open(path, "w", encoding="utf-8") as f:
    for i in range(30_000):
        f.write(f"line {i} é\n")
with open(path, encoding="utf-8") as f:
    print(sum(1 for line in f), f.tell() == os.path.getsize(path))
    f.seek(0)
    print(f.readline(), f.tell(), f.readline(), f.tell())
    place = f.tell()
    rest = f.read(100_000)
    f.seek(place)
    print(f.read(100_000) == rest, f.readlines(30))
    f.seek(0, 2)
    print(repr(f.read()))
with open(path, "r+", encoding="utf-8") as f:
    print(f.readline())
    f.seek(0)
    f.write("LINE")
    f.seek(0)
    print(f.readline())
r, w = os.pipe()
with open(r, encoding="utf-8") as reader, open(w, "w", encoding="utf-8", buffering=1) as writer:
    writer.write("first\n")
    print(repr(reader.readline()))
    os.write(w, "é".encode()[:1])
    os.write(w, "é".encode()[1:] + b"\nthird\n")
    print(repr(reader.readline()), repr(reader.readline()))
    writer.write("no end")
    writer.close()
    print(repr(reader.readline()), repr(reader.readline()))
r, w = os.pipe()
pair = io.BufferedRWPair(open(r, "rb", 0), open(w, "wb", 0))
print(pair.write(b"through\nand more"), pair.flush(), pair.readline(), pair.peek(1), pair.read1(3), pair.readable(), pair.writable(), pair.closed)
text = io.TextIOWrapper(io.BytesIO("a\r\nb\rc\n".encode("utf-16")), encoding="utf-16")
print(text.read(2), repr(text.readline()), text.readlines(), text.newlines)
decoder = io.IncrementalNewlineDecoder(None, True)
print(repr(decoder.decode("a\r")), repr(decoder.decode("\nb\n")), decoder.newlines, decoder.getstate(), decoder.reset(), decoder.newlines)
pair.close()
try:
    print(open(path, encoding="ascii").read())
except UnicodeDecodeError as e:
    print(e.reason)
print(open(path).encoding, open(path, encoding="latin-1").encoding, open(path, "w").encoding)
