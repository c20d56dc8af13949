# `__eq__` that changes the container it is called from, and what is compared without it.


class Key:
    def __init__(self, number, act=None):
        self.number = number
        self.act = act

    def __hash__(self):
        return 7

    def __eq__(self, other):
        act, self.act = self.act, None
        if act:
            act()
        return isinstance(other, Key) and self.number == other.number

    def __repr__(self):
        return f"Key({self.number})"


def sets():
    s = {Key(1), Key(2), Key(3)}
    s.add(Key(4, lambda: s.discard(Key(2))))
    print(sorted(s, key=lambda k: k.number))
    s = {Key(1), Key(2)}
    print(Key(2, s.clear) in s, s)
    s = {Key(1), Key(2)}
    t = {Key(2), Key(1), Key(3)}
    print(s <= t, s < t, t >= s, s - t, t - s, sorted(s & t, key=lambda k: k.number), s.isdisjoint(t))
    s = {7, "a", (1, 2), (1, (2, "x")), 1.5, None, 2**80}
    print(7 in s, 7.0 in s, Key(1) in s, (1, 2.0) in s, (1, (2, "x")) in s, (1, (2, "y")) in s, 2**80 in s)
    print({1, 2} <= frozenset({1, 2, 3}), {1.0, True} == {1}, {(1, 2)} == {(1.0, 2)})
    print({1, 2, 3} - {2.0}, {1, 2, 3} & {2.0, 3}, {0, False, 0.0})
    print({1, 2} in {frozenset({1, 2})}, [1] in [[1]])


def dicts():
    d = {Key(1): "one", Key(2): "two"}
    print(d.get(Key(2, lambda: d.__setitem__(Key(5), "five"))), len(d))
    print(d.get(Key(9, d.clear)), d)
    d = {(1, Key(1)): "x", (1, "a"): "y", (1, 2, 3): "z", ((1, 2), 3): "w"}
    print(d[1, Key(1)], d[1, "a"], d[1.0, 2, 3], d[(1, 2), 3], d.get((1, Key(2))), d.get((1, "b")))


class Named(tuple):
    pass


class Odd(tuple):
    def __eq__(self, other):
        return "odd"

    __hash__ = tuple.__hash__


def tuples():
    print(Named((1, 2)) == (1, 2), (1, 2) == Named((1, 2)), (1, 2) in {Named((1, 2))}, [Named((1, 2))].index((1, 2)))
    print(Odd((1, 2)) == (1, 2), (1, 2) == Odd((3, 4)), (1, 2) in [Odd((3, 4))], ((1, 2),) == (Odd((3, 4)),))
    nan = float("nan")
    print((nan,) == (nan,), nan in [nan], [nan].count(nan), [float("nan")] == [float("nan")])
    log = []

    class Logged:
        def __init__(self, name):
            self.name = name

        def __eq__(self, other):
            log.append(self.name)
            return True

        __hash__ = None

    print((1, Logged("a"), 2) == (1, Logged("b"), 3), log)
    log.clear()
    print((1, Logged("a")) == (2, Logged("b")), log, (Logged("c"),) == (Logged("d"), 1), log)
    deep = ()
    for _ in range(50):
        deep = (deep, 1)
    other = ()
    for _ in range(50):
        other = (other, 1.0)
    print(deep == other, hash(deep) == hash(other), deep in {other})
    endless = []
    endless.append((endless,))
    again = []
    again.append((again,))
    try:
        print(endless == again)
    except RecursionError:
        print("RecursionError")


class Shrinking:
    def __init__(self, items):
        self.items = items

    def __eq__(self, other):
        self.items.clear()
        return False


def lists():
    a = []
    a.extend([1, Shrinking(a), 2, 3])
    print(3 in a, a)
    a = [1, "one", (1,), 1.0, None, 2**80]
    print([a.index(x) for x in (1, "one", (1,), None, 2**80)], (1.0,) in a, True in a, "two" in a, a.count(1))
    print(max([3, 1, True, 2.5]), min([nan := float("nan"), 1]) is nan, max("b", "ab", "c"), min((1, 2), (1,)))


sets()
dicts()
tuples()
lists()
