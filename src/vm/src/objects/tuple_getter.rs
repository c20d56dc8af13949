//! Descriptors of tuple-like classes: an item as an attribute, and the representation with names.

use crate::exceptions::{PyResult, type_error};
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// `point.x` of a named tuple.
#[pyclass(name = "_tuplegetter", module = "collections", gc, final)]
#[repr(C)]
pub struct TupleGetter {
    header: Header,
    #[no_gc]
    index: i64,
    doc: crate::gc::Field<Option<Value>>,
}

impl TupleGetter {
    pub fn make(index: i64) -> Value {
        TupleGetter::with_doc(index, None)
    }
    pub fn with_doc(index: i64, doc: Option<Value>) -> Value {
        Ref::new(TupleGetter {
            header: Header::fresh(),
            index,
            doc: crate::gc::Field::new(doc),
        })
        .into_value()
    }
}

#[pymethods]
impl TupleGetter {
    #[pyslot("_tuplegetter(index, doc, /)")]
    fn new(cls: &Type, index: i64, doc: &Value) -> PyResult {
        let _ = cls;
        Ok(TupleGetter::with_doc(index, Some(doc.clone())))
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let getter = unsafe { this.downcast_unchecked::<TupleGetter>() };
        let Some(object) = object else {
            return Ok(this.clone());
        };
        let Some(tuple) = object.downcast::<Tuple>() else {
            return Err(type_error(format!(
                "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object",
                getter.index,
                object.class().name()
            )));
        };
        match tuple.as_slice().get(getter.index as usize) {
            Some(item) => Ok(item.clone()),
            None => Err(crate::exceptions::index_error("tuple index out of range")),
        }
    }
    #[pyslot]
    fn descr_set(_this: &Value, _object: &Value, value: Option<&Value>) -> PyResult<()> {
        Err(crate::exceptions::raise_new(
            crate::exceptions::ATTRIBUTE_ERROR.get(),
            if value.is_some() {
                "can't set attribute"
            } else {
                "can't delete attribute"
            },
        ))
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
    #[pymethod("__reduce__($self, /)")]
    fn reduce(this: &Value) -> PyResult {
        // SAFETY: the method's caller checked the class.
        let getter = unsafe { this.downcast_unchecked::<TupleGetter>() };
        let class = crate::object::object_value(this.class());
        let doc = getter.doc.get().unwrap_or_else(Value::none);
        Ok(Tuple::new([
            class,
            Tuple::new([Value::int(getter.index), doc]).into_value(),
        ])
        .into_value())
    }
}

/// `__repr__` of struct sequences: `module.name(field=value, …)`.
#[pyclass(
    name = "struct_sequence_repr",
    module = "builtins",
    gc,
    final,
    method_descriptor
)]
#[repr(C)]
pub struct StructRepr {
    header: Header,
}

impl StructRepr {
    pub fn make() -> Value {
        Ref::new(StructRepr {
            header: Header::fresh(),
        })
        .into_value()
    }
}

#[pymethods]
impl StructRepr {
    #[pyslot]
    fn call(_this: &Value, args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let Some(tuple) = args.first().and_then(|a| a.downcast::<Tuple>()) else {
            return Err(type_error("a struct sequence is expected"));
        };
        let class = args[0].class();
        let fields = class.lookup(&Str::intern("_fields_"));
        let names = fields
            .as_ref()
            .and_then(|f| f.downcast::<Tuple>())
            .map_or(&[][..], Tuple::as_slice);
        let mut parts = Vec::new();
        for (name, value) in names.iter().zip(tuple.as_slice()) {
            parts.push(format!(
                "{}={}",
                crate::abstract_ops::str(name)?,
                crate::abstract_ops::repr(value)?
            ));
        }
        let module = class.dict().get_str(&crate::names::MODULE);
        let prefix = match module.as_ref().and_then(|m| m.downcast::<Str>()) {
            Some(m) => format!("{m}."),
            None => String::new(),
        };
        Ok(Str::new(&format!("{prefix}{}({})", class.name(), parts.join(", "))).into_value())
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        Ok(match object {
            Some(object) => crate::objects::method::Method::bind(this.clone(), object.clone()),
            None => this.clone(),
        })
    }
}

/// `__new__` of struct sequences: the visible fields and maybe hidden ones, which a dict can give too.
#[pyclass(name = "struct_sequence_new", module = "builtins", gc, final)]
#[repr(C)]
pub struct StructNew {
    header: Header,
}

impl StructNew {
    pub fn make() -> Value {
        Ref::new(StructNew {
            header: Header::fresh(),
        })
        .into_value()
    }
}

#[pymethods]
impl StructNew {
    #[pyslot]
    fn call(_this: &Value, args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let Some(class) = args.first().and_then(|a| a.downcast::<Type>()) else {
            return Err(type_error("structseq() needs a class"));
        };
        let Some(sequence) = args.get(1) else {
            return Err(type_error(
                "structseq() missing required argument 'sequence' (pos 1)",
            ));
        };
        crate::objects::struct_sequence::from_sequence(class, sequence, args.get(2))
    }
}
