//! The built-in error handlers as Python functions: from an exception to a replacement and a position.

use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    self, BaseException, PyResult, Raised, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR,
    UNICODE_TRANSLATE_ERROR, type_error,
};
use taipan_vm::object::Ref;
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::text_support::from_buffer;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::text::TextBuf;
use taipan_vm::text::codec::{Codec, Handler};
use taipan_vm::value::Value;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Encode,
    Decode,
    Translate,
}

/// What an exception says: its kind, the object, and the part that is wrong.
struct Problem {
    kind: Kind,
    object: Value,
    start: usize,
    end: usize,
}

#[cold]
fn wrong(exception: &Value) -> Raised {
    type_error(format!(
        "don't know how to handle {} in error callback",
        exception.class().name()
    ))
}

impl Problem {
    fn new(exception: &Value) -> PyResult<Problem> {
        let kind = if exception.is_instance(UNICODE_ENCODE_ERROR.get()) {
            Kind::Encode
        } else if exception.is_instance(UNICODE_DECODE_ERROR.get()) {
            Kind::Decode
        } else if exception.is_instance(UNICODE_TRANSLATE_ERROR.get()) {
            Kind::Translate
        } else {
            return Err(wrong(exception));
        };
        let get = |name| abstract_ops::getattr(exception, &Str::intern(name));
        let object = get("object")?;
        let length = match (object.downcast::<Str>(), buffer::try_bytes(&object)?) {
            (Some(text), _) if kind != Kind::Decode => text.len(),
            (None, Some(bytes)) if kind == Kind::Decode => bytes.len(),
            _ => return Err(type_error("object attribute has the wrong type")),
        };
        let number = |name| -> PyResult<usize> {
            Ok(usize::try_from(abstract_ops::to_i64(&get(name)?)?).unwrap_or(0))
        };
        let end = number("end")?.min(length);
        let start = number("start")?.min(end);
        Ok(Problem {
            kind,
            object,
            start,
            end,
        })
    }

    fn points(&self) -> Vec<u32> {
        match self.object.downcast::<Str>() {
            Some(text) => text.units().slice(self.start..self.end).points().collect(),
            None => Vec::new(),
        }
    }

    fn bytes(&self) -> PyResult<Vec<u8>> {
        Ok(buffer::bytes_like(&self.object)?.to_vec())
    }

    fn answer(&self, replacement: Value) -> PyResult {
        Ok(Tuple::new([replacement, Value::int(self.end as i64)]).into_value())
    }

    fn text(&self, replacement: &str) -> PyResult {
        self.answer(Str::new(replacement).into_value())
    }
}

pub fn strict(exception: &Value) -> PyResult {
    match Ref::<BaseException>::from_value(exception.clone()) {
        Ok(exception) => Err(exceptions::raise(exception)),
        Err(_) => Err(type_error("codec must pass exception instance")),
    }
}

pub fn ignore(exception: &Value) -> PyResult {
    Problem::new(exception)?.text("")
}

pub fn replace(exception: &Value) -> PyResult {
    let problem = Problem::new(exception)?;
    let count = problem.end - problem.start;
    match problem.kind {
        Kind::Encode => problem.text(&"?".repeat(count)),
        Kind::Decode => problem.text("\u{FFFD}"),
        Kind::Translate => problem.text(&"\u{FFFD}".repeat(count)),
    }
}

pub fn xml(exception: &Value) -> PyResult {
    let problem = Problem::new(exception)?;
    if problem.kind != Kind::Encode {
        return Err(wrong(exception));
    }
    let references = problem
        .points()
        .iter()
        .map(|point| format!("&#{point};"))
        .collect::<String>();
    problem.text(&references)
}

fn escaped(point: u32) -> String {
    match point {
        0..=0xFF => format!("\\x{point:02x}"),
        0x100..=0xFFFF => format!("\\u{point:04x}"),
        _ => format!("\\U{point:08x}"),
    }
}

pub fn backslash(exception: &Value) -> PyResult {
    let problem = Problem::new(exception)?;
    let text: String = match problem.kind {
        Kind::Decode => problem.bytes()?[problem.start..problem.end]
            .iter()
            .map(|byte| format!("\\x{byte:02x}"))
            .collect(),
        _ => problem.points().into_iter().map(escaped).collect(),
    };
    problem.text(&text)
}

pub fn names(exception: &Value) -> PyResult {
    let problem = Problem::new(exception)?;
    if problem.kind != Kind::Encode {
        return Err(wrong(exception));
    }
    let named = |point: u32| match char::from_u32(point).and_then(unicode_names2::name) {
        Some(name) => format!("\\N{{{name}}}"),
        None => escaped(point),
    };
    let text: String = problem.points().into_iter().map(named).collect();
    problem.text(&text)
}

/// The handlers for surrogates need to know the codec; they leave alone what they can't handle.
fn surrogates(exception: &Value, handler: Handler) -> PyResult {
    let problem = Problem::new(exception)?;
    if problem.kind == Kind::Translate {
        return Err(wrong(exception));
    }
    let encoding = abstract_ops::getattr(exception, &Str::intern("encoding"))?;
    let codec = encoding
        .downcast::<Str>()
        .and_then(|encoding| Codec::find(&encoding.to_rust()));
    // Other codecs than those built in are all of single bytes.
    let codec = match (codec, handler) {
        (Some(codec), _) => codec,
        (None, Handler::SurrogateEscape) => Codec::Latin1,
        (None, _) => return strict(exception),
    };
    match problem.kind {
        Kind::Encode => {
            let Some(text) = problem.object.downcast::<Str>() else {
                return strict(exception);
            };
            let part = text.units().slice(problem.start..problem.end);
            let mut out = Vec::new();
            match handler.encode(codec, part, &mut out) {
                Some(count) => {
                    let position = Value::int((problem.start + count) as i64);
                    Ok(Tuple::new([Bytes::from_vec(out).into_value(), position]).into_value())
                }
                None => strict(exception),
            }
        }
        Kind::Decode => {
            let bytes = problem.bytes()?;
            let mut out = TextBuf::new();
            match handler.decode(codec, &bytes, problem.start, problem.end, &mut out) {
                Some(position) => {
                    Ok(
                        Tuple::new([from_buffer(&out).into_value(), Value::int(position as i64)])
                            .into_value(),
                    )
                }
                None => strict(exception),
            }
        }
        Kind::Translate => Err(wrong(exception)),
    }
}

pub fn surrogate_pass(exception: &Value) -> PyResult {
    surrogates(exception, Handler::SurrogatePass)
}

pub fn surrogate_escape(exception: &Value) -> PyResult {
    surrogates(exception, Handler::SurrogateEscape)
}
