//! `mappingproxy`: a view of a mapping that can't be written through.

use crate::abstract_ops::{self, BinaryOp};
use crate::exceptions::{PyResult, type_error};
use crate::names;
use crate::object::{Header, Ref};
use crate::objects::class::{CompareOp, Type};
use crate::objects::list::List;
use crate::objects::str::Name;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// Read-only proxy of a mapping.
#[pyclass(
    name = "mappingproxy",
    module = "builtins",
    signature = "mappingproxy(mapping)",
    gc,
    final,
    mapping
)]
#[repr(C)]
pub struct MappingProxy {
    header: Header,
    mapping: Value,
}

impl MappingProxy {
    pub fn wrap(mapping: Value) -> Value {
        Ref::new(MappingProxy {
            header: Header::fresh(),
            mapping,
        })
        .into_value()
    }
    pub fn mapping(&self) -> &Value {
        &self.mapping
    }
}

/// What a proxy stands for; other values stand for themselves.
fn unwrapped(value: &Value) -> Value {
    value
        .downcast::<MappingProxy>()
        .map_or_else(|| value.clone(), |proxy| proxy.mapping.clone())
}

#[pymethods]
impl MappingProxy {
    #[pyslot("mappingproxy(mapping)")]
    fn new(_cls: &Type, mapping: &Value) -> PyResult {
        let is_mapping = mapping.class().slots().getitem.is_some()
            && mapping.downcast::<List>().is_none()
            && mapping.downcast::<Tuple>().is_none();
        if !is_mapping {
            return Err(type_error(format!(
                "mappingproxy() argument must be a mapping, not {}",
                mapping.class().name()
            )));
        }
        Ok(MappingProxy::wrap(mapping.clone()))
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        abstract_ops::len(&self.mapping)
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        abstract_ops::getitem(&self.mapping, key)
    }
    #[pyslot]
    fn contains(&self, key: &Value) -> PyResult<bool> {
        abstract_ops::contains(&self.mapping, key)
    }
    #[pyslot]
    fn iter(&self) -> PyResult {
        abstract_ops::iter(&self.mapping)
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "mappingproxy({})",
            abstract_ops::repr(&self.mapping)?
        ))
    }
    #[pyslot]
    fn str(&self) -> PyResult {
        Ok(abstract_ops::str(&self.mapping)?.into_value())
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        abstract_ops::hash(&self.mapping)
    }
    #[pyslot]
    fn richcompare(&self, other: &Value, op: CompareOp) -> PyResult {
        abstract_ops::rich_compare(&self.mapping, &unwrapped(other), op)
    }
    #[pyslot]
    fn or(left: &Value, right: &Value) -> PyResult {
        abstract_ops::binary_op(BinaryOp::Or, &unwrapped(left), &unwrapped(right))
    }
    #[pyslot]
    fn inplace_or(this: &Value, _other: &Value) -> PyResult {
        Err(type_error(format!(
            "'|=' is not supported by {}; use '|' instead",
            this.class().name()
        )))
    }
    /// Return the value for key if key is in the mapping, else default.
    #[pymethod("get($self, key, default=None, /)")]
    fn get(&self, key: &Value, default: Option<&Value>) -> PyResult {
        static GET: Name = Name::new("get");
        let default = default.cloned().unwrap_or_else(Value::none);
        abstract_ops::call_method(&self.mapping, &GET, &[key.clone(), default])
    }
    /// a set-like object providing a view on D's keys
    #[pymethod("keys($self, /)")]
    fn keys(&self) -> PyResult {
        abstract_ops::call_method(&self.mapping, &names::KEYS, &[])
    }
    /// an object providing a view on D's values
    #[pymethod("values($self, /)")]
    fn values(&self) -> PyResult {
        static VALUES: Name = Name::new("values");
        abstract_ops::call_method(&self.mapping, &VALUES, &[])
    }
    /// a set-like object providing a view on D's items
    #[pymethod("items($self, /)")]
    fn items(&self) -> PyResult {
        abstract_ops::call_method(&self.mapping, &names::ITEMS, &[])
    }
    /// a shallow copy of D
    #[pymethod("copy($self, /)")]
    fn copy(&self) -> PyResult {
        abstract_ops::call_method(&self.mapping, &names::COPY, &[])
    }
    #[pymethod("__reversed__($self, /)")]
    fn __reversed__(&self) -> PyResult {
        abstract_ops::call_method(&self.mapping, &names::REVERSED, &[])
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
}
