//! What the tables say of a code point.

use super::tables::{DECOMPOSITIONS, NUMBERS, RECORDS, RUNS, TAGS};

/// Properties that many code points share.
pub struct Record {
    pub category: u8,
    pub bidirectional: u8,
    pub width: u8,
    pub combining: u8,
    pub mirrored: bool,
}

impl Record {
    pub const fn new(
        category: u8,
        bidirectional: u8,
        width: u8,
        combining: u8,
        mirrored: u8,
    ) -> Record {
        Record {
            category,
            bidirectional,
            width,
            combining,
            mirrored: mirrored != 0,
        }
    }
}

pub fn record(point: u32) -> &'static Record {
    let after = RUNS.partition_point(|run| run >> 11 <= point);
    &RECORDS[(RUNS[after - 1] & 0x7FF) as usize]
}

pub fn numeric(point: u32) -> Option<f64> {
    let at = NUMBERS.binary_search_by_key(&point, |&(of, _)| of).ok()?;
    Some(NUMBERS[at].1)
}

/// What a code point is mapped to, and how: no tag for a canonical mapping. Hangul syllables are computed.
pub fn decomposition(point: u32) -> Option<(&'static str, &'static [u32])> {
    let at = DECOMPOSITIONS
        .binary_search_by_key(&point, |&(of, ..)| of)
        .ok()?;
    let (_, tag, parts) = DECOMPOSITIONS[at];
    Some((TAGS[tag as usize], parts))
}
