"""Compares the trees of `ast.parse` with CPython 3.14's, places included.

usage: python3 tests/compare_trees.py [FILE ...]

Without files, all of the standard library's top folder. The interpreters are TAIPAN and TAIPAN_CPYTHON, or
the release build and the peer. Also checks under Taipan that code made by way of the tree is the same.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = Path.home() / ".cache/taipan-peers"
SCRIPT = r"""
import ast, hashlib, sys, warnings
warnings.simplefilter("ignore")

PARTS = ("co_code", "co_consts", "co_names", "co_varnames", "co_freevars", "co_cellvars", "co_linetable",
         "co_exceptiontable", "co_flags", "co_stacksize", "co_firstlineno", "co_qualname")

def same(a, b):
    if type(a) is not type(b):
        return False
    if hasattr(a, "co_code"):
        return all(same(getattr(a, part), getattr(b, part)) for part in PARTS)
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    return repr(a) == repr(b)

for name in sys.argv[1:]:
    with open(name, "rb") as file:
        source = file.read()
    try:
        tree = ast.parse(source, name)
        text = ast.dump(tree, indent=2, include_attributes=True)
        answer = hashlib.sha1(text.encode("utf-8", "surrogatepass")).hexdigest()
    except (SyntaxError, ValueError) as error:
        print(name, type(error).__name__, error, flush=True)
        continue
    try:
        code = compile(source, name, "exec", dont_inherit=True)
    except SyntaxError as error:
        code = None
    if code and not same(code, compile(tree, name, "exec", dont_inherit=True)):
        answer += " other code"
    print(name, answer, flush=True)
"""


def answers(command, names):
    run = subprocess.run([command, "-c", SCRIPT, *names], capture_output=True, text=True)
    if run.returncode:
        print(run.stderr[-2000:])
    return run.stdout.splitlines()


def main():
    cpython = os.environ.get("TAIPAN_CPYTHON") or str(PEERS / "bin/cpython")
    taipan = os.environ.get("TAIPAN") or str(ROOT / "target/release/taipan")
    library = PEERS / "root/usr/lib/python3.14"
    names = sys.argv[1:] or sorted(str(path) for path in library.glob("*.py") if path.exists())
    # CPython itself makes other code of a few trees: sets are in another order.
    expected = [line.removesuffix(" other code") for line in answers(cpython, names)]
    found = answers(taipan, names)
    different = [line for line in expected if line not in set(found)]
    for line in different:
        print("different:", line)
    print(f"{len(expected) - len(different)} of {len(names)} equal")
    sys.exit(bool(different) or len(expected) != len(names))


if __name__ == "__main__":
    main()
