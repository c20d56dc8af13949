"""Sources that may go on, for consoles; what a code object's branches are; backslashes before replacement fields."""
import warnings
from codeop import compile_command

for source in ["(a **", "(a,b,", "def foo():\n", "if 9==3:\n", "if 9==3:\n  pass\nelse:\n", "x = '''abc", "a = (", "def f(",
               "for n in range(10):\n\n", "try:\n  pass\n", "@a\n", "class C:", "if 1:\n  x\n", "(a b)", "x = [1,\n", "]",
               "(]", "  x", "if 1:\n  if 2:\n", "from a import (", "x = 0x", "a b\n", "f(", "f'''{a", "1 +\n", "a.\n", "x = 1",
               "match x:\n  case 1:\n", "if 1:\n  y\n x\n", "while 1:\n  x\n", "return\n", "lambda\n"]:
    for mode in ("single", "exec"):
        try:
            code = compile_command(source, "console", mode)
            print(repr(source), mode, None if code is None else "complete")
        except SyntaxError as error:
            print(repr(source), mode, type(error).__name__, error.msg)
print(_IncompleteInputError.__mro__)

def branches(x, y):
    for i in x:
        if i and y is not None:
            continue
        while i > 3:
            i -= 1
    else:
        return [j for j in x if j]

async def loop(x):
    async for i in x:
        if i is None:
            break

for function in (branches, loop):
    print(list(function.__code__.co_branches()))

with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    print(eval(r"f'\{6}'"), eval(r"f'a\{6}b\z{3}\d'"), eval(r"rf'\{1}'"), eval(r"f'\N{AMPERSAND}{1}'"))
    for warning in told:
        print(warning.message, warning.lineno)
for source in ['f"{1:{2:{3:{4}}}}"', "'a' b'b'", "f'{1}' b'x'", "'a' t'b'"]:
    try:
        eval(source)
    except SyntaxError as error:
        print(error.msg, error.lineno)
