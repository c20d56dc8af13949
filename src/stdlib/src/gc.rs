//! `gc`: control of the cycle collector.

use taipan_macros::pymodule;

pub use gc::MODULE;

/// This module provides access to the garbage collector for reference cycles.
#[pymodule(name = "gc")]
mod gc {
    use std::cell::Cell;
    use taipan_vm::exceptions::{PyResult, not_implemented_error, value_error};
    use taipan_vm::gc::{Generation, collect as run};
    use taipan_vm::gil::Guarded;
    use taipan_vm::memory::heap;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// Run the garbage collector.
    ///
    /// With no arguments, run a full collection.  The number of unreachable
    /// objects is returned.
    #[pyfunction("collect($module, /, generation=2)")]
    fn collect(generation: i64) -> PyResult<usize> {
        match generation {
            0 => Ok(run(Generation::Young)),
            1 | 2 => Ok(run(Generation::Full)),
            _ => Err(value_error("invalid generation")),
        }
    }

    /// Enable automatic garbage collection.
    #[pyfunction("enable($module, /)")]
    fn enable() {
        taipan_vm::gc::enable(true);
    }

    /// Disable automatic garbage collection.
    #[pyfunction("disable($module, /)")]
    fn disable() {
        taipan_vm::gc::enable(false);
    }

    /// Returns true if automatic garbage collection is enabled.
    #[pyfunction("isenabled($module, /)")]
    fn isenabled() -> bool {
        taipan_vm::gc::is_enabled()
    }

    /// Return a three-tuple of the current collection counts.
    #[pyfunction("get_count($module, /)")]
    fn get_count() -> Value {
        let young = heap::young_count().max(0) as i64;
        Tuple::new([Value::int(young), Value::int(0), Value::int(0)]).into_value()
    }

    /// Return the current collection thresholds.
    #[pyfunction("get_threshold($module, /)")]
    fn get_threshold() -> Value {
        let (young, old) = THRESHOLD.0.get();
        Tuple::new([Value::int(young), Value::int(old), Value::int(10)]).into_value()
    }

    static THRESHOLD: Guarded<Cell<(i64, i64)>> = Guarded(Cell::new((2000, 10)));

    /// Set the collection thresholds (the collection frequency).
    ///
    /// Setting 'threshold0' to zero disables collection.
    #[pyfunction("set_threshold($module, threshold0, threshold1=10, threshold2=10, /)")]
    fn set_threshold(threshold0: i64, threshold1: i64, threshold2: i64) {
        let _ = threshold2;
        THRESHOLD.0.set((threshold0, threshold1));
        taipan_vm::gc::set_threshold(threshold0.max(0) as usize);
    }

    /// Return a list of objects tracked by the collector (excluding the list returned).
    #[pyfunction("get_objects($module, /, generation=None)")]
    fn get_objects(generation: Option<&Value>) -> PyResult {
        let _ = generation;
        Err(not_implemented_error(
            "gc.get_objects() is not implemented in Taipan",
        ))
    }

    /// Returns true if the object is tracked by the garbage collector.
    #[pyfunction("is_tracked($module, obj, /)")]
    fn is_tracked(obj: &Value) -> bool {
        obj.header()
            .is_some_and(|header| header.has(taipan_vm::object::flags::TRACKED))
    }

    /// Returns true if the object has been already finalized by the GC.
    #[pyfunction("is_finalized($module, obj, /)")]
    fn is_finalized(obj: &Value) -> bool {
        obj.header()
            .is_some_and(|header| header.has(taipan_vm::object::flags::FINALIZED))
    }

    /// Freeze all current tracked objects and ignore them for future collections.
    #[pyfunction("freeze($module, /)")]
    fn freeze() {}

    /// Unfreeze all objects in the permanent generation.
    #[pyfunction("unfreeze($module, /)")]
    fn unfreeze() {}

    /// Set the garbage collection debugging flags.
    #[pyfunction("set_debug($module, flags, /)")]
    fn set_debug(flags: i64) -> PyResult<()> {
        if flags == 0 {
            return Ok(());
        }
        Err(not_implemented_error(
            "gc.set_debug() is not implemented in Taipan",
        ))
    }

    /// Get the garbage collection debugging flags.
    #[pyfunction("get_debug($module, /)")]
    fn get_debug() -> i64 {
        0
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("garbage", List::make(Vec::new()).into_value());
        module.add("callbacks", List::make(Vec::new()).into_value());
        for (name, bit) in [
            ("DEBUG_STATS", 1),
            ("DEBUG_COLLECTABLE", 2),
            ("DEBUG_UNCOLLECTABLE", 4),
            ("DEBUG_SAVEALL", 32),
            ("DEBUG_LEAK", 38),
        ] {
            module.add(name, Value::int(bit));
        }
        Ok(())
    }
}
