"""Closures and scopes: cells shared and rebound, nonlocal, late binding, defaults, class scopes, comprehension scopes."""


def counter(start=0, step=1):
    value = start

    def up():
        nonlocal value
        value += step
        return value

    def down():
        nonlocal value
        value -= step
        return value

    def setter(new_step):
        nonlocal step
        step = new_step

    return up, down, setter


up, down, setter = counter(10)
for _ in range(20000):
    up()
setter(3)
for _ in range(5000):
    down()
print(up(), down(), [cell.cell_contents for cell in up.__closure__], up.__code__.co_freevars)

late = [lambda: i for i in range(3)]
early = [lambda i=i: i for i in range(3)]
made = [(lambda k: lambda x: x + k)(k) for k in range(3)]
print([f() for f in late], [f() for f in early], [f(10) for f in made])


def accumulate(item, seen=[]):
    seen.append(item)
    return len(seen)


print([accumulate(x) for x in "abc"], accumulate.__defaults__)

x = "global"


def scopes():
    x = "function"

    class Inner:
        y = x
        x = "class"
        z = x
        items = [x for _ in range(2)]

        def method(self):
            return x

        def deep(self):
            return [(lambda: x + str(i))() for i in range(2)]

    return Inner


inner = scopes()
print(inner.y, inner.z, inner.items, inner().method(), inner().deep())


def global_writer():
    global x, created
    x = "rewritten"
    created = 1


global_writer()
print(x, created)


def unbound(flag):
    def read():
        return value

    if flag:
        value = 1
    try:
        return read()
    except NameError as error:
        return f"{type(error).__name__}: {error}"


print(unbound(True), unbound(False))


def local_unbound(n):
    total = 0
    for i in range(n):
        total += i
        if i == 5000:
            del total
            try:
                total += 1
            except UnboundLocalError as error:
                return str(error)
    return total


print(local_unbound(100), local_unbound(6000))


def make_adders(n):
    adders = []
    for k in range(n):

        def add(x, *, k=k, scale=lambda v: v * 2):
            return scale(x) + k

        adders.append(add)
    return adders


adders = make_adders(10)
print(sum(add(i) for i in range(1000) for add in adders), adders[3](1, k=100), adders[3].__kwdefaults__["k"])


def pipeline(*stages):
    def run(value):
        for stage in stages:
            value = stage(value)
        return value

    return run


run = pipeline(lambda v: v + 1, lambda v: v * v, str, len)
print(sum(run(i) for i in range(5000)))


def memo():
    cache = {}

    def fib(n):
        if n in cache:
            return cache[n]
        result = cache[n] = n if n < 2 else fib(n - 1) + fib(n - 2)
        return result

    return fib, cache


fib, cache = memo()
print(fib(80), len(cache))


def outer():
    a = 1

    def middle():
        b = 2

        def inner():
            nonlocal a, b
            a, b = a + b, a
            return a, b

        return inner

    f, g = middle(), middle()
    return [f(), g(), f(), g()], a


print(outer())
total = 0
print([total := total + v for v in range(5)], total)
print({k: (lambda: k)() for k in "abc"}, {v for v in [1, 2, 2]}, list((w, x) for w in [1]))


def swap_cell():
    value = 1

    def get():
        return value

    results = []
    for i in range(3000):
        results.append(get())
        if i == 2000:
            get.__closure__[0].cell_contents = 50
    del get.__closure__[0].cell_contents
    try:
        get()
    except NameError as error:
        return sum(results), str(error)


print(swap_cell())
