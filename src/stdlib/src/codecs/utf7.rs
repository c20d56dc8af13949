//! UTF-7 (RFC 2152): UTF-16 in base64 between `+` and `-`, the rest as it is.

use super::escape::recover;
use crate::binascii::base64::{ALPHABET, value_of};
use taipan_vm::exceptions::PyResult;
use taipan_vm::text::{TextBuf, Units};

/// Is the character written as it is?
fn is_direct(point: u32) -> bool {
    let white = matches!(point, 0x09 | 0x0A | 0x0D | 0x20);
    let printed = (0x21..0x7E).contains(&point) && !matches!(point, 0x2B | 0x5C);
    white || printed
}

fn push_bits(buffer: &mut u32, bits: &mut u32, unit: u32, out: &mut Vec<u8>) {
    *buffer = *buffer << 16 | unit;
    *bits += 16;
    while *bits >= 6 {
        *bits -= 6;
        out.push(ALPHABET[(*buffer >> *bits) as usize & 0x3F]);
    }
    *buffer &= (1 << *bits) - 1;
}

pub fn encode(text: Units) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let (mut shifted, mut buffer, mut bits) = (false, 0u32, 0u32);
    for point in text.points() {
        if is_direct(point) {
            if shifted {
                if bits > 0 {
                    out.push(ALPHABET[(buffer << (6 - bits)) as usize & 0x3F]);
                }
                (shifted, buffer, bits) = (false, 0, 0);
                // What is no base64 ends it by itself.
                if point == u32::from(b'-') || value_of(point as u8).is_some() {
                    out.push(b'-');
                }
            }
            out.push(point as u8);
            continue;
        }
        if !shifted {
            if point == u32::from(b'+') {
                out.extend(b"+-");
                continue;
            }
            shifted = true;
            out.push(b'+');
        }
        let mut unit = point;
        if let Some(above) = point.checked_sub(0x1_0000) {
            push_bits(&mut buffer, &mut bits, 0xD800 | above >> 10, &mut out);
            unit = 0xDC00 | above & 0x3FF;
        }
        push_bits(&mut buffer, &mut bits, unit, &mut out);
    }
    if bits > 0 {
        out.push(ALPHABET[(buffer << (6 - bits)) as usize & 0x3F]);
    }
    if shifted {
        out.push(b'-');
    }
    out
}

/// A part in base64 that is being read.
struct Shifted {
    /// Where its `+` is.
    start: usize,
    /// How much text there was before.
    text: usize,
    buffer: u32,
    bits: u32,
    /// The first half of a pair.
    high: Option<u32>,
}

impl Shifted {
    fn take(&mut self, sextet: u32, out: &mut TextBuf) {
        self.buffer = self.buffer << 6 | sextet;
        self.bits += 6;
        if self.bits < 16 {
            return;
        }
        self.bits -= 16;
        let unit = self.buffer >> self.bits & 0xFFFF;
        self.buffer &= (1 << self.bits) - 1;
        if let Some(high) = self.high.take() {
            if (0xDC00..0xE000).contains(&unit) {
                out.push(0x1_0000 + ((high & 0x3FF) << 10 | unit & 0x3FF));
                return;
            }
            out.push(high);
        }
        match unit {
            0xD800..0xDC00 => self.high = Some(unit),
            _ => out.push(unit),
        }
    }

    /// Why it can't end here.
    fn rest(&self) -> Option<&'static str> {
        match (self.bits, self.buffer) {
            (6.., _) => Some("partial character in shift sequence"),
            (1.., 1..) => Some("non-zero padding bits in shift sequence"),
            _ => None,
        }
    }
}

/// The text, and how many bytes were read.
pub fn decode(bytes: &[u8], errors: &str, is_final: bool) -> PyResult<(TextBuf, usize)> {
    let mut out = TextBuf::with_capacity(bytes.len());
    let mut shifted: Option<Shifted> = None;
    let mut at = 0;
    loop {
        let Some(&byte) = bytes.get(at) else {
            let Some(open) = shifted.take() else { break };
            if !is_final {
                // The rest may come: all of it is read again then.
                out.truncate(open.text);
                return Ok((out, open.start));
            }
            if open.high.is_none() && open.rest().is_none() {
                break;
            }
            let reason = "unterminated shift sequence";
            at = recover(bytes, "utf7", open.start, at, reason, errors, &mut out)?;
            continue;
        };
        if let Some(open) = &mut shifted {
            if let Some(sextet) = value_of(byte) {
                open.take(sextet.into(), &mut out);
                at += 1;
                continue;
            }
            let (start, high, wrong) = (open.start, open.high, open.rest());
            shifted = None;
            if let Some(reason) = wrong {
                at = recover(bytes, "utf7", start, at + 1, reason, errors, &mut out)?;
                continue;
            }
            if let Some(high) = high.filter(|_| byte < 0x80 && byte != b'+') {
                out.push(high);
            }
            at += usize::from(byte == b'-');
            continue;
        }
        match (byte, bytes.get(at + 1)) {
            (b'+', Some(b'-')) => {
                out.push(byte.into());
                at += 2;
            }
            (b'+', Some(&next)) if value_of(next).is_none() => {
                let reason = "ill-formed sequence";
                at = recover(bytes, "utf7", at, at + 2, reason, errors, &mut out)?;
            }
            (b'+', _) => {
                shifted = Some(Shifted {
                    start: at,
                    text: out.len(),
                    buffer: 0,
                    bits: 0,
                    high: None,
                });
                at += 1;
            }
            (0..0x80, _) => {
                out.push(byte.into());
                at += 1;
            }
            _ => {
                let reason = "unexpected special character";
                at = recover(bytes, "utf7", at, at + 1, reason, errors, &mut out)?;
            }
        }
    }
    Ok((out, at))
}
