"""sys.monitoring: events with their places, tools side by side, events switched off at a place, errors."""

import sys

mon = sys.monitoring
E = mon.events
NAMES = {value: name for name, value in vars(E).items() if value and name != "BRANCH"}


def show(value):
    return repr(value) if isinstance(value, (int, str, BaseException)) else getattr(value, "__name__", type(value).__name__)


def watch(tool, events, answer=lambda name: None):
    for event, name in NAMES.items():
        def callback(code, *rest, name=name):
            if code.co_filename == __file__ and code is not stop.__code__:
                print(tool, name, code.co_name, *map(show, rest))
                return answer(name)

        mon.register_callback(tool, event, callback if event & events else None)
    mon.set_events(tool, events)


def stop():
    for tool in range(6):
        if mon.get_tool(tool):
            mon.set_events(tool, 0)


def helper(x, *rest, **named):
    return x


def numbers():
    yield 1
    return 2


def delegate():
    return (yield from numbers())


def work():
    total = 0
    for i in range(3):
        if i == 1:
            total += helper(i)
        else:
            len("abc")
    while total:
        total -= 1
    try:
        int("x")
    except ValueError:
        helper(1, 2, k=3), helper(*[1], **{"a": 2}), helper()
    return [helper(n) for n in numbers() if n]


def thrown():
    g = numbers()
    next(g)
    try:
        g.throw(KeyError("k"))
    except KeyError:
        pass
    list(delegate())


mon.use_tool_id(2, "two")
mon.use_tool_id(4, "four")
print(mon.get_tool(2), mon.get_tool(3))
for events in [
    E.PY_START | E.PY_RETURN | E.PY_YIELD | E.PY_RESUME,
    E.CALL | E.C_RETURN | E.C_RAISE,
    E.LINE,
    E.JUMP,
    E.BRANCH_LEFT | E.BRANCH_RIGHT,
    E.RAISE | E.EXCEPTION_HANDLED | E.PY_UNWIND | E.RERAISE | E.PY_THROW | E.STOP_ITERATION,
]:
    watch(2, events)
    print("--", mon.get_events(2) == events & ~(E.C_RETURN | E.C_RAISE), mon._all_events() != {})
    for function in work, thrown:
        try:
            function()
        except TypeError as error:
            print("left by", error)
    stop()
print("-- two tools")
watch(2, E.LINE | E.PY_START)
watch(4, E.PY_START | E.INSTRUCTION)
helper(1)
stop()
print("-- switched off")
watch(2, E.LINE | E.PY_START, lambda name: mon.DISABLE)
work.__globals__["helper"](1)
helper(1)
print("again")
mon.restart_events()
helper(1)
helper(1)
stop()
watch(2, E.RAISE, lambda name: mon.DISABLE)
try:
    int("x")
except ValueError as error:
    print(repr(error))
try:
    int("x")
except ValueError as error:
    print(repr(error))
stop()
print("-- local events")
mon.set_local_events(2, helper.__code__, E.LINE | E.PY_RETURN)
for event in E.LINE, E.PY_RETURN:
    mon.register_callback(2, event, lambda code, *rest: print("local", code.co_name, rest))
print(mon.get_local_events(2, helper.__code__), mon.get_local_events(2, work.__code__), mon.get_events(2))
helper(7)
mon.set_local_events(2, helper.__code__, 0)
helper(8)
print("-- a callback that raises")
mon.register_callback(2, E.PY_START, lambda code, offset: 1 / 0 if code is helper.__code__ else None)
mon.set_events(2, E.PY_START)
try:
    helper(1)
except ZeroDivisionError as error:
    print(error)
mon.set_events(2, 0)
print("-- errors")
for call in [
    lambda: mon.use_tool_id(2, "again"),
    lambda: mon.use_tool_id(6, "six"),
    lambda: mon.use_tool_id(1, 1),
    lambda: mon.set_events(3, E.LINE),
    lambda: mon.set_events(2, 1 << 20),
    lambda: mon.set_events(2, E.C_RETURN),
    lambda: mon.set_local_events(2, helper.__code__, E.RAISE),
    lambda: mon.set_local_events(2, helper, E.LINE),
    lambda: mon.register_callback(2, 3, None),
    lambda: mon.register_callback(2, 1 << 25, None),
]:
    try:
        call()
    except Exception as error:
        print(type(error).__name__, error)
mon.free_tool_id(2)
mon.free_tool_id(4)
print(mon.get_tool(2), mon._all_events())
