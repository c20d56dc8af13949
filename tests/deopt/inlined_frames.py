"""Small functions called from hot loops, seen from outside while they run: frames, tracebacks, limits, finalizers."""
import sys
import traceback


def names(depth=6):
    frame, found = sys._getframe(1), []
    while frame is not None and len(found) < depth:
        found.append((frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        frame = frame.f_back
    return found


# A callee of an inlined function looks at the frames.

watch = None


def look():
    if watch is not None:
        return watch()
    return 0


def middle(x):
    y = x + 1
    z = look()
    return y + (z if isinstance(z, int) else len(z))


def outer(x):
    r = middle(x)
    return r * 2


def loop(n, at):
    global watch
    total = 0
    for i in range(n):
        if i == at:
            watch = names
        total += outer(i)
        watch = None
    return total


print(loop(3000, 2990))


# A frame that outlives its call.

kept = []


def keep():
    kept.append(sys._getframe(2))
    return 7


def holder(a, b):
    c = a + b
    d = look()
    e = c + d
    return e


def loop2(n, at):
    global watch
    total = 0
    for i in range(n):
        watch = keep if i == at else None
        total += holder(i, 0.5)
    return total


print(loop2(3000, 2990))
print(sorted(kept[0].f_locals.items()), kept[0].f_code.co_name)
del kept[:]


# Variables of an inlined frame and of its caller written from below.

def poke():
    sys._getframe(2).f_locals['total'] = 1000
    sys._getframe(1).f_locals['y'] = 50
    return 1


def inner(x):
    y = x
    z = poke() if x == 2990 else 0
    return y + z


def loop3(n):
    total = 0
    for i in range(n):
        total = total + inner(i) - i
    return total


print(loop3(3000))


# Exceptions out of several inlined frames.

class Box:
    def __init__(self, v):
        self.v = v

    def get(self, k):
        return self.v[k]

    def twice(self, k):
        return self.get(k) + self.get(k)


def loop4(n, box):
    total = 0
    for i in range(n):
        try:
            total += box.twice(i % 3)
        except IndexError:
            total -= 1
            if i > 2990:
                print(traceback.format_exc().replace(__file__, 'FILE'))
                break
        if i == 2990:
            box.v = [1, 2]
    return total


print(loop4(3000, Box([1, 2, 3])))


# The limit of recursion is met at the same depth.

def leaf(n):
    return n


def deep(n):
    return leaf(n) if n == 0 else deep(n - 1) + leaf(1)


for _ in range(600):
    deep(20)
depth = 0
try:
    while True:
        deep(depth)
        depth += 1
except RecursionError as error:
    print(type(error).__name__, error)
first = depth
for _ in range(3):
    try:
        deep(first - 1)
        print('fits')
        deep(first)
    except RecursionError:
        print('too deep')


# A finalizer in an inlined frame, as its variables go.

log = []


class Noisy:
    def __init__(self, n):
        self.n = n

    def __del__(self):
        if self.n % 1000 == 999:
            log.append((self.n, names(3)))


def make(n):
    first = Noisy(n)
    second = Noisy(n + 1)
    return first.n + second.n


def loop5(n):
    total = 0
    for i in range(n):
        total += make(i)
    return total


print(loop5(3000))
for line in log:
    print(line)


# The method that runs is replaced, and the last reference to it goes.

class Shape:
    def area(self):
        r = self.side * self.side
        self.change()
        return r + self.side

    def change(self):
        if self.side == 2990:
            del Shape.area
            Shape.area = lambda self: -1


def loop6(n):
    s = Shape()
    total = 0
    for i in range(n):
        s.side = i
        total += s.area()
    return total


print(loop6(3000))


# Ints that outgrow a word, other types, unbound variables.

def mul(a, b):
    return a * b


def loop7(n):
    out = []
    for i in range(n):
        a = 3037000500 if i > 2990 else i
        out.append(mul(a, a) if i < 2998 else mul('ab', 2))
    return out[-12:]


print(loop7(3000))


def maybe(flag):
    if flag:
        x = 1
    return x


def loop8(n):
    for i in range(n):
        maybe(i < 2995)


try:
    loop8(3000)
except UnboundLocalError as error:
    print(error, [f.name for f in traceback.extract_tb(error.__traceback__)])
