"""`__annotate__`: names, answers that are none, sets that are none; patterns' classes; cycles of contexts."""

import collections
import types


def f(a: int):
    def h(x: int): pass

    class C:
        y: int

        def m(self, x: int): pass

    return h, C


h, C = f(1)
x: int = 3


def k(z): pass


print(f.__annotate__.__qualname__, f.__annotate__.__name__, h.__annotate__.__qualname__, C.__annotate__.__qualname__)
print(C.m.__annotate__.__qualname__, __annotate__.__qualname__)


def g(): pass


g.__annotate__ = k
print(k.__qualname__)


def G[T](x: T): pass


print(G.__annotate__.__qualname__)


class X: pass


for target in (g, X, types.ModuleType("m")):
    target.__annotate__ = lambda format: 42
    try:
        print(target.__annotations__)
    except TypeError as e:
        print(e)
for value in ("0", "{}", "frozenset()"):
    try:
        exec(f"__conditional_annotations__ = {value}\nx: int\n", {"__name__": "m"})
    except TypeError as e:
        print(e)
space = {}
exec("def report(): pass\ntry:\n    [0 for n in (1,) if (lambda: n)]\nexcept: pass\nname: 0\n", space)
print(space["__conditional_annotations__"])
space = {"x": [1], "n": 42}
exec("a: {n for n in x}\nb: [(lambda: n) for m in x if n]\n", space)
print(space["__annotate__"](1)["a"], space["__annotate__"](1)["b"][0]())


class S1(collections.UserList, collections.abc.Mapping): pass


class S2(X, collections.UserDict, collections.abc.Sequence): pass


for value in (S1(), S2()):
    match value:
        case [*_]:
            print("sequence")
        case {}:
            print("mapping")
for pattern in ("{0: _, False: _}", "{0: _, 0.0: _}", "{0: _, 0j: _}", "{'a': _, b'a': _}", "{1: _, 1.5: _}"):
    try:
        compile(f"match x:\n case {pattern}: pass", "<s>", "exec")
        print(pattern, "taken")
    except SyntaxError as e:
        print(e)

a, b, c = ValueError("a"), ValueError("b"), ValueError("c")
a.__context__, b.__context__, c.__context__ = b, c, b
try:
    try:
        raise a
    finally:
        raise TypeError("last")
except TypeError as e:
    print(e.__context__, e.__context__.__context__, e.__context__.__context__.__context__)
