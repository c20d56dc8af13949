# What is thrown into generators: contexts, callers, and the old signature.
import sys
import warnings


def plain():
    yield 1


def delegating():
    yield from plain()


def handling():
    try:
        raise KeyError("handled")
    except KeyError:
        yield


def handling_and_delegating():
    try:
        raise KeyError("handled")
    except KeyError:
        yield from plain()


def contexts(function):
    generator = function()
    next(generator)
    try:
        try:
            1 / 0
        except ZeroDivisionError:
            generator.throw(ValueError("thrown"))
    except ValueError as error:
        print(function.__name__, repr(error), repr(error.__context__))


for function in (plain, delegating, handling, handling_and_delegating):
    contexts(function)


class Refusing(Exception):
    def __init__(self):
        raise OSError("no instance")


class NoException(Exception):
    def __new__(cls, *args):
        return cls


def catching():
    try:
        yield
    except Exception as error:
        yield type(error).__name__, str(error)


for thrown in (Refusing, NoException):
    generator = catching()
    next(generator)
    print(generator.throw(thrown))
generator = plain()
try:
    generator.throw(NoException)
except TypeError as error:
    print(error)
print(list(generator))

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    generator = catching()
    next(generator)
    print(generator.throw(ValueError, "old", None))

    async def coroutine():
        pass

    async def asynchronous():
        yield

    waiting = coroutine()
    try:
        waiting.throw(ValueError, "old")
    except ValueError as error:
        print(repr(error))
    athrow = asynchronous().athrow(ValueError, "old")
    try:
        athrow.send(None)
    except ValueError as error:
        print(repr(error))
for warning in caught:
    print(warning.category.__name__, warning.message)
for arguments in ((), (1, 2, 3, 4)):
    try:
        plain().throw(*arguments)
    except TypeError as error:
        print(error)


def names():
    frame, found = sys._getframe(1), []
    while frame:
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


def inner():
    try:
        yield
    except RuntimeError:
        print(names())
    yield


class Custom:
    def __iter__(self):
        return self

    def __next__(self):
        return 1

    def throw(self, *args):
        print(names())

    def close(self):
        print(names())


def outer(target):
    yield from target


for target in (inner(), Custom()):
    generator = outer(target)
    next(generator)
    generator.throw(RuntimeError)
    generator.close()


def ignoring():
    try:
        yield
    except GeneratorExit:
        yield


def report(unraisable):
    tb = unraisable.exc_traceback
    print(unraisable.exc_value, tb is not None and tb.tb_frame.f_code.co_name)


sys.unraisablehook = report


def drop_it():
    generator = ignoring()
    next(generator)
    del generator


drop_it()
