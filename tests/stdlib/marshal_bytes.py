"""The bytes of marshalled code: what is one object is written once, by CPython's rules of merging and interning."""

import hashlib
import marshal

SOURCES = [
    # Sets are equal in whatever order they are written.
    """def f(a): return a in {"'qa'", "qb qc"}
def g(a): return a in {"qb qc", "'qa'"}
""",
    "def f(a): return a in {'qa', 'qb'}\ndef g(a): return a in {'qb', 'qa'}\n",
    # The "%" that comes of "%%" is not the one that exists once.
    "def f(a, b): return '%s%%%s' % (a, b)\n",
    "def f(a, b): return f'{a!s}%{b!s}'\n",
    "def f(a, b): return f'{a!s}%{b!s}'\ndef g(a, b): return '%s%%%s' % (a, b)\n",
    "def g(a, b): return '%s%%%s' % (a, b)\ndef f(a, b): return f'{a!s}%{b!s}', '%'\n",
    "def f(a, b): return '%%%s' % (a,), '%%%r%%' % (b,)\n",
    "def f(a, b): return '%', ('%', 1)\ndef g(a, b): return '%%%s' % (a,)\n",
    "def f(a): return '%%%s' % (a,), a in {'%'}\n",
]

for source in SOURCES:
    code = compile(source, "q.py", "exec")
    data = marshal.dumps(code)
    print(len(data), hashlib.sha256(data).hexdigest()[:16], data.count(b"\xda\x01%"), data.count(b"\xfa\x01%"))
