//! Conversion of arguments and results of native functions.

use super::{Argument, NativeClass};
use crate::abstract_ops as ops;
use crate::exceptions::{PyResult, Raised, type_error};
use crate::object::Ref;
use crate::objects::str::Str;
use crate::value::Value;

/// A Rust type that a native function can take.
pub trait FromArg<'a>: Sized {
    fn from_arg(value: &'a Value, at: &'static Argument) -> PyResult<Self>;
}

/// A Rust type that a native function can return.
pub trait IntoResult {
    fn into_result(self) -> PyResult;
}

impl Argument {
    /// "f() argument 2 must be str, not int"
    #[cold]
    pub fn mismatch(&self, expected: &str, value: &Value) -> Raised {
        let place = match (self.name, self.position) {
            ("", 0) => "argument".to_owned(),
            ("", position) => format!("argument {position}"),
            (name, _) => format!("argument '{name}'"),
        };
        let given = if value.is_none() {
            "None".to_owned()
        } else {
            value.class().name()
        };
        type_error(format!(
            "{}() {place} must be {expected}, not {given}",
            self.function
        ))
    }
}

impl<'a> FromArg<'a> for &'a Value {
    #[inline(always)]
    fn from_arg(value: &'a Value, _: &'static Argument) -> PyResult<Self> {
        Ok(value)
    }
}

impl<'a> FromArg<'a> for Value {
    fn from_arg(value: &'a Value, _: &'static Argument) -> PyResult<Self> {
        Ok(value.clone())
    }
}

impl<'a, T: NativeClass> FromArg<'a> for &'a T {
    #[inline]
    fn from_arg(value: &'a Value, at: &'static Argument) -> PyResult<Self> {
        value
            .downcast::<T>()
            .ok_or_else(|| at.mismatch(T::NAME, value))
    }
}

impl<'a> FromArg<'a> for f64 {
    #[inline]
    fn from_arg(value: &'a Value, _: &'static Argument) -> PyResult<Self> {
        match value.as_exact_float() {
            Some(float) => Ok(float),
            None => ops::to_f64(value),
        }
    }
}

impl<'a> FromArg<'a> for i64 {
    #[inline]
    fn from_arg(value: &'a Value, _: &'static Argument) -> PyResult<Self> {
        ops::to_i64(value)
    }
}

impl<'a> FromArg<'a> for isize {
    #[inline]
    fn from_arg(value: &'a Value, _: &'static Argument) -> PyResult<Self> {
        crate::objects::text_support::size_argument(value)
    }
}

impl<'a> FromArg<'a> for bool {
    fn from_arg(value: &'a Value, _: &'static Argument) -> PyResult<Self> {
        ops::is_true(value)
    }
}

impl IntoResult for Value {
    #[inline(always)]
    fn into_result(self) -> PyResult {
        Ok(self)
    }
}

impl<T: NativeClass> IntoResult for Ref<T> {
    fn into_result(self) -> PyResult {
        Ok(self.into_value())
    }
}

impl IntoResult for () {
    #[inline(always)]
    fn into_result(self) -> PyResult {
        Ok(Value::none())
    }
}

impl IntoResult for bool {
    fn into_result(self) -> PyResult {
        Ok(Value::bool(self))
    }
}

impl IntoResult for i64 {
    fn into_result(self) -> PyResult {
        Ok(Value::int(self))
    }
}

impl IntoResult for usize {
    fn into_result(self) -> PyResult {
        Ok(Value::from_big(self.into()))
    }
}

impl IntoResult for f64 {
    fn into_result(self) -> PyResult {
        Ok(Value::float(self))
    }
}

impl IntoResult for String {
    fn into_result(self) -> PyResult {
        Ok(Str::new(&self).into_value())
    }
}

impl IntoResult for &str {
    fn into_result(self) -> PyResult {
        Ok(Str::new(self).into_value())
    }
}

impl<T: IntoResult> IntoResult for Option<T> {
    fn into_result(self) -> PyResult {
        self.map_or_else(|| Ok(Value::none()), IntoResult::into_result)
    }
}

impl<T: IntoResult> IntoResult for PyResult<T> {
    #[inline(always)]
    fn into_result(self) -> PyResult {
        self?.into_result()
    }
}
