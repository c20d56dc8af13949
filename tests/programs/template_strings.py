"""t-strings: templates taken apart, rendered to HTML, SQL and text by renderers of our own."""

from string.templatelib import Interpolation, Template, convert


def show(template):
    parts = []
    for part in template:
        match part:
            case str():
                parts.append(repr(part))
            case Interpolation(value, expression, conversion, spec):
                parts.append(f"[{value!r} {expression!r} {conversion} {spec!r}]")
    return " ".join(parts)


name, width, n = "World", 10, 3.14159
print(show(t"Hello {name}!"), show(t""), show(t"{name}{n}"), show(t"{n:.2f} {name!r:>{width}} {n * 2 = }"), sep="\n")
template = t"a{1}b{2!s:x}c"
print(template.strings, template.values, len(template.interpolations), type(template).__name__, template.interpolations[1].conversion)
both = t"x{1}" + t"y{2}z"
print(both.strings, both.values, (t"a" t"b").strings)
try:
    t"a" + "b"
except TypeError as error:
    print(error)


def render(template):
    out = []
    for part in template:
        if isinstance(part, str):
            out.append(part)
        else:
            out.append(format(convert(part.value, part.conversion), part.format_spec))
    return "".join(out)


print(render(t"{name:>{width}}|{n:.3f}|{name!r}|{[1, 2]!s:*^10}"), render(t"{n=:.1f}"))


class Raw(str):
    pass


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def html(template):
    out = []
    for part in template:
        match part:
            case str():
                out.append(part)
            case Interpolation(value=Template() as inner):
                out.append(html(inner))
            case Interpolation(value=Raw() as raw):
                out.append(raw)
            case Interpolation(value=list() as items):
                out.extend(html(i) if isinstance(i, Template) else escape(str(i)) for i in items)
            case Interpolation(value=dict() as attributes):
                out.append(" ".join(f'{k}="{escape(str(v))}"' for k, v in attributes.items()))
            case Interpolation(value=value, format_spec="upper"):
                out.append(escape(str(value)).upper())
            case Interpolation(value=value):
                out.append(escape(str(value)))
    return Raw("".join(out))


evil = '<script>"&"</script>'
attributes = {"class": "a b", "title": evil}
print(html(t"<p {attributes}>{evil} {Raw('<b>ok</b>')} {name:upper}{t'<i>{evil}</i>'}</p>"))
print(html(t"<ul>{[t'<li>{i}</li>' for i in range(3)]}</ul>"))


def sql(template):
    query, values = [], []
    for part in template:
        if isinstance(part, str):
            query.append(part)
        else:
            query.append("?")
            values.append(part.value)
    return "".join(query), values


user = "x'; drop"
print(sql(t"select * from t where name = {user} and n > {n}"))
order = []


def note(x):
    order.append(x)
    return x


t"{note(1)} {note(2):{note(3)}}"
print(order)
i = Interpolation(5, "five", None, "d")
print(i, i.value, Template("a", i, "b").strings, Template("a", "b", i, i).strings)
total = 0
for k in range(4000):
    total += len(render(t"{k:05d}:{k * 2}<{'even' if k % 2 == 0 else 'odd':>5}>")) + len(html(t"<b>{k}</b>"))
print(total, render(rt"raw\n{k}"), render(t'''multi
{k
:>6}'''))
try:
    t"{undefined_name}"
except NameError as error:
    print(error)
