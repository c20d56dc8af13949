"""A float arrives where only ints came, then ints again; the mix must not change a value or a type."""

import math


def total(values):
    t = 0
    for v in values:
        t = t + v * 2 - 1
    return t


def compare(a, b):
    return a < b, a == b, a >= b


def index(n, at):
    count = 0
    for i in range(n):
        if i == at:
            i = i + 0.5
        count += i
    return count


def mean(items):
    return sum(items) / len(items)


for _ in range(3000):
    total([1, 2, 3])
print(total([1, 2, 3]), total([1, 2.5, 3]), total([1.0]), total([2**70, 0.5]), repr(total([-0.0])), total([True, 1]))
for _ in range(3000):
    compare(1, 2)
print(compare(1, 1.0), compare(2**53 + 1, float(2**53)), compare(1.5, 1), compare(math.nan, 1), compare(10**400, math.inf))
print(index(5000, -1), index(5000, 4000), type(index(5000, 4000)).__name__)
x, log = 0, []
for i in range(6000):
    x = x + 1
    if i == 3000:
        x = x + 0.0
        log.append(x)
    if i == 4000:
        x = int(x)
        log.append(x)
print(x, log)
for _ in range(2000):
    mean([1, 2, 3])
print(mean([1, 2]), mean([1.5, 2]), mean([2**60, 2**60]), 7 // 2.0, 7 % 2.5, 2**-1, -7 // 2.0, divmod(7, -2.5))
acc = 0.0
for i in range(5000):
    acc += i if i % 1000 else 0.25
print(acc)


def integer_only(n):
    r = 0
    for i in range(n):
        r = (r * 31 + i) & 0xFFFF
    return r


print(integer_only(5000))
try:
    for i in range(5000):
        v = 4999 if i < 4999 else 0.5
        v & 1
except TypeError as error:
    print(error, i)
