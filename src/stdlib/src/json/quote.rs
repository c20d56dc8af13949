//! Strings as JSON literals.

use taipan_vm::object::Ref;
use taipan_vm::objects::str::Str;

/// The letter behind the backslash, of characters that have one.
fn letter(point: u32) -> Option<char> {
    Some(match point {
        0x08 => 'b',
        0x09 => 't',
        0x0A => 'n',
        0x0C => 'f',
        0x0D => 'r',
        0x22 => '"',
        0x5C => '\\',
        _ => return None,
    })
}

fn push_escape(to: &mut Vec<u8>, point: u32) {
    if let Some(letter) = letter(point) {
        to.extend([b'\\', letter as u8]);
        return;
    }
    let mut unit = |unit: u32| to.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
    match point.checked_sub(0x10000) {
        Some(offset) => {
            unit(0xD800 | offset >> 10);
            unit(0xDC00 | offset & 0x3FF);
        }
        None => unit(point),
    }
}

fn is_plain_ascii(point: u32) -> bool {
    matches!(point, 0x20..=0x7E) && point != 0x22 && point != 0x5C
}

/// Everything outside of printable ASCII is escaped.
pub fn ascii(text: &Str) -> Ref<Str> {
    let mut quoted = Vec::with_capacity(text.len() + 2);
    quoted.push(b'"');
    for point in text.code_points() {
        if is_plain_ascii(point) {
            quoted.push(point as u8);
        } else {
            push_escape(&mut quoted, point);
        }
    }
    quoted.push(b'"');
    Str::from_latin1(&quoted)
}

/// Only what JSON asks for is escaped.
pub fn any(text: &Str) -> Ref<Str> {
    let mut quoted = Vec::with_capacity(text.len() + 2);
    let mut escape = Vec::new();
    quoted.push(0x22);
    for point in text.code_points() {
        if point >= 0x20 && point != 0x22 && point != 0x5C {
            quoted.push(point);
        } else {
            push_escape(&mut escape, point);
            quoted.extend(escape.drain(..).map(u32::from));
        }
    }
    quoted.push(0x22);
    Str::from_code_points(&quoted)
}
