"""The iterator protocol: own iterators, __getitem__ fallback, sentinels, unpacking, generators and itertools."""

import itertools as it
from itertools import accumulate, chain, combinations, count, cycle, dropwhile, groupby, islice, permutations, product, starmap, takewhile, tee, zip_longest


class Down:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return DownIterator(self.n)

    def __len__(self):
        return self.n

    def __reversed__(self):
        return iter(range(1, self.n + 1))


class DownIterator:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n + 1

    def __length_hint__(self):
        return self.n


class Old:
    def __getitem__(self, index):
        if index >= 4:
            raise IndexError
        return index * index


print(list(Down(4)), list(reversed(Down(3))), list(Old()), 9 in Old(), 5 in Old(), max(Down(5)), sorted(Down(3)), sum(Down(100)))
first, *middle, last = Down(5)
print(first, middle, last, [*Down(2), *Old()], {*Down(3)} == {1, 2, 3}, dict(zip("abc", Down(3))))
for bad, n in [((1, 2, 3), 2), ((1,), 2), (iter("abcd"), 3), (5, 2)]:
    try:
        if n == 2:
            a, b = bad
        else:
            a, b, c = bad
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
try:
    a, *b, c = [1]
except ValueError as error:
    print(error)
(a, (b, *c)), d = (1, "xyz"), {"k": 1}
print(a, b, c, d)
values = iter([3, 1, 4, 0, 5])
print(list(iter(lambda: next(values), 0)), next(values), next(values, "done"))
i = iter([1, 2, 3])
print(next(i), list(i), list(i), i.__length_hint__())
e = enumerate("ab", start=5)
print(next(e), list(e), list(zip("abc", range(2))), list(map(lambda a, b: a + b, [1, 2], [3, 4, 5])), list(filter(None, [0, 1, "", "x"])))
try:
    list(zip([1], [1, 2], strict=True))
except ValueError as error:
    print(error)
print(any(x > 2 for x in Down(3)), all(x > 1 for x in Down(3)), min((5, "a"), (5, "b")), max([], default="none"))

print(list(islice(count(10, 3), 4)), list(islice(cycle("ab"), 5)), list(accumulate([1, 2, 3, 4], lambda a, b: a * b)), list(chain.from_iterable(["ab", [1]])))
print([(k, len(list(g))) for k, g in groupby("aaabbc")], list(takewhile(lambda x: x < 3, count())), list(dropwhile(lambda x: x < 3, range(5))))
print(list(combinations("abc", 2)), len(list(permutations(range(4)))), list(product([0, 1], repeat=2)), list(zip_longest("a", "xyz", fillvalue="-")))
print(list(starmap(pow, [(2, 3), (3, 2)])), [list(t) for t in tee(range(3))], list(it.pairwise("abcd")), list(it.batched(range(7), 3)), list(it.compress("abcd", [1, 0, 1])))


def primes():
    yield 2
    seen = [2]
    for n in count(3, 2):
        if all(n % p for p in takewhile(lambda p: p * p <= n, seen)):
            seen.append(n)
            yield n


def windows(iterable, size):
    window = []
    for item in iterable:
        window.append(item)
        if len(window) == size:
            yield tuple(window)
            del window[0]


print(list(islice(primes(), 12)), sum(islice(primes(), 900)))
print(sum(a * c - b for a, b, c in windows(range(8000), 3)))


class Matrix:
    def __init__(self, rows):
        self.rows = rows

    def __iter__(self):
        for row in self.rows:
            yield from row

    def columns(self):
        return zip(*self.rows)


m = Matrix([[i * j % 11 for j in range(60)] for i in range(60)])
print(sum(m), [sum(c) for c in m.columns()][:6], len(set(m)))
total = 0
for x in Down(3000):
    for y in (x, -x, 1):
        if y < 0:
            continue
        total += y
    else:
        total -= 1
print(total)
d = {"a": 1}
try:
    for k in d:
        d[k + "x"] = 2
except RuntimeError as error:
    print(error)
items = [1, 2, 3, 4]
for x in items:
    if x % 2:
        items.remove(x)
print(items)
