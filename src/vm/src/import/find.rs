//! Where a module is.

use super::{EmbeddedModule, library};
use crate::abstract_ops;
use crate::exceptions::PyResult;
use crate::native::ModuleDef;
use crate::objects::str::Str;
use crate::value::Value;
use std::path::{Path, PathBuf};

pub enum Found {
    Native(&'static ModuleDef),
    Builtin(Value),
    Source {
        path: PathBuf,
        package: Option<PathBuf>,
    },
    Bytecode {
        path: PathBuf,
        package: Option<PathBuf>,
    },
    Embedded(EmbeddedModule),
    /// Folders without `__init__.py`.
    Namespace(Vec<String>),
}

/// Where the embedded library's files seem to lie.
pub const EMBEDDED_ROOT: &str = "<taipan>/lib/python3.14";

/// Finds a module; `path` is the parent package's `__path__`.
pub fn find(name: &str, path: Option<&Value>) -> PyResult<Option<Found>> {
    let tail = name.rsplit_once('.').map_or(name, |(_, tail)| tail);
    if path.is_none() && (name == "builtins" || name == "sys") {
        return Ok(super::modules()
            .and_then(|m| m.get_str(&Str::intern(name)))
            .map(Found::Builtin));
    }
    if let Some(library) = library()
        && let Some(def) = library.natives.iter().find(|d| d.name == name)
    {
        return Ok(Some(Found::Native(def)));
    }
    let entries = match path {
        Some(path) => abstract_ops::to_vec(path)?,
        None => match crate::sys::attribute("path") {
            Some(path) => abstract_ops::to_vec(&path)?,
            None => Vec::new(),
        },
    };
    let mut namespace = Vec::new();
    for entry in entries {
        let Some(entry) = entry.downcast::<Str>() else {
            continue;
        };
        let entry = entry.to_rust().into_owned();
        if entry.starts_with(EMBEDDED_ROOT) {
            if let Some(found) = embedded(name) {
                return Ok(Some(found));
            }
            continue;
        }
        let folder = if entry.is_empty() {
            PathBuf::from(".")
        } else {
            PathBuf::from(&entry)
        };
        let folder = if entry.is_empty() {
            std::env::current_dir().unwrap_or(folder)
        } else {
            folder
        };
        if let Some(found) = in_folder(&folder, tail) {
            return Ok(Some(found));
        }
        if folder.join(tail).is_dir() {
            namespace.push(folder.join(tail).to_string_lossy().into_owned());
        }
    }
    if path.is_none()
        && let Some(found) = embedded(name)
    {
        return Ok(Some(found));
    }
    Ok((!namespace.is_empty()).then_some(Found::Namespace(namespace)))
}

fn embedded(name: &str) -> Option<Found> {
    (library()?.embedded)(name).map(Found::Embedded)
}

fn in_folder(folder: &Path, tail: &str) -> Option<Found> {
    let package = folder.join(tail);
    let init = package.join("__init__.py");
    if init.is_file() {
        return Some(Found::Source {
            path: init,
            package: Some(package),
        });
    }
    let init = package.join("__init__.pyc");
    if init.is_file() {
        return Some(Found::Bytecode {
            path: init,
            package: Some(package),
        });
    }
    let source = folder.join(format!("{tail}.py"));
    if source.is_file() {
        return Some(Found::Source {
            path: source,
            package: None,
        });
    }
    let bytecode = folder.join(format!("{tail}.pyc"));
    bytecode.is_file().then_some(Found::Bytecode {
        path: bytecode,
        package: None,
    })
}
