//! `collections.defaultdict`.

use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, key_error, type_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::names;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{flags, object_value};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// defaultdict(default_factory=None, /, [...]) --> dict with default factory
///
/// The default factory is called without arguments to produce
/// a new value when a key is not present, in __getitem__ only.
/// A defaultdict compares equal to a dict with the same items.
/// All remaining arguments are treated the same as if they were
/// passed to the dict constructor, including keyword arguments.
#[pyclass(name = "defaultdict", module = "collections", gc, mapping)]
#[repr(C)]
pub struct DefaultDict {
    base: Dict,
    factory: Field<Option<Value>>,
}

impl DefaultDict {
    fn copy_of(this: &Value) -> PyResult {
        // SAFETY: the callers are methods of the class.
        let own = unsafe { this.downcast_unchecked::<DefaultDict>() };
        let factory = own.factory.get().unwrap_or_else(Value::none);
        abstract_ops::call(&object_value(this.class()), &[factory, this.clone()])
    }
}

#[pymethods]
impl DefaultDict {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let native = DefaultDict {
            base: Dict::empty(),
            factory: Field::new(None),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        // SAFETY: the slot's caller checked the class.
        let own = unsafe { this.downcast_unchecked::<DefaultDict>() };
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        let mut rest = args;
        let mut factory = None;
        if positional > 0 {
            factory = Some(&args[0]).filter(|factory| !factory.is_none());
            if factory.is_some_and(|factory| !abstract_ops::is_callable(factory)) {
                return Err(type_error("first argument must be callable or None"));
            }
            rest = &args[1..];
        }
        own.factory.set(factory.cloned());
        let init = Dict::class().slots().init.expect("dict has init");
        init(this, rest, kwnames)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: as above.
        let own = unsafe { this.downcast_unchecked::<DefaultDict>() };
        let repr = Dict::class().slots().repr.expect("dict has repr");
        let items = abstract_ops::str(&repr(this)?)?;
        let factory = match own.factory.get() {
            None => "None".to_owned(),
            Some(factory) => match factory.header() {
                Some(header) if header.has(flags::IN_REPR) => "...".to_owned(),
                _ => abstract_ops::repr(&factory)?.to_rust().into_owned(),
            },
        };
        Ok(format!(
            "{}({factory}, {})",
            this.class().name(),
            items.to_rust()
        ))
    }
    #[pyslot]
    fn or(left: &Value, right: &Value) -> PyResult {
        if left.downcast::<Dict>().is_none() || right.downcast::<Dict>().is_none() {
            return Ok(Value::not_implemented());
        }
        let own = if left.downcast::<DefaultDict>().is_some() {
            left
        } else {
            right
        };
        let factory = own
            .downcast::<DefaultDict>()
            .and_then(|own| own.factory.get());
        let new = abstract_ops::call(
            &object_value(own.class()),
            &[factory.unwrap_or_else(Value::none), left.clone()],
        )?;
        if let Some(new) = new.downcast::<Dict>() {
            new.update_from(right)?;
        }
        Ok(new)
    }
    /// Called by __getitem__ for missing key.
    #[pymethod("__missing__($self, key, /)")]
    fn __missing__(this: &Value, key: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let own = unsafe { this.downcast_unchecked::<DefaultDict>() };
        let Some(factory) = own.factory.get() else {
            return Err(key_error(key));
        };
        let value = abstract_ops::call(&factory, &[])?;
        own.base.insert(key.clone(), value.clone())?;
        Ok(value)
    }
    /// Return a shallow copy.
    #[pymethod("copy($self, /)")]
    fn copy(this: &Value) -> PyResult {
        DefaultDict::copy_of(this)
    }
    #[pymethod("__copy__($self, /)")]
    fn __copy__(this: &Value) -> PyResult {
        DefaultDict::copy_of(this)
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: as above.
        let own = unsafe { this.downcast_unchecked::<DefaultDict>() };
        let args = match own.factory.get() {
            Some(factory) => Tuple::new([factory]),
            None => Tuple::empty(),
        };
        let items = abstract_ops::iter(&abstract_ops::call_method(this, &names::ITEMS, &[])?)?;
        let parts = [
            object_value(this.class()),
            args.into_value(),
            Value::none(),
            Value::none(),
            items,
        ];
        Ok(Tuple::new(parts).into_value())
    }
    /// Factory for default value called by __missing__().
    #[pygetset]
    fn default_factory(&self) -> Value {
        self.factory.get().unwrap_or_else(Value::none)
    }
    #[pysetter(default_factory)]
    fn set_default_factory(&self, value: Option<&Value>) -> PyResult<()> {
        self.factory
            .set(value.filter(|value| !value.is_none()).cloned());
        Ok(())
    }
}
