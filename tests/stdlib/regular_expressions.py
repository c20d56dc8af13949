"""The matcher behind `re`: every operation, over the three widths of strings and over bytes."""

import re
import _sre


def show(pattern, text, flags=0):
    """What all the ways to match find."""
    try:
        p = re.compile(pattern, flags)
    except re.error as error:
        print(pattern, "->", type(error).__name__, error)
        return
    found = []
    for way in (p.match, p.fullmatch, p.search):
        m = way(text)
        found.append(None if m is None else (m.span(), m.groups(), m.lastindex, m.lastgroup))
    shown = type(text).__name__ if isinstance(text, memoryview) else repr(text)
    print(pattern, shown, found, p.findall(text))


WIDE = "\u4e16"
HUGE = "\U0001f600"

print("- repeats")
for pattern in (r"a*", r"a+?", r"a{2,3}", r"a{2,3}?", r"a*+b", r"a++a", r"(?:ab)*", r"(?:ab)+?", r"(?:ab){1,2}+",
                r"(a|b)*", r"(?:(a)|b)*", r"(?:(a)|(b))*?$", r"(a*)*", r"(a*)+", r"(a*?)*?b", r"(?:a?){3}", r"(?:a|ab)*c",
                r"(?:a|ab)*+c", r"(?>a|ab)c", r"(?>a*)a", r"(?>(a+))b", r"(?:(?:a)*b?)*", r"x{0}", r"(x){0}a"):
    for text in ("", "aab", "ababc", "aaab" + WIDE, "abab" + HUGE):
        show(pattern, text)

print("- groups")
for pattern, text in ((r"(?P<first>a)(?P<second>b)?", "a"), (r"(a)(b)(c)", "abc"), (r"((a)b)", "ab"), (r"(a)|(b)", "b"),
                      (r"(.)\1", "xaay"), (r"(?i:(.)\1)", "aA"), (r"(?P<q>['\"]).*?(?P=q)", "say 'it\"s' now"),
                      (r"(a)?(?(1)b|c)", "ab"), (r"(a)?(?(1)b|c)", "c"), (r"(a)?(?(1)b)", "a"), (r"(<)?x(?(1)>)", "<x>"),
                      (r"(?:(a)|b)\1", "ba"), (r"(a(?=b))b", "ab"), (r"([\x0e\x0f])(?(1)[\x11\x0f])", "\x0e\x0f")):
    show(pattern, text)

print("- around")
for pattern, text in ((r"a(?=b)", "ab"), (r"a(?!b)", "abac"), (r"(?<=a)b", "ab"), (r"(?<!a)b", "abcb"), (r"(?<=(a))b", "ab"),
                      (r"(?!(a))b", "b"), (r"(?<=ab)c|d", "abcd"), (r"(?<!^)b", "bb"), (r"(?=(a+))a*b\1", "baaabac"),
                      (r"\b\w+\b", "two words"), (r"\B", ""), (r"\b", ""), (r"\Bb\B", "abc"), (r"^a$", "a\n"), (r"a\Z", "a\n"),
                      (r"(?m)^.$", "a\nb\nc"), (r"(?s).+", "a\nb"), (r".+", "a\nb"), (r"(?a)\bé\b", "é"), (r"\bé\b", "é")):
    show(pattern, text)

print("- sets and case")
for pattern, text in ((r"[a-c]+", "xabcd"), (r"[^a-c]+", "xabcd"), (r"[\d\s]+", "a1 2b"), (r"[^\W\d]+", "1ab_2"), (r"[\w-]+", "a-b c"),
                      (r"(?i)straße", "STRASSE straße"), (r"(?i)[k]", "K\u212a"), (r"(?ai)k", "K\u212a"), (r"(?i)ſ", "S"), (r"(?i)[^a]", "aA"),
                      (r"(?i)[я-ю]+", "ЯЮ"), (r"[ǰ-ǵ]", "ǲ"), (r"(?i)İ", "i\u0307"), (r"\d+", "١٢٣4"), (r"(?a)\d+", "١٢٣4"),
                      (r"\s+", "a\u2003\x1cb"), (r"[" + WIDE + "-" + HUGE + "]+", WIDE + "a" + HUGE), (r"[^" + HUGE + "]", HUGE),
                      (r"(?i)[a-zÀ-Þ]+", "éÈz"), (r"[\s\S]", "\n"), (r"[^\s\S]", "a"), (r"(?x) a b # c", "ab"), (r"[aeiou" + "".join(map(chr, range(0x400, 0x500, 3))) + "]+", "aЀ\u0403Є")):
    show(pattern, text)

print("- bytes")
for pattern, text in ((rb"\w+", b"ab\xe9c"), (rb"(?i)AB", bytearray(b"xab")), (rb"[^a]+", memoryview(b"bcab")), (rb"(?L)\w+", b"ab\xe9"),
                      (rb"(?Li)[^bc]", b"B"), (rb"(?Li)\xe9", b"\xe9"), (rb".", b"\n\x00")):
    show(pattern, text)

print("- positions")
p = re.compile("b")
print(p.search("abab", 2), p.search("abab", 2, 3), p.match("abab", 1), p.fullmatch("abab", 1, 2), p.search("abab", -5, 100), p.search("ab", 3))
print(re.compile("^b").search("ab", 1), re.compile("(?m)^b").search("\nb", 1), re.compile("a$").search("aab", 0, 2), re.compile(r"(?<=a)b").match("ab", 1))
print(p.findall("abab", 2), [m.span() for m in p.finditer("abab", 1, 3)], [m.span() for m in re.finditer("", "ab")], [m.span() for m in re.finditer("a*?", "aab")])

print("- split and sub")
print(re.split("(,)|;", "a,b;c"), re.split("", "abc"), re.split("x*", "axbc"), re.split(",", "a,b,c", maxsplit=1), re.split(b",", bytearray(b"a,b")))
print(re.sub("a", "b", "aaa", count=2), re.subn("x*", "-", "abxd"), re.sub("(.)(.)", r"\2\g<1>", "abcd"), re.sub(".", lambda m: m[0] * 2, "ab"))
print(re.sub("a", lambda m: None, "bab"), re.sub(b"a", b"<\\g<0>>", b"bab"), re.sub("(?P<n>a)|b", r"[\g<n>]", "abc"), re.sub("é", HUGE, "né"))
text = "unchanged"
print(re.sub("x", "y", text) is text, re.sub("", "-", WIDE + HUGE))
for replacement, subject in ((1, "a"), (lambda m: 1, "a"), ("b", b"a"), (r"\2", "a"), (r"\g<x>", "a"), ("\\", "a")):
    try:
        print(re.sub("a", replacement, subject))
    except (TypeError, re.error, IndexError) as error:
        print(type(error).__name__, error)

print("- objects")
m = re.compile(r"(?P<k>\w)=(?P<v>\d)?").search("..a=", 1)
print(m, m.re, m.string, m.pos, m.endpos, m.regs, m.lastindex, m.lastgroup, m[0], m["k"], m["v"], m.group(1, "v"))
print(m.groups("-"), m.groupdict(), m.groupdict(0), m.start("k"), m.end("v"), m.span(0), m.expand(r"<\g<k>\2>"), bool(m), m.__copy__() is m)
for key in (3, -1, "x", None, 1.5, [], True):
    try:
        print(key, m[key])
    except (IndexError, TypeError) as error:
        print(key, type(error).__name__, error)
p = re.compile("(?P<a>x)", re.I | re.M)
print(p, p.flags, p.groups, dict(p.groupindex), p == re.compile("(?P<a>x)", re.M | re.I), p != re.compile("x"), hash(p) == hash(re.compile(p)), p < 1 if False else "")
print(re.compile(b"a", re.L), re.compile("x" * 300), re.compile("a", re.A | re.X), re.Pattern[str], re.Match[bytes], type(p.scanner("")))
for make in (re.Pattern, re.Match):
    try:
        make()
    except TypeError as error:
        print(error)
for call in (lambda: p.search(1), lambda: p.search(b""), lambda: re.compile(b"").search(""), lambda: p.match(), lambda: re.compile("(")):
    try:
        call()
    except (TypeError, re.error) as error:
        print(type(error).__name__, error)
scanner = re.compile(r"\d|(?=x)").scanner("12xa3")
print([scanner.match() and 1 for _ in range(5)], scanner.pattern)

print("- the module below")
print(_sre.MAGIC, _sre.CODESIZE, _sre.getcodesize(), _sre.MAXREPEAT, _sre.ascii_iscased(97), _sre.unicode_iscased(0x212a), _sre.unicode_iscased(48))
print(_sre.ascii_tolower(0xc9), _sre.unicode_tolower(0xc9), _sre.unicode_tolower(0x130))
for code in ([], [0], [16, 1], [17, 9, 1], [24, 99, 0, 1, 1], [26, 4, 3, 1, 2, 1, 1], [7, 3, 2, 15, 9, 0, 1], [13, 3, 99, 0, 1], [99, 1], [12, 0, 5, 1],
             [4, 3, 0x80000000, 1, 1], [14, 2, 0, 1], [-1, 1], [1 << 32, 1], ["x", 1]):
    try:
        print(code, _sre.compile("p", 0, code, 1, {}, ()))
    except (RuntimeError, OverflowError, TypeError) as error:
        print(code, type(error).__name__, error)

print("- large")
print(re.match("(?:a|b)*c?", "ab" * 100000).end(), re.match("(?:(?:a)*b?)*$", "a" * 50000).end())
print(len(re.findall(r"[^,]*(?:,|$)", "field," * 5000)), re.search("needle", "hay" * 100000 + "needle").start(), re.search(HUGE + "x", (HUGE + "y") * 5000 + HUGE + "x").start())
