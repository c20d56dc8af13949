//! A virtual machine in the test's own process, without a standard library.

// No test uses all of it.
#![allow(dead_code)]

use taipan_compiler::Mode;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions;
use taipan_vm::object::Ref;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::module::Module;
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

/// The machines that the tier knows.
pub const TRIPLES: [&str; 2] = ["x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"];

pub fn processor(triple: &str) -> &str {
    triple.split('-').next().unwrap_or(triple)
}

/// Bytes of native stack: address space, only touched pages count.
const STACK: usize = 64 << 20;

/// Runs on a thread that is fit for Python code.
pub fn on_big_stack<R: Send + 'static>(run: impl FnOnce() -> R + Send + 'static) -> R {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(|| {
        taipan_vm::thread::attach(STACK);
        run()
    });
    let result = thread.expect("starting a thread").join();
    result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The virtual machine with one module; there can be one in a process.
pub struct Vm {
    globals: Ref<Dict>,
}

impl Vm {
    pub fn start() -> Vm {
        let started = taipan_vm::startup::initialize(Default::default());
        assert!(started.is_ok(), "{}", raised());
        Vm::with_new_module()
    }

    /// The same machine, where nothing is defined yet.
    pub fn with_new_module() -> Vm {
        let module = Module::make("__main__");
        let globals = module.dict();
        globals.set_str(
            &taipan_vm::names::NAME,
            Str::intern("__main__").into_value(),
        );
        globals.set_str(
            &taipan_vm::names::BUILTINS,
            taipan_vm::object::object_value(taipan_vm::builtins::module()),
        );
        Vm {
            globals: Ref::from_ref(globals),
        }
    }

    /// Runs a source in the module; the error is the traceback.
    pub fn run(&self, source: &str) -> Result<(), String> {
        taipan_vm::import::run_source(source.as_bytes(), "<test>", Mode::Exec, &self.globals)
            .map(drop)
            .map_err(|_| raised())
    }

    /// The module's Python functions, by their names.
    pub fn functions(&self) -> impl Iterator<Item = String> {
        self.globals
            .items()
            .into_iter()
            .filter(|(_, value)| value.downcast::<Function>().is_some())
            .filter_map(|(name, _)| Some(name.downcast::<Str>()?.to_string()))
    }

    pub fn get(&self, name: &str) -> Value {
        let value = self.globals.get_str(&Str::intern(name));
        value.unwrap_or_else(|| panic!("no {name} in the module"))
    }

    /// Calls a function without arguments; the error is the traceback.
    pub fn call(&self, name: &str) -> Result<Value, String> {
        abstract_ops::call(&self.get(name), &[]).map_err(|_| raised())
    }
}

/// What was raised last, as text.
pub fn raised() -> String {
    taipan_vm::builtins::format_exception(&exceptions::take_raised())
}
