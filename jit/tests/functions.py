"""Functions that the tier has to compile for every machine: `all_arch.rs` runs them until they are hot.

Each `check_*` is called with no arguments and complains of wrong results itself. What it calls is compiled too, and
none of it may be left to the interpreter but what `all_arch.rs` lists. Only builtins are used: the tests of the crate
have no standard library.
"""

ROUNDS = 1500


def check_int_loop():
    total, i = 0, 0
    while i < ROUNDS:
        total += i * 3 - (i >> 1)
        if i % 7 == 3:
            total ^= i & 0xFF
        i += 1
    assert total == int_loop_again(ROUNDS), total


def int_loop_again(n):
    total = 0
    for i in range(n):
        total += i * 3 - (i >> 1)
        if i % 7 == 3:
            total ^= i & 0xFF
    return total


def check_ints_that_outgrow_their_words():
    for _ in range(3):
        a = 1
        for i in range(ROUNDS):
            a = a * 3 + 1
            if a > 1 << 80:
                a //= 1 << 60
        assert a > 0


def check_int_operators():
    total = 0
    for i in range(1, ROUNDS):
        total += i // 3 + -i // 7 + i % 5 + -i % 9
        total -= (i << 3) | (i ^ 21)
        total += ~i & 15
    assert total == sum(
        i // 3 + -i // 7 + i % 5 + -i % 9 - ((i << 3) | (i ^ 21)) + (~i & 15) for i in range(1, ROUNDS)
    )


def check_float_loop():
    x, v = 1.0, 0.0
    for i in range(ROUNDS):
        v -= x * 0.01
        x += v * 0.01
        if x < 0.0 and v != 0.0:
            v = v / 1.0000001
        v = abs(v) ** 1.0 if v > 0 else -(abs(v) ** 1.0)
    assert -2.0 < x < 2.0


def check_mixed_numbers():
    total = 0
    for i in range(ROUNDS):
        total = total + (i if i % 3 else i * 0.5)
    assert total == sum(i if i % 3 else i * 0.5 for i in range(ROUNDS))


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def plus(self, other):
        return Point(self.x + other.x, self.y + other.y)

    @property
    def size(self):
        return abs(self.x) + abs(self.y)


class Point3(Point):
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z


class Slotted:
    __slots__ = ("count",)

    def __init__(self):
        self.count = 0

    def more(self):
        self.count += 1


def check_attributes():
    p = Point(0, 0)
    for i in range(ROUNDS):
        p.x += i
        p.y = p.x - i
    assert p.x == ROUNDS * (ROUNDS - 1) // 2
    s = Slotted()
    for i in range(ROUNDS):
        s.more()
    assert s.count == ROUNDS


def check_objects_and_methods():
    p, step = Point(0, 0), Point(1, -1)
    size = 0
    for i in range(ROUNDS):
        p = p.plus(step)
        size += p.size
    assert (p.x, p.y) == (ROUNDS, -ROUNDS)
    assert size == ROUNDS * (ROUNDS + 1)


def check_attributes_of_several_shapes():
    points = [Point(1, 2), Point3(3, 4, 5)]
    total = 0
    for i in range(ROUNDS):
        total += points[i & 1].y
    assert total == ROUNDS * 3


def check_lists():
    items = []
    for i in range(ROUNDS):
        items.append(i ^ 5)
    for i in range(len(items)):
        items[i] = items[i] + 1
        items[i], items[0] = items[0], items[i]
    total = 0
    for item in items:
        total += item
    assert total == sum((i ^ 5) + 1 for i in range(ROUNDS))
    assert sorted([i * i for i in items])[0] >= 0


def check_sieve():
    flags = bytearray(b"\1") * ROUNDS
    for i in range(2, ROUNDS):
        if flags[i]:
            for j in range(i * i, ROUNDS, i):
                flags[j] = 0
    assert sum(flags[2:]) == 239


def check_dicts_and_strings():
    counts = {}
    for i in range(ROUNDS):
        word = "ab"[i & 1] + str(i % 10)
        counts[word] = counts.get(word, 0) + 1
        if word in counts and len(word) == 2:
            counts[word] += 0
    assert sum(counts.values()) == ROUNDS
    for key, value in counts.items():
        assert value > 0 and key[0] in "ab"
    text = f"{ROUNDS}-{counts['a0']:>5}"
    assert text == "1500-  150"


def check_tuples_and_unpacking():
    a, b = 0, 1
    pairs = [(i, i + 1) for i in range(ROUNDS)]
    for x, y in pairs:
        a, b = b, (a + x * y) % 1000003
    first, *rest = pairs[1]
    assert first == 1 and rest == [2] and b >= 0


def inlined(a, b=2):
    return a * b + 1


def check_inlined_calls():
    total = 0
    for i in range(ROUNDS):
        total += inlined(i) + inlined(i, 3) + inlined(b=1, a=i)
    assert total == 6 * ROUNDS * (ROUNDS - 1) // 2 + 3 * ROUNDS


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def check_direct_calls():
    for _ in range(ROUNDS):
        assert fib(5) == 5
    assert fib(18) == 2584


def check_closures():
    count = 0

    def add(n):
        nonlocal count
        count += n
        return count

    for i in range(ROUNDS):
        add(i)
    assert count == ROUNDS * (ROUNDS - 1) // 2


def numbers(n):
    i = 0
    while i < n:
        yield i
        i += 1


def check_generators():
    total = 0
    for i in numbers(ROUNDS):
        total += i
    assert total == sum(i for i in numbers(ROUNDS)) == ROUNDS * (ROUNDS - 1) // 2


def odd_raises(n):
    if n & 1:
        raise ValueError(n)
    return n


def check_exceptions():
    caught = total = 0
    for i in range(ROUNDS):
        try:
            total += odd_raises(i)
        except ValueError as error:
            caught += error.args[0] & 1
        finally:
            total += 1
    assert caught == ROUNDS // 2


class Manager:
    depth = 0

    def __enter__(self):
        Manager.depth += 1
        return self

    def __exit__(self, kind, value, traceback):
        Manager.depth -= 1
        return kind is KeyError


def check_with():
    for i in range(ROUNDS):
        with Manager() as m:
            assert m.depth == 1
            if i % 50 == 0:
                raise KeyError
    assert Manager.depth == 0


def check_globals():
    global counter
    counter = 0
    for i in range(ROUNDS):
        counter += ROUNDS - i
    assert counter == ROUNDS * (ROUNDS + 1) // 2


def check_builtin_calls():
    total = 0
    for i in range(ROUNDS):
        total += max(i, 3) + min(i, 3) + len([i, i]) + int(i * 0.5) + isinstance(i, int)
        total -= abs(-i) + (hash(i) & 1) + ord(chr(65 + i % 26)) % 2
    assert total > 0


class Vector:
    def __init__(self, items):
        self.items = items

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)

    def __add__(self, other):
        return Vector([a + b for a, b in zip(self.items, other.items)])

    def __eq__(self, other):
        return self.items == other.items


def check_special_methods():
    v = Vector([0, 0])
    one = Vector([1, 2])
    total = 0
    for i in range(ROUNDS):
        v = v + one
        total += v[0] + len(v)
        assert v == v
    assert v[1] == 2 * ROUNDS


def check_sets_slices_and_comparisons():
    seen = set()
    letters = "abcdefghij"
    for i in range(ROUNDS):
        seen.add(i % 11)
        part = letters[i % 5 : i % 5 + 3]
        assert 0 <= i < ROUNDS and part is not None and len(part) == 3
        assert part != letters and (i in seen) is (i < 11)
    assert len(seen) == 11


def check_star_calls():
    def take(*args, **kwargs):
        return len(args) + len(kwargs)

    total = 0
    for i in range(ROUNDS):
        pair = (i, i)
        total += take(*pair, i, key=i, **{"other": i})
    assert total == 5 * ROUNDS


def check_match():
    total = 0
    for i in range(ROUNDS):
        match (i % 4, i):
            case (0, n):
                total += n
            case (1, _):
                total -= 1
            case (2 | 3, n) if n > 100:
                total += 2
            case _:
                total += 3
    assert total != 0


async def value(i):
    return i


async def add_values(n):
    total = 0
    for i in range(n):
        total += await value(i)
    return total


def check_coroutines():
    total = 0
    for i in range(ROUNDS // 2):
        try:
            add_values(i % 10).send(None)
        except StopIteration as stop:
            total += stop.value
    assert total == ROUNDS * 6
