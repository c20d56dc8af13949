"""sys._getframe(n).f_locals read and written by callees of hot code; locals(); frames kept alive; f_lineno; f_back."""

import sys


def peek():
    f = sys._getframe(1)
    return f.f_locals["i"], f.f_locals["total"], f.f_lineno - f.f_code.co_firstlineno, f.f_code.co_name


def loop(n, at):
    total = 0
    seen = None
    for i in range(n):
        total += i * 2
        if i == at:
            seen = peek()
    return total, seen


for _ in range(100):
    loop(60, -1)
print(loop(5000, 4000))


def poke(**values):
    sys._getframe(1).f_locals.update(values)


def victim(n, at, **values):
    total, step, unused = 0, 1, None
    for i in range(n):
        if i == at:
            poke(**values)
        total += step
    return total, step, unused, i


print(victim(5000, -1))
print(victim(5000, 4000, step=100), victim(5000, 4000, step=0.5, unused="written"), victim(5000, 4000, total=2**80))
try:
    victim(5000, 4000, step="text")
except TypeError as error:
    print(error)
print(victim(5000, 4990, i=10**6))


def level3():
    f = sys._getframe()
    out = []
    while f and f.f_code.co_name != "<module>":
        out.append((f.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno, sorted(f.f_locals)))
        f = f.f_back
    return out


def level2(a):
    b = a + 1
    return level3() if a == 4000 else b


def level1(n):
    result = None
    for k in range(n):
        r = level2(k)
        if isinstance(r, list):
            result = r
    return result


for line in level1(5000):
    print(line)


def write_up():
    sys._getframe(2).f_locals["acc"] += 1000


def middle(flag):
    if flag:
        write_up()
    return 1


def top(n):
    acc = 0
    for i in range(n):
        acc += middle(i % 2000 == 1999)
    return acc


print(top(6000))


def own_locals(n):
    total, snap = 0, []
    for i in range(n):
        total += i
        if i in (10, 3000):
            snap.append(dict(locals(), snap=None))
    return snap


print(own_locals(4000))


def keep(n):
    frames = []
    x = 0
    for i in range(n):
        x += 1
        if i == 3000:
            frames.append(sys._getframe())
    return frames[0]


f = keep(4000)
print(f.f_locals["x"], f.f_locals["i"], f.f_back.f_code.co_name, f.f_lineno - f.f_code.co_firstlineno)
f.clear()
print(dict(f.f_locals))


def cells(n):
    count = 0

    def bump():
        nonlocal count
        count += 1

    for i in range(n):
        bump()
        if i == 3000:
            sys._getframe().f_locals["count"] = 10**6
            proxy = sys._getframe().f_locals
    return count, proxy["count"], "bump" in proxy, len(proxy)


print(cells(4000))


def extra(n):
    p = None
    for i in range(n):
        if i == 3000:
            p = sys._getframe().f_locals
            p["brand_new"] = 5
    return p["brand_new"], [k for k in p], sys._getframe().f_locals == p


print(extra(4000))


def evaluated(n):
    total = 0
    for i in range(n):
        if i % 1000 == 999:
            total += eval("i * 2 + total * 0")
            exec("total = -1")
    return total


print(evaluated(4000))


def deletes(n):
    gone = 1
    for i in range(n):
        if i == 3000:
            try:
                del sys._getframe().f_locals["gone"]
            except (TypeError, ValueError, KeyError) as error:
                return type(error).__name__, str(error)
        gone += 1
    return gone


print(deletes(4000))
