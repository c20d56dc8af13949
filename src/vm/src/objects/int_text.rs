//! `int` to text and back: `str()`, `repr()`, `format()`, `int(text, base)`, and the limit on decimal
//! digits.

use crate::exceptions::{PyResult, Raised, overflow_error, value_error};
use crate::numeric::int_text::{self, ParseIntError};
use crate::object::Ref;
use crate::objects::int::IntView;
use crate::objects::int_arith;
use crate::objects::str::Str;
use crate::objects::text_support::{self, raise_format};
use crate::text::{Units, format_number, unicode};
use crate::value::Value;
use num_bigint::BigInt;
use std::sync::atomic::{AtomicUsize, Ordering};

static MAX_DIGITS: AtomicUsize = AtomicUsize::new(int_text::DEFAULT_MAX_DIGITS);

/// `sys.get_int_max_str_digits()`; 0 is no limit.
pub fn max_str_digits() -> usize {
    MAX_DIGITS.load(Ordering::Relaxed)
}

pub fn set_max_str_digits(limit: usize) {
    MAX_DIGITS.store(limit, Ordering::Relaxed);
}

fn too_long(detail: &str) -> Raised {
    value_error(format!(
        "Exceeds the limit ({} digits) for integer string conversion{detail}; use sys.set_int_max_str_digits() to increase the limit",
        max_str_digits()
    ))
}

/// The decimal digits, with `-`; the limit is kept.
pub fn decimal(value: IntView) -> PyResult<String> {
    match value {
        IntView::Small(value) => Ok(value.to_string()),
        IntView::Big(value) => {
            let limit = max_str_digits();
            if int_text::exceeds_limit(value, limit) {
                return Err(too_long(""));
            }
            let text = int_text::decimal(value);
            if limit != 0 && text.trim_start_matches('-').len() > limit {
                return Err(too_long(""));
            }
            Ok(text)
        }
    }
}

pub fn to_str(value: IntView) -> PyResult<Ref<Str>> {
    if let IntView::Small(value) = value {
        return Ok(SmallDigits::new(value, 10, "").to_str());
    }
    Ok(Str::from_latin1(decimal(value)?.as_bytes()))
}

/// The digits of a machine word, behind sign and prefix.
pub struct SmallDigits {
    /// Sign, prefix, and 64 binary digits.
    text: [u8; 68],
    start: usize,
}

impl SmallDigits {
    /// The base is at most 16.
    #[inline]
    pub fn new(value: i64, base: u64, prefix: &str) -> SmallDigits {
        let mut text = [0; 68];
        let mut start = text.len();
        let mut put = |byte| {
            start -= 1;
            text[start] = byte;
        };
        let mut rest = value.unsigned_abs();
        loop {
            // A division by a constant is a multiplication.
            let (quotient, digit) = match base {
                10 => (rest / 10, rest % 10),
                _ => (rest / base, rest % base),
            };
            put(b"0123456789abcdef"[digit as usize]);
            rest = quotient;
            if rest == 0 {
                break;
            }
        }
        prefix.bytes().rev().for_each(&mut put);
        if value < 0 {
            put(b'-');
        }
        SmallDigits { text, start }
    }
    pub fn as_bytes(&self) -> &[u8] {
        &self.text[self.start..]
    }
    pub fn to_str(&self) -> Ref<Str> {
        Str::from_latin1(self.as_bytes())
    }
}

/// `int.__format__`.
pub fn format(value: IntView, spec: &Str, type_name: &str) -> PyResult {
    if spec.is_empty() {
        return to_str(value).map(Ref::into_value);
    }
    let units = spec.units();
    let parsed =
        format_number::parse_number_spec(units, Some('d'), type_name).map_err(raise_format)?;
    if format_number::is_float_kind(parsed.kind) {
        let float = int_arith::to_float(value)?;
        let padded =
            format_number::format_float(float, &parsed, type_name).map_err(raise_format)?;
        return text_support::from_padded(&padded);
    }
    let big = value.big();
    if matches!(parsed.kind.and_then(char::from_u32), Some('d' | 'n')) {
        // Raises if there are too many digits.
        decimal(value)?;
    }
    let padded = format_number::format_int(&big, &parsed, type_name).map_err(raise_format)?;
    match format_number::lone_surrogate(&big, &parsed) {
        Some(point) => text_support::from_padded_point(&padded, point),
        None => text_support::from_padded(&padded),
    }
}

/// How `int()` shows what it could not read.
pub enum Source<'a> {
    Text(&'a Str),
    Bytes(&'a [u8]),
}

impl Source<'_> {
    fn shown(&self) -> String {
        let text = match self {
            Source::Text(text) => crate::text::escape::repr(text.units()).units().to_rust(),
            Source::Bytes(bytes) => crate::text::escape::bytes_repr(bytes),
        };
        text.chars().take(200).collect()
    }

    fn units(&self) -> Units<'_> {
        match self {
            Source::Text(text) => text.units(),
            Source::Bytes(bytes) => Units::One(bytes),
        }
    }
}

/// A number of a few plain decimal digits, as most are.
fn parse_short(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if negative { -value } else { value })
}

/// `int(text, base)`.
pub fn parse(source: Source, base: u32) -> PyResult {
    if base == 10
        && let Units::One(text) = source.units()
        && let Some(value) = parse_short(text)
    {
        return Ok(Value::int(value));
    }
    parse_any(source, base).map(Value::from_big)
}

/// How many digits a text has that is plain digits, and more of them than the limit allows.
fn digits_beyond_limit(text: &[u8]) -> Option<usize> {
    let limit = max_str_digits();
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let beyond = limit != 0 && digits.len() > limit;
    (beyond && digits.iter().all(u8::is_ascii_digit)).then_some(digits.len())
}

fn parse_any(source: Source, base: u32) -> PyResult<BigInt> {
    // Told without another look at each digit.
    if base == 10
        && let Units::One(text) = source.units()
        && let Some(digits) = digits_beyond_limit(text)
    {
        return Err(too_long(&format!(": value has {digits} digits")));
    }
    let number = match source {
        // Bytes are not read as Latin-1.
        Source::Bytes(bytes) if !bytes.is_ascii() => None,
        _ => unicode::to_ascii_number(source.units()),
    };
    let parsed = number
        .ok_or(ParseIntError::Invalid)
        .and_then(|text| int_text::parse(&text, base, max_str_digits()));
    parsed.map_err(|error| match error {
        ParseIntError::Invalid => value_error(format!(
            "invalid literal for int() with base {base}: {}",
            source.shown()
        )),
        ParseIntError::TooLong(digits) => too_long(&format!(": value has {digits} digits")),
    })
}

/// The integer part of a float.
pub fn from_float(value: f64) -> PyResult {
    if value.is_nan() {
        return Err(value_error("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(overflow_error("cannot convert float infinity to integer"));
    }
    let small = value as i64;
    // Both ends of the range of i64 are excluded: there the cast saturates.
    if value.abs() < 9.0e18 {
        return Ok(Value::int(small));
    }
    Ok(Value::from_big(crate::numeric::ratio::truncate(value)))
}
