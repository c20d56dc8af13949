import operator as o, _operator
def t(s):
    try: print(s, '=>', repr(eval(s)))
    except BaseException as e: print(s, '=>', type(e).__name__, e)
for s in '''o.countOf(1,2)
o.indexOf(1,2)
o.concat(1,2)
o.iconcat(1,[2])
o.indexOf([1],2)
o.length_hint([],'a')
o.length_hint(1,7)
o.call()
o.itemgetter()
o.itemgetter(a=1)
o.itemgetter(1)()
o.itemgetter(1)(1,2)
o.itemgetter(1)(a=1)
o.attrgetter(1)
o.methodcaller()
o.methodcaller(1)
o.methodcaller('a',x=1)(2)
o.methodcaller('a',x=1)
o.methodcaller('a',1,x=1).__reduce__()
o.attrgetter('a.b','c').__reduce__()'''.split('\n'): t(s)

for getter in (o.itemgetter(1), o.itemgetter(0, 1), o.methodcaller("index", 2), o.methodcaller("index", 2)):
    print(getter([1, 2]), getter.__reduce__())
class P:
    def __init__(self): self.x = self; self.y = 5
print(o.attrgetter("x.x.y", "y")(P()), o.attrgetter("x.y")(P()))
for name in sorted(n for n in dir(o) if not n.startswith("_")):
    f = getattr(o, name)
    for args in ((7, 3), ([1], [2]), (2.5,), ({1}, {2})):
        try: print(name, args, f(*args))
        except Exception as e: print(name, args, type(e).__name__)
print(_operator._compare_digest("a", "a"), _operator._compare_digest(b"a", b"ab"))
t('_operator._compare_digest("a", b"a")'); t('_operator._compare_digest("é", "é")')
