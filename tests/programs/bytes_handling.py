"""bytes, bytearray and memoryview: methods, slices, hex, packing by hand, checksums, a binary format."""

data = b"Hello, \x00\xff world\n"
print(data, data[0], data[-1:], data[::-1], data[2:9:3], len(data), data.hex(), data.hex(" ", 2), bytes.fromhex("00 ff 10"))
print(data.find(b"o"), data.rfind(b"o"), data.index(b"l"), data.count(b"l"), data.startswith((b"x", b"He")), data.replace(b"l", b"LL", 2))
print(b"a,b,,c".split(b","), b" x y ".split(), b"a-b-c".rsplit(b"-", 1), b"k=v=w".partition(b"="), b"\r\na\nb\r".splitlines(), b" s ".strip(), b"xxaxx".strip(b"x"))
print(b"-".join([b"a", bytearray(b"b")]), b"abc".upper(), b"AbC".swapcase(), b"abc".center(9, b"*"), b"7".zfill(4), b"a\tb".expandtabs(4), b"ab12".isalnum())
print(b"%d %s %x %5.2f %c %a" % (5, b"bytes", 255, 3.14159, 65, "é"), b"abc" < b"abd", b"a" * 3 + b"b", 97 in b"abc", b"bc" in b"abc")
print(bytes(3), bytes([1, 2, 255]), bytes("é", "utf-8"), "日本".encode("utf-16-le"), b"\xe9".decode("latin-1"), b"ab".translate(bytes(range(255, -1, -1))), bytes.maketrans(b"ab", b"xy")[97:99])
for action in [lambda: bytes([256]), lambda: b"a" + "b", lambda: b"\xff".decode(), lambda: b"abc"[5], lambda: bytes("x"), lambda: bytes.fromhex("0g"), lambda: "é".encode("ascii"), lambda: bytearray(b"a").append(300), lambda: b"a".index(b"z"), lambda: memoryview("x")]:
    try:
        print(action())
    except (ValueError, TypeError, IndexError) as error:
        print(type(error).__name__, error)
print(b"\xff\xfeabc".decode("utf-8", "replace"), b"\xffz".decode("utf-8", "backslashreplace"), "aéz".encode("ascii", "xmlcharrefreplace"), "é€".encode("latin-1", "ignore"))

b = bytearray(b"abcdef")
b[1:3] = b"XYZ"
b[0] = 90
b.append(33)
b.extend([1, 2])
b += b"++"
del b[4]
b.insert(1, 48)
print(b, b.pop(), b.pop(0), len(b), b.index(89))
b[::2] = bytes(len(b[::2]))
print(b, bytes(b), b == bytes(b))
b.reverse()
b.remove(0)
print(b)
b.clear()
view = memoryview(bytearray(range(10)))
view[2:4] = b"\xaa\xbb"
print(view[1:5].tobytes(), view[::3].tolist(), view.readonly, view.nbytes, memoryview(b"ab") == b"ab", bytes(view[-2:]))
try:
    memoryview(b"x")[0] = 1
except TypeError as error:
    print(error)
lock = bytearray(4)
with memoryview(lock) as m:
    try:
        lock.append(1)
    except BufferError as error:
        print(error)
lock.append(1)

TABLE = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ 0xEDB88320 if n & 1 else n >> 1
    TABLE.append(n)


def crc32(data, crc=0):
    crc ^= 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def adler32(data):
    a, b = 1, 0
    for byte in data:
        a = (a + byte) % 65521
        b = (b + a) % 65521
    return b << 16 | a


def fnv(data):
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return h


blob = bytes(i * i % 251 for i in range(20000))
print(hex(crc32(blob)), hex(adler32(blob)), hex(fnv(blob)), hex(crc32(b"123456789")))


def pack(records):
    out = bytearray(b"TP01")
    out += len(records).to_bytes(4, "little")
    for name, value, tags in records:
        raw = name.encode()
        out.append(len(raw))
        out += raw
        out += value.to_bytes(8, "big", signed=True)
        out.append(len(tags))
        for tag in tags:
            out += tag.to_bytes(2, "little")
    out += crc32(out).to_bytes(4, "little")
    return bytes(out)


def unpack(data):
    if data[:4] != b"TP01":
        raise ValueError("magic")
    if crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
        raise ValueError("checksum")
    pos, out = 8, []
    for _ in range(int.from_bytes(data[4:8], "little")):
        n = data[pos]
        name = data[pos + 1 : pos + 1 + n].decode()
        pos += 1 + n
        value = int.from_bytes(data[pos : pos + 8], "big", signed=True)
        count = data[pos + 8]
        pos += 9
        out.append((name, value, [int.from_bytes(data[p : p + 2], "little") for p in range(pos, pos + 2 * count, 2)]))
        pos += 2 * count
    return out


records = [(f"näme{i}", (-1) ** i * i**5, [j * 1000 % 65536 for j in range(i % 5)]) for i in range(300)]
packed = pack(records)
print(len(packed), packed[:24], unpack(packed) == records)
try:
    unpack(packed[:50] + b"?" + packed[51:])
except ValueError as error:
    print(error)
key = b"secret"
cipher = bytes(x ^ key[i % len(key)] for i, x in enumerate(blob))
print(cipher[:12].hex(), bytes(x ^ key[i % len(key)] for i, x in enumerate(cipher)) == blob)
