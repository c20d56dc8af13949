//! Making a module of what was found.

use super::EmbeddedModule;
use super::find::{EMBEDDED_ROOT, Found};
use super::spec::{self, Origin};
use crate::abstract_ops;
use crate::exceptions::{self, PyResult, Raised};
use crate::names;
use crate::object::Ref;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::pyc::Cached;
use crate::value::Value;
use std::path::Path;
use taipan_bytecode::pyc::Validation;
use taipan_compiler::Mode;

/// Loads a module and puts it into `sys.modules`.
pub fn load(name: &Ref<Str>, found: Found) -> PyResult {
    match found {
        Found::Builtin(module) => Ok(module),
        Found::Native(def) => {
            let module = Module::from_def(def)?;
            spec::set_module_attributes(&module, name, Origin::Builtin)?;
            register(name, &module)?;
            if let Some(exec) = def.exec
                && let Err(raised) = exec(&module)
            {
                unregister(name);
                return Err(raised);
            }
            Ok(module.into_value())
        }
        Found::Source { path, package } => {
            let code = source_code(&path)?;
            let origin = Origin::File {
                path: &path,
                package: package.as_deref(),
            };
            execute(name, origin, &code)
        }
        Found::Bytecode { path, package } => {
            let data = std::fs::read(&path).map_err(|e| exceptions::io_error(&e, None))?;
            let code = crate::pyc::read_sourceless(&data, &path, &name.to_rust())?;
            let origin = Origin::File {
                path: &path,
                package: package.as_deref(),
            };
            execute(name, origin, &code)
        }
        Found::Embedded(module) => {
            let path = format!("{EMBEDDED_ROOT}/{}", module.path);
            let code = embedded_code(&module, &path)?;
            execute(
                name,
                Origin::Embedded {
                    path: &path,
                    is_package: module.is_package,
                },
                &code,
            )
        }
        Found::Namespace(folders) => {
            let module = Module::make(&name.to_rust());
            spec::set_module_attributes(&module, name, Origin::Namespace(&folders))?;
            register(name, &module)?;
            Ok(module.into_value())
        }
    }
}

fn register(name: &Ref<Str>, module: &Ref<Module>) -> PyResult<()> {
    match crate::sys::attribute("modules") {
        Some(modules) => abstract_ops::setitem(&modules, name.as_value(), module.as_value()),
        None => Err(exceptions::runtime_error("unable to get sys.modules")),
    }
}

fn unregister(name: &Ref<Str>) {
    if let Some(modules) = super::modules() {
        modules.remove_str(name);
    }
}

/// Runs a module's code in a new module.
fn execute(name: &Ref<Str>, origin: Origin, code: &Ref<Code>) -> PyResult {
    let module = Module::make(&name.to_rust());
    spec::set_module_attributes(&module, name, origin)?;
    module.dict().set_str(
        &names::BUILTINS,
        crate::builtins::module_dict().into_value(),
    );
    register(name, &module)?;
    super::wait::begin(&module);
    let globals = Ref::from_ref(module.dict());
    let result = crate::interpreter::run_code(code, &globals, globals.as_value(), None);
    super::wait::end(&module);
    if let Err(raised) = result {
        let pending = crate::thread::thread().raised.take();
        unregister(name);
        crate::thread::thread().raised.set(pending);
        return Err(raised);
    }
    // The module may have replaced itself.
    super::loaded_module(name)
        .ok_or_else(|| exceptions::raise_args(exceptions::KEY_ERROR.get(), vec![name.to_value()]))
}

/// The code of a source file, from its cache where that is up to date; the cache is written if it can be.
fn source_code(path: &Path) -> PyResult<Ref<Code>> {
    let filename = path.to_string_lossy().into_owned();
    let metadata = std::fs::metadata(path).map_err(|e| exceptions::io_error(&e, None))?;
    let mtime = metadata
        .modified()
        .ok()
        .and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok())
        .map_or(0, |d| d.as_secs() as u32);
    let cache = super::spec::cache_path(path);
    let size = metadata.len() as u32;
    let text = || std::fs::read(path).map_err(|e| exceptions::io_error(&e, None));
    let mut validation = Validation::Timestamp { mtime, size };
    if let Some(cache) = &cache
        && let Ok(data) = std::fs::read(cache)
    {
        let source = crate::pyc::Source {
            mtime,
            size,
            text: &text,
        };
        match crate::pyc::read_cache(&data, cache, &source)? {
            Cached::Code(code) => return Ok(code),
            Cached::Stale(rule) => validation = rule,
        }
    }
    let source = text()?;
    let code = crate::builtins::compile::compile_source(
        &source,
        &filename,
        Mode::Exec,
        &Default::default(),
    )?;
    if let Some(cache) = cache
        && !crate::sys::flag("dont_write_bytecode")
    {
        crate::pyc::write_cache(&cache, &code, validation);
    }
    Ok(code)
}

/// The code of a module of the embedded library: made when the binary was, if it is the right one.
fn embedded_code(module: &EmbeddedModule, path: &str) -> PyResult<Ref<Code>> {
    if crate::sys::optimize_level() == 0
        && let Some(bytecode) = module.code
        && let Ok(code) = taipan_bytecode::marshal::loads_code(bytecode)
    {
        crate::memory::resident::release_data(bytecode);
        return Ok(Code::make(code));
    }
    crate::builtins::compile::compile_source(module.source, path, Mode::Exec, &Default::default())
}

/// Runs source text as `__main__`, in this module's dict.
pub fn run_source(source: &[u8], filename: &str, mode: Mode, globals: &Ref<Dict>) -> PyResult {
    let options = taipan_compiler::CompileOptions {
        optimize: crate::sys::optimize_level(),
        from_file: true,
        ..Default::default()
    };
    let code = crate::builtins::compile::compile_source(source, filename, mode, &options)?;
    crate::interpreter::run_code(&code, globals, globals.as_value(), None)
}

/// `-m name`: finds the module, by way of `runpy` as CPython does.
///
/// `alter_argv`: `sys.argv[0]` becomes the module's file; not so where the name stands for a script.
pub fn run_main_module(name: &str, alter_argv: bool) -> PyResult<()> {
    let runpy = super::import_module("runpy")?;
    let run = abstract_ops::getattr(&runpy, &Str::intern("_run_module_as_main"))?;
    abstract_ops::call(
        &run,
        &[Str::new(name).into_value(), Value::bool(alter_argv)],
    )?;
    Ok::<(), Raised>(())
}
