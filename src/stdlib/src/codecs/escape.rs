//! Backslash escapes of bytes and text: what literals contain, without their quotes.

use taipan_vm::exceptions::{
    self, DEPRECATION_WARNING, PyResult, UNICODE_DECODE_ERROR, value_error,
};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::text::{TextBuf, Units};
use taipan_vm::value::Value;
use taipan_vm::warnings;

pub fn encode_bytes(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\\' | b'\'' => out.extend([b'\\', byte]),
            b'\t' => out.extend(b"\\t"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            b' '..=b'~' => out.push(byte),
            _ => out.extend(format!("\\x{byte:02x}").bytes()),
        }
    }
    out
}

pub fn encode_text(text: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for point in text.points() {
        match point {
            0x5C => out.extend(b"\\\\"),
            0x09 => out.extend(b"\\t"),
            0x0A => out.extend(b"\\n"),
            0x0D => out.extend(b"\\r"),
            0x20..=0x7E => out.push(point as u8),
            0..=0xFF => out.extend(format!("\\x{point:02x}").bytes()),
            0x100..=0xFFFF => out.extend(format!("\\u{point:04x}").bytes()),
            _ => out.extend(format!("\\U{point:08x}").bytes()),
        }
    }
    out
}

pub fn encode_raw(text: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for point in text.points() {
        match point {
            0..=0xFF => out.push(point as u8),
            0x100..=0xFFFF => out.extend(format!("\\u{point:04x}").bytes()),
            _ => out.extend(format!("\\U{point:08x}").bytes()),
        }
    }
    out
}

/// The byte that a letter after a backslash stands for.
fn control(letter: u8) -> Option<u8> {
    Some(match letter {
        b'\\' | b'\'' | b'"' => letter,
        b'b' => 8,
        b'f' => 12,
        b't' => b'\t',
        b'n' => b'\n',
        b'r' => b'\r',
        b'v' => 11,
        b'a' => 7,
        _ => return None,
    })
}

/// Up to three octal digits: their value and how many.
fn octal(bytes: &[u8]) -> (u32, usize) {
    let digits = bytes
        .iter()
        .take(3)
        .take_while(|byte| (b'0'..=b'7').contains(byte))
        .count();
    let value = bytes[..digits]
        .iter()
        .fold(0, |value, digit| value * 8 + u32::from(digit - b'0'));
    (value, digits)
}

/// The hexadecimal digits at the start, `count` at most: their value and how many.
fn hex(bytes: &[u8], count: usize) -> (u32, usize) {
    let mut value = 0;
    let mut digits = 0;
    for digit in bytes
        .iter()
        .take(count)
        .map_while(|&byte| char::from(byte).to_digit(16))
    {
        value = value << 4 | digit;
        digits += 1;
    }
    (value, digits)
}

fn warn_escape(sequence: &str, octal: bool) -> PyResult<()> {
    let message = match octal {
        true => format!("invalid octal escape sequence '\\{sequence}'"),
        false => format!("invalid escape sequence '\\{sequence}'"),
    };
    warnings::warn(DEPRECATION_WARNING.get(), &message, 1)
}

pub fn decode_bytes(bytes: &[u8], errors: &str) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut warned = false;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        let Some(&letter) = bytes.get(at + 1) else {
            return Err(value_error("Trailing \\ in string"));
        };
        let rest = &bytes[at + 2..];
        match letter {
            b'\n' => at += 2,
            b'0'..=b'7' => {
                let (value, digits) = octal(&bytes[at + 1..]);
                if value > 255 && !warned {
                    warned = true;
                    warn_escape(&format!("{value:o}"), true)?;
                }
                out.push(value as u8);
                at += 1 + digits;
            }
            b'x' => {
                let (value, digits) = hex(rest, 2);
                if digits == 2 {
                    out.push(value as u8);
                    at += 4;
                    continue;
                }
                match errors {
                    "strict" => {
                        return Err(value_error(format!("invalid \\x escape at position {at}")));
                    }
                    "replace" => out.push(b'?'),
                    "ignore" => {}
                    _ => {
                        return Err(value_error(format!(
                            "decoding error; unknown error handling code: {errors}"
                        )));
                    }
                }
                at += 2 + digits;
            }
            _ => {
                match control(letter) {
                    Some(byte) => out.push(byte),
                    None => {
                        if !warned {
                            warned = true;
                            warn_escape(&char::from(letter).to_string(), false)?;
                        }
                        out.extend([b'\\', letter]);
                    }
                }
                at += 2;
            }
        }
    }
    Ok(out)
}

/// Where the escape that is wrong ends, and why it is.
type Wrong = (usize, &'static str);

/// The character of a numbered escape: `rest` follows the letter.
fn numbered(letter: u8, rest: &[u8]) -> Result<(u32, usize), Wrong> {
    let (count, reason) = match letter {
        b'x' => (2, "truncated \\xXX escape"),
        b'u' => (4, "truncated \\uXXXX escape"),
        _ => (8, "truncated \\UXXXXXXXX escape"),
    };
    let (value, digits) = hex(rest, count);
    if digits < count {
        return Err((digits, reason));
    }
    if value > 0x10_FFFF {
        return Err((digits, "illegal Unicode character"));
    }
    Ok((value, digits))
}

/// The character of `\N{name}`: `rest` follows the letter.
fn named(rest: &[u8]) -> Result<(u32, usize), Wrong> {
    const MALFORMED: &str = "malformed \\N character escape";
    if rest.first() != Some(&b'{') {
        return Err((0, MALFORMED));
    }
    let Some(end) = rest.iter().position(|&byte| byte == b'}') else {
        return Err((rest.len(), MALFORMED));
    };
    if end == 1 {
        return Err((1, MALFORMED));
    }
    let name: String = rest[1..end].iter().map(|&byte| char::from(byte)).collect();
    match unicode_names2::character(&name) {
        Some(char) => Ok((char.into(), end + 1)),
        None => Err((end + 1, "unknown Unicode character name")),
    }
}

/// Text with escapes, and how many bytes were read; `raw`: only `\u` and `\U` count.
pub fn decode_text(
    bytes: &[u8],
    errors: &str,
    raw: bool,
    is_final: bool,
) -> PyResult<(TextBuf, usize)> {
    let name = match raw {
        true => "rawunicodeescape",
        false => "unicodeescape",
    };
    let mut out = TextBuf::with_capacity(bytes.len());
    let mut warned = false;
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            out.push(bytes[at].into());
            at += 1;
            continue;
        }
        let letter = bytes.get(at + 1).copied();
        let rest = bytes.get(at + 2..).unwrap_or_default();
        let result = match letter {
            None if raw && is_final => {
                out.push(b'\\'.into());
                at += 1;
                continue;
            }
            None => Err((0, "\\ at end of string")),
            Some(letter @ (b'u' | b'U')) => numbered(letter, rest),
            Some(letter) if raw => {
                // A second backslash starts nothing new.
                out.push(b'\\'.into());
                out.push(letter.into());
                at += 2;
                continue;
            }
            Some(b'x') => numbered(b'x', rest),
            Some(b'N') => named(rest),
            Some(b'\n') => {
                at += 2;
                continue;
            }
            Some(b'0'..=b'7') => {
                let (value, digits) = octal(&bytes[at + 1..]);
                if value > 255 && !warned {
                    warned = true;
                    warn_escape(&format!("{value:o}"), true)?;
                }
                out.push(value);
                at += 1 + digits;
                continue;
            }
            Some(letter) => {
                match control(letter) {
                    Some(byte) => out.push(byte.into()),
                    None => {
                        if !warned {
                            warned = true;
                            warn_escape(&char::from(letter).to_string(), false)?;
                        }
                        out.push(b'\\'.into());
                        out.push(letter.into());
                    }
                }
                at += 2;
                continue;
            }
        };
        match result {
            Ok((point, length)) => {
                out.push(point);
                at += 2 + length;
            }
            Err((length, reason)) => {
                let end = (at + 2 + length).min(bytes.len());
                if end == bytes.len() && !is_final {
                    // The rest may come.
                    break;
                }
                at = recover(bytes, name, at, end, reason, errors, &mut out)?;
            }
        }
    }
    Ok((out, at))
}

/// Asks the error handler.
pub(super) fn recover(
    bytes: &[u8],
    name: &str,
    start: usize,
    end: usize,
    reason: &str,
    errors: &str,
    out: &mut TextBuf,
) -> PyResult<usize> {
    let arguments = vec![
        Str::new(name).into_value(),
        Bytes::from_slice(bytes).into_value(),
        Value::int(start as i64),
        Value::int(end as i64),
        Str::new(reason).into_value(),
    ];
    let exception = exceptions::new_exception(UNICODE_DECODE_ERROR.get(), arguments)?;
    let handler = super::registry::handler(errors)?;
    let answer = taipan_vm::abstract_ops::call(&handler, &[exception.into_value()])?;
    let wrong = || exceptions::type_error("decoding error handler must return (str, int) tuple");
    let pair = answer.downcast::<Tuple>().map(Tuple::as_slice);
    let Some([text, position]) = pair else {
        return Err(wrong());
    };
    let text = text.downcast::<Str>().ok_or_else(wrong)?;
    let position = taipan_vm::abstract_ops::to_i64(position)?;
    let absolute = match position < 0 {
        true => position + bytes.len() as i64,
        false => position,
    };
    if !(0..=bytes.len() as i64).contains(&absolute) {
        return Err(exceptions::index_error(format!(
            "position {position} from error handler out of bounds"
        )));
    }
    out.push_units(text.units());
    Ok(absolute as usize)
}
