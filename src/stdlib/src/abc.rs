//! `_abc`: what `abc.ABCMeta` remembers and checks.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::exceptions::PyResult;
use taipan_vm::object::{Header, object_value};
use taipan_vm::objects::class::{Type, TypeFlags};
use taipan_vm::objects::set::Set;
use taipan_vm::objects::weakref::Reference;
use taipan_vm::value::Value;

pub use abc::MODULE;

/// Classes, held weakly: by address, because hashing a class can run its metaclass's code. A class that
/// died stays here until another one takes its place.
#[derive(Default)]
struct Classes(RefCell<HashMap<u64, Value>>);

impl Classes {
    fn add(&self, class: &Type) -> PyResult<()> {
        let class = object_value(class);
        let reference = Reference::to(&class)?;
        self.0.borrow_mut().insert(class.raw().0, reference);
        Ok(())
    }
    fn contains(&self, class: &Value) -> bool {
        let known = self.0.borrow();
        let reference = known.get(&class.raw().0);
        reference.is_some_and(|reference| living(reference).is_some())
    }
    fn clear(&self) {
        self.0.borrow_mut().clear();
    }
    fn living(&self) -> Vec<Value> {
        self.0.borrow().values().filter_map(living).collect()
    }
    fn references(&self) -> PyResult {
        let set = Set::make();
        let references: Vec<Value> = self.0.borrow().values().cloned().collect();
        for reference in references {
            set.add(reference)?;
        }
        Ok(set.into_value())
    }
}

fn living(reference: &Value) -> Option<Value> {
    reference.downcast::<Reference>()?.get()
}

/// Internal state held by ABC machinery.
#[pyclass(name = "_abc_data", module = "_abc", final)]
#[repr(C)]
pub struct AbcData {
    header: Header,
    registry: Classes,
    cache: Classes,
    negative_cache: Classes,
    /// The token for which the negative cache holds.
    version: Cell<u64>,
}

#[pymethods]
impl AbcData {}

const COLLECTION: TypeFlags = TypeFlags::SEQUENCE.union(TypeFlags::MAPPING);

/// Whether patterns take instances for sequences or mappings reaches subclasses too, unless they have
/// an answer.
fn mark_collection(class: &Type, flag: TypeFlags) {
    if class.flags().intersects(COLLECTION) || !class.is_heap() {
        return;
    }
    class.set_flags(flag, true);
    for subclass in class.live_subclasses() {
        if let Some(subclass) = subclass.downcast::<Type>() {
            mark_collection(subclass, flag);
        }
    }
}

/// Module contains faster C implementation of abc.ABCMeta
#[pymodule(name = "_abc")]
mod abc {
    use super::*;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{assertion_error, runtime_error, type_error};
    use taipan_vm::names;
    use taipan_vm::object::Ref;
    use taipan_vm::objects::class_native::ensure;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::{Name, Str};
    use taipan_vm::objects::tuple::Tuple;

    struct Token(Cell<u64>);
    // SAFETY: guarded by the GIL.
    unsafe impl Sync for Token {}

    /// Counts registrations: each makes all negative caches void.
    static TOKEN: Token = Token(Cell::new(0));

    static IMPLEMENTATION: Name = Name::new("_abc_impl");
    static IS_ABSTRACT: Name = Name::new("__isabstractmethod__");
    static FLAGS: Name = Name::new("__abc_tpflags__");
    static SUBCLASSES: Name = Name::new("__subclasses__");

    fn data(class: &Value) -> PyResult<Ref<AbcData>> {
        let found = abstract_ops::getattr(class, &IMPLEMENTATION)?;
        Ref::from_value(found).map_err(|_| type_error("_abc_impl is set to a wrong type"))
    }

    /// Returns the current ABC cache token.
    ///
    /// The token is an opaque object (supporting equality testing) identifying the
    /// current version of the ABC cache for virtual subclasses. The token changes
    /// with every call to register() on any ABC.
    #[pyfunction("get_cache_token($module, /)")]
    fn get_cache_token() -> i64 {
        TOKEN.0.get() as i64
    }

    fn is_abstract(value: &Value) -> PyResult<bool> {
        match abstract_ops::getattr_opt(value, &IS_ABSTRACT)? {
            Some(answer) => abstract_ops::is_true(&answer),
            None => Ok(false),
        }
    }

    /// The class's own abstract methods, and those inherited ones that it does not implement.
    fn abstract_methods(class: &Value, own: &Type) -> PyResult {
        let mut found = Vec::new();
        for (name, value) in own.dict().items() {
            if is_abstract(&value)? {
                found.push(name);
            }
        }
        for base in own.bases().as_slice() {
            let Some(inherited) = abstract_ops::getattr_opt(base, &names::ABSTRACTMETHODS)? else {
                continue;
            };
            abstract_ops::for_each(&inherited, |name| {
                let Some(text) = name.downcast::<Str>() else {
                    return Err(type_error("__abstractmethods__ must hold strings"));
                };
                if let Some(value) = abstract_ops::getattr_opt(class, text)?
                    && is_abstract(&value)?
                {
                    found.push(name);
                }
                Ok(())
            })?;
        }
        Set::frozen_from(found)
    }

    /// Internal ABC helper for class set-up. Should be never used outside abc module.
    #[pyfunction("_abc_init($module, self, /)")]
    fn _abc_init(class: &Value) -> PyResult<()> {
        let Some(own) = class.downcast::<Type>() else {
            return Err(type_error("_abc_init() needs a class"));
        };
        let methods = abstract_methods(class, own)?;
        abstract_ops::setattr(class, &names::ABSTRACTMETHODS, Some(&methods))?;
        let data = Ref::new(AbcData {
            header: Header::fresh(),
            registry: Classes::default(),
            cache: Classes::default(),
            negative_cache: Classes::default(),
            version: Cell::new(TOKEN.0.get()),
        });
        abstract_ops::setattr(class, &IMPLEMENTATION, Some(&data.into_value()))?;
        let Some(flags) = own.dict().get_str(&FLAGS) else {
            return Ok(());
        };
        const SEQUENCE: i64 = 1 << 5;
        const MAPPING: i64 = 1 << 6;
        let flag = match abstract_ops::to_i64(&flags)? & (SEQUENCE | MAPPING) {
            0 => None,
            SEQUENCE => Some(TypeFlags::SEQUENCE),
            MAPPING => Some(TypeFlags::MAPPING),
            _ => {
                return Err(type_error(
                    "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING",
                ));
            }
        };
        if let Some(flag) = flag {
            own.set_flags(COLLECTION, false);
            own.set_flags(flag, true);
        }
        abstract_ops::setattr(class, &FLAGS, None)
    }

    /// Internal ABC helper for subclasss registration. Should be never used outside abc module.
    #[pyfunction("_abc_register($module, self, subclass, /)")]
    fn _abc_register(class: &Value, subclass: &Value) -> PyResult {
        let Some(own) = subclass.downcast::<Type>() else {
            return Err(type_error("Can only register classes"));
        };
        if abstract_ops::issubclass(subclass, class)? {
            return Ok(subclass.clone());
        }
        // Only now: a class may be registered with itself.
        if abstract_ops::issubclass(class, subclass)? {
            return Err(runtime_error("Refusing to create an inheritance cycle"));
        }
        data(class)?.registry.add(own)?;
        TOKEN.0.set(TOKEN.0.get() + 1);
        if let Some(class) = class.downcast::<Type>()
            && class.flags().intersects(COLLECTION)
        {
            mark_collection(own, class.flags() & COLLECTION);
        }
        Ok(subclass.clone())
    }

    fn check(class: &Value, subclass: &Value) -> PyResult {
        abstract_ops::call_method(class, &names::SUBCLASSCHECK, std::slice::from_ref(subclass))
    }

    /// Internal ABC helper for instance checks. Should be never used outside abc module.
    #[pyfunction("_abc_instancecheck($module, self, instance, /)")]
    fn _abc_instancecheck(class: &Value, instance: &Value) -> PyResult {
        let data = data(class)?;
        let shown = abstract_ops::getattr(instance, &names::CLASS)?;
        if data.cache.contains(&shown) {
            return Ok(Value::bool(true));
        }
        let real = object_value(instance.class());
        if real.is(&shown) {
            let current = data.version.get() == TOKEN.0.get();
            if current && data.negative_cache.contains(&shown) {
                return Ok(Value::bool(false));
            }
            return check(class, &shown);
        }
        let answer = check(class, &shown)?;
        match abstract_ops::is_true(&answer)? {
            true => Ok(answer),
            false => check(class, &real),
        }
    }

    /// Internal ABC helper for subclasss checks. Should be never used outside abc module.
    #[pyfunction("_abc_subclasscheck($module, self, subclass, /)")]
    fn _abc_subclasscheck(class: &Value, subclass: &Value) -> PyResult<bool> {
        let Some(own) = subclass.downcast::<Type>() else {
            return Err(type_error("issubclass() arg 1 must be a class"));
        };
        let data = data(class)?;
        if data.cache.contains(subclass) {
            return Ok(true);
        }
        if data.version.get() < TOKEN.0.get() {
            data.negative_cache.clear();
            data.version.set(TOKEN.0.get());
        } else if data.negative_cache.contains(subclass) {
            return Ok(false);
        }
        let answer = find(class, &data, own, subclass)?;
        let cache = match answer {
            true => &data.cache,
            false => &data.negative_cache,
        };
        cache.add(own)?;
        Ok(answer)
    }

    /// What is not in the caches: the hook, the bases, and all that is registered or derived.
    fn find(class: &Value, data: &AbcData, own: &Type, subclass: &Value) -> PyResult<bool> {
        let hooked =
            abstract_ops::call_method(class, &names::SUBCLASSHOOK, std::slice::from_ref(subclass))?;
        if !hooked.is_not_implemented() {
            if hooked.is(&Value::bool(true)) || hooked.is(&Value::bool(false)) {
                return abstract_ops::is_true(&hooked);
            }
            return Err(assertion_error(
                "__subclasshook__ must return either False, True, or NotImplemented",
            ));
        }
        if own.mro().as_slice().iter().any(|base| base.is(class)) {
            return Ok(true);
        }
        for registered in data.registry.living() {
            if abstract_ops::issubclass(subclass, &registered)? {
                return Ok(true);
            }
        }
        let derived = abstract_ops::call_method(class, &SUBCLASSES, &[])?;
        if derived.downcast::<List>().is_none() {
            return Err(type_error("__subclasses__() must return a list"));
        }
        for derived in abstract_ops::to_vec(&derived)? {
            if abstract_ops::issubclass(subclass, &derived)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Internal ABC helper for cache and registry debugging.
    ///
    /// Return shallow copies of registry, of both caches, and
    /// negative cache version. Don't call this function directly,
    /// instead use ABC._dump_registry() for a nice repr.
    #[pyfunction("_get_dump($module, self, /)")]
    fn _get_dump(class: &Value) -> PyResult<Ref<Tuple>> {
        let data = data(class)?;
        Ok(Tuple::new([
            data.registry.references()?,
            data.cache.references()?,
            data.negative_cache.references()?,
            Value::int(data.version.get() as i64),
        ]))
    }

    /// Internal ABC helper to reset registry of a given class.
    ///
    /// Should be only used by refleak.py
    #[pyfunction("_reset_registry($module, self, /)")]
    fn _reset_registry(class: &Value) -> PyResult<()> {
        data(class)?.registry.clear();
        Ok(())
    }

    /// Internal ABC helper to reset both caches of a given class.
    ///
    /// Should be only used by refleak.py
    #[pyfunction("_reset_caches($module, self, /)")]
    fn _reset_caches(class: &Value) -> PyResult<()> {
        let data = data(class)?;
        data.cache.clear();
        data.negative_cache.clear();
        Ok(())
    }

    #[pyexec]
    fn exec(_module: &Module) -> PyResult<()> {
        // Made before the first instance.
        ensure::<AbcData>();
        Ok(())
    }
}
