"""An event loop over generators: tasks, virtual time, channels, cancellation, errors."""

import heapq
from collections import deque


class Cancelled(BaseException):
    pass


class Task:
    count = 0

    def __init__(self, generator, name):
        Task.count += 1
        self.serial = Task.count
        self.generator = generator
        self.name = name
        self.result = self.error = None
        self.done = False
        self.waiters = []

    def __lt__(self, other):
        return self.serial < other.serial


class Sleep:
    def __init__(self, delay):
        self.delay = delay


class Join:
    def __init__(self, task):
        self.task = task


class Channel:
    def __init__(self, capacity):
        self.capacity = capacity
        self.items = deque()
        self.readers = deque()
        self.writers = deque()


class Put:
    def __init__(self, channel, item):
        self.channel, self.item = channel, item


class Get:
    def __init__(self, channel):
        self.channel = channel


class Loop:
    def __init__(self):
        self.now = 0
        self.ready = deque()
        self.timers = []
        self.switches = 0

    def spawn(self, generator, name):
        task = Task(generator, name)
        self.ready.append((task, "send", None))
        return task

    def cancel(self, task):
        self.ready.append((task, "throw", Cancelled(task.name)))

    def run(self):
        while self.ready or self.timers:
            if not self.ready:
                self.now, task = heapq.heappop(self.timers)
                self.ready.append((task, "send", None))
            task, how, value = self.ready.popleft()
            if not task.done:
                self.step(task, how, value)

    def step(self, task, how, value):
        self.switches += 1
        try:
            request = getattr(task.generator, how)(value)
        except StopIteration as stop:
            self.finish(task, stop.value, None)
        except (Exception, Cancelled) as error:
            self.finish(task, None, error)
        else:
            self.handle(task, request)

    def finish(self, task, result, error):
        task.done, task.result, task.error = True, result, error
        for waiter in task.waiters:
            self.resume(waiter, task)

    def resume(self, waiter, task):
        if task.error is not None:
            self.ready.append((waiter, "throw", task.error))
        else:
            self.ready.append((waiter, "send", task.result))

    def handle(self, task, request):
        match request:
            case None:
                self.ready.append((task, "send", None))
            case Sleep(delay=delay):
                heapq.heappush(self.timers, (self.now + delay, task))
            case Join(task=other):
                if other.done:
                    self.resume(task, other)
                else:
                    other.waiters.append(task)
            case Put(channel=channel, item=item):
                if channel.readers:
                    self.ready.append((channel.readers.popleft(), "send", item))
                    self.ready.append((task, "send", None))
                elif len(channel.items) < channel.capacity:
                    channel.items.append(item)
                    self.ready.append((task, "send", None))
                else:
                    channel.writers.append((task, item))
            case Get(channel=channel):
                if channel.items:
                    item = channel.items.popleft()
                    if channel.writers:
                        writer, more = channel.writers.popleft()
                        channel.items.append(more)
                        self.ready.append((writer, "send", None))
                    self.ready.append((task, "send", item))
                else:
                    channel.readers.append(task)
            case _:
                self.ready.append((task, "throw", TypeError(f"bad request {request!r}")))


loop = Loop()
out = []


def ticker(name, delay, times):
    for i in range(times):
        yield Sleep(delay)
        out.append(f"{loop.now}:{name}{i}")
    return f"{name} done"


def sleepy():
    try:
        while True:
            yield Sleep(5)
    except Cancelled as error:
        out.append(f"{loop.now}:cancelled {error}")
        yield Sleep(1)
        raise
    finally:
        out.append(f"{loop.now}:cleanup")


def failing():
    yield Sleep(2)
    raise KeyError("boom")


def confused():
    try:
        yield "what?"
    except TypeError as error:
        return str(error)


def main():
    a = loop.spawn(ticker("a", 3, 4), "a")
    b = loop.spawn(ticker("b", 4, 3), "b")
    lazy = loop.spawn(sleepy(), "lazy")
    bad = loop.spawn(failing(), "bad")
    out.append((yield Join(a)))
    out.append((yield Join(b)))
    try:
        yield Join(bad)
    except KeyError as error:
        out.append(f"caught {error!r}")
    loop.cancel(lazy)
    try:
        yield Join(lazy)
    except Cancelled as error:
        out.append(f"joined {error!r}")
    out.append((yield Join(loop.spawn(confused(), "confused"))))
    return loop.now


task = loop.spawn(main(), "main")
loop.run()
print("\n".join(map(str, out)))
print(task.result, loop.switches)

# A pipeline with back pressure.
loop = Loop()
numbers, squares = Channel(3), Channel(2)
END = object()


def source(n):
    for i in range(n):
        yield Put(numbers, i)
    yield Put(numbers, END)


def square():
    while (item := (yield Get(numbers))) is not END:
        yield Put(squares, item * item)
    yield Put(squares, END)


def total():
    result = 0
    while (item := (yield Get(squares))) is not END:
        result += item
    return result


loop.spawn(source(6000), "source")
loop.spawn(square(), "square")
task = loop.spawn(total(), "total")
loop.run()
print(task.result, loop.switches)
