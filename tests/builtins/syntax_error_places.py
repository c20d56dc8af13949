# What errors of the source know besides their message: the last statement that was read, lines that can't be
# decoded, and whether there may be more to come.
import codeop
import importlib.util
import os
import tempfile
import traceback


def attributes(error):
    return type(error).__name__, error.args, getattr(error, "_metadata", None)


SOURCES = [
    "whille True:\n  pass\n",
    "x=1\nfur a in b:\n  pass\n",
    "for a in b:\n  pass\nelso:\n  pass\n",
    "def f():\n  x=1\n  if x:\n    y\n  fur a in b: pass\n",
    "if x:\n  a\nelse:\n  b c\n",
    "try:\n  pass\nexcept A:\n  pass\nfinaly:\n  p\n",
    "@d\ndef f(): pass\nx y\n",
    "class A:\n  x\nx y\n",
    "with block ad something:\n  pass\n",
    "x = 1\n\n\ny = [a fro b in c]\n",
    "async def f():\n  awat x\n",
    "f(x for x in y, 1)",
    "return",
    "f((x)=2)",
    "match x:\n  case []:\npass\n",
]
for source in SOURCES:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(attributes(error), traceback.format_exception_only(error)[-1], end="")
error = SyntaxError("m", ("file", 1, 2, "text", 3, 4))
error.__init__("m", ("file", 1, 2, "text"))
print(error.end_lineno, error.end_offset)

BYTES = [
    b"X\x80",
    b"\t\xc3\xa9X\x80",
    b"a\n\xc3\xa9X\x80",
    b'\n\n\nPython = "\xcf\xb3\xf2\xee\xed" +',
    b'\xef\xbb\xbfPython = "\xcf\xb3\xf2\xee\xed" +',
    b'# -*- coding: utf-8 -*-\nx="\xff"\n',
    b'# -*- coding: ascii -*-\nx="\xff"\n',
    b'# -*- coding: cp1252 -*-\nx="\x81"\n',
    b'"\xc3',
    b"# coding: nope\nx\n",
    b"#!x\n# coding: utf8\n\xff",
]
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "undecodable.py")
    for source in BYTES:
        try:
            compile(source, "<bytes>", "exec")
        except SyntaxError as error:
            print(attributes(error))
        with open(path, "wb") as file:
            file.write(source)
        spec = importlib.util.spec_from_file_location("undecodable", path)
        try:
            spec.loader.exec_module(importlib.util.module_from_spec(spec))
        except SyntaxError as error:
            print(error.msg, error.lineno, error.offset, error.text)

INPUTS = [
    "if 9==3:\n   pass\nelse:\n   pass",
    "if 9==3:\n   pass\nelse:\n   pass\n",
    "def x():\n",
    "def x():\n\npass\n",
    "def x():\n\npass",
    "x = (",
    "x = 1",
    "@d",
    "x = )",
    "class C:\n  def f():\n",
]
for source in INPUTS:
    try:
        print(repr(source), codeop.compile_command(source) is not None)
    except SyntaxError as error:
        print(repr(source), type(error).__name__, error.msg)
