"""Type-parameter syntax, lazy annotations, type aliases, generic classes, __annotate__."""

from typing import Generic, NamedTuple, Protocol, TypedDict, TypeVar, runtime_checkable


class Stack[T]:
    def __init__(self) -> None:
        self.items: list[T] = []

    def push(self, item: T) -> "Stack[T]":
        self.items.append(item)
        return self

    def pop(self) -> T:
        return self.items.pop()

    def map[U](self, f: "Callable[[T], U]") -> "Stack[U]":
        out = Stack[U]()
        for item in self.items:
            out.push(f(item))
        return out


print(Stack.__type_params__, Stack[int], Stack.__parameters__, Stack.map.__type_params__, Stack.__orig_bases__)
s = Stack[int]()
for i in range(4000):
    s.push(i).push(-i).pop()
print(len(s.items), s.map(str).pop(), s.__orig_class__)


def first[T: (int, str), *Ts, **P](x: T, *rest: *Ts, **kw) -> T:
    return x


print(first(1, 2), [(type(p).__name__, str(p)) for p in first.__type_params__], first.__type_params__[0].__constraints__)


def bounded[T: undefined_bound = int](x: T) -> later_name:
    return x


(t,) = bounded.__type_params__
print(bounded(3), t.__default__)
try:
    t.__bound__
except NameError as error:
    print(error)
try:
    bounded.__annotations__
except NameError as error:
    print(error)
later_name = float
print(bounded.__annotations__["return"])

type Pair[A, B = str] = tuple[A, B]
type Tree = int | list[Tree]
type Broken = 1 / 0
print(Pair, Pair[int, str], Pair.__value__, Pair.__type_params__, Tree.__value__, Pair.__name__)
try:
    Broken.__value__
except ZeroDivisionError as error:
    print(error)


class Record(NamedTuple):
    name: str
    size: int = 3


class Movie(TypedDict, total=False):
    title: str


@runtime_checkable
class Sized(Protocol):
    def size(self) -> int: ...


class Box:
    def size(self):
        return 1


print(Record("a"), Record._field_defaults, Movie(title="x"), Movie.__annotations__, isinstance(Box(), Sized), isinstance(5, Sized))
K = TypeVar("K")


class Old(Generic[K]):
    pass


print(Old[int].__args__, Old[K].__parameters__, Old.__mro__[1].__name__)


class Annotated:
    a: int = 1
    b: forward.reference
    c: "text"
    (d): int = 5
    if False:
        e: complex


try:
    Annotated.__annotations__
except NameError as error:
    print(error)


class forward:
    reference = "resolved"


print(Annotated.__annotations__, Annotated.__annotate__(1)["a"], hasattr(Annotated, "b"))


def function(a: 1 + 1, *args: "star", b: print = None, **kw: {}) -> [x for x in "ab"]:
    local: undefined_thing = 1
    return local


print(function.__annotations__, function(0))
x: int = 5
try:
    print(__annotations__)
except NameError as error:
    print(error)
print(__annotate__(1))
print(int | str, int | None, list[int] | None, (int | str).__args__, isinstance(3, int | str), dict[str, list[int]].__origin__, tuple[int, ...], type[int])


class Outer[T]:
    class Inner[U]:
        pair: tuple[T, U]

    def method[T](self, x: T) -> T:
        return x


print(Outer.Inner.__annotations__, Outer.method.__annotations__["x"] is Outer.method.__type_params__[0], Outer.method.__annotations__["x"] is Outer.__type_params__[0])
print(Outer.__type_params__[0].__name__, [c.__name__ for c in Outer[int]().__class__.__mro__])
try:
    list[int][str]
except TypeError as error:
    print(error)
