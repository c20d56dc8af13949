"""with statements: order, suppression, exits of loops, contextlib, ExitStack, nested failures."""

import io
from contextlib import ExitStack, closing, contextmanager, nullcontext, redirect_stdout, suppress

log = []


class Tracker:
    def __init__(self, name, swallow=(), fail_on=None):
        self.name, self.swallow, self.fail_on = name, swallow, fail_on

    def __enter__(self):
        log.append(f"+{self.name}")
        if self.fail_on == "enter":
            raise RuntimeError(f"enter {self.name}")
        return self.name

    def __exit__(self, kind, error, traceback):
        log.append(f"-{self.name}:{kind.__name__ if kind else None}")
        if self.fail_on == "exit":
            raise RuntimeError(f"exit {self.name}")
        return kind is not None and issubclass(kind, self.swallow)


def show(title, result=None):
    print(title, " ".join(log), result)
    log.clear()


with Tracker("a") as a, Tracker("b") as b:
    log.append(a + b)
show("plain")
with (
    Tracker("outer", swallow=(KeyError,)),
    Tracker("inner"),
):
    raise KeyError("lost")
show("swallowed")
for fail in ("enter", "exit"):
    try:
        with Tracker("x"), Tracker("y", fail_on=fail), Tracker("z"):
            raise ValueError("body")
    except Exception as error:
        show(fail, (repr(error), repr(error.__context__)))


def leave(how):
    for i in range(3):
        with Tracker(f"l{i}"):
            if how == "break" and i == 1:
                break
            if how == "continue":
                continue
            if how == "return" and i == 1:
                return "value"
    return "end"


for how in ("none", "break", "continue", "return"):
    show(how, leave(how))


@contextmanager
def tag(name, out):
    out.append(f"<{name}>")
    try:
        yield out
    except LookupError as error:
        out.append(f"!{error!r}")
    finally:
        out.append(f"</{name}>")


out = []
with tag("html", out), tag("body", out) as o:
    o.append("text")
    raise IndexError("caught inside")
print("".join(out))


@contextmanager
def twice():
    yield 1
    yield 2


try:
    with twice():
        pass
except RuntimeError as error:
    print(error)


@contextmanager
def never():
    return
    yield


try:
    with never():
        pass
except RuntimeError as error:
    print(error)

with ExitStack() as stack:
    names = [stack.enter_context(Tracker(f"s{i}")) for i in range(3)]
    stack.callback(log.append, "callback")
    stack.push(lambda *exc: log.append("pushed"))
show("stack", names)
with suppress(ZeroDivisionError, KeyError):
    {}["x"]
buffer = io.StringIO()
with redirect_stdout(buffer), nullcontext("n") as n:
    print("captured", n)
print(repr(buffer.getvalue()))


class Resource:
    open = 0

    def __init__(self):
        Resource.open += 1

    def close(self):
        Resource.open -= 1


with closing(Resource()), closing(Resource()):
    print(Resource.open)
print(Resource.open)
for bad in (object(), 5):
    try:
        with bad:
            pass
    except TypeError as error:
        print(error)


class Counter:
    depth = most = 0

    def __enter__(self):
        Counter.depth += 1
        Counter.most = max(Counter.most, Counter.depth)
        return self

    def __exit__(self, kind, error, traceback):
        Counter.depth -= 1
        return kind is StopIteration


def nested(n):
    if n == 0:
        raise StopIteration(5)
    with Counter():
        nested(n - 1)
        return n
    return -n


total = 0
counter = Counter()
for i in range(4000):
    with counter as c, c:
        total += c.depth
        if i % 7 == 0:
            raise StopIteration
    total += nested(i % 9) if i % 9 else 0
print(total, Counter.depth, Counter.most)


@contextmanager
def gen_counter(store):
    store[0] += 1
    yield store
    store[0] -= 1


store = [0]
peak = 0
for _ in range(2000):
    with gen_counter(store) as s, gen_counter(s):
        peak += s[0]
print(peak, store)
