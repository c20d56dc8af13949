"""Objects that live for a few lines: never made, unless something wants to see them."""
import sys


class Vector:
    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    def scaled(self, by):
        return Vector(self.x * by, self.y * by, self.z * by)

    def __repr__(self):
        return f"<{self.x} {self.y} {self.z}>"


class Counted:
    alive = 0

    def __init__(self, n):
        self.n = n
        Counted.alive += 1

    def __del__(self):
        Counted.alive -= 1


def length(a, b):
    between = a + b.scaled(-1.0)
    return between.dot(between)


def changed(n):
    v = Vector(n, 1, 2)
    v.x += 5
    v.y = v.x * 2
    w = v
    w.z = v.y + 1
    return v.x + v.y + w.z


def in_branches(n):
    v = Vector(n, n + 1, n + 2)
    if n % 3:
        v.x = 7
    else:
        v = Vector(v.z, v.y, v.x)
    return v.dot(v)


def kept(n, out):
    v = Vector(n, n, n)
    total = v.dot(v)
    if n == 1500:
        out.append(v)
        out.append(v)
    return total


def seen(n, at):
    v = Vector(n, 2.5, n * 2)
    u = v.scaled(2)
    if n == at:
        return sorted((k, repr(x)) for k, x in sys._getframe().f_locals.items())
    return v.x + u.z


def frames(n, at, out):
    v = Vector(n, 0, 1)
    if n >= at:
        out.append(sys._getframe())
    return v.x + v.z


def raising(n, at):
    v = Vector(n, at - n, 3)
    u = v + v
    return u.x // v.y


def counts(n):
    v = Vector(n, n, n)
    u = v
    alone = Vector(1, 2, 3)
    if n == 1800:
        return sys.getrefcount(v) - sys.getrefcount(alone), u is v, vars(u)
    return v.x


def with_finalizer(n):
    c = Counted(n)
    m = c.n + 1
    return m


class Watcher:
    """Dies while vectors are around, and looks at the variables of whoever let it go."""

    def __init__(self, look):
        self.look = look

    def __del__(self):
        if self.look:
            frame = sys._getframe(1)
            print(frame.f_code.co_name, sorted((k, repr(v)) for k, v in frame.f_locals.items() if k != "w"))
            v = frame.f_locals.get("v")
            if v is not None:
                v.x = 1000
                global last
                last = v


def watched(n, look):
    w = Watcher(look)
    v = Vector(n, 1, 1)
    w = None
    u = v.scaled(2)
    if look:
        print(last is v)
    return u.x + v.x


def summed(v, u):
    return v.dot(u) + (v + u).x


def overwritten(n, k):
    v = Vector(n, 1, 2)
    v = v.dot(v) * 2.0
    w = k + 1
    return v + w, v


def dropped(n, k):
    v = Vector(n, 1, 2)
    total = v.dot(v)
    v = None
    return k + 1, v, total


def deleted(n, k):
    v = Vector(n, 1, 2)
    total = v.dot(v)
    del v
    w = k + 1
    try:
        v
    except NameError as error:
        return str(error), w, total


def main():
    for n in range(2000):
        overwritten(n, 1), dropped(n, 1), deleted(n, 1)
    for k in (1, 1.5, 1 << 62, 1 << 70):
        print(overwritten(3, k), dropped(3, k), deleted(3, k))
    a, b = Vector(1.5, 2.5, 3.5), Vector(0.5, 4.0, -1.0)
    print(sum(length(a, b) for _ in range(2000)))
    print(length(Vector(1, 2, 3), Vector(4, 5, 6)), length(Vector(1 << 62, 0, 0), Vector(0, 1 << 63, 0)))
    print(length(Vector(1e200, 0.0, 0.0), Vector(-1e200, 5e-324, 0.0)))
    try:
        length(Vector("a", 1, 2), b)
    except TypeError as error:
        print(error)
    print(sum(changed(n) for n in range(2000)), changed(2.5), changed(1 << 62))
    print(sum(in_branches(n) for n in range(2000)), in_branches(0.5))
    out = []
    print(sum(kept(n, out) for n in range(2000)), out, out[0] is out[1], sys.getrefcount(out[0]) - sys.getrefcount(a))
    print([seen(n, 1700) for n in range(1699, 1702)], [seen(n, 1700) for n in range(3000)][1700])
    out = []
    total = sum(frames(n, 1995, out) for n in range(2000))
    print(total, [repr(f.f_locals["v"]) for f in out])
    for n in range(3000):
        try:
            raising(n, 2500)
        except ZeroDivisionError as error:
            frame = error.__traceback__.tb_next.tb_frame
            print(n, error, frame.f_locals["v"], frame.f_locals["u"], sys.getrefcount(frame.f_locals["v"]) - sys.getrefcount(b))
    print([counts(n) for n in range(1790, 1802)], [counts(n) for n in range(3000)][1800])
    print(sum(with_finalizer(n) for n in range(2000)), Counted.alive)
    print(sum(watched(n, False) for n in range(2000)))
    print(watched(5, True), last)
    print(watched(6, True), last)
    print(sum(summed(Vector(n, 1, 2), Vector(2, n, 1)) for n in range(2000)))

    Vector.__del__ = lambda self: dying.append(self.x)
    dying = []
    print(changed(3), dying)
    del Vector.__del__
    Vector.__init__ = lambda self, x, y, z: self.__dict__.update(x=z, y=y, z=x)
    print(changed(3), length(a, b))


last = None
main()
