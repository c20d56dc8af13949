# When text streams write, and what they read by lines.
import io
import os
import tempfile

class B(io.BytesIO):
    def write(self, b):
        print('write', len(b)); return super().write(b)
    def flush(self): print('flush'); super().flush()
b=B(); t=io.TextIOWrapper(b,encoding='ascii')
print(t.write('hello\n')); print(b.getvalue())
t.write('x'*8190); print(len(b.getvalue()))
t.write('y'); t.flush(); print(len(b.getvalue()))
try: t.write('é')
except UnicodeEncodeError as e: print(e)
try: t.write(3)
except TypeError as e: print(e)
t2=io.TextIOWrapper(B(),line_buffering=True,newline='\r\n')
t2.write('a\nb'); t2.write('c\r'); t2.write('d')
print(t2.buffer.getvalue()); 
t2.write_through
t3=io.TextIOWrapper(B(),write_through=True); t3.write('abc'); print(t3.buffer.getvalue())
class R(io.RawIOBase):
    def readable(self): print('readable'); return True
    def writable(self): print('writable'); return False
    def seekable(self): print('seekable'); return False
r=io.TextIOWrapper(R())
try: r.write('x')
except io.UnsupportedOperation as e: print(e)
w=io.TextIOWrapper(B())
w.write('abc'); print(w.tell()); w.seek(0); print(w.read()); w.close()
try: w.write('x')
except ValueError as e: print(e)
try: w.write(4)
except TypeError as e: print(e)
p = os.path.join(tempfile.mkdtemp(), 'x.txt')
with open(p,'w') as f:
    print(f.write('a\nbb\r\nccc'))
    print('hi',3,file=f); f.write('\n'.join(map(str,range(5000))))
    try: f.read()
    except io.UnsupportedOperation as e: print(e)
for nl in (None,'','\n','\r','\r\n'):
    with open(p,newline=nl) as f:
        l=list(f); print(nl and nl.encode(), len(l), l[:4], l[-1:])
        print(f.read()=='' , f.readline()=='')
with open(p) as f:
    print(next(f)); print(f.read(3)); print(repr(f.readline()), f.readline())
    try: f.write('x')
    except io.UnsupportedOperation as e: print(e)
with open(p,'r+') as f:
    f.seek(0,2); f.write('END'); f.flush(); f.seek(0); print(f.read()[-10:])
with open(p,'a') as f: f.write('more'); print(f.tell())
f=open(p,'w'); f.write('lost?'); del f
print(open(p).read())
s=io.StringIO(); 
for i in range(3): s.write('ab')
s.write('c\n'); print(repr(s.getvalue()), s.tell()); s.seek(2); s.write('ZZ'); print(s.getvalue()); s.close()
try: s.write('x')
except ValueError as e: print(e)
os.remove(p)
os.rmdir(os.path.dirname(p))
for stream in (t, t2, t3):
    stream.close()

# What is below a stream outlives it where it is taken off.
p = os.path.join(tempfile.mkdtemp(), 'y.txt')
f = open(p, 'w')
f.write('text')
b = f.detach()
del f
b.write(b' bytes')
raw = b.detach()
del b
raw.write(b' raw')
del raw
print(open(p).read())
os.remove(p)
os.rmdir(os.path.dirname(p))

# Bytes in memory.
given = b"given bytes"
m = io.BytesIO(given)
print(m.read(3), m.tell(), m.read(), m.read(), m.getvalue() is not None, m.seek(6), m.write(b"BYTES!"), m.getvalue(), given)
m = io.BytesIO(given)
view = m.getbuffer()
view[0] = 71
print(m.getvalue(), given, m.readline(), len(view))
view.release()
print(m.truncate(4), m.getvalue(), m.seek(8), m.write(b"x"), m.getvalue(), m.seek(0), m.read(None))
m = io.BytesIO(b"a\nbc\nd")
print(m.readline(), m.readlines(), m.seek(1), list(m), m.read1(), m.readinto(bytearray(3)))
m = io.BytesIO(bytearray(b"own"))
print(m.read(2), m.read(-1), type(m.getvalue()).__name__, io.BytesIO(None).read(), io.BytesIO(memoryview(b"view")).read(1))
m.close()
for call in (m.read, m.getvalue, m.tell, m.readline, lambda: m.write(b"x")):
    try:
        call()
    except ValueError as error:
        print(error)
