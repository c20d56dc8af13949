"""Powers by small halves, which native code computes itself where it can tell what the C library says."""
import operator
import random

called = operator.pow


def halves(bases):
    wrong = 0
    for x in bases:
        wrong += x ** 0.5 != called(x, 0.5)
        wrong += x ** -0.5 != called(x, -0.5)
        wrong += x ** 1.5 != called(x, 1.5)
        wrong += x ** -1.5 != called(x, -1.5)
        wrong += x ** 2.5 != called(x, 2.5)
        wrong += x ** -2.5 != called(x, -2.5)
    return wrong


def wholes(bases):
    wrong = 0
    for x in bases:
        wrong += x ** 2 != called(x, 2)
        wrong += x ** 2.0 != called(x, 2.0)
        wrong += x ** 3 != called(x, 3)
        wrong += x ** -1 != called(x, -1)
        wrong += x ** -2 != called(x, -2)
        wrong += x ** -3.0 != called(x, -3.0)
        wrong += x ** 1.0 != called(x, 1.0)
    return wrong


def main():
    rng = random.Random(7)
    bases = [rng.lognormvariate(0, 9) for _ in range(6000)]
    bases += [rng.random() for _ in range(3000)]
    bases += [float(n) for n in range(1, 600)]
    bases += [n / 8 for n in range(1, 600)]
    # The ends of the range in which powers are computed, and what is beyond.
    bases += [2.0 ** 64, 2.0 ** -64, 2.0 ** 65, 2.0 ** -65, 1e90, 1e-90, 1.0, 1 + 2 ** -52, 1 - 2 ** -53]
    print(len(bases), halves(bases), wholes(bases))
    print(wholes([-x for x in bases]))


def refused(base, exponent):
    try:
        if exponent == -1.5:
            return base ** -1.5
        if exponent == 0.5:
            return base ** 0.5
        return base ** -2
    except ZeroDivisionError as error:
        return f"{type(error).__name__}: {error}"
    except OverflowError as error:
        return type(error).__name__


main()
for _ in range(2000):
    refused(2.0, -1.5), refused(2.0, 0.5), refused(2.0, -2)
infinity = float("inf")
for base in (0.0, -0.0, -4.0, infinity, -infinity, 5e-324, 1e300, 1e-300):
    print(base, refused(base, -1.5), refused(base, 0.5), refused(base, -2))
print(refused(float("nan"), -1.5), refused(float("nan"), 0.5), refused(float("nan"), -2))
print(refused(7, -1.5), refused(True, 0.5), refused(3, -2))
