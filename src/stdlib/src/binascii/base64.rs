//! Base64.

use super::error;
use taipan_vm::exceptions::PyResult;

pub const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const fn values() -> [u8; 256] {
    let mut table = [0xFF; 256];
    let mut at = 0;
    while at < 64 {
        table[ALPHABET[at] as usize] = at as u8;
        at += 1;
    }
    table
}

/// The value of each character; 0xFF for those that have none.
static VALUES: [u8; 256] = values();

/// What six bits a character stands for.
pub fn value_of(byte: u8) -> Option<u8> {
    Some(VALUES[usize::from(byte)]).filter(|value| *value != 0xFF)
}

pub fn decode(text: &[u8], strict: bool) -> PyResult<Vec<u8>> {
    let mut data = Vec::with_capacity(text.len() / 4 * 3 + 3);
    if strict && text.first() == Some(&b'=') {
        return Err(error("Leading padding not allowed"));
    }
    // Characters seen of a group of four, and the bits of the last one that are left.
    let (mut place, mut left, mut pads) = (0, 0u8, 0);
    for &byte in text {
        if byte == b'=' {
            pads += 1;
            if strict && place == 1 {
                break;
            }
            if strict && (place == 0 || place + pads > 4) {
                return Err(error("Excess padding not allowed"));
            }
            continue;
        }
        let Some(value) = value_of(byte) else {
            if strict {
                return Err(error("Only base64 data is allowed"));
            }
            continue;
        };
        if strict && pads > 0 {
            return Err(error(if place + pads == 4 {
                "Excess data after padding"
            } else {
                "Discontinuous padding not allowed"
            }));
        }
        pads = 0;
        match place {
            0 => left = value,
            1 => {
                data.push(left << 2 | value >> 4);
                left = value & 0x0F;
            }
            2 => {
                data.push(left << 4 | value >> 2);
                left = value & 0x03;
            }
            _ => data.push(left << 6 | value),
        }
        place = (place + 1) % 4;
    }
    match place {
        1 => Err(error(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            data.len() / 3 * 4 + 1
        ))),
        2 | 3 if place + pads < 4 => Err(error("Incorrect padding")),
        _ => Ok(data),
    }
}

pub fn encode(data: &[u8], newline: bool) -> Vec<u8> {
    let mut text = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    for group in data.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            if at <= group.len() {
                text.push(ALPHABET[(bits >> (18 - 6 * at) & 63) as usize]);
            } else {
                text.push(b'=');
            }
        }
    }
    if newline {
        text.push(b'\n');
    }
    text
}
