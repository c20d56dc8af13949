//! Arithmetic.

use crate::abstract_ops::{self, BinaryOp};
use crate::exceptions::PyResult;
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::specialize;
use crate::objects::str::Str;
use crate::value::{MAX_SMALL, MIN_SMALL, Raw, Value};

/// `BINARY_OP`'s operand for `[]`.
pub const SUBSCRIPT: u32 = 26;

pub fn unary_negative(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if raw.is_int()
        && let Some(negated) = raw.as_int().checked_neg()
        && negated <= MAX_SMALL
    {
        s.set_top(0, Raw::small_int(negated));
        return Flow::Next;
    }
    s.save();
    let result = abstract_ops::negative(&raw.peek());
    s.replace(1, result)
}

pub fn unary_invert(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let result = abstract_ops::invert(&s.top(0).peek());
    s.replace(1, result)
}

/// Any operands, any operator.
pub fn binary(oparg: u32, left: &Value, right: &Value) -> PyResult {
    if oparg == SUBSCRIPT {
        return abstract_ops::getitem(left, right);
    }
    if oparg < 13 {
        abstract_ops::binary_op(BinaryOp::ALL[oparg as usize], left, right)
    } else {
        abstract_ops::inplace_op(BinaryOp::ALL[oparg as usize - 13], left, right)
    }
}

pub fn binary_op(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let (right, left) = (s.top(0), s.top(1));
    specialize::binary_op(s, oparg, left, right);
    let result = binary(oparg, &left.peek(), &right.peek());
    s.replace(2, result)
}

#[inline(always)]
fn two_ints(s: &State) -> Option<(Raw, Raw)> {
    let (right, left) = (s.top(0), s.top(1));
    if left.0 & right.0 & 1 != 0 {
        Some((left, right))
    } else {
        None
    }
}

#[inline(always)]
fn put(s: &mut State, raw: Raw) -> Flow {
    s.drop_slots(1);
    s.set_top(0, raw);
    Flow::Next
}

#[inline(always)]
pub fn add_int(s: &mut State, _oparg: u32) -> Flow {
    let Some((left, right)) = two_ints(s) else {
        return Flow::Generic;
    };
    // The tag bit of one operand is taken away, so that the sum carries one.
    match (left.0 as i64).checked_add(right.0 as i64 - 1) {
        Some(sum) => put(s, Raw(sum as u64)),
        None => Flow::Generic,
    }
}

#[inline(always)]
pub fn subtract_int(s: &mut State, _oparg: u32) -> Flow {
    let Some((left, right)) = two_ints(s) else {
        return Flow::Generic;
    };
    match (left.0 as i64).checked_sub(right.0 as i64 - 1) {
        Some(difference) => put(s, Raw(difference as u64)),
        None => Flow::Generic,
    }
}

#[inline(always)]
pub fn multiply_int(s: &mut State, _oparg: u32) -> Flow {
    let Some((left, right)) = two_ints(s) else {
        return Flow::Generic;
    };
    match (left.0 as i64 - 1).checked_mul(right.as_int()) {
        Some(product) => put(s, Raw(product as u64 | 1)),
        None => Flow::Generic,
    }
}

#[inline(always)]
fn two_floats(s: &State) -> Option<(f64, f64)> {
    let (right, left) = (s.top(0), s.top(1));
    Some((left.as_immediate_float()?, right.as_immediate_float()?))
}

/// Operands were immediate; a result that is not is left to the generic form.
#[inline(always)]
fn put_float(s: &mut State, value: f64) -> Flow {
    match Raw::try_float(value) {
        Some(raw) => put(s, raw),
        None => Flow::Generic,
    }
}

#[inline(always)]
pub fn add_float(s: &mut State, _oparg: u32) -> Flow {
    match two_floats(s) {
        Some((a, b)) => put_float(s, a + b),
        None => Flow::Generic,
    }
}

#[inline(always)]
pub fn subtract_float(s: &mut State, _oparg: u32) -> Flow {
    match two_floats(s) {
        Some((a, b)) => put_float(s, a - b),
        None => Flow::Generic,
    }
}

#[inline(always)]
pub fn multiply_float(s: &mut State, _oparg: u32) -> Flow {
    match two_floats(s) {
        Some((a, b)) => put_float(s, a * b),
        None => Flow::Generic,
    }
}

/// The number in a word that is an exact int or float that needs no heap object.
#[inline(always)]
fn number(raw: Raw) -> Option<f64> {
    if raw.is_int() {
        let i = raw.as_int();
        // Beyond 53 bits the conversion rounds; exact operators go the long way there.
        return (i.unsigned_abs() <= 1 << 53).then_some(i as f64);
    }
    raw.as_immediate_float()
}

/// Small-int bit operations and division, true division, and mixed float arithmetic: what the other
/// specialized forms leave of the operators on numbers.
#[inline(always)]
pub fn extend(s: &mut State, oparg: u32) -> Flow {
    if let Some((left, right)) = two_ints(s) {
        let (a, b) = (left.as_int(), right.as_int());
        let result = match oparg {
            1 | 14 => a & b,
            7 | 20 => a | b,
            12 | 25 => a ^ b,
            9 | 22 if b >= 0 => a >> b.min(63),
            3 | 16 if (0..62).contains(&b) && a.unsigned_abs().leading_zeros() as i64 > b + 2 => {
                a << b
            }
            2 | 15 if b != 0 && !(a == MIN_SMALL && b == -1) => {
                let q = a.wrapping_div(b);
                if a.wrapping_rem(b) != 0 && (a < 0) != (b < 0) {
                    q - 1
                } else {
                    q
                }
            }
            6 | 19 if b != 0 => {
                let r = a.wrapping_rem(b);
                if r != 0 && (r < 0) != (b < 0) {
                    r + b
                } else {
                    r
                }
            }
            11 | 24 if b != 0 && a.unsigned_abs() <= 1 << 53 && b.unsigned_abs() <= 1 << 53 => {
                return put_float(s, a as f64 / b as f64);
            }
            _ => return Flow::Generic,
        };
        return put(s, Raw::small_int(result));
    }
    let (Some(a), Some(b)) = (number(s.top(1)), number(s.top(0))) else {
        return Flow::Generic;
    };
    match oparg {
        0 | 13 => put_float(s, a + b),
        10 | 23 => put_float(s, a - b),
        5 | 18 => put_float(s, a * b),
        11 | 24 if b != 0.0 => put_float(s, a / b),
        _ => Flow::Generic,
    }
}

#[inline(always)]
fn two_strings<'a>(s: &State) -> Option<(&'a Str, &'a Str)> {
    let (right, left) = (s.top(0), s.top(1));
    if !left.is_pointer() || !right.is_pointer() {
        return None;
    }
    let shape = <Str as crate::native::NativeClass>::cell().shape().id();
    if left.header().shape_id() != shape || right.header().shape_id() != shape {
        return None;
    }
    // SAFETY: the class was checked; the stack keeps both alive.
    unsafe {
        Some((
            &*(left.address() as *const Str),
            &*(right.address() as *const Str),
        ))
    }
}

pub fn add_unicode(s: &mut State, _oparg: u32) -> Flow {
    let Some((a, b)) = two_strings(s) else {
        return Flow::Generic;
    };
    s.save();
    let sum = a.concat(b).into_value();
    s.replace(2, Ok(sum))
}

/// `s = s + t` where the next instruction stores to the left operand's variable: the variable's
/// reference is dropped first, so that a string nobody else has grows in place.
pub fn inplace_add_unicode(s: &mut State, _oparg: u32) -> Flow {
    let Some((a, b)) = two_strings(s) else {
        return Flow::Generic;
    };
    s.save();
    let sum = a.concat(b).into_value();
    s.replace(2, Ok(sum))
}
