"""Coroutines in native code: those that return at once, those that wait, and those that fail."""
import sys
import types


async def add(a, b):
    return a + b


async def fib(n):
    if n < 2:
        return n
    return await fib(n - 1) + await fib(n - 2)


@types.coroutine
def pause(value):
    return (yield value)


async def waits(n):
    total = 0
    for i in range(n):
        total += await add(i, 1)
        if i % 10 == 0:
            total += await pause(i)
    return total


def drive(coroutine):
    """Answers each pause with one more than what it says."""
    asked = []
    value = None
    while True:
        try:
            value = coroutine.send(value)
        except StopIteration as stop:
            return stop.value, asked
        asked.append(value)
        value += 1


print(drive(fib(16)))
for _ in range(30):
    result = drive(waits(60))
print(result)


async def mixed(values):
    total = 0
    for value in values:
        total = await add(total, value)
    return total


for _ in range(300):
    result = drive(mixed([1, 2, 3]))
print(result)
print(drive(mixed([1, 2.5, 2**65])))
try:
    drive(mixed([1, "x"]))
except TypeError as error:
    lines = []
    tb = error.__traceback__
    while tb:
        lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    print(error, lines)


class Ready:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        return self.value
        yield


class Later:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        answer = yield self.value
        return answer


async def various(things):
    results = []
    for thing in things:
        results.append(await thing)
    return results


for _ in range(200):
    result = drive(various([add(1, 2), Ready(5), Later(8), pause(3)]))
print(result)
try:
    drive(various([3]))
except TypeError as error:
    print(error)

used = add(1, 1)
print(drive(various([used])))
try:
    drive(various([used]))
except RuntimeError as error:
    print(error)


async def deep(n):
    if n == 0:
        return await pause("bottom")
    try:
        return await deep(n - 1)
    finally:
        log.append(n)


class Words(str):
    def __add__(self, other):
        return Words(str(self) + str(other))


for _ in range(100):
    log = []
    coroutine = deep(8)
    said = coroutine.send(None)
    try:
        coroutine.send("up")
    except StopIteration as stop:
        result = said, stop.value, log
print(result)

log = []
coroutine = deep(3)
coroutine.send(None)
try:
    coroutine.throw(KeyError("thrown"))
except KeyError as error:
    print(repr(error), log)
log = []
coroutine = deep(3)
coroutine.send(None)
print(coroutine.cr_await.cr_await.cr_await.cr_await.__name__, coroutine.cr_running, coroutine.cr_suspended)
coroutine.close()
print(log, coroutine.cr_frame)


async def recursion(n):
    return await recursion(n + 1)


try:
    drive(recursion(0))
except RecursionError as error:
    print(type(error).__name__)


async def names():
    frame = sys._getframe()
    found = []
    while frame and frame.f_code.co_name != "drive":
        found.append((frame.f_code.co_name, frame.f_lineno))
        frame = frame.f_back
    return found


async def outer(n):
    for _ in range(n):
        found = await names()
    return found


print(drive(outer(500)))


async def context(n):
    class Manager:
        async def __aenter__(self):
            return await add(1, n)

        async def __aexit__(self, *exc):
            return exc[0] is ValueError

    async def numbers():
        for i in range(n):
            yield await add(i, 0)

    total = 0
    for _ in range(n):
        async with Manager() as value:
            total += value
            raise ValueError
    async for number in numbers():
        total += number
    return total + sum([x async for x in numbers()])


print(drive(context(120)))
