# Methods of builtin objects held in variables: hot, then others in their place.
def rotate(items, count):
    insert = items.insert
    pop = items.pop
    for i in range(count):
        insert(i % len(items), pop(0))
    return items


print(rotate(list(range(7)), 1000))
print(rotate([1.5, "a", None, 2], 999))


class Loud(list):
    def pop(self, index=-1):
        calls.append(index)
        return super().pop(index)


calls = []
print(rotate(Loud([1, 2, 3]), 500), len(calls))


def through(function, values):
    total = 0
    for value in values:
        total += function(value)
    return total


print(through(len, ["ab"] * 500))
print(through(abs, [-3] * 500))
print(through(int, ["12"] * 500))
print(through("aabba".count, ["a"] * 500))
print(through([5, 6, 7].__getitem__, [2, 0] * 300))
print(through(lambda v: v * 2, [4] * 500))
print(through({"k": 9}.get, ["k"] * 500))


def swapped(count):
    data = [3, 1, 2]
    take = data.count
    found = []
    for i in range(count):
        if i == count // 2:
            take = data.index
        found.append(take(2))
    return sum(found), found[0], found[-1]


print(swapped(1000))


def raises(count):
    pop = [1] * count
    pop = pop.pop
    done = 0
    try:
        while True:
            pop()
            done += 1
    except IndexError as error:
        return done, str(error)


print(raises(1500))


def made(kind, count):
    return [kind(i) for i in range(count)][-1]


for kind in (str, float, list, complex, bytes, int):
    try:
        print(made(kind, 400))
    except TypeError as error:
        print(error)
