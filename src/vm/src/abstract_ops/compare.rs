//! Comparison, hashing, truth, and text.

use super::enter_native;
use crate::exceptions::{PyResult, type_error};
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::class::{CompareOp, Type};
use crate::objects::float_methods;
use crate::objects::int::IntView;
use crate::objects::int_text;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::{Raw, Value};

/// `a <op> b`, any object.
#[inline]
pub fn rich_compare(a: &Value, b: &Value, op: CompareOp) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
        return Ok(Value::bool(op.holds(x.cmp(&y))));
    }
    compare_by_slots(a, b, op)
}

#[inline(never)]
fn compare_by_slots(a: &Value, b: &Value, op: CompareOp) -> PyResult {
    let _guard = enter_native(" in comparison")?;
    let (left, right) = (a.class(), b.class());
    let mut swapped_tried = false;
    if !std::ptr::eq(left, right)
        && right.is_subclass(left)
        && let Some(compare) = right.slots().richcompare
    {
        swapped_tried = true;
        let answer = compare(b, a, op.swapped())?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    if let Some(compare) = left.slots().richcompare {
        let answer = compare(a, b, op)?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    if !swapped_tried && let Some(compare) = right.slots().richcompare {
        let answer = compare(b, a, op.swapped())?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    match op {
        CompareOp::Eq => Ok(Value::bool(a.is(b))),
        CompareOp::Ne => Ok(Value::bool(!a.is(b))),
        _ => Err(type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            a.class().name(),
            b.class().name()
        ))),
    }
}

/// `a <op> b` as truth.
#[inline]
pub fn compare_bool(a: &Value, b: &Value, op: CompareOp) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
        return Ok(op.holds(x.cmp(&y)));
    }
    if a.is(b) {
        // Identity implies equality here, as in containers.
        match op {
            CompareOp::Eq => return Ok(true),
            CompareOp::Ne => return Ok(false),
            _ => {}
        }
    }
    is_true(&compare_by_slots(a, b, op)?)
}

/// `a is b or a == b`: how containers compare.
#[inline]
pub fn equals(a: &Value, b: &Value) -> PyResult<bool> {
    match equals_at_once(a, b) {
        Some(equal) => Ok(equal),
        None => compare_bool(a, b, CompareOp::Eq),
    }
}

/// The same, where no Python code has to run for the answer: identity, small ints, strings, and tuples of
/// such. Nothing is counted, so containers can ask about the words that lie in them.
#[inline(always)]
pub fn equals_at_once(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    let (x, y) = (a.raw(), b.raw());
    if x.0 & y.0 & 1 != 0 {
        return Some(false);
    }
    if !x.is_pointer() || !y.is_pointer() {
        return None;
    }
    let shape = x.header().shape_id();
    if shape == Str::cell().shape().id() && shape == y.header().shape_id() {
        // SAFETY: objects of a class's shape are instances of exactly the class.
        return Some(unsafe {
            a.downcast_unchecked::<Str>()
                .same_text(b.downcast_unchecked())
        });
    }
    match (plain_tuple(x), plain_tuple(y)) {
        (Some(x), Some(y)) => tuples_at_once(x, y, NESTED),
        _ => None,
    }
}

/// A tuple, or an instance of a subclass that compares as tuples do (as named tuples are).
#[inline(always)]
fn plain_tuple<'a>(raw: Raw) -> Option<&'a Tuple> {
    let compare = |class: &Type| class.slots().richcompare.map(|slot| slot as usize);
    let plain = raw.is_pointer()
        && (raw.header().shape_id() == Tuple::cell().shape().id()
            || compare(raw.header().class()) == compare(Tuple::class()));
    // SAFETY: only tuples have the slot; the caller keeps the object alive.
    plain.then(|| unsafe { &*(raw.address() as *const Tuple) })
}

/// How deep tuples in tuples are looked into before they are left to the comparison that minds the stack.
const NESTED: u32 = 8;

/// The first items that differ decide, as they do when `__eq__` is called.
#[inline(never)]
fn tuples_at_once(a: &Tuple, b: &Tuple, depth: u32) -> Option<bool> {
    let (a, b) = (a.as_slice(), b.as_slice());
    for (x, y) in a.iter().zip(b) {
        if x.is(y) {
            continue;
        }
        let equal = match (plain_tuple(x.raw()), plain_tuple(y.raw())) {
            (Some(x), Some(y)) if depth > 0 => tuples_at_once(x, y, depth - 1)?,
            (Some(_), Some(_)) => return None,
            _ => equals_at_once(x, y)?,
        };
        if !equal {
            return Some(false);
        }
    }
    Some(a.len() == b.len())
}

#[inline]
pub fn hash(value: &Value) -> PyResult<i64> {
    if let Some(int) = value.as_small_int() {
        return Ok(crate::numeric::hash::hash_i64(int));
    }
    if let Some(s) = value.downcast_exact::<Str>() {
        return Ok(s.hash());
    }
    if let Some(tuple) = value.downcast_exact::<Tuple>()
        && let Some(hash) = tuple.known_hash()
    {
        return Ok(hash);
    }
    match value.class().slots().hash {
        Some(hash) => hash(value),
        None => Err(type_error(format!(
            "unhashable type: '{}'",
            value.class().name()
        ))),
    }
}

#[inline]
pub fn is_true(value: &Value) -> PyResult<bool> {
    if value.is_true() {
        return Ok(true);
    }
    if value.is_false() || value.is_none() {
        return Ok(false);
    }
    if let Some(i) = value.as_small_int() {
        return Ok(i != 0);
    }
    let slots = value.class().slots();
    if let Some(truth) = slots.bool {
        return truth(value);
    }
    match slots.length {
        Some(length) => Ok(length(value)? != 0),
        None => Ok(true),
    }
}

fn expect_text(value: Value, what: &str) -> PyResult<Ref<Str>> {
    Ref::from_value(value).map_err(|v| {
        type_error(format!(
            "{what} returned non-string (type {})",
            v.class().name()
        ))
    })
}

/// `repr(value)`.
pub fn repr(value: &Value) -> PyResult<Ref<Str>> {
    let _guard = enter_native(" while getting the repr of an object")?;
    let repr = value.class().slots().repr.expect("every class has repr");
    expect_text(repr(value)?, "__repr__")
}

/// `str(value)`.
pub fn str(value: &Value) -> PyResult<Ref<Str>> {
    if let Some(s) = value.downcast_exact::<Str>() {
        return Ok(Ref::from_ref(s));
    }
    let _guard = enter_native(" while getting the str of an object")?;
    let str = value.class().slots().str.expect("every class has str");
    expect_text(str(value)?, "__str__")
}

/// `ascii(value)`.
pub fn ascii(value: &Value) -> PyResult<Ref<Str>> {
    let text = repr(value)?;
    if text.is_ascii() {
        return Ok(text);
    }
    let mut out = String::new();
    for c in text.code_points() {
        match c {
            0..=0x7F => out.push(c as u8 as char),
            0x80..=0xFF => out.push_str(&format!("\\x{c:02x}")),
            0x100..=0xFFFF => out.push_str(&format!("\\u{c:04x}")),
            _ => out.push_str(&format!("\\U{c:08x}")),
        }
    }
    Ok(Str::new(&out))
}

/// `format(value, spec)`.
pub fn format(value: &Value, spec: &Str) -> PyResult {
    if spec.is_empty() {
        if let Some(s) = value.downcast_exact::<Str>() {
            return Ok(Ref::from_ref(s).into_value());
        }
        if value.as_small_int().is_some() {
            return Ok(str(value)?.into_value());
        }
    }
    // What the methods of the built-in classes do, without looking for them.
    if let Some(number) = value.as_small_int() {
        return int_text::format(IntView::Small(number), spec, "int");
    }
    if let Some(number) = value.as_exact_float()
        && let Some(text) = float_methods::fixed(number, spec)
    {
        return Ok(text.into_value());
    }
    let spec = Ref::from_ref(spec).into_value();
    match super::call_special(value, &crate::names::FORMAT, std::slice::from_ref(&spec))? {
        Some(text) if text.downcast::<Str>().is_some() => Ok(text),
        Some(other) => Err(type_error(format!(
            "__format__ must return a str, not {}",
            other.class().name()
        ))),
        None => Err(type_error(format!(
            "Type {} doesn't define __format__",
            value.class().name()
        ))),
    }
}
