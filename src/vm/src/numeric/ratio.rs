//! Exact conversions between floats and integers: `as_integer_ratio`, int to float, the quotient of
//! two ints. All round correctly to nearest, ties to even.

use super::float_hex::scale;
use num_bigint::{BigInt, BigUint, Sign};
use num_traits::{ToPrimitive, Zero};

/// A finite float as `mantissa × 2^exponent` with an odd mantissa (or zero with exponent 0).
pub fn decompose(value: f64) -> (i64, i32) {
    let bits = value.to_bits();
    let fraction = bits & ((1 << 52) - 1);
    let exponent = (bits >> 52 & 0x7FF) as i32;
    let (mantissa, exponent) = if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, exponent - 1075)
    };
    if mantissa == 0 {
        return (0, 0);
    }
    let zeros = mantissa.trailing_zeros();
    let mantissa = (mantissa >> zeros) as i64;
    (
        if value.is_sign_negative() {
            -mantissa
        } else {
            mantissa
        },
        exponent + zeros as i32,
    )
}

/// Numerator and denominator in lowest terms; the float is finite.
pub fn as_integer_ratio(value: f64) -> (BigInt, BigInt) {
    let (mantissa, exponent) = decompose(value);
    let power = |exponent: i32| BigInt::from(1) << exponent.unsigned_abs();
    if exponent >= 0 {
        (
            BigInt::from(mantissa) << exponent.unsigned_abs(),
            BigInt::from(1),
        )
    } else {
        (BigInt::from(mantissa), power(exponent))
    }
}

/// A finite float cut to an integer.
pub fn truncate(value: f64) -> BigInt {
    let (mantissa, exponent) = decompose(value);
    if exponent >= 0 {
        BigInt::from(mantissa) << exponent.unsigned_abs()
    } else if exponent > -64 {
        // Not a shift of the signed number: that would round down.
        BigInt::from(
            mantissa
                / (1i64
                    .checked_shl(exponent.unsigned_abs())
                    .filter(|&it| it > 0)
                    .unwrap_or(i64::MAX)),
        )
    } else {
        BigInt::zero()
    }
}

fn with_sign(magnitude: f64, negative: bool) -> f64 {
    if negative { -magnitude } else { magnitude }
}

/// The nearest float, or `None` if the integer is beyond all of them.
pub fn to_float(value: &BigInt) -> Option<f64> {
    if let Some(small) = value.to_i64() {
        return Some(small as f64);
    }
    let (bits, sticky, exponent) = top_bits(value.magnitude());
    Some(with_sign(
        scale(bits, sticky, exponent)?,
        value.sign() == Sign::Minus,
    ))
}

/// The highest 64 bits (or all, if there are fewer), whether a lower one is set, and the exponent.
fn top_bits(value: &BigUint) -> (u64, bool, i64) {
    let length = value.bits();
    if length <= 64 {
        return (value.to_u64().unwrap_or(0), false, 0);
    }
    let shift = length - 64;
    let top = (value >> shift).to_u64().unwrap_or(u64::MAX);
    let sticky = value.trailing_zeros().is_some_and(|zeros| zeros < shift);
    (top, sticky, shift as i64)
}

/// `a / b` for a non-zero `b`; `None` if the result is beyond all floats.
pub fn true_divide(a: &BigInt, b: &BigInt) -> Option<f64> {
    const EXACT: u64 = 1 << 53;
    let negative = (a.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
    if a.is_zero() {
        return Some(with_sign(0.0, negative));
    }
    if let (Some(a), Some(b)) = (a.magnitude().to_u64(), b.magnitude().to_u64())
        && a <= EXACT
        && b <= EXACT
    {
        return Some(with_sign(a as f64 / b as f64, negative));
    }
    // Scaled so that the quotient has 64 or 65 bits: at least 11 more than are kept, the rest of the
    // division is the sticky bit.
    let (a, b) = (a.magnitude(), b.magnitude());
    let shift = b.bits() as i64 + 64 - a.bits() as i64;
    let (quotient, remainder) = if shift >= 0 {
        num_integer::Integer::div_rem(&(a << shift as u64), b)
    } else {
        num_integer::Integer::div_rem(a, &(b << (-shift) as u64))
    };
    let (bits, sticky, exponent) = top_bits(&quotient);
    let magnitude = scale(bits, sticky || !remainder.is_zero(), exponent - shift)?;
    Some(with_sign(magnitude, negative))
}
