"""async/await, async for, async with, async generators and comprehensions, driven by a scheduler of our own."""

from collections import deque
from types import coroutine


@coroutine
def switch(value=None):
    return (yield value)


class Future:
    def __init__(self):
        self.done = False
        self.value = self.error = None
        self.waiting = []

    def set(self, value):
        self.done, self.value = True, value

    def __await__(self):
        while not self.done:
            yield self
        if self.error:
            raise self.error
        return self.value


class Scheduler:
    def __init__(self):
        self.queue = deque()
        self.steps = 0

    def spawn(self, coro):
        future = Future()
        self.queue.append((coro, future))
        return future

    def run(self, main):
        result = self.spawn(main)
        while self.queue:
            coro, future = self.queue.popleft()
            self.steps += 1
            try:
                coro.send(None)
            except StopIteration as stop:
                future.set(stop.value)
            except Exception as error:
                future.done, future.error = True, error
            else:
                self.queue.append((coro, future))
        if result.error:
            raise result.error
        return result.value


class Lock:
    def __init__(self):
        self.held = False
        self.log = []

    async def __aenter__(self):
        while self.held:
            await switch("locked")
        self.held = True
        self.log.append("acquire")
        return self

    async def __aexit__(self, kind, error, traceback):
        self.held = False
        self.log.append(f"release {kind.__name__ if kind else ''}".strip())
        return kind is KeyError


class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        await switch()
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return self.n


async def ticks(n):
    try:
        for i in range(n):
            await switch()
            got = yield i
            if got:
                print("agen got", got)
    finally:
        await switch()
        print("ticks closed", n)


lock = Lock()


async def worker(name, n):
    total = 0
    for i in range(n):
        async with lock:
            await switch()
            total += i
            if i == n // 2:
                raise KeyError(name)
    return name, total


async def failing():
    await switch()
    raise ValueError("from coroutine")


async def main():
    futures = [scheduler.spawn(worker(f"w{i}", 3 + i)) for i in range(3)]
    print([await f for f in futures])
    print([x async for x in Countdown(5) if x % 2 == 0], {x: x * x async for x in ticks(3)})
    broken_off = ticks(10)
    async for x in broken_off:
        if x == 2:
            break
    else:
        print("not reached")
    await broken_off.aclose()
    agen = ticks(4)
    print(await agen.__anext__(), await agen.asend("hello"))
    try:
        await agen.athrow(LookupError("thrown"))
    except LookupError as error:
        print(repr(error))
    try:
        await agen.__anext__()
    except StopAsyncIteration:
        print("exhausted")
    closing = ticks(9)
    await anext(closing)
    await closing.aclose()
    print(await anext(closing, "default"))
    future = scheduler.spawn(failing())
    try:
        await future
    except ValueError as error:
        print("caught", error)
    return await fib(13)


async def fib(n):
    if n < 2:
        await switch()
        return n
    return await fib(n - 1) + await fib(n - 2)


async def long_loop(n):
    total = 0
    async for value in Countdown(n):
        total += value
    return total


scheduler = Scheduler()
print(scheduler.run(main()), scheduler.steps)
print(lock.log.count("acquire"), lock.log[:6], lock.log[-1])
print(scheduler.run(long_loop(5000)), scheduler.steps)
coro = fib(3)
print(coro.send(None), coro.cr_await is not None, coro.cr_running, coro.cr_frame.f_code.co_name)
try:
    coro.throw(RuntimeError("injected"))
except RuntimeError as error:
    print(error, coro.cr_frame)
coro = fib(1)
coro.close()
try:
    coro.send(None)
except RuntimeError as error:
    print(error)


async def bad():
    await 5


for broken in (bad(),):
    try:
        broken.send(None)
    except TypeError as error:
        print(error)
