//! Lines of uuencoded data.

use super::error;
use taipan_vm::exceptions::PyResult;

pub fn decode(line: &[u8]) -> PyResult<Vec<u8>> {
    let Some((&first, rest)) = line.split_first() else {
        return Err(error("Missing length byte"));
    };
    let length = usize::from(first.wrapping_sub(b' ') & 0x3F);
    let mut data = Vec::with_capacity(length);
    let mut rest = rest.iter().copied();
    let (mut bits, mut count) = (0u32, 0);
    while data.len() < length {
        // What is missing at the end of the line counts as zeros.
        let value = match rest.next() {
            None | Some(b'\n' | b'\r') => 0,
            Some(byte @ b' '..=b'`') => u32::from((byte - b' ') & 0x3F),
            Some(_) => return Err(error("Illegal char")),
        };
        bits = bits << 6 | value;
        count += 6;
        if count >= 8 {
            count -= 8;
            data.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    if rest.any(|byte| !matches!(byte, b' ' | b'`' | b'\n' | b'\r')) {
        return Err(error("Trailing garbage"));
    }
    Ok(data)
}

pub fn encode(data: &[u8], backtick: bool) -> PyResult<Vec<u8>> {
    if data.len() > 45 {
        return Err(error("At most 45 bytes at once"));
    }
    let shown = |value: u8| {
        if backtick && value == 0 {
            b'`'
        } else {
            value + b' '
        }
    };
    let mut line = vec![shown(data.len() as u8)];
    for group in data.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        line.extend((0..4).map(|at| shown((bits >> (18 - 6 * at) & 63) as u8)));
    }
    line.push(b'\n');
    Ok(line)
}
