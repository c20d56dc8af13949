//! `gc`: control of the cycle collector.
//!
//! The collector has two generations. They show as CPython's 0 and 2; 1 is always empty.

use taipan_macros::pymodule;

pub use gc::MODULE;

/// This module provides access to the garbage collector for reference cycles.
#[pymodule(name = "gc")]
mod gc {
    use std::cell::Cell;
    use std::time::Instant;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, type_error, value_error};
    use taipan_vm::gc::{Field, Generation, Hooks, collect as run, inspect};
    use taipan_vm::gil::Guarded;
    use taipan_vm::memory::heap;
    use taipan_vm::object::{Ref, flags};
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::sys::write_stderr;
    use taipan_vm::value::Value;

    const GENERATIONS: usize = 3;

    const DEBUG_STATS: i64 = 1;
    const DEBUG_COLLECTABLE: i64 = 2;
    const DEBUG_UNCOLLECTABLE: i64 = 4;
    const DEBUG_SAVEALL: i64 = 32;
    const DEBUG_LEAK: i64 = DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE | DEBUG_SAVEALL;

    struct State {
        debug: Cell<i64>,
        thresholds: Cell<[i64; GENERATIONS]>,
        /// Collections and objects collected, by generation.
        stats: Cell<[(usize, usize); GENERATIONS]>,
        started: Cell<Option<Instant>>,
        garbage: Field<Option<Value>>,
        callbacks: Field<Option<Value>>,
    }

    static STATE: Guarded<State> = Guarded(State {
        debug: Cell::new(0),
        thresholds: Cell::new([taipan_vm::gc::DEFAULT_THRESHOLD as i64, 10, 10]),
        stats: Cell::new([(0, 0); GENERATIONS]),
        started: Cell::new(None),
        garbage: Field::new(None),
        callbacks: Field::new(None),
    });

    fn debugs(flag: i64) -> bool {
        STATE.0.debug.get() & flag != 0
    }

    fn number(generation: Generation) -> usize {
        match generation {
            Generation::Young => 0,
            Generation::Full => 2,
        }
    }

    fn start(generation: Generation) {
        if debugs(DEBUG_STATS) {
            STATE.0.started.set(Some(Instant::now()));
            let (young, old) = inspect::sizes();
            write_stderr(&format!(
                "gc: collecting generation {}...\n\
                 gc: objects in each generation: {young} 0 {old}\n\
                 gc: objects in permanent generation: {}\n",
                number(generation),
                inspect::frozen_count(),
            ));
        }
        call_back("start", generation, 0);
    }

    fn stop(generation: Generation, found: usize) {
        let mut stats = STATE.0.stats.get();
        let (collections, collected) = &mut stats[number(generation)];
        *collections += 1;
        *collected += found;
        STATE.0.stats.set(stats);
        if debugs(DEBUG_STATS)
            && let Some(started) = STATE.0.started.take()
        {
            write_stderr(&format!(
                "gc: done, {found} unreachable, 0 uncollectable, {:.4}s elapsed\n",
                started.elapsed().as_secs_f64(),
            ));
        }
        call_back("stop", generation, found);
    }

    fn found(objects: &[Value]) {
        if !debugs(DEBUG_COLLECTABLE) {
            return;
        }
        for object in objects {
            let name = object.class().name().to_string();
            let address = object.raw().address();
            write_stderr(&format!("gc: collectable <{name} {address:p}>\n"));
        }
    }

    fn keep(objects: &[Value]) -> bool {
        if !debugs(DEBUG_SAVEALL) {
            return false;
        }
        if let Some(garbage) = STATE.0.garbage.get()
            && let Some(garbage) = garbage.downcast::<List>()
        {
            for object in objects {
                garbage.push(object.clone());
            }
        }
        true
    }

    /// Calls what is in `gc.callbacks`; what that raises goes to `sys.unraisablehook`.
    fn call_back(phase: &str, generation: Generation, collected: usize) {
        let callbacks = match STATE.0.callbacks.get() {
            Some(callbacks) => match callbacks.downcast::<List>() {
                Some(callbacks) => callbacks.to_vec(),
                None => return,
            },
            None => return,
        };
        if callbacks.is_empty() {
            return;
        }
        let info = record([
            ("generation", number(generation)),
            ("collected", collected),
            ("uncollectable", 0),
        ]);
        let args = [Str::new(phase).into_value(), info];
        let thread = taipan_vm::thread::thread();
        let pending = thread.raised.take();
        for callback in callbacks {
            if abstract_ops::call(&callback, &args).is_err() {
                taipan_vm::unraisable::report(
                    Some("Exception ignored while calling GC callback"),
                    Some(&callback),
                );
            }
        }
        thread.raised.set(pending);
    }

    fn record(entries: [(&str, usize); 3]) -> Value {
        let dict = Dict::make();
        for (name, count) in entries {
            dict.set_str(&Str::intern(name), Value::int(count as i64));
        }
        dict.into_value()
    }

    fn triple(items: [i64; 3]) -> Value {
        Tuple::new(items.map(Value::int)).into_value()
    }

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
        triple([young, taipan_vm::gc::young_collections() as i64, 0])
    }

    /// Return the current collection thresholds.
    #[pyfunction("get_threshold($module, /)")]
    fn get_threshold() -> Value {
        triple(STATE.0.thresholds.get())
    }

    /// Set the collection thresholds (the collection frequency).
    ///
    /// Setting 'threshold0' to zero disables collection.
    #[pyfunction("set_threshold", raw)]
    fn set_threshold(args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("gc.set_threshold() takes no keyword arguments"));
        }
        if args.is_empty() || args.len() > GENERATIONS {
            return Err(type_error("gc.set_threshold requires 1 to 3 arguments"));
        }
        let mut thresholds = STATE.0.thresholds.get();
        for (threshold, arg) in thresholds.iter_mut().zip(args) {
            *threshold = abstract_ops::to_i64(arg)?;
        }
        STATE.0.thresholds.set(thresholds);
        taipan_vm::gc::set_threshold(thresholds[0].max(0) as usize);
        Ok(())
    }

    /// Return a list of objects tracked by the collector (excluding the list returned).
    #[pyfunction("get_objects($module, /, generation=None)")]
    fn get_objects(generation: Option<&Value>) -> PyResult {
        let old = match generation.filter(|generation| !generation.is_none()) {
            None => None,
            Some(generation) => {
                if abstract_ops::index(generation).is_err() {
                    drop(taipan_vm::exceptions::take_raised());
                    return Err(type_error(format!(
                        "argument should be integer or None, not '{}'",
                        generation.class().name()
                    )));
                }
                match abstract_ops::to_i64(generation)? {
                    -1 => None,
                    0 => Some(false),
                    1 => return Ok(List::make(Vec::new()).into_value()),
                    2 => Some(true),
                    3.. => {
                        return Err(value_error(format!(
                            "generation parameter must be less than the number of \
                             available generations ({GENERATIONS})"
                        )));
                    }
                    _ => return Err(value_error("generation parameter cannot be negative")),
                }
            }
        };
        Ok(List::make(inspect::objects(old)).into_value())
    }

    /// Return a list of dictionaries containing per-generation statistics.
    #[pyfunction("get_stats($module, /)")]
    fn get_stats() -> Value {
        let stats = STATE.0.stats.get().map(|(collections, collected)| {
            record([
                ("collections", collections),
                ("collected", collected),
                ("uncollectable", 0),
            ])
        });
        List::make(stats.into()).into_value()
    }

    /// Return the list of objects that directly refer to any of 'objs'.
    #[pyfunction("get_referrers($module, /, *objs)")]
    fn get_referrers(objs: &[Value]) -> Value {
        List::make(inspect::referrers(objs)).into_value()
    }

    /// Return the list of objects that are directly referred to by 'objs'.
    #[pyfunction("get_referents($module, /, *objs)")]
    fn get_referents(objs: &[Value]) -> Value {
        let found = objs.iter().flat_map(inspect::referents).collect();
        List::make(found).into_value()
    }

    /// Returns true if the object is tracked by the garbage collector.
    #[pyfunction("is_tracked($module, obj, /)")]
    fn is_tracked(obj: &Value) -> bool {
        obj.header()
            .is_some_and(|header| header.has(flags::TRACKED))
    }

    /// Returns true if the object has been already finalized by the GC.
    #[pyfunction("is_finalized($module, obj, /)")]
    fn is_finalized(obj: &Value) -> bool {
        obj.header()
            .is_some_and(|header| header.has(flags::FINALIZED))
    }

    /// Freeze all current tracked objects and ignore them for future collections.
    #[pyfunction("freeze($module, /)")]
    fn freeze() {
        inspect::freeze();
    }

    /// Unfreeze all objects in the permanent generation.
    #[pyfunction("unfreeze($module, /)")]
    fn unfreeze() {
        inspect::unfreeze();
    }

    /// Return the number of objects in the permanent generation.
    #[pyfunction("get_freeze_count($module, /)")]
    fn get_freeze_count() -> usize {
        inspect::frozen_count()
    }

    /// Set the garbage collection debugging flags.
    #[pyfunction("set_debug($module, flags, /)")]
    fn set_debug(flags: i64) {
        STATE.0.debug.set(flags);
    }

    /// Get the garbage collection debugging flags.
    #[pyfunction("get_debug($module, /)")]
    fn get_debug() -> i64 {
        STATE.0.debug.get()
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        for (name, list) in [
            ("garbage", &STATE.0.garbage),
            ("callbacks", &STATE.0.callbacks),
        ] {
            let value: Ref<List> = List::make(Vec::new());
            let value = list.get().unwrap_or_else(|| value.into_value());
            list.set(Some(value.clone()));
            module.add(name, value);
        }
        for (name, bit) in [
            ("DEBUG_STATS", DEBUG_STATS),
            ("DEBUG_COLLECTABLE", DEBUG_COLLECTABLE),
            ("DEBUG_UNCOLLECTABLE", DEBUG_UNCOLLECTABLE),
            ("DEBUG_SAVEALL", DEBUG_SAVEALL),
            ("DEBUG_LEAK", DEBUG_LEAK),
        ] {
            module.add(name, Value::int(bit));
        }
        taipan_vm::gc::watch(Hooks {
            start,
            stop,
            found,
            keep,
        });
        Ok(())
    }
}
