"""Text justification, Roman numerals, calendars, number words, CSV by hand, tables, anagrams, Caesar and Vigenère, io.StringIO."""

import io
import string
import sys
from collections import defaultdict

TEXT = """It was a bright cold day, and the clocks of the little town were striking for the third time; nobody
listened, since everybody knew that they were wrong by an hour or two, as their fathers' clocks had been."""


def justify(words, width):
    lines, line, length = [], [], 0
    for word in words:
        if length + len(word) + len(line) > width:
            gaps = max(len(line) - 1, 1)
            space, extra = divmod(width - length, gaps)
            lines.append("".join(w + " " * (space + (i < extra)) for i, w in enumerate(line[:-1])) + line[-1])
            line, length = [], 0
        line.append(word)
        length += len(word)
    return [l.ljust(width) for l in lines] + [" ".join(line).ljust(width)]


for width in (24, 41):
    print("\n".join(f"|{line}|" for line in justify(TEXT.split(), width)))

ROMAN = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]


def to_roman(n):
    out = ""
    for value, text in ROMAN:
        count, n = divmod(n, value)
        out += text * count
    return out


def from_roman(text):
    values = dict((t, v) for v, t in ROMAN)
    total = 0
    for a, b in zip(text, text[1:] + "I"):
        total += values[a] if values[a] >= values[b] else -values[a]
    return total


assert all(from_roman(to_roman(n)) == n for n in range(1, 4000))
print(to_roman(1994), to_roman(3888), max((to_roman(n) for n in range(1, 4000)), key=len))

SMALL = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()


def words(n):
    if n < 0:
        return "minus " + words(-n)
    if n < 20:
        return SMALL[n]
    if n < 100:
        return TENS[n // 10] + ("-" + SMALL[n % 10] if n % 10 else "")
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred")):
        if n >= size:
            return f"{words(n // size)} {name}" + (f" {words(n % size)}" if n % size else "")


print(words(0), words(-1234567), words(10**12 + 15), sum(len(words(i).replace(" ", "")) for i in range(5000)), sep="; ")


def leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_days(year, month):
    return 29 if month == 2 and leap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def ordinal(year, month, day):
    y = year - 1
    return y * 365 + y // 4 - y // 100 + y // 400 + sum(month_days(year, m) for m in range(1, month)) + day


def from_ordinal(n):
    year = n // 366 + 1
    while ordinal(year + 1, 1, 1) <= n:
        year += 1
    n -= ordinal(year, 1, 1) - 1
    month = 1
    while n > month_days(year, month):
        n -= month_days(year, month)
        month += 1
    return year, month, n


def calendar(year, month):
    yield f"{['Jan','Feb','Mar','Apr','May','Jun','Jul','Aug','Sep','Oct','Nov','Dec'][month - 1]} {year}".center(20)
    yield "Mo Tu We Th Fr Sa Su"
    cells = ["  "] * ((ordinal(year, month, 1) - 1) % 7) + [f"{d:2}" for d in range(1, month_days(year, month) + 1)]
    for i in range(0, len(cells), 7):
        yield " ".join(cells[i : i + 7])


print("\n".join(calendar(2026, 2)), *calendar(2024, 2), sep="\n")
assert all(ordinal(*from_ordinal(n)) == n for n in range(1, 740000, 997))
print(ordinal(2026, 11, 21), from_ordinal(739576), sum((ordinal(y, m, 13) - 1) % 7 == 4 for y in range(1900, 2100) for m in range(1, 13)))


def parse_csv(text):
    row, cell, quoted, i = [], [], False, 0
    while i < len(text):
        c = text[i]
        if quoted:
            if c == '"' and text[i + 1 : i + 2] == '"':
                cell.append(c)
                i += 1
            elif c == '"':
                quoted = False
            else:
                cell.append(c)
        elif c == '"':
            quoted = True
        elif c in ",\n":
            row.append("".join(cell))
            cell = []
            if c == "\n":
                yield row
                row = []
        else:
            cell.append(c)
        i += 1


rows = list(parse_csv('name,note\n"Smith, J","said ""hi"""\n"two\nlines",\n' + "a,1\n" * 800))
print(rows[:4], len(rows))


def vigenere(text, key, sign=1):
    shifts = [ord(k) - 97 for k in key]
    out, i = io.StringIO(), 0
    for char in text:
        if char in string.ascii_letters:
            base = 97 if char.islower() else 65
            out.write(chr((ord(char) - base + sign * shifts[i % len(shifts)]) % 26 + base))
            i += 1
        else:
            out.write(char)
    return out.getvalue()


secret = vigenere(TEXT, "lemon")
print(secret[:50], vigenere(secret, "lemon", -1) == TEXT)
groups = defaultdict(list)
for word in "listen silent enlist google elgoog abc cab bca tinsel x".split():
    groups["".join(sorted(word))].append(word)
print([g for g in groups.values() if len(g) > 1])
stream = io.StringIO("first\nsecond\n\nlast")
print(stream.readline(), stream.read(3), stream.tell(), list(stream), stream.seek(0), stream.readlines()[-1])
out = io.StringIO()
print("to", "stream", sep="-", end="!", file=out, flush=True)
out.seek(0, 2)
out.write("more")
out.truncate(8)
print(repr(out.getvalue()), out.closed)
out.close()
try:
    out.write("x")
except ValueError as error:
    print(error)
sys.stdout.write("written\n")
ok = all(vigenere(vigenere(TEXT[i:], "key"), "key", -1) == TEXT[i:] for i in range(0, 200, 4))
palindromes = sum(str(n) == str(n)[::-1] for n in range(30000))
print(ok, palindromes, string.capwords("the end"), TEXT.title()[:20])
