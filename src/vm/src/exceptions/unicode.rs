//! `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`.

use super::attributes::{field, keep, no_keywords, own};
use super::init::set_args;
use super::{PyResult, type_error};
use crate::abstract_ops;
use crate::native::NativeClass;
use crate::objects::bytes::Bytes;
use crate::objects::class::Type;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

fn check(args: &[Value], count: usize) -> PyResult<()> {
    if args.len() != count {
        return Err(type_error(format!(
            "function takes exactly {count} arguments ({} given)",
            args.len()
        )));
    }
    Ok(())
}

fn expect(args: &[Value], index: usize, class: &Type) -> PyResult<()> {
    if args[index].is_instance(class) {
        return Ok(());
    }
    Err(type_error(format!(
        "argument {} must be {}, not {}",
        index + 1,
        class.name(),
        args[index].class().name()
    )))
}

fn expect_index(args: &[Value], index: usize) -> PyResult<Value> {
    abstract_ops::index_isize(&args[index], super::OVERFLOW_ERROR.get())
        .map(|i| Value::int(i as i64))
}

pub(super) fn init_encode(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    no_keywords(this, kwnames)?;
    check(args, 5)?;
    expect(args, 0, Str::class())?;
    expect(args, 1, Str::class())?;
    fill(this, args, Some(&args[0]), &args[1])
}

pub(super) fn init_decode(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    no_keywords(this, kwnames)?;
    check(args, 5)?;
    expect(args, 0, Str::class())?;
    if !args[1].is_instance(Bytes::class()) {
        if args[1].as_int().is_some() {
            return Err(type_error(format!(
                "a bytes-like object is required, not '{}'",
                args[1].class().name()
            )));
        }
        // Other buffers are copied.
        let bytes = abstract_ops::call(&crate::object::object_value(Bytes::class()), &args[1..2])?;
        return fill(this, args, Some(&args[0]), &bytes);
    }
    fill(this, args, Some(&args[0]), &args[1])
}

pub(super) fn init_translate(
    this: &Value,
    args: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    no_keywords(this, kwnames)?;
    check(args, 4)?;
    expect(args, 0, Str::class())?;
    fill(this, args, None, &args[0])
}

/// Sets the fields: the last three are start, end and reason.
fn fill(this: &Value, args: &[Value], encoding: Option<&Value>, object: &Value) -> PyResult<()> {
    let at = args.len() - 3;
    let start = expect_index(args, at)?;
    let end = expect_index(args, at + 1)?;
    expect(args, at + 2, Str::class())?;
    set_args(this, args);
    if encoding.is_some() {
        keep(this, "encoding", encoding);
    }
    keep(this, "object", Some(object));
    keep(this, "start", Some(&start));
    keep(this, "end", Some(&end));
    keep(this, "reason", args.last());
    Ok(())
}

/// `start` and `end`, and whether they mean one item of an object of this length.
fn range(this: &Value, length: usize) -> (i64, i64, bool) {
    let number = |name: &str| {
        field(this, name)
            .and_then(|n| n.as_int()?.to_i64())
            .unwrap_or(0)
    };
    let (start, end) = (number("start"), number("end"));
    let inside = (0..length as i64).contains(&start);
    (start, end, inside && end == start + 1)
}

/// A field's text; deleted fields have one too.
fn text(this: &Value, name: &str) -> PyResult<String> {
    match own(this).field(name) {
        Some(value) => Ok(abstract_ops::str(&value)?.to_string()),
        None => Ok("<NULL>".to_owned()),
    }
}

/// The field `object`. Taking the texts of the others may have changed it.
fn object_of(this: &Value, class: &Type, kind: &str) -> PyResult {
    match own(this).field("object") {
        Some(object) if object.is_instance(class) => Ok(object),
        _ => Err(type_error(format!(
            "UnicodeError 'object' attribute must be a {kind}"
        ))),
    }
}

fn escaped(character: u32) -> String {
    match character {
        0..=0xFF => format!("\\x{character:02x}"),
        0x100..=0xFFFF => format!("\\u{character:04x}"),
        _ => format!("\\U{character:08x}"),
    }
}

/// What was not done to which items, and why; the parts in front of that come with it.
fn message(prefix: &str, verb: &str, items: String, reason: &str) -> PyResult {
    let text = format!("{prefix}can't {verb} {items}: {reason}");
    Ok(Str::new(&text).into_value())
}

fn about_characters(this: &Value, prefix: &str, verb: &str) -> PyResult {
    let reason = text(this, "reason")?;
    let object = object_of(this, Str::class(), "string")?;
    let object = object.downcast::<Str>().expect("checked");
    let items = match range(this, object.len()) {
        (start, _, true) => {
            let character = escaped(object.char_at(start as usize));
            format!("character '{character}' in position {start}")
        }
        (start, end, false) => format!("characters in position {start}-{}", end.wrapping_sub(1)),
    };
    message(prefix, verb, items, &reason)
}

/// Nothing is known of an exception that was made without `__init__`.
fn is_blank(this: &Value) -> bool {
    own(this).field("object").is_none()
}

pub(super) fn str_encode(this: &Value) -> PyResult {
    if is_blank(this) {
        return Ok(Str::empty().into_value());
    }
    let prefix = format!("'{}' codec ", text(this, "encoding")?);
    about_characters(this, &prefix, "encode")
}

pub(super) fn str_translate(this: &Value) -> PyResult {
    if is_blank(this) {
        return Ok(Str::empty().into_value());
    }
    about_characters(this, "", "translate")
}

pub(super) fn str_decode(this: &Value) -> PyResult {
    if is_blank(this) {
        return Ok(Str::empty().into_value());
    }
    let prefix = format!("'{}' codec ", text(this, "encoding")?);
    let reason = text(this, "reason")?;
    let object = object_of(this, Bytes::class(), "bytes")?;
    let bytes = object.downcast::<Bytes>().expect("checked").as_slice();
    let items = match range(this, bytes.len()) {
        (start, _, true) => format!("byte {:#04x} in position {start}", bytes[start as usize]),
        (start, end, false) => format!("bytes in position {start}-{}", end.wrapping_sub(1)),
    };
    message(&prefix, "decode", items, &reason)
}
