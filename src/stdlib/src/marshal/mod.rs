//! `marshal`: values as bytes, in the format of `.pyc` files.

mod code;
mod read;
mod write;

use taipan_macros::pymodule;

pub use marshal::MODULE;

/// The newest version of the format.
const VERSION: i64 = 5;

/// Deepest nesting that is read or written.
const MAX_DEPTH: usize = 2000;

/// Set in a type byte: a later reference may name the object.
const FLAG_REF: u8 = 0x80;

/// This module contains functions that can read and write Python values in
/// a binary format. The format is specific to Python, but independent of
/// machine architecture issues.
///
/// Not all Python object types are supported; in general, only objects
/// whose value is independent from a particular invocation of Python can be
/// written and read by this module. The following types are supported:
/// None, integers, floating-point numbers, strings, bytes, bytearrays,
/// tuples, lists, sets, dictionaries, and code objects, where it
/// should be understood that tuples, lists and dictionaries are only
/// supported as long as the values contained therein are themselves
/// supported; and recursive lists and dictionaries should not be written
/// (they will cause infinite loops).
///
/// Variables:
///
/// version -- indicates the format that the module uses. Version 0 is the
///     historical format, version 1 shares interned strings and version 2
///     uses a binary format for floating-point numbers.
///     Version 3 shares common object references (New in version 3.4).
///
/// Functions:
///
/// dump() -- write value to a file
/// load() -- read value from a file
/// dumps() -- marshal value as a bytes object
/// loads() -- read value from a bytes-like object
#[pymodule(name = "marshal")]
mod marshal {
    use super::read::{Reader, Source};
    use super::write::Writer;
    use taipan_vm::abstract_ops as ops;
    use taipan_vm::exceptions::{PyResult, type_error};
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::str::Str;
    use taipan_vm::value::Value;

    #[pyattr("version")]
    const FORMAT_VERSION: i64 = super::VERSION;

    /// Write the value on the open file.
    ///
    ///   value
    ///     Must be a supported type.
    ///   file
    ///     Must be a writeable binary file.
    ///   version
    ///     Indicates the data format that dump should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// If the value has (or contains an object that has) an unsupported type, a
    /// ValueError exception is raised - but garbage data will also be written
    /// to the file. The object will not be properly read back by load().
    #[pyfunction("dump($module, value, file, version=version, /, *, allow_code=True)")]
    fn dump(value: &Value, file: &Value, version: Option<i64>, allow_code: bool) -> PyResult {
        let data = Writer::dump(value, version.unwrap_or(super::VERSION), allow_code)?;
        let data = Bytes::from_vec(data).into_value();
        ops::call_method(file, &Str::intern("write"), &[data])
    }

    /// Return the bytes object that would be written to a file by dump(value, file).
    ///
    ///   value
    ///     Must be a supported type.
    ///   version
    ///     Indicates the data format that dumps should use.
    ///   allow_code
    ///     Allow to write code objects.
    ///
    /// Raise a ValueError exception if value has (or contains an object that has) an
    /// unsupported type.
    #[pyfunction("dumps($module, value, version=version, /, *, allow_code=True)")]
    fn dumps(value: &Value, version: Option<i64>, allow_code: bool) -> PyResult {
        let data = Writer::dump(value, version.unwrap_or(super::VERSION), allow_code)?;
        Ok(Bytes::from_vec(data).into_value())
    }

    /// Read one value from the open file and return it.
    ///
    ///   file
    ///     Must be readable binary file.
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is read (e.g. because the data has a different Python
    /// version's incompatible marshal format), raise EOFError, ValueError or
    /// TypeError.
    ///
    /// Note: If an object containing an unsupported type was marshalled with
    /// dump(), load() will substitute None for the unmarshallable type.
    #[pyfunction("load($module, file, /, *, allow_code=True)")]
    fn load(file: &Value, allow_code: bool) -> PyResult {
        let read = ops::getattr(file, &Str::intern("read"))?;
        // Text files are found out before anything is read.
        let probe = ops::call(&read, &[Value::int(0)])?;
        if probe.downcast::<Bytes>().is_none() {
            return Err(type_error(format!(
                "file.read() returned not bytes but {}",
                probe.class().name()
            )));
        }
        Reader::load(Source::File(file.clone()), allow_code)
    }

    /// Convert the bytes-like object to a value.
    ///
    ///   allow_code
    ///     Allow to load code objects.
    ///
    /// If no valid value is found, raise EOFError, ValueError or TypeError.  Extra
    /// bytes in the input are ignored.
    #[pyfunction("loads($module, bytes, /, *, allow_code=True)")]
    fn loads(bytes: &Value, allow_code: bool) -> PyResult {
        let data = buffer::bytes_like(bytes)?;
        Reader::load(Source::Bytes(&data), allow_code)
    }
}
