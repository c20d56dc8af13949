"""StringIO and BytesIO: places, ends of lines, views, and what is refused; lines of text files."""
import io
import os
import tempfile


def attempt(call):
    try:
        print(repr(call()))
    except Exception as error:
        print(type(error).__name__, error)


for newline in (None, "", "\n", "\r", "\r\n"):
    s = io.StringIO("a\nb\r\nc\rd\r\r\n", newline=newline)
    print(repr(newline), list(s), repr(s.getvalue()))
    s.seek(0)
    print(repr(s.readline()), repr(s.readline(1)), repr(s.read(2)), s.tell(), repr(s.read()), repr(s.read()))
    s.write("x\ny\r")
    print(repr(s.getvalue()))
s = io.StringIO()
print(s.write("héllo"), s.write(""), s.write("\U0001F600"), s.tell(), s.getvalue(), s.line_buffering, s.closed)
s.seek(2)
s.write("XY")
print(s.getvalue(), s.tell())
s.seek(10)
print(repr(s.read()), s.write("end"), repr(s.getvalue()))
print(s.truncate(3), s.tell(), repr(s.getvalue()), s.seek(0, 2), s.truncate())
s.seek(1)
s.write("\u20ac")
print(s.getvalue(), s.seek(0, 1), s.readable(), s.writable(), s.seekable())
s = io.StringIO("one\ntwo\nthree")
print(next(s), s.readlines(), s.readlines())
s.seek(0)
print(s.readlines(5), [line for line in s])
s.writelines(["p", "q"])
print(s.getvalue())
print("printed", 1, sep="-", end="!", file=s)
print(s.getvalue())
for call in (lambda: s.write(1), lambda: s.read("x"), lambda: s.seek(-1), lambda: s.seek(1, 1), lambda: s.seek(0, 5), lambda: s.truncate(-1),
             lambda: io.StringIO(5), lambda: io.StringIO("", "x"), lambda: s.fileno(), lambda: s.detach(), s.isatty):
    attempt(call)
with s:
    pass
for call in (s.getvalue, s.read, lambda: s.write("x"), lambda: next(s), s.tell, lambda: s.seek(0), s.readable, lambda: iter(s), lambda: s.closed):
    attempt(call)


class Loud(io.StringIO):
    def write(self, text):
        return super().write(text.upper())

    def readline(self, size=-1):
        return super().readline(size).rstrip("\n") and "line"


loud = Loud("start\nmore\n")
loud.extra = 1
loud.seek(0, 2)
print("hello", file=loud)
print(loud.getvalue(), loud.extra, isinstance(loud, io.TextIOBase), issubclass(Loud, io.IOBase))
loud.seek(0)
print(list(loud))

b = io.BytesIO(b"one\ntwo\nthree")
print(b.read(2), b.tell(), b.readline(), b.readline(2), b.readlines(), b.read(), b.read1(5))
b.seek(0)
print(list(b), b.seek(-3, 2), b.read(), b.seek(-100, 1), b.readinto(bytearray(4)), b.tell())
buffer = bytearray(5)
print(b.readinto(memoryview(buffer)[1:3]), buffer)
b.seek(20)
print(b.write(b"late"), b.getvalue())
b.seek(1)
print(b.write(bytearray(b"N")), b.write(memoryview(b"E!")), b.getvalue(), b.truncate(5), b.getvalue())
view = b.getbuffer()
view[0] = ord("Z")
print(b.getvalue(), bytes(view), len(view))
for call in (lambda: b.write(b"more"), lambda: b.truncate(0), b.close):
    attempt(call)
view.release()
print(b.write(b"more"), b.getvalue())
given = b"as it is"
print(io.BytesIO(given).getvalue() is given, io.BytesIO(given).read() == given)
for call in (lambda: b.write("text"), lambda: b.write(5), lambda: b.read("x"), lambda: b.seek(-1), lambda: b.seek(0, 7), lambda: b.truncate(-1),
             lambda: io.BytesIO(5), lambda: io.BytesIO("text"), b.fileno, lambda: b.read(-5), lambda: b.read(None)):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error)
b.close()
for call in (b.getvalue, b.read, lambda: b.write(b"x"), lambda: next(b), b.tell, b.getbuffer, b.readable):
    attempt(call)
text = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n")
text.write("é\n€\n")
text.flush()
print(text.buffer.getvalue())
text.seek(0)
print(list(text), text.tell())

# Lines of files, whatever ends them, at every length of pieces.
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "lines.txt")
    for ending in ("\n", "\r\n", "\r"):
        with open(path, "w", newline="") as file:
            file.writelines(f"line {i} {'é' * (i % 50)}{ending}" for i in range(3000))
            file.write("last")
        for newline in (None, "", "\n", "\r", "\r\n"):
            with open(path, newline=newline, encoding="utf-8") as file:
                lines = list(file)
                print(repr(ending), repr(newline), len(lines), sum(map(len, lines)), repr(lines[0]), repr(lines[-1])[-12:])
    with open(path, "w") as file:
        file.write("one\ntwo\nthree\n")
    with open(path) as file:
        print(next(file), repr(file.readline()))
        attempt(file.tell)
        print(list(file), file.tell())
        file.seek(0)
        for line in file:
            file.close()
            break
        attempt(lambda: next(file))
    with open(path) as file:
        iterator = iter(file)
        print(iterator is file, repr(next(iterator)))
        file.buffer.raw.close()
        attempt(lambda: next(iterator))
