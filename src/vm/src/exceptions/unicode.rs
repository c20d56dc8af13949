//! `UnicodeEncodeError`, `UnicodeDecodeError`, `UnicodeTranslateError`.

use super::attributes::{field, keep, no_keywords};
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
    fill(this, args, 0)
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
        let mut copied = args.to_vec();
        copied[1] = bytes;
        return fill(this, &copied, 0);
    }
    fill(this, args, 0)
}

pub(super) fn init_translate(
    this: &Value,
    args: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    no_keywords(this, kwnames)?;
    check(args, 4)?;
    expect(args, 0, Str::class())?;
    fill(this, args, 1)
}

/// Sets the fields; `skip`: those in front that the class doesn't take.
fn fill(this: &Value, args: &[Value], skip: usize) -> PyResult<()> {
    let start = expect_index(args, 2 - skip)?;
    let end = expect_index(args, 3 - skip)?;
    expect(args, 4 - skip, Str::class())?;
    set_args(this, args);
    if skip == 0 {
        keep(this, "encoding", args.first());
    }
    keep(this, "object", args.get(1 - skip));
    keep(this, "start", Some(&start));
    keep(this, "end", Some(&end));
    keep(this, "reason", args.get(4 - skip));
    Ok(())
}

/// Start and end as they make sense for an object of this length.
fn range(this: &Value, length: usize) -> (usize, usize) {
    let number = |name: &str| {
        field(this, name)
            .and_then(|n| n.as_int()?.to_i64())
            .unwrap_or(0)
    };
    let length = length as i64;
    let start = number("start").clamp(0, (length - 1).max(0));
    let end = number("end").max(1).min(length.max(1));
    (start as usize, end as usize)
}

fn text(this: &Value, name: &str) -> PyResult<String> {
    match field(this, name) {
        Some(value) => Ok(abstract_ops::str(&value)?.to_string()),
        None => Ok("None".to_owned()),
    }
}

fn escaped(character: u32) -> String {
    match character {
        0..=0xFF => format!("\\x{character:02x}"),
        0x100..=0xFFFF => format!("\\u{character:04x}"),
        _ => format!("\\U{character:08x}"),
    }
}

fn about_characters(this: &Value, prefix: &str, verb: &str) -> PyResult {
    let Some(object) = field(this, "object") else {
        return Ok(Str::empty().into_value());
    };
    let Some(object) = object.downcast::<Str>() else {
        return Ok(Str::empty().into_value());
    };
    let (start, end) = range(this, object.len());
    let reason = text(this, "reason")?;
    let message = if start < object.len() && end == start + 1 {
        let character = escaped(object.char_at(start));
        format!("{prefix}can't {verb} character '{character}' in position {start}: {reason}")
    } else {
        format!(
            "{prefix}can't {verb} characters in position {start}-{}: {reason}",
            end as i64 - 1
        )
    };
    Ok(Str::new(&message).into_value())
}

pub(super) fn str_encode(this: &Value) -> PyResult {
    let prefix = format!("'{}' codec ", text(this, "encoding")?);
    about_characters(this, &prefix, "encode")
}

pub(super) fn str_translate(this: &Value) -> PyResult {
    about_characters(this, "", "translate")
}

pub(super) fn str_decode(this: &Value) -> PyResult {
    let Some(object) = field(this, "object") else {
        return Ok(Str::empty().into_value());
    };
    let Some(object) = object.downcast::<Bytes>() else {
        return Ok(Str::empty().into_value());
    };
    let bytes = object.as_slice();
    let (start, end) = range(this, bytes.len());
    let (encoding, reason) = (text(this, "encoding")?, text(this, "reason")?);
    let message = match bytes.get(start) {
        Some(byte) if end == start + 1 => {
            format!(
                "'{encoding}' codec can't decode byte {byte:#04x} in position {start}: {reason}"
            )
        }
        _ => format!(
            "'{encoding}' codec can't decode bytes in position {start}-{}: {reason}",
            end as i64 - 1
        ),
    };
    Ok(Str::new(&message).into_value())
}
