"""A hot loop to watch the JIT at work: counts the points of a grid that stay in the Mandelbrot set.

    for mode in jit=off jit-stats; do target/release/taipan -X $mode examples/hot_loop.py; done

prints the time that the loop takes in the interpreter, the time with the JIT, and what the JIT did.
"""

import sys
import time

SIZE, LIMIT = 400, 200


def stays(x0, y0):
    x = y = 0.0
    for _ in range(LIMIT):
        x, y = x * x - y * y + x0, 2.0 * x * y + y0
        if x * x + y * y > 4.0:
            return False
    return True


def count():
    inside = 0
    for row in range(SIZE):
        for column in range(SIZE):
            if stays(3.0 * column / SIZE - 2.2, 2.4 * row / SIZE - 1.2):
                inside += 1
    return inside


start = time.perf_counter()
inside = count()
seconds = time.perf_counter() - start
print(f"{inside} of {SIZE * SIZE} points stay inside; {seconds:.3f} s", *sorted(sys._xoptions))
