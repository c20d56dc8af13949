//! Tokens of XML. Nothing here knows of elements that are open, or of handlers.

use super::errors::Code;

/// What was found at a place.
pub enum Scan<T> {
    /// The token, and where it ends.
    Found(T, usize),
    /// The text ends before the token does.
    More,
    Bad(Code, usize),
}

/// Goes on with what was found; anything else is the answer.
macro_rules! found {
    ($scan:expr) => {
        match $scan {
            Scan::Found(value, end) => (value, end),
            Scan::More => return Scan::More,
            Scan::Bad(code, at) => return Scan::Bad(code, at),
        }
    };
}
pub(super) use found;

pub fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

pub fn skip_space(text: &str, mut at: usize) -> usize {
    while text.as_bytes().get(at).is_some_and(|byte| is_space(*byte)) {
        at += 1;
    }
    at
}

pub fn is_name_start(char: char) -> bool {
    matches!(char, 'a'..='z' | 'A'..='Z' | '_' | ':') || char >= '\u{C0}' && char.is_alphabetic()
}

pub fn is_name(char: char) -> bool {
    is_name_start(char) || matches!(char, '0'..='9' | '-' | '.' | '\u{B7}') || {
        char >= '\u{300}' && (char.is_alphanumeric() || unicode_mark(char))
    }
}

/// Combining characters go on with a name.
fn unicode_mark(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5C7}' | '\u{64B}'..='\u{65F}'
        | '\u{900}'..='\u{903}' | '\u{93C}'..='\u{94D}' | '\u{E31}'..='\u{E4E}' | '\u{203F}'..='\u{2040}' | '\u{20D0}'..='\u{20F0}' | '\u{3099}'..='\u{309A}')
}

pub fn is_char(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// The first character that XML does not allow.
pub fn bad_char(text: &str) -> Option<usize> {
    let suspicious = |byte: &u8| *byte < 0x20 || *byte == 0xEF;
    if !text.as_bytes().iter().any(suspicious) {
        return None;
    }
    text.char_indices()
        .find(|(_, char)| !is_char(*char))
        .map(|(at, _)| at)
}

/// A name. The character behind it is there, so that it is whole.
pub fn name(text: &str, at: usize) -> Scan<&str> {
    let mut chars = text[at..].char_indices();
    match chars.next() {
        None => return Scan::More,
        Some((_, first)) if !is_name_start(first) => return Scan::Bad(Code::INVALID_TOKEN, at),
        Some(_) => {}
    }
    match chars.find(|(_, char)| !is_name(*char)) {
        Some((end, _)) => Scan::Found(&text[at..at + end], at + end),
        None => Scan::More,
    }
}

/// A literal in quotes, without them.
pub fn literal(text: &str, at: usize) -> Scan<&str> {
    let quote = match text.as_bytes().get(at) {
        None => return Scan::More,
        Some(quote @ (b'"' | b'\'')) => *quote,
        Some(_) => return Scan::Bad(Code::INVALID_TOKEN, at),
    };
    match memchr::memchr(quote, &text.as_bytes()[at + 1..]) {
        Some(length) => Scan::Found(&text[at + 1..at + 1 + length], at + length + 2),
        None => Scan::More,
    }
}

pub struct Attribute<'a> {
    pub name: &'a str,
    /// Where the name begins.
    pub at: usize,
    pub raw: &'a str,
    /// Where the value begins.
    pub value_at: usize,
}

pub struct StartTag<'a> {
    pub name: &'a str,
    pub attributes: Vec<Attribute<'a>>,
    pub is_empty: bool,
}

/// `<name attribute="value">`, from the `<` on.
pub fn start_tag(text: &str, start: usize) -> Scan<StartTag<'_>> {
    let bytes = text.as_bytes();
    let (name, mut at) = found!(self::name(text, start + 1));
    let mut attributes = Vec::new();
    loop {
        let next = skip_space(text, at);
        match bytes.get(next) {
            None => return Scan::More,
            Some(b'>') => {
                let tag = StartTag {
                    name,
                    attributes,
                    is_empty: false,
                };
                return Scan::Found(tag, next + 1);
            }
            Some(b'/') => {
                return match bytes.get(next + 1) {
                    None => Scan::More,
                    Some(b'>') => {
                        let tag = StartTag {
                            name,
                            attributes,
                            is_empty: true,
                        };
                        Scan::Found(tag, next + 2)
                    }
                    Some(_) => Scan::Bad(Code::INVALID_TOKEN, next + 1),
                };
            }
            Some(_) if next == at => return Scan::Bad(Code::INVALID_TOKEN, next),
            Some(_) => {}
        }
        let (attribute, end) = found!(self::name(text, next));
        let equals = skip_space(text, end);
        match bytes.get(equals) {
            None => return Scan::More,
            Some(b'=') => {}
            Some(_) => return Scan::Bad(Code::INVALID_TOKEN, equals),
        }
        let value_at = skip_space(text, equals + 1);
        let (raw, end) = found!(literal(text, value_at));
        if let Some(bad) = memchr::memchr(b'<', raw.as_bytes()).or_else(|| bad_char(raw)) {
            return Scan::Bad(Code::INVALID_TOKEN, value_at + 1 + bad);
        }
        attributes.push(Attribute {
            name: attribute,
            at: next,
            raw,
            value_at: value_at + 1,
        });
        at = end;
    }
}

/// `</name>`, from the `<` on.
pub fn end_tag(text: &str, start: usize) -> Scan<&str> {
    let (name, end) = found!(self::name(text, start + 2));
    let end = skip_space(text, end);
    match text.as_bytes().get(end) {
        None => Scan::More,
        Some(b'>') => Scan::Found(name, end + 1),
        Some(_) => Scan::Bad(Code::INVALID_TOKEN, end),
    }
}

/// `<!--text-->`, from the `<` on.
pub fn comment(text: &str, start: usize) -> Scan<&str> {
    let body = start + 4;
    let Some(dashes) = text[body..].find("--") else {
        return match bad_char(&text[body..]) {
            Some(bad) => Scan::Bad(Code::INVALID_TOKEN, body + bad),
            None => Scan::More,
        };
    };
    let end = body + dashes;
    if let Some(bad) = bad_char(&text[body..end]) {
        return Scan::Bad(Code::INVALID_TOKEN, body + bad);
    }
    match text.as_bytes().get(end + 2) {
        None => Scan::More,
        Some(b'>') => Scan::Found(&text[body..end], end + 3),
        Some(_) => Scan::Bad(Code::INVALID_TOKEN, end + 2),
    }
}

/// `<?target data?>`, from the `<` on.
pub fn instruction(text: &str, start: usize) -> Scan<(&str, &str)> {
    let (target, after) = found!(name(text, start + 2));
    let Some(length) = text[after..].find("?>") else {
        return Scan::More;
    };
    let data = &text[after..after + length];
    if !data.is_empty() && !is_space(data.as_bytes()[0]) {
        return Scan::Bad(Code::INVALID_TOKEN, after);
    }
    if let Some(bad) = bad_char(data) {
        return Scan::Bad(Code::INVALID_TOKEN, after + bad);
    }
    let data = &text[skip_space(text, after).min(after + length)..after + length];
    Scan::Found((target, data), after + length + 2)
}

pub enum Reference<'a> {
    Char(char),
    Entity(&'a str),
}

/// `&name;`, `&#1;` or `&#x1;`, from the `&` on.
pub fn reference(text: &str, start: usize) -> Scan<Reference<'_>> {
    let bytes = text.as_bytes();
    match bytes.get(start + 1) {
        None => return Scan::More,
        Some(b'#') => {}
        Some(_) => {
            let (name, end) = found!(name(text, start + 1));
            return match bytes.get(end) {
                Some(b';') => Scan::Found(Reference::Entity(name), end + 1),
                _ => Scan::Bad(Code::INVALID_TOKEN, end),
            };
        }
    }
    let (radix, digits) = match bytes.get(start + 2) {
        None => return Scan::More,
        Some(b'x') => (16, start + 3),
        Some(_) => (10, start + 2),
    };
    let mut at = digits;
    let mut number: u32 = 0;
    loop {
        let Some(byte) = bytes.get(at) else {
            return Scan::More;
        };
        match (*byte as char).to_digit(radix) {
            Some(digit) => number = number.saturating_mul(radix).saturating_add(digit),
            None if *byte == b';' && at > digits => break,
            None => return Scan::Bad(Code::INVALID_TOKEN, at),
        }
        at += 1;
    }
    match char::from_u32(number).filter(|char| is_char(*char)) {
        Some(char) => Scan::Found(Reference::Char(char), at + 1),
        None => Scan::Bad(Code::BAD_CHAR_REF, start),
    }
}

/// The entities that need no declaration.
pub fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
