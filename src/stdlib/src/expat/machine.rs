//! The parser's state, and the way through a document.

use super::doctype::{Declarations, Entity};
use super::errors::Code;
use super::object::{Handler, Parser};
use super::scan::{self, Reference, Scan, StartTag};
use std::collections::HashMap;
use taipan_vm::exceptions::{PyResult, Raised};
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

/// Why parsing stops.
pub enum Failure {
    /// At this offset into the text that is parsed.
    Error(Code, usize),
    /// A handler raised.
    Raised(Raised),
}

impl From<Raised> for Failure {
    fn from(raised: Raised) -> Failure {
        Failure::Raised(raised)
    }
}

pub type Outcome<T> = Result<T, Failure>;

fn error<T>(code: Code, at: usize) -> Outcome<T> {
    Err(Failure::Error(code, at))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was read yet.
    Start,
    Prolog,
    /// Behind the `<!DOCTYPE`.
    Content,
    Epilog,
}

/// A place in the document.
#[derive(Clone, Copy, Default)]
pub struct Position {
    pub index: usize,
    /// From 0.
    pub line: usize,
    pub column: usize,
}

impl Position {
    pub fn advance(&mut self, text: &str) {
        self.index += text.len();
        let bytes = text.as_bytes();
        let lines = memchr::memchr_iter(b'\n', bytes).count();
        let tail = match lines {
            0 => text,
            _ => &text[memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1)..],
        };
        if lines > 0 {
            self.line += lines;
            self.column = 0;
        }
        self.column += match tail.is_ascii() {
            true => tail.len(),
            false => tail.chars().count(),
        };
    }
}

struct Open {
    raw: String,
    shown: Value,
    /// How many namespaces its start tag bound.
    bindings: usize,
}

/// How names of namespaces are joined with local names; `None`: names are taken as they stand.
pub type Separator = Option<String>;

pub struct Machine {
    separator: Separator,
    phase: Phase,
    open: Vec<Open>,
    /// Prefix and name of the namespace; the innermost last.
    bindings: Vec<(String, String)>,
    pub declarations: Declarations,
    in_cdata: bool,
    /// Entities that are being expanded.
    expanding: Vec<String>,
    seen_doctype: bool,
    /// The place behind the last token, and where that is in the text that is parsed.
    pub position: Position,
    pub passed: usize,
    names: HashMap<String, Value>,
}

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// Ends of lines as XML wants them.
pub fn unified_lines(text: &str) -> std::borrow::Cow<'_, str> {
    match memchr::memchr(b'\r', text.as_bytes()) {
        None => text.into(),
        Some(_) => text.replace("\r\n", "\n").replace('\r', "\n").into(),
    }
}

impl Machine {
    pub fn new(separator: Separator) -> Machine {
        Machine {
            separator,
            phase: Phase::Start,
            open: Vec::new(),
            bindings: vec![("xml".to_owned(), XML_NAMESPACE.to_owned())],
            declarations: Declarations::default(),
            in_cdata: false,
            expanding: Vec::new(),
            seen_doctype: false,
            position: Position::default(),
            passed: 0,
            names: HashMap::new(),
        }
    }

    /// Names come again and again: each is one object.
    fn name_value(&mut self, name: &str) -> Value {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let value = Str::new(name).into_value();
        self.names.insert(name.to_owned(), value.clone());
        value
    }

    /// Goes through the text as far as whole tokens are there; how much of it is done with.
    pub fn run(&mut self, parser: &Parser, text: &str, is_final: bool) -> Outcome<usize> {
        let mut at = 0;
        self.passed = 0;
        loop {
            let start = at;
            at = match self.phase {
                Phase::Start | Phase::Prolog | Phase::Epilog => {
                    self.outside(parser, text, at, is_final)?
                }
                Phase::Content => self.content(parser, text, at, false, is_final)?,
            };
            if at == start {
                break;
            }
        }
        if is_final {
            self.check_end(text, at)?;
        }
        Ok(at)
    }

    fn check_end(&self, text: &str, at: usize) -> Outcome<()> {
        if self.in_cdata {
            return error(Code::UNCLOSED_CDATA_SECTION, text.len());
        }
        if at < text.len() {
            return error(Code::UNCLOSED_TOKEN, at);
        }
        match self.phase {
            Phase::Epilog => Ok(()),
            _ => error(Code::NO_ELEMENTS, at),
        }
    }

    /// The token from `at` to `end` is done with.
    fn pass(&mut self, parser: &Parser, text: &str, at: usize, end: usize) -> usize {
        self.position.advance(&text[at..end]);
        self.passed = end;
        parser.set_position(self.position);
        end
    }

    /// One token before or behind the document's element.
    fn outside(
        &mut self,
        parser: &Parser,
        text: &str,
        at: usize,
        is_final: bool,
    ) -> Outcome<usize> {
        let bytes = text.as_bytes();
        if at == bytes.len() {
            return Ok(at);
        }
        parser.set_position(self.position);
        if self.phase == Phase::Start {
            const OPENING: &str = "<?xml";
            let rest = &text[at..];
            if OPENING.starts_with(rest) && !is_final {
                return Ok(at);
            }
            self.phase = Phase::Prolog;
            if rest.starts_with(OPENING)
                && rest[OPENING.len()..].starts_with([' ', '\t', '\n', '\r', '?'])
            {
                let Some(length) = rest.find("?>") else {
                    if !is_final {
                        self.phase = Phase::Start;
                    }
                    return Ok(at);
                };
                self.declaration(parser, &rest[OPENING.len()..length], at)?;
                return Ok(self.pass(parser, text, at, at + length + 2));
            }
        }
        let unexpected = match self.phase {
            Phase::Epilog => Code::JUNK_AFTER_DOC_ELEMENT,
            _ => Code::SYNTAX,
        };
        let space = scan::skip_space(text, at);
        if space > at {
            parser.default(&unified_lines(&text[at..space]))?;
            return Ok(self.pass(parser, text, at, space));
        }
        if bytes[at] != b'<' {
            let first = text[at..].chars().next().unwrap_or(' ');
            return match scan::is_char(first) {
                true => error(unexpected, at),
                false => error(Code::INVALID_TOKEN, at),
            };
        }
        match bytes.get(at + 1) {
            None => Ok(at),
            Some(b'/') => error(Code::INVALID_TOKEN, at + 1),
            Some(b'?') => self.instruction(parser, text, at),
            Some(b'!') if text[at..].starts_with("<!--") => self.comment(parser, text, at),
            Some(b'!')
                if "<!DOCTYPE".starts_with(&text[at..]) || "<!--".starts_with(&text[at..]) =>
            {
                Ok(at)
            }
            Some(b'!')
                if text[at..].starts_with("<!DOCTYPE")
                    && self.phase == Phase::Prolog
                    && !self.seen_doctype =>
            {
                self.doctype(parser, text, at)
            }
            Some(b'!') => error(unexpected, at),
            Some(_) if self.phase == Phase::Prolog => {
                self.phase = Phase::Content;
                let end = self.content(parser, text, at, false, is_final)?;
                if end == at {
                    self.phase = Phase::Prolog;
                }
                Ok(end)
            }
            Some(_) => match scan::start_tag(text, at) {
                Scan::Bad(code, at) => error(code, at),
                Scan::More if !is_final => Ok(at),
                _ => error(unexpected, at),
            },
        }
    }

    fn doctype(&mut self, parser: &Parser, text: &str, at: usize) -> Outcome<usize> {
        let (doctype, end) = match super::doctype::whole(text, at) {
            Scan::Found(doctype, end) => (doctype, end),
            Scan::More => return Ok(at),
            Scan::Bad(code, at) => return error(code, at),
        };
        self.seen_doctype = true;
        let mut declarations = std::mem::take(&mut self.declarations);
        let outcome = declarations.read(parser, text, &doctype);
        self.declarations = declarations;
        outcome?;
        Ok(self.pass(parser, text, at, end))
    }

    /// `<?xml version="1.0" encoding="utf-8" standalone="yes"?>`
    fn declaration(&mut self, parser: &Parser, body: &str, at: usize) -> Outcome<()> {
        let first = at + "<?xml".len() + scan::skip_space(body, 0);
        let malformed = || Failure::Error(Code::XML_DECL, first);
        let mut found = [None, None, None];
        let mut rest = 0;
        loop {
            let next = scan::skip_space(body, rest);
            if next == body.len() {
                break;
            }
            let Some(equals) = body[next..].find('=') else {
                return Err(malformed());
            };
            let name = body[next..next + equals].trim_end();
            let which = ["version", "encoding", "standalone"]
                .iter()
                .position(|known| *known == name);
            let value_at = scan::skip_space(body, next + equals + 1);
            let Scan::Found(value, end) = scan::literal(body, value_at) else {
                return Err(malformed());
            };
            let Some(which) = which.filter(|which| found[*which..].iter().all(Option::is_none))
            else {
                return Err(malformed());
            };
            found[which] = Some(value);
            rest = end;
        }
        let [version, encoding, standalone] = found;
        let Some(version) = version else {
            return Err(malformed());
        };
        let standalone = match standalone {
            None => -1,
            Some("yes") => 1,
            Some("no") => 0,
            Some(_) => return Err(malformed()),
        };
        self.declarations.standalone = standalone == 1;
        let text = |text: Option<&str>| match text {
            Some(text) => Str::new(text).into_value(),
            None => Value::none(),
        };
        let arguments = [text(Some(version)), text(encoding), Value::int(standalone)];
        if !parser.call(Handler::XmlDecl, &arguments)? {
            parser.default(&format!("<?xml{body}?>"))?;
        }
        Ok(())
    }

    fn instruction(&mut self, parser: &Parser, text: &str, at: usize) -> Outcome<usize> {
        match scan::instruction(text, at) {
            Scan::More => Ok(at),
            Scan::Bad(code, at) => error(code, at),
            Scan::Found((target, _), _) if target.eq_ignore_ascii_case("xml") => match target {
                "xml" if self.phase == Phase::Epilog => error(Code::JUNK_AFTER_DOC_ELEMENT, at),
                "xml" => error(Code::MISPLACED_XML_PI, at),
                _ => error(Code::INVALID_TOKEN, at + 2),
            },
            Scan::Found((target, data), end) => {
                let arguments = [
                    self.name_value(target),
                    Str::new(&unified_lines(data)).into_value(),
                ];
                if !parser.call(Handler::ProcessingInstruction, &arguments)? {
                    parser.default(&unified_lines(&text[at..end]))?;
                }
                Ok(self.pass(parser, text, at, end))
            }
        }
    }

    fn comment(&mut self, parser: &Parser, text: &str, at: usize) -> Outcome<usize> {
        match scan::comment(text, at) {
            Scan::More => Ok(at),
            Scan::Bad(code, at) => error(code, at),
            Scan::Found(body, end) => {
                let body = Str::new(&unified_lines(body)).into_value();
                if !parser.call(Handler::Comment, &[body])? {
                    parser.default(&unified_lines(&text[at..end]))?;
                }
                Ok(self.pass(parser, text, at, end))
            }
        }
    }

    /// Tokens inside of an element, or of an entity's text (`nested`).
    fn content(
        &mut self,
        parser: &Parser,
        text: &str,
        mut at: usize,
        nested: bool,
        is_final: bool,
    ) -> Outcome<usize> {
        let depth = self.open.len();
        let bytes = text.as_bytes();
        while at < bytes.len() {
            if !nested {
                parser.set_position(self.position);
            }
            let start = at;
            let whole = nested || is_final;
            at = if self.in_cdata {
                self.cdata(parser, text, at, whole)?
            } else {
                match bytes[at] {
                    b'<' => self.markup(parser, text, at)?,
                    b'&' => self.reference(parser, text, at)?,
                    _ => self.data(parser, text, at, whole)?,
                }
            };
            if at == start {
                break;
            }
            if nested {
                if self.open.len() < depth {
                    return error(Code::ASYNC_ENTITY, start);
                }
                continue;
            }
            self.pass(parser, text, start, at);
            if self.open.is_empty() {
                self.phase = Phase::Epilog;
                break;
            }
        }
        Ok(at)
    }

    /// Text as far as no markup comes.
    fn data(&mut self, parser: &Parser, text: &str, at: usize, whole: bool) -> Outcome<usize> {
        let rest = &text[at..];
        let mut end = memchr::memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len());
        if let Some(bad) = scan::bad_char(&rest[..end]) {
            return error(Code::INVALID_TOKEN, at + bad);
        }
        if let Some(bad) = rest[..end].find("]]>") {
            return error(Code::INVALID_TOKEN, at + bad + 2);
        }
        if end == rest.len() && !whole {
            // What the next characters may change waits for them.
            end = rest.trim_end_matches(']').len().max(end.saturating_sub(2));
            if rest[..end].ends_with('\r') {
                end -= 1;
            }
        }
        parser.characters(&unified_lines(&rest[..end]))?;
        Ok(at + end)
    }

    fn cdata(&mut self, parser: &Parser, text: &str, at: usize, whole: bool) -> Outcome<usize> {
        const END: &str = "]]>";
        let rest = &text[at..];
        if rest.starts_with(END) {
            self.in_cdata = false;
            if !parser.call(Handler::EndCdataSection, &[])? {
                parser.default(END)?;
            }
            return Ok(at + END.len());
        }
        let end = match rest.find(END) {
            Some(end) => end,
            None if whole => rest.len(),
            None => rest
                .trim_end_matches(']')
                .len()
                .max(rest.len().saturating_sub(2)),
        };
        if let Some(bad) = scan::bad_char(&rest[..end]) {
            return error(Code::INVALID_TOKEN, at + bad);
        }
        parser.characters(&unified_lines(&rest[..end]))?;
        Ok(at + end)
    }

    fn markup(&mut self, parser: &Parser, text: &str, at: usize) -> Outcome<usize> {
        const CDATA: &str = "<![CDATA[";
        let rest = &text[at..];
        match rest.as_bytes().get(1) {
            None => Ok(at),
            Some(b'/') => match scan::end_tag(text, at) {
                Scan::More => Ok(at),
                Scan::Bad(code, at) => error(code, at),
                Scan::Found(name, end) => {
                    match self.open.last() {
                        Some(open) if open.raw == name => {}
                        Some(_) => return error(Code::TAG_MISMATCH, at + 2),
                        None => return error(Code::ASYNC_ENTITY, at),
                    }
                    self.end(parser)?;
                    Ok(end)
                }
            },
            Some(b'?') => self.token_inside(parser, text, at, Machine::instruction),
            Some(b'!') if rest.starts_with("<!--") => {
                self.token_inside(parser, text, at, Machine::comment)
            }
            Some(b'!') if rest.starts_with(CDATA) => {
                self.in_cdata = true;
                if !parser.call(Handler::StartCdataSection, &[])? {
                    parser.default(CDATA)?;
                }
                Ok(at + CDATA.len())
            }
            Some(b'!') if CDATA.starts_with(rest) || "<!--".starts_with(rest) => Ok(at),
            Some(b'!') => error(Code::INVALID_TOKEN, at + 2),
            Some(_) => match scan::start_tag(text, at) {
                Scan::More => Ok(at),
                Scan::Bad(code, at) => error(code, at),
                Scan::Found(tag, end) => {
                    self.start(parser, &tag, at)?;
                    if tag.is_empty {
                        self.end(parser)?;
                    }
                    Ok(end)
                }
            },
        }
    }

    /// A token whose passing is counted by `content`.
    fn token_inside(
        &mut self,
        parser: &Parser,
        text: &str,
        at: usize,
        read: fn(&mut Machine, &Parser, &str, usize) -> Outcome<usize>,
    ) -> Outcome<usize> {
        let (position, passed) = (self.position, self.passed);
        let end = read(self, parser, text, at)?;
        (self.position, self.passed) = (position, passed);
        Ok(end)
    }

    fn reference(&mut self, parser: &Parser, text: &str, at: usize) -> Outcome<usize> {
        let (reference, end) = match scan::reference(text, at) {
            Scan::Found(reference, end) => (reference, end),
            Scan::More => return Ok(at),
            Scan::Bad(code, at) => return error(code, at),
        };
        let name = match reference {
            Reference::Char(char) => {
                parser.characters(char.encode_utf8(&mut [0; 4]))?;
                return Ok(end);
            }
            Reference::Entity(name) => name,
        };
        if let Some(char) = scan::predefined(name) {
            parser.characters(char.encode_utf8(&mut [0; 4]))?;
            return Ok(end);
        }
        match self.declarations.entities.get(name) {
            Some(Entity::Internal(body)) => {
                if self.expanding.iter().any(|open| open == name) {
                    return error(Code::RECURSIVE_ENTITY_REF, at);
                }
                if !parser.expands() {
                    parser.default(&text[at..end])?;
                    return Ok(end);
                }
                let body = body.clone();
                self.expanding.push(name.to_owned());
                let depth = self.open.len();
                let outcome = self.content(parser, &body, 0, true, true);
                self.expanding.pop();
                match outcome {
                    Ok(read) if read == body.len() && self.open.len() == depth => Ok(end),
                    Ok(_) => error(Code::ASYNC_ENTITY, at),
                    Err(Failure::Error(code, _)) => error(code, at),
                    Err(raised) => Err(raised),
                }
            }
            Some(Entity::External { system, public }) => {
                let text = |text: &Option<String>| match text {
                    Some(text) => Str::new(text).into_value(),
                    None => Value::none(),
                };
                let arguments = [
                    Str::new(name).into_value(),
                    parser.base(),
                    text(system),
                    text(public),
                ];
                let refused = Code::EXTERNAL_ENTITY_HANDLING;
                if !parser.ask(Handler::ExternalEntityRef, &arguments, refused, at)? {
                    parser.default(&format!("&{name};"))?;
                }
                Ok(end)
            }
            Some(Entity::Unparsed) => error(Code::BINARY_ENTITY_REF, at),
            None if self.declarations.may_be_elsewhere() => {
                let arguments = [Str::new(name).into_value(), Value::bool(false)];
                if !parser.call(Handler::SkippedEntity, &arguments)? {
                    parser.default(&text[at..end])?;
                }
                Ok(end)
            }
            None => error(Code::UNDEFINED_ENTITY, at),
        }
    }

    /// The value of an attribute, its references replaced.
    fn attribute_value(&mut self, raw: &str, base: usize, out: &mut String) -> Outcome<()> {
        let mut at = 0;
        while at < raw.len() {
            let special = raw[at..].find(['&', '\r', '\n', '\t']);
            let Some(length) = special else {
                out.push_str(&raw[at..]);
                break;
            };
            out.push_str(&raw[at..at + length]);
            at += length;
            if raw.as_bytes()[at] != b'&' {
                at += if raw[at..].starts_with("\r\n") { 2 } else { 1 };
                out.push(' ');
                continue;
            }
            let (reference, end) = match scan::reference(raw, at) {
                Scan::Found(reference, end) => (reference, end),
                Scan::More => return error(Code::INVALID_TOKEN, base + raw.len()),
                Scan::Bad(code, at) => return error(code, base + at),
            };
            match reference {
                Reference::Char(char) => out.push(char),
                Reference::Entity(name) => match scan::predefined(name) {
                    Some(char) => out.push(char),
                    None => self.entity_in_attribute(name, base + at, out)?,
                },
            }
            at = end;
        }
        Ok(())
    }

    fn entity_in_attribute(&mut self, name: &str, at: usize, out: &mut String) -> Outcome<()> {
        match self.declarations.entities.get(name) {
            Some(Entity::Internal(body)) => {
                if self.expanding.iter().any(|open| open == name) {
                    return error(Code::RECURSIVE_ENTITY_REF, at);
                }
                let body = body.clone();
                if body.contains('<') {
                    return error(Code::INVALID_TOKEN, at);
                }
                self.expanding.push(name.to_owned());
                let outcome = self.attribute_value(&body, 0, out);
                self.expanding.pop();
                outcome.map_err(|failure| match failure {
                    Failure::Error(code, _) => Failure::Error(code, at),
                    raised => raised,
                })
            }
            Some(Entity::External { .. }) => error(Code::ATTRIBUTE_EXTERNAL_ENTITY_REF, at),
            Some(Entity::Unparsed) => error(Code::BINARY_ENTITY_REF, at),
            None if self.declarations.may_be_elsewhere() => Ok(()),
            None => error(Code::UNDEFINED_ENTITY, at),
        }
    }

    fn bind(&mut self, parser: &Parser, prefix: &str, uri: &str, at: usize) -> Outcome<()> {
        let text = |text: &str| match text {
            "" => Value::none(),
            text => Str::new(text).into_value(),
        };
        match prefix {
            "xmlns" => return error(Code::RESERVED_PREFIX_XMLNS, at),
            "xml" if uri != XML_NAMESPACE => return error(Code::RESERVED_PREFIX_XML, at),
            "" => {}
            _ if uri.is_empty() => return error(Code::UNDECLARING_PREFIX, at),
            _ => {}
        }
        self.bindings.push((prefix.to_owned(), uri.to_owned()));
        parser.call(Handler::StartNamespaceDecl, &[text(prefix), text(uri)])?;
        Ok(())
    }

    /// A name with its namespace's in front.
    fn expand(
        &mut self,
        parser: &Parser,
        raw: &str,
        is_element: bool,
        at: usize,
    ) -> Outcome<Value> {
        let Some(separator) = &self.separator else {
            return Ok(self.name_value(raw));
        };
        let (prefix, local) = raw.split_once(':').unwrap_or(("", raw));
        if prefix.is_empty() && !is_element {
            return Ok(self.name_value(raw));
        }
        let bound = self
            .bindings
            .iter()
            .rev()
            .find(|(known, _)| known == prefix);
        let full = match bound {
            Some((_, uri)) if uri.is_empty() => local.to_owned(),
            Some((_, uri)) if parser.shows_prefixes() && !prefix.is_empty() => {
                format!("{uri}{separator}{local}{separator}{prefix}")
            }
            Some((_, uri)) => format!("{uri}{separator}{local}"),
            None if prefix.is_empty() => local.to_owned(),
            None => return error(Code::UNBOUND_PREFIX, at),
        };
        Ok(self.name_value(&full))
    }

    fn start(&mut self, parser: &Parser, tag: &StartTag, at: usize) -> Outcome<()> {
        let mut values = Vec::with_capacity(tag.attributes.len());
        for (index, attribute) in tag.attributes.iter().enumerate() {
            let earlier = &tag.attributes[..index];
            if earlier.iter().any(|other| other.name == attribute.name) {
                return error(Code::DUPLICATE_ATTRIBUTE, attribute.at);
            }
            let mut value = String::with_capacity(attribute.raw.len());
            self.attribute_value(attribute.raw, attribute.value_at, &mut value)?;
            if self.declarations.is_tokenized(tag.name, attribute.name) {
                value = value
                    .split(' ')
                    .filter(|part| !part.is_empty())
                    .collect::<Vec<_>>()
                    .join(" ");
            }
            values.push((attribute.name.to_owned(), value));
        }
        if !parser.only_specified() {
            for (name, value) in self.declarations.defaults(tag.name) {
                if !values.iter().any(|(known, _)| *known == name) {
                    values.push((name, value));
                }
            }
        }
        let before = self.bindings.len();
        if self.separator.is_some() {
            let mut plain = Vec::with_capacity(values.len());
            for (name, value) in values {
                match name.strip_prefix("xmlns") {
                    Some("") => self.bind(parser, "", &value, at)?,
                    Some(prefix) if prefix.starts_with(':') => {
                        self.bind(parser, &prefix[1..], &value, at)?;
                    }
                    _ => plain.push((name, value)),
                }
            }
            values = plain;
        }
        let shown = self.expand(parser, tag.name, true, at)?;
        let mut attributes = Vec::with_capacity(2 * values.len());
        for (name, value) in values {
            let name = self.expand(parser, &name, false, at)?;
            // Two prefixes may mean the same namespace.
            if self.separator.is_some() && attributes.iter().step_by(2).any(|known| name.is(known))
            {
                return error(Code::DUPLICATE_ATTRIBUTE, at);
            }
            attributes.push(name);
            attributes.push(Str::new(&value).into_value());
        }
        self.open.push(Open {
            raw: tag.name.to_owned(),
            shown: shown.clone(),
            bindings: self.bindings.len() - before,
        });
        if !parser.has(Handler::StartElement) {
            return Ok(parser.default_tag(tag.name)?);
        }
        let attributes = match parser.wants_ordered() {
            true => List::make(attributes).into_value(),
            false => dictionary(attributes)?,
        };
        parser.call(Handler::StartElement, &[shown, attributes])?;
        Ok(())
    }

    fn end(&mut self, parser: &Parser) -> Outcome<()> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        if !parser.call(Handler::EndElement, &[open.shown])? && !parser.has(Handler::StartElement) {
            parser.default(&format!("</{}>", open.raw))?;
        }
        for _ in 0..open.bindings {
            let Some((prefix, _)) = self.bindings.pop() else {
                break;
            };
            let prefix = match prefix.as_str() {
                "" => Value::none(),
                prefix => Str::new(prefix).into_value(),
            };
            parser.call(Handler::EndNamespaceDecl, &[prefix])?;
        }
        Ok(())
    }
}

fn dictionary(pairs: Vec<Value>) -> PyResult {
    let dict = Dict::make();
    for pair in pairs.chunks_exact(2) {
        dict.insert(pair[0].clone(), pair[1].clone())?;
    }
    Ok(dict.into_value())
}
