"""SystemExit with a text goes to stderr with exit code 1; atexit handlers and finally blocks run before."""

import atexit
import sys

atexit.register(print, "atexit 1")
atexit.register(lambda: print("atexit 2"))


class Last:
    def __del__(self):
        print("del at exit")


keep = Last()


def deep(n):
    try:
        if n == 0:
            sys.exit("stopped with a message")
        deep(n - 1)
    finally:
        if n % 100 == 0:
            print("finally", n)


print("start")
deep(300)
