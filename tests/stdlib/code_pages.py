"""Codecs by tables, and the codecs module's way to them."""
import codecs

ALL = bytes(range(256))
for name in ["cp437", "cp850", "cp1250", "cp1251", "cp1252", "cp1253", "iso8859-2", "iso8859-5", "iso8859-15", "koi8-r", "koi8-u", "mac-roman",
             "latin-1", "cp037", "ptcp154", "hp-roman8", "iso8859-7", "cp874"]:
    text = ALL.decode(name, "replace")
    print(name, ascii(text[128:140]), text.encode(name, "replace") == ALL, codecs.lookup(name).name)
for call in [lambda: "я".encode("cp1252"), lambda: "aяюb".encode("cp1252"), lambda: b"\x81a".decode("cp1252"), lambda: "é".encode("cp437"),
             lambda: "aяюb".encode("cp1252", "replace"), lambda: "aяюb".encode("cp1252", "ignore"), lambda: "aя".encode("cp1252", "xmlcharrefreplace"),
             lambda: "aя".encode("cp1252", "backslashreplace"), lambda: "aя".encode("cp1252", "namereplace"), lambda: b"a\x81b".decode("cp1252", "replace"),
             lambda: b"a\x81b".decode("cp1252", "ignore"), lambda: b"a\x81b".decode("cp1252", "backslashreplace"), lambda: b"a\x81b".decode("cp1252", "surrogateescape"),
             lambda: "a\udc81b".encode("cp1252", "surrogateescape"), lambda: "я".encode("cp1252", "nope")]:
    try:
        print(ascii(call()))
    except Exception as e:
        print(type(e).__name__, e, getattr(e, "args", ())[:1])
codecs.register_error("test.star", lambda e: ("*" * (e.end - e.start), e.end))
codecs.register_error("test.bytes", lambda e: (b"\xff", e.end))
codecs.register_error("test.far", lambda e: ("", 100))
codecs.register_error("test.wrong", lambda e: 5)
print("aяюb".encode("cp1252", "test.star"), "aяюb".encode("cp1252", "test.bytes"), b"\x81".decode("cp1252", "test.star"))
for handler in ["test.far", "test.wrong"]:
    for call in [lambda: "я".encode("cp1252", handler), lambda: b"\x81".decode("cp1252", handler)]:
        try:
            print(call())
        except Exception as e:
            print(type(e).__name__, e)
print(codecs.charmap_encode("abc", "strict", {97: 65, 98: b"xyz", 99: None} | {99: 67}), codecs.charmap_decode(b"\0\1\2", "strict", {0: "a", 1: 0x20AC, 2: "xyz"}))
print(codecs.charmap_decode(b"\0\1", "strict", "ab"), codecs.charmap_decode(b"\xe9", "strict", None), codecs.charmap_encode("é", "strict", None))
for call in [lambda: codecs.charmap_decode(b"\2", "strict", "ab"), lambda: codecs.charmap_decode(b"\0", "strict", {0: -1}), lambda: codecs.charmap_decode(b"\0", "strict", {0: b"x"}),
             lambda: codecs.charmap_encode("a", "strict", {97: 300}), lambda: codecs.charmap_encode("a", "strict", {97: "x"}), lambda: codecs.charmap_encode("ab", "strict", {97: None})]:
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e)
