//! Reading and writing `.pyc` files as the import system does.

use crate::exceptions::{self, PyResult};
use crate::object::Ref;
use crate::objects::code::Code;
use std::path::Path;
use taipan_bytecode::pyc::{self, Validation};

/// The code in a cache file that is up to date; anything else means: compile again.
pub fn read_cache(data: &[u8], mtime: u32, size: u32) -> Option<Ref<Code>> {
    let (validation, code) = pyc::read(data).ok()?;
    match validation {
        Validation::Timestamp { mtime: m, size: s } if m == mtime && s == size => {
            Some(Code::make(code))
        }
        _ => None,
    }
}

/// The code of a `.pyc` file, whatever its source.
pub fn read(data: &[u8], name: &str) -> PyResult<Ref<Code>> {
    match pyc::read(data) {
        Ok((_, code)) => Ok(Code::make(code)),
        Err(error) => Err(exceptions::raise_new(
            exceptions::IMPORT_ERROR.get(),
            format!("bad bytecode in {name:?}: {error:?}"),
        )),
    }
}

/// Writes a cache file, in one step so that readers see all or nothing; failures don't matter.
pub fn write_cache(path: &Path, code: &Code, mtime: u32, size: u32) {
    let Some(folder) = path.parent() else { return };
    if std::fs::create_dir_all(folder).is_err() {
        return;
    }
    let data = pyc::write(Validation::Timestamp { mtime, size }, &code.plain);
    let temporary = path.with_extension(format!("pyc.{}", std::process::id()));
    if std::fs::write(&temporary, data).is_ok() && std::fs::rename(&temporary, path).is_ok() {
        return;
    }
    let _ = std::fs::remove_file(&temporary);
}
