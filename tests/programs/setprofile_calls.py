"""A profiler: every call and return, native ones too, told to a profile function."""

import sys

depth, lines = 0, []


def show(value):
    return getattr(value, "__name__", None) or (repr(value) if isinstance(value, (int, str, list, tuple, type(None))) else type(value).__name__)


def profiler(frame, event, arg):
    global depth
    if event.endswith(("return", "exception")):
        depth -= 1
    lines.append(f"{'  ' * depth}{frame.f_code.co_name} {event} {show(arg)}")
    if event.endswith("call"):
        depth += 1


class Point:
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return Point(self.x + other.x)

    def __eq__(self, other):
        return self.x == other.x

    def __hash__(self):
        return hash(self.x)

    @property
    def double(self):
        return self.x * 2

    @staticmethod
    def zero():
        return Point(0)

    @classmethod
    def one(cls):
        return cls(1)


def numbers():
    yield 1
    yield from [2]
    return 3


def fails(x):
    return int(x)


def work():
    p = Point(1) + Point(2)
    p.double, Point.zero(), Point.one()
    {p: 1}[p]
    sorted([3, 1, 2], key=lambda i: -i)
    list(map(str, [1, 2]))
    [].append(4)
    append = [].append
    append(5)
    str.join("-", ["a", "b"])
    "a-b".split("-")
    max(*[1, 2])
    dict(a=1)
    print(*[], end="", sep="")
    isinstance(p, Point), len("abc"), type(p)
    sum(numbers())
    g = numbers()
    next(g)
    g.close()
    for bad in "x", None:
        try:
            fails(bad)
        except (ValueError, TypeError):
            pass
    try:
        len(5)
    except TypeError:
        pass
    getattr(p, "x")
    super(Point, p).__init__()
    [q for q in numbers()]
    exec("abs(-1)")


sys.setprofile(profiler)
work()
sys.setprofile(None)
print("\n".join(lines))
print(sys.getprofile())


def failing(frame, event, arg):
    if event == "c_call" and arg is len:
        raise OSError(event)


sys.setprofile(failing)
try:
    len("a")
except OSError as error:
    print(error, sys.getprofile())
counts = {}


def counting(frame, event, arg):
    counts[event] = counts.get(event, 0) + 1


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


fib(15)
sys.setprofile(counting)
fib(15)
sys.setprofile(None)
print(sorted(counts.items()))
