"""Ends with an exception group, nested, with causes and notes."""


def fail(kind, value):
    raise kind(value)


def collect():
    errors = []
    for kind, value in [(ValueError, 1), (KeyError, "k"), (TypeError, "t")]:
        try:
            fail(kind, value)
        except Exception as error:
            errors.append(error)
    errors[0].add_note("a note\nof two lines")
    try:
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise OSError(2, "No such file", "name") from error
    except OSError as error:
        errors.append(ExceptionGroup("inner", [error, IndexError("i")]))
    return errors


def main():
    for i in range(2000):
        collect()
    raise ExceptionGroup("outer", collect())


main()
