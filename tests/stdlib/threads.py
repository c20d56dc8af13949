"""Threads: starting and joining, locks and what is built of them, pools, timers, data of their own."""
import contextvars
import concurrent.futures
import io
import queue
import sys
import threading
import time

# Results in order, whoever runs when.
results = {}


def work(number):
    total = 0
    for i in range(20000):
        total += i * number
    results[number] = total


threads = [threading.Thread(target=work, args=(n,), name=f"worker-{n}") for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(results.items()))
print([thread.name for thread in threads], [thread.is_alive() for thread in threads])

# A counter behind a lock.
lock = threading.Lock()
counter = 0


def count():
    global counter
    for _ in range(5000):
        with lock:
            counter += 1


sys.setswitchinterval(0.0005)
threads = [threading.Thread(target=count) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
sys.setswitchinterval(0.005)
print("counter", counter)
print(lock.acquire(timeout=0.01), lock.acquire(blocking=False), lock.acquire(timeout=0.01), lock.locked())
lock.release()
for call in (lock.release, lambda: lock.acquire(False, 1), lambda: lock.acquire(True, -2), lambda: lock.acquire(timeout=1e300)):
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)

# Owners of RLocks.
rlock = threading.RLock()


def from_outside():
    print("outside:", rlock.acquire(blocking=False))
    try:
        rlock.release()
    except RuntimeError as error:
        print(error)


with rlock, rlock:
    thread = threading.Thread(target=from_outside)
    thread.start()
    thread.join()
try:
    rlock.release()
except RuntimeError as error:
    print(error)

# Producer and consumer.
channel = queue.Queue(maxsize=3)
seen = []


def consume():
    while (item := channel.get()) is not None:
        seen.append(item)
        channel.task_done()
    channel.task_done()


consumer = threading.Thread(target=consume)
consumer.start()
for i in range(10):
    channel.put(i)
channel.put(None)
channel.join()
consumer.join()
print(seen)
try:
    queue.Queue().get(timeout=0.01)
except queue.Empty:
    print("empty")

# Events, conditions, semaphores, barriers.
event = threading.Event()
print(event.wait(0.01))
timer = threading.Timer(0.02, event.set)
timer.start()
print(event.wait(5))
timer.join()
condition = threading.Condition()
turns = []


def ping(mine, other):
    for _ in range(3):
        with condition:
            condition.wait_for(lambda: turns_of == mine)
            turns.append(mine)
            globals()["turns_of"] = other
            condition.notify_all()


turns_of = "ping"
pair = [threading.Thread(target=ping, args=names) for names in (("ping", "pong"), ("pong", "ping"))]
[thread.start() for thread in pair]
[thread.join() for thread in pair]
print(turns)
barrier = threading.Barrier(3)
indexes = []
threads = [threading.Thread(target=lambda: indexes.append(barrier.wait())) for _ in range(3)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(sorted(indexes))
semaphore = threading.BoundedSemaphore(2)
with semaphore, semaphore:
    print(semaphore.acquire(blocking=False))
try:
    semaphore.release()
except ValueError as error:
    print(error)

# Data of their own.
class Local(threading.local):
    made = 0

    def __init__(self, start):
        self.value = start


local = Local(10)
local.value += 1
plain = threading.local()
plain.x = 1


def look():
    print(local.value, hasattr(plain, "x"), sorted(local.__dict__.items()))
    local.value = 99
    plain.x = 2


thread = threading.Thread(target=look)
thread.start()
thread.join()
print(local.value, plain.x, plain.__dict__)
del plain.x
try:
    plain.x
except AttributeError as error:
    print(error)
try:
    threading.local(1)
except TypeError as error:
    print(error)

# Context variables.
variable = contextvars.ContextVar("variable", default="unset")
variable.set("main")
thread = threading.Thread(target=lambda: print("in a thread:", variable.get()))
thread.start()
thread.join()
context = contextvars.copy_context()
thread = threading.Thread(target=context.run, args=(lambda: print("in a copy:", variable.get()),))
thread.start()
thread.join()

# Pools.
with concurrent.futures.ThreadPoolExecutor(max_workers=3) as pool:
    print(list(pool.map(lambda x: x * x, range(10))))
    future = pool.submit(divmod, 7, 0)
    print(type(future.exception()).__name__, future.exception())
    futures = [pool.submit(pow, 2, n) for n in range(5)]
    print(sorted(f.result() for f in concurrent.futures.as_completed(futures)))
    try:
        pool.submit(time.sleep, 0.2).result(timeout=0.01)
    except TimeoutError:
        print("timeout")

# Errors.
for call in (lambda: threading.Thread().join(), lambda: threading.current_thread().join()):
    try:
        call()
    except RuntimeError as error:
        print(error)
thread = threading.Thread(target=int)
thread.start()
thread.join()
try:
    thread.start()
except RuntimeError as error:
    print(error)
saved, sys.stderr = sys.stderr, io.StringIO()
thread = threading.Thread(target=lambda: 1 / 0, name="failing")
thread.start()
thread.join()
text, sys.stderr = sys.stderr.getvalue(), saved
print(text.splitlines()[0], "...", text.splitlines()[-1])
thread = threading.Thread(target=sys.exit)
thread.start()
thread.join()
hooked = []
threading.excepthook = lambda args: hooked.append((args.exc_type.__name__, str(args.exc_value), args.thread.name))
thread = threading.Thread(target=lambda: [].pop(), name="hooked")
thread.start()
thread.join()
print(hooked)

# Generators are not for two threads at once.
def slow():
    yield 1
    entered.set()
    leave.wait(5)
    yield 2


entered, leave = threading.Event(), threading.Event()
generator = slow()
next(generator)
thread = threading.Thread(target=lambda: next(generator))
thread.start()
entered.wait(5)
try:
    next(generator)
except ValueError as error:
    print(error)
leave.set()
thread.join()
print(threading.active_count(), threading.current_thread().name, threading.main_thread() is threading.current_thread())
print(threading.current_thread().daemon, threading.Thread(daemon=True).daemon)


# The end of the program waits for this one, but not for the daemon.
def late():
    time.sleep(0.05)
    print("late")


threading.Thread(target=late).start()
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print("end")
