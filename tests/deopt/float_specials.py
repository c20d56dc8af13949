"""NaN, infinities, negative zero, denormals and huge values arrive in hot float code."""

import math


def kernel(a, b):
    s = 0.0
    for i in range(50):
        s = s * 0.5 + a * b - (a - b)
    return s


def order(values):
    lo = hi = values[0]
    for v in values:
        if v < lo:
            lo = v
        if v > hi:
            hi = v
    return lo, hi


def sign(x):
    return math.copysign(1.0, x)


def divide(a, b):
    try:
        return a / b
    except ZeroDivisionError as error:
        return str(error)


for _ in range(2000):
    kernel(1.5, 2.5)
    order([1.0, 2.0])
    divide(1.0, 2.0)
inf, nan = math.inf, math.nan
print(kernel(1.5, 2.5), kernel(inf, 1.0), kernel(nan, 1.0), kernel(1e308, 10.0), kernel(5e-324, 0.5), kernel(-0.0, 0.0), kernel(0, 1), kernel(10**300, 1.5))
print(order([nan, 1.0, 2.0]), order([1.0, nan, 0.5]), order([-0.0, 0.0]), order([inf, -inf]))
print(divide(1.0, 0.0), divide(0.0, -5.0), divide(inf, inf), divide(1.0, -inf), divide(1, 0), divide(10**400, 10**399))
zeros = []
z = 1.0
for i in range(4000):
    z = -z * 0.5
    if i == 3999:
        zeros.append((z, sign(z)))
x = -0.0
for i in range(3000):
    x = x * 1.0
print(zeros, repr(x), sign(x), sign(0.0 + x), sign(x - 0.0), sign(x + x), -x, abs(x), x == 0, {x: "zero"}[0], repr(round(x)))
n, counts = nan, 0
for i in range(4000):
    n = n + 1.0
    counts += (n == n) + (n != n) * 2 + (n < i) + (n >= i)
print(n, counts, n is n, [n].index(n), n in [n], [n] == [n], [nan] == [float("nan")])
cache = []
for i in range(3000):
    cache.append(1e200 * i if i % 2 else float(i))
cache.append(inf)
cache.append(nan)
print(max(cache[:3000]), sum(cache[:100:2]), sorted(cache[-4:-1]), cache[-1] is nan, cache.count(inf), [v for v in cache if v != v][0] is nan)
t = 5e-324
for i in range(2000):
    t = t * 2.0 if i % 2 else t / 2.0 + t / 2.0
print(t, 2.0**-1074, 1.7976931348623157e308 * 10, -1e308 * 10, int(1e18), int(-1e25), hash(inf), hash(-inf))
for bad in (inf, nan):
    try:
        int(bad)
    except (OverflowError, ValueError) as error:
        print(error)
try:
    x = 2.0
    for i in range(5000):
        x = x**1.001 if i < 4990 else x**1e9
except OverflowError as error:
    print(error)
