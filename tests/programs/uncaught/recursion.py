"""Ends with a RecursionError: repeated frames are folded in the traceback."""


def f(n):
    return g(n + 1)


def g(n):
    if n % 2:
        return f(n)
    return f(n) + 1


def simple(n):
    return simple(n + 1)


try:
    f(0)
except RecursionError as error:
    print("first", error)
simple(0)
