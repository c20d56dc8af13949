"""Calls that leave parameters to their defaults, in hot loops: the defaults change, are shared, and count."""
import sys


def f(a, b=10, c=[]):
    c.append(a)
    return a + b + len(c)


def loop(n):
    total = 0
    for i in range(n):
        total += f(i)
        if i == n - 5:
            f.__defaults__ = (100, [1, 2, 3])
    return total


print(loop(3000), len(f.__defaults__[1]))


class Box:
    def __init__(self, v, w=None):
        self.v = v
        self.w = w

    def get(self, k=2, *, scale=1):
        return self.v * k * scale

    def put(self, x, y=3):
        self.v = x + y
        return self


def methods(n):
    b = Box(1)
    for i in range(n):
        b = b.put(i)
        if i == n - 3:
            Box.put.__defaults__ = (1000,)
    return b.v, b.w


print(methods(3000))


def missing(n):
    for i in range(n):
        if i == n - 2:
            f.__defaults__ = None
        f(i)


try:
    missing(3000)
except TypeError as error:
    print(error)

marker = object()


def count(x, y=marker):
    return sys.getrefcount(y)


before = sys.getrefcount(marker)
seen = {count(i) - before for i in range(3000)}
print(len(seen), sys.getrefcount(marker) - before)
