import ast
def show(src, mode='exec', **k):
    try: print(ast.dump(ast.parse(src, type_comments=True, mode=mode, **k), include_attributes=False))
    except SyntaxError as e: print(repr(src), type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text))
for s in ["x = 1 # type: int\n","x = y = (1) # type: int ","x = 1; y = 2 #type:str","x = [ # type: int\n1]\n",
 "for x in y: # type: int\n  pass\n","for x in (y): # type: int\n  pass\nelse: # type: ignore[a]\n  pass\n","async def f():\n  async for x in y: # type: int\n    pass\n  async with a as b, c: # type: int\n    pass\n",
 "with (a as b): # type: int\n  pass\n","with (a as b, c as d,): # type: int\n  pass\n","with (a), (b): # type: int\n  pass\n",
 "def f(a, b): # type: (int, str) -> bool\n  pass\n","def f(a, b):\n  # type: (int, str) -> bool\n  pass\n","def f(a, b):\n  # hi\n  # type: (int, str) -> bool\n\n  # hum\n  pass\n",
 "def f(): # type: () -> int\n  # type: () -> str\n  pass\n","@d\n@e(1)\nasync def f() -> int: # type: () -> int\n  pass\n",
 "def f(a, # type: int\n  b = (1), # type: str\n  /, c = 2, # type: A\n  *d, # type: B\n  e, # type: C\n  f=1, # type: D\n  **g # type: E\n):\n  pass\n",
 "def f(a # type: int\n):\n  pass\n","def f(a = (1) # type: int\n):\n  pass\n","def f(*, # type: int\n  a):\n  pass\n","def f(a, /, # type: int\n  b):\n  pass\n",
 "if x: # type: int\n  pass\n","def f():\n  x = 1\n  # type: int\n  y = 2\n","# type: int\n","# type: ignore\nx=1 # type: ignore[abc] foo\n# type: ignored\n","import a # type: ignore\nclass C: # type: ignoreé\n  pass",
 "while 1: # type: int\n  pass","x += 1 # type: int","x: int = 1 # type: int","def f(x): pass # type: int\n","for x in y: x = 1 # type: int\n", "x = (\n1 # type: int\n)\n", "# type: ignore@x\nx = yield # type: a"]:
    show(s)
for s in ["1 # type: int","1 # type: ignore\n","(1)"]: show(s,'eval')
for s in ["x = 1 # type: int\n","1 # type: ignore\n"]: show(s,'single')
for s in ["() -> int","(int) -> str","(int, *str, **Any) -> float\n\n","(*a) -> b","(**a) -> b","(*a, **b)->c","(a,*b)->c","(a,) -> b","(a -> b","(a)","a -> b","(a) -> ","(a) -> b c","(**a, *b) -> c","(*a, b) -> c","(a[b, c], (d, e)) -> Tuple[f, ...]","(a)->b, c","(a:=1)->b","((a:=1))->b","(yield)->b","(a if b else c) -> lambda: x", "(**a, b) -> c", "(a, *b, *c) -> d"]: show(s,'func_type')
for source in ("x = [\n  1, # type: int\n]", "class C:\n  def f(self): # type: () -> int\n    x = 1 # type: str\n"):
    show(source)
tree = ast.parse("for x in y: # type: int\n  z = x # type: str # more\n", type_comments=True)
print(ast.unparse(tree))
print(ast.unparse(ast.parse("(a, *b, **c) -> d", mode="func_type")))
for mode in ("exec", "func_type"):
    try: print(compile("() -> int", "f", mode))
    except Exception as error: print(type(error).__name__, error)
try: compile(ast.parse("1", mode="eval"), "f", "func_type", ast.PyCF_ONLY_AST)
except Exception as error: print(type(error).__name__, error)
