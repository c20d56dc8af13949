//! `binascii`: binary data as text, in several codings.

pub mod base64;
mod quoted;
mod uu;

use crate::exception::ModuleException;
use taipan_macros::pymodule;
use taipan_vm::exceptions::{self, PyResult, Raised, type_error, value_error};
use taipan_vm::objects::buffer::{self, Buffer};
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

pub use binascii::MODULE;

static ERROR: ModuleException =
    ModuleException::new("binascii", "Error", || exceptions::VALUE_ERROR.get());
static INCOMPLETE: ModuleException =
    ModuleException::new("binascii", "Incomplete", || exceptions::EXCEPTION.get());

#[cold]
fn error(message: impl Into<String>) -> Raised {
    ERROR.raise(message)
}

/// Coded data: bytes, or text that has to be ASCII.
enum Coded<'a> {
    Text(&'a [u8]),
    Bytes(Buffer),
}

impl std::ops::Deref for Coded<'_> {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Coded::Text(text) => text,
            Coded::Bytes(bytes) => bytes,
        }
    }
}

fn coded(value: &Value) -> PyResult<Coded<'_>> {
    if let Some(text) = value.downcast::<Str>() {
        return match text.as_ascii() {
            Some(text) => Ok(Coded::Text(text.as_bytes())),
            None => Err(value_error(
                "string argument should contain only ASCII characters",
            )),
        };
    }
    match buffer::try_bytes(value)? {
        Some(bytes) => Ok(Coded::Bytes(bytes)),
        None => Err(type_error(format!(
            "argument should be bytes, buffer or ASCII string, not '{}'",
            value.class().name()
        ))),
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// An argument that is taken modulo 2**32, as C does.
pub fn word_argument(value: &Value) -> PyResult<u32> {
    let number = taipan_vm::abstract_ops::index(value)?;
    let number = number.as_int().map(|int| int.to_big()).unwrap_or_default();
    let modulus = num_bigint::BigInt::from(1u64 << 32);
    let rest = ((number % &modulus) + &modulus) % &modulus;
    Ok(u32::try_from(rest).unwrap_or(0))
}

/// Conversion between binary data and ASCII
#[pymodule(name = "binascii")]
mod binascii {
    use super::*;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::bytes_like;
    use taipan_vm::objects::module::Module;

    fn bytes(data: Vec<u8>) -> Value {
        Bytes::from_vec(data).into_value()
    }

    /// Decode a line of base64 data.
    ///
    ///   strict_mode
    ///     When set to True, bytes that are not in the base64 standard are not allowed.
    ///     The same applies to excess data after padding (= / ==).
    #[pyfunction("a2b_base64($module, data, /, *, strict_mode=False)")]
    fn a2b_base64(data: &Value, strict_mode: bool) -> PyResult {
        base64::decode(&coded(data)?, strict_mode).map(bytes)
    }

    /// Base64-code line of data.
    #[pyfunction("b2a_base64($module, data, /, *, newline=True)")]
    fn b2a_base64(data: &Value, newline: bool) -> PyResult {
        Ok(bytes(base64::encode(&buffer::bytes_like(data)?, newline)))
    }

    fn from_hex(value: &Value) -> PyResult {
        let text = coded(value)?;
        if !text.len().is_multiple_of(2) {
            return Err(error("Odd-length string"));
        }
        let pairs = text.chunks_exact(2).map(|pair| {
            let (high, low) = (hex_digit(pair[0])?, hex_digit(pair[1])?);
            Some(high << 4 | low)
        });
        match pairs.collect() {
            Some(data) => Ok(bytes(data)),
            None => Err(error("Non-hexadecimal digit found")),
        }
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    /// This function is also available as "unhexlify()".
    #[pyfunction("a2b_hex($module, hexstr, /)")]
    fn a2b_hex(hexstr: &Value) -> PyResult {
        from_hex(hexstr)
    }

    /// Binary data of hexadecimal representation.
    ///
    /// hexstr must contain an even number of hex digits (upper or lower case).
    #[pyfunction("unhexlify($module, hexstr, /)")]
    fn unhexlify(hexstr: &Value) -> PyResult {
        from_hex(hexstr)
    }

    fn to_hex(data: &Value, sep: Option<&Value>, group: i64) -> PyResult {
        let text = bytes_like::hex(&buffer::bytes_like(data)?, sep, group)?;
        Ok(bytes(text.into_bytes()))
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "hexlify()".
    #[pyfunction("b2a_hex($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn b2a_hex(data: &Value, sep: Option<&Value>, bytes_per_sep: i64) -> PyResult {
        to_hex(data, sep, bytes_per_sep)
    }

    /// Hexadecimal representation of binary data.
    ///
    ///   sep
    ///     An optional single character or byte to separate hex bytes.
    ///   bytes_per_sep
    ///     How many bytes between separators.  Positive values count from the
    ///     right, negative values count from the left.
    ///
    /// The return value is a bytes object.  This function is also
    /// available as "b2a_hex()".
    #[pyfunction("hexlify($module, /, data, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hexlify(data: &Value, sep: Option<&Value>, bytes_per_sep: i64) -> PyResult {
        to_hex(data, sep, bytes_per_sep)
    }

    /// Decode a line of uuencoded data.
    #[pyfunction("a2b_uu($module, data, /)")]
    fn a2b_uu(data: &Value) -> PyResult {
        uu::decode(&coded(data)?).map(bytes)
    }

    /// Uuencode line of data.
    #[pyfunction("b2a_uu($module, data, /, *, backtick=False)")]
    fn b2a_uu(data: &Value, backtick: bool) -> PyResult {
        uu::encode(&buffer::bytes_like(data)?, backtick).map(bytes)
    }

    /// Decode a string of qp-encoded data.
    #[pyfunction("a2b_qp($module, /, data, header=False)")]
    fn a2b_qp(data: &Value, header: bool) -> PyResult {
        Ok(bytes(quoted::decode(&coded(data)?, header)))
    }

    /// Encode a string using quoted-printable encoding.
    ///
    /// On encoding, when istext is set, newlines are not encoded, and white
    /// space at end of lines is.  When istext is not set, \r and \n (CR/LF)
    /// are both encoded.  When quotetabs is set, space and tabs are encoded.
    #[pyfunction("b2a_qp($module, /, data, quotetabs=False, istext=True, header=False)")]
    fn b2a_qp(data: &Value, quotetabs: bool, istext: bool, header: bool) -> PyResult {
        let options = quoted::Options {
            tabs: quotetabs,
            text: istext,
            header,
        };
        Ok(bytes(quoted::encode(&buffer::bytes_like(data)?, options)))
    }

    /// Compute CRC-32 incrementally.
    #[pyfunction("crc32($module, data, crc=0, /)")]
    fn crc32(data: &Value, crc: Option<&Value>) -> PyResult<i64> {
        let bytes = buffer::bytes_like(data)?;
        let start = crc.map_or(Ok(0), word_argument)?;
        Ok(zlib_rs::crc32::crc32(start, &bytes).into())
    }

    /// Compute CRC-CCITT incrementally.
    #[pyfunction("crc_hqx($module, data, crc, /)")]
    fn crc_hqx(data: &Value, crc: &Value) -> PyResult<i64> {
        let bytes = buffer::bytes_like(data)?;
        let mut crc = word_argument(crc)? as u16;
        for &byte in bytes.iter() {
            crc ^= u16::from(byte) << 8;
            for _ in 0..8 {
                crc = if crc & 0x8000 != 0 {
                    crc << 1 ^ 0x1021
                } else {
                    crc << 1
                };
            }
        }
        Ok(crc.into())
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("Error", ERROR.value()?);
        module.add("Incomplete", INCOMPLETE.value()?);
        Ok(())
    }
}
