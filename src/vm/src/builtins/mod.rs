//! The `builtins` module.

mod build_class;
pub mod compile;
mod functions;
pub mod print;
mod print_exception;
pub(crate) mod scope;
mod sum;

pub use print_exception::{format_exception, print_exception};

use crate::exceptions::{self, PyResult};
use crate::names;
use crate::object::Ref;
use crate::objects::dict::Dict;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::value::Value;
use std::cell::UnsafeCell;

struct Slot(UnsafeCell<Option<Ref<Module>>>);
// SAFETY: set at start-up, then only read.
unsafe impl Sync for Slot {}
static MODULE: Slot = Slot(UnsafeCell::new(None));

pub(crate) fn set_module(module: Ref<Module>) {
    // SAFETY: start-up is single-threaded.
    unsafe { *MODULE.0.get() = Some(module) }
}

/// The module itself.
pub fn module() -> &'static Module {
    // SAFETY: set at start-up and never replaced.
    unsafe {
        &*(*MODULE.0.get())
            .as_ref()
            .expect("builtins are set up at start-up")
            .as_ptr()
    }
}

/// The dict that names are looked up in.
pub fn module_dict() -> Ref<Dict> {
    Ref::from_ref(module().dict())
}

/// A builtin by name.
pub fn lookup(name: &str) -> PyResult {
    module().dict().get_str(&Str::intern(name)).ok_or_else(|| {
        exceptions::raise_new(
            exceptions::NAME_ERROR.get(),
            format!("name '{name}' is not defined"),
        )
    })
}

struct Constants(UnsafeCell<Vec<Value>>);
// SAFETY: set at start-up, then only read.
unsafe impl Sync for Constants {}
static COMMON_CONSTANTS: Constants = Constants(UnsafeCell::new(Vec::new()));

/// What `LOAD_COMMON_CONSTANT` refers to whatever names mean: as the builtins are at start-up.
pub fn common_constant(number: u32) -> &'static Value {
    // SAFETY: set at start-up and never changed.
    unsafe { &(&*COMMON_CONSTANTS.0.get())[number as usize] }
}

/// The builtins that code with these globals sees: `__builtins__`, a module or a dict.
pub fn builtins_of(globals: &Dict) -> Ref<Dict> {
    match globals.get_str(&names::BUILTINS) {
        Some(found) => match found.downcast::<Module>() {
            Some(module) => Ref::from_ref(module.dict()),
            None => Ref::from_value(found).unwrap_or_else(|_: Value| module_dict()),
        },
        None => module_dict(),
    }
}

/// Makes the module; classes go in by name.
pub(crate) fn set_up() -> PyResult<()> {
    let module = Module::from_def(&functions::MODULE)?;
    set_module(module.clone());
    let set = |name: &str, value: Value| module.dict().set_str(&Str::intern(name), value);
    set("None", Value::none());
    set("True", Value::true_());
    set("False", Value::false_());
    set("NotImplemented", Value::not_implemented());
    set("Ellipsis", Value::ellipsis());
    set("__debug__", Value::bool(crate::sys::optimize_level() == 0));
    for class in crate::startup::builtin_classes() {
        set(&class.name(), crate::object::object_value(class));
    }
    for exception in exceptions::ALL {
        set(exception.name, crate::object::object_value(exception.get()));
    }
    set(
        "EnvironmentError",
        crate::object::object_value(exceptions::OS_ERROR.get()),
    );
    set(
        "IOError",
        crate::object::object_value(exceptions::OS_ERROR.get()),
    );
    let constants = [
        "AssertionError",
        "NotImplementedError",
        "tuple",
        "all",
        "any",
    ]
    .into_iter()
    .map(lookup)
    .collect::<PyResult<Vec<Value>>>()?;
    // SAFETY: start-up is single-threaded.
    unsafe { *COMMON_CONSTANTS.0.get() = constants }
    Ok(())
}
