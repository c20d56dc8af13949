"""Formatting in every dialect: %, str.format, format specs, f-strings, templates; widths, signs, bases."""

from string import Template


class Money:
    def __init__(self, cents):
        self.cents = cents

    def __format__(self, spec):
        if spec.endswith("$"):
            return f"{'$' + format(self.cents / 100, ',.2f'):{spec[:-1]}}"
        return format(self.cents, spec)

    def __str__(self):
        return f"{self.cents}c"

    def __repr__(self):
        return f"Money({self.cents})"


VALUES = [0, 1, -1, 42, -255, 10**6, 2**70, -(2**64)]
SPECS = ["d", "b", "o", "x", "X", "#b", "#o", "#x", "#X", "+d", " d", ",", "_", "_x", "_b", "010d", ">12", "<12", "^12",
         "*^12d", "=+12", "c", "e", ".3f", "g", "%", "n", "+,d", "#012x", "012,d"]
for spec in SPECS:
    row = []
    for value in VALUES:
        try:
            row.append(format(value, spec))
        except (ValueError, OverflowError) as error:
            row.append(f"{type(error).__name__}:{error}")
    print(spec.ljust(6), row)

FLOATS = [0.0, -0.0, 1.5, -2.25, 3.14159265358979, 1e16, 1e-5, 123456789.123, 1e300, float("inf"), float("-inf"), float("nan"), 2.5, 0.1]
FSPECS = ["", "f", ".0f", ".1f", ".10f", "e", ".2e", "E", "g", ".3g", ".12g", "G", "%", ".1%", "+.2f", " .2f", "010.2f", ",.2f", "_.3f",
          ">15.4f", "^+15.4e", "#.0f", "#.3g", "z.1f", "+z.0f", "F", "n", ",.3", "015,.1f"]
for spec in FSPECS:
    print(spec.ljust(8), [format(value, spec) for value in FLOATS])

STRINGS = ["", "a", "word", "ünïcödé", "日本語"]
for spec in ["", "10", "<10", ">10", "^10", "*^10", ".2", "10.2", "-<8.3", "s", "é>6"]:
    print(spec.ljust(6), [format(value, spec) for value in STRINGS])

print("%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%#o|%c|%c" % (1, 2, 3, 4, 5, 6, 255, 255, 255, 8, 8, 65, "z"))
print("%s|%r|%a|%10s|%-10s|%.2s|%%" % ("a", "b'", "é", "right", "left", "cut"))
print("%f|%.2f|%10.3f|%-10.1f|%e|%.0e|%g|%g|%G" % (1.5, 2.345, 3.14159, 2.5, 12345.678, 5e10, 1e-5, 123456.0, 1e-10))
print("%(a)s and %(b)05.1f and %(a)r" % {"a": "x", "b": 2.25})
print("%*d|%-*d|%.*f" % (6, 42, 6, 42, 2, 3.14159))
print("%i %u %s %s" % (3.99, True, None, [1, "2"]))
for template, arguments in [("%d", "x"), ("%d %d", (1,)), ("%d", (1, 2)), ("%z", 1), ("%(a)d", 3), ("%c", 1114112), ("%x", 1.5), ("%", 1)]:
    try:
        print(template % arguments)
    except (TypeError, ValueError, OverflowError) as error:
        print(template, type(error).__name__, error)

print("{} {} {}".format(1, "two", 3.0), "{1} {0} {1}".format("a", "b"), "{x[0]} {x[k]} {y.real}".format(x={0: "zero", "k": "kay"}, y=3))
print("{0!r:>8} {0!s:^8} {1!a}".format("q", "ü"), "{{}} {:{}}|{:{w}.{p}f}".format("in", 6, 2.71828, w=8, p=2))
print("{:$>12$}".replace("$>", "*>").format(Money(123456)), f"{Money(99)} {Money(5)!r} {Money(7)!s:>5} {Money(255):#x}")
for template, arguments in [("{}{0}", (1,)), ("{2}", (1,)), ("{a}", ()), ("{", ()), ("}", ()), ("{:q}", (1,)), ("{!z}", (1,)), ("{0.nope}", (1,)), ("{:,s}", ("a",)), ("{:=5}", ("a",))]:
    try:
        print(template.format(*arguments))
    except (ValueError, IndexError, KeyError, AttributeError) as error:
        print(template, type(error).__name__, error)

width, value, name = 10, 12.3456, "bob"
print(f"{value:{width}.2f}|{name!r:>{width}}|{name=}|{value = :.1f}|{width+1=}|{'nested ' + f'{name.upper()!r}'}|{{}}|{name:*^{width}}")
print(f"{'a' if value > 3 else 'b'} {[x**2 for x in range(3)]} {(lambda q: q * 2)(4)} {'"'}{"'"} {'\n'!r}")
print(f'''{
    name  # a comment inside
    .title()
} {1_000_000:_} {0xff:#06b}''')
print(Template("$who owes ${amount}c, $$5 $missing").safe_substitute(who="Al", amount=7))
try:
    Template("$a $b").substitute(a=1)
except KeyError as error:
    print("missing", error)


def render(rows):
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield " | ".join(f"{cell:<{w}}" if isinstance(cell, str) else f"{cell:>{w}}" for cell, w in zip(row, widths))


checksum = 0
for i in range(400):
    rows = [("name", "count", "ratio"), (f"item{i}", i * i, round(i / 7, 3)), ("%05d" % i, -i, "{:.2e}".format(i + 0.5))]
    for line in render(rows):
        for char in line:
            checksum = (checksum * 31 + ord(char)) % 1000003
print(line, checksum)
