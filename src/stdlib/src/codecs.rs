//! `_codecs`: the registry of codecs and error handlers, and the codecs that are built in.

mod charmap;
pub mod escape;
mod handlers;
mod registry;
mod utf7;

use taipan_macros::pymodule;

pub use codecs::MODULE;

#[pymodule(name = "_codecs")]
mod codecs {
    use super::{charmap, escape, handlers, registry, utf7};
    use taipan_vm::exceptions::{PyResult, type_error};
    use taipan_vm::object::Ref;
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::codec::{decode_builtin, encode_builtin};
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::text_support::from_buffer;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::text::codec::{Codec, Endian};
    use taipan_vm::value::Value;

    type Answer = PyResult<Ref<Tuple>>;

    /// The name of an error handler: a string or None.
    fn errors_of(errors: Option<&Value>) -> PyResult<String> {
        match errors {
            None => Ok("strict".to_owned()),
            Some(errors) if errors.is_none() => Ok("strict".to_owned()),
            Some(errors) => match errors.downcast::<Str>() {
                Some(errors) => Ok(errors.to_rust().into_owned()),
                None => Err(type_error(format!(
                    "argument 'errors' must be str or None, not {}",
                    errors.class().name()
                ))),
            },
        }
    }

    fn answer(value: Value, read: usize) -> Answer {
        Ok(Tuple::new([value, Value::int(read as i64)]))
    }

    fn encoded(text: &Str, errors: Option<&Value>, codec: Codec) -> Answer {
        let bytes = encode_builtin(text, codec, &errors_of(errors)?)?;
        answer(Bytes::from_vec(bytes).into_value(), text.len())
    }

    fn decoded(data: &Value, errors: Option<&Value>, codec: Codec, is_final: bool) -> Answer {
        let errors = errors_of(errors)?;
        let data = buffer::bytes_like(data)?;
        let (text, read) = decode_builtin(&data, codec, &errors, is_final)?;
        answer(from_buffer(&text).into_value(), read)
    }

    /// The codec that a byte order number means: -1 little, 1 big, 0 by the mark.
    fn endian(order: Option<i64>) -> Option<Endian> {
        match order.unwrap_or(0) {
            0 => None,
            ..0 => Some(Endian::Little),
            1.. => Some(Endian::Big),
        }
    }

    /// Decodes a piece of a stream: (text, bytes read, byte order), where the order is the one given or, at the
    /// stream's beginning, what the mark there says.
    fn decoded_in_order(
        data: &Value,
        errors: Option<&Value>,
        order: Option<i64>,
        is_final: bool,
        codec: fn(Option<Endian>) -> Codec,
        marks: [&[u8]; 2],
    ) -> Answer {
        let order = order.unwrap_or(0);
        let bytes = buffer::bytes_like(data)?.to_vec();
        let errors = errors_of(errors)?;
        let (text, read) = decode_builtin(&bytes, codec(endian(Some(order))), &errors, is_final)?;
        let found = match order {
            0 if bytes.starts_with(marks[0]) => -1,
            0 if bytes.starts_with(marks[1]) => 1,
            order => order,
        };
        Ok(Tuple::new([
            from_buffer(&text).into_value(),
            Value::int(read as i64),
            Value::int(found),
        ]))
    }

    /// Register a codec search function.
    ///
    /// Search functions are expected to take one argument, the encoding name in
    /// all lower case letters, and either return None, or a tuple of functions
    /// (encoder, decoder, stream_reader, stream_writer) (or a CodecInfo object).
    #[pyfunction("register($module, search_function, /)")]
    fn register(search_function: &Value) -> PyResult<()> {
        registry::register(search_function)
    }

    /// Unregister a codec search function and clear the registry's cache.
    ///
    /// If the search function is not registered, do nothing.
    #[pyfunction("unregister($module, search_function, /)")]
    fn unregister(search_function: &Value) {
        registry::unregister(search_function);
    }

    /// Looks up a codec tuple in the Python codec registry and returns a CodecInfo object.
    #[pyfunction("lookup($module, encoding, /)")]
    fn lookup(encoding: &Str) -> PyResult {
        registry::lookup(&encoding.to_rust())
    }

    /// Register the specified error handler under the name errors.
    ///
    /// handler must be a callable object, that
    /// will be called with an exception instance containing
    /// information about the location of the encoding/decoding
    /// error and must return a (replacement, new position) tuple.
    #[pyfunction("register_error($module, errors, handler, /)")]
    fn register_error(errors: &Str, handler: &Value) -> PyResult<()> {
        registry::register_error(errors, handler)
    }

    /// Un-register the specified error handler for the error handling `errors'.
    ///
    /// Only custom error handlers can be un-registered. An exception
    /// is raised if the error handling is a built-in one (e.g., 'strict'),
    /// or if an error occurs.
    ///
    /// Otherwise, this returns True if a custom handler has been successfully
    /// un-registered, and False if no custom handler for the specified
    /// error handling exists.
    #[pyfunction("_unregister_error($module, errors, /)")]
    fn _unregister_error(errors: &Str) -> PyResult<bool> {
        registry::unregister_error(errors)
    }

    /// lookup_error(errors) -> handler
    ///
    /// Return the error handler for the specified error handling name or raise a
    /// LookupError, if no handler exists under this name.
    #[pyfunction("lookup_error($module, name, /)")]
    fn lookup_error(name: &Str) -> PyResult {
        registry::handler(&name.to_rust())
    }

    /// Encodes obj using the codec registered for encoding.
    ///
    /// The default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that encoding
    /// errors raise a ValueError.  Other possible values are 'ignore', 'replace'
    /// and 'backslashreplace' as well as any other name registered with
    /// codecs.register_error that can handle ValueErrors.
    #[pyfunction("encode($module, /, obj, encoding='utf-8', errors='strict')")]
    fn encode(obj: &Value, encoding: Option<&Str>, errors: Option<&Str>) -> PyResult {
        let encoding = encoding.map_or("utf-8".into(), Str::to_rust);
        registry::convert(registry::Way::Encode, obj, &encoding, errors)
    }

    /// Decodes obj using the codec registered for encoding.
    ///
    /// Default encoding is 'utf-8'.  errors may be given to set a
    /// different error handling scheme.  Default is 'strict' meaning that encoding
    /// errors raise a ValueError.  Other possible values are 'ignore', 'replace'
    /// and 'backslashreplace' as well as any other name registered with
    /// codecs.register_error that can handle ValueErrors.
    #[pyfunction("decode($module, /, obj, encoding='utf-8', errors='strict')")]
    fn decode(obj: &Value, encoding: Option<&Str>, errors: Option<&Str>) -> PyResult {
        let encoding = encoding.map_or("utf-8".into(), Str::to_rust);
        registry::convert(registry::Way::Decode, obj, &encoding, errors)
    }

    #[pyfunction("utf_8_encode($module, str, errors=None, /)")]
    fn utf_8_encode(text: &Str, errors: Option<&Value>) -> Answer {
        encoded(text, errors, Codec::Utf8)
    }
    #[pyfunction("ascii_encode($module, str, errors=None, /)")]
    fn ascii_encode(text: &Str, errors: Option<&Value>) -> Answer {
        encoded(text, errors, Codec::Ascii)
    }
    #[pyfunction("latin_1_encode($module, str, errors=None, /)")]
    fn latin_1_encode(text: &Str, errors: Option<&Value>) -> Answer {
        encoded(text, errors, Codec::Latin1)
    }
    #[pyfunction("utf_16_encode($module, str, errors=None, byteorder=0, /)")]
    fn utf_16_encode(text: &Str, errors: Option<&Value>, byteorder: Option<i64>) -> Answer {
        encoded(text, errors, Codec::Utf16(endian(byteorder)))
    }
    #[pyfunction("utf_16_le_encode($module, str, errors=None, /)")]
    fn utf_16_le_encode(text: &Str, errors: Option<&Value>) -> Answer {
        encoded(text, errors, Codec::Utf16(Some(Endian::Little)))
    }
    #[pyfunction("utf_16_be_encode($module, str, errors=None, /)")]
    fn utf_16_be_encode(text: &Str, errors: Option<&Value>) -> Answer {
        encoded(text, errors, Codec::Utf16(Some(Endian::Big)))
    }
    #[pyfunction("utf_32_encode($module, str, errors=None, byteorder=0, /)")]
    fn utf_32_encode(text: &Str, errors: Option<&Value>, byteorder: Option<i64>) -> Answer {
        encoded(text, errors, Codec::Utf32(endian(byteorder)))
    }
    #[pyfunction("utf_32_le_encode($module, str, errors=None, /)")]
    fn utf_32_le_encode(text: &Str, errors: Option<&Value>) -> Answer {
        encoded(text, errors, Codec::Utf32(Some(Endian::Little)))
    }
    #[pyfunction("utf_32_be_encode($module, str, errors=None, /)")]
    fn utf_32_be_encode(text: &Str, errors: Option<&Value>) -> Answer {
        encoded(text, errors, Codec::Utf32(Some(Endian::Big)))
    }

    #[pyfunction("utf_8_decode($module, data, errors=None, final=False, /)")]
    fn utf_8_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        decoded(data, errors, Codec::Utf8, last.unwrap_or(false))
    }
    #[pyfunction("ascii_decode($module, data, errors=None, /)")]
    fn ascii_decode(data: &Value, errors: Option<&Value>) -> Answer {
        decoded(data, errors, Codec::Ascii, true)
    }
    #[pyfunction("latin_1_decode($module, data, errors=None, /)")]
    fn latin_1_decode(data: &Value, errors: Option<&Value>) -> Answer {
        decoded(data, errors, Codec::Latin1, true)
    }
    #[pyfunction("utf_16_decode($module, data, errors=None, final=False, /)")]
    fn utf_16_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        decoded(data, errors, Codec::Utf16(None), last.unwrap_or(false))
    }
    #[pyfunction("utf_16_le_decode($module, data, errors=None, final=False, /)")]
    fn utf_16_le_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        let codec = Codec::Utf16(Some(Endian::Little));
        decoded(data, errors, codec, last.unwrap_or(false))
    }
    #[pyfunction("utf_16_be_decode($module, data, errors=None, final=False, /)")]
    fn utf_16_be_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        let codec = Codec::Utf16(Some(Endian::Big));
        decoded(data, errors, codec, last.unwrap_or(false))
    }
    #[pyfunction("utf_32_decode($module, data, errors=None, final=False, /)")]
    fn utf_32_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        decoded(data, errors, Codec::Utf32(None), last.unwrap_or(false))
    }
    #[pyfunction("utf_32_le_decode($module, data, errors=None, final=False, /)")]
    fn utf_32_le_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        let codec = Codec::Utf32(Some(Endian::Little));
        decoded(data, errors, codec, last.unwrap_or(false))
    }
    #[pyfunction("utf_32_be_decode($module, data, errors=None, final=False, /)")]
    fn utf_32_be_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        let codec = Codec::Utf32(Some(Endian::Big));
        decoded(data, errors, codec, last.unwrap_or(false))
    }

    #[pyfunction("utf_16_ex_decode($module, data, errors=None, byteorder=0, final=False, /)")]
    fn utf_16_ex_decode(
        data: &Value,
        errors: Option<&Value>,
        byteorder: Option<i64>,
        last: Option<bool>,
    ) -> Answer {
        let marks: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];
        decoded_in_order(
            data,
            errors,
            byteorder,
            last.unwrap_or(false),
            Codec::Utf16,
            marks,
        )
    }
    #[pyfunction("utf_32_ex_decode($module, data, errors=None, byteorder=0, final=False, /)")]
    fn utf_32_ex_decode(
        data: &Value,
        errors: Option<&Value>,
        byteorder: Option<i64>,
        last: Option<bool>,
    ) -> Answer {
        let marks: [&[u8]; 2] = [b"\xFF\xFE\0\0", b"\0\0\xFE\xFF"];
        decoded_in_order(
            data,
            errors,
            byteorder,
            last.unwrap_or(false),
            Codec::Utf32,
            marks,
        )
    }

    /// The bytes of a bytes-like object, or a string's in UTF-8.
    fn bytes_of(data: &Value) -> PyResult<Vec<u8>> {
        match data.downcast::<Str>() {
            Some(text) => encode_builtin(text, Codec::Utf8, "strict"),
            None => Ok(buffer::bytes_like(data)?.to_vec()),
        }
    }

    #[pyfunction("readbuffer_encode($module, data, errors=None, /)")]
    fn readbuffer_encode(data: &Value, _errors: Option<&Value>) -> Answer {
        let bytes = bytes_of(data)?;
        let length = bytes.len();
        answer(Bytes::from_vec(bytes).into_value(), length)
    }
    #[pyfunction("escape_encode($module, data, errors=None, /)")]
    fn escape_encode(data: &Bytes, _errors: Option<&Value>) -> Answer {
        let escaped = escape::encode_bytes(data.as_slice());
        answer(Bytes::from_vec(escaped).into_value(), data.as_slice().len())
    }
    #[pyfunction("escape_decode($module, data, errors=None, /)")]
    fn escape_decode(data: &Value, errors: Option<&Value>) -> Answer {
        let bytes = bytes_of(data)?;
        let plain = escape::decode_bytes(&bytes, &errors_of(errors)?)?;
        answer(Bytes::from_vec(plain).into_value(), bytes.len())
    }
    #[pyfunction("utf_7_encode($module, str, errors=None, /)")]
    fn utf_7_encode(text: &Str, _errors: Option<&Value>) -> Answer {
        let bytes = utf7::encode(text.units());
        answer(Bytes::from_vec(bytes).into_value(), text.len())
    }
    #[pyfunction("utf_7_decode($module, data, errors=None, final=False, /)")]
    fn utf_7_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        let bytes = buffer::bytes_like(data)?.to_vec();
        let (text, read) = utf7::decode(&bytes, &errors_of(errors)?, last.unwrap_or(false))?;
        answer(from_buffer(&text).into_value(), read)
    }
    #[pyfunction("unicode_escape_encode($module, str, errors=None, /)")]
    fn unicode_escape_encode(text: &Str, _errors: Option<&Value>) -> Answer {
        let escaped = escape::encode_text(text.units());
        answer(Bytes::from_vec(escaped).into_value(), text.len())
    }
    #[pyfunction("raw_unicode_escape_encode($module, str, errors=None, /)")]
    fn raw_unicode_escape_encode(text: &Str, _errors: Option<&Value>) -> Answer {
        let escaped = escape::encode_raw(text.units());
        answer(Bytes::from_vec(escaped).into_value(), text.len())
    }
    #[pyfunction("unicode_escape_decode($module, data, errors=None, final=True, /)")]
    fn unicode_escape_decode(data: &Value, errors: Option<&Value>, last: Option<bool>) -> Answer {
        let bytes = bytes_of(data)?;
        let (text, read) =
            escape::decode_text(&bytes, &errors_of(errors)?, false, last.unwrap_or(true))?;
        answer(from_buffer(&text).into_value(), read)
    }
    #[pyfunction("raw_unicode_escape_decode($module, data, errors=None, final=True, /)")]
    fn raw_unicode_escape_decode(
        data: &Value,
        errors: Option<&Value>,
        last: Option<bool>,
    ) -> Answer {
        let bytes = bytes_of(data)?;
        let (text, read) =
            escape::decode_text(&bytes, &errors_of(errors)?, true, last.unwrap_or(true))?;
        answer(from_buffer(&text).into_value(), read)
    }

    #[pyfunction("charmap_decode($module, data, errors=None, mapping=None, /)")]
    fn charmap_decode(data: &Value, errors: Option<&Value>, mapping: Option<&Value>) -> Answer {
        let Some(mapping) = mapping.filter(|mapping| !mapping.is_none()) else {
            return latin_1_decode(data, errors);
        };
        let bytes = buffer::bytes_like(data)?.to_vec();
        let text = charmap::decode(&bytes, &errors_of(errors)?, mapping)?;
        answer(from_buffer(&text).into_value(), bytes.len())
    }
    #[pyfunction("charmap_encode($module, str, errors=None, mapping=None, /)")]
    fn charmap_encode(text: &Str, errors: Option<&Value>, mapping: Option<&Value>) -> Answer {
        let Some(mapping) = mapping.filter(|mapping| !mapping.is_none()) else {
            return latin_1_encode(text, errors);
        };
        let bytes = charmap::encode(text, &errors_of(errors)?, mapping)?;
        answer(Bytes::from_vec(bytes).into_value(), text.len())
    }
    #[pyfunction("charmap_build($module, map, /)")]
    fn charmap_build(map: &Str) -> PyResult<Ref<Dict>> {
        charmap::build(map)
    }

    // The built-in handlers. They are looked up by name and no attributes of the module.

    /// Implements the 'strict' error handling, which raises a UnicodeError on coding errors.
    #[pyfunction("strict_errors($module, exc, /)")]
    fn strict_errors(exc: &Value) -> PyResult {
        handlers::strict(exc)
    }
    /// Implements the 'ignore' error handling, which ignores malformed data and continues.
    #[pyfunction("ignore_errors($module, exc, /)")]
    fn ignore_errors(exc: &Value) -> PyResult {
        handlers::ignore(exc)
    }
    /// Implements the 'replace' error handling, which replaces malformed data with a replacement marker.
    #[pyfunction("replace_errors($module, exc, /)")]
    fn replace_errors(exc: &Value) -> PyResult {
        handlers::replace(exc)
    }
    /// Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.
    #[pyfunction("xmlcharrefreplace_errors($module, exc, /)")]
    fn xmlcharrefreplace_errors(exc: &Value) -> PyResult {
        handlers::xml(exc)
    }
    /// Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.
    #[pyfunction("backslashreplace_errors($module, exc, /)")]
    fn backslashreplace_errors(exc: &Value) -> PyResult {
        handlers::backslash(exc)
    }
    /// Implements the 'namereplace' error handling, which replaces an unencodable character with a \N{...} escape sequence.
    #[pyfunction("namereplace_errors($module, exc, /)")]
    fn namereplace_errors(exc: &Value) -> PyResult {
        handlers::names(exc)
    }
    #[pyfunction("surrogatepass($module, exc, /)")]
    fn surrogatepass(exc: &Value) -> PyResult {
        handlers::surrogate_pass(exc)
    }
    #[pyfunction("surrogateescape($module, exc, /)")]
    fn surrogateescape(exc: &Value) -> PyResult {
        handlers::surrogate_escape(exc)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        for (name, function) in [
            ("strict", "strict_errors"),
            ("ignore", "ignore_errors"),
            ("replace", "replace_errors"),
            ("xmlcharrefreplace", "xmlcharrefreplace_errors"),
            ("backslashreplace", "backslashreplace_errors"),
            ("namereplace", "namereplace_errors"),
            ("surrogatepass", "surrogatepass"),
            ("surrogateescape", "surrogateescape"),
        ] {
            if let Some(handler) = module.dict().remove_str(&Str::intern(function)) {
                registry::set_builtin_handler(name, handler);
            }
        }
        registry::announce();
        Ok(())
    }
}
