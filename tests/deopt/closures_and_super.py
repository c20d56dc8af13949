"""Nested functions, super(), bound methods and generator calls in hot loops, and what changes under them."""


def counter(start):
    total = start

    def add(amount, times=1):
        nonlocal total
        total += amount * times
        return total

    def peek():
        return total

    return add, peek


def closures(n):
    add, peek = counter(10)
    for i in range(n):
        add(i)
        if i == n - 5:
            add(0.5)
        if i % 100 == 0:
            add(1, times=2)
    return peek()


print(closures(3000))
print(closures(3000))


def cells(n):
    """Arguments that become cells, read and written by inner functions made anew each time."""
    result = 0
    for i in range(n):

        def inner(a, b):
            def deeper():
                return a + b + i

            a = a + 1
            return deeper

        result += inner(i, 2)()
    return result


print(cells(2500))


class Base:
    def __init__(self, n):
        self.n = n
        self.log = []

    def step(self, k):
        self.n += k
        return self.n

    def name(self):
        return "base"


class Left(Base):
    def step(self, k):
        return super().step(k) + 1


class Right(Base):
    def __init__(self, n):
        super().__init__(n * 2)

    def step(self, k):
        return super().step(k) * 2


class Both(Left, Right):
    def step(self, k):
        self.extra = k
        return super().step(k) + 3

    def name(self):
        return "both of " + super().name()


def supers(objects, n):
    total = 0
    for i in range(n):
        for o in objects:
            total += o.step(1) & 0xFF
    return total


print(supers([Left(1)], 2000))
print(supers([Left(1), Right(2)], 2000))
print(supers([Left(1), Right(2), Both(3)], 2000))
print(Both(1).name())

old = Base.step


def replaced(self, k):
    return 7


Base.step = replaced
print(supers([Left(1), Right(2), Both(3)], 1500))
Base.step = old
print(supers([Left(1), Right(2), Both(3)], 1500))


def rebased(n):
    class Other(Base):
        def step(self, k):
            return -k

    class Moving(Left):
        def step(self, k):
            return super().step(k)

    m = Moving(0)
    out = []
    for i in range(n):
        r = m.step(1)
        if i == n // 2:
            out.append(r)
            Moving.__bases__ = (Other,)
    out.append(r)
    return out


print(rebased(2000))


def no_method(n):
    class Lacks(Base):
        def missing(self):
            return super().missing()

    o = Lacks(1)
    count = 0
    for i in range(n):
        if i == n - 3:
            Base.missing = lambda self: "found"
        try:
            o.missing()
        except AttributeError as e:
            count += 1
            text = str(e)
    del Base.missing
    return count, text


print(no_method(1200))


def bound(n):
    b = Base(0)
    step = b.step
    b.saved = step
    seen = []
    for i in range(n):
        step(1)
        b.saved(2)
        if i == n - 4:
            step = Right(5).step
            b.saved = [].append
        if i > n - 4:
            seen.append(b.n)
    return b.n, seen, step(0)


print(bound(2000))


def pairs(a, b):
    yield a
    yield b
    yield a + b


def generators(n):
    total = 0
    for i in range(n):
        for x in pairs(i, 1):
            total += x
        total += sum(y * i for y in (1, 2, 3))
    return total


print(generators(1500))


def deep(n):
    """Generators made at the edge of the recursion limit."""
    if n == 0:
        return sum(x for x in (1, 2))
    return deep(n - 1) + 1


for i in range(400):
    deep(5)
try:
    deep(10**6)
except RecursionError as e:
    print("RecursionError", e)


def dying_code(n):
    """Functions whose code dies while it is hot, or on its way to be."""
    total = 0
    for i in range(n):
        space = {}
        exec(f"def f(x):\n    t = {i}\n    for k in range(200):\n        t += x\n    return t\n", space)
        total += space["f"](1) + space["f"](2)
    return total


print(dying_code(120))


def own_death():
    space = {}
    exec("def f(x):\n    for k in range(3000):\n        x += k\n        if k == 2500:\n            space.clear()\n    return x\n", {"space": space}, space)
    f = space["f"]
    space["g"] = f
    del f
    return space["g"](1)


print([own_death() for i in range(20)][-1])


def defaults(n):
    def make(k):
        def f(a, b=3):
            return a + b + k

        return f

    total = 0
    fs = [make(0), make(10), make(20)]
    for i in range(n):
        total += fs[i % 3](i) + fs[(i + 1) % 3](i, 1)
        if i == n // 2:
            fs[1].__defaults__ = (100,)
        if i == n - 10:
            fs[2].__code__ = fs[0].__code__
            fs[0].__defaults__ = None
            fs[0] = fs[1]
    return total


print(defaults(3000))
