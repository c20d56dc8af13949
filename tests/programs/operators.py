"""Operator overloading: reflected, in-place, comparison fallbacks, NotImplemented, index, matmul, subclasses first."""

import operator

log = []


def make(name, symbol):
    def forward(self, other):
        log.append(f"{self.n}.{name}")
        return NotImplemented if isinstance(other, Refuse) else f"({self.n}{symbol}{other})"

    def reflected(self, other):
        log.append(f"{self.n}.r{name}")
        return f"({other}{symbol}{self.n})r"

    return forward, reflected


class Base:
    def __init__(self, n):
        self.n = n

    def __str__(self):
        return self.n


class Refuse(Base):
    pass


class Sub(Base):
    pass


SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@",
           "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^"}
for name, symbol in SYMBOLS.items():
    forward, reflected = make(name, symbol)
    setattr(Base, f"__{name}__", forward)
    setattr(Base, f"__r{name}__", reflected)
    setattr(Sub, f"__r{name}__", make(name, symbol + "s")[1])
a, b, r, s = Base("a"), Base("b"), Refuse("r"), Sub("s")
print(a + b, a - 1, 2 * a, a / r, a @ s, s % a, 5 ** a, a << r, [1] + a if False else "", a & 3, "x" | a, a ^ b)
print(log)
try:
    [1] + Refuse
except TypeError as error:
    print(error)
empty, five = [], 5
for expression in ["1 + 'a'", "'a' + 1", "[] - []", "{} | 3", "None < 1", "-'x'", "~1.5", "3 @ 4", "'a' * 'b'", "1 << 1.0", "2 ** 'x'", "(1,) + [2]", "1 in 2", "empty[None]", "five()", "'a'.x", "empty['a']", "{}[[]]", "len(5)", "divmod(1, 'a')"]:
    try:
        eval(expression)
    except (TypeError, AttributeError) as error:
        print(expression, "->", type(error).__name__, error)


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __iadd__(self, other):
        self.x += other.x
        self.y += other.y
        return self

    def __mul__(self, k):
        return Vector(self.x * k, self.y * k) if isinstance(k, (int, float)) else self.x * k.x + self.y * k.y

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __abs__(self):
        return (self.x * self.x + self.y * self.y) ** 0.5

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y) if isinstance(other, Vector) else NotImplemented

    def __bool__(self):
        return bool(self.x or self.y)

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __round__(self, digits=0):
        return Vector(round(self.x, digits), round(self.y, digits))

    def __repr__(self):
        return f"<{self.x}, {self.y}>"

    __hash__ = None


v = Vector(0.0, 0.0)
same = v
for i in range(20000):
    v += Vector(i, 1) * 0.5
    if i % 1000 == 0:
        v = v + -Vector(1, 1)
print(v, v is same, same, abs(Vector(3, 4)), Vector(1, 2) * Vector(3, 4), 3 * Vector(1, 1), bool(Vector(0, 0)), list(Vector(7, 8)), round(Vector(1.26, 2.34), 1))
print(Vector(1, 2) == Vector(1, 2), Vector(1, 2) != Vector(1, 3), Vector(1, 2) == "no")
try:
    {Vector(1, 2)}
except TypeError as error:
    print(error)


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


print([10, 20, 30][Index(1)], list(range(Index(3))), "abc"[Index(-1)], hex(Index(255)), [1] * Index(3), 1 << 3, operator.index(Index(9)))


class Order:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        log.append("lt")
        return self.n < other.n

    def __gt__(self, other):
        log.append("gt")
        return NotImplemented


log.clear()
print(Order(1) < Order(2), Order(1) > Order(2), log, [o.n for o in sorted(map(Order, [3, 1, 2]))])
try:
    Order(1) <= Order(2)
except TypeError as error:
    print(error)


class Inplace:
    def __init__(self):
        self.ops = []

    def __getattr__(self, name):
        raise AttributeError(name)


for name in SYMBOLS:
    setattr(Inplace, f"__i{name}__", lambda self, other, name=name: self.ops.append((name, other)) or self)
z = Inplace()
z += 1; z -= 2; z *= 3; z /= 4; z //= 5; z %= 6; z **= 7; z @= 8; z <<= 9; z >>= 10; z &= 11; z |= 12; z ^= 13
print(z.ops)
t = ([],)
try:
    t[0] += [1]
except TypeError as error:
    print(error, t)
print(operator.attrgetter("n", "__class__.__name__")(Index(3)), operator.itemgetter(1, -1)("abcd"), operator.methodcaller("split", ",")("a,b"))
chain = [1 < 2 < 3, 1 < 3 > 2, 3 > 2 > 2, 1 == 1.0 == True, not 1 < 2 < 0]
print(chain, divmod(-7, 2), divmod(7.5, -2), 7 // -2, -7 % 3, 7 % -3, -7.5 % 2, 2**-1, (-8) ** (1 / 3) == complex(-8) ** (1 / 3))
