"""Attributes added, deleted, turned into a property, shadowed on the instance, moved to __getattr__ in hot loops."""


class P:
    def __init__(self, x):
        self.x = x


def read(p):
    return p.x


def write(p, v):
    p.x = v


def sum_x(p, n, action=None, at=-1):
    total = 0
    for i in range(n):
        if i == at:
            action(p)
        try:
            total += p.x
        except AttributeError as error:
            return total, i, str(error)
    return total


p = P(3)
for _ in range(3000):
    read(p)
    write(p, 3)
print(sum_x(p, 5000))
print(sum_x(P(2), 5000, lambda p: setattr(p, "y", 1), 2500))
print(sum_x(P(2), 5000, lambda p: delattr(p, "x"), 2500))
print(sum_x(P(2), 5000, lambda p: p.__dict__.update(x=10, z=1), 2500))
print(sum_x(P(2), 5000, lambda p: p.__dict__.clear(), 2500))
print(sum_x(P(2), 5000, lambda p: setattr(p, "__dict__", {"x": 7}), 2500))
q = P(1)
for name in "abcdefghijklmnopqrstuvw":
    setattr(q, name, name)
print(sum_x(q, 3000), list(vars(q))[:3])
del q.a, q.x
q.x = 50
print(sum_x(q, 3000), list(vars(q))[-1])


def into_property(p):
    P.x = property(lambda self: self.__dict__["x"] * 100)


print(sum_x(P_ := p, 4000, into_property, 3000), read(p))
try:
    write(p, 9)
except AttributeError as error:
    print(error)
del P.x
print(read(p))
write(p, 4)
P.x = 99  # a plain class attribute: the instance wins
print(read(p), sum_x(p, 3000))
del p.x
print(read(p), sum_x(p, 3000))
del P.x
print(sum_x(p, 10))


def add_getattr(p):
    P.__getattr__ = lambda self, name: 1000 if name == "x" else 0


add_getattr(p)
print(sum_x(p, 3000), read(p))
write(p, 5)
print(sum_x(p, 3000))
del P.__getattr__


class Data:
    def __get__(self, instance, owner):
        return 42 if instance else self

    def __set__(self, instance, value):
        instance.__dict__["x"] = value * 2


print(sum_x(p, 4000, lambda p: setattr(P, "x", Data()), 2000))
write(p, 11)
print(p.__dict__, read(p))
del P.x
print(read(p))
calls = []
P.__setattr__ = lambda self, name, value: (calls.append((name, value)), object.__setattr__(self, name, value))[0]
for i in range(2000):
    write(p, i)
print(len(calls), calls[-1], read(p))
del P.__setattr__
P.__getattribute__ = lambda self, name: 8
print(sum_x(p, 3000), p.anything)
del P.__getattribute__
print(sum_x(p, 3000))


class Q:
    shared = 1


def shared(q, n):
    t = 0
    for i in range(n):
        if i == n // 2:
            Q.shared = 10
        if i == n - 10:
            q.shared = 100
        t += q.shared
    return t


print(shared(Q(), 4000), Q.shared)
