"""Compiles the files that standard input names, and says how long that took and what memory it needed at most.

The files are read one by one, as an import would; reading does not count.
"""

import resource
import sys
import time
import warnings

warnings.simplefilter("ignore")


def main():
    compiled = size = 0
    taken = 0.0
    for name in sys.stdin.read().split("\0"):
        with open(name, "rb") as file:
            source = file.read()
        size += len(source)
        start = time.perf_counter()
        try:
            compile(source, name, "exec", dont_inherit=True)
            compiled += 1
        except (SyntaxError, ValueError):
            pass
        taken += time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(compiled, size, taken, peak)


main()
