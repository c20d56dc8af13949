# What was read once is not read again: unless something wrote to it in between.


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


class Slotted:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y


def same_object_by_two_names(a, b):
    first = a.x
    b.x = first + 1
    second = a.x
    a.x = second + 10
    return first, second, b.x, a.x


def other_field(a, b):
    first = a.x
    b.y = 100
    return first + a.x + b.y + a.y


def lists_by_two_names(a, b, i):
    first = a[i]
    b[i] = first + 1
    second = a[i]
    a[0] = second + 1
    return first, second, a[i], b[0]


def list_grows(a):
    x, y = a
    a.append(1)
    try:
        x, y = a
    except ValueError as error:
        return str(error)
    finally:
        a.pop()
    return x, y


def list_after_pop(a):
    x, y, z = a
    a.append(a.pop())
    a[1] = a[1] + 1
    x2, y2, z2 = a
    return x, y, z, x2, y2, z2


class Drops:
    def __init__(self, target):
        self.target = target

    def __del__(self):
        self.target.x = -1
        self.target.items[0] = -2


def finalizer_between(p, make):
    d = make(p)
    first = p.x, p.items[0]
    d = None
    return first, p.x, p.items[0]


def unpacks_either(t):
    a, b = t
    c, d = t
    b, a = t
    return a, b, c, d


def keeps_items_alive(t):
    a, b = t
    t = None
    a, b = b, a
    return a, b


class Counted:
    live = 0

    def __init__(self):
        Counted.live += 1

    def __del__(self):
        Counted.live -= 1


def held_by_list():
    items = [Counted(), Counted()]
    a, b = items
    items[0] = None
    x = Counted.live
    a = None
    return x, Counted.live, b is items[1]


def cell_between():
    n = 0

    def step():
        nonlocal n
        n += 1
        return n

    total = 0
    for _ in range(300):
        before = n
        step()
        total += n - before
    return total, n


LIMIT = 3


def global_between(k):
    global LIMIT
    first = LIMIT
    LIMIT = first + k
    return first, LIMIT


def method_replaced(p, other):
    first = p.get()
    if other is not None:
        type(p).get = other
    return first, p.get()


class Gets:
    def __init__(self):
        self.v = 1

    def get(self):
        return self.v


def main():
    p, q = Point(1, 2), Point(3, 4)
    s, t = Slotted(1, 2), Slotted(3, 4)
    out = []
    for i in range(400):
        a, b = (p, p) if i % 3 == 0 else (p, q)
        out.append(same_object_by_two_names(a, b))
        out.append(other_field(a, b))
        a, b = (s, s) if i % 3 == 0 else (s, t)
        out.append(same_object_by_two_names(a, b))
        out.append(other_field(a, b))
    print(out[-8:], sum(len(o) if isinstance(o, tuple) else o for o in out))
    one, two = [1, 2, 3], [4, 5, 6]
    for i in range(400):
        r = lists_by_two_names(one, one if i % 2 else two, i % 3)
    print(r, one, two)
    pair = [1, 2]
    for i in range(400):
        r = list_grows(pair)
    print(r, pair)
    three = [1, 2, 3]
    for i in range(400):
        r = list_after_pop(three)
    print(r)
    p.items = [5]
    for i in range(400):
        p.x, p.items[0] = i, i
        r = finalizer_between(p, Drops)
        assert r == ((i, i), -1, -2), r
    print(r)
    for i in range(600):
        r = unpacks_either((i, 1.5) if i % 2 else [i, "x"])
    print(r)
    try:
        unpacks_either("abc")
    except ValueError as error:
        print(error)
    print(unpacks_either({1: 2, 3: 4}), unpacks_either("ab"))
    for i in range(400):
        r = keeps_items_alive((Point(i, i), str(i)))
    print(r[0], r[1].x)
    for i in range(400):
        r = held_by_list()
    print(r, Counted.live)
    print(cell_between())
    for i in range(400):
        r = global_between(i)
    print(r)
    g = Gets()
    for i in range(400):
        r = method_replaced(g, None)
    print(r, method_replaced(g, lambda self: "new"), method_replaced(g, None))


main()
