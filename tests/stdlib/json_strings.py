# The strings of `_json`: quoting and scanning, with the places of errors.
import _json
import json

TEXTS = ["", "plain", 'q"b\\s/', "\b\t\n\f\r", "\x00\x1f\x7f", "\x80\xe9\xff", "\u20ac\uffff",
         "\U0001f60a\U0010ffff", "\ud800", "\udc00\ud800", "a" * 40 + "\xe9" + "b" * 40]


class Text(str):
    pass


for text in TEXTS:
    for quote in _json.encode_basestring_ascii, _json.encode_basestring:
        for given in text, Text(text):
            quoted = quote(given)
            print(type(quoted).__name__, ascii(quoted))
        print(_json.scanstring(quoted, 1) == (text, len(quoted)))

for quote in _json.encode_basestring_ascii, _json.encode_basestring:
    print(repr(quote.__doc__), quote.__text_signature__)
    for wrong in 1, b"x", None:
        try:
            quote(wrong)
        except TypeError as error:
            print(error)

CASES = [("abc", 0), ("abc", 9), ("abc", -1), (1, 0), ("a\\u12", 0), ('a\\x"', 0), ('a\n"', 0),
         ('a\n"', 0, False), ('a\x00\\n"', 0, 0), ("\\", 0), ("\\u123", 0), ('\\u123x"', 0),
         ('\\u00e9\\u20AC"', 0), ('a\\ud800\\u1234"', 0), ('\\ud83d\\ude0a"', 0),
         ('\\ud83d\\ude0a', 0), ('\\ud83d\\udX"', 0), ('\\ud83d\\udXXX"  ', 0), ('\\ud83d\\u"', 0),
         ('\\ud83d\\ud83d\\ude0a"', 0), ('\\ude0a\\ud83d"', 0), ("", 0), ("a", 1), ('x\n\ny"z\\q"', 5),
         ('"\\"\\\\\\/\\b\\f\\n\\r\\t"rest', 1), ('\u20ac\U0001f60a"', 0), ('\u20ac"', 1), ("a", "b"),
         (), ("a", 0, 1, 1), ("\\u1234", 0), ('\\ud83d\\u12x4', 0), ('\\ud83dabcdef', 0),
         ('\\u12 4"', 0), ('\\u+123"', 0), ('\\u\uff11234"', 0)]

for case in CASES:
    try:
        print(ascii(case), ascii(_json.scanstring(*case)))
    except (ValueError, TypeError) as error:
        print(ascii(case), type(error).__name__, ascii(str(error)), getattr(error, "pos", None))

print(json.dumps({"k\xe9": ["\n", "\U0001f60a"]}), ascii(json.dumps("\xe9\x01", ensure_ascii=False)))
print(ascii(json.loads('{"a\\u00e9": "\\ud83d\\ude0a"}')))
print(json.encoder.encode_basestring is _json.encode_basestring)
print(json.decoder.scanstring is _json.scanstring)
