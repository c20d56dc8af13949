"""Prints a random small Python program.

usage: python3 tests/generate/generate.py SEED [SIZE]

The same seed gives the same program under every Python, since the random numbers are made here. Programs
end by themselves (loops are bounded, functions call only functions defined before them), print what they
compute, and catch what they raise. Values stay within bounds by reductions, now and then escaping them on purpose:
the point is to bring other types and other paths to code that is already hot.

A program is made of helper functions, classes and generators, and of a driver that calls each of them many
times, first with values of one kind, then with values of others.
"""

import sys

INT, FLOAT, STR, LIST, ANY = "int", "float", "str", "list", "any"


class Random:
    def __init__(self, seed):
        self.state = (seed * 0x9E3779B97F4A7C15 + 0x1234567) & 0xFFFFFFFFFFFFFFFF
        for _ in range(4):
            self.word()

    def word(self):
        self.state ^= self.state << 13 & 0xFFFFFFFFFFFFFFFF
        self.state ^= self.state >> 7
        self.state ^= self.state << 17 & 0xFFFFFFFFFFFFFFFF
        return self.state >> 11

    def below(self, n):
        return self.word() % n

    def choice(self, items):
        return items[self.below(len(items))]

    def chance(self, percent):
        return self.below(100) < percent


class Scope:
    """Names that hold a value on every path, each with the kind that it usually has."""

    def __init__(self, names=()):
        self.names = dict(names)
        self.loops = 0
        self.protected = set()

    def of(self, kind):
        return [name for name, k in self.names.items() if k == kind]


class Generator:
    def __init__(self, seed, size):
        self.random = Random(seed)
        self.size = size
        self.lines = []
        self.depth = 0
        self.functions = []
        self.generators = []
        self.classes = []
        self.fresh = 0

    def emit(self, line):
        self.lines.append("    " * self.depth + line)

    def name(self, prefix):
        self.fresh += 1
        return f"{prefix}{self.fresh}"

    # Expressions.

    def expression(self, scope, kind, depth=0):
        if depth > 3 or self.random.chance(30):
            return self.atom(scope, kind)
        return getattr(self, f"{kind}_expression")(scope, depth + 1)

    def atom(self, scope, kind):
        r = self.random
        names = scope.of(kind)
        if names and r.chance(70):
            return r.choice(names)
        match kind:
            case "int":
                return r.choice(["0", "1", "2", "3", "7", "10", "-1", "-5", "255", "1000", "4096", "True", str(r.below(100)), str(1 << 61), str(-(1 << 62))])
            case "float":
                return r.choice(["0.0", "0.5", "1.0", "-1.5", "2.25", "1e3", "3.0", "-0.0", "1e16", "0.1", "1e-9"])
            case "str":
                return r.choice(["''", "'a'", "'abc'", "'x1'", "'é'", "'日本'", "'😀z'", "'hello world'", "'0'"])
            case "list":
                return r.choice(["[]", "[1]", "[1, 2, 3]", "[0.5, 1.5]", "['a', 'b']", "[True, None]", "[[1], [2]]", "list(range(5))"])
        return r.choice(["None", "True", "()", "(1, 2)", "{}", "{1: 2}", "5", "2.5", "'s'", "[3]", "b'q'", "1j"])

    def int_expression(self, scope, depth):
        r, e = self.random, self.expression
        pick = r.below(17)
        a, b = e(scope, INT, depth), e(scope, INT, depth)
        if pick < 6:
            return f"({a} {r.choice(['+', '-', '*', '+', '-', '&', '|', '^'])} {b})"
        if pick == 6:
            return f"({a} {r.choice(['//', '%'])} {r.choice(['3', '7', '-4', '1000', b])})"
        if pick == 7:
            return f"({a} {r.choice(['<<', '>>'])} ({b} & {r.choice(['3', '7', '31'])}))"
        if pick == 8:
            return f"len({e(scope, r.choice([STR, LIST]), depth)})"
        if pick == 9:
            return f"({a} if {self.condition(scope, depth)} else {b})"
        if pick == 10:
            return f"{r.choice(['abs', 'int', '-', '~int', 'num'])}({a})"
        if pick == 11:
            return f"{r.choice(['max', 'min'])}({a}, {b})"
        if pick == 12:
            return f"int({e(scope, FLOAT, depth)})"
        if pick == 13 and self.functions and scope.loops == 0:
            return self.call(scope, INT, depth)
        if pick == 14:
            return f"sum(v * {r.below(5)} for v in range({r.below(6)}))"
        if pick == 15:
            return f"num(({e(scope, LIST, depth)} + [3])[{r.choice(['0', '-1', '0', a])}])"
        return f"(({a}) & 0xFFFF)"

    def float_expression(self, scope, depth):
        r, e = self.random, self.expression
        a, b = e(scope, FLOAT, depth), e(scope, r.choice([FLOAT, FLOAT, INT]), depth)
        pick = r.below(8)
        if pick < 4:
            return f"({a} {r.choice('+-*')} {b})"
        if pick == 4:
            return f"({a} / {r.choice(['2.0', '3', '-0.5', b])})"
        if pick == 5:
            return f"({a} {r.choice(['//', '%'])} {r.choice(['2.5', '-3', b])})"
        if pick == 6:
            return f"float({b})"
        return f"({a} if {self.condition(scope, depth)} else {b})"

    def str_expression(self, scope, depth):
        r, e = self.random, self.expression
        a = e(scope, STR, depth)
        pick = r.below(8)
        if pick < 2:
            return f"({a} + {e(scope, STR, depth)})[-12:]"
        if pick == 2:
            return f"({a} * {r.below(4)})[:12]"
        if pick == 3:
            return f"str({e(scope, r.choice([INT, FLOAT]), depth)})[:12]"
        if pick == 4:
            method = r.choice(["upper()", "lower()", "title()", "strip()", "swapcase()", "replace('a', 'bb')"])
            return f"{a}.{method}"
        if pick == 5:
            part = r.choice(["::-1", "1:", ":-1", "::2", "-3:"])
            return f"{a}[{part}]"
        if pick == 6:
            spec = r.choice(["d", "x", "5d", "+", "_"])
            return f"f'{{{e(scope, INT, 4)}:{spec}}}'[:20]"
        return f"'-'.join(map(str, {e(scope, LIST, depth)}))[:15]"

    def list_expression(self, scope, depth):
        r, e = self.random, self.expression
        a = e(scope, LIST, depth)
        pick = r.below(7)
        if pick == 0:
            return f"({a} + {e(scope, LIST, depth)})[:8]"
        if pick == 1:
            return f"[{', '.join(e(scope, r.choice([INT, FLOAT, STR]), depth) for _ in range(r.below(4)))}]"
        if pick == 2:
            return f"[x for x in {a} if x]"
        if pick == 3:
            return f"{a}[{r.choice(['::-1', '1:', ':2', '::2'])}]"
        if pick == 4:
            return f"sorted(map(str, {a}))"
        if pick == 5:
            return f"[(v, v * {r.below(9)}) for v in range({r.below(5)})]"
        return f"list({e(scope, STR, depth)})"

    def any_expression(self, scope, depth):
        return self.expression(scope, self.random.choice([INT, FLOAT, STR, LIST]), depth)

    def condition(self, scope, depth=2):
        r, e = self.random, self.expression
        pick = r.below(8)
        kind = r.choice([INT, INT, FLOAT, STR])
        if pick < 5:
            return f"({e(scope, kind, depth)} {r.choice(['<', '<=', '==', '!=', '>', '>='])} {e(scope, kind, depth)})"
        if pick == 5:
            return f"({e(scope, INT, depth)} % {r.choice(['2', '3', '5'])} == {r.below(3)})"
        if pick == 6:
            return f"isinstance({e(scope, ANY, depth)}, {r.choice(['int', 'float', 'str', '(int, str)', 'list'])})"
        return f"({self.atom(scope, ANY)} {r.choice(['and', 'or'])} not {self.atom(scope, ANY)})"

    def call(self, scope, kind, depth):
        name, parameters = self.random.choice(self.functions)
        arguments = [self.expression(scope, k, depth) for k in parameters]
        if self.random.chance(15) and arguments:
            return f"{name}(*[{', '.join(arguments)}])"
        return f"{name}({', '.join(arguments)})"

    # Statements.

    def block(self, scope, count, in_loop=False):
        self.depth += 1
        before = dict(scope.names)
        start = len(self.lines)
        for _ in range(1 + self.random.below(count)):
            self.statement(scope, in_loop)
        if len(self.lines) == start:
            self.emit("pass")
        scope.names = {name: kind for name, kind in scope.names.items() if name in before}
        self.depth -= 1

    def assign(self, scope):
        r = self.random
        kind = r.choice([INT, INT, INT, FLOAT, STR, LIST])
        names = [n for n in scope.of(kind) if n not in scope.protected]
        value = self.expression(scope, kind)
        if names and r.chance(70):
            name = r.choice(names)
            if kind in (INT, FLOAT) and r.chance(40):
                self.emit(f"{name} {r.choice(['+=', '-=', '*='])} {value}")
                if kind == INT and r.chance(60):
                    self.emit(f"{name} = bound({name})")
                return
        else:
            name = self.name("v")
        self.emit(f"{name} = {value}")
        if kind == INT and r.chance(50):
            self.emit(f"{name} = bound({name})")
        scope.names[name] = kind

    def statement(self, scope, in_loop=False):
        r = self.random
        pick = r.below(24) if self.depth < 5 else r.below(9)
        if pick < 8:
            self.assign(scope)
        elif pick == 8:
            if in_loop and r.chance(40):
                self.emit(f"if {self.condition(scope)}: {r.choice(['break', 'continue'])}")
            else:
                self.emit(f"note({self.expression(scope, ANY)})")
        elif pick < 12:
            self.emit(f"if {self.condition(scope)}:")
            self.block(scope, 3, in_loop)
            if r.chance(40):
                self.emit(f"elif {self.condition(scope)}:")
                self.block(scope, 2, in_loop)
            if r.chance(60):
                self.emit("else:")
                self.block(scope, 3, in_loop)
        elif pick < 16 and scope.loops < 2:
            self.loop(scope)
        elif pick < 19:
            self.emit("try:")
            self.block(scope, 3, in_loop)
            if r.chance(30):
                self.depth += 1
                self.emit(f"if {self.condition(scope)}: raise {r.choice(['ValueError', 'KeyError', 'Custom'])}({self.expression(scope, INT)})")
                self.depth -= 1
            self.emit(f"except {r.choice(['Exception', '(TypeError, ValueError, ArithmeticError, LookupError, Custom)', 'ArithmeticError'])} as error:")
            self.depth += 1
            self.emit("note(type(error).__name__)")
            self.depth -= 1
            if r.chance(30):
                self.emit("else:")
                self.block(scope, 2, in_loop)
            if r.chance(30):
                self.emit("finally:")
                self.block(scope, 2)
        elif pick == 19 and scope.of(LIST):
            name = r.choice(scope.of(LIST))
            if name not in scope.protected:
                method, kind = r.choice([("extend", LIST), ("append", ANY), ("append", INT), ("append", FLOAT)])
                self.emit(f"{name}.{method}({self.expression(scope, kind)})")
                self.emit(f"del {name}[:-6]")
        elif pick == 20 and self.classes:
            self.object_use(scope)
        elif pick == 21 and self.generators and scope.loops == 0:
            generator = r.choice(self.generators)
            item = self.name("g")
            self.emit(f"for {item} in {generator}({self.expression(scope, INT)}, {self.expression(scope, FLOAT)}):")
            inner = Scope(scope.names)
            inner.loops, inner.protected = 2, set(scope.names) | {item}
            inner.names[item] = INT
            self.block(inner, 2, True)
        elif pick == 22:
            key = self.expression(scope, r.choice([INT, STR]))
            self.emit(f"table[{key}] = table.get({key}, 0) + 1")
            self.emit("if len(table) > 20: table.clear()")
        else:
            a, b = self.name("p"), self.name("q")
            self.emit(f"{a}, {b} = {self.expression(scope, INT)}, {self.expression(scope, STR)}")
            scope.names[a], scope.names[b] = INT, STR

    def loop(self, scope):
        r = self.random
        item = self.name("i")
        scope.loops += 1
        style = r.below(4)
        if style == 0:
            self.emit(f"{item} = {3 + r.below(9)}")
            self.emit(f"while {item} > 0:")
            self.depth += 1
            self.emit(f"{item} -= 1")
            self.depth -= 1
            kind = INT
        elif style == 1:
            self.emit(f"for {item} in {self.expression(scope, LIST)}[:9]:")
            kind = ANY
        elif style == 2:
            self.emit(f"for {item} in range({r.choice(['5', '9', '12', '0, 10, 3', '8, 0, -1'])}):")
            kind = INT
        else:
            self.emit(f"for {self.name('k')}, {item} in enumerate({self.expression(scope, STR)}):")
            kind = STR
        before = scope.names.get(item)
        scope.names[item] = kind
        scope.protected.add(item)
        self.block(scope, 4, True)
        if before is None and style != 0:
            scope.names.pop(item, None)
        if r.chance(20):
            self.emit("else:")
            self.block(scope, 2)
        scope.loops -= 1

    def object_use(self, scope):
        r = self.random
        name, fields, methods = r.choice(self.classes)
        variable = self.name("o")
        self.emit(f"{variable} = {name}({', '.join(self.expression(scope, k) for k in fields.values())})")
        for _ in range(1 + r.below(3)):
            field = r.choice(list(fields))
            match r.below(4):
                case 0:
                    self.emit(f"{variable}.{field} = {self.expression(scope, fields[field])}")
                case 1:
                    self.emit(f"note({variable}.{r.choice(methods)}({self.expression(scope, INT)}))")
                case 2:
                    self.emit(f"note({variable}.{field})")
                case 3:
                    self.emit(f"{variable} = {variable} + {self.expression(scope, INT)}")
        if r.chance(50):
            self.emit(f"note({variable})")

    # Definitions.

    def function(self):
        r = self.random
        name = self.name("f")
        kinds = [r.choice([INT, INT, FLOAT, STR, LIST]) for _ in range(1 + r.below(3))]
        parameters = [f"a{i}" for i in range(len(kinds))]
        self.emit(f"def {name}({', '.join(parameters)}):")
        scope = Scope(zip(parameters, kinds))
        self.depth += 1
        self.emit(f"r = {self.expression(scope, INT)}")
        scope.names["r"] = INT
        self.depth -= 1
        self.block(scope, self.size)
        self.depth += 1
        if r.chance(30):
            self.emit("def inner(k):")
            self.emit("    nonlocal r")
            self.emit(f"    r = bound(r + k * {r.below(7)})")
            self.emit("    return r")
            self.emit(f"inner({self.expression(scope, INT)})")
        self.emit(f"return {r.choice(['r', 'bound(r)', self.expression(scope, INT)])}")
        self.depth -= 1
        self.emit("")
        self.functions.append((name, kinds))
        return name, kinds

    def generator_function(self):
        r = self.random
        name = self.name("gen")
        self.emit(f"def {name}(a, b):")
        scope = Scope({"a": INT, "b": FLOAT})
        self.depth += 1
        self.emit(f"for i in range({2 + r.below(6)}):")
        scope.names["i"] = INT
        scope.protected.add("i")
        scope.loops = 1
        self.block(scope, 2, True)
        self.depth += 1
        if r.chance(40):
            self.emit("try:")
            self.emit(f"    yield {self.expression(scope, INT)}")
            self.emit("finally:")
            self.emit("    note('left')")
        else:
            self.emit(f"yield {self.expression(scope, INT)}")
        self.depth -= 1
        if r.chance(30):
            self.emit(f"yield from [{self.expression(scope, INT)}, {self.expression(scope, FLOAT)}]")
        self.depth -= 1
        self.emit("")
        self.generators.append(name)

    def class_definition(self):
        r = self.random
        name = self.name("C")
        fields = {f"f{i}": r.choice([INT, FLOAT, STR]) for i in range(1 + r.below(3))}
        self.emit(f"class {name}:")
        self.depth += 1
        if r.chance(30):
            self.emit(f"__slots__ = {tuple(fields)!r}")
        self.emit(f"def __init__(self, {', '.join(fields)}):")
        for field in fields:
            self.emit(f"    self.{field} = {field}")
        methods = []
        for _ in range(1 + r.below(2)):
            method = self.name("m")
            self.emit(f"def {method}(self, a):")
            scope = Scope({"a": INT, **{f"self.{f}": k for f, k in fields.items()}})
            scope.loops = 2
            self.block(scope, 3)
            self.emit(f"    return {self.expression(scope, INT)}")
            methods.append(method)
        first = next(iter(fields))
        self.emit("def __add__(self, other):")
        self.emit(f"    self.{first} = {r.choice(['other', f'self.{first}', f'bound(other)'])}")
        self.emit("    return self")
        self.emit("def __repr__(self):")
        self.emit(f"    return f'{name}({', '.join('{self.' + f + '!r}' for f in fields)})'")
        self.depth -= 1
        self.emit("")
        self.classes.append((name, fields, methods))

    def driver(self):
        r = self.random
        warm = {INT: ["i", "i % 7", "-i", "i * i"], FLOAT: ["i / 2", "0.5 * i", "1.5"], STR: ["'w' * (i % 4)", "str(i)", "'abc'"], LIST: ["[i, 1, 2]", "[0.5] * 3", "[]", "['s']"]}
        odd = ["1 << 70", "-(1 << 62)", "0.5", "float('inf')", "float('nan')", "'text'", "'é日😀'", "None", "True", "[]", "[1, 2.5, 'x']", "(1, 2)", "-0.0", "{'k': 1}", "10**30", "b'bytes'"]
        for name, kinds in self.functions:
            arguments = [r.choice(warm[k]) for k in kinds]
            self.emit(f"def drive_{name}(n):")
            self.emit("    total = 0")
            self.emit("    for i in range(n):")
            self.emit("        try:")
            self.emit(f"            total = bound(total + int({name}({', '.join(arguments)})))")
            self.emit("        except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, Custom) as error:")
            self.emit("            total += len(type(error).__name__)")
            self.emit("    return total")
            self.emit("")
            self.emit(f"print({name!r}, drive_{name}({r.choice([60, 150, 300])}), summary())")
            for _ in range(3):
                surprise = [r.choice(odd) if r.chance(60) else r.choice(warm[k]).replace("i", "5") if "str" not in r.choice(warm[k]) else "'5'" for k in kinds]
                surprise = [s.replace("f5", "fi") for s in surprise]
                self.emit(f"show(lambda: {name}({', '.join(surprise)}))")
            self.emit(f"print({name!r}, drive_{name}(40), summary())")

    def program(self):
        self.lines += [
            "# Made by tests/generate/generate.py.",
            "notes = []",
            "table = {}",
            "",
            "",
            "class Custom(Exception):",
            "    pass",
            "",
            "",
            "def note(value):",
            "    text = repr(value)",
            "    notes.append(text if len(text) < 60 else f'{text[:50]}... {len(text)}')",
            "    if len(notes) > 500:",
            "        fold()",
            "",
            "",
            "check = 7",
            "",
            "",
            "def fold():",
            "    global check",
            "    for text in notes:",
            "        for c in text:",
            "            check = (check * 31 + ord(c)) % 1000000007",
            "    notes.clear()",
            "",
            "",
            "def summary():",
            "    last = notes[-2:]",
            "    fold()",
            "    return check, last",
            "",
            "",
            "def bound(v):",
            "    return v if isinstance(v, int) and -10**25 < v < 10**25 else 1 << 62 if isinstance(v, int) else 3",
            "",
            "",
            "def num(v):",
            "    return v if isinstance(v, int) else len(v) if hasattr(v, '__len__') else 2",
            "",
            "",
            "def show(action):",
            "    try:",
            "        print(repr(action())[:200])",
            "    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, Custom, MemoryError) as error:",
            "        print(type(error).__name__, str(error)[:200])",
            "",
            "",
        ]
        for _ in range(1 + self.random.below(2)):
            self.class_definition()
        self.generator_function()
        for _ in range(2 + self.random.below(3)):
            self.function()
        self.driver()
        self.emit("print(summary(), sorted(map(str, table)))")
        return "\n".join(self.lines) + "\n"


if __name__ == "__main__":
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 6
    sys.stdout.write(Generator(seed, size).program())
