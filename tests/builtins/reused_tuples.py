# Iterators that hand out pairs give the same tuple again while nobody keeps it, and never when somebody does.
import itertools


class Noisy:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("end of", self.name)

    def __repr__(self):
        return f"<{self.name}>"


def sources():
    yield "zip", zip("abc", range(3))
    yield "zip3", zip("abc", range(3), [7, 8, 9])
    yield "enumerate", enumerate("abc")
    yield "big enumerate", enumerate("ab", 2**62 - 1)
    yield "items", {"a": 1, "b": 2, "c": 3}.items()
    yield "reversed items", reversed({"a": 1, "b": 2, "c": 3}.items())
    yield "product", itertools.product("ab", [1, 2])
    yield "product 0", itertools.product()
    yield "product empty", itertools.product("ab", [])
    yield "combinations", itertools.combinations("abcd", 2)
    yield "replacement", itertools.combinations_with_replacement("abc", 2)
    yield "permutations", itertools.permutations("abc", 2)


for name, source in sources():
    print(name, list(source))
for name, source in sources():
    print(name, [hash(t) == hash(tuple(list(t))) for t in source])

# Kept ones stay as they are, whatever is asked for next.
it = zip("abcd", range(4))
first = next(it)
second = next(it)
print(first, second, first is second)
it = iter({1: 2, 3: 4}.items())
kept = [next(it)]
kept += list(it)
print(kept, {pair: sum(pair) for pair in {1: 2, 3: 4}.items()})

# What the last round held lives until the next one.
print("-- lifetimes")
it = zip([Noisy("x0"), Noisy("x1")], [Noisy("y0"), Noisy("y1")])
for a, b in it:
    print(a, b)
del a, b
print("-- over")
del it
print("-- gone")


# An iterator that ends or raises in the middle, and goes on.
class Stutter:
    def __init__(self, items):
        self.items = list(items)

    def __iter__(self):
        return self

    def __next__(self):
        item = self.items.pop(0)
        if isinstance(item, type):
            raise item
        return item


it = zip("abcdef", Stutter([1, 2, ValueError, 3, StopIteration, 4]))
got = []
while True:
    try:
        a, b = next(it)
        got.append((a, b))
    except ValueError:
        got.append("error")
    except StopIteration:
        got.append("stop")
        if len(got) > 5:
            break
    except IndexError:
        got.append("index")
        break
print(got)


# A finalizer that asks the iterator for more while it fills its tuple.
class Greedy:
    def __init__(self, log):
        self.log = log

    def __del__(self):
        self.log.append(next(pairs, None))


log = []
pairs = zip([Greedy(log) for _ in range(6)], range(6))
count = 0
for _, number in pairs:
    count += 1
    log.append(number)
    del _
print(count, len(log), [entry if isinstance(entry, (int, type(None))) else entry[1] for entry in log])

# Changes of the dict while its items are walked.
d = {i: i for i in range(3)}
try:
    for k, v in d.items():
        d[k + 10] = v
except RuntimeError as error:
    print(error)
d = {i: i for i in range(2)}
try:
    for k, v in d.items():
        del d[k]
        d[k + 10] = v
except RuntimeError as error:
    print(error)
print(list(zip()), list(zip([1])), dict(zip("ab", "cd")), [*enumerate([], 5)])
