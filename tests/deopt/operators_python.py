"""Operators defined in Python in hot loops: NotImplemented, reflected methods, subclasses, replacement."""
import sys
import traceback


class V:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        if isinstance(other, V):
            return V(self.x + other.x, self.y + other.y)
        return NotImplemented

    def __mul__(self, k):
        return V(self.x * k, self.y * k)

    def __sub__(self, other):
        return V(self.x - other.x, self.y - other.y)

    def __truediv__(self, k):
        return V(self.x / k, self.y / k)

    def __repr__(self):
        return f'V({self.x}, {self.y})'


class W:
    def __radd__(self, other):
        return ('radd', other.x)

    def __rmul__(self, other):
        return 'never'


class Sub(V):
    def __radd__(self, other):
        return V(-1, -1)


def total(n, odd):
    a, b = V(0, 0), V(1, 2.5)
    found = []
    for i in range(n):
        a = a + b * 2 - b
        if i >= n - 3:
            found.append(b + odd[i - n])
    return a, found


print(total(3000, [b for b in (V(1, 1), W(), Sub(5, 5))]))


def add(a, b):
    return a + b


for i in range(3000):
    add(V(i, i), V(1, 1))
print(add(V(1, 2), W()), add(V(1, 2), Sub(0, 0)), add(Sub(1, 2), V(3, 4)))
for wrong in (3, 2.5, 'x', [1], None):
    try:
        print(add(V(1, 2), wrong))
    except TypeError as error:
        print(error, [f.name for f in traceback.extract_tb(error.__traceback__)])
try:
    v = V(1, 2)
    v += 5
except TypeError as error:
    print(error)


def divide(a, k):
    return a / k


for i in range(1, 3000):
    divide(V(i, i), i)
try:
    divide(V(1, 1), 0)
except ZeroDivisionError as error:
    print(error, [(f.name, f.lineno - f.name.count('_')) for f in traceback.extract_tb(error.__traceback__)])


class Acc:
    def __init__(self):
        self.items = []

    def __iadd__(self, x):
        self.items.append(x)
        return self

    def __add__(self, x):
        return 'add'


def collect(n):
    acc = Acc()
    for i in range(n):
        acc += i
    return len(acc.items), acc + 1


print(collect(3000))


def replaced(n):
    a = V(1, 1)
    out = []
    for i in range(n):
        if i == n - 2:
            V.__add__ = lambda self, other: 'new'
        r = a + a
        if i >= n - 3:
            out.append(r)
    return out


print(replaced(3000))


class Frames:
    def __init__(self, deep):
        self.deep = deep

    def __matmul__(self, other):
        if self.deep:
            return sys._getframe(1).f_code.co_name, sys._getframe(1).f_locals['i']
        return None


def matmul(n):
    got = None
    f, g = Frames(False), Frames(True)
    for i in range(n):
        h = g if i == n - 1 else f
        got = h @ f
    return got


print(matmul(3000))
