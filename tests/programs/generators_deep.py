"""Generators: send, throw, close, return values, yield from delegation, finally order, expression scoping."""


def echo():
    received = []
    while True:
        try:
            value = yield len(received)
            if value is None:
                continue
            received.append(value)
        except ValueError as error:
            received.append(f"!{error}")
        except GeneratorExit:
            print("closing with", received)
            return
        finally:
            if len(received) > 4:
                print("full")


g = echo()
print(next(g), g.send("a"), g.send("b"), next(g), g.throw(ValueError("v")), g.send(1))
g.close()
try:
    next(g)
except StopIteration as stop:
    print("stopped", stop.value)


def inner():
    try:
        x = yield 1
        y = yield x * 2
        return x + y
    finally:
        print("inner done")


def outer():
    result = yield from inner()
    print("result", result)
    try:
        yield from [10, 20]
    except KeyError as error:
        yield repr(error)
    return "outer value"


g = outer()
print(next(g), g.send(5), g.send(7), g.throw(KeyError("k")))
try:
    g.send(None)
except StopIteration as stop:
    print(stop.value)


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as error:
    print(error)


def leaky():
    raise StopIteration("inside")
    yield


try:
    next(leaky())
except RuntimeError as error:
    print(error, repr(error.__cause__))
g = echo()
try:
    g.send("too early")
except TypeError as error:
    print(error)


def recursive():
    yield next(me)


me = recursive()
try:
    next(me)
except ValueError as error:
    print(error)


def tree(depth, label="r"):
    if depth:
        yield from tree(depth - 1, label + "l")
        yield label
        yield from tree(depth - 1, label + "r")


print(list(tree(3)), sum(len(x) for x in tree(11)))


def averager():
    total = n = 0
    average = None
    while True:
        value = yield average
        total += value
        n += 1
        average = total / n


a = averager()
next(a)
for i in range(20000):
    last = a.send(i)
print(last)


def grep(target):
    while True:
        line = yield
        if "x" in line:
            target.send(line)


def collect(out):
    try:
        while True:
            out.append((yield))
    finally:
        out.append("end")


out = []
sink = collect(out)
next(sink)
filtering = grep(sink)
next(filtering)
for i in range(4000):
    filtering.send(f"{i:x}x" if i % 100 == 0 else "no")
sink.close()
print(len(out), out[:3], out[-1])


def numbered(lines):
    n = 0
    for n, line in enumerate(lines, 1):
        yield f"{n}:{line}"
    return n


class Wrapper:
    def __init__(self, lines):
        self.lines = lines

    def __iter__(self):
        self.count = yield from numbered(self.lines)


w = Wrapper(["a", "b"])
print(list(w), w.count)
squares = (x * x for x in range(10))
print(next(squares), next(squares), sum(squares), list(squares))
lazy = (print("evaluated", x) or x for x in [1, 2])
print("before")
print(next(lazy), lazy.gi_frame is not None, lazy.gi_running, lazy.gi_yieldfrom)
lazy.close()
print(lazy.gi_frame, lazy.gi_code.co_name)


def finals():
    for i in range(3):
        try:
            yield i
        finally:
            print("finally", i)


for x in finals():
    if x == 1:
        break
print("after break")
total = 0
for i in range(1500):
    g = finals.__wrapped__() if hasattr(finals, "__wrapped__") else tree(3)
    next(g)
    total += len(next(g))
    g.close()
print(total)


def two_way(n):
    state = 0
    for _ in range(n):
        command = yield state
        match command:
            case ("add", k):
                state += k
            case ("mul", k):
                state *= k
            case None:
                state -= 1
            case _:
                raise ValueError(command)


g = two_way(9000)
next(g)
for i in range(8000):
    s = g.send(("add", i) if i % 3 == 0 else ("mul", 1) if i % 3 == 1 else None)
print(s)
try:
    g.send("bad")
except ValueError as error:
    print(error)
