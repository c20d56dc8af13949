"""Descriptors, metaclasses, __set_name__, __init_subclass__, __prepare__, C3 order."""


class Typed:
    def __init__(self, kind, default=None):
        self.kind, self.default = kind, default

    def __set_name__(self, owner, name):
        self.name, self.slot = name, "_" + name
        owner.fields = [*getattr(owner, "fields", []), name]

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return getattr(instance, self.slot, self.default)

    def __set__(self, instance, value):
        if not isinstance(value, self.kind):
            raise TypeError(f"{self.name}: {type(value).__name__} is not {self.kind.__name__}")
        setattr(instance, self.slot, value)

    def __delete__(self, instance):
        delattr(instance, self.slot)


class Record:
    registry = {}

    def __init_subclass__(cls, /, tag=None, **rest):
        super().__init_subclass__(**rest)
        cls.tag = tag or cls.__name__.lower()
        Record.registry[cls.tag] = cls

    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)

    def __repr__(self):
        return f"{type(self).__name__}({', '.join(f'{f}={getattr(self, f)!r}' for f in self.fields)})"


class Point(Record):
    x = Typed(int, 0)
    y = Typed(int, 0)


class Named(Point, tag="label"):
    name = Typed(str, "?")


p = Named(x=3, name="here")
print(p, Record.registry)
try:
    p.y = "no"
except TypeError as error:
    print(error)
del p.x
print(p.x, Named.fields, isinstance(Named.x, Typed))
try:
    del p.x
except AttributeError as error:
    print(error)


class Ordered(dict):
    def __init__(self):
        super().__init__()
        self.log = []

    def __setitem__(self, key, value):
        if not key.startswith("__"):
            self.log.append(key)
        super().__setitem__(key, value)


class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **options):
        print("prepare", name, [b.__name__ for b in bases], options)
        return Ordered()

    def __new__(mcls, name, bases, namespace, **options):
        cls = super().__new__(mcls, name, bases, dict(namespace))
        cls.order = namespace.log
        return cls

    def __init__(cls, name, bases, namespace, loud=False):
        super().__init__(name, bases, namespace)
        cls.loud = loud

    def __call__(cls, *args, **kwargs):
        instance = super().__call__(*args, **kwargs)
        if cls.loud:
            print("made", cls.__name__, args, kwargs)
        return instance

    def __len__(cls):
        return len(cls.order)

    def __getattr__(cls, name):
        if name.startswith("magic"):
            return name.upper()
        raise AttributeError(f"class {cls.__name__} has no {name}")

    def __contains__(cls, item):
        return item in cls.order


class Loud(metaclass=Meta, loud=True):
    b = 1
    a = 2

    def __init__(self, v):
        self.v = v

    def method(self):
        return self.v


print(Loud.order, len(Loud), Loud.magic_word, "a" in Loud, Loud(5).method())
try:
    Loud.nothing
except AttributeError as error:
    print(error)
try:
    Loud(1).magic
except AttributeError as error:
    print(error)


class A:
    def who(self):
        return ["A"]


class B(A):
    def who(self):
        return ["B", *super().who()]


class C(A):
    def who(self):
        return ["C", *super().who()]


class D(B, C):
    def who(self):
        return ["D", *super().who()]


print(D().who(), [c.__name__ for c in D.__mro__])
try:
    type("E", (A, B), {})
except TypeError as error:
    print(str(error).split("\n")[0])
E = type("E", (D,), {"who": lambda self: ["E", *super(E, self).who()], "__doc__": "made"})
print(E().who(), E.__doc__, E.__name__, E.__bases__[0].__name__)


class Lazy:
    def __init__(self, function):
        self.function = function
        self.name = function.__name__

    def __get__(self, instance, owner):
        value = instance.__dict__[self.name] = self.function(instance)
        return value


class Temperature:
    calls = 0

    def __init__(self, celsius):
        self._celsius = celsius

    @property
    def celsius(self):
        "In degrees."
        return self._celsius

    @celsius.setter
    def celsius(self, value):
        if value < -273.15:
            raise ValueError("too cold")
        self._celsius = value

    @property
    def fahrenheit(self):
        return self._celsius * 9 / 5 + 32

    @Lazy
    def expensive(self):
        Temperature.calls += 1
        return self._celsius**2

    @classmethod
    def zero(cls):
        return cls(0)

    @staticmethod
    def name():
        return "temp"


t = Temperature.zero()
total = 0.0
for i in range(20000):
    t.celsius = i % 100
    total += t.fahrenheit + t.expensive
print(total, Temperature.calls, Temperature.celsius.__doc__, t.name())
try:
    t.celsius = -300
except ValueError as error:
    print(error)
try:
    t.fahrenheit = 1
except AttributeError as error:
    print(error)
points = [Point(x=i, y=-i) for i in range(50)]
print(sum(q.x * 2 + q.y for _ in range(60) for q in points))
