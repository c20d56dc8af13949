# Loops over `enumerate` of lists: of numbers, of other things, that grow, that go on after a break.
def f(u, k):
    s = 0
    for j, x in enumerate(u):
        s += x * j + k
    return s
def g(u):
    out = 0
    for j, x in enumerate(u, 5):
        out += x
        if j == 7:
            u.append(1)
        if j == 20: break
    return out
u = [i * 0.5 for i in range(100)]
t = 0
for i in range(3000):
    t += f(u, i)
print(t)
class Big(float): pass
print(f([1, 2.5, True, Big(3)], 2), f(['a'*0], 2) if 0 else 0)
print(f([10**30, 1e300], 2))
for i in range(2000):
    r = g([1, 2, 3])
print(r)
import sys
try:
    f(["x"], 1)
except TypeError as e: print(e)
def h(u):
    e = enumerate(u)
    s = 0.0
    for j, x in e:
        s += x
    for j, x in e:
        s += 100
    u.append(5.0)
    for j, x in e:
        s += 1000
    return s, j
for i in range(2000):
    r = h([1.0, 2.0])
print(r)


class Dying:
    def __del__(self):
        print("gone")


def mixed(items):
    total = 0.0
    for i, x in enumerate(items):
        if i == 0:
            items[0] = None
        if i < 3:
            print("round", i)
        if i > 0:
            total += x * 2.0
        x = None
    return total


print(mixed([Dying()] + [0.5] * 3000))
print(mixed([Dying()] + [1] * 3000))
