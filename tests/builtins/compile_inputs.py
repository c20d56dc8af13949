"""Sources in bytes of several encodings, with byte order marks; type comments in code; wrong arguments."""

import ast


def tried(*arguments):
    try:
        code = compile(*arguments)
        print(arguments, [c for c in code.co_consts if not hasattr(c, "co_code")])
    except (SyntaxError, ValueError, TypeError) as error:
        print(arguments, type(error).__name__, error.args[0], getattr(error, "lineno", None), getattr(error, "offset", None))


for encoding in ("utf-8", "latin-1", "ascii", "shift_jis", "big5", "euc-jp", "koi8-r", "rot13", "hex", "no-such", "utf-8-sig"):
    for mark in (b"", b"\xef\xbb\xbf"):
        for text in (b"a", b"\xc3\xa9"):
            tried(mark + b"# coding: " + encoding.encode() + b'\nx = "' + text + b'"', "f", "exec")
for source in ("\ufeffx = 1", "\ufeff", b"\xef\xbb\xbfx = 1", b"\xef\xbb\xbf\xef\xbb\xbfx = 1", "x\ufeff", "1\0", b"1\0"):
    tried(source, "f", "exec")
for source in ("x = 1 # type: int", "x # type: int", "if x: # type: int\n pass", "def f(a, # type: int\n b):\n # type: (...) -> int\n pass"):
    tried(source, "f", "exec", 0x1000)
for mode in ("exec", "Exec", "", "exec\0", "func_type"):
    tried("None", "f", mode)
for function in (eval, exec):
    for arguments in (("1", 5), ("1", []), ("1", {}, 5), ("1", None, {}), (5,), ("1\0",), (b"\xef\xbb\xbf1",), ("\ufeff1",)):
        try:
            print(function.__name__, arguments, function(*arguments))
        except (SyntaxError, TypeError) as error:
            print(function.__name__, arguments, type(error).__name__, error)
