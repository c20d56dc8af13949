"""sorted()'s errors, and __new__ set back to object's."""

for a,k in [((),{}),((1,2),{}),(([],),{'foo':1}),((),{'key':None}),((1,),{}),(([],[]),{'foo':1}),((),{'iterable':[]}),(([],),{'reverse':'a'})]:
    try: print(sorted(*a,**k))
    except TypeError as e: print(e)
print(sorted.__text_signature__)
class P:
    def __init__(self,x,y=0): self.x=x
P.__new__ = lambda cls,*a: object.__new__(cls)
print(type(P(1,2)))
P.__new__ = object.__new__
try: print(type(P(1,2)))
except TypeError as e: print(e)
try: print(object.__new__(P,1))
except TypeError as e: print(e)
class Q:
    __new__=object.__new__
    def __init__(self,x): pass
try: print(type(Q(1)))
except TypeError as e: print(e)
class R:
    def __init__(self,x): pass
R.__new__=object.__new__
try: print(type(R(1)))
except TypeError as e: print(e)
del R.__new__
try: print(type(R(1)))
except TypeError as e: print(e)
