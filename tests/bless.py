"""Writes the kept outputs of the proving ground from CPython 3.14.

usage: python3 tests/bless.py [--check] [NAME ...]

Runs every program of tests/programs, tests/programs/uncaught and tests/deopt (or those whose path contains a
NAME) and keeps stdout as NAME.out, stderr as NAME.err if there is any, and the exit code as NAME.code if
it is not 0. Each program runs three times with different string hashes, because an output that depends on
them can't be kept. --check writes nothing and fails if a kept file is not what CPython prints.

The interpreter is TAIPAN_CPYTHON, the one installed with the peers, or the one that runs this script.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ["tests/programs", "tests/programs/uncaught", "tests/deopt", "tests/builtins", "tests/stdlib"]
HASH_SEEDS = ["0", "1", "4711"]


def find_cpython():
    given = os.environ.get("TAIPAN_CPYTHON")
    peer = Path.home() / ".cache/taipan-peers/bin/cpython"
    path = given or (str(peer) if peer.exists() else sys.executable)
    version = subprocess.run([path, "-V"], capture_output=True, text=True).stdout
    if not version.startswith("Python 3.14."):
        sys.exit(f"{path} is {version.strip() or 'nothing'}; CPython 3.14 is needed")
    return path


def environment(hash_seed):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "LC_"))
        and name not in ("FORCE_COLOR", "NO_COLOR", "LANG", "LANGUAGE", "COLUMNS")
    }
    kept.update(LC_ALL="C.UTF-8", PYTHONDONTWRITEBYTECODE="1", PYTHONHASHSEED=hash_seed)
    return kept


def run(cpython, script, hash_seed):
    done = subprocess.run(
        [cpython, script],
        cwd=ROOT,
        env=environment(hash_seed),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
    )
    return neutral(done.stdout), neutral(done.stderr), done.returncode


def neutral(output):
    """Without what differs from checkout to checkout and from run to run; the test harness does the same."""
    return re.sub(rb" at 0x[0-9a-f]+", b" at 0xADDRESS", output.replace(f"{ROOT}/".encode(), b""))


def kept_files(script, stdout, stderr, code):
    """The files to keep, each with its content, or None if there should be no such file."""
    base = ROOT / script
    return {
        base.with_suffix(".out"): stdout,
        base.with_suffix(".err"): stderr or None,
        base.with_suffix(".code"): f"{code}\n".encode() if code else None,
    }


def main(arguments):
    check = "--check" in arguments
    names = [argument for argument in arguments if not argument.startswith("-")]
    cpython = find_cpython()
    scripts = sorted(
        path.relative_to(ROOT)
        for folder in FOLDERS
        for path in (ROOT / folder).glob("*.py")
        if not path.name.startswith("_")
    )
    if names:
        scripts = [path for path in scripts if any(name in str(path) for name in names)]
    bad = 0
    for script in scripts:
        start = time.perf_counter()
        outcome = run(cpython, script, HASH_SEEDS[0])
        elapsed = time.perf_counter() - start
        complaints = []
        if not check and any(run(cpython, script, seed) != outcome for seed in HASH_SEEDS[1:]):
            complaints.append("differs from run to run")
        if "uncaught" not in script.parts and outcome[2] != 0 and script.parts[1] == "programs":
            complaints.append(f"exit code {outcome[2]}\n{outcome[1].decode()}")
        changed = []
        for path, content in kept_files(script, *outcome).items():
            old = path.read_bytes() if path.exists() else None
            if old == content:
                continue
            changed.append(path.suffix)
            if check:
                complaints.append(f"{path.name} is not what CPython prints")
            elif content is None:
                path.unlink()
            else:
                path.write_bytes(content)
        bad += bool(complaints)
        note = "; ".join(complaints) or ("wrote " + " ".join(changed) if changed else "")
        print(f"{elapsed:6.2f} s  {outcome[2]:3}  {script}  {note}", flush=True)
    print(f"{len(scripts)} programs, {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
