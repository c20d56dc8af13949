//! Case of whole strings.
//!
//! The only mapping that depends on the context is that of the capital sigma, which becomes a final
//! one at the end of a word.

use super::super::{TextBuf, Units};
use super::tables::{CASE_IGNORABLE, CASED};
use super::{CaseMapping, has, is_lower, is_title, is_upper, map_case};

const CAPITAL_SIGMA: u32 = 0x3A3;
const SMALL_SIGMA: u32 = 0x3C3;
const FINAL_SIGMA: u32 = 0x3C2;

/// Whether the sigma at `index` ends a word: a cased letter before it, none after it, each perhaps
/// with ignorable characters in between.
fn is_final_sigma(text: Units, index: usize) -> bool {
    let before = text
        .slice(0..index)
        .points()
        .rev()
        .find(|&point| !has(point, CASE_IGNORABLE));
    if !before.is_some_and(|point| has(point, CASED)) {
        return false;
    }
    let after = text
        .slice(index + 1..text.len())
        .points()
        .find(|&point| !has(point, CASE_IGNORABLE));
    !after.is_some_and(|point| has(point, CASED))
}

fn push(out: &mut TextBuf, point: u32, mapping: CaseMapping) {
    for &mapped in map_case(point, mapping).points() {
        out.push(mapped);
    }
}

fn push_lower(out: &mut TextBuf, text: Units, index: usize) {
    let point = text.get(index);
    if point == CAPITAL_SIGMA {
        out.push(if is_final_sigma(text, index) {
            FINAL_SIGMA
        } else {
            SMALL_SIGMA
        });
    } else {
        push(out, point, CaseMapping::Lower);
    }
}

fn map_ascii(bytes: &[u8], map: impl Fn(&u8) -> u8) -> TextBuf {
    TextBuf::One(bytes.iter().map(map).collect())
}

fn map_all(text: Units, mapping: CaseMapping) -> TextBuf {
    let mut out = TextBuf::with_capacity(text.len());
    text.points()
        .for_each(|point| push(&mut out, point, mapping));
    out
}

pub fn upper(text: Units) -> TextBuf {
    match text {
        Units::One(bytes) if bytes.is_ascii() => map_ascii(bytes, u8::to_ascii_uppercase),
        _ => map_all(text, CaseMapping::Upper),
    }
}

pub fn lower(text: Units) -> TextBuf {
    match text {
        Units::One(bytes) if bytes.is_ascii() => map_ascii(bytes, u8::to_ascii_lowercase),
        _ => {
            let mut out = TextBuf::with_capacity(text.len());
            (0..text.len()).for_each(|index| push_lower(&mut out, text, index));
            out
        }
    }
}

pub fn casefold(text: Units) -> TextBuf {
    match text {
        Units::One(bytes) if bytes.is_ascii() => map_ascii(bytes, u8::to_ascii_lowercase),
        _ => map_all(text, CaseMapping::Fold),
    }
}

pub fn capitalize(text: Units) -> TextBuf {
    let mut out = TextBuf::with_capacity(text.len());
    if let Some(first) = text.try_get(0) {
        push(&mut out, first, CaseMapping::Title);
    }
    (1..text.len()).for_each(|index| push_lower(&mut out, text, index));
    out
}

pub fn title(text: Units) -> TextBuf {
    let mut out = TextBuf::with_capacity(text.len());
    let mut after_cased = false;
    for index in 0..text.len() {
        let point = text.get(index);
        if after_cased {
            push_lower(&mut out, text, index);
        } else {
            push(&mut out, point, CaseMapping::Title);
        }
        after_cased = has(point, CASED);
    }
    out
}

pub fn swapcase(text: Units) -> TextBuf {
    let mut out = TextBuf::with_capacity(text.len());
    for index in 0..text.len() {
        let point = text.get(index);
        if is_upper(point) {
            push_lower(&mut out, text, index);
        } else if is_lower(point) {
            push(&mut out, point, CaseMapping::Upper);
        } else {
            out.push(point);
        }
    }
    out
}

/// `str.islower()`: a lower-case letter and none of another case.
pub fn all_lower(text: Units) -> bool {
    let mut found = false;
    for point in text.points() {
        if is_upper(point) || is_title(point) {
            return false;
        }
        found |= is_lower(point);
    }
    found
}

/// `str.isupper()`
pub fn all_upper(text: Units) -> bool {
    let mut found = false;
    for point in text.points() {
        if is_lower(point) || is_title(point) {
            return false;
        }
        found |= is_upper(point);
    }
    found
}

/// `str.istitle()`: words start with a capital and go on in lower case.
pub fn all_title(text: Units) -> bool {
    let (mut found, mut after_cased) = (false, false);
    for point in text.points() {
        if is_upper(point) || is_title(point) {
            if after_cased {
                return false;
            }
            (found, after_cased) = (true, true);
        } else if is_lower(point) {
            if !after_cased {
                return false;
            }
        } else {
            after_cased = false;
        }
    }
    found
}
