"""Sudoku by backtracking with candidate sets as bit masks."""

PUZZLES = [
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
    "8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1..9....4..",
    "..9748...7.........2.1.9.....7...24..64.1.59..98...3.....8.3.2.........6...2759..",
    "11" + "." * 79,
]


class Sudoku:
    def __init__(self, text):
        self.cells = [0] * 81
        self.rows = [0x1FF] * 9
        self.cols = [0x1FF] * 9
        self.boxes = [0x1FF] * 9
        self.steps = 0
        for i, char in enumerate(text):
            if char != "." and not self.place(i, 1 << (int(char) - 1)):
                raise ValueError(f"clash at {divmod(i, 9)}")

    def place(self, i, bit):
        r, c = divmod(i, 9)
        b = r // 3 * 3 + c // 3
        if not self.rows[r] & self.cols[c] & self.boxes[b] & bit:
            return False
        self.rows[r] &= ~bit
        self.cols[c] &= ~bit
        self.boxes[b] &= ~bit
        self.cells[i] = bit
        return True

    def remove(self, i, bit):
        r, c = divmod(i, 9)
        self.rows[r] |= bit
        self.cols[c] |= bit
        self.boxes[r // 3 * 3 + c // 3] |= bit
        self.cells[i] = 0

    def hardest(self):
        best, fewest, options = None, 10, 0
        for i in range(81):
            if self.cells[i] == 0:
                r, c = divmod(i, 9)
                mask = self.rows[r] & self.cols[c] & self.boxes[r // 3 * 3 + c // 3]
                count = mask.bit_count()
                if count < fewest:
                    best, fewest, options = i, count, mask
                    if count <= 1:
                        break
        return best, options

    def solve(self):
        i, options = self.hardest()
        if i is None:
            return True
        while options:
            bit = options & -options
            options ^= bit
            self.steps += 1
            self.place(i, bit)
            if self.solve():
                return True
            self.remove(i, bit)
        return False

    def __str__(self):
        lines = []
        for r in range(9):
            row = [str(b.bit_length()) if b else "." for b in self.cells[r * 9 : r * 9 + 9]]
            lines.append(" ".join(row[:3]) + " | " + " ".join(row[3:6]) + " | " + " ".join(row[6:]))
            if r in (2, 5):
                lines.append("------+-------+------")
        return "\n".join(lines)


for text in PUZZLES:
    try:
        puzzle = Sudoku(text)
    except ValueError as error:
        print("no:", error)
        continue
    print(puzzle.solve(), puzzle.steps)
    print(puzzle)
empty = Sudoku("." * 81)
print(empty.solve(), empty.steps, sum(b.bit_length() for b in empty.cells))
