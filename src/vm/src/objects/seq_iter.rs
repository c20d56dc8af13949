//! Iterators over anything that has `__getitem__`, and over calls: `iter(sequence)`,
//! `iter(callable, sentinel)`.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult};
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// Asks a sequence for index 0, 1, … until it raises `IndexError`.
#[pyclass(name = "iterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct SequenceIterator {
    header: Header,
    sequence: Field<Option<Value>>,
    #[no_gc]
    index: Cell<i64>,
}

/// `(iter, ((),))`: how an exhausted iterator pickles.
pub(crate) fn reduce_exhausted(empty: Value) -> PyResult {
    let iter = crate::builtins::lookup("iter")?;
    Ok(Tuple::new([iter, Tuple::new([empty]).into_value()]).into_value())
}

/// `(iter, (sequence,), index)`
pub(crate) fn reduce_at(sequence: Value, index: i64) -> PyResult {
    let iter = crate::builtins::lookup("iter")?;
    Ok(Tuple::new([iter, Tuple::new([sequence]).into_value(), Value::int(index)]).into_value())
}

impl SequenceIterator {
    #[allow(clippy::new_ret_no_self)]
    pub fn new(sequence: Value) -> Value {
        Ref::new(SequenceIterator {
            header: Header::fresh(),
            sequence: Field::new(Some(sequence)),
            index: Cell::new(0),
        })
        .into_value()
    }
}

#[pymethods]
impl SequenceIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let Some(sequence) = self.sequence.get() else {
            return Ok(None);
        };
        let index = self.index.get();
        match abstract_ops::getitem(&sequence, &Value::int(index)) {
            Ok(item) => {
                self.index.set(index + 1);
                Ok(Some(item))
            }
            Err(raised) => {
                let ended = exceptions::catch(exceptions::INDEX_ERROR.get()).is_some()
                    || exceptions::catch(exceptions::STOP_ITERATION.get()).is_some();
                if !ended {
                    return Err(raised);
                }
                self.sequence.set(None);
                Ok(None)
            }
        }
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> PyResult {
        let Some(sequence) = self.sequence.get() else {
            return Ok(Value::int(0));
        };
        if sequence.class().slots().length.is_none() {
            return Ok(Value::not_implemented());
        }
        let length = abstract_ops::len(&sequence)? as i64;
        Ok(Value::int((length - self.index.get()).max(0)))
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        match self.sequence.get() {
            Some(sequence) => reduce_at(sequence, self.index.get()),
            None => reduce_exhausted(Tuple::empty().into_value()),
        }
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: i64) {
        if self.sequence.with(|sequence| sequence.is_some()) {
            self.index.set(state.max(0));
        }
    }
}

/// Calls until the sentinel comes.
#[pyclass(name = "callable_iterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct CallableIterator {
    header: Header,
    callable: Field<Option<Value>>,
    sentinel: Field<Option<Value>>,
}

impl CallableIterator {
    #[allow(clippy::new_ret_no_self)]
    pub fn new(callable: Value, sentinel: Value) -> Value {
        Ref::new(CallableIterator {
            header: Header::fresh(),
            callable: Field::new(Some(callable)),
            sentinel: Field::new(Some(sentinel)),
        })
        .into_value()
    }
    fn finish(&self) {
        self.callable.set(None);
        self.sentinel.set(None);
    }
}

#[pymethods]
impl CallableIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let Some(callable) = self.callable.get() else {
            return Ok(None);
        };
        match abstract_ops::call(&callable, &[]) {
            Ok(item) => {
                // The call may have exhausted this very iterator.
                let Some(sentinel) = self.sentinel.get() else {
                    return Ok(None);
                };
                if abstract_ops::equals(&sentinel, &item)? {
                    self.finish();
                    return Ok(None);
                }
                Ok(Some(item))
            }
            Err(raised) => match exceptions::catch(exceptions::STOP_ITERATION.get()) {
                Some(_) => {
                    self.finish();
                    Ok(None)
                }
                None => Err(raised),
            },
        }
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        let iter = crate::builtins::lookup("iter")?;
        match (self.callable.get(), self.sentinel.get()) {
            (Some(callable), Some(sentinel)) => {
                Ok(Tuple::new([iter, Tuple::new([callable, sentinel]).into_value()]).into_value())
            }
            _ => reduce_exhausted(Tuple::empty().into_value()),
        }
    }
}
