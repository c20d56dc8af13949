//! From the bytes of a document to its text.

use super::errors::Code;
use super::machine::Failure;
use super::machine::Outcome;
use taipan_vm::exceptions::value_error;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::codec;
use taipan_vm::objects::str::Str;

enum Encoding {
    /// The beginning of the document has to say.
    Unknown,
    Utf8,
    Ascii,
    Utf16 {
        little: bool,
    },
    /// What each byte means.
    Table(Vec<char>),
}

pub struct Decoder {
    /// What the program said.
    given: Option<String>,
    encoding: Encoding,
    /// Bytes that were not read yet.
    waiting: Vec<u8>,
}

fn named(name: &str) -> Outcome<Encoding> {
    Ok(match name.to_ascii_lowercase().as_str() {
        "utf-8" => Encoding::Utf8,
        "us-ascii" => Encoding::Ascii,
        "utf-16le" => Encoding::Utf16 { little: true },
        "utf-16be" => Encoding::Utf16 { little: false },
        "iso-8859-1" => Encoding::Table((0..=u8::MAX).map(char::from).collect()),
        _ => {
            let all: Vec<u8> = (0..=u8::MAX).collect();
            let object = Bytes::from_slice(&all).into_value();
            let (name, errors) = (Str::new(name), Str::intern("replace"));
            let text = codec::decode(&all, &object, Some(&name), Some(&errors))?;
            let text = text.downcast::<Str>().map(|text| text.to_string());
            let table: Vec<char> = text.unwrap_or_default().chars().collect();
            if table.len() != all.len() {
                return Err(value_error("multi-byte encodings are not supported").into());
            }
            Encoding::Table(table)
        }
    })
}

/// The encoding of `<?xml … encoding="…"?>`.
fn declared(bytes: &[u8]) -> Option<String> {
    let end = bytes.windows(2).position(|pair| pair == b"?>")?;
    let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
    // Without a version the declaration is wrong, whatever else it says.
    text.find("version")?;
    let at = text.find("encoding")? + "encoding".len();
    let rest = text[at..].trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let name = &rest[1..];
    Some(name[..name.find(quote)?].to_owned())
}

impl Decoder {
    pub fn new(given: Option<String>) -> Decoder {
        Decoder {
            given,
            encoding: Encoding::Unknown,
            waiting: Vec::new(),
        }
    }

    /// Decides by the document's first bytes; false while there are too few.
    fn decide(&mut self, is_final: bool) -> Outcome<bool> {
        let bytes = &self.waiting;
        if let Some(given) = &self.given {
            self.encoding = named(given)?;
            return Ok(true);
        }
        let (encoding, mark) = match bytes.as_slice() {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding::Utf8, 3),
            [0xFE, 0xFF, ..] => (Encoding::Utf16 { little: false }, 2),
            [0xFF, 0xFE, ..] => (Encoding::Utf16 { little: true }, 2),
            [b'<', 0, ..] => (Encoding::Utf16 { little: true }, 0),
            [0, b'<', ..] => (Encoding::Utf16 { little: false }, 0),
            _ => (Encoding::Unknown, 0),
        };
        if !matches!(encoding, Encoding::Unknown) {
            self.encoding = encoding;
            self.waiting.drain(..mark);
            return Ok(true);
        }
        const OPENING: &[u8] = b"<?xml";
        let undecided = match bytes.len() < OPENING.len() {
            true => OPENING.starts_with(bytes) || b"\xEF\xBB\xBF".starts_with(bytes),
            false => bytes.starts_with(OPENING) && !bytes.windows(2).any(|pair| pair == b"?>"),
        };
        if undecided && !is_final {
            return Ok(false);
        }
        self.encoding = match bytes
            .starts_with(OPENING)
            .then(|| declared(bytes))
            .flatten()
        {
            // The declaration itself was read: it cannot be in two-byte units.
            Some(name) if name.to_ascii_lowercase().starts_with("utf-16") => {
                return Err(Failure::Error(Code::INCORRECT_ENCODING, 30));
            }
            Some(name) => named(&name)?,
            None => Encoding::Utf8,
        };
        Ok(true)
    }

    /// Appends the text of a piece. An error that is answered comes behind that text.
    pub fn decode(
        &mut self,
        piece: &[u8],
        is_text: bool,
        is_final: bool,
        to: &mut String,
    ) -> Outcome<Option<Code>> {
        if is_text {
            // The text was encoded for this; whatever it says about itself does not hold.
            self.encoding = Encoding::Utf8;
        }
        self.waiting.extend_from_slice(piece);
        if matches!(self.encoding, Encoding::Unknown) && !self.decide(is_final)? {
            return Ok(None);
        }
        let bytes = std::mem::take(&mut self.waiting);
        let bad = match &self.encoding {
            Encoding::Unknown => None,
            Encoding::Utf8 => match std::str::from_utf8(&bytes) {
                Ok(text) => {
                    to.push_str(text);
                    None
                }
                Err(error) => {
                    let (good, rest) = bytes.split_at(error.valid_up_to());
                    to.push_str(std::str::from_utf8(good).expect("just checked"));
                    match error.error_len() {
                        Some(_) => Some(Code::INVALID_TOKEN),
                        None if is_final => Some(Code::PARTIAL_CHAR),
                        None => {
                            self.waiting = rest.to_vec();
                            None
                        }
                    }
                }
            },
            Encoding::Ascii => {
                let end = bytes.iter().position(|byte| !byte.is_ascii());
                let good = &bytes[..end.unwrap_or(bytes.len())];
                to.extend(good.iter().map(|byte| *byte as char));
                end.map(|_| Code::INVALID_TOKEN)
            }
            Encoding::Table(table) => {
                to.extend(bytes.iter().map(|byte| table[*byte as usize]));
                None
            }
            Encoding::Utf16 { little } => {
                let unit = |pair: &[u8]| match little {
                    true => u16::from_le_bytes([pair[0], pair[1]]),
                    false => u16::from_be_bytes([pair[0], pair[1]]),
                };
                let mut units: Vec<u16> = bytes.chunks_exact(2).map(unit).collect();
                let mut kept = bytes.len() % 2;
                if units
                    .last()
                    .is_some_and(|last| (0xD800..0xDC00).contains(last))
                {
                    units.pop();
                    kept += 2;
                }
                self.waiting = bytes[bytes.len() - kept..].to_vec();
                let mut bad = None;
                for char in char::decode_utf16(units) {
                    match char {
                        Ok(char) => to.push(char),
                        Err(_) => {
                            bad = Some(Code::INVALID_TOKEN);
                            break;
                        }
                    }
                }
                bad.or((is_final && kept > 0).then_some(Code::PARTIAL_CHAR))
            }
        };
        Ok(bad)
    }
}
