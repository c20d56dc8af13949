"""Numbers: float repr and rounding, int bases and conversions, big integers, complex, mixed arithmetic, edge cases."""

import math

for x in [0.1, 1 / 3, 1e22, 1e21, 123456789012345680.0, 1e-7, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 100.0, 1e16, 9007199254740993.0, -0.0, 2.5e-5, 0.0001]:
    print(repr(x), str(x), x.hex(), x.as_integer_ratio() if abs(x) > 1e-10 or x == 0 else "", x.is_integer(), float.fromhex(x.hex()) == x)
print([round(v) for v in (0.5, 1.5, 2.5, -0.5, -1.5, 2.675)], [round(v, 2) for v in (2.675, 1.005, -1.115, 1e20)], round(12345, -2), round(15, -1), round(25, -1), round(-5, -1), round(1e300, 2), round(7.0))
print(int("ff", 16), int("0b101", 0), int("-0o17", 8), int("z", 36), int(" 1_000 "), int(-3.99), int(1e20), bin(-10), oct(8), hex(-255), int.from_bytes(b"\x01\x00", "little"), (255).to_bytes(2), (-1).to_bytes(2, signed=True))
print((10).bit_length(), (255).bit_count(), (-5).__index__(), 7 .real, (6).as_integer_ratio(), True + True, -True, 0x_ff, 0b1_0, 1_0.0_1, 1e1_0)
for a, b in [(7, 3), (-7, 3), (7, -3), (-7, -3), (2**70, 3), (-(2**70), 2**35 + 1), (5, 2**70), (-5, 2**70), (0, -4)]:
    print(a // b, a % b, divmod(a, b) == (a // b, a % b), (a // b) * b + a % b == a)
for a, b in [(7.5, 2), (-7.5, 2), (7.5, -2), (-0.0, 3), (1e300, 1e-10), (5.0, float("inf")), (-5.0, float("inf")), (0.3, 0.1)]:
    print(a // b, a % b, divmod(a, b), math.fmod(a, b))
print(2**100, (-2) ** 101, pow(3, 200, 1000007), pow(-3, 5, 7), pow(3, -1, 7), 10**20 // 7, -(10**20) // 7, -(10**20) % 7, 2**64 - 1 & 0xFF, ~(2**64), -(2**64) >> 3, -1 >> 100, 1 << 70, 2**70 ^ -1, -(2**70) | 1, (2**70) & -(2**35))
print(2**1000 % 10**9, len(str(3**2000)), 10**30 / 10**10, 2**1023 * 1.0, int(2.0**80), 2**53 + 1 == float(2**53 + 1), 2**53 + 1 > float(2**53), hash(2**61 - 1), hash(2**61), hash(1.0) == hash(1), hash(-1), hash(float("inf")), hash(0.5), hash(2**70) == hash(float(2**70)))
for action in ["1 / 0", "1.0 // 0", "5 % 0", "1.5 % 0.0", "divmod(1, 0)", "0.0 ** -1", "0 ** -1", "2.0 ** 10000", "int('x', 5)", "int('1', 99)", "int(float('nan'))", "int(float('inf'))", "float('abc')", "10 ** 400 * 1.0", "1 << -1", "math.sqrt(-1)", "math.log(0)", "math.factorial(-1)", "int('')", "complex('1+')", "1j // 1", "pow(2, 3, 0)", "round(float('nan'))", "(300).to_bytes(1)", "math.exp(1000)", "float(10**400)", "1 / 10**400", "10**400 / 3", "int('9' * 5000)"]:
    try:
        print(action, eval(action))
    except (ArithmeticError, ValueError, TypeError) as error:
        print(action, "->", type(error).__name__, error)
nan, inf = float("nan"), math.inf
print(nan == nan, nan != nan, nan < 1, [nan] == [nan], nan in [nan], inf > 10**400, -inf < -(10**400), inf - inf, inf * 0, max(1, nan), max(nan, 1), sorted([3, inf, -inf, 0.5]), math.isnan(nan), min(0.0, -0.0), math.copysign(1, -0.0), -0.0 == 0.0)
c = 3 + 4j
print(c, abs(c), c.conjugate(), c * 1j, c / (1 - 2j), c**2, c**-1, c**0.5, complex("1e3-2.5j"), complex(1, -0.0), -c, c == 3 + 4j, hash(c) == hash(3 + 4j), 1j * 1j, complex(0, inf), c + 1, 2 - c, bool(0j), f"{c:.2f}", f"{c:>12}", repr(1e20j), 5j.imag)
print(math.gcd(48, 180, 30), math.lcm(4, 6), math.isqrt(10**40 + 5), math.comb(50, 25), math.perm(10, 3), math.prod([2, 3.5]), math.fsum([0.1] * 10), sum([0.1] * 10), math.hypot(3, 4, 12), math.floor(-2.5), math.ceil(-2.5), math.trunc(-2.7), math.frexp(10.0), math.modf(-2.5), math.ldexp(0.5, 4), math.dist([0, 0], [3, 4]), math.nextafter(1, 2), math.ulp(1.0), math.degrees(math.pi), math.isclose(0.1 + 0.2, 0.3), math.remainder(7, 3), round(math.cbrt(27.0), 12), math.fma(2, 3, 4))
print(sum([1e16, 1.0, -1e16]), sum([1, 2.5, 3]), sum([0.1, 0.2, 0.3]), sum([2**70, 1.5]), (0.1).__floor__(), (2.5).__trunc__(), 7 .__pow__(2), (5).__truediv__(2), (5).__add__(1.5), 3 .__rsub__(10), 1.5.__divmod__(1))


def digits_of_pi(n):
    q, r, t, k, d, x = 1, 0, 1, 1, 3, 3
    out = []
    while len(out) < n:
        if 4 * q + r - t < d * t:
            out.append(d)
            q, r, d = 10 * q, 10 * (r - d * t), 10 * (3 * q + r) // t - 10 * d
        else:
            q, r, t, k, d, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return "".join(map(str, out))


print(digits_of_pi(400))
total, big = 0, 1
for i in range(1, 60000):
    total += i * i // 7 - i % 13 + (i << 3 ^ i >> 2) - (-i // 3)
    if i % 200 == 0:
        big = big * i + total
print(total, big.bit_length(), big % 1000003, sum(map(int, str(big))))
x = 0.5
for i in range(20000):
    x = 3.7 * x * (1.0 - x)
print(repr(x))
