//! The exception object: one Rust type for the whole hierarchy; fields that some classes have beyond
//! `args` lie in an array whose order [`super::hierarchy`] says.

use crate::gc::Field;
use crate::object::Header;
use crate::object::Ref;
use crate::objects::class::Type;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::pyclass;

#[pyclass(name = "BaseException", module = "builtins", gc, dict)]
#[repr(C)]
pub struct BaseException {
    pub(crate) header: Header,
    pub args: Field<Ref<Tuple>>,
    pub traceback: Field<Option<Value>>,
    pub context: Field<Option<Value>>,
    pub cause: Field<Option<Value>>,
    #[no_gc]
    pub suppress_context: Cell<bool>,
    pub(crate) fields: Field<Vec<Option<Value>>>,
}

impl BaseException {
    pub fn native(args: Ref<Tuple>) -> BaseException {
        BaseException {
            header: Header::fresh(),
            args: Field::new(args),
            traceback: Field::new(None),
            context: Field::new(None),
            cause: Field::new(None),
            suppress_context: Cell::new(false),
            fields: Field::new(Vec::new()),
        }
    }
    /// Where a field of an exception class lies.
    pub fn field_index(class: &Type, name: &str) -> Option<usize> {
        class.native().exception.get()?.field_index(name)
    }
    /// A field by name, if the class has it and it is set.
    pub fn field(&self, name: &str) -> Option<Value> {
        self.field_at(BaseException::field_index(self.header.class(), name)?)
    }
    pub fn field_at(&self, index: usize) -> Option<Value> {
        self.fields.with(|f| f.get(index).cloned().flatten())
    }
    pub fn set_field(&self, name: &str, value: Value) {
        if let Some(index) = BaseException::field_index(self.header.class(), name) {
            self.set_field_at(index, Some(value));
        }
    }
    pub fn set_field_at(&self, index: usize, value: Option<Value>) {
        let old = self.fields.with(|f| {
            if f.len() <= index {
                f.resize_with(index + 1, || None);
            }
            std::mem::replace(&mut f[index], value)
        });
        drop(old);
    }
}
