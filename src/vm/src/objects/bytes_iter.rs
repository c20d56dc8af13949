//! The iterators over `bytes` and `bytearray`.

use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::bytearray::Bytearray;
use crate::objects::bytes::Bytes;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// The byte at that index of a `bytes` or `bytearray`.
fn byte_at(object: &Value, index: usize) -> Option<u8> {
    if let Some(bytes) = object.downcast::<Bytes>() {
        return bytes.as_slice().get(index).copied();
    }
    object.downcast::<Bytearray>()?.get(index)
}

fn length_of(object: &Value) -> usize {
    if let Some(bytes) = object.downcast::<Bytes>() {
        return bytes.as_slice().len();
    }
    object.downcast::<Bytearray>().map_or(0, Bytearray::len)
}

macro_rules! iterator {
    ($class:ident, $name:literal, $doc:literal) => {
        #[doc = $doc]
        #[pyclass(name = $name, module = "builtins", gc, final)]
        #[repr(C)]
        pub struct $class {
            header: Header,
            /// `None` when exhausted.
            object: Field<Option<Value>>,
            #[no_gc]
            next: Cell<usize>,
        }

        impl $class {
            pub fn over(object: &Value) -> Value {
                Ref::new($class {
                    header: Header::fresh(),
                    object: Field::new(Some(object.clone())),
                    next: Cell::new(0),
                })
                .into_value()
            }
        }

        #[pymethods]
        impl $class {
            #[pyslot]
            fn iter(this: &Value) -> PyResult {
                Ok(this.clone())
            }
            #[pyslot]
            fn iternext(&self) -> PyResult<Option<Value>> {
                let Some(object) = self.object.get() else {
                    return Ok(None);
                };
                let index = self.next.get();
                match byte_at(&object, index) {
                    Some(byte) => {
                        self.next.set(index + 1);
                        Ok(Some(Value::int(byte.into())))
                    }
                    None => {
                        self.object.set(None);
                        Ok(None)
                    }
                }
            }
            /// How many bytes are left.
            #[pymethod("__length_hint__($self, /)")]
            fn length_hint(&self) -> PyResult {
                let length = self.object.get().map_or(0, |object| length_of(&object));
                Ok(Value::int(length.saturating_sub(self.next.get()) as i64))
            }
            #[pymethod("__reduce__($self, /)")]
            fn reduce(&self) -> PyResult {
                let iter = crate::builtins::lookup("iter")?;
                Ok(match self.object.get() {
                    Some(object) => Tuple::new([
                        iter,
                        Tuple::new([object]).into_value(),
                        Value::int(self.next.get() as i64),
                    ]),
                    None => {
                        Tuple::new([iter, Tuple::new([Tuple::empty().into_value()]).into_value()])
                    }
                }
                .into_value())
            }
            /// Goes on at that index.
            #[pymethod("__setstate__($self, state, /)")]
            fn setstate(&self, state: &Value) -> PyResult<()> {
                let index = crate::abstract_ops::index_clamped(state)?;
                if let Some(object) = self.object.get() {
                    self.next
                        .set(usize::try_from(index).unwrap_or(0).min(length_of(&object)));
                }
                Ok(())
            }
        }
    };
}

iterator!(
    BytesIterator,
    "bytes_iterator",
    "Iterates over the bytes of a `bytes` object."
);
iterator!(
    BytearrayIterator,
    "bytearray_iterator",
    "Iterates over the bytes of a `bytearray`."
);
