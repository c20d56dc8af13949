//! Codecs given by a table of characters: what the modules of `encodings` for old code pages stand on.

use super::registry;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    self, LOOKUP_ERROR, PyResult, Raised, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR, index_error,
    type_error,
};
use taipan_vm::object::Ref;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::text::TextBuf;
use taipan_vm::value::Value;

/// What a table says of bytes that mean nothing.
const UNDEFINED: u32 = 0xFFFE;
const REASON: &str = "character maps to <undefined>";

fn arguments(object: Value, start: usize, end: usize) -> Vec<Value> {
    vec![
        Str::new("charmap").into_value(),
        object,
        Value::int(start as i64),
        Value::int(end as i64),
        Str::new(REASON).into_value(),
    ]
}

/// The handler's replacement, and where to go on.
fn ask(
    class: &'static Type,
    errors: &str,
    object: Value,
    range: std::ops::Range<usize>,
    length: usize,
) -> PyResult<(Value, usize)> {
    let arguments = arguments(object, range.start, range.end);
    if errors == "strict" {
        return Err(exceptions::raise_args(class, arguments));
    }
    let handler = registry::handler(errors)?;
    let exception = exceptions::new_exception(class, arguments)?.into_value();
    let answer = abstract_ops::call(&handler, &[exception])?;
    let wrong = || {
        type_error(if class.is_subclass(UNICODE_ENCODE_ERROR.get()) {
            "encoding error handler must return (str/bytes, int) tuple"
        } else {
            "decoding error handler must return (str, int) tuple"
        })
    };
    let Some([replacement, position]) = answer.downcast::<Tuple>().map(Tuple::as_slice) else {
        return Err(wrong());
    };
    if position.as_int().is_none() {
        return Err(wrong());
    }
    let position = abstract_ops::to_i64(position)?;
    let at = if position < 0 {
        position + length as i64
    } else {
        position
    };
    match usize::try_from(at) {
        Ok(at) if at <= length => Ok((replacement.clone(), at)),
        _ => Err(index_error(format!(
            "position {position} from error handler out of bounds"
        ))),
    }
}

/// An item of a mapping; `None` where it has none, or says that there is none.
fn item(mapping: &Value, key: u32) -> PyResult<Option<Value>> {
    let found = abstract_ops::getitem(mapping, &Value::int(key as i64));
    Ok(exceptions::suppress(found, LOOKUP_ERROR.get())?.filter(|found| !found.is_none()))
}

/// Appends what a byte means; false where it means nothing.
fn push_meaning(mapping: &Value, byte: u8, out: &mut TextBuf) -> PyResult<bool> {
    if let Some(table) = mapping.downcast_exact::<Str>() {
        let known = (byte as usize) < table.len();
        let point = if known {
            table.char_at(byte as usize)
        } else {
            UNDEFINED
        };
        if point != UNDEFINED {
            out.push(point);
        }
        return Ok(point != UNDEFINED);
    }
    let Some(meaning) = item(mapping, byte as u32)? else {
        return Ok(false);
    };
    if meaning.as_int().is_some() {
        let point = abstract_ops::to_i64(&meaning)?;
        if !(0..=0x10FFFF).contains(&point) {
            return Err(type_error("character mapping must be in range(0x110000)"));
        }
        if point != UNDEFINED as i64 {
            out.push(point as u32);
        }
        return Ok(point != UNDEFINED as i64);
    }
    let Some(text) = meaning.downcast::<Str>() else {
        return Err(type_error(
            "character mapping must return integer, None or str",
        ));
    };
    if text.len() == 1 && text.char_at(0) == UNDEFINED {
        return Ok(false);
    }
    out.push_units(text.units());
    Ok(true)
}

pub fn decode(bytes: &[u8], errors: &str, mapping: &Value) -> PyResult<TextBuf> {
    let mut out = TextBuf::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if push_meaning(mapping, bytes[at], &mut out)? {
            at += 1;
            continue;
        }
        let object = Bytes::from_slice(bytes).into_value();
        let class = UNICODE_DECODE_ERROR.get();
        let (replacement, next) = ask(class, errors, object, at..at + 1, bytes.len())?;
        match replacement.downcast::<Str>() {
            Some(text) => out.push_units(text.units()),
            None => {
                return Err(type_error(
                    "decoding error handler must return (str, int) tuple",
                ));
            }
        }
        at = next;
    }
    Ok(out)
}

/// Appends the bytes of a character; false where it has none.
fn push_bytes(mapping: &Value, point: u32, out: &mut Vec<u8>) -> PyResult<bool> {
    let Some(code) = item(mapping, point)? else {
        return Ok(false);
    };
    if code.as_int().is_some() {
        match u8::try_from(abstract_ops::to_i64(&code)?) {
            Ok(byte) => out.push(byte),
            Err(_) => return Err(type_error("character mapping must be in range(256)")),
        }
        return Ok(true);
    }
    match code.downcast::<Bytes>() {
        Some(bytes) => out.extend_from_slice(bytes.as_slice()),
        None => {
            return Err(type_error(format!(
                "character mapping must return integer, bytes or None, not {}",
                code.class().name()
            )));
        }
    }
    Ok(true)
}

pub fn encode(text: &Str, errors: &str, mapping: &Value) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let object = || Ref::from_ref(text).into_value();
    let mut at = 0;
    while at < text.len() {
        if push_bytes(mapping, text.char_at(at), &mut out)? {
            at += 1;
            continue;
        }
        // The handler sees all characters in a row that have no bytes.
        let mut end = at + 1;
        let mut scratch = Vec::new();
        while end < text.len() && !push_bytes(mapping, text.char_at(end), &mut scratch)? {
            end += 1;
        }
        let class = UNICODE_ENCODE_ERROR.get();
        let (replacement, next) = ask(class, errors, object(), at..end, text.len())?;
        if let Some(bytes) = replacement.downcast::<Bytes>() {
            out.extend_from_slice(bytes.as_slice());
        } else if let Some(replacement) = replacement.downcast::<Str>() {
            for point in replacement.code_points() {
                if !push_bytes(mapping, point, &mut out)? {
                    return Err(refused(object(), at, end));
                }
            }
        } else {
            return Err(type_error(
                "encoding error handler must return (str/bytes, int) tuple",
            ));
        }
        at = next;
    }
    Ok(out)
}

#[cold]
fn refused(object: Value, start: usize, end: usize) -> Raised {
    exceptions::raise_args(UNICODE_ENCODE_ERROR.get(), arguments(object, start, end))
}

/// From characters to bytes, by a table from bytes to characters.
pub fn build(table: &Str) -> PyResult<Ref<Dict>> {
    let map = Dict::make();
    for (byte, point) in table.code_points().enumerate().take(256) {
        if point != UNDEFINED {
            map.insert(Value::int(point as i64), Value::int(byte as i64))?;
        }
    }
    Ok(map)
}
