"""Call sites whose callees change kind: function, method, class, builtin, partial, lambda, generator, wrong arity, star-args."""

from functools import partial


def one(x):
    return x


def two(x, y=1):
    return x + y


def star(*args):
    return len(args)


def kw(x, **kwargs):
    return x + len(kwargs)


def gen(x):
    yield x


class K:
    def __init__(self, x):
        self.x = x

    def method(self, x):
        return x * 2

    def __call__(self, x):
        return x * 3

    def __radd__(self, other):
        return other + self.x


def call(f, x):
    return f(x)


def site(functions, n):
    total = 0
    for i in range(n):
        f = functions[i * len(functions) // n]
        try:
            r = f(i)
        except TypeError as error:
            errors.append(str(error))
            break
        total = total + r if not hasattr(r, "send") else total + next(r)
    return total


errors = []
k = K(5)
FUNCTIONS = [one, two, star, kw, k, k.method, K, gen, abs, partial(two, y=10), lambda v: -v, int, float, bool, staticmethod(one), K.method.__get__(k), (0.5).__add__, range(10**4).__getitem__]
print(site(FUNCTIONS, 9000))
for pair in ([one, two], [one, K], [k.method, k], [one, lambda x: 0.5], [abs, one]):
    print(site(pair, 4000))
print(site([one, lambda: 1], 4000), site([one, 5], 4000), site([one, lambda x, y: 1], 4000), site([one, K.method], 4000))
print(errors)
for _ in range(3000):
    call(one, 1)
for f in FUNCTIONS[:6]:
    print(call(f, 7), end=" ")
print()


def with_args(n):
    total = 0
    args, kwargs = (1,), {}
    for i in range(n):
        total += two(*args, **kwargs)
        if i == 2000:
            args = [1, 5]
        if i == 2500:
            args, kwargs = iter((2,)), {"y": 0.5}
        if i == 2501:
            args = ("x",)
            kwargs = {"y": "y"}
            total = str(total)
    return total


print(len(with_args(3000)), with_args(3000)[:12])


class Stack:
    def __init__(self):
        self.items = []
        self.push = self.items.append

    def pop(self):
        return self.items.pop()


def stack(n):
    s = Stack()
    for i in range(n):
        s.push(i)
        if i == 2000:
            s.push = lambda v: s.items.extend((v, v))
        if i == 3000:
            s.pop = lambda: "replaced"
        if i % 2:
            last = s.pop()
    return len(s.items), last


print(stack(4000))


def string_methods(n):
    total = 0
    text = "hello"
    for i in range(n):
        total += len(text.upper()) + text.count("l")
        if i == 2000:
            text = "é日本l"
        if i == 2500:
            text = b"bytes l"
            break
    return total


print(string_methods(3000))


def min_max(n):
    out = 0
    for i in range(n):
        a = i if i < 3000 else i + 0.5
        out += max(a, 10) - min(a, 5, -1 if i > 3500 else 5)
        if i == 3900:
            out += max([1, 2, 3], key=lambda v: -v) + min("z", "b") .__len__()
    return out


print(min_max(4000))


def conversions(n):
    total = 0
    for i in range(n):
        v = str(i) if i < 2000 else float(i) if i < 2500 else True if i < 2600 else "0x10" if i == 2600 else i
        try:
            total += int(v)
        except ValueError as error:
            total -= 1
            message = str(error)
    return total, message


print(conversions(3000))


def recursion_kind(n, f):
    return 0 if n == 0 else 1 + f(n - 1, f)


for _ in range(100):
    recursion_kind(50, recursion_kind)
print(recursion_kind(50, lambda n, f: 1000), recursion_kind(20, recursion_kind))


def defaults(n):
    def f(a, b=[]):
        b.append(a)
        return len(b)

    for i in range(n):
        r = f(i)
    return r, f(0, [1])


print(defaults(3000))
