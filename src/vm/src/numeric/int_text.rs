//! Ints as text: `int(text, base)` and the digits in any base.
//!
//! Long texts are read by halves, so that the cost is that of multiplication. The limit on decimal
//! digits (`sys.set_int_max_str_digits`) is checked before any work is done.

use super::float_parse::is_blank;
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::Zero;
use std::collections::HashMap;

/// The default of `sys.get_int_max_str_digits()`.
pub const DEFAULT_MAX_DIGITS: usize = 4300;
/// Below this many digits there is no limit.
pub const MIN_LIMIT: usize = 640;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseIntError {
    /// No integer in that base; the message shows the text.
    Invalid,
    /// More decimal digits than allowed: how many there are.
    TooLong(usize),
}

/// Reads `int(text, base)`; the base is 0 or 2 to 36, `limit` 0 or the highest number of digits.
/// The text is ASCII (other digits and blanks have been translated).
pub fn parse(text: &str, base: u32, limit: usize) -> Result<BigInt, ParseIntError> {
    let text = text.trim_matches(is_blank);
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let prefixed = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => 16,
        [b'0', b'o' | b'O', ..] => 8,
        [b'0', b'b' | b'B', ..] => 2,
        _ => 0,
    };
    let mut digits = unsigned;
    let actual = match base {
        0 if prefixed != 0 => prefixed,
        0 => 10,
        given => given,
    };
    if prefixed == actual {
        digits = &digits[2..];
        // `0x_1` is allowed.
        digits = digits.strip_prefix('_').unwrap_or(digits);
    } else if base == 0
        && digits.starts_with('0')
        && digits.bytes().any(|byte| !matches!(byte, b'0' | b'_'))
    {
        // An old-style octal number.
        return Err(ParseIntError::Invalid);
    }
    let digits = plain_digits(digits, actual).ok_or(ParseIntError::Invalid)?;
    if limit != 0 && digits.len() > limit && !actual.is_power_of_two() {
        return Err(ParseIntError::TooLong(digits.len()));
    }
    let magnitude = if digits.len() <= 18 && actual == 10 {
        BigUint::from(
            digits
                .iter()
                .fold(0u64, |value, &digit| value * 10 + u64::from(digit)),
        )
    } else if actual.is_power_of_two() {
        BigUint::from_radix_be(&digits, actual).ok_or(ParseIntError::Invalid)?
    } else {
        by_halves(&digits, actual, &mut HashMap::new())
    };
    let sign = if negative { Sign::Minus } else { Sign::Plus };
    Ok(BigInt::from_biguint(sign, magnitude))
}

/// The values of the digits, without the underscores between them; `None` if there is anything else.
fn plain_digits(text: &str, base: u32) -> Option<Vec<u8>> {
    let mut digits = Vec::with_capacity(text.len());
    let mut after_digit = false;
    for char in text.chars() {
        if char == '_' {
            if !after_digit {
                return None;
            }
            after_digit = false;
        } else {
            digits.push(char.to_digit(base)? as u8);
            after_digit = true;
        }
    }
    after_digit.then_some(digits)
}

/// Digits up to this many are read at once.
const AT_ONCE: usize = 500;

fn by_halves(digits: &[u8], base: u32, powers: &mut HashMap<usize, BigUint>) -> BigUint {
    if digits.len() <= AT_ONCE {
        return BigUint::from_radix_be(digits, base).unwrap_or_default();
    }
    let low = digits.len() / 2;
    let (high_digits, low_digits) = digits.split_at(digits.len() - low);
    let high = by_halves(high_digits, base, powers);
    let low_value = by_halves(low_digits, base, powers);
    let power = powers
        .entry(low)
        .or_insert_with(|| BigUint::from(base).pow(low as u32));
    high * &*power + low_value
}

/// Whether the decimal form has more digits than `limit` (0: no limit) allows, without making it when
/// the size alone tells.
pub fn exceeds_limit(value: &BigInt, limit: usize) -> bool {
    // 2^bits has about bits × 0.30103 digits.
    limit >= MIN_LIMIT && value.bits() as u128 * 30103 / 100_000 >= limit as u128
}

/// `str(value)`, without looking at the limit.
pub fn decimal(value: &BigInt) -> String {
    if value.bits() < 64 * 40 {
        return value.to_str_radix(10);
    }
    let mut out = String::new();
    if value.sign() == Sign::Minus {
        out.push('-');
    }
    // The largest 10^(2^k) that is not longer than half of the number.
    let mut powers = vec![BigUint::from(10u32).pow(SMALL_DIGITS as u32)];
    while let Some(last) = powers.last()
        && last.bits() * 2 <= value.bits() + 1
    {
        let next = last * last;
        powers.push(next);
    }
    write_decimal(value.magnitude(), &powers, true, &mut out);
    out
}

/// Digits of the smallest power that [`decimal`] divides by.
const SMALL_DIGITS: usize = 512;

/// Writes the number with as many digits as the highest of `powers` squared has zeros (fewer if
/// `leading`).
fn write_decimal(value: &BigUint, powers: &[BigUint], leading: bool, out: &mut String) {
    let Some((power, smaller)) = powers.split_last() else {
        let text = value.to_str_radix(10);
        if !leading {
            out.extend(std::iter::repeat_n(
                '0',
                SMALL_DIGITS.saturating_sub(text.len()),
            ));
        }
        out.push_str(&text);
        return;
    };
    let (high, low) = num_integer::Integer::div_rem(value, power);
    if leading && high.is_zero() {
        write_decimal(&low, smaller, true, out);
    } else {
        write_decimal(&high, smaller, leading, out);
        write_decimal(&low, smaller, false, out);
    }
}

/// The digits of the magnitude in base 2, 8, 10 or 16, lower case, without prefix.
pub fn magnitude_digits(value: &BigInt, base: u32) -> String {
    let text = if base == 10 {
        decimal(value)
    } else {
        value.magnitude().to_str_radix(base)
    };
    text.strip_prefix('-').map(str::to_owned).unwrap_or(text)
}
