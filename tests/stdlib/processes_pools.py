"""Processes that share work: pools, queues, locks, pipes, by each way to start them."""
import concurrent.futures
import multiprocessing
import os
from multiprocessing.pool import ThreadPool


def square(x):
    return x * x


def fail(x):
    raise ValueError(f"bad {x}")


def child(queue, parent):
    queue.put(("child", os.getpid() != parent))


def locked(lock, queue, number):
    for _ in range(20):
        with lock:
            pass
    queue.put(number)


if __name__ == "__main__":
    print(multiprocessing.get_start_method())
    for method in ("fork", "forkserver"):
        context = multiprocessing.get_context(method)
        with context.Pool(1) as pool:
            print(method, pool.map(square, range(6)), pool.apply(square, (5,)), sorted(pool.imap_unordered(square, range(4))))
            try:
                pool.apply(fail, (1,))
            except ValueError as error:
                print(error)
    context = multiprocessing.get_context("fork")
    queue, lock = context.Queue(), context.Lock()
    process = context.Process(target=child, args=(queue, os.getpid()))
    process.start()
    print(queue.get())
    process.join()
    print(process.exitcode, process.is_alive())
    processes = [context.Process(target=locked, args=(lock, queue, i)) for i in range(3)]
    [process.start() for process in processes]
    print(sorted(queue.get() for _ in processes))
    [process.join() for process in processes]
    one, other = context.Pipe()
    one.send([1, {"x": 2}])
    print(other.recv(), other.poll())
    event = context.Event()
    print(event.wait(0.01), event.set(), event.wait())
    semaphore = context.BoundedSemaphore(1)
    print(semaphore.acquire(), semaphore.acquire(False), semaphore.release())
    for call in (semaphore.release, context.RLock().release):
        try:
            call()
        except (ValueError, AssertionError) as error:
            print(type(error).__name__, error)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        print(list(pool.map(square, range(5))), pool.submit(pow, 2, 5).result(), pool.submit(fail, 3).exception())
    with ThreadPool(2) as pool:
        print(pool.map(square, range(4)))
