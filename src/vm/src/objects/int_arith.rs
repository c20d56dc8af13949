//! Integer arithmetic over both representations.
//!
//! The interpreter has inlined paths for small ints; this is what every other combination comes to.
//! All results are normalized: a number that fits a small int is one.

use crate::exceptions::{PyResult, memory_error, overflow_error, value_error, zero_division_error};
use crate::numeric::ratio;
use crate::objects::int::IntView;
use crate::value::Value;
use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};

/// Results with more bits than this cannot be allocated.
const MAX_BITS: u64 = 1 << 38;

pub fn add(a: IntView, b: IntView) -> Value {
    if let (IntView::Small(a), IntView::Small(b)) = (a, b)
        && let Some(sum) = a.checked_add(b)
    {
        return Value::int(sum);
    }
    // What is small is added in place to a copy of what is big.
    Value::from_big(match (a, b) {
        (IntView::Big(big), IntView::Small(small)) | (IntView::Small(small), IntView::Big(big)) => {
            big + small
        }
        _ => &*a.big() + &*b.big(),
    })
}

pub fn subtract(a: IntView, b: IntView) -> Value {
    if let (IntView::Small(a), IntView::Small(b)) = (a, b)
        && let Some(difference) = a.checked_sub(b)
    {
        return Value::int(difference);
    }
    Value::from_big(match (a, b) {
        (IntView::Big(big), IntView::Small(small)) => big - small,
        _ => &*a.big() - &*b.big(),
    })
}

pub fn multiply(a: IntView, b: IntView) -> PyResult {
    if let (IntView::Small(a), IntView::Small(b)) = (a, b) {
        return Ok(match a.checked_mul(b) {
            Some(product) => Value::int(product),
            None => Value::from_big(BigInt::from(i128::from(a) * i128::from(b))),
        });
    }
    if let (IntView::Big(big), IntView::Small(small)) | (IntView::Small(small), IntView::Big(big)) =
        (a, b)
        && big.bits() < MAX_BITS / 2
    {
        return Ok(Value::from_big(big * small));
    }
    let (a, b) = (a.big(), b.big());
    if a.bits() + b.bits() > MAX_BITS {
        return Err(memory_error(""));
    }
    Ok(Value::from_big(&*a * &*b))
}

fn division_by_zero() -> crate::exceptions::Raised {
    zero_division_error("division by zero")
}

/// Quotient rounded down, and the remainder with the divisor's sign.
pub fn divmod(a: IntView, b: IntView) -> PyResult<(Value, Value)> {
    if b.is_zero() {
        return Err(division_by_zero());
    }
    if let (IntView::Small(a), IntView::Small(b)) = (a, b)
        && a.checked_div(b).is_some()
    {
        let (quotient, remainder) = a.div_mod_floor(&b);
        return Ok((Value::int(quotient), Value::int(remainder)));
    }
    let (quotient, remainder) = a.big().div_mod_floor(&b.big());
    Ok((Value::from_big(quotient), Value::from_big(remainder)))
}

pub fn floor_divide(a: IntView, b: IntView) -> PyResult {
    if let (IntView::Small(a), IntView::Small(b)) = (a, b)
        && b != 0
        && b != -1
    {
        return Ok(Value::int(Integer::div_floor(&a, &b)));
    }
    divmod(a, b).map(|(quotient, _)| quotient)
}

pub fn remainder(a: IntView, b: IntView) -> PyResult {
    if let (IntView::Small(a), IntView::Small(b)) = (a, b)
        && b != 0
        && b != -1
    {
        return Ok(Value::int(a.mod_floor(&b)));
    }
    if let (IntView::Big(big), IntView::Small(divisor)) = (a, b)
        && divisor > 0
    {
        let fold = |rest: u128, digit: u64| (rest << 64 | u128::from(digit)) % divisor as u128;
        let rest = big.magnitude().iter_u64_digits().rev().fold(0, fold) as i64;
        return Ok(Value::int(match rest {
            0 => 0,
            rest if big.is_negative() => divisor - rest,
            rest => rest,
        }));
    }
    divmod(a, b).map(|(_, remainder)| remainder)
}

pub fn true_divide(a: IntView, b: IntView) -> PyResult {
    if b.is_zero() {
        return Err(division_by_zero());
    }
    const EXACT: i64 = 1 << 53;
    if let (IntView::Small(a), IntView::Small(b)) = (a, b)
        && (-EXACT..=EXACT).contains(&a)
        && (-EXACT..=EXACT).contains(&b)
    {
        return Ok(Value::float(a as f64 / b as f64));
    }
    match ratio::true_divide(&a.big(), &b.big()) {
        Some(quotient) => Ok(Value::float(quotient)),
        None => Err(overflow_error(
            "integer division result too large for a float",
        )),
    }
}

pub fn shift_left(a: IntView, count: IntView) -> PyResult {
    if count.is_negative() {
        return Err(value_error("negative shift count"));
    }
    if a.is_zero() {
        return Ok(Value::int(0));
    }
    let Some(count) = count.to_i64() else {
        return Err(overflow_error("too many digits in integer"));
    };
    if let IntView::Small(a) = a
        && count < 63
        && (a << count) >> count == a
    {
        return Ok(Value::int(a << count));
    }
    let a = a.big();
    if a.bits() + count as u64 > MAX_BITS {
        return Err(memory_error(""));
    }
    Ok(Value::from_big(&*a << count as u64))
}

pub fn shift_right(a: IntView, count: IntView) -> PyResult {
    if count.is_negative() {
        return Err(value_error("negative shift count"));
    }
    let count = count.to_i64().unwrap_or(i64::MAX) as u64;
    if let IntView::Small(a) = a {
        return Ok(Value::int(a >> count.min(63)));
    }
    let a = a.big();
    if count >= a.bits() {
        return Ok(Value::int(if a.is_negative() { -1 } else { 0 }));
    }
    // Shifts of negative numbers round down, as in Python.
    Ok(Value::from_big(&*a >> count))
}

/// The low 128 bits, of two's complement.
fn low_bits(number: IntView) -> u128 {
    let big = match number {
        IntView::Small(small) => return i128::from(small) as u128,
        IntView::Big(big) => big,
    };
    let mut digits = big.magnitude().iter_u64_digits();
    let mut digit = || u128::from(digits.next().unwrap_or(0));
    let low = digit() | digit() << 64;
    if big.is_negative() {
        low.wrapping_neg()
    } else {
        low
    }
}

/// Is it a mask of no more than 128 bits?
fn is_short_mask(number: IntView) -> bool {
    match number {
        IntView::Small(small) => small >= 0,
        IntView::Big(big) => !big.is_negative() && big.bits() <= 128,
    }
}

pub fn and(a: IntView, b: IntView) -> Value {
    match (a, b) {
        (IntView::Small(a), IntView::Small(b)) => Value::int(a & b),
        _ if is_short_mask(a) || is_short_mask(b) => {
            let bits = low_bits(a) & low_bits(b);
            match i64::try_from(bits) {
                Ok(small) => Value::int(small),
                Err(_) => Value::from_big(bits.into()),
            }
        }
        _ => Value::from_big(&*a.big() & &*b.big()),
    }
}

pub fn or(a: IntView, b: IntView) -> Value {
    match (a, b) {
        (IntView::Small(a), IntView::Small(b)) => Value::int(a | b),
        _ => Value::from_big(&*a.big() | &*b.big()),
    }
}

pub fn xor(a: IntView, b: IntView) -> Value {
    match (a, b) {
        (IntView::Small(a), IntView::Small(b)) => Value::int(a ^ b),
        _ => Value::from_big(&*a.big() ^ &*b.big()),
    }
}

pub fn negate(a: IntView) -> Value {
    match a {
        IntView::Small(a) if a != i64::MIN => Value::int(-a),
        _ => Value::from_big(-&*a.big()),
    }
}

pub fn absolute(a: IntView) -> Value {
    if a.is_negative() { negate(a) } else { plain(a) }
}

pub fn invert(a: IntView) -> Value {
    match a {
        IntView::Small(a) => Value::int(!a),
        IntView::Big(a) => Value::from_big(!a),
    }
}

/// The same number as an exact int.
pub fn plain(a: IntView) -> Value {
    match a {
        IntView::Small(a) => Value::int(a),
        IntView::Big(a) => Value::from_big(a.clone()),
    }
}

pub fn compare(a: IntView, b: IntView) -> std::cmp::Ordering {
    match (a, b) {
        (IntView::Small(a), IntView::Small(b)) => a.cmp(&b),
        _ => a.big().cmp(&b.big()),
    }
}

/// `a ** b` for `b >= 0`.
pub fn power(a: IntView, b: IntView) -> PyResult {
    if let (IntView::Small(base), Some(exponent)) = (a, b.to_i64())
        && let Ok(exponent) = u32::try_from(exponent)
        && let Some(result) = base.checked_pow(exponent)
    {
        return Ok(Value::int(result));
    }
    let base = a.big();
    if base.is_zero() || base.is_one() {
        return Ok(plain(a));
    }
    if *base == BigInt::from(-1) {
        return Ok(Value::int(if b.big().is_odd() { -1 } else { 1 }));
    }
    match b.to_i64().and_then(|exponent| u32::try_from(exponent).ok()) {
        Some(exponent) if (base.bits() - 1).saturating_mul(u64::from(exponent)) < MAX_BITS => {
            Ok(Value::from_big(base.pow(exponent)))
        }
        _ => Err(memory_error("")),
    }
}

/// `pow(a, b, modulus)`.
pub fn power_modulo(a: IntView, b: IntView, modulus: IntView) -> PyResult {
    if modulus.is_zero() {
        return Err(value_error("pow() 3rd argument cannot be 0"));
    }
    let modulus = modulus.to_big();
    let magnitude = modulus.abs();
    let mut base = a.big().mod_floor(&magnitude);
    let mut exponent = b.to_big();
    if exponent.is_negative() {
        exponent = -exponent;
        base = inverse(&base, &magnitude)?;
    }
    let result = if magnitude.is_one() {
        BigInt::zero()
    } else {
        base.modpow(&exponent, &magnitude)
    };
    // The result has the modulus's sign.
    if modulus.is_negative() && !result.is_zero() {
        return Ok(Value::from_big(result + modulus));
    }
    Ok(Value::from_big(result))
}

fn inverse(base: &BigInt, modulus: &BigInt) -> PyResult<BigInt> {
    let common = base.extended_gcd(modulus);
    if !common.gcd.is_one() {
        return Err(value_error("base is not invertible for the given modulus"));
    }
    Ok(common.x.mod_floor(modulus))
}

/// `round(a, -digits)`: to a multiple of 10^digits, ties to even.
pub fn round_to_power_of_ten(a: IntView, digits: u64) -> Value {
    let value = a.big();
    // Ten to that power is more than twice the number.
    if digits > value.bits() / 3 + 2 {
        return Value::int(0);
    }
    let power = BigInt::from(10).pow(digits as u32);
    let (quotient, remainder) = value.div_mod_floor(&power);
    let twice = remainder << 1u32;
    let up = match twice.cmp(&power) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient.is_odd(),
    };
    Value::from_big((if up { quotient + 1 } else { quotient }) * power)
}

/// Orders an int against a float exactly; `None` for NaN.
pub fn compare_float(a: IntView, b: f64) -> Option<std::cmp::Ordering> {
    if b.is_nan() {
        return None;
    }
    if b.is_infinite() {
        return Some(0.0f64.total_cmp(&b));
    }
    if let IntView::Small(a) = a
        && a.unsigned_abs() <= 1 << 53
    {
        return (a as f64).partial_cmp(&b);
    }
    let whole = ratio::truncate(b);
    let order = a.big().as_ref().cmp(&whole);
    Some(order.then_with(|| {
        0.0f64
            .partial_cmp(&b.fract())
            .unwrap_or(std::cmp::Ordering::Equal)
    }))
}

/// The bytes of `int.to_bytes`, lowest first; `None` if the number does not fit.
pub fn to_bytes(a: IntView, length: usize, signed: bool) -> Option<Vec<u8>> {
    let value = a.big();
    let negative = value.sign() == Sign::Minus;
    let mut bytes = if signed || negative {
        let bytes = value.to_signed_bytes_le();
        if value.is_zero() { Vec::new() } else { bytes }
    } else {
        let (_, bytes) = value.to_bytes_le();
        if value.is_zero() { Vec::new() } else { bytes }
    };
    let fill = if negative { 0xFF } else { 0 };
    while bytes.len() > length && bytes.last() == Some(&fill) && !signed {
        bytes.pop();
    }
    if bytes.len() > length {
        return None;
    }
    bytes.resize(length, fill);
    Some(bytes)
}

pub fn from_bytes(bytes: &[u8], little: bool, signed: bool) -> Value {
    let value = match (little, signed) {
        (true, true) => BigInt::from_signed_bytes_le(bytes),
        (true, false) => BigInt::from_bytes_le(Sign::Plus, bytes),
        (false, true) => BigInt::from_signed_bytes_be(bytes),
        (false, false) => BigInt::from_bytes_be(Sign::Plus, bytes),
    };
    Value::from_big(value)
}

pub fn bit_length(a: IntView) -> u64 {
    match a {
        IntView::Small(a) => u64::from(64 - a.unsigned_abs().leading_zeros()),
        IntView::Big(a) => a.bits(),
    }
}

pub fn bit_count(a: IntView) -> u64 {
    match a {
        IntView::Small(a) => a.unsigned_abs().count_ones().into(),
        IntView::Big(a) => a.magnitude().count_ones(),
    }
}

/// The nearest float, or `OverflowError`.
pub fn to_float(a: IntView) -> PyResult<f64> {
    match a {
        IntView::Small(a) => Ok(a as f64),
        IntView::Big(a) => {
            ratio::to_float(a).ok_or_else(|| overflow_error("int too large to convert to float"))
        }
    }
}

/// A count or size from an int that must not be negative and must fit.
pub fn to_usize(a: IntView) -> Option<usize> {
    match a {
        IntView::Small(a) => usize::try_from(a).ok(),
        IntView::Big(a) => a.to_usize(),
    }
}
