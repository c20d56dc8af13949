"""OrderedDict: order, ends, views, derived classes, and what is refused."""
import collections
import copy
import json
import pickle
from collections import OrderedDict


def attempt(call):
    try:
        print(repr(call()))
    except Exception as error:
        print(type(error).__name__, error)


d = OrderedDict([("a", 1), ("b", 2)], c=3)
print(d, len(d), list(d), list(reversed(d)), d == {"c": 3, "b": 2, "a": 1}, d == OrderedDict(a=1, b=2, c=3), d != OrderedDict(c=3, b=2, a=1))
d.move_to_end("a")
print(d)
d.move_to_end("c", last=False)
print(d, list(d.keys()), list(d.values()), list(d.items()), d.keys(), d.values(), d.items())
print(list(reversed(d.keys())), list(reversed(d.values())), list(reversed(d.items())), d.keys() & {"a", "z"}, ("b", 2) in d.items())
print(d.popitem(), d.popitem(last=False), d)
d.update(x=1, y=2)
d |= {"z": 3}
print(d | {"q": 9}, {"q": 9} | d, d.pop("x"), d.pop("nope", None), d.setdefault("y", 5), d.setdefault("new"), d)
for call in (lambda: d.pop("nope"), lambda: d.move_to_end("nope"), lambda: OrderedDict().popitem(), lambda: d["nope"], lambda: d.move_to_end(["x"]),
             lambda: OrderedDict(1), lambda: OrderedDict([1]), lambda: OrderedDict(["a"]), lambda: OrderedDict(["abc"]), lambda: OrderedDict(["ab", ()]), lambda: OrderedDict(1, 2), OrderedDict, lambda: OrderedDict.fromkeys("aba", 0)):
    attempt(call)
del d["y"]
d["y"] = "again"
print(d, copy.copy(d) == d, copy.deepcopy(d), json.dumps(d), pickle.loads(pickle.dumps(d)), type(pickle.loads(pickle.dumps(d))).__name__)
d["self"] = d
print(d)
del d["self"]
d.extra = [1]
print(d.extra, pickle.loads(pickle.dumps(d)).extra, d.copy() == d, hasattr(d.copy(), "extra"))
d.clear()
print(d, list(d), bool(d), dict(d))

# Changed while it is gone through.
for change in (lambda: d.update(new=1), lambda: d.move_to_end("a"), lambda: d.pop("b"), lambda: d.update(a=5)):
    d = OrderedDict.fromkeys("abc")
    try:
        for key in d:
            change()
        print("went through", d)
    except RuntimeError as error:
        print(error)
iterator = iter(OrderedDict(a=1).items())
print(next(iterator), list(iterator), list(iterator))


# Derived classes see what comes and goes.
class Last(OrderedDict):
    def __setitem__(self, key, value):
        super().__setitem__(key, value)
        self.move_to_end(key)


class Loud(OrderedDict):
    def __setitem__(self, key, value):
        print("set", key)
        super().__setitem__(key, value)

    def __delitem__(self, key):
        print("del", key)
        super().__delitem__(key)

    def __getitem__(self, key):
        print("get", key)
        return super().__getitem__(key)


last = Last(a=1, b=2)
last["a"] = 3
print(last, last.popitem())
loud = Loud(a=1)
loud.update(b=2)
print(loud.pop("a"), loud.popitem(), loud.setdefault("s", 4), loud)


class LRU(OrderedDict):
    def __init__(self, size):
        super().__init__()
        self.size = size

    def get(self, key, make):
        if key in self:
            self.move_to_end(key)
            return self[key]
        self[key] = value = make(key)
        if len(self) > self.size:
            self.popitem(last=False)
        return value


cache = LRU(50)
made = []
for i in range(5000):
    cache.get(i * i % 83 if i % 3 else i % 7, lambda k: made.append(k) or -k)
print(len(cache), len(made), list(cache)[:8], list(cache)[-3:])

# Emptied from the front, and filled again.
d = OrderedDict((i, i) for i in range(50000))
total = 0
while len(d) > 10:
    key, value = d.popitem(last=False)
    total += key
    if key % 1000 == 0:
        d[-key - 1] = key
print(total, list(d)[:3], next(iter(d)))
while d:
    d.popitem()
d["x"] = 1
print(d, list(d.items()))
plain = {i: i for i in range(20)}
for i in range(15):
    del plain[i]
print(next(iter(plain)), list(plain))
for i in range(19, 14, -1):
    plain.popitem()
plain["fresh"] = 1
plain["more"] = 2
print(plain, next(iter(plain)), plain.popitem(), list(plain.items()))


class Missing(OrderedDict):
    def __missing__(self, key):
        return f"no {key}"


print(Missing()["x"], isinstance(Missing(), collections.abc.MutableMapping), OrderedDict.__name__, OrderedDict.__module__)
namedtuple = collections.namedtuple("N", "a b")
print(OrderedDict(namedtuple(1, 2)._asdict()), OrderedDict({"k": OrderedDict(v=1)}))
