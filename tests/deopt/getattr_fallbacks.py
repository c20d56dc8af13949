"""__getattr__, __getattribute__, __slots__ and module attributes that come and go; super(); polymorphic sites widen."""


class Base:
    def __getattr__(self, name):
        if name.startswith("auto"):
            return len(name)
        raise AttributeError(f"no {name}")


class Slots:
    __slots__ = ("x", "y")


class Slots2(Slots):
    __slots__ = ("z",)


class Dict:
    pass


class Prop:
    @property
    def x(self):
        return 4


class ClassAttr:
    x = 5


def read(o):
    return o.x


def sweep(objects, n):
    total = missing = 0
    for i in range(n):
        o = objects[i % len(objects)]
        try:
            total += o.x
        except AttributeError:
            missing += 1
    return total, missing


def with_x(o, v):
    o.x = v
    return o


kinds = [with_x(Slots(), 1), with_x(Slots2(), 2), with_x(Dict(), 3), Prop(), ClassAttr(), with_x(Base(), 6)]
for k in range(1, len(kinds) + 1):
    print(sweep(kinds[:k], 4000))
del kinds[0].x
print(sweep(kinds, 4000))
for _ in range(3000):
    read(kinds[1])
try:
    read(kinds[0])
except AttributeError as error:
    print(error, error.name, error.obj is kinds[0])
b = Base()
total = 0
for i in range(4000):
    total += b.auto
    if i == 2000:
        b.auto = 1000
    if i == 3000:
        del b.auto
    if i == 3500:
        Base.auto = 1
print(total)
try:
    b.other
except AttributeError as error:
    print(error)
layouts = []
for order in ("xyz", "zyx", "yxz", "x", "zx"):
    d = Dict()
    for name in order:
        setattr(d, name, ord(name))
    layouts.append(d)
print(sweep(layouts, 5000))
for d in layouts:
    d.__dict__ = {"x": 1}
print(sweep(layouts, 5000))


class Sup(Dict):
    def who(self):
        return 1


class Sub(Sup):
    def who(self):
        return super().who() + 1

    @classmethod
    def make(cls):
        return super().__new__(cls)


s, t = Sub.make(), 0
for i in range(4000):
    t += s.who()
    if i == 2000:
        Sup.who = lambda self: 100
    if i == 3000:
        Dict.who = Sup.who
        del Sup.who
print(t)


class Both:
    def __getattribute__(self, name):
        if name == "hidden":
            raise AttributeError(name)
        return object.__getattribute__(self, name)

    def __getattr__(self, name):
        return f"fallback {name}"


o, seen = Both(), {}
o.hidden = 1
o.open = "open"
for i in range(4000):
    v = o.hidden if i % 2 else o.open
    seen[v] = seen.get(v, 0) + 1
    if i == 3000:
        del Both.__getattribute__
print(seen)
has = 0
for i in range(4000):
    has += hasattr(o, "nothing") + hasattr(s, "nothing") + (getattr(s, "maybe", 7) == 7)
    if i == 2000:
        s.maybe = 1
    if i == 3000:
        del Both.__getattr__
print(has)
import math
import types

module = types.ModuleType("fake")
module.value = 1
t = 0
for i in range(4000):
    t += module.value
    if i == 2000:
        module.value = 10
    if i == 2500:
        del module.value
        module.__getattr__ = lambda name: 100
    if i == 3000:
        module.value = 0.5
print(t)
pi = math.pi
t = 0.0
for i in range(3000):
    t += math.sqrt(i)
    if i == 2000:
        real, math.sqrt = math.sqrt, lambda x: 1.0
    if i == 2500:
        math.sqrt = real
print(round(t, 6))
try:
    for i in range(3000):
        (None if i == 2900 else ClassAttr()).x
except AttributeError as error:
    print(i, error)
