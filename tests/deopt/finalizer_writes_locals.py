"""A finalizer that writes the variables of the frame that drops the object, which lives in registers."""
import sys
import time
import weakref


class Kept:
    living = weakref.WeakSet()

    def __init__(self):
        Kept.living.add(self)


class Writer:
    def __init__(self, value):
        self.value = value

    def __del__(self):
        sys._getframe(1).f_locals["i"] = self.value


def numbers(rounds):
    seen = []
    for i in range(rounds):
        x = [Writer(100000)]
        x = None
        seen.append(i)
    return [i for i in seen if i != 100000]


def objects(rounds):
    last = None
    for i in range(rounds):
        x = [Writer(Kept() if i > 2000 else i)]
        x = None
        last = i
    return type(last).__name__, len(Kept.living)


def some(rounds):
    seen = 0
    for i in range(rounds):
        x = [Writer(-1)] if i % 100 == 7 else [i]
        x = None
        seen += i
    return seen


for _ in range(4):
    print(len(numbers(3000)), some(3000))
    time.sleep(0.05)  # for the compiler
for _ in range(4):
    print(objects(3000))
