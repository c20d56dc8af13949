# collections: deque, defaultdict; weak references.
from _collections import deque, defaultdict, _count_elements
from _weakref import ref, proxy, getweakrefcount, getweakrefs


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


d = deque([1, 2, 3])
d.append(4)
d.appendleft(0)
print(d, len(d), d[0], d[-1], 2 in d, d.pop(), d.popleft(), d, list(reversed(d)), d.index(2), d.count(1))
d.extend("ab")
d.extendleft("xy")
d.rotate(2)
print(d, error(d.remove, 99), error(d.index, 99), error(lambda: d[100]), error(deque().pop), error(deque().popleft), error(lambda: d["a"]))
d.rotate(-1)
d.reverse()
d.insert(1, "i")
d[0] = "zero"
del d[-1]
d.remove("i")
print(d, d.copy() == d, d + deque([1]), d * 2 == d + d, deque([1]) < deque([2]), error(lambda: d + [1]), d.maxlen)
m = deque(range(10), 3)
m.append(10)
m.appendleft(5)
print(m, m.maxlen, error(m.insert, 0, 1), error(deque, [], -1), m * 2, deque(maxlen=0), deque.__hash__)


def change(d):
    for x in d:
        d.append(x)


print(error(change, deque([1])), bool(deque()), deque("abc") == deque("abc"), error(deque, 5))
dd = defaultdict(list)
dd["a"].append(1)
dd["b"]
print(dd, dd["a"], dict(dd), dd.default_factory, error(defaultdict, 5), "z" in dd, dd.get("q"), error(lambda: defaultdict()["x"]))
print(defaultdict(int, a=1) | {"b": 2}, defaultdict(int, {1: 2}).copy(), defaultdict(None, [(1, 2)]), isinstance(dd, dict), dd == {"a": [1], "b": []})
c = {}
_count_elements(c, "abca")
print(c)


class A:
    def __repr__(self):
        return "A()"

    def __call__(self):
        return "called"

    def __len__(self):
        return 3


a = A()
r = ref(a)
log = []
r2 = ref(a, lambda r: log.append("gone"))
p = proxy(a)
print(r() is a, r is ref(a), r == ref(a), getweakrefcount(a), len(getweakrefs(a)), len(p), p(), r2.__callback__ is not None, hash(r) == hash(a))
p.x = 5
print(a.x, p.x, a.__weakref__ is r)
del a
print(r(), r2(), log, error(lambda: p.x), error(len, p), error(ref, 5), error(hash, ref(A())), r == r2, r == r)
b = A()
r3 = ref(b)
b.self = b
print(repr(r).endswith("; dead>"), type(p).__name__)
