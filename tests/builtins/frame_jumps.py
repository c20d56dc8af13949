import sys, warnings
warnings.simplefilter("always")
def show(message, category, filename, lineno, file=None, line=None): print("warning:", category.__name__, message)
warnings.showwarning = show

def trial(function, source, target, event="line", *args):
    """Jumps from one line of a function to another, lines counted from its first."""
    first = function.__code__.co_firstlineno
    output = []
    done = False
    def trace(frame, what, arg):
        nonlocal done
        if frame.f_code is not function.__code__: return
        if what == event and not done and frame.f_lineno - first == source:
            done = True
            try:
                frame.f_lineno = first + target
            except ValueError as error:
                output.append(f"{type(error).__name__}: {error}")
        return trace
    sys.settrace(trace)
    try:
        result = function(output, *args)
        if hasattr(result, "send"):
            output.append(list(result))
    except Exception as error:
        output.append((type(error).__name__, str(error)))
    finally:
        sys.settrace(None)
    print(function.__name__, source, "->", target, event, output, sys.exception())

def straight(output):
    output.append(1)
    output.append(2)
    output.append(3)
for s in range(1, 4):
    for t in (-1, 0, 1, 2, 3, 4, 99): trial(straight, s, t)
trial(straight, 0, 2, "call")
trial(straight, 3, 1, "return")

def loops(output):
    for i in range(3):
        output.append(i)
        for j in "ab":
            output.append(j)
        output.append("inner over")
    else:
        output.append("else")
    while len(output) < 20:
        output.append("w")
    output.append("end")
for s, t in [(1,2),(1,10),(2,1),(2,4),(2,5),(4,2),(4,5),(4,7),(4,10),(5,4),(7,2),(8,2),(8,10),(9,1),(10,4),(10,1),(3,3)]: trial(loops, s, t)

def handlers(output):
    try:
        output.append("try")
        raise KeyError("k")
    except KeyError as error:
        output.append("handler")
        output.append(repr(error))
    except ValueError:
        output.append("other")
    else:
        output.append("else")
    finally:
        output.append("finally")
    output.append(repr(sys.exception()))
for s, t in [(2,13),(2,10),(2,5),(2,8),(2,12),(3,13),(3,6),(5,2),(5,6),(5,8),(5,10),(5,12),(5,13),(6,5),(6,2),(12,2),(12,5),(12,13),(13,2),(13,6),(3,10)]: trial(handlers, s, t)
trial(handlers, 3, 2, "exception")

class Manager:
    def __init__(self, output): self.output = output
    def __enter__(self): self.output.append("enter")
    def __exit__(self, *args): self.output.append("exit"); return True
def managed(output):
    with Manager(output):
        output.append("in")
        1 / 0
        output.append("never")
    output.append("out")
    with Manager(output) as m, Manager(output):
        output.append("two")
    output.append("over")
for s, t in [(1,2),(2,5),(2,4),(3,4),(3,5),(5,2),(5,7),(7,8),(7,2),(7,5),(8,7),(1,5),(6,8)]: trial(managed, s, t)

def unbound(output):
    a = 1
    if output:
        b = 2
    output.append(a)
    output.append(1)
    try: output.append(b)
    except NameError as e: output.append(str(e))
    def closure(): return a, c
    c = 3
    output.append(closure())
for s, t in [(1,4),(1,5),(1,6),(4,3),(1,9),(1,10),(5,10)]: trial(unbound, s, t)

def generate(output):
    output.append("start")
    x = yield 1
    output.append(x)
    y = yield 2
    output.append(y)
    for i in [1, 2]:
        yield i
    output.append("end")
for s, t in [(1,3),(2,4),(3,1),(4,1),(5,8),(7,8),(8,1),(6,8)]: trial(generate, s, t)
trial(generate, 2, 5, "return")
trial(generate, 7, 8, "return")

def expressions(output):
    output.append(
        [1,
         len("ab"),
         3])
    x = [i for i in
         range(3)
         if i]
    output.append(x)
    match x:
        case [1, *rest]:
            output.append(rest)
        case _:
            output.append("?")
    output.append((lambda: 1)() if x else
                  2)
for s, t in [(1,5),(3,5),(3,1),(5,1),(6,8),(8,5),(9,13),(10,13),(11,13),(13,10),(14,15),(15,9),(7,9)]: trial(expressions, s, t)

def values(frame, what, arg):
    for value in (1.5, "x", None, True, 2**70, -2**70, 2**31):
        try: frame.f_lineno = value
        except Exception as e: print(type(e).__name__, e)
    try: del frame.f_lineno
    except Exception as e: print(type(e).__name__, e)
def plain():
    pass
sys.settrace(lambda frame, what, arg: values)
plain()
sys.settrace(None)
try: sys._getframe().f_lineno = 3
except ValueError as e: print(e)

def coroutine(output):
    async def inner(): return 5
    async def outer():
        x = await inner()
        output.append(x)
        async with A() as a:
            output.append(a)
        async for i in b():
            output.append(i)
        output.append("end")
    class A:
        async def __aenter__(self): return "a"
        async def __aexit__(self, *args): output.append("aexit")
    async def b():
        yield 1
        yield 2
    return outer
def run(source, target):
    output = []
    outer = coroutine(output)
    first = outer.__code__.co_firstlineno
    def trace(frame, what, arg):
        if frame.f_code is not outer.__code__: return
        if what == "line" and frame.f_lineno - first == source and not output.count("jumped"):
            output.append("jumped")
            try: frame.f_lineno = first + target
            except ValueError as e: output.append(str(e))
        return trace
    sys.settrace(trace)
    try: outer().send(None)
    except StopIteration: pass
    finally: sys.settrace(None)
    print("coroutine", source, "->", target, output)
for s, t in [(1,2),(2,7),(3,7),(4,7),(4,5),(5,4),(6,4),(6,7),(7,6),(7,1),(3,6),(3,4)]: run(s, t)
