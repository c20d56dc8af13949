//! Arithmetic on constants, as Python does it at run time. None where it would raise, or where the
//! result would be too large to keep in a code object.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use taipan_bytecode::{BinaryOp, Const, Text};

const MAX_INT_BITS: u64 = 128;
const MAX_COLLECTION_SIZE: usize = 256;
const MAX_STR_SIZE: usize = 4096;
const MAX_TOTAL_ITEMS: i64 = 1024;

pub fn boolean(value: bool) -> Const {
    if value { Const::True } else { Const::False }
}

pub fn truth(value: &Const) -> bool {
    match value {
        Const::None | Const::False => false,
        Const::True | Const::Ellipsis | Const::Slice(_) | Const::Code(_) => true,
        Const::Int(value) => !value.is_zero(),
        Const::Float(value) => *value != 0.0,
        Const::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
        Const::Str(text) => !text.as_bytes().is_empty(),
        Const::Bytes(bytes) => !bytes.is_empty(),
        Const::Tuple(items) | Const::FrozenSet(items) => !items.is_empty(),
    }
}

/// A set of constants: equal ones once, in order.
pub fn frozenset(items: Vec<Const>) -> Const {
    let mut unique: Vec<Const> = Vec::with_capacity(items.len());
    for item in items {
        if !unique.iter().any(|other| python_equal(other, &item)) {
            unique.push(item);
        }
    }
    Const::FrozenSet(unique.into())
}

/// `==`: across numeric types, unlike the equality that merges constants.
fn python_equal(a: &Const, b: &Const) -> bool {
    match (Number::of(a), Number::of(b)) {
        (Some(a), Some(b)) => match (a, b) {
            (Number::Int(a), Number::Int(b)) => a == b,
            (Number::Int(a), Number::Float(b)) | (Number::Float(b), Number::Int(a)) => {
                b.is_finite() && b.fract() == 0.0 && a.to_f64() == Some(b)
            }
            (Number::Float(a), Number::Float(b)) => a == b,
            (Number::Complex(a, b), Number::Complex(c, d)) => a == c && b == d,
            (Number::Complex(re, im), other) | (other, Number::Complex(re, im)) => {
                im == 0.0 && other.to_f64() == Some(re)
            }
        },
        (None, None) => match (a, b) {
            (Const::Tuple(a), Const::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| python_equal(a, b))
            }
            _ => a == b,
        },
        _ => false,
    }
}

enum Number {
    Int(BigInt),
    Float(f64),
    Complex(f64, f64),
}

impl Number {
    fn of(value: &Const) -> Option<Number> {
        Some(match value {
            Const::True => Number::Int(BigInt::one()),
            Const::False => Number::Int(BigInt::zero()),
            Const::Int(value) => Number::Int(value.clone()),
            Const::Float(value) => Number::Float(*value),
            Const::Complex(real, imaginary) => Number::Complex(*real, *imaginary),
            _ => return None,
        })
    }

    /// The value as a float; None if it is complex or too large.
    fn to_f64(&self) -> Option<f64> {
        match self {
            Number::Int(value) => int_to_f64(value),
            Number::Float(value) => Some(*value),
            Number::Complex(..) => None,
        }
    }

    fn to_complex(&self) -> Option<(f64, f64)> {
        match self {
            Number::Complex(real, imaginary) => Some((*real, *imaginary)),
            other => other.to_f64().map(|real| (real, 0.0)),
        }
    }
}

/// Correctly rounded; None on overflow.
fn int_to_f64(value: &BigInt) -> Option<f64> {
    true_divide_ints(value, &BigInt::one())
}

pub fn negative(value: &Const) -> Option<Const> {
    Some(match Number::of(value)? {
        Number::Int(value) => Const::Int(-value),
        Number::Float(value) => Const::Float(-value),
        Number::Complex(real, imaginary) => Const::Complex(-real, -imaginary),
    })
}

pub fn positive(value: &Const) -> Option<Const> {
    Some(match Number::of(value)? {
        Number::Int(value) => Const::Int(value),
        Number::Float(value) => Const::Float(value),
        Number::Complex(real, imaginary) => Const::Complex(real, imaginary),
    })
}

pub fn invert(value: &Const) -> Option<Const> {
    match value {
        // Deprecated on bools, so it is left to warn at run time.
        Const::True | Const::False => None,
        Const::Int(value) => Some(Const::Int(-value - 1)),
        _ => None,
    }
}

pub fn binary(op: BinaryOp, left: &Const, right: &Const) -> Option<Const> {
    match op {
        BinaryOp::Subscr => return subscript(left, right),
        BinaryOp::Multiply => {
            if let Some(result) = repeat(left, right).or_else(|| repeat(right, left)) {
                return result;
            }
        }
        BinaryOp::Add => {
            if let Some(result) = concatenate(left, right) {
                return Some(result);
            }
        }
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor => {
            let bools = |value: &Const| match value {
                Const::True => Some(true),
                Const::False => Some(false),
                _ => None,
            };
            if let (Some(a), Some(b)) = (bools(left), bools(right)) {
                return Some(boolean(match op {
                    BinaryOp::And => a & b,
                    BinaryOp::Or => a | b,
                    _ => a ^ b,
                }));
            }
        }
        _ => {}
    }
    match (Number::of(left)?, Number::of(right)?) {
        (Number::Int(a), Number::Int(b)) => int_op(op, &a, &b),
        (Number::Complex(a, b), right) => complex_op(op, Operand::Complex(a, b), right.operand()?),
        (left, Number::Complex(a, b)) => complex_op(op, left.operand()?, Operand::Complex(a, b)),
        (left, right) => float_op(op, left.to_f64()?, right.to_f64()?),
    }
}

fn concatenate(left: &Const, right: &Const) -> Option<Const> {
    Some(match (left, right) {
        (Const::Str(a), Const::Str(b)) => Const::Str(Text::from_code_points(
            a.code_points().chain(b.code_points()),
        )),
        (Const::Bytes(a), Const::Bytes(b)) => Const::Bytes([&a[..], &b[..]].concat().into()),
        (Const::Tuple(a), Const::Tuple(b)) => Const::Tuple(a.iter().chain(b).cloned().collect()),
        _ => return None,
    })
}

/// `sequence * count`: None if these aren't such, Some(None) if the result is unwanted.
#[allow(clippy::option_option)]
fn repeat(sequence: &Const, count: &Const) -> Option<Option<Const>> {
    let count = match count {
        Const::Int(count) => count.clone(),
        Const::True => BigInt::one(),
        Const::False => BigInt::zero(),
        _ => return None,
    };
    let (len, limit) = match sequence {
        Const::Tuple(items) => (items.len(), MAX_COLLECTION_SIZE),
        Const::Str(text) => (text.code_points().count(), MAX_STR_SIZE),
        Const::Bytes(bytes) => (bytes.len(), MAX_STR_SIZE),
        _ => return None,
    };
    if len == 0 {
        return Some(Some(sequence.clone()));
    }
    let Some(count) = count.to_usize().filter(|count| *count <= limit / len) else {
        return Some(None);
    };
    Some(match sequence {
        Const::Tuple(items) => {
            if count > 0 && complexity(sequence, MAX_TOTAL_ITEMS / count as i64) < 0 {
                return Some(None);
            }
            let repeated = std::iter::repeat_n(items.iter(), count).flatten().cloned();
            Some(Const::Tuple(repeated.collect()))
        }
        Const::Str(text) => Some(Const::Str(Text::from_code_points(
            (0..count)
                .flat_map(|_| text.code_points())
                .collect::<Vec<_>>(),
        ))),
        Const::Bytes(bytes) => Some(Const::Bytes(bytes.repeat(count).into())),
        _ => None,
    })
}

/// What is left of the limit after the items of a nested tuple; negative if it is exceeded.
fn complexity(value: &Const, mut limit: i64) -> i64 {
    if let Const::Tuple(items) = value {
        limit -= items.len() as i64;
        for item in items {
            if limit < 0 {
                break;
            }
            limit = complexity(item, limit);
        }
    }
    limit
}

fn int_op(op: BinaryOp, a: &BigInt, b: &BigInt) -> Option<Const> {
    let bits_limit = |bits: u64| bits <= MAX_INT_BITS;
    Some(match op {
        BinaryOp::Add => Const::Int(a + b),
        BinaryOp::Subtract => Const::Int(a - b),
        BinaryOp::Multiply => {
            if !a.is_zero() && !b.is_zero() && !bits_limit(a.bits() + b.bits()) {
                return None;
            }
            Const::Int(a * b)
        }
        BinaryOp::FloorDivide => {
            if b.is_zero() {
                return None;
            }
            Const::Int(a.div_floor(b))
        }
        BinaryOp::Remainder => {
            if b.is_zero() {
                return None;
            }
            Const::Int(a.mod_floor(b))
        }
        BinaryOp::TrueDivide => {
            if b.is_zero() {
                return None;
            }
            Const::Float(true_divide_ints(a, b)?)
        }
        BinaryOp::Power => {
            if b.is_negative() {
                let (a, b) = (int_to_f64(a)?, int_to_f64(b)?);
                return float_op(op, a, b);
            }
            if !a.is_zero() && b.is_positive() {
                let exponent = b.to_u64()?;
                if a.bits() > MAX_INT_BITS / exponent {
                    return None;
                }
            }
            if a.is_zero() || a.is_one() && !b.is_zero() {
                return Some(Const::Int(if b.is_zero() {
                    BigInt::one()
                } else {
                    a.clone()
                }));
            }
            Const::Int(a.pow(b.to_u32()?))
        }
        BinaryOp::LShift => {
            if b.is_negative() {
                return None;
            }
            if a.is_zero() {
                return Some(Const::Int(BigInt::zero()));
            }
            let shift = b.to_u64()?;
            if shift > MAX_INT_BITS || a.bits() > MAX_INT_BITS - shift {
                return None;
            }
            Const::Int(a << shift)
        }
        BinaryOp::RShift => {
            if b.is_negative() {
                return None;
            }
            match b.to_u64() {
                Some(shift) if shift <= a.bits() => Const::Int(a >> shift),
                _ => Const::Int(if a.is_negative() {
                    -BigInt::one()
                } else {
                    BigInt::zero()
                }),
            }
        }
        BinaryOp::And => Const::Int(a & b),
        BinaryOp::Or => Const::Int(a | b),
        BinaryOp::Xor => Const::Int(a ^ b),
        _ => return None,
    })
}

/// `a / b`, correctly rounded; None on overflow.
fn true_divide_ints(a: &BigInt, b: &BigInt) -> Option<f64> {
    let negative = a.is_negative() != b.is_negative();
    let (a, b) = (a.magnitude(), b.magnitude());
    if a.is_zero() {
        return Some(0.0);
    }
    // Scale so that the quotient has at least 55 bits, then round to 53 by hand.
    let shift = b.bits() as i64 - a.bits() as i64 + 55;
    let (a, b) = if shift >= 0 {
        (a << shift as u64, b.clone())
    } else {
        (a.clone(), b << (-shift) as u64)
    };
    let (mut quotient, remainder) = a.div_rem(&b);
    if !remainder.is_zero() {
        quotient |= num_bigint::BigUint::one();
    }
    let bits = quotient.bits() as i64;
    // Exponent of the lowest kept bit; subnormals keep fewer bits.
    let exponent = (bits - 53 - shift).max(-1074);
    let drop = exponent + shift;
    let mantissa = if drop > 0 {
        let drop = drop as u64;
        let kept = &quotient >> drop;
        let rest = &quotient - (&kept << drop);
        let half = num_bigint::BigUint::one() << (drop - 1);
        let round_up = rest > half || rest == half && kept.is_odd();
        (if round_up { kept + 1u32 } else { kept }).to_u64()?
    } else {
        quotient.to_u64()?
    };
    let exponent = if drop > 0 { exponent } else { -shift };
    let value = scale(mantissa as f64, exponent);
    if value.is_infinite() {
        return None;
    }
    Some(if negative { -value } else { value })
}

/// `value * 2**exponent` in steps that don't round twice.
fn scale(mut value: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 {
        value *= 2f64.powi(1000);
        exponent -= 1000;
        if value.is_infinite() {
            return value;
        }
    }
    while exponent < -1000 {
        value *= 2f64.powi(-1000);
        exponent += 1000;
    }
    value * 2f64.powi(exponent as i32)
}

fn float_op(op: BinaryOp, a: f64, b: f64) -> Option<Const> {
    Some(Const::Float(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::TrueDivide => {
            if b == 0.0 {
                return None;
            }
            a / b
        }
        BinaryOp::FloorDivide => float_divmod(a, b)?.0,
        BinaryOp::Remainder => float_divmod(a, b)?.1,
        BinaryOp::Power => return float_power(a, b),
        _ => return None,
    }))
}

fn float_divmod(a: f64, b: f64) -> Option<(f64, f64)> {
    if b == 0.0 {
        return None;
    }
    let mut modulus = a % b;
    let mut division = (a - modulus) / b;
    if modulus != 0.0 {
        if (b < 0.0) != (modulus < 0.0) {
            modulus += b;
            division -= 1.0;
        }
    } else {
        modulus = 0f64.copysign(b);
    }
    let floored = if division != 0.0 {
        let floor = division.floor();
        if division - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    } else {
        0f64.copysign(a / b)
    };
    Some((floored, modulus))
}

fn float_power(a: f64, b: f64) -> Option<Const> {
    if a == 0.0 && b < 0.0 {
        return None;
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
        return complex_op(
            BinaryOp::Power,
            Operand::Complex(a, 0.0),
            Operand::Complex(b, 0.0),
        );
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        return None;
    }
    Some(Const::Float(result))
}

/// Mixed arithmetic of a real and a complex number doesn't make the real one complex.
#[derive(Clone, Copy)]
enum Operand {
    Real(f64),
    Complex(f64, f64),
}

impl Number {
    fn operand(&self) -> Option<Operand> {
        match self {
            Number::Complex(real, imaginary) => Some(Operand::Complex(*real, *imaginary)),
            other => other.to_complex().map(|(real, _)| Operand::Real(real)),
        }
    }
}

fn complex_op(op: BinaryOp, left: Operand, right: Operand) -> Option<Const> {
    use Operand::*;
    let as_complex = |operand| match operand {
        Real(real) => (real, 0.0),
        Complex(real, imaginary) => (real, imaginary),
    };
    let (real, imaginary) = match op {
        BinaryOp::Add => match (left, right) {
            (Complex(a, b), Complex(c, d)) => (a + c, b + d),
            (Complex(a, b), Real(c)) | (Real(c), Complex(a, b)) => (a + c, b),
            (Real(a), Real(b)) => (a + b, 0.0),
        },
        BinaryOp::Subtract => match (left, right) {
            (Complex(a, b), Complex(c, d)) => (a - c, b - d),
            (Complex(a, b), Real(c)) => (a - c, b),
            (Real(a), Complex(c, d)) => (a - c, -d),
            (Real(a), Real(b)) => (a - b, 0.0),
        },
        BinaryOp::Multiply => match (left, right) {
            (Complex(a, b), Complex(c, d)) => (a * c - b * d, a * d + b * c),
            (Complex(a, b), Real(c)) | (Real(c), Complex(a, b)) => (a * c, b * c),
            (Real(a), Real(b)) => (a * b, 0.0),
        },
        BinaryOp::TrueDivide => {
            if let (Complex(a, b), Real(c)) = (left, right) {
                if c == 0.0 {
                    return None;
                }
                (a / c, b / c)
            } else {
                complex_divide(as_complex(left), as_complex(right))?
            }
        }
        // What overflows raises when the program runs.
        BinaryOp::Power => complex_power(as_complex(left), as_complex(right))
            .filter(|(real, imaginary)| !real.is_infinite() && !imaginary.is_infinite())?,
        _ => return None,
    };
    Some(Const::Complex(real, imaginary))
}

fn complex_divide((a, b): (f64, f64), (c, d): (f64, f64)) -> Option<(f64, f64)> {
    if c.abs() >= d.abs() {
        if c == 0.0 && d == 0.0 {
            return None;
        }
        let ratio = d / c;
        let denominator = c + d * ratio;
        Some(((a + b * ratio) / denominator, (b - a * ratio) / denominator))
    } else {
        let ratio = c / d;
        let denominator = c * ratio + d;
        Some(((a * ratio + b) / denominator, (b * ratio - a) / denominator))
    }
}

fn complex_power((a, b): (f64, f64), (c, d): (f64, f64)) -> Option<(f64, f64)> {
    if c == 0.0 && d == 0.0 {
        return Some((1.0, 0.0));
    }
    if a == 0.0 && b == 0.0 {
        return if d != 0.0 || c < 0.0 {
            None
        } else {
            Some((0.0, 0.0))
        };
    }
    // Small whole exponents are multiplied out.
    if d == 0.0 && c.fract() == 0.0 && c.abs() <= 100.0 {
        let mut result = (1.0, 0.0);
        let mut base = (a, b);
        let mut n = c.abs() as u32;
        let product = |x: (f64, f64), y: (f64, f64)| (x.0 * y.0 - x.1 * y.1, x.0 * y.1 + x.1 * y.0);
        while n > 0 {
            if n & 1 == 1 {
                result = product(result, base);
            }
            n >>= 1;
            base = product(base, base);
        }
        return if c < 0.0 {
            complex_divide((1.0, 0.0), result)
        } else {
            Some(result)
        };
    }
    let length = a.hypot(b);
    let angle = b.atan2(a);
    let mut new_length = length.powf(c);
    let mut phase = angle * c;
    if d != 0.0 {
        new_length *= (-angle * d).exp();
        phase += d * length.ln();
    }
    Some((new_length * phase.cos(), new_length * phase.sin()))
}

fn subscript(container: &Const, key: &Const) -> Option<Const> {
    let len = match container {
        Const::Str(text) => text.code_points().count(),
        Const::Bytes(bytes) => bytes.len(),
        Const::Tuple(items) => items.len(),
        _ => return None,
    };
    let index = match key {
        Const::Int(index) => index.to_i64()?,
        Const::True => 1,
        Const::False => 0,
        Const::Slice(parts) => {
            let indices = slice_indices(parts, len)?;
            return Some(match container {
                Const::Str(text) => {
                    let points: Vec<u32> = text.code_points().collect();
                    Const::Str(Text::from_code_points(
                        indices.into_iter().map(|i| points[i]),
                    ))
                }
                Const::Bytes(bytes) => {
                    Const::Bytes(indices.into_iter().map(|index| bytes[index]).collect())
                }
                Const::Tuple(items) => Const::Tuple(
                    indices
                        .into_iter()
                        .map(|index| items[index].clone())
                        .collect(),
                ),
                _ => return None,
            });
        }
        _ => return None,
    };
    let index = if index < 0 { index + len as i64 } else { index };
    let index = usize::try_from(index).ok().filter(|index| *index < len)?;
    Some(match container {
        Const::Str(text) => Const::Str(Text::from_code_points(text.code_points().nth(index))),
        Const::Bytes(bytes) => Const::Int(bytes[index].into()),
        Const::Tuple(items) => items[index].clone(),
        _ => return None,
    })
}

fn slice_indices(parts: &[Const; 3], len: usize) -> Option<Vec<usize>> {
    // Values beyond any length are clamped.
    let int = |value: &Const| -> Option<Option<i64>> {
        match value {
            Const::None => Some(None),
            Const::True => Some(Some(1)),
            Const::False => Some(Some(0)),
            Const::Int(value) => Some(Some(value.to_i64().unwrap_or(match value.sign() {
                Sign::Minus => i64::MIN / 4,
                Sign::NoSign | Sign::Plus => i64::MAX / 4,
            }))),
            _ => None,
        }
    };
    let len = len as i64;
    let step = int(&parts[2])?
        .unwrap_or(1)
        .clamp(-i64::MAX / 4, i64::MAX / 4);
    if step == 0 {
        return None;
    }
    let clamp = |value: i64| {
        let value = if value < 0 {
            value.saturating_add(len)
        } else {
            value
        };
        if step > 0 {
            value.clamp(0, len)
        } else {
            value.clamp(-1, len - 1)
        }
    };
    let start = int(&parts[0])?.map_or(if step > 0 { 0 } else { len - 1 }, clamp);
    let stop = int(&parts[1])?.map_or(if step > 0 { len } else { -1 }, clamp);
    let mut indices = Vec::new();
    let mut at = start;
    while if step > 0 { at < stop } else { at > stop } {
        indices.push(at as usize);
        at += step;
    }
    Some(indices)
}
