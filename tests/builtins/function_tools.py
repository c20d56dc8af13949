# functools: partial, reduce, cmp_to_key, lru_cache.
from functools import *
from functools import Placeholder


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


def f(*args, **kw):
    return args, kw


p = partial(f, 1, 2, a=3)
print(p(), p(4, b=5), p(a=9), p.func is f, p.args, p.keywords, error(partial), error(partial, 5))
q = partial(p, 7, c=8)
print(q(), q.func is f, q.args, q.keywords, repr(partial(int, "1", base=2)), partial(int, base=2)("101"))
h = partial(f, Placeholder, 2, Placeholder, 4)
print(h(1, 3), h(1, 3, 5), error(h, 1), error(partial, f, Placeholder), error(partial, f, a=Placeholder), Placeholder)
p.attr = 1
print(p.__dict__, p.attr)


class A:
    m = partial(f, "x")


print(A().m()[0][0], A.m("y"), len(A().m()[0]))
print(reduce(lambda a, b: a + b, [1, 2, 3]), reduce(lambda a, b: a + b, [], 5), error(reduce, f, []), reduce(f, [1]))
print(sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)), cmp_to_key(lambda a, b: 0)(5).obj)
calls = []


@lru_cache(maxsize=2)
def sq(x):
    calls.append(x)
    return x * x


print(sq(2), sq(2), sq(3), sq(2), sq(4), sq(3), calls, sq.cache_info(), sq.__name__, sq.__wrapped__(5))
sq.cache_clear()
print(sq.cache_info(), error(sq, []))


@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


print(fib(80), fib.cache_info())


@lru_cache(typed=True)
def t(x, y=0):
    return type(x).__name__


print(t(1), t(1.0), t(1), t(True), t(1, y=2), t.cache_info(), t.cache_parameters())


class B:
    @cached_property
    def v(self):
        calls.append("v")
        return 5

    @lru_cache(None)
    def m(self, x):
        return x + 1

    @singledispatchmethod
    def s(self, arg):
        return "base"

    @s.register
    def _(self, arg: int):
        return "int"


b = B()
print(b.v, b.v, calls[-1], b.m(1), b.m(1), B.m.cache_info().hits, b.s(1), b.s("a"))


@singledispatch
def g(x):
    return "any"


@g.register(list)
def _(x):
    return "list"


print(g(1), g([]), wraps(f)(lambda: 0).__name__)


@total_ordering
class T:
    def __init__(self, n):
        self.n = n

    def __eq__(self, o):
        return self.n == o.n

    def __lt__(self, o):
        return self.n < o.n


print(T(1) <= T(2), T(1) > T(2), T(3) >= T(3))
