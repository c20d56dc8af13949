# set and frozenset: methods, operators, order of small ints, errors.


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


s = {3, 1, 2}
print(s, len(s), 1 in s, 9 in s, set(), frozenset(), {1, 1, 1}, set("a"), frozenset([1]))
s.add(10)
s.add(10)
s.discard(3)
s.discard(99)
s.remove(1)
print(s, error(s.remove, 99), error(s.add, []), error(set, 5), error(set, 1, 2), error(frozenset, 1, 2))
print(sorted(s | {5}), sorted(s & {2, 10}), sorted(s - {2}), sorted(s ^ {2, 7}), error(lambda: s | [1]))
a, b = {1, 2, 3, 4}, {3, 4, 5}
print(a.union(b, [9]), a.intersection(b, [3]), a.difference(b, [1]), a.symmetric_difference([4, 8]))
print(a.issubset(range(10)), a.issuperset([1]), a.isdisjoint([9]), a <= a, a < a, a >= b, {1} < a, a == {4, 3, 2, 1}, a != b)
a |= {9}
a &= {1, 2, 9}
a -= {1}
a ^= {2, 100}
print(a)
a.update([1], (2,), "x")
a.intersection_update([1, 2, 9])
a.difference_update([9])
a.symmetric_difference_update([2, 3])
print(a, a.copy() == a, a.copy() is a, error(a.__ior__, [1]))
c = {1, 2}
c.clear()
print(c, bool(c), error(c.pop), error(hash, {1}))
f = frozenset([1, 2, 3])
print(f, hash(f) == hash(frozenset([3, 2, 1])), f | {4}, type(f | {4}), type({4} | f), f.copy() is f, frozenset(f) is f)
print({f: 1}[frozenset([2, 1, 3])], f == {1, 2, 3}, {1, 2, 3} == f, f in {f}, {1, 2, 3} in {f})
print(hash(frozenset()), hash(frozenset([1])), hash(frozenset([1, 2, 3])), hash(frozenset(range(100))))
print({0, 8, 16, 1}, {100, 5, 33}, set(range(20, 0, -3)), {-1, -2, 5}, set([5, 4, 3, 2, 1]) | {100})
x = set(range(100))
for i in range(90):
    x.discard(i)
print(x, x.pop() in range(100), len(x))


def change(s):
    for i in s:
        s.add(i + 1000)


print(error(change, {1, 2}))
it = iter({1, 2, 3})
print(next(it), it.__length_hint__(), list(it), list(it), error(it.__reduce__)[1])


class S(set):
    pass


t = S([1])
t.x = 5
print(t, type(t | {2}), t.x, S.__mro__[1], type(t.copy()))


class F(frozenset):
    def __new__(cls, *a):
        return super().__new__(cls, a)


print(F(1, 2), type(F(1) | F(2)), set[int], {*range(3), *"a"} == {0, 1, 2, "a"})


class Evil:
    def __hash__(self):
        return 3

    def __eq__(self, other):
        target.clear()
        return False


target = {Evil()}
target.add(Evil())
print(len(target), set({1: 2, 3: 4}), set(x for x in range(3)), {x % 3 for x in range(10)})
r = repr({frozenset({1})})
print(r, {(1, 2)}, {None}, {True, 1, 1.0}, error(lambda: {1} < 5), error(lambda: {1} + {2}))
