//! Modules whose code runs at the moment, and threads that wait for the end of that.

use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::gil::{self, Guarded};
use crate::objects::module::Module;
use crate::thread::{Thread, thread};
use crate::value::Value;
use std::time::Duration;

/// How often a thread that waits looks.
const PAUSE: Duration = Duration::from_millis(1);

struct Import {
    module: usize,
    thread: *const Thread,
}

struct Wait {
    thread: *const Thread,
    module: usize,
}

static RUNNING: Guarded<Field<Vec<Import>>> = Guarded(Field::new(Vec::new()));
static WAITS: Guarded<Field<Vec<Wait>>> = Guarded(Field::new(Vec::new()));

fn address(module: &Module) -> usize {
    module as *const Module as usize
}

/// The module's code begins to run.
pub fn begin(module: &Module) {
    let import = Import {
        module: address(module),
        thread: thread(),
    };
    RUNNING.0.with(|list| list.push(import));
}

/// It has ended.
pub fn end(module: &Module) {
    RUNNING
        .0
        .with(|list| list.retain(|import| import.module != address(module)));
}

fn runner(module: usize) -> Option<*const Thread> {
    RUNNING.0.with(|list| {
        let import = list.iter().find(|import| import.module == module)?;
        Some(import.thread)
    })
}

/// Is the module's code still running?
pub fn is_initializing(module: &Module) -> bool {
    runner(address(module)).is_some()
}

/// Does the thread wait for a module of this one, possibly by way of others?
fn waits_for_this(mut other: *const Thread) -> bool {
    loop {
        let wait = WAITS
            .0
            .with(|list| list.iter().find(|w| w.thread == other).map(|w| w.module));
        match wait.and_then(runner) {
            Some(next) if std::ptr::eq(next, thread()) => return true,
            Some(next) => other = next,
            None => return false,
        }
    }
}

/// Waits for another thread to have run the module's code, unless that one waits for this thread.
pub fn until_initialized(module: &Value) -> PyResult<()> {
    if RUNNING.0.with(|list| list.is_empty()) {
        return Ok(());
    }
    let Some(module) = module.downcast::<Module>().map(address) else {
        return Ok(());
    };
    while let Some(other) = runner(module)
        && !std::ptr::eq(other, thread())
        && !waits_for_this(other)
    {
        let me: *const Thread = thread();
        WAITS.0.with(|list| list.push(Wait { thread: me, module }));
        gil::released(|| std::thread::sleep(PAUSE));
        WAITS.0.with(|list| list.retain(|wait| wait.thread != me));
        crate::signals::run_handlers()?;
    }
    Ok(())
}
