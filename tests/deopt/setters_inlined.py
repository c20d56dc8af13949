"""`container[key] = value` with a `__setitem__` in Python, in hot loops."""
import sys
import traceback


class Grid:
    def __init__(self, width, height):
        self.width = width
        self.data = [0.0] * (width * height)

    def index(self, x, y):
        if 0 <= x < self.width:
            return y * self.width + x
        raise IndexError("outside")

    def __getitem__(self, place):
        x, y = place
        return self.data[self.index(x, y)]

    def __setitem__(self, place, value):
        x, y = place
        self.data[self.index(x, y)] = value


def relax(grid, rounds):
    for _ in range(rounds):
        for y in range(1, 9):
            for x in range(1, 9):
                grid[x, y] = 0.25 * (grid[x - 1, y] + grid[x + 1, y] + grid[x, y - 1] + grid[x, y + 1]) + 0.5
    return round(grid[4, 4], 9)


def outside(grid, rounds):
    for i in range(rounds):
        grid[i % 8 if i < rounds - 1 else 99, 2] = i


class Logged:
    def __init__(self):
        self.log = []
        self.count = 0

    def __setitem__(self, key, value):
        self.count += key
        if value is None:
            self.log.append(sys._getframe(1).f_lineno)
        return value


class Last:
    gone = 0

    def __del__(self):
        Last.gone += 1


def results_dropped(rounds):
    target = Logged()
    for i in range(rounds):
        target[1] = Last()
        if i == rounds // 2:
            target[2] = None
    return target.count, target.log, Last.gone


def replaced(rounds):
    target = Logged()
    for i in range(rounds):
        target[i] = 1
        if i == 1500:
            Logged.__setitem__ = lambda self, key, value: self.log.append(key)
    return target.count, len(target.log), target.log[:2]


class Big:
    def __init__(self):
        self.total = 0

    def __setitem__(self, key, value):
        self.total = self.total * 3 + key * value


def overflow(rounds):
    big = Big()
    for i in range(rounds):
        big[i] = i + 1
    return big.total % 1000003


def order(rounds):
    seen = []

    def note(what, value):
        if len(seen) < 3:
            seen.append(what)
        return value

    target = Logged()
    for i in range(rounds):
        note("container", target)[note("key", 1)] = note("value", 2)
    return seen, target.count


class Sub(list):
    def __setitem__(self, key, value):
        super().__setitem__(key, value + 1)


def subclass(rounds):
    items = Sub([0, 0])
    plain = [0, 0]
    for i in range(rounds):
        for each in (items, plain) if i % 7 == 0 else (items,):
            each[i & 1] = i
    return items, plain


def augmented(rounds):
    grid = Grid(4, 4)
    for i in range(rounds):
        grid[i & 3, 1] += i
    return grid.data


print(relax(Grid(10, 10), 60))
try:
    outside(Grid(9, 9), 2000)
except IndexError as error:
    print(error, [frame.lineno for frame in traceback.extract_tb(error.__traceback__)])
print(results_dropped(2000))
print(replaced(3000))
print(overflow(400))
print(order(1500))
print(subclass(2000))
print(augmented(2000))
