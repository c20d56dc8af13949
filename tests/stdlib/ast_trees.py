"""Parsing to trees: every kind of node, with its place."""

import ast
import warnings

SOURCE = '''"""doc"""
from __future__ import annotations
import a.b as c, d
from . import e
from ..f import g as h, i
@decorator(1)
@other
async def f[T: int = str, *U, **P](a, b: int, /, c=1, *args: *ts, d, e: str = "x", **kw) -> None:
    """about f"""
    global x, y
    async with a as b, c: pass
    async for i in j:
        continue
    else:
        break
    await z
    return
class C[T](A, metaclass=M, **kw):
    x: int = 1
    (y): int
    z.w: str
    def m(self): nonlocal q; yield; yield 1; x = yield from y
type X[T] = list[T]
if a: pass
elif b: pass
else: pass
while a < b <= c != d: break
else: pass
for (i, *j), k in l: pass
with (a as b, c as (d, e)): pass
with (a): pass
try: pass
except A: pass
except (B, C) as d: pass
except: pass
else: pass
finally: pass
try: pass
except* A as e: pass
raise
raise A from B
assert a, "m"
del a, b.c, d[0]
a = b = c, d = e
a += 1; b @= 2; c //= 3; d **= 4; e >>= 5
x = lambda a, *b, c=1: (a, b)
x = [a for b in c if d if e for f in g]
x = {a async for b in c}
x = {a: b for c in d}
x = (a for b in c)
f(a for b in c)
f(a, *b, c=1, **d)
x = {**a, 'b': c}
x = {1, *y}
x = a[1:2, ::3, ...]
x = a[*b]
x = a if b else (c := d)
x = not a and b or -c ** ~d
x = a is not b in c not in d
x = u'kind' 'joined' "\\N{DIGIT ONE}é"
x = b'bytes' br'\\x'
x = 1_000, 0xff, 1e10, 3j, True, None, ...
x = f"a{b!r:>{w}}c{d=}{e = !s}" f'{f:%H}' "tail"
x = t"a{b + 1!r:>{w}}c" t"{d=}"
x = f\'\'\'
{
  y
}
é{z}\'\'\'
match x:
    case 1 | -2 | 3+4j | "s" | None: pass
    case [a, *_, b] if c: pass
    case {"k": v, **rest}: pass
    case A.B(x, y=z) as w: pass
    case (a.b): pass
    case _: pass
é = "ünï"; ü = é
(a,
 b) = (
  1)
'''


def show(source, mode="exec", **options):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source, mode=mode, **options)
        print(ast.dump(tree, include_attributes=True))
    except SyntaxError as error:
        print(type(error).__name__, error.msg, error.lineno, error.offset, error.end_lineno, error.end_offset)
    except ValueError as error:
        print(type(error).__name__, error)


print(ast.dump(ast.parse(SOURCE), include_attributes=True, indent=1))
print(ast.unparse(ast.parse(SOURCE)))
for source in ["x = 1", "x; y", "", "\n", "x\n\n\n", "if a:\n  b\n", "#c", "return", "break", "yield", "f(a=1, a=2)", "*a, *b = c",
               "def f(a, a): pass", "nonlocal x", "from __future__ import nothing", "(", "x = ", "1 = x", "f(**a, *b)", "  x"]:
    show(source)
for source in ["x", "(x,\n y)", "a if b else c"]:
    show(source, "eval")
for source in ["x\n", "x; y\n", "if a: b\n"]:
    show(source, "single")
show("x = []", type_comments=True)
show(b"# coding: latin-1\nx = '\xe9'")
show(b"\xef\xbb\xbfx")
print(ast.dump(compile("__debug__; '%s-%r' % (a, b); -1", "x", "exec", ast.PyCF_OPTIMIZED_AST)))
print(ast.dump(compile("'doc'\ndef f():\n 'doc'\nclass A:\n 'doc'\n x", "x", "exec", ast.PyCF_OPTIMIZED_AST, optimize=2)))
print(ast.dump(ast.parse("__debug__", optimize=1)))
print(ast.literal_eval("[1, -2, (3+4j), {'a': None, b'x': ...}, {1}, set()]"))
for bad in ["a", "1 + x", "f()", "(1).real", "-'x'"]:
    try:
        ast.literal_eval(bad)
    except (ValueError, TypeError) as error:
        print(type(error).__name__, error)
print([type(n).__name__ for n in ast.walk(ast.parse("def f(x): return x + 1"))])
print(ast.get_docstring(ast.parse(SOURCE)), ast.get_source_segment("a + bc * d", ast.parse("a + bc * d").body[0].value.right))


class Doubler(ast.NodeTransformer):
    def visit_Constant(self, node):
        return ast.copy_location(ast.Constant(node.value * 2), node)


print(eval(compile(Doubler().visit(ast.parse("1 + 2 * 3", mode="eval")), "x", "eval")))
