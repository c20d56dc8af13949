//! Bytes from other objects: the constructors of `bytes` and `bytearray`.

use crate::abstract_ops as ops;
use crate::exceptions::{PyResult, memory_error, type_error, value_error};
use crate::names;
use crate::objects::bytes::Bytes;
use crate::objects::memoryview::{self, Memoryview};
use crate::objects::str::Str;
use crate::objects::{buffer, codec};
use crate::text::format_spec::MAX_WIDTH;
use crate::value::Value;

/// One byte from an int.
pub fn byte(value: &Value, message: &str) -> PyResult<u8> {
    let number = ops::index(value)?;
    let byte = number
        .as_int()
        .and_then(|number| number.to_i64())
        .and_then(|number| u8::try_from(number).ok());
    byte.ok_or_else(|| value_error(message))
}

pub const BYTE_RANGE: &str = "byte must be in range(0, 256)";

/// The bytes of a buffer or of an iterable of ints; `class` is the class being made.
pub fn from_object(value: &Value, class: &str) -> PyResult<Vec<u8>> {
    // A view may have gaps; they are no obstacle to copying.
    if value.downcast::<Memoryview>().is_some() {
        return memoryview::bytes_of(value);
    }
    if let Some(bytes) = buffer::try_bytes(value)? {
        return Ok(bytes.to_vec());
    }
    let iterable = value.class().slots().iter.is_some() || value.class().slots().getitem.is_some();
    if !iterable || value.downcast::<Str>().is_some() {
        return Err(type_error(format!(
            "cannot convert '{}' object to {class}",
            value.class().name()
        )));
    }
    let message = if class == "bytes" {
        "bytes must be in range(0, 256)"
    } else {
        BYTE_RANGE
    };
    let mut out = Vec::new();
    ops::for_each(value, |item| {
        out.push(byte(&item, message)?);
        Ok(())
    })?;
    Ok(out)
}

/// What `int.from_bytes` takes: `__bytes__`, a buffer, or an iterable of ints.
pub fn bytes_of(value: &Value) -> PyResult<Vec<u8>> {
    if let Some(bytes) = value.downcast_exact::<Bytes>() {
        return Ok(bytes.as_slice().to_vec());
    }
    if let Some(made) = ops::call_special(value, &names::BYTES, &[])? {
        return match made.downcast::<Bytes>() {
            Some(bytes) => Ok(bytes.as_slice().to_vec()),
            None => Err(type_error(format!(
                "__bytes__ returned non-bytes (type {})",
                made.class().name()
            ))),
        };
    }
    from_object(value, "bytes")
}

/// `bytes(source, encoding, errors)` and `bytearray(…)`, without `__bytes__`.
pub fn construct(
    source: Option<&Value>,
    encoding: Option<&Str>,
    errors: Option<&Str>,
    class: &str,
) -> PyResult<Vec<u8>> {
    let Some(source) = source else {
        if encoding.is_some() || errors.is_some() {
            return Err(type_error("encoding without a string argument"));
        }
        return Ok(Vec::new());
    };
    if let Some(text) = source.downcast::<Str>() {
        if encoding.is_none() {
            return Err(type_error("string argument without an encoding"));
        }
        let encoded = codec::encode(text, encoding, errors)?;
        return Ok(encoded
            .downcast::<Bytes>()
            .map_or_else(Vec::new, |bytes| bytes.as_slice().to_vec()));
    }
    if encoding.is_some() || errors.is_some() {
        return Err(type_error("encoding without a string argument"));
    }
    if source.as_int().is_some() || source.class().slots().index.is_some() {
        let count = ops::index_isize(source, crate::exceptions::OVERFLOW_ERROR.get())?;
        let count = usize::try_from(count).map_err(|_| value_error("negative count"))?;
        if count > MAX_WIDTH / 8 {
            return Err(memory_error(""));
        }
        return Ok(vec![0; count]);
    }
    from_object(source, class)
}
