//! `__spec__`, `__file__`, `__path__` … of a module.

use crate::exceptions::PyResult;
use crate::names;
use crate::object::Ref;
use crate::objects::list::List;
use crate::objects::module::Module;
use crate::objects::simple_namespace::SimpleNamespace;
use crate::objects::str::Str;
use crate::value::Value;
use std::path::{Path, PathBuf};

/// Where a module came from.
pub enum Origin<'a> {
    Builtin,
    File {
        path: &'a Path,
        package: Option<&'a Path>,
    },
    Embedded {
        path: &'a str,
        is_package: bool,
    },
    Namespace(&'a [String]),
}

/// `__pycache__/NAME.taipan-314.pyc` beside the source, or below `sys.pycache_prefix`.
pub fn cache_path(path: &Path) -> Option<PathBuf> {
    let stem = path.file_stem()?.to_string_lossy().into_owned();
    let optimize = match crate::sys::optimize_level() {
        0 => String::new(),
        level => format!(".opt-{level}"),
    };
    let name = format!("{stem}.taipan-314{optimize}.pyc");
    let folder = path.parent()?;
    if let Some(prefix) = crate::sys::attribute("pycache_prefix")
        && let Some(prefix) = prefix.downcast::<Str>()
    {
        let absolute = std::path::absolute(folder).ok()?;
        let below = absolute.strip_prefix("/").ok()?;
        return Some(
            PathBuf::from(prefix.to_rust().into_owned())
                .join(below)
                .join(name),
        );
    }
    Some(folder.join("__pycache__").join(name))
}

/// Sets what import sets on a new module.
pub fn set_module_attributes(
    module: &Ref<Module>,
    name: &Ref<Str>,
    origin: Origin,
) -> PyResult<()> {
    let text = name.to_rust().into_owned();
    let string = |s: &str| Str::new(s).into_value();
    let parent = |is_package: bool| {
        if is_package {
            text.clone()
        } else {
            text.rsplit_once('.')
                .map_or(String::new(), |(p, _)| p.to_owned())
        }
    };
    let (file, cached, path, where_): (Option<String>, Option<String>, Option<Vec<String>>, Value) =
        match &origin {
            Origin::Builtin => (None, None, None, string("built-in")),
            Origin::File { path, package } => {
                let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
                let file = absolute.to_string_lossy().into_owned();
                // A module without a source is its own cache file.
                let cached = match absolute.extension().is_some_and(|end| end == "pyc") {
                    true => Some(file.clone()),
                    false => cache_path(&absolute).map(|p| p.to_string_lossy().into_owned()),
                };
                let folder = package.map(|p| {
                    vec![
                        std::path::absolute(p)
                            .unwrap_or_else(|_| p.to_path_buf())
                            .to_string_lossy()
                            .into_owned(),
                    ]
                });
                (Some(file.clone()), cached, folder, string(&file))
            }
            Origin::Embedded { path, is_package } => {
                let folder =
                    is_package.then(|| vec![path.trim_end_matches("/__init__.py").to_owned()]);
                (Some((*path).to_owned()), None, folder, string(path))
            }
            Origin::Namespace(folders) => (None, None, Some(folders.to_vec()), Value::none()),
        };
    let is_package = path.is_some();
    let dict = module.dict();
    let locations =
        path.map(|folders| List::make(folders.iter().map(|f| string(f)).collect()).into_value());
    let loader = match &origin {
        Origin::Embedded { .. } => super::loader::embedded_loader(),
        _ => Value::none(),
    };
    let spec = SimpleNamespace::make(&[
        ("name", name.to_value()),
        ("loader", loader.clone()),
        ("origin", where_),
        (
            "submodule_search_locations",
            locations.clone().unwrap_or_else(Value::none),
        ),
        ("loader_state", Value::none()),
        ("cached", cached.as_deref().map_or_else(Value::none, string)),
        ("parent", string(&parent(is_package))),
        ("has_location", Value::bool(file.is_some())),
        ("_initializing", Value::false_()),
        (
            "_uninitialized_submodules",
            List::make(Vec::new()).into_value(),
        ),
    ]);
    dict.set_str(&names::NAME, name.to_value());
    if dict.get_str(&names::DOC).is_none() {
        dict.set_str(&names::DOC, Value::none());
    }
    dict.set_str(&names::PACKAGE, string(&parent(is_package)));
    dict.set_str(&names::LOADER, loader);
    dict.set_str(&names::SPEC, spec);
    if let Some(locations) = locations {
        dict.set_str(&names::PATH, locations);
    }
    if let Some(file) = file {
        dict.set_str(&names::FILE, string(&file));
    }
    if let Some(cached) = cached {
        dict.set_str(&Str::intern("__cached__"), string(&cached));
    }
    Ok(())
}
