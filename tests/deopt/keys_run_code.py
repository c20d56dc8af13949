"""Keys, items and containers whose methods run Python code that changes what is being used."""

import sys
import traceback


class Key:
    def __init__(self, value, action=None):
        self.value = value
        self.action = action

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        if self.action is not None:
            action, self.action = self.action, None
            action()
        return self.value == (other.value if isinstance(other, Key) else other)


def lookups(d, keys):
    found = missing = 0
    for key in keys:
        try:
            found += d[key]
        except KeyError as error:
            missing += 1
            last = error.args[0]
    return found, missing, last if missing else None


d = {i: i for i in range(50)}
keys = list(range(60)) * 60
print(lookups(d, keys))
d2 = dict(d)
d2[Key(70, d2.clear)] = 7
print(lookups(d2, list(range(50)) * 60 + [70, 3]))
d3 = dict(d)
d3[Key(70)] = 7
print(lookups(d3, list(range(50)) * 60 + [70, 71, 3]))


def stores(d, keys):
    local = 1
    for key in keys:
        d[key] = local
        local += 1
    return local, len(d)


d4 = {i: i for i in range(10)}
d4[Key(11, lambda: sys._getframe(2).f_locals.update({"local": 100000}))] = 1
print(stores(d4, list(range(10)) * 300 + [11, 12]))


def membership(container, items):
    count = 0
    for item in items:
        if item in container:
            count += 1
        if item not in container:
            count += 1000
    return count


class Container:
    def __init__(self):
        self.calls = 0

    def __contains__(self, item):
        self.calls += 1
        if self.calls == 3000:
            raise RuntimeError("three thousand")
        return "yes" if item % 2 else ""


class Listing:
    def __getitem__(self, index):
        if index > 5:
            raise IndexError
        return index


print(membership([1, 2, 3], range(2000)), membership({1, 2}, range(2000)), membership({5: 1}, range(2000)))
print(membership((1, 2.0, True), [1, 2, 3] * 700), membership("abc", ["a", "bc", "ca"] * 700))
print(membership(Container(), range(1000)), membership(Listing(), range(20)))
try:
    membership(Container(), range(3000))
except RuntimeError as error:
    print(error, [(f.name, f.line) for f in traceback.extract_tb(error.__traceback__)])
try:
    membership([1], [2, 3] * 1000 + [Key(1, lambda: 1 / 0)])
except ZeroDivisionError as error:
    print(error, [f.name for f in traceback.extract_tb(error.__traceback__)])
try:
    membership(5, [1])
except TypeError as error:
    print(error)


class Truth:
    def __init__(self, value):
        self.value = value

    def __bool__(self):
        if self.value is None:
            raise ValueError("no truth")
        return self.value


class Plain:
    pass


def truths(values):
    count = 0
    for value in values:
        if value:
            count += 1
        if not value:
            count += 1000
    return count


print(truths([Plain(), Plain()] * 1500))
print(truths([Plain(), Truth(True), Truth(False), [], [1], "", "x", None, 0, 0.0, 1.5, {}, 2**80] * 300))
Plain.__bool__ = lambda self: False
print(truths([Plain(), Plain()] * 1500))
try:
    truths([Plain()] * 1500 + [Truth(None)])
except ValueError as error:
    print(error, error.__traceback__.tb_next.tb_lineno - error.__traceback__.tb_lineno > -100)


def slices(values, n):
    total = 0
    for i in range(n):
        part = values[1:3]
        values[0:1] = part
        del values[0]
        total += len(part) + len(values[i % 3 :]) + len(values[::2])
        first, *rest = values
        values = [first, *rest]
    return total, values[:5]


print(slices(list(range(10)), 2000))
for odd in ("abc", (1, 2, 3), 5):
    try:
        print(slices(odd, 3))
    except TypeError as error:
        print(error)


def texts(n):
    out = ""
    count = 0
    for i in range(n):
        word = f"{i:03d}-{i!r}-{i % 7}"
        if word[0] == "0" and word[-1] >= "3":
            count += 1
        if word < out or word == "017-17-3":
            count += 100
        out = word
    return out, count


print(texts(3000))


def chars(text, indexes):
    out = []
    for i in indexes:
        try:
            out.append(text[i])
        except (IndexError, TypeError) as error:
            out.append(str(error))
    return "".join(out)


print(chars("aé☃𝄞", [0, 1, 2, 3, -1, -4] * 500)[-6:])
print(chars("aé☃𝄞", [0, 1] * 1000 + [4, -5, "x", True, slice(1, 3)])[-90:])


def displays(n):
    for i in range(n):
        t = (i, i + 0.5, "x")
        m = {t: [i, *t], "k": {i, i + 1, *t}, **{"z": i}}
        s = {x * 2: x for x in range(i % 5)}
        u = {x % 3 for x in range(i % 5)}
    return t, len(m), s, u


print(displays(3000))
