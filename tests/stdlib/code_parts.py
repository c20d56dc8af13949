"""Code objects made from others and from their parts."""

import copy
import types
import weakref
import warnings


def f(a, b=2, *, c=3):
    x = a + b
    return x * c


code = f.__code__
print(code.replace() == code, code.replace(co_name="g") == code, hash(code.replace()) == hash(code))
print(code.replace(co_name="g", co_qualname="h.g").co_qualname, code.replace(co_filename="elsewhere").co_filename)
print(code.replace(co_filename="elsewhere") == code, code.replace(co_firstlineno=77) == code)
names = code.replace(co_varnames=("p", "q", "r", "s"))
print(names.co_varnames, names.co_nlocals)
cells = code.replace(co_cellvars=("a", "other"))
print(cells.co_varnames, cells.co_cellvars, cells.co_freevars, cells.co_nlocals)
print(copy.replace(code, co_name="r").co_name, code.__replace__(co_name="s").co_name)


def constant():
    return 1234567


other = constant.__code__.replace(co_consts=(7654321,))
print(types.FunctionType(other, {})(), constant())
marker = []
print(constant.__code__.replace(co_consts=(marker,)).co_consts[0] is marker)
for changes in (
    {"co_code": b"a"},
    {"co_argcount": -1},
    {"co_nlocals": 5},
    {"co_names": (1,)},
    {"co_code": "x"},
    {"co_name": 1},
    {"nothing": 1},
    {"co_argcount": "a"},
    {"co_stacksize": -1},
    {"co_varnames": ()},
    {"co_consts": [1]},
    {"co_argcount": 9},
    {"co_argcount": 2**40},
    {"co_firstlineno": -3},
):
    try:
        code.replace(**changes)
    except (ValueError, TypeError, SystemError, OverflowError) as e:
        print(changes, type(e).__name__, e)
made = types.CodeType(
    0, 0, 0, 0, 1, 3, constant.__code__.co_code, (99,), (), (), "file", "made", "of.made", 5,
    constant.__code__.co_linetable, b"",
)
print(types.FunctionType(made, {})(), made.co_name, made.co_qualname, made.co_firstlineno)
for arguments in ((1, 2), (-1, 0, 0, 0, 1, 3, b"", (), (), (), "f", "n", "q", 1, b"", b"")):
    try:
        types.CodeType(*arguments)
    except (TypeError, ValueError) as e:
        print(e)
reference = weakref.ref(made)
print(reference() is made)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(len(code.co_lnotab) % 2, [str(w.message) for w in caught])


def first():
    def inner(x):
        return x


a, b = (compile("def g(x):\n  return lambda: x\n", name, "exec") for name in ("one", "two"))
print(a == b, hash(a) == hash(b))
