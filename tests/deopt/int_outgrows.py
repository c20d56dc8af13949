"""Sums, products and shifts whose ints outgrow 63 bits, and come back, in hot loops."""


def add(n, step):
    total = 0
    for i in range(n):
        total += step
    return total


def multiply(n):
    x, seen = 1, []
    for i in range(1, n):
        x = x * 3 % (1 << 61)
        if i % 997 == 0:
            x *= x
            seen.append(x)
            x %= 1 << 61
    return seen[-3:], x


def around_the_edge(n):
    """Crosses the edge of the small ints in both directions again and again."""
    edge = (1 << 62) - 5000
    x, crossed = edge, 0
    for i in range(n):
        x += 7 if i % 2 else 3
        if x >= 1 << 62:
            crossed += 1
            x -= 4000
    return x, crossed


def negative(n):
    x = -(1 << 62) + n
    low = 0
    for i in range(2 * n):
        x -= 1
        low = x if x < low else low
    return x, low, -low, abs(low)


def shift(n):
    x, last = 1, 0
    for i in range(n):
        x = x << 1
        if x > 1 << 200:
            last = x
            x = 1
    return x, last


def power(n):
    out = 0
    for i in range(n):
        out ^= i**3
        if i == n - 2:
            out ^= i**20
    return out


def factorial(n):
    x = 1
    for i in range(2, n):
        x *= i
    return x


def unary(values):
    return [(-v, ~v, abs(v), v + 1, v - 1, v * v, v // 3, v % 1000, v >> 5, v & 0xFFFF, v | 1, v ^ -1) for v in values]


for _ in range(3000):
    add(3, 1)
print(add(20000, 1), add(20000, 1 << 58), add(20000, -(1 << 58)), add(4, 1 << 100))
print(multiply(6000))
print(around_the_edge(20000), negative(6000), shift(5000), hex(power(4000)))
for _ in range(400):
    factorial(15)
print(factorial(25), factorial(21) // factorial(20))
for _ in range(500):
    unary([1, -7, 123456])
print(unary([(1 << 62) - 1, 1 << 62, -(1 << 62), -(1 << 62) - 1, 2**63 - 1, -(2**63), 2**64]))
i = (1 << 62) - 3000
while i < (1 << 62) + 3000:
    i += 1
print(i, i - (1 << 62), type(i) is int)
