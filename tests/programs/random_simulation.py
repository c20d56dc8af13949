"""Generators of random numbers of our own making and simulations over them; the library's Mersenne twister beside."""

import random
from collections import Counter
from itertools import islice


class Twister:
    """MT19937, seeded by one word as in the paper."""

    def __init__(self, seed):
        state = [seed]
        for i in range(1, 624):
            state.append((1812433253 * (state[-1] ^ state[-1] >> 30) + i) & 0xFFFFFFFF)
        self.state, self.index = state, 624

    def next32(self):
        if self.index == 624:
            s = self.state
            for i in range(624):
                y = s[i] & 0x80000000 | s[(i + 1) % 624] & 0x7FFFFFFF
                s[i] = s[(i + 397) % 624] ^ y >> 1 ^ (0x9908B0DF if y & 1 else 0)
            self.index = 0
        y = self.state[self.index]
        self.index += 1
        y ^= y >> 11
        y ^= y << 7 & 0x9D2C5680
        y ^= y << 15 & 0xEFC60000
        return y ^ y >> 18

    def random(self):
        return ((self.next32() >> 5) * 67108864 + (self.next32() >> 6)) / 9007199254740992


class XorShift:
    def __init__(self, seed):
        self.s = seed

    def next64(self):
        s = self.s
        s ^= s << 13 & 0xFFFFFFFFFFFFFFFF
        s ^= s >> 7
        s ^= s << 17 & 0xFFFFFFFFFFFFFFFF
        self.s = s
        return s

    def random(self):
        return (self.next64() >> 11) / (1 << 53)

    def below(self, n):
        return self.next64() % n


class PCG:
    def __init__(self, seed, sequence=1):
        self.state, self.inc = 0, sequence << 1 | 1
        self.next32()
        self.state = self.state + seed & 0xFFFFFFFFFFFFFFFF
        self.next32()

    def next32(self):
        old = self.state
        self.state = (old * 6364136223846793005 + self.inc) & 0xFFFFFFFFFFFFFFFF
        mixed = (old >> 18 ^ old) >> 27 & 0xFFFFFFFF
        turn = old >> 59
        return (mixed >> turn | mixed << (-turn & 31)) & 0xFFFFFFFF

    def random(self):
        return self.next32() / 4294967296


twister = Twister(5489)
print([twister.next32() for _ in range(4)])
for _ in range(9995):
    twister.next32()
print(twister.next32(), twister.random())
print([hex(XorShift(88172645463325252).next64())], [PCG(42, 54).next32() for _ in range(2)])
for generator in (Twister(1), XorShift(7), PCG(9)):
    values = [generator.random() for _ in range(6000)]
    mean = sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / len(values)
    runs = sum((a < 0.5) != (b < 0.5) for a, b in zip(values, values[1:]))
    buckets = Counter(int(v * 8) for v in values)
    inside = sum(x * x + y * y < 1 for x, y in zip(values[::2], values[1::2]))
    print(type(generator).__name__, f"{mean:.6f} {variance:.6f} {runs} {4 * inside / 3000:.5f}", [buckets[i] for i in range(8)])


def shuffle(items, generator):
    for i in range(len(items) - 1, 0, -1):
        j = generator.below(i + 1)
        items[i], items[j] = items[j], items[i]
    return items


print(shuffle(list("abcdefghij"), XorShift(3)), shuffle(list(range(12)), XorShift(4)))


class Elevator:
    def __init__(self, floors):
        self.floors, self.at, self.direction, self.waiting, self.inside = floors, 0, 1, {}, []
        self.moved = self.delivered = self.delay = 0

    def step(self, now):
        leaving = [p for p in self.inside if p[1] == self.at]
        self.inside = [p for p in self.inside if p[1] != self.at]
        self.delivered += len(leaving)
        self.delay += sum(now - p[0] for p in leaving)
        self.inside += self.waiting.pop(self.at, [])
        targets = {p[1] for p in self.inside} | set(self.waiting)
        if targets:
            if self.direction > 0 and max(targets) <= self.at or self.direction < 0 and min(targets) >= self.at:
                self.direction = -self.direction
            if self.at not in targets or len(targets) > 1:
                self.at = min(max(self.at + self.direction, 0), self.floors - 1)
                self.moved += 1


g = XorShift(2026)
lift = Elevator(12)
for now in range(6000):
    if g.random() < 0.3:
        start, target = g.below(12), g.below(12)
        if start != target:
            lift.waiting.setdefault(start, []).append((now, target))
    lift.step(now)
print(lift.moved, lift.delivered, f"{lift.delay / lift.delivered:.4f}", len(lift.inside), sum(map(len, lift.waiting.values())))


def walk(generator, steps):
    x = y = 0
    for _ in range(steps):
        match generator.next32() & 3:
            case 0:
                x += 1
            case 1:
                x -= 1
            case 2:
                y += 1
            case 3:
                y -= 1
    return x, y


print([walk(PCG(s), 1500) for s in range(5)])


def markov(text, n, generator, length):
    table = {}
    for i in range(len(text) - n):
        table.setdefault(text[i : i + n], []).append(text[i + n])
    out = text[:n]
    for _ in range(length):
        out += (choices := table.get(out[-n:]) or [" "])[generator.below(len(choices))]
    return out


print(markov("the theory of the thing that they thought through then " * 2, 3, XorShift(11), 60))
r = random.Random(12345)
print([r.random() for _ in range(3)], r.getrandbits(70), r.randrange(10, 100, 7), f"{r.gauss(0, 1):.12f}", r.choices("abc", k=5), r.uniform(1, 2), r.shuffle(l := [1, 2, 3, 4]), l)
state = r.getstate()
first = [r.randint(0, 99) for _ in range(5)]
r.setstate(state)
print(first == [r.randint(0, 99) for _ in range(5)], random.Random("text").random(), sum(islice(iter(r.random, None), 2000)) > 900)
