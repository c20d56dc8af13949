"""Loops that unpack pairs: enumerate, zip, items of dicts, and iterators that give something else in between."""


def total(pairs):
    result = 0
    for a, b in pairs:
        result += a * b
    return result


data = [3, 1, 4, 1, 5, 9, 2, 6]
table = dict(enumerate(data))
for _ in range(400):
    a = total(enumerate(data))
    b = total(zip(data, data))
    c = total(table.items())
    d = total(iter([(1, 2), (3, 4)]))
    e = total((x, x + 1) for x in data)
    f = total(map(lambda x: (x, 2), data))
print(a, b, c, d, e, f)


def attempt(pairs):
    try:
        return total(pairs)
    except Exception as error:
        tb = error.__traceback__
        while tb.tb_next:
            tb = tb.tb_next
        return type(error).__name__, str(error), tb.tb_lineno


for _ in range(100):
    results = [
        attempt(map(lambda x: (x,), data)),
        attempt(map(lambda x: (x, x, x), data)),
        attempt(map(lambda x: x, data)),
        attempt(map(lambda x: [x, x], data)),
        attempt(map(lambda x: "ab", data)),
        attempt(zip(data)),
        attempt(zip(data, data, data)),
        attempt(zip(data, data[:3], strict=True)),
        attempt(enumerate(data, 2**62 - 3)),
    ]
print(results)


def grows(d):
    try:
        for key, value in d.items():
            d[key + 100] = value
    except RuntimeError as error:
        return str(error)


for _ in range(100):
    message = grows({1: 2, 3: 4})
print(message)


class Pair(tuple):
    def __iter__(self):
        return iter((7, 8))


def derived():
    return total(Pair((1, 2)) for _ in range(10))


for _ in range(100):
    result = derived()
print(result)


class Noisy:
    live = 0

    def __init__(self):
        Noisy.live += 1

    def __del__(self):
        Noisy.live -= 1


def counted(n):
    most = 0
    for i, thing in enumerate(Noisy() for _ in range(n)):
        most = max(most, Noisy.live)
    del thing
    return most, Noisy.live


for _ in range(100):
    result = counted(10)
print(result)


def nested(n):
    result = []
    for i, (j, k) in enumerate(zip(range(n), range(n, 2 * n))):
        result.append(i + j * k)
    return result[-1]


for _ in range(200):
    result = nested(10)
print(result)


def keywords(a, b=2, /, c=3, *, d=4):
    return a, b, c, d


def plain(a, b=2, c=3):
    return a + b * 10 + c * 100


class Thing:
    def method(self, x, y=5, z=6):
        return x, y, z


def calls(n):
    thing = Thing()
    for i in range(n):
        got = (
            plain(i, c=1),
            plain(c=i, a=1),
            plain(b=i, a=i, c=i),
            keywords(1, c=i),
            keywords(1, d=i),
            thing.method(i, z=1),
            thing.method(z=i, x=2),
        )
    return got


print(calls(500))


def wrong(n, call):
    for i in range(n):
        try:
            call(i)
        except TypeError as error:
            message = str(error)
    return message


print(wrong(200, lambda i: plain(i, a=2)))
print(wrong(200, lambda i: plain(b=2)))
print(wrong(200, lambda i: plain(i, q=2)))
print(wrong(200, lambda i: keywords(a=i)))


def changing(n):
    global plain
    results = []
    for i in range(n):
        results.append(plain(1, c=2))
        if i == n // 2:
            plain.__defaults__ = (20, 30)
        if i == n // 2 + 5:
            plain = lambda a, c: (a, c)
    return results[0], results[n // 2 + 1], results[-1]


print(changing(1000))
