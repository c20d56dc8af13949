"""`tokenize` over what goes on over lines, nests, or is wrong; `opcode`'s tables."""

import io
import token
import tokenize

import opcode

SOURCES = ["a = 1 # hi\n", "if x:\n  # c\n  y\n\n # d\nz", "f'a{x!r:>{w}}b{{' 'q'\n", "'''a\nb'''\n", "(\n1,\n  2)\n", "x = \\\n 1\n", "'abc\n",
           "'''abc\n", "(", ")", "f'{x=}'\n", "  x\n y\n", "$", "a ? b\n", "1_000.5e3j 0x1f 1__0\n", "é = 1\n", "f'''{\na}'''\n", "", "\n", "# c",
           "rb'x' u'y'\n", "a->b:=c...d!=e!f\n", "1if x else 0\n", "f'a\n", "\\", "x\f\n", "if x:\n\ty\n        z\n", "f'{x:{y}z}'\n", "t'{x}'\n",
           "f'{{}}'\n", "class A:\n    def f(self):\n        return [\n            1]\n\nx\n", "0b12\n", "1e+\n", "0xg\n", "1_a\n", "lambda: (yield)\n", "f'{a[\"b\"]:{c!r}}{d}'\n", "f'''a\nb{c}\nd'''\n"]
for source in SOURCES:
    print(repr(source))
    try:
        for t in tokenize.generate_tokens(io.StringIO(source).readline):
            print("  ", token.tok_name[t.type], token.tok_name[t.exact_type], repr(t.string), t.start, t.end, repr(t.line))
    except (tokenize.TokenError, SyntaxError) as error:
        print("  ", type(error).__name__, error)
print([t.string for t in tokenize.tokenize(io.BytesIO("# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1")).readline)])
print(tokenize.untokenize(tokenize.generate_tokens(io.StringIO("def f( a ):\n    return  a\n").readline)))

print(opcode.opname[:20], opcode.hasconst, opcode.hasname, opcode.hasjump, opcode.hasfree, opcode.haslocal, opcode.hasexc, len(opcode.hasarg))
print([opcode.stack_effect(op, 3 if op in opcode.hasarg else None) for op in sorted(opcode.opmap.values()) if op < 120], opcode._nb_ops[-2:])
for arguments in ((999,), (1, None)):
    try:
        print(opcode.stack_effect(*arguments))
    except ValueError as error:
        print(error)
