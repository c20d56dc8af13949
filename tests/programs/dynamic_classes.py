"""Class hierarchies that change while they are used: methods, bases, classes of instances, slots, hooks."""


class Animal:
    legs = 4

    def __init__(self, name):
        self.name = name

    def speak(self):
        return f"{self.name}: ..."

    def run(self):
        return self.legs * 2


class Dog(Animal):
    def speak(self):
        return f"{self.name}: woof"


class Robot:
    legs = 6

    def speak(self):
        return f"{self.name}: beep"

    def run(self):
        return self.legs * 3


def measure(things, turns=300):
    total = 0
    for _ in range(turns):
        for thing in things:
            total += thing.run() + len(thing.speak())
    return total


zoo = [Dog("rex"), Dog("fido"), Animal("cat")]
print(measure(zoo))
Animal.legs = 3
print(measure(zoo))
Dog.run = lambda self: 100
print(measure(zoo))
del Dog.run
zoo[0].run = lambda: 7
print(measure(zoo), zoo[0].run(), zoo[1].run())
del zoo[0].run
zoo[1].__class__ = Robot
print(measure(zoo), zoo[1].speak(), type(zoo[1]).__name__)


class Base2:
    def __init__(self, name):
        self.name = name

    def run(self):
        return -1

    def speak(self):
        return "base2"


Dog.__bases__ = (Base2,)
print(measure(zoo), Dog.__mro__[1].__name__, Dog("x").run(), isinstance(zoo[0], Animal))
Dog.__bases__ = (Animal, Base2)
print([c.__name__ for c in Dog.__mro__], measure(zoo))
try:
    Dog.__bases__ = (Base2, object, Animal)
except TypeError as error:
    print("TypeError", str(error).split("\n")[0])
print(sorted(c.__name__ for c in Animal.__subclasses__()))


def getattribute(self, name):
    if name == "legs":
        return 50
    return object.__getattribute__(self, name)


Dog.__getattribute__ = getattribute
print(measure(zoo), zoo[0].legs)
del Dog.__getattribute__
Dog.__getattr__ = lambda self, name: f"<{name}>"
print(zoo[0].unknown, zoo[0].legs, hasattr(zoo[0], "zzz"))
del Dog.__getattr__
print(hasattr(zoo[0], "zzz"))

Animal.legs = property(lambda self: len(self.name))
print(measure(zoo), zoo[2].legs)
try:
    zoo[2].legs = 4
except AttributeError as error:
    print(error)
Animal.legs = 4


class Counter:
    __slots__ = ("n", "__weakref__")

    def __init__(self):
        self.n = 0

    def __add__(self, other):
        self.n += other
        return self


class Doubler:
    __slots__ = ("n", "__weakref__")

    def __add__(self, other):
        self.n += 2 * other
        return self


c = Counter()
for i in range(3000):
    c + 1
    if i == 1500:
        c.__class__ = Doubler
print(c.n, type(c).__name__)
try:
    c.__class__ = Dog
except TypeError as error:
    print(error)
try:
    c.other = 1
except AttributeError as error:
    print(error)

Doubler.__len__ = lambda self: self.n
Doubler.__iter__ = lambda self: iter(range(3))
Doubler.__contains__ = lambda self, x: x == "magic"
Doubler.__call__ = lambda self, *a, **k: (a, k)
Doubler.__getitem__ = lambda self, key: (self.n, key)
print(len(c), list(c), "magic" in c, c(1, x=2), c[1:2])
del Doubler.__iter__
print([x for x, _ in zip(c, range(2))])
Doubler.__len__ = lambda self: -1
try:
    len(c)
except ValueError as error:
    print(error)

made = {}
for i in range(50):
    made[i] = type(f"C{i}", (made.get(i - 1, Animal),), {"run": (lambda k: lambda self: k)(i), "level": i})
chain = made[49]("deep")
print(len(made[49].__mro__), chain.run(), chain.speak(), made[49].__name__)
del made[49].run
print(chain.run(), sum(made[i]("a").run() for i in range(50) for _ in range(40)))
print(issubclass(made[10], made[5]), issubclass(made[5], made[10]), vars(made[3]).get("level"))
