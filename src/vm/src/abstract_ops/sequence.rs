//! Subscripts, length and membership.

use crate::exceptions::{PyResult, type_error};
use crate::names;
use crate::objects::class::Type;
use crate::value::Value;

/// `len(value)`.
pub fn len(value: &Value) -> PyResult<usize> {
    match value.class().slots().length {
        Some(length) => length(value),
        None => Err(type_error(format!(
            "object of type '{}' has no len()",
            value.class().name()
        ))),
    }
}

/// `container[key]`.
pub fn getitem(container: &Value, key: &Value) -> PyResult {
    if let Some(getitem) = container.class().slots().getitem {
        return getitem(container, key);
    }
    if let Some(class) = container.downcast::<Type>() {
        // `type[...]` itself and `__class_getitem__`.
        if class.is_native::<Type>() {
            return crate::objects::generic_alias::new_alias(container, key);
        }
        if let Some(method) = super::getattr_opt(container, &names::CLASS_GETITEM)? {
            return super::call(&method, std::slice::from_ref(key));
        }
        return Err(type_error(format!(
            "type '{}' is not subscriptable",
            class.name()
        )));
    }
    Err(type_error(format!(
        "'{}' object is not subscriptable",
        container.class().name()
    )))
}

/// `container[key] = value`.
pub fn setitem(container: &Value, key: &Value, value: &Value) -> PyResult<()> {
    match container.class().slots().setitem {
        Some(setitem) => setitem(container, key, Some(value)),
        None => Err(type_error(format!(
            "'{}' object does not support item assignment",
            container.class().name()
        ))),
    }
}

/// `del container[key]`.
pub fn delitem(container: &Value, key: &Value) -> PyResult<()> {
    match container.class().slots().setitem {
        Some(setitem) => setitem(container, key, None),
        None => Err(type_error(format!(
            "'{}' object doesn't support item deletion",
            container.class().name()
        ))),
    }
}

/// `item in container`.
pub fn contains(container: &Value, item: &Value) -> PyResult<bool> {
    if let Some(contains) = container.class().slots().contains {
        return contains(container, item);
    }
    if container.class().slots().iter.is_none() && container.class().slots().getitem.is_none() {
        return Err(type_error(format!(
            "argument of type '{}' is not a container or iterable",
            container.class().name()
        )));
    }
    let mut found = false;
    super::for_each_while(container, |other| {
        found = super::equals(&other, item)?;
        Ok(!found)
    })?;
    Ok(found)
}
