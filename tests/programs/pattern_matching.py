"""Structural pattern matching: every kind of pattern, in loops and recursion."""

from dataclasses import dataclass
from enum import Enum


class Color(Enum):
    RED = 1
    GREEN = 2


@dataclass
class Num:
    value: float


@dataclass
class Var:
    name: str


@dataclass
class Op:
    symbol: str
    left: object
    right: object


class Vec:
    __match_args__ = ("x", "y")

    def __init__(self, *values):
        self.values = values

    @property
    def x(self):
        return self.values[0]

    @property
    def y(self):
        return self.values[1]


def describe(thing):
    match thing:
        case None:
            return "none"
        case True | False as flag:
            return f"bool {flag}"
        case 0 | -1 | 2.5:
            return "small literal"
        case -3 + 4j:
            return "complex"
        case int(n) if n > 1000:
            return f"large {n}"
        case int() | float() as number:
            return f"number {number}"
        case "exact" | b"exact":
            return "exact word"
        case str(text):
            return f"text {len(text)}"
        case Color.RED:
            return "red"
        case Color() as other:
            return other.name
        case []:
            return "empty"
        case [x]:
            return f"one {x}"
        case [0, *rest]:
            return f"zero then {rest}"
        case [first, *middle, last] if first == last:
            return f"ring {first} around {len(middle)}"
        case (a, (b, [c, *_])):
            return f"nested {a} {b} {c}"
        case [_, _, *_]:
            return "at least two"
        case {"type": "point", "at": (x, y), **rest}:
            return f"point {x},{y} {rest}"
        case {"type": str(kind)}:
            return f"typed {kind}"
        case {}:
            return f"mapping {len(thing)}"
        case Vec(0, y):
            return f"on axis {y}"
        case Vec(x, y=float(y)):
            return f"vec {x} {y}"
        case Vec(x=x):
            return f"vec x {x}"
        case Num(value) | Op("-", Num(0), Num(value)):
            return f"num {value}"
        case Op(left=Op(), right=Op()):
            return "two ops"
        case _:
            return f"other {type(thing).__name__}"


SAMPLES = [None, True, 0, -1, 2.5, -3 + 4j, 5000, 17, 1.25, "exact", b"exact", "hello", Color.RED, Color.GREEN, [], [7], (0, 1, 2),
           [5, 6, 5], (1, (2, [3, 4])), (1, 2, 3), {"type": "point", "at": (1, 2), "z": 3}, {"type": "line"}, {}, {1: 2}, Vec(0, 9),
           Vec(1, 2.0), Vec(3, "y"), Num(4), Op("-", Num(0), Num(8)), Op("+", Op("*", 1, 2), Op("*", 3, 4)), {1, 2}, b"bytes", range(3)]
for sample in SAMPLES:
    print(describe(sample))


def simplify(tree):
    match tree:
        case Op("+", Num(0), e) | Op("+", e, Num(0)) | Op("*", Num(1), e) | Op("*", e, Num(1)):
            return simplify(e)
        case Op("*", Num(0), _) | Op("*", _, Num(0)):
            return Num(0)
        case Op(symbol, Num(a), Num(b)):
            return Num({"+": a + b, "*": a * b, "-": a - b}[symbol])
        case Op(symbol, left, right):
            new = Op(symbol, simplify(left), simplify(right))
            return new if new == tree else simplify(new)
        case _:
            return tree


def show(tree):
    match tree:
        case Num(v):
            return str(v)
        case Var(n):
            return n
        case Op(s, l, r):
            return f"({show(l)} {s} {show(r)})"


tree = Op("+", Op("*", Num(1), Var("x")), Op("*", Num(0), Op("-", Var("y"), Num(3))))
print(show(tree), "=>", show(simplify(tree)))
big = Var("z")
for i in range(40):
    big = Op("+*"[i % 2], Num((i + 1) % 2 * 0 + i % 2), big) if i % 3 else Op("-", big, Op("+", Num(i), Num(1)))
print(show(simplify(big)))

try:
    match Vec(1, 2):
        case Vec(1, 2, 3):
            pass
except TypeError as error:
    print(error)
try:
    match {"a": 1}:
        case {"a": a, **a2} if a2 or undefined_name:
            pass
except NameError as error:
    print(error, a, a2)
tally = {}
for i in range(400):
    for sample in SAMPLES[: 5 + i % 20]:
        key = describe(sample).split()[0]
        tally[key] = tally.get(key, 0) + 1
print(tally)
