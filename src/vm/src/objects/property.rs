//! `property`.

use crate::abstract_ops;
use crate::exceptions::{ATTRIBUTE_ERROR, PyResult, raise_new};
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::names;
use crate::native::NativeClass;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::Type;
use crate::objects::object::missing_special;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// Property attribute.
///
///   fget
///     function to be used for getting an attribute value
///   fset
///     function to be used for setting an attribute value
///   fdel
///     function to be used for del'ing an attribute
///   doc
///     docstring
#[pyclass(
    name = "property",
    module = "builtins",
    signature = "property(fget=None, fset=None, fdel=None, doc=None)",
    gc
)]
#[repr(C)]
pub struct Property {
    header: Header,
    getter: Field<Option<Value>>,
    setter: Field<Option<Value>>,
    deleter: Field<Option<Value>>,
    doc: Field<Option<Value>>,
    name: Field<Option<Value>>,
    /// The docstring is the getter's, so a new getter brings a new one.
    #[no_gc]
    doc_from_getter: Cell<bool>,
}

impl Property {
    fn blank() -> Property {
        Property {
            header: Header::fresh(),
            getter: Field::new(None),
            setter: Field::new(None),
            deleter: Field::new(None),
            doc: Field::new(None),
            name: Field::new(None),
            doc_from_getter: Cell::new(false),
        }
    }
    /// The function behind reads, for inline caches.
    pub fn getter_of(&self) -> Option<Value> {
        self.getter.get()
    }
    /// The name given by `__set_name__`, or else the getter's.
    fn known_name(&self) -> PyResult<Option<Value>> {
        if let Some(name) = self.name.get() {
            return Ok(Some(name));
        }
        match self.getter.get() {
            Some(getter) => abstract_ops::getattr_opt(&getter, &names::NAME),
            None => Ok(None),
        }
    }
    #[cold]
    fn lacks(&self, object: &Value, what: &str) -> PyResult<crate::exceptions::Raised> {
        let class = object.class().qualname_object();
        let class = abstract_ops::repr(class.as_value())?;
        let message = match self.known_name()? {
            Some(name) => format!(
                "property {} of {class} object has no {what}",
                abstract_ops::repr(&name)?
            ),
            None => format!("property of {class} object has no {what}"),
        };
        Ok(raise_new(ATTRIBUTE_ERROR.get(), message))
    }
    /// A copy with one function replaced, as the decorators make it.
    fn with(
        this: &Value,
        getter: Option<&Value>,
        setter: Option<&Value>,
        deleter: Option<&Value>,
    ) -> PyResult {
        // SAFETY: the callers are methods of the class.
        let old = unsafe { this.downcast_unchecked::<Property>() };
        let pick = |new: Option<&Value>, old: &Field<Option<Value>>| {
            new.cloned()
                .filter(|value| !value.is_none())
                .or_else(|| old.get())
                .unwrap_or_else(Value::none)
        };
        let get = pick(getter, &old.getter);
        let doc = if old.doc_from_getter.get() && !get.is_none() {
            Value::none()
        } else {
            old.doc.get().unwrap_or_else(Value::none)
        };
        let class = object_value(this.class());
        let new = abstract_ops::call(
            &class,
            &[
                get,
                pick(setter, &old.setter),
                pick(deleter, &old.deleter),
                doc,
            ],
        )?;
        if let (Some(copy), Some(name)) = (new.downcast::<Property>(), old.name.get()) {
            copy.name.set(Some(name));
        }
        Ok(new)
    }
}

fn given(value: Option<&Value>) -> Option<Value> {
    value.filter(|value| !value.is_none()).cloned()
}

#[pymethods]
impl Property {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(allocate_instance(class, Property::blank()).into_value())
    }
    #[pyslot("property(fget=None, fset=None, fdel=None, doc=None)")]
    fn init(
        this: &Value,
        fget: Option<&Value>,
        fset: Option<&Value>,
        fdel: Option<&Value>,
        doc: Option<&Value>,
    ) -> PyResult<()> {
        // SAFETY: the slot's caller checked the class.
        let property = unsafe { this.downcast_unchecked::<Property>() };
        property.getter.set(given(fget));
        property.setter.set(given(fset));
        property.deleter.set(given(fdel));
        property.name.set(None);
        property.doc_from_getter.set(false);
        let mut text = given(doc);
        if text.is_none()
            && let Some(getter) = property.getter.get()
            && let Some(found) = abstract_ops::getattr_opt(&getter, &names::DOC)?
            && !found.is_none()
        {
            text = Some(found);
            property.doc_from_getter.set(true);
        }
        if this.is_exact(Property::class()) {
            property.doc.set(text);
            return Ok(());
        }
        // Instances of subclasses have the docstring in their own dictionary, where they have one.
        let value = text.unwrap_or_else(Value::none);
        if let Err(raised) = abstract_ops::setattr(this, &names::DOC, Some(&value)) {
            if !property.doc_from_getter.get()
                && crate::exceptions::catch(ATTRIBUTE_ERROR.get()).is_some()
            {
                return Ok(());
            }
            return Err(raised);
        }
        Ok(())
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        let Some(object) = object else {
            return Ok(this.clone());
        };
        // SAFETY: as above.
        let property = unsafe { this.downcast_unchecked::<Property>() };
        match property.getter.get() {
            Some(getter) => abstract_ops::call(&getter, std::slice::from_ref(object)),
            None => Err(property.lacks(object, "getter")?),
        }
    }
    #[pyslot]
    fn descr_set(this: &Value, object: &Value, value: Option<&Value>) -> PyResult<()> {
        // SAFETY: as above.
        let property = unsafe { this.downcast_unchecked::<Property>() };
        match value {
            Some(value) => match property.setter.get() {
                Some(setter) => abstract_ops::call(&setter, &[object.clone(), value.clone()])?,
                None => return Err(property.lacks(object, "setter")?),
            },
            None => match property.deleter.get() {
                Some(deleter) => abstract_ops::call(&deleter, std::slice::from_ref(object))?,
                None => return Err(property.lacks(object, "deleter")?),
            },
        };
        Ok(())
    }
    /// Descriptor to obtain a copy of the property with a different getter.
    #[pymethod("getter($self, object, /)")]
    fn getter(this: &Value, object: &Value) -> PyResult {
        Property::with(this, Some(object), None, None)
    }
    /// Descriptor to obtain a copy of the property with a different setter.
    #[pymethod("setter($self, object, /)")]
    fn setter(this: &Value, object: &Value) -> PyResult {
        Property::with(this, None, Some(object), None)
    }
    /// Descriptor to obtain a copy of the property with a different deleter.
    #[pymethod("deleter($self, object, /)")]
    fn deleter(this: &Value, object: &Value) -> PyResult {
        Property::with(this, None, None, Some(object))
    }
    /// Method to set name of a property.
    #[pymethod("__set_name__", raw)]
    fn __set_name__(args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let [this, _owner, name] = args else {
            return Err(crate::exceptions::type_error(format!(
                "__set_name__() takes 2 positional arguments but {} were given",
                args.len().saturating_sub(1)
            )));
        };
        if let Some(property) = this.downcast::<Property>() {
            property.name.set(Some(name.clone()));
        }
        Ok(Value::none())
    }
    #[pygetset]
    fn fget(&self) -> Value {
        self.getter.get().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn fset(&self) -> Value {
        self.setter.get().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn fdel(&self) -> Value {
        self.deleter.get().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn __doc__(&self) -> Value {
        self.doc.get().unwrap_or_else(Value::none)
    }
    #[pysetter(__doc__)]
    fn set_doc(&self, value: Option<&Value>) -> PyResult<()> {
        self.doc.set(value.cloned());
        Ok(())
    }
    #[pygetset]
    fn __name__(this: &Value) -> PyResult {
        // SAFETY: getters are called with instances of the class.
        match unsafe { this.downcast_unchecked::<Property>() }.known_name()? {
            Some(name) => Ok(name),
            None => Err(crate::exceptions::attribute_error(
                this,
                &names::NAME,
                "'property' object has no attribute '__name__'".to_owned(),
            )),
        }
    }
    #[pysetter(__name__)]
    fn set_name(this: &Value, value: Option<&Value>) -> PyResult<()> {
        // SAFETY: as above.
        let property = unsafe { this.downcast_unchecked::<Property>() };
        if value.is_none() && property.name.with(|name| name.is_none()) {
            return Err(missing_special(this, &names::NAME));
        }
        property.name.set(value.cloned());
        Ok(())
    }
    #[pygetset]
    fn __isabstractmethod__(&self) -> PyResult<bool> {
        for function in [self.getter.get(), self.setter.get(), self.deleter.get()] {
            if super::staticmethod::is_abstract(function)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A property made from Rust.
pub fn make(getter: Value) -> Value {
    let property = Property::blank();
    property.getter.set(Some(getter));
    Ref::new(property).into_value()
}
