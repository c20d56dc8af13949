"""_tokenize: tokens as the parser takes them, and with all that is between."""

import _tokenize
import io

SOURCES = [
    "a = 1 + b # c\n\nif x:\n  (f'a{b}',\n # d\n  3) # e\n\ny",
    "x\n",
    "x\n\n# c\n",
    "if x:\n y\n",
    "",
    "\n",
    "# only\n",
    "a <= b != c -> d ... := e @= f ** g //= h >>= i ~j ^ k\n",
    "1<>2",
    "def f():\n  if a:\n    b\n  c # d\ne\n",
    "t'{x!r:>{w}}'\n",
    "x = [\n  1,\n\n  # two\n  2,\n]\n",
    "\\\nz\n",
]
for source in SOURCES:
    for extra in (False, True):
        print(repr(source), extra)
        for token in _tokenize.TokenizerIter(io.StringIO(source).readline, extra_tokens=extra):
            print("   ", token)
