# list: methods, slices, comparison, sorting, errors.


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


a = [1, 2, 3]
print(a, a + [4], a * 2, 2 * a, a[::-1], a[1:], a[:-1], a[5:], a[-10:2])
print(error(lambda: a[3]), error(lambda: a["x"]), error(lambda: a + (1,)), error(lambda: a * "x"))
a.append(4)
a.extend((5, 6))
a.extend(x for x in "ab")
a.extend({7: 8})
print(a, len(a), 4 in a, 99 in a, a.index(4), a.count(1))
print(error(a.index, 99), error(a.remove, 99), error([].pop), error(a.pop, 100))
print(a.pop(), a.pop(0), a.pop(-2), a)
a.insert(0, "first")
a.insert(-1, "last")
a.insert(100, "end")
a.remove("last")
print(a, a.copy() is a, a.copy() == a)
a.reverse()
print(a)
a.clear()
print(a, bool(a), bool([0]))

a = list(range(10))
a[2:5] = "xyz"
print(a)
a[2:5] = []
print(a)
a[::2] = [0] * len(a[::2])
print(a)
print(error(a.__setitem__, slice(0, 7, 2), [1]), error(a.__setitem__, slice(0, 1), 5))
print(error(a.__setitem__, slice(0, 7, 2), 5), error(a.__setitem__, 100, 5), error(a.__delitem__, 100))
del a[0], a[-1]
print(a)
a = list(range(20))
del a[::3]
print(a)
del a[::-2]
print(a)
del a[2:4]
print(a)
a[:] = a
a[1:1] = a
print(a)
a += "q"
a *= 2
print(a)
a *= 0
print(a)
a[5:2] = [1, 2]
print(a, error(lambda: a[::0]))

print([1, 2] < [1, 3], [1, 2] < [1, 2, 0], [1] == [1.0], [1, 2] != [1, 2], [] < [1], [2] >= [1, 5])
print(error(lambda: [1] < ["a"]), error(lambda: [1] < (1,)), [1] == (1,), error(hash, []))
r = [1]
r.append(r)
print(r, repr([r]))

print(sorted([3, 1, 2]), sorted("hello"), sorted([3, 1, 2], reverse=True), sorted([1.5, -0.0, 0.0, 3]))
words = ["banana", "Apple", "cherry", "apple", "Banana"]
print(sorted(words), sorted(words, key=str.lower), sorted(words, key=str.lower, reverse=True))
print(sorted([(1, "b"), (0, "z"), (1, "a")]), sorted([2, 1.5, True, 0]), sorted([[2], [1, 5], []]))
data = [(x * 7919) % 101 for x in range(500)]
pairs = [(x % 10, i) for i, x in enumerate(data)]
s = sorted(pairs, key=lambda p: p[0])
print(s == sorted(pairs), [p[1] for p in s[:8]])


class K:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        return self.n < other.n


ks = [K(x) for x in data]
ks.sort()
print([k.n for k in ks] == sorted(data))
ks.sort(reverse=True)
print([k.n for k in ks] == sorted(data, reverse=True))
a = [3, 2, 1]
print(error(a.sort, key=lambda x: a.append(x)), a)
print(error([1, "a", 2].sort), error([1].sort, 5), error(sorted, [1, 2], key=5), error(sorted, 5))


class Bad:
    def __lt__(self, other):
        raise ValueError("no")


a = [Bad(), Bad(), Bad()]
b = list(a)
print(error(a.sort), len(a), all(x in b for x in a))

it = iter([1, 2, 3])
print(next(it), it.__length_hint__(), list(it), list(it), next(it, "end"))
it = reversed([1, 2, 3])
print(next(it), it.__length_hint__(), list(it))
a = [1, 2, 3, 4]
out = []
for x in a:
    out.append(x)
    if x == 2:
        a.append(9)
    if len(a) > 6:
        break
print(out)


class L(list):
    pass


x = L("abc")
x.attr = 1
print(x, x.attr, type(x[:]), type(x + []), L() == [], isinstance(x, list), x.__class__)
print(list[int], list[int].__origin__, list[int].__args__, error(list, 1, 2), error(list, x=1), list())
print([1, 2, 3].__contains__(2), list.append, [].append.__name__, list.__name__, list.__mro__)
print([None] * 3, [[]] * 2, [1, 2, 3][True], [1, 2, 3][slice(None, None, 2)])


class I:
    def __index__(self):
        return 1


print([1, 2, 3][I()], [1, 2, 3][I() :], error([].insert, "a", 1))
a, *b = [1, 2, 3]
print(a, b, [*"ab", *[1]])
