"""A Lisp: reader, evaluator with proper tail calls, macros, closures; runs a few programs."""

import operator
from functools import reduce


class Symbol(str):
    pass


class LispError(Exception):
    pass


QUOTES = {"'": "quote", "`": "quasiquote", ",": "unquote"}


def tokens(source):
    for line in source.splitlines():
        line = line.split(";")[0]
        for char in "()'`,":
            line = line.replace(char, f" {char} ")
        yield from line.split()


def read(stream):
    token = next(stream)
    if token == "(":
        out = []
        while (item := read(stream)) is not END:
            out.append(item)
        return out
    if token == ")":
        return END
    if token in QUOTES:
        return [Symbol(QUOTES[token]), read(stream)]
    if token in ("#t", "#f"):
        return token == "#t"
    for kind in (int, float):
        try:
            return kind(token)
        except ValueError:
            pass
    return Symbol(token)


END = object()


class Env(dict):
    def __init__(self, names=(), values=(), outer=None):
        super().__init__(zip(names, values))
        self.outer = outer

    def find(self, name):
        env = self
        while env is not None:
            if name in env:
                return env
            env = env.outer
        raise LispError(f"unbound {name}")


class Lambda:
    def __init__(self, params, body, env, macro=False):
        self.params, self.body, self.env, self.macro = params, body, env, macro

    def bind(self, args):
        if "." in self.params:
            i = self.params.index(".")
            return Env(self.params[:i] + self.params[i + 1 :], args[:i] + [args[i:]], self.env)
        if len(args) != len(self.params):
            raise LispError(f"wants {len(self.params)} arguments, got {len(args)}")
        return Env(self.params, args, self.env)


def show(x):
    if isinstance(x, list):
        return "(" + " ".join(map(show, x)) + ")"
    return {True: "#t", False: "#f"}[x] if isinstance(x, bool) else "<lambda>" if isinstance(x, Lambda) else str(x)


def quasi(x, env):
    if isinstance(x, list):
        if x and x[0] == "unquote":
            return evaluate(x[1], env)
        return [quasi(item, env) for item in x]
    return x


def evaluate(x, env):
    while True:
        if isinstance(x, Symbol):
            return env.find(x)[x]
        if not isinstance(x, list):
            return x
        if not x:
            return []
        match x:
            case ["quote", value]:
                return value
            case ["quasiquote", value]:
                return quasi(value, env)
            case ["if", test, then, *otherwise]:
                x = then if evaluate(test, env) is not False else (otherwise[0] if otherwise else False)
                continue
            case ["define", [name, *params], *body]:
                env[name] = Lambda(params, body, env)
                return name
            case ["define", name, value]:
                env[name] = evaluate(value, env)
                return name
            case ["defmacro", [name, *params], *body]:
                env[name] = Lambda(params, body, env, True)
                return name
            case ["set!", name, value]:
                env.find(name)[name] = evaluate(value, env)
                return name
            case ["lambda", params, *body]:
                return Lambda(params, body, env)
            case ["let", bindings, *body]:
                env = Env([n for n, _ in bindings], [evaluate(v, env) for _, v in bindings], env)
            case ["begin", *body]:
                pass
            case _:
                function = evaluate(x[0], env)
                if isinstance(function, Lambda):
                    if function.macro:
                        inner = function.bind(x[1:])
                        for part in function.body:
                            expansion = evaluate(part, inner)
                        x = expansion
                        continue
                    env = function.bind([evaluate(a, env) for a in x[1:]])
                    body = function.body
                else:
                    try:
                        return function(*[evaluate(a, env) for a in x[1:]])
                    except (TypeError, IndexError, ArithmeticError) as error:
                        raise LispError(f"{x[0]}: {error}") from error
        for part in body[:-1]:
            evaluate(part, env)
        x = body[-1]


def make_global():
    fold = lambda f: lambda *a: reduce(f, a)
    env = Env()
    env.update({
        "+": lambda *a: sum(a), "*": fold(operator.mul), "-": lambda *a: -a[0] if len(a) == 1 else reduce(operator.sub, a),
        "/": operator.truediv, "quotient": operator.floordiv, "mod": operator.mod, "<": operator.lt, ">": operator.gt,
        "=": operator.eq, "not": lambda v: v is False, "car": lambda l: l[0], "cdr": lambda l: l[1:], "cons": lambda h, t: [h, *t],
        "list": lambda *a: list(a), "null?": lambda l: l == [], "append": lambda *ls: sum(ls, []), "length": len,
        "apply": lambda f, a: evaluate([f, *[[Symbol("quote"), v] for v in a]], env),
    })
    return env


PROGRAM = """
(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(fact 30)
(define (fib n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(fib 13)
(define (loop i acc) (if (= i 0) acc (loop (- i 1) (+ acc i))))
(loop 5000 0) ; a tail call
(define (map f l) (if (null? l) '() (cons (f (car l)) (map f (cdr l)))))
(define (filter p l) (if (null? l) '() (if (p (car l)) (cons (car l) (filter p (cdr l))) (filter p (cdr l)))))
(define (range a b) (if (= a b) '() (cons a (range (+ a 1) b))))
(map (lambda (x) (* x x)) (range 0 10))
(define (sort l) (if (null? l) '() (let ((p (car l)) (r (cdr l)))
  (append (sort (filter (lambda (x) (< x p)) r)) (list p) (sort (filter (lambda (x) (not (< x p))) r))))))
(sort '(3 1 4 1 5 9 2 6 5 3 5))
(defmacro (unless c . body) `(if ,c #f ,(cons 'begin body)))
(unless (< 2 1) 1 2 'three)
(define (counter) (let ((n 0)) (lambda () (begin (set! n (+ n 1)) n))))
(define c (counter))
(c)
(c)
(apply + '(1 2 3))
(define (compose . fs) (if (null? fs) (lambda (x) x) (lambda (x) ((car fs) ((apply compose (cdr fs)) x)))))
((compose (lambda (x) (* x 2)) (lambda (x) (+ x 1))) 5)
(/ 7 2)
(undefined 1)
(fact)
(car '())
(/ 1 0)
(filter (lambda (n) (null? (filter (lambda (d) (= 0 (mod n d))) (range 2 n)))) (range 2 30))
`(1 ,(+ 1 1) (nested ,(* 3 3)))
"""

env = make_global()
stream = tokens(PROGRAM)
while True:
    try:
        form = read(stream)
    except StopIteration:
        break
    try:
        print(show(evaluate(form, env)))
    except LispError as error:
        print("error:", error)
