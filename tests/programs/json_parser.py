"""A JSON reader and writer by hand; round trips over a generated document."""


class JSONError(ValueError):
    def __init__(self, message, position):
        super().__init__(f"{message} at {position}")
        self.position = position


ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Parser:
    def __init__(self, text):
        self.text = text
        self.pos = 0

    def peek(self):
        text, pos = self.text, self.pos
        while pos < len(text) and text[pos] in " \t\r\n":
            pos += 1
        self.pos = pos
        return text[pos] if pos < len(text) else ""

    def expect(self, char):
        if self.peek() != char:
            raise JSONError(f"expected {char!r}", self.pos)
        self.pos += 1

    def value(self):
        match self.peek():
            case "{":
                return self.object()
            case "[":
                return self.array()
            case '"':
                return self.string()
            case "":
                raise JSONError("unexpected end", self.pos)
            case char if char in "-0123456789":
                return self.number()
        for word, value in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.pos):
                self.pos += len(word)
                return value
        raise JSONError(f"unexpected {self.text[self.pos]!r}", self.pos)

    def object(self):
        self.expect("{")
        result = {}
        if self.peek() == "}":
            self.pos += 1
            return result
        while True:
            if self.peek() != '"':
                raise JSONError("expected a key", self.pos)
            key = self.string()
            self.expect(":")
            result[key] = self.value()
            if self.peek() != ",":
                break
            self.pos += 1
        self.expect("}")
        return result

    def array(self):
        self.expect("[")
        result = []
        if self.peek() == "]":
            self.pos += 1
            return result
        while True:
            result.append(self.value())
            if self.peek() != ",":
                break
            self.pos += 1
        self.expect("]")
        return result

    def string(self):
        self.expect('"')
        out = []
        text = self.text
        while True:
            if self.pos >= len(text):
                raise JSONError("unterminated string", self.pos)
            char = text[self.pos]
            self.pos += 1
            if char == '"':
                return "".join(out)
            if char == "\\":
                char = text[self.pos]
                self.pos += 1
                if char == "u":
                    out.append(chr(int(text[self.pos : self.pos + 4], 16)))
                    self.pos += 4
                elif char in ESCAPES:
                    out.append(ESCAPES[char])
                else:
                    raise JSONError("bad escape", self.pos)
            else:
                out.append(char)

    def number(self):
        start = self.pos
        text = self.text
        while self.pos < len(text) and text[self.pos] in "+-0123456789.eE":
            self.pos += 1
        word = text[start : self.pos]
        try:
            return int(word)
        except ValueError:
            pass
        try:
            return float(word)
        except ValueError as error:
            raise JSONError("bad number", start) from error


def loads(text):
    parser = Parser(text)
    result = parser.value()
    if parser.peek():
        raise JSONError("trailing data", parser.pos)
    return result


def quote(text):
    out = ['"']
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char < " " or char > "~":
            out.append(f"\\u{ord(char):04x}")
        else:
            out.append(char)
    out.append('"')
    return "".join(out)


def dumps(value, indent=0, level=0):
    pad = "\n" + " " * (indent * (level + 1)) if indent else ""
    end = "\n" + " " * (indent * level) if indent else ""
    comma = "," + (pad or " ")
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, list):
        inner = comma.join(dumps(item, indent, level + 1) for item in value)
        return f"[{pad}{inner}{end}]" if value else "[]"
    if isinstance(value, dict):
        inner = comma.join(f"{quote(k)}: {dumps(v, indent, level + 1)}" for k, v in value.items())
        return f"{{{pad}{inner}{end}}}" if value else "{}"
    raise TypeError(f"can't write {type(value).__name__}")


document = {
    "name": "Größe \u20ac",
    "list": [1, -2, 3.5, 1e300, 12345678901234567890, True, False, None],
    "nested": {"empty": {}, "none": [], "deep": [[[["x"]]]], "quote": 'a"b\\c\n'},
}
print(dumps(document))
print(dumps(document, indent=2))
print(loads(dumps(document)) == document)

big = [{"id": i, "score": i * 1.25, "tags": [f"t{j}" for j in range(i % 4)], "on": i % 2 == 0} for i in range(250)]
text = dumps(big)
total = 0
for turn in range(4):
    again = loads(text)
    total += sum(item["id"] + len(item["tags"]) for item in again if item["on"])
    assert again == big
print(len(text), total)

for bad in ['{"a" 1}', "[1, 2", '"abc', "[1,]", "tru", "1 2", '{"a": 01x}', '"\\q"', "-", ""]:
    try:
        print(bad, "->", loads(bad))
    except JSONError as error:
        print(repr(bad), "->", error, error.position, type(error.__cause__).__name__)
try:
    dumps({"x": {1, 2}})
except TypeError as error:
    print(error)
