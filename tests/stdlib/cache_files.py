"""Cache files that go by times and by hashes, and broken ones."""

import importlib
import importlib.util
import os
import py_compile
import shutil
import sys
import tempfile

os.chdir(tempfile.mkdtemp())
sys.path.insert(0, os.getcwd())
sys.dont_write_bytecode = False


def write(text, times=None):
    with open("mod.py", "w") as file:
        file.write(text)
    if times is not None:
        os.utime("mod.py", ns=times)


def cache():
    return importlib.util.cache_from_source("mod.py")


def fresh():
    sys.modules.pop("mod", None)
    importlib.invalidate_caches()
    import mod

    return mod.x


def header():
    with open(cache(), "rb") as file:
        data = file.read(16)
    with open("mod.py", "rb") as file:
        return data[4:8], data[8:] == importlib.util.source_hash(file.read())


for mode in py_compile.PycInvalidationMode:
    shutil.rmtree("__pycache__", ignore_errors=True)
    write("x = 1\n")
    py_compile.compile("mod.py", invalidation_mode=mode)
    print(mode, header(), fresh())
    status = os.stat("mod.py")
    times = status.st_atime_ns, status.st_mtime_ns
    write("x = 22\n", times)
    print(fresh(), header())
    write("x = 3\n", times)
    print(fresh(), header())

with open(cache(), "rb") as file:
    whole = file.read()


def broken(data):
    with open(cache(), "wb") as file:
        file.write(data)
    try:
        return fresh()
    except (EOFError, ValueError, TypeError, ImportError) as e:
        return f"{type(e).__name__}: {str(e).replace(cache(), 'CACHE').replace(os.path.abspath(cache()), 'CACHE')}"


for cut in (0, 3, 4, 8, 15, 16, 20, 40):
    print(cut, broken(whole[:cut]))
print(broken(whole[:4] + b"\x08" + whole[5:]))
print(broken(whole[:16] + b"Q"))
print(broken(whole[:16] + b"\xe3" + b"\xff" * 40).split(":")[0])


def sourceless(data):
    with open("alone.pyc", "wb") as file:
        file.write(data)
    sys.modules.pop("alone", None)
    importlib.invalidate_caches()
    try:
        import alone

        return alone.x
    except (EOFError, ValueError, TypeError, ImportError) as e:
        return f"{type(e).__name__}: {str(e).replace(os.getcwd(), 'HERE')}"


print(sourceless(whole))
for data in (b"", b"abcd" * 8, whole[:8], whole[:30], whole[:16] + b"N", whole[:4] + b"\x08" + whole[5:], whole[:16] + b"Q"):
    print(sourceless(data))
print(os.path.exists("alone.pyc"))
here = os.getcwd()
os.chdir("/")
shutil.rmtree(here)
