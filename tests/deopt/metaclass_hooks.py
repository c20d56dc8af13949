"""Metaclass __call__, __instancecheck__, __subclasscheck__, __getattribute__, __new__ and __init__ changed under hot construction."""


class Meta(type):
    def __instancecheck__(cls, instance):
        return type.__instancecheck__(cls, instance)


class Point(metaclass=Meta):
    __slots__ = ("x", "y")

    def __init__(self, x, y=0):
        self.x, self.y = x, y


class Other(Point):
    pass


def build(n, events):
    total = checks = 0
    for i in range(n):
        if i in events:
            events[i]()
        try:
            p = Point(i, 1)
            total += p.x + p.y if isinstance(p, Point) else p if isinstance(p, int) else 0
            checks += isinstance(p, Other) + isinstance(5, Point)
        except TypeError as error:
            return total, checks, i, str(error)
    return total, checks


def meta_call():
    Meta.__call__ = lambda cls, *a: type.__call__(cls, a[0] * 2, 5)


def meta_call_int():
    Meta.__call__ = lambda cls, *a: 7


def no_meta_call():
    del Meta.__call__


def always():
    Meta.__instancecheck__ = lambda cls, instance: True


def never():
    Meta.__instancecheck__ = lambda cls, instance: []


def new_init():
    Point.__init__ = lambda self, x, y=0: (setattr(self, "x", -x), setattr(self, "y", y))[0:0] or None


def bad_init():
    Point.__init__ = lambda self, x: None


def returning_init():
    Point.__init__ = lambda self, x, y=0: 5


def new():
    Point.__new__ = lambda cls, *a: object.__new__(Other) if a[0] % 2 else object.__new__(cls)


original_init = Point.__init__
print(build(4000, {}))
print(build(4000, {2000: meta_call, 2500: meta_call_int, 3000: no_meta_call}))
print(build(4000, {2000: always, 3000: never}))
del Meta.__instancecheck__
print(build(4000, {2000: new_init}))
Point.__init__ = original_init
print(build(4000, {2000: bad_init}))
Point.__init__ = original_init
print(build(4000, {2000: returning_init}))
Point.__init__ = original_init
print(build(4000, {2000: new}))
Point.__new__ = object.__new__
try:
    print(build(4000, {}))
except TypeError as error:
    print(error)


class Plain:
    count = 0

    def __init__(self):
        Plain.count += 1


def plain(n):
    kinds = {}
    for i in range(n):
        if i == 2000:
            Plain.__new__ = lambda cls: object.__new__(cls)
        if i == 2500:
            Plain.__new__ = lambda cls: "not a Plain"
        if i == 3000:
            Plain.__init__ = lambda self: None
            Plain.__new__ = staticmethod(lambda cls: object.__new__(cls))
        name = type(Plain()).__name__
        kinds[name] = kinds.get(name, 0) + 1
    return kinds, Plain.count


print(plain(4000))
from abc import ABC, abstractmethod


class Shape(ABC):
    @abstractmethod
    def area(self): ...


class Square(Shape):
    def area(self):
        return 4


class Duck:
    pass


def abstract(n):
    total = 0
    for i in range(n):
        if i == 2000:
            Shape.register(Duck)
        total += isinstance(Duck(), Shape) + isinstance(Square(), Shape) + issubclass(int, Shape) * 100
    return total


print(abstract(3000))
try:
    Shape()
except TypeError as error:
    print(error)


class Hooked(type):
    def __getattribute__(cls, name):
        if name == "special" and switch:
            return "from meta"
        return super().__getattribute__(name)


class H(metaclass=Hooked):
    special = "class attribute"


switch, seen = False, {}
for i in range(4000):
    if i == 3000:
        switch = True
    seen[H.special] = seen.get(H.special, 0) + 1
print(seen)
Hooked.data = property(lambda cls: 5)
H.plain = 1
t = 0
for i in range(4000):
    t += H.data + H.plain
    if i == 2000:
        Hooked.plain = property(lambda cls: 100)
    if i == 3000:
        del Hooked.plain
        H.plain = 2
print(t)


def subclass_hook(n):
    class Root:
        made = []

        def __init_subclass__(cls, **kw):
            Root.made.append((cls.__name__, kw))

    for i in range(n):
        K = type(f"K{i}", (Root,), {"v": i, "get": lambda self: self.v}, tag=i) if i % 500 == 0 else K
        if i == n - 1:
            return [name for name, _ in Root.made], K().get(), Root.made[-1][1]


print(subclass_hook(3000))
