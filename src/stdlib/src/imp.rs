//! `_imp`: what `importlib` needs of the virtual machine.

use std::cell::Cell;
use taipan_macros::pymodule;

pub use imp::MODULE;

/// How often the import lock is held; there is one thread.
struct Depth(Cell<usize>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Depth {}
static DEPTH: Depth = Depth(Cell::new(0));

/// (Extremely) low-level import machinery bits as used by importlib.
#[pymodule(name = "_imp")]
mod imp {
    use super::DEPTH;
    use taipan_vm::abstract_ops as ops;
    use taipan_vm::bytecode::pyc;
    use taipan_vm::exceptions::{self, PyResult, Raised, raise_new, runtime_error, type_error};
    use taipan_vm::import;
    use taipan_vm::object::Ref;
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::code::Code;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    #[pyattr("pyc_magic_number_token")]
    const MAGIC: i64 = u32::from_le_bytes(pyc::MAGIC) as i64;

    /// (internal-only) Override PyConfig.use_frozen_modules.
    ///
    /// (-1: "off", 1: "on", 0: no override)
    /// See frozen_modules() in Lib/test/support/import_helper.py.
    #[pyfunction("_override_frozen_modules_for_tests($module, override, /)")]
    fn _override_frozen_modules_for_tests(_override: i64) {
        // No module is frozen.
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let check = taipan_vm::sys::config().check_hash_based_pycs;
        module.add(
            "check_hash_based_pycs",
            Str::intern(check.name()).into_value(),
        );
        Ok(())
    }

    /// Acquires the interpreter's import lock for the current thread.
    ///
    /// This lock should be used by import hooks to ensure thread-safety when
    /// importing modules. On platforms without threads, this function does nothing.
    #[pyfunction("acquire_lock($module, /)")]
    fn acquire_lock() {
        DEPTH.0.set(DEPTH.0.get() + 1);
    }

    /// Release the interpreter's import lock.
    ///
    /// On platforms without threads, this function does nothing.
    #[pyfunction("release_lock($module, /)")]
    fn release_lock() -> PyResult<()> {
        match DEPTH.0.get().checked_sub(1) {
            Some(depth) => {
                DEPTH.0.set(depth);
                Ok(())
            }
            None => Err(runtime_error("not holding the import lock")),
        }
    }

    /// Return True if the import lock is currently held, else False.
    ///
    /// On platforms without threads, return False.
    #[pyfunction("lock_held($module, /)")]
    fn lock_held() -> bool {
        DEPTH.0.get() != 0
    }

    /// Returns the list of file suffixes used to identify extension modules.
    #[pyfunction("extension_suffixes($module, /)")]
    fn extension_suffixes() -> Value {
        // Modules of machine code cannot be loaded.
        List::make(Vec::new()).into_value()
    }

    /// Returns True if the module name corresponds to a built-in module.
    #[pyfunction("is_builtin($module, name, /)")]
    fn is_builtin(name: &Str) -> i64 {
        let name = name.to_rust();
        match &*name {
            // They exist already and are not made again.
            "builtins" | "sys" => -1,
            name => import::native_names().contains(&name).into(),
        }
    }

    /// Create an extension module.
    #[pyfunction("create_builtin($module, spec, /)")]
    fn create_builtin(spec: &Value) -> PyResult {
        let name = ops::getattr(spec, &Str::intern("name"))?;
        let Some(text) = name.downcast::<Str>() else {
            return Err(type_error("name must be string"));
        };
        if let Some(module) = import::loaded_module(text) {
            return Ok(module);
        }
        let text = text.to_rust();
        if import::native_names().contains(&&*text) {
            return import::import_module(&text);
        }
        Ok(Value::none())
    }

    /// Initialize a built-in module.
    #[pyfunction("exec_builtin($module, mod, /)")]
    fn exec_builtin(_module: &Value) -> i64 {
        // Done when it was created.
        0
    }

    #[cold]
    fn no_extensions() -> Raised {
        raise_new(
            exceptions::IMPORT_ERROR.get(),
            "Taipan does not load extension modules of machine code",
        )
    }

    /// Create an extension module.
    #[pyfunction("create_dynamic($module, spec, file=<unrepresentable>, /)")]
    fn create_dynamic(_spec: &Value, _file: Option<&Value>) -> PyResult {
        Err(no_extensions())
    }

    /// Initialize an extension module.
    #[pyfunction("exec_dynamic($module, mod, /)")]
    fn exec_dynamic(_module: &Value) -> PyResult {
        Err(no_extensions())
    }

    #[cold]
    fn not_frozen(name: &Str) -> Raised {
        raise_new(
            exceptions::IMPORT_ERROR.get(),
            format!("No such frozen object named {name}"),
        )
    }

    /// Returns True if the module name corresponds to a frozen module.
    #[pyfunction("is_frozen($module, name, /)")]
    fn is_frozen(_name: &Str) -> bool {
        false
    }

    /// Returns True if the module name is of a frozen package.
    #[pyfunction("is_frozen_package($module, name, /)")]
    fn is_frozen_package(name: &Str) -> PyResult {
        Err(not_frozen(name))
    }

    /// Return info about the corresponding frozen module (if there is one) or None.
    #[pyfunction("find_frozen($module, name, /, *, withdata=False)")]
    fn find_frozen(_name: &Str, _withdata: bool) {}

    /// Create a code object for a frozen module.
    #[pyfunction("get_frozen_object($module, name, data=None, /)")]
    fn get_frozen_object(name: &Str, _data: Option<&Value>) -> PyResult {
        Err(not_frozen(name))
    }

    /// Initializes a frozen module.
    #[pyfunction("init_frozen($module, name, /)")]
    fn init_frozen(_name: &Str) {}

    /// Returns the list of available frozen modules.
    #[pyfunction("_frozen_module_names($module, /)")]
    fn _frozen_module_names() -> Value {
        List::make(Vec::new()).into_value()
    }

    #[pyfunction("source_hash($module, /, key, source)")]
    fn source_hash(key: i64, source: &Value) -> PyResult {
        use std::hash::Hasher;
        let source = buffer::bytes_like(source)?;
        let mut hasher = siphasher::sip::SipHasher13::new_with_keys(key as u64, 0);
        hasher.write(&source);
        Ok(Bytes::from_slice(&hasher.finish().to_le_bytes()).into_value())
    }

    /// Changes code.co_filename to specify the passed-in path.
    #[pyfunction("_fix_co_filename($module, code, path, /)")]
    fn _fix_co_filename(code: &Value, path: &Str) -> PyResult<()> {
        let Some(code) = code.downcast::<Code>() else {
            return Err(type_error(format!(
                "_fix_co_filename() argument 1 must be code, not {}",
                code.class().name()
            )));
        };
        if code.filename.same_text(path) {
            return Ok(());
        }
        // Code objects do not change here; a cache that was moved is compiled anew by the loader.
        Err(raise_new(
            exceptions::IMPORT_ERROR.get(),
            "the code belongs to another file",
        ))
    }

    /// The source of a module of the embedded library: text, whether it is a package, and the path
    /// below the library's folder.
    #[pyfunction("_embedded($module, name, /)")]
    fn _embedded(name: &Str) -> Value {
        let Some(module) = crate::embedded::find(&name.to_rust()) else {
            return Value::none();
        };
        let parts = [
            Bytes::from_slice(module.source).into_value(),
            Value::bool(module.is_package),
            Str::new(module.path).into_value(),
        ];
        let tuple: Ref<Tuple> = Tuple::new(parts);
        tuple.into_value()
    }
}
