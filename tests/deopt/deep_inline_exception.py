"""An exception from the tenth inlined level, with its whole traceback printed, and caught at each level."""

import sys


def l10(x):
    return 1 // (x - 4000)


def l9(x):
    return l10(x) + 1


def l8(x):
    y = l9(x)
    return y + 1


def l7(x):
    return (
        l8(x)
        + 1
    )


def l6(x):
    return [l7(x)][0] + 1


def l5(x):
    return l6(x=x) + 1


def l4(x):
    if x >= 0:
        return l5(x) + 1


class L3:
    def method(self, x):
        return l4(x) + 1

    def __add__(self, x):
        return self.method(x)

    @property
    def prop(self):
        return self + current


l3 = L3()


def l2(x):
    global current
    current = x
    return l3.prop + 1


def l1(x):
    try:
        return l2(x) + 1
    finally:
        trace.append(x)


def names(error):
    out, tb = [], error.__traceback__
    while tb:
        out.append((tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_lasti >= 0, "x" in tb.tb_frame.f_locals and tb.tb_frame.f_locals["x"]))
        tb = tb.tb_next
    return out


def main(n):
    total = 0
    for i in range(n):
        try:
            total += l1(i)
        except ZeroDivisionError as error:
            print(names(error))
            sys.excepthook(type(error), error, error.__traceback__)
            total += 10**9
    return total


trace = []
print(main(5000), len(trace))
print(main(4500), len(trace))


def catch(level, x):
    if level == 0:
        return l10(x)
    try:
        return catch(level - 1, x)
    except ZeroDivisionError as error:
        if level < 5:
            error.add_note(f"level {level}")
            raise
        raise ValueError(level) from error


caught = []
for i in range(2000, 4001):
    try:
        catch(8, i)
    except ValueError as error:
        caught.append(error)
sys.excepthook(ValueError, caught[0], caught[0].__traceback__)
print(len(caught), caught[0].args)
