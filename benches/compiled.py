"""Three functions to compile: `compile.rs` calls them with these arguments until their inline caches are filled."""


def small(n):
    total = 0
    for i in range(n):
        if i % 3:
            total += i * i
    return total


class Body:
    def __init__(self, x, y, vx, vy, mass):
        self.x, self.y, self.vx, self.vy, self.mass = x, y, vx, vy, mass


def middle(bodies, steps, dt):
    moved = 0.0
    for _ in range(steps):
        for a in bodies:
            pull = 0.0
            for b in bodies:
                if a is not b:
                    distance = (a.x - b.x) ** 2 + (a.y - b.y) ** 2 + 0.01
                    pull += b.mass * dt / distance
            a.vx -= a.x * pull
            a.vy -= a.y * pull
            a.x += dt * a.vx
            a.y += dt * a.vy
            moved += abs(a.vx) + abs(a.vy)
    return moved


def scaled(value, factor=3):
    return value * factor % 251


def large(program, registers, memory, steps):
    """A machine with a few registers: one long chain of branches in a loop."""
    at = taken = flags = 0
    trace = []
    counts, names = {}, set()
    a, b, c, d = registers
    for step in range(steps):
        op, left, right = program[at]
        at += 1
        if at >= len(program):
            at = 0
        if op == 0:
            a = (a + left) & 0xFFFF
            b = (b ^ right) + 1
        elif op == 1:
            b = (b - left) & 0xFFFF
            c = c + a if right else c - a
        elif op == 2:
            c = scaled(c & 0xFF, left) + right
            d = (d << 1 | c & 1) & 0xFFFF
        elif op == 3:
            memory[left] = a + b
            memory[right] = memory[left] - c
        elif op == 4:
            a = memory[left] & 0xFFFF
            d = memory[right] & 0xFFFF
        elif op == 5:
            if a < b:
                flags |= 1
                taken += 1
            elif a == b:
                flags |= 2
            else:
                flags &= ~1
            if flags & left:
                c += right
        elif op == 6:
            key = (left, right)
            counts[key] = counts.get(key, 0) + 1
            if counts[key] > 5:
                counts[key] = 0
        elif op == 7:
            trace.append(step)
            if len(trace) > 8:
                trace[0] = trace[-1]
                trace = trace[:4]
        elif op == 8:
            a, b, c, d = d & 0xFFFF, a, b & 0xFFFF, c
            c = c // (left + 1)
        elif op == 9:
            for i in range(left):
                value = memory[i]
                if value > a:
                    memory[i] = value - right
                    taken += 1
                elif value < 0:
                    memory[i] = -value
                else:
                    memory[i] = value + scaled(i)
        elif op == 10:
            text = f"{a & 0xFF}:{left}"
            if text.startswith("1") and len(text) > 3:
                c += len(text)
            names.add(text[:2])
        elif op == 11:
            low, high = (left, right) if left < right else (right, left)
            while low < high:
                middle = (low + high) // 2
                if memory[middle] < a:
                    low = middle + 1
                else:
                    high = middle
            d += low
        else:
            ratio = a / (b + 1.5) if b >= 0 else 0.0
            if ratio > 1.0:
                a >>= 1
            elif ratio < 0.25:
                a = (a << 1) & 0xFFFF
            taken += int(ratio) & 1
    return a + b + c + d + taken + flags + len(trace) + len(counts) + len(names)


ARGUMENTS = {
    "small": (100,),
    "middle": ([Body(float(i), i * 0.5, 0.1, -0.1, 1.0 + i) for i in range(5)], 10, 0.01),
    "large": ([(i % 13, i * 7 % 16, i * 5 % 16) for i in range(50)], (1, 2, 3, 4), [0] * 16, 1000),
}
