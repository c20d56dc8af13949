"""A coverage tool, switched on and off around and inside of hot code: loops, generators, exceptions, recursion."""

import sys


class Coverage:
    def __init__(self):
        self.lines = {}

    def __call__(self, frame, event, arg):
        code = frame.f_code
        if code.co_filename != __file__:
            return None
        if event == "line":
            place = code.co_name, frame.f_lineno - code.co_firstlineno
            self.lines[place] = self.lines.get(place, 0) + 1
        return self

    def report(self):
        print(sorted(self.lines.items()))
        self.lines.clear()


cover = Coverage()


def on(depth=1):
    sys.settrace(cover)
    for up in range(1, depth + 1):
        sys._getframe(up).f_trace = cover


def off():
    sys.settrace(None)


def loop(n, start, stop):
    total = 0
    for i in range(n):
        if i == start:
            on()
        if i % 2:
            total += small(i)
        else:
            total -= 1
        if i == stop:
            off()
    return total


def small(x):
    return x + 1


def generator(n, start, stop):
    for i in range(n):
        if i == start:
            on(2)
        yield small(i)
        if i == stop:
            off()


def consume(n, start, stop):
    total = 0
    for x in generator(n, start, stop):
        total += x
    return total


def raising(n, start, stop):
    caught = 0
    for i in range(n):
        try:
            if i == start:
                on()
            if i % 3 == 0:
                raise ValueError(i)
        except ValueError:
            caught += 1
        finally:
            if i == stop:
                off()
    return caught


def fib(n, at):
    if n == at:
        on(3)
    return n if n < 2 else fib(n - 1, at) + fib(n - 2, at)


class Switch:
    def __init__(self, start):
        self.start = start

    def __del__(self):
        if self.start:
            on(2)
        else:
            off()


def finalizers(n, start, stop):
    total = 0
    for i in range(n):
        Switch(True) if i == start else None
        total += i
        Switch(False) if i == stop else None
    return total


class Number:
    def __init__(self, x, start):
        self.x, self.start = x, start

    def __add__(self, other):
        if self.x == self.start:
            on(2)
        return Number(self.x + other, self.start)

    @property
    def value(self):
        return self.x


def operators(n, start):
    total = Number(0, start)
    for i in range(n):
        total = total + 1
        if total.value == start + 3:
            off()
    return total.x


def nested(n, start, stop):
    total = 0

    def add(i):
        nonlocal total
        if i == start:
            on(2)
        total += i
        if i == stop:
            off()

    for i in range(n):
        add(i)
    return total


for function in loop, consume, raising, finalizers, nested:
    for _ in range(3):
        function(3000, -1, -1)
    print(function.__name__, function(3000, 2000, 2004))
    off()
    cover.report()
    print(function(3000, -1, -1))
    print(function(3000, 2990, -1))
    off()
    cover.report()
operators(3000, -10)
print(operators(3000, 2000))
cover.report()
fib(18, -1)
print(fib(12, 1))
off()
cover.report()
print(fib(18, -1))
sys.settrace(cover)
print([function(40, -1, -1) for function in (loop, consume, raising, nested)])
off()
cover.report()
generators = [generator(5000, -1, -1) for _ in range(3)]
for g in generators:
    for _ in range(2000):
        next(g)
sys.settrace(cover)
print([next(g) for g in generators])
off()
print([sum(g) for g in generators])
cover.report()
