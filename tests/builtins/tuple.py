# tuple, slice and range.


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


t = (1, 2, 3)
print(t, (), (1,), t + (4,), t * 2, 0 * t, t[0], t[-1], t[::-1], t[1:], t[5:], len(t), 2 in t, t.index(2), t.count(1))
print(error(lambda: t[3]), error(lambda: t["a"]), error(lambda: t + [1]), error(t.index, 9), error(t.__setitem__, 0, 1) if hasattr(t, "__setitem__") else "no")
print(t < (1, 2, 4), t == (1, 2, 3), t == [1, 2, 3], t < (1, 2), error(lambda: t < [1]), () < (1,), (1, "a") != (1, "b"))
print(hash(()), hash((1,)), hash((1, 2, 3)), hash(((), (1,))), error(hash, ([],)), t[:] is t, tuple(t) is t)
print(tuple("abc"), tuple([1]), tuple(range(3)), error(tuple, 1), error(tuple, 1, 2), error(tuple, x=1), t.index(3, 1), t.index(3, 1, 10))
r = ([],)
r[0].append(r)
print(r, (1, "a", None, 2.5, (3,)))


class T(tuple):
    x = 1

    def __new__(cls, *a):
        return super().__new__(cls, a)


x = T(1, 2)
x.y = 5
print(x, x.y, type(x[:]), x[0], T.x, type(x + ()), x == (1, 2), hash(x) == hash((1, 2)), tuple[int, ...], tuple[()])
it = iter(t)
print(next(it), it.__length_hint__(), list(it), it.__reduce__()[1])
a, *b, c = t
print(a, b, c, error(lambda: (lambda a, b: 0)(*t)))

s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, s.indices(5), slice(None, None, -1).indices(5), slice(5), slice(-3, None).indices(2))
print(slice(1, 2) == slice(1, 2), slice(1) < slice(2), hash(slice(1, 2)) == hash(slice(1, 2)), error(slice), error(slice, 1, 2, 3, 4), error(slice(1, "a").indices, 5))
print(slice(None, 10**30).indices(10**25), slice(-(10**30), None).indices(7), error(slice(0).indices, -1), error(slice(0, 1, 0).indices, 1))

r = range(10)
print(r, r[2], r[-1], r[2:5], r[::-1], len(r), 5 in r, 10 in r, "a" in r, 5.0 in r, r.index(3), r.count(3), list(r[::3]))
print(range(1, 10, 3), list(range(10, 0, -3)), range(0), range(5, 5) == range(0), range(0, 3, 2) == range(0, 4, 2), hash(range(3)) == hash(range(0, 3)))
print(error(range), error(range, "a"), error(range, 1, 2, 0), error(range, 1.5), error(lambda: r[10]), error(r.index, 99), error(lambda: r["a"]), error(range, 1, 2, 3, 4))
big = range(10**20, 10**20 + 5)
print(big, list(big), len(big), big[1], 10**20 + 2 in big, big[::-1], list(reversed(big)), big.index(10**20 + 3), big == range(10**20, 10**20 + 5))
print(error(len, range(10**30)), range(10**30)[10**29], bool(range(0)), bool(range(1)), range(-5, 5)[3:], r.start, r.stop, r.step)
it = iter(range(5))
print(next(it), it.__length_hint__(), list(it), list(it), it.__reduce__()[1])
print(list(reversed(range(0, 10, 3))), list(reversed(range(0))), next(reversed(range(2**62, 2**62 + 2))), list(range(2**63 - 2, 2**63 + 1)))
print([x for x in range(-3, 3)], sum(range(101)), max(range(5)), sorted(range(3), reverse=True), range(True), range(3)[True])


class I:
    def __index__(self):
        return 3


print(range(I()), r[I()], list(range(I(), 5)))
print(list(enumerate("ab")), list(enumerate("ab", 5)), list(zip([1, 2], "ab")), list(zip()), list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2], [3, 4, 5])))
print(list(filter(None, [0, 1, "", "a"])), list(filter(lambda x: x > 1, [1, 2, 3])), list(reversed([1, 2])), list(reversed("ab")))
print(error(list, zip([1], [1, 2], strict=True)), error(list, zip([1, 2], [1], strict=True)), error(list, zip([1, 2], [1, 2], [1], strict=True)), error(zip, 1), error(zip, [], 1))
print(error(map, str), error(map), error(enumerate), error(enumerate, 5), error(reversed, {1}), error(reversed, 5), error(filter, None), error(list, map(1, [1])))
print(error(list, map(lambda a, b: 0, [1], [1, 2], strict=True)), list(enumerate("a", 10**20)), enumerate("a").__reduce__()[1][1])
