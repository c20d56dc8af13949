//! The codecs that are built in: UTF-8, UTF-16, UTF-32, ASCII and Latin-1.
//!
//! What cannot be encoded or decoded is handed to the caller with its place and CPython's reason; the
//! caller pushes a replacement and says where to go on, or gives up with an error of its own.

use super::{TextBuf, Units};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Utf8,
    Ascii,
    Latin1,
    /// With a byte order mark when encoding; `None` reads and writes the mark.
    Utf16(Option<Endian>),
    Utf32(Option<Endian>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endian {
    Little,
    Big,
}

impl Endian {
    fn native() -> Endian {
        if cfg!(target_endian = "little") {
            Endian::Little
        } else {
            Endian::Big
        }
    }
}

impl Codec {
    /// The codec of this name, in any of its spellings.
    pub fn find(name: &str) -> Option<Codec> {
        let mut plain = [0; 16];
        let plain = plain.get_mut(..name.len())?;
        for (plain, byte) in plain.iter_mut().zip(name.bytes()) {
            *plain = match byte {
                b'_' | b' ' => b'-',
                byte => byte.to_ascii_lowercase(),
            };
        }
        Some(match &*plain {
            b"utf-8" | b"utf8" | b"u8" | b"utf" | b"cp65001" => Codec::Utf8,
            b"ascii" | b"us-ascii" | b"646" | b"iso646-us" => Codec::Ascii,
            b"latin-1" | b"latin1" | b"iso-8859-1" | b"iso8859-1" | b"8859" | b"l1" | b"latin"
            | b"cp819" => Codec::Latin1,
            b"utf-16" | b"utf16" | b"u16" => Codec::Utf16(None),
            b"utf-16-le" | b"utf-16le" => Codec::Utf16(Some(Endian::Little)),
            b"utf-16-be" | b"utf-16be" => Codec::Utf16(Some(Endian::Big)),
            b"utf-32" | b"utf32" | b"u32" => Codec::Utf32(None),
            b"utf-32-le" | b"utf-32le" => Codec::Utf32(Some(Endian::Little)),
            b"utf-32-be" | b"utf-32be" => Codec::Utf32(Some(Endian::Big)),
            _ => return None,
        })
    }

    /// The name in error messages.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Utf8 => "utf-8",
            Codec::Ascii => "ascii",
            Codec::Latin1 => "latin-1",
            Codec::Utf16(None) => "utf-16",
            Codec::Utf16(Some(Endian::Little)) => "utf-16-le",
            Codec::Utf16(Some(Endian::Big)) => "utf-16-be",
            Codec::Utf32(None) => "utf-32",
            Codec::Utf32(Some(Endian::Little)) => "utf-32-le",
            Codec::Utf32(Some(Endian::Big)) => "utf-32-be",
        }
    }

    /// Are these characters of Latin-1 and their bytes in this codec the same?
    pub fn keeps(self, bytes: &[u8]) -> bool {
        match self {
            Codec::Latin1 => true,
            Codec::Utf8 | Codec::Ascii => bytes.is_ascii(),
            _ => false,
        }
    }

    /// Whether this code point can be encoded.
    fn encodes(self, point: u32) -> bool {
        match self {
            Codec::Ascii => point < 0x80,
            Codec::Latin1 => point < 0x100,
            _ => !is_surrogate(point),
        }
    }

    fn push(self, point: u32, out: &mut Vec<u8>) {
        match self {
            Codec::Ascii | Codec::Latin1 => out.push(point as u8),
            Codec::Utf8 => push_utf8(point, out),
            Codec::Utf16(endian) => {
                let endian = endian.unwrap_or(Endian::native());
                if point < 0x10000 {
                    push_u16(point as u16, endian, out);
                } else {
                    let rest = point - 0x10000;
                    push_u16(0xD800 | (rest >> 10) as u16, endian, out);
                    push_u16(0xDC00 | (rest & 0x3FF) as u16, endian, out);
                }
            }
            Codec::Utf32(Some(Endian::Big)) => out.extend(point.to_be_bytes()),
            Codec::Utf32(Some(Endian::Little)) => out.extend(point.to_le_bytes()),
            Codec::Utf32(None) => out.extend(point.to_ne_bytes()),
        }
    }

    /// Encodes a replacement that a handler gave as text: false if it cannot be encoded itself.
    pub fn push_all(self, text: Units, out: &mut Vec<u8>) -> bool {
        if !text.points().all(|point| self.encodes(point)) {
            return false;
        }
        text.points().for_each(|point| self.push(point, out));
        true
    }

    /// Why a code point cannot be encoded.
    fn reason(self) -> &'static str {
        match self {
            Codec::Ascii => "ordinal not in range(128)",
            Codec::Latin1 => "ordinal not in range(256)",
            _ => "surrogates not allowed",
        }
    }

    /// Encodes; `on_error(start, end, reason, out)` gets each run of characters that cannot be, and
    /// says where to go on.
    pub fn encode<E>(
        self,
        text: Units,
        mut on_error: impl FnMut(usize, usize, &'static str, &mut Vec<u8>) -> Result<usize, E>,
    ) -> Result<Vec<u8>, E> {
        if let Units::One(bytes) = text
            && self.keeps(bytes)
        {
            return Ok(bytes.to_vec());
        }
        let mut out = Vec::with_capacity(text.len());
        match self {
            Codec::Utf16(None) | Codec::Utf32(None) => self.push(0xFEFF, &mut out),
            _ => {}
        }
        let mut at = 0;
        while at < text.len() {
            let point = text.get(at);
            if self.encodes(point) {
                self.push(point, &mut out);
                at += 1;
                continue;
            }
            let mut end = at + 1;
            while end < text.len() && !self.encodes(text.get(end)) {
                end += 1;
            }
            at = on_error(at, end, self.reason(), &mut out)?;
        }
        Ok(out)
    }

    /// Decodes; `on_error(codec, start, end, reason, out)` gets what is not valid and says where to go
    /// on. `is_final` false leaves an incomplete character at the end alone: the second result says how
    /// many bytes were read.
    pub fn decode<E>(
        self,
        bytes: &[u8],
        is_final: bool,
        mut on_error: impl FnMut(Codec, usize, usize, &'static str, &mut TextBuf) -> Result<usize, E>,
    ) -> Result<(TextBuf, usize), E> {
        match self {
            Codec::Latin1 => Ok((TextBuf::One(bytes.to_vec()), bytes.len())),
            Codec::Utf8 | Codec::Ascii if bytes.is_ascii() => {
                Ok((TextBuf::One(bytes.to_vec()), bytes.len()))
            }
            Codec::Ascii => {
                let mut out = TextBuf::with_capacity(bytes.len());
                let mut at = 0;
                while let Some(&byte) = bytes.get(at) {
                    if byte < 0x80 {
                        out.push(byte.into());
                        at += 1;
                    } else {
                        at = on_error(self, at, at + 1, "ordinal not in range(128)", &mut out)?;
                    }
                }
                Ok((out, bytes.len()))
            }
            Codec::Utf8 => decode_utf8(bytes, is_final, on_error),
            Codec::Utf16(endian) => decode_utf16(bytes, endian, is_final, on_error),
            Codec::Utf32(endian) => decode_utf32(bytes, endian, is_final, on_error),
        }
    }
}

pub fn is_surrogate(point: u32) -> bool {
    (0xD800..0xE000).contains(&point)
}

/// UTF-8 of any code point, surrogates included.
pub fn push_utf8(point: u32, out: &mut Vec<u8>) {
    match char::from_u32(point) {
        Some(char) => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        None => out.extend([
            0xE0 | (point >> 12) as u8,
            0x80 | (point >> 6 & 0x3F) as u8,
            0x80 | (point & 0x3F) as u8,
        ]),
    }
}

fn push_u16(unit: u16, endian: Endian, out: &mut Vec<u8>) {
    out.extend(match endian {
        Endian::Little => unit.to_le_bytes(),
        Endian::Big => unit.to_be_bytes(),
    });
}

/// What stands at the start of `bytes`: a code point and its length, or how many bytes are wrong and
/// why.
fn utf8_char(bytes: &[u8]) -> Result<(u32, usize), (usize, &'static str)> {
    let first = bytes[0];
    // The range of the second byte excludes overlong forms, surrogates and what is beyond Unicode.
    let (length, low, high) = match first {
        0..=0x7F => return Ok((first.into(), 1)),
        0xC2..=0xDF => (2, 0x80, 0xBF),
        0xE0 => (3, 0xA0, 0xBF),
        0xED => (3, 0x80, 0x9F),
        0xE1..=0xEF => (3, 0x80, 0xBF),
        0xF0 => (4, 0x90, 0xBF),
        0xF1..=0xF3 => (4, 0x80, 0xBF),
        0xF4 => (4, 0x80, 0x8F),
        _ => return Err((1, "invalid start byte")),
    };
    let mut point = u32::from(first) & (0x7F >> length);
    for index in 1..length {
        let (low, high) = if index == 1 {
            (low, high)
        } else {
            (0x80, 0xBF)
        };
        match bytes.get(index) {
            None => return Err((index, "unexpected end of data")),
            Some(&byte) if (low..=high).contains(&byte) => {
                point = point << 6 | u32::from(byte & 0x3F)
            }
            Some(_) => return Err((index, "invalid continuation byte")),
        }
    }
    Ok((point, length))
}

fn decode_utf8<E>(
    bytes: &[u8],
    is_final: bool,
    mut on_error: impl FnMut(Codec, usize, usize, &'static str, &mut TextBuf) -> Result<usize, E>,
) -> Result<(TextBuf, usize), E> {
    let mut out = TextBuf::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let ascii = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii())
            .count();
        if ascii > 0 {
            out.push_units(Units::One(&bytes[at..at + ascii]));
            at += ascii;
            continue;
        }
        match utf8_char(&bytes[at..]) {
            Ok((point, length)) => {
                out.push(point);
                at += length;
            }
            Err((_, "unexpected end of data")) if !is_final => return Ok((out, at)),
            Err((length, reason)) => at = on_error(Codec::Utf8, at, at + length, reason, &mut out)?,
        }
    }
    Ok((out, at))
}

fn decode_utf16<E>(
    bytes: &[u8],
    endian: Option<Endian>,
    is_final: bool,
    mut on_error: impl FnMut(Codec, usize, usize, &'static str, &mut TextBuf) -> Result<usize, E>,
) -> Result<(TextBuf, usize), E> {
    let mut at = 0;
    let endian = endian.unwrap_or_else(|| match bytes {
        [0xFF, 0xFE, ..] => {
            at = 2;
            Endian::Little
        }
        [0xFE, 0xFF, ..] => {
            at = 2;
            Endian::Big
        }
        _ => Endian::native(),
    });
    let codec = Codec::Utf16(Some(endian));
    let unit = |at: usize| -> Option<u32> {
        let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
        Some(
            match endian {
                Endian::Little => u16::from_le_bytes(pair),
                Endian::Big => u16::from_be_bytes(pair),
            }
            .into(),
        )
    };
    let mut out = TextBuf::with_capacity(bytes.len() / 2);
    while at < bytes.len() {
        let (length, reason) = match unit(at) {
            None if !is_final => return Ok((out, at)),
            None => (bytes.len() - at, "truncated data"),
            Some(first @ 0xD800..=0xDBFF) => match unit(at + 2) {
                None if !is_final => return Ok((out, at)),
                None => (bytes.len() - at, "unexpected end of data"),
                Some(second @ 0xDC00..=0xDFFF) => {
                    out.push(0x10000 + ((first & 0x3FF) << 10 | (second & 0x3FF)));
                    at += 4;
                    continue;
                }
                Some(_) => (2, "illegal UTF-16 surrogate"),
            },
            Some(0xDC00..=0xDFFF) => (2, "illegal encoding"),
            Some(point) => {
                out.push(point);
                at += 2;
                continue;
            }
        };
        at = on_error(codec, at, at + length, reason, &mut out)?;
    }
    Ok((out, at))
}

fn decode_utf32<E>(
    bytes: &[u8],
    endian: Option<Endian>,
    is_final: bool,
    mut on_error: impl FnMut(Codec, usize, usize, &'static str, &mut TextBuf) -> Result<usize, E>,
) -> Result<(TextBuf, usize), E> {
    let mut at = 0;
    let endian = endian.unwrap_or_else(|| match bytes {
        [0xFF, 0xFE, 0, 0, ..] => {
            at = 4;
            Endian::Little
        }
        [0, 0, 0xFE, 0xFF, ..] => {
            at = 4;
            Endian::Big
        }
        _ => Endian::native(),
    });
    let codec = Codec::Utf32(Some(endian));
    let mut out = TextBuf::with_capacity(bytes.len() / 4);
    while at < bytes.len() {
        let (length, reason) = match bytes.get(at..at + 4) {
            None if !is_final => return Ok((out, at)),
            None => (bytes.len() - at, "truncated data"),
            Some(four) => {
                let mut word = [0; 4];
                word.copy_from_slice(four);
                let point = match endian {
                    Endian::Little => u32::from_le_bytes(word),
                    Endian::Big => u32::from_be_bytes(word),
                };
                if point >= 0x11_0000 {
                    (4, "code point not in range(0x110000)")
                } else if is_surrogate(point) {
                    (
                        4,
                        "code point in surrogate code point range(0xd800, 0xe000)",
                    )
                } else {
                    out.push(point);
                    at += 4;
                    continue;
                }
            }
        };
        at = on_error(codec, at, at + length, reason, &mut out)?;
    }
    Ok((out, at))
}

/// The error handlers that are built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handler {
    Strict,
    Ignore,
    Replace,
    BackslashReplace,
    XmlCharRefReplace,
    NameReplace,
    SurrogateEscape,
    SurrogatePass,
}

impl Handler {
    pub fn find(name: &str) -> Option<Handler> {
        Some(match name {
            "strict" => Handler::Strict,
            "ignore" => Handler::Ignore,
            "replace" => Handler::Replace,
            "backslashreplace" => Handler::BackslashReplace,
            "xmlcharrefreplace" => Handler::XmlCharRefReplace,
            "namereplace" => Handler::NameReplace,
            "surrogateescape" => Handler::SurrogateEscape,
            "surrogatepass" => Handler::SurrogatePass,
            _ => return None,
        })
    }

    /// Pushes the replacement of `text` (what cannot be encoded); `None` if this handler gives up.
    /// How many characters were replaced is returned: surrogate handlers may stop before the end.
    pub fn encode(self, codec: Codec, text: Units, out: &mut Vec<u8>) -> Option<usize> {
        let mut replaced = String::new();
        for point in text.points() {
            match self {
                Handler::Strict => return None,
                Handler::Ignore => {}
                Handler::Replace => replaced.push('?'),
                Handler::XmlCharRefReplace => replaced.push_str(&format!("&#{point};")),
                Handler::BackslashReplace | Handler::NameReplace => {
                    replaced.push_str(&escape_of(point))
                }
                Handler::SurrogateEscape => return surrogate_escape(codec, text, out),
                Handler::SurrogatePass => return surrogate_pass(codec, text, out),
            }
        }
        codec
            .push_all(Units::One(replaced.as_bytes()), out)
            .then(|| text.len())
    }

    /// Pushes the replacement of the bytes `start..end`; `None` if this handler gives up, else where
    /// to go on.
    pub fn decode(
        self,
        codec: Codec,
        bytes: &[u8],
        start: usize,
        end: usize,
        out: &mut TextBuf,
    ) -> Option<usize> {
        match self {
            Handler::Ignore => {}
            Handler::Replace => out.push(0xFFFD),
            Handler::BackslashReplace => {
                bytes[start..end]
                    .iter()
                    .for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
            }
            Handler::SurrogateEscape => {
                let high = bytes[start..end]
                    .iter()
                    .take_while(|byte| !byte.is_ascii())
                    .count();
                if high == 0 {
                    return None;
                }
                bytes[start..start + high]
                    .iter()
                    .for_each(|&byte| out.push(0xDC00 + u32::from(byte)));
                return Some(start + high);
            }
            Handler::SurrogatePass => {
                let (point, length) = passed_surrogate(codec, &bytes[start..])?;
                out.push(point);
                return Some(start + length);
            }
            Handler::Strict | Handler::XmlCharRefReplace | Handler::NameReplace => return None,
        }
        Some(end)
    }
}

fn escape_of(point: u32) -> String {
    match point {
        0..=0xFF => format!("\\x{point:02x}"),
        0x100..=0xFFFF => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    }
}

/// Bytes that were smuggled through decoding as surrogates U+DC80 to U+DCFF.
fn surrogate_escape(codec: Codec, text: Units, out: &mut Vec<u8>) -> Option<usize> {
    if matches!(codec, Codec::Utf16(_) | Codec::Utf32(_))
        || !text.points().all(|it| (0xDC80..0xDD00).contains(&it))
    {
        return None;
    }
    out.extend(text.points().map(|point| (point - 0xDC00) as u8));
    Some(text.len())
}

fn surrogate_pass(codec: Codec, text: Units, out: &mut Vec<u8>) -> Option<usize> {
    if matches!(codec, Codec::Ascii | Codec::Latin1) || !text.points().all(is_surrogate) {
        return None;
    }
    text.points().for_each(|point| codec.push(point, out));
    Some(text.len())
}

fn passed_surrogate(codec: Codec, bytes: &[u8]) -> Option<(u32, usize)> {
    let (point, length) = match codec {
        Codec::Utf8 => match bytes {
            [0xED, second @ 0xA0..=0xBF, third @ 0x80..=0xBF, ..] => (
                0xD000 | u32::from(second & 0x3F) << 6 | u32::from(third & 0x3F),
                3,
            ),
            _ => return None,
        },
        Codec::Utf16(endian) => {
            let pair = [*bytes.first()?, *bytes.get(1)?];
            let unit = if endian == Some(Endian::Big) {
                u16::from_be_bytes(pair)
            } else {
                u16::from_le_bytes(pair)
            };
            (u32::from(unit), 2)
        }
        Codec::Utf32(endian) => {
            let mut word = [0; 4];
            word.copy_from_slice(bytes.get(..4)?);
            (
                if endian == Some(Endian::Big) {
                    u32::from_be_bytes(word)
                } else {
                    u32::from_le_bytes(word)
                },
                4,
            )
        }
        Codec::Ascii | Codec::Latin1 => return None,
    };
    is_surrogate(point).then_some((point, length))
}
