"""Runs a kernel: `measure(run)` warms up, runs as often as the first argument says, prints the seconds that took."""

import sys
import time


def measure(run):
    iterations = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    deadline = time.perf_counter() + 0.5
    expected = run()
    while time.perf_counter() < deadline:
        run()
    start = time.perf_counter()
    for _ in range(iterations):
        if run() != expected:
            sys.exit("a kernel gave another result")
    print(time.perf_counter() - start)
