//! Attributes computed in Rust: `getset_descriptor`.

use crate::exceptions::{PyResult, attribute_error, type_error};
use crate::names;
use crate::native::GetSetDef;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::Type;
use crate::objects::dict::Dict;
use crate::shape;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "getset_descriptor", module = "builtins", gc, final)]
#[repr(C)]
pub struct GetSet {
    header: Header,
    owner: Ref<Type>,
    #[no_gc]
    def: &'static GetSetDef,
}

impl GetSet {
    pub fn new(owner: &Type, def: &'static GetSetDef) -> Value {
        Ref::new(GetSet {
            header: Header::fresh(),
            owner: Ref::from_ref(owner),
            def,
        })
        .into_value()
    }
    fn check(&self, object: &Value) -> PyResult<()> {
        if object.is_instance(&self.owner) {
            return Ok(());
        }
        Err(type_error(format!(
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            self.def.name,
            self.owner.name(),
            object.class().name()
        )))
    }
}

#[pymethods]
impl GetSet {
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let descriptor = unsafe { this.downcast_unchecked::<GetSet>() };
        let Some(object) = object else {
            return Ok(this.clone());
        };
        descriptor.check(object)?;
        (descriptor.def.get)(object)
    }
    #[pyslot]
    fn descr_set(this: &Value, object: &Value, value: Option<&Value>) -> PyResult<()> {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<GetSet>() };
        this.check(object)?;
        match this.def.set {
            Some(set) => set(object, value),
            None => Err(attribute_error(
                object,
                &crate::objects::str::Str::intern(this.def.name),
                format!(
                    "attribute '{}' of '{}' objects is not writable",
                    this.def.name,
                    this.owner.name()
                ),
            )),
        }
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "<attribute '{}' of '{}' objects>",
            self.def.name,
            self.owner.name()
        ))
    }
    #[pygetset]
    fn __name__(&self) -> &'static str {
        self.def.name
    }
    #[pygetset]
    fn __qualname__(&self) -> String {
        format!("{}.{}", self.owner.qualname_object(), self.def.name)
    }
    #[pygetset]
    fn __objclass__(&self) -> Value {
        self.owner.to_value()
    }
    #[pygetset]
    fn __doc__(&self) -> Value {
        if self.def.doc.is_empty() {
            return Value::none();
        }
        crate::objects::str::Str::new(self.def.doc).into_value()
    }
}

/// `object.__dict__` of instances.
pub static DICT: GetSetDef = GetSetDef {
    name: "__dict__",
    get: |object| match crate::abstract_ops::instance_dict(object) {
        Some(dict) => Ok(object_value(dict)),
        None => Err(crate::abstract_ops::no_attribute(object, names::DICT.get())),
    },
    set: Some(|object, value| {
        let Some(value) = value else {
            return Err(type_error("cannot delete __dict__"));
        };
        let Some(dict) = value.downcast::<Dict>() else {
            return Err(type_error(format!(
                "__dict__ must be set to a dictionary, not a '{}'",
                value.class().name()
            )));
        };
        let header = object
            .header()
            .expect("instances with a dictionary are objects");
        shape::set_dict(header, Ref::from_ref(dict));
        Ok(())
    }),
    doc: "dictionary for instance variables",
};

static WEAKREF: GetSetDef = GetSetDef {
    name: "__weakref__",
    get: |object| Ok(crate::objects::weakref::first_reference(object).unwrap_or_else(Value::none)),
    set: None,
    doc: "list of weak references to the object",
};

pub fn dict_getset(owner: &Type) -> Value {
    GetSet::new(owner, &DICT)
}
pub fn weakref_getset(owner: &Type) -> Value {
    GetSet::new(owner, &WEAKREF)
}

/// Native classes with a dictionary show it.
pub fn add_dict_getsets(class: &'static Type) {
    if class.has(crate::objects::class::TypeFlags::HAS_DICT)
        && !class
            .base()
            .is_some_and(|b| b.has(crate::objects::class::TypeFlags::HAS_DICT))
        && !class.is_native::<Type>()
        && class.dict().get_str(&names::DICT).is_none()
    {
        class.dict().set_str(&names::DICT, dict_getset(class));
    }
}
