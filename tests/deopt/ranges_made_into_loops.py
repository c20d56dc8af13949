# Loops over ranges with all kinds of arguments, which meet others when they are hot.
def total(*args):
    t = 0
    for i in range(*args):
        t += i
    return t


def one(n):
    t = 0
    for i in range(n):
        t += i
    return t


def two(a, b):
    t = 0
    for i in range(a, b):
        t = t * 3 + i & 0xFFFF
    return t


def three(a, b, c):
    return [i for i in range(a, b, c)]


def indexed(items, a, b, c):
    t = 0
    for i in range(a, b, c):
        t += items[i]
    return t


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


def rest(n):
    out = []
    for i in range(n):
        if i == 3:
            break
    for j in range(i, -n, -2):
        out.append(j)
    return out


def nested(n):
    t = 0
    for i in range(n):
        for j in range(i, n):
            for k in range(j, i - 1, -1):
                t += i * j - k
    return t


def attempt(f, *args):
    try:
        return f(*args)
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        return f"{type(error).__name__}: {error}"


for _ in range(300):
    r = one(10), two(3, 30), three(1, 20, 4), three(20, 1, -4), indexed([1, 2, 3, 4], 3, -1, -1), rest(9), total(5)
print(r)
print(nested(30))
for args in [(-1,), (True,), (Index(4),), (10**19,), (2.5,), ("3",), (None,)]:
    if args != (10**19,):
        print(args if not isinstance(args[0], Index) else "Index", attempt(one, *args))
print(attempt(three, 0, 5, 0), attempt(three, 5, 0, -(2**61)), attempt(three, -(2**61), 2**61, 2**61))
print(attempt(three, 10**20, 10**20 + 3, 1), attempt(three, 2**61 - 2, 2**61 + 1, 1))
print(attempt(indexed, [1, 2, 3, 4], 0, 9, 1), attempt(indexed, [1, 2, 3, 4], -1, -5, -1), attempt(indexed, [1, 2], -2, 2, 1))
print(attempt(two, 5, "x"), attempt(two, Index(1), True), attempt(total, 1, 2, 3, 4))


def replaced(n, make):
    global range
    t = 0
    for i in range(n):
        if i == n - 2 and make:
            range = make
        for j in range(3):
            t += j
    return t


for _ in range(200):
    r = replaced(5, None)
print(r, replaced(5, lambda n: [100] * n), replaced(2, None))
del range
print(replaced(5, None))
