"""The registry of codecs and their error handlers; warnings, their filters and what is shown of them."""

import _codecs
import codecs
import sys
import warnings

print(codecs.lookup("UTF 8").name, codecs.lookup("latin-1").name, codecs.encode("é", "utf-16-le"), codecs.decode(b"\xff\xfea\0", "utf-16"))
print("é".encode("utf-8-sig"), b"\xef\xbb\xbfx".decode("utf-8-sig"), codecs.encode("abc", "rot13"), b"a\\n".decode("unicode_escape"))
for text in (r"\x41\u00e9\U0001f600\N{BULLET}\101\
end", r"\x4", r"\u12", r"\U00110000", r"\N{nothing}", r"\N", "\\"):
    for errors in ("strict", "replace", "ignore", "backslashreplace"):
        try:
            print(repr(text), errors, repr(codecs.decode(text, "unicode_escape", errors)))
        except UnicodeDecodeError as error:
            print(repr(text), error)
print(codecs.escape_decode(rb"a\x41\101\n\'"), codecs.escape_encode(b"a'\n\xff"), codecs.raw_unicode_escape_decode(rb"\u0041\n"), "\u1234\xe9".encode("raw_unicode_escape"))
for name in ("strict", "ignore", "replace", "xmlcharrefreplace", "backslashreplace", "namereplace", "surrogateescape", "surrogatepass"):
    handler = codecs.lookup_error(name)
    for error in (UnicodeEncodeError("ascii", "aé\u4e16\udc80", 1, 3, "why"), UnicodeDecodeError("utf-8", b"a\xff\x80", 1, 2, "why"), UnicodeTranslateError("aé", 1, 2, "why"), ValueError("x")):
        try:
            print(name, type(error).__name__, ascii(handler(error)))
        except (UnicodeError, TypeError, ValueError) as raised:
            print(name, type(raised).__name__, raised)
codecs.register_error("mine", lambda error: ("<" + error.object[error.start:error.end] + ">", error.end) if isinstance(error.object, str) else ("?", error.end))
print("aéb".encode("ascii", "xmlcharrefreplace"), b"a\xffb".decode("utf-8", "mine"), _codecs._unregister_error("mine"), _codecs._unregister_error("mine"))


def search(name):
    if name == "my_codec":
        return codecs.CodecInfo(lambda text, errors="strict": (text.upper().encode(), len(text)), lambda data, errors="strict": (bytes(data).decode().lower(), len(data)), name=name)


codecs.register(search)
print("abc".encode("My-Codec"), b"ABC".decode("my codec"))
codecs.unregister(search)
for call in (lambda: "a".encode("my-codec"), lambda: "a".encode("rot13"), lambda: codecs.lookup_error("nothing"), lambda: codecs.lookup("no\0"), lambda: codecs.register(1), lambda: b"\xff".decode("utf-8", "nothing")):
    try:
        print(call())
    except (LookupError, ValueError, TypeError) as error:
        print(type(error).__name__, error)

sys.stderr = sys.stdout
shown = []
warnings.showwarning = lambda message, category, filename, lineno, file=None, line=None: shown.append((str(message), category.__name__, lineno - base))
base = sys._getframe().f_lineno
warnings.warn("plain")
for _ in range(3):
    warnings.warn("thrice", RuntimeWarning)


def deep(level):
    warnings.warn("level", FutureWarning, level)


deep(1)
deep(2)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(2):
        warnings.warn("always")
    warnings.warn(UserWarning("instance"), DeprecationWarning)
    eval(r"'\d'")
print(shown, [(w.category.__name__, str(w.message)) for w in caught])
for action in ("error", "ignore", "once", "module", "default"):
    with warnings.catch_warnings():
        warnings.filterwarnings(action, message="mat.*", category=UserWarning)
        del shown[:]
        try:
            for _ in range(2):
                warnings.warn("matched")
                warnings.warn("other", SyntaxWarning)
        except UserWarning as error:
            print("raised", error)
        print(action, [message for message, *_ in shown])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        eval("1 is 1")
    except SyntaxError as error:
        print(type(error).__name__, error.msg)
for call in (lambda: warnings.warn("x", int), lambda: warnings.warn("x", 1), lambda: warnings.warn_explicit("x", UserWarning, "f", 1, registry=1), lambda: warnings.warn("x", skip_file_prefixes=(1,))):
    try:
        call()
    except TypeError as error:
        print(error)
