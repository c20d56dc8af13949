//! `__format__` of int, float and complex.

use super::Units;
use super::format_spec::{Align, FormatError, FormatSpec, Grouping, Padded, unknown_code};
use crate::numeric::float_digits::{self, FloatStyle, Layout};
use crate::numeric::int_text;
use num_bigint::{BigInt, Sign};
use num_traits::ToPrimitive;

fn value_error<T>(message: &str) -> Result<T, FormatError> {
    Err(FormatError::Value(message.to_owned()))
}

/// Precisions beyond this are refused.
const MAX_PRECISION: usize = i32::MAX as usize;

/// Whether the specification of an int asks for it to be formatted as a float.
pub fn is_float_kind(kind: Option<u32>) -> bool {
    matches!(
        kind.and_then(char::from_u32),
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%')
    )
}

/// Parses the specification of a number; ints have the default type `d`, others none.
pub fn parse_number_spec(
    spec: Units,
    default: Option<char>,
    type_name: &str,
) -> Result<FormatSpec, FormatError> {
    FormatSpec::parse(spec, default, Align::Right, type_name)
}

/// Formats an int by a specification that is not one of a float ([`is_float_kind`]).
pub fn format_int(
    value: &BigInt,
    spec: &FormatSpec,
    type_name: &str,
) -> Result<Padded<String>, FormatError> {
    let kind = match spec.kind.and_then(char::from_u32) {
        Some(kind @ ('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n')) => kind,
        _ => return unknown_code(spec.kind.unwrap_or(0), type_name),
    };
    if spec.precision.is_some() {
        return value_error("Precision not allowed in integer format specifier");
    }
    if spec.coerce_zero {
        return value_error("Negative zero coercion (z) not allowed in integer format specifier");
    }
    if kind == 'c' {
        return format_char(value, spec);
    }
    let base = match kind {
        'b' => 2,
        'o' => 8,
        'x' | 'X' => 16,
        _ => 10,
    };
    let mut digits = int_text::magnitude_digits(value, base);
    if kind == 'X' {
        digits.make_ascii_uppercase();
    }
    let mut prefix = sign_text(value.sign() == Sign::Minus, spec.sign).to_owned();
    if spec.alternate && base != 10 {
        prefix.push('0');
        prefix.push(kind);
    }
    let size = if base == 10 { 3 } else { 4 };
    Ok(lay_out(prefix, &digits, "", size, spec))
}

fn format_char(value: &BigInt, spec: &FormatSpec) -> Result<Padded<String>, FormatError> {
    if spec.sign.is_some() {
        return value_error("Sign not allowed with integer format specifier 'c'");
    }
    if spec.alternate {
        return value_error("Alternate form (#) not allowed with integer format specifier 'c'");
    }
    let Some(point) = value.to_i64() else {
        return Err(FormatError::Overflow(
            "Python int too large to convert to C long".to_owned(),
        ));
    };
    match u32::try_from(point).ok().filter(|&point| point < 0x11_0000) {
        // Surrogates cannot be in a `String`; the caller asks `lone_surrogate` first.
        Some(point) => {
            let body = char::from_u32(point)
                .unwrap_or(char::REPLACEMENT_CHARACTER)
                .to_string();
            Ok(Padded::new(
                String::new(),
                body,
                1,
                spec.fill,
                spec.align,
                spec.width,
            ))
        }
        None => Err(FormatError::Overflow(
            "%c arg not in range(0x110000)".to_owned(),
        )),
    }
}

/// The surrogate that `c` formats, if it is one: the body of the result stands for it.
pub fn lone_surrogate(value: &BigInt, spec: &FormatSpec) -> Option<u32> {
    let point = value
        .to_u32()
        .filter(|point| (0xD800..0xE000).contains(point))?;
    (spec.kind == Some('c'.into())).then_some(point)
}

fn sign_text(negative: bool, sign: Option<char>) -> &'static str {
    match (negative, sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    }
}

/// Puts sign, digits and what follows them together: groups the digits, fills with zeros as the
/// grouping wants it, pads.
fn lay_out(
    prefix: String,
    digits: &str,
    rest: &str,
    group: usize,
    spec: &FormatSpec,
) -> Padded<String> {
    let mut body;
    match spec.grouping.separator() {
        Some(separator) if !digits.is_empty() => {
            let zero_filled = spec.fill == u32::from('0') && spec.align == Align::AfterSign;
            // Zeros beyond what can be allocated are refused when padding; do not make them here.
            let least = if zero_filled && spec.width < super::format_spec::MAX_WIDTH / 4 {
                spec.width.saturating_sub(prefix.len() + rest.len())
            } else {
                0
            };
            body = group_digits(digits, separator, group, least);
        }
        _ => body = digits.to_owned(),
    }
    body.push_str(rest);
    let length = prefix.len() + body.len();
    Padded::new(prefix, body, length, spec.fill, spec.align, spec.width)
}

/// The digits in groups counted from the right, with zeros in front up to a length of `least`;
/// a separator never comes first, so it can get one longer.
fn group_digits(digits: &str, separator: char, group: usize, least: usize) -> String {
    let mut reversed = Vec::with_capacity(digits.len() + digits.len() / group + 1);
    let mut rest = digits.bytes().rev();
    let (mut left, mut wanted) = (digits.len(), least as i64);
    loop {
        let count = group.min((left as i64).max(wanted).max(1) as usize);
        for _ in 0..count {
            reversed.push(rest.next().unwrap_or(b'0'));
        }
        left = left.saturating_sub(count);
        wanted -= count as i64;
        if left == 0 && wanted <= 0 {
            break;
        }
        reversed.push(separator as u8);
        wanted -= 1;
    }
    reversed.reverse();
    String::from_utf8(reversed).unwrap_or_default()
}

/// A float's text without sign, in three parts: digits before the point, the fraction with its
/// point, and the exponent (or all of `inf` and `nan`).
fn split_float(text: &str) -> (&str, &str, &str) {
    let whole = text.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at(whole);
    let fraction = match rest.strip_prefix('.') {
        Some(after) => 1 + after.bytes().take_while(u8::is_ascii_digit).count(),
        None => 0,
    };
    let (fraction, exponent) = rest.split_at(fraction);
    (digits, fraction, exponent)
}

/// The digits after the point in groups counted from the left.
fn group_fraction(fraction: &str, grouping: Grouping) -> String {
    let Some(separator) = grouping.separator() else {
        return fraction.to_owned();
    };
    let mut out = String::with_capacity(fraction.len() * 4 / 3 + 1);
    for (index, char) in fraction.chars().enumerate() {
        if index > 1 && (index - 1) % 3 == 0 {
            out.push(separator);
        }
        out.push(char);
    }
    out
}

/// The layout that a presentation type means.
fn float_style(spec: &FormatSpec, type_name: &str) -> Result<FloatStyle, FormatError> {
    let kind = match spec.kind {
        None => None,
        Some(kind) => match char::from_u32(kind) {
            Some(kind @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) => Some(kind),
            _ => return unknown_code(kind, type_name),
        },
    };
    if spec
        .precision
        .is_some_and(|precision| precision > MAX_PRECISION)
    {
        return value_error("precision too big");
    }
    let layout = match kind {
        None if spec.precision.is_none() => Layout::Repr,
        None | Some('g' | 'G' | 'n') => Layout::General,
        Some('e' | 'E') => Layout::Exponent,
        Some(_) => Layout::Fixed,
    };
    Ok(FloatStyle {
        layout,
        precision: spec.precision.unwrap_or(6),
        alternate: spec.alternate,
        point_zero: kind.is_none(),
        uppercase: kind.is_some_and(|kind| kind.is_ascii_uppercase()),
    })
}

/// The text without sign, and whether a minus sign belongs to it.
fn float_text(value: f64, spec: &FormatSpec, style: &FloatStyle) -> (String, bool) {
    let text = float_digits::format(value, style);
    match text.strip_prefix('-') {
        Some(unsigned) => {
            // What was rounded to zero counts as zero.
            let is_zero = !unsigned
                .bytes()
                .take_while(|byte| !matches!(byte, b'e' | b'E'))
                .any(|byte| byte > b'0');
            let negative = !(spec.coerce_zero && is_zero);
            (unsigned.to_owned(), negative)
        }
        None => (text, false),
    }
}

pub fn format_float(
    value: f64,
    spec: &FormatSpec,
    type_name: &str,
) -> Result<Padded<String>, FormatError> {
    let style = float_style(spec, type_name)?;
    let percent = spec.kind == Some('%'.into());
    let value = if percent { value * 100.0 } else { value };
    let (text, negative) = float_text(value, spec, &style);
    let (digits, fraction, exponent) = split_float(&text);
    let mut rest = group_fraction(fraction, spec.fraction_grouping);
    rest.push_str(exponent);
    if percent {
        rest.push('%');
    }
    Ok(lay_out(
        sign_text(negative, spec.sign).to_owned(),
        digits,
        &rest,
        3,
        spec,
    ))
}

pub fn format_complex(
    real: f64,
    imaginary: f64,
    spec: &FormatSpec,
    type_name: &str,
) -> Result<Padded<String>, FormatError> {
    let kind = spec.kind.and_then(char::from_u32);
    if kind == Some('%') {
        return unknown_code('%'.into(), type_name);
    }
    let mut style = float_style(spec, type_name)?;
    if spec.fill == u32::from('0') {
        return value_error("Zero padding is not allowed in complex format specifier");
    }
    if spec.align == Align::AfterSign {
        return value_error("'=' alignment flag is not allowed in complex format specifier");
    }
    style.point_zero = false;
    // Without a type it looks like `repr`: parentheses, and no real part if that is +0.0.
    let bare = kind.is_none();
    let skip_real = bare && real == 0.0 && real.is_sign_positive();
    let part = |value: f64, sign: Option<char>| {
        let (text, negative) = float_text(value, spec, &style);
        let (digits, fraction, exponent) = split_float(&text);
        let unpadded = FormatSpec {
            width: 0,
            fill: ' '.into(),
            ..spec.clone()
        };
        let rest = group_fraction(fraction, spec.fraction_grouping) + exponent;
        let laid = lay_out(
            sign_text(negative, sign).to_owned(),
            digits,
            &rest,
            3,
            &unpadded,
        );
        laid.prefix + &laid.body
    };
    let body = if skip_real {
        format!("{}j", part(imaginary, spec.sign))
    } else {
        let sum = format!("{}{}j", part(real, spec.sign), part(imaginary, Some('+')));
        if bare { format!("({sum})") } else { sum }
    };
    let length = body.len();
    Ok(Padded::new(
        String::new(),
        body,
        length,
        spec.fill,
        spec.align,
        spec.width,
    ))
}

/// `repr(complex(real, imaginary))`
pub fn complex_repr(real: f64, imaginary: f64) -> String {
    let style = FloatStyle {
        point_zero: false,
        ..FloatStyle::REPR
    };
    let text = |value: f64| float_digits::format(value, &style);
    if real == 0.0 && real.is_sign_positive() {
        return format!("{}j", text(imaginary));
    }
    let second = text(imaginary);
    let plus = if second.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{second}j)", text(real))
}
