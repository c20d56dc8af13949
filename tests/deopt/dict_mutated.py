"""Dicts mutated during iteration, keys replaced by lookalikes, string-key dicts turned general, in hot loops."""


def walk(d, at, action):
    n = total = 0
    try:
        for k in d:
            if n == at:
                action(d)
            total += d[k]
            n += 1
    except (RuntimeError, KeyError) as error:
        return n, total, f"{type(error).__name__}: {error}"
    return n, total


def base(n=4000):
    return {i: i for i in range(n)}


ACTIONS = {
    "nothing": lambda d: None,
    "add": lambda d: d.update(x=1),
    "delete": lambda d: d.pop(3999),
    "both": lambda d: (d.pop(3998), d.update(y=1)),
    "replace": lambda d: d.update({3999: 10**6}),
    "clear": lambda d: d.clear(),
    "delete the next": lambda d: (d.pop(3001), d.setdefault("z", 5)),
    "reinsert": lambda d: d.__setitem__(0, d.pop(0)),
}
for name, action in ACTIONS.items():
    print(name, walk(base(), 3000, action))
for view in ("items", "values", "keys"):
    d = base()
    n = 0
    try:
        for x in getattr(d, view)():
            n += 1
            if n == 3000:
                d["late"] = 1
    except RuntimeError as error:
        print(view, n, error)


def read(d, key):
    return d[key]


def count(d, keys, n):
    hits = 0
    for i in range(n):
        k = keys[i % len(keys)]
        if k in d:
            hits += d[k]
            d[k] += 1
        else:
            d[k] = 1
    return hits


d = {"a": 1, "b": 2}
for _ in range(3000):
    read(d, "a")
d[1] = "int key"
print(read(d, 1), read(d, 1.0), read(d, True), read(d, "a"))


class Str(str):
    def __hash__(self):
        return hash(str(self))

    def __eq__(self, other):
        return str(self) == str(other) or other == "zzz"


print(read(d, Str("a")), read({Str("k"): 5}, "k"))
for _ in range(3000):
    read(d, "b")
try:
    read(d, "missing")
except KeyError as error:
    print(repr(error))
try:
    read(d, [])
except TypeError as error:
    print(error)
print(count({}, ["x", "y", "z"], 5000), count({}, ["x", 1, 2.5, (1,), None, 1.0, True], 5000), count({}, [i % 50 for i in range(100)], 5000))


class Evil:
    armed = False

    def __init__(self, d):
        self.d = d

    def __hash__(self):
        return 1

    def __eq__(self, other):
        if Evil.armed:
            Evil.armed = False
            self.d.clear()
            self.d["refilled"] = 1
        return False


d = {}
for i in range(3000):
    e = Evil(d)
    d[e] = i
    if i % 40 == 39:
        if i > 2900:
            Evil.armed = True
            print(Evil(d) in d, list(d.values())[:3])
        d.clear()


def kwargs(**kw):
    kw["added"] = 1
    return len(kw)


shared = {"p": 1, "q": 2}
print(sum(kwargs(**shared) for _ in range(4000)), shared)


class Config:
    pass


c = Config()
for i in range(5000):
    c.__dict__["n"] = i
    if i == 3000:
        c.__dict__[5] = "not a name"
    if i == 4000:
        del c.__dict__["n"]
        c.n = -1
print(c.__dict__, c.n)


def ordered(n):
    d = {}
    for i in range(n):
        d[i % 100] = i
        if i % 7 == 0:
            del d[i % 100]
        if i == n // 2:
            first = next(iter(d))
            d[first] = d.pop(first)
    return list(d)[:5], list(d)[-5:], len(d)


print(ordered(5000))
