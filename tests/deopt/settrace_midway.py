"""sys.settrace, setprofile and sys.monitoring switched on and off in the middle of hot loops."""

import sys

events = []


def tracer(frame, event, arg):
    if frame.f_code.co_filename != __file__:
        return None
    name = frame.f_code.co_name
    if name in ("work", "helper"):
        events.append((name, event, frame.f_lineno - frame.f_code.co_firstlineno, frame.f_locals.get("i"), arg if event == "return" else None))
        return tracer


def helper(x):
    y = x + 1
    return y


def work(n, at, off):
    total = 0
    for i in range(n):
        if i == at:
            sys.settrace(tracer)
            sys._getframe().f_trace = tracer
        total += helper(i)
        if i == off:
            sys.settrace(None)
            sys._getframe().f_trace = None
    return total


for _ in range(200):
    work(50, -1, -1)
print(work(5000, 3000, 3002))
for event in events:
    print(event)
events.clear()
print(work(5000, 4998, -1))
sys.settrace(None)
print(len(events), events[-1], events[0])
profile = []


def profiler(frame, event, arg):
    if frame.f_code.co_name in ("helper", "main_loop") or event.startswith("c_"):
        profile.append((frame.f_code.co_name, event, getattr(arg, "__name__", None)))


def main_loop(n):
    total = 0
    for i in range(n):
        if i == 3000:
            sys.setprofile(profiler)
        total += helper(i) + len("ab")
        if i == 3001:
            sys.setprofile(None)
    return total


print(main_loop(5000))
for entry in profile:
    print(entry)


def jumper(frame, event, arg):
    if frame.f_code.co_name == "jump":
        if event == "line" and frame.f_lineno == frame.f_code.co_firstlineno + 5 and frame.f_locals["i"] == 2500:
            frame.f_locals["total"] = -(10**6)
        return jumper


def jump(n):
    total = 0
    for i in range(n):
        if i == 2400:
            sys.settrace(jumper); sys._getframe().f_trace = jumper
        total += 1
        if i == 2600:
            sys.settrace(None); sys._getframe().f_trace = None
    return total


print(jump(4000))


class Stop(Exception):
    pass


def raising(frame, event, arg):
    if event == "call" and frame.f_code is helper.__code__:
        raise Stop("from tracer")
    return raising


def stopped(n):
    total = 0
    try:
        for i in range(n):
            total += helper(i)
            if i == 3000:
                sys.settrace(raising)
    except Stop as error:
        return total, i, str(error), sys.gettrace()


print(stopped(5000))
mon = sys.monitoring
mon.use_tool_id(3, "test")
counts = {}


def note(kind):
    def callback(code, *rest):
        counts[kind, code.co_name] = counts.get((kind, code.co_name), 0) + 1
        if counts[kind, code.co_name] == 500:
            return mon.DISABLE

    return callback


mon.register_callback(3, mon.events.PY_START, note("start"))
mon.register_callback(3, mon.events.LINE, note("line"))
mon.register_callback(3, mon.events.PY_RETURN, lambda code, offset, value: counts.update({("last", code.co_name): value}))


def monitored(n):
    total = 0
    for i in range(n):
        if i == 2000:
            mon.set_local_events(3, helper.__code__, mon.events.PY_START | mon.events.PY_RETURN | mon.events.LINE)
        total += helper(i)
        if i == 2100:
            mon.set_local_events(3, helper.__code__, 0)
    return total


print(monitored(4000), sorted(counts.items()))
mon.free_tool_id(3)
