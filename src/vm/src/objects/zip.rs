//! `zip`.

use crate::abstract_ops;
use crate::exceptions::{PyResult, value_error};
use crate::memory::allocate_instance;
use crate::object::{Header, object_value};
use crate::objects::class::Type;
use crate::objects::reused_tuple::ReusedTuple;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use smallvec::SmallVec;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// The zip object yields n-length tuples, where n is the number of iterables
/// passed as positional arguments to zip().  The i-th element in every tuple
/// comes from the i-th iterable argument to zip().  This continues until the
/// shortest argument is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the others,
/// raise a ValueError.
#[pyclass(name = "zip", module = "builtins", gc)]
#[repr(C)]
pub struct Zip {
    header: Header,
    iterators: Vec<Value>,
    #[no_gc]
    strict: Cell<bool>,
    result: ReusedTuple,
}

impl Zip {
    /// The next items, if they are two, without a tuple, as long as there is none.
    #[inline]
    pub fn next_pair(&self) -> Option<PyResult<Option<(Value, Value)>>> {
        let pair = || {
            let Some(first) = self.next_of(0)? else {
                return Ok(None);
            };
            let Some(second) = self.next_of(1)? else {
                return Ok(None);
            };
            self.result.hold(&first, &second);
            Ok(Some((first, second)))
        };
        (self.iterators.len() == 2 && self.result.is_unused()).then(pair)
    }
    #[inline]
    fn next_of(&self, index: usize) -> PyResult<Option<Value>> {
        let item = abstract_ops::next_often_of_list(&self.iterators[index])?;
        if item.is_none() && self.strict.get() {
            self.check_lengths(index)?;
        }
        Ok(item)
    }
    /// One iterator ended (the one at `index`): are the others to have ended too?
    #[cold]
    fn check_lengths(&self, index: usize) -> PyResult<()> {
        let before = |count: usize| {
            if count == 1 {
                " 1".to_owned()
            } else {
                format!("s 1-{count}")
            }
        };
        if index > 0 {
            return Err(value_error(format!(
                "zip() argument {} is shorter than argument{}",
                index + 1,
                before(index)
            )));
        }
        for (i, iterator) in self.iterators.iter().enumerate().skip(1) {
            if abstract_ops::next(iterator)?.is_some() {
                return Err(value_error(format!(
                    "zip() argument {} is longer than argument{}",
                    i + 1,
                    before(i)
                )));
            }
        }
        Ok(())
    }
}

#[pymethods]
impl Zip {
    #[pyslot("zip(*iterables, strict=False)")]
    fn new(cls: &Type, iterables: &[Value], strict: bool) -> PyResult {
        let mut iterators = Vec::with_capacity(iterables.len());
        for iterable in iterables {
            iterators.push(abstract_ops::iter(iterable)?);
        }
        let native = Zip {
            header: Header::fresh(),
            iterators,
            strict: Cell::new(strict),
            result: ReusedTuple::new(),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        if self.iterators.is_empty() {
            return Ok(None);
        }
        let next = |index| self.next_of(index);
        if let Some(tuple) = self.result.again() {
            for index in 0..tuple.len() {
                let Some(item) = next(index)? else {
                    return Ok(None);
                };
                // SAFETY: nobody else sees the tuple, which has an item for each iterator.
                drop(unsafe { tuple.replace(index, item) });
            }
            return Ok(Some(tuple.into_value()));
        }
        let mut items = SmallVec::<[Value; 4]>::with_capacity(self.iterators.len());
        for index in 0..self.iterators.len() {
            let Some(item) = next(index)? else {
                return Ok(None);
            };
            items.push(item);
        }
        let tuple = Tuple::new(items);
        self.result.keep(&tuple);
        Ok(Some(tuple.into_value()))
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let zip = unsafe { this.downcast_unchecked::<Zip>() };
        let mut parts = vec![
            object_value(this.class()),
            Tuple::from_slice(&zip.iterators).into_value(),
        ];
        if zip.strict.get() {
            parts.push(Value::true_());
        }
        Ok(Tuple::new(parts).into_value())
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: bool) {
        self.strict.set(state);
    }
}
