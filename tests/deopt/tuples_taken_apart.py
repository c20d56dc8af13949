# Tuples that are built only to be taken apart by a function that is called with them: they are there for whoever
# looks.
import sys


class Grid:
    def __init__(self, w, h):
        self.w, self.h = w, h
        self.data = [0] * (w * h)

    def index(self, x, y):
        if 0 <= x < self.w and 0 <= y < self.h:
            return y * self.w + x
        raise IndexError((x, y))

    def __getitem__(self, x_y):
        (x, y) = x_y
        return self.data[self.index(x, y)]

    def __setitem__(self, x_y, value):
        (x, y) = x_y
        self.data[self.index(x, y)] = value


class Kept:
    def __init__(self):
        self.seen = []

    def __getitem__(self, key):
        a, b = key
        if b > 995:
            self.seen.append(key)
        return a + b


class Looks:
    """Dies in a callee whose variable is a tuple."""

    def __init__(self, out):
        self.out = out

    def __del__(self):
        frame = sys._getframe(1)
        self.out.append((frame.f_code.co_name, sorted(frame.f_locals)))
        key = frame.f_locals.get("key")
        self.out.append(key)


class Holder:
    def __init__(self):
        self.out = []
        self.value = None

    def __getitem__(self, key):
        a, b = key
        self.value = None
        return a * b + len(key)


def relax(g, times):
    for _ in range(times):
        for y in range(1, g.h - 1):
            for x in range(1, g.w - 1):
                g[x, y] = (g[x - 1, y] + g[x + 1, y] + g[x, y - 1] + g[x, y + 1] + x * y) // 5
    return sum(g.data)


def walks_out(g):
    total = 0
    x = 0
    try:
        while True:
            total += g[x, 2]
            x += 1
    except IndexError as error:
        frames = []
        tb = error.__traceback__
        while tb is not None:
            f = tb.tb_frame
            frames.append((f.f_code.co_name, f.f_locals.get("x_y"), f.f_locals.get("x"), tb.tb_lineno))
            tb = tb.tb_next
        return total, x, error.args, frames


def odd_keys(g):
    out = []
    for key in [(1, 1), (True, 2), (1.0, 1), ("1", 1), (1, 1, 1), [1, 2], 10**30]:
        try:
            if isinstance(key, tuple) and len(key) == 2:
                a, b = key
                out.append(g[a, b])
            else:
                out.append(g[key])
        except (TypeError, ValueError, IndexError) as error:
            out.append(f"{type(error).__name__}: {error}")
    return out


def keeps(k):
    total = 0
    for i in range(1000):
        total += k[i, i]
    return total


def looks(h):
    total = 0
    for i in range(600):
        if i % 200 == 150:
            h.value = Looks(h.out)
        total += h[i, 2.5]
    return total


def rare(g):
    # Floats that do not fit a word.
    out = []
    for i in range(400):
        scale = 5e-324 if i == 390 else 1.5
        try:
            out.append(g[i, scale])
        except TypeError as error:
            out.append(str(error))
    return out[0], out[390:392]


class Pairs:
    def __getitem__(self, key):
        a, b = key
        if a == 390:
            return key
        return a * b


def main():
    g = Grid(12, 9)
    print(relax(g, 60))
    for _ in range(300):
        r = walks_out(g)
    print(r)
    for _ in range(200):
        r = odd_keys(g)
    print(r)
    k = Kept()
    print(keeps(k), k.seen, keeps(k), k.seen[0] is k.seen[4], k.seen[-1])
    h = Holder()
    print(looks(h), h.out)
    print(rare(Pairs()))
    events = []

    def trace(frame, event, arg):
        if event == "return" and len(events) < 6:
            events.append((frame.f_code.co_name, frame.f_locals.get("x_y"), arg))
        return trace

    def traced(n):
        total = 0
        for i in range(n):
            if i == n - 3:
                sys.settrace(trace)
            total += g[i % 10, 3]
        sys.settrace(None)
        return total

    for _ in range(5):
        events.clear()
        total = traced(300)
    print(total, events)


main()
