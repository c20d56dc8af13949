# Formatting of everyday numbers, calls of built-in classes, beginnings and ends.
values = [0.0, -0.0, 0.5, 1.5, 2.5, -2.5, 0.125, 0.375, 1e14, 123456789012345.678, 999999999999999.9, 1e15, 1e16, 1e300,
          -1e-10, 5e-324, 1 / 3, 2 / 3, 0.1, 0.005, 1.005, 2.675, float("inf"), -float("inf"), float("nan"), 1e22, 99.995]
for value in values:
    print(*[format(value, f".{n}f") for n in (0, 1, 2, 3, 10, 20, 21)], f"{value:.2f}|{value:.02f}|{value:8.2f}|{value:+.1f}")
for number in (0, 7, -7, 10**18, 2**61, -2**62, 2**70, True):
    print(f"{number:d}|{number:5}|{number:<5}|{number:^7}|{number:05d}|{number:,}|{number:x}|{number:#b}|{number:.2f}|{number:c}"
          if 0 < number < 100 else f"{number:d}|{number:5}|{number:05d}|{number:,}|{number:x}|{number:e}")


class Int(int):
    def __format__(self, spec):
        return f"Int<{spec}>"


class Float(float):
    def __str__(self):
        return "own"


class Text(str):
    def __init__(self, *args):
        print("init", type(self).__name__, args)


print(f"{Int(5):d} {Int(5)} {Float(1.5):.1f} {Float(1.5)}", "{:>6}|{:.1f}".format(Float(2.5), Float(2.5)))
for spec in ("q", ".2d", ".f", ".2", ".2F", ".999f", "f", ".1f ", "é", "10", "s"):
    for value in (1.5, 3, "x"):
        try:
            print(spec, value, ascii(format(value, spec))[:40])
        except ValueError as error:
            print(ascii(spec), value, ascii(str(error)))


class Shown:
    def __str__(self):
        return Text("shown")

    def __int__(self):
        return 5

    def __float__(self):
        return 2.5

    def __bytes__(self):
        return b"bytes"


print(str(Shown()), type(str(Shown())).__name__, int(Shown()), float(Shown()), bytes(Shown()), complex(Shown()))
for kind in (int, str, float, bool, list, tuple, dict, set, frozenset, bytes, bytearray, range, enumerate, zip, map, slice,
             object, type, complex, reversed, super, memoryview, property, staticmethod):
    for args in ((), (1,), ("11",), ([1, 2],), (1, 2), (1, 2, 3, 4)):
        try:
            result = kind(*args)
            text = repr(result)
            print(kind.__name__, args, text if " at 0x" not in text else type(result).__name__)
        except (TypeError, ValueError, RuntimeError) as error:
            print(kind.__name__, args, type(error).__name__, error)
for kind in (int, str, list, dict, range):
    try:
        print(kind(x=1))
    except TypeError as error:
        print(error)
for name in ("NoneType", "function", "generator", "module"):
    kind = {"NoneType": type(None), "function": type(lambda: 0), "generator": type(i for i in ()), "module": type(values)}[name]
    try:
        print(kind())
    except TypeError as error:
        print(error)

for text in ("", "a", "ab", "é", "éa", "日本", "a日"):
    for affix in ("", "a", "b", "é", "日", "本", "ab", ("x", "a"), (), ("é", "b")):
        print(text.startswith(affix), text.endswith(affix), text.startswith(affix, 1), text.endswith(affix, 0, 1), end=" ")
    print()
for wrong in (5, b"a", ("a", 5), None):
    try:
        print("a".startswith(wrong), end=" ")
        print("b".startswith(wrong))
    except TypeError as error:
        print(error)
a, *b = [1, 2, 3]
*c, d = (1, 2, 3)
e, *f, g = "xyz"
h, *i, j = [1, 2]
print(a, b, c, d, e, f, g, h, i, j)
for wrong in ([], (1,), "a", {}, 5):
    try:
        k, *m, n = wrong
    except (TypeError, ValueError) as error:
        print(error)
for text in ("plain", "it's", 'say "x"', "both ' and \"", "back\\slash", "tab\t", "\x00\x7f", "é", "", " ", "~"):
    print(repr(text), ascii(text), [text], {text: 1})


class Base:
    def __eq__(self, other):
        return True

    def __len__(self):
        return 3

    def __getattr__(self, name):
        return name


class Derived(Base):
    pass


class More(Derived):
    __hash__ = object.__hash__

    def __call__(self):
        return "called"

    def __del__(self):
        print("gone")


class Mixed(More, dict):
    def __missing__(self, key):
        return key


print(Derived.__hash__, len(Derived()), Derived().attribute, Derived() == 5, hash(More()) is not None, More()())
mixed = Mixed(a=1)
print(len(mixed), mixed["a"], mixed["b"], mixed == {}, mixed(), bool(mixed))
Derived.__len__ = lambda self: 7
Base.__call__ = lambda self: "late"
print(len(Derived()), len(mixed), Derived()())
del Derived.__len__, Base.__call__
print(len(Derived()), callable(Derived()))
named = type("Named", (Base,), {"__ad" + "d__": lambda self, other: "sum", "__len__": None})
print(named() + 1)
try:
    len(named())
except TypeError as error:
    print(error)


class Odd:
    def __repr__(self):
        return "<\ud800é日>"


odd = Odd()
for container in ([odd], (odd,), (odd, 1), {odd}, frozenset([odd]), {odd: odd}, {1: odd}.values(), {odd: 1}.items(), [[odd], []]):
    print(ascii(repr(container)))
print([], (), set(), frozenset(), {}, [1, -1, 10**18, 2**70], (1,), {3}, [[1], [2, [3]]], {"a": [1.5, None]})
print(b" a b  c ".split(), b"a,b,,c".split(b","), b"a,b,c".split(b",", 1), b" a b ".split(None, 1), bytearray(b"x y").split())
print("a b c d".split(" ", 2), "aXXbXXc".split("XX", 0), "".split(), "".split(","), " ".split(" "), b"".split(b","))
