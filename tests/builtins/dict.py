# dict: methods, views, iteration under change, errors.


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


d = {"a": 1, "b": 2}
print(d, len(d), "a" in d, 1 in d, d["a"], error(lambda: d["x"]), d.get("x"), d.get("x", 5))
d["c"] = 3
d[1] = "one"
d[1.0] = "float one"
d[True] = "true"
print(d, list(d), list(reversed(d)))
del d["a"]
print(d, error(d.__delitem__, "zz"), error(d.__setitem__, [], 1), error(lambda: d[{}]), error(d.get, []))
print(d.pop("b"), d.pop("b", None), error(d.pop, "b"), d.popitem(), error({}.popitem), error(d.pop))
print(d.setdefault("c"), d.setdefault("n"), d.setdefault("m", 4), d)
d.update({"x": 1}, y=2)
d.update([("p", 1), ["q", 2], "rs"])
d.update(z=1)
print(d)
print(error(d.update, 5), error(d.update, [1]), error(d.update, [(1, 2, 3)]), error(d.update, 1, 2), error(d.update, ["abc"]))
print(dict(), dict(a=1), dict([(1, 2)], b=3), dict({"k": 1}), dict(zip("ab", [1, 2])), error(dict, 1, 2), error(dict, 5))
print(dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), dict.fromkeys({3, 1}), error(dict.fromkeys))
print({1: 2} | {3: 4}, {1: 2} | {1: 3}, error(lambda: {} | []), error(lambda: {} + {}))
e = {1: 2}
e |= {3: 4}
e |= [(5, 6)]
print(e, error(e.__ior__, 5), e.copy(), e.copy() is e, e == dict(e), e != {}, error(lambda: {} < {}))
e.clear()
print(e, bool(e), error(hash, {}))
r = {}
r["self"] = r
print(r, [r])

d = {"a": 1, "b": 2, "c": 3}
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), len(v), len(i), "a" in k, 2 in v, ("a", 1) in i, ("a", 2) in i, "a" in i)
d["d"] = 4
print(k, list(reversed(k)), list(reversed(v)), list(reversed(i)))
print(sorted(k & {"a", "z"}), sorted(k | ["q"]), sorted(k - {"a"}), sorted(k ^ {"a", "q"}))
print(sorted({"a", "z"} & k), sorted(i & {("a", 1)}), k == {"a", "b", "c", "d"}, k >= {"a"}, k < set("abcdef"), k == ["a"])
print(k.isdisjoint("xyz"), k.isdisjoint(["a"]), i.isdisjoint([("a", 1)]), k.mapping, error(lambda: k & 5))
print(type(k & set()), {}.keys(), {}.items(), {}.values(), {}.keys() == {}.keys(), {}.values() == {}.values())
print(error(hash, k), d.keys() == d.keys(), d.items() == d.items())


def change(d, f):
    for x in d:
        f()


d = dict.fromkeys(range(5))
print(error(change, d, lambda: d.pop(next(iter(d)))))
d = dict.fromkeys(range(5))
print(error(change, d, lambda: d.__setitem__(object(), 1)))
d = dict.fromkeys(range(3))


def swap():
    d.pop(next(iter(d)))
    d[len(d) + 100 + max(d)] = 1


print(error(change, d, swap))
d = dict.fromkeys(range(5))
for x in d:
    d[x] = x * 2
print(d)
it = iter(d.items())
print(next(it), it.__length_hint__(), list(it), list(it), it.__length_hint__())


class Bad:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if self.n == 3:
            raise ValueError("eq")
        return self is other


d = {Bad(1): 1, Bad(2): 2}
print(len(d), error(d.get, Bad(3)), error(d.__setitem__, Bad(3), 1), len(d))


class Evil:
    def __hash__(self):
        return 5

    def __eq__(self, other):
        target.clear()
        return False


target = {Evil(): 1}
print(target.get(Evil()), len(target))
target = {Evil(): 1}
target[Evil()] = 2
print(len(target))


class M(dict):
    def __missing__(self, key):
        return f"missing {key}"


m = M(a=1)
print(m["a"], m["b"], m.get("b"), m, type(m.copy()), M.fromkeys("a"), isinstance(m, dict))
big = {i: str(i) for i in range(1000)}
for i in range(0, 1000, 2):
    del big[i]
print(len(big), list(big)[:5], big[999], 998 in big)
for i in range(0, 1000, 2):
    big[i] = i
print(len(big), list(big)[-3:], sum(1 for _ in big))
while len(big) > 3:
    big.popitem()
print(big)
s = {str(i): i for i in range(100)}
print(s["57"], len(s), list(s)[50], "100" in s, s.pop("57"), "57" in s)
print(dict[str, int], {**{"a": 1}, **{"b": 2}}, {"a": 1, "a": 2}, dict(**{"x y": 1}))
print(error(lambda: dict(**{1: 2})), {}.__class__, dict.__name__)
class Keys:
    def keys(self):
        return ["k1", "k2"]

    def __getitem__(self, key):
        return key.upper()


print(dict(Keys()), {**Keys()}, {1: 2, 3: 4} == {3: 4, 1: 2}, {1: 2} == {1: 3}, {1: float("nan")} == {1: 1})
match {"a": 1, "b": [1, 2]}:
    case {"a": 1, **rest}:
        print(rest)
