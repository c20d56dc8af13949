def f(a: int):
    def g(b: int): pass
    class C:
        x: int
        def m(self, y: int): 
            self.b = 1; self.a = 2
            return [lambda: 0 for z in y]
        type T[Q: int] = Q
        def gm[Z](self): pass
    type U = int
class D[T]:
    def k(self): pass
    x: T
def gen[T: int](x: T): 
    def inner(): pass
type V = int
