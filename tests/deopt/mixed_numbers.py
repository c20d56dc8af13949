"""Ints, floats, bools, big ints and instances at the same operators."""

import operator


class Number:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return ("add", self.value, other)

    def __radd__(self, other):
        return ("radd", self.value, other)

    def __mul__(self, other):
        return ("mul", self.value, other)

    __rmul__ = __mul__

    def __rsub__(self, other):
        return ("rsub", self.value, other)

    def __rtruediv__(self, other):
        return ("rtruediv", self.value, other)

    def __lt__(self, other):
        return "less"

    def __gt__(self, other):
        return ""

    def __eq__(self, other):
        return "equal"


def apply(a, b):
    try:
        return a + b, a - b, a * b, a / b
    except (TypeError, ZeroDivisionError, OverflowError) as error:
        return type(error).__name__, str(error)


def compare(a, b):
    try:
        return a < b, a <= b, a == b, a != b, a > b, a >= b, "yes" if a < b else "no"
    except TypeError as error:
        return str(error)


values = [0, 1, -1, 0.0, -0.0, 0.5, 2.5, -3, 2**40, 2**53, 2**53 + 1, 2.0**53, 2**61, -(2**62), 2**62 - 1, 1e300, 5e-324]
values += [float("inf"), float("-inf"), float("nan"), True, 2**62, 2**70, 10**400, 1e-310]
pairs = [(a, b) for a in values for b in values]
for _ in range(3):
    results = [(apply(a, b), compare(a, b)) for a, b in pairs]
print(len(results))
for (a, b), result in zip(pairs, results):
    if isinstance(a, float) != isinstance(b, float) or abs(a) > 2**60:
        print(str(a)[:12], str(b)[:12], str(result)[:150])
for odd in (Number(1), "s", None, [1], 1j):
    for other in (3, 2.5, 2**70):
        print(apply(other, odd), apply(odd, other), compare(other, odd), compare(odd, other))


def running(steps):
    total = 0
    for step in steps:
        total = total + step
        if total > 1000:
            total = total - 1000
    return total


print(running([1, 0.5, 2, 0.25] * 1000))
print(running([1, 2] * 2000 + [2**61, 2**61, 2**61]))
print(running([1, 2] * 2000 + [0.5] * 100 + [2**80]))


def outgrow(n):
    x = 1
    kinds = []
    for i in range(n):
        x = x * 3
        if x > 10**30:
            x = 1.0
        elif x == 3**20 and i > 1000:
            x = 3
        kinds.append(type(x).__name__)
    return kinds.count("int"), kinds.count("float"), x


print(outgrow(700), outgrow(3000))
print([getattr(operator, name)(7, 2.0) for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")])
