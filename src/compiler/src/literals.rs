//! String, bytes and number literals, decoded from the source itself.
//!
//! The parser's own decoding is not used: it can't represent lone surrogates and reports no invalid
//! escapes.

use num_bigint::BigInt;
use taipan_bytecode::Const;

/// Something wrong or doubtful in a literal, at a byte offset into its body.
pub struct Escape {
    pub offset: usize,
    /// The text of the escape after its backslash: one character, or three octal digits.
    pub text: String,
}

/// A decoded body and the first invalid escape in it.
pub struct Decoded<T> {
    pub value: T,
    pub invalid_escape: Option<Escape>,
}

/// Code points of a string body (between the quotes). `fstring`: doubled braces are single ones.
pub fn decode_string(body: &str, raw: bool, fstring: bool) -> Result<Decoded<Vec<u32>>, String> {
    let mut points = Vec::with_capacity(body.len());
    let mut invalid_escape = None;
    let mut chars = body.char_indices().peekable();
    // CPython's decoder works on a copy of the body in which non-ASCII characters are written as
    // \UXXXXXXXX; its error positions count in that copy.
    let mut position = 0usize;
    while let Some((offset, c)) = chars.next() {
        let at = position;
        position += if c.is_ascii() { 1 } else { 10 };
        if fstring && (c == '{' || c == '}') {
            if chars.peek().is_some_and(|(_, next)| *next == c) {
                chars.next();
                position += 1;
            }
            points.push(c as u32);
            continue;
        }
        if c != '\\' || raw {
            points.push(c as u32);
            continue;
        }
        let Some((_, kind)) = chars.next() else {
            if fstring {
                // A replacement field follows.
                invalid_escape.get_or_insert_with(|| Escape {
                    offset,
                    text: "{".into(),
                });
                points.push('\\' as u32);
                break;
            }
            return Err(format!(
                "(unicode error) 'unicodeescape' codec can't decode byte 0x5c in position {at}: \\ at \
                 end of string"
            ));
        };
        position += if kind.is_ascii() { 1 } else { 10 };
        let mut hex = |digits: usize, name: &str| -> Result<u32, String> {
            let mut value = 0u32;
            for _ in 0..digits {
                match chars.peek().and_then(|(_, c)| c.to_digit(16)) {
                    Some(digit) => {
                        value = value << 4 | digit;
                        chars.next();
                        position += 1;
                    }
                    None => {
                        let end = position - 1;
                        return Err(format!(
                            "(unicode error) 'unicodeescape' codec can't decode bytes in position \
                             {at}-{end}: truncated {name} escape"
                        ));
                    }
                }
            }
            Ok(value)
        };
        match kind {
            '\n' => {}
            '\\' | '\'' | '"' => points.push(kind as u32),
            'a' => points.push(7),
            'b' => points.push(8),
            'f' => points.push(12),
            'n' => points.push(10),
            'r' => points.push(13),
            't' => points.push(9),
            'v' => points.push(11),
            'x' => points.push(hex(2, "\\xXX")?),
            'u' => points.push(hex(4, "\\uXXXX")?),
            'U' => {
                let value = hex(8, "\\UXXXXXXXX")?;
                if value > 0x10FFFF {
                    return Err(format!(
                        "(unicode error) 'unicodeescape' codec can't decode bytes in position \
                         {at}-{}: illegal Unicode character",
                        at + 9
                    ));
                }
                points.push(value);
            }
            'N' => {
                let rest = &body[offset + 2..];
                let name = rest
                    .strip_prefix('{')
                    .and_then(|rest| Some(&rest[..rest.find('}')?]));
                let Some(name) = name.filter(|name| !name.is_empty()) else {
                    // What stands behind the brace counts, up to the end.
                    let opened = rest.starts_with('{') && !rest.starts_with("{}");
                    let more = if opened { rest.chars().count() } else { 0 };
                    return Err(format!(
                        "(unicode error) 'unicodeescape' codec can't decode bytes in position \
                         {at}-{}: malformed \\N character escape",
                        at + 1 + more
                    ));
                };
                let length = name.chars().count() + 2;
                for _ in 0..length {
                    chars.next();
                }
                position += length;
                match crate::unicode_name::lookup(name) {
                    Some(found) => points.extend(found),
                    None => {
                        return Err(format!(
                            "(unicode error) 'unicodeescape' codec can't decode bytes in position \
                             {at}-{}: unknown Unicode character name",
                            position - 1
                        ));
                    }
                }
            }
            '0'..='7' => {
                let mut value = kind as u32 - '0' as u32;
                let mut text = kind.to_string();
                for _ in 0..2 {
                    match chars.peek() {
                        Some((_, digit @ '0'..='7')) => {
                            value = value << 3 | (*digit as u32 - '0' as u32);
                            text.push(*digit);
                            chars.next();
                            position += 1;
                        }
                        _ => break,
                    }
                }
                if value > 0o377 && invalid_escape.is_none() {
                    invalid_escape = Some(Escape { offset, text });
                }
                points.push(value);
            }
            other => {
                if invalid_escape.is_none() {
                    invalid_escape = Some(Escape {
                        offset,
                        text: other.to_string(),
                    });
                }
                points.push('\\' as u32);
                // In an f-string, a brace after a backslash still opens or doubles.
                if fstring
                    && (other == '{' || other == '}')
                    && chars.peek().is_some_and(|(_, next)| *next == other)
                {
                    chars.next();
                }
                points.push(other as u32);
            }
        }
    }
    Ok(Decoded {
        value: points,
        invalid_escape,
    })
}

/// Bytes of a bytes literal's body.
pub fn decode_bytes(body: &str, raw: bool) -> Result<Decoded<Vec<u8>>, String> {
    if !body.is_ascii() {
        return Err("bytes can only contain ASCII literal characters".into());
    }
    let mut bytes = Vec::with_capacity(body.len());
    let mut invalid_escape = None;
    let source = body.as_bytes();
    let mut index = 0;
    while index < source.len() {
        let byte = source[index];
        if byte != b'\\' || raw {
            bytes.push(byte);
            index += 1;
            continue;
        }
        let start = index;
        let Some(kind) = source.get(index + 1).copied() else {
            return Err("Trailing \\ in string".into());
        };
        index += 2;
        match kind {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => bytes.push(kind),
            b'a' => bytes.push(7),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'n' => bytes.push(10),
            b'r' => bytes.push(13),
            b't' => bytes.push(9),
            b'v' => bytes.push(11),
            b'x' => {
                let digit = |at: usize| source.get(at).and_then(|b| (*b as char).to_digit(16));
                match (digit(index), digit(index + 1)) {
                    (Some(high), Some(low)) => bytes.push((high << 4 | low) as u8),
                    _ => {
                        return Err(format!(
                            "(value error) invalid \\x escape at position {start}"
                        ));
                    }
                }
                index += 2;
            }
            b'0'..=b'7' => {
                let mut value = u32::from(kind - b'0');
                let mut end = index;
                while end < index + 2 && matches!(source.get(end), Some(b'0'..=b'7')) {
                    value = value << 3 | u32::from(source[end] - b'0');
                    end += 1;
                }
                if value > 0o377 && invalid_escape.is_none() {
                    let text = body[start + 1..end].to_string();
                    invalid_escape = Some(Escape {
                        offset: start,
                        text,
                    });
                }
                index = end;
                bytes.push(value as u8);
            }
            other => {
                if invalid_escape.is_none() {
                    let text = (other as char).to_string();
                    invalid_escape = Some(Escape {
                        offset: start,
                        text,
                    });
                }
                bytes.push(b'\\');
                bytes.push(other);
            }
        }
    }
    Ok(Decoded {
        value: bytes,
        invalid_escape,
    })
}

/// The value of a number literal, or None if it has too many digits for a decimal int.
/// `None`: more digits than the limit, 0 being none.
pub fn number(text: &str, max_digits: usize) -> Option<Const> {
    let text: String = text.chars().filter(|c| *c != '_').collect();
    let radix = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some(16),
        [b'0', b'o' | b'O', ..] => Some(8),
        [b'0', b'b' | b'B', ..] => Some(2),
        _ => None,
    };
    if let Some(radix) = radix {
        return BigInt::parse_bytes(&text.as_bytes()[2..], radix).map(Const::Int);
    }
    if let Some(imaginary) = text.strip_suffix(['j', 'J']) {
        return imaginary
            .parse()
            .ok()
            .map(|imaginary| Const::Complex(0.0, imaginary));
    }
    if text.contains(['.', 'e', 'E']) {
        return text.parse().ok().map(Const::Float);
    }
    if max_digits != 0 && text.len() > max_digits {
        return None;
    }
    BigInt::parse_bytes(text.as_bytes(), 10).map(Const::Int)
}
