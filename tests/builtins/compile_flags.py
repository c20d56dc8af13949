"""`compile()` with the flags of old and new future features, numbers out of range, docstrings in trees."""

import __future__
import ast

for name in __future__.all_feature_names:
    flag = getattr(__future__, name).compiler_flag
    operator = "<>" if name == "barry_as_FLUFL" else "!="
    code = compile(f"def f(x: int): return x {operator} 1", "f", "exec", flag)
    print(name, hex(code.co_flags), [hex(c.co_flags) for c in code.co_consts if hasattr(c, "co_flags")])
    code = compile("compile('x', 'f', 'eval')", "f", "eval", flag)
    print(hex(eval(code).co_flags))
for number in (2**31, -(2**31) - 1, 2**40):
    for arguments in ({"flags": number}, {"optimize": number}, {"_feature_version": number}):
        try:
            print(compile("x", "f", "eval", **arguments))
        except (OverflowError, ValueError) as error:
            print(arguments, type(error).__name__, error)
SOURCE = '"doc"\ndef f():\n "doc"\ndef g():\n "doc"\n "more"\n return 1 + 1\nassert g()\n'
for optimize in (0, 1, 2):
    for flags in (ast.PyCF_ONLY_AST, ast.PyCF_OPTIMIZED_AST):
        print(ast.dump(compile(SOURCE, "f", "exec", flags, optimize=optimize)))
for source in ("", "\n", "#c\n", "#c", "  ", "\\", "\x0c", "if 1:", "x = 1"):
    try:
        print(repr(source), compile(source, "f", "single", 0x4000).co_names)
    except SyntaxError as error:
        print(repr(source), type(error).__name__, error)
