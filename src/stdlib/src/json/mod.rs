//! `_json`: JSON, read and written.

mod decode;
mod encode;
mod quote;
mod scan;

use taipan_macros::pymodule;

pub use json::MODULE;

/// json speedups
#[pymodule(name = "_json")]
mod json {
    use super::decode::Scanner;
    use super::encode::Encoder;
    use super::{quote, scan};
    use taipan_vm::exceptions::{PyResult, type_error};
    use taipan_vm::object::{Ref, object_value};
    use taipan_vm::objects::class_native;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::text_support::size_argument;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::text::buffer::TextBuf;
    use taipan_vm::value::Value;

    fn text(value: &Value) -> PyResult<&Str> {
        value.downcast::<Str>().ok_or_else(|| {
            type_error(format!(
                "first argument must be a string, not {}",
                value.class().name()
            ))
        })
    }

    fn quoted(text: &Str, push: fn(&Str, &mut TextBuf)) -> Ref<Str> {
        let mut quoted = TextBuf::with_capacity(text.len() + 2);
        push(text, &mut quoted);
        Str::from_units(quoted.units())
    }

    /// encode_basestring_ascii(string) -> string
    ///
    /// Return an ASCII-only JSON representation of a Python string
    #[pyfunction("encode_basestring_ascii($self, object, /)")]
    fn encode_basestring_ascii(object: &Value) -> PyResult<Ref<Str>> {
        Ok(quoted(text(object)?, quote::push_ascii))
    }

    /// encode_basestring(string) -> string
    ///
    /// Return a JSON representation of a Python string
    #[pyfunction("encode_basestring($self, object, /)")]
    fn encode_basestring(object: &Value) -> PyResult<Ref<Str>> {
        Ok(quoted(text(object)?, quote::push_any))
    }

    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Scan the string s for a JSON string. End is the index of the
    /// character in s after the quote that started the JSON string.
    /// Unescapes all valid JSON string escape sequences and raises ValueError
    /// on attempt to decode an invalid string. If strict is False then literal
    /// control characters are allowed in the string.
    ///
    /// Returns a tuple of the decoded string and the index of the character in s
    /// after the end quote.
    #[pyfunction("scanstring", raw)]
    fn scanstring(args: &[Value], kwnames: Option<&Tuple>) -> PyResult<Ref<Tuple>> {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("scanstring() takes no keyword arguments"));
        }
        let (string, end, strict) = match args {
            [string, end] => (string, end, None),
            [string, end, strict] => (string, end, Some(strict)),
            _ => {
                let bound = if args.len() < 2 {
                    "at least 2"
                } else {
                    "at most 3"
                };
                return Err(type_error(format!(
                    "scanstring() takes {bound} arguments ({} given)",
                    args.len()
                )));
            }
        };
        let end = size_argument(end)?;
        let strict = strict.map_or(Ok(true), taipan_vm::abstract_ops::is_true)?;
        let (found, end) = scan::string(text(string)?, string, end, strict)?;
        Ok(Tuple::new([found.into_value(), Value::int(end as i64)]))
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add(
            "make_scanner",
            object_value(class_native::ensure::<Scanner>()),
        );
        module.add(
            "make_encoder",
            object_value(class_native::ensure::<Encoder>()),
        );
        Ok(())
    }
}
