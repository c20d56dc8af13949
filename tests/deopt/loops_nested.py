"""Nested loops, early exits, try in loops, while-else, loop variables reused, OSR at inner and outer headers, irreducible looks."""


def triangle(n, stop):
    total = 0
    for i in range(n):
        for j in range(i):
            if j * i == stop:
                total += 10**6
                break
            total += 1
        else:
            total += 1000
            continue
        total -= 5
    return total


def labelled(n):
    found = []
    for a in range(1, n):
        for b in range(a, n):
            c2 = a * a + b * b
            c = int(c2**0.5)
            if c > n:
                break
            if c * c == c2:
                found.append((a, b, c))
    return len(found), found[-1]


def whiles(n):
    i = total = 0
    while i < n:
        j = i
        while True:
            j = j * 3 + 1 if j & 1 else j >> 1
            total += 1
            if j <= 1 or total % 1009 == 0:
                break
        i += 1
        if i == n // 2:
            continue
    else:
        total += 10**9
    return total


def try_in_loop(n):
    log = [0] * 5
    for i in range(n):
        try:
            for j in range(4):
                if (i + j) % 97 == 0:
                    raise LookupError
                log[0] += 1
                if j == 2 and i % 3 == 0:
                    break
            else:
                log[1] += 1
                continue
            log[2] += 1
        except LookupError:
            log[3] += j
        finally:
            log[4] += 1
    return log


def state_machine(text):
    state, counts = "start", {}
    i = 0
    while i < len(text):
        c = text[i]
        match state, c:
            case "start", "a":
                state = "a"
            case "a", "b":
                state = "ab"
            case "ab", "c":
                state = "start"
                counts["abc"] = counts.get("abc", 0) + 1
            case _:
                counts[state] = counts.get(state, 0) + 1
                state = "start"
        i += 1
    return counts


def reuse(n):
    for i in range(n):
        pass
    a = i
    for i in "abc" * n:
        pass
    b = i
    for i in [0.5] * n:
        pass
    return a, b, i


def generator_in_loop(n):
    total = 0
    for i in range(n):
        for x in (j * j for j in range(i % 6)):
            if x > 9:
                break
            total += x
        total += sum(y for y in [i, 1] if y % 2)
    return total


def modified_bound(n):
    i = steps = 0
    bound = n
    while i < bound:
        i += 1
        steps += 1
        if i == bound - 1 and bound < n * 2:
            bound += 100
        if i == 3000:
            bound = float(bound)
    return i, bound, steps


def many_exits(values):
    out = [0] * 10
    for v in values:
        if v < 0:
            out[0] += 1
        elif v == 0:
            out[1] += 1
        elif v % 2 == 0 and v % 3 == 0:
            out[2] += 1
        elif v > 10**18:
            out[3] += 1
        elif isinstance(v, float):
            out[4] += 1
        elif v.bit_length() > 10 or v == 7:
            out[5] += 1
        else:
            out[6] += 1
            if v == 13:
                return out
    return out


def long_args(a, b, c, d, e, f, g, h, i, j, k, l):
    return a - b + c - d + e - f + g - h + i - j + k - l


def many_locals(n):
    a = b = c = d = e = f = g = h = 1
    p = q = r = s = 0.5
    for i in range(n):
        a, b, c, d, e, f, g, h = b, c, d, e, f, g, h, (a + b) % 1000
        p, q, r, s = q, r, s, (p + q) / 2
        if i == n - 5:
            a, p = 2**65, "p"
            break
    return a, b, c, d, e, f, g, h, p, round(q, 9), round(s, 9)


print(triangle(120, -1), triangle(120, 2000), triangle(120, 60))
print(labelled(120), whiles(3000), try_in_loop(4000), state_machine("abcabxabca" * 500), reuse(2000), generator_in_loop(3000), modified_bound(2500))
print(many_exits([-1, 0, 6, 5, 7] * 500), many_exits([1] * 2000 + [10**19, 2.5, 2**15 + 1, -3, 13, 1]))
print(sum(long_args(i, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, i) for i in range(4000)), long_args(*[0.5] * 11, 2**70))
print(many_locals(4000))
zero_trips = 0
for i in range(3000):
    for j in range(0):
        zero_trips += 1
    for j in range(i, i - 3):
        zero_trips += 1
    for j in range(3, 0, -1):
        zero_trips += j
    for j in range(-2, 3, 2):
        zero_trips += j
print(zero_trips)
big = 0
for i in range(2**62 - 1500, 2**62 + 1500):
    big ^= i
for i in range(2**64, 2**64 - 3000, -1):
    big += i & 1
print(big)
module_level = 0
k = 3000
while k:
    k -= 1
    module_level += k if k % 2 else -k
    if k == 100:
        del module_level
        try:
            module_level += 1
        except NameError as error:
            print(error)
        module_level = 0
print(module_level)
