"""One uncaught error after another, printed by sys.excepthook, for the marks below each kind of expression."""

import sys


class Obj:
    attr = None

    def method(self, *args, **kw):
        raise RuntimeError("in method")


def attempt(function):
    try:
        function()
    except Exception as error:
        sys.excepthook(type(error), error, error.__traceback__)


def binary():
    a, b = 1, "x"
    return (a + 1) * 2 + b - 3


def chain_of_attributes():
    return Obj().attr.x.y


def subscript():
    d = {"a": {"b": [1, 2]}}
    return d["a"]["b"][5]["c"]


def call():
    return Obj().method(1, 2,
                        k=[x for x in range(3)])


def multi_line():
    return (1 +
            2 /
            0)


def unpack():
    a, b = (1,
            2, 3)


def comparison():
    return 1 < 2 < "x"


def augmented():
    x = [1]
    x += 5


def comprehension():
    return [10 // (3 - y) for y in range(5)]


def generator():
    return sum(1 / (2 - y) for y in range(5))


def unicode_column():
    größe = "日本語"; return größe.x + größe


def assertion():
    assert 1 == 2, "one is not two"


def import_error():
    import no_such_module_at_all


def from_import():
    from math import no_such_name


def name_error():
    lenn = 5
    return lennn


def attribute_suggestion():
    return [].appendd(1)


def with_statement():
    with 5 as x:
        pass


def raise_tuple():
    raise ValueError("a", 2)


def empty_message():
    raise KeyError


def multi_line_message():
    raise ValueError("first\nsecond")


def lambda_error():
    return (lambda x: x.y)(3)


def decorated():
    @undefined_decorator
    def f():
        pass


def class_body():
    class C:
        x = 1 / 0


def delete():
    del {}["k"]


def f_string():
    return f"{1 + 1} {'a' + 1} {3}"


def star_call():
    return print(*5)


def matching():
    match 5:
        case int(1, 2):
            pass


def long_recursion(n=0):
    return long_recursion(n + 1) + 1 if n < 50 else 1 / 0


for function in [binary, chain_of_attributes, subscript, call, multi_line, unpack, comparison, augmented, comprehension, generator, unicode_column, assertion,
                 import_error, from_import, name_error, attribute_suggestion, with_statement, raise_tuple, empty_message, multi_line_message, lambda_error,
                 decorated, class_body, delete, f_string, star_call, matching, long_recursion]:
    print(function.__name__, flush=True)
    attempt(function)
raise SystemExit(3)
