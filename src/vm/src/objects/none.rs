//! The classes of `None`, `NotImplemented` and `Ellipsis`.

use crate::exceptions::{PyResult, type_error};
use crate::object::Header;
use crate::objects::class::Type;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

fn no_arguments(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    if args.is_empty() && kwnames.is_none_or(|k| k.is_empty()) {
        return Ok(());
    }
    Err(type_error(format!("{} takes no arguments", class.name())))
}

/// The type of the None singleton.
#[pyclass(name = "NoneType", module = "builtins", final)]
#[repr(C)]
pub struct NoneType {
    header: Header,
}

#[pymethods]
impl NoneType {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        no_arguments(class, args, kwnames)?;
        Ok(Value::none())
    }
    #[pyslot]
    fn repr(_this: &Value) -> PyResult<&'static str> {
        Ok("None")
    }
    #[pyslot]
    fn bool(_this: &Value) -> PyResult<bool> {
        Ok(false)
    }
    #[pyslot]
    fn hash(_this: &Value) -> PyResult<i64> {
        Ok(0xFCA8_6420)
    }
}

/// The type of the NotImplemented singleton.
#[pyclass(name = "NotImplementedType", module = "builtins", final)]
#[repr(C)]
pub struct NotImplementedType {
    header: Header,
}

#[pymethods]
impl NotImplementedType {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        no_arguments(class, args, kwnames)?;
        Ok(Value::not_implemented())
    }
    #[pyslot]
    fn repr(_this: &Value) -> PyResult<&'static str> {
        Ok("NotImplemented")
    }
    #[pyslot]
    fn bool(_this: &Value) -> PyResult<bool> {
        Err(type_error(
            "NotImplemented should not be used in a boolean context",
        ))
    }
    #[pymethod("__reduce__($self, /)")]
    fn reduce(_this: &Value) -> &'static str {
        "NotImplemented"
    }
}

/// The type of the Ellipsis singleton.
#[pyclass(name = "ellipsis", module = "builtins", final)]
#[repr(C)]
pub struct EllipsisType {
    header: Header,
}

#[pymethods]
impl EllipsisType {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        no_arguments(class, args, kwnames)?;
        Ok(Value::ellipsis())
    }
    #[pyslot]
    fn repr(_this: &Value) -> PyResult<&'static str> {
        Ok("Ellipsis")
    }
    #[pymethod("__reduce__($self, /)")]
    fn reduce(_this: &Value) -> &'static str {
        "Ellipsis"
    }
}
