"""Generators whose items native code takes: values, order, and what can be seen in between."""
import sys


def show(title, value):
    print(f"{title}: {value}")


def squares(values):
    for value in values:
        yield value * value


def repeat(times, call, *args):
    result = None
    for _ in range(times):
        result = call(*args)
    return result


data = list(range(50))
show("sum", repeat(600, lambda: sum(x * x for x in data)))
show("set", repeat(600, lambda: sorted(set(x % 7 for x in data))))
show("list", repeat(600, lambda: list(squares(data))[-3:]))
show("tuple", repeat(600, lambda: tuple(x + 0.5 for x in data)[:3]))
show("dict", repeat(600, lambda: dict((x, x + 1) for x in data)[49]))
show("any", repeat(600, lambda: any(x == 30 for x in data)))
show("all", repeat(600, lambda: all(x < 30 for x in data)))
show("join", repeat(600, lambda: "".join(str(x) for x in data[:5])))
show("max", repeat(600, lambda: max(x % 13 for x in data)))

# The type changes in the middle, and back.
mixed = data + [1.5, "a" * 3, 2**70] + data
show("mixed", repeat(600, lambda: [x * 2 for x in mixed if True][50:53]))
show("mixed sum", repeat(600, lambda: sum(x * 2 for x in mixed if not isinstance(x, str))))


# Stops early: the generator waits and is closed when it is dropped.
class Log:
    def __init__(self):
        self.entries = []

    def values(self):
        try:
            for i in range(100):
                yield i
        finally:
            self.entries.append("closed")


log = Log()
for _ in range(500):
    any(value == 40 for value in log.values())
show("closed", (len(log.entries), set(log.entries)))


def first_big(generator):
    return any(value > 20 for value in generator)


def stopped():
    generator = squares(data)
    any(value > 50 for value in generator)
    return next(generator), sum(generator)


show("goes on", repeat(500, stopped))


# An exception from the consumer, and one from the generator.
def fails_at(limit):
    for i in range(100):
        if i == limit:
            raise ValueError(f"at {i}")
        yield i


class Picky:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        if self.value == 30:
            raise KeyError("unhashable thirty")
        return hash(self.value)

    def __eq__(self, other):
        return self.value == other.value


def trouble(make):
    try:
        return make()
    except (ValueError, KeyError) as error:
        lines = []
        tb = error.__traceback__
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
            tb = tb.tb_next
        return repr(error), lines


show("generator raises", repeat(500, trouble, lambda: sum(fails_at(60))))
show("consumer raises", repeat(500, trouble, lambda: set(Picky(i) for i in range(50))))


# The consumer looks at the generator, which waits then.
class Watcher:
    generator = None
    seen = []

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        generator = Watcher.generator
        if self.value == 25:
            Watcher.seen.append(
                (generator.gi_running, generator.gi_suspended, generator.gi_frame.f_locals["value"])
            )
            names = []
            frame = sys._getframe()
            while frame:
                names.append(frame.f_code.co_name)
                frame = frame.f_back
            Watcher.seen.append(names[:3])
        return self.value

    def __eq__(self, other):
        return self.value == other.value


def watchers():
    for value in range(40):
        yield Watcher(value)


def watched():
    Watcher.seen = []
    Watcher.generator = watchers()
    return len(set(Watcher.generator)), Watcher.seen


show("watched", repeat(500, watched))


# The consumer resumes the generator itself.
class Thief:
    generator = None
    taken = []

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        if self.value % 10 == 3:
            Thief.taken.append(next(Thief.generator).value)
        return self.value

    def __eq__(self, other):
        return self.value == other.value


def thieves():
    for value in range(40):
        yield Thief(value)


def stolen():
    Thief.taken = []
    Thief.generator = thieves()
    left = sorted(t.value for t in set(Thief.generator))
    return len(left), Thief.taken


show("stolen", repeat(500, stolen))


# The consumer writes the generator's variables.
class Meddler:
    generator = None

    def __init__(self, value):
        self.value = value

    def __hash__(self):
        if self.value == 5:
            Meddler.generator.gi_frame.f_locals["step"] = 10
        return self.value

    def __eq__(self, other):
        return self.value == other.value


def stepping():
    value, step = 0, 1
    while value < 60:
        yield Meddler(value)
        value += step


def meddled():
    Meddler.generator = stepping()
    return sorted(m.value for m in set(Meddler.generator))


show("meddled", repeat(500, meddled))


# Nested: each sink takes its own generator's items.
def nested():
    return sum(sum(x * y for y in range(x)) for x in range(20))


show("nested", repeat(500, nested))


def delegating(depth):
    if depth:
        total = yield from delegating(depth - 1)
        yield total
        return total + 1
    yield from range(5)
    return 7


show("delegation", repeat(500, lambda: list(delegating(4))))


def sent():
    received = []

    def echo():
        while True:
            value = yield len(received)
            received.append(value)
            if value == "stop":
                return "done"

    def outer():
        result = yield from echo()
        yield result

    generator = outer()
    next(generator)
    for i in range(40):
        generator.send(i if i % 3 else None)
    return generator.send("stop"), received[:5]


show("sent", repeat(300, sent))


def thrown():
    def inner():
        while True:
            try:
                yield 1
            except KeyError as error:
                yield repr(error)

    def outer():
        yield from inner()

    generator = outer()
    answers = [next(generator), next(generator)]
    answers.append(generator.throw(KeyError("k")))
    answers.append(next(generator))
    generator.close()
    return answers


show("thrown", repeat(300, thrown))


def running():
    def inner():
        for _ in range(3):
            try:
                next(outermost)
            except ValueError as error:
                yield str(error)

    def outer():
        yield from inner()

    outermost = outer()
    return list(outermost)


show("running", repeat(300, running))
