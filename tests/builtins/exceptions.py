# Exceptions: construction, attributes, texts, groups.


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


e = ValueError("a", 1)
print(repr(e), str(e), e.args, repr(ValueError()), repr(ValueError("x")), str(KeyError("k")), str(KeyError("a", "b")), repr(KeyError("k")))
e.args = [5]
print(e.args, error(setattr, e, "args", 5), error(delattr, e, "args"), error(ValueError, x=1))
e.add_note("one")
e.add_note("two")
print(e.__notes__, error(e.add_note, 5), e.with_traceback(None) is e, error(e.with_traceback, 5))
print(StopIteration(5).value, StopIteration().value, SystemExit(3).code, SystemExit(1, 2).code, SystemExit().code)
i = ImportError("msg", name="n", path="p")
print(i, i.msg, i.name, i.path, i.name_from, error(ImportError, bad=1), ImportError("a", "b").msg, repr(i))
n = NameError("x", name="nm")
print(n.name, AttributeError("x", name="a", obj=5).obj, NameError().name, error(NameError, foo=1), error(AttributeError, foo=1))
for args in [(2, "No"), (2, "No", "file"), (2, "No", "a", None, "b"), ("x",), (), (1, 2, 3, 4, 5, 6), (13, "perm"), (32, "pipe"), (99999, "?")]:
    o = OSError(*args)
    print(type(o).__name__, str(o), o.args, o.errno, o.strerror, o.filename, o.filename2, repr(o))
print(FileNotFoundError(2, "x").errno, BlockingIOError(11, "x", 5).characters_written, error(lambda: OSError().characters_written), IOError is OSError, EnvironmentError is OSError)


class MyOS(OSError):
    def __init__(self, *a):
        super().__init__(2, "mine", *a)


print(MyOS("f"), MyOS("f").filename, MyOS("f").args, type(MyOS("f")).__name__)
s = SyntaxError("bad", ("file.py", 3, 5, "text\n"))
print(s, s.msg, s.filename, s.lineno, s.offset, s.text, s.end_lineno, s.print_file_and_line, SyntaxError(), SyntaxError("x"), error(SyntaxError, "a", (1, 2)), error(SyntaxError, "a", ("f", 1, 2, "t", 3)))
u = UnicodeEncodeError("ascii", "ab\xe9d", 2, 3, "nope")
print(u, u.encoding, u.object, u.start, u.end, u.reason)
print(UnicodeEncodeError("ascii", "a\u1234\U00012345", 1, 3, "r"), UnicodeEncodeError("x", "\u1234", 0, 1, "r"), UnicodeDecodeError("utf-8", b"a\xff", 1, 2, "bad"), UnicodeDecodeError("utf-8", b"abc", 0, 3, "bad"), UnicodeTranslateError("abc", 0, 1, "r"))
print(error(UnicodeEncodeError, 1), error(UnicodeEncodeError, 1, "a", 1, 2, "r"), error(UnicodeDecodeError, "a", 5, 1, 2, "r"))
try:
    try:
        raise ValueError("first")
    except ValueError as first:
        raise KeyError("second") from first
except KeyError as second:
    print(repr(second.__cause__), repr(second.__context__), second.__suppress_context__, second.__traceback__ is not None)
    print(error(setattr, second, "__cause__", 5), error(setattr, second, "__context__", 5), error(delattr, second, "__cause__"), error(setattr, second, "__traceback__", 5), error(setattr, second, "__suppress_context__", 5))
    second.__cause__ = None
    print(second.__suppress_context__, second.__cause__)
g = ExceptionGroup("g", [ValueError(1), TypeError("t"), ExceptionGroup("inner", [KeyError("k"), ValueError(2)])])
print(g, g.message, g.exceptions, repr(g), g.args)
print(g.split(ValueError), g.subgroup(KeyError), g.subgroup(OSError), g.subgroup(lambda e: isinstance(e, TypeError)), g.split((KeyError, TypeError))[1])
print(error(g.split, 5), error(ExceptionGroup, "x"), error(ExceptionGroup, 5, [ValueError()]), error(ExceptionGroup, "x", []), error(ExceptionGroup, "x", 5), error(ExceptionGroup, "x", [5]))
print(type(BaseExceptionGroup("b", [ValueError()])).__name__, type(BaseExceptionGroup("b", [KeyboardInterrupt()])).__name__, error(ExceptionGroup, "x", [KeyboardInterrupt()]), ExceptionGroup.__mro__, ExceptionGroup.__bases__)
g.add_note("note")
m, r = g.split(ValueError)
print(m.__notes__, r.__notes__, m.__notes__ is g.__notes__, g.derive([OSError()]), ExceptionGroup[int])
try:
    raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
except* ValueError as eg:
    print("caught", eg.exceptions)
except* TypeError as eg:
    print("caught", eg.exceptions)


class My(Exception):
    def __init__(self, a, b=2):
        self.a, self.b = a, b


m = My(1)
print(m, m.args, m.a, repr(m), m.__dict__, My(1, b=3).args)
print(e.__reduce__(), i.__reduce__(), OSError(2, "x", "f").__reduce__(), m.__reduce__())
m.__setstate__({"q": 1})
print(m.q, error(m.__setstate__, 5), error(m.__setstate__, {5: 1}), m.__setstate__(None))
print(Exception.__mro__, KeyError.__bases__, issubclass(FileNotFoundError, OSError), ValueError.__module__, error(lambda: ValueError.__new__(int)))


def f():
    raise "text"


def h():
    raise ValueError from 5


print(error(f), error(h), Exception("x") == Exception("x"), bool(Exception()), isinstance(Exception(), BaseException))
