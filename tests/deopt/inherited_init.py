# A base class's `__init__` adds attributes to instances of many classes: hot, then with classes that do otherwise.
class Base:
    def __init__(self, value):
        super(Base, self).__init__()
        self.value = value
        self.twice = value * 2


class A(Base):
    pass


class B(Base):
    def __init__(self, value):
        super(B, self).__init__(value)
        self.extra = "b"


class C(Base):
    def __init__(self, value):
        self.early = value
        super().__init__(value + 1)


class D(B):
    pass


def make(classes, count):
    total = 0
    for i in range(count):
        made = classes[i % len(classes)](i)
        total += made.value + made.twice
    return total


print(make([A], 500))
print(make([A, B], 2000))
print(make([A, B, C, D], 4000))
for cls in (A, B, C, D):
    print(cls.__name__, cls(3).__dict__)


# One that has the attribute in its class, one with a property, one with slots, one that counts stores.
class Late(Base):
    value = -1


class WithProperty(Base):
    @property
    def twice(self):
        return self._twice

    @twice.setter
    def twice(self, number):
        self._twice = number + 100


class Slotted(Base):
    __slots__ = ("value", "other")


class Counting(Base):
    stores = 0

    def __setattr__(self, name, value):
        Counting.stores += 1
        object.__setattr__(self, name, value)


for cls in (Late, WithProperty, Slotted, Counting):
    print(cls.__name__, make([A, B, cls], 900), sorted(vars(cls(3)).items()))
print(Counting.stores)


# An instance initialized twice has the attributes already.
def again(count):
    one = [A(1), B(2), D(3)]
    for i in range(count):
        one[i % 3].__init__(i)
    return [sorted(x.__dict__.items()) for x in one]


print(again(1000))


# The class changes while it is hot: a descriptor appears in one subclass.
def change(count):
    seen = []
    for i in range(count):
        if i == count // 2:
            B.value = property(lambda self: self.__dict__["v"], lambda self, new: self.__dict__.update(v=new))
        if i == count * 3 // 4:
            del B.value
        b = B(i)
        a = A(i)
        if i % (count // 4) == 1:
            seen.append((sorted(b.__dict__.items()), sorted(a.__dict__.items())))
    return seen


for pair in change(1200):
    print(pair)


class Dies(Base):
    def __del__(self):
        log.append(self.value)


log = []
for i in range(600):
    (A, Dies, B)[i % 3](i)
print(len(log), log[:3], sum(log))


# len() of classes derived from containers, with and without their own.
class Items(list):
    pass


class Odd(list):
    def __len__(self):
        return 7


def lengths(make, count):
    total = 0
    for i in range(count):
        items = make(i)
        items.append(i)
        while len(items) > 6:
            items.pop()
            break
        total += len(items)
    return total


print(lengths(lambda i: Items(), 700), lengths(lambda i: Odd() if i % 50 == 0 else Items([1]), 700))
