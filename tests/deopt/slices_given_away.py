"""A list that is assigned to a slice gives its items away only if nobody else has it; slices by steps."""
import sys
import traceback


class Position:
    def __init__(self, at):
        self.at = at

    def __index__(self):
        if self.at > 90:
            raise ValueError(f"no position {self.at}")
        return self.at


def flips(permutation):
    permutation = permutation[:]
    count = 0
    first = permutation[0]
    while first:
        permutation[:first + 1] = permutation[first::-1]
        count += 1
        first = permutation[0]
    return count, permutation


def kept(rounds):
    total = 0
    target = [0] * 6
    other = [0] * 6
    for i in range(rounds):
        mine = [i, i + 1]
        target[:2] = mine
        total += len(mine)
        target[2:4] = again = [i, i]
        total += len(again) + again[0]
        target[4:] = other[1:3] = [i, -i]
        total += sum(target) + sum(other)
        target[:] = target
        target[:3] = target[3:]
        target[len(target):] = [i] * 3
        total += len(target)
        del target[6:]
    return total, target, other


class Noisy:
    log = []

    def __init__(self, name):
        self.name = name

    def __del__(self):
        Noisy.log.append(self.name)


def replaced(rounds):
    items = [Noisy(-1), Noisy(-2)]
    for i in range(rounds):
        items[:1] = [Noisy(i)]
        if i % 500 == 0:
            Noisy.log.append(("at", i))
    return len(Noisy.log), Noisy.log[-3:]


def steps(rounds):
    items = list(range(12))
    text = "abcdefghijkl"
    total = 0
    for i in range(rounds):
        step = i % 5 - 7
        part = items[::step]
        total += part[0] + len(part) + len(items[i % 12::2]) + len(items[:i % 12:-1])
        total += len(text[10:1:-3]) + len((1, 2, 3)[::-1]) + sum(items[-3:None:1])
    return total


def asked(rounds):
    items = list(range(100))
    total = 0
    for i in range(rounds):
        try:
            total += sum(items[Position(i % 93)::-10])
        except ValueError as error:
            total += len(str(error)) + traceback.extract_tb(error.__traceback__)[0].lineno
    return total


def zero(rounds, step):
    items = [1, 2, 3]
    for i in range(rounds):
        if i == rounds - 1:
            step = 0
        items[::step]


print(flips([4, 2, 0, 1, 3]), sum(flips([5, 3, 1, 4, 2, 0])[0] for _ in range(300)))
print(kept(2000))
print(replaced(1501))
print(steps(3000))
print(asked(2000))
try:
    zero(2000, 2)
except ValueError as error:
    print(error, traceback.extract_tb(error.__traceback__)[-1].lineno)
try:
    for index in range(2000):
        {}[1:2:index] if index > 1500 else [1][::1]
except (TypeError, KeyError) as error:
    print(type(error).__name__, error)
print(sys.getrefcount([]) < 3)
