//! `object`: what every class inherits.
//!
//! Its attribute access is the generic one of [`crate::abstract_ops`] itself, not a function around it:
//! caches and compiled code recognize these functions by address.

use crate::abstract_ops;
use crate::exceptions::{PyResult, attribute_error, type_error};
use crate::memory::allocate_instance;
use crate::names;
use crate::native::{ClassItems, NativeClass};
use crate::object::{Header, Ref, object_value};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::class::{CompareOp, SlotId, Type, TypeFlags};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::member::{Member, Place};
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::shape;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// The base class of the class hierarchy.
///
/// When called, it accepts no arguments and returns a new featureless
/// instance that has no instance attributes and cannot be given any.
#[pyclass(name = "object", module = "builtins", signature = "object()")]
#[repr(C)]
pub struct Object {
    header: Header,
}

const GENERIC_ACCESS: ClassItems = ClassItems {
    methods: &[],
    getsets: &[],
    slots: |slots| {
        slots.getattro = Some(abstract_ops::generic_getattr);
        slots.setattro = Some(abstract_ops::generic_setattr);
    },
    more: &[],
};

/// Is the class's function in this slot `object`'s?
pub fn is_objects(class: &Type, slot: SlotId) -> bool {
    class.slots().same(slot, Object::class().slots())
}

/// The hash of an object by its address.
pub fn identity_hash(value: &Value) -> i64 {
    value.raw().0.rotate_right(4) as i64
}

/// `module.qualname`, without the module for builtins.
pub fn full_name(class: &Type) -> String {
    let qualname = class.qualname_object();
    match class.module_name() {
        Some(module) if !module.is_text("builtins") => format!("{module}.{qualname}"),
        _ => qualname.to_string(),
    }
}

/// An imported top-level module.
pub(crate) fn import_module(name: &str) -> PyResult {
    abstract_ops::call(
        &crate::builtins::lookup("__import__")?,
        &[Str::intern(name).into_value()],
    )
}

#[cold]
fn abstract_error(class: &Type) -> PyResult {
    let methods = abstract_ops::getattr(&object_value(class), &names::ABSTRACTMETHODS)?;
    let mut texts = Vec::new();
    for method in abstract_ops::to_vec(&methods)? {
        texts.push(match method.downcast::<Str>() {
            Some(text) => text.to_string(),
            None => {
                return Err(type_error(format!(
                    "sequence item 0: expected str instance, {} found",
                    method.class().name()
                )));
            }
        });
    }
    texts.sort();
    let s = if texts.len() > 1 { "s" } else { "" };
    Err(type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{s} '{}'",
        class.name(),
        texts.join("', '")
    )))
}

#[pymethods(more(crate::objects::object::GENERIC_ACCESS))]
impl Object {
    /// A new instance of a class with `object`'s layout.
    #[inline]
    pub fn allocate(class: &Type) -> Ref<Object> {
        allocate_instance(
            class,
            Object {
                header: Header::fresh(),
            },
        )
    }

    #[pyslot]
    fn new(class: &Type, args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        if !args.is_empty() {
            if !is_objects(class, SlotId::new) {
                return Err(type_error(
                    "object.__new__() takes exactly one argument (the type to instantiate)",
                ));
            }
            if is_objects(class, SlotId::init) {
                return Err(type_error(format!("{}() takes no arguments", class.name())));
            }
        }
        if class.has(TypeFlags::ABSTRACT) {
            return abstract_error(class);
        }
        if !class.native().is_native::<Object>() {
            return Err(type_error(format!(
                "cannot create '{}' instances",
                full_name(class)
            )));
        }
        Ok(allocate_instance(
            class,
            Object {
                header: Header::fresh(),
            },
        )
        .into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<()> {
        if !args.is_empty() {
            let class = this.class();
            if !is_objects(class, SlotId::init) {
                return Err(type_error(
                    "object.__init__() takes exactly one argument (the instance to initialize)",
                ));
            }
            if is_objects(class, SlotId::new) {
                return Err(type_error(format!(
                    "{}.__init__() takes exactly one argument (the instance to initialize)",
                    class.name()
                )));
            }
        }
        Ok(())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        Ok(format!(
            "<{} object at {:#x}>",
            full_name(this.class()),
            this.raw().0
        ))
    }
    #[pyslot]
    fn str(this: &Value) -> PyResult {
        let repr = this.class().slots().repr.expect("every class has repr");
        repr(this)
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        Ok(identity_hash(this))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        match op {
            CompareOp::Eq if this.is(other) => Ok(Value::true_()),
            CompareOp::Ne => {
                let Some(compare) = this.class().slots().richcompare else {
                    return Ok(Value::not_implemented());
                };
                let equal = compare(this, other, CompareOp::Eq)?;
                if equal.is_not_implemented() {
                    return Ok(equal);
                }
                Ok(Value::bool(!abstract_ops::is_true(&equal)?))
            }
            _ => Ok(Value::not_implemented()),
        }
    }
    /// the object's class
    #[pygetset]
    fn __class__(this: &Value) -> PyResult {
        Ok(object_value(this.class()))
    }
    #[pysetter(__class__)]
    fn set_class(this: &Value, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("can't delete __class__ attribute"));
        };
        let Some(new) = value.downcast::<Type>() else {
            return Err(type_error(format!(
                "__class__ must be set to a class, not '{}' object",
                value.class().name()
            )));
        };
        set_class_of(this, new)
    }
    /// Helper for pickle.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        common_reduce(this, 0)
    }
    /// Helper for pickle.
    #[pymethod("__reduce_ex__($self, protocol, /)")]
    fn __reduce_ex__(this: &Value, protocol: i64) -> PyResult {
        if let Some(own) = this.class().lookup(&names::REDUCE)
            && !Object::class()
                .dict()
                .get_str(&names::REDUCE)
                .is_some_and(|objects| objects.is(&own))
        {
            let reduce = abstract_ops::getattr(this, &names::REDUCE)?;
            return abstract_ops::call(&reduce, &[]);
        }
        common_reduce(this, protocol)
    }
    /// Helper for pickle.
    #[pymethod("__getstate__($self, /)")]
    fn __getstate__(this: &Value) -> PyResult {
        default_state(this, false)
    }
    /// Default object formatter.
    ///
    /// Return str(self) if format_spec is empty. Raise TypeError otherwise.
    #[pymethod("__format__($self, format_spec, /)")]
    fn __format__(this: &Value, format_spec: &Str) -> PyResult {
        if !format_spec.is_empty() {
            return Err(type_error(format!(
                "unsupported format string passed to {}.__format__",
                this.class().name()
            )));
        }
        Ok(abstract_ops::str(this)?.into_value())
    }
    /// Size of object in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn __sizeof__(this: &Value) -> PyResult<i64> {
        let class = this.class();
        let Some(header) = this.header() else {
            return Ok(8);
        };
        if class.is_variable() {
            // SAFETY: the object is an instance of its class.
            return Ok(unsafe { class.variable_size(header) } as i64);
        }
        Ok(header.shape().instance_size() as i64)
    }
    /// Default dir() implementation.
    #[pymethod("__dir__($self, /)")]
    fn __dir__(this: &Value) -> PyResult {
        let found = Dict::make();
        if let Some(own) = abstract_ops::getattr_opt(this, &names::DICT)?
            && let Some(own) = own.downcast::<Dict>()
        {
            found.update(own)?;
        }
        if let Some(class) = abstract_ops::getattr_opt(this, &names::CLASS)? {
            merge_class_names(&class, &found)?;
        }
        Ok(List::make(found.items().into_iter().map(|(key, _)| key).collect()).into_value())
    }
    /// This method is called when a class is subclassed.
    ///
    /// The default implementation does nothing. It may be
    /// overridden to extend subclasses.
    #[pyclassmethod("__init_subclass__", raw)]
    fn __init_subclass__(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let class = args[0]
            .downcast::<Type>()
            .map(|class| class.qualname_object().to_string())
            .unwrap_or_default();
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error(format!(
                "{class}.__init_subclass__() takes no keyword arguments"
            )));
        }
        if args.len() > 1 {
            return Err(type_error(format!(
                "{class}.__init_subclass__() takes no arguments ({} given)",
                args.len() - 1
            )));
        }
        Ok(Value::none())
    }
    /// Abstract classes can override this to customize issubclass().
    ///
    /// This is invoked early on by abc.ABCMeta.__subclasscheck__().
    /// It should return True, False or NotImplemented.  If it returns
    /// NotImplemented, the normal algorithm is used.  Otherwise, it
    /// overrides the normal algorithm (and the outcome is cached).
    #[pyclassmethod("__subclasshook__", raw)]
    fn __subclasshook__(_args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(Value::not_implemented())
    }
}

/// Adds the names that instances of the class see, to be listed by `dir()`.
pub(crate) fn merge_class_names(class: &Value, into: &Dict) -> PyResult<()> {
    if let Some(dict) = abstract_ops::getattr_opt(class, &names::DICT)? {
        abstract_ops::for_each(&dict, |name| into.insert(name, Value::none()))?;
    }
    if let Some(bases) = abstract_ops::getattr_opt(class, &names::BASES)?
        && let Some(bases) = bases.downcast::<Tuple>()
    {
        let _guard = abstract_ops::enter_native("")?;
        for base in bases.as_slice() {
            merge_class_names(base, into)?;
        }
    }
    Ok(())
}

/// Names and places of the `__slots__` that instances of a class have.
fn slots_of(class: &Type) -> Vec<(usize, String)> {
    let mut slots = Vec::new();
    for class in class.mro().as_slice() {
        let Some(class) = class.downcast::<Type>() else {
            continue;
        };
        for (name, value) in class.dict().items() {
            if let Some(member) = value.downcast_exact::<Member>()
                && let Place::Slot(offset) = member.place
                && let Some(name) = name.downcast::<Str>()
            {
                slots.push((offset, name.to_string()));
            }
        }
    }
    slots.sort();
    slots.dedup();
    slots
}

fn same_layout(a: &Type, b: &Type) -> bool {
    std::ptr::eq(a.native(), b.native())
        && a.basic_size() == b.basic_size()
        && a.has(TypeFlags::HAS_DICT) == b.has(TypeFlags::HAS_DICT)
        && a.has(TypeFlags::HAS_WEAKREF) == b.has(TypeFlags::HAS_WEAKREF)
        && slots_of(a) == slots_of(b)
}

/// `object.__class__ = new`.
fn set_class_of(object: &Value, new: &Type) -> PyResult<()> {
    let module = crate::objects::module::Module::class();
    let old = Ref::from_ref(object.class());
    let both_modules = old.is_subclass(module) && new.is_subclass(module);
    if !both_modules && (new.has(TypeFlags::IMMUTABLE) || old.has(TypeFlags::IMMUTABLE)) {
        return Err(type_error(
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    if !same_layout(new, &old) {
        return Err(type_error(format!(
            "__class__ assignment: '{}' object layout differs from '{}'",
            new.name(),
            old.name()
        )));
    }
    let Some(header) = object.header() else {
        return Ok(());
    };
    if std::ptr::eq(&*old, new) {
        return Ok(());
    }
    // An instance owns one reference to its class, if that is made at run time.
    if new.is_heap() {
        object_value(new).into_raw();
    }
    shape::rebase(header, new);
    if old.is_heap() {
        let address = old.as_ptr();
        // SAFETY: this is the reference that the instance held.
        drop(unsafe { Ref::from_owned(address) });
    }
    Ok(())
}

// Pickling.

fn common_reduce(object: &Value, protocol: i64) -> PyResult {
    let copyreg = import_module("copyreg")?;
    if protocol < 2 {
        static REDUCE_EX: Name = Name::new("_reduce_ex");
        return abstract_ops::call_method(
            &copyreg,
            &REDUCE_EX,
            &[object.clone(), Value::int(protocol)],
        );
    }
    reduce_by_new(object, &copyreg)
}

/// Arguments for `__new__` and its keywords; `None` where the class doesn't say.
fn new_arguments(object: &Value) -> PyResult<Option<(Value, Value)>> {
    static GETNEWARGS_EX: Name = Name::new("__getnewargs_ex__");
    static GETNEWARGS: Name = Name::new("__getnewargs__");
    if let Some(method) = abstract_ops::lookup_special(object, &GETNEWARGS_EX)? {
        let answer = abstract_ops::call(&method, &[])?;
        let Some(pair) = answer.downcast::<Tuple>() else {
            return Err(type_error(format!(
                "__getnewargs_ex__ should return a tuple, not '{}'",
                answer.class().name()
            )));
        };
        let [args, kwargs] = pair.as_slice() else {
            return Err(crate::exceptions::value_error(format!(
                "__getnewargs_ex__ should return a tuple of length 2, not {}",
                pair.len()
            )));
        };
        if args.downcast::<Tuple>().is_none() {
            return Err(type_error(format!(
                "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{}'",
                args.class().name()
            )));
        }
        if kwargs.downcast::<Dict>().is_none() {
            return Err(type_error(format!(
                "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{}'",
                kwargs.class().name()
            )));
        }
        return Ok(Some((args.clone(), kwargs.clone())));
    }
    if let Some(method) = abstract_ops::lookup_special(object, &GETNEWARGS)? {
        let args = abstract_ops::call(&method, &[])?;
        if args.downcast::<Tuple>().is_none() {
            return Err(type_error(format!(
                "__getnewargs__ should return a tuple, not '{}'",
                args.class().name()
            )));
        }
        return Ok(Some((args, Value::none())));
    }
    Ok(None)
}

fn reduce_by_new(object: &Value, copyreg: &Value) -> PyResult {
    static NEWOBJ: Name = Name::new("__newobj__");
    static NEWOBJ_EX: Name = Name::new("__newobj_ex__");
    let class = object.class();
    if class.slots().new.is_none() {
        return Err(cannot_pickle(class));
    }
    let arguments = new_arguments(object)?;
    let has_arguments = arguments.is_some();
    let class_value = object_value(class);
    let (args, kwargs) = arguments.unwrap_or_else(|| (Tuple::empty().into_value(), Value::none()));
    let plain = kwargs
        .downcast::<Dict>()
        .is_none_or(|kwargs| kwargs.is_empty());
    let (maker, made_of) = if plain {
        let mut all = vec![class_value];
        all.extend(
            args.downcast::<Tuple>()
                .map(|args| args.as_slice().to_vec())
                .unwrap_or_default(),
        );
        (abstract_ops::getattr(copyreg, &NEWOBJ)?, Tuple::new(all))
    } else {
        (
            abstract_ops::getattr(copyreg, &NEWOBJ_EX)?,
            Tuple::new([class_value, args, kwargs]),
        )
    };
    let is_list = class.has(TypeFlags::IS_LIST) || object.downcast::<List>().is_some();
    let is_dict = object.downcast::<Dict>().is_some();
    let state = state_of(object, !(has_arguments || is_list || is_dict))?;
    let list_items = if is_list {
        abstract_ops::iter(object)?
    } else {
        Value::none()
    };
    let dict_items = if is_dict {
        abstract_ops::iter(&abstract_ops::call_method(object, &names::ITEMS, &[])?)?
    } else {
        Value::none()
    };
    Ok(Tuple::new([maker, made_of.into_value(), state, list_items, dict_items]).into_value())
}

#[cold]
fn cannot_pickle(class: &Type) -> crate::exceptions::Raised {
    type_error(format!("cannot pickle '{}' object", class.name()))
}

static GETSTATE: Name = Name::new("__getstate__");

/// What `object.__getstate__()` gives.
pub fn getstate(object: &Value) -> PyResult {
    state_of(object, false)
}

/// `object.__getstate__()`; `required`: all of the state has to be visible in it.
fn state_of(object: &Value, required: bool) -> PyResult {
    let method = abstract_ops::getattr(object, &GETSTATE)?;
    if let Some(function) = method.downcast_exact::<BuiltinFunction>()
        && function.name() == "__getstate__"
        && object
            .class()
            .lookup_where(&GETSTATE)
            .is_some_and(|(owner, _)| owner.is_native::<Object>())
    {
        return default_state(object, required);
    }
    abstract_ops::call(&method, &[])
}

fn default_state(object: &Value, required: bool) -> PyResult {
    static SLOTNAMES: Name = Name::new("_slotnames");
    static SLOTNAMES_CACHE: Name = Name::new("__slotnames__");
    let class = object.class();
    if required && class.is_variable() {
        return Err(type_error(format!(
            "cannot pickle {} objects",
            class.name()
        )));
    }
    if required && !class.native().is_native::<Object>() {
        return Err(cannot_pickle(class));
    }
    let state = match abstract_ops::getattr_opt(object, &names::DICT)? {
        Some(dict) if dict.downcast_exact::<Dict>().is_some_and(Dict::is_empty) => Value::none(),
        Some(dict) => dict,
        None => Value::none(),
    };
    let names = match class.dict().get_str(&SLOTNAMES_CACHE) {
        Some(cached) => cached,
        None => {
            let copyreg = import_module("copyreg")?;
            abstract_ops::call_method(&copyreg, &SLOTNAMES, &[object_value(class)])?
        }
    };
    if names.is_none() {
        return Ok(state);
    }
    let slots = Dict::make();
    for name in abstract_ops::to_vec(&names)? {
        let Some(text) = name.downcast::<Str>() else {
            continue;
        };
        if let Some(value) = abstract_ops::getattr_opt(object, text)? {
            slots.insert(name.clone(), value)?;
        }
    }
    if slots.is_empty() {
        return Ok(state);
    }
    Ok(Tuple::new([state, slots.into_value()]).into_value())
}

/// `AttributeError` for a special attribute that is not there.
#[cold]
pub(crate) fn missing_special(object: &Value, name: &Str) -> crate::exceptions::Raised {
    attribute_error(object, name, name.to_string())
}
