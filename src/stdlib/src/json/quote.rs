//! Strings as JSON literals.

use taipan_vm::objects::str::{Str, Units};
use taipan_vm::text::buffer::TextBuf;

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

fn push_escape(to: &mut TextBuf, point: u32) {
    if let Some(letter) = letter(point) {
        to.push_units(Units::One(&[b'\\', letter as u8]));
        return;
    }
    let mut unit = |unit: u32| to.push_str(&format!("\\u{unit:04x}"));
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

fn is_plain(point: u32) -> bool {
    point >= 0x20 && point != 0x22 && point != 0x5C
}

/// The literal: characters that are not plain are escaped.
fn push(text: &Str, to: &mut TextBuf, is_plain: fn(u32) -> bool) {
    to.push(0x22);
    let units = text.units();
    let mut start = 0;
    for (at, point) in text.code_points().enumerate() {
        if is_plain(point) {
            continue;
        }
        to.push_units(units.slice(start..at));
        push_escape(to, point);
        start = at + 1;
    }
    to.push_units(units.slice(start..units.len()));
    to.push(0x22);
}

/// Everything outside of printable ASCII is escaped.
pub fn push_ascii(text: &Str, to: &mut TextBuf) {
    push(text, to, is_plain_ascii);
}

/// Only what JSON asks for is escaped.
pub fn push_any(text: &Str, to: &mut TextBuf) {
    push(text, to, is_plain);
}
