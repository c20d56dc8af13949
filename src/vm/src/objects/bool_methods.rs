//! Slots of `bool`.

use crate::abstract_ops as ops;
use crate::exceptions::PyResult;
use crate::native::NativeClass;
use crate::objects::class::Type;
use crate::objects::int::Bool;
use crate::objects::str::Str;
use crate::objects::{int_arith, int_methods};
use crate::value::Value;
use taipan_macros::pymethods;

/// Both operands as truth values, if both are bools; else the operation is that of ints.
fn logical(
    a: &Value,
    b: &Value,
    on_bools: fn(bool, bool) -> bool,
    on_ints: fn(crate::objects::int::IntView, crate::objects::int::IntView) -> Value,
) -> PyResult {
    let is_bool = |value: &Value| value.is_true() || value.is_false();
    if is_bool(a) && is_bool(b) {
        return Ok(Value::bool(on_bools(a.is_true(), b.is_true())));
    }
    match (a.as_int(), b.as_int()) {
        (Some(a), Some(b)) => Ok(on_ints(a, b)),
        _ => Ok(Value::not_implemented()),
    }
}

#[pymethods]
impl Bool {
    #[pyslot("bool(object=False, /)")]
    fn new(cls: &Type, object: Option<&Value>) -> PyResult {
        int_methods::check_new(Bool::class(), cls)?;
        Ok(Value::bool(object.map_or(Ok(false), ops::is_true)?))
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult {
        Ok(Str::from_latin1(if this.is_true() { b"True" } else { b"False" }).into_value())
    }
    #[pyslot]
    fn and(a: &Value, b: &Value) -> PyResult {
        logical(a, b, |a, b| a & b, int_arith::and)
    }
    #[pyslot]
    fn or(a: &Value, b: &Value) -> PyResult {
        logical(a, b, |a, b| a | b, int_arith::or)
    }
    #[pyslot]
    fn xor(a: &Value, b: &Value) -> PyResult {
        logical(a, b, |a, b| a ^ b, int_arith::xor)
    }
    #[pyslot]
    fn invert(this: &Value) -> PyResult {
        crate::warnings::warn(
            crate::exceptions::DEPRECATION_WARNING.get(),
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns \
             the bitwise inversion of the underlying int object and is usually not what you expect from \
             negating a bool. Use the 'not' operator for boolean negation or ~int(x) for the bitwise \
             inversion of the underlying int.",
            1,
        )?;
        Ok(Value::int(if this.is_true() { -2 } else { -1 }))
    }
}
