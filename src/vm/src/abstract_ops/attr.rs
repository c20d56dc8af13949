//! Attribute access.

use crate::exceptions::{ATTRIBUTE_ERROR, PyResult, attribute_error, catch, suppress, type_error};
use crate::names;
use crate::native::NativeClass;
use crate::object::object_value;
use crate::objects::class::{Type, TypeFlags};
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::method::Method;
use crate::objects::str::Str;
use crate::shape;
use crate::value::Value;

/// `object.name`; `name` need not be interned.
pub fn getattr(object: &Value, name: &Str) -> PyResult {
    let getattro = object
        .class()
        .slots()
        .getattro
        .expect("every class has getattro");
    if name.is_interned() {
        return getattro(object, name);
    }
    getattro(object, &name.interned())
}

/// `object.name`, or `None` where that raises `AttributeError`.
pub fn getattr_opt(object: &Value, name: &Str) -> PyResult<Option<Value>> {
    let class = object.class();
    if class.has(TypeFlags::GENERIC_GETATTR) {
        return generic_getattr_opt(object, &name.interned());
    }
    suppress(getattr(object, name), ATTRIBUTE_ERROR.get())
}

/// `object.name = value`, or `del object.name` without a value.
pub fn setattr(object: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
    let setattro = object
        .class()
        .slots()
        .setattro
        .expect("every class has setattro");
    setattro(object, &name.interned(), value)
}

/// Binds what a class lookup found: calls `__get__` if it has one.
pub fn bind(found: Value, object: &Value, class: &Type) -> PyResult {
    match found.class().slots().descr_get {
        Some(get) => get(&found, Some(object), Some(class)),
        None => Ok(found),
    }
}

/// `object.__getattribute__` without the error: data descriptors, the object's own attributes, other
/// descriptors and class attributes.
pub fn generic_getattr_opt(object: &Value, name: &Str) -> PyResult<Option<Value>> {
    let class = object.class();
    let found = class.lookup(name);
    if let Some(found) = &found {
        let slots = found.class().slots();
        if let (Some(get), true) = (slots.descr_get, slots.descr_set.is_some()) {
            return suppress(get(found, Some(object), Some(class)), ATTRIBUTE_ERROR.get());
        }
    }
    if let Some(header) = object.header()
        && let Some(value) = shape::get_attribute(header, name)
    {
        return Ok(Some(value));
    }
    match found {
        Some(found) => suppress(bind(found, object, class), ATTRIBUTE_ERROR.get()),
        None => Ok(None),
    }
}

/// `object.__getattribute__`.
pub fn generic_getattr(object: &Value, name: &Str) -> PyResult {
    let class = object.class();
    let found = class.lookup(name);
    if let Some(found) = &found {
        let slots = found.class().slots();
        if let (Some(get), true) = (slots.descr_get, slots.descr_set.is_some()) {
            return get(found, Some(object), Some(class));
        }
    }
    if let Some(header) = object.header()
        && let Some(value) = shape::get_attribute(header, name)
    {
        return Ok(value);
    }
    match found {
        Some(found) => bind(found, object, class),
        None => Err(no_attribute(object, name)),
    }
}

#[cold]
pub fn no_attribute(object: &Value, name: &Str) -> crate::exceptions::Raised {
    let message = format!(
        "'{}' object has no attribute '{}'",
        object.class().shown_name(),
        name
    );
    attribute_error(object, name, message)
}

/// `object.__setattr__`.
pub fn generic_setattr(object: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
    let class = object.class();
    let found = class.lookup(name);
    if let Some(found) = &found
        && let Some(set) = found.class().slots().descr_set
    {
        return set(found, object, value);
    }
    if class.has(TypeFlags::HAS_DICT)
        && let Some(header) = object.header()
    {
        match value {
            Some(value) => shape::set_attribute(header, name, value.clone()),
            None => {
                if !shape::delete_attribute(header, name) {
                    return Err(no_attribute(object, name));
                }
            }
        }
        return Ok(());
    }
    let message = match found {
        Some(_) => format!(
            "'{}' object attribute '{}' is read-only",
            class.shown_name(),
            name
        ),
        None => format!(
            "'{}' object has no attribute '{}' and no __dict__ for setting new attributes",
            class.shown_name(),
            name
        ),
    };
    Err(attribute_error(object, name, message))
}

/// `object.__dict__` of an instance of a class that has one.
pub fn instance_dict(object: &Value) -> Option<&Dict> {
    let header = object.header()?;
    object
        .class()
        .has(TypeFlags::HAS_DICT)
        .then(|| shape::dict_of(header))
}

/// Looks a special method up on the class and binds it.
pub fn lookup_special(object: &Value, name: &Str) -> PyResult<Option<Value>> {
    match object.class().lookup(name) {
        Some(found) => bind(found, object, object.class()).map(Some),
        None => Ok(None),
    }
}

/// A method for an immediate call: the function and, if it is to get `self`, nothing bound.
pub enum LoadedMethod {
    /// Call with the object in front.
    Unbound(Value),
    /// Call as it is.
    Plain(Value),
}

/// `object.name` for a call: does without a bound method where it can.
pub fn load_method(object: &Value, name: &Str) -> PyResult<LoadedMethod> {
    let class = object.class();
    if !class.has(TypeFlags::GENERIC_GETATTR) {
        return getattr(object, name).map(LoadedMethod::Plain);
    }
    let Some(found) = class.lookup(name) else {
        return generic_getattr(object, name).map(LoadedMethod::Plain);
    };
    if !found.class().has(TypeFlags::METHOD_DESCRIPTOR) {
        return generic_getattr(object, name).map(LoadedMethod::Plain);
    }
    if let Some(header) = object.header()
        && let Some(value) = shape::get_attribute(header, name)
    {
        return Ok(LoadedMethod::Plain(value));
    }
    Ok(LoadedMethod::Unbound(found))
}

/// `__getattribute__` failed with `AttributeError`: is it to be tried with `__getattr__`?
pub fn missing_attribute() -> bool {
    catch(ATTRIBUTE_ERROR.get()).is_some()
}

/// `isinstance(object, class_or_tuple)`.
pub fn isinstance(object: &Value, class: &Value) -> PyResult<bool> {
    if std::ptr::eq(
        object.class() as *const Type,
        class.raw().address() as *const Type,
    ) {
        return Ok(true);
    }
    if class.is_exact(Type::class())
        && let Some(class) = class.downcast::<Type>()
    {
        return recursive_isinstance(object, class);
    }
    if let Some(classes) = class.downcast::<crate::objects::tuple::Tuple>() {
        let _guard = enter_native(" in __instancecheck__")?;
        for class in classes.as_slice() {
            if isinstance(object, class)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(check) = lookup_special(class, &names::INSTANCECHECK)? {
        let _guard = enter_native(" in __instancecheck__")?;
        let answer = super::call(&check, std::slice::from_ref(object))?;
        return super::is_true(&answer);
    }
    plain_isinstance(object, class)
}

fn recursive_isinstance(object: &Value, class: &Type) -> PyResult<bool> {
    if object.is_instance(class) {
        return Ok(true);
    }
    // `__class__` may claim more than the type says.
    if object.class().has(TypeFlags::GENERIC_GETATTR) && !object.class().is_heap() {
        return Ok(false);
    }
    match getattr_opt(object, &names::CLASS)? {
        Some(claimed) if !claimed.is(&object_value(object.class())) => Ok(claimed
            .downcast::<Type>()
            .is_some_and(|c| c.is_subclass(class))),
        _ => Ok(false),
    }
}

/// `type.__instancecheck__`, and what stands in for it where there is none.
pub fn plain_isinstance(object: &Value, class: &Value) -> PyResult<bool> {
    if let Some(class) = class.downcast::<Type>() {
        return recursive_isinstance(object, class);
    }
    if abstract_bases(class)?.is_none() {
        return Err(type_error(
            "isinstance() arg 2 must be a type, a tuple of types, or a union",
        ));
    }
    match getattr_opt(object, &names::CLASS)? {
        Some(claimed) => abstract_issubclass(&claimed, class),
        None => Ok(false),
    }
}

fn abstract_bases(
    class: &Value,
) -> PyResult<Option<crate::object::Ref<crate::objects::tuple::Tuple>>> {
    Ok(match getattr_opt(class, &names::BASES)? {
        Some(bases) => crate::object::Ref::from_value(bases).ok(),
        None => None,
    })
}

fn abstract_issubclass(derived: &Value, class: &Value) -> PyResult<bool> {
    if derived.is(class) {
        return Ok(true);
    }
    let Some(bases) = abstract_bases(derived)? else {
        return Ok(false);
    };
    let _guard = enter_native(" in __issubclass__")?;
    for base in bases.as_slice() {
        if abstract_issubclass(base, class)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `issubclass(derived, class_or_tuple)`.
pub fn issubclass(derived: &Value, class: &Value) -> PyResult<bool> {
    if class.is_exact(Type::class()) {
        if derived.is(class) {
            return Ok(true);
        }
        return plain_issubclass(derived, class);
    }
    if let Some(classes) = class.downcast::<crate::objects::tuple::Tuple>() {
        let _guard = enter_native(" in __subclasscheck__")?;
        for class in classes.as_slice() {
            if issubclass(derived, class)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    if let Some(check) = lookup_special(class, &names::SUBCLASSCHECK)? {
        let _guard = enter_native(" in __subclasscheck__")?;
        let answer = super::call(&check, std::slice::from_ref(derived))?;
        return super::is_true(&answer);
    }
    plain_issubclass(derived, class)
}

/// `type.__subclasscheck__`.
pub fn plain_issubclass(derived: &Value, class: &Value) -> PyResult<bool> {
    if let (Some(d), Some(c)) = (derived.downcast::<Type>(), class.downcast::<Type>()) {
        return Ok(d.is_subclass(c));
    }
    if derived.downcast::<Type>().is_none() && abstract_bases(derived)?.is_none() {
        return Err(type_error("issubclass() arg 1 must be a class"));
    }
    if class.downcast::<Type>().is_none() && abstract_bases(class)?.is_none() {
        return Err(type_error(
            "issubclass() arg 2 must be a class, a tuple of classes, or a union",
        ));
    }
    abstract_issubclass(derived, class)
}

/// Guards native recursion; see [`enter_native`].
pub struct NativeGuard(());

/// Raises `RecursionError` when the native stack is nearly used up; `place` ends the message.
#[inline]
pub fn enter_native(place: &str) -> PyResult<NativeGuard> {
    if crate::thread::native_stack_is_deep() {
        return Err(stack_error(place));
    }
    Ok(NativeGuard(()))
}

/// Raises the `RecursionError` for a native stack that is nearly used up; `place` ends the message.
#[cold]
pub fn stack_error(place: &str) -> crate::exceptions::Raised {
    let place = if place.is_empty() {
        " while calling a Python object"
    } else {
        place
    };
    let used = crate::thread::native_stack_used() / 1024;
    // Making the exception takes calls, which must not end in this again.
    let thread = crate::thread::thread();
    let limit = thread.native_deep.replace(0);
    let raised =
        crate::exceptions::recursion_error(format!("Stack overflow (used {used} kB){place}"));
    thread.native_deep.set(limit);
    raised
}

/// Does calling this run a Python function's code directly?
pub fn is_python_function(value: &Value) -> bool {
    value.downcast_exact::<Function>().is_some() || value.downcast_exact::<Method>().is_some()
}
