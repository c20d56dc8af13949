"""Negative floor division and modulo, zero divisors caught in hot loops, mixed signs, floats, big ints, shifts."""


def divmods(n, d):
    q = r = 0
    for i in range(-n, n):
        q += i // d
        r += i % d
    return q, r


def caught(n, zero_at):
    total = zeros = 0
    for i in range(n):
        try:
            total += 1000 // (i - zero_at)
        except ZeroDivisionError:
            zeros += 1
        try:
            total += int(5.0 / (i % 500))
        except ZeroDivisionError as error:
            zeros += len(str(error))
        finally:
            total += 1
    return total, zeros


def edges(values, divisors):
    out = []
    for v in values:
        for d in divisors:
            out.append((v // d, v % d, divmod(v, d) == (v // d, v % d), v - v // d * d == v % d))
    return out


for _ in range(300):
    divmods(30, 7)
print([divmods(2500, d) for d in (1, -1, 2, -2, 7, -7, 2**62, -(2**62), 2**63, 2**70)])
print([divmods(2000, d) for d in (2.0, -0.5, 3.5, float("inf"))])
for _ in range(100):
    edges([1, -1, 5], [2, -3])
top = 1 << 62
print(edges([top - 1, -top, -top - 1, top, 0, -1], [1, -1, 2, -2, top - 1, -top, 3]))
print(caught(5000, 4000), caught(5000, -1))
shifts = []
for i in range(4000):
    shifts.append((1 << (i % 70)) >> (i % 65))
    if i == 3990:
        for bad in (-1, 1.0, 2**70):
            try:
                1 >> bad
                1 << bad
            except (ValueError, TypeError, OverflowError, MemoryError) as error:
                print(type(error).__name__, error)
print(sum(shifts), max(shifts), -1 >> 70, -5 >> 1, 0 << 10**10, (-3) << 62)


def powers(n):
    out = []
    for i in range(n):
        e = i % 5 if i < n - 3 else -1
        try:
            out.append((i - n + 3) ** e)
        except ZeroDivisionError as error:
            out.append(str(error))
    return out[-5:], sum(out[:100])


print(powers(3000), pow(0, 0), 0.0**0, (-2) ** 0.5 == complex(-2) ** 0.5, pow(-7, 3, 5), pow(7, -2, 9))


def modulo_by_variable(n):
    seen = []
    d = 5
    for i in range(n):
        if i == 3000:
            d = -5
        if i == 3500:
            d = 2.5
        if i == 3600:
            d = 0
        try:
            seen.append(i % d)
        except ZeroDivisionError as error:
            seen.append(-(10**6))
            d = 2**65
    return sum(seen), seen[2999:3002], seen[3500], seen[3600:3602]


print(modulo_by_variable(4000))
text = "%d"
joined = []
for i in range(3000):
    joined.append(text % i if i != 2500 else i % 7)
    if i == 2600:
        text = b"%d"
print(joined[2499:2502], joined[-1])
print(sum((-i) // 3 * 3 + (-i) % 3 + i for i in range(5000)), sum(i // -1 for i in range(5000)), [x % 3 for x in (True, -True)], -0.0 % 3, 5 % -0.25)
