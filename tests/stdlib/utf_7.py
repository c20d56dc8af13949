# UTF-7: both ways, in pieces, and what is wrong with it.
import codecs
import io

TEXTS = ["", "plain text 123", "a+b", "-+-", "é", "Hi Mom -☺-!", "A≢Α.", "日本語", "\U0001F600x\U0001F601", "~\\", "\0",
         "\ud801", "x\udc00y", "a\ud801\udc00b", "é-", "éa", "é é", "é/", "\t\r\n"]
for text in TEXTS:
    data = text.encode("utf-7")
    print(ascii(text), data, data.decode("utf-7") == text)
    reader = codecs.getincrementaldecoder("utf-7")()
    pieces = [reader.decode(data[at : at + 1]) for at in range(len(data))]
    print(ascii(pieces + [reader.decode(b"", True)]))

WRONG = [b"+", b"+A", b"+AAAA", b"+AA-", b"+AAB-", b"+AAAAA-", b"+ ", b"a+!b", b"\xe9", b"+\xe9", b"+AOk\xe9", b"+2AE", b"+2AE-x",
         b"+2AEA", b"+2AHcAA", b"~\\", b"+AG", b"x+IKwx", b"+//8", b"+-+", b"+AOk+-"]
for data in WRONG:
    for errors in ("strict", "replace", "ignore", "backslashreplace"):
        try:
            print(data, errors, ascii(data.decode("utf-7", errors)))
        except UnicodeDecodeError as error:
            print(data, error)
    print(codecs.utf_7_decode(data, "replace"), codecs.utf_7_decode(data, "replace", True))
print(io.TextIOWrapper(io.BytesIO("é\nü\n".encode("utf-7")), encoding="utf-7").readlines())
print(eval(b"# coding: utf-7\n'+AOk-'"))
