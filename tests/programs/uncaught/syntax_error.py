"""A source that does not compile: nothing runs, the message names line and column."""

print("never printed")


def f(x):
    if x = 5:
        return 1
