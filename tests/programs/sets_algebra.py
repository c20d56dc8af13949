"""Sets and frozensets: algebra, comparisons, mutation, hashing of own classes, power sets, relations."""

from itertools import combinations


class Fuzzy:
    """Equal when the residues are: many collisions, few classes."""

    def __init__(self, n, mod=7):
        self.n, self.mod = n, mod

    def __hash__(self):
        return self.n % self.mod % 3

    def __eq__(self, other):
        return isinstance(other, Fuzzy) and self.n % self.mod == other.n % other.mod

    def __repr__(self):
        return f"F{self.n}"


def show(s):
    return "{" + ", ".join(map(repr, sorted(s))) + "}"


a, b = set(range(0, 20, 2)), set(range(0, 20, 3))
print(show(a | b), show(a & b), show(a - b), show(a ^ b), show(b - a))
print(a <= b, {0, 6} < a & b, a >= {2}, a.isdisjoint({1, 3}), a == frozenset(a), {1} < {1}, {1} <= {1})
c = a.copy()
c |= {100}; c &= set(range(50, 200)) | {4}; c ^= {4, 5}; c -= {5}
print(show(c), show(a.union([1], (3,), {5: 0})), show(a.intersection(b, [0, 12])), show(a.difference(b, [2])), show(a.symmetric_difference([0, 1])))
c.add(1); c.discard(77); c.update("ab" for _ in range(2)); c.remove("ab")
print(show(c), len(c), 1 in c)
for action in [lambda: c.remove(9), lambda: set().pop(), lambda: {[]}, lambda: a | [1], lambda: {1, 2}.add([])]:
    try:
        action()
    except (KeyError, TypeError) as error:
        print(type(error).__name__, error)
f = frozenset("hello")
print(show(f), hash(f) == hash(frozenset("olleh")), {f: 1}[frozenset("ehlo")], frozenset([f]) == {f}, type(f | set()), type(set() | f))
print({frozenset({1, 2}), frozenset({2, 1})} == {frozenset((1, 2))}, {1, 1.0, True}, {0, False, 0.0}, len({float("nan")} | {float("nan")}))
fuzzy = {Fuzzy(n) for n in range(100)}
print(len(fuzzy), Fuzzy(707) in fuzzy, sorted(x.n for x in fuzzy), len({Fuzzy(1)} - {Fuzzy(8)}))


def powerset(items):
    items = sorted(items)
    return {frozenset(c) for k in range(len(items) + 1) for c in combinations(items, k)}


p = powerset("abcd")
print(len(p), all(x & y in p and x | y in p for x in p for y in p), sum(x < y for x in p for y in p))


def closure(pairs):
    relation = set(pairs)
    while True:
        more = {(x, w) for x, y in relation for z, w in relation if y == z} - relation
        if not more:
            return relation
        relation |= more


edges = {(i, i * 7 % 23) for i in range(23)}
c = closure(edges)
print(len(c), len({frozenset(y for x, y in c if x == k) for k in range(23)}))


def venn(sets):
    regions = {}
    for item in set().union(*sets):
        key = "".join("01"[item in s] for s in sets)
        regions.setdefault(key, set()).add(item)
    return {key: len(regions[key]) for key in sorted(regions)}


print(venn([set(range(0, 3000, 2)), set(range(0, 3000, 3)), set(range(0, 3000, 5))]))
sieve = set(range(2, 6000))
for n in range(2, 78):
    if n in sieve:
        sieve -= set(range(n * n, 6000, n))
print(len(sieve), sum(sieve), max(sieve))
s = set()
for i in range(20000):
    x = i * 7919 % 1009
    if x in s and i % 3:
        s.discard(x)
    else:
        s.add(x)
print(len(s), sum(s))
s = {1, 2, 3}
try:
    for x in s:
        s.add(x + 10)
except RuntimeError as error:
    print(error)


class MySet(set):
    def __or__(self, other):
        return "mine"


print(MySet() | {1}, {1} | MySet([2]), type(MySet([1]) & {1}).__name__, MySet([3, 3]))
