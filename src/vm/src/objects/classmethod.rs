//! `classmethod`: binds its function to the class.

use super::staticmethod::{
    cached_attribute, copy_attributes, is_abstract, one_argument, set_cached_attribute,
};
use crate::abstract_ops;
use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::names;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::Type;
use crate::objects::method::Method;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// Convert a function to be a class method.
///
/// A class method receives the class as implicit first argument,
/// just like an instance method receives the instance.
#[pyclass(
    name = "classmethod",
    module = "builtins",
    signature = "classmethod(function, /)",
    gc,
    dict
)]
#[repr(C)]
pub struct ClassMethod {
    header: Header,
    callable: Field<Option<Value>>,
}

impl ClassMethod {
    /// Wraps without taking over attributes, as classes do with `__new__`.
    pub fn wrap(callable: Value) -> Value {
        Ref::new(ClassMethod {
            header: Header::fresh(),
            callable: Field::new(Some(callable)),
        })
        .into_value()
    }
    pub fn callable(&self) -> Option<Value> {
        self.callable.get()
    }
}

#[pymethods]
impl ClassMethod {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let native = ClassMethod {
            header: Header::fresh(),
            callable: Field::new(None),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        let callable = one_argument("classmethod", args, kwnames)?;
        // SAFETY: the slot's caller checked the class.
        unsafe { this.downcast_unchecked::<ClassMethod>() }
            .callable
            .set(Some(callable.clone()));
        copy_attributes(this, callable)
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, owner: Option<&Type>) -> PyResult {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<ClassMethod>() };
        let Some(callable) = this.callable.get() else {
            return Err(crate::exceptions::runtime_error(
                "uninitialized classmethod object",
            ));
        };
        let class = match (owner, object) {
            (Some(owner), _) => object_value(owner),
            (None, Some(object)) => object_value(object.class()),
            (None, None) => Value::none(),
        };
        Ok(Method::bind(callable, class))
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let callable = self.callable.get().unwrap_or_else(Value::none);
        Ok(format!("<classmethod({})>", abstract_ops::repr(&callable)?))
    }
    #[pygetset]
    fn __func__(&self) -> Value {
        self.callable.get().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn __wrapped__(&self) -> Value {
        self.callable.get().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn __isabstractmethod__(&self) -> PyResult<bool> {
        is_abstract(self.callable.get())
    }
    #[pygetset]
    fn __annotations__(this: &Value) -> PyResult {
        let callable = this
            .downcast::<ClassMethod>()
            .and_then(|method| method.callable.get());
        cached_attribute(this, callable, &names::ANNOTATIONS)
    }
    #[pysetter(__annotations__)]
    fn set_annotations(this: &Value, value: Option<&Value>) -> PyResult<()> {
        set_cached_attribute(this, &names::ANNOTATIONS, value)
    }
    #[pygetset]
    fn __annotate__(this: &Value) -> PyResult {
        let callable = this
            .downcast::<ClassMethod>()
            .and_then(|method| method.callable.get());
        cached_attribute(this, callable, &names::ANNOTATE)
    }
    #[pysetter(__annotate__)]
    fn set_annotate(this: &Value, value: Option<&Value>) -> PyResult<()> {
        set_cached_attribute(this, &names::ANNOTATE, value)
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
}
