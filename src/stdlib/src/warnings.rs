//! `_warnings`: the Python face of the virtual machine's warnings.

use taipan_macros::pymodule;

pub use warnings::MODULE;

/// _warnings provides basic warning filtering support.
/// It is a helper module to speed up interpreter start-up.
#[pymodule(name = "_warnings")]
mod warnings {
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, type_error};
    use taipan_vm::import::import_module;
    use taipan_vm::object::Ref;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;
    use taipan_vm::warnings;

    #[pyattr("_defaultaction")]
    const DEFAULT_ACTION: &str = "default";
    #[pyattr]
    fn filters() -> Ref<List> {
        warnings::filters()
    }
    #[pyattr]
    fn _onceregistry() -> Ref<Dict> {
        warnings::once_registry()
    }

    fn given(value: Option<&Value>) -> Option<Value> {
        value.filter(|value| !value.is_none()).cloned()
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    ///
    ///   message
    ///     Text of the warning message.
    ///   category
    ///     The Warning category subclass. Defaults to UserWarning.
    ///   stacklevel
    ///     How far up the call stack to make this warning appear. A value of 2 for
    ///     example attributes the warning to the caller of the code calling warn().
    ///   source
    ///     If supplied, the destroyed object which emitted a ResourceWarning
    ///   skip_file_prefixes
    ///     An optional tuple of module filename prefixes indicating frames to skip
    ///     during stacklevel computations for stack frame attribution.
    #[pyfunction(
        "warn($module, /, message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())"
    )]
    fn warn(
        message: &Value,
        category: Option<&Value>,
        stacklevel: Option<i64>,
        source: Option<&Value>,
        skip_file_prefixes: Option<&Tuple>,
    ) -> PyResult<()> {
        let prefixes = skip_file_prefixes.map_or(&[][..], Tuple::as_slice);
        for prefix in prefixes {
            if prefix.downcast::<Str>().is_none() {
                return Err(type_error(format!(
                    "Found non-str '{}' in skip_file_prefixes.",
                    prefix.class().name()
                )));
            }
        }
        warnings::warn_at_level(
            message.clone(),
            given(category),
            stacklevel.unwrap_or(1),
            given(source),
            prefixes,
        )
    }

    /// Issue a warning, or maybe ignore it or raise an exception.
    #[pyfunction(
        "warn_explicit($module, /, message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)"
    )]
    #[allow(clippy::too_many_arguments)] // Python's own.
    fn warn_explicit(
        message: &Value,
        category: &Value,
        filename: &Str,
        lineno: i64,
        module: Option<&Value>,
        registry: Option<&Value>,
        module_globals: Option<&Value>,
        source: Option<&Value>,
    ) -> PyResult<()> {
        let registry = warnings::registry_of(registry)?;
        if let Some(globals) = given(module_globals) {
            if globals.downcast::<Dict>().is_none() {
                return Err(type_error(format!(
                    "module_globals must be a dict, not '{}'",
                    globals.class().name()
                )));
            }
            // The line to show may come from the module's loader.
            let linecache = import_module("linecache")?;
            abstract_ops::call_method(
                &linecache,
                &Str::intern("getlines"),
                &[Ref::from_ref(filename).into_value(), globals],
            )?;
        }
        warnings::warn_explicit(warnings::Warning {
            message: message.clone(),
            category: category.clone(),
            filename: Ref::from_ref(filename).into_value(),
            line: lineno,
            module: module.cloned(),
            registry: registry.as_deref(),
            source: given(source),
        })
    }

    #[pyfunction("_acquire_lock($module, /)")]
    fn _acquire_lock() {
        // Nothing that is guarded here lets another thread run in between.
    }
    #[pyfunction("_release_lock($module, /)")]
    fn _release_lock() {}

    #[pyfunction("_filters_mutated_lock_held($module, /)")]
    fn _filters_mutated_lock_held() {
        warnings::filters_mutated();
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let contextvars = import_module("_contextvars")?;
        let class = abstract_ops::getattr(&contextvars, &Str::intern("ContextVar"))?;
        let name = Str::intern("_warnings_context");
        let variable = abstract_ops::call(&class, &[name.to_value()])?;
        module.dict().set_str(&name, variable);
        Ok(())
    }
}
