"""TextIOWrapper over streams in memory: what it asks of them, its errors, marks of encodings, positions."""
import io


def attempt(*calls):
    for call in calls:
        try:
            print(repr(call()))
        except Exception as error:
            print(type(error).__name__, error)


class Shown(io.BytesIO):
    """Tells what is asked of it."""

    def write(self, data):
        print("write", len(data))
        return super().write(data)

    def flush(self):
        print("flush")
        super().flush()

    def read1(self, size):
        print("read1", size)
        return super().read1(size)

    def seek(self, *place):
        print("seek", place)
        return super().seek(*place)


text = io.TextIOWrapper(Shown(), encoding="utf-8")
for written in ("abc", "é" * 5000, "x" * 8191, "x" * 10, "é" * 100, "a" * 9000, "q", "b" * 8192, "z" * 8189, "y" * 3):
    text.write(written)
text.seek(0)
print(len(text.read(3)), len(text.read(20000)), len(text.readline()))
text.seek(0)
text.read(2)
text.write("MM")
print(text.tell())
text.close()

# Taken off its buffer.
text = io.TextIOWrapper(io.BytesIO(b"abc\ndef\n"), encoding="utf-8")
buffer = text.detach()
attempt(lambda: text.buffer, lambda: text.closed, lambda: text.name, text.readable, lambda: text.read(), text.readline,
        lambda: text.write("x"), text.tell, text.close, text.fileno, text.detach, lambda: text.newlines,
        lambda: text.seek(0), lambda: next(text), text.flush, lambda: text.encoding, lambda: text, buffer.read)

# Errors, and what may be configured when.
text = io.TextIOWrapper(io.BytesIO(b"abc\ndef\n"), encoding="utf-8")
attempt(lambda: next(text), text.tell, text.flush, text.tell, lambda: text.seek(1, 1), lambda: text.seek(1, 2),
        lambda: text.seek(-1), lambda: text.seek(0, 5), lambda: text.readline(None), lambda: text.read("x"),
        lambda: text.read(1.5), text.readline, lambda: text.reconfigure(encoding="latin-1"),
        lambda: text.reconfigure(newline="x"), lambda: text.reconfigure(write_through=True),
        lambda: text.write_through, lambda: text.seek(0),
        lambda: text.reconfigure(encoding="latin-1", newline=None), lambda: (text.encoding, text.errors),
        lambda: text.reconfigure(encoding="nope"), lambda: text.encoding, lambda: text.seek(0, 2), text.truncate,
        lambda: text.truncate(2), text.read, text.tell, text.buffer.getvalue, lambda: text._CHUNK_SIZE, text.close,
        text.close, lambda: text.closed, text.readable, text.tell, lambda: text.seek(0), text.flush, text.detach,
        text.readline, lambda: next(text), lambda: text.write("x"), lambda: text.read(), lambda: text)
for encoding in ("nope", "hex", 5):
    buffer = io.BytesIO()
    attempt(lambda: io.TextIOWrapper(buffer, encoding=encoding), lambda: buffer.closed)
attempt(lambda: io.TextIOWrapper(io.BytesIO(), errors=4))


class Waiting(io.RawIOBase):
    """Has nothing to read for now."""

    def readable(self):
        return True

    def read(self, size=-1):
        return None


text = io.TextIOWrapper(Waiting(), encoding="utf-8")
attempt(lambda: text.read(1), lambda: text.read(), text.readline, lambda: text.seek(0), text.tell, lambda: text.write("x"))

# Marks that stand before the first text only.
for encoding in ("utf-16", "utf-32", "utf-8-sig", "utf-16-le", "cp1252"):
    text = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    text.write("a")
    text.write("b")
    text.seek(0, 2)
    text.write("c")
    text.flush()
    print(text.buffer.getvalue())
    text.seek(0)
    print(text.read())
    text.seek(0)
    text.write("d")
    text.flush()
    print(text.buffer.getvalue())

# Ends of lines and positions, whatever the pieces.
data = "a\n\r\r\nqé\r\nbc\rd€f\r".encode()
for newline in (None, "", "\n", "\r", "\r\n"):
    for piece in (1, 2, 3, 7, 8192):
        text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", newline=newline)
        text._CHUNK_SIZE = piece
        print(text.readlines(), text.newlines)
        for size in range(4):
            text.seek(0)
            parts = []
            while part := (text.read(1) if size == 0 else text.readline(size)):
                parts.append(part)
                place = text.tell()
                rest = text.read()
                text.seek(place)
                if "".join(parts) + rest != "".join(parts) + text.read():
                    print("position", newline, piece, size, parts, place)
                text.seek(place)
            print(parts)

text = io.TextIOWrapper(io.BytesIO(b"a\xffb\xff\xffc"), encoding="utf-8", errors="replace")
print(text.read(2), text.tell(), text.read(2), text.tell(), text.read())
