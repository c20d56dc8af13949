//! `_weakref`: the functions; the classes are the virtual machine's own.

use taipan_macros::pymodule;

pub use weakref::MODULE;

/// Weak-reference support module.
#[pymodule(
    name = "_weakref",
    classes(
        taipan_vm::objects::weakref::Reference,
        taipan_vm::objects::weakproxy::Proxy,
        taipan_vm::objects::weakproxy::CallableProxy
    )
)]
mod weakref {
    use taipan_vm::exceptions::PyResult;
    use taipan_vm::native::NativeClass;
    use taipan_vm::object::object_value;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::weakproxy;
    use taipan_vm::objects::weakref::{self, Reference};
    use taipan_vm::value::Value;

    /// Return the number of weak references to 'object'.
    #[pyfunction("getweakrefcount($module, object, /)")]
    fn getweakrefcount(object: &Value) -> i64 {
        weakref::references(object).len() as i64
    }

    /// Return a list of all weak reference objects pointing to 'object'.
    #[pyfunction("getweakrefs($module, object, /)")]
    fn getweakrefs(object: &Value) -> Value {
        List::make(weakref::references(object)).into_value()
    }

    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the
    /// proxy when 'object' is about to be finalized.
    #[pyfunction("proxy($module, object, callback=None, /)")]
    fn proxy(object: &Value, callback: Option<&Value>) -> PyResult {
        weakproxy::new_proxy(object, callback)
    }

    /// Atomically remove key from dict if it points to a dead weakref.
    #[pyfunction("_remove_dead_weakref($module, dct, key, /)")]
    fn _remove_dead_weakref(dct: &Dict, key: &Value) -> PyResult<()> {
        let found = dct.get(key)?;
        let dead = found.is_some_and(|found| {
            found
                .downcast::<Reference>()
                .is_some_and(|reference| reference.get().is_none())
        });
        if dead {
            dct.remove(key)?;
        }
        Ok(())
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("ref", object_value(Reference::class()));
        Ok(())
    }
}
