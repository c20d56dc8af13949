"""The Unicode database: properties of all code points by checksum, names and normal forms."""
import unicodedata as u, hashlib, sys
for f in (u.name,u.category,u.bidirectional,u.combining,u.east_asian_width,u.mirrored,u.decomposition,u.decimal,u.digit,u.numeric):
    d = f in (u.name,u.decimal,u.digit,u.numeric)
    rows=[]
    for p in range(0x110000):
        rows.append(f"{p:x} {f(chr(p),None) if d else f(chr(p))}")
    print(f.__name__, hashlib.sha1("\n".join(rows).encode()).hexdigest())
import random
r=random.Random(5)
pool=[p for p in range(0x110000) if u.decomposition(chr(p)) or u.combining(chr(p))] + list(range(0x1100,0x1200))+list(range(0x61,0x7b))
for form in ("NFC","NFD","NFKC","NFKD"):
    h=hashlib.sha1()
    for p in range(0x110000):
        h.update(u.normalize(form,chr(p)).encode("utf8","surrogatepass"))
    for i in range(5000):
        s="".join(chr(r.choice(pool)) for _ in range(r.randrange(2,8)))
        h.update(u.normalize(form,s).encode("utf8","surrogatepass")); h.update(bytes([u.is_normalized(form,s)]))
    print(form,h.hexdigest())
bad=0
for p in range(0x110000):
    n=u.name(chr(p),None)
    if n and (u.lookup(n)!=chr(p) or u.lookup(n.lower())!=chr(p)): bad+=1
print(bad)
