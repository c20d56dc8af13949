//! The iterator of arrays.

use super::own;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops as ops;
use taipan_vm::builtins;
use taipan_vm::exceptions::PyResult;
use taipan_vm::gc::Field;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

#[pyclass(name = "arrayiterator", module = "array", gc, final)]
#[repr(C)]
pub struct ArrayIterator {
    header: Header,
    /// `None` when exhausted.
    array: Field<Option<Value>>,
    #[no_gc]
    next: Cell<usize>,
}

impl ArrayIterator {
    pub fn over(array: &Value) -> Value {
        Ref::new(ArrayIterator {
            header: Header::fresh(),
            array: Field::new(Some(array.clone())),
            next: Cell::new(0),
        })
        .into_value()
    }
}

#[pymethods]
impl ArrayIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let at = self.next.get();
        let item = self
            .array
            .with(|array| array.as_ref().and_then(|array| own(array).get(at)));
        match item {
            Some(item) => {
                self.next.set(at + 1);
                Ok(Some(item))
            }
            None => {
                self.array.set(None);
                Ok(None)
            }
        }
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        let iter = builtins::lookup("iter")?;
        let parts = match self.array.get() {
            Some(array) => vec![
                iter,
                Tuple::new([array]).into_value(),
                Value::int(self.next.get() as i64),
            ],
            None => vec![iter, Tuple::new([Tuple::empty().into_value()]).into_value()],
        };
        Ok(Tuple::new(parts).into_value())
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: &Value) -> PyResult<()> {
        let index = ops::index_clamped(state)?.max(0) as usize;
        let length = self
            .array
            .with(|array| array.as_ref().map_or(0, |array| own(array).len()));
        self.next.set(index.min(length));
        Ok(())
    }
}
