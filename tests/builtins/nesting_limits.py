"""How deep blocks, brackets, indentation and formatted strings may be nested, and where the error is."""

import warnings

warnings.simplefilter("ignore")


def t(name, s, mode='exec'):
    try:
        compile(s, 'f', mode); r='ok'
    except BaseException as e:
        r=f'{type(e).__name__}: {e.args[0] if e.args else e} {getattr(e,"lineno",None)},{getattr(e,"offset",None)},{getattr(e,"end_lineno",None)},{getattr(e,"end_offset",None)}'
    print(name, r)
def ind(n): return ' '*n
def nest(heads, tails=None, base=0, body='pass'):
    out=[]
    for i,h in enumerate(heads): out.append(ind(base+i)+h)
    out.append(ind(base+len(heads))+body)
    if tails:
        for i in reversed(range(len(heads))):
            if tails[i]: out.append(ind(base+i)+tails[i]); out.append(ind(base+i+1)+'pass')
    return '\n'.join(out)+'\n'
for n in (19,20,21,22):
    t(f'for{n}', nest(['for a in b:']*n))
    t(f'while{n}', nest(['while a:']*n))
    t(f'while1-{n}', nest(['while 1:']*n))
    t(f'try{n}', nest(['try:']*n, ['except: ']*n))
    t(f'tryfin{n}', nest(['try:']*n, ['finally: ']*n))
    t(f'trystar{n}', nest(['try:']*n, ['except* E: ']*n))
    t(f'with{n}', nest(['with a:']*n))
    t(f'withm{n}', 'with '+','.join(['a']*n)+': pass')
    t(f'withas{n}', 'with '+','.join(['a as b']*n)+': pass')
    t(f'awith{n}', 'async def f():\n with x:\n  async with '+','.join(['a']*(n-1))+': pass')
    t(f'asyncwith{n}', 'async def f():\n'+nest(['async with a:']*n,base=1))
    t(f'asyncfor{n}', 'async def f():\n'+nest(['async for a in b:']*n,base=1))
    t(f'if{n}', nest(['if a:']*n))
    t(f'match{n}', nest(['match a:','case 1:']*n))
    t(f'comp{n}', '['+' '.join(['for a in b']*0)+'x '+' '.join(['for a in b']*n)+']')
    t(f'compnest{n}', '['*n+'x'+' for x in y]'*n)
    t(f'compnestf{n}', 'def f():\n return '+'['*n+'x'+' for x in y]'*n)
    t(f'compiter{n}', '['+ 'x for x in ['*n + 'y' + ']'*(n)+']')
    t(f'setcompnest{n}', '{'*n+'x'+' for x in y}'*n)
    t(f'dictcompnest{n}', '{'*n+'x'+':x for x in y}'*1+':x for x in y}'*(n-1))
    t(f'genexp{n}', '('*n+'x'+' for x in y)'*n)
    t(f'compfor{n}', nest(['for a in b:']*n, body='[x for x in y]'))
    t(f'compforclass{n}', 'class A:\n'+nest(['for a in b:']*n, base=1,body='[x for x in y]'))
    t(f'comptwo{n}', nest(['for a in b:']*(n-2), body='[[x for x in y] for z in y]'))
    t(f'comploop{n}', nest(['while a:']*(n-2), body='[x for x in y for z in y for k in y]'))
    t(f'lambdacomp{n}', nest(['for a in b:']*(n), body='lambda: [x for x in y]'))
    t(f'gen{n}', nest(['for a in b:']*(n), body='(x for x in y)'))
    t(f'def{n}', nest(['def f():']*n))
    t(f'class{n}', nest(['class f:']*n))
    t(f'classfor{n}', nest(['class f:']+['for a in b:']*n))
    t(f'deffor{n}', nest(['for a in b:']*(n-1)+['def f():']+['for a in b:']*n))
    t(f'fin_body{n}', nest(['try:']*(n-1)+['for a in b:'], ['finally: ']*(n-1)+['']))
    t(f'exc_in_exc{n}', nest(['try:\n'+ind(i+1)+'pass\n'+ind(i)+'except:' for i in range(n)]))
    t(f'excas_in_exc{n}', nest(['try:\n'+ind(i+1)+'pass\n'+ind(i)+'except E as e:' for i in range(n)]))
    t(f'excasstar{n}', nest(['try:\n'+ind(i+1)+'pass\n'+ind(i)+'except* E as e:' for i in range(n)]))
    t(f'orelse{n}', nest(['for a in b:\n'+ind(i+1)+'pass\n'+ind(i)+'else:' for i in range(n)]))
    t(f'tryelse{n}', nest(['try:\n'+ind(i+1)+'pass\n'+ind(i)+'except: pass\n'+ind(i)+'else:' for i in range(n)]))
    t(f'mixed{n}', nest((['for a in b:','with a:','while b:']*10)[:n]))
    t(f'genwith{n}', 'def f():\n'+nest(['with a:']*n,base=1,body='yield 1'))
    t(f'genfor{n}', 'def f():\n'+nest(['for a in b:']*n,base=1,body='yield 1'))
    t(f'genfor_at{n}', 'async def f():\n'+nest(['for a in b:']*n,base=1,body='yield 1'))
    t(f'awaitfor{n}', 'async def f():\n'+nest(['for a in b:']*(n-1),base=1,body='[await x for x in y]'))
    t(f'acomp{n}', 'async def f():\n'+nest(['for a in b:']*(n-1),base=1,body='[x async for x in y]'))
    t(f'acompn{n}', 'async def f(): return '+'['*n+'x'+' async for x in y]'*n)
    t(f'typeparams{n}', nest(['def f[T]():']*n))
    t(f'ann{n}', nest(['for a in b:']*n,body='x: int = 1'))
    t(f'cond{n}', nest(['for a in b:']*n,body='del x'))
for n in (1,2,3,5,10,50,99,100,101,149,150,151,198,199,200,201,202,300):
    for o,c in ('()','[]','{}'):
        t(f'{o}{n}', o*n+'1'+c*n)
    t(f'fstr{n}', '('*n+"f'{x}'"+')'*n)
    t(f'call{n}', 'f('*n+')'*n)
    t(f'sub{n}', 'a'+'[1]'*n)
    t(f'attr{n}', 'a'+'.b'*n)
    t(f'not{n}', 'not '*n+'a')
    t(f'neg{n}', '-'*n+'a')
    t(f'indent{n}', nest(['if a:']*n))
    t(f'deeplambda{n}', 'lambda:'*n+'1')
    t(f'infstr{n}', "f'{"+'('*n+'1'+')'*n+"}'")
def fs(n):
    s='1'
    for i in range(n): s="f'{"+s+"}'"
    return s
for n in (1,2,3,10,100,140,148,149,150,151,160): t(f'fsnest{n}', fs(n))
def fsp(n):
    s='1'
    for i in range(n): s="{x:"+s+"}"
    return "f'"+s+"'"
for n in (1,2,3,4,149,150,151,200): t(f'fspec{n}', fsp(n))
for n in (20,21,22):
    t(f'attr{n}', nest(['for a in b:']*n, body='[1 for a.b in y]'))
    t(f'glob{n}', 'def f():\n global x\n'+nest(['for a in b:']*n, base=1,body='[1 for x in y]'))
    t(f'attrf{n}', 'def f():\n'+nest(['for a in b:']*n,base=1, body='[1 for a.b in y]'))
    t(f'attrc{n}', 'class f:\n'+nest(['for a in b:']*n,base=1, body='[1 for a.b in y]'))
    t(f'ret{n}', 'def f():\n'+nest(['for a in b:']*n,base=1, body='return 1'))
    t(f'retwith{n}', 'def f():\n'+nest(['with a:']*n,base=1, body='return x'))
    t(f'retfin{n}', 'def f():\n'+nest(['try:']*n,['finally:']*n, base=1, body='return x'))
    t(f'brk{n}', 'def f():\n'+nest(['for a in b:']*n,base=1, body='break'))
    t(f'cls{n}', 'class A:\n'+nest(['for a in b:']*n,base=1, body='[[x for a in b] for c in d]'))
    t(f'iter2{n}', nest(['for a in b:']*(n-1), body='[x for a in b for c in [z for z in q]]'))
    t(f'cond{n}', nest(['for a in b:']*(n-1), body='[x for a in b if [z for z in q]]'))
    t(f'elt{n}', nest(['for a in b:']*(n-1), body='[[z for z in q] for a in b ]'))
    t(f'lam{n}', nest(['for a in b:']*(n-1), body='[lambda: [z for z in q] for a in b ]'))
    t(f'gen{n}', nest(['for a in b:']*(n-1), body='[(z for z in q) for a in b ]'))
    t(f'aiter{n}', 'async def f():\n'+nest(['for a in b:']*(n-2),base=1, body='[x async for x in [z for z in y]]'))
    t(f'aelt{n}', 'async def f():\n'+nest(['for a in b:']*(n-3),base=1, body='[[z for z in y] async for x in y]'))
    t(f'aelt2{n}', 'async def f():\n'+nest(['for a in b:']*(n-2),base=1, body='[[z for z in y] async for x in y]'))
    t(f'ameth{n}', 'async def f():\n'+nest(['for a in b:']*(n-2),base=1, body='[[z async for z in y] for x in y]'))
def fs(n,p,q):
    s='1'
    for i in range(n): s=p+q+"{"+s+"}"+q
    return s
for p in ('f','rf','t','Rt','Fr'):
  for q in ("'",'"""'): t(f'fs {p}{q}', fs(155,p,q))
