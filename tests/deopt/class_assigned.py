"""__class__ assigned, __bases__ changed, __dict__ replaced, __slots__ layouts swapped in the middle of loops."""


class A:
    def __init__(self):
        self.v = 1

    def get(self):
        return self.v


class B:
    extra = 5

    def get(self):
        return self.v * 10 + self.extra


class C(A):
    @property
    def v(self):
        return 1000

    @v.setter
    def v(self, value):
        self.__dict__["v"] = value


class S1:
    __slots__ = ("a", "b")

    def get(self):
        return self.a


class S2:
    __slots__ = ("a", "b")

    def get(self):
        return self.b


def drive(obj, n, events):
    total, log = 0, []
    for i in range(n):
        if i in events:
            try:
                obj.__class__ = events[i]
            except TypeError as error:
                log.append(str(error))
        total += obj.get()
        if i in events:
            log.append((i, total, type(obj).__name__))
    return total, log


print(drive(A(), 6000, {3000: B, 4000: C, 5000: A, 5500: int}))
s = S1()
s.a, s.b = 1, 100
print(drive(s, 5000, {2000: S2, 3000: S1, 4000: A}))


def many(n):
    objects = [A() for _ in range(4)]
    total = 0
    for i in range(n):
        if i == 2000:
            objects[2].__class__ = B
        if i == 2500:
            B.extra = 7
        if i == 3000:
            for o in objects:
                o.__class__ = C
        total += sum(o.get() for o in objects)
        for o in objects:
            total += o.v
    return total


print(many(4000))


class X:
    def who(self):
        return 1


class Y:
    def who(self):
        return 2


class Z(X):
    pass


def bases(n):
    z, total = Z(), 0
    for i in range(n):
        if i == 3000:
            Z.__bases__ = (Y,)
        if i == 4000:
            Z.__bases__ = (Y, X)
        if i == 4500:
            del Y.who
        total += z.who() + isinstance(z, X) * 100
    return total


print(bases(5000), [c.__name__ for c in Z.__mro__])


class Inner:
    def f(self, n):
        total = 0
        for i in range(n):
            if i == 2000:
                self.__class__ = Other
            total += self.g()
        return total, super(Base2, self).__thisclass__.__name__ if False else type(self).__name__

    def g(self):
        return 1


class Other(Inner):
    def g(self):
        return super().g() + 10


Base2 = Inner
print(Inner().f(4000), Other().f(3000))
import types

module = types.ModuleType("m")
module.value = 1


class Lazy(types.ModuleType):
    def __getattr__(self, name):
        return 50

    @property
    def value(self):
        return 9


def modules(n):
    total = 0
    for i in range(n):
        if i == 2000:
            module.__class__ = Lazy
        total += module.value
        if i > 2500:
            total += module.nothing
    return total


print(modules(3000))
