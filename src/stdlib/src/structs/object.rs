//! `Struct`, and the iterator over many structs in a buffer.

use super::format::Format;
use super::{error, format_text};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::exceptions::{PyResult, memory_error, runtime_error, type_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::buffer::{self, Buffer};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::text_support::size_argument;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

fn check_count(format: &Format, values: &[Value], function: &str) -> PyResult<()> {
    if values.len() != format.values {
        return Err(error(format!(
            "{function} expected {} items for packing (got {})",
            format.values,
            values.len()
        )));
    }
    Ok(())
}

/// Bytes of a struct, all zero.
fn blank(size: usize) -> PyResult<Vec<u8>> {
    let mut bytes = Vec::new();
    if bytes.try_reserve_exact(size).is_err() {
        return Err(memory_error(""));
    }
    bytes.resize(size, 0);
    Ok(bytes)
}

pub fn pack_values(format: &Format, values: &[Value]) -> PyResult {
    check_count(format, values, "pack")?;
    let mut bytes = blank(format.size)?;
    format.pack(values, &mut bytes)?;
    Ok(Bytes::from_vec(bytes).into_value())
}

/// `pack_into(buffer, offset, *values)`
pub fn pack_in(format: &Format, args: &[Value]) -> PyResult<()> {
    let (buffer, offset, values) = match args {
        [buffer, offset, values @ ..] => (buffer, offset, values),
        [] => return Err(error("pack_into expected buffer argument")),
        [_] => return Err(error("pack_into expected offset argument")),
    };
    check_count(format, values, "pack_into")?;
    let target = match buffer.class().slots().buffer {
        Some(export) => export(buffer, false)?,
        None => return Err(not_writable(buffer)),
    };
    if target.readonly {
        return Err(not_writable(buffer));
    }
    let (length, size) = (target.len(), format.size);
    let offset = size_argument(offset)?;
    if offset < 0 {
        if offset.saturating_add_unsigned(size) > 0 {
            return Err(error(format!(
                "no space to pack {size} bytes at offset {offset}"
            )));
        }
        if offset.saturating_add_unsigned(length) < 0 {
            return Err(error(format!(
                "offset {offset} out of range for {length}-byte buffer"
            )));
        }
    }
    let start = if offset < 0 {
        (offset + length as isize) as usize
    } else {
        offset as usize
    };
    if start > length || length - start < size {
        return Err(error(format!(
            "pack_into requires a buffer of at least {} bytes for packing {size} bytes at offset {start} (actual buffer size is {length})",
            start.saturating_add(size)
        )));
    }
    // Conversions can run Python code, which must not see the memory half written to by a slice held here.
    let mut bytes = blank(size)?;
    format.pack(values, &mut bytes)?;
    if let Some(memory) = target.as_mut_slice() {
        memory[start..start + size].copy_from_slice(&bytes);
    }
    Ok(())
}

fn not_writable(value: &Value) -> taipan_vm::exceptions::Raised {
    type_error(format!(
        "argument must be read-write bytes-like object, not {}",
        value.class().name()
    ))
}

pub fn unpack_whole(format: &Format, source: &Value) -> PyResult {
    let bytes = buffer::bytes_like(source)?;
    if bytes.len() != format.size {
        return Err(error(format!(
            "unpack requires a buffer of {} bytes",
            format.size
        )));
    }
    Ok(Tuple::new(format.unpack(&bytes)).into_value())
}

pub fn unpack_at(format: &Format, source: &Value, offset: isize) -> PyResult {
    let bytes = buffer::bytes_like(source)?;
    let (length, size) = (bytes.len(), format.size);
    if offset < 0 {
        if offset.saturating_add_unsigned(size) > 0 {
            return Err(error(format!(
                "not enough data to unpack {size} bytes at offset {offset}"
            )));
        }
        if offset.saturating_add_unsigned(length) < 0 {
            return Err(error(format!(
                "offset {offset} out of range for {length}-byte buffer"
            )));
        }
    }
    let start = if offset < 0 {
        (offset + length as isize) as usize
    } else {
        offset as usize
    };
    if start > length || length - start < size {
        return Err(error(format!(
            "unpack_from requires a buffer of at least {} bytes for unpacking {size} bytes at offset {start} (actual buffer size is {length})",
            start.saturating_add(size)
        )));
    }
    Ok(Tuple::new(format.unpack(&bytes[start..start + size])).into_value())
}

pub fn iterate(format: Rc<Format>, source: &Value) -> PyResult {
    if format.size == 0 {
        return Err(error("cannot iteratively unpack with a struct of length 0"));
    }
    let bytes = buffer::bytes_like(source)?;
    if !bytes.len().is_multiple_of(format.size) {
        return Err(error(format!(
            "iterative unpacking requires a buffer of a multiple of {} bytes",
            format.size
        )));
    }
    Ok(Ref::new(UnpackIterator {
        header: Header::fresh(),
        format,
        bytes: RefCell::new(Some(bytes)),
        at: Cell::new(0),
    })
    .into_value())
}

/// Struct(fmt) --> compiled struct object
#[pyclass(name = "Struct", module = "_struct", weakref)]
#[repr(C)]
pub struct Struct {
    header: Header,
    /// `None` before `__init__`.
    parsed: RefCell<Option<(Rc<Format>, Ref<Str>)>>,
}

impl Struct {
    fn parts(&self) -> PyResult<(Rc<Format>, Ref<Str>)> {
        self.parsed
            .borrow()
            .clone()
            .ok_or_else(|| runtime_error("Struct object is not initialized"))
    }
    fn parsed(&self) -> PyResult<Rc<Format>> {
        self.parts().map(|parts| parts.0)
    }
}

fn no_keywords(name: &str, kwnames: Option<&Tuple>) -> PyResult<()> {
    if kwnames.is_some_and(|names| !names.is_empty()) {
        return Err(type_error(format!(
            "Struct.{name}() takes no keyword arguments"
        )));
    }
    Ok(())
}

#[pymethods]
impl Struct {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let native = Struct {
            header: Header::fresh(),
            parsed: RefCell::new(None),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot("Struct(format)")]
    fn init(&self, format: &Value) -> PyResult<()> {
        let text = format_text(format)?;
        let parsed = Format::parse(&text)?;
        let text = Str::from_latin1(&text);
        let old = self.parsed.replace(Some((parsed, text)));
        drop(old);
        Ok(())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let (_, text) = unsafe { this.downcast_unchecked::<Struct>() }.parts()?;
        let shown = taipan_vm::abstract_ops::repr(text.as_value())?;
        Ok(format!("{}({})", this.class().name(), shown.to_rust()))
    }
    /// S.pack(v1, v2, ...) -> bytes
    ///
    /// Return a bytes object containing values v1, v2, ... packed according
    /// to the format string S.format.  See help(struct) for more on format
    /// strings.
    #[pymethod("pack", raw)]
    fn pack(&self, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        no_keywords("pack", kwnames)?;
        let format = self.parsed()?;
        pack_values(&format, args)
    }
    /// S.pack_into(buffer, offset, v1, v2, ...)
    ///
    /// Pack the values v1, v2, ... according to the format string S.format
    /// and write the packed bytes into the writable buffer buf starting at
    /// offset.  Note that the offset is a required argument.  See
    /// help(struct) for more on format strings.
    #[pymethod("pack_into", raw)]
    fn pack_into(&self, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        no_keywords("pack_into", kwnames)?;
        let format = self.parsed()?;
        pack_in(&format, args)
    }
    /// Return a tuple containing unpacked values.
    ///
    /// Unpack according to the format string Struct.format. The buffer's size
    /// in bytes must be Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[pymethod("unpack($self, buffer, /)")]
    fn unpack(&self, buffer: &Value) -> PyResult {
        unpack_whole(&*self.parsed()?, buffer)
    }
    /// Return a tuple containing unpacked values.
    ///
    /// Values are unpacked according to the format string Struct.format.
    ///
    /// The buffer's size in bytes, starting at position offset, must be
    /// at least Struct.size.
    ///
    /// See help(struct) for more on format strings.
    #[pymethod("unpack_from($self, /, buffer, offset=0)")]
    fn unpack_from(&self, buffer: &Value, offset: isize) -> PyResult {
        unpack_at(&*self.parsed()?, buffer, offset)
    }
    /// Return an iterator yielding tuples.
    ///
    /// Tuples are unpacked from the given bytes source, like a repeated
    /// invocation of unpack_from().
    ///
    /// Requires that the bytes length be a multiple of the struct size.
    #[pymethod("iter_unpack($self, buffer, /)")]
    fn iter_unpack(&self, buffer: &Value) -> PyResult {
        iterate(self.parsed()?, buffer)
    }
    /// S.__sizeof__() -> size of S in memory, in bytes
    #[pymethod("__sizeof__($self, /)")]
    fn __sizeof__(&self) -> usize {
        let fields = self
            .parsed
            .borrow()
            .as_ref()
            .map_or(0, |(format, _)| format.fields.len());
        size_of::<Struct>() + size_of::<Format>() + fields * size_of::<super::format::Field>()
    }
    /// struct format string
    #[pygetset]
    fn format(&self) -> PyResult {
        Ok(self.parts()?.1.into_value())
    }
    /// struct size in bytes
    #[pygetset]
    fn size(&self) -> PyResult<usize> {
        Ok(self.parsed()?.size)
    }
}

#[pyclass(name = "unpack_iterator", module = "_struct", final)]
#[repr(C)]
pub struct UnpackIterator {
    header: Header,
    format: Rc<Format>,
    /// `None` when exhausted.
    bytes: RefCell<Option<Buffer>>,
    at: Cell<usize>,
}

#[pymethods]
impl UnpackIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let (at, size) = (self.at.get(), self.format.size);
        let values = self.bytes.borrow().as_ref().and_then(|bytes| {
            bytes
                .get(at..at + size)
                .map(|part| self.format.unpack(part))
        });
        match values {
            Some(values) => {
                self.at.set(at + size);
                Ok(Some(Tuple::new(values).into_value()))
            }
            None => {
                let old = self.bytes.take();
                drop(old);
                Ok(None)
            }
        }
    }
    /// Private method returning an estimate of the number of items left.
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> usize {
        let length = self.bytes.borrow().as_ref().map_or(0, |bytes| bytes.len());
        (length - self.at.get().min(length)) / self.format.size
    }
}
