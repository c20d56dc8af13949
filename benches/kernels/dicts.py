"""Dict and set work with string and int keys: counting, grouping, inverting."""

from measure import measure


def run():
    counts, groups, seen = {}, {}, set()
    x = 1
    for k in range(4000):
        x = x * 16807 % 2147483647
        key = f"k{x % 300}"
        counts[key] = counts.get(key, 0) + 1
        groups.setdefault(x % 37, []).append(k)
        if x % 1000 not in seen:
            seen.add(x % 1000)
    inverse = {}
    for key, count in counts.items():
        inverse.setdefault(count, []).append(key)
    return len(counts), sum(len(v) for v in groups.values()), len(seen), len(inverse)


measure(run)
