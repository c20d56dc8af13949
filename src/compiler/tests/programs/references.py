"""What is one object in marshalled code, and what is not."""
from os import path as pfad, sep as größe


class Outer:
    class Inner:
        def method(self):
            return "Outer.Inner.method", self.größe

    def other(self, text):
        self.größe = text[1:500], text["name":"other name"], text[1:500], 500
        return "Outer.Inner", "größe", "größe", ".0", ".0"

    def other(self, text):
        class Ünder:
            pass

        return Ünder, "Outer.other", "Ünder"


def sets(mode):
    if mode in {"mode", "sets"} or mode in {(1, "=off"), (2, ""), (1, "x y")}:
        return {"alpha beta", "gamma delta", "é"}
    return mode in {"alpha beta", "gamma delta"}, {"é": "é", "a": "é!"}


def sets_again(mode):
    if mode in {"mode", "sets"}:
        return mode in {"alpha beta", "gamma delta"}
    return call(mode, text=1, größe=2), ("text", "größe"), ("text",), b"", b"x", b"xy", b"xy"


def numbers(first, second=1.5, *rest: "größe", named: int = 1000, **others: float) -> complex:
    return 1.5, 1000, -5, 256, 257, 10**20, 2.5j, (1.5, 1000), (1.5, 1000), None, ..., True, 0.0, -0.0


def annotated(first: int, second: "a b") -> Outer: ...
def annotated_too(first: int) -> Outer: ...


type Size[T: int, *Ts, **Ünd] = list[T]
generator = (lambda: [x for x in pfad])
other = (lambda: (x for x in pfad)), (lambda: (y for y in pfad)), "<lambda>", "<genexpr>"
