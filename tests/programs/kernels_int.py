"""Integer kernels: sieve, fannkuch, n-queens, Collatz, edit distance, knapsack, CRC-like mixing, Pascal, magic squares."""


def sieve(n):
    flags = bytearray([1]) * (n + 1)
    flags[0] = flags[1] = 0
    i = 2
    while i * i <= n:
        if flags[i]:
            for j in range(i * i, n + 1, i):
                flags[j] = 0
        i += 1
    return sum(flags)


def fannkuch(n):
    perm1, count = list(range(n)), [0] * n
    flips_max = checksum = 0
    r, sign = n, 1
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        perm = perm1[:]
        flips = 0
        while k := perm[0]:
            perm[: k + 1] = perm[k::-1]
            flips += 1
        flips_max = max(flips_max, flips)
        checksum += sign * flips
        sign = -sign
        while r != n:
            perm1.insert(r, perm1.pop(0))
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1
        else:
            return flips_max, checksum


def fannkuch_start(n):
    perm1, count = list(range(n)), list(range(1, n + 1))
    best = total = 0
    r = n
    while True:
        while r > 1:
            count[r - 1] = r
            r -= 1
        perm, flips = perm1[:], 0
        while perm[0]:
            k = perm[0]
            i, j = 0, k
            while i < j:
                perm[i], perm[j] = perm[j], perm[i]
                i, j = i + 1, j - 1
            flips += 1
        best, total = max(best, flips), total + flips
        while True:
            if r == n:
                return best, total
            first = perm1[0]
            for i in range(r):
                perm1[i] = perm1[i + 1]
            perm1[r] = first
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


def queens(n, row=0, cols=0, left=0, right=0):
    if row == n:
        return 1
    total = 0
    free = ~(cols | left | right) & (1 << n) - 1
    while free:
        bit = free & -free
        free ^= bit
        total += queens(n, row + 1, cols | bit, (left | bit) << 1, (right | bit) >> 1)
    return total


def collatz(limit):
    best = (0, 0)
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            n = 3 * n + 1 if n & 1 else n >> 1
            steps += 1
        if steps > best[0]:
            best = steps, start
    return best


def distance(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        current = [i]
        for j, y in enumerate(b, 1):
            current.append(min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (x != y)))
        previous = current
    return previous[-1]


def knapsack(items, capacity):
    best = [0] * (capacity + 1)
    keep = []
    for weight, value in items:
        taken = set()
        for room in range(capacity, weight - 1, -1):
            if best[room - weight] + value > best[room]:
                best[room] = best[room - weight] + value
                taken.add(room)
        keep.append(taken)
    chosen, room = [], capacity
    for i in range(len(items) - 1, -1, -1):
        if room in keep[i]:
            chosen.append(i)
            room -= items[i][0]
    return best[capacity], chosen[::-1]


def lcs(a, b):
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(len(a)):
        for j in range(len(b)):
            table[i + 1][j + 1] = table[i][j] + 1 if a[i] == b[j] else max(table[i][j + 1], table[i + 1][j])
    out, i, j = [], len(a), len(b)
    while i and j:
        if a[i - 1] == b[j - 1]:
            out.append(a[i - 1])
            i, j = i - 1, j - 1
        elif table[i - 1][j] >= table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return "".join(reversed(out))


def mix(n):
    a, b = 0x9E3779B9, 0x7F4A7C15
    for i in range(n):
        a = (a ^ i) * 0x85EBCA6B & 0xFFFFFFFF
        a ^= a >> 13
        b = (b + a) * 0xC2B2AE35 & 0xFFFFFFFFFFFFFFFF
        b ^= b >> 29
    return hex(a), hex(b)


def pascal(rows):
    row = [1]
    for _ in range(rows):
        row = [1] + [a + b for a, b in zip(row, row[1:])] + [1]
    return row


def magic(n):
    square = [[0] * n for _ in range(n)]
    i, j = 0, n // 2
    for k in range(1, n * n + 1):
        square[i][j] = k
        ni, nj = (i - 1) % n, (j + 1) % n
        if square[ni][nj]:
            ni, nj = (i + 1) % n, j
        i, j = ni, nj
    return square


def spiral(n):
    grid = [[0] * n for _ in range(n)]
    x = y = dx = 0
    dx, dy = 1, 0
    for k in range(n * n):
        grid[y][x] = k
        if not (0 <= x + dx < n and 0 <= y + dy < n and grid[y + dy][x + dx] == 0 and (x + dx, y + dy) != (0, 0)):
            dx, dy = -dy, dx
        x, y = x + dx, y + dy
    return grid


print(sieve(200000), fannkuch(7), fannkuch_start(7), [queens(n) for n in range(4, 9)], collatz(8000))
print(distance("kitten", "sitting"), distance("abcdefghij" * 15, "bacdefhgij" * 14), lcs("the quick brown fox jumps" * 3, "thick crown of jewels" * 3))
items = [(w % 23 + 3, w * 37 % 101 + 1) for w in range(1, 60)]
print(knapsack(items, 150), mix(60000), sum(pascal(150)) == 2**150, pascal(12))
for row in magic(5):
    print(*[f"{v:3}" for v in row])
print({sum(r) for r in magic(31)} | {sum(c) for c in zip(*magic(31))}, spiral(5), sum(spiral(61)[30]))
