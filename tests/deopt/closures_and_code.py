"""Cells rebound, __defaults__ and __kwdefaults__ changed, __code__ replaced, __globals__-mates made, in hot loops."""


def adder(x, y=1, *, z=10):
    return x + y + z


def drive(n, events):
    total = 0
    for i in range(n):
        if i in events:
            events[i]()
        try:
            total += adder(i)
        except TypeError as error:
            return total, i, str(error)
    return total


def set_defaults(value):
    def action():
        adder.__defaults__ = value

    return action


def set_kwdefaults(value):
    def action():
        adder.__kwdefaults__ = value

    return action


def set_code(function):
    def action():
        adder.__code__ = function.__code__

    return action


def other(x, y=0, *, z=0):
    return x * 2 - y - z


def three(x, y, w=5, *, z=0):
    return x + w


original = adder.__code__
print(drive(5000, {}))
print(drive(5000, {3000: set_defaults((100,)), 4000: set_kwdefaults({"z": 0.5})}))
print(drive(5000, {3000: set_defaults(()), 3001: set_defaults(None)}))
adder.__defaults__, adder.__kwdefaults__ = (1,), {"z": 10}
print(drive(5000, {3000: set_kwdefaults(None)}))
adder.__kwdefaults__ = {"z": 10}
print(drive(5000, {3000: set_code(other), 4000: lambda: setattr(adder, "__code__", original)}))
print(drive(5000, {3000: set_code(three)}))
adder.__code__ = original
print(drive(3000, {2000: lambda: adder.__defaults__.__class__, 2500: lambda: setattr(adder, "__defaults__", ([],))}))
adder.__defaults__ = (1,)


def hot(n):
    total = 0
    for i in range(n):
        total += 1
        if i == 3000:
            hot.__code__ = cold.__code__
    return total


def cold(n):
    return "cold"


print(hot(5000), hot(5000))
try:
    hot.__code__ = (lambda: drive_cell).__code__ if False else make_closure.__code__ if "make_closure" in globals() else 5
except TypeError as error:
    print(error)


def counter():
    step = 1

    def bump(total):
        return total + step

    def set_step(value):
        nonlocal step
        step = value

    return bump, set_step


bump, set_step = counter()
total = 0
for i in range(6000):
    total = bump(total)
    if i == 2000:
        set_step(0.5)
    if i == 3000:
        bump.__closure__[0].cell_contents = 10
    if i == 4000:
        set_step(2**70)
    if i == 5000:
        set_step(-(2**70))
print(total)
del bump.__closure__[0].cell_contents
try:
    bump(1)
except NameError as error:
    print(error)
try:
    adder.__code__ = bump.__code__
except ValueError as error:
    print(error)


def late(n):
    functions = []
    for k in range(3):
        functions.append(lambda x: x + k)
    out = 0
    for i in range(n):
        out += functions[i % 3](i)
        if i == 2000:
            k = 100
    return out


print(late(4000))


def deep(n):
    a = 0

    def one():
        nonlocal a

        def two():
            nonlocal a
            a += 1
            return a

        return two()

    for i in range(n):
        one()
        if i == 2500:
            a = 1.5
        if i == 3500:
            a = "text"
            try:
                one()
            except TypeError as error:
                return i, str(error), a


print(deep(4000))


class Wrapper:
    def __init__(self, f):
        self.f = f

    def __call__(self, *args, **kwargs):
        return self.f(*args, **kwargs) + 1000


def replaced(n):
    global adder
    total = 0
    keep = adder
    for i in range(n):
        total += adder(1)
        if i == 2000:
            adder = Wrapper(adder)
        if i == 2500:
            adder = len if False else abs
        if i == 3000:
            adder = keep.__get__(5)
            total += adder()
            adder = keep
    return total


print(replaced(4000), adder.__name__)
