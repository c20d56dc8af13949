"""Writes tables.rs: what CPython's own strings say of every code point. Run under CPython 3.14:

    python3.14 src/vm/src/text/unicode/generate.py > src/vm/src/text/unicode/tables.rs
"""

import unicodedata

FLAGS = ("ALPHA", "DECIMAL", "DIGIT", "NUMERIC", "LOWER", "UPPER", "TITLE", "CASED", "CASE_IGNORABLE",
         "PRINTABLE", "SPACE", "LINE_BREAK", "ID_START", "ID_CONTINUE")
BIT = {name: 1 << index for index, name in enumerate(FLAGS)}


def flags(c):
    checks = {
        "ALPHA": c.isalpha(), "DECIMAL": c.isdecimal(), "DIGIT": c.isdigit(), "NUMERIC": c.isnumeric(),
        "LOWER": c.islower(), "UPPER": c.isupper(), "TITLE": unicodedata.category(c) == "Lt",
        "CASED": (c + "a").title()[-1] == "a",
        # A sigma is final after a cased letter, and if only ignorable characters lie between.
        "CASE_IGNORABLE": ("A" + c + "\u03a3").lower()[-1] == "\u03c2"
        and ("0" + c + "\u03a3").lower()[-1] != "\u03c2",
        "PRINTABLE": c.isprintable(), "SPACE": c.isspace(),
        "LINE_BREAK": len(("a" + c + "b").splitlines()) == 2,
        "ID_START": c.isidentifier(), "ID_CONTINUE": ("a" + c).isidentifier(),
    }
    return sum(BIT[name] for name, yes in checks.items() if yes)


def delta(c, mapped):
    return ord(mapped) - ord(c) if len(mapped) == 1 else 0


records, runs, special = {}, [], []
previous = None
for point in range(0x110000):
    c = chr(point)
    upper, lower, fold = c.upper(), c.lower(), c.casefold()
    title = c.title()
    record = (flags(c), delta(c, upper), delta(c, lower), delta(c, title), delta(c, fold),
              unicodedata.decimal(c, 255), unicodedata.digit(c, 255))
    for kind, mapped in enumerate((upper, lower, title, fold)):
        if len(mapped) > 1:
            special.append((point, kind, mapped))
    number = records.setdefault(record, len(records))
    if number != previous:
        runs.append((point, number))
        previous = number
assert len(records) < 1 << 11

out = ["//! Properties of all code points, Unicode " + unicodedata.unidata_version + ".",
       "//!",
       "//! Written by `generate.py`; do not edit.",
       "", "use super::Record;", ""]
for name in FLAGS:
    out.append(f"pub const {name}: u16 = {BIT[name]:#x};")


def table(name, kind, items, doc):
    out.append("")
    out.append("/// " + doc)
    out.append("#[rustfmt::skip]")
    out.append(f"pub static {name}: [{kind}; {len(items)}] = [")
    line = "   "
    for item in items:
        if len(line) + len(item) > 112:
            out.append(line)
            line = "   "
        line += " " + item + ","
    out.append(line)
    out.append("];")


table("RECORDS", "Record", [
    f"Record::new({r[0]:#x}, [{r[1]}, {r[2]}, {r[3]}, {r[4]}], {r[5]}, {r[6]})" for r in records],
      "The different records.")
table("RUNS", "u32", [f"{start << 11 | number:#x}" for start, number in runs],
      "Where a run of code points with the same record starts (upper 21 bits), and the record.")
table("SPECIAL", "(u32, u8, &str)", [
    "(%#x, %d, \"%s\")" % (point, kind, "".join("\\u{%x}" % ord(c) for c in mapped)) for point, kind, mapped in special],
      "Code points that become several: upper (0), lower (1), title (2), folded (3).")
print("\n".join(out))
