"""`__slots__` of classes derived from str."""
import copy
import gc
import pickle
import weakref


class Line(str):
    __slots__ = ("clean", "note")

    def __new__(cls, text, note=None):
        self = super().__new__(cls, text)
        self.clean = text.strip()
        self.note = note
        return self


class Longer(Line):
    __slots__ = ("more",)


class Free(Line):
    """With a dictionary behind the slots."""


class Weak(Line):
    __slots__ = ("__weakref__",)


for text in ["", "a", " abc ", "é" * 7, "€" * 3, "😀" * 5, "x" * 10_000]:
    line = Line(text, [text])
    print(len(line), line == text, line.clean == text.strip(), line.note == [text], hash(line) == hash(text), isinstance(line, str))
    line.note = 5
    del line.clean
    try:
        line.clean
    except AttributeError as e:
        print(e)
    try:
        line.other = 1
    except AttributeError as e:
        print(e)
longer = Longer("word")
print(longer.clean, hasattr(longer, "more"))
longer.more = longer
longer.note = {"self": longer}
print(longer.more is longer, longer.upper(), longer.note["self"] is longer)
free = Free("free", 1)
free.attribute = "x"
print(free.clean, free.note, free.__dict__, free.attribute)
weak = Weak("weak")
reference = weakref.ref(weak)
print(reference() is weak, weak.clean)
del weak
print(reference())


class Watched:
    def __del__(self):
        print("gone")


line = Line("kept", Watched())
line = None
longer.note = Watched()
del longer
gc.collect()
copied = copy.copy(Line("copied", [1]))
print(copied, copied.clean, copied.note, type(copied))
pickled = pickle.loads(pickle.dumps(Line("pickled", "n")))
print(pickled, pickled.note)


def read(lines):
    total = 0
    for line in lines:
        total += len(line.clean) + line.note
        line.note += 1
    return total


lines = [Line(" " * i + "x", i) for i in range(50)]
print([read(lines) for _ in range(20)][-1])
print(Line.clean, Line.__slots__, Line.__basicsize__ > 0)
for base in (int, tuple, bytes):
    try:
        class Refused(base):
            __slots__ = ("a",)
    except TypeError as e:
        print(e)
try:
    class Both(Line, Exception):
        pass
except TypeError as e:
    print(e)
