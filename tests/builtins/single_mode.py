"""Interactive sources that go on behind their first statement; null bytes."""

import warnings

warnings.simplefilter("ignore")


def t(name, s, mode='exec'):
    try:
        compile(s, 'f', mode); r='ok'
    except BaseException as e:
        r=f'{type(e).__name__}: {e.args[0] if e.args else e} {getattr(e,"lineno",None)},{getattr(e,"offset",None)},{getattr(e,"end_lineno",None)},{getattr(e,"end_offset",None)}'
    print(name, r)
for s in ['1\n2','1;2','x=1\ny=2','x=1\n)','x=1\nx y','def f(): pass\n\n1','def f():\n pass\n\n1\n','1\n\n\n2','1\n#c','1\n\n','1','1 # c\n','if 1:\n pass\n','if 1:\n pass\n\nx y\n','if 1:\n pass','x=1\n"','x=1\n(','x\n\ty','  x','x=1\n  y','a=1\nwith','1\n\\','1\n\\\n','1\n?', '1\n$x','1; 2\n3','class A: pass\n3\n','@x\ndef f(): pass\n3','1\nfor','1\n0777','1\n"\n','1\n\'\'\'x','1\n{','1\n  2\n 3','pass\npass','a;b;c\nd y','','\n','#c','# c\n','\\\n1','1\nx = = 2','x y\n1','(\n1\n2','print 1\nfoo','1\n\x00','1\n\xff', 'if 1: pass\nelse x','try: pass\n1','1\n    ','1\n  #c\n','1\n\f2','match x:\n case 1: pass\n2']:
    t(repr(s)+' single', s,'single')
for s in ['1;  # c\n2','1 # c\n2','1 ;;\n2','a = """x\ny"""\n2','a = (1,\n2)\nb','a;\nb','a\n\n\n#c\n\nb','1\\\n+2\n3','if 1: pass\nif 2: pass\n','if 1: pass\n"abc"\n','if 1: pass\n# c\n\n"""abc\ndef"""\n','if 1: pass\n?','if 1: pass\n"','if 1: pass\n(','if 1: pass\n   x','if 1: pass\n else','if 1: pass\nelse x','if 1:\n pass\n x y','if 1:\n pass\nelse:\n pass\nx y','for x in y: pass\n3 4 5','try:\n pass\nfinally:\n pass\n\n0777','class A:\n def f(): pass\n\n @\nx','def f():\n pass\n\x0c\n1','with a: pass\n$','while 1: pass\n)','if 1: pass\n1_','x = 1\n1_','match x:\n case 1:\n  pass\n 2','match x\n1','type X = int\n2','async def f(): pass\nx','@a\n\nx','x:int\ny','lambda:\n1','if 1: pass\n\\\n','if 1: pass\n\\x','if 1: pass\nx\\','é = 1\nü','if é: pass\n ü', 'if é: pass\nüü üü', '1\n\\\n2', 'é;ü\n2','if 1: pass;\n2','if 1: pass # c\n2', 'x=1\n#c', 'x=1\n   #c\n  ','x = 1 ; \n y','f"{x}"\n"{','f"{x\n1','x = [1,\n2\n','x = [1,\n','for x in y:\n','x = """\n','def f():\n  x\n y\n','if 1:\n\npass','1 +\n2', '+\n2', ';\n1','a b\nc','1\n\n\n\n']:
    t(repr(s), s, 'single')
for s in ['\0','1\0','a\n\0', b'\0', b'1\n\0']:
  for m in ('exec','eval','single'): t(f'{s!r} {m}', s, m)
