"""Node classes: their tables, constructors, repr, copies and pickles."""

import ast
import copy
import pickle
import warnings

import _ast


def show(make):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = make()
            if isinstance(result, dict):
                result = sorted(result.items())
            text = repr(result)
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
    print(text)
    for warning in caught:
        print("   ", warning.category.__name__, warning.message)


def table():
    for name, value in vars(_ast).items():
        if isinstance(value, type) and issubclass(value, _ast.AST):
            print(name, value.__name__, value.__qualname__, value.__module__, value.__base__)
            print("  ", value.__doc__)
            print("  ", value._fields, value.__match_args__, value._attributes)
            print("  ", getattr(value, "_field_types", None), value.__dict__.get("__annotations__"))
            print("  ", [(f, getattr(value, f)) for f in value._fields + value._attributes if hasattr(value, f) and f != "n"])
        elif name.startswith("PyCF"):
            print(name, value)
    print(ast.Name.__annotations__, ast.Name.__weakref__.__class__.__name__)


class Own(ast.AST):
    _fields = ("a", "b")


class Typed(ast.AST):
    _fields = ("a", "b", "c")
    _attributes = ("x",)
    _field_types = {"a": list[int], "b": ast.expr_context, "c": int | None}


class Partly(ast.AST):
    _fields = ("a", "b")
    _field_types = {"a": int | None}


class Derived(ast.Name):
    extra = 1


class NoFields(ast.AST):
    _fields = 3


def constructors():
    show(lambda: ast.Name("x"))
    show(lambda: vars(ast.Name("x")))
    show(lambda: ast.Name())
    show(lambda: ast.Name("x", ast.Load(), 3))
    show(lambda: ast.Name("x", id=3))
    show(lambda: vars(ast.Name(id="x", foo=3)))
    show(lambda: ast.Pass(1))
    show(lambda: vars(ast.Pass(lineno=1, end_lineno=2)))
    show(lambda: vars(ast.FunctionDef("f")))
    show(lambda: ast.FunctionDef("f", ast.arguments()).returns)
    show(lambda: vars(ast.arguments()))
    show(lambda: Own())
    show(lambda: Own(1, 2))
    show(lambda: Own(1, b=2, c=3))
    show(lambda: vars(Typed(x=1)))
    show(lambda: vars(Typed(y=1)))
    show(lambda: vars(Partly()))
    show(lambda: Derived())
    show(lambda: Derived("x").ctx)
    show(lambda: NoFields())
    show(lambda: ast.AST())
    show(lambda: ast.AST(a=1))
    show(lambda: ast.AST(1))
    show(lambda: ast.expr(1))
    show(lambda: vars(ast.expr(lineno=1)))
    show(lambda: ast.Constant())
    show(lambda: ast.Constant(None).kind)
    show(lambda: ast.Load() is ast.Load())
    show(lambda: ast.Name("x").ctx is ast.Name("y").ctx)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        show(lambda: ast.Name())


def shown():
    for source in ["a+b", "f(x, y, z, w)", "[1, 2, 3, 4]", "[]", "[(a, [b, c]), x]", "f'{x!r:>3}'", "-x"]:
        show(lambda: ast.parse(source))
        show(lambda: ast.parse(source, mode="eval"))
    loop = ast.List([])
    loop.elts.append(loop)
    show(lambda: loop)
    show(lambda: ast.Tuple(("a", 1)))
    show(lambda: ast.Tuple(("a",)))
    show(lambda: ast.Tuple((1, 2, 3, 4)))
    broken = ast.Name("x")
    del broken.id
    show(lambda: broken)


def copies():
    tree = ast.parse("a + b\ndef f(x=1, *y): return [x, y]\n")
    for other in [copy.deepcopy(tree), pickle.loads(pickle.dumps(tree)), pickle.loads(pickle.dumps(tree, 2))]:
        print(other is tree, ast.dump(other, include_attributes=True) == ast.dump(tree, include_attributes=True))
    name = ast.Name("x", lineno=3)
    show(lambda: name.__reduce__()[:2])
    show(lambda: name.__reduce_ex__(4)[1])
    show(lambda: ast.AST().__reduce__())
    show(lambda: copy.replace(name, id="y"))
    show(lambda: vars(copy.replace(name, lineno=7)))
    show(lambda: copy.replace(name, foo="y"))
    show(lambda: name.__replace__(1))
    show(lambda: copy.replace(ast.FunctionDef("f", ast.arguments()), name="g").name)
    del name.id
    show(lambda: copy.replace(name))
    show(lambda: copy.replace(name, id="z"))


def matched(node):
    match node:
        case ast.BinOp(ast.Name(a), ast.Add(), ast.Constant(b)):
            return a, b
        case ast.Call(func=ast.Name(id="f"), args=[first, *_]):
            return ast.unparse(first)
    return None


table()
constructors()
shown()
copies()
print([matched(ast.parse(s, mode="eval").body) for s in ["x + 1", "f(a, b)", "g()"]])

extended = ast.Name("x")
extended.more = 1
print(hasattr(copy.replace(extended), "more"))
kept = ast.AST._fields
del ast.AST._fields
try:
    repr(ast.AST())
except AttributeError as error:
    print(type(error).__name__)
ast.AST._fields = kept
show(lambda: ast.AST())
