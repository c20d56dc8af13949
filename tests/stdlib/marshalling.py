import marshal, io
def t(s):
    try: print(s, '=>', repr(eval(s)))
    except BaseException as e: print(s, '=>', type(e).__name__, e)
def f(x, y=2, *a, **k):
    "doc"
    def g(): return x + y
    return [g() for _ in range(3)]
vals=[None,True,False,...,StopIteration,0,1,-1,255,2**31-1,-2**31,2**31,2**40,-2**100,1.5,-0.0,float('inf'),1+2j,'', 'abc','é','\u1234','\U0001f600','\ud800','x'*300,b'',b'abc',bytearray(b'xy'),(),(1,2),tuple(range(300)),[],[1,[2]],{},{1:2,'a':[3]},set(),{1,2},frozenset({1,'a'}),slice(1,2,3),slice(None)]
for v in vals:
    for ver in range(0,6):
        try:
            d=marshal.dumps(v,ver); w=marshal.loads(d)
            if type(v) is float: ok=repr(v)==repr(w)
            elif type(v) is bytearray: ok=w==bytes(v)
            else: ok = v==w and type(v) is type(w)
            if not ok: print('BAD',v,ver,w,d)
        except ValueError as e: print(repr(v)[:30],ver,e)
c=marshal.loads(marshal.dumps(f.__code__))
print(c==f.__code__, c.co_name, c.co_consts[0])
import types
print(types.FunctionType(c,globals(),'f',(5,))(1))
l=[1]; l.append(l); m=marshal.loads(marshal.dumps([l,l])); print(m[0] is m[1], m[0][1] is m[0])
for s in '''marshal.dumps(object())
marshal.dumps([object()])
marshal.dumps(f.__code__,allow_code=False)
marshal.loads(marshal.dumps(f.__code__),allow_code=False)
marshal.loads(b'')
marshal.loads(b'i')
marshal.loads(b's\\xff\\xff\\xff\\x7f')
marshal.loads(b's\\xff\\xff\\xff\\xff')
marshal.loads(b'?')
marshal.loads(b'X')
marshal.loads(b'r\\0\\0\\0\\0')
marshal.loads(b'[\\1\\0\\0\\0')
marshal.loads(b'[\\1\\0\\0\\0000')
marshal.loads(b'(\\1\\0\\0\\0000')
marshal.loads(b'<\\1\\0\\0\\0000')
marshal.loads(b'{N0')
marshal.loads(b'0')
marshal.loads('x')
marshal.loads(b'l\\2\\0\\0\\0\\1\\0\\0\\0')
marshal.loads(b'l\\1\\0\\0\\0\\xff\\xff')
marshal.loads(b'u\\1\\0\\0\\0\\xff')
marshal.loads(b'<\\1\\0\\0\\0[\\0\\0\\0\\0')
marshal.loads(b'{[\\0\\0\\0\\0N0')
marshal.loads(b'f\\3abc')
marshal.loads(b'N123')
marshal.load(io.BytesIO(b'i\\1\\0\\0\\0N'))
marshal.load(io.BytesIO(b''))
marshal.load(5)
marshal.dump(1,5)
marshal.dump(1)
marshal.loads(marshal.dumps(memoryview(b'abc')))
marshal.version
marshal.dumps(slice(1),4)
marshal.dumps(1,'x')
marshal.dumps([1,2],2)
marshal.dumps('abc',1)
marshal.dumps({'a','b','c',1})
marshal.loads(b'(\\1\\0\\0\\0'*3000)'''.split('\n'): t(s)
x=[]
for _ in range(3000): x=[x]
t('marshal.dumps(x)')
b=io.BytesIO(); marshal.dump([1,'a'],b); marshal.dump((2,),b); b.seek(0); print(marshal.load(b),marshal.load(b))
