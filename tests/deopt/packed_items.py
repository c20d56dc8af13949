"""Arrays of numbers in hot loops: indexes and values out of range, other types, other arrays, resizing."""

import traceback
from array import array


def total(a, indexes):
    s = 0
    try:
        for i in indexes:
            s += a[i]
    except (IndexError, TypeError) as error:
        return s, type(error).__name__, str(error), [f.line for f in traceback.extract_tb(error.__traceback__)]
    return s


def fill(a, indexes, value):
    done = 0
    try:
        for i in indexes:
            a[i] = value
            done += 1
    except (IndexError, TypeError, OverflowError) as error:
        return done, type(error).__name__, str(error), [f.line for f in traceback.extract_tb(error.__traceback__)]
    return done, a.tolist()[:3], a.tolist()[-2:]


class Index:
    def __index__(self):
        return 1


for code in "bBhHiIlLqQfd":
    a = array(code, [1, 2, 3, 4, 100] * 10)
    print(code, total(a, list(range(50)) * 60), total(a, list(range(-50, 50)) * 60))
    print(code, total(a, list(range(50)) * 60 + [50]), total(a, list(range(50)) * 60 + [-51]))
    print(code, total(a, list(range(50)) * 60 + [True, Index(), 2**70]))
    print(code, fill(a, list(range(-50, 50)) * 60, 7), fill(a, list(range(50)) * 60 + [50], 9))
    for odd in (127, 128, 255, 256, -1, 2**15, 2**16, 2**31 - 1, 2**31, 2**32, 2**63, 1.5, True, "x", None, Index()):
        print(code, repr(odd)[:12], fill(a, [3] * 1, odd))


def mixed(arrays):
    s = 0
    for a in arrays:
        for i in range(len(a)):
            s += a[i]
            a[i] = a[-1 - i]
    return s


print(mixed([array("d", [1.5, 2.5, 3.5])] * 900))
print(mixed([array("d", [1.5, 2.5, 3.5])] * 900 + [array("i", [4, 5]), [6, 7], array("f", [0.1]), bytearray(b"ab")]))


class Derived(array):
    def __getitem__(self, index):
        return 1000


print(mixed([array("d", [1.5])] * 2000 + [Derived("d", [2.5, 3.5])]))


def shrink(a):
    s = 0
    try:
        for i in range(10**6):
            s += a[i]
            if i > 1000:
                a.pop()
    except IndexError as error:
        return i, s, str(error)


print(shrink(array("q", range(4000))))
print(shrink(array("B", [1] * 4000)))


def specials(a, values):
    for i, value in enumerate(values):
        a[i] = value
        yield a[i]


numbers = [0.0, -0.0, 5e-324, 1.7e308, float("inf"), float("nan"), 2**53, 2**53 + 1, 3, True] * 300
out = [str(x) for x in specials(array("d", [0.0] * len(numbers)), numbers)]
print(out[:10], len(set(out)))
