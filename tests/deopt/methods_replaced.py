"""Methods replaced on the class, a base, the instance; wrapped, deleted, turned static; while the loop calls them."""


class Base:
    def step(self, x):
        return x + 1

    def twice(self, x):
        return self.step(self.step(x))


class Derived(Base):
    pass


def drive(obj, n, events):
    x, log = 0, []
    for i in range(n):
        if i in events:
            events[i](obj)
            log.append((i, x))
        try:
            x = obj.twice(x)
        except Exception as error:
            log.append((i, f"{type(error).__name__}: {error}"))
            Derived.step = Base.step
    return x, log


def on_class(obj):
    Derived.step = lambda self, x: x + 10


def on_base(obj):
    Base.step = lambda self, x: x + 3


def on_instance(obj):
    obj.step = lambda x: x + 100


def off_instance(obj):
    del obj.step


def off_class(obj):
    del Derived.step


def static(obj):
    Derived.step = staticmethod(lambda x: x - 1)


def class_method(obj):
    Derived.step = classmethod(lambda cls, x: x + len(cls.__name__))


def not_callable(obj):
    Derived.step = 5


def a_builtin(obj):
    Derived.step = abs


class Callable:
    def __call__(self, x):
        return x + 50


def a_callable(obj):
    Derived.step = Callable()


def as_property(obj):
    Derived.step = property(lambda self: lambda x: x + 2)


def wrapped(obj):
    old = Derived.step
    Derived.step = lambda self, x: old(self, x) * 1


events = {3000: on_class, 3500: on_instance, 4000: off_instance, 4500: off_class, 5000: on_base, 5500: static, 6000: class_method,
          6500: not_callable, 7000: a_callable, 7500: as_property, 7700: off_class, 8000: wrapped, 8500: a_builtin}
print(drive(Derived(), 9000, events))


class Node:
    def __init__(self, v):
        self.v = v

    def __len__(self):
        return self.v

    def __bool__(self):
        return True

    def __eq__(self, other):
        return self.v == other.v

    def __iter__(self):
        yield self.v


def specials(node, n):
    out = 0
    for i in range(n):
        if i == 2000:
            Node.__len__ = lambda self: 5
        if i == 2500:
            Node.__bool__ = lambda self: False
        if i == 3000:
            Node.__eq__ = lambda self, other: NotImplemented
        if i == 3500:
            node.__len__ = lambda: 10**6
        if i == 4000:
            del Node.__bool__
        if i == 4500:
            Node.__iter__ = lambda self: iter((1, 2, 3))
        out += len(node)
        out += 1000 if node else 0
        out += 7 if node == Node(3) else 0
        for v in node:
            out += v
    return out


print(specials(Node(3), 5000))


def swap_self(n):
    class T:
        def f(self):
            if self.count == 3000:
                T.f = T.g
            self.count += 1
            return 1

        def g(self):
            return 2

    t, total = T(), 0
    t.count = 0
    for _ in range(n):
        total += t.f()
    return total, t.count


print(swap_self(5000))
del Derived.step
bound = Derived().twice
x = 0
for i in range(4000):
    x = bound(x) % 1000003
    if i == 2000:
        Derived.twice = lambda self, x: -1
    if i == 3000:
        Base.step = lambda self, x: x + 5
print(x)
