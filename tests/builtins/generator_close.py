# Generators that are closed, dropped and exhausted; what runs then, and when.


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("del", self.name)


def plain(n):
    held = Loud("held")
    for i in range(n):
        yield i


def guarded():
    try:
        yield 1
        yield 2
    finally:
        print("finally")


def catching():
    try:
        yield 1
    except GeneratorExit:
        print("exit caught")
        return 5


def stubborn():
    while True:
        try:
            yield 1
        except GeneratorExit:
            yield 2


def with_block():
    class Context:
        def __enter__(self):
            return self

        def __exit__(self, kind, value, trace):
            print("leave", kind)

    with Context():
        yield 1


def delegating(inner):
    yield 0
    yield from inner


g = plain(3)
print(next(g), g.close(), list(g), g.gi_frame, g.close())
print(any(i == 1 for i in plain(5)))
print(all(i < 2 for i in plain(5)))
g = plain(3)
next(g)
frame = g.gi_frame
print(sorted(frame.f_locals))
g.close()
print(sorted(frame.f_locals), frame.f_generator if hasattr(frame, "f_generator") else None)
del frame
print("frame gone")
for make in (guarded, catching, with_block):
    g = make()
    next(g)
    print(make.__name__, g.close())
    g = make()
    next(g)
    del g
g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as error:
    print(error)
g = delegating(plain(4))
print(next(g), next(g), g.close())
g = delegating(guarded())
print(next(g), next(g), g.close())


def raising():
    try:
        raise KeyError("k")
    except KeyError:
        yield 1
    yield 2


g = raising()
print(next(g), g.close())
g = raising()
print(next(g), next(g), g.close())
try:
    raise ValueError("outer")
except ValueError as error:
    g = plain(2)
    next(g)
    g.close()
    print(repr(error), repr(error.__context__))


async def waits():
    return 3


async def main():
    c = waits()
    print(await c)
    try:
        await c
    except RuntimeError as error:
        print(error)
    total = 0
    for _ in range(5):
        total += await waits()
    return total


try:
    main().send(None)
except StopIteration as stop:
    print(stop.value)


def defaults(a, b=2, c=Loud("default")):
    return a, b, c.name


for i in range(30):
    r = defaults(1), defaults(1, 3), defaults(i, b=i)
print(r)
defaults.__defaults__ = (Loud("other"),)
try:
    defaults(1)
except TypeError as error:
    print(error)
print(defaults(1, 4))
defaults.__defaults__ = None
try:
    defaults(1, 2)
except TypeError as error:
    print(error)


class Meta(type):
    pass


class Base(metaclass=Meta):
    x = 1


def read():
    return Base.x


for i in range(20):
    read()
Base.x = 2
print(read())
Meta.x = property(lambda cls: "meta")
print(read())
del Meta.x
print(read())
push, pop = (items := []).append, items.pop
for i in range(40):
    push(i)
    if i % 3 == 0:
        pop()
print(items)
