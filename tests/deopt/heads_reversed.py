"""Heads of lists turned round by slices: in place where that is what it comes to."""
import sys


def flips(items):
    count = 0
    k = items[0]
    while k:
        items[:k + 1] = items[k::-1]
        count += 1
        k = items[0]
    return count


def by_length(items, n):
    items[:n] = items[n - 1::-1]
    return items


def from_zero(items, k):
    items[0:k + 1] = items[k::-1]
    return items


def first_three(items):
    items[:3] = items[2::-1]
    return items


def into_other(target, source, k):
    target[:k + 1] = source[k::-1]
    return target


def too_short(items, k):
    items[:k] = items[k::-1]
    return items


def from_elsewhere(items, k, j):
    items[:j + 1] = items[k::-1]
    return items


def attempt(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


class Sub(list):
    def __getitem__(self, key):
        return list.__getitem__(self, key)

    def __setitem__(self, key, value):
        list.__setitem__(self, key, [len(value)] + list(value))


class Dying:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def main():
    print(flips([3, 1, 4, 0, 2]))
    total = 0
    for seed in range(400):
        items = [(seed * 7 + i * 3) % 10 for i in range(10)]
        if sorted(items) == list(range(10)):
            total += flips(items)
    print(total)
    for _ in range(300):
        by_length(list(range(6)), 4), from_zero(list(range(6)), 4), first_three(list(range(6)))
        into_other([0] * 3, list(range(6)), 2), too_short(list(range(6)), 3), from_elsewhere(list(range(6)), 3, 3)
    for n in (6, 4, 1, 0, -1, -3, 7, 100, True, 2.0, None, 1 << 70, -(1 << 70)):
        print(n, attempt(by_length, list("abcdef"), n), attempt(from_zero, list("abcdef"), n))
    for k in (5, 2, 0, -1, 6, 1 << 62, (1 << 62) - 1, "k"):
        print(k, attempt(too_short, list("abcdef"), k), attempt(from_elsewhere, list("abcdef"), k, 2))
        print(k, attempt(into_other, list("xyz"), list("abcdef"), k), attempt(from_elsewhere, list("abcdef"), k, k))
    print(first_three([]), first_three([1]), first_three([1, 2, 3]), first_three(Sub("abcd")))
    print(attempt(first_three, (1, 2, 3)), attempt(first_three, bytearray(b"abcd")), attempt(first_three, "abcd"))
    same = list("abcdef")
    print(into_other(same, same, 3))
    holds = [Dying(i) for i in range(4)]
    counts = [sys.getrefcount(item) for item in holds]
    for _ in range(301):
        from_zero(holds, 3)
    print([item.name for item in holds], counts == [sys.getrefcount(item) for item in holds])
    del holds[1:3]
    print("end")


main()
