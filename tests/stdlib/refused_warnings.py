"""Warnings of the compiler, told and turned into errors; grammars of older versions."""

import warnings

SOURCES = [
    "'''\n\\z'''",
    "x = '\\z'",
    "a\nif 1 is 1: pass",
    "(1)(2)",
    "\n\nassert (1,'x')",
    "def f():\n  try: pass\n  finally:\n    return 1",
    "x = 1if 2else 3",
    "0x1for x in y",
    "1()",
    "'a' 'b\\q'",
    "0b1and 2",
    "0o7or 2",
    "1jif 2else 3",
    "1not in x",
]
for source in SOURCES:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            compile(source, "<s>", "exec")
        except SyntaxError as e:
            print(repr(source), "refused", e)
    print([(w.category.__name__, str(w.message), w.lineno) for w in caught])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            compile(source, "<s>", "exec")
        except SyntaxError as e:
            print(repr(source), e.lineno, e.offset, e.end_lineno, e.end_offset, (e.text or "").rstrip("\n"), e.msg)

OLDER = [
    ("(x := 0)", 7),
    ("def foo(x, /): ...", 7),
    ("lambda x, /: ...", 7),
    ("class X[T]: pass", 11),
    ("def f[T](): pass", 11),
    ("type X = int", 11),
    ("class X[T=int]: pass", 12),
    ("try: ...\nexcept* E: ...", 10),
    ("try: ...\nexcept E, F: ...", 13),
    ("t''", 13),
    ("match x:\n case 1: pass", 9),
    ("with (a as b, c as d): pass", 8),
    ("for x in *a, b: pass", 8),
    ("f'{a['b']}'", 11),
]
for source, version in OLDER:
    for minor in (version, version + 1):
        try:
            compile(source, "<s>", "exec", 0x400, _feature_version=minor)
            print(repr(source), minor, "taken")
        except SyntaxError as e:
            print(repr(source), minor, e.msg)

SINGLE = ["1\n2", "def f(): pass", "if 1: pass", "def f():\n pass", "@d\ndef f(): pass", "if 1:\n pass\n", "if 1: pass\nelse: pass",
          "match x:\n case 1: pass", "def f(): pass\n", "x;y", "", "pass\npass"]
for source in SINGLE:
    try:
        compile(source, "<s>", "single")
        print(repr(source), "taken")
    except SyntaxError as e:
        print(repr(source), e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset)


class Path:
    def __fspath__(self):
        return "a path"


print(compile("1", Path(), "eval").co_filename, compile("1", b"bytes", "eval").co_filename)
for name in (bytearray(b"f"), [1], 3, b"f\0", "f\0"):
    try:
        compile("1", name, "exec")
    except (TypeError, ValueError) as e:
        print(e)
