//! `str.encode` and `bytes.decode`: the built-in codecs with their error handlers, and the way to the
//! registry for all others.
//!
//! The registry itself (search functions, handlers registered from Python) is the `codecs` module's;
//! it announces itself here when it is set up.

use crate::exceptions::{self, PyResult, Raised, lookup_error, type_error, value_error};
use crate::object::Ref;
use crate::objects::bytes::Bytes;
use crate::objects::str::Str;
use crate::objects::text_support::from_buffer;
use crate::text::codec::{Codec, Handler};
use crate::text::{TextBuf, Units};
use crate::value::Value;
use std::borrow::Cow;
use std::sync::OnceLock;

/// What the registry offers.
pub struct Registry {
    /// Encodes or decodes by the codec of that name: object, encoding, errors.
    pub encode: fn(&Value, &str, &str) -> PyResult,
    pub decode: fn(&Value, &str, &str) -> PyResult,
    /// The error handler of that name.
    pub handler: fn(&str) -> PyResult,
}

static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// Announces the registry, once.
pub fn set_registry(registry: Registry) {
    let _ = REGISTRY.set(registry);
}

/// The registry; the module that has it is imported when it is first needed.
fn registry() -> PyResult<Option<&'static Registry>> {
    if REGISTRY.get().is_none() {
        let imported = crate::import::import_module("_codecs");
        exceptions::suppress(imported, exceptions::MODULE_NOT_FOUND_ERROR.get())?;
    }
    Ok(REGISTRY.get())
}

fn unknown_encoding(name: &str) -> Raised {
    lookup_error(format!("unknown encoding: {name}"))
}

/// The handler to use, as far as it is known without the registry.
enum Errors {
    BuiltIn(Handler),
    Named(String),
}

impl Errors {
    fn new(name: &str) -> Errors {
        Handler::find(name).map_or_else(|| Errors::Named(name.to_owned()), Errors::BuiltIn)
    }

    /// The callable of a handler that is not built in.
    fn callable(&self) -> PyResult<Option<Value>> {
        match self {
            Errors::BuiltIn(_) => Ok(None),
            Errors::Named(name) => match registry()? {
                Some(registry) => (registry.handler)(name).map(Some),
                None => Err(lookup_error(format!("unknown error handler name '{name}'"))),
            },
        }
    }
}

fn string(text: &str) -> Value {
    Str::new(text).into_value()
}

fn encode_error(
    codec: Codec,
    text: &Str,
    start: usize,
    end: usize,
    reason: &str,
) -> PyResult<Vec<Value>> {
    Ok(vec![
        string(codec.name()),
        Ref::from_ref(text).into_value(),
        Value::int(start as i64),
        Value::int(end as i64),
        string(reason),
    ])
}

/// Calls a handler with the exception; its answer is the replacement and where to go on.
fn ask_handler(handler: &Value, exception: Value, length: usize) -> PyResult<(Value, usize)> {
    use crate::objects::tuple::Tuple;
    let wrong = || type_error("encoding error handler must return (str/bytes, int) tuple");
    let answer = crate::abstract_ops::call(handler, &[exception])?;
    let pair = answer
        .downcast::<Tuple>()
        .filter(|pair| pair.len() == 2)
        .ok_or_else(wrong)?;
    let position = pair.as_slice()[1]
        .as_int()
        .and_then(|position| position.to_i64())
        .ok_or_else(wrong)?;
    let position = if position < 0 {
        position + length as i64
    } else {
        position
    };
    if position < 0 || position as usize > length {
        return Err(exceptions::index_error(format!(
            "position {position} from error handler out of bounds"
        )));
    }
    Ok((pair.as_slice()[0].clone(), position as usize))
}

/// The bytes of `text` in a built-in codec.
pub fn encode_builtin(text: &Str, codec: Codec, errors: &str) -> PyResult<Vec<u8>> {
    let errors = Errors::new(errors);
    let units = text.units();
    codec.encode(units, |start, end, reason, out| {
        if let Errors::BuiltIn(handler) = errors {
            if let Some(count) = handler.encode(codec, units.slice(start..end), out) {
                return Ok(start + count);
            }
            let arguments = encode_error(codec, text, start, end, reason)?;
            return Err(exceptions::raise_args(
                exceptions::UNICODE_ENCODE_ERROR.get(),
                arguments,
            ));
        }
        let Some(callable) = errors.callable()? else {
            return Ok(end);
        };
        let arguments = encode_error(codec, text, start, end, reason)?;
        let exception =
            exceptions::new_exception(exceptions::UNICODE_ENCODE_ERROR.get(), arguments)?;
        let (replacement, position) = ask_handler(&callable, exception.into_value(), units.len())?;
        if let Some(bytes) = replacement.downcast::<Bytes>() {
            out.extend_from_slice(bytes.as_slice());
        } else if let Some(replacement) = replacement.downcast::<Str>() {
            if !codec.push_all(replacement.units(), out) {
                let arguments = encode_error(codec, text, start, end, reason)?;
                return Err(exceptions::raise_args(
                    exceptions::UNICODE_ENCODE_ERROR.get(),
                    arguments,
                ));
            }
        } else {
            return Err(type_error(
                "encoding error handler must return (str/bytes, int) tuple",
            ));
        }
        Ok(position)
    })
}

/// The text of `bytes` in a built-in codec, and how many bytes were read.
pub fn decode_builtin(
    bytes: &[u8],
    codec: Codec,
    errors: &str,
    is_final: bool,
) -> PyResult<(TextBuf, usize)> {
    let errors = Errors::new(errors);
    codec.decode(bytes, is_final, |codec, start, end, reason, out| {
        let arguments = || {
            vec![
                string(codec.name()),
                Bytes::from_slice(bytes).into_value(),
                Value::int(start as i64),
                Value::int(end as i64),
                string(reason),
            ]
        };
        if let Errors::BuiltIn(handler) = errors {
            return handler
                .decode(codec, bytes, start, end, out)
                .ok_or_else(|| match handler {
                    Handler::XmlCharRefReplace | Handler::NameReplace => {
                        type_error("don't know how to handle UnicodeDecodeError in error callback")
                    }
                    _ => {
                        exceptions::raise_args(exceptions::UNICODE_DECODE_ERROR.get(), arguments())
                    }
                });
        }
        let Some(callable) = errors.callable()? else {
            return Ok(end);
        };
        let exception =
            exceptions::new_exception(exceptions::UNICODE_DECODE_ERROR.get(), arguments())?;
        let (replacement, position) = ask_handler(&callable, exception.into_value(), bytes.len())?;
        match replacement.downcast::<Str>() {
            Some(text) => out.push_units(text.units()),
            None => {
                return Err(type_error(
                    "decoding error handler must return (str, int) tuple",
                ));
            }
        }
        Ok(position)
    })
}

/// The name of an encoding or handler, or the default.
fn name_of<'a>(name: Option<&'a Str>, default: &'static str) -> PyResult<Cow<'a, str>> {
    let Some(name) = name else {
        return Ok(Cow::Borrowed(default));
    };
    let name = match name.as_ascii() {
        Some(name) => Cow::Borrowed(name),
        None => {
            let bytes = encode_builtin(name, Codec::Utf8, "strict")?;
            Cow::Owned(String::from_utf8(bytes).unwrap_or_default())
        }
    };
    if name.contains('\0') {
        return Err(value_error("embedded null character"));
    }
    Ok(name)
}

/// `text.encode(encoding, errors)`.
pub fn encode(text: &Str, encoding: Option<&Str>, errors: Option<&Str>) -> PyResult {
    if encoding.is_none() && errors.is_none() && text.is_ascii() {
        return Ok(Bytes::from_slice(text.bytes()).into_value());
    }
    let encoding = name_of(encoding, "utf-8")?;
    let errors = name_of(errors, "strict")?;
    if let Some(codec) = Codec::find(&encoding) {
        if let Units::One(bytes) = text.units()
            && codec.keeps(bytes)
        {
            return Ok(Bytes::from_slice(bytes).into_value());
        }
        return Ok(Bytes::from_vec(encode_builtin(text, codec, &errors)?).into_value());
    }
    let registry = registry()?.ok_or_else(|| unknown_encoding(&encoding))?;
    let answer = (registry.encode)(&Ref::from_ref(text).into_value(), &encoding, &errors)?;
    if answer.downcast::<Bytes>().is_some() {
        return Ok(answer);
    }
    Err(type_error(format!(
        "'{encoding}' encoder returned '{}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
        answer.class().name()
    )))
}

/// `bytes.decode(encoding, errors)`; `object` is what a codec from the registry gets.
pub fn decode(
    bytes: &[u8],
    object: &Value,
    encoding: Option<&Str>,
    errors: Option<&Str>,
) -> PyResult {
    let encoding = name_of(encoding, "utf-8")?;
    let errors = name_of(errors, "strict")?;
    // Nothing to decode: the codec is not even looked up.
    if bytes.is_empty() {
        return Ok(Str::empty().into_value());
    }
    if let Some(codec) = Codec::find(&encoding) {
        if codec.keeps(bytes) {
            return Ok(Str::from_latin1(bytes).into_value());
        }
        let (text, _) = decode_builtin(bytes, codec, &errors, true)?;
        return Ok(from_buffer(&text).into_value());
    }
    let registry = registry()?.ok_or_else(|| unknown_encoding(&encoding))?;
    let answer = (registry.decode)(object, &encoding, &errors)?;
    if answer.downcast::<Str>().is_some() {
        return Ok(answer);
    }
    Err(type_error(format!(
        "'{encoding}' decoder returned '{}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
        answer.class().name()
    )))
}

/// Text as file names and the like reach the system: UTF-8, with smuggled bytes put back.
pub fn encode_filesystem(text: &Str) -> PyResult<Vec<u8>> {
    encode_builtin(text, Codec::Utf8, "surrogateescape")
}

pub fn decode_filesystem(bytes: &[u8]) -> Ref<Str> {
    match decode_builtin(bytes, Codec::Utf8, "surrogateescape", true) {
        Ok((text, _)) => from_buffer(&text),
        // The handler takes every byte that is not ASCII; nothing is left to fail.
        Err(_) => Str::from_units(Units::One(bytes)),
    }
}
