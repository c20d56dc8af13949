"""Notes every source that CPython's tests have CPython refuse, with its answer.

usage: record_errors.py MODULE ...     (with CPython; prints a case a line: mode, flags, source and answer, in hex)

The tests run as they are; `compile`, `eval` and `exec` are replaced by functions that look on.
"""

import builtins
import contextlib
import io
import sys
import unittest
import warnings

real_compile = builtins.compile
FUTURES = 0x1000000 | 0x400000
seen = {}


def answer_of(source, mode, flags):
    """What CPython says of the source, all by itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            real_compile(source, "<case>", mode, flags & FUTURES, True)
        except SyntaxError as e:
            return f"{type(e).__name__} {e.lineno}:{e.offset}-{e.end_lineno}:{e.end_offset} {e.msg}"
        except Exception:
            return None
    return None


def note(source, mode, flags):
    if isinstance(source, str):
        try:
            source = source.encode()
        except UnicodeEncodeError:
            return
    if not isinstance(source, bytes) or len(source) > 20_000 or (source, mode) in seen:
        return
    answer = answer_of(source, mode, flags)
    if answer is not None:
        seen[source, mode] = (flags & FUTURES, answer)


def compile(source, filename, mode, flags=0, *rest, **named):
    note(source, mode, flags) if mode in ("exec", "eval", "single") else None
    return real_compile(source, filename, mode, flags, *rest, **named)


def looking_on(function, mode):
    def call(source, globals=None, locals=None, /, **named):
        if isinstance(source, (str, bytes)):
            note(source.lstrip(" \t") if mode == "eval" and isinstance(source, str) else source, mode, 0)
        if globals is None:
            frame = sys._getframe(1)
            globals, locals = frame.f_globals, frame.f_locals
        return function(source, globals, locals, **named)

    return call


def main(modules):
    builtins.compile = compile
    builtins.eval = looking_on(builtins.eval, "eval")
    builtins.exec = looking_on(builtins.exec, "exec")
    for module in modules:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            suite = unittest.defaultTestLoader.loadTestsFromName(f"test.{module}")
            suite.run(unittest.TestResult())
    for (source, mode), (flags, answer) in seen.items():
        print(mode, flags, source.hex() or "-", answer.encode().hex())


main(sys.argv[1:])
