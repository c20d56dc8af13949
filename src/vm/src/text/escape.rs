//! `repr` of strings and bytes, and `ascii`.

use super::{TextBuf, Units, unicode};

/// The quote that CPython chooses: double only if there are single ones and no double ones.
fn quote_for(points: impl Iterator<Item = u32>) -> char {
    let (mut single, mut double) = (false, false);
    for point in points {
        single |= point == u32::from('\'');
        double |= point == u32::from('"');
    }
    if single && !double { '"' } else { '\'' }
}

/// Pushes the escape of a character that all kinds of literals write alike; false if there is none.
fn push_common(out: &mut TextBuf, point: u32, quote: char) -> bool {
    let letter = match point {
        0x09 => 't',
        0x0A => 'n',
        0x0D => 'r',
        0x5C => '\\',
        _ if point == u32::from(quote) => quote,
        _ => return false,
    };
    out.push('\\'.into());
    out.push(letter.into());
    true
}

fn push_code(out: &mut TextBuf, point: u32) {
    out.push_str(&match point {
        0..=0xFF => format!("\\x{point:02x}"),
        0x100..=0xFFFF => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    });
}

fn quoted(text: Units, keep: impl Fn(u32) -> bool) -> TextBuf {
    let quote = quote_for(text.points());
    let mut out = TextBuf::with_capacity(text.len() + 2);
    out.push(quote.into());
    for point in text.points() {
        if !push_common(&mut out, point, quote) {
            if keep(point) {
                out.push(point);
            } else {
                push_code(&mut out, point);
            }
        }
    }
    out.push(quote.into());
    out
}

/// Is the `repr` of these ASCII characters themselves, in single quotes?
pub fn is_plain(text: &[u8]) -> bool {
    text.iter()
        .all(|byte| matches!(byte, 0x20..=0x7E) && !matches!(byte, b'\'' | b'\\'))
}

/// `repr(text)`
pub fn repr(text: Units) -> TextBuf {
    quoted(text, unicode::is_printable)
}

/// `ascii(text)`
pub fn ascii(text: Units) -> TextBuf {
    quoted(text, |point| (0x20..0x7F).contains(&point))
}

/// What `ascii` makes of an object's `repr`: everything beyond ASCII is escaped, nothing else.
pub fn escape_non_ascii(text: Units) -> TextBuf {
    let mut out = TextBuf::with_capacity(text.len());
    for point in text.points() {
        if point < 0x80 {
            out.push(point);
        } else {
            push_code(&mut out, point);
        }
    }
    out
}

/// `repr(bytes)`
pub fn bytes_repr(bytes: &[u8]) -> String {
    let quote = quote_for(bytes.iter().map(|&byte| byte.into()));
    let mut out = String::with_capacity(bytes.len() + 3);
    out.push('b');
    out.push(quote);
    for &byte in bytes {
        match byte {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\\' => out.push_str("\\\\"),
            _ if byte == quote as u8 => {
                out.push('\\');
                out.push(quote);
            }
            0x20..=0x7E => out.push(byte.into()),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push(quote);
    out
}
