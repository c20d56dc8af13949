"""Recursion to the limit in hot functions: plain, mutual, in methods, __repr__, __eq__, comprehensions, generators; then on."""

import sys


def down(n):
    return 0 if n == 0 else 1 + down(n - 1)


def endless(n):
    return endless(n + 1) + 1


class M:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def method(self, n):
        return self.method(n + 1)

    def __repr__(self):
        return f"<{self!r}>"

    def __eq__(self, other):
        return self == other

    def __hash__(self):
        return hash(self)

    def __len__(self):
        return len(self)

    def __call__(self):
        return self()

    def __add__(self, other):
        return self + other

    def __iter__(self):
        yield from self

    @property
    def prop(self):
        return self.prop


def ping(n):
    return pong(n + 1)


def pong(n):
    return [ping(n)][0]


def gen(n):
    yield from gen(n + 1)


def depth(n=1):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


for _ in range(300):
    down(60)
print(down(900))
m = M()
ACTIONS = {
    "endless": lambda: endless(0),
    "method": lambda: m.method(0),
    "getattr": lambda: m.zzz,
    "repr": lambda: repr(m),
    "eq": lambda: m == 1,
    "hash": lambda: {m},
    "len": lambda: len(m),
    "call": lambda: m(),
    "add": lambda: m + 1,
    "iter": lambda: list(m),
    "prop": lambda: m.prop,
    "mutual": lambda: ping(0),
    "gen": lambda: next(gen(0)),
    "sort": lambda: sorted([m, m], key=lambda x: endless(1)),
    "map": lambda: list(map(endless, [1])),
    "comprehension": lambda: [endless(x) for x in [1]],
}
for name, action in ACTIONS.items():
    try:
        print(name, action())
    except RecursionError as error:
        print(name, type(error).__name__, str(error).startswith("maximum recursion depth exceeded"))
first = depth()
print(first > 900, first == depth(), depth() == first)
limit = sys.getrecursionlimit()
sys.setrecursionlimit(200)
small = depth()
print(150 < small < 200, sys.getrecursionlimit())
try:
    down(500)
except RecursionError as error:
    print(error)
sys.setrecursionlimit(20000)
print(down(15000))
sys.setrecursionlimit(limit)
nested = []
for _ in range(50000):
    nested = [nested]
del nested
count = 0


def cleanup(n):
    global count
    try:
        cleanup(n + 1)
    finally:
        count += 1


try:
    cleanup(0)
except RecursionError:
    print(count > 900)
try:
    sys.setrecursionlimit(1)
except (RecursionError, ValueError) as error:
    print(type(error).__name__)
print(down(500))
