"""A signal handler that raises or changes state in a hot loop; KeyboardInterrupt out of compiled code."""

import os
import signal


class Alarm(Exception):
    pass


def handler(number, frame):
    global hits
    hits += 1
    raise Alarm(frame.f_code.co_name)


def spin(n, at):
    total = 0
    for i in range(n):
        total += i & 3
        if i == at:
            os.kill(os.getpid(), signal.SIGUSR1)
    return total


hits = 0
signal.signal(signal.SIGUSR1, handler)
print(spin(20000, -1))
for _ in range(3):
    try:
        print(spin(20000, 15000))
    except Alarm as error:
        print("alarm", error, hits)


def endless():
    n = 0
    while True:
        n += 1


signal.signal(signal.SIGALRM, handler)
for _ in range(2):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        endless()
    except Alarm as error:
        print("timer", error, hits)


def endless_for():
    from itertools import count

    total = 0
    for i in count():
        total ^= i


def endless_calls():
    def f(x):
        return x

    while True:
        f(1)


def endless_generator():
    def g():
        while True:
            yield 1

    return sum(g())


def endless_comprehension():
    return [x for x in iter(int, 1) if x]


def endless_recursion_loop():
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    return fib(80)


for function in (endless_for, endless_calls, endless_comprehension):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        function()
    except Alarm:
        print(function.__name__, hits)
for function in (endless_generator, endless_recursion_loop):
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        function()
    except Alarm:
        print(function.__name__, hits)
flag = False


def set_flag(number, frame):
    global flag
    flag = True


def wait():
    n = 0
    while not flag:
        n += 1
    return n > 0


signal.signal(signal.SIGALRM, set_flag)
signal.setitimer(signal.ITIMER_REAL, 0.05)
print(wait(), flag)
stop = [False]


def rewrite(number, frame):
    frame.f_locals["running"] = False


def by_locals():
    running = True
    while running:
        pass
    return "left"


signal.signal(signal.SIGALRM, rewrite)
signal.setitimer(signal.ITIMER_REAL, 0.05)
print(by_locals())
order = []


def cleanup():
    try:
        try:
            endless()
        finally:
            order.append("finally")
    except KeyboardInterrupt:
        order.append("interrupt")


signal.signal(signal.SIGALRM, lambda *a: os.kill(os.getpid(), signal.SIGINT))
signal.setitimer(signal.ITIMER_REAL, 0.05)
cleanup()
print(order)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
print(spin(20000, 15000))
