//! Numeric hashes: equal numbers of any type hash alike.
//!
//! A rational number hashes to its value modulo the prime 2^61 − 1 (with the sign put back on), which
//! ints, floats, `Fraction` and `Decimal` can all compute. −1 is never a hash.

use num_bigint::{BigInt, Sign};

pub const BITS: u32 = 61;
pub const MODULUS: u64 = (1 << BITS) - 1;
pub const INF: i64 = 314159;
/// The factor of the imaginary part of a complex number.
pub const IMAG: u64 = 1_000_003;

fn finish(hash: i64) -> i64 {
    if hash == -1 { -2 } else { hash }
}

#[inline]
pub fn hash_i64(value: i64) -> i64 {
    // Most ints are below the modulus, and a branch is quicker than a division.
    let absolute = value.unsigned_abs();
    let magnitude = match absolute < MODULUS {
        true => absolute,
        false => absolute % MODULUS,
    } as i64;
    finish(if value < 0 { -magnitude } else { magnitude })
}

pub fn hash_big(value: &BigInt) -> i64 {
    // 2^61 is 1 modulo the prime, so 2^64 is 8.
    let mut hash = 0u64;
    for digit in value.magnitude().iter_u64_digits().rev() {
        hash = ((u128::from(hash) * 8 + u128::from(digit)) % u128::from(MODULUS)) as u64;
    }
    finish(if value.sign() == Sign::Minus {
        -(hash as i64)
    } else {
        hash as i64
    })
}

/// `None` for NaN: its hash is that of the object's identity.
pub fn hash_f64(value: f64) -> Option<i64> {
    if value.is_nan() {
        return None;
    }
    if value.is_infinite() {
        return Some(if value > 0.0 { INF } else { -INF });
    }
    let (mantissa, exponent) = super::ratio::decompose(value);
    let magnitude = mantissa.unsigned_abs() % MODULUS;
    let shift = exponent.rem_euclid(BITS as i32) as u32;
    let rotated = if shift == 0 {
        magnitude
    } else {
        (magnitude << shift & MODULUS) | magnitude >> (BITS - shift)
    };
    Some(finish(if mantissa < 0 {
        -(rotated as i64)
    } else {
        rotated as i64
    }))
}

/// From the hashes of the two parts.
pub fn hash_complex(real: i64, imaginary: i64) -> i64 {
    finish((real as u64).wrapping_add(IMAG.wrapping_mul(imaginary as u64)) as i64)
}
