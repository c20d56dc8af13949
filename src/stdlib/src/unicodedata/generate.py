"""Writes tables.rs: what CPython's `unicodedata` says of every code point. Run under CPython 3.14:

    python3.14 src/stdlib/src/unicodedata/generate.py > src/stdlib/src/unicodedata/tables.rs
"""

import unicodedata as ucd

HANGUL = range(0xAC00, 0xD7A4)

classes = {"CATEGORIES": [], "BIDIRECTIONAL": [], "WIDTHS": [], "TAGS": [""]}


def number(kind, name):
    known = classes[kind]
    if name not in known:
        known.append(name)
    return known.index(name)


def split(mapping):
    """The tag of a decomposition, and its code points."""
    tag, _, rest = mapping.rpartition("> ") if mapping.startswith("<") else ("", "", mapping)
    return tag + ">" if tag else "", [int(point, 16) for point in rest.split()]


records, runs, numbers, decompositions, compositions = {}, [], [], [], []
previous = None
for point in range(0x110000):
    c = chr(point)
    record = (number("CATEGORIES", ucd.category(c)), number("BIDIRECTIONAL", ucd.bidirectional(c)),
              number("WIDTHS", ucd.east_asian_width(c)), ucd.combining(c), ucd.mirrored(c))
    index = records.setdefault(record, len(records))
    if index != previous:
        runs.append((point, index))
        previous = index
    if (value := ucd.numeric(c, None)) is not None:
        numbers.append((point, value))
    if (mapping := ucd.decomposition(c)) and point not in HANGUL:
        tag, parts = split(mapping)
        decompositions.append((point, number("TAGS", tag), parts))
        # Whether a pair composes: some are excluded.
        if not tag and len(parts) == 2 and ucd.normalize("NFC", "".join(map(chr, parts))) == c:
            compositions.append((parts, point))
assert len(records) < 1 << 11

out = [f"//! The Unicode character database, version {ucd.unidata_version}.", "//!",
       "//! Written by `generate.py`; do not edit.", "", "use super::database::Record;",
       "", f'pub const VERSION: &str = "{ucd.unidata_version}";']


def table(name, kind, items, doc):
    out.extend(["", "/// " + doc, f"pub static {name}: [{kind}; {len(items)}] = ["])
    line = "   "
    for item in items:
        if len(line) + len(item) > 112:
            out.append(line)
            line = "   "
        line += " " + item + ","
    out.extend([line, "];"])


for kind, names in classes.items():
    table(kind, "&str", [f'"{name}"' for name in names], "Names, by the numbers that the tables have for them.")
table("RECORDS", "Record", ["Record::new(%d, %d, %d, %d, %d)" % r for r in records], "The different records.")
table("RUNS", "u32", [f"{start << 11 | index:#x}" for start, index in runs],
      "Where a run of code points with the same record starts (upper 21 bits), and the record.")
table("NUMBERS", "(u32, f64)", [f"({point:#x}, {value!r})" for point, value in numbers],
      "The code points that stand for a number.")
table("DECOMPOSITIONS", "(u32, u8, &[u32])",
      [f"({point:#x}, {tag}, &[{', '.join(map(hex, parts))}])" for point, tag, parts in decompositions],
      "Code points, the numbers of their tags, and what they decompose to.")
table("COMPOSITIONS", "((u32, u32), u32)",
      [f"(({first:#x}, {second:#x}), {point:#x})" for (first, second), point in sorted(compositions)],
      "The pairs that compose, in order, and what to.")
print("\n".join(out))
