"""Threads that take turns in the middle of compiled code."""
import sys
import threading

sys.setswitchinterval(0.0002)


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def moved(self, dx):
        return Point(self.x + dx, self.y - dx)


def points(n):
    p = Point(0, 0)
    for i in range(n):
        p = p.moved(i & 3)
    return p.x, p.y


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def squares(n):
    for i in range(n):
        yield i * i


def sums(n):
    return sum(squares(n)) + sum(x for x in squares(n) if x & 1)


def texts(n):
    s = ""
    for i in range(n):
        s += chr(97 + i % 26)
    return len(s), s[-3:]


def failures(n):
    caught = 0
    for i in range(n):
        try:
            [][i]
        except IndexError as error:
            caught += len(str(error))
    return caught


def tables(n):
    d = {}
    for i in range(n):
        d[i % 97] = d.get(i % 97, 0) + i
    return sum(d.values()), sum(a * b for a, b in zip(d, d.values()))


def cycles(n):
    for _ in range(n):
        a, b = [], []
        a.append(b)
        b.append(a)
    return n


JOBS = [(points, 20000), (fib, 18), (sums, 8000), (texts, 9000), (failures, 4000), (tables, 15000), (cycles, 8000)]
alone = {f.__name__: f(n) for f, n in JOBS}
found = {}


def run(f, n, number):
    found[f.__name__, number] = [f(n) for _ in range(2)]


threads = [threading.Thread(target=run, args=(f, n, number)) for f, n in JOBS for number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for (name, number), values in sorted(found.items()):
    print(name, number, all(value == alone[name] for value in values), values[0])
