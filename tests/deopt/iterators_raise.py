"""Exceptions in __iter__, __next__, __len__, __getitem__, keys and callbacks of hot loops; StopIteration where it does not belong."""


class Flaky:
    def __init__(self, n, at, error):
        self.n, self.at, self.error, self.i = n, at, error, 0

    def __iter__(self):
        if self.at == "iter":
            raise self.error
        return self

    def __next__(self):
        self.i += 1
        if self.i == self.at:
            raise self.error
        if self.i > self.n:
            raise StopIteration
        return self.i

    def __length_hint__(self):
        if self.at == "hint":
            raise self.error
        return self.n


def total(iterable):
    t = 0
    for x in iterable:
        t += x
    return t


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        tb, lines = error.__traceback__, []
        while tb:
            lines.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
            tb = tb.tb_next
        return repr(error), lines[1:]


for _ in range(200):
    total(Flaky(20, None, None))
print(attempt(total, Flaky(5000, None, None)))
print(attempt(total, Flaky(5000, 3000, ValueError("next"))))
print(attempt(total, Flaky(5000, 3000, StopIteration("early"))))
print(attempt(total, Flaky(5000, "iter", ValueError("iter"))))
for consumer in (list, tuple, set, sum, max, sorted, "".join, lambda x: [y for y in x], lambda x: {y: 1 for y in x}, lambda x: [*x], lambda x: dict.fromkeys(x), lambda x: list(zip(x, x)), lambda x: list(map(str, x)), lambda x: list(enumerate(x)), lambda x: 4999 in x, lambda x: any(y > 4000 for y in x), lambda x: (lambda *a: len(a))(*x)):
    out = attempt(consumer, Flaky(5000, 3000, KeyError("k")))
    print(out[0] if isinstance(out, tuple) else out)
print(attempt(list, Flaky(10, "hint", TypeError("hint"))), attempt(list, Flaky(10, "hint", ValueError("hint")))[0])


class NotIterator:
    def __iter__(self):
        return 5


class Switching:
    """Its __next__ is replaced on the class in the middle."""

    def __init__(self):
        self.i = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.i += 1
        if self.i == 3000:
            Switching.__next__ = Switching.other
        return 1

    def other(self):
        self.i += 1
        if self.i > 4000:
            raise StopIteration
        return 100


print(attempt(total, Switching()))
print(attempt(total, NotIterator())[0], attempt(total, 5)[0], attempt(total, None)[0])


def mixed(sources):
    out = []
    for source in sources:
        t = n = 0
        for x in source:
            t += x
            n += 1
        out.append((t, n))
    return out


for _ in range(500):
    mixed([range(5), [1, 2]])
print(mixed([range(3000), [1] * 3000, (2,) * 3000, {3: 1, 4: 2}, {5}, (i for i in range(3000)), map(int, "123"), Flaky(9, None, None), bytes(3), range(2**62, 2**62 + 3), range(10, 0, -3), reversed([1, 2]), enumerate([]), [0.5], iter([1])]))


def stop_inside(n):
    def generator():
        for i in range(n):
            yield take(i)

    def take(i):
        if i == 2500:
            raise StopIteration("from callee")
        return i

    t = 0
    for x in generator():
        t += x
    return t


print(attempt(stop_inside, 3000)[0])


def map_stops(n):
    def f(x):
        if x == 2500:
            raise StopIteration
        return x

    return sum(map(f, range(n)))


print(map_stops(3000), sum(range(2500)))


def nested_try(n):
    log = {}
    for i in range(n):
        try:
            try:
                if i % 5 == 0:
                    raise ValueError
                if i % 7 == 0:
                    raise KeyError
                if i % 1111 == 0:
                    {}[i]
            except ValueError:
                log["v"] = log.get("v", 0) + 1
                if i % 10 == 0:
                    raise TypeError from None
            else:
                log["e"] = log.get("e", 0) + 1
                continue
            finally:
                log["f"] = log.get("f", 0) + 1
        except (KeyError, TypeError) as error:
            log[type(error).__name__] = log.get(type(error).__name__, 0) + 1
    return log


print(nested_try(5000))


class Seq:
    def __getitem__(self, i):
        if i == 3000:
            raise IndexError
        if i == 3500:
            raise LookupError("no")
        return i


class Seq2(Seq):
    def __getitem__(self, i):
        return super().__getitem__(i + 600)


print(attempt(total, Seq()), attempt(total, Seq2()))
