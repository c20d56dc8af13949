//! `types.SimpleNamespace`.

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error};
use crate::memory::allocate_instance;
use crate::object::{Header, Ref, flags, object_value};
use crate::objects::class::{CompareOp, Type};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::shape;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// A simple attribute-based namespace.
#[pyclass(
    name = "SimpleNamespace",
    module = "types",
    signature = "SimpleNamespace(mapping_or_iterable=(), /, **kwargs)",
    dict,
    gc
)]
#[repr(C)]
pub struct SimpleNamespace {
    header: Header,
}

impl SimpleNamespace {
    pub fn make(attributes: &[(&str, Value)]) -> Value {
        let namespace = Ref::new(SimpleNamespace {
            header: Header::fresh(),
        });
        for (name, value) in attributes {
            shape::set_attribute(&namespace.header, &Str::intern(name), value.clone());
        }
        namespace.into_value()
    }
    fn dict(&self) -> Ref<Dict> {
        Ref::from_ref(shape::dict_of(&self.header))
    }
    fn update(&self, names: &[Value], values: &[Value]) -> PyResult<()> {
        for (name, value) in names.iter().zip(values) {
            if let Some(name) = name.downcast::<Str>() {
                shape::set_attribute(&self.header, &name.interned(), value.clone());
            }
        }
        Ok(())
    }
}

#[pymethods]
impl SimpleNamespace {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(allocate_instance(
            class,
            SimpleNamespace {
                header: Header::fresh(),
            },
        )
        .into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        // SAFETY: the slot's caller checked the class.
        let namespace = unsafe { this.downcast_unchecked::<SimpleNamespace>() };
        let names = kwnames.map_or(&[][..], Tuple::as_slice);
        let (plain, values) = args.split_at(args.len() - names.len());
        if plain.len() > 1 {
            return Err(type_error(format!(
                "{} expected at most 1 argument, got {}",
                this.class().name(),
                plain.len()
            )));
        }
        if let Some(given) = plain.first() {
            let dict = object_value(<Dict as crate::native::NativeClass>::class());
            let dict = abstract_ops::call(&dict, std::slice::from_ref(given))?;
            for (name, value) in dict.downcast::<Dict>().map(Dict::items).unwrap_or_default() {
                let Some(name) = name.downcast::<Str>() else {
                    return Err(type_error("keywords must be strings"));
                };
                shape::set_attribute(&namespace.header, &name.interned(), value);
            }
        }
        namespace.update(names, values)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        let class = this.class();
        let name = if class.is_native::<SimpleNamespace>() {
            "namespace".to_owned()
        } else {
            class.name()
        };
        let header = this.header().expect("a namespace is an object");
        if header.has(flags::IN_REPR) {
            return Ok(format!("{name}(...)"));
        }
        header.set(flags::IN_REPR);
        let mut parts = Vec::new();
        // SAFETY: the slot's caller checked the class.
        let dict = unsafe { this.downcast_unchecked::<SimpleNamespace>() }.dict();
        let result = dict
            .items()
            .into_iter()
            .try_for_each(|(key, value)| -> PyResult<()> {
                if let Some(key) = key.downcast::<Str>()
                    && !key.is_empty()
                {
                    parts.push(format!("{key}={}", abstract_ops::repr(&value)?));
                }
                Ok(())
            });
        header.unset(flags::IN_REPR);
        result?;
        Ok(format!("{name}({})", parts.join(", ")))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (
            this.downcast::<SimpleNamespace>(),
            other.downcast::<SimpleNamespace>(),
        ) else {
            return Ok(Value::not_implemented());
        };
        abstract_ops::rich_compare(a.dict().as_value(), b.dict().as_value(), op)
    }
    #[pygetset]
    fn __dict__(&self) -> Value {
        self.dict().into_value()
    }
    /// Return state information for pickling
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let dict = unsafe { this.downcast_unchecked::<SimpleNamespace>() }.dict();
        let parts = [
            object_value(this.class()),
            Tuple::empty().into_value(),
            dict.into_value(),
        ];
        Ok(Tuple::new(parts).into_value())
    }
    /// Return a copy of the namespace object with new values for the specified attributes.
    #[pymethod("__replace__", raw)]
    fn __replace__(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let names = kwnames.map_or(&[][..], Tuple::as_slice);
        let (plain, values) = args.split_at(args.len() - names.len());
        let [this] = plain else {
            return Err(type_error("__replace__() takes no positional arguments"));
        };
        // SAFETY: as above.
        let old = unsafe { this.downcast_unchecked::<SimpleNamespace>() };
        let copy = abstract_ops::call(&object_value(this.class()), &[])?;
        if let Some(copy) = copy.downcast::<SimpleNamespace>() {
            copy.dict().update(&old.dict())?;
            copy.update(names, values)?;
        }
        Ok(copy)
    }
}
