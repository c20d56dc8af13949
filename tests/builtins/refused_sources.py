"""What syntax errors show of the source: text, columns, and what replacement fields are refused for."""

def refused(source, mode="exec"):
    try:
        compile(source, "no such file", mode)
    except SyntaxError as error:
        print(repr(source), mode, type(error).__name__, error.msg, error.lineno, error.offset, error.end_lineno,
              error.end_offset, repr(error.text))
    else:
        print(repr(source), mode, "fine")

for source in ["1 1", "1 +", "(", "f(x for x in y, 1)", "1 2\n", "x = 1", "'abc", "a b", "1\n2", "", "\n", "if 1:\n  pass", "x y # é", "'''", "(a,\nb c)", "(a,\nb c", "1a", "return"]:
    for mode in ("exec", "eval", "single"):
        refused(source, mode)
    refused(source.encode(), "eval")

for source in ["'abc\n", "'abc\nx", "x\n'abc", "x\n'abc\n", "x\n'''abc\n\n", "1a\n", "1a\nx", "x\n1a", "(a,\nb c", "(a,\nb c\n)\n", "(\n", "(\na", "x\n(", "x = (a b\n)", "$", "$\n", "x ? y", "€", "€\n", "]", "]\n", "(\n]\n", "(\n]", "(]", "  x", " x\n", "if 1:\nx", "if 1:\nx\n", "if 1:", "if 1:\n", "if 1:\n  x\n y", "if 1:\n  x\n y\n", "\\ x", "\\ x\n", "x \\", "x \\\n", "return 'ä'", "def f():\n  global x; x = 'ä'; nonlocal y", "from __future__ import ä", "x = 'ä'; from __future__ import annotations", "f(**a, *b)", "f(a=1, a=2)", "'ä'; f(a for a in b, c)", "'\\N{x}'", "'\\x1'\n", "b'é'", "f'{'", "f'{a b}'", "f'{a", "f'{'\n", "f'abc\n", "'ä'; break", "'ä'; 1 = 2", "def f():\n  'ä'; x = (yield) = 1", "class A:\n  'ä'; def = 2", "del f()", "'ä'; del (a, f())", "x: int: 3","(a:=1) = 2", "'é'; lambda: (yield = 1)", "0777", "0777\n", "1__0", "0xg", "1e", "1.e+", "0b2"]:
    refused(source)

for source in ["f'{;'","f'{1=}{;'","f'{1;'","f'{a b'","f'{a b}'", "f'{a $ b}'","f'{a'","f'{a!'","f'{a!x'","f'{a!r'","f'{a:'","f'{a:x'","f'{a=","f'{a='","f'{'","f'{ '","f'{!'","f'{:'","f'{=}'","f'{lambda x:1}'","f'{lambda x:1'","f'{lambda x:x'","f'{a[4)}'","f'{a(4]}'","f'{(a'","f'{((a}'","f'{a}}'","f'}'","f'{a$b}'","f'{a\\n}'","f'{a:\n}'", "f'{3:{{>10}'","f'{a!}'","f'{a!1}'","f'{a!3}'","f'{a!x}'","f'{a!xx}'","f'{a!s x}'","f'{a! s}'","f'{a!s:x'","f'{a!:x}'","f'{a ! r}'","f'{1:1{}}'","f'{}'","f'{ }'","f'{!r}'","f'{ !r}'","f'{:x}'","f'{1!}}'","f'{,}'","f'{,'","f'{*'","f'{**a}'","f'{*a}'","f'{yield'","f'{a if'","f'{a.'","f'{a.}'","f'{1 2}'","f'{a=b}'","f'{a==b'","f'{a:=5}'","f'{+}'","f'{+'","f'{not}'","f'{-'","f'{import x}'","f'{def}'","f'{x for}'","f'a{b c d}'","f'{a,}'","f'{a,b c}'","f'{a[b c]}'","f'{x:{y z}}'","f'{x:{'","f'{x:{y'","f'{x!r:{y'","f'{a:{;}}'","f'''{a b\n}'''","f'''{a:\n}'''","f'''{\na b}'''","f'''{'","f'''{a","f'''{a'''","f'''{'''", "f'{a\"b\"}'","f'{\"a\" b}'","f'{\"'", "f'{\"a'","f'{#}'","f'{a#}'","f'{)}'","f'{]}'","f'{a)}'","f'{(}'","f'{[}'","f'{{}'","f'{a}{'","f'{a}{b'","t'{a b}'","t'{'","f'{a!r b}'","f'{a: {b!x}}'","f'{\\N}'","f'{a\\}'","f'{f\"{'","f'{f\"{;}\"}'", "f'{d[\"'","f'{a!r=}'","f'{1=!r:^20'","f'{1!r'", "f'{lambda :x}'", "f'{lambda x}'","f'{lambda x'", "f'{(lambda x:1)}'", "f'{lambda x, y:1}'","f'{a, lambda x:1}'", "f'{x = 1}'", "f'{a b:c}'","f'{1a}'","f'{a[}'", "f'{0777}'","f'{a and}'","f'{a[0}'", "f'{class}'", "f'{0!'", "f'{a\n'"]:
    refused(source)
