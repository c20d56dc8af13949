"""Lists shortened, grown, cleared, sorted and retyped while hot loops walk or index them."""


def walk(items, events):
    seen = []
    for k, x in enumerate(items):
        if k in events:
            events[k](items)
        seen.append(x)
    return len(seen), seen[-3:]


def plain(items, at, action):
    total = n = 0
    for x in items:
        n += 1
        if n == at:
            action(items)
        total += x
    return total, n


def index(items, n, at, action):
    total = 0
    try:
        for i in range(n):
            if i == at:
                action(items)
            total += items[i]
    except (IndexError, TypeError) as error:
        return total, i, f"{type(error).__name__}: {error}"
    return total


def shrink(items):
    del items[2500:]


def halve(items):
    items[:] = items[: len(items) // 2]


def clear(items):
    items.clear()


def grow(items):
    items.extend(range(100))


def floats(items):
    items[3000] = 0.5


def text(items):
    items[4000] = "text"


def base():
    return list(range(5000))


for action in (shrink, halve, clear, grow, floats):
    print(action.__name__, plain(base(), 2000, action), index(base(), 5000, 2000, action))
print(index(base(), 5000, 2000, text))
try:
    plain(base(), 2000, text)
except TypeError as error:
    print(error)
print(walk(base(), {100: lambda l: l.insert(0, -1), 200: lambda l: l.pop(0), 4000: lambda l: l.__delitem__(slice(4100, None))}))
print(walk([1.5] * 3000, {2000: lambda l: l.append(None), 2500: lambda l: l.reverse()}))


def pop_loop(items):
    total = 0
    while items:
        total += items.pop()
        if len(items) == 1000:
            items += [5] * 10
            items.insert(0, 1)
            total += 10**9
        if total > 10**12:
            break
        if len(items) == 900:
            items[:] = []
    return total


print(pop_loop(base()))


def quadratic(n):
    grid = [[1] * 40 for _ in range(40)]
    total = 0
    for k in range(n):
        for row in grid:
            for x in row:
                total += x
        if k == 20:
            grid[5] = [0.25] * 40
        if k == 25:
            del grid[10:]
        if k == 30:
            grid[0] = (2, 2)
        if k == 35:
            grid[1] = range(10)
    return total


print(quadratic(40))
it = iter(items := base())
for x in it:
    if x == 3000:
        items.clear()
items.extend([1, 2, 3])
print(list(it), next(it, "exhausted for good"))
swap = [1, 2, 3, 4] * 1000
for i in range(len(swap) - 1):
    swap[i], swap[i + 1] = swap[i + 1], swap[i]
    if i == 2000:
        swap[i + 1] = 10**30
print(swap.index(10**30), sum(swap) - 10**30)
neg = base()
total = 0
for i in range(1, 5001):
    total += neg[-i]
    if i == 4500:
        del neg[:100]
        break
print(total, neg[-1], neg[0])
sort_me = base()
try:
    sort_me.sort(key=lambda x: sort_me.append(1) or x)
except ValueError as error:
    print(error)
