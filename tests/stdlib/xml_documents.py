"""pyexpat, and the packages that read XML with it."""
import io
import plistlib
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax
from xml.parsers import expat

HANDLERS = [name for name in dir(expat.ParserCreate()) if name.endswith("Handler")] or [
    "StartElementHandler", "EndElementHandler", "CharacterDataHandler", "CommentHandler", "ProcessingInstructionHandler",
    "StartCdataSectionHandler", "EndCdataSectionHandler", "StartNamespaceDeclHandler", "EndNamespaceDeclHandler",
    "XmlDeclHandler", "StartDoctypeDeclHandler", "EndDoctypeDeclHandler", "EntityDeclHandler", "AttlistDeclHandler",
    "ElementDeclHandler", "NotationDeclHandler", "UnparsedEntityDeclHandler", "SkippedEntityHandler"]
HANDLERS = [name for name in HANDLERS if name not in (
    "DefaultHandler", "DefaultHandlerExpand", "NotStandaloneHandler", "ExternalEntityRefHandler")]


def events(document, separator=None, pieces=None, **settings):
    found = []
    parser = expat.ParserCreate(None, separator)
    for name, value in settings.items():
        setattr(parser, name, value)
    for name in HANDLERS:
        setattr(parser, name, lambda *args, name=name: found.append((name[:-7], *args)))
    try:
        if pieces:
            for at in range(0, len(document), pieces):
                parser.Parse(document[at:at + pieces])
            parser.Parse(b"", True)
        else:
            parser.Parse(document, True)
    except expat.ExpatError as e:
        found.append((str(e), e.code, e.lineno, e.offset, parser.ErrorCode, expat.ErrorString(e.code)))
    return found


DOCUMENT = """<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<!-- a comment -->
<!DOCTYPE root [
  <!ELEMENT root (a|b)*>
  <!ATTLIST a x CDATA "default" y (one|two) #IMPLIED>
  <!ENTITY who "W&#111;rld">
  <!ENTITY mixed "<b>in</b>">
]>
<root>
  <a z='1 &lt;&who;&#x41;
2'/>text &amp; &who;&mixed;<![CDATA[<raw> & ]] ]]><?target some data?>
  é€😀
</root>
"""
for event in events(DOCUMENT.encode(), buffer_text=True):
    print(event)
print(events(b"<a>one\ntwo\r\nthree&amp;four</a>"))
print(events(b"<a>one\ntwo\r\nthree&amp;four</a>", pieces=3) == events(b"<a>one\ntwo\r\nthree&amp;four</a>", pieces=3))
print(events(DOCUMENT.encode(), buffer_text=True) == events(DOCUMENT.encode(), pieces=7, buffer_text=True))
SPACES = b'<p:a xmlns:p="urn:p" xmlns="urn:d" p:x="1" y="2"><b/><c xmlns=""/></p:a>'
for event in events(SPACES) + events(SPACES, "}", ordered_attributes=True) + events(SPACES, " ", namespace_prefixes=True):
    print(event)
for document in ["<a>é</a>".encode("utf-16"), "<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>".encode("latin-1"),
                 "<?xml version='1.0' encoding='cp1252'?><a>€</a>".encode("cp1252"), "\ufeff<a/>".encode()]:
    print(events(document, buffer_text=True))
for wrong in [b"", b"  ", b"text", b"<a>", b"<a", b"<a></b>", b"<a><b></a>", b"<a/><b/>", b"<a/>text", b"<a x=1/>", b"<a x='1' x='2'/>",
              b"<a>&undefined;</a>", b"<a>&#0;</a>", b"<a>&#xD800;</a>", b"<a>&amp</a>", b"<a>]]></a>", b"<a><!-- -- --></a>", b"<a>\x01</a>",
              b"<a \xff='1'/>", b"<a>\xff</a>", b"<1/>", b"<a/><?xml version='1.0'?>", b"<?xml encoding='x'?><a/>", b"<a><![CDATA[", b"<a b='<'/>",
              b"<a\n>\n  <b>\n</a>", b"</a>", b"<a></a></a>", b"<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>", b"<a><?xml ?></a>", b"<a 'x'/>", b"<a b/>"]:
    print(wrong, events(wrong)[-1])
print(events(b"<p:a/>", " "), events(b'<a xmlns:p=""/>', " ")[-1])

parser = expat.ParserCreate()
print(parser.buffer_text, parser.buffer_size, parser.ordered_attributes, parser.StartElementHandler, parser.intern)
parser.StartElementHandler = lambda name, attributes: 1 / 0
try:
    parser.Parse(b"<a/>", True)
except ZeroDivisionError as e:
    print(e)
for assign in [lambda: setattr(parser, "buffer_size", 0), lambda: setattr(parser, "buffer_size", "a"), lambda: parser.nothing,
               lambda: expat.ParserCreate(None, "ab"), lambda: expat.ParserCreate(3)]:
    try:
        print(assign())
    except (ValueError, TypeError, AttributeError) as e:
        print(type(e).__name__, e)
print(expat.errors.XML_ERROR_SYNTAX, expat.errors.codes["mismatched tag"], expat.errors.messages[9], expat.model.XML_CTYPE_SEQ)

root = ET.fromstring('<root a="1"><x n="é">text<y/>tail</x><x>2</x><!-- c --></root>')
print([(e.tag, e.attrib, e.text, e.tail) for e in root.iter()], root.findtext("x[2]"), root.find(".//y").tag)
print(ET.tostring(root), ET.tostring(root, "unicode"))
ET.indent(root)
ET.dump(root)
for event, element in ET.iterparse(io.BytesIO(b"<a xmlns='urn:x'><b>1</b></a>"), ["start", "end", "start-ns", "end-ns"]):
    print(event, getattr(element, "tag", element))
pull = ET.XMLPullParser(["end"])
for piece in ("<a><b>1</b", "><b>2</b>", "</a>"):
    pull.feed(piece)
    print([(event, element.text) for event, element in pull.read_events()])
try:
    ET.fromstring("<a><b></a>")
except ET.ParseError as e:
    print(e, e.position, e.code)
document = xml.dom.minidom.parseString('<!DOCTYPE a><a x="1"><b>t</b><!--c--><?p d?></a>')
print(document.toxml(), document.doctype.name, document.getElementsByTagName("b")[0].firstChild.data)
print(document.toprettyxml(indent=" "))


class Handler(xml.sax.ContentHandler):
    def startElement(self, name, attributes):
        print("start", name, dict(attributes))

    def characters(self, text):
        print("characters", repr(text))


xml.sax.parseString(b'<a b="1">hi<c/></a>', Handler())
try:
    xml.sax.parseString(b"<a>", Handler())
except xml.sax.SAXParseException as e:
    print(e, e.getLineNumber(), e.getColumnNumber())
print(plistlib.loads(plistlib.dumps({"a": [1, 2.5, True, b"x", "s"], "b": {}})))
