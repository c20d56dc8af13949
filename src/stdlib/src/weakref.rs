//! `_weakref`: what `weakref.py` stands on; the classes are the virtual machine's.

use taipan_macros::pymodule;

pub use weakref::MODULE;

/// Weak-reference support module.
#[pymodule(name = "_weakref")]
mod weakref {
    use taipan_vm::exceptions::{PyResult, type_error};
    use taipan_vm::native::NativeClass;
    use taipan_vm::object::object_value;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::weakproxy::{CallableProxy, Proxy, new_proxy};
    use taipan_vm::objects::weakref::{Reference, references};
    use taipan_vm::value::Value;

    /// Return the number of weak references to 'object'.
    #[pyfunction("getweakrefcount($module, object, /)")]
    fn getweakrefcount(object: &Value) -> usize {
        references(object).len()
    }

    /// Return a list of all weak reference objects pointing to 'object'.
    #[pyfunction("getweakrefs($module, object, /)")]
    fn getweakrefs(object: &Value) -> Value {
        List::make(references(object)).into_value()
    }

    /// Create a proxy object that weakly references 'object'.
    ///
    /// 'callback', if given, is called with a reference to the
    /// proxy when 'object' is about to be finalized.
    #[pyfunction("proxy($module, object, callback=None, /)")]
    fn proxy(object: &Value, callback: Option<&Value>) -> PyResult {
        new_proxy(object, callback)
    }

    /// Atomically remove key from dict if it points to a dead weakref.
    #[pyfunction("_remove_dead_weakref($module, dct, key, /)")]
    fn _remove_dead_weakref(dct: &Value, key: &Value) -> PyResult<()> {
        let Some(dict) = dct.downcast::<Dict>() else {
            return Err(type_error(format!(
                "_remove_dead_weakref() argument 1 must be dict, not {}",
                dct.class().name()
            )));
        };
        if let Some(found) = dict.get(key)?
            && let Some(reference) = found.downcast::<Reference>()
            && reference.get().is_none()
        {
            dict.remove(key)?;
        }
        Ok(())
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("ref", object_value(Reference::class()));
        module.add("ReferenceType", object_value(Reference::class()));
        module.add("ProxyType", object_value(Proxy::class()));
        module.add("CallableProxyType", object_value(CallableProxy::class()));
        Ok(())
    }
}
