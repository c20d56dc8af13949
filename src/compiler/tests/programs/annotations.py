class A:
    def f(self): pass
    x: int = 3
    if x:
        y: str
    def g(self, a: x) -> y: pass
z: int
