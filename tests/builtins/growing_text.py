# Texts that are built up piece by piece share their characters; nobody can tell.
def build(piece, count):
    text = ""
    for _ in range(count):
        text += piece
    return text


for piece in ("x", "ab", "é", "ÿz", "ж", "日本", "😀", "a\ud800"):
    for count in (1, 10, 300, 2000):
        text = build(piece, count)
        assert text == piece * count and len(text) == len(piece) * count
        assert text.isascii() == piece.isascii()
        assert hash(text) == hash(piece * count)
print("built")

# Two who go on from the same beginning.
base = build("0123456789", 200)
left, right = base + "left", base + "right"
both = left + right
print(left[-6:], right[-6:], base[-3:], len(both), both == base + "left" + base + "right")
longer = left
for _ in range(300):
    longer += "!"
other = left + "?"
print(longer[1998:2010], other[1998:], left[1998:], len(longer))

# Wider characters come in, and narrow ones behind them.
text = build("a", 1500)
wide = text + "é"
wide += "b" * 10
wider = wide + "日"
wider += "c"
wider += "é"
widest = wider + "😀"
widest += "d日é"
print(ascii(wide[1498:]), ascii(wider[1498:]), ascii(widest[1498:]))
print(text.isascii(), wide.isascii(), wider[:1500] == text, widest[:-4] == wider)
print([len(x.encode("utf-8")) for x in (text, wide, wider, widest)])

# Appending to itself, nothing, and what is appended from the same characters.
text = build("xy", 400)
text += text
text += ""
text += text[:3]
print(len(text), text == "xy" * 800 + "xyx")
empty = ""
empty += build("q", 700)
print(len(empty), empty is build("q", 700))

# Kept beginnings.
parts, text = [], build("-", 600)
for i in range(200):
    text += chr(65 + i % 26)
    parts.append(text)
print(all(len(part) == 601 + i and part[600:] == "".join(chr(65 + j % 26) for j in range(i + 1))
          for i, part in enumerate(parts)))
del text
last = parts[-1]
del parts
print(last[600:630], last.find("XYZ"), last.count("A"), last.replace("-", "")[:5], sorted({last: 1}))


class Text(str):
    pass


derived = Text(build("d", 900))
print(type(derived + "e").__name__, len(derived + "e"), type(Text(derived + "e")).__name__, Text(derived + "e")[-2:])


class Holder:
    text = ""


holder = Holder()
for i in range(3000):
    holder.text += str(i % 10)
print(len(holder.text), holder.text[2990:], {holder.text: 1}[holder.text + ""])
