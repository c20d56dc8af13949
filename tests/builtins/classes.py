# type, object, super, property, descriptors, weak references, unions.


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


class A:
    """doc"""

    x = 1

    def m(self):
        return "A.m"

    @classmethod
    def c(cls):
        return cls.__name__

    @staticmethod
    def s():
        return "s"

    @property
    def p(self):
        "p doc"
        return self._p

    @p.setter
    def p(self, value):
        self._p = value

    @p.deleter
    def p(self):
        del self._p


class B(A):
    def m(self):
        return "B." + super().m()

    @classmethod
    def c(cls):
        return "B:" + super().c()


a, b = A(), B()
a.p = 5
print(a.p, a.__dict__, A.p.__doc__, A.__dict__["p"].fget.__name__, A.p.__name__)
del a.p
print(error(lambda: a.p), b.m(), b.c(), B.c(), A.s(), a.s(), A.__doc__, A.__name__, A.__module__, B.__mro__, B.__bases__)


class R:
    @property
    def ro(self):
        return 1

    wo = property(None, lambda self, v: None)


print(error(setattr, R(), "ro", 1), error(delattr, R(), "ro"), error(lambda: R().wo), R().ro)
print(error(lambda: a.nope), error(lambda: A.nope), error(setattr, 5, "x", 1), error(setattr, object(), "x", 1), error(delattr, a, "nope"))
print(error(setattr, int, "x", 1), error(delattr, int, "real"), error(object, 1), error(A, 1), error(A, k=1), error(int.__new__, str))
print(type(5), type(A), type("T", (A,), {"y": 2}).y, type("T", (), {}).__name__, error(type, 1, 2), error(type, "x", (5,), {}), error(type, 5, (), {}))
print(isinstance(b, A), isinstance(5, (str, int)), issubclass(B, A), issubclass(bool, int), error(isinstance, 5, 5), error(issubclass, 5, int), isinstance(5, int | str))
print(repr(A), repr(B.m)[:12], A.__class__, A.__base__, int.__base__, object.__base__, A.__subclasses__(), type.mro(B) == list(B.__mro__))
B.x = 9
print(b.x, a.x, vars(B)["x"])
del B.x
print(b.x, error(lambda: delattr(B, "x")))
A.m = lambda self: "patched"
print(b.m(), a.m())


class Meta(type):
    def __call__(cls, *args):
        return ("called", cls.__name__, super().__call__(*args))

    def __getattr__(cls, name):
        return f"meta {name}"

    @property
    def mp(cls):
        return "mp"

    def __instancecheck__(cls, obj):
        return obj == "inst"


class C(metaclass=Meta):
    def __init__(self, v):
        self.v = v

    def __repr__(self):
        return f"C({self.v})"


print(C(3), C.anything, C.mp, isinstance("inst", C), type(C), C.__class__.__name__, "v" in C.__dict__)


class D:
    def __init_subclass__(cls, /, tag=None, **kw):
        super().__init_subclass__(**kw)
        cls.tag = tag

    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item}]"

    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)


class E(D, tag="t"):
    pass


class F:
    d = D()


print(E.tag, D[5], error(lambda: type("G", (D,), {}, bad=1)), error(lambda: A[1]), error(lambda: int[1]))


class S:
    __slots__ = ("a", "b")


s = S()
s.a = 1
print(s.a, error(lambda: s.b), error(setattr, s, "c", 1), S.a, error(lambda: s.__dict__), S.__slots__)


class S2(S):
    pass


s2 = S2()
s2.a, s2.z = 1, 2
print(s2.a, s2.__dict__)


class Desc:
    def __get__(self, obj, owner):
        return ("get", obj is None, owner.__name__)

    def __set__(self, obj, value):
        print("set", value)


class U:
    d = Desc()


U().d = 5
print(U.d, U().d)


class P:
    pass


class Q:
    pass


p = P()
p.v = 1
p.__class__ = Q
print(type(p).__name__, p.v, error(setattr, p, "__class__", int), error(setattr, p, "__class__", 5), error(setattr, 5, "__class__", Q))
print(error(lambda: super(A, 5)), super(B, b).m(), super(B, B).c(), error(lambda: super().x))

print(int | str, int | None, (int | str) == (str | int), list[int] | None, (int | str).__args__, error(lambda: int | 5), hash(int | str) == hash(str | int))
print(list[int], dict[str, list[int]], list[int]([1]), list[int] == list[int], list[int].append is list.append, error(lambda: isinstance([], list[int])))


class Abs:
    __abstractmethods__ = frozenset(["f", "g"])


Abs.__abstractmethods__ = frozenset({"f", "g"})
print(error(Abs))
Abs.__abstractmethods__ = frozenset({"f"})
print(error(Abs))


class G1:
    def __getattr__(self, name):
        return "attr " + name

    def __dir__(self):
        return ["b", "a"]

    def __format__(self, spec):
        return f"<{spec}>"

    def __eq__(self, other):
        return True


print(G1().foo, dir(G1()), f"{G1():abc}", G1() == 1, G1() != 1, error(hash, G1()), error(format, A(), "x"))
print(error(lambda: type("X", (A, B), {})), error(lambda: type("X", (A, A), {})), error(lambda: type("X", (int, str), {})), error(lambda: type("X", (bool,), {})))
print(A.__dict__["s"], A.__dict__["c"], staticmethod(len)([1]), classmethod(len).__func__ is len, A.s.__name__) if False else print(staticmethod(len)([1]), classmethod(len).__func__ is len)
print(object().__reduce_ex__.__name__, A().__sizeof__() > 0, object.__doc__ is not None, sorted(x for x in dir(object) if x < "__f")[:4])
print(error(lambda: object.__init__(5, 1)), error(lambda: object.__new__()), error(lambda: object.__new__(5)), error(lambda: object.__new__(int)))
A.__name__ = "Renamed"
print(A, A.__name__, A.__qualname__, error(setattr, A, "__name__", 5), error(delattr, A, "__name__"), error(setattr, A, "__bases__", ()))
print(list(map(type, (None, ..., NotImplemented, print, len, [].append, A.m, a.m, int.__add__, (1).__add__, A.p, type.__dict__["__name__"]))))
