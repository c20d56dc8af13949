//! `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`: hash functions.

mod blake;
mod fixed;
mod sha3;

use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::objects::buffer;
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

pub use blake::MODULE as BLAKE2;
pub use fixed::{MD5, SHA1, SHA2};
pub use sha3::MODULE as SHA3;

/// Bytes to be hashed; they are copied, because hashing must not hold a buffer.
fn data_of(value: &Value) -> PyResult<Vec<u8>> {
    if value.downcast::<Str>().is_some() {
        return Err(type_error("Strings must be encoded before hashing"));
    }
    match buffer::try_bytes(value)? {
        Some(bytes) => Ok(bytes.to_vec()),
        None => Err(type_error("object supporting the buffer API required")),
    }
}

/// The first data of a constructor, given by position or by the old keyword.
fn first_data(data: Option<&Value>, string: Option<&Value>) -> PyResult<Vec<u8>> {
    let string = string.filter(|string| !string.is_none());
    match (data, string) {
        (Some(_), Some(_)) => Err(type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        )),
        (Some(data), None) => data_of(data),
        (None, Some(string)) => data_of(string),
        (None, None) => Ok(Vec::new()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
