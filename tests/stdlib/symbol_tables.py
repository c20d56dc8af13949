"""The scopes of programs, as the compiler sees them."""

import _symtable
def show(t, d=0):
    print(' '*d, t.name, t.type, t.lineno, t.nested, t.symbols, t.varnames)
    for c in t.children: show(c, d+2)
SRC = """
import os
x: int = 3
@os
def f[T: int = str, *Ts](a, *b, c=lambda q: q, **d) -> x:
    global g
    e = [i for i in a if (lambda: i)]
    def inner():
        nonlocal e
        return e, d
    yield {k: v for k, v in (z for z in b)}
    return {s for s in y}
class K[U](B, metaclass=M):
    __p = 1
    y: U
    def m(self):
        return __class__, self.__p, super()
    type A = U
    z = [j for j in x]
type L[V: (int, str)] = list[V]
async def co():
    import a.b as c, d.e
    from f import g as h
    del c
    for w, in h: pass
    with h as r: pass
    try: pass
    except E as ex: pass
    (n := 3)
    match n:
        case [aa, *bb]: pass
lst = [lambda: (yield)]
{(w := 1) for _ in x}
"""
show(_symtable.symtable(SRC, 'x', 'exec'))
show(_symtable.symtable('[x for x in y] + z', 'x', 'eval'))
show(_symtable.symtable('a: b = c', 'x', 'single'))
for bad in ('def f(a, a): pass', 'x = = 3', 'nonlocal x'):
    try: _symtable.symtable(bad, 'x', 'exec')
    except SyntaxError as e: print(e, e.lineno, e.offset)
try: _symtable.symtable('a', 'x', 'what')
except ValueError as e: print(e)
t = _symtable.symtable('def f(): pass', 'x', 'exec')
print(repr(t).replace(str(t.id), 'ID'), t.children[1] is t.children[1], t.children[1].id == t.children[1].id)
print(type(t), isinstance(t.id, int))
show(_symtable.symtable("a: {n for n in x}\nb: [(lambda: n) for m in x if n]", "x", "exec"))
for comprehension in ("[x + k for x in xs]", "[k for k in xs]", "[(lambda: k) for x in xs]", "(x + k for x in xs)"):
    show(_symtable.symtable(f"def f(xs, k):\n return {comprehension}", "x", "exec"))
for bad in ((1, "x", "exec"), ("a", 1, "exec"), ("a", bytearray(b"x"), "exec")):
    try:
        _symtable.symtable(*bad)
    except TypeError as e:
        print(e)
import symtable
table = symtable.symtable("def f(a, b=1):\n global g\n g = a\n def h(): return b\n", "x", "exec")
f = table.lookup("f").get_namespace()
print(f, f.get_parameters(), f.get_locals(), f.get_globals(), f.get_frees(), f.get_children())
print(f.lookup("g").is_declared_global(), f.lookup("b"), table.lookup("f").is_namespace())
