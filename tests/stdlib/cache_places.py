"""Where cache files go, by options and environment; files that are run or imported without their source."""

import glob
import os
import py_compile
import subprocess
import sys
import tempfile
from pathlib import Path

here = tempfile.mkdtemp()
os.chdir(here)
os.mkdir("lib")
Path("lib/mod.py").write_text("x = 1\n")
Path("main.py").write_text("import sys; sys.path.insert(0, 'lib'); import mod; print(mod.x, sys.pycache_prefix)\n")
PLAIN = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


def run(*arguments, **environment):
    done = subprocess.run([sys.executable, *arguments], env=PLAIN | environment, capture_output=True, text=True)
    said = done.stderr.strip().splitlines()[-1:]
    caches = glob.glob("**/mod.*.pyc", recursive=True)
    shown = sorted(name.replace(here, "HERE").replace(here[1:], "HERE/").split(".")[0] for name in caches)
    print(arguments, sorted(environment.values()), done.returncode, done.stdout.replace(here, "HERE").strip(),
          [line.replace(here, "HERE") for line in said], shown)
    for name in caches:
        os.remove(name)


run("main.py")
run("-B", "main.py")
run("main.py", PYTHONDONTWRITEBYTECODE="1")
run("main.py", PYTHONPYCACHEPREFIX="pre")
run("-E", "main.py", PYTHONPYCACHEPREFIX="pre")
run("-X", "pycache_prefix=other", "main.py", PYTHONPYCACHEPREFIX="pre")
run("-X", "pycache_prefix=", "main.py", PYTHONPYCACHEPREFIX="pre")
run("-X", "pycache_prefix", "main.py", PYTHONPYCACHEPREFIX="pre")
run("--check-hash-based-pycs", "never", "main.py")
# A file where the folder should be, and a folder where the file should be.
Path("lib/__pycache__").rmdir()
Path("lib/__pycache__").touch()
run("main.py")
os.remove("lib/__pycache__")

Path("program.py").write_text("import sys\nprint(__name__, sys.argv[1:])\nraise SystemExit(3)\n")
cached = py_compile.compile("program.py", cfile="program.pyc")
data = Path(cached).read_bytes()
os.remove("program.py")
run("program.pyc", "a", "b")
for name in ("without_end", "other.txt", "fake.py"):
    Path(name).write_bytes(data)
    run(name)
os.mkdir("folder")
Path("folder/__main__.pyc").write_bytes(data)
run("folder", "x")
os.mkdir("empty")
run("-c", "import runpy; runpy.run_path('empty')")
for cut in (0, 2, 4, 8, 15, 16, 17, 30):
    Path("cut.pyc").write_bytes(data[:cut])
    run("cut.pyc")
for tail in (b"N", b"Q", b"i\1\0\0\0", b"\xe3" + b"\xff" * 3):
    Path("cut.pyc").write_bytes(data[:16] + tail)
    run("cut.pyc")
os.mkdir("sourceless")
Path("sourceless/alone.pyc").write_bytes(data.replace(b"SystemExit", b"ValueError"))
run("-c", "import sys; sys.path.insert(0, 'sourceless'); import alone")
os.chdir("sourceless")
Path("mod2.py").write_text("x = 2\n")
py_compile.compile("mod2.py", cfile="mod2.pyc")
os.remove("mod2.py")
sys.path.insert(0, os.getcwd())
import mod2

print(mod2.x, mod2.__file__.replace(here, "HERE"), mod2.__cached__.replace(here, "HERE"))
