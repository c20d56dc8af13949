//! `reversed`, for sequences without `__reversed__` of their own.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, type_error};
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::names;
use crate::object::{Header, object_value};
use crate::objects::class::{Type, TypeFlags};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// Return a reverse iterator over the values of the given sequence.
#[pyclass(
    name = "reversed",
    module = "builtins",
    signature = "reversed(object, /)",
    gc
)]
#[repr(C)]
pub struct Reversed {
    header: Header,
    sequence: Field<Option<Value>>,
    #[no_gc]
    index: Cell<i64>,
}

#[pymethods]
impl Reversed {
    #[pyslot("reversed(object, /)")]
    fn new(cls: &Type, object: &Value) -> PyResult {
        if let Some(found) = object.class().lookup(&names::REVERSED) {
            if found.is_none() {
                return Err(type_error(format!(
                    "'{}' object is not reversible",
                    object.class().name()
                )));
            }
            let bound = abstract_ops::bind(found, object, object.class())?;
            return abstract_ops::call(&bound, &[]);
        }
        let class = object.class();
        let is_sequence = class.slots().getitem.is_some()
            && !class.has(TypeFlags::IS_DICT)
            && (class.is_heap()
                || class.has(TypeFlags::SEQUENCE)
                || class.slots().concat.is_some());
        if !is_sequence {
            return Err(type_error(format!(
                "'{}' object is not reversible",
                class.name()
            )));
        }
        let length = abstract_ops::len(object)? as i64;
        let native = Reversed {
            header: Header::fresh(),
            sequence: Field::new(Some(object.clone())),
            index: Cell::new(length - 1),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
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
        if index >= 0 {
            match abstract_ops::getitem(&sequence, &Value::int(index)) {
                Ok(item) => {
                    self.index.set(index - 1);
                    return Ok(Some(item));
                }
                Err(raised) => {
                    let ended = exceptions::catch(exceptions::INDEX_ERROR.get()).is_some()
                        || exceptions::catch(exceptions::STOP_ITERATION.get()).is_some();
                    if !ended {
                        return Err(raised);
                    }
                }
            }
        }
        self.index.set(-1);
        self.sequence.set(None);
        Ok(None)
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> PyResult<i64> {
        let Some(sequence) = self.sequence.get() else {
            return Ok(0);
        };
        let position = self.index.get() + 1;
        let length = abstract_ops::len(&sequence)? as i64;
        Ok(if length < position { 0 } else { position })
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let reversed = unsafe { this.downcast_unchecked::<Reversed>() };
        let class = object_value(this.class());
        Ok(match reversed.sequence.get() {
            Some(sequence) => Tuple::new([
                class,
                Tuple::new([sequence]).into_value(),
                Value::int(reversed.index.get()),
            ]),
            None => Tuple::new([
                class,
                Tuple::new([Tuple::empty().into_value()]).into_value(),
            ]),
        }
        .into_value())
    }
    /// Set state information for unpickling.
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(&self, state: i64) -> PyResult<()> {
        if let Some(sequence) = self.sequence.get() {
            let length = abstract_ops::len(&sequence)? as i64;
            self.index.set(state.clamp(-1, length - 1));
        }
        Ok(())
    }
}
