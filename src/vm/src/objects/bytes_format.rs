//! The `%` operator of `bytes` and `bytearray`.

use crate::abstract_ops as ops;
use crate::exceptions::{PyResult, overflow_error, type_error};
use crate::names;
use crate::objects::buffer;
use crate::objects::bytes::Bytes;
use crate::objects::str_format::{self, Target};
use crate::objects::text_support::raise_format;
use crate::text::Units;
use crate::text::percent::{self, Conversion};
use crate::value::Value;
use std::ops::Range;

/// Every byte is one character here.
struct BytesTarget<'a> {
    format: &'a [u8],
    out: Vec<u8>,
}

/// The bytes of `%b`: a buffer, or `__bytes__`.
fn bytes_argument(value: &Value) -> PyResult<Vec<u8>> {
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
    match buffer::try_bytes(value)? {
        Some(bytes) => Ok(bytes.to_vec()),
        None => Err(type_error(format!(
            "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
            value.class().name()
        ))),
    }
}

fn byte_argument(value: &Value) -> PyResult<u8> {
    if let Some(bytes) = buffer::bytes_or_bytearray(value) {
        if let [byte] = bytes[..] {
            return Ok(byte);
        }
        let kind = if value.downcast::<Bytes>().is_some() {
            "bytes"
        } else {
            "bytearray"
        };
        return Err(type_error(format!(
            "%c requires an integer in range(256) or a single byte, not a {kind} object of length {}",
            bytes.len()
        )));
    }
    if value.as_int().is_none() && value.class().slots().index.is_none() {
        return Err(type_error(format!(
            "%c requires an integer in range(256) or a single byte, not {}",
            value.class().name()
        )));
    }
    let number = ops::index(value)?;
    let byte = number
        .as_int()
        .and_then(|number| number.to_i64())
        .and_then(|number| u8::try_from(number).ok());
    byte.ok_or_else(|| overflow_error("%c arg not in range(256)"))
}

impl Target for BytesTarget<'_> {
    const WHAT: &'static str = "bytes";

    fn convert(
        &mut self,
        kind: char,
        conversion: &Conversion,
        value: &Value,
        width: usize,
        precision: Option<usize>,
    ) -> PyResult<bool> {
        let bytes = match kind {
            's' | 'b' => bytes_argument(value)?,
            'r' | 'a' => ops::ascii(value)?.bytes().to_vec(),
            'c' => vec![byte_argument(value)?],
            _ => return Ok(false),
        };
        let precision = if kind == 'c' { None } else { precision };
        let padded = percent::pad_text(Units::One(&bytes), conversion.flags, width, precision);
        self.push_text(padded.to_text().map_err(raise_format)?.units());
        Ok(true)
    }

    fn push_literal(&mut self, range: Range<usize>) {
        self.out.extend_from_slice(&self.format[range]);
    }

    fn push_text(&mut self, text: Units) {
        self.out.extend(text.points().map(|point| point as u8));
    }

    fn key(&self, range: Range<usize>) -> Value {
        Bytes::from_slice(&self.format[range]).into_value()
    }
}

/// `format % arguments`.
pub fn percent(format: &[u8], arguments: &Value) -> PyResult<Vec<u8>> {
    let mut target = BytesTarget {
        format,
        out: Vec::with_capacity(format.len()),
    };
    str_format::run(Units::One(format), arguments, &mut target)?;
    Ok(target.out)
}
