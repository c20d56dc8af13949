"""Ends in a class of exceptions with its own __str__ that is nested in another class, raised through a generator and a property."""


class Outer:
    class Problem(Exception):
        def __init__(self, code):
            self.code = code

        def __str__(self):
            return f"problem {self.code}\nwith a second line"


class Source:
    def __init__(self, n):
        self.n = n

    @property
    def items(self):
        for i in range(self.n):
            if i == 2500:
                raise Outer.Problem(i)
            yield i

    def __iter__(self):
        return (x * 2 for x in self.items)


class Total:
    def __init__(self, source):
        self.value = sum(x for x in source)


print(Total(Source(2000)).value)
Total(Source(3000))
