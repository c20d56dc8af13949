//! Functions of whole numbers of any size.

use num_bigint::{BigInt, BigUint};
use num_traits::{One, Signed, ToPrimitive, Zero};
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{PyResult, overflow_error, value_error};
use taipan_vm::objects::int::IntView;
use taipan_vm::value::Value;

/// What `__index__` says, as an exact int.
pub fn index(value: &Value) -> PyResult {
    if ops::is_exact_int(value) {
        return Ok(value.clone());
    }
    ops::index(value)
}

/// The number in a value that [`index`] returned.
pub fn view(value: &Value) -> IntView<'_> {
    value.as_int().unwrap_or(IntView::Small(0))
}

fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
    }
    a << shift
}

/// Numbers of very different lengths are brought to one length by a division first, and two that fit
/// machine words are done there; what is between is Lehmer's algorithm.
fn gcd_big(a: &BigInt, b: &BigInt) -> BigInt {
    let (mut a, mut b) = (a.magnitude().clone(), b.magnitude().clone());
    if a < b {
        std::mem::swap(&mut a, &mut b);
    }
    loop {
        if b.is_zero() {
            return a.into();
        }
        if let Some(small) = b.to_u64() {
            let rest = (&a % small).to_u64().unwrap_or(0);
            return gcd_u64(small, rest).into();
        }
        match lehmer_step(&a, &b) {
            Some((x, y)) => (a, b) = if x < y { (y, x) } else { (x, y) },
            None => {
                let rest = &a % &b;
                (a, b) = (b, rest);
            }
        }
    }
}

/// Several steps of Euclid's algorithm at once, found from the leading 62 bits; `a >= b`.
fn lehmer_step(a: &BigUint, b: &BigUint) -> Option<(BigUint, BigUint)> {
    let shift = a.bits().saturating_sub(62);
    let mut x = (a >> shift).to_i64()?;
    let mut y = (b >> shift).to_i64()?;
    let (mut p, mut q, mut r, mut s) = (1i64, 0i64, 0i64, 1i64);
    loop {
        // Both bounds of the quotient have to agree.
        if y + r <= 0 || y + s <= 0 {
            break;
        }
        let quotient = (x + p) / (y + r);
        if quotient != (x + q) / (y + s) {
            break;
        }
        let step = |head: i64, tail: i64| {
            quotient
                .checked_mul(tail)
                .and_then(|part| head.checked_sub(part))
                // So that no sum above can overflow.
                .filter(|value| value.unsigned_abs() < 1 << 61)
        };
        let (Some(next_r), Some(next_s)) = (step(p, r), step(q, s)) else {
            break;
        };
        (p, q, r, s) = (r, s, next_r, next_s);
        (x, y) = (y, x - quotient * y);
    }
    if q == 0 {
        return None;
    }
    let (a, b) = (BigInt::from(a.clone()), BigInt::from(b.clone()));
    let first = &a * p + &b * q;
    let second = a * r + b * s;
    Some((first.into_parts().1, second.into_parts().1))
}

pub fn gcd(a: &Value, b: &Value) -> PyResult {
    let (a, b) = (view(a), view(b));
    if let (IntView::Small(a), IntView::Small(b)) = (a, b) {
        return Ok(Value::from_big(
            gcd_u64(a.unsigned_abs(), b.unsigned_abs()).into(),
        ));
    }
    Ok(Value::from_big(gcd_big(&a.big(), &b.big())))
}

pub fn lcm(a: &Value, b: &Value) -> PyResult {
    let (x, y) = (view(a), view(b));
    if x.is_zero() || y.is_zero() {
        return Ok(Value::int(0));
    }
    let divisor = gcd(a, b)?;
    let quotient = &*x.big() / &*view(&divisor).big();
    Ok(Value::from_big((quotient * &*y.big()).abs()))
}

pub fn isqrt(value: &Value) -> PyResult {
    let number = view(value);
    if number.is_negative() {
        return Err(value_error("isqrt() argument must be nonnegative"));
    }
    Ok(match number {
        IntView::Small(n) => Value::int(n.isqrt()),
        IntView::Big(n) => match pymath::math::integer::isqrt(n) {
            Ok(root) => Value::from_big(root),
            Err(_) => return Err(value_error("isqrt() argument must be nonnegative")),
        },
    })
}

pub fn factorial(value: &Value) -> PyResult {
    let number = view(value);
    if number.is_negative() {
        return Err(value_error("factorial() not defined for negative values"));
    }
    let Some(n) = number.to_i64() else {
        return Err(overflow_error(format!(
            "factorial() argument should not exceed {}",
            i64::MAX
        )));
    };
    if n <= 20 {
        return Ok(Value::int((1..=n).product()));
    }
    match pymath::math::integer::factorial(n) {
        Ok(product) => Ok(Value::from_big(product.into())),
        Err(_) => Err(overflow_error("factorial() argument is too large")),
    }
}

/// The product of `count` factors that go down from `high` by one.
fn falling(high: &BigInt, count: u64) -> BigUint {
    if let Some(mut factor) = high.to_u64() {
        return falling_words(&mut factor, count);
    }
    match count {
        0 => BigUint::one(),
        1 => high.magnitude().clone(),
        _ => {
            let half = count / 2;
            falling(high, half) * falling(&(high - half), count - half)
        }
    }
}

fn falling_words(high: &mut u64, count: u64) -> BigUint {
    if count <= 32 {
        let mut product = BigUint::one();
        let mut word = 1u64;
        for _ in 0..count {
            match word.checked_mul(*high) {
                Some(next) => word = next,
                None => {
                    product *= word;
                    word = *high;
                }
            }
            *high = high.saturating_sub(1);
        }
        return product * word;
    }
    let half = count / 2;
    let first = falling_words(high, half);
    first * falling_words(high, count - half)
}

fn not_negative(name: &str, value: IntView) -> PyResult<()> {
    if value.is_negative() {
        return Err(value_error(format!(
            "{name} must be a non-negative integer"
        )));
    }
    Ok(())
}

pub fn perm(n: &Value, k: &Value) -> PyResult {
    let (n, k) = (view(n), view(k));
    not_negative("n", n)?;
    not_negative("k", k)?;
    let (n, wanted) = (n.big(), k.big());
    if n < wanted {
        return Ok(Value::int(0));
    }
    let Some(k) = k.to_i64() else {
        return Err(overflow_error(format!("k must not exceed {}", i64::MAX)));
    };
    Ok(Value::from_big(falling(&n, k as u64).into()))
}

pub fn comb(n: &Value, k: &Value) -> PyResult {
    let (n, k) = (view(n), view(k));
    not_negative("n", n)?;
    not_negative("k", k)?;
    if let (IntView::Small(n), IntView::Small(k)) = (n, k) {
        if k > n {
            return Ok(Value::int(0));
        }
        let k = k.min(n - k);
        if let Some(result) = comb_words(n as u128, k as u128) {
            return Ok(Value::from_big(result.into()));
        }
    }
    let (n, k) = (n.big(), k.big());
    if *n < *k {
        return Ok(Value::int(0));
    }
    let other = &*n - &*k;
    let k = if other < *k { other } else { k.into_owned() };
    let Some(k) = k.to_i64() else {
        return Err(overflow_error(format!(
            "min(n - k, k) must not exceed {}",
            i64::MAX
        )));
    };
    Ok(Value::from_big(comb_big(&n, k as u64).into()))
}

/// Multiplying and dividing in turn leaves no rest; `None` if a step does not fit.
fn comb_words(n: u128, k: u128) -> Option<u128> {
    if k > 64 {
        return None;
    }
    let mut result = 1u128;
    for step in 0..k {
        result = result.checked_mul(n - step)? / (step + 1);
    }
    Some(result)
}

/// Halves `k` until words suffice: the parts are products of equal length.
fn comb_big(n: &BigInt, k: u64) -> BigUint {
    match k {
        0 => return BigUint::one(),
        1 => return n.magnitude().clone(),
        _ => {}
    }
    if let Some(small) = n.to_u64()
        && let Some(result) = comb_words(small.into(), k.into())
    {
        return result.into();
    }
    let half = k / 2;
    let first = comb_big(n, half);
    let second = comb_big(&(n - half), k - half);
    first * second / comb_big(&BigInt::from(k), half)
}

/// The value as `mantissa * 2**exponent` with a mantissa in [0.5, 1), rounded to even.
pub fn frexp(value: &BigInt) -> (f64, i64) {
    let bits = value.bits();
    let shift = bits.saturating_sub(64);
    let magnitude = value.magnitude();
    let mut top = (magnitude >> shift).to_u64().unwrap_or(0);
    // The conversion rounds; what was cut off still counts.
    if magnitude
        .trailing_zeros()
        .is_some_and(|zeros| zeros < shift)
    {
        top |= 1;
    }
    let (mantissa, exponent) = super::libm::frexp(top as f64);
    (mantissa, i64::from(exponent) + shift as i64)
}
