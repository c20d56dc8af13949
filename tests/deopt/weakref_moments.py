"""Weak reference callbacks and finalizers at exact moments of hot loops; reference counts read inside them."""

import gc
import sys
import weakref

gc.disable()


class Obj:
    def __init__(self, k):
        self.k = k


def moments(n):
    log = []
    total = 0
    for i in range(n):
        o = Obj(i)
        r = weakref.ref(o, lambda r, i=i: log.append(("cb", i)))
        if i >= n - 3:
            log.append(("made", i, r() is o))
        o = None
        if i >= n - 3:
            log.append(("dropped", i, r()))
        elif len(log) > 5:
            log.clear()
        total += 1
    return total, log[-9:]


print(moments(3000))


def callback_changes(n):
    factor = 1

    def change(r):
        nonlocal factor
        factor = 10

    holder = [Obj(0)]
    r = weakref.ref(holder[0], change)
    total = 0
    for i in range(n):
        if i == 2000:
            holder[0] = None
        total += factor
    return total


print(callback_changes(3000))


def counts(n):
    o = Obj(1)
    base = sys.getrefcount(o)
    seen = set()
    for i in range(n):
        a = o
        seen.add(sys.getrefcount(o) - base)
        b = [o, o]
        seen.add(sys.getrefcount(o) - base)
        a = b = None
        seen.add(sys.getrefcount(o) - base)
    return sorted(seen)


print(counts(3000))


def argument(o):
    return sys.getrefcount(o)


def passed(n):
    o = Obj(1)
    seen = {}
    for i in range(n):
        c = argument(o)
        seen[c - argument(o)] = seen.get(c - argument(o), 0) + 1
    return seen


print(passed(3000))


def containers(n):
    o = object()
    base = sys.getrefcount(o)
    keep = []
    for i in range(n):
        keep.append((o, i))
        if len(keep) > 10:
            del keep[:5]
    at_end = sys.getrefcount(o) - base - len(keep)
    keep.clear()
    return at_end, sys.getrefcount(o) - base


print(containers(3000))


def through_calls(n):
    def ident(x):
        return x

    def star(*args, **kw):
        return args

    class Holder:
        def __init__(self, v):
            self.v = v

        def get(self):
            return self.v

    o = Obj(5)
    base = sys.getrefcount(o)
    for i in range(n):
        ident(o)
        star(o, o, k=o)
        Holder(o).get()
        [x for x in (o, o)]
        {o.k: o}
        try:
            raise ValueError(o)
        except ValueError as error:
            error.args
        if i % 2:
            y = ident
        (lambda: o)
    return sys.getrefcount(o) - base


print(through_calls(3000))


def cycles(n):
    log = []
    for i in range(n):
        a, b = Obj(i), Obj(-i)
        a.other, b.other = b, a
        if i == n - 1:
            weakref.finalize(a, log.append, "finalized")
            a = b = None
            log.append("before collect")
            gc.collect()
            log.append("after collect")
    return log


print(cycles(2000))
values = weakref.WeakValueDictionary()
total = 0
for i in range(3000):
    o = Obj(i)
    values[i % 10] = o
    total += len(values)
    if i % 100 == 0:
        keep = o
print(total, len(values), sorted(values))


def proxies(n):
    o = Obj(3)
    p = weakref.proxy(o)
    total = 0
    try:
        for i in range(n):
            total += p.k
            if i == 2000:
                del o
    except ReferenceError as error:
        return total, i, str(error)


print(proxies(3000))


def frames_hold(n):
    log = []

    class D:
        def __del__(self):
            log.append("del")

    def inner(flag):
        d = D()
        if flag:
            raise KeyError("x")
        return 1

    for i in range(n):
        log.clear()
        try:
            inner(i % 2)
        except KeyError as error:
            log.append("except")
        log.append("after")
    return log


print(frames_hold(2001), frames_hold(2000))
gc.enable()
