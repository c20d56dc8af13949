"""Tables as text: every state of the reader, every kind of quoting, and the messages."""

import _csv

def t(f,*a,**k):
    try: print(str(repr(f(*a, **k))).split(' object at')[0])
    except Exception as e: print(type(e).__name__, e)
D=_csv.Dialect
d=D(); print(d.delimiter,d.quotechar,d.escapechar,d.lineterminator,d.quoting,d.skipinitialspace,d.doublequote,d.strict)
t(D,delimiter='ab');t(D,delimiter='');t(D,delimiter=None);t(D,delimiter=5);t(D,delimiter='\n');t(D,quotechar='ab');t(D,quotechar=None);t(D,quotechar=None,quoting=1);t(D,quoting=9);t(D,quoting='a')
t(D,lineterminator=None);t(D,lineterminator=5);t(D,escapechar='ab');t(D,escapechar=5);t(D,skipinitialspace='x');t(D,delimiter=' ',skipinitialspace=True)
t(D,delimiter='"');t(D,escapechar=',');t(D,escapechar='"');t(D,lineterminator=',');t(D,lineterminator='"'); t(D,quotechar='');t(D,quotechar=5);t(D,foo=5);t(D,'nosuch'); t(D,5); t(D,escapechar=' ',skipinitialspace=True);t(D,escapechar='');t(D,quotechar=' ',skipinitialspace=True)
t(_csv.writer,5);t(_csv.reader,5);t(_csv.reader);t(_csv.writer);t(_csv.reader,[],[],[])
t(_csv.register_dialect,5);t(_csv.register_dialect,'x',delimiter='ab');t(_csv.unregister_dialect,'nn');t(_csv.get_dialect,'nn');t(_csv.get_dialect,[]);t(_csv.field_size_limit,'a');t(_csv.field_size_limit);t(_csv.field_size_limit,5);t(_csv.field_size_limit,131072); t(_csv.register_dialect,'x',delimiter=';');t(_csv.list_dialects); t(_csv.register_dialect,'x','unk')
import io
def w(rows,**k):
    try:
        f=io.StringIO(); x=_csv.writer(f,**k)
        for r in rows: print(x.writerow(r), end=' ')
        print(repr(f.getvalue()))
    except Exception as e: print(type(e).__name__, e)
w([[1,2.5,None,'a,b','q"q','\n','','x y']]);w([['']]);w([[None]]);w([[]]);w([5]);w([['a','b']],quoting=1);w([['a',1,1.5,None,True]],quoting=2)
w([['a,',1]],quoting=3);w([['a,',1]],quoting=3,escapechar='\\');w([['a"',1]],doublequote=False);w([['a"\\',1]],doublequote=False,escapechar='\\');w([['a',None,1,'']],quoting=4);w([['a',None,1,'']],quoting=5);w([['']],quoting=3);w([[' ','a']],delimiter=' ');w([[' a','']],skipinitialspace=True); w([['a"b']],quotechar=None); w([['a"b']],quotechar=None,quoting=0);w([[None]],quoting=4); w([[None]],quoting=3);w([['']],quoting=2);w([[None,'']],quoting=5); w([['a\\b']],escapechar='\\'); w([['a\rb','\r\n']],lineterminator='|'); w([['x|y']],lineterminator='|'); w([['',' '],[' ']],delimiter=' ',skipinitialspace=True); w([['','']],delimiter=' ',skipinitialspace=True,quoting=3)
def r(lines,**k):
    try:
        x=_csv.reader(lines,**k)
        for q in x: print(q, x.line_num, end=' ')
        print()
    except Exception as e: print(type(e).__name__, e)
r(['a,b,c']);r(['a,"b\n','c",d']);r(['a,"b']);r(['a,"b'],strict=True);r(['"a"b,c']);r(['"a"b,c'],strict=True);r(['"a""b",c']);r(['"a""b",c'],doublequote=False)
r(['a\nb']);r(['a\r\nb']);r(['a\n\n']);r(['','a']);r(['\n']);r([5]);r([b'a']);r(['a\\,b'],escapechar='\\');r(['a\\'],escapechar='\\');r(['a\\\n','b'],escapechar='\\');r(['1,"2",a'],quoting=2);r(['1,"2",3'],quoting=2);r(['1,"2",'],quoting=2)
r(['"a",,"",b'],quoting=5);r(['"1",,"",2'],quoting=4);r([' a, "b"'],skipinitialspace=True);r(['"a'],quoting=3);r(["a'b,'c,d'"],quotechar="'");r(['"a\\"b",c'],escapechar='\\');r(['"a\\'],escapechar='\\');r(['"a\\'],escapechar='\\',strict=True);r(['a,b\0c']);r(['x'*140000]); r(['"x'+'x'*140000+'"']);r(['a,b\r','c']);r(['"a"\r\n']);r(['a'],delimiter='');r([' '],skipinitialspace=True);r(['a, ,b'],skipinitialspace=True);r(['"a" ,b']);r(['-,1'],quoting=2);r([' 1,2'],quoting=2)
d=D(); 

print(type(_csv.reader([])), type(_csv.writer(io.StringIO())), _csv.Reader, _csv.Writer)
t(_csv.Reader)


class F: delimiter=';;'
t(_csv.reader,[],F); t(_csv.reader,[],'zz')

