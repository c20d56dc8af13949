//! `import`: finding, loading and running modules.
//!
//! Modules come from four places, in this order: `sys.modules`; modules written in Rust; `sys.path`;
//! and the standard library embedded in the binary, which counts as the last entry of the path.

mod find;
mod load;
mod loader;
mod spec;
mod wait;

pub use load::{run_main_module, run_source};
pub use spec::set_module_attributes;

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, Raised, raise_args, type_error, value_error};
use crate::names;
use crate::native::ModuleDef;
use crate::object::Ref;
use crate::objects::dict::Dict;
use crate::objects::module::Module;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::sync::OnceLock;

/// A source file of the embedded standard library.
#[derive(Clone, Copy)]
pub struct EmbeddedModule {
    /// Dotted.
    pub name: &'static str,
    pub is_package: bool,
    pub source: &'static [u8],
    /// Its bytecode, marshalled, as compiled without optimization below the library's folder.
    pub code: Option<&'static [u8]>,
    /// Path below the library's folder.
    pub path: &'static str,
}

/// What the embedder brings along.
#[derive(Clone, Copy)]
pub struct Library {
    pub natives: &'static [&'static ModuleDef],
    pub embedded: fn(&str) -> Option<EmbeddedModule>,
}

static LIBRARY: OnceLock<Library> = OnceLock::new();

/// Plugs the standard library in; once, at start-up.
pub fn set_library(library: Library) {
    let _ = LIBRARY.set(library);
}

pub(crate) fn library() -> Option<&'static Library> {
    LIBRARY.get()
}

/// Names of the modules written in Rust.
pub fn native_names() -> Vec<&'static str> {
    let mut names: Vec<&str> = vec!["builtins", "sys"];
    names.extend(
        library()
            .map_or(&[][..], |l| l.natives)
            .iter()
            .map(|d| d.name),
    );
    names.sort_unstable();
    names.dedup();
    names
}

/// `sys.modules`, if it is a dict.
pub fn modules() -> Option<Ref<Dict>> {
    crate::sys::attribute("modules").and_then(|m| Ref::from_value(m).ok())
}

/// A module from `sys.modules`.
pub fn loaded_module(name: &Str) -> Option<Value> {
    modules()?.get_str(name)
}

/// Imports a module by its full name and returns it itself.
pub fn import_module(name: &str) -> PyResult {
    let name = Str::intern(name);
    if let Some(module) = loaded_module(&name)
        && !module.is_none()
    {
        return Ok(module);
    }
    import_absolute(&name)
}

/// `__import__(name, globals, locals, fromlist, level)`.
pub fn import_name(name: &Str, globals: Option<&Dict>, fromlist: &Value, level: i64) -> PyResult {
    if level < 0 {
        return Err(value_error("level must be >= 0"));
    }
    let absolute = if level > 0 {
        resolve_relative(name, globals, level as usize)?
    } else {
        if name.is_empty() {
            return Err(value_error("Empty module name"));
        }
        name.interned()
    };
    let module = import_absolute(&absolute)?;
    let wants_names = !fromlist.is_none() && abstract_ops::is_true(fromlist)?;
    if wants_names {
        import_submodules(&module, &absolute, fromlist)?;
        return Ok(module);
    }
    if level == 0 {
        let text = name.to_rust();
        return match text.split_once('.') {
            None => Ok(module),
            Some((first, _)) => import_absolute(&Str::intern(first)),
        };
    }
    if name.is_empty() {
        return Ok(module);
    }
    // `import .a.b` has no syntax; `__import__` cuts the tail off.
    let text = name.to_rust();
    match text.split_once('.') {
        None => Ok(module),
        Some((first, _)) => {
            let cut = name.len() - first.chars().count();
            let keep = absolute.len() - cut;
            import_absolute(&absolute.substring(0..keep).interned())
        }
    }
}

fn resolve_relative(name: &Str, globals: Option<&Dict>, level: usize) -> PyResult<Ref<Str>> {
    let package = package_of(globals)?;
    let mut base: &str = &package.to_rust();
    for _ in 1..level {
        base = match base.rsplit_once('.') {
            Some((parent, _)) => parent,
            None => {
                return Err(exceptions::raise_new(
                    exceptions::IMPORT_ERROR.get(),
                    "attempted relative import beyond top-level package",
                ));
            }
        };
    }
    if base.is_empty() {
        return Err(no_parent());
    }
    if name.is_empty() {
        return Ok(Str::intern(base));
    }
    Ok(Str::intern(&format!("{base}.{name}")))
}

fn no_parent() -> Raised {
    exceptions::raise_new(
        exceptions::IMPORT_ERROR.get(),
        "attempted relative import with no known parent package",
    )
}

fn package_of(globals: Option<&Dict>) -> PyResult<Ref<Str>> {
    let Some(globals) = globals else {
        return Err(exceptions::raise_new(
            exceptions::KEY_ERROR.get(),
            "'__name__' not in globals",
        ));
    };
    if let Some(package) = globals.get_str(&names::PACKAGE)
        && !package.is_none()
    {
        return Ref::from_value(package).map_err(|_| type_error("package must be a string"));
    }
    if let Some(spec) = globals.get_str(&names::SPEC)
        && !spec.is_none()
        && let Some(parent) = abstract_ops::getattr_opt(&spec, &Str::intern("parent"))?
    {
        return Ref::from_value(parent).map_err(|_| type_error("__spec__.parent must be a string"));
    }
    let Some(name) = globals
        .get_str(&names::NAME)
        .and_then(|n| Ref::<Str>::from_value(n).ok())
    else {
        return Err(exceptions::raise_new(
            exceptions::KEY_ERROR.get(),
            "'__name__' not in globals",
        ));
    };
    if globals.get_str(&names::PATH).is_some() {
        return Ok(name);
    }
    match name.to_rust().rsplit_once('.') {
        Some((parent, _)) => Ok(Str::new(parent)),
        None => Err(no_parent()),
    }
}

/// Imports `a`, `a.b`, `a.b.c` in turn and returns the last.
fn import_absolute(name: &Ref<Str>) -> PyResult {
    if let Some(module) = loaded_module(name) {
        if module.is_none() {
            return Err(module_not_found(
                name,
                &format!("import of {name} halted; None in sys.modules"),
            ));
        }
        wait::until_initialized(&module)?;
        return Ok(module);
    }
    let text = name.to_rust().into_owned();
    let mut parent: Option<Value> = None;
    if let Some((parent_name, _)) = text.rsplit_once('.') {
        let parent_name = Str::intern(parent_name);
        parent = Some(import_absolute(&parent_name)?);
        // The parent may have imported it.
        if let Some(module) = loaded_module(name)
            && !module.is_none()
        {
            return Ok(module);
        }
    }
    let path = match &parent {
        None => None,
        Some(parent) => match abstract_ops::getattr_opt(parent, &names::PATH)? {
            Some(path) => Some(path),
            None => {
                let parent_name = text.rsplit_once('.').map_or("", |(p, _)| p);
                return Err(module_not_found(
                    name,
                    &format!("No module named '{text}'; '{parent_name}' is not a package"),
                ));
            }
        },
    };
    let Some(found) = find::find(&text, path.as_ref())? else {
        return Err(module_not_found(name, &format!("No module named '{text}'")));
    };
    let module = load::load(name, found)?;
    if let Some(parent) = parent {
        let child = text.rsplit_once('.').map_or(&text[..], |(_, c)| c);
        abstract_ops::setattr(&parent, &Str::intern(child), Some(&module))?;
    }
    Ok(module)
}

/// The names of `from package import …` that are submodules.
fn import_submodules(module: &Value, name: &Ref<Str>, fromlist: &Value) -> PyResult<()> {
    if abstract_ops::getattr_opt(module, &names::PATH)?.is_none() {
        return Ok(());
    }
    for item in abstract_ops::to_vec(fromlist)? {
        let Some(text) = item.downcast::<Str>() else {
            return Err(type_error(format!(
                "Item in ``from list'' must be str, not {}",
                item.class().name()
            )));
        };
        if text.is_text("*") {
            if let Some(all) = abstract_ops::getattr_opt(module, &Str::intern("__all__"))? {
                import_submodules(module, name, &all)?;
            }
            continue;
        }
        if abstract_ops::getattr_opt(module, text)?.is_some() {
            continue;
        }
        let full = Str::intern(&format!("{name}.{text}"));
        if let Err(raised) = import_absolute(&full) {
            // That it is no module is found out by the attribute access that follows.
            let missing = crate::thread::thread().raised.with(|r| {
                r.as_ref().is_some_and(|e| {
                    e.as_value()
                        .is_instance(exceptions::MODULE_NOT_FOUND_ERROR.get())
                        && e.field("name").is_some_and(|n| {
                            n.downcast::<Str>().is_some_and(|n| n.same_text(&full))
                        })
                })
            });
            if !missing {
                return Err(raised);
            }
            exceptions::catch(exceptions::MODULE_NOT_FOUND_ERROR.get());
        }
    }
    Ok(())
}

fn module_not_found(name: &Ref<Str>, message: &str) -> Raised {
    let raised = raise_args(
        exceptions::MODULE_NOT_FOUND_ERROR.get(),
        vec![Str::new(message).into_value()],
    );
    crate::thread::thread().raised.with(|e| {
        if let Some(e) = e {
            e.set_field("name", name.to_value());
        }
    });
    raised
}

/// `ImportError` of `from module import name`.
pub fn cannot_import_name(module: &Value, module_name: Option<Value>, name: &Str) -> Raised {
    let known = module_name
        .as_ref()
        .and_then(|n| n.downcast::<Str>())
        .map(|n| n.to_string());
    let shown = known
        .clone()
        .unwrap_or_else(|| "<unknown module name>".to_owned());
    let file = match abstract_ops::getattr_opt(module, &names::FILE) {
        Ok(file) => file,
        Err(raised) => return raised,
    };
    let initializing = module
        .downcast::<Module>()
        .is_some_and(wait::is_initializing);
    let place = file
        .as_ref()
        .and_then(|f| f.downcast::<Str>())
        .map_or("unknown location".to_owned(), |f| f.to_string());
    let message = if initializing {
        format!(
            "cannot import name '{name}' from partially initialized module '{shown}' (most likely due to a circular import) ({place})"
        )
    } else {
        format!("cannot import name '{name}' from '{shown}' ({place})")
    };
    let raised = raise_args(
        exceptions::IMPORT_ERROR.get(),
        vec![Str::new(&message).into_value()],
    );
    crate::thread::thread().raised.with(|e| {
        if let Some(e) = e {
            e.set_field("name", Str::new(&shown).into_value());
            e.set_field("name_from", Ref::from_ref(name).into_value());
            if let Some(file) = file {
                e.set_field("path", file);
            }
        }
    });
    raised
}

/// `importlib`-like arguments of a call, for the builtin.
pub fn import_call(args: &[Value]) -> PyResult {
    let name = args
        .first()
        .and_then(|n| n.downcast::<Str>())
        .ok_or_else(|| type_error("module name must be a string"))?;
    let globals = args.get(1).and_then(|g| g.downcast::<Dict>());
    let fromlist = args
        .get(3)
        .cloned()
        .unwrap_or_else(|| Tuple::empty().into_value());
    let level = match args.get(4) {
        Some(level) => abstract_ops::to_i64(level)?,
        None => 0,
    };
    import_name(name, globals, &fromlist, level)
}
