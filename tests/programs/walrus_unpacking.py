"""Walrus, chained assignment, unpacking, augmented targets, del, global and nonlocal, else of loops, comprehensions, assert."""

import sys

data = [3, 8, 1, 9, 4]
if (n := len(data)) > 3 and (top := max(data)) > 5:
    print(n, top)
while (item := data.pop()) != 8:
    print(item, end=" ")
print(data, item)
print([y := 1, y**2, (y := y + 5)], y, [last := x for x in range(5)], last, any((hit := w).startswith("b") for w in ["a", "bc", "d"]), hit)
a = b = c = []
a.append(1)
print(b, c is a)
i = 0
i, lst = 2, [10, 20, 30]
i, lst[i] = 0, i
print(i, lst)
x, (y, *z), [w] = 1, "abcd", {5}
(p, q), r = [1, 2], 3
print(x, y, z, w, p, q, r, *[*range(2)], *"ab")
head, *tail = range(5)
*init, end = "xyz"
print(head, tail, init, end, {**{"a": 1}, "b": 2, **{"a": 3}}, (*(1,), *[2]), [*{}, *()])


class Target:
    def __init__(self):
        self.log = []

    def __getitem__(self, key):
        self.log.append(("get", key))
        return 10

    def __setitem__(self, key, value):
        self.log.append(("set", key, value))

    def __delitem__(self, key):
        self.log.append(("del", key))

    def __getattr__(self, name):
        self.log.append(("getattr", name))
        return 5

    def __delattr__(self, name):
        self.log.append(("delattr", name))


t = Target()
t[1] += 5
t[1:2, ...] = 0
del t[0], t.gone, (t[2], t[3])
t.missing
for t["loop"] in range(2):
    pass
with open("/dev/null") as t["file"]:
    pass
print([e if "file" not in e else "file" for e in t.log])
order = []


def f(name, value=None):
    order.append(name)
    return value


f("c", {})[f("d", "k")] = f("v", 1)
f("l", [1, 2])[f("i", 0)] += f("r", 5)
{f("k1"): f("v1"), f("k2"): f("v2")}
f("a", 1) < f("b", 2) < f("c", 3) > f("never", 9) > f("not", 0)
f("x", 0) and f("skipped") or f("y", 0) or f("z", 1)
print(order)


def search(items, wanted):
    for i, item in enumerate(items):
        if item == wanted:
            break
    else:
        return "absent"
    return i


def loops(n):
    total = skipped = 0
    i = 0
    while i < n:
        i += 1
        if i % 3 == 0:
            skipped += 1
            continue
        for j in range(i % 5):
            if j == 3:
                break
            total += j
        else:
            total += 100
    else:
        total += 1_000_000
    return total, skipped


print(search("abc", "c"), search("abc", "z"), loops(12000))
counter = 0


def bump():
    global counter, fresh
    counter += 1
    fresh = counter * 2

    def inner():
        global counter
        counter += 10

    inner()


for _ in range(1000):
    bump()
print(counter, fresh)
pairs = [(x, y) for x in range(30) if x % 2 for y in range(x) if (s := x + y) % 7 == 0 and s > 10]
nested = [[(i, j) for j in range(i)] for i in range(4)]
flat = {k: {v for v in range(k) if v % 2} for k in range(5)}
print(len(pairs), pairs[:3], nested, flat, sum(x * y for x, y in pairs), [[x for x in row] for row in zip(*[[1, 2], [3, 4]])])
try:
    assert (lambda v: v > 5)(3), f"value was {3}"
except AssertionError as error:
    print(error)
matrix = [[1, 2, 3], [4, 5, 6]]
(matrix[0][0], matrix[1][2]), matrix[0][1] = (matrix[1][2], matrix[0][0]), 99
print(matrix, [*map(list, zip(*matrix))])
fibs = [0, 1]
while (nxt := fibs[-1] + fibs[-2]) < 10**30:
    fibs.append(nxt)
print(len(fibs), fibs[-1], (lambda *, k=(v := 3): k)(), v)
if True: pass; print("one line"); del counter
try:
    counter
except NameError as error:
    print(error)
print(f"{(lambda x: x * 2)(4)}", (yield_ := 5), not (0 or []), 1 if [] else 2 if "" else 3, ..., Ellipsis is ..., __name__, __debug__)
ternary = sum((i if i % 2 else -i) if i % 3 else (i & 7 or 1) for i in range(20000))
print(ternary, 0 if ternary else 1, sys.intern("a") is sys.intern("a"))
del x, y
a, b = 1, 2
for _ in range(5001):
    a, b = b, a
    a, b, c = b, a + 0, a
print(a, b, c)
