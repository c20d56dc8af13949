//! Comparison, identity, membership and truth.

use crate::abstract_ops;
use crate::exceptions::{PyResult, Raised};
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::ops::control::answer;
use crate::interpreter::specialize;
use crate::native::NativeClass;
use crate::objects::class::CompareOp;
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::set::Set;
use crate::objects::str::Str;
use crate::value::{Raw, Value};
use taipan_bytecode::Opcode;

fn operator(oparg: u32) -> CompareOp {
    CompareOp::ALL[(oparg >> 5) as usize]
}

pub fn compare_op(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let (right, left) = (s.top(0), s.top(1));
    specialize::compare_op(s, left, right);
    let result = abstract_ops::rich_compare(&left.peek(), &right.peek(), operator(oparg)).and_then(
        |answer| {
            if oparg & 16 != 0 {
                abstract_ops::is_true(&answer).map(Value::bool)
            } else {
                Ok(answer)
            }
        },
    );
    s.replace(2, result)
}

/// The answer in place of two operands that need no count; or the branch behind.
#[inline(always)]
fn put_bool(s: &mut State, truth: bool) -> Flow {
    s.drop_slots(2);
    answer(s, COMPARE_UNITS, truth)
}

/// Drops `count` operands of a test of `length` units and gives its answer; see [`answer`].
#[inline(always)]
fn conclude(s: &mut State, count: usize, length: usize, truth: PyResult<bool>) -> Flow {
    let Ok(truth) = truth else {
        return Flow::Raise;
    };
    for _ in 0..count {
        // The slots stay filled while dropping can run code, but nobody may drop them twice.
        let raw = s.top(0);
        s.set_top(0, Raw::NULL);
        raw.release();
        s.drop_slots(1);
    }
    answer(s, length, truth)
}

const COMPARE_UNITS: usize = 1 + Opcode::COMPARE_OP.caches();
const CONTAINS_UNITS: usize = 1 + Opcode::CONTAINS_OP.caches();
const TO_BOOL_UNITS: usize = 1 + Opcode::TO_BOOL.caches();

/// Bit 1: unordered, 2: less, 4: greater, 8: equal, as the low bits of the operand ask.
#[inline(always)]
pub fn compare_op_int(s: &mut State, oparg: u32) -> Flow {
    let (right, left) = (s.top(0), s.top(1));
    if left.0 & right.0 & 1 == 0 {
        return Flow::Generic;
    }
    // Tagged words of ints are ordered like the ints.
    let (a, b) = (left.0 as i64, right.0 as i64);
    let bit = if a < b {
        2
    } else if a > b {
        4
    } else {
        8
    };
    put_bool(s, oparg & bit != 0)
}

#[inline(always)]
pub fn compare_op_float(s: &mut State, oparg: u32) -> Flow {
    let (right, left) = (s.top(0), s.top(1));
    let (Some(a), Some(b)) = (left.as_immediate_float(), right.as_immediate_float()) else {
        return Flow::Generic;
    };
    let bit = if a < b {
        2
    } else if a > b {
        4
    } else if a == b {
        8
    } else {
        1
    };
    put_bool(s, oparg & bit != 0)
}

pub fn compare_op_str(s: &mut State, oparg: u32) -> Flow {
    let (right, left) = (s.top(0), s.top(1));
    let (l, r) = (left.peek(), right.peek());
    let (Some(a), Some(b)) = (l.downcast_exact::<Str>(), r.downcast_exact::<Str>()) else {
        return Flow::Generic;
    };
    let truth = match operator(oparg) {
        CompareOp::Eq => a.same_text(b),
        CompareOp::Ne => !a.same_text(b),
        op => op.holds(a.compare(b)),
    };
    s.save();
    conclude(s, 2, COMPARE_UNITS, Ok(truth))
}

#[inline(always)]
pub fn is_op(s: &mut State, oparg: u32) -> Flow {
    let (right, left) = (s.top(0), s.top(1));
    let same = (left.unborrowed() == right.unborrowed()) != (oparg != 0);
    s.drop_slots(2);
    s.push(Raw::bool(same));
    Flow::ReleaseBoth(left, right)
}

pub fn contains_op(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let (container, item) = (s.top(0), s.top(1));
    specialize::contains_op(s, container);
    let result = abstract_ops::contains(&container.peek(), &item.peek())
        .map(|found| Value::bool(found != (oparg != 0)));
    s.replace(2, result)
}

pub fn contains_op_dict(s: &mut State, oparg: u32) -> Flow {
    let (container, item) = (s.top(0), s.top(1));
    let c = container.peek();
    let Some(dict) = c.downcast_exact::<Dict>() else {
        return Flow::Generic;
    };
    s.save();
    let result = dict.contains(&item.peek());
    conclude(
        s,
        2,
        CONTAINS_UNITS,
        result.map(|found| found != (oparg != 0)),
    )
}

pub fn contains_op_set(s: &mut State, oparg: u32) -> Flow {
    let (container, item) = (s.top(0), s.top(1));
    let c = container.peek();
    let Some(set) = c.downcast::<Set>() else {
        return Flow::Generic;
    };
    s.save();
    let result = set.contains(&item.peek());
    conclude(
        s,
        2,
        CONTAINS_UNITS,
        result.map(|found| found != (oparg != 0)),
    )
}

pub fn to_bool(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    s.save();
    specialize::to_bool(s, raw);
    match abstract_ops::is_true(&raw.peek()) {
        Ok(truth) => s.replace(1, Ok(Value::bool(truth))),
        Err(Raised) => Flow::Raise,
    }
}

#[inline(always)]
pub fn to_bool_bool(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0).unborrowed();
    if raw != Raw::true_() && raw != Raw::false_() {
        return Flow::Generic;
    }
    s.drop_slots(1);
    answer(s, TO_BOOL_UNITS, raw == Raw::true_())
}

#[inline(always)]
pub fn to_bool_int(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if !raw.is_int() {
        return Flow::Generic;
    }
    s.drop_slots(1);
    answer(s, TO_BOOL_UNITS, raw != Raw::small_int(0))
}

#[inline(always)]
pub fn to_bool_none(s: &mut State, _oparg: u32) -> Flow {
    if s.top(0).unborrowed() != Raw::none() {
        return Flow::Generic;
    }
    s.drop_slots(1);
    answer(s, TO_BOOL_UNITS, false)
}

/// `None`, or an object whose class does not say what is false: sites tend to meet the two in turn.
#[inline(always)]
pub fn to_bool_none_or_object(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if raw.unborrowed() == Raw::none() {
        s.drop_slots(1);
        return answer(s, TO_BOOL_UNITS, false);
    }
    if !raw.is_pointer() {
        return Flow::Generic;
    }
    let slots = raw.header().class().slots();
    if slots.bool.is_some() || slots.length.is_some() {
        return Flow::Generic;
    }
    if !raw.release_if_shared() {
        s.set_top(0, Raw::true_());
        return Flow::Release(raw);
    }
    s.drop_slots(1);
    answer(s, TO_BOOL_UNITS, true)
}

/// The truth of an object of this class, which nothing but its length decides.
#[inline(always)]
fn to_bool_by<T: NativeClass>(s: &mut State, truth: impl FnOnce(&T) -> bool) -> Flow {
    let raw = s.top(0);
    if !raw.is_pointer() || raw.header().shape_id() != T::cell().shape().id() {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let truth = truth(unsafe { &*(raw.address() as *const T) });
    if !raw.release_if_shared() {
        s.set_top(0, Raw::bool(truth));
        return Flow::Release(raw);
    }
    s.drop_slots(1);
    answer(s, TO_BOOL_UNITS, truth)
}

#[inline(always)]
pub fn to_bool_list(s: &mut State, _oparg: u32) -> Flow {
    to_bool_by::<List>(s, |list| !list.is_empty())
}

#[inline(always)]
pub fn to_bool_str(s: &mut State, _oparg: u32) -> Flow {
    to_bool_by::<Str>(s, |string| !string.is_empty())
}

pub fn unary_not(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0).unborrowed();
    if raw == Raw::true_() {
        s.set_top(0, Raw::false_());
        return Flow::Next;
    }
    if raw == Raw::false_() {
        s.set_top(0, Raw::true_());
        return Flow::Next;
    }
    s.save();
    let result = abstract_ops::is_true(&s.top(0).peek()).map(|truth| Value::bool(!truth));
    s.replace(1, result)
}
