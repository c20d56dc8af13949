"""except*, groups split and derived, chaining, notes, re-raise, tracebacks walked by hand."""

import sys


def run(action):
    trail = []
    try:
        try:
            action()
        except* ValueError as group:
            trail.append(("V", [str(e) for e in group.exceptions]))
        except* (KeyError, IndexError) as group:
            trail.append(("L", sorted(type(e).__name__ for e in leaves(group))))
        except* OSError as group:
            raise RuntimeError("replaced") from group
        else:
            trail.append("else")
        finally:
            trail.append("finally")
    except BaseException as error:
        trail.append(("out", shape(error), shape(error.__cause__), shape(error.__context__)))
    return trail


def leaves(group):
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error


def shape(error):
    if isinstance(error, BaseExceptionGroup):
        return type(error).__name__, error.message, [shape(e) for e in error.exceptions]
    return repr(error)


def throw(error):
    def action():
        raise error

    return action


GROUPS = [
    ExceptionGroup("g", [ValueError(1), ValueError(2)]),
    ExceptionGroup("g", [ValueError(1), KeyError("k"), ExceptionGroup("inner", [IndexError(0), TypeError("t")])]),
    ExceptionGroup("g", [OSError(5, "io"), ValueError("v")]),
    BaseExceptionGroup("base", [KeyboardInterrupt(), ValueError(3)]),
    ValueError("naked"),
    TypeError("other"),
    OSError("plain"),
]
for error in GROUPS:
    print(run(throw(error)))
print(run(lambda: None))
nested = ExceptionGroup("a", [ValueError(1), ExceptionGroup("b", [TypeError(2), ValueError(3)])])
match, rest = nested.split(ValueError)
print(shape(match), shape(rest), shape(nested.subgroup(lambda e: not isinstance(e, TypeError))), nested.split(OSError)[0])


class MyGroup(ExceptionGroup):
    def __new__(cls, message, errors, code=0):
        self = super().__new__(cls, message, errors)
        self.code = code
        return self

    def derive(self, errors):
        return MyGroup(self.message, errors, self.code)


mine = MyGroup("mine", [ValueError(1), KeyError(2)], 7)
print(type(mine.split(KeyError)[0]).__name__, mine.split(KeyError)[1].code)
for bad in [("x", []), ("x", [1]), (1, [ValueError()]), ("x", [KeyboardInterrupt()])]:
    try:
        ExceptionGroup(*bad)
    except (TypeError, ValueError) as error:
        print(type(error).__name__, error)
try:
    try:
        raise ValueError(1)
    except* ExceptionGroup:
        pass
except TypeError as error:
    print(error)


def trail(error):
    out, tb = [], error.__traceback__
    while tb:
        out.append(f"{tb.tb_frame.f_code.co_name}:{tb.tb_lineno}")
        tb = tb.tb_next
    return out


def a(n):
    if n == 0:
        raise LookupError("deep")
    try:
        a(n - 1)
    except LookupError as error:
        error.add_note(f"level {n}")
        raise


try:
    a(3)
except LookupError as error:
    print(error.__notes__, trail(error))


def context_chain():
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            {}["missing"]
    except KeyError as error:
        try:
            raise TypeError("third") from error
        except TypeError as last:
            return last


error = context_chain()
print(repr(error), repr(error.__cause__), repr(error.__cause__.__context__), error.__suppress_context__)
try:
    raise error from None
except TypeError as again:
    print(again.__cause__, again.__suppress_context__, repr(again.__context__))
try:
    raise ValueError from 5
except TypeError as error:
    print(error)
try:
    raise
except RuntimeError as error:
    print(error)
try:
    raise int
except TypeError as error:
    print(error)


def current():
    kinds = [sys.exception()]
    try:
        raise KeyError
    except KeyError:
        kinds.append(type(sys.exception()).__name__)
        try:
            raise IndexError
        except IndexError:
            kinds.append(type(sys.exc_info()[1]).__name__)
        kinds.append(type(sys.exception()).__name__)
    kinds.append(sys.exception())
    return kinds


print(current())
counts = {"v": 0, "k": 0, "rest": 0}
for i in range(3000):
    errors = [ValueError(i)] if i % 2 else []
    errors += [KeyError(i)] * (i % 3)
    try:
        try:
            if errors:
                raise ExceptionGroup("hot", errors)
        except* ValueError as g:
            counts["v"] += len(g.exceptions)
        except* KeyError as g:
            counts["k"] += len(g.exceptions)
            if i % 10 == 2:
                raise
    except ExceptionGroup as left:
        counts["rest"] += len(left.exceptions)
print(counts)
