# Operators whose methods are small and written in Python: left in the middle, refused, replaced.
import sys
import traceback


class V:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return V(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return V(self.x - other.x, self.y - other.y)

    def __mul__(self, other):
        if isinstance(other, V):
            return self.x * other.x + self.y * other.y
        if other.__class__ is str:
            return NotImplemented
        return V(self.x * other, self.y * other)

    def __truediv__(self, other):
        return V(self.x / other, self.y / other)

    def __repr__(self):
        return f"V({self.x}, {self.y})"


class Refuses:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        total = self.v + 1
        if total > 900:
            return NotImplemented
        return total

    def __floordiv__(self, other):
        return NotImplemented


class Right:
    def __init__(self, v):
        self.v = v

    def __radd__(self, other):
        return ("radd", other.v, self.v)

    def __rfloordiv__(self, other):
        return self.v


class Sub(V):
    def __rsub__(self, other):
        return "rsub"


class Counts:
    alive = 0

    def __init__(self, n):
        self.n = n
        Counts.alive += 1

    def __del__(self):
        Counts.alive -= 1

    def __xor__(self, other):
        return Counts(self.n ^ other.n)

    def __ixor__(self, other):
        self.n ^= other.n
        return self


def walk(n, step, start):
    p = V(start, 0.5)
    d = V(step, 0.25)
    for i in range(n):
        p = p + d * 2 - d / 2
        p += d
    return p


def dots(a, b, n):
    total = 0
    for i in range(n):
        total += a * b
        total -= (a - b) * a
    return total


def refused(n):
    out = []
    for i in range(n):
        try:
            out.append(Refuses(i) + Right(i))
        except TypeError as error:
            out.append(str(error))
    return out


def refused_by_both(n):
    out = []
    for i in range(n):
        try:
            r = Refuses(i) + 5
        except TypeError as error:
            r = str(error)
        out.append(r)
    return out[0], out[898], out[899], out[-1]


def always_refused(n):
    total = 0
    for i in range(n):
        total += Refuses(i) // Right(i)
    return total


def raises(values):
    a = V(1, 2)
    for v in values:
        a = a + v
    return a


def xors(n):
    a = Counts(0)
    for i in range(n):
        a = a ^ Counts(i)
        a ^= Counts(1)
    return a.n, Counts.alive


def main():
    for _ in range(3):
        print(walk(200, 1.0, 0.0))
    print(walk(200, 1, 0), walk(100, 10**18, 0), walk(100, 1.0, 10**25))
    print(dots(V(1, 2), V(3, 4), 500), dots(V(1.5, 2), V(3, 4), 500), dots(V(1, 2), Sub(3, 4), 3) if 0 else "")
    r = refused(1000)
    print(r[0], r[898], r[899], r[900], r[-1])
    print(refused_by_both(1000))
    print(always_refused(500))
    vs = [V(i, i) for i in range(300)]
    for _ in range(5):
        print(raises(vs))
    for bad in (None, 5, V("a", 1)):
        try:
            raises(vs[:50] + [bad])
        except (TypeError, AttributeError) as error:
            print(type(error).__name__, error)
            print([(f.name, f.lineno) for f in traceback.extract_tb(error.__traceback__)])
    try:
        for _ in range(300):
            V(1, 2) * "s" if _ == 299 else V(1, 2) * 3
    except TypeError as error:
        print(error)
    print(V(1, 2) - Sub(1, 1), [V(1, 2) - x for x in [V(0, 0)] * 200 + [Sub(1, 1)]][-1])
    for _ in range(3):
        print(xors(300), Counts.alive)
    lines = []

    def trace(frame, event, arg):
        if frame.f_code.co_name in ("__add__", "__mul__") and len(lines) < 8:
            lines.append((frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno))
        return trace

    def traced(n):
        p, d = V(0, 0), V(1, 1)
        for i in range(n):
            if i == n - 2:
                sys.settrace(trace)
            p = p + d * 2
        sys.settrace(None)
        return p

    print(traced(400), lines)
    old = V.__add__
    p, d = V(0, 0), V(1, 1)
    for i in range(600):
        if i == 500:
            V.__add__ = lambda self, other: V(-1, -1)
        p = p + d
    print(p)
    V.__add__ = old

    class Deep:
        def __init__(self, n):
            self.n = n

        def __or__(self, other):
            if self.n == 0:
                return sys._getframe().f_back.f_lineno > 0
            return Deep(self.n - 1) | other

    for _ in range(30):
        r = Deep(20) | 1
    print(r)
    try:
        Deep(10**6) | 1
    except RecursionError as error:
        print(type(error).__name__)


main()
