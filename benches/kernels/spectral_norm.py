"""Calls of small functions and float division in nested loops."""

from measure import measure


def entry(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(v, transposed):
    n = len(v)
    out = []
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += (entry(j, i) if transposed else entry(i, j)) * v[j]
        out.append(total)
    return out


def run():
    u = [1.0] * 60
    for _ in range(3):
        v = times(times(u, False), True)
        u = times(times(v, False), True)
    return sum(a * b for a, b in zip(u, v)) / sum(b * b for b in v)


measure(run)
