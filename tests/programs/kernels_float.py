"""Float kernels: n-body, Mandelbrot, spectral norm, LU decomposition, matrix product, integration, FFT."""

import cmath
import math


class Body:
    def __init__(self, pos, vel, mass):
        self.pos, self.vel, self.mass = pos, vel, mass


def bodies():
    solar = 4 * math.pi**2
    return [
        Body([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], solar),
        Body([4.84, -1.16, -0.10], [0.6, 2.8, -0.02], 0.00095 * solar),
        Body([8.34, 4.12, -0.4], [-1.01, 1.82, 0.008], 0.00028 * solar),
        Body([12.89, -15.11, -0.22], [1.08, 0.86, -0.01], 0.00004 * solar),
    ]


def advance(system, dt, steps):
    pairs = [(a, b) for i, a in enumerate(system) for b in system[i + 1 :]]
    for _ in range(steps):
        for a, b in pairs:
            dx = a.pos[0] - b.pos[0]
            dy = a.pos[1] - b.pos[1]
            dz = a.pos[2] - b.pos[2]
            square = dx * dx + dy * dy + dz * dz
            magnitude = dt / (square * math.sqrt(square))
            va, vb = a.vel, b.vel
            ma, mb = a.mass * magnitude, b.mass * magnitude
            va[0] -= dx * mb
            va[1] -= dy * mb
            va[2] -= dz * mb
            vb[0] += dx * ma
            vb[1] += dy * ma
            vb[2] += dz * ma
        for body in system:
            for axis in range(3):
                body.pos[axis] += dt * body.vel[axis]


def energy(system):
    total = 0.0
    for i, a in enumerate(system):
        total += 0.5 * a.mass * sum(v * v for v in a.vel)
        for b in system[i + 1 :]:
            total -= a.mass * b.mass / math.dist(a.pos, b.pos)
    return total


def mandelbrot(width, height, limit):
    rows = []
    for py in range(height):
        row = []
        y0 = 2.4 * py / height - 1.2
        for px in range(width):
            x0 = 3.0 * px / width - 2.2
            x = y = 0.0
            n = 0
            while x * x + y * y <= 4.0 and n < limit:
                x, y = x * x - y * y + x0, 2.0 * x * y + y0
                n += 1
            row.append(" .:-=+*#%@"[n * 9 // limit])
        rows.append("".join(row))
    return rows


def eval_a(i, j):
    return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)


def times(u, transposed):
    n = range(len(u))
    return [sum((eval_a(j, i) if transposed else eval_a(i, j)) * u[j] for j in n) for i in n]


def spectral(n):
    u = [1.0] * n
    for _ in range(4):
        v = times(times(u, False), True)
        u = times(times(v, False), True)
    return math.sqrt(sum(a * b for a, b in zip(u, v)) / sum(b * b for b in v))


def lu(matrix):
    n = len(matrix)
    a = [row[:] for row in matrix]
    sign = 1
    for k in range(n):
        p = max(range(k, n), key=lambda r: abs(a[r][k]))
        if p != k:
            a[k], a[p] = a[p], a[k]
            sign = -sign
        for i in range(k + 1, n):
            a[i][k] /= a[k][k]
            factor = a[i][k]
            row, pivot = a[i], a[k]
            for j in range(k + 1, n):
                row[j] -= factor * pivot[j]
    return a, sign * math.prod(a[i][i] for i in range(n))


def matmul(a, b):
    bt = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, col)) for col in bt] for row in a]


def fft(x):
    n = len(x)
    if n == 1:
        return x
    even, odd = fft(x[::2]), fft(x[1::2])
    out = [0j] * n
    for k in range(n // 2):
        t = cmath.rect(1, -2 * math.pi * k / n) * odd[k]
        out[k], out[k + n // 2] = even[k] + t, even[k] - t
    return out


def simpson(f, a, b, n):
    h = (b - a) / n
    total = f(a) + f(b)
    for i in range(1, n):
        total += f(a + i * h) * (4 if i % 2 else 2)
    return total * h / 3


def sor(n, sweeps, omega=1.25):
    g = [[float((i * 31 + j * 17) % 10) for j in range(n)] for i in range(n)]
    for _ in range(sweeps):
        for i in range(1, n - 1):
            up, here, down = g[i - 1], g[i], g[i + 1]
            for j in range(1, n - 1):
                here[j] = omega * 0.25 * (up[j] + down[j] + here[j - 1] + here[j + 1]) + (1.0 - omega) * here[j]
    return sum(map(sum, g))


system = bodies()
print(f"{energy(system):.9f}")
advance(system, 0.01, 1500)
print(f"{energy(system):.9f}", [f"{p:.6f}" for p in system[1].pos])
print("\n".join(mandelbrot(60, 20, 60)))
print(f"{spectral(40):.9f}")
matrix = [[((i * 7 + j * 3) % 11) / 3 + (i == j) * 5 for j in range(30)] for i in range(30)]
print(f"{lu(matrix)[1]:.6e}", f"{sum(map(sum, matmul(matrix, matrix))):.6f}")
signal = [complex(math.sin(2 * math.pi * 5 * t / 256)) for t in range(256)]
spectrum = [abs(v) for v in fft(signal)]
print([k for k, v in enumerate(spectrum) if v > 1], f"{spectrum[5]:.6f}")
print(f"{simpson(math.sin, 0, math.pi, 2000):.12f}", f"{simpson(lambda x: x**3, 0, 2, 1000):.9f}", f"{sor(40, 20):.9f}")
