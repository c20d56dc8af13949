"""Conway's Game of Life three ways: sets of cells, nested lists, rows as big integers."""

from collections import Counter

PATTERNS = {
    "glider": ".O.\n..O\nOOO",
    "acorn": ".O.....\n...O...\nOO..OOO",
    "rpent": ".OO\nOO.\n.O.",
}


def parse(text, dx=0, dy=0):
    return {(x + dx, y + dy) for y, row in enumerate(text.split("\n")) for x, char in enumerate(row) if char == "O"}


def step_set(cells):
    near = Counter((x + dx, y + dy) for x, y in cells for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy)
    return {cell for cell, count in near.items() if count == 3 or count == 2 and cell in cells}


def step_list(grid):
    height, width = len(grid), len(grid[0])
    new = []
    for y in range(height):
        above, here, below = grid[y - 1], grid[y], grid[(y + 1) % height]
        row = []
        for x in range(width):
            left, right = x - 1, (x + 1) % width
            n = above[left] + above[x] + above[right] + here[left] + here[right] + below[left] + below[x] + below[right]
            row.append(1 if n == 3 or (n == 2 and here[x]) else 0)
        new.append(row)
    return new


def step_bits(rows, width):
    mask = (1 << width) - 1

    def shifted(row):
        return (row << 1 | row >> (width - 1)) & mask, (row >> 1 | row << (width - 1)) & mask

    height = len(rows)
    new = []
    for y in range(height):
        ones = twos = fours = 0
        for row, centre in ((rows[y - 1], True), (rows[y], False), (rows[(y + 1) % height], True)):
            for bits in (*shifted(row), row if centre else 0):
                carry = ones & bits
                ones ^= bits
                fours |= twos & carry
                twos ^= carry
        new.append(ones & twos & ~fours | ~ones & twos & ~fours & rows[y])
    return [row & mask for row in new]


SIZE = 48
cells = parse(PATTERNS["rpent"], 20, 20)
grid = [[int((x, y) in cells) for x in range(SIZE)] for y in range(SIZE)]
rows = [sum(bit << x for x, bit in enumerate(row)) for row in grid]
for generation in range(40):
    cells = step_set(cells)
    grid = step_list(grid)
    rows = step_bits(rows, SIZE)
    if generation % 10 == 9:
        print(generation + 1, len(cells), sum(map(sum, grid)), sum(row.bit_count() for row in rows))
        assert cells == {(x, y) for y, row in enumerate(grid) for x, bit in enumerate(row) if bit}
        assert rows == [sum(bit << x for x, bit in enumerate(row)) for row in grid]

for y in range(SIZE):
    if any(grid[y]):
        print("".join(".O"[bit] for bit in grid[y]).rstrip("."))

glider = parse(PATTERNS["glider"])
later = glider
for _ in range(4 * 25):
    later = step_set(later)
print(later == {(x + 25, y + 25) for x, y in glider})
acorn = parse(PATTERNS["acorn"])
sizes = []
for _ in range(60):
    acorn = step_set(acorn)
    sizes.append(len(acorn))
print(sizes)
