//! The iterator over tuples.

use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::seq_iter::{reduce_at, reduce_exhausted};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "tuple_iterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct TupleIterator {
    header: Header,
    pub tuple: Field<Option<Ref<Tuple>>>,
    #[no_gc]
    pub index: Cell<usize>,
}

impl TupleIterator {
    pub const TUPLE_OFFSET: usize = std::mem::offset_of!(TupleIterator, tuple);
    pub const INDEX_OFFSET: usize = std::mem::offset_of!(TupleIterator, index);

    #[allow(clippy::new_ret_no_self)]
    pub fn new(tuple: Ref<Tuple>) -> Value {
        Ref::new(TupleIterator {
            header: Header::fresh(),
            tuple: Field::new(Some(tuple)),
            index: Cell::new(0),
        })
        .into_value()
    }
    #[inline(always)]
    pub fn advance(&self) -> Option<Value> {
        let index = self.index.get();
        let item = self.tuple.with(|tuple| {
            tuple
                .as_ref()
                .and_then(|tuple| tuple.as_slice().get(index).cloned())
        });
        if item.is_some() {
            self.index.set(index + 1);
        } else {
            self.tuple.set(None);
        }
        item
    }
}

#[pymethods]
impl TupleIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        Ok(self.advance())
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> usize {
        self.tuple
            .get()
            .map_or(0, |tuple| tuple.len().saturating_sub(self.index.get()))
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        match self.tuple.get() {
            Some(tuple) => reduce_at(tuple.into_value(), self.index.get() as i64),
            None => reduce_exhausted(Tuple::empty().into_value()),
        }
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: i64) {
        if let Some(tuple) = self.tuple.get() {
            self.index.set((state.max(0) as usize).min(tuple.len()));
        }
    }
}
