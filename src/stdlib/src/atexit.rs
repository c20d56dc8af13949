//! `atexit`: functions to call when the interpreter ends, last registered first.

use taipan_macros::pymodule;

pub use atexit::MODULE;

/// allow programmer to define multiple exit functions to be executed
/// upon normal program termination.
#[pymodule(name = "atexit")]
mod atexit {
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, type_error};
    use taipan_vm::gc::Field;
    use taipan_vm::object::Ref;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    struct Exit {
        function: Value,
        arguments: Vec<Value>,
        kwnames: Option<Ref<Tuple>>,
    }

    struct Exits(Field<Vec<Exit>>);
    // SAFETY: guarded by the GIL.
    unsafe impl Sync for Exits {}
    static EXITS: Exits = Exits(Field::new(Vec::new()));

    /// Register a function to be executed upon normal program termination.
    #[pyfunction("register", raw)]
    fn register(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let plain = args.len() - kwnames.map_or(0, Tuple::len);
        if plain == 0 {
            return Err(type_error("register() takes at least 1 argument (0 given)"));
        }
        let function = args[0].clone();
        if !abstract_ops::is_callable(&function) {
            return Err(type_error("the first argument must be callable"));
        }
        let exit = Exit {
            function: function.clone(),
            arguments: args[1..].to_vec(),
            kwnames: kwnames.map(Ref::from_ref),
        };
        EXITS.0.with(|exits| exits.push(exit));
        Ok(function)
    }

    /// Unregister an exit function which was previously registered using
    /// atexit.register.
    #[pyfunction("unregister($module, func, /)")]
    fn unregister(func: &Value) -> PyResult<()> {
        let all = EXITS.0.replace(Vec::new());
        let mut kept = Vec::new();
        for exit in all {
            if !abstract_ops::equals(&exit.function, func)? {
                kept.push(exit);
            }
        }
        EXITS.0.with(|exits| {
            kept.append(exits);
            *exits = kept;
        });
        Ok(())
    }

    /// Clear the list of previously registered exit functions.
    #[pyfunction("_clear($module, /)")]
    fn _clear() {
        drop(EXITS.0.replace(Vec::new()));
    }

    /// Return the number of registered exit functions.
    #[pyfunction("_ncallbacks($module, /)")]
    fn _ncallbacks() -> usize {
        EXITS.0.with(|exits| exits.len())
    }

    /// Run all registered exit functions.
    #[pyfunction("_run_exitfuncs($module, /)")]
    fn _run_exitfuncs() {
        while let Some(exit) = EXITS.0.with(|exits| exits.pop()) {
            if abstract_ops::call_kw(&exit.function, &exit.arguments, exit.kwnames.as_deref())
                .is_err()
            {
                taipan_vm::unraisable::report(
                    Some("Exception ignored in atexit callback"),
                    Some(&exit.function),
                );
            }
        }
    }
}
