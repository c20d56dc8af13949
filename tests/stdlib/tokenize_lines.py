# Ends of lines, continued indentation, named characters and limits, as the tokenizer tells of them.
import io
import tokenize

SOURCES = [
    "if x:\r\n    # NL\r\n    y='z'\r\n\r\n",
    "x = 1 + \\\r\n1\r\n",
    "\npass\n    \\\n\npass\n",
    "    \\\n  a\n",
    "if 1:\n    \\\n  a\n",
    "if 1:\n  a\n    \\\n\n  b\n",
    "if 1:\n    \\\n",
    'f"1\\N{DIGIT ONE}2\\N{DIGIT TWO}"\n',
    'rf"\\N{a}"\n',
    "(" * 201,
]
for source in SOURCES:
    print(repr(source[:40]))
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.string != "(":
                print(tokenize.tok_name[token.type], repr(token.string), token.start, token.end, repr(token.line))
    except (tokenize.TokenError, SyntaxError) as error:
        print(type(error).__name__, error.args)
for depth in (99, 100):
    source = "".join("  " * level + "if True:\n" for level in range(depth)) + "  " * depth + "pass\n"
    try:
        print(len(list(tokenize.generate_tokens(io.StringIO(source).readline))))
    except IndentationError as error:
        print(error.msg, error.lineno)
