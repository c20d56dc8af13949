"""Exceptions that cannot be raised: in __del__, in a weak reference's callback, in an atexit handler; the exit code stays 0."""

import atexit
import weakref


class Bad:
    def __del__(self):
        raise ValueError("from __del__")

    def __repr__(self):
        return "<Bad>"


def callback(reference):
    raise KeyError("from callback")


def at_exit():
    1 / 0


callback.__class__
atexit.register(at_exit)
for i in range(3):
    Bad()


class Thing:
    pass


thing = Thing()
reference = weakref.ref(thing, type("C", (), {"__call__": lambda self, r: callback(r), "__repr__": lambda self: "<callback>"})())
thing = None


def generator():
    try:
        yield 1
    finally:
        raise RuntimeError("closing")


print("end of program")
