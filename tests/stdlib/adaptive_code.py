"""What `dis` shows of running code: counters before it ran, specialized instructions when it is hot."""

import dis
import io
import subprocess
import sys


def fresh(items, limit=None):
    for item in items:
        if item and limit is None:
            continue
        while item < 3:
            item += 1
    return [item for item in items if item is not None]


def caches(code):
    for instruction in dis.get_instructions(code, adaptive=True, show_caches=True):
        if instruction.cache_info:
            name, _, data = instruction.cache_info[0]
            yield instruction.opname, name, int.from_bytes(data, "little")


if len(sys.argv) == 1:
    print(*caches(fresh), sep="\n", flush=True)


class Point:
    def __init__(self, x):
        self.x = x

    def moved(self):
        return self.x + 1


def hot(count):
    point, items, table, total, text = Point(1), [1, 2, 3], {"a": 1}, 0, ""
    for i in range(count):
        total += i * 2
        total -= items[0] + table["a"]
        point.x = point.moved()
        if i > 5 and len(items) == 3:
            text = text[:3] + "b"
        first, second = (i, 1.5)
        second = second * 2.0 + second
    for item in items:
        total += item
    return total


# Native code learns from what the interpreter saw, so a program that is compiled at once has nothing to show.
if len(sys.argv) == 1:
    subprocess.run([sys.executable, "-X", "jit=off", __file__, "hot"], check=True)
else:
    hot(1000)
    shown = io.StringIO()
    dis.dis(hot, file=shown, adaptive=True)
    seen = {i.opname for i in dis.get_instructions(hot, adaptive=True)}
    WANTED = ("BINARY_OP_ADD_INT", "BINARY_OP_MULTIPLY_INT", "BINARY_OP_SUBTRACT_INT", "BINARY_OP_SUBSCR_LIST_INT",
              "BINARY_OP_SUBSCR_DICT", "BINARY_OP_ADD_FLOAT", "BINARY_OP_MULTIPLY_FLOAT", "BINARY_OP_ADD_UNICODE",
              "COMPARE_OP_INT", "CALL_LEN", "FOR_ITER_RANGE", "FOR_ITER_LIST", "LOAD_GLOBAL_BUILTIN", "CALL_PY_EXACT_ARGS",
              "LOAD_ATTR_METHOD_WITH_VALUES", "STORE_ATTR_INSTANCE_VALUE", "LOAD_ATTR_INSTANCE_VALUE")
    moved = {i.opname for i in dis.get_instructions(Point.moved, adaptive=True)}
    print([name for name in WANTED if name in seen | moved])
    print([name for name in WANTED if name in shown.getvalue()])
    print({i.opname for i in dis.get_instructions(hot)} & set(WANTED))
    print({i.baseopname for i in dis.get_instructions(hot, adaptive=True)} & set(WANTED))
    print(hot.__code__.co_code == hot.__code__.replace().co_code, hot.__code__.co_code == hot.__code__._co_code_adaptive)
