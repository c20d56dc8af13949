//! Iterators over lists, forwards and backwards.
//!
//! They see the list as it is at each step; once at the end they stay there.

use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::list::List;
use crate::objects::seq_iter::{reduce_at, reduce_exhausted};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "list_iterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct ListIterator {
    header: Header,
    pub list: Field<Option<Ref<List>>>,
    #[no_gc]
    pub index: Cell<usize>,
}

impl ListIterator {
    pub const LIST_OFFSET: usize = std::mem::offset_of!(ListIterator, list);
    pub const INDEX_OFFSET: usize = std::mem::offset_of!(ListIterator, index);

    #[allow(clippy::new_ret_no_self)]
    pub fn new(list: Ref<List>) -> Value {
        Ref::new(ListIterator {
            header: Header::fresh(),
            list: Field::new(Some(list)),
            index: Cell::new(0),
        })
        .into_value()
    }
    #[inline(always)]
    pub fn advance(&self) -> Option<Value> {
        let index = self.index.get();
        let item = self
            .list
            .with(|list| list.as_ref().and_then(|list| list.get(index)));
        if item.is_some() {
            self.index.set(index + 1);
        } else {
            self.list.set(None);
        }
        item
    }
}

#[pymethods]
impl ListIterator {
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
        self.list
            .get()
            .map_or(0, |list| list.len().saturating_sub(self.index.get()))
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        match self.list.get() {
            Some(list) => reduce_at(list.into_value(), self.index.get() as i64),
            None => reduce_exhausted(List::make(Vec::new()).into_value()),
        }
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: i64) {
        if let Some(list) = self.list.get() {
            self.index.set((state.max(0) as usize).min(list.len()));
        }
    }
}

#[pyclass(name = "list_reverseiterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct ListReverseIterator {
    header: Header,
    list: Field<Option<Ref<List>>>,
    /// One more than the next index.
    #[no_gc]
    remaining: Cell<usize>,
}

impl ListReverseIterator {
    #[allow(clippy::new_ret_no_self)]
    pub fn new(list: Ref<List>) -> Value {
        let remaining = Cell::new(list.len());
        Ref::new(ListReverseIterator {
            header: Header::fresh(),
            list: Field::new(Some(list)),
            remaining,
        })
        .into_value()
    }
}

#[pymethods]
impl ListReverseIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let Some(index) = self.remaining.get().checked_sub(1) else {
            self.list.set(None);
            return Ok(None);
        };
        let item = self
            .list
            .with(|list| list.as_ref().and_then(|list| list.get(index)));
        match item {
            Some(item) => {
                self.remaining.set(index);
                Ok(Some(item))
            }
            None => {
                self.remaining.set(0);
                self.list.set(None);
                Ok(None)
            }
        }
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> usize {
        let remaining = self.remaining.get();
        self.list
            .get()
            .filter(|list| list.len() >= remaining)
            .map_or(0, |_| remaining)
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        match self.list.get() {
            Some(list) => {
                let reversed = crate::builtins::lookup("reversed")?;
                let index = self.remaining.get() as i64 - 1;
                Ok(Tuple::new([
                    reversed,
                    Tuple::new([list.into_value()]).into_value(),
                    Value::int(index),
                ])
                .into_value())
            }
            None => reduce_exhausted(List::make(Vec::new()).into_value()),
        }
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: i64) {
        if let Some(list) = self.list.get() {
            self.remaining
                .set(((state.max(-1) + 1) as usize).min(list.len()));
        }
    }
}
