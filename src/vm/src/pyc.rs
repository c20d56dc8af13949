//! Reading and writing `.pyc` files as the import system does (PEP 552).

use crate::exceptions::{self, PyResult, Raised};
use crate::object::Ref;
use crate::objects::bytes::Bytes;
use crate::objects::code::Code;
use crate::objects::str::Str;
use std::path::Path;
use std::sync::Arc;
use taipan_bytecode::marshal::{self, MarshalError};
use taipan_bytecode::pyc::{self, PycError, Validation};
use taipan_bytecode::verify::{self, VerifyError};
use taipan_bytecode::{CodeObject, Const};

/// Whether files that go by their source's hash are checked against it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HashCheck {
    /// Those that say so.
    #[default]
    Default,
    Always,
    Never,
}

impl HashCheck {
    pub fn by_name(name: &str) -> Option<HashCheck> {
        Some(match name {
            "default" => HashCheck::Default,
            "always" => HashCheck::Always,
            "never" => HashCheck::Never,
            _ => return None,
        })
    }
    pub fn name(self) -> &'static str {
        match self {
            HashCheck::Default => "default",
            HashCheck::Always => "always",
            HashCheck::Never => "never",
        }
    }
}

/// The source that a cache file is for.
pub struct Source<'s> {
    pub mtime: u32,
    pub size: u32,
    /// Reads it.
    pub text: &'s dyn Fn() -> PyResult<Vec<u8>>,
}

/// What a cache file is good for.
pub enum Cached {
    Code(Ref<Code>),
    /// To be made anew, by this rule.
    Stale(Validation),
}

/// The code in a cache file if it is up to date.
pub fn read_cache(data: &[u8], path: &Path, source: &Source<'_>) -> PyResult<Cached> {
    let fresh = Validation::Timestamp {
        mtime: source.mtime,
        size: source.size,
    };
    let Ok((validation, code)) = pyc::read_header(data) else {
        return Ok(Cached::Stale(fresh));
    };
    let expected = match validation {
        Validation::Timestamp { .. } => fresh,
        Validation::Hash { check_source, .. } => {
            let checked = match crate::sys::config().check_hash_based_pycs {
                HashCheck::Default => check_source,
                HashCheck::Always => true,
                HashCheck::Never => false,
            };
            if checked {
                Validation::Hash {
                    hash: pyc::source_hash(&(source.text)()?),
                    check_source,
                }
            } else {
                validation
            }
        }
    };
    if validation != expected {
        return Ok(Cached::Stale(expected));
    }
    load(code, path).map(Cached::Code)
}

/// The code of a module that has no source.
pub fn read_sourceless(data: &[u8], path: &Path, name: &str) -> PyResult<Ref<Code>> {
    match pyc::read_header(data) {
        Ok((_, code)) => load(code, path),
        Err(PycError::BadMagic) => {
            let magic = Bytes::from_slice(&data[..data.len().min(4)]).into_value();
            let (magic, name) = (crate::abstract_ops::repr(&magic)?, quoted(name)?);
            Err(import_error(format!("bad magic number in {name}: {magic}")))
        }
        Err(PycError::BadFlags(flags)) => {
            let name = quoted(name)?;
            Err(import_error(format!("invalid flags {flags} in {name}")))
        }
        Err(PycError::Truncated) => Err(exceptions::eof_error(format!(
            "reached EOF while reading pyc header of {}",
            quoted(name)?
        ))),
        Err(PycError::Marshal(error)) => Err(raise(error)),
    }
}

fn quoted(name: &str) -> PyResult<Ref<Str>> {
    crate::abstract_ops::repr(Str::new(name).as_value())
}

fn import_error(message: String) -> Raised {
    exceptions::raise_new(exceptions::IMPORT_ERROR.get(), message)
}

/// The code of a file that is run as a program.
pub fn read_program(data: &[u8]) -> PyResult<Ref<Code>> {
    if data.get(..4).is_some_and(|magic| magic != pyc::MAGIC) {
        return Err(exceptions::runtime_error("Bad magic number in .pyc file"));
    }
    let Some(code) = data.get(16..) else {
        return Err(exceptions::eof_error("EOF read where not expected"));
    };
    match marshal::loads(code) {
        // Of such locals CPython makes no code object.
        Ok(Const::Code(code)) if check(&code) != Err(VerifyError::BadLocals) => verified(code),
        _ => Err(exceptions::runtime_error("Bad code object in .pyc file")),
    }
}

fn load(data: &[u8], path: &Path) -> PyResult<Ref<Code>> {
    match marshal::loads(data).map_err(raise)? {
        Const::Code(code) => verified(code),
        _ => {
            let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
            let path = quoted(&path.to_string_lossy())?;
            Err(import_error(format!("Non-code object in {path}")))
        }
    }
}

/// Verifies code and the code within it.
fn check(code: &CodeObject) -> Result<(), VerifyError> {
    verify::verify(code)?;
    code.consts.iter().try_for_each(|constant| match constant {
        Const::Code(inner) => check(inner),
        _ => Ok(()),
    })
}

/// Bytecode that could leave the rails of the interpreter is refused, in nested code too.
fn verified(code: Arc<CodeObject>) -> PyResult<Ref<Code>> {
    match check(&code) {
        Ok(()) => Ok(Code::make(code)),
        Err(error) => Err(exceptions::value_error(error.to_string())),
    }
}

fn raise(error: MarshalError) -> Raised {
    match error {
        MarshalError::EndOfData | MarshalError::NoObject => {
            exceptions::eof_error(error.to_string())
        }
        _ => exceptions::value_error(error.to_string()),
    }
}

/// Writes a cache file, in one step so that readers see all or nothing; failures don't matter.
pub fn write_cache(path: &Path, code: &Code, validation: Validation) {
    let Some(folder) = path.parent() else { return };
    if std::fs::create_dir_all(folder).is_err() {
        return;
    }
    let data = pyc::write(validation, &Arc::new(code.plain()));
    let temporary = path.with_extension(format!("pyc.{}", std::process::id()));
    if std::fs::write(&temporary, data).is_ok() && std::fs::rename(&temporary, path).is_ok() {
        return;
    }
    let _ = std::fs::remove_file(&temporary);
}
