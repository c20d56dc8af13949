//! Floats as text: the shortest digits that read back as the same float, or a given number of
//! correctly rounded ones, laid out as `repr` and the format codes want them.
//!
//! The digits come from Rust's formatter, which is exact in both modes (ties of exact decimal
//! expansions go to even, as in CPython). Invariant: [`Digits::digits`] is never empty and starts
//! with a zero only if the number is zero.

/// A finite, non-negative float in decimal: `0.d1 d2 d3 … × 10^point`.
struct Digits {
    digits: String,
    point: i32,
}

/// More digits than these are zeros in any float.
const MAX_FRACTION: usize = 1074;
const MAX_SIGNIFICANT: usize = 768;

impl Digits {
    /// The shortest digits that identify the float.
    fn shortest(value: f64) -> Digits {
        let text = format!("{value:e}");
        let found = Digits::from_scientific(&text);
        // Of two equally near candidates Rust takes the upper, CPython the even one. Numbers of fewer
        // digits are never exactly between two candidates.
        let is_odd = found
            .digits
            .bytes()
            .last()
            .is_some_and(|digit| digit % 2 == 1);
        if found.digits.len() >= 15 && is_odd {
            let precision = found.digits.len() - 1;
            let even = format!("{value:.precision$e}");
            if even != text && even.parse() == Ok(value) {
                return Digits::from_scientific(&even);
            }
        }
        found
    }

    /// `count` significant digits, at least one.
    fn significant(value: f64, count: usize) -> Digits {
        let digits = count.clamp(1, MAX_SIGNIFICANT) - 1;
        Digits::from_scientific(&format!("{value:.digits$e}"))
    }

    /// Digits up to the `count`-th after the point.
    fn fraction(value: f64, count: usize) -> Digits {
        let count = count.min(MAX_FRACTION);
        let text = format!("{value:.count$}");
        let whole = text.find('.').unwrap_or(text.len());
        let digits: String = text.chars().filter(|&digit| digit != '.').collect();
        let significant = digits.trim_start_matches('0');
        if significant.is_empty() {
            return Digits {
                digits: "0".to_owned(),
                point: 1,
            };
        }
        let zeros = digits.len() - significant.len();
        Digits {
            digits: significant.to_owned(),
            point: whole as i32 - zeros as i32,
        }
    }

    fn from_scientific(text: &str) -> Digits {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let digits = mantissa.replace('.', "");
        let exponent: i32 = exponent.parse().unwrap_or(0);
        Digits {
            digits,
            point: exponent + 1,
        }
    }

    fn without_trailing_zeros(mut self) -> Digits {
        let kept = self.digits.trim_end_matches('0').len().max(1);
        self.digits.truncate(kept);
        self
    }
}

/// How a float is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `repr`: shortest digits.
    Repr,
    /// `e`: always with exponent.
    Exponent,
    /// `f`: never with exponent.
    Fixed,
    /// `g`: with exponent if it is outside of the precision.
    General,
}

#[derive(Clone, Copy, Debug)]
pub struct FloatStyle {
    pub layout: Layout,
    pub precision: usize,
    /// `#`: keep the point, and for `g` the trailing zeros.
    pub alternate: bool,
    /// At least one digit after the point, if there is no exponent.
    pub point_zero: bool,
    pub uppercase: bool,
}

impl FloatStyle {
    pub const REPR: FloatStyle = FloatStyle {
        layout: Layout::Repr,
        precision: 0,
        alternate: false,
        point_zero: true,
        uppercase: false,
    };
}

/// `repr(value)`.
pub fn repr(value: f64) -> String {
    format(value, &FloatStyle::REPR)
}

/// The text of the float, with `-` in front if it is negative (zero included, NaN not).
pub fn format(value: f64, style: &FloatStyle) -> String {
    let mut out = String::new();
    if value.is_nan() {
        return if style.uppercase { "NAN" } else { "nan" }.to_owned();
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    let value = value.abs();
    if value.is_infinite() {
        out.push_str(if style.uppercase { "INF" } else { "inf" });
        return out;
    }
    lay_out(value, style, &mut out);
    out
}

fn lay_out(value: f64, style: &FloatStyle, out: &mut String) {
    // `wanted`: digits after the point, or significant ones for `General`; zeros fill up to it.
    let (digits, exponent, wanted) = match style.layout {
        Layout::Repr => {
            let digits = Digits::shortest(value);
            let exponent = value != 0.0 && (digits.point <= -4 || digits.point > 16);
            (digits, exponent, 0)
        }
        Layout::Exponent => (
            Digits::significant(value, style.precision.saturating_add(1)),
            true,
            style.precision,
        ),
        Layout::Fixed => (
            Digits::fraction(value, style.precision),
            false,
            style.precision,
        ),
        Layout::General => {
            let precision = style.precision.max(1);
            let digits = Digits::significant(value, precision);
            // With `point_zero` a digit after the point must fit into the precision too.
            let limit = precision as i64 - i64::from(style.point_zero);
            let exponent = digits.point <= -4 || i64::from(digits.point) > limit;
            let point = digits.point;
            if !style.alternate {
                (digits.without_trailing_zeros(), exponent, 0)
            } else if exponent {
                (digits, true, precision - 1)
            } else {
                (
                    digits,
                    false,
                    (precision as i64 - i64::from(point)).max(0) as usize,
                )
            }
        }
    };
    let Digits { digits, point } = digits;
    if exponent {
        out.push_str(&digits[..1]);
        let fraction = &digits[1..];
        if !fraction.is_empty() || wanted > 0 || style.alternate {
            out.push('.');
            out.push_str(fraction);
            push_zeros(out, wanted.saturating_sub(fraction.len()));
        }
        let exponent = point - 1;
        out.push(if style.uppercase { 'E' } else { 'e' });
        out.push(if exponent < 0 { '-' } else { '+' });
        out.push_str(&format!("{:02}", exponent.abs()));
        return;
    }
    let whole_length = point.max(0) as usize;
    if whole_length == 0 {
        out.push('0');
    } else if whole_length <= digits.len() {
        out.push_str(&digits[..whole_length]);
    } else {
        out.push_str(&digits);
        push_zeros(out, whole_length - digits.len());
    }
    let fraction = digits.get(whole_length..).unwrap_or("");
    let leading = if fraction.is_empty() {
        0
    } else {
        (-point).max(0) as usize
    };
    let written = leading + fraction.len();
    // A number that was rounded to nothing has its zeros by `wanted` alone.
    let is_zero = value == 0.0 || digits == "0";
    let (leading, fraction, written) = if is_zero {
        (0, "", 0)
    } else {
        (leading, fraction, written)
    };
    if written > 0 || wanted > 0 || style.alternate || style.point_zero {
        out.push('.');
        push_zeros(out, leading);
        out.push_str(fraction);
        let least = if written == 0 && style.point_zero {
            wanted.max(1)
        } else {
            wanted
        };
        push_zeros(out, least.saturating_sub(written));
    }
}

fn push_zeros(out: &mut String, count: usize) {
    out.extend(std::iter::repeat_n('0', count));
}
