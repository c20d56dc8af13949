"""Slices of every kind and sorting: keys, stability, reverse, partial orders, own sorts."""

import random
from functools import cmp_to_key
from operator import itemgetter

base = list(range(12))
SLICES = [slice(None), slice(3), slice(-3, None), slice(2, 9, 2), slice(None, None, -1), slice(9, 2, -3), slice(-20, 20), slice(5, 5), slice(20, 30), slice(-1, -13, -4), slice(None, None, 5)]
for s in SLICES:
    print(s.indices(12), base[s], "abcdefghijkl"[s], tuple(base)[s] == tuple(base[s]), range(12)[s])
work = base[:]
work[2:5] = "xyz!"
work[-1:] = []
work[:0] = [-1]
del work[::4]
work[1:1] = range(2)
print(work)
work[::2] = [0] * len(work[::2])
print(work)
for action in ["work[::2] = [1]", "work['a']", "work[1.0]", "base[::0]", "work[100] = 1", "del work[100]", "work[1:2] = 5"]:
    try:
        exec(action)
    except (ValueError, TypeError, IndexError) as error:
        print(action, "->", error)


class Show:
    def __getitem__(self, key):
        return key


show = Show()
print(show[1:2, ..., ::3, "x"], show[()], show[-1], show[1:2][0] if False else show[:], show[*[1, 2], 3])

people = [("ann", 30, 1.6), ("bob", 25, 1.8), ("cid", 30, 1.7), ("dan", 25, 1.6), ("eve", 35, 1.5)]
print(sorted(people, key=itemgetter(1)), sorted(people, key=lambda p: (-p[1], p[2])), sorted(people, key=itemgetter(1), reverse=True), sep="\n")
words = "the Quick brown Fox jumps over the lazy Dog".split()
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=len), sorted(words, key=lambda w: w[::-1]), max(words, key=len), min(words))
print(sorted(words, key=cmp_to_key(lambda a, b: len(b) - len(a) or (a > b) - (a < b))))
print(sorted([3, 1.5, True, -2, 2**70, float("-inf")]), sorted("hello"), sorted({"b": 1, "a": 2}), sorted([[2, 1], [1, 9], [1]]), sorted([(1, "b"), (1, "a")]))
try:
    sorted([1, "a", None])
except TypeError as error:
    print(error)


class Bad:
    count = 0

    def __lt__(self, other):
        Bad.count += 1
        if Bad.count == 5:
            raise ValueError("comparison 5")
        return False


bad = [Bad() for _ in range(10)]
try:
    bad.sort()
except ValueError as error:
    print(error, len(bad))
evil = [3, 2, 1]


def mutate(x):
    evil.append(x)
    return x


try:
    evil.sort(key=mutate)
except ValueError as error:
    print(error, evil)


def insertion(items):
    for i in range(1, len(items)):
        x, j = items[i], i
        while j and items[j - 1] > x:
            items[j] = items[j - 1]
            j -= 1
        items[j] = x


def quick(items, low=0, high=None):
    high = len(items) - 1 if high is None else high
    while low < high:
        i, j, pivot = low, high, items[(low + high) // 2]
        while i <= j:
            while items[i] < pivot:
                i += 1
            while pivot < items[j]:
                j -= 1
            if i <= j:
                items[i], items[j] = items[j], items[i]
                i, j = i + 1, j - 1
        quick(items, low, j)
        low = i


def merge_sort(items):
    if len(items) > 1:
        middle = len(items) // 2
        left, right = items[:middle], items[middle:]
        merge_sort(left)
        merge_sort(right)
        i = j = 0
        for k in range(len(items)):
            if j >= len(right) or i < len(left) and left[i] <= right[j]:
                items[k] = left[i]
                i += 1
            else:
                items[k] = right[j]
                j += 1


def heap_sort(items):
    n = len(items)

    def sift(i, n):
        while (child := 2 * i + 1) < n:
            child += child + 1 < n and items[child] < items[child + 1]
            if items[i] >= items[child]:
                return
            items[i], items[child] = items[child], items[i]
            i = child

    for i in range(n // 2, -1, -1):
        sift(i, n)
    for end in range(n - 1, 0, -1):
        items[0], items[end] = items[end], items[0]
        sift(0, end)


def radix(items):
    for shift in range(0, 16, 4):
        buckets = [[] for _ in range(16)]
        for x in items:
            buckets[x >> shift & 15].append(x)
        items[:] = [x for bucket in buckets for x in bucket]


def shell(items):
    gap = len(items) // 2
    while gap:
        for i in range(gap, len(items)):
            while i >= gap and items[i - gap] > items[i]:
                items[i - gap], items[i] = items[i], items[i - gap]
                i -= gap
        gap //= 2


seed, numbers = 1, []
for _ in range(1200):
    seed = seed * 16807 % 2147483647
    numbers.append(seed % 10000)
for sort in (insertion, quick, merge_sort, heap_sort, radix, shell):
    for values in (numbers[:400] if sort is insertion else numbers, [], [1], [2, 1], list(range(50))):
        mine = values[:]
        sort(mine)
        assert mine == sorted(values), sort.__name__
    if sort is not radix:
        floats = [x / 7 - 500 for x in numbers[:200]]
        sort(floats)
        assert floats == sorted(floats)
        strings = [str(x) for x in numbers[:200]]
        sort(strings)
        assert strings == sorted(strings)
    print(sort.__name__, "ok")
rng = random.Random(5)
deck = list(range(52))
rng.shuffle(deck)
print(deck[:10], sorted(deck) == list(range(52)), rng.random(), rng.randint(1, 6), rng.sample("abcdef", 3), rng.choice(deck))
records = [(x % 10, i) for i, x in enumerate(numbers)]
records.sort(key=itemgetter(0))
print(all(a[0] < b[0] or a[1] < b[1] for a, b in zip(records, records[1:])))
