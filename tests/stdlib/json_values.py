"""_json's encoder and scanner."""
import _json
import json
from collections import OrderedDict, UserDict


class Int(int):
    def __repr__(self):
        return "wrong"


class Float(float):
    def __repr__(self):
        return "wrong"


class Text(str):
    pass


class Map(dict):
    def items(self):
        return [("from", "items")]


values = [None, True, False, 0, -1, 10**30, 1.5, -0.0, 1e100, float("inf"), float("nan"), "", "é\n\"\\\x7f\u2028😀", [], (), {}, [[]], [1, [2, (3,)]],
          {"a": {"b": []}}, {1: 2, 2.5: 3, None: 4, True: 5, False: 6, Int(7): 8, "x": 9}, Int(3), Float(2.5), Text("t"), Map(a=1),
          OrderedDict(b=1, a=2)]
for value in values:
    print(json.dumps(value), json.dumps(value, ensure_ascii=False, indent=2), json.dumps(value, separators=(",", ":"), indent="\t"))
    print("".join(json.JSONEncoder().iterencode(value)) == json.dumps(value))
print(json.dumps({"b": 1, "a": {"d": 1, "c": 2}}, sort_keys=True), json.dumps({(1, 2): 3, "a": 1, b"": 2}, skipkeys=True), json.dumps({(1,): 1}, skipkeys=True, indent=1))
print(json.dumps([{1}, 2j], default=lambda o: sorted(o) if isinstance(o, set) else str(o)))
loop = []
loop.append({"a": loop})
other = {}
other["x"] = other
for wrong, settings in [({1, 2}, {}), ([0, {"k": object}], {}), ({(1, 2): 3}, {}), (loop, {}), (other, {}), (float("nan"), {"allow_nan": False}),
                        ([1, -float("inf")], {"allow_nan": False}), ({"a": 1, 2: 3}, {"sort_keys": True}), (UserDict(a=1), {}), ([Map()], {"default": lambda o: o}),
                        ([object], {"default": lambda o: o}), ([object], {"default": lambda o: 1 / 0})]:
    try:
        print(json.dumps(wrong, **settings))
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "__notes__", None))
try:
    deep = []
    for _ in range(100_000):
        deep = [deep]
    json.dumps(deep)
except RecursionError as e:
    print("RecursionError")
while deep:
    deep = deep.pop()
for text in ["[" * 100_000, '{"a":' * 100_000]:
    try:
        json.loads(text)
    except RecursionError as e:
        print("RecursionError")

for text in ['{"a": [1, 2, {"b": null}], "c": 1.5e3, "d": -0, "e": "\\u00e9\\ud83d\\ude00"}', "[NaN, Infinity, -Infinity]", "12", '"x"', " [1 , 2 ] ", "-0.0", "1E5",
             "1e-5", "123456789012345678901234567890", "[]", "{}", "[true,false,null]", '{"": {}}', "\t\r\n1", '{"é": "ü€😀"}', "1.0", "1e400", '["\u0100"]']:
    print(json.loads(text))
for text in ["", " ", "{", "[1,]", '{"a":}', '{"a" 1}', "{a:1}", "[1 2]", '"abc', "nul", "1 2", '{"a":1,}', "[", '["a"', '"\\x"', '"\n"', "-", "01", "1.", "1e", "+1", ".5",
             '{"a":1 "b":2}', '{"a":1, ', "[1,", '{"a"', "tru", "-Inf", "[1,\n2,\n x]", '{"a": [}', "\ufeff1"]:
    try:
        print(json.loads(text))
    except json.JSONDecodeError as e:
        print(repr(text), e, e.pos)
print(json.loads('{"a":1,"a":2,"b":{}}', object_pairs_hook=lambda pairs: pairs), json.loads('{"a":{}}', object_hook=lambda d: [d]),
      json.loads("[1.10, 2]", parse_float=str), json.loads("[1, 2.5]", parse_int=lambda s: "int " + s), json.loads("[NaN, -Infinity]", parse_constant=repr))
print(json.JSONDecoder().raw_decode("[1] x"), json.JSONDecoder(strict=False).decode('"\n"'), json.JSONDecoder().raw_decode("x 5", 2))
keys = [key for d in json.loads('[{"key1":1},{"key1":2}]') for key in d]
print(keys[0] is keys[1])
scan = _json.make_scanner(json.JSONDecoder())
print(scan("[1]", 0), scan(" 5", 1), scan.strict, scan.parse_int, scan.object_hook)
for call in [lambda: scan("", 0), lambda: scan("x", 0), lambda: scan("1", -1), lambda: scan(b"1", 0), lambda: scan("1", 5)]:
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
encode = _json.make_encoder(None, None, lambda s: f"<{s}>", None, ": ", ", ", False, False, True)
print(encode({"a": ["b", 1]}, 0), encode.indent, encode.key_separator, encode.skipkeys)
for arguments in [(3, None, None, None, "", "", 0, 0, 0), ({}, None, None, None, 1, "", 0, 0, 0)]:
    try:
        _json.make_encoder(*arguments)
    except TypeError as e:
        print("TypeError")
