"""The comparisons that sort() makes, and the order that an error leaves behind, are CPython's."""

import random
class K:
    log=None
    def __init__(s,v): s.v=v
    def __lt__(s,o):
        K.log.append((s.v,o.v))
        if len(K.log)==K.limit: raise ValueError
        if K.rnd: return K.rnd.random()<.5
        return s.v<o.v
def h(x): 
    r=7
    for a,b in x: r=(r*31+a*7+b)%1000000007
    return r
rng=random.Random(5)
tot=0
def data(n,kind):
    if kind==0: return [rng.randrange(n+1) for _ in range(n)]
    if kind==1: return [rng.randrange(3) for _ in range(n)]
    if kind==2:
        d=sorted(rng.randrange(n+1) for _ in range(n))
        for _ in range(3):
            if n: d[rng.randrange(n)]=rng.randrange(n+1)
        return d
    if kind==3: return [(i*7)%(n//3+1) for i in range(n)]
    if kind==4: return sorted([rng.randrange(n//2+1) for _ in range(n)],reverse=True)
    if kind==5: return list(range(n//2))+list(range(n//3))+list(range(n-n//2-n//3,0,-1))
    return sorted(range(n//4))*4
for n in list(range(0,70))+[100,127,128,129,200,333,500,1000,1025,2000]:
    for kind in range(7):
        for mode in range(4):
            d=data(n,kind)
            l=[K(v) for v in d]
            K.log=[];K.limit=-1;K.rnd=None
            if mode==2: K.limit=rng.randrange(1,n*4+2)
            if mode==3: K.rnd=random.Random(n)
            e=''
            try: l.sort(reverse=(mode==1))
            except ValueError: e='E'
            tot=(tot*31+h(K.log)+h([(k.v,0) for k in l]))%1000000007
    print(n,len(K.log),tot,e)
