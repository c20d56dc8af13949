//! Float arithmetic where Python differs from the hardware: division, modulo, power, rounding.

use crate::exceptions::{PyResult, Raised, overflow_error, value_error, zero_division_error};
use crate::numeric::{float_digits, ratio};
use crate::objects::complex_arith;
use crate::value::Value;
use num_bigint::BigInt;
use num_integer::Integer;

fn division_by_zero() -> Raised {
    zero_division_error("division by zero")
}

pub fn divide(a: f64, b: f64) -> PyResult<f64> {
    if b == 0.0 {
        Err(division_by_zero())
    } else {
        Ok(a / b)
    }
}

/// Quotient rounded down, and the remainder with the divisor's sign (zeros included).
pub fn divmod(a: f64, b: f64) -> PyResult<(f64, f64)> {
    if b == 0.0 {
        return Err(division_by_zero());
    }
    let remainder = a % b;
    // `a - remainder` is very nearly a multiple of `b`.
    let mut quotient = (a - remainder) / b;
    let remainder = if remainder == 0.0 {
        0.0f64.copysign(b)
    } else if (b < 0.0) != (remainder < 0.0) {
        quotient -= 1.0;
        remainder + b
    } else {
        remainder
    };
    let quotient = if quotient == 0.0 {
        0.0f64.copysign(a / b)
    } else {
        let floor = quotient.floor();
        if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    };
    Ok((quotient, remainder))
}

pub fn floor_divide(a: f64, b: f64) -> PyResult<f64> {
    divmod(a, b).map(|(quotient, _)| quotient)
}

pub fn remainder(a: f64, b: f64) -> PyResult<f64> {
    divmod(a, b).map(|(_, remainder)| remainder)
}

/// `a ** b`: complex for a negative base and a broken exponent.
pub fn power(a: f64, b: f64) -> PyResult {
    if a == 0.0 && b < 0.0 && b.is_finite() {
        return Err(zero_division_error("zero to a negative power"));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return complex_arith::power((a, 0.0), (b, 0.0));
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(range_error());
    }
    Ok(Value::float(result))
}

/// `OverflowError(34, 'Numerical result out of range')`
#[cold]
pub fn range_error() -> Raised {
    let text = crate::objects::str::Str::new("Numerical result out of range").into_value();
    crate::exceptions::raise_args(
        crate::exceptions::OVERFLOW_ERROR.get(),
        vec![Value::int(i64::from(libc::ERANGE)), text],
    )
}

/// To the nearest integer, ties to even.
pub fn round_half_even(value: f64) -> f64 {
    value.round_ties_even()
}

/// `round(value, digits)`: the decimal result that is nearest to the exact value, as a float.
pub fn round_to(value: f64, digits: i64) -> PyResult<f64> {
    // Beyond these every float stays what it is, or becomes zero.
    if !value.is_finite() || value == 0.0 || digits > 323 {
        return Ok(value);
    }
    if digits < -308 {
        return Ok(0.0f64.copysign(value));
    }
    if digits >= 0 {
        let style = float_digits::FloatStyle {
            layout: float_digits::Layout::Fixed,
            precision: digits as usize,
            alternate: false,
            point_zero: false,
            uppercase: false,
        };
        return Ok(float_digits::format(value, &style).parse().unwrap_or(value));
    }
    let (numerator, denominator) = ratio::as_integer_ratio(value.abs());
    let power = BigInt::from(10).pow(digits.unsigned_abs() as u32);
    let scaled = denominator * &power;
    let (quotient, rest) = numerator.div_mod_floor(&scaled);
    let up = match (rest << 1u32).cmp(&scaled) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient.is_odd(),
    };
    let rounded = (if up { quotient + 1 } else { quotient }) * power;
    match ratio::to_float(&rounded) {
        Some(rounded) => Ok(rounded.copysign(value)),
        None => Err(overflow_error("rounded value too large to represent")),
    }
}

/// `float.as_integer_ratio()`.
pub fn integer_ratio(value: f64) -> PyResult<(BigInt, BigInt)> {
    if value.is_infinite() {
        return Err(overflow_error("cannot convert Infinity to integer ratio"));
    }
    if value.is_nan() {
        return Err(value_error("cannot convert NaN to integer ratio"));
    }
    Ok(ratio::as_integer_ratio(value))
}
