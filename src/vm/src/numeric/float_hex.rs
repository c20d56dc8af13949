//! `float.hex` and `float.fromhex`.

use super::float_parse::is_blank;

/// `float.hex(value)`
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::float_digits::repr(value);
    }
    let bits = value.to_bits();
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let fraction = bits & ((1 << 52) - 1);
    let exponent = (bits >> 52 & 0x7FF) as i32;
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (lead, exponent) = if exponent == 0 {
        (0, -1022)
    } else {
        (1, exponent - 1023)
    };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    Invalid,
    TooLarge,
}

/// `float.fromhex(text)`; the text is ASCII.
pub fn from_hex(text: &str) -> Result<f64, HexError> {
    let text = text.trim_matches(is_blank);
    let (negative, rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let magnitude = match rest.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        _ => magnitude(rest)?,
    };
    Ok(if negative { -magnitude } else { magnitude })
}

fn magnitude(text: &str) -> Result<f64, HexError> {
    let text = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    let (mantissa, exponent) = match text.find(['p', 'P']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if whole.len() + fraction.len() == 0 || !is_hex(whole) || !is_hex(fraction) {
        return Err(HexError::Invalid);
    }
    // What follows the exponent is an error, but only if the number before it is good.
    let (exponent, rest) = match exponent {
        None => (0, ""),
        Some(text) => parse_exponent(text).ok_or(HexError::Invalid)?,
    };
    let trailing = if rest.is_empty() {
        Ok(())
    } else {
        Err(HexError::Invalid)
    };
    // The first significant bits, the exponent of the last of them, and whether anything follows.
    let (mut bits, mut shift, mut sticky) = (0u64, 0i64, false);
    let digits = whole.bytes().chain(fraction.bytes());
    for digit in digits {
        let digit = u64::from((digit as char).to_digit(16).unwrap_or(0));
        if bits >> 60 == 0 {
            bits = bits << 4 | digit;
        } else {
            sticky |= digit != 0;
            shift += 4;
        }
    }
    if bits == 0 {
        return trailing.map(|()| 0.0);
    }
    let shift = shift - 4 * fraction.len() as i64;
    let value = scale(bits, sticky, exponent.saturating_add(shift)).ok_or(HexError::TooLarge)?;
    trailing.map(|()| value)
}

/// The number at the start of `text`, and what follows it.
fn parse_exponent(text: &str) -> Option<(i64, &str)> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let count = digits.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = digits.split_at(count);
    if digits.is_empty() {
        return None;
    }
    // Capped where it is beyond all floats anyway.
    let value = digits.bytes().fold(0i64, |value, digit| {
        (value * 10 + i64::from(digit - b'0')).min(i64::MAX / 16)
    });
    Some((if text.starts_with('-') { -value } else { value }, rest))
}

/// `bits × 2^exponent`, rounded to the nearest float, ties to even; `sticky` says that the number is
/// a little greater. `None` if it is beyond all floats. `bits` is not zero.
pub fn scale(bits: u64, sticky: bool, exponent: i64) -> Option<f64> {
    let length = 64 - i64::from(bits.leading_zeros());
    // The exponent of the last bit that the result can have.
    let last = (exponent + length - 53).max(-1074);
    let drop = last - exponent;
    let (mut kept, half, below) = match drop {
        ..=0 => {
            // `drop >= -63` because `length` bits shifted by that fit into 53.
            (bits << -drop, false, sticky)
        }
        1..=63 => {
            let low = bits & ((1 << drop) - 1);
            let middle = 1u64 << (drop - 1);
            (
                bits >> drop,
                low & middle != 0,
                low & (middle - 1) != 0 || sticky,
            )
        }
        64 => (0, bits >> 63 != 0, bits << 1 != 0 || sticky),
        _ => (0, false, true),
    };
    if half && (below || kept & 1 == 1) {
        kept += 1;
    }
    let (kept, last) = if kept == 1 << 53 {
        (kept >> 1, last + 1)
    } else {
        (kept, last)
    };
    if last > 971 {
        return None;
    }
    if kept < 1 << 52 {
        // Subnormal or zero: `last` is -1074.
        return Some(f64::from_bits(kept));
    }
    Some(f64::from_bits(
        ((last + 1075) as u64) << 52 | (kept & ((1 << 52) - 1)),
    ))
}
