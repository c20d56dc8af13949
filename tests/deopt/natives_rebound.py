"""Native functions rebound, raising, or given other arguments in the middle of hot loops."""

import array
import math
import random
import traceback
from math import sqrt


def through_module(n, at, replacement):
    total = 0.0
    for i in range(n):
        if i == at:
            math.sqrt = replacement
        total += math.sqrt(i)
    return total


original = math.sqrt
print(through_module(5000, -1, None))
print(through_module(5000, 2500, lambda x: -1.0))
math.sqrt = original
print(through_module(5000, 2500, math.floor))
math.sqrt = original
print(through_module(5000, 2500, abs))
math.sqrt = original


def raising(values):
    total = 0.0
    try:
        for i, value in enumerate(values):
            total += sqrt(value) + math.sin(value)
    except (ValueError, TypeError, OverflowError) as error:
        frames = traceback.extract_tb(error.__traceback__)
        return i, round(total, 6), type(error).__name__, str(error), [f.line for f in frames]
    return round(total, 6)


good = [float(i % 17) for i in range(4000)]
for odd in (-1.0, float("nan"), float("inf"), 4, -4, True, "4", None, 10**400, 2**70):
    print(repr(odd)[:10], raising(good + [odd] + good[:10]))


class Index:
    def __init__(self, value):
        self.value = value

    def __float__(self):
        return float(self.value)

    def __floor__(self):
        return ("floor", self.value)

    def __abs__(self):
        return ("abs", self.value)

    def __len__(self):
        return self.value

    def __bool__(self):
        return self.value > 2


print(raising(good + [Index(9)] + good[:10]))


def edges(values):
    out = []
    for value in values:
        try:
            out.append((math.floor(value), math.ceil(value), math.trunc(value), int(value)))
        except (ValueError, OverflowError, TypeError) as error:
            out.append(f"{type(error).__name__}: {error}")
    return out


plain = [i / 8 - 100 for i in range(2000)]
print(sum(a + b + c + d for a, b, c, d in edges(plain)))
print(edges(plain + [1e18, -1e18, 4.7e18, -4.7e18, 1e30, -0.5, -0.0, float("inf"), float("nan"), 7, True])[-11:])
print(edges(plain + [2**62 * 1.0, -(2**62) * 1.0, 2.0**61])[-3:])


def lengths(values):
    total = 0
    for value in values:
        total += len(value)
        if value:
            total += 1
        total += isinstance(value, (list, str)) + 10 * isinstance(value, list)
    return total


lists = [[1, 2], [], [3]] * 900
print(lengths(lists))
print(lengths(lists + ["abc", "", (), (1,), {}, {1: 2}, {4}, Index(3), Index(1), range(5), b"ab"]))
try:
    lengths(lists + [Index(-1)])
except ValueError as error:
    print(error)
try:
    lengths(lists + [5])
except TypeError as error:
    print(error)


class Claims:
    @property
    def __class__(self):
        return list


class Meta(type):
    def __instancecheck__(cls, other):
        return other == 3


class Checked(metaclass=Meta):
    pass


def instances(values, cls):
    return sum(isinstance(value, cls) for value in values)


print(instances([1, 2, [], "x"] * 1000, list))
print(instances([1, 2, [], "x"] * 1000 + [Claims()] * 3, list))
print(instances([1, 2, 3, "x"] * 1000, Checked))
print(instances([1, 2, 3, True] * 1000, (int, Checked)))
try:
    instances([1] * 1000, 5)
except TypeError as error:
    print(error)


def builtin_names(n, at):
    total = 0
    for i in range(n):
        if i == at:
            globals()["len"] = lambda value: 100
        total += len("abc")
    return total


print(builtin_names(3000, -1), builtin_names(3000, 1500))
del len
print(builtin_names(3000, -1))


def bound(n):
    items = list(range(10))
    insert, pop = items.insert, items.pop
    for i in range(n):
        insert(i % 7, pop(0))
    try:
        while True:
            pop()
    except IndexError as error:
        print(error, items)
    return items


bound(5000)
random.seed(5)
draw = random.random
print(round(sum(draw() + random.random() for _ in range(5000)), 9))


def copies(values):
    same = 0
    for value in values:
        same += float(value) is value
    return same


print(copies([5e-324, 1e300] * 1000))
print([type(float(v)).__name__ for v in [1, 2.5, True, "3"] * 2])


def conversions(n):
    total = 0
    for i in range(n):
        total += int(i * 1.5) + int(i) + abs(-i) + int(abs(i - 7.5))
    return total


print(conversions(5000))
print(min(array.array("d", [3.0, 1.5])), max(1, 2.5, 2), min(3, 1))


class Own(list):
    pass


class Other(Own):
    pass


def classes(values):
    count = {}
    for value in values:
        name = type(value).__name__
        count[name] = count.get(name, 0) + isinstance(value, Own) + 2 * isinstance((value, 1), tuple)
        count[name] += isinstance(len(name), int) + isinstance([value], tuple)
    return count


print(classes([Own(), Other(), [], 1] * 900))
print(classes([Own(), Other(), [], 1] * 900 + [None, True, 2.5, Claims(), Checked(), int]))


def appends(makers):
    total = 0
    for maker in makers:
        items = maker()
        items.append(1)
        items.append("x")
        total += len(items)
    return total


class Recorder:
    def __init__(self):
        self.seen = []

    def append(self, item):
        self.seen.append(item)

    def __len__(self):
        return 100


print(appends([list] * 2000), appends([list, Own] * 1000), appends([list] * 2000 + [Recorder, Own, Recorder]))


def called(functions, value):
    out = 0
    for function in functions:
        out += function(value)
    return out


print(called([len, sum, max] * 800, [1, 2, 3]))
print(called([len] * 2000 + [lambda value: 50, sum, Own.__len__], [1, 2, 3]))


def deep(n, function):
    return 0 if n == 0 else 1 + function(n - 1, function)


for _ in range(1000):
    deep(3, deep)
print(deep(900, deep))


class Made:
    def __new__(cls, value, other=2):
        self = super().__new__(cls)
        self.value = value + other
        return self


print(sum(Made(i).value + Made(i, other=i).value + Made(i, 3).value for i in range(2000)))
