//! `staticmethod`, and what it shares with `classmethod`: both take over the wrapped function's name,
//! docstring and annotations.

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error};
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::names;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::shape;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// Convert a function to be a static method.
///
/// A static method does not receive an implicit first argument. It can be
/// called either on the class or on an instance.
#[pyclass(
    name = "staticmethod",
    module = "builtins",
    signature = "staticmethod(function, /)",
    gc,
    dict
)]
#[repr(C)]
pub struct StaticMethod {
    header: Header,
    callable: Field<Option<Value>>,
}

/// Copies the attributes that a wrapper shows of what it wraps.
pub(super) fn copy_attributes(wrapper: &Value, wrapped: &Value) -> PyResult<()> {
    let copied: [&Str; 4] = [&names::MODULE, &names::NAME, &names::QUALNAME, &names::DOC];
    for name in copied {
        if let Some(value) = abstract_ops::getattr_opt(wrapped, name)? {
            abstract_ops::setattr(wrapper, name, Some(&value))?;
        }
    }
    Ok(())
}

/// The one argument of `staticmethod()` and `classmethod()`.
pub(super) fn one_argument<'a>(
    what: &str,
    args: &'a [Value],
    kwnames: Option<&Tuple>,
) -> PyResult<&'a Value> {
    if kwnames.is_some_and(|names| !names.is_empty()) {
        return Err(type_error(format!("{what}() takes no keyword arguments")));
    }
    match args {
        [only] => Ok(only),
        _ => Err(type_error(format!(
            "{what} expected 1 argument, got {}",
            args.len()
        ))),
    }
}

/// An attribute that is the wrapped function's until it is set on the wrapper.
pub(super) fn cached_attribute(this: &Value, callable: Option<Value>, name: &Str) -> PyResult {
    let header = this.header().expect("a wrapper is an object");
    if let Some(value) = shape::get_attribute(header, name) {
        return Ok(value);
    }
    let value = abstract_ops::getattr(&callable.unwrap_or_else(Value::none), name)?;
    shape::set_attribute(header, name, value.clone());
    Ok(value)
}

pub(super) fn set_cached_attribute(
    this: &Value,
    name: &Str,
    value: Option<&Value>,
) -> PyResult<()> {
    let header = this.header().expect("a wrapper is an object");
    match value {
        Some(value) => shape::set_attribute(header, name, value.clone()),
        None => {
            if !shape::delete_attribute(header, name) {
                return Err(crate::objects::object::missing_special(this, name));
            }
        }
    }
    Ok(())
}

/// `__isabstractmethod__` of the wrapped function.
pub(crate) fn is_abstract(callable: Option<Value>) -> PyResult<bool> {
    static ISABSTRACTMETHOD: Name = Name::new("__isabstractmethod__");
    let Some(callable) = callable else {
        return Ok(false);
    };
    match abstract_ops::getattr_opt(&callable, &ISABSTRACTMETHOD)? {
        Some(answer) => abstract_ops::is_true(&answer),
        None => Ok(false),
    }
}

impl StaticMethod {
    /// Wraps without taking over attributes, as classes do with `__new__`.
    pub fn wrap(callable: Value) -> Value {
        Ref::new(StaticMethod {
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
impl StaticMethod {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let native = StaticMethod {
            header: Header::fresh(),
            callable: Field::new(None),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        let callable = one_argument("staticmethod", args, kwnames)?;
        // SAFETY: the slot's caller checked the class.
        unsafe { this.downcast_unchecked::<StaticMethod>() }
            .callable
            .set(Some(callable.clone()));
        copy_attributes(this, callable)
    }
    #[pyslot]
    fn descr_get(this: &Value, _object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<StaticMethod>() };
        this.callable
            .get()
            .ok_or_else(|| crate::exceptions::runtime_error("uninitialized staticmethod object"))
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let callable = StaticMethod::descr_get(this, None, None)?;
        abstract_ops::call_kw(&callable, args, kwnames)
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let callable = self.callable.get().unwrap_or_else(Value::none);
        Ok(format!(
            "<staticmethod({})>",
            abstract_ops::repr(&callable)?
        ))
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
            .downcast::<StaticMethod>()
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
            .downcast::<StaticMethod>()
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
