//! The `sys` module, as far as it is the virtual machine's own; [`functions`] holds what Python calls.

mod functions;
mod info;
mod jit;

pub use functions::MODULE as FUNCTIONS;
pub use info::{VERSION, long_version, set_up};

use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::object::Ref;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::pyc::HashCheck;
use crate::value::Value;
use std::cell::UnsafeCell;

/// What the command line decides.
#[derive(Clone, Debug, Default)]
pub struct Config {
    pub argv: Vec<String>,
    pub orig_argv: Vec<String>,
    pub executable: String,
    pub optimize: u8,
    pub dont_write_bytecode: bool,
    pub unbuffered: bool,
    pub isolated: bool,
    pub ignore_environment: bool,
    pub no_user_site: bool,
    pub no_site: bool,
    pub inspect: bool,
    pub interactive: bool,
    pub quiet: bool,
    pub verbose: u8,
    pub safe_path: bool,
    pub bytes_warning: u8,
    pub dev_mode: bool,
    /// Code objects know lines, but no columns.
    pub no_debug_ranges: bool,
    pub int_max_str_digits: Option<i64>,
    pub check_hash_based_pycs: HashCheck,
    /// Where cache files go, in place of beside the sources; an empty name is none.
    pub pycache_prefix: Option<String>,
    pub xoptions: Vec<(String, Option<String>)>,
    pub warn_options: Vec<String>,
    pub path: Vec<String>,
}

struct State {
    module: Option<Ref<Module>>,
    config: Option<Config>,
    first_iter: Field<Option<Value>>,
    finalizer: Field<Option<Value>>,
}
struct Global(UnsafeCell<State>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Global {}
static STATE: Global = Global(UnsafeCell::new(State {
    module: None,
    config: None,
    first_iter: Field::new(None),
    finalizer: Field::new(None),
}));

#[allow(clippy::mut_from_ref)]
fn state() -> &'static mut State {
    // SAFETY: the GIL is held; the reference is short-lived.
    unsafe { &mut *STATE.0.get() }
}

pub(crate) fn set_module(module: Ref<Module>, config: Config) {
    let state = state();
    state.module = Some(module);
    state.config = Some(config);
}

pub fn module() -> Option<&'static Module> {
    // SAFETY: set at start-up and never replaced.
    state().module.as_ref().map(|m| unsafe { &*m.as_ptr() })
}

/// The command line's decisions.
pub fn config() -> Config {
    state().config.clone().unwrap_or_default()
}

/// `sys.name`, if it is there.
pub fn attribute(name: &str) -> Option<Value> {
    module()?.dict().get_str(&Str::intern(name))
}

pub fn set_attribute(name: &str, value: Value) {
    if let Some(module) = module() {
        module.dict().set_str(&Str::intern(name), value);
    }
}

/// Is this attribute set and true?
pub fn flag(name: &str) -> bool {
    attribute(name).is_some_and(|v| crate::abstract_ops::is_true(&v).unwrap_or(false))
}

/// Do code objects know columns?
pub fn debug_ranges() -> bool {
    state()
        .config
        .as_ref()
        .is_none_or(|config| !config.no_debug_ranges)
}

pub fn optimize_level() -> u8 {
    state().config.as_ref().map_or(0, |c| c.optimize)
}

/// The hooks that a new asynchronous generator gets: first iteration, finalizer.
pub fn asyncgen_hooks() -> (Option<Value>, Option<Value>) {
    (state().first_iter.get(), state().finalizer.get())
}

/// Writes to `sys.stderr`, or to the process's error output where that is missing or fails.
pub fn write_stderr(text: &str) {
    if let Some(stderr) = attribute("stderr") {
        if stderr.is_none() {
            return;
        }
        let thread = crate::thread::thread();
        let pending = thread.raised.take();
        let written = write_to(&stderr, text);
        thread.raised.set(pending);
        if written.is_ok() {
            return;
        }
    }
    use std::io::Write;
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn write_to(file: &Value, text: &str) -> PyResult<()> {
    crate::abstract_ops::call_method(file, &Str::intern("write"), &[Str::new(text).into_value()])?;
    crate::abstract_ops::call_method(file, &Str::intern("flush"), &[])?;
    Ok(())
}
