//! `map`.

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error, value_error};
use crate::memory::allocate_instance;
use crate::object::{Header, object_value};
use crate::objects::class::Type;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// Make an iterator that computes the function using arguments from
/// each of the iterables.  Stops when the shortest iterable is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the others,
/// raise a ValueError.
#[pyclass(
    name = "map",
    module = "builtins",
    signature = "map(function, iterable, /, *iterables, strict=False)",
    gc
)]
#[repr(C)]
pub struct Map {
    header: Header,
    function: Value,
    iterators: Vec<Value>,
    #[no_gc]
    strict: Cell<bool>,
}

impl Map {
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
                "map() argument {} is shorter than argument{}",
                index + 1,
                before(index)
            )));
        }
        for (i, iterator) in self.iterators.iter().enumerate().skip(1) {
            if abstract_ops::next(iterator)?.is_some() {
                return Err(value_error(format!(
                    "map() argument {} is longer than argument{}",
                    i + 1,
                    before(i)
                )));
            }
        }
        Ok(())
    }
}

#[pymethods]
impl Map {
    #[pyslot("map(*iterables, strict=False)")]
    fn new(cls: &Type, iterables: &[Value], strict: bool) -> PyResult {
        let [function, iterables @ ..] = iterables else {
            return Err(type_error("map() must have at least two arguments."));
        };
        if iterables.is_empty() {
            return Err(type_error("map() must have at least two arguments."));
        }
        let mut iterators = Vec::with_capacity(iterables.len());
        for iterable in iterables {
            iterators.push(abstract_ops::iter(iterable)?);
        }
        let native = Map {
            header: Header::fresh(),
            function: function.clone(),
            iterators,
            strict: Cell::new(strict),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        if let [iterator] = &self.iterators[..] {
            return match abstract_ops::next(iterator)? {
                Some(item) => abstract_ops::call(&self.function, &[item]).map(Some),
                None => Ok(None),
            };
        }
        let mut items = Vec::with_capacity(self.iterators.len());
        for (index, iterator) in self.iterators.iter().enumerate() {
            match abstract_ops::next(iterator)? {
                Some(item) => items.push(item),
                None => {
                    if self.strict.get() {
                        self.check_lengths(index)?;
                    }
                    return Ok(None);
                }
            }
        }
        abstract_ops::call(&self.function, &items).map(Some)
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let map = unsafe { this.downcast_unchecked::<Map>() };
        let mut arguments = vec![map.function.clone()];
        arguments.extend(map.iterators.iter().cloned());
        let mut parts = vec![
            object_value(this.class()),
            Tuple::new(arguments).into_value(),
        ];
        if map.strict.get() {
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
