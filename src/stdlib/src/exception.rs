//! Exception classes that belong to a module: `struct.error`, `zlib.error` …

use std::cell::Cell;
use taipan_vm::exceptions::{PyResult, Raised, raise_new};
use taipan_vm::names;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Ref, object_value};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::class_new::new_class;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// A class made when it is first asked for, and kept.
pub struct ModuleException {
    module: &'static str,
    name: &'static str,
    base: fn() -> &'static Type,
    class: Cell<Option<&'static Type>>,
}

// SAFETY: touched only by the thread that holds the GIL.
unsafe impl Sync for ModuleException {}

impl ModuleException {
    pub const fn new(
        module: &'static str,
        name: &'static str,
        base: fn() -> &'static Type,
    ) -> ModuleException {
        ModuleException {
            module,
            name,
            base,
            class: Cell::new(None),
        }
    }

    pub fn get(&self) -> PyResult<&'static Type> {
        if let Some(class) = self.class.get() {
            return Ok(class);
        }
        let namespace = Dict::make();
        namespace.set_str(&names::MODULE, Str::intern(self.module).into_value());
        let made = new_class(
            Type::class(),
            &Str::intern(self.name),
            &Tuple::new([object_value((self.base)())]),
            &namespace,
            &[],
        )?;
        let Ok(class) = Ref::<Type>::from_value(made) else {
            return Err(taipan_vm::exceptions::system_error("not a class"));
        };
        // SAFETY: the reference is never given back, so the class lives as long as the process.
        let class = unsafe { &*std::mem::ManuallyDrop::new(class).as_ptr() };
        self.class.set(Some(class));
        Ok(class)
    }

    pub fn value(&self) -> PyResult<Value> {
        Ok(object_value(self.get()?))
    }

    #[cold]
    pub fn raise(&self, message: impl Into<String>) -> Raised {
        match self.get() {
            Ok(class) => raise_new(class, message),
            Err(raised) => raised,
        }
    }
}
