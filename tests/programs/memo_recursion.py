"""Recursion, plain and memoized: Fibonacci, Ackermann, partitions, hanoi, permutations, mutual recursion."""

import sys
from functools import cache, partial, reduce


def memoize(function):
    table = {}

    def wrapper(*args):
        try:
            return table[args]
        except KeyError:
            value = table[args] = function(*args)
            return value

    wrapper.table = table
    wrapper.__name__ = f"memo_{function.__name__}"
    return wrapper


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


@memoize
def mfib(n):
    return n if n < 2 else mfib(n - 1) + mfib(n - 2)


@cache
def partitions(n, largest):
    if n == 0:
        return 1
    return sum(partitions(n - k, k) for k in range(1, min(n, largest) + 1))


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def hanoi(n, a, b, c, moves):
    if n:
        hanoi(n - 1, a, c, b, moves)
        moves.append((a, c))
        hanoi(n - 1, b, a, c, moves)


def permutations(items):
    if len(items) < 2:
        yield items
        return
    for i, item in enumerate(items):
        for rest in permutations(items[:i] + items[i + 1 :]):
            yield [item, *rest]


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def collatz(n, memo={1: 1}):
    if n not in memo:
        memo[n] = 1 + collatz(n // 2 if n % 2 == 0 else 3 * n + 1)
    return memo[n]


def tak(x, y, z):
    return z if y >= x else tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))


def flatten(tree):
    for item in tree:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


print(fib(22), mfib(90), mfib.__name__, len(mfib.table))
print(partitions(60, 60), partitions.cache_info().currsize)
print(ackermann(2, 9), ackermann(3, 4))
moves = []
hanoi(12, "A", "B", "C", moves)
print(len(moves), moves[:4], moves[-1])
perms = list(permutations(list("abcd")))
print(len(perms), ["".join(p) for p in perms[:5]], perms == sorted(perms))
print(even(400), odd(401), tak(12, 6, 0))
best = max(range(1, 20000), key=collatz)
print(best, collatz(best))
deep = []
for i in range(300):
    deep = [i, deep, [i]]
print(sum(flatten(deep)), sum(1 for _ in flatten(deep)))
Y = lambda f: (lambda x: x(x))(lambda x: f(lambda *a: x(x)(*a)))
print(Y(lambda self: lambda n: 1 if n == 0 else n * self(n - 1))(30))
compose = lambda *fs: reduce(lambda f, g: lambda x: f(g(x)), fs)
print(compose(str, partial(pow, 3), abs)(-40))


def depth(n=0):
    try:
        return depth(n + 1)
    except RecursionError:
        return n


limit = sys.getrecursionlimit()
sys.setrecursionlimit(400)
print(300 < depth() < 400, depth() == depth())
sys.setrecursionlimit(limit)
try:
    even(10**7)
except RecursionError as error:
    print(type(error).__name__, error)
