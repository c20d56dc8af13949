"""A regex matcher by Brzozowski derivatives: parser, smart constructors, matching, compilation to a table."""

from functools import lru_cache


class Re:
    pass


class Empty(Re):
    nullable = False

    def derive(self, char):
        return EMPTY

    def __str__(self):
        return "∅"


class Epsilon(Re):
    nullable = True

    def derive(self, char):
        return EMPTY

    def __str__(self):
        return "ε"


EMPTY, EPSILON = Empty(), Epsilon()
pool = {}


def interned(cls, *key):
    full = (cls, *key)
    node = pool.get(full)
    if node is None:
        node = pool[full] = cls(*key)
        node.serial = len(pool)
    return node


EMPTY.serial, EPSILON.serial = -2, -1


class Chars(Re):
    nullable = False

    def __init__(self, chars, negated=False):
        self.chars, self.negated = chars, negated

    def derive(self, char):
        return EPSILON if (char in self.chars) != self.negated else EMPTY

    def __str__(self):
        return "".join(sorted(self.chars)) if len(self.chars) == 1 and not self.negated else f"[{'^' * self.negated}{''.join(sorted(self.chars))}]"


class Cat(Re):
    def __init__(self, a, b):
        self.a, self.b = a, b
        self.nullable = a.nullable and b.nullable

    @lru_cache(maxsize=None)
    def derive(self, char):
        left = cat(self.a.derive(char), self.b)
        return alt(left, self.b.derive(char)) if self.a.nullable else left

    def __str__(self):
        return f"{self.a}{self.b}"


class Alt(Re):
    def __init__(self, parts):
        self.parts = parts
        self.nullable = any(p.nullable for p in parts)

    @lru_cache(maxsize=None)
    def derive(self, char):
        return alt(*(p.derive(char) for p in self.parts))

    def __str__(self):
        return f"({'|'.join(map(str, self.parts))})"


class Star(Re):
    nullable = True

    def __init__(self, inner):
        self.inner = inner

    @lru_cache(maxsize=None)
    def derive(self, char):
        return cat(self.inner.derive(char), self)

    def __str__(self):
        return f"({self.inner})*"


def cat(a, b):
    if a is EMPTY or b is EMPTY:
        return EMPTY
    if a is EPSILON:
        return b
    if b is EPSILON:
        return a
    if isinstance(a, Cat):
        return cat(a.a, cat(a.b, b))
    return interned(Cat, a, b)


def alt(*parts):
    flat = {}
    for part in parts:
        for leaf in part.parts if isinstance(part, Alt) else (part,):
            if leaf is not EMPTY:
                flat[leaf.serial] = leaf
    leaves = tuple(flat[s] for s in sorted(flat))
    if len(leaves) < 2:
        return leaves[0] if leaves else EMPTY
    return interned(Alt, leaves)


def star(inner):
    return inner if isinstance(inner, Star) else EPSILON if inner in (EMPTY, EPSILON) else interned(Star, inner)


class Parser:
    def __init__(self, text):
        self.text, self.i = text, 0

    def peek(self):
        return self.text[self.i] if self.i < len(self.text) else ""

    def alternatives(self):
        parts = [self.sequence()]
        while self.peek() == "|":
            self.i += 1
            parts.append(self.sequence())
        return alt(*parts)

    def sequence(self):
        result = EPSILON
        while self.peek() not in ("", "|", ")"):
            result = cat(result, self.repeated())
        return result

    def repeated(self):
        atom = self.atom()
        while (op := self.peek()) and op in "*+?":
            self.i += 1
            atom = {"*": lambda: star(atom), "+": lambda: cat(atom, star(atom)), "?": lambda: alt(EPSILON, atom)}[op]()
        return atom

    def atom(self):
        char = self.peek()
        self.i += 1
        match char:
            case "(":
                inner = self.alternatives()
                if self.peek() != ")":
                    raise ValueError(f"missing ) at {self.i}")
                self.i += 1
                return inner
            case "[":
                return self.char_class()
            case ".":
                return interned(Chars, frozenset(), True)
            case "\\":
                char = self.peek()
                self.i += 1
                if char == "d":
                    return interned(Chars, frozenset("0123456789"), False)
            case "*" | "+" | "?":
                raise ValueError(f"nothing to repeat at {self.i - 1}")
        return interned(Chars, frozenset(char), False)

    def char_class(self):
        negated = self.peek() == "^"
        self.i += negated
        chars = set()
        while (char := self.peek()) != "]":
            if not char:
                raise ValueError("missing ]")
            if self.text[self.i + 1 : self.i + 2] == "-" and self.text[self.i + 2] != "]":
                chars.update(map(chr, range(ord(char), ord(self.text[self.i + 2]) + 1)))
                self.i += 3
            else:
                chars.add(char)
                self.i += 1
        self.i += 1
        return interned(Chars, frozenset(chars), negated)


def parse(pattern):
    parser = Parser(pattern)
    result = parser.alternatives()
    if parser.i < len(pattern):
        raise ValueError(f"unexpected {parser.peek()} at {parser.i}")
    return result


def matches(node, text):
    for char in text:
        node = node.derive(char)
    return node.nullable


def automaton(node, alphabet):
    states, table, accepting = {node: 0}, [], set()
    work = [node]
    for state in work:
        row = {}
        for char in alphabet:
            after = state.derive(char)
            if after not in states:
                states[after] = len(states)
                work.append(after)
            row[char] = states[after]
        table.append(row)
        if state.nullable:
            accepting.add(states[state])
    return table, accepting


TESTS = [("a*b", ["b", "aaab", "aba", ""]), ("(ab|cd)+", ["ab", "abcd", "abc"]), ("[a-c]?x", ["x", "bx", "dx"]), (".*ing", ["going", "ing", "in"]),
         ("[^aeiou]+", ["xyz", "xaz"]), (r"\d+(\.\d+)?", ["3", "3.14", "3.", ".5"]), ("(a|b)*abb", ["abb", "babaabb", "ab"]), ("", ["", "x"]), ("((a*)*)*", ["", "aaaa", "b"])]
for pattern, texts in TESTS:
    node = parse(pattern)
    print(pattern, "=", node, [matches(node, t) for t in texts])
for bad in ["(a", "*a", "a)", "[ab"]:
    try:
        parse(bad)
    except ValueError as error:
        print(bad, error)
for pattern in ["(a|b)*abb", "(a|b)*a(a|b)(a|b)(a|b)", "(aa|aab)*b"]:
    table, accepting = automaton(parse(pattern), "ab")
    print(pattern, len(table), sorted(accepting), table[:3])
    state, seed, hits = 0, 5, 0
    for _ in range(30000):
        seed = seed * 16807 % 2147483647
        state = table[state]["ab"[seed >> 4 & 1]]
        hits += state in accepting
    print(hits)
print(matches(parse("(a?)" * 25 + "a" * 25), "a" * 25), matches(parse("(x+x+)+y"), "x" * 400), len(pool) > 100)
