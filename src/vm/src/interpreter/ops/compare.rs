//! Comparison, identity, membership and truth.

use crate::abstract_ops;
use crate::exceptions::Raised;
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::specialize;
use crate::native::NativeClass;
use crate::objects::class::CompareOp;
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::set::Set;
use crate::objects::str::Str;
use crate::value::{Raw, Value};

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

#[inline(always)]
fn put_bool(s: &mut State, truth: bool) -> Flow {
    s.drop_slots(1);
    s.set_top(0, Value::bool(truth).raw());
    Flow::Next
}

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
    if left.is_owned_pointer() || right.is_owned_pointer() {
        return Flow::Generic;
    }
    let (Some(a), Some(b)) = (left.as_float(), right.as_float()) else {
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
    s.replace(2, Ok(Value::bool(truth)))
}

#[inline(always)]
pub fn is_op(s: &mut State, oparg: u32) -> Flow {
    let (right, left) = (s.top(0).unborrowed(), s.top(1).unborrowed());
    let same = (left == right) != (oparg != 0);
    let (a, b) = (s.top(0), s.top(1));
    if a.is_owned_pointer() || b.is_owned_pointer() {
        s.save();
        put_bool(s, same);
        a.release();
        b.release();
        return Flow::Next;
    }
    put_bool(s, same)
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
    let result = dict
        .contains(&item.peek())
        .map(|found| Value::bool(found != (oparg != 0)));
    s.replace(2, result)
}

pub fn contains_op_set(s: &mut State, oparg: u32) -> Flow {
    let (container, item) = (s.top(0), s.top(1));
    let c = container.peek();
    let Some(set) = c.downcast::<Set>() else {
        return Flow::Generic;
    };
    s.save();
    let result = set
        .contains(&item.peek())
        .map(|found| Value::bool(found != (oparg != 0)));
    s.replace(2, result)
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
    if raw == Value::true_().raw() || raw == Value::false_().raw() {
        s.set_top(0, raw);
        return Flow::Next;
    }
    Flow::Generic
}

#[inline(always)]
pub fn to_bool_int(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if !raw.is_int() {
        return Flow::Generic;
    }
    s.set_top(0, Value::bool(raw != Raw::small_int(0)).raw());
    Flow::Next
}

#[inline(always)]
pub fn to_bool_none(s: &mut State, _oparg: u32) -> Flow {
    if s.top(0).unborrowed() != Value::none().raw() {
        return Flow::Generic;
    }
    s.set_top(0, Value::false_().raw());
    Flow::Next
}

pub fn to_bool_list(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if !raw.is_pointer() || raw.header().shape_id() != List::cell().shape().id() {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let truth = unsafe { !(*(raw.address() as *const List)).is_empty() };
    s.save();
    s.replace(1, Ok(Value::bool(truth)))
}

pub fn to_bool_str(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if !raw.is_pointer() || raw.header().shape_id() != Str::cell().shape().id() {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let truth = unsafe { !(*(raw.address() as *const Str)).is_empty() };
    s.save();
    s.replace(1, Ok(Value::bool(truth)))
}

pub fn unary_not(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0).unborrowed();
    if raw == Value::true_().raw() {
        s.set_top(0, Value::false_().raw());
        return Flow::Next;
    }
    if raw == Value::false_().raw() {
        s.set_top(0, Value::true_().raw());
        return Flow::Next;
    }
    s.save();
    let result = abstract_ops::is_true(&s.top(0).peek()).map(|truth| Value::bool(!truth));
    s.replace(1, result)
}
