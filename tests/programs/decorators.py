"""Decorators: with and without arguments, on classes and methods, stacked, with state, preserving metadata."""

import functools
from functools import singledispatch, total_ordering, wraps

calls = []


def trace(label):
    def decorate(function):
        @wraps(function)
        def wrapper(*args, **kwargs):
            calls.append((label, function.__name__, args, kwargs))
            return function(*args, **kwargs)

        return wrapper

    return decorate


def retry(times, *errors):
    def decorate(function):
        def wrapper(*args):
            for attempt in range(1, times + 1):
                try:
                    return function(*args), attempt
                except errors as error:
                    last = error_text = repr(error)
            raise RuntimeError(f"gave up: {last}")

        return functools.update_wrapper(wrapper, function)

    return decorate


@trace("outer")
@trace("inner")
def add(a, b=2, *, c=3):
    """Adds."""
    return a + b + c


print(add(1), add(1, c=0), add.__name__, add.__doc__, add.__wrapped__.__wrapped__(0))
print(calls)
attempts = iter([0, 0, 5, 0, 0, 0])


@retry(3, ZeroDivisionError)
def divide(n):
    return n // next(attempts)


print(divide(10))
try:
    divide(10)
except RuntimeError as error:
    print(error, repr(error.__context__))


class CountCalls:
    def __init__(self, function):
        self.function, self.count = function, 0

    def __call__(self, *args):
        self.count += 1
        return self.function(*args)

    def __get__(self, instance, owner):
        return self if instance is None else functools.partial(self, instance)


class Thing:
    @CountCalls
    def double(self, x):
        return x * 2

    @classmethod
    @trace("cls")
    def make(cls):
        return cls()

    @staticmethod
    @CountCalls
    def triple(x):
        return x * 3


thing = Thing.make()
total = 0
for i in range(8000):
    total += thing.double(i) + Thing.triple(i)
print(total, Thing.double.count, Thing.triple.count)


def register(registry):
    def decorate(cls):
        registry[cls.__name__] = cls
        cls.registered = len(registry)
        return cls

    return decorate


registry = {}


@register(registry)
@total_ordering
class Version:
    def __init__(self, text):
        self.parts = tuple(map(int, text.split(".")))

    def __eq__(self, other):
        return self.parts == other.parts

    def __lt__(self, other):
        return self.parts < other.parts

    def __repr__(self):
        return "v" + ".".join(map(str, self.parts))


print(sorted(map(Version, ["1.10", "1.9", "0.3", "1.9.1"])), Version("2") >= Version("1.99"), registry, Version.registered)


@singledispatch
def kind(value):
    return "object"


@kind.register
def _(value: int):
    return "int"


@kind.register(list)
@kind.register(tuple)
def _(value):
    return f"sequence of {', '.join(map(kind, value))}"


@kind.register
def _(value: bool):
    return "bool"


print(kind(1), kind(True), kind([1, (2.0, "x")]), kind(None))


def simple_property(getter):
    class Property:
        def __get__(self, instance, owner):
            return getter(instance)

    return Property()


class Circle:
    def __init__(self, r):
        self.r = r

    @simple_property
    def area(self):
        return 3 * self.r * self.r

    @functools.cached_property
    def slow(self):
        calls.append("slow")
        return self.r

    @functools.partialmethod
    def unused(self):
        pass

    def power(self, base, exponent):
        return base**exponent + self.r

    square = functools.partialmethod(power, exponent=2)


calls.clear()
circle = Circle(2)
print(sum(circle.area + circle.slow + circle.square(i) for i in range(4000)), calls, vars(circle))
(lambda f: print(f.__name__))(trace("z")(len))
flags = []


@(lambda f: flags.append(f()) or f)
def immediately():
    return "ran"


print(flags, immediately())
