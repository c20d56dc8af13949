"""A __del__ that changes what the hot loop relies on: globals, methods, lists, attributes, dicts, other objects' classes."""

LIMIT = 10**9
FACTOR = 1


class Trap:
    def __init__(self, action):
        self.action = action

    def __del__(self):
        self.action()


class Box:
    value = 1

    def get(self):
        return 1


def loop(n, at, make):
    """Drops the trap at one iteration by overwriting the local that holds it."""
    box, items, total = Box(), [1] * 8, 0
    holder = None
    for i in range(n):
        holder = make(box, items) if i == at else None
        total += box.get() * FACTOR + box.value + items[i & 7]
        if total > LIMIT:
            return "limit", i, total
    return total


def set_global(box, items):
    def action():
        global FACTOR
        FACTOR = 100

    return Trap(action)


def set_method(box, items):
    return Trap(lambda: setattr(Box, "get", lambda self: 50))


def set_value(box, items):
    return Trap(lambda: setattr(box, "value", 0.5))


def set_class_value(box, items):
    return Trap(lambda: setattr(Box, "value", 7))


def set_items(box, items):
    return Trap(lambda: items.__setitem__(slice(None), [2.5] * 8))


def change_class(box, items):
    class Other(Box):
        def get(self):
            return -1

    return Trap(lambda: setattr(box, "__class__", Other))


def set_limit(box, items):
    def action():
        global LIMIT
        LIMIT = 0

    return Trap(action)


def reset():
    global FACTOR, LIMIT
    FACTOR, LIMIT = 1, 10**9
    Box.get = original
    Box.value = 1


original = Box.get
print(loop(5000, -1, None))
for make in (set_global, set_method, set_value, set_class_value, set_items, change_class, set_limit):
    print(make.__name__, loop(5000, 4000, make))
    reset()


def shrink(n):
    items = list(range(n))

    class Shrinker:
        def __del__(self):
            del items[3000:]

    items[2000] = Shrinker()
    seen = 0
    try:
        for i in range(n):
            old = items[i]
            items[i] = 0
            del old
            seen += 1
    except IndexError as error:
        return seen, str(error), len(items)
    return seen


print(shrink(5000))


def iterate(n):
    items = [None] * n

    class Clearer:
        def __del__(self):
            items.clear()

    items[2500] = Clearer()
    count = 0
    for x in items:
        count += 1
        if x is not None:
            items[2500] = None
            del x
    return count


print(iterate(5000))


def in_dict(n):
    d = {}

    class Adder:
        def __init__(self, k):
            self.k = k

        def __del__(self):
            d[f"dead{self.k}"] = self.k

    for i in range(n):
        d["slot"] = Adder(i) if i % 1000 == 0 else i
    return d


print(in_dict(5000))


def raising(n):
    class Bad:
        def __del__(self):
            order.append("raise")
            raise ValueError("ignored?") if False else StopIteration

    import sys

    old, sys.unraisablehook = sys.unraisablehook, lambda info: order.append(type(info.exc_value).__name__)
    total = 0
    try:
        for i in range(n):
            x = Bad() if i == 3000 else i
            total += 1
    finally:
        sys.unraisablehook = old
    return total


order = []
print(raising(4000), order)


def resurrect(n):
    saved = []

    class Phoenix:
        def __init__(self, k):
            self.k = k

        def __del__(self):
            saved.append(self)

    for i in range(n):
        p = Phoenix(i)
        if len(saved) > 10:
            saved.clear()
    return [p.k for p in saved]


print(resurrect(3000))


def argument_order(n):
    log = []

    class Temp:
        def __init__(self, k):
            self.k = k

        def __del__(self):
            log.append(self.k)

    def use(a, b):
        log.append("use")
        return 1

    for i in range(n):
        log.clear()
        use(Temp("a"), Temp("b")) + len([Temp("c")]) + (Temp("d").k == "d")
        t = (Temp("e"), Temp("f"))
        t = None
        log.append("end")
    return log


print(argument_order(3000))
