"""Pickles of every protocol, to the byte; what is read back; hooks."""
import collections
import copyreg
import datetime
import decimal
import enum
import fractions
import functools
import io
import pickle
import pickletools
import sys


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self, a):
        self.a = a

    def __eq__(self, other):
        return self.a == other.a


class State:
    def __getstate__(self):
        return {"kept": 1}

    def __setstate__(self, state):
        self.state = state

    def __eq__(self, other):
        return True


class NewArgs(tuple):
    def __new__(cls, a, *, b=2):
        self = super().__new__(cls, (a, b))
        return self

    def __getnewargs_ex__(self):
        return (self[0],), {"b": self[1]}


class Words(list):
    pass


class Table(dict):
    pass


class Color(enum.Enum):
    RED = 1


class Outer:
    class Inner:
        def __eq__(self, other):
            return type(self) is type(other)

    def method(self):
        return 1


Pair = collections.namedtuple("Pair", "left right")
words = Words([1, 2])
words.extra = "e"
objects = [
    None, True, False, 0, 1, 255, 256, 65535, 65536, -1, 2**31 - 1, -(2**31), 2**31, 2**63, -(2**70), 2**3000,
    0.0, -1.5, 1e300, float("inf"), "", "a", "x" * 300, "é\u20ac\U0001F600", "line\nback\\slash\r\x1a\0", "\udc80",
    b"", b"abc", b"y" * 300, bytearray(b"ba"), bytearray(),
    (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, "two", 3.0], list(range(1002)), {}, {"k": "v"},
    {i: str(i) for i in range(1003)}, set(), {7}, frozenset(), frozenset({3}),
    int, type(None), type(...), NotImplemented, ..., len, print, [].append, Outer.Inner, Outer().method,
    Point(1, [2]), Slotted(3), State(), NewArgs(5, b=6), words, Table(a=1), Color.RED, Outer.Inner(), Pair(1, 2),
    collections.OrderedDict(a=1, b=2), collections.Counter("abca"), collections.deque([1, 2], 5), collections.defaultdict(list, a=[1]),
    datetime.date(2024, 1, 2), datetime.timedelta(1, 2, 3),
    decimal.Decimal("1.50"), fractions.Fraction(3, 4), complex(1, 2), range(1, 10, 2), slice(1, 2, 3),
    ValueError("bad", 1), functools.partial(int, base=2), memoryview,
]
for object in objects:
    sizes = []
    for protocol in range(6):
        try:
            data = pickle.dumps(object, protocol)
        except Exception as error:
            sizes.append(f"{type(error).__name__}: {error}")
            continue
        again = pickle.loads(data)
        same = again == object or repr(again) == repr(object)
        sizes.append((len(data), hash(tuple(data)) & 0xFFFF, same) if not isinstance(object, (set, frozenset)) else (len(data), same))
    print(ascii(object)[:40].split(" at 0x")[0], sizes)

# Shared and recursive objects.
shared = ["s"]
both = pickle.loads(pickle.dumps([shared, shared, "t" * 3]))
print(both[0] is both[1])
loop = []
loop.append((loop, {"l": loop}))
again = pickle.loads(pickle.dumps(loop))
print(again[0][0] is again, again[0][1]["l"] is again)
point = Point(0, 0)
point.x = point
point.y = [point]
again = pickle.loads(pickle.dumps(point, 2))
print(again.x is again, again.y[0] is again)
for protocol in range(6):
    recursive = ([],)
    recursive[0].append(recursive)
    again = pickle.loads(pickle.dumps(recursive, protocol))
    print(protocol, again[0][0] is again, len(pickle.dumps(recursive, protocol)))

# Frames and large payloads.
large = [b"z" * 70000, "w" * 70000, [str(i) * 5 for i in range(20000)]]
data = pickle.dumps(large)
print(len(data), pickle.loads(data) == large)
frames = [(op.name, arg) for op, arg, _ in pickletools.genops(data) if op.name in ("FRAME", "BINBYTES", "BINUNICODE")]
print([(name, arg if isinstance(arg, int) else len(arg)) for name, arg in frames if name != "BINUNICODE" or len(arg) > 1000])


class Log(io.BytesIO):
    def __init__(self):
        super().__init__()
        self.sizes = []

    def write(self, data):
        self.sizes.append(len(data))
        return super().write(data)


log = Log()
pickle.dump(large, log)
print(log.sizes == [] or sum(log.sizes) == len(data), log.getvalue() == data)
log.seek(0)
print(pickle.load(log) == large)

# Several pickles in a stream, and a pickler's memo over several dumps.
stream = io.BytesIO()
pickler = pickle.Pickler(stream, 4)
pickler.dump(shared)
pickler.dump([shared, 1])
print(len(pickler.memo.copy()), pickler.bin, pickler.fast)
pickler.clear_memo()
pickler.dump(shared)
print(pickler.memo.copy() == {id(shared): (0, shared), id(shared[0]): (1, "s")}, len(stream.getvalue()))
stream.seek(0)
unpickler = pickle.Unpickler(stream)
first, second, third = unpickler.load(), unpickler.load(), unpickler.load()
print(first, second, third, second[0] is first, third is first, stream.read())


# Hooks.
class Persistent(pickle.Pickler):
    def persistent_id(self, obj):
        return f"id-{obj.x}" if isinstance(obj, Point) else None

    def reducer_override(self, obj):
        if obj is Outer:
            return str, ("outer",)
        return NotImplemented


class Finding(pickle.Unpickler):
    def persistent_load(self, pid):
        return ("found", pid)

    def find_class(self, module, name):
        print("find", module, name)
        return super().find_class(module, name)


for protocol in range(6):
    stream = io.BytesIO()
    Persistent(stream, protocol).dump([Point(1, 2), Outer, Color.RED, "plain"])
    stream.seek(0)
    print(Finding(stream).load())
stream = io.BytesIO()
pickler = pickle.Pickler(stream)
pickler.dispatch_table = copyreg.dispatch_table.copy()
pickler.dispatch_table[Point] = lambda p: (Pair, (p.x, p.y))
pickler.dump(Point(1, 2))
print(pickle.loads(stream.getvalue()))
buffers = []
data = pickle.dumps([pickle.PickleBuffer(bytearray(b"out")), pickle.PickleBuffer(b"ro")], 5, buffer_callback=buffers.append)
print(len(data), pickle.loads(data, buffers=buffers)[0].raw().tobytes(), [bytes(b) for b in pickle.loads(data, buffers=[b"1", bytearray(b"2")])])
print(pickle.loads(b"S'caf\\xe9'\n.", encoding="latin-1"), pickle.loads(b"U\x02ab.", encoding="bytes"))
print(pickle.loads(b"c__builtin__\nset\n(](K\x01K\x02etR."), pickle.dumps(range, 2), pickle.dumps(range, 2, fix_imports=False))

# Errors.
def attempt(call):
    try:
        print(call())
    except Exception as error:
        print(type(error).__name__, error, getattr(error, "__notes__", []))


class Bad:
    def __reduce__(self):
        return self.result


for result in (5, (1,), (1, 2), (int, 2), (int, (), None, 5), (int, (), None, None, iter([1])), "nope", (int, (), {"f": lambda: 1})):
    Bad.result = result
    for holder in (Bad(), [Bad()], {"key": Bad()}, (1, Bad())):
        try:
            pickle.dumps(holder)
        except Exception as error:
            print(type(error).__name__, str(error).split(" at 0x")[0], getattr(error, "__notes__", []))
for data in (b"", b"x", b"\x80\x09N.", b"N", b"K", b"(.", b"0.", b"NNa.", b"I1x\n.", b"X\xff\0\0\0a.", b"NNR.", b"NN\x81.", b"1.", b"}(Nu.",
             b"\x82\x05.", b"Sabc\n.", b"Fx\n.", b"\x97.", b"Np-1\n.", b"NN\x93.", b"cos\nnope\n.", b"h\x05.", b"Q.", b"P1\n."):
    attempt(lambda: pickle.loads(data))
attempt(lambda: pickle.dumps(sys))
attempt(lambda: pickle.dumps(1, 6))
attempt(lambda: pickle.Pickler(5))
attempt(lambda: pickle.Unpickler(5))
attempt(lambda: pickle.loads("text"))
attempt(lambda: pickle.Pickler.__new__(pickle.Pickler).dump(1))
