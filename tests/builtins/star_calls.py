# Calls with stars: binding, errors, depth, and exceptions' plain instances.
import collections
import functools


def f(a, b=2, *rest, c=3, **more):
    return a, b, rest, c, more


def g(a, b):
    return a, b


for args in ((), (1,), (1, 2), (1, 2, 3), [4, 5], range(3), "ab", iter([1, 2])):
    for function in (f, g, lambda *a: a, max, dict, [].append):
        try:
            print(function(*args))
        except TypeError as error:
            print(error)
for wrong in (5, None, object):
    try:
        g(*wrong)
    except TypeError as error:
        print(error)
try:
    f(**{1: 2})
except TypeError as error:
    print(error)
print(f(*(1,), **{}), f(*(), **{"a": 1, "z": 2}), f(1, *(2, 3), c=4, **{"d": 5}))


def deep(n):
    return 0 if n == 0 else 1 + deep(*(n - 1,))


print(deep(500))
try:
    deep(*(10**6,))
except RecursionError as error:
    print(error)


class Callable:
    def __call__(self, *a, **k):
        return a, k

    def method(self, *a):
        return a


print(Callable()(*[1, 2], **{"k": 3}), Callable().method(*"xy"), functools.partial(f, 1, c=9)(*(2, 3)))
print(functools.partial(g, 1)(2), functools.partial(functools.partial(f, 1), 2, x=1)(3, y=2))


def gen(*a):
    yield from a


print(list(gen(*range(4))), [*map(lambda *a: sum(a), [1, 2], [3, 4])])


class Plain(ValueError):
    pass


class Made(ValueError):
    def __init__(self, *args):
        super().__init__("made", *args)


class New(ValueError):
    def __new__(cls):
        return super().__new__(cls, "new")


class Other(type):
    def __call__(cls, *a):
        return ValueError("by the metaclass")


class Meta(ValueError, metaclass=Other):
    pass


class Wrong(ValueError):
    def __new__(cls):
        return 5


for kind in (ValueError, Plain, Made, New, Meta, Wrong, StopIteration, OSError, KeyError, SystemExit, BaseException,
             UnicodeDecodeError, ExceptionGroup, ImportError, SyntaxError, 5, int):
    try:
        raise kind
    except BaseException as error:
        print(type(error).__name__, error.args, error, error.__traceback__ is not None, error.__context__)
try:
    try:
        raise Plain
    except Plain:
        raise KeyError from Plain
except KeyError as error:
    print(repr(error.__cause__), repr(error.__context__), error.__suppress_context__)
e = ValueError(1, 2)
old = e.args
e.__init__(1, 2)
print(e.args == old)
e.__init__(3)
print(e.args)


class Counting(collections.Counter):
    def __setitem__(self, key, value):
        super().__setitem__(key, value * 10)


class Getting(collections.Counter):
    def get(self, key, default=None):
        return 100


print(collections.Counter("abca"), Counting("abca"), Getting("abca"), collections.Counter([1, 1.0, True, "a"]))
try:
    collections.Counter([[]])
except TypeError as error:
    print(error)
c = collections.Counter(a=2**62 - 1)
c.update("aab")
c.update({"b": 2})
print(c)
c["x"] = "text"
try:
    c.update("x")
except TypeError as error:
    print(error)
rows = [(3, "b"), (1, "c"), (1, "a"), (2.5, "a"), (1, "a", 0), (1,), ()]
print(sorted(rows), sorted(rows, reverse=True))
print(sorted([(1, [2]), (1, [1]), (0, None)]), sorted([("é", 1), ("e", 2), ("日", 0)]))
nan = float("nan")
print(sorted([(nan, 2), (nan, 1)]), sorted([(float("nan"), 2), (1.0, 1)]))
try:
    sorted([(1, "a"), (1, 2)])
except TypeError as error:
    print(error)
