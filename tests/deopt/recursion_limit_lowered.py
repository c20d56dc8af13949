"""The recursion limit sinks while native code runs that has made sure of room for its inlined calls."""
import sys


def innermost(n):
    return n + 1


def third(n):
    return innermost(n) * 2


def second(n):
    return third(n) + 1


def first(n):
    return second(n) - n


def depth():
    frame, count = sys._getframe(), 0
    while frame:
        frame, count = frame.f_back, count + 1
    return count


def lower(room):
    # The frame of this function goes; those of the callers stay.
    sys.setrecursionlimit(depth() + room - 2)


def run(rounds, at, room):
    total = 0
    for n in range(rounds):
        if n == at:
            lower(room)
        try:
            total += first(n)
        except RecursionError:
            return n, total
    return rounds, total


print(run(5000, -1, 0))
for room in (2, 3, 4, 5, 8, 40):
    limit = sys.getrecursionlimit()
    print(room, run(3000, 2500, room))
    sys.setrecursionlimit(limit)
print(run(5000, -1, 0))
