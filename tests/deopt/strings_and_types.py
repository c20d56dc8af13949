"""Type-unstable loops: str, bytes, tuple, None, complex and Decimal-like values arriving where one type was compiled."""


class Num:
    def __init__(self, v):
        self.v = v

    def __add__(self, o):
        return Num(self.v + (o.v if isinstance(o, Num) else o))

    __radd__ = __add__

    def __lt__(self, o):
        return self.v < o

    def __repr__(self):
        return f"Num({self.v})"


def add_all(values):
    total = values[0]
    for v in values[1:]:
        total = total + v
    return total


def attempt(f, *a):
    try:
        return f(*a)
    except TypeError as error:
        return str(error)


for _ in range(1000):
    add_all([1, 2, 3])
for values in ([1, 2.5, 3], ["a", "b"], [(1,), (2,)], [[1], [2]], [1, 2j], [b"a", b"b"], [Num(1), 2, Num(3)], [1, Num(2)], [1, "a"], ["é", "日", "😀"], [1, None], [True, True], [2**62, 2**62]):
    print(attempt(add_all, values))


def compare_all(values, x):
    n = 0
    for v in values:
        if v < x:
            n += 1
        if v == x:
            n += 100
        if v is x:
            n += 10000
        if v != x and not v > x:
            n += 1000000
    return n


for _ in range(1000):
    compare_all([1, 2, 3], 2)
for values, x in [([1, 2.0, 3], 2), (["a", "b", "é"], "b"), ([(1, 2), (1, 3)], (1, 3)), ([{1}, {1, 2}], {1, 2}), ([b"a"], b"b"), ([2**70, -(2**70)], 5), ([Num(1)], 5)]:
    print(attempt(compare_all, values, x))


def unstable(n):
    x = 0
    kinds = []
    for i in range(n):
        x = x + 1 if not isinstance(x, str) else x
        if i == 1000:
            x = float(x)
        elif i == 2000:
            x = complex(x)
        elif i == 3000:
            x = Num(x.real)
        elif i == 4000:
            x = str(x)
        if i % 1000 == 999:
            kinds.append((type(x).__name__, repr(x)))
    return kinds


print(unstable(5000))


def build(n):
    s, parts = "", []
    for i in range(n):
        s += "ab" if i != 2000 else "é"
        if i == 2500:
            t = s
        if i == 2600:
            s += "😀"
        parts.append(s[-1])
    return len(s), len(t), "".join(parts)[1998:2003], s[4001] if len(s) > 4001 else "", s.count("é"), t.isascii()


print(build(3000))


def char_loop(text):
    counts = [0] * 128
    other = 0
    for c in text:
        o = ord(c)
        if o < 128:
            counts[o] += 1
        else:
            other += 1
    return sum(counts), other


for _ in range(100):
    char_loop("hello world")
print(char_loop("hello" * 500), char_loop("héllo" * 500 + "日😀"))


def subscripts(c, n):
    t = 0
    for i in range(n):
        t += c[i % 3]
    return t


for _ in range(100):
    subscripts([1, 2, 3], 30)
print([subscripts(c, 3000) for c in ([1, 2, 3], (1, 2, 3), {0: 1, 1: 2, 2: 3}, b"abc", bytearray(b"abc"), range(5), [0.5] * 3, memoryview(b"xyz"))], attempt(subscripts, "abc", 30), attempt(subscripts, {1}, 30), attempt(subscripts, None, 3))


def unpack(pairs):
    t = 0
    for a, b in pairs:
        t += a * b
    return t


for _ in range(500):
    unpack([(1, 2), (3, 4)])
print(unpack([[1, 2], (3, 4), {5: 0, 6: 0}, range(2), (i for i in (7, 8)), b"\x01\x02"]), attempt(unpack, [(1, 2), 5]))
try:
    unpack([(1, 2)] * 2000 + [(1, 2, 3)])
except ValueError as error:
    print(error)


def truthy(values):
    return sum(1 if v else 10 for v in values)


for _ in range(300):
    truthy([0, 1])
print(truthy([0, 1, 0.0, -0.0, "", "a", [], [0], None, (), {}, {1}, 0j, b"", range(0), Num(0), float("nan"), 2**70]))


def none_checks(n):
    node = None
    for i in range(n):
        node = (i, node) if i % 50 else None
    depth = 0
    while node is not None:
        depth += 1
        _, node = node
    return depth


print(none_checks(4020))


def stores(n):
    row = [0] * 4
    out = []
    for i in range(n):
        row[i & 3] = i & 0xFF
        if i == 2000:
            row[1] = "text"
        if i == 2500:
            row = {0: 0, 1: 1}
        if i == 2600:
            row = bytearray(4)
        if i > 2600 and i & 3 == 3:
            try:
                row[0] = i
            except ValueError as error:
                out.append(str(error))
                break
        if i in (2001, 2501):
            out.append(repr(row))
    return out


print(stores(3000))
