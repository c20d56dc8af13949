"""Tuples in order: the first items that differ decide, whatever they are."""
import random


class Plain:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name

    def __eq__(self, other):
        return isinstance(other, Plain) and self.name == other.name

    __hash__ = None


one, two = Plain("one"), Plain("two")
rows = [(flag, number % 3, text) for flag in (True, False) for number in range(5) for text in ("b", "a")]
random.Random(3).shuffle(rows)
print(sorted(rows))
print(sorted(rows, reverse=True)[:4])
print(sorted([(True, 2), (1, 1), (False, 3), (0, 4), (1.0, 0)]))
print(sorted([(one, 3), (one, 1), (one, 2)], key=lambda row: row))
print(sorted([(None, 2), (None, 1)]), sorted([((1, 2), 3), ((1, 2), 1), ((1, 1), 9)]))
print(sorted([((True, "x"), 1), ((False, "y"), 0), ((True, "w"), 5)]))
for bad in ([(one, 1), (two, 0)], [(None, 1), (False, 0)], [(1, "a"), (1, 2)], [((1, None), 0), ((1, 2), 0)]):
    try:
        print(sorted(bad))
    except TypeError as error:
        print(error)
nan = float("nan")
print(sorted([(nan, 2), (nan, 1)]), [row[1] for row in sorted([(nan, 2), (1.0, 1), (nan, 0)])])
print(sorted([(2**70, 1), (2**70, 0), (5, 3)]), sorted([(b"b", 1), (b"a", 2), (b"b", 0)]))
print(any(x > 1 for x in [0, 2]), all(x for x in [1, 0]), tuple(x for x in "ab"))
import builtins
builtins.any, saved = (lambda items: "mine"), builtins.any
print(any(x for x in [0]))
builtins.any = saved
print(any(x for x in [0]))
