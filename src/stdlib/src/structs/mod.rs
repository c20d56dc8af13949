//! `_struct`: values to bytes and back.

mod format;
mod object;

use crate::exception::ModuleException;
use format::Format;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use taipan_macros::pymodule;
use taipan_vm::exceptions::{self, PyResult, Raised, type_error};
use taipan_vm::gc::Field;
use taipan_vm::gil::Guarded;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

pub use structs::MODULE;

static ERROR: ModuleException =
    ModuleException::new("struct", "error", || exceptions::EXCEPTION.get());

#[cold]
fn error(message: impl Into<String>) -> Raised {
    ERROR.raise(message)
}

/// Formats kept; as many as in CPython.
const CACHE_LIMIT: usize = 100;

static CACHE: Guarded<RefCell<BTreeMap<Vec<u8>, Rc<Format>>>> =
    Guarded(RefCell::new(BTreeMap::new()));
static LAST: Guarded<Field<Option<(Value, Rc<Format>)>>> = Guarded(Field::new(None));

/// The text of a format, which is given as `str` or `bytes`.
fn format_text(value: &Value) -> PyResult<Vec<u8>> {
    if let Some(text) = value.downcast::<Str>() {
        if let Some(ascii) = text.as_ascii() {
            return Ok(ascii.as_bytes().to_vec());
        }
        let encoding = Str::new("ascii").into_value();
        taipan_vm::abstract_ops::call_method(value, &Str::intern("encode"), &[encoding])?;
    }
    match value.downcast::<Bytes>() {
        Some(bytes) => Ok(bytes.as_slice().to_vec()),
        None => Err(type_error(format!(
            "Struct() argument 1 must be a str or bytes object, not {}",
            value.class().name()
        ))),
    }
}

fn cached(value: &Value) -> PyResult<Rc<Format>> {
    // Literals are the same object each time.
    if let Some(format) = LAST.0.with(|last| match last {
        Some((text, format)) if text.is(value) => Some(format.clone()),
        _ => None,
    }) {
        return Ok(format);
    }
    let format = look_up(value)?;
    // The end of a plain string runs no code that could come back here.
    if value.is_exact(Str::class()) {
        LAST.0.set(Some((value.clone(), format.clone())));
    }
    Ok(format)
}

fn look_up(value: &Value) -> PyResult<Rc<Format>> {
    if let Some(ascii) = value.downcast::<Str>().and_then(Str::as_ascii)
        && let Some(format) = CACHE.0.borrow().get(ascii.as_bytes()).cloned()
    {
        return Ok(format);
    }
    let text = format_text(value)?;
    let format = Format::parse(&text)?;
    let mut cache = CACHE.0.borrow_mut();
    if cache.len() >= CACHE_LIMIT {
        cache.clear();
    }
    cache.insert(text, format.clone());
    Ok(format)
}

/// Functions to convert between Python values and C structs.
/// Python bytes objects are used to hold the data representing the C struct.
/// The format string (explained below) describes the layout of data
/// in the C struct.
///
/// The optional first format char indicates byte order, size and alignment:
///   @: native order, size & alignment (default)
///   =: native order, std. size & alignment
///   <: little-endian, std. size & alignment
///   >: big-endian, std. size & alignment
///   !: same as >
///
/// The remaining characters indicate types of args and must match exactly;
/// these can be preceded by a decimal repeat count:
///   x: pad byte (no data); c: char; b: signed byte; B: unsigned byte;
///   ?: _Bool; h: short; H: unsigned short; i: int; I: unsigned int;
///   l: long; L: unsigned long; q: long long; Q: unsigned long long;
///   f: float; d: double; e: half-float;
///   F: float complex; D: double complex.
/// Special cases (preceding decimal count indicates length):
///   s: byte string (array of char); p: Pascal string (with count byte).
/// Special cases (only available in native format):
///   n: ssize_t; N: size_t;
///   P: an integer type that is wide enough to hold a pointer.
/// Whitespace between formats is ignored.
///
/// The variable struct.error is an exception raised on errors.
#[pymodule(
    name = "_struct",
    classes(super::object::Struct, super::object::UnpackIterator)
)]
mod structs {
    use super::*;
    use crate::structs::object::{iterate, pack_in, pack_values, unpack_at, unpack_whole};
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::tuple::Tuple;

    fn no_keywords(name: &str, kwnames: Option<&Tuple>) -> PyResult<()> {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error(format!(
                "_struct.{name}() takes no keyword arguments"
            )));
        }
        Ok(())
    }

    fn first(args: &[Value]) -> PyResult<(Rc<Format>, &[Value])> {
        match args.split_first() {
            Some((format, rest)) => Ok((cached(format)?, rest)),
            None => Err(type_error("missing format argument")),
        }
    }

    /// Clear the internal cache.
    #[pyfunction("_clearcache($module, /)")]
    fn _clearcache() {
        CACHE.0.borrow_mut().clear();
        LAST.0.set(None);
    }

    /// Return size in bytes of the struct described by the format string.
    #[pyfunction("calcsize($module, format, /)")]
    fn calcsize(format: &Value) -> PyResult<usize> {
        Ok(cached(format)?.size)
    }

    /// pack(format, v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing the values v1, v2, ... packed according
    /// to the format string.  See help(struct) for more on format strings.
    #[pyfunction("pack", raw)]
    fn pack(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        no_keywords("pack", kwnames)?;
        let (format, values) = first(args)?;
        pack_values(&format, values)
    }

    /// pack_into(format, buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string and write
    /// the packed bytes into the writable buffer buf starting at offset.  Note
    /// that the offset is a required argument.  See help(struct) for more
    /// on format strings.
    #[pyfunction("pack_into", raw)]
    fn pack_into(args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        no_keywords("pack_into", kwnames)?;
        let (format, rest) = first(args)?;
        pack_in(&format, rest)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size in bytes must be calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[pyfunction("unpack($module, format, buffer, /)")]
    fn unpack(format: &Value, buffer: &Value) -> PyResult {
        unpack_whole(&*cached(format)?, buffer)
    }

    /// Return a tuple containing values unpacked according to the format string.
    ///
    /// The buffer's size, minus offset, must be at least calcsize(format).
    ///
    /// See help(struct) for more on format strings.
    #[pyfunction("unpack_from($module, format, /, buffer, offset=0)")]
    fn unpack_from(format: &Value, buffer: &Value, offset: isize) -> PyResult {
        unpack_at(&*cached(format)?, buffer, offset)
    }

    /// Return an iterator yielding tuples unpacked according to the format string.
    ///
    /// The bytes are unpacked according to the format string, like
    /// a repeated invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the struct size.
    #[pyfunction("iter_unpack($module, format, buffer, /)")]
    fn iter_unpack(format: &Value, buffer: &Value) -> PyResult {
        iterate(cached(format)?, buffer)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("error", ERROR.value()?);
        Ok(())
    }
}
