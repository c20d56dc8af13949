# itertools.
from itertools import *


def error(f, *args, **kw):
    try:
        return f(*args, **kw)
    except Exception as e:
        return f"{type(e).__name__}: {e}"


L = list
print(L(accumulate([1, 2, 3])), L(accumulate([1, 2, 3], lambda a, b: a * b, initial=10)), L(accumulate([])), L(accumulate("abc")))
print(L(batched("abcdefg", 3)), error(L, batched("abc", 2, strict=True)), error(batched, "a", 0), L(batched([], 2)))
print(L(chain("ab", [1])), L(chain.from_iterable(["ab", "c"])), L(chain()), error(L, chain([1], 5)))
print(L(combinations("abcd", 2)), L(combinations([1, 2], 3)), L(combinations("ab", 0)), error(combinations, "a", -1))
print(L(combinations_with_replacement("ab", 2)), L(combinations_with_replacement("", 2)), L(permutations("abc", 2)), L(permutations([1, 2])), error(permutations, "a", "b"))
print(L(product("ab", [1, 2])), L(product("ab", repeat=2)), L(product()), L(product([], "a")), error(product, "a", repeat=-1))
print(L(compress("abcd", [1, 0, 1])), L(dropwhile(lambda x: x < 2, [1, 2, 1])), L(takewhile(lambda x: x < 2, [1, 2, 1])), L(filterfalse(None, [0, 1])), L(filterfalse(lambda x: x > 1, [1, 2])))
print(L(islice("abcdef", 2)), L(islice("abcdef", 1, None, 2)), L(islice("abc", 5)), error(islice, "a", -1), error(islice, "a", 0, 1, 0), error(islice, "a"), error(islice, "a", "b"))
c = count(5)
print(next(c), next(c), c, count(1, 2), L(islice(count(2.5, 0.5), 3)), error(count, "a"), L(islice(count(2**62 - 2), 4)))
print(L(islice(cycle("ab"), 5)), L(cycle([])), L(repeat("x", 3)), repeat(1), repeat(1, 2), L(repeat(1, -1)), repeat(5, 7).__length_hint__(), error(lambda: repeat(5).__length_hint__()))
print([(k, L(g)) for k, g in groupby("aabbca")], [(k, L(g)) for k, g in groupby([1, 3, 2, 4], key=lambda x: x % 2)], L(pairwise([1, 2, 3])), L(pairwise([1])))
print(L(starmap(pow, [(2, 3), [3, 2]])), error(L, starmap(pow, [5])), L(zip_longest("ab", [1], fillvalue="-")), L(zip_longest()), L(zip_longest([], [])))
a, b, c = tee([1, 2, 3], 3)
print(next(a), next(a), L(b), L(a), L(c), tee([], 0), error(tee, [], -1), type(a).__name__)
big = tee(range(1000))
print(sum(big[0]), sum(big[1]), chain, type(chain()), islice.__name__, count.__module__)
g = groupby([1, 1, 2])
k1, g1 = next(g)
k2, g2 = next(g)
print(L(g1), L(g2), k1, k2)
