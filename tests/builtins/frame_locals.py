# The proxy that `frame.f_locals` of a function is, and what an inlined comprehension sees.
import sys


def attempt(what):
    try:
        print(what())
    except Exception as error:
        print(type(error).__name__, error)


def proxy_methods():
    x = 1
    p = sys._getframe().f_locals
    P = type(p)
    print(P.__name__, reversed(p), p == p, p == {"x": 1}, p != p)
    attempt(lambda: P())
    attempt(lambda: P(1))
    attempt(lambda: P(frame=1))
    attempt(lambda: P(sys._getframe()) == P(sys._getframe()))
    attempt(lambda: p["missing"])
    attempt(lambda: p.pop("x"))
    attempt(lambda: p.pop("x", 1))
    attempt(lambda: p.pop("missing"))
    attempt(lambda: p.pop("missing", 2))
    attempt(lambda: p.pop())
    attempt(lambda: p.update([1]))
    attempt(lambda: sorted(p | {"more": 1}))
    attempt(lambda: list({"more": 1} | p)[0])
    attempt(lambda: p | [1])
    attempt(lambda: p < p)
    attempt(lambda: hash(p))
    p |= {"x": 5, "extra": 6}
    print(x, p["extra"], p.pop("extra"), "extra" in p)
    try:
        del p["x"]
    except ValueError as error:
        print(error)
    me = sys._getframe()
    print("{...}" in repr(p))


class Impostor:
    def __hash__(self):
        return hash("y")

    def __eq__(self, other):
        return other == "y"


class Text(str):
    __hash__ = None


def keys_like_names():
    y = 1
    p = sys._getframe().f_locals
    p[Impostor()] = 2
    print(y, p[Impostor()], list(p))
    attempt(lambda: p[Text("y")])
    attempt(lambda: [] in p)


def write_through(value):
    proxy = sys._getframe(1).f_locals
    proxy["hidden"] = value
    return proxy["hidden"]


proxy_methods()
keys_like_names()
print([sorted(sys._getframe().f_locals) for name in [0]])
print([sorted(locals()) for name in [0]], [dir() for name in [0]])
print(["name" in sys._getframe().f_locals for name in [0]], "name" in globals())
print([sys._getframe().f_locals for name in [0]][0].get("name"))
print([(write_through(5), hidden) for hidden in [1]], [eval("hidden") for hidden in [3]])


class InBody:
    attribute = 1
    print([sorted(locals()) for inner in [1]], [eval("inner") for inner in [2]])
    print("attribute" in locals(), "inner" in locals())


def generator():
    try:
        yield sys._getframe()
        yield
    finally:
        print("finally")


g = generator()
frame = next(g)
attempt(frame.clear)
print(frame.f_back)
g.close()
print(frame.f_back, frame.clear())
unstarted = generator()
unstarted.gi_frame.clear()
attempt(lambda: next(unstarted))
