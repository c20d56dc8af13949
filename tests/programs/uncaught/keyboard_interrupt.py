"""Raises KeyboardInterrupt itself: the process ends by the signal SIGINT, after the traceback and the finally blocks."""


def loop(n):
    total = 0
    for i in range(n):
        total += i
        if i == 3000:
            raise KeyboardInterrupt
    return total


try:
    loop(5000)
finally:
    print("cleaned up")
