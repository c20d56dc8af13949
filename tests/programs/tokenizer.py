"""A tokenizer for a small language without regular expressions, by a table of states over character classes."""

from collections import namedtuple

Token = namedtuple("Token", "kind text line column")
KEYWORDS = frozenset("if else while let fn return true false".split())
OPERATORS = sorted("+ - * / % = == != < <= > >= && || ! ( ) { } [ ] , ; : -> => **".split(), key=len, reverse=True)


class LexError(SyntaxError):
    pass


def tokenize(source):
    line, start_of_line = 1, 0
    i, n = 0, len(source)
    while i < n:
        char = source[i]
        column = i - start_of_line + 1
        if char == "\n":
            yield Token("newline", "\\n", line, column)
            line += 1
            i += 1
            start_of_line = i
        elif char.isspace():
            i += 1
        elif char == "#":
            while i < n and source[i] != "\n":
                i += 1
        elif char.isalpha() or char == "_":
            j = i
            while j < n and (source[j].isalnum() or source[j] == "_"):
                j += 1
            word = source[i:j]
            yield Token("keyword" if word in KEYWORDS else "name", word, line, column)
            i = j
        elif char.isdigit():
            j, kind = i, "int"
            while j < n and (source[j].isdigit() or source[j] == "_"):
                j += 1
            if j + 1 < n and source[j] == "." and source[j + 1].isdigit():
                kind = "float"
                j += 1
                while j < n and source[j].isdigit():
                    j += 1
            if j < n and (source[j].isalpha() or source[j] == "_"):
                raise LexError(f"bad number {source[i : j + 1]!r}", ("x", line, column, None))
            yield Token(kind, source[i:j], line, column)
            i = j
        elif char == '"':
            j = i + 1
            while j < n and source[j] != '"':
                if source[j] == "\n":
                    raise LexError("newline in string", ("x", line, j - start_of_line + 1, None))
                j += 2 if source[j] == "\\" else 1
            if j >= n:
                raise LexError("unterminated string", ("x", line, column, None))
            yield Token("string", source[i : j + 1], line, column)
            i = j + 1
        else:
            for operator in OPERATORS:
                if source.startswith(operator, i):
                    yield Token("op", operator, line, column)
                    i += len(operator)
                    break
            else:
                raise LexError(f"unexpected {char!r}", ("x", line, column, None))
    yield Token("end", "", line, n - start_of_line + 1)


SOURCE = '''# factorial
fn fact(n: int) -> int {
    if n <= 1 { return 1; } else { return n * fact(n - 1) }
}
let größe = 3.25 ** 2; let s = "a \\"b\\" c"
while !done && x != 1_000 { x = x % 7 }
'''
for token in tokenize(SOURCE):
    print(f"{token.line}:{token.column:<3} {token.kind:<8}{token.text}")
for bad in ['let x = "abc', "1x", "a ? b", 'ok\n  "a\nb"', "5_000_"]:
    try:
        print([token.text for token in tokenize(bad)])
    except LexError as error:
        print(type(error).__name__, error.msg, error.lineno, error.offset)

counts = {}
for token in tokenize(SOURCE * 60):
    key = token.kind, token.text if token.kind in ("op", "keyword") else ""
    counts[key] = counts.get(key, 0) + 1
for (kind, text), count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
    print(count, kind, text)
print(token._replace(line=0), Token._fields, token._asdict()["kind"])
