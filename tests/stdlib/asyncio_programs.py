"""asyncio, from tasks to streams."""
import asyncio
import contextvars


async def work(name, seconds):
    await asyncio.sleep(seconds)
    print("done", name)
    return name


async def bad(text="bad"):
    raise ValueError(text)


var = contextvars.ContextVar("var", default="unset")


async def tasks():
    print(await asyncio.gather(work(1, 1.2), work(2, 0.4), work(3, 0.8)))
    task = asyncio.create_task(work(4, 10), name="four")
    await asyncio.sleep(0)
    print(task.get_name(), task.done(), task.cancel(), task.cancelling())
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", task.cancelled())
    for wait in (lambda: asyncio.wait_for(asyncio.sleep(5), 0.01),):
        try:
            await wait()
        except TimeoutError as e:
            print(repr(e))
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(1)
    except TimeoutError:
        print("timeout")
    async with asyncio.TaskGroup() as group:
        first, second = group.create_task(work(5, 0.4)), group.create_task(work(6, 0))
    print(first.result(), second.result())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(bad())
            group.create_task(work("never", 10))
    except* ValueError as e:
        print(e.exceptions)
    print(await asyncio.gather(work(7, 0), bad(), return_exceptions=True))
    done, pending = await asyncio.wait([asyncio.create_task(work(8, 0.01)), asyncio.create_task(work(9, 10))],
                                       return_when=asyncio.FIRST_COMPLETED)
    print(len(done), len(pending), [task.cancel() for task in pending])
    for coroutine in asyncio.as_completed([work(10, 0.5), work(11, 0)]):
        print(await coroutine)
    await asyncio.shield(work(12, 0))
    var.set("outer")

    async def inner():
        print(var.get())
        var.set("inner")
    await asyncio.create_task(inner())
    print(var.get(), len(asyncio.all_tasks()), asyncio.current_task() is not None)


async def primitives():
    queue = asyncio.Queue(2)

    async def produce():
        for i in range(4):
            await queue.put(i)
        await queue.put(None)

    async def consume():
        while (item := await queue.get()) is not None:
            print("item", item)
            queue.task_done()
    await asyncio.gather(produce(), consume())
    lock, event, semaphore, condition = asyncio.Lock(), asyncio.Event(), asyncio.Semaphore(2), asyncio.Condition()
    async with lock:
        print(lock.locked())
    asyncio.get_running_loop().call_later(0.01, event.set)
    print(await event.wait(), event.is_set())

    async def guarded(n):
        async with semaphore:
            await asyncio.sleep(0)
            return n
    print(await asyncio.gather(*map(guarded, range(4))), semaphore.locked())

    async def waiter():
        async with condition:
            await condition.wait()
            print("notified")
    task = asyncio.create_task(waiter())
    await asyncio.sleep(0)
    async with condition:
        condition.notify_all()
    await task
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda f: print("callback", f.result()))
    future.set_result(5)
    print(await future, future.done())
    barrier = asyncio.Barrier(2)
    print(sorted(await asyncio.gather(barrier.wait(), barrier.wait())))

    async def numbers():
        for i in range(3):
            yield i
            await asyncio.sleep(0)
    print([i async for i in numbers()], {i: i async for i in numbers()})


async def streams():
    async def serve(reader, writer):
        while line := await reader.readline():
            writer.write(line.upper())
            await writer.drain()
        writer.close()
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.writelines([b"hello\n", b"world\n"])
        print(await reader.readline(), await reader.readexactly(6))
        writer.write_eof()
        print(await reader.read())
        writer.close()
        await writer.wait_closed()


asyncio.run(tasks())
asyncio.run(primitives())
asyncio.run(streams())
with asyncio.Runner() as runner:
    print(runner.run(work("runner", 0)))
try:
    asyncio.run(bad("raised"))
except ValueError as e:
    print(e)
loop = asyncio.new_event_loop()
print(loop.run_until_complete(work("loop", 0)))
loop.call_soon(print, "soon")
loop.call_soon(loop.stop)
loop.run_forever()
loop.close()
print(loop.is_closed())
