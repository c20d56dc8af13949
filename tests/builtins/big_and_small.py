# Arithmetic of big ints with small ones, and with masks.
import itertools

numbers = [0, 1, -1, 2, 7, -7, 255, 2**31, -2**31, 2**61, 2**62 - 1, 2**62, -2**62, -2**62 - 1, 2**63 - 1, 2**63, -2**63,
           2**64 - 1, 2**64, -2**64, 2**64 + 1, 2**127, 2**128 - 1, 2**128, -2**128, -2**128 - 1, 3**100, -3**100, 10**40]
check = 0
for a, b in itertools.product(numbers, repeat=2):
    row = [a + b, a - b, a * b, a & b, a | b, a ^ b]
    assert row[0] - b == a and row[1] + b == a and (a & b) + (a | b) == a + b and (a ^ b) == (a | b) - (a & b), (a, b)
    if b:
        quotient, rest = divmod(a, b)
        assert (a // b, a % b) == (quotient, rest) and quotient * b + rest == a and 0 <= abs(rest) < abs(b), (a, b)
        assert rest == 0 or (rest < 0) == (b < 0), (a, b)
        row += [quotient, rest]
    check = (check * 31 + sum(row)) % (2**521 - 1)
    assert all(type(x) is int for x in row)
print(check)
print([hex(x & 0xFFFFFFFFFFFFFFFF) for x in numbers])
print([hex(x & (2**128 - 1)) for x in numbers])
print([x & 0xFF for x in numbers], [x % 10**9 for x in numbers], [-x & 2**70 for x in numbers])
state = 88172645463325252
out = []
for _ in range(10):
    state ^= state << 13 & 0xFFFFFFFFFFFFFFFF
    state ^= state >> 7
    state ^= state << 17 & 0xFFFFFFFFFFFFFFFF
    out.append(state)
print(out)
h = 0xCBF29CE484222325
for byte in b"hash me":
    h = (h ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
print(h)
x = 2**62 - 2
for _ in range(4):
    x += 1
    print(x, x - 2**62, x * 3 % 7, end=" ")
print()
for op in (lambda: 2**70 % 0, lambda: 2**70 // 0, lambda: divmod(2**70, 0)):
    try:
        op()
    except ZeroDivisionError as error:
        print(error)
