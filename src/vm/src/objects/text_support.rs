//! From the algorithms in [`crate::text`] to `str` objects and exceptions.

use crate::exceptions::{
    PyResult, Raised, UNICODE_ENCODE_ERROR, memory_error, overflow_error, raise_args, type_error,
    value_error,
};
use crate::object::{Ref, object_value};
use crate::objects::str::Str;
use crate::text::format_spec::{FormatError, Padded};
use crate::text::{TextBuf, Units};
use crate::value::Value;

/// Raises what a formatter reports.
#[cold]
pub fn raise_format(error: FormatError) -> Raised {
    match error {
        FormatError::Value(message) => value_error(message),
        FormatError::Overflow(message) => overflow_error(message),
        FormatError::Memory => memory_error(""),
    }
}

/// The text in UTF-8; a UnicodeEncodeError where it holds a lone surrogate.
pub fn utf8_or_error(text: &Str) -> PyResult<String> {
    let at = match text.to_utf8() {
        Ok(bytes) => match String::from_utf8(bytes.into_owned()) {
            Ok(text) => return Ok(text),
            Err(error) => error.utf8_error().valid_up_to(),
        },
        Err(at) => at,
    };
    Err(raise_args(
        UNICODE_ENCODE_ERROR.get(),
        vec![
            Str::new("utf-8").into_value(),
            object_value(text),
            Value::int(at as i64),
            Value::int(at as i64 + 1),
            Str::new("surrogates not allowed").into_value(),
        ],
    ))
}

pub fn from_buffer(text: &TextBuf) -> Ref<Str> {
    Str::from_units(text.units())
}

/// A formatted number as a string.
pub fn from_padded(padded: &Padded<String>) -> PyResult {
    if padded.left + padded.inner + padded.right == 0 && padded.body.is_ascii() {
        let mut text = padded.prefix.clone();
        text.push_str(&padded.body);
        return Ok(Str::from_latin1(text.as_bytes()).into_value());
    }
    let text = padded.to_text().map_err(raise_format)?;
    Ok(from_buffer(&text).into_value())
}

/// The same with one code point, a surrogate perhaps, in place of the body.
pub fn from_padded_point(padded: &Padded<String>, point: u32) -> PyResult {
    let body = [point];
    let padded = Padded {
        fill: padded.fill,
        left: padded.left,
        prefix: padded.prefix.clone(),
        inner: padded.inner,
        body: Units::Four(&body),
        right: padded.right,
    };
    let text = padded.to_text().map_err(raise_format)?;
    Ok(from_buffer(&text).into_value())
}

/// The specification given to `__format__`.
pub fn format_spec(value: &Value) -> PyResult<&Str> {
    value.downcast::<Str>().ok_or_else(|| {
        let given = if value.is_none() {
            "None".to_owned()
        } else {
            value.class().name()
        };
        type_error(format!("__format__() argument must be str, not {given}"))
    })
}

/// An argument that is a size or a count: an int that fits a machine word.
pub fn size_argument(value: &Value) -> PyResult<isize> {
    let number = crate::abstract_ops::index(value)?;
    let size = number.as_int().and_then(|number| number.to_i64());
    size.map(|size| size as isize)
        .ok_or_else(|| overflow_error("Python int too large to convert to C ssize_t"))
}
