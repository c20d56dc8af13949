//! `range`: bounds that fit a machine word are kept as words beside their int objects.

use crate::abstract_ops;
use crate::exceptions::{PyResult, index_error, overflow_error, type_error, value_error};
use crate::gc::Field;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::{CompareOp, Type};
use crate::objects::int::Int;
use crate::objects::slice::Slice;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// range(stop) -> range object
/// range(start, stop[, step]) -> range object
///
/// Return an object that produces a sequence of integers from start (inclusive)
/// to stop (exclusive) by step.  range(i, j) produces i, i+1, i+2, ..., j-1.
/// start defaults to 0, and stop is omitted!  range(4) produces 0, 1, 2, 3.
/// These are exactly the valid indices for a list of 4 elements.
/// When step is given, it specifies the increment (or decrement).
#[pyclass(name = "range", module = "builtins", final, sequence)]
#[repr(C)]
pub struct Range {
    header: Header,
    start: Value,
    stop: Value,
    step: Value,
    length: Value,
    /// Start, step and length, where they and all items are words.
    small: Option<Small>,
}

#[derive(Clone, Copy)]
struct Small {
    start: i64,
    step: i64,
    length: i64,
}

fn number(value: &Value) -> BigInt {
    value.as_int().map(|int| int.to_big()).unwrap_or_default()
}

fn count(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let (low, high, step) = if step.is_negative() {
        (stop, start, -step)
    } else {
        (start, stop, step.clone())
    };
    if low >= high {
        return BigInt::zero();
    }
    (high - low - 1) / step + 1
}

fn small_count(start: i64, stop: i64, step: i64) -> Option<i64> {
    let (low, high, step) = if step < 0 {
        (stop, start, step.checked_neg()?)
    } else {
        (start, stop, step)
    };
    if low >= high {
        return Some(0);
    }
    high.checked_sub(low)?
        .checked_sub(1)?
        .checked_div(step)?
        .checked_add(1)
}

impl Range {
    /// Bounds are ints, the step is not zero.
    fn build(start: Value, stop: Value, step: Value) -> Ref<Range> {
        let word = |value: &Value| value.as_int().and_then(|int| int.to_i64());
        let mut small = None;
        if let (Some(a), Some(b), Some(c)) = (word(&start), word(&stop), word(&step))
            && let Some(length) = small_count(a, b, c)
            && (length == 0
                || c.checked_mul(length)
                    .and_then(|span| a.checked_add(span))
                    .is_some())
        {
            small = Some(Small {
                start: a,
                step: c,
                length,
            });
        }
        let length = match small {
            Some(small) => Value::int(small.length),
            None => Int::from_big(count(&number(&start), &number(&stop), &number(&step))),
        };
        Ref::new(Range {
            header: Header::fresh(),
            start,
            stop,
            step,
            length,
            small,
        })
    }
    /// A range of words.
    pub fn make(start: i64, stop: i64, step: i64) -> Ref<Range> {
        Range::build(Value::int(start), Value::int(stop), Value::int(step))
    }
    /// First number, step and count, if all is within machine words: what loops go by.
    pub fn as_small(&self) -> Option<(i64, i64, i64)> {
        self.small
            .map(|small| (small.start, small.step, small.length))
    }
    fn item(&self, index: &BigInt) -> Value {
        Int::from_big(number(&self.start) + index * number(&self.step))
    }
    fn iterator(&self) -> Value {
        match self.small {
            Some(small) => RangeIterator::new(small.start, small.step, small.length),
            None => Ref::new(LongRangeIterator {
                header: Header::fresh(),
                start: self.start.clone(),
                step: self.step.clone(),
                length: Field::new(self.length.clone()),
                index: Field::new(Value::int(0)),
            })
            .into_value(),
        }
    }
    fn slice(&self, slice: &Slice) -> PyResult {
        // A step beyond a machine word would be cut to one.
        if let Some(small) = self.small
            && (slice.step.is_none() || slice.step.as_small_int().is_some())
        {
            let (start, stop, step, _) = slice.indices(small.length as usize)?;
            let item = |at: isize| {
                (at as i64)
                    .checked_mul(small.step)
                    .and_then(|distance| small.start.checked_add(distance))
            };
            if let (Some(start), Some(stop), Some(step)) =
                (item(start), item(stop), small.step.checked_mul(step as i64))
            {
                let parts = [start, stop, step].map(Value::int);
                let [start, stop, step] = parts;
                return Ok(Range::build(start, stop, step).into_value());
            }
        }
        let zero = BigInt::zero();
        let length = number(&self.length);
        let bounds = [&slice.start, &slice.stop, &slice.step];
        let mut given: [Option<BigInt>; 3] = [None, None, None];
        for (bound, value) in given.iter_mut().zip(bounds) {
            if !value.is_none() {
                if value.class().slots().index.is_none() {
                    return Err(type_error(
                        "slice indices must be integers or None or have an __index__ method",
                    ));
                }
                *bound = Some(number(&abstract_ops::index(value)?));
            }
        }
        let [start, stop, step] = given;
        let step = step.unwrap_or_else(BigInt::one);
        if step.is_zero() {
            return Err(value_error("slice step cannot be zero"));
        }
        let negative = step.is_negative();
        let (lower, upper) = if negative {
            (BigInt::from(-1), &length - 1)
        } else {
            (zero, length.clone())
        };
        let cut = |bound: Option<BigInt>, absent: &BigInt| match bound {
            None => absent.clone(),
            Some(at) if at.is_negative() => (at + &length).max(lower.clone()),
            Some(at) => at.min(upper.clone()),
        };
        let (first, last) = if negative {
            (&upper, &lower)
        } else {
            (&lower, &upper)
        };
        let (from, to) = (cut(start, first), cut(stop, last));
        let new_step = Int::from_big(step * number(&self.step));
        Ok(Range::build(self.item(&from), self.item(&to), new_step).into_value())
    }
    /// Where an int is in the range.
    fn position(&self, value: &BigInt) -> Option<BigInt> {
        let step = number(&self.step);
        let (quotient, remainder) = (value - number(&self.start)).div_mod_floor(&step);
        (remainder.is_zero() && !quotient.is_negative() && quotient < number(&self.length))
            .then_some(quotient)
    }
}

fn is_plain_int(value: &Value) -> bool {
    value.as_small_int().is_some()
        || value.is_true()
        || value.is_false()
        || value.downcast_exact::<Int>().is_some()
}

#[pymethods]
impl Range {
    #[pyslot]
    fn new(_class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("range() takes no keyword arguments"));
        }
        let index = |value: &Value| -> PyResult {
            let int = abstract_ops::index(value)?;
            Ok(match int.as_int().and_then(|view| view.to_i64()) {
                Some(i) => Value::int(i),
                None => int,
            })
        };
        let (start, stop, step) = match args {
            [] => return Err(type_error("range expected at least 1 argument, got 0")),
            [stop] => (Value::int(0), index(stop)?, Value::int(1)),
            [start, stop] => (index(start)?, index(stop)?, Value::int(1)),
            [start, stop, step] => {
                let (start, stop, step) = (index(start)?, index(stop)?, index(step)?);
                if step.as_int().is_some_and(|step| step.is_zero()) {
                    return Err(value_error("range() arg 3 must not be zero"));
                }
                (start, stop, step)
            }
            _ => {
                return Err(type_error(format!(
                    "range expected at most 3 arguments, got {}",
                    args.len()
                )));
            }
        };
        Ok(Range::build(start, stop, step).into_value())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let (start, stop) = (
            abstract_ops::repr(&self.start)?,
            abstract_ops::repr(&self.stop)?,
        );
        if self.step.as_small_int() == Some(1) {
            return Ok(format!("range({start}, {stop})"));
        }
        Ok(format!(
            "range({start}, {stop}, {})",
            abstract_ops::repr(&self.step)?
        ))
    }
    #[pyslot]
    fn bool(&self) -> PyResult<bool> {
        abstract_ops::is_true(&self.length)
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        match self.length.as_int().and_then(|length| length.to_i64()) {
            Some(length) => Ok(length as usize),
            None => Err(overflow_error(
                "Python int too large to convert to C ssize_t",
            )),
        }
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        if let (Some(i), Some(small)) = (key.as_small_int(), self.small) {
            let index = if i < 0 { i + small.length } else { i };
            if index < 0 || index >= small.length {
                return Err(index_error("range object index out of range"));
            }
            return Ok(Value::int(small.start + index * small.step));
        }
        if let Some(slice) = key.downcast::<Slice>() {
            return self.slice(slice);
        }
        if key.class().slots().index.is_none() {
            return Err(type_error(format!(
                "range indices must be integers or slices, not {}",
                key.class().name()
            )));
        }
        let mut index = number(&abstract_ops::index(key)?);
        let length = number(&self.length);
        if index.is_negative() {
            index += &length;
        }
        if index.is_negative() || index >= length {
            return Err(index_error("range object index out of range"));
        }
        Ok(self.item(&index))
    }
    #[pyslot]
    fn contains(this: &Value, item: &Value) -> PyResult<bool> {
        // SAFETY: the slot's caller checked the class.
        let range = unsafe { this.downcast_unchecked::<Range>() };
        if let (Some(i), Some(small)) = (item.as_small_int(), range.small)
            && let Some(offset) = i.checked_sub(small.start)
        {
            let quotient = offset / small.step;
            return Ok(offset % small.step == 0 && quotient >= 0 && quotient < small.length);
        }
        if is_plain_int(item) {
            return Ok(range.position(&number(item)).is_some());
        }
        let iterator = range.iterator();
        while let Some(other) = abstract_ops::next(&iterator)? {
            if abstract_ops::equals(&other, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[pyslot]
    fn iter(&self) -> PyResult {
        Ok(self.iterator())
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Range>(), other.downcast::<Range>()) else {
            return Ok(Value::not_implemented());
        };
        let equal = || {
            let length = number(&a.length);
            if length != number(&b.length) {
                return false;
            }
            length.is_zero()
                || number(&a.start) == number(&b.start)
                    && (length.is_one() || number(&a.step) == number(&b.step))
        };
        Ok(match op {
            CompareOp::Eq => Value::bool(equal()),
            CompareOp::Ne => Value::bool(!equal()),
            _ => Value::not_implemented(),
        })
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        let length = number(&self.length);
        let none = Value::none;
        let parts = match () {
            _ if length.is_zero() => [self.length.clone(), none(), none()],
            _ if length.is_one() => [self.length.clone(), self.start.clone(), none()],
            _ => [self.length.clone(), self.start.clone(), self.step.clone()],
        };
        super::tuple_methods::hash_items(&parts, true)
    }
    #[pygetset("start")]
    fn get_start(&self) -> Value {
        self.start.clone()
    }
    #[pygetset("stop")]
    fn get_stop(&self) -> Value {
        self.stop.clone()
    }
    #[pygetset("step")]
    fn get_step(&self) -> Value {
        self.step.clone()
    }
    /// Return a reverse iterator.
    #[pymethod("__reversed__($self, /)")]
    fn __reversed__(&self) -> Value {
        if let Some(small) = self.small {
            if small.length == 0 {
                return RangeIterator::new(small.start, 1, 0);
            }
            if let Some(step) = small.step.checked_neg() {
                return RangeIterator::new(
                    small.start + (small.length - 1) * small.step,
                    step,
                    small.length,
                );
            }
        }
        let last = self.item(&(number(&self.length) - 1));
        Ref::new(LongRangeIterator {
            header: Header::fresh(),
            start: last,
            step: Int::from_big(-number(&self.step)),
            length: Field::new(self.length.clone()),
            index: Field::new(Value::int(0)),
        })
        .into_value()
    }
    /// rangeobject.count(value) -> integer -- return number of occurrences of value
    #[pymethod("count($self, object, /)")]
    fn count(this: &Value, object: &Value) -> PyResult<usize> {
        if is_plain_int(object) {
            return Ok(Range::contains(this, object)? as usize);
        }
        let mut found = 0;
        abstract_ops::for_each(this, |other| {
            found += abstract_ops::equals(&other, object)? as usize;
            Ok(())
        })?;
        Ok(found)
    }
    /// rangeobject.index(value) -> integer -- return index of value.
    /// Raise ValueError if the value is not present.
    #[pymethod("index($self, object, /)")]
    fn index(this: &Value, object: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let range = unsafe { this.downcast_unchecked::<Range>() };
        if is_plain_int(object) {
            if let Some(at) = range.position(&number(object)) {
                return Ok(Int::from_big(at));
            }
        } else {
            let (mut at, mut found) = (0, None);
            abstract_ops::for_each_while(this, |other| {
                if abstract_ops::equals(&other, object)? {
                    found = Some(at);
                }
                at += 1;
                Ok(found.is_none())
            })?;
            if let Some(found) = found {
                return Ok(Value::int(found));
            }
        }
        Err(value_error(match is_plain_int(object) {
            true => "range.index(x): x not in range",
            false => "sequence.index(x): x not in sequence",
        }))
    }
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: as above.
        let range = unsafe { this.downcast_unchecked::<Range>() };
        let bounds = Tuple::new([range.start.clone(), range.stop.clone(), range.step.clone()]);
        Ok(Tuple::new([object_value(this.class()), bounds.into_value()]).into_value())
    }
}

/// Counts through machine words. The interpreter steps it itself.
#[pyclass(name = "range_iterator", module = "builtins", final)]
#[repr(C)]
pub struct RangeIterator {
    header: Header,
    pub next: Cell<i64>,
    pub step: i64,
    pub remaining: Cell<i64>,
}

impl RangeIterator {
    pub const NEXT_OFFSET: usize = std::mem::offset_of!(RangeIterator, next);
    pub const STEP_OFFSET: usize = std::mem::offset_of!(RangeIterator, step);
    pub const REMAINING_OFFSET: usize = std::mem::offset_of!(RangeIterator, remaining);

    #[allow(clippy::new_ret_no_self)]
    pub fn new(start: i64, step: i64, count: i64) -> Value {
        Ref::new(RangeIterator {
            header: Header::fresh(),
            next: Cell::new(start),
            step,
            remaining: Cell::new(count),
        })
        .into_value()
    }
    /// Over `range(start, stop, step)`, for numbers of 62 bits. `None`: the step is 0.
    pub fn of_small(start: i64, stop: i64, step: i64) -> Option<Value> {
        let count = match step {
            0 => return None,
            1.. if start < stop => (stop - start - 1) / step + 1,
            ..0 if start > stop => (start - stop - 1) / -step + 1,
            _ => 0,
        };
        Some(RangeIterator::new(start, step, count))
    }
    #[inline(always)]
    pub fn advance(&self) -> Option<i64> {
        let remaining = self.remaining.get();
        if remaining <= 0 {
            return None;
        }
        let item = self.next.get();
        self.remaining.set(remaining - 1);
        self.next.set(item.wrapping_add(self.step));
        Some(item)
    }
}

/// `(iter, (range(…),), index)` for the numbers that are left.
fn reduce_rest(rest: Ref<Range>) -> PyResult {
    let iter = crate::builtins::lookup("iter")?;
    let arguments = Tuple::new([rest.into_value()]);
    Ok(Tuple::new([iter, arguments.into_value(), Value::none()]).into_value())
}

#[pymethods]
impl RangeIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        Ok(self.advance().map(Value::int))
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> i64 {
        self.remaining.get()
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        let (next, remaining) = (self.next.get(), self.remaining.get());
        let stop = BigInt::from(next) + BigInt::from(remaining) * self.step;
        reduce_rest(Range::build(
            Value::int(next),
            Int::from_big(stop),
            Value::int(self.step),
        ))
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: &Value) -> PyResult<()> {
        if state.is_none() {
            return Ok(());
        }
        let skip = abstract_ops::to_i64(state)?.clamp(0, self.remaining.get());
        self.next
            .set(self.next.get().wrapping_add(self.step.wrapping_mul(skip)));
        self.remaining.set(self.remaining.get() - skip);
        Ok(())
    }
}

/// Counts where numbers don't fit machine words.
#[pyclass(name = "longrange_iterator", module = "builtins", final)]
#[repr(C)]
pub struct LongRangeIterator {
    header: Header,
    start: Value,
    step: Value,
    length: Field<Value>,
    index: Field<Value>,
}

#[pymethods]
impl LongRangeIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let index = number(&self.index.get());
        if index >= number(&self.length.get()) {
            return Ok(None);
        }
        let item = number(&self.start) + &index * number(&self.step);
        self.index.set(Int::from_big(index + 1));
        Ok(Some(Int::from_big(item)))
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> Value {
        Int::from_big(number(&self.length.get()) - number(&self.index.get()))
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        let step = number(&self.step);
        let start = number(&self.start);
        let (index, length) = (number(&self.index.get()), number(&self.length.get()));
        let rest = Range::build(
            Int::from_big(&start + index * &step),
            Int::from_big(&start + length * &step),
            self.step.clone(),
        );
        reduce_rest(rest)
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: &Value) -> PyResult<()> {
        let Some(state) = state.as_int() else {
            return Err(type_error(format!(
                "state must be an int, not {}",
                state.class().name()
            )));
        };
        let index = state
            .to_big()
            .max(BigInt::zero())
            .min(number(&self.length.get()));
        self.index.set(Int::from_big(index));
        Ok(())
    }
}

/// The length of a range as a word, if it fits.
pub fn word_length(range: &Range) -> Option<i64> {
    number(&range.length).to_i64()
}
