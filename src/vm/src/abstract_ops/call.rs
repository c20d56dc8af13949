//! Calls.

use crate::exceptions::{PyResult, type_error};
use crate::objects::class::Type;
use crate::objects::function::Function;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// `callable(*arguments)`.
pub fn call(callable: &Value, arguments: &[Value]) -> PyResult {
    call_kw(callable, arguments, None)
}

/// A call with keywords: `arguments` ends with the values of the keywords in `kwnames`.
pub fn call_kw(callable: &Value, arguments: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    if let Some(function) = callable.downcast_exact::<Function>() {
        return crate::interpreter::call_function(function, arguments, kwnames);
    }
    if let Some(class) = callable.downcast_exact::<Type>()
        && let Some(new) = class.only_new()
    {
        let _guard = super::enter_native("")?;
        let object = new(class, arguments, kwnames)?;
        // A call of `str` ends here, even where `__str__` gave an instance of a subclass.
        if !object.is_exact(class) && !class.is_native::<Str>() {
            class.initialize(&object, arguments, kwnames)?;
        }
        return Ok(object);
    }
    match callable.class().slots().call {
        Some(call) => {
            let _guard = super::enter_native("")?;
            call(callable, arguments, kwnames)
        }
        None => Err(type_error(format!(
            "'{}' object is not callable",
            callable.class().name()
        ))),
    }
}

/// `object.name(*arguments)`.
pub fn call_method(object: &Value, name: &Str, arguments: &[Value]) -> PyResult {
    match super::load_method(object, &name.interned())? {
        super::LoadedMethod::Plain(callable) => call(&callable, arguments),
        super::LoadedMethod::Unbound(callable) => call_with_self(&callable, object, arguments),
    }
}

/// `callable(first, *arguments)`.
pub fn call_with_self(callable: &Value, first: &Value, arguments: &[Value]) -> PyResult {
    if let Some(function) = callable.downcast_exact::<Function>() {
        return crate::interpreter::call_function_with(function, first, arguments);
    }
    with_first(first, arguments, |all| call(callable, all))
}

/// Puts a value in front of a slice, on the stack where it is short.
pub fn with_first<R>(first: &Value, rest: &[Value], then: impl FnOnce(&[Value]) -> R) -> R {
    let mut all = smallvec::SmallVec::<[Value; 6]>::with_capacity(rest.len() + 1);
    all.push(first.clone());
    all.extend(rest.iter().cloned());
    then(&all)
}

/// `type(object).name(object, *arguments)`, or `None` if the class has no such method.
pub fn call_special(object: &Value, name: &Str, arguments: &[Value]) -> PyResult<Option<Value>> {
    let Some(found) = object.class().lookup(name) else {
        return Ok(None);
    };
    if found
        .class()
        .has(crate::objects::class::TypeFlags::METHOD_DESCRIPTOR)
    {
        return call_with_self(&found, object, arguments).map(Some);
    }
    let bound = super::bind(found, object, object.class())?;
    call(&bound, arguments).map(Some)
}

pub fn is_callable(value: &Value) -> bool {
    value.class().slots().call.is_some()
}
