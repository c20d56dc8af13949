"""Hot with-statements, coroutines and async generators whose parts change: __exit__ swaps, awaitables of other kinds, close in flight."""


class CM:
    swallow = False
    log = 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        CM.log += 1
        return self.swallow


def loop(n, events):
    cm, total = CM(), 0
    for i in range(n):
        if i in events:
            events[i](cm)
        try:
            with cm as c:
                total += 1
                if i % 100 == 99:
                    raise KeyError(i)
                total += 1
        except KeyError as error:
            total += 1000
        except (TypeError, AttributeError) as error:
            return total, i, str(error)
    return total, CM.log


def swallow(cm):
    cm.swallow = True


def replace_exit(cm):
    CM.__exit__ = lambda self, *exc: 1


def replace_enter(cm):
    CM.__enter__ = lambda self: 5


def remove_exit(cm):
    del CM.__exit__


def instance_exit(cm):
    cm.__exit__ = None


print(loop(4000, {}))
print(loop(4000, {2000: swallow, 2500: replace_enter, 3000: instance_exit}))
print(loop(4000, {2000: replace_exit, 3000: remove_exit}))


class Ready:
    def __init__(self, v):
        self.v = v

    def __await__(self):
        return iter(())


class Once:
    def __await__(self):
        got = yield "ask"
        return got


async def plain(x):
    return x


async def mixed(n):
    total = 0
    for i in range(n):
        if i == 2000:
            total += (await Once()) or 0
        if i % 3 == 0:
            total += await plain(i)
        else:
            total += (await Ready(i)) is None
        if i == 2500:
            try:
                await 5
            except TypeError as error:
                total += len(str(error))
    return total


def drive(coro):
    sent, asks = None, 0
    while True:
        try:
            asks += coro.send(sent) == "ask"
            sent = 10**6
        except StopIteration as stop:
            return stop.value, asks


print(drive(mixed(4000)))


async def agen(n):
    try:
        for i in range(n):
            if i % 500 == 250:
                await Once()
            yield i
    finally:
        log.append("closed")


log = []


async def use(n, stop):
    total = 0
    g = agen(n)
    async for v in g:
        total += v
        if v == stop:
            break
    await g.aclose()
    return total + sum([v async for v in agen(100)])


print(drive(use(3000, -1)), drive(use(3000, 2000)), log)


async def failing(n):
    async def inner(i):
        if i == 2500:
            raise LookupError(i)
        return i

    total = 0
    for i in range(n):
        try:
            total += await inner(i)
        except LookupError as error:
            tb = error.__traceback__
            names = []
            while tb:
                names.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
                tb = tb.tb_next
            total = (total, names)
            return total


print(drive(failing(3000)))


async def thrown():
    n = 0
    while True:
        try:
            n += 1
            await Once()
        except ValueError:
            n += 1000
        except GeneratorExit:
            log.append(("exit", n))
            raise


c = thrown()
c.send(None)
for i in range(3000):
    if i % 1000 == 999:
        c.throw(ValueError())
    else:
        c.send(i)
c.close()
print(log[-1])


class AsyncCM:
    async def __aenter__(self):
        return await plain(1)

    async def __aexit__(self, *exc):
        return exc[0] is ValueError


async def with_async(n):
    total = 0
    for i in range(n):
        async with AsyncCM() as v:
            total += v
            if i % 7 == 0:
                raise ValueError
            total += 1
        if i == 2000:
            AsyncCM.__aexit__ = lambda self, *exc: plain(True)
    return total


print(drive(with_async(3000)))
