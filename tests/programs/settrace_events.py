"""What a trace function is told: calls, lines, returns, exceptions and instructions of all kinds of code."""

import sys

instructions = False


def tracer(frame, event, arg):
    code = frame.f_code
    if code.co_filename != __file__:
        return None
    frame.f_trace_opcodes = instructions
    line = frame.f_lineno and frame.f_lineno - code.co_firstlineno
    shown = repr(arg[:2]) if event == "exception" else repr(arg)
    print(code.co_name, event, line, frame.f_lasti, shown if " at 0x" not in shown else type(arg).__name__)
    return tracer


def traced(function, *args):
    print("--", function.__name__)
    sys.settrace(tracer)
    try:
        function(*args)
    except Exception as error:
        sys.settrace(None)
        print("left by", repr(error))
        tb = error.__traceback__
        while tb:
            print("  ", tb.tb_frame.f_code.co_name, (tb.tb_lineno or 0) - tb.tb_frame.f_code.co_firstlineno, tb.tb_lasti)
            tb = tb.tb_next
    finally:
        sys.settrace(None)


def branches(n):
    total = 0
    for i in range(n):
        if i == 1:
            continue
        elif i == 3:
            break
        total += i
    else:
        total = 1
    while total: total -= 1
    assert not total, "no"
    return (total if total
            else n)


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return error[0] is KeyError


def handlers():
    try:
        with Manager() as m:
            {}["missing"]
        with Manager():
            try:
                1 / 0
            finally:
                x = 1
    except (ValueError, ZeroDivisionError) as error:
        y = 2
    else:
        y = 3
    finally:
        z = 4
    try:
        raise ExceptionGroup("many", [ValueError(1), TypeError(2)])
    except* ValueError:
        pass
    except* TypeError as group:
        pass


def deep(n):
    if n == 0:
        raise KeyError(n)
    try:
        deep(n - 1)
    finally:
        n = 5


def numbers(n):
    try:
        for i in range(n):
            yield i
    except ValueError:
        yield "caught"
    finally:
        n = 0
    return "end"


class Counter:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if not self.n:
            raise StopIteration("value")
        self.n -= 1
        return self.n


def delegating():
    got = yield from numbers(2)
    got = got, (yield from Counter(1)), (yield from [1])
    return got


def generators():
    for i in numbers(2):
        pass
    g = numbers(3)
    next(g)
    g.throw(ValueError)
    g.close()
    g = numbers(1)
    try:
        g.throw(ValueError)
    except ValueError:
        pass
    for i in Counter(1):
        pass
    list(delegating())
    del g


def comprehensions():
    a = [i for i in range(2)]
    b = {i: j for i in a
         for j in a if i}
    c = list(i for i in a)
    return (lambda: [i for i in a])()


class Async:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return self.n

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return True

    def __await__(self):
        return (yield "waiting")


async def async_numbers():
    for i in range(2):
        yield i
    await Async(0)


async def main():
    async for i in Async(2):
        pass
    async for i in async_numbers():
        pass
    async with Async(0):
        raise ValueError
    return [i async for i in async_numbers()]


def coroutines():
    c, value = main(), None
    try:
        while True:
            value = c.send(value)
    except StopIteration as stop:
        return stop.value


def classes():
    class Base:
        x = [i for i in range(1)]

        def method(self):
            return self.x

        @property
        def p(self): return 1

    class Derived(Base):
        def __init__(self):
            super().__init__()

        def method(self):
            return super().method()

    d = Derived()
    d.method(), d.p
    match d:
        case Base(x=[]):
            pass
        case Derived(x=[y]) if y:
            pass
        case _:
            y = 2
    return f"{y!r:>{3}}"


for function, *args in [
    (branches, 5),
    (handlers,),
    (deep, 2),
    (generators,),
    (comprehensions,),
    (coroutines,),
    (classes,),
]:
    traced(function, *args)
instructions = True
traced(branches, 2)
traced(deep, 1)
traced(generators)
instructions = False
print("-- local trace functions")


def nothing(frame, event, arg):
    print("nothing", event)


def once(frame, event, arg):
    print("once", event)
    return another


def another(frame, event, arg):
    print("another", event)
    return None if event == "line" else once


for function in nothing, once:
    sys.settrace(function)
    branches(0)
    sys.settrace(None)
print("-- frames that run already")


def outer():
    middle()
    x = 1
    return x


def middle():
    inner()
    y = 2


def inner():
    sys.settrace(tracer)
    sys._getframe(2).f_trace = tracer
    z = 3


outer()
print(sys.gettrace() is tracer)
sys.settrace(None)
print("-- lines switched off")


def no_lines(frame, event, arg):
    frame.f_trace_lines = False
    print(event)
    return no_lines


sys.settrace(no_lines)
branches(1)
sys.settrace(None)
print("-- errors in the trace function")


def failing(at):
    def trace(frame, event, arg):
        if event == at and frame.f_code.co_name == "deep":
            raise OSError(event)
        return trace

    return trace


for at in "call", "line", "return", "exception":
    sys.settrace(failing(at))
    try:
        deep(0)
    except Exception as error:
        print(repr(error), sys.gettrace(), error.__context__, error.__traceback__.tb_next.tb_lineno - deep.__code__.co_firstlineno)
    sys.settrace(None)
frame = sys._getframe()
for name, value in ("f_trace_lines", 1), ("f_lineno", 5):
    try:
        setattr(frame, name, value)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
frame.f_trace = 5
print(frame.f_trace)
del frame.f_trace
print(frame.f_trace, frame.f_trace_lines, frame.f_trace_opcodes)
