"""Run-length, LZ77, LZW, Burrows-Wheeler with move-to-front, base64 and arithmetic of our own; all round trips."""


def rle(data):
    out, i = bytearray(), 0
    while i < len(data):
        j = i
        while j < len(data) and data[j] == data[i] and j - i < 255:
            j += 1
        out += bytes((j - i, data[i]))
        i = j
    return bytes(out)


def unrle(data):
    return b"".join(data[i + 1 : i + 2] * data[i] for i in range(0, len(data), 2))


def lz77(data, window=512, longest=63):
    i, out, heads = 0, [], {}
    while i < len(data):
        best, distance = 0, 0
        for start in reversed(heads.get(data[i : i + 3], [])[-24:]):
            if i - start > window:
                break
            n = 3
            while n < longest and i + n < len(data) and data[start + n] == data[i + n]:
                n += 1
            if n > best:
                best, distance = n, i - start
        step = best or 1
        out.append((distance, best) if best else data[i])
        for k in range(i, i + step):
            heads.setdefault(data[k : k + 3], []).append(k)
        i += step
    return out


def unlz77(tokens):
    out = bytearray()
    for token in tokens:
        match token:
            case int(byte):
                out.append(byte)
            case (distance, length):
                for _ in range(length):
                    out.append(out[-distance])
    return bytes(out)


def lzw(data):
    table = {bytes([i]): i for i in range(256)}
    word, out = b"", []
    for i in range(len(data)):
        longer = word + data[i : i + 1]
        if longer in table:
            word = longer
        else:
            out.append(table[word])
            table[longer] = len(table)
            word = data[i : i + 1]
    return out + [table[word]] if word else out


def unlzw(codes):
    table = [bytes([i]) for i in range(256)]
    previous, out = b"", []
    for code in codes:
        if code < len(table):
            entry = table[code]
        elif code == len(table) and previous:
            entry = previous + previous[:1]
        else:
            raise ValueError(f"bad code {code}")
        out.append(entry)
        if previous:
            table.append(previous + entry[:1])
        previous = entry
    return b"".join(out)


def bwt(data):
    data += b"\x00"
    doubled = data + data
    order = sorted(range(len(data)), key=lambda i: doubled[i : i + len(data)])
    return bytes(data[i - 1] for i in order)


def unbwt(data):
    order = sorted(range(len(data)), key=lambda i: (data[i], i))
    i, out = order[0], bytearray()
    for _ in range(len(data)):
        out.append(data[i])
        i = order[i]
    at = out.index(0)
    return bytes(out[at + 1 :] + out[:at])


def mtf(data):
    table, out = list(range(256)), []
    for byte in data:
        i = table.index(byte)
        out.append(i)
        table.insert(0, table.pop(i))
    return bytes(out)


def unmtf(data):
    table, out = list(range(256)), []
    for i in data:
        byte = table.pop(i)
        out.append(byte)
        table.insert(0, byte)
    return bytes(out)


ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def b64(data):
    out = []
    for i in range(0, len(data), 3):
        chunk = data[i : i + 3]
        n = int.from_bytes(chunk.ljust(3, b"\0"), "big")
        quad = "".join(ALPHABET[n >> shift & 63] for shift in (18, 12, 6, 0))
        out.append(quad[: len(chunk) + 1] + "=" * (3 - len(chunk)))
    return "".join(out)


def unb64(text):
    if len(text) % 4:
        raise ValueError("length")
    values = {char: i for i, char in enumerate(ALPHABET)}
    out = bytearray()
    for i in range(0, len(text), 4):
        quad = text[i : i + 4]
        padding = quad.count("=")
        n = 0
        for char in quad.replace("=", "A"):
            n = n << 6 | values[char]
        out += n.to_bytes(3, "big")[: 3 - padding]
    return bytes(out)


class Bits:
    def __init__(self):
        self.value, self.count, self.out = 0, 0, bytearray()

    def write(self, value, width):
        self.value = self.value << width | value
        self.count += width
        while self.count >= 8:
            self.count -= 8
            self.out.append(self.value >> self.count & 255)
            self.value &= (1 << self.count) - 1


def varbits(codes):
    bits, width = Bits(), 9
    for i, code in enumerate(codes):
        while i + 256 >= 1 << width:
            width += 1
        bits.write(code, width)
    bits.write(0, 7)
    return bytes(bits.out)


texts = [b"", b"a", b"aaaaaaaaaabbbbbbbbbbccccc" * 10, b"she sells sea shells by the sea shore " * 30, bytes(i * i % 97 for i in range(1500)), b"TOBEORNOTTOBEORTOBEORNOT" * 8]
for text in texts:
    tokens, codes = lz77(text), lzw(text)
    assert unrle(rle(text)) == text and unlz77(tokens) == text and unlzw(codes) == text and unb64(b64(text)) == text
    row = [len(text), len(rle(text)), len(tokens), sum(isinstance(t, tuple) for t in tokens), len(codes), len(varbits(codes))]
    if len(text) < 1200 and 0 not in text:
        assert unbwt(bwt(text)) == text and unmtf(mtf(bwt(text))) == bwt(text)
        row += [len(rle(mtf(bwt(text)))), mtf(bwt(text)).count(0)]
    print(*row)
print(b64(b"Man"), b64(b"Ma"), b64(b"M"), lzw(b"ababababa"), lz77(b"abcabcabcabcx"), rle(b"aaab"), bwt(b"banana"), mtf(b"aabbb"))
for bad in (lambda: unlzw([65, 999]), lambda: unb64("abc"), lambda: unb64("ab!="), lambda: unlz77([(5, 1)])):
    try:
        bad()
    except (ValueError, KeyError, IndexError) as error:
        print(type(error).__name__, error)
