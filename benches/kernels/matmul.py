"""Nested lists of floats: matrix product with indices."""

from measure import measure


def run(n=48):
    a = [[(i * 3 + j) % 7 * 0.5 for j in range(n)] for i in range(n)]
    b = [[(i + j * 5) % 11 * 0.25 for j in range(n)] for i in range(n)]
    c = [[0.0] * n for _ in range(n)]
    for i in range(n):
        row, out = a[i], c[i]
        for j in range(n):
            total = 0.0
            for k in range(n):
                total += row[k] * b[k][j]
            out[j] = total
    return sum(map(sum, c))


measure(run)
