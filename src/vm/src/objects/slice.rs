//! `slice`, and what a slice means for a sequence of a given length.

use crate::abstract_ops::{self, index_clamped};
use crate::exceptions::{PyResult, type_error, value_error};
use crate::object::{Header, Ref, object_value};
use crate::objects::class::{CompareOp, Type};
use crate::objects::int::Int;
use crate::objects::tuple::Tuple;
use crate::value::{Raw, Value};
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use taipan_macros::{pyclass, pymethods};

/// Create a slice object.
///
/// This is used for extended slicing (e.g. a[0:10:2]).
#[pyclass(name = "slice", module = "builtins", gc, final)]
#[repr(C)]
pub struct Slice {
    header: Header,
    pub start: Value,
    pub stop: Value,
    pub step: Value,
}

#[inline]
fn bound(value: &Value) -> PyResult<isize> {
    match value.as_small_int() {
        Some(index) => Ok(index as isize),
        None => bound_of_object(value),
    }
}

#[cold]
fn bound_of_object(value: &Value) -> PyResult<isize> {
    if value.class().slots().index.is_none() {
        return Err(type_error(
            "slice indices must be integers or None or have an __index__ method",
        ));
    }
    index_clamped(value)
}

/// Start, stop and step cut down to a sequence of this length, and the number of items they select.
pub fn adjust(length: usize, start: isize, stop: isize, step: isize) -> (isize, isize, usize) {
    let length = length as isize;
    let cut = |at: isize| {
        if at < 0 {
            let at = at.saturating_add(length);
            if at < 0 {
                if step < 0 { -1 } else { 0 }
            } else {
                at
            }
        } else if at >= length {
            if step < 0 { length - 1 } else { length }
        } else {
            at
        }
    };
    let (start, stop) = (cut(start), cut(stop));
    let count = match step < 0 {
        true if stop < start => (start - stop - 1) / -step + 1,
        false if start < stop => (stop - start - 1) / step + 1,
        _ => 0,
    };
    (start, stop, count as usize)
}

/// A bound of `[start:stop]` that needs no Python code to be known: a small int, or `None`.
#[inline(always)]
pub fn plain_bound(bound: Raw, absent: isize) -> Option<isize> {
    if bound.is_int() {
        Some(bound.as_int() as isize)
    } else if bound.unborrowed() == Raw::none() {
        Some(absent)
    } else {
        None
    }
}

impl Slice {
    pub fn make(start: Value, stop: Value, step: Value) -> Ref<Slice> {
        Ref::new(Slice {
            header: Header::fresh(),
            start,
            stop,
            step,
        })
    }
    /// Start, stop and step as they stand, beyond the range of words clamped.
    pub fn unpack(&self) -> PyResult<(isize, isize, isize)> {
        let step = if self.step.is_none() {
            1
        } else {
            bound(&self.step)?
        };
        if step == 0 {
            return Err(value_error("slice step cannot be zero"));
        }
        // So that the negated step fits too.
        let step = step.max(-isize::MAX);
        let start = match self.start.is_none() {
            true if step < 0 => isize::MAX,
            true => 0,
            false => bound(&self.start)?,
        };
        let stop = match self.stop.is_none() {
            true if step < 0 => isize::MIN,
            true => isize::MAX,
            false => bound(&self.stop)?,
        };
        Ok((start, stop, step))
    }
    /// What the slice selects of a sequence of this length: start, stop, step, number of items.
    pub fn indices(&self, length: usize) -> PyResult<(isize, isize, isize, usize)> {
        let (start, stop, step) = self.unpack()?;
        let (start, stop, count) = adjust(length, start, stop, step);
        Ok((start, stop, step, count))
    }
    fn parts(&self) -> Value {
        Tuple::new([self.start.clone(), self.stop.clone(), self.step.clone()]).into_value()
    }
}

fn big(value: &Value) -> PyResult<BigInt> {
    if value.class().slots().index.is_none() {
        return Err(type_error(
            "slice indices must be integers or None or have an __index__ method",
        ));
    }
    let index = abstract_ops::index(value)?;
    Ok(index.as_int().map(|int| int.to_big()).unwrap_or_default())
}

/// `slice.indices` for lengths and bounds of any size.
fn big_indices(slice: &Slice, length: &BigInt) -> PyResult {
    let step = if slice.step.is_none() {
        BigInt::from(1)
    } else {
        big(&slice.step)?
    };
    if step.is_zero() {
        return Err(value_error("slice step cannot be zero"));
    }
    let negative = step.is_negative();
    let (lower, upper) = if negative {
        (BigInt::from(-1), length - 1)
    } else {
        (BigInt::ZERO, length.clone())
    };
    let cut = |value: &Value, absent: &BigInt| -> PyResult<BigInt> {
        if value.is_none() {
            return Ok(absent.clone());
        }
        let at = big(value)?;
        Ok(if at.is_negative() {
            (at + length).max(lower.clone())
        } else {
            at.min(upper.clone())
        })
    };
    let (first, last) = if negative {
        (&upper, &lower)
    } else {
        (&lower, &upper)
    };
    let start = cut(&slice.start, first)?;
    let stop = cut(&slice.stop, last)?;
    Ok(Tuple::new([
        Int::from_big(start),
        Int::from_big(stop),
        Int::from_big(step),
    ])
    .into_value())
}

#[pymethods]
impl Slice {
    #[pyslot]
    fn new(_class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("slice() takes no keyword arguments"));
        }
        let none = Value::none;
        Ok(match args {
            [stop] => Slice::make(none(), stop.clone(), none()),
            [start, stop] => Slice::make(start.clone(), stop.clone(), none()),
            [start, stop, step] => Slice::make(start.clone(), stop.clone(), step.clone()),
            [] => return Err(type_error("slice expected at least 1 argument, got 0")),
            _ => {
                return Err(type_error(format!(
                    "slice expected at most 3 arguments, got {}",
                    args.len()
                )));
            }
        }
        .into_value())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "slice({}, {}, {})",
            abstract_ops::repr(&self.start)?,
            abstract_ops::repr(&self.stop)?,
            abstract_ops::repr(&self.step)?
        ))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Slice>(), other.downcast::<Slice>()) else {
            return Ok(Value::not_implemented());
        };
        if std::ptr::eq(a, b) {
            return Ok(match op {
                CompareOp::Eq | CompareOp::Le | CompareOp::Ge => Value::true_(),
                _ => Value::false_(),
            });
        }
        abstract_ops::rich_compare(&a.parts(), &b.parts(), op)
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        // The tuple hash without the length at its end.
        super::tuple_methods::hash_items(
            &[self.start.clone(), self.stop.clone(), self.step.clone()],
            false,
        )
    }
    /// Where the slice starts.
    #[pygetset("start")]
    fn get_start(&self) -> Value {
        self.start.clone()
    }
    /// Where the slice ends.
    #[pygetset("stop")]
    fn get_stop(&self) -> Value {
        self.stop.clone()
    }
    /// The distance of two items.
    #[pygetset("step")]
    fn get_step(&self) -> Value {
        self.step.clone()
    }
    /// S.indices(len) -> (start, stop, stride)
    ///
    /// Assuming a sequence of length len, calculate the start and stop
    /// indices, and the stride length of the extended slice described by
    /// S. Out of bounds indices are clipped in a manner consistent with the
    /// handling of normal slices.
    #[pymethod("indices($self, object, /)")]
    fn indices_of(&self, object: &Value) -> PyResult {
        let length = abstract_ops::index(object)?;
        let length = length.as_int().map(|int| int.to_big()).unwrap_or_default();
        if length.is_negative() {
            return Err(value_error("length should not be negative"));
        }
        big_indices(self, &length)
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let slice = unsafe { this.downcast_unchecked::<Slice>() };
        Ok(Tuple::new([object_value(this.class()), slice.parts()]).into_value())
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
}
