# Conversions that answer with subclasses, powers of zero, long steps, keywords of derived classes.
import collections
import types
import warnings


def attempt(what):
    try:
        print(what())
    except Exception as error:
        print(type(error).__name__, error)


class Float(float):
    def __float__(self):
        return 42.0


class Doubled(float):
    def __new__(cls, value=0.0):
        return float.__new__(cls, 2 * value)

    def __float__(self):
        return self


class ToTrue:
    def __int__(self):
        return True


class IndexTrue:
    def __index__(self):
        return True


class ToSubclass:
    def __float__(self):
        return Float(1)


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    attempt(lambda: float(Float()))
    attempt(lambda: float(Doubled(21)))
    attempt(lambda: (int(ToTrue()), int(IndexTrue()), float(ToSubclass())))
for warning in caught:
    print(warning.message)



class Text(str):
    def __float__(self):
        return float(str(self)) + 1


print(float(Text("8")), float("8"), float(True))

inf = float("inf")
for base in (0.0, -0.0):
    print(base**-inf, base**inf, pow(base, -inf))
    attempt(lambda: base**-3.0)

for span in (range(10), range(0, 10, 2), range(1 << 80)):
    print(span[:: 1 << 70], span[:: -1 << 70], span[1 << 70 :: -1 << 70], span[-(1 << 70) :: 1 << 70])
    print(span[3 :: -(1 << 66)], span[5 : 1 << 79 : 3])
for iterator in (iter(range(10)), iter(range(1 << 70))):
    attempt(lambda: iterator.__setstate__(""))
    attempt(lambda: iterator.__setstate__(1.0))


def derived(base, with_new, with_init):
    members = {}
    if with_new:
        members["__new__"] = lambda cls, *args, newarg=None: base.__new__(cls, *args)
    if with_init:
        members["__init__"] = lambda self, *args, newarg=None: None
    return type("Derived", (base,), members)


for base in (set, frozenset, list, tuple, bytearray, dict, float, int, str, collections.deque):
    for with_new in (False, True):
        for with_init in (False, True):
            cls = derived(base, with_new, with_init)
            try:
                result = cls(newarg=3)
            except TypeError as error:
                result = error
            print(base.__name__, with_new, with_init, repr(result))

for base in (set, frozenset, list, dict, bytearray, collections.deque, collections.OrderedDict):
    cls = type("Slotted", (base,), {"__slots__": ("x", "y")})
    slotted = cls()
    slotted.x = 1
    print(base.__name__, slotted.__reduce_ex__(2)[1:3])
print(bytearray().__reduce_ex__(2), bytearray(b"a").__reduce_ex__(2))


class Counted(int):
    hashed = 0

    def __hash__(self):
        Counted.hashed += 1
        return super().__hash__()


keys = dict.fromkeys(map(Counted, range(5)))
copied = set(keys)
copied.symmetric_difference_update(keys)
copied.update(keys)
print(Counted.hashed, len(copied), len(dict.fromkeys(copied)), Counted.hashed)


class Clearing:
    def __init__(self, other):
        self.other = other

    def __eq__(self, other):
        self.other.clear()
        return NotImplemented


first, second = [], []
first.append(Clearing(second))
second.append(Clearing(first))
print(first == second)

print(type.__doc__.splitlines()[0], type.__itemsize__, int.__itemsize__, str.__itemsize__, tuple.__itemsize__)
print("__getattr__" in dir(type), "__getattr__" in dir(types.ModuleType))


class Group(ExceptionGroup):
    def split(self, matcher):
        return self.answer


members = [ValueError(1)]
group = ExceptionGroup("message", members)
members.clear()
print(repr(group), group.args)
group.args = (1, 2, 3)
print(repr(group), repr(ExceptionGroup("m", collections.deque([KeyError()]))))
for name in ("message", "exceptions"):
    attempt(lambda: setattr(group, name, 1))
for answer in (1, (1,), (None, group, 3)):
    group = Group("split", [ValueError(1), KeyError(2)])
    group.answer = answer
    try:
        try:
            raise group
        except* ValueError:
            print("never")
    except BaseException as error:
        print(repr(error))

for place in ((1000, 5), (4, 5), (5, 6), (-3, 2), (0, 0), (2, 7)):
    print(UnicodeEncodeError("c", "xxxxx", *place, "r"), "|", UnicodeDecodeError("c", b"xxxxx", *place, "r"))
error = UnicodeDecodeError("ascii", bytearray(b"\xff"), 0, 1, "why")
print(error.args, error.object)
del error.reason, error.encoding
print(error)
error.object = None
attempt(lambda: str(error))
