"""Data classes, enums and named tuples built by hand with metaclasses and exec, beside the library's own."""

import enum
from collections import namedtuple
from dataclasses import FrozenInstanceError, asdict, astuple, dataclass, field, replace
from typing import ClassVar


def record(cls):
    fields = list(cls.__annotations__)
    parameters = ", ".join(f"{f}=cls.{f}" if hasattr(cls, f) else f for f in fields)
    body = "\n ".join(f"self.{f} = {f}" for f in fields)
    namespace = {"cls": cls}
    exec(f"def __init__(self, {parameters}):\n {body}", namespace)
    cls.__init__ = namespace["__init__"]
    cls.__repr__ = lambda self: f"{cls.__name__}({', '.join(f'{f}={getattr(self, f)!r}' for f in fields)})"
    cls.__eq__ = lambda self, other: all(getattr(self, f) == getattr(other, f) for f in fields) if type(other) is cls else NotImplemented
    cls.__match_args__ = tuple(fields)
    return cls


@record
class Point:
    x: int
    y: int = 0


print(Point(1), Point(1, 2) == Point(1, 2), Point(1) == Point(2), Point(y=5, x=4))
match Point(3, 4):
    case Point(3, y):
        print("matched", y)


class Members(dict):
    def __init__(self):
        self.names = []

    def __setitem__(self, key, value):
        if not key.startswith("_") and not callable(value):
            if key in self.names:
                raise TypeError(f"{key} twice")
            self.names.append(key)
        super().__setitem__(key, value)


class EnumMeta(type):
    @classmethod
    def __prepare__(mcls, name, bases):
        return Members()

    def __new__(mcls, name, bases, namespace):
        cls = super().__new__(mcls, name, bases, dict(namespace))
        cls._members = {}
        for key in namespace.names:
            member = object.__new__(cls)
            member.name, member.value = key, namespace[key]
            existing = next((m for m in cls._members.values() if m.value == member.value), member)
            cls._members[key] = existing
            type.__setattr__(cls, key, existing)
        return cls

    def __iter__(cls):
        return iter(dict.fromkeys(cls._members.values()))

    def __call__(cls, value):
        for member in cls:
            if member.value == value:
                return member
        raise ValueError(f"{value!r} is not a {cls.__name__}")

    def __getitem__(cls, key):
        return cls._members[key]

    def __len__(cls):
        return sum(1 for _ in cls)

    def __setattr__(cls, name, value):
        if name != "_members":
            raise AttributeError(f"cannot change {name}")
        super().__setattr__(name, value)


class MyEnum(metaclass=EnumMeta):
    def __repr__(self):
        return f"<{type(self).__name__}.{self.name}={self.value!r}>"


class Suit(MyEnum):
    CLUBS = 1
    HEARTS = 2
    CUPS = 2

    def red(self):
        return self is Suit.HEARTS


print(list(Suit), Suit(2), Suit["CUPS"] is Suit.HEARTS, len(Suit), Suit.HEARTS.red(), Suit.CLUBS.red())
for bad in (lambda: Suit(9), lambda: Suit["X"], lambda: setattr(Suit, "CLUBS", 3)):
    try:
        bad()
    except (ValueError, KeyError, AttributeError) as error:
        print(type(error).__name__, error)


class Planet(enum.Enum):
    EARTH = (5.97, 6.37)
    MARS = (0.64, 3.39)

    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius

    @property
    def gravity(self):
        return round(self.mass / self.radius**2 * 66.7, 2)


class Flag(enum.IntFlag):
    R = enum.auto()
    W = enum.auto()
    X = enum.auto()


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


print(Planet.EARTH.gravity, Planet((0.64, 3.39)), list(Planet), Flag.R | Flag.X, Flag(7), Flag.W in Flag(3), ~Flag.R & Flag(7), Level.LOW < Level.HIGH < 11, Level.HIGH + 1, Planet["MARS"].name)
try:
    Planet.EARTH = 1
except AttributeError as error:
    print(error)
try:
    Level(5)
except ValueError as error:
    print(error)


@dataclass(order=True)
class Item:
    sort_index: float = field(init=False, repr=False)
    name: str
    price: float = 1.0
    tags: list = field(default_factory=list, compare=False)
    count: ClassVar[int] = 0

    def __post_init__(self):
        self.sort_index = self.price
        Item.count += 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    host: str = "local"
    port: int = 80


items = [Item("b", 2.5), Item("a", 0.5, ["x"]), Item("c")]
print(sorted(items), Item.count, asdict(items[1]), replace(items[0], price=9), items[0] > items[1])
c = Config(port=1)
print(c, hash(c) == hash(Config(port=1)), astuple(c), {c: 1}[Config(port=1)], hasattr(c, "__dict__"))
try:
    c.port = 5
except FrozenInstanceError as error:
    print(error)
try:
    Config("x")
except TypeError as error:
    print(error)
Pt = namedtuple("Pt", "x y z", defaults=[0])
p = Pt(1, 2)
print(p, p._replace(y=5), Pt._make([7, 8, 9]), p._asdict(), p[0], p + (3,), Pt(1, 2) == (1, 2, 0), Pt.x.__doc__)
total = 0
for i in range(5000):
    q = Point(i, 1)
    r = Pt(i, i, 1)
    s = Item("n", i)
    total += q.x + q.y + r.y + r[2] + int(s.price) + (Suit.CLUBS if i % 2 else Suit.HEARTS).value + Level.LOW
print(total, Item.count)
