//! `<!DOCTYPE …>`: the declarations of a document.

use super::errors::Code;
use super::machine::{Failure, Outcome, unified_lines};
use super::object::{Handler, Parser};
use super::scan::{self, Reference, Scan, found};
use std::collections::HashMap;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// The parts of a document type declaration, as they stand in the text.
pub struct Doctype<'a> {
    name: &'a str,
    external: External,
    /// Where the declarations in brackets begin and end.
    internal: Option<(usize, usize)>,
    start: usize,
    end: usize,
}

#[derive(Clone, Default)]
struct External {
    system: Option<String>,
    public: Option<String>,
}

pub enum Entity {
    Internal(String),
    External {
        system: Option<String>,
        public: Option<String>,
    },
    /// With a notation: for whoever knows that.
    Unparsed,
}

struct Attribute {
    element: String,
    name: String,
    default: Option<String>,
    is_text: bool,
}

#[derive(Default)]
pub struct Declarations {
    pub entities: HashMap<String, Entity>,
    attributes: Vec<Attribute>,
    pub standalone: bool,
    has_external_subset: bool,
}

fn external_id(text: &str, at: usize) -> Scan<External> {
    let rest = &text[at..];
    let is_word = |word: &str| rest.starts_with(word);
    if is_word("SYSTEM") {
        let (system, end) = found!(scan::literal(text, scan::skip_space(text, at + 6)));
        let external = External {
            system: Some(system.to_owned()),
            public: None,
        };
        return Scan::Found(external, end);
    }
    if is_word("PUBLIC") {
        let (public, end) = found!(scan::literal(text, scan::skip_space(text, at + 6)));
        let public = public
            .split_ascii_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let mut external = External {
            system: None,
            public: Some(public),
        };
        let next = scan::skip_space(text, end);
        return match text.as_bytes().get(next) {
            None => Scan::More,
            Some(b'"' | b'\'') => {
                let (system, end) = found!(scan::literal(text, next));
                external.system = Some(system.to_owned());
                Scan::Found(external, end)
            }
            Some(_) => Scan::Found(external, end),
        };
    }
    if rest.len() < 6 {
        return Scan::More;
    }
    Scan::Found(External::default(), at)
}

/// Where the declarations that begin here end: at the bracket that is in no literal or comment.
fn internal_end(text: &str, mut at: usize) -> Scan<()> {
    let bytes = text.as_bytes();
    let mut in_declaration = false;
    while let Some(byte) = bytes.get(at) {
        let rest = &text[at..];
        if rest.starts_with("<!--") {
            at = found!(scan::comment(text, at)).1;
            continue;
        }
        if rest.starts_with("<?") {
            at = found!(scan::instruction(text, at)).1;
            continue;
        }
        match byte {
            b']' if !in_declaration => return Scan::Found((), at),
            b'"' | b'\'' if in_declaration => {
                at = found!(scan::literal(text, at)).1;
                continue;
            }
            b'<' => in_declaration = true,
            b'>' => in_declaration = false,
            _ => {}
        }
        at += 1;
    }
    Scan::More
}

/// The declaration from its `<` on, if it is all there.
pub fn whole(text: &str, start: usize) -> Scan<Doctype<'_>> {
    let bytes = text.as_bytes();
    let name_at = scan::skip_space(text, start + "<!DOCTYPE".len());
    let (name, end) = found!(scan::name(text, name_at));
    let (external, end) = found!(external_id(text, scan::skip_space(text, end)));
    let mut at = scan::skip_space(text, end);
    let mut internal = None;
    if bytes.get(at) == Some(&b'[') {
        let ((), close) = found!(internal_end(text, at + 1));
        internal = Some((at + 1, close));
        at = scan::skip_space(text, close + 1);
    }
    match bytes.get(at) {
        None => Scan::More,
        Some(b'>') => {
            let doctype = Doctype {
                name,
                external,
                internal,
                start,
                end: at + 1,
            };
            Scan::Found(doctype, at + 1)
        }
        Some(_) => Scan::Bad(Code::SYNTAX, at),
    }
}

fn optional(text: &Option<String>) -> Value {
    match text {
        Some(text) => Str::new(text).into_value(),
        None => Value::none(),
    }
}

/// The words of a declaration: names, literals, groups in parentheses.
struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        let start = scan::skip_space(self.text, self.at);
        let end = match bytes.get(start)? {
            quote @ (b'"' | b'\'') => start + 2 + memchr::memchr(*quote, &bytes[start + 1..])?,
            b'(' => {
                let mut depth = 0;
                let mut end = start;
                loop {
                    match bytes.get(end)? {
                        b'(' => depth += 1,
                        b')' => depth -= 1,
                        _ => {}
                    }
                    end += 1;
                    if depth == 0 {
                        break;
                    }
                }
                if matches!(bytes.get(end), Some(b'*' | b'+' | b'?')) {
                    end += 1;
                }
                end
            }
            _ => {
                let length = self.text[start..]
                    .find(|char: char| char.is_ascii_whitespace() || char == '(')
                    .unwrap_or(self.text.len() - start);
                start + length
            }
        };
        self.at = end;
        Some(&self.text[start..end])
    }
    fn peek(&self) -> Option<&'a str> {
        Words {
            text: self.text,
            at: self.at,
        }
        .next()
    }
}

fn unquoted(word: &str) -> Option<&str> {
    let quote = word.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    word.strip_prefix(quote)?.strip_suffix(quote)
}

/// References to characters are replaced at once, those to entities where the value is used.
fn entity_value(raw: &str) -> String {
    let raw = unified_lines(raw);
    let mut value = String::with_capacity(raw.len());
    let mut at = 0;
    while let Some(next) = raw[at..].find("&#") {
        value.push_str(&raw[at..at + next]);
        at += next;
        match scan::reference(&raw, at) {
            Scan::Found(Reference::Char(char), end) => {
                value.push(char);
                at = end;
            }
            _ => {
                value.push_str("&#");
                at += 2;
            }
        }
    }
    value.push_str(&raw[at..]);
    value
}

impl Declarations {
    /// An entity that is not declared may be declared where the parser does not look.
    pub fn may_be_elsewhere(&self) -> bool {
        self.has_external_subset && !self.standalone
    }

    /// Values of this attribute are words, not text.
    pub fn is_tokenized(&self, element: &str, name: &str) -> bool {
        let mut attributes = self.attributes.iter();
        attributes.any(|known| !known.is_text && known.name == name && known.element == element)
    }

    pub fn defaults(&self, element: &str) -> Vec<(String, String)> {
        let own = self
            .attributes
            .iter()
            .filter(|known| known.element == element);
        own.filter_map(|known| Some((known.name.clone(), known.default.clone()?)))
            .collect()
    }

    pub fn read(&mut self, parser: &Parser, text: &str, doctype: &Doctype) -> Outcome<()> {
        let arguments = [
            Str::new(doctype.name).into_value(),
            optional(&doctype.external.system),
            optional(&doctype.external.public),
            Value::int(doctype.internal.is_some() as i64),
        ];
        self.has_external_subset =
            doctype.external.system.is_some() || doctype.external.public.is_some();
        if !parser.call(Handler::StartDoctypeDecl, &arguments)? {
            parser.default_words(&text[doctype.start..doctype.end])?;
        }
        if let Some((start, end)) = doctype.internal {
            self.declarations(parser, text, start, end)?;
        }
        if doctype.external.system.is_some() && parser.asks_for_subset(self.standalone) {
            let arguments = [
                Value::none(),
                parser.base(),
                optional(&doctype.external.system),
                optional(&doctype.external.public),
            ];
            let refused = Code::EXTERNAL_ENTITY_HANDLING;
            parser.ask(
                Handler::ExternalEntityRef,
                &arguments,
                refused,
                doctype.start,
            )?;
        }
        if self.may_be_elsewhere() {
            let refused = Code::NOT_STANDALONE;
            parser.ask(Handler::NotStandalone, &[], refused, doctype.start)?;
        }
        parser.call(Handler::EndDoctypeDecl, &[])?;
        Ok(())
    }

    fn declarations(
        &mut self,
        parser: &Parser,
        text: &str,
        mut at: usize,
        close: usize,
    ) -> Outcome<()> {
        loop {
            at = scan::skip_space(text, at);
            if at >= close {
                return Ok(());
            }
            let rest = &text[at..close];
            let syntax = Failure::Error(Code::SYNTAX, at);
            at = if rest.starts_with("<!--") {
                let Scan::Found(body, end) = scan::comment(text, at) else {
                    return Err(syntax);
                };
                parser.call(Handler::Comment, &[Str::new(body).into_value()])?;
                end
            } else if rest.starts_with("<?") {
                let Scan::Found((target, data), end) = scan::instruction(text, at) else {
                    return Err(syntax);
                };
                let arguments = [target, data].map(|text| Str::new(text).into_value());
                parser.call(Handler::ProcessingInstruction, &arguments)?;
                end
            } else if rest.starts_with('%') {
                let Some(end) = rest.find(';') else {
                    return Err(syntax);
                };
                // What it stands for is not read.
                self.has_external_subset = true;
                at + end + 1
            } else if rest.starts_with("<!") {
                let end = at + declaration_end(rest).ok_or(syntax)?;
                self.declaration(parser, &text[at + 2..end - 1]).map_err(
                    |failure| match failure {
                        Failure::Error(code, _) => Failure::Error(code, at),
                        raised => raised,
                    },
                )?;
                end
            } else {
                return Err(syntax);
            };
        }
    }

    fn declaration(&mut self, parser: &Parser, body: &str) -> Outcome<()> {
        let mut words = Words { text: body, at: 0 };
        let syntax = || Failure::Error(Code::SYNTAX, 0);
        match words.next() {
            Some("ENTITY") => self.entity(parser, &mut words),
            Some("ATTLIST") => self.attribute_list(parser, &mut words),
            Some("ELEMENT") => {
                let name = words.next().ok_or_else(syntax)?;
                let content = words.next().ok_or_else(syntax)?;
                if parser.has(Handler::ElementDecl) {
                    let model = model(content).ok_or_else(syntax)?;
                    let arguments = [Str::new(name).into_value(), model];
                    parser.call(Handler::ElementDecl, &arguments)?;
                }
                Ok(())
            }
            Some("NOTATION") => {
                let name = words.next().ok_or_else(syntax)?;
                let external = Declarations::external(&mut words).ok_or_else(syntax)?;
                let arguments = [
                    Str::new(name).into_value(),
                    parser.base(),
                    optional(&external.system),
                    optional(&external.public),
                ];
                parser.call(Handler::NotationDecl, &arguments)?;
                Ok(())
            }
            _ => Err(syntax()),
        }
    }

    fn external(words: &mut Words) -> Option<External> {
        let owned = |word: &str| unquoted(word).map(str::to_owned);
        match words.next()? {
            "SYSTEM" => Some(External {
                system: Some(owned(words.next()?)?),
                public: None,
            }),
            "PUBLIC" => {
                let public = Some(owned(words.next()?)?);
                let system = words.peek().and_then(owned);
                if system.is_some() {
                    words.next();
                }
                Some(External { system, public })
            }
            _ => None,
        }
    }

    fn entity(&mut self, parser: &Parser, words: &mut Words) -> Outcome<()> {
        let syntax = || Failure::Error(Code::SYNTAX, 0);
        let mut name = words.next().ok_or_else(syntax)?;
        let is_parameter = name == "%";
        if is_parameter {
            name = words.next().ok_or_else(syntax)?;
        }
        let first = words.peek().ok_or_else(syntax)?;
        let mut notation = None;
        let (value, external) = match unquoted(first) {
            Some(raw) => (Some(entity_value(raw)), External::default()),
            None => {
                let external = Declarations::external(words).ok_or_else(syntax)?;
                if words.peek() == Some("NDATA") {
                    words.next();
                    notation = Some(words.next().ok_or_else(syntax)?.to_owned());
                }
                (None, external)
            }
        };
        let name_value = Str::new(name).into_value();
        if notation.is_some() && parser.has(Handler::UnparsedEntityDecl) {
            let arguments = [
                name_value,
                parser.base(),
                optional(&external.system),
                optional(&external.public),
                optional(&notation),
            ];
            parser.call(Handler::UnparsedEntityDecl, &arguments)?;
        } else {
            let arguments = [
                name_value,
                Value::int(is_parameter as i64),
                optional(&value),
                parser.base(),
                optional(&external.system),
                optional(&external.public),
                optional(&notation),
            ];
            parser.call(Handler::EntityDecl, &arguments)?;
        }
        if is_parameter || self.entities.contains_key(name) {
            return Ok(());
        }
        let entity = match (value, notation) {
            (Some(value), _) => Entity::Internal(value),
            (None, Some(_)) => Entity::Unparsed,
            (None, None) => Entity::External {
                system: external.system,
                public: external.public,
            },
        };
        self.entities.insert(name.to_owned(), entity);
        Ok(())
    }

    fn attribute_list(&mut self, parser: &Parser, words: &mut Words) -> Outcome<()> {
        let syntax = || Failure::Error(Code::SYNTAX, 0);
        let element = words.next().ok_or_else(syntax)?.to_owned();
        while let Some(name) = words.next() {
            let mut kind = words.next().ok_or_else(syntax)?.to_owned();
            if kind == "NOTATION" {
                kind.push_str(words.next().ok_or_else(syntax)?);
            }
            kind.retain(|char| !char.is_ascii_whitespace());
            let word = words.next().ok_or_else(syntax)?;
            let (value, required) = match word {
                "#REQUIRED" => (None, true),
                "#IMPLIED" => (None, false),
                "#FIXED" => (Some(words.next().ok_or_else(syntax)?), true),
                value => (Some(value), false),
            };
            let default = match value {
                Some(value) => Some(unquoted(value).ok_or_else(syntax)?.to_owned()),
                None => None,
            };
            let arguments = [
                Str::new(&element).into_value(),
                Str::new(name).into_value(),
                Str::new(&kind).into_value(),
                optional(&default),
                Value::int(required as i64),
            ];
            parser.call(Handler::AttlistDecl, &arguments)?;
            self.attributes.push(Attribute {
                element: element.clone(),
                name: name.to_owned(),
                default,
                is_text: kind == "CDATA",
            });
        }
        Ok(())
    }
}

/// Where a declaration ends, behind its `>`.
fn declaration_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 2;
    loop {
        match bytes.get(at)? {
            b'>' => return Some(at + 1),
            quote @ (b'"' | b'\'') => at += 2 + memchr::memchr(*quote, &bytes[at + 1..])?,
            _ => at += 1,
        }
    }
}

/// What an element may contain: (type, quantifier, name, children).
fn model(content: &str) -> Option<Value> {
    let (kind, children) = match content {
        "EMPTY" => (1, Vec::new()),
        "ANY" => (2, Vec::new()),
        _ => return group(content),
    };
    Some(model_value(kind, 0, None, children))
}

fn model_value(kind: i64, quantifier: i64, name: Option<&str>, children: Vec<Value>) -> Value {
    let name = name.map_or_else(Value::none, |name| Str::new(name).into_value());
    Tuple::new([
        Value::int(kind),
        Value::int(quantifier),
        name,
        Tuple::new(children).into_value(),
    ])
    .into_value()
}

fn quantified(text: &str) -> (&str, i64) {
    for (mark, number) in [('?', 1), ('*', 2), ('+', 3)] {
        if let Some(rest) = text.strip_suffix(mark) {
            return (rest, number);
        }
    }
    (text, 0)
}

fn group(text: &str) -> Option<Value> {
    const NAME: i64 = 4;
    let (text, quantifier) = quantified(text.trim());
    let Some(body) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) else {
        return Some(model_value(NAME, quantifier, Some(text), Vec::new()));
    };
    let mut parts = vec![String::new()];
    let (mut depth, mut is_choice) = (0, false);
    for char in body.chars() {
        match char {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' | ',' if depth == 0 => {
                is_choice |= char == '|';
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut()?.push(char);
    }
    let is_mixed = parts[0].trim() == "#PCDATA";
    let children = parts[is_mixed as usize..].iter().map(|part| group(part));
    let children: Option<Vec<Value>> = children.collect();
    let kind = match (is_mixed, is_choice) {
        (true, _) => 3,
        (false, true) => 5,
        (false, false) => 6,
    };
    Some(model_value(kind, quantifier, None, children?))
}
