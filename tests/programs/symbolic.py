"""An expression parser, symbolic differentiation, simplification, evaluation; polynomials over integers."""

import math
from itertools import zip_longest


class Expr:
    def __add__(self, o):
        return Bin("+", self, lift(o))

    def __radd__(self, o):
        return lift(o) + self

    def __sub__(self, o):
        return Bin("-", self, lift(o))

    def __mul__(self, o):
        return Bin("*", self, lift(o))

    def __rmul__(self, o):
        return lift(o) * self

    def __truediv__(self, o):
        return Bin("/", self, lift(o))

    def __pow__(self, o):
        return Bin("^", self, lift(o))

    def __neg__(self):
        return lift(-1) * self


class Const(Expr):
    def __init__(self, value):
        self.value = value

    def eval(self, env):
        return self.value

    def diff(self, name):
        return Const(0)

    def simple(self):
        return self

    def __str__(self):
        return str(self.value) if self.value >= 0 else f"({self.value})"


class Name(Expr):
    def __init__(self, name):
        self.name = name

    def eval(self, env):
        return env[self.name]

    def diff(self, name):
        return Const(int(name == self.name))

    def simple(self):
        return self

    def __str__(self):
        return self.name


class Call(Expr):
    RULES = {
        "sin": lambda u: Call("cos", u),
        "cos": lambda u: -Call("sin", u),
        "exp": lambda u: Call("exp", u),
        "ln": lambda u: Const(1) / u,
    }

    def __init__(self, function, argument):
        self.function, self.argument = function, argument

    def eval(self, env):
        return {"ln": math.log}.get(self.function, getattr(math, self.function, None))(self.argument.eval(env))

    def diff(self, name):
        return self.RULES[self.function](self.argument) * self.argument.diff(name)

    def simple(self):
        return Call(self.function, self.argument.simple())

    def __str__(self):
        return f"{self.function}({self.argument})"


OPS = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b, "^": lambda a, b: a**b}
LEVEL = {"+": 1, "-": 1, "*": 2, "/": 2, "^": 3}


class Bin(Expr):
    def __init__(self, op, left, right):
        self.op, self.left, self.right = op, left, right

    def eval(self, env):
        return OPS[self.op](self.left.eval(env), self.right.eval(env))

    def diff(self, x):
        u, v = self.left, self.right
        match self.op:
            case "+" | "-":
                return Bin(self.op, u.diff(x), v.diff(x))
            case "*":
                return u.diff(x) * v + u * v.diff(x)
            case "/":
                return (u.diff(x) * v - u * v.diff(x)) / v ** 2
            case "^" if isinstance(v, Const):
                return v * u ** (v.value - 1) * u.diff(x)
            case "^":
                return self * (v * Call("ln", u)).diff(x)

    def simple(self):
        u, v = self.left.simple(), self.right.simple()
        match self.op, u, v:
            case op, Const(value=a), Const(value=b) if op != "/" and not (op == "^" and b < 0):
                return Const(OPS[op](a, b))
            case "+", Const(value=0), e:
                return e
            case "+" | "-", e, Const(value=0):
                return e
            case "*", Const(value=0), _:
                return Const(0)
            case "*", _, Const(value=0):
                return Const(0)
            case "*", Const(value=1), e:
                return e
            case "*" | "/" | "^", e, Const(value=1):
                return e
            case "^", _, Const(value=0):
                return Const(1)
            case "/", Const(value=0), _:
                return Const(0)
            case "*", e, Const() as c:
                return (c * e).simple()
            case "*", Const(value=a), Bin(op="*", left=Const(value=b), right=e):
                return Bin("*", Const(a * b), e).simple()
        return Bin(self.op, u, v)

    def __str__(self):
        def side(e, strict):
            text = str(e)
            inner = isinstance(e, Bin) and (LEVEL[e.op] < LEVEL[self.op] or strict and LEVEL[e.op] == LEVEL[self.op])
            return f"({text})" if inner else text

        return f"{side(self.left, self.op == '^')} {self.op} {side(self.right, self.op in '-/')}"


def lift(value):
    return value if isinstance(value, Expr) else Const(value)


class ParseError(Exception):
    pass


def parse(text):
    tokens, i = [], 0
    while i < len(text):
        if text[i].isspace():
            i += 1
        elif text[i].isdigit():
            j = i
            while j < len(text) and text[j].isdigit():
                j += 1
            tokens.append(int(text[i:j]))
            i = j
        elif text[i].isalpha():
            j = i
            while j < len(text) and text[j].isalpha():
                j += 1
            tokens.append(text[i:j])
            i = j
        else:
            tokens.append(text[i])
            i += 1
    tokens.append(None)
    position = 0

    def take():
        nonlocal position
        position += 1
        return tokens[position - 1]

    def binary(level):
        left = atom()
        while (op := tokens[position]) in LEVEL and LEVEL[op] >= level:
            take()
            left = Bin(op, left, binary(LEVEL[op] + (op != "^")))
        return left

    def atom():
        token = take()
        if isinstance(token, int):
            return Const(token)
        if token == "-":
            return -binary(2)
        if token == "(":
            inner = binary(1)
            if take() != ")":
                raise ParseError("expected )")
            return inner
        if isinstance(token, str) and token.isalpha():
            if tokens[position] == "(":
                if token not in Call.RULES:
                    raise ParseError(f"no function {token}")
                return Call(token, atom())
            return Name(token)
        raise ParseError(f"unexpected {token!r}")

    result = binary(1)
    if tokens[position] is not None:
        raise ParseError(f"trailing {tokens[position]!r}")
    return result


for text in ["x^2 + 3*x - 5", "sin(x)*cos(x)", "exp(x^2)/x", "(x+1)^3", "ln(x^2+1)", "x^x", "2^3^2", "1-2-3", "-x^2", "y*x^4/4", "((x))"]:
    e = parse(text)
    d = e.diff("x").simple()
    env = {"x": 1.5, "y": 2.0}
    h = 1e-6
    numeric = (e.eval({**env, "x": 1.5 + h}) - e.eval({**env, "x": 1.5 - h})) / (2 * h)
    print(f"{e}  ->  {d}  [{abs(numeric - d.eval(env)) < 1e-4}, {e.eval(env):.6f}]")
for bad in ["1 +", "(1", "foo(2)", "1 2", "", ")"]:
    try:
        parse(bad)
    except ParseError as error:
        print(repr(bad), error)
e = parse("x^3 - 2*x - 5")
d = e.diff("x").simple()
x = 2.0
for _ in range(8):
    x -= e.eval({"x": x}) / d.eval({"x": x})
print(f"{x:.12f}")
big = parse("x")
for i in range(7):
    big = Call("sin", big * Name("x") + i)
print(len(str(big.diff("x").simple())), f"{big.diff('x').eval({'x': 0.5}):.9f}", sum(big.eval({"x": i / 500}) > 0 for i in range(500)))


class Poly:
    def __init__(self, *coefficients):
        self.c = list(coefficients)
        while self.c and self.c[-1] == 0:
            self.c.pop()

    def __add__(self, o):
        return Poly(*(a + b for a, b in zip_longest(self.c, o.c, fillvalue=0)))

    def __mul__(self, o):
        out = [0] * (len(self.c) + len(o.c))
        for i, a in enumerate(self.c):
            for j, b in enumerate(o.c):
                out[i + j] += a * b
        return Poly(*out)

    def __call__(self, x):
        total = 0
        for c in reversed(self.c):
            total = total * x + c
        return total

    def __divmod__(self, o):
        rest, quotient = self.c[:], [0] * max(len(self.c) - len(o.c) + 1, 0)
        for i in range(len(quotient) - 1, -1, -1):
            quotient[i] = rest[i + len(o.c) - 1] // o.c[-1]
            for j, b in enumerate(o.c):
                rest[i + j] -= quotient[i] * b
        return Poly(*quotient), Poly(*rest)

    def __eq__(self, o):
        return self.c == o.c

    def __repr__(self):
        return " + ".join(f"{c}x^{i}" if i else str(c) for i, c in enumerate(self.c) if c) or "0"


p, q = Poly(-1, 0, 1), Poly(1, 1)
print(p * q, divmod(p, q), (p + q)(10), divmod(p * p * q + Poly(7), p))
power = Poly(1)
for _ in range(60):
    power = power * Poly(1, 1)
print(power.c[30], power(1) == 2**60, divmod(power, Poly(1, 1))[1])
