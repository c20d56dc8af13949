"""Calls of every kind: positional-only, keyword-only, defaults, stars, errors of binding, bound methods, partials, classes."""

from functools import partial


def plain(a, b=2, *args, c, d=4, **kwargs):
    return (a, b, args, c, d, kwargs)


def posonly(a, b=1, /, c=2, *, d=3):
    return (a, b, c, d)


def only_star(*args):
    return args


def only_kw(**kw):
    return kw


print(plain(1, c=3), plain(1, 2, 3, 4, c=5, e=6), plain(*[1, 2], *(3,), c=0, **{"d": 1, "x": 2}), plain(b=1, a=0, c=2))
print(posonly(1), posonly(1, 2, 3, d=4), posonly(1, c=5), only_star(*"ab", *[], *range(2)), only_kw(**{"a b": 1}, z=2), only_kw(self=1, cls=2))
CALLS = ["plain()", "plain(1)", "plain(1, c=1, a=2)", "posonly(a=1)", "posonly()", "posonly(1, 2, 3, 4)", "posonly(1, e=1)", "only_star(x=1)", "only_kw(1)",
         "plain(*5)", "plain(**[])", "only_kw(**{1: 2})", "only_kw(**{'a': 1}, **{'a': 2})", "plain(1, c=1, **{'c': 2})", "(lambda a, b, c: 0)()", "(lambda *, k, l: 0)()",
         "posonly(1, b=2)", "(lambda a: 0)(1, 2)", "len()", "len(1, 2)", "len(obj=[])", "print(x=1)", "int('1', bas=2)", "[].append()", "'a'.join(1, 2)", "K()", "K(1, 2)", "K(1).method()", "K.method()", "K(1).static(1, 2)", "object(1)", "Empty(1)", "plain(c=1)", "int(1, 2, 3)", "(lambda a=1, /: a)(a=2)", "isinstance(1)", "dict(1, 2)", "range()", "sorted()", "K(1).cm(1)"]


class Empty:
    pass


class K:
    def __init__(self, v):
        self.v = v

    def method(self, x, *rest, y=0):
        return (self.v, x, rest, y)

    @staticmethod
    def static(x):
        return x

    @classmethod
    def cm(cls):
        return cls.__name__

    def __call__(self, *args, **kwargs):
        return (self.v, args, kwargs)


for call in CALLS:
    try:
        print(call, eval(call))
    except TypeError as error:
        print(call, "->", error)
k = K(7)
bound = k.method
print(bound(1, 2, y=3), K.method(k, 1), bound.__self__ is k, bound.__func__ is K.method, k(1, a=2), K.cm(), k.cm(), k.static(3), bound == k.method, bound is k.method)
p = partial(plain, 1, c=3)
print(p(), p(9, d=0), partial(p, 5, c=6)(7), p.func is plain, p.args, p.keywords)


def defaults(a, b=[], *, c={}):
    b.append(a)
    c[a] = len(b)
    return b, c


for i in range(3):
    result = defaults(i)
print(result, defaults.__defaults__, defaults.__kwdefaults__)
order = []


def note(x):
    order.append(x)
    return x


def target(*args, **kw):
    return len(args), sorted(kw)


note(target)(note(1), *[note(2)], note(3), k=note(4), **{"z": note(5)})
print(order[1:])
order.clear()
{note("k1"): note("v1"), note("k2"): note("v2")}
x = [note(0)] + [note(1)]
x[note(0)] = note("value")
print(order, [note(a) + b for a in [1] for b in [2]])


def f0():
    return 1


def f3(a, b, c):
    return a + b * c


def fd(a, b=10, c=20):
    return a + b - c


def fk(*, a, b=1):
    return a * b


def fs(*args):
    return sum(args)


def fkw(**kw):
    return len(kw)


total = 0
args, kwargs = (1, 2, 3), {"a": 2, "b": 3}
for i in range(6000):
    total += f0() + f3(i, 2, 3) + f3(*args) + f3(c=1, b=2, a=i) + fd(i) + fd(i, 1) + fd(i, c=3) + fk(a=i) + fk(**kwargs) + fs(i, *args) + fkw(x=i, **kwargs)
    total += k.method(i)[1] + K(i).v + k.static(i) + max(i, 3) + len(args) + p(i)[1] + (lambda q, r=2: q * r)(i) + k(i)[1][0]
print(total)


def varied(*args, **kwargs):
    match args, kwargs:
        case (), {}:
            return 0
    return len(args) * 100 + len(kwargs)


print(sum(varied(*range(i % 5), **{f"k{j}": j for j in range(i % 4)}) for i in range(5000)))


def recursive_star(*args):
    return args if len(args) > 50 else recursive_star(len(args), *args)


print(recursive_star()[:5], (lambda *a, **k: (a, k))(*(), **{}), print.__call__("called") is None)


class Meta(type):
    def __call__(cls, *args, **kwargs):
        return ("meta", cls.__name__, args, super().__call__().tag)


class WithMeta(metaclass=Meta):
    tag = "t"


class New:
    def __new__(cls, value, *rest):
        return super().__new__(cls) if value > 0 else value

    def __init__(self, value, *rest):
        self.value, self.rest = value, rest


print(WithMeta(1, 2), New(-5), New(5, 6).rest)


class BadInit:
    def __init__(self):
        return 5


try:
    BadInit()
except TypeError as error:
    print(error)
