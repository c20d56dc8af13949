//! What the indices of a slice mean for a sequence of a given length.

use crate::abstract_ops as ops;
use crate::exceptions::{PyResult, type_error, value_error};
use crate::objects::slice::Slice;
use crate::value::Value;
use std::ops::Range;

/// The elements of a slice: `start`, `start + step`, …, `length` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceBounds {
    pub start: isize,
    pub step: isize,
    pub length: usize,
}

pub fn as_slice(key: &Value) -> Option<&Slice> {
    key.downcast::<Slice>()
}

/// An index in a slice: anything with `__index__`, cut to the range of machine words.
fn slice_index(value: &Value) -> PyResult<isize> {
    if value.as_int().is_none() && value.class().slots().index.is_none() {
        return Err(type_error(
            "slice indices must be integers or None or have an __index__ method",
        ));
    }
    ops::index_clamped(value)
}

/// The three parts as numbers; what is `None` gets its default. Runs Python code (`__index__`), so a
/// mutable sequence's length is asked for afterwards.
pub fn unpack(slice: &Slice) -> PyResult<(isize, isize, isize)> {
    let part = |value: &Value, default: isize| {
        if value.is_none() {
            Ok(default)
        } else {
            slice_index(value)
        }
    };
    let step = part(&slice.step, 1)?;
    if step == 0 {
        return Err(value_error("slice step cannot be zero"));
    }
    // So that the step can be negated.
    let step = step.max(-isize::MAX);
    let (first, last) = if step > 0 {
        (0, isize::MAX)
    } else {
        (isize::MAX, isize::MIN)
    };
    Ok((part(&slice.start, first)?, part(&slice.stop, last)?, step))
}

/// Fits unpacked indices to a sequence.
pub fn adjust((start, stop, step): (isize, isize, isize), length: usize) -> SliceBounds {
    let length = length as isize;
    let clamp = |index: isize| {
        let index = if index < 0 {
            index.saturating_add(length)
        } else {
            index
        };
        let low = if step < 0 { -1 } else { 0 };
        let high = if step < 0 { length - 1 } else { length };
        index.clamp(low, high.max(low))
    };
    let (start, stop) = (clamp(start), clamp(stop));
    let count = if step > 0 {
        if start < stop {
            (stop - start - 1) / step + 1
        } else {
            0
        }
    } else if stop < start {
        (start - stop - 1) / -step + 1
    } else {
        0
    };
    SliceBounds {
        start,
        step,
        length: count as usize,
    }
}

/// What a slice means for an immutable sequence of that length.
pub fn bounds(slice: &Slice, length: usize) -> PyResult<SliceBounds> {
    Ok(adjust(unpack(slice)?, length))
}

/// The `start` and `end` of `find`, `index`, `count` …: the end is cut to the length, the start may
/// lie behind it (then nothing is found, not even the empty string).
pub fn search_range(
    length: usize,
    start: Option<&Value>,
    end: Option<&Value>,
) -> PyResult<Range<usize>> {
    let wrap = |index: isize| -> usize {
        let index = if index < 0 {
            index.saturating_add(length as isize)
        } else {
            index
        };
        usize::try_from(index).unwrap_or(0)
    };
    let start = start.map_or(Ok(0), slice_index)?;
    let end = end.map_or(Ok(isize::MAX), slice_index)?;
    Ok(wrap(start)..wrap(end).min(length))
}
