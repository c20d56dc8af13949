//! Complex arithmetic on pairs of floats, with C's rules for infinities and for mixing in reals.

use crate::exceptions::{PyResult, Raised, overflow_error, zero_division_error};
use crate::objects::complex::Complex;

/// Real and imaginary part.
pub type Pair = (f64, f64);

/// An operand: a real one has no imaginary part, which is not the same as a zero one.
#[derive(Clone, Copy, Debug)]
pub enum Operand {
    Real(f64),
    Complex(Pair),
}

impl Operand {
    pub fn pair(self) -> Pair {
        match self {
            Operand::Real(real) => (real, 0.0),
            Operand::Complex(pair) => pair,
        }
    }
}

pub fn add(a: Operand, b: Operand) -> Pair {
    match (a, b) {
        (Operand::Complex(a), Operand::Real(b)) => (a.0 + b, a.1),
        (Operand::Real(a), Operand::Complex(b)) => (a + b.0, b.1),
        _ => (a.pair().0 + b.pair().0, a.pair().1 + b.pair().1),
    }
}

pub fn subtract(a: Operand, b: Operand) -> Pair {
    match (a, b) {
        (Operand::Complex(a), Operand::Real(b)) => (a.0 - b, a.1),
        (Operand::Real(a), Operand::Complex(b)) => (a - b.0, -b.1),
        _ => (a.pair().0 - b.pair().0, a.pair().1 - b.pair().1),
    }
}

pub fn multiply(a: Operand, b: Operand) -> Pair {
    match (a, b) {
        (Operand::Complex(a), Operand::Real(b)) => (a.0 * b, a.1 * b),
        (Operand::Real(a), Operand::Complex(b)) => (a * b.0, a * b.1),
        _ => product(a.pair(), b.pair()),
    }
}

/// Infinite parts count as one, others as zero, with their signs.
fn boxed(value: f64) -> f64 {
    (if value.is_infinite() { 1.0f64 } else { 0.0 }).copysign(value)
}

fn zero_if_nan(value: f64) -> f64 {
    if value.is_nan() {
        0.0f64.copysign(value)
    } else {
        value
    }
}

fn product(a: Pair, b: Pair) -> Pair {
    let (ac, bd, ad, bc) = (a.0 * b.0, a.1 * b.1, a.0 * b.1, a.1 * b.0);
    let result = (ac - bd, ad + bc);
    if !result.0.is_nan() || !result.1.is_nan() {
        return result;
    }
    // An infinite factor makes the product infinite, whatever the rest is.
    let is_infinite = |pair: Pair| pair.0.is_infinite() || pair.1.is_infinite();
    let (mut a, mut b) = (a, b);
    let mut again = false;
    if is_infinite(a) {
        a = (boxed(a.0), boxed(a.1));
        b = (zero_if_nan(b.0), zero_if_nan(b.1));
        again = true;
    }
    if is_infinite(b) {
        b = (boxed(b.0), boxed(b.1));
        a = (zero_if_nan(a.0), zero_if_nan(a.1));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|part| part.is_infinite()) {
        a = (zero_if_nan(a.0), zero_if_nan(a.1));
        b = (zero_if_nan(b.0), zero_if_nan(b.1));
        again = true;
    }
    if !again {
        return result;
    }
    (
        f64::INFINITY * (a.0 * b.0 - a.1 * b.1),
        f64::INFINITY * (a.0 * b.1 + a.1 * b.0),
    )
}

/// `None` for division by zero.
fn quotient(a: Operand, b: Operand) -> Option<Pair> {
    if let (Operand::Complex(a), Operand::Real(b)) = (a, b) {
        return (b != 0.0).then(|| (a.0 / b, a.1 / b));
    }
    let is_real = matches!(a, Operand::Real(_));
    let (a, b) = (a.pair(), b.pair());
    // Scaled by the greater part of the divisor, against overflow.
    let result = if b.0.abs() >= b.1.abs() {
        if b.0 == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        if is_real {
            (a.0 / denominator, (-a.0 * ratio) / denominator)
        } else {
            (
                (a.0 + a.1 * ratio) / denominator,
                (a.1 - a.0 * ratio) / denominator,
            )
        }
    } else if b.1.abs() >= b.0.abs() {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        if is_real {
            ((a.0 * ratio) / denominator, -a.0 / denominator)
        } else {
            (
                (a.0 * ratio + a.1) / denominator,
                (a.1 * ratio - a.0) / denominator,
            )
        }
    } else {
        (f64::NAN, f64::NAN)
    };
    if !result.0.is_nan() || !result.1.is_nan() {
        return Some(result);
    }
    let finite = |pair: Pair| pair.0.is_finite() && pair.1.is_finite();
    let infinite = |pair: Pair| pair.0.is_infinite() || pair.1.is_infinite();
    if infinite(a) && finite(b) && !is_real {
        let (x, y) = (boxed(a.0), boxed(a.1));
        return Some((
            f64::INFINITY * (x * b.0 + y * b.1),
            f64::INFINITY * (y * b.0 - x * b.1),
        ));
    }
    if infinite(b) && finite(a) {
        let (x, y) = (boxed(b.0), boxed(b.1));
        return Some(if is_real {
            (0.0 * (a.0 * x), 0.0 * (-a.0 * y))
        } else {
            (0.0 * (a.0 * x + a.1 * y), 0.0 * (a.1 * x - a.0 * y))
        });
    }
    Some(result)
}

pub fn divide(a: Operand, b: Operand) -> PyResult<Pair> {
    quotient(a, b).ok_or_else(|| zero_division_error("division by zero"))
}

fn zero_power() -> Raised {
    zero_division_error("zero to a negative or complex power")
}

/// A positive power by squaring.
fn positive_power(base: Pair, exponent: u32) -> Pair {
    let (mut result, mut square, mut mask) = ((1.0, 0.0), base, 1u32);
    while mask <= exponent {
        if exponent & mask != 0 {
            result = product(result, square);
        }
        mask <<= 1;
        square = product(square, square);
    }
    result
}

fn general_power(a: Pair, b: Pair) -> PyResult<Pair> {
    if b == (0.0, 0.0) {
        return Ok((1.0, 0.0));
    }
    if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return Err(zero_power());
        }
        return Ok((0.0, 0.0));
    }
    let size = a.0.hypot(a.1);
    let angle = a.1.atan2(a.0);
    let mut length = size.powf(b.0);
    let mut phase = angle * b.0;
    if b.1 != 0.0 {
        length *= (-angle * b.1).exp();
        phase += b.1 * size.ln();
    }
    // An infinite angle is a domain error, which Python reports as if the base were zero.
    if phase.is_infinite() {
        return Err(zero_power());
    }
    Ok((length * phase.cos(), length * phase.sin()))
}

pub fn power_pair(a: Pair, b: Pair) -> PyResult<Pair> {
    // Small integers are more exact by multiplication.
    let result = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        let magnitude = positive_power(a, b.0.abs() as u32);
        if b.0 > 0.0 {
            magnitude
        } else {
            quotient(Operand::Complex((1.0, 0.0)), Operand::Complex(magnitude))
                .ok_or_else(zero_power)?
        }
    } else {
        general_power(a, b)?
    };
    if result.0.is_infinite() || result.1.is_infinite() {
        return Err(overflow_error("complex exponentiation"));
    }
    Ok(result)
}

/// `a ** b` as a complex object.
pub fn power(a: Pair, b: Pair) -> PyResult {
    power_pair(a, b).map(|(real, imaginary)| Complex::new_value(real, imaginary))
}

/// `abs()`: overflows only if the parts are finite.
pub fn absolute(a: Pair) -> PyResult<f64> {
    let size = a.0.hypot(a.1);
    if size.is_infinite() && a.0.is_finite() && a.1.is_finite() {
        return Err(overflow_error("absolute value too large"));
    }
    Ok(size)
}
