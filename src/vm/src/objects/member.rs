//! `__slots__` members, and the fields of exceptions: `member_descriptor`.

use crate::exceptions::{
    ATTRIBUTE_ERROR, BASE_EXCEPTION_GROUP, BaseException, PyResult, raise_new, type_error,
};
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::objects::str::Str;
use crate::value::{Raw, Value};
use taipan_macros::{pyclass, pymethods};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A word of the object, at this byte offset from [`Type::member_start`].
    Slot(usize),
    /// A field of an exception, by index.
    Exception(usize),
}

#[pyclass(name = "member_descriptor", module = "builtins", gc, final)]
#[repr(C)]
pub struct Member {
    header: Header,
    pub owner: Ref<Type>,
    name: Ref<Str>,
    #[no_gc]
    pub place: Place,
    doc: Field<Option<Value>>,
}

impl Member {
    pub fn new(owner: &Type, name: &Str, offset: usize, doc: Option<Value>) -> Value {
        Member::at(owner, name, Place::Slot(offset), doc)
    }
    pub fn at(owner: &Type, name: &Str, place: Place, doc: Option<Value>) -> Value {
        Ref::new(Member {
            header: Header::fresh(),
            owner: Ref::from_ref(owner),
            name: Ref::from_ref(name),
            place,
            doc: Field::new(doc),
        })
        .into_value()
    }
    fn check(&self, object: &Value) -> PyResult<()> {
        if object.is_instance(&self.owner) {
            return Ok(());
        }
        Err(type_error(format!(
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            self.name,
            self.owner.name(),
            object.class().name()
        )))
    }
    /// The word of a member slot.
    fn slot(&self, object: &Value, offset: usize) -> *mut Raw {
        let header = object.header().expect("instances with slots are objects");
        // SAFETY: `check` made sure of the class, whose instances have this slot.
        unsafe { object.class().member_start(header).add(offset) as *mut Raw }
    }
    pub fn get(&self, object: &Value) -> PyResult {
        self.check(object)?;
        match self.place {
            Place::Slot(offset) => {
                // SAFETY: slots are always initialized.
                let raw = unsafe { *self.slot(object, offset) };
                if raw.is_unbound() {
                    return Err(crate::abstract_ops::no_attribute(object, &self.name));
                }
                Ok(raw.to_value())
            }
            Place::Exception(index) => {
                // SAFETY: `check` made sure of the class.
                let exception = unsafe { object.downcast_unchecked::<BaseException>() };
                Ok(exception.field_at(index).unwrap_or_else(Value::none))
            }
        }
    }
}

#[pymethods]
impl Member {
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let member = unsafe { this.downcast_unchecked::<Member>() };
        match object {
            Some(object) => member.get(object),
            None => Ok(this.clone()),
        }
    }
    #[pyslot]
    fn descr_set(this: &Value, object: &Value, value: Option<&Value>) -> PyResult<()> {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<Member>() };
        this.check(object)?;
        match this.place {
            Place::Slot(offset) => {
                let new = value.cloned().map_or(Raw::UNBOUND, Value::into_raw);
                // SAFETY: the old word is owned or unbound; it is dropped after the new one is in place.
                unsafe {
                    let old = this.slot(object, offset).replace(new);
                    if old.is_unbound() {
                        if value.is_none() {
                            return Err(crate::abstract_ops::no_attribute(object, &this.name));
                        }
                    } else {
                        drop(old.into_value());
                    }
                }
            }
            Place::Exception(_) if std::ptr::eq(&*this.owner, BASE_EXCEPTION_GROUP.get()) => {
                return Err(raise_new(ATTRIBUTE_ERROR.get(), "readonly attribute"));
            }
            Place::Exception(index) => {
                // SAFETY: `check` made sure of the class.
                let exception = unsafe { object.downcast_unchecked::<BaseException>() };
                exception.set_field_at(index, value.cloned());
            }
        }
        Ok(())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "<member '{}' of '{}' objects>",
            self.name,
            self.owner.name()
        ))
    }
    #[pygetset]
    fn __name__(&self) -> Value {
        self.name.to_value()
    }
    #[pygetset]
    fn __qualname__(&self) -> String {
        format!("{}.{}", self.owner.qualname_object(), self.name)
    }
    #[pygetset]
    fn __objclass__(&self) -> Value {
        self.owner.to_value()
    }
    #[pygetset]
    fn __doc__(&self) -> Value {
        self.doc.get().unwrap_or_else(Value::none)
    }
}
