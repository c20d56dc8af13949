//! `SyntaxError`: where in the source, and its text.

use super::attributes::{field, keep, no_keywords};
use super::init::set_args;
use super::{PyResult, type_error};
use crate::abstract_ops;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// What the second argument says, in order.
const PLACE: [&str; 7] = [
    "filename",
    "lineno",
    "offset",
    "text",
    "end_lineno",
    "end_offset",
    "_metadata",
];

pub(super) fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    no_keywords(this, kwnames)?;
    set_args(this, args);
    if let Some(message) = args.first() {
        keep(this, "msg", Some(message));
    }
    let [_, place] = args else { return Ok(()) };
    let place = abstract_ops::to_vec(place)?;
    if !(4..=7).contains(&place.len()) {
        let (bound, limit) = if place.len() < 4 {
            ("at least", 4)
        } else {
            ("at most", 7)
        };
        return Err(type_error(format!(
            "function takes {bound} {limit} arguments ({} given)",
            place.len()
        )));
    }
    if place.len() == 5 {
        return Err(type_error(
            "end_offset must be provided when end_lineno is provided",
        ));
    }
    for (index, name) in PLACE.iter().enumerate() {
        keep(this, name, place.get(index));
    }
    Ok(())
}

pub(super) fn str(this: &Value) -> PyResult {
    let message = match field(this, "msg") {
        Some(message) => abstract_ops::str(&message)?.to_string(),
        None => "None".to_owned(),
    };
    let file = field(this, "filename").and_then(|file| {
        let file = file.downcast::<Str>()?.to_string();
        Some(file.rsplit('/').next().unwrap_or_default().to_owned())
    });
    let line = field(this, "lineno").and_then(|line| line.as_int()?.to_i64());
    let text = match (file, line) {
        (Some(file), Some(line)) => format!("{message} ({file}, line {line})"),
        (Some(file), None) => format!("{message} ({file})"),
        (None, Some(line)) => format!("{message} (line {line})"),
        (None, None) => message,
    };
    Ok(Str::new(&text).into_value())
}
