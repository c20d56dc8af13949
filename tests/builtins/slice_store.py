# Slices of lists: overlaps, finalizers, bounds in Python, and what is seen meanwhile.


class Loud:
    def __init__(self, name, look=None):
        self.name = name
        self.look = look

    def __del__(self):
        print("del", self.name, self.look and list(map(str, self.look)))

    def __str__(self):
        return self.name


def overlap():
    a = [0, 1, 2, 3, 4, 5]
    a[1:3] = a
    print(a)
    a[:] = a
    print(a)
    a[2:] = a[::-1]
    print(a)
    a[::2] = a[1::2]
    print(a)
    a[5:2] = [9]
    print(a)
    a[-3:] = ()
    print(a)
    b = a[1:4]
    b[0:2] = b[1:3]
    print(a, b, a[100:], a[:-100], a[-100:2])
    a[len(a):] = "xy"
    print(a)
    c = d = [7, 8]
    a[0:2] = c
    c.append(1)
    print(a, d)


def equal_lengths():
    seen = []
    a = [Loud("a", seen), Loud("b", seen), Loud("c", seen)]
    seen.append("start")
    a[0:2] = [Loud("d", a), Loud("e", a)]
    print("stored")
    a[:] = [1]
    print("shorter")


def temporary():
    def make(n):
        return [Loud(f"m{n}"), Loud(f"n{n}")]

    a = make(1)
    a[:] = make(2)
    print("same length")
    a[1:] = make(3)
    print("longer")
    a[:2] = []
    print("empty", len(a))
    del a[:]
    print("deleted")


class Bound:
    def __init__(self, value, act):
        self.value = value
        self.act = act

    def __index__(self):
        self.act()
        return self.value


def bounds():
    a = [1, 2, 3, 4, 5]
    print(a[Bound(1, a.clear) : 3], a)
    a = [1, 2, 3, 4, 5]
    a[Bound(0, lambda: a.append(6)) : Bound(-1, a.pop)] = [0]
    print(a)
    a = list(range(8))
    a[Bound(2, lambda: a.__delitem__(0)) :: 2] = [-1, -2, -3]
    print(a)
    for bad in ("a['x':]", "a[1.5:2]", "a[::0]"):
        try:
            exec(bad, {"a": a})
        except (TypeError, ValueError) as error:
            print(type(error).__name__, error)
    try:
        a[1:2] = 5
    except TypeError as error:
        print(error)
    try:
        a[::2] = [1]
    except ValueError as error:
        print(error)
    print(a[True:None], a[None:False], a[2**70 :], a[-(2**70) : 2])


class Items(list):
    def __iter__(self):
        return iter([10, 20])


def subclasses():
    a = Items([1, 2, 3])
    print(type(a[0:2]).__name__, a[0:2])
    b = [0, 0, 0]
    b[1:2] = a
    print(b)
    a[0:1] = b
    print(list.__len__(a), a[:])


def changing(n):
    total = []
    for i in range(n):
        perm = list(range(6))
        k = i % 6
        perm[: k + 1] = perm[k::-1]
        perm[k:] = perm[k + 1 :] + perm[k : k + 1]
        total.append(perm)
    return total


overlap()
equal_lengths()
temporary()
bounds()
subclasses()
for i in range(60):
    last = changing(12)
print(last)
