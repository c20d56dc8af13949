"""Matrix inverse over exact fractions: a class of our own, and fractions.Fraction, which must agree."""

from fractions import Fraction


def gcd(a, b):
    while b:
        a, b = b, a % b
    return a


class Ratio:
    __slots__ = ("num", "den")

    def __init__(self, num, den=1):
        if den == 0:
            raise ZeroDivisionError(f"Ratio({num}, 0)")
        if den < 0:
            num, den = -num, -den
        common = gcd(abs(num), den)
        self.num = num // common
        self.den = den // common

    @staticmethod
    def of(value):
        if isinstance(value, Ratio):
            return value
        if isinstance(value, int):
            return Ratio(value)
        return NotImplemented

    def __add__(self, other):
        other = Ratio.of(other)
        if other is NotImplemented:
            return other
        return Ratio(self.num * other.den + other.num * self.den, self.den * other.den)

    __radd__ = __add__

    def __neg__(self):
        return Ratio(-self.num, self.den)

    def __sub__(self, other):
        return self + -Ratio.of(other)

    def __rsub__(self, other):
        return -self + other

    def __mul__(self, other):
        other = Ratio.of(other)
        if other is NotImplemented:
            return other
        return Ratio(self.num * other.num, self.den * other.den)

    __rmul__ = __mul__

    def __truediv__(self, other):
        other = Ratio.of(other)
        return Ratio(self.num * other.den, self.den * other.num)

    def __rtruediv__(self, other):
        return Ratio.of(other) / self

    def __eq__(self, other):
        other = Ratio.of(other)
        if other is NotImplemented:
            return other
        return self.num == other.num and self.den == other.den

    def __hash__(self):
        return hash((self.num, self.den))

    def __bool__(self):
        return self.num != 0

    def __str__(self):
        return f"{self.num}/{self.den}" if self.den != 1 else str(self.num)

    __repr__ = __str__


def identity(n, unit):
    return [[unit(int(i == j)) for j in range(n)] for i in range(n)]


def inverse(matrix, unit):
    n = len(matrix)
    left = [row[:] for row in matrix]
    right = identity(n, unit)
    for col in range(n):
        pivot = next((r for r in range(col, n) if left[r][col]), None)
        if pivot is None:
            raise ArithmeticError("singular")
        left[col], left[pivot] = left[pivot], left[col]
        right[col], right[pivot] = right[pivot], right[col]
        scale = 1 / left[col][col]
        left[col] = [x * scale for x in left[col]]
        right[col] = [x * scale for x in right[col]]
        for r in range(n):
            if r != col and left[r][col]:
                factor = left[r][col]
                left[r] = [a - factor * b for a, b in zip(left[r], left[col])]
                right[r] = [a - factor * b for a, b in zip(right[r], right[col])]
    return right


def multiply(a, b):
    columns = list(zip(*b))
    return [[sum((x * y for x, y in zip(row, column)), start=0) for column in columns] for row in a]


def hilbert(n, unit):
    return [[unit(1, i + j + 1) for j in range(n)] for i in range(n)]


for row in inverse(hilbert(4, Ratio), Ratio):
    print(*row)
for n in (2, 5, 9):
    own = inverse(hilbert(n, Ratio), Ratio)
    lib = inverse(hilbert(n, Fraction), Fraction)
    same = all(a.num == b.numerator and a.den == b.denominator for r, s in zip(own, lib) for a, b in zip(r, s))
    print(n, same, multiply(hilbert(n, Ratio), own) == identity(n, Ratio), own[n // 2][n - 1])
odd = [[Ratio(3, 7), Ratio(-2), Ratio(1, 3)], [Ratio(0), Ratio(5, 11), Ratio(9)], [Ratio(4), Ratio(1, 2), Ratio(-6, 5)]]
result = inverse(odd, Ratio)
print(result)
print(multiply(odd, result))
try:
    inverse([[Ratio(1), Ratio(2)], [Ratio(2), Ratio(4)]], Ratio)
except ArithmeticError as error:
    print(type(error).__name__, error)
try:
    Ratio(5, 0)
except ZeroDivisionError as error:
    print(error)
try:
    Ratio(1) + 1.5
except TypeError as error:
    print(error)
print(Fraction("3.25") + Fraction(1, 3), Fraction(-7, 2) // 1, Fraction(7, 3) % Fraction(1, 2), float(Fraction(1, 3)))
print(Fraction(0.1).limit_denominator(100), Fraction(355, 113) > Fraction(22, 7), f"{Fraction(1, 3):.5f}")
