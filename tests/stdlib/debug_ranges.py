"""Code objects without columns."""
import os, subprocess, sys

PROGRAM = """
import sys, marshal
def f(x):
    return x.a + \\
        x.b
print(sys._xoptions)
print(set((p[0] - p[1], p[2], p[3]) for p in f.__code__.co_positions() if p[0] is not None))
print([line for *_, line in f.__code__.co_lines()])
again = marshal.loads(marshal.dumps(f.__code__))
print(again == f.__code__, set(p[2:] for p in again.co_positions()))
import os, dis, traceback
try: f(1)
except AttributeError: traceback.print_exc(file=sys.stdout)
"""

def run(*options, **environment):
    command = [sys.executable, *options, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | environment)
    print(options, environment, done.returncode)
    print(done.stdout, done.stderr, sep="")

run("-X", "no_debug_ranges")
run("-X", "no_debug_ranges=x")
run(PYTHONNODEBUGRANGES="1")
run("-E", PYTHONNODEBUGRANGES="1")
run(PYTHONNODEBUGRANGES="")
