"""Generators, comprehensions and iterator chains consumed by loops."""

from measure import measure


def numbers(n):
    for k in range(n):
        yield k


def squares(source):
    for k in source:
        yield k * k


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def run():
    total = 0
    for v in squares(numbers(4000)):
        total += v & 7
    total += sum(tree(10))
    total += sum(a * b for a, b in zip(numbers(1500), [x % 5 for x in range(1500)]))
    return total


measure(run)
