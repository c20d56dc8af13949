# Searching, splitting and numbers in short and long texts, of every width.
import itertools

hays = ["", "a", "abcabc", "aaaaaaaab", "the quick brown fox", "x" * 127 + "needle", "x" * 300 + "needle" + "y" * 5,
        "é" * 20 + "ab", "日本語" * 30, "😀ab" * 50, "ab" * 100]
needles = ["", "a", "b", "ab", "aab", "fox", "needle", "é", "éa", "本語", "😀", "zz", "xneedley"]
total = 0
for hay, needle in itertools.product(hays, needles):
    row = [hay.find(needle), hay.rfind(needle), hay.count(needle), needle in hay, hay.find(needle, 3),
           hay.rfind(needle, 2, 9), hay.replace(needle, "<>"), hay.replace(needle, "", 2), hay.startswith(needle)]
    if needle:
        row += [hay.split(needle), hay.split(needle, 1), hay.rsplit(needle, 2), hay.partition(needle)]
        naive, at, pieces = hay, 0, []
        while (hit := naive.find(needle, at)) >= 0:
            pieces.append(naive[at:hit])
            at = hit + len(needle)
        assert pieces + [naive[at:]] == hay.split(needle), (hay, needle)
    bytes_row = []
    if hay.isascii() and needle.isascii():
        h, n = hay.encode(), needle.encode()
        assert [h.find(n), h.rfind(n), h.count(n), n in h] == row[:4]
        assert h.replace(n, b"<>").decode() == row[6]
    total += len(repr(row))
    if len(hay) < 25:
        print(ascii(hay), ascii(needle), ascii(row))
print(total)

blanks = [" ", "\t", "\n", "\x0b", "\x0c", "\r", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\u1680", "\u2003",
          "\u2028", "\u202f", "\u205f", "\u3000", "\u200b", "\x08", "\x00", "\x7f", "a"]
for blank in blanks:
    text = f"{blank}{blank}ab{blank}c{blank}"
    print(ascii(blank), ascii(text.split()), ascii(text.split(None, 1)), ascii(text.rsplit(None, 1)), blank.isspace(),
          ascii(text.strip()), ascii(text.lstrip()), ascii(text.rstrip()))

for text in ["0", "-0", "+7", "007", "-12", "1_000", "_1", "1_", "1__0", " 5 ", "\n6", "--1", "-", "", "+", "9" * 18,
             "-" + "9" * 18, "9" * 19, "1" * 25, "٣", "1e3", "0x10", "½", "12a", "1\x00"]:
    try:
        print(ascii(text), int(text), int(text.encode("utf-8")) if text.isascii() else "")
    except ValueError as error:
        print(ascii(text), ascii(str(error)))

for number in [0, 1, -1, 9, 10, -10, 255, 2**61, -2**61, 2**62 - 1, 2**62, -2**62, -2**62 - 1, 2**63, 2**64, 10**18, True]:
    print(str(number), repr(number), f"{number}", "%d" % number, "%i|%s|%5d|%-5d|%05d|%+d" % ((number,) * 6),
          hex(number), oct(number), bin(number), "{}".format(number), b"%d" % number)
print("%s %s %r %10s %-10s| %.2s" % ("a", 1, "b", "c", "d", "efg"), b"%s %b %a %5s" % (b"x", b"y", "z", b"w"))

for name in ["utf-8", "UTF8", "Utf_8", "latin-1", "ISO 8859 1", "ascii", "us_ascii", "a-very-long-name-of-a-codec", "ütf"]:
    for text in ["", "plain", "é"]:
        try:
            data = text.encode(name)
            print(name, data, data.decode(name), b"abc".decode(name, "strict"))
        except (LookupError, UnicodeError) as error:
            print(ascii(name), type(error).__name__, ascii(str(error)))

print("-".join(("a", "b")), "".join(["x"]), ",".join("abc"), "é".join(["日", "b"]), "".join(c for c in "gen"), "x".join([]))
for wrong in (["a", 1], ("a", b"b"), 5, [None]):
    try:
        print("-".join(wrong))
    except TypeError as error:
        print(error)
for size in range(40):
    data = bytes(range(size))
    assert data[:] == data and data + b"!" == bytes([*range(size), 33]) and data.hex() == "".join(f"{b:02x}" for b in data)
    assert hash(data) == hash(bytes(bytearray(data))) and data[1:-1] == bytes([*range(size)][1:-1]) and "%c" % 65 * size == "A" * size
print(b"short" + b"er", bytes(24), bytes(25)[-1:], b"x" * 23 + b"yz")
