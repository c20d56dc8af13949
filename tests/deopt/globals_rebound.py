"""Globals and builtins rebound, shadowed, deleted while hot code reads them; also through globals() and exec."""

import builtins

FACTOR = 2


def helper(x):
    return x * FACTOR


def run(n, events):
    total = 0
    for i in range(n):
        if i in events:
            events[i]()
        try:
            total += helper(i)
        except (NameError, TypeError) as error:
            return total, i, f"{type(error).__name__}: {error}"
    return total


def set_factor():
    global FACTOR
    FACTOR = 5


def set_float():
    globals()["FACTOR"] = 0.5


def replace_helper():
    global helper
    helper = lambda x: -x


def by_exec():
    exec("def helper(x): return x + FACTOR", globals())


def delete():
    del globals()["FACTOR"]


print(run(5000, {}))
print(run(5000, {2000: set_factor, 3000: set_float, 4000: replace_helper}))
print(run(5000, {3000: by_exec, 4000: set_factor}))
print(run(5000, {3000: delete}))
FACTOR = 1


def lengths(items, n):
    total = 0
    for i in range(n):
        total += len(items) + abs(-1) + max(1, 2)
        if i == 3000:
            globals()["len"] = lambda items: 100
        if i == 3500:
            del globals()["len"]
        if i == 4000:
            builtins.len = lambda items: 7
        if i == 4500:
            builtins.len = original_len
        if i == 4600:
            globals()["abs"] = lambda x: 50
    return total


original_len = len
print(lengths([1, 2, 3], 5000))
del abs


def ranges(n):
    out = []
    for k in range(n):
        if k == 2000:
            builtins.range = lambda *args: [1, 2, 10]
        if k == 2500:
            builtins.range = original_range
        s = 0
        for j in range(3):
            s += j
        out.append(s)
    return sum(out), out[1999:2002], out[2499:2502]


original_range = range
print(ranges(4000))


def classes(n):
    out = []
    for k in original_range(n):
        if k == 2000:
            globals()["int"] = str
        if k == 2500:
            globals()["isinstance"] = lambda a, b: "hm"
        out.append((int(k), isinstance(k, int)))
    return out[1999], out[2000], out[2500], out[-1]


print(classes(3000))
del int, isinstance


def outer_name(n):
    total = 0
    for i in range(n):
        if i == 2500:
            builtins.BRAND_NEW = 5
        try:
            total += BRAND_NEW
        except NameError:
            total -= 1
        if i == 3500:
            globals()["BRAND_NEW"] = 1000
    del builtins.BRAND_NEW, globals()["BRAND_NEW"]
    return total


print(outer_name(4000))


def make(ns):
    exec("def f(n):\n  t = 0\n  for i in range(n):\n    t += K\n  return t", ns)
    return ns["f"]


f, g = make({"K": 1}), make({"K": 10, "__builtins__": {"range": lambda n: [0] * 3}})
print(f(4000), g(4000), type(f)(f.__code__, {"K": 2})(3000))
try:
    type(f)(f.__code__, {"K": 2, "__builtins__": {}})(3)
except NameError as error:
    print(error)
print(len("back"), [x for x in range(3)], isinstance(int(3), int))


def print_shadow(n):
    for i in range(n):
        if i == 3000:
            globals()["True_"] = 1
        x = print if i < 0 else None
    globals()["print"] = lambda *a: builtins.print("shadowed", *a)
    print("value", x)
    del globals()["print"]


print_shadow(5000)
print("end")
