"""__slots__, __del__ order, weak references and their callbacks, cycles and gc, reference counts."""

import gc
import sys
import weakref

gc.disable()
log = []


class Noisy:
    def __init__(self, name, *parts):
        self.name, self.parts = name, parts

    def __del__(self):
        log.append(self.name)


def flush(title):
    print(title, log)
    log.clear()


Noisy("temporary")
flush("temporary")
a = Noisy("a", Noisy("a.1"), Noisy("a.2"))
b = a
del a
flush("still b")
b = None
flush("dropped")
items = [Noisy(f"i{n}") for n in range(4)]
del items[1:3]
flush("slice")
items[0] = 0
flush("store")
items.clear()
flush("clear")
d = {n: Noisy(n) for n in "xyz"}
d.pop("y")
d["x"] = None
flush("dict")
d = None
flush("dict gone")


def local():
    p, q = Noisy("p"), Noisy("q")
    del p
    log.append("body")
    return 1


local()
flush("locals")


def raising():
    n = Noisy("in frame")
    raise ValueError


try:
    raising()
except ValueError as error:
    log.append("handler")
flush("exception")


def generator():
    n = Noisy("in generator")
    yield 1


g = generator()
next(g)
del g
flush("generator")
x = [Noisy("left"), Noisy("right")]
x[0], x[1] = x[1], x[0]
flush("swap")
x = x[0]
flush("narrow")
x = None
flush("narrowed")

n = Noisy("weak")
seen = []
r1 = weakref.ref(n, lambda r: seen.append(("r1", r() is None)))
r2 = weakref.ref(n, lambda r: seen.append("r2"))
r3 = weakref.ref(n)
print(r1() is n, r3 is weakref.ref(n), weakref.getweakrefcount(n), r1 == r2)
p = weakref.proxy(n)
print(p.name)
del n
print(seen, r1(), log)
log.clear()
try:
    p.name
except ReferenceError as error:
    print(error)
values = weakref.WeakValueDictionary()
keys = weakref.WeakKeyDictionary()
group = weakref.WeakSet()
k = Noisy("key")
values["k"], keys[k] = k, 1
group.add(k)
print(len(values), len(keys), len(group))
del k
print(len(values), len(keys), len(group), log)
log.clear()
f = weakref.finalize(sys.modules["gc"] and (m := Noisy("fin")), lambda *a: log.append(a), 1, 2)
m = None
flush("finalize")

one, two = Noisy("one"), Noisy("two")
one.other, two.other = two, one
r = weakref.ref(one)
del one, two
flush("cycle alive")
print(gc.collect() > 0, r(), sorted(log))
log.clear()


class Phoenix:
    saved = None

    def __del__(self):
        log.append("dying")
        Phoenix.saved = self


p = Phoenix()
del p
print(Phoenix.saved is not None)
Phoenix.saved = None
flush("phoenix")


class Slotted:
    __slots__ = ("x", "y")


class Child(Slotted):
    __slots__ = ("z", "__dict__")


s = Slotted()
s.x = 1
for name in ("y", "w"):
    try:
        getattr(s, name)
    except AttributeError as error:
        print(error)
try:
    s.q = 1
except AttributeError as error:
    print(error)
try:
    weakref.ref(s)
except TypeError as error:
    print(error)
c = Child()
c.x, c.z, c.free = 1, 2, 3
print(c.__dict__, Child.z.__name__, Slotted.x.__get__(c), type(Slotted.x).__name__, hasattr(s, "__dict__"))
try:
    class Clash(Slotted):
        __slots__ = ("a",)
        a = 1
except ValueError as error:
    print(error)

o = object()
base = sys.getrefcount(o)
holder = [o, o]
print(sys.getrefcount(o) - base, sys.getrefcount([]))
holder.pop()
print(sys.getrefcount(o) - base)


def count(v):
    return sys.getrefcount(v)


before = count(o)
for i in range(5000):
    t = (o, i)
    u = [t, o]
    v = {"k": o}
print(count(o) - before)
del t, u, v
print(count(o) - before)
made = 0
for i in range(3000):
    Noisy(i % 7)
    made += log.pop() == i % 7
print(made, log)
