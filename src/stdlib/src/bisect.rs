//! `_bisect`: binary search in sorted sequences.

use taipan_macros::pymodule;

pub use bisect::MODULE;

/// Bisection algorithms.
///
/// This module provides support for maintaining a list in sorted order without
/// having to sort the list after each insertion. For long lists of items with
/// expensive comparison operations, this can be an improvement over the more
/// common approach.
#[pymodule(name = "_bisect")]
mod bisect {
    use taipan_vm::abstract_ops as ops;
    use taipan_vm::exceptions::{PyResult, value_error};
    use taipan_vm::object::Ref;
    use taipan_vm::objects::class::CompareOp;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::str::Str;
    use taipan_vm::value::Value;

    fn item_at(sequence: &Value, index: usize) -> PyResult {
        if let Some(list) = sequence.downcast_exact::<List>()
            && let Some(item) = list.get(index)
        {
            return Ok(item);
        }
        ops::getitem(sequence, &Value::int(index as i64))
    }

    fn search(
        right: bool,
        sequence: &Value,
        x: &Value,
        low: isize,
        high: Option<&Value>,
        key: Option<&Value>,
    ) -> PyResult<usize> {
        let Ok(mut low) = usize::try_from(low) else {
            return Err(value_error("lo must be non-negative"));
        };
        let high = match high.filter(|high| !high.is_none()) {
            Some(high) => taipan_vm::objects::text_support::size_argument(high)?,
            None => -1,
        };
        // -1 was the default once, and still means the end.
        let mut high = match high {
            -1 => ops::len(sequence)?,
            high => usize::try_from(high).unwrap_or(0),
        };
        let key = key.filter(|key| !key.is_none());
        while low < high {
            let middle = low + (high - low) / 2;
            let mut item = item_at(sequence, middle)?;
            if let Some(key) = key {
                item = ops::call(key, std::slice::from_ref(&item))?;
            }
            let goes_left = if right {
                ops::compare_bool(x, &item, CompareOp::Lt)?
            } else {
                !ops::compare_bool(&item, x, CompareOp::Lt)?
            };
            if goes_left {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }

    fn insort(
        right: bool,
        sequence: &Value,
        x: &Value,
        low: isize,
        high: Option<&Value>,
        key: Option<&Value>,
    ) -> PyResult<()> {
        let at = match key.filter(|key| !key.is_none()) {
            Some(function) => {
                let wanted = ops::call(function, std::slice::from_ref(x))?;
                search(right, sequence, &wanted, low, high, key)?
            }
            None => search(right, sequence, x, low, high, None)?,
        };
        if let Some(list) = sequence.downcast_exact::<List>() {
            let (list, x) = (Ref::from_ref(list), x.clone());
            list.change(|items| items.insert(at.min(items.len()), x));
            return Ok(());
        }
        let arguments = [Value::int(at as i64), x.clone()];
        ops::call_method(sequence, &Str::intern("insert"), &arguments)?;
        Ok(())
    }

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e <= x, and all e in
    /// a[i:] have e > x.  So if x already appears in the list, a.insert(i, x) will
    /// insert just after the rightmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction("bisect_right($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_right(
        a: &Value,
        x: &Value,
        lo: isize,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> PyResult<usize> {
        search(true, a, x, lo, hi, key)
    }

    /// Return the index where to insert item x in list a, assuming a is sorted.
    ///
    /// The return value i is such that all e in a[:i] have e < x, and all e in
    /// a[i:] have e >= x.  So if x already appears in the list, a.insert(i, x) will
    /// insert just before the leftmost x already there.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction("bisect_left($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn bisect_left(
        a: &Value,
        x: &Value,
        lo: isize,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> PyResult<usize> {
        search(false, a, x, lo, hi, key)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the right of the rightmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction("insort_right($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn insort_right(
        a: &Value,
        x: &Value,
        lo: isize,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> PyResult<()> {
        insort(true, a, x, lo, hi, key)
    }

    /// Insert item x in list a, and keep it sorted assuming a is sorted.
    ///
    /// If x is already in a, insert it to the left of the leftmost x.
    ///
    /// Optional args lo (default 0) and hi (default len(a)) bound the
    /// slice of a to be searched.
    ///
    /// A custom key function can be supplied to customize the sort order.
    #[pyfunction("insort_left($module, /, a, x, lo=0, hi=None, *, key=None)")]
    fn insort_left(
        a: &Value,
        x: &Value,
        lo: isize,
        hi: Option<&Value>,
        key: Option<&Value>,
    ) -> PyResult<()> {
        insort(false, a, x, lo, hi, key)
    }
}
