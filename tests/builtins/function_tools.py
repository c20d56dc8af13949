# functools: partial, reduce, cmp_to_key, lru_cache.
from _functools import *
from _functools import Placeholder


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
from _functools import _lru_cache_wrapper

calls = []


def square(x, y=0):
    calls.append(x)
    return x * x


sq = _lru_cache_wrapper(square, 2, False, lambda *a: a)
print(sq(2), sq(2), sq(3), sq(2), sq(4), sq(3), calls, sq.cache_info(), error(sq, []))
sq.cache_clear()
print(sq.cache_info())
fib = _lru_cache_wrapper(lambda n: n if n < 2 else fib(n - 1) + fib(n - 2), None, False, lambda *a: a)
print(fib(80), fib.cache_info())
t = _lru_cache_wrapper(square, 100, True, lambda *a: a)
print(t(1), t(1.0), t(1), t(True), t(1, y=2), t(1, 2), t(1, y=2), t.cache_info())
