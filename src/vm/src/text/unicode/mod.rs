//! What Python says of code points: classes, digits and case.
//!
//! The tables hold runs of code points with equal properties; an index of the runs by the upper bits,
//! made at compile time, leaves a short binary search. Latin-1 has a table of its own.

pub mod case;
#[rustfmt::skip]
mod tables;

use tables::{RECORDS, RUNS, SPECIAL};

/// The properties of a code point.
pub struct Record {
    flags: u16,
    /// What to add for upper, lower, title case and for folding.
    deltas: [i32; 4],
    decimal: u8,
    digit: u8,
}

impl Record {
    const fn new(flags: u16, deltas: [i32; 4], decimal: u8, digit: u8) -> Record {
        Record {
            flags,
            deltas,
            decimal,
            digit,
        }
    }
}

const BLOCK_BITS: u32 = 8;
const BLOCKS: usize = 0x11_0000 >> BLOCK_BITS;

/// The run in which each block starts; one more entry for the end.
static BLOCK_INDEX: [u16; BLOCKS + 1] = {
    let mut index = [0; BLOCKS + 1];
    let (mut block, mut run) = (0, 0);
    while block < BLOCKS {
        let start = (block as u32) << BLOCK_BITS;
        while run + 1 < RUNS.len() && RUNS[run + 1] >> 11 <= start {
            run += 1;
        }
        index[block] = run as u16;
        block += 1;
    }
    index[BLOCKS] = (RUNS.len() - 1) as u16;
    index
};

static LATIN1: [u8; 256] = {
    let mut records = [0; 256];
    let (mut point, mut run) = (0, 0);
    while point < 256 {
        while RUNS[run + 1] >> 11 <= point as u32 {
            run += 1;
        }
        records[point] = (RUNS[run] & 0x7FF) as u8;
        point += 1;
    }
    records
};

#[inline]
fn record(point: u32) -> &'static Record {
    if point < 256 {
        return &RECORDS[LATIN1[point as usize] as usize];
    }
    let block = (point >> BLOCK_BITS) as usize;
    if block >= BLOCKS {
        return &RECORDS[0];
    }
    let (first, last) = (BLOCK_INDEX[block] as usize, BLOCK_INDEX[block + 1] as usize);
    let after = RUNS[first..=last].partition_point(|run| run >> 11 <= point);
    &RECORDS[(RUNS[first + after - 1] & 0x7FF) as usize]
}

#[inline]
fn has(point: u32, flags: u16) -> bool {
    record(point).flags & flags != 0
}

pub fn is_alpha(point: u32) -> bool {
    has(point, tables::ALPHA)
}

pub fn is_decimal(point: u32) -> bool {
    has(point, tables::DECIMAL)
}

pub fn is_digit(point: u32) -> bool {
    has(point, tables::DIGIT)
}

pub fn is_numeric(point: u32) -> bool {
    has(point, tables::NUMERIC)
}

pub fn is_alnum(point: u32) -> bool {
    has(
        point,
        tables::ALPHA | tables::DECIMAL | tables::DIGIT | tables::NUMERIC,
    )
}

pub fn is_lower(point: u32) -> bool {
    has(point, tables::LOWER)
}

pub fn is_upper(point: u32) -> bool {
    has(point, tables::UPPER)
}

pub fn is_title(point: u32) -> bool {
    has(point, tables::TITLE)
}

pub fn is_printable(point: u32) -> bool {
    has(point, tables::PRINTABLE)
}

#[inline]
pub fn is_space(point: u32) -> bool {
    if point < 128 {
        return matches!(point, 0x09..=0x0D | 0x1C..=0x20);
    }
    has(point, tables::SPACE)
}

pub fn is_line_break(point: u32) -> bool {
    has(point, tables::LINE_BREAK)
}

pub fn is_id_start(point: u32) -> bool {
    has(point, tables::ID_START)
}

pub fn is_id_continue(point: u32) -> bool {
    has(point, tables::ID_CONTINUE)
}

/// The value of a decimal digit of any script.
pub fn decimal(point: u32) -> Option<u32> {
    let value = record(point).decimal;
    (value != 255).then_some(value.into())
}

/// The value of a digit, superscripts and the like included.
pub fn digit(point: u32) -> Option<u32> {
    let value = record(point).digit;
    (value != 255).then_some(value.into())
}

/// The text with all decimal digits and blanks replaced by ASCII ones, as `int()` and `float()` read
/// it; `None` if another character beyond ASCII is left.
pub fn to_ascii_number(text: super::Units) -> Option<String> {
    text.points()
        .map(|point| match char::from_u32(point) {
            Some(char) if char.is_ascii() => Some(char),
            _ if is_space(point) => Some(' '),
            _ => decimal(point).and_then(|digit| char::from_digit(digit, 10)),
        })
        .collect()
}

/// `str.isidentifier()`
pub fn is_identifier(text: super::Units) -> bool {
    text.try_get(0).is_some_and(is_id_start) && text.points().skip(1).all(is_id_continue)
}

/// Up to three code points.
#[derive(Clone, Copy)]
pub struct Mapped {
    points: [u32; 3],
    length: usize,
}

impl Mapped {
    fn one(point: u32) -> Mapped {
        Mapped {
            points: [point, 0, 0],
            length: 1,
        }
    }

    pub fn points(&self) -> &[u32] {
        &self.points[..self.length]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum CaseMapping {
    Upper,
    Lower,
    Title,
    Fold,
}

/// The full case mapping of one code point, without regard to its neighbours.
pub fn map_case(point: u32, mapping: CaseMapping) -> Mapped {
    let kind = mapping as usize;
    let delta = record(point).deltas[kind];
    if delta != 0 {
        return Mapped::one(point.wrapping_add_signed(delta));
    }
    if point < 0x80 {
        return Mapped::one(point);
    }
    match SPECIAL.binary_search_by_key(&(point, kind as u8), |entry| (entry.0, entry.1)) {
        Ok(index) => {
            let mut mapped = Mapped {
                points: [0; 3],
                length: 0,
            };
            for char in SPECIAL[index].2.chars().take(3) {
                mapped.points[mapped.length] = char.into();
                mapped.length += 1;
            }
            mapped
        }
        Err(_) => Mapped::one(point),
    }
}
