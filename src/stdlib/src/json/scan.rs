//! String literals of JSON, read.

use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, BaseException, PyResult, Raised, type_error, value_error};
use taipan_vm::import;
use taipan_vm::object::Ref;
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

/// `JSONDecodeError` lives in Python: it counts lines.
#[cold]
pub fn error(message: &str, document: &Value, at: isize) -> Raised {
    let made = import::import_module("json.decoder").and_then(|module| {
        let class = abstract_ops::getattr(&module, &Str::intern("JSONDecodeError"))?;
        let message = Str::new(message).into_value();
        abstract_ops::call(&class, &[message, document.clone(), Value::int(at as i64)])
    });
    match made.map(Ref::<BaseException>::from_value) {
        Ok(Ok(exception)) => exceptions::raise(exception),
        Ok(Err(_)) => type_error("exceptions must derive from BaseException"),
        Err(raised) => raised,
    }
}

/// Four hexadecimal digits.
fn unit(text: &Str, from: usize) -> Option<u32> {
    (from..from + 4).try_fold(0, |unit, index| {
        let digit = char::from_u32(text.char_at(index))?.to_digit(16)?;
        Some(unit << 4 | digit)
    })
}

/// The literal whose first character is at `start`, and where the text goes on behind it.
pub fn string(
    text: &Str,
    document: &Value,
    start: isize,
    strict: bool,
) -> PyResult<(Ref<Str>, usize)> {
    let len = text.len();
    let Some(mut end) = usize::try_from(start).ok().filter(|&start| start <= len) else {
        return Err(value_error("end is out of bounds"));
    };
    let unterminated = || error("Unterminated string starting at", document, start - 1);
    let bad_unit = |at: usize| error("Invalid \\uXXXX escape", document, at as isize);
    let first = end;
    let mut found = Vec::new();
    loop {
        let plain = end;
        let stop = loop {
            if end == len {
                return Err(unterminated());
            }
            match text.char_at(end) {
                point @ (0x22 | 0x5C) => break point,
                0..=0x1F if strict => {
                    return Err(error(
                        "Invalid control character at",
                        document,
                        end as isize,
                    ));
                }
                _ => end += 1,
            }
        };
        if stop == 0x22 && plain == first {
            return Ok((text.substring(first..end), end + 1));
        }
        found.extend((plain..end).map(|index| text.char_at(index)));
        if stop == 0x22 {
            return Ok((Str::from_code_points(&found), end + 1));
        }
        let letter = end + 1;
        if letter == len {
            return Err(unterminated());
        }
        end = letter + 1;
        found.push(match text.char_at(letter) {
            point @ (0x22 | 0x5C | 0x2F) => point,
            0x62 => 0x08,
            0x66 => 0x0C,
            0x6E => 0x0A,
            0x72 => 0x0D,
            0x74 => 0x09,
            0x75 => {
                end += 4;
                if end > len {
                    return Err(bad_unit(letter));
                }
                let high = unit(text, letter + 1).ok_or_else(|| bad_unit(letter))?;
                let pairs = matches!(high, 0xD800..=0xDBFF)
                    && end + 6 <= len
                    && text.char_at(end) == 0x5C
                    && text.char_at(end + 1) == 0x75;
                let low = match pairs {
                    true => Some(unit(text, end + 2).ok_or_else(|| bad_unit(end + 1))?),
                    false => None,
                };
                match low {
                    Some(low @ 0xDC00..=0xDFFF) => {
                        end += 6;
                        0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF)
                    }
                    _ => high,
                }
            }
            _ => return Err(error("Invalid \\escape", document, letter as isize - 1)),
        });
    }
}
