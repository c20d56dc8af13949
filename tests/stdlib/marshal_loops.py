import marshal, io
def f(): return 1234.5
a = []
code = f.__code__.replace(co_consts=f.__code__.co_consts + (a,))
a.append(code)
s = slice([], None); s.start.append(s)
t = ([],); t[0].append(t)
for v in range(6):
    for x in (code, s, t):
        try: marshal.dumps(x, v); print("fine")
        except Exception as e: print(v, type(e).__name__, e)
a.clear()
class BadReader(io.BytesIO):
    def readinto(self, buf):
        n = super().readinto(buf)
        if n is not None and n > 4: n += 10**6
        return n
for value in (1.0, 1j, b'0123456789', '0123456789'):
    try: marshal.load(BadReader(marshal.dumps(value)))
    except Exception as e: print(type(e).__name__, e)
class R:
    def __init__(self, d): self.d = io.BytesIO(d)
    def read(self, n=-1): return self.d.read(n)
for bad in (R(marshal.dumps(1.0)), None, io.StringIO("x")):
    try: print(marshal.load(bad))
    except Exception as e: print(type(e).__name__, e)
import marshal, io
for d in (b'', b'i\0', b's\x05\0\0\0ab', b'g\0\0'):
    for f in (lambda d: marshal.load(io.BytesIO(d)), marshal.loads):
        try: print(f(d))
        except Exception as e: print(d, type(e).__name__, e)
class Slow(io.BytesIO):
    def readinto(self, b): return super().readinto(memoryview(b)[:1])
try: print(marshal.load(Slow(marshal.dumps(12345678))))
except Exception as e: print(type(e).__name__, e)
class Odd:
    def __init__(s, r): s.r = r
    def read(self, n): return b''
    def readinto(self, b): print(type(b), len(b)); return self.r
for r in (None, "x", -1, 0, 10**30):
    try: print(marshal.load(Odd(r)))
    except Exception as e: print(type(e).__name__, e)
d = marshal.dumps([1, "abc", (1.5, b"xy"), {"a": 2**100}])
print(marshal.load(io.BytesIO(d)))
t = ([],); t[0].append(t)
b = marshal.loads(marshal.dumps(t)); print(b[0][0] is b)
for d in (b'\xa8\x01\x00\x00\x00[\x01\x00\x00\x00r\x00\x00\x00\x00', b'\xa8\x01\x00\x00\x00{Nr\x00\x00\x00\x000', b'\xfbr\x00\x00\x00\x00N0', b'\xbc\x01\x00\x00\x00r\x00\x00\x00\x00', b'\xa8\x05\x00\x00\x00N'):
    try: print(marshal.loads(d))
    except Exception as e: print(type(e).__name__, e)
