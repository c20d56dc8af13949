//! `float`: nearly all are immediates (see [`crate::value`]); this is the rest.

use crate::native::NativeClass;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::value::Value;
use taipan_macros::pyclass;

/// A float on the heap: rare exponents, infinities, NaN, and instances of subclasses.
#[pyclass(name = "float", module = "builtins", match_self)]
#[repr(C)]
pub struct Float {
    header: Header,
    pub(crate) value: f64,
}

impl Float {
    pub const VALUE_OFFSET: usize = std::mem::offset_of!(Float, value);

    #[cold]
    pub fn boxed(value: f64) -> Value {
        Ref::new(Float {
            header: Header::fresh(),
            value,
        })
        .into_value()
    }
    pub fn new_instance(class: &Type, value: f64) -> Value {
        if std::ptr::eq(class, Float::class()) {
            return Value::float(value);
        }
        crate::memory::allocate_instance(
            class,
            Float {
                header: Header::fresh(),
                value,
            },
        )
        .into_value()
    }
}

impl Value {
    /// The value of a `float` or instance of a subclass.
    #[inline]
    pub fn as_float(&self) -> Option<f64> {
        match self.as_exact_float() {
            Some(f) => Some(f),
            None => self.downcast::<Float>().map(|f| f.value),
        }
    }
}
