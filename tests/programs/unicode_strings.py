"""Strings beyond ASCII: three widths, methods, normal cases, escapes, surrogates, slices, translation, splitting."""

samples = ["ascii", "Straße", "ΑΣ ΣΑΣ", "日本語テキスト", "emoji 😀🐍", "é" "e\u0301", "İI ı", "ﬁnd", "\t tab\u00a0nbsp\u2003em", "", "ǅ ǆ"]
for s in samples:
    print(len(s), ascii(s), s.upper(), s.lower(), s.title(), s.capitalize(), s.swapcase(), ascii(s.casefold()), s[::-1] if s.isascii() else ascii(s[::-1]))
    print("  ", [getattr(s, name)() for name in "isalpha isdigit isalnum isspace isupper islower istitle isidentifier isprintable isdecimal isnumeric isascii".split()])
print("²".isdigit(), "²".isdecimal(), "½".isnumeric(), "٣".isdecimal(), int("٣٤"), float("１.５"), "Ⅷ".isnumeric())
print(repr("a'b"), repr('a"b'), repr("a'b\"c"), repr("\n\t\\\x00\x7f\x80é\u200b\U0001f600\ud800"), ascii("é😀\ud800"), "\N{GREEK SMALL LETTER PI}", "\x41\101\u0041")
s = "mississippi"
print(s.find("ss"), s.find("ss", 3), s.rfind("ss"), s.count("ss"), s.count("i"), s.count(""), s.index("p"), s.replace("ss", "SS", 1), s.replace("", "-", 3), s.find("zz"), "" in s, s.find("", 20))
print("a,b,,c".split(","), "a,b,,c".split(",", 1), " a  b ".split(), " a  b ".split(" "), "a b c".rsplit(None, 1), "k=v=w".partition("="), "k=v=w".rpartition("="), "none".partition("="), "a\nb\r\nc\x0bd\u2028e".splitlines(), "a\nb\n".splitlines(True))
print("xxhixx".strip("x"), "  l".lstrip(), "r\u2003".rstrip(), "prefix-body".removeprefix("prefix-"), "body.py".removesuffix(".py"), "ab".center(7, "é"), "ab".ljust(5, "."), "ab".rjust(5), "-42".zfill(6), "a\tbc\td".expandtabs(4))
print("-".join(["a", "é", "日", "😀"]), "".join(map(chr, [97, 233, 26085, 128512])), "ab" * 3, "😀" * 2, "é" + "a", "a" < "é" < "日" < "😀", max("aé日😀"))
table = str.maketrans({"a": "1", "b": None, "é": "ee", 99: 0x1F600})
print("abcéd".translate(table), "hello".translate(str.maketrans("el", "ip", "o")))
for action in [lambda: "a" + 1, lambda: "abc"[3], lambda: "a".index("z"), lambda: "\ud800".encode(), lambda: "é".encode("ascii"), lambda: chr(0x110000), lambda: ord("ab"), lambda: "a".join([1]), lambda: "x".split(""), lambda: "é".encode("nope"), lambda: "a".center(5, "ab"), lambda: int("12x"), lambda: float("é"), lambda: "{}".format()]:
    try:
        print(action())
    except Exception as error:
        print(type(error).__name__, error)
print("\ud800x".encode("utf-8", "surrogatepass"), b"\xff".decode("utf-8", "surrogateescape").encode("utf-8", "surrogateescape"), len("\ud83d\ude00"))
print("日本語".encode(), "日本語".encode("utf-16-be"), "é😀".encode("utf-32-le"), b"\xef\xbb\xbfx".decode("utf-8-sig"), "aé".encode("cp1252", "strict") if False else "aé".encode("latin-1"))
print(f"{'日本':>6}|{'é':^5}|{'😀':*<4}", "%-5s|" % "é", "a" "b" 'c', r"raw\n", """multi
line""", len("""\
x"""))
café = "identifier"
ℌ = 5
print(café, H, "ﬁ" in globals(), "fi".isidentifier())


def caesar(text, k):
    out = []
    for char in text:
        if "a" <= char <= "z":
            out.append(chr((ord(char) - 97 + k) % 26 + 97))
        elif "α" <= char <= "ω":
            out.append(chr((ord(char) - 945 + k) % 25 + 945))
        else:
            out.append(char)
    return "".join(out)


def utf8(text):
    out = []
    for char in text:
        n = ord(char)
        if n < 0x80:
            out.append(n)
        elif n < 0x800:
            out += [0xC0 | n >> 6, 0x80 | n & 63]
        elif n < 0x10000:
            out += [0xE0 | n >> 12, 0x80 | n >> 6 & 63, 0x80 | n & 63]
        else:
            out += [0xF0 | n >> 18, 0x80 | n >> 12 & 63, 0x80 | n >> 6 & 63, 0x80 | n & 63]
    return bytes(out)


text = "the quick bröwn λόγος 日本 😀 " * 40
assert caesar(caesar(text, 7), -7 % 650) != "" and caesar(caesar("hello λ", 3), 23)[:5] == "hello"
assert utf8(text) == text.encode()
print(caesar(text, 3)[:28], len(utf8(text)), sum(map(ord, text)))
built = ""
for i in range(6000):
    built += chr(97 + i % 26) if i % 50 else "é" if i % 100 else "日"
print(len(built), built.count("é"), built[1000:1010], built.find("日", 1), len({built[i : i + 2] for i in range(len(built))}))
words = {}
for word in (text * 10).split():
    words[word] = words.get(word, 0) + 1
print(words)
print(all(text[i] == text[i:][0] for i in range(0, 500, 7)), "".join(reversed(text))[::-1] == text, text.encode().decode() == text)
