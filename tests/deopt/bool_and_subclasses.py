"""bool where ints were; subclasses of int, float, str, list, tuple and dict where the exact classes were."""


class MyInt(int):
    def __add__(self, other):
        return MyInt(int(self) + int(other) + 1000)

    def __lt__(self, other):
        return True


class MyFloat(float):
    def __mul__(self, other):
        return "times"


class MyStr(str):
    def __eq__(self, other):
        return "always"

    def __hash__(self):
        return hash(str(self))


class MyList(list):
    def __getitem__(self, i):
        return ("item", i)

    def __iter__(self):
        return iter([7, 8, 9])

    def __len__(self):
        return 77


class MyTuple(tuple):
    def __getitem__(self, i):
        return super().__getitem__(i) * 10


class MyDict(dict):
    def __getitem__(self, key):
        return f"<{key}>"

    def __missing__(self, key):
        return "missing"


class Plain(dict):
    def __missing__(self, key):
        return "missing"


def add(a, b):
    return a + b


def lt(a, b):
    return a < b


def mul(a, b):
    return a * b


def eq(a, b):
    return a == b


def get(c, k):
    return c[k]


def loop(c):
    out = []
    for x in c:
        out.append(x)
    return out


def size(c):
    return len(c)


def truth(c):
    return 1 if c else 0


def warm():
    for i in range(2500):
        add(i, i + 1)
        lt(i, 5)
        mul(1.5, 2.0)
        eq("a", "b")
        get([1, 2, 3], 1)
        loop((1, 2))
        size([1])
        truth(i)


warm()
print(add(True, True), add(True, 1), lt(False, True), mul(True, 2.5), type(add(True, False)).__name__, truth(False))
print(add(MyInt(1), 2), add(1, MyInt(2)), lt(MyInt(5), 1), lt(5, MyInt(1)), type(add(MyInt(1), 1)).__name__)
print(mul(MyFloat(2), 3.0), mul(3.0, MyFloat(2)), eq("a", MyStr("b")), eq(MyStr("a"), "a"), eq("a", "a"))
for _ in range(2500):
    get((1, 2, 3), 2)
    get({"k": 1}, "k")
print(get(MyList([1, 2]), 0), get(MyTuple((1, 2)), 1), get(MyDict(k=1), "k"), get(Plain(), "zz"), get("abc", 1), get(b"abc", 1), get(range(10, 20), 3))
print(loop(MyList([1])), loop(MyTuple((1, 2))), loop(MyDict(a=1)), loop("xy"), loop({"k": 0}), size(MyList()), truth(MyList()), truth(MyDict()))
warm()
a, b = MyTuple((1, 2))
(first, *rest) = MyList([0])
print(a, b, first, rest, "%s %s" % MyTuple((1, 2)), (lambda *args: args)(*MyTuple((3, 4))), dict(**MyDict(q=1)), [*MyList()])
total = 0
for i in range(4000):
    total = total + (True if i > 3990 else i)
print(total)
total = 0
for i in range(4000):
    total = (MyInt(total) if i == 3000 else total) + i
print(total, type(total).__name__)
print([isinstance(x, int) for x in (True, MyInt(1), 1.0)], {1: "int", True: "bool"}, {MyInt(1): 2}[1], [10, 20][True], "ab" * True, range(MyInt(3)))
