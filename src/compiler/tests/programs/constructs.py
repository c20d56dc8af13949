class C:
    x = [lambda: T for z in [1] for T in z]
    type A = [x for x in y]
    class D:
        r = [lambda a: (yield) for b in c]
def f[T: [lambda: x for x in y]](): pass
class E[T]:
    q = [T for _ in z]
    w = [lambda: T for _ in z]
    def m[U](self, a: [U for _ in T]) -> {U: T for _ in w}: 
        return [[[self for self in c] for b in self] for d in self]
x = [y := 1 for z in w]
def g():
    l = [m := 1 for n in o if (p := n)]
    def h():
        nonlocal m
        return m, p
    try: pass
    except* A as e: pass
    except* (B, C): raise
    with a as (b, *c), d as e[0]: pass
    while True:
        if x: break
        elif y: continue
    else: z
    match x:
        case [1, 2, *rest] if rest: pass
        case {"a": b, **rest}: pass
        case A(b, c=d) | A(c=d, b=b) : pass
        case (1 | 2) as q: pass
        case -1.5+2j: pass
        case [*_, 3]: pass
        case None | True: pass
        case a.b: pass
        case {**k}: pass
        case _: pass
    return lambda *a, b=1, **c: (yield a)
async def k():
    async with a as b, c: 
        async for x in y:
            if await x: break
            yield x
        else: z
    return
def n():
    for x in y:
        try:
            try: return x
            finally: a
        except B as c:
            continue
        finally:
            with d: break
    del x, (y, [z]), a.b, c[1:2], d[e]
    assert x, y
    x: int = 3
    a.b: c
    a[b:c, d]: e
    global gg
    gg += 1
    a[1:b] += c
    a[1:2] += 1
    return f"{a!r:>{b}}{c=}" "x" f"{d}"
print(t"a{b}c{d!r:x}" t"{e}")
a = b if c else d
a = not (b and c or d) < e < f
a = 1 < b < c
a = b"x" b"y"
a, (b, *c), [d] = e = f
if __debug__: x
if 0: y
while 1: 
    if z: break
x = -5, ~3, +2, not 1, 2**10, 2**-1, 1/3, 7//2, -7%3, 1<<100, "ab"*3, (1,)*3, "abc"[1], (1,2,3)[0:2], 5.0//2, 1j*2, 3+4j, 10**20, 0.1+0.2, 1e308*10, -0.0, 1_000, 0xff, 0o17, 0b11
"%s and %r" % (a, b)
class M(type, metaclass=x, **k): 
    a: int
    if a:
        b: str = 'x'
    __x = 1
    def __y(self): return self.__x, super().foo, super().bar(1), super(A, self).x
