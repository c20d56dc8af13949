"""Functions, cells, globals and calls with keywords or unpacked arguments, made and changed in hot loops."""

import builtins
import traceback
import weakref

counter = 0


def make(n):
    total = 0
    for i in range(n):

        def inner(a, b=i, *, c=2) -> int:
            nonlocal total
            total += a + b + c
            return total

        inner(1)
        inner(1, c=3)
        total = total + (lambda x, y=i: x * y)(2)
    return total, inner.__annotations__, inner.__defaults__, inner.__kwdefaults__, inner.__qualname__


print(make(3000))


def cells(n):
    value = None
    seen = []

    def read():
        return value

    for i in range(n):
        value = [i]
        ref = read()
        ref.append(i)
        value = i
        seen.append(read())
    return sum(seen), ref


print(cells(3000))


class Dying:
    log = []

    def __init__(self, number):
        self.number = number

    def __del__(self):
        Dying.log.append((self.number, counter))


def dropped(n):
    held = None

    def look():
        return held

    global counter
    for i in range(n):
        held = Dying(i)
        counter = i
        counter = counter + 1
    look()
    return len(Dying.log), Dying.log[:3], Dying.log[-2:]


print(dropped(2000), counter)


def keywords(n, functions):
    out = []
    for i in range(n):
        out.append(sorted([3, 1, 2], key=lambda x: -x, reverse=i % 2 == 0)[0])
        out.append(max(i % 5, 3, key=lambda x: -x))
        out.append(int("11", base=2 + i % 3))
        out.append(dict(a=i, b=2)["a"])
        out.append(len("a b c".split(sep=" ", maxsplit=i % 3)))
        for function in functions:
            out.append(function(1, *(2, 3), k=i, **{"z": 1}))
    return sum(out)


def taking(a, b, c, *, k, z=0):
    return a + b + c + k + z


print(keywords(2000, [taking]))
print(keywords(2000, [taking, lambda *args, **kw: len(args) + len(kw)]))


def failing(n, at, **options):
    try:
        for i in range(n):
            sorted([2, 1], key=(lambda x: 1 // (at - i)))
            print("", end="", **options) if i == n - 1 else None
    except (ZeroDivisionError, TypeError) as error:
        frames = traceback.extract_tb(error.__traceback__)
        return i, type(error).__name__, str(error), [(f.name, f.line) for f in frames]
    return "fine"


print(failing(3000, 5000))
print(failing(3000, 2000))
print(failing(3000, 5000, wrong=1))


def stars(n):
    out = 0
    for i in range(n):
        first, *rest = [i, *range(3), *"ab"]
        args = (*rest, i)
        out += len(args) + max(*args[:3], *[i])
        out += len([*args, *{1: 2}])
    try:
        for i in range(n):
            taking(*[1] * (3 + i // 1500), k=1)
    except TypeError as error:
        out = out, i, str(error)
    return out


print(stars(2000))


def common(n):
    count = 0
    for i in range(n):
        count += any(x > 3 for x in (i, 2)) + all(x for x in (1, i % 4)) + len(tuple(x for x in range(i % 3)))
        assert count >= 0, "negative"
    return count


print(common(2000))


def shadowed(n):
    global len
    out = []
    for i in range(n):
        if i == n // 2:
            len = lambda value: -1
        out.append(len("abc"))
    del len
    return sum(out), len("abc")


print(shadowed(3000))
