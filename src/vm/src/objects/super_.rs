//! `super`: attributes as the classes behind a given one in the MRO have them.

use crate::abstract_ops;
use crate::exceptions::{PyResult, runtime_error, type_error};
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::names;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::Type;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// super() -> same as super(__class__, <first argument>)
/// super(type) -> unbound super object
/// super(type, obj) -> bound super object; requires isinstance(obj, type)
/// super(type, type2) -> bound super object; requires issubclass(type2, type)
#[pyclass(name = "super", module = "builtins", gc)]
#[repr(C)]
pub struct Super {
    header: Header,
    class: Field<Option<Ref<Type>>>,
    object: Field<Option<Value>>,
    /// The class whose MRO is searched.
    start: Field<Option<Ref<Type>>>,
}

/// The class whose MRO `super(class, object)` searches.
fn start_class(class: &Type, object: &Value) -> PyResult<Ref<Type>> {
    if let Some(derived) = object.downcast::<Type>()
        && derived.is_subclass(class)
    {
        return Ok(Ref::from_ref(derived));
    }
    let own = object.class();
    if own.is_subclass(class) {
        return Ok(Ref::from_ref(own));
    }
    if let Some(claimed) = abstract_ops::getattr_opt(object, &names::CLASS)?
        && let Ok(claimed) = Ref::<Type>::from_value(claimed)
        && claimed.is_subclass(class)
    {
        return Ok(claimed);
    }
    let (kind, name) = match object.downcast::<Type>() {
        Some(class) => ("type", class.name()),
        None => ("instance of", own.name()),
    };
    Err(type_error(format!(
        "super(type, obj): obj ({kind} {name}) is not an instance or subtype of type ({}).",
        class.name()
    )))
}

/// What the classes behind `class` in `start`'s MRO say of `name`, not bound yet.
pub fn find(class: &Type, start: &Type, name: &Str) -> Option<Value> {
    let mro = start.mro();
    let mut classes = mro.as_slice().iter();
    classes.find(|c| c.downcast::<Type>().is_some_and(|c| std::ptr::eq(c, class)))?;
    classes.find_map(|c| c.downcast::<Type>()?.dict().get_str(name))
}

fn lookup(class: &Type, object: &Value, start: &Type, name: &Str) -> PyResult<Option<Value>> {
    if name.is_text("__class__") {
        return Ok(None);
    }
    let Some(found) = find(class, start, name) else {
        return Ok(None);
    };
    let Some(get) = found.class().slots().descr_get else {
        return Ok(Some(found));
    };
    let is_class = std::ptr::eq(object.raw().address() as *const Type, start) && object.is_object();
    get(
        &found,
        if is_class { None } else { Some(object) },
        Some(start),
    )
    .map(Some)
}

/// `super(class, object).name`
pub fn super_lookup(class: &Type, object: &Value, name: &Str) -> PyResult {
    let start = start_class(class, object)?;
    if let Some(found) = lookup(class, object, &start, name)? {
        return Ok(found);
    }
    abstract_ops::generic_getattr(
        &Super::build(Ref::from_ref(class), object.clone(), start),
        name,
    )
}

/// The function behind `super(class, object).name(…)`, if it takes `object` in front unbound.
pub fn super_method(class: &Type, object: &Value, name: &Str) -> PyResult<Option<Value>> {
    let start = start_class(class, object)?;
    let is_class = object.raw().address() as *const Type == start.as_ptr() && object.is_object();
    if is_class {
        return Ok(None);
    }
    Ok(find(class, &start, name).filter(|found| {
        found
            .class()
            .has(crate::objects::class::TypeFlags::METHOD_DESCRIPTOR)
    }))
}

impl Super {
    fn build(class: Ref<Type>, object: Value, start: Ref<Type>) -> Value {
        Ref::new(Super {
            header: Header::fresh(),
            class: Field::new(Some(class)),
            object: Field::new(Some(object)),
            start: Field::new(Some(start)),
        })
        .into_value()
    }
    /// `super(class, object)`, where `object` is known to be an instance or subclass.
    pub fn make(class: Ref<Type>, object: Value) -> Value {
        let start = match object.downcast::<Type>() {
            Some(derived) if derived.is_subclass(&class) => Ref::from_ref(derived),
            _ => Ref::from_ref(object.class()),
        };
        Super::build(class, object, start)
    }
}

#[pymethods]
impl Super {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let native = Super {
            header: Header::fresh(),
            class: Field::new(None),
            object: Field::new(None),
            start: Field::new(None),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("super() takes no keyword arguments"));
        }
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<Super>() };
        let (class, object) = match args {
            [] => {
                let (class, object) = crate::interpreter::super_arguments()?;
                (class, Some(object))
            }
            [class] | [class, _] => {
                let Some(class) = class.downcast::<Type>() else {
                    return Err(type_error(format!(
                        "super() argument 1 must be a type, not {}",
                        class.class().name()
                    )));
                };
                (
                    Ref::from_ref(class),
                    args.get(1).filter(|object| !object.is_none()).cloned(),
                )
            }
            _ => {
                return Err(type_error(format!(
                    "super() expected at most 2 arguments, got {}",
                    args.len()
                )));
            }
        };
        let start = match &object {
            Some(object) => Some(start_class(&class, object)?),
            None => None,
        };
        this.class.set(Some(class));
        this.object.set(object);
        this.start.set(start);
        Ok(())
    }
    #[pyslot]
    fn getattro(this: &Value, name: &Str) -> PyResult {
        // SAFETY: as above.
        let parent = unsafe { this.downcast_unchecked::<Super>() };
        if let (Some(class), Some(object), Some(start)) =
            (parent.class.get(), parent.object.get(), parent.start.get())
            && let Some(found) = lookup(&class, &object, &start, name)?
        {
            return Ok(found);
        }
        abstract_ops::generic_getattr(this, name)
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        // SAFETY: as above.
        let parent = unsafe { this.downcast_unchecked::<Super>() };
        let Some(object) = object.filter(|object| !object.is_none()) else {
            return Ok(this.clone());
        };
        if parent.object.with(|object| object.is_some()) {
            return Ok(this.clone());
        }
        let Some(class) = parent.class.get() else {
            return Err(runtime_error("super(): empty __class__ cell"));
        };
        if !this.is_exact(<Super as crate::native::NativeClass>::class()) {
            let own = object_value(this.class());
            return abstract_ops::call(&own, &[class.into_value(), object.clone()]);
        }
        let start = start_class(&class, object)?;
        Ok(Super::build(class, object.clone(), start))
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let class = self
            .class
            .get()
            .map_or_else(|| "NULL".to_owned(), |class| class.name());
        Ok(match self.start.get() {
            Some(start) => format!("<super: <class '{class}'>, <{} object>>", start.name()),
            None => format!("<super: <class '{class}'>, NULL>"),
        })
    }
    /// the class invoking super()
    #[pygetset]
    fn __thisclass__(&self) -> Value {
        self.class.get().map_or_else(Value::none, Ref::into_value)
    }
    /// the instance invoking super(); may be None
    #[pygetset]
    fn __self__(&self) -> Value {
        self.object.get().unwrap_or_else(Value::none)
    }
    /// the type of the instance invoking super(); may be None
    #[pygetset]
    fn __self_class__(&self) -> Value {
        self.start.get().map_or_else(Value::none, Ref::into_value)
    }
}
