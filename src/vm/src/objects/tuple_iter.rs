//! Iterators over tuples and strings: sequences that never change.

use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::seq_iter::{reduce_at, reduce_exhausted};
use crate::objects::str::Str;
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

#[pyclass(name = "str_iterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct StrIterator {
    header: Header,
    string: Field<Option<Ref<Str>>>,
    #[no_gc]
    index: Cell<usize>,
}

impl StrIterator {
    pub fn new(string: Ref<Str>) -> Value {
        Ref::new(StrIterator {
            header: Header::fresh(),
            string: Field::new(Some(string)),
            index: Cell::new(0),
        })
        .into_value()
    }
}

#[pymethods]
impl StrIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let index = self.index.get();
        let character = self.string.with(|string| {
            string
                .as_ref()
                .and_then(|string| (index < string.len()).then(|| string.char_at(index)))
        });
        match character {
            Some(character) => {
                self.index.set(index + 1);
                Ok(Some(Str::from_char(character).into_value()))
            }
            None => {
                self.string.set(None);
                Ok(None)
            }
        }
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> usize {
        self.string
            .get()
            .map_or(0, |string| string.len().saturating_sub(self.index.get()))
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        match self.string.get() {
            Some(string) => reduce_at(string.into_value(), self.index.get() as i64),
            None => reduce_exhausted(Str::empty().into_value()),
        }
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: i64) {
        if let Some(string) = self.string.get() {
            self.index.set((state.max(0) as usize).min(string.len()));
        }
    }
}
