"""Dicts: insertion order, views as sets, merging, missing keys, own keys, deletion patterns, collections' relatives."""

from collections import ChainMap, Counter, OrderedDict, defaultdict, deque
from types import MappingProxyType

d = {"b": 1, "a": 2}
d["c"] = 3
d["b"] = 9
del d["a"]
d["a"] = 4
print(d, list(d), list(reversed(d)), d.popitem(), d.setdefault("z", []), d.setdefault("b", 0), d.get("q"), d.pop("q", "gone"))
print(d | {"b": 0, "n": 1}, {**d, "b": 5}, dict(d, x=1), dict([("k", 1), ("k", 2)]), dict.fromkeys("aba", 0), {1: "a", True: "b", 1.0: "c"})
d |= [("w", 0)]
print(d, d == {"w": 0, "z": [], "c": 3, "b": 9}, d != {}, "w" in d, len(d))
k, v, i = d.keys(), d.values(), d.items()
print(k & {"b", "q"}, sorted(k | {"q"}), sorted(k - {"b"}), ("b", 9) in i, k.isdisjoint("q"), list(v), k.mapping["b"], sorted(k ^ {"b", "y"}))
d["late"] = 1
print(len(k), list(i)[-1], repr(k))
for action in [lambda: d["nope"], lambda: d[[]], lambda: dict([1]), lambda: dict([(1, 2, 3)]), lambda: {}.popitem(), lambda: {}.pop(1), lambda: d + {}, lambda: dict(1), lambda: hash({})]:
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
for mutate in ["d['new%d' % n] = 1", "del d[key]", "d.clear()"]:
    d = {"x": 1, "y": 2}
    try:
        for n, key in enumerate(d):
            exec(mutate)
        print("no error")
    except RuntimeError as error:
        print(error)


class Key:
    eqs = 0

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 4

    def __eq__(self, other):
        Key.eqs += 1
        return isinstance(other, Key) and self.n == other.n


table = {Key(n): n for n in range(40)}
print(table[Key(33)], Key(99) in table, Key.eqs > 40, len(table), sum(table.pop(Key(n)) for n in range(0, 40, 3)), len(table), list(table.values())[:5])


class Missing(dict):
    def __missing__(self, key):
        value = self[key] = f"<{key}>"
        return value


m = Missing(a=1)
print(m["a"], m["b"], m, m.get("c"), "{a} {z}".format_map(m), "%(q)s" % m)
dd = defaultdict(list)
for n in range(3000):
    dd[n % 7].append(n)
print({k: len(v) for k, v in dd.items()}, dd.default_factory, defaultdict(int, x=1))
c = Counter("mississippi")
c.update("pip")
print(c.most_common(3), c - Counter("ssss"), c & Counter("pps"), sorted((c + Counter("z")).elements()), c["none"], c.total(), +Counter(a=-1, b=2))
o = OrderedDict(a=1, b=2, c=3)
o.move_to_end("a")
o.move_to_end("c", last=False)
print(o, o == {"a": 1, "b": 2, "c": 3}, o == OrderedDict(a=1, b=2, c=3), o.popitem(last=False))
chain = ChainMap({"a": 1}, {"a": 2, "b": 3})
chain["c"] = 4
print(chain["a"], chain["b"], sorted(chain), chain.new_child({"b": 0})["b"], chain.maps[0], chain.parents["a"])
proxy = MappingProxyType({"p": 1})
try:
    proxy["p"] = 2
except TypeError as error:
    print(error, proxy)
q = deque(range(5), maxlen=5)
q.append(9)
q.appendleft(-1)
q.rotate(2)
print(q, q[0], q.index(2), deque("abc", 2), list(reversed(q)))
churn = {}
for n in range(30000):
    churn[n] = n
    if n >= 50:
        del churn[n - 50]
    if n % 5000 == 0:
        churn[f"keep{n}"] = n
print(len(churn), [k for k in churn if isinstance(k, str)], next(iter(churn)))
inverted = {}
for key, value in {w: len(w) for w in "a bb cc ddd e fff gg".split()}.items():
    inverted.setdefault(value, []).append(key)
print(inverted, {v: k for k, v in {"x": 1, "y": 2}.items()}, {(a, b): a * b for a in range(3) for b in range(a)})
mixed = {None: 0, (1, 2): 1, frozenset([1]): 2, 1.5: 3, "s": 4, b"s": 5, -1: 6, 2**70: 7, print: 8, int: 9}
print([mixed[k] for k in [None, (1, 2), frozenset([1]), 1.5, "s", b"s", -1, 2**70, print, int]])
deep = {}
node = deep
for ch in "trie":
    node = node.setdefault(ch, {})
print(deep)
loop = {}
loop["self"] = loop
print(loop, [loop] == [loop])
