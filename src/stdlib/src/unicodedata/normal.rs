//! Normal forms.

use super::database::{decomposition, record};
use super::tables::COMPOSITIONS;

/// Which form: composed or not, and whether compatibility mappings count.
#[derive(Clone, Copy)]
pub struct Form {
    compose: bool,
    compatible: bool,
}

impl Form {
    pub fn named(name: &str) -> Option<Form> {
        let (compose, compatible) = match name {
            "NFC" => (true, false),
            "NFKC" => (true, true),
            "NFD" => (false, false),
            "NFKD" => (false, true),
            _ => return None,
        };
        Some(Form {
            compose,
            compatible,
        })
    }
}

/// Hangul syllables are a leading and a vowel jamo, and maybe a trailing one, in order.
pub mod hangul {
    const SYLLABLES: u32 = 0xAC00;
    const LEADING: u32 = 0x1100;
    const VOWELS: u32 = 0x1161;
    /// No trailing jamo is written as this one, which isn't a jamo.
    const NO_TRAILING: u32 = 0x11A7;
    const LEADING_COUNT: u32 = 19;
    const VOWEL_COUNT: u32 = 21;
    const TRAILING_COUNT: u32 = 28;
    const PER_LEADING: u32 = VOWEL_COUNT * TRAILING_COUNT;

    pub fn decompose(point: u32, out: &mut Vec<u32>) -> bool {
        let index = point.wrapping_sub(SYLLABLES);
        if index >= LEADING_COUNT * PER_LEADING {
            return false;
        }
        out.push(LEADING + index / PER_LEADING);
        out.push(VOWELS + index % PER_LEADING / TRAILING_COUNT);
        let trailing = index % TRAILING_COUNT;
        if trailing != 0 {
            out.push(NO_TRAILING + trailing);
        }
        true
    }

    pub fn compose(first: u32, second: u32) -> Option<u32> {
        let leading = first.wrapping_sub(LEADING);
        let vowel = second.wrapping_sub(VOWELS);
        if leading < LEADING_COUNT && vowel < VOWEL_COUNT {
            return Some(SYLLABLES + leading * PER_LEADING + vowel * TRAILING_COUNT);
        }
        let syllable = first.wrapping_sub(SYLLABLES);
        let trailing = second.wrapping_sub(NO_TRAILING);
        let takes_trailing =
            syllable < LEADING_COUNT * PER_LEADING && syllable.is_multiple_of(TRAILING_COUNT);
        (takes_trailing && (1..TRAILING_COUNT).contains(&trailing)).then(|| first + trailing)
    }
}

fn decompose(point: u32, compatible: bool, out: &mut Vec<u32>) {
    if hangul::decompose(point, out) {
        return;
    }
    match decomposition(point) {
        Some((tag, parts)) if compatible || tag.is_empty() => {
            for &part in parts {
                decompose(part, compatible, out);
            }
        }
        _ => out.push(point),
    }
}

fn combining(point: u32) -> u8 {
    match point {
        0..0x300 => 0,
        _ => record(point).combining,
    }
}

/// Marks in the canonical order; those of one class keep theirs.
fn reorder(points: &mut [u32]) {
    for marks in points.chunk_by_mut(|_, &next| combining(next) != 0) {
        let starts = usize::from(combining(marks[0]) == 0);
        marks[starts..].sort_by_key(|&mark| combining(mark));
    }
}

fn pair(first: u32, second: u32) -> Option<u32> {
    hangul::compose(first, second).or_else(|| {
        let at = COMPOSITIONS
            .binary_search_by_key(&(first, second), |&(of, _)| of)
            .ok()?;
        Some(COMPOSITIONS[at].1)
    })
}

/// Each mark goes into the last starter if they compose and nothing between blocks it.
fn compose(points: &[u32]) -> Vec<u32> {
    let mut out: Vec<u32> = Vec::with_capacity(points.len());
    let mut starter = None;
    let mut last_class = 0;
    for &point in points {
        let class = combining(point);
        if let Some(at) = starter {
            let adjacent = at + 1 == out.len();
            if (adjacent || last_class < class)
                && let Some(composed) = pair(out[at], point)
            {
                out[at] = composed;
                continue;
            }
        }
        if class == 0 {
            starter = Some(out.len());
        }
        last_class = class;
        out.push(point);
    }
    out
}

pub fn normalize(text: impl Iterator<Item = u32>, form: Form) -> Vec<u32> {
    let mut points = Vec::with_capacity(text.size_hint().0);
    for point in text {
        decompose(point, form.compatible, &mut points);
    }
    reorder(&mut points);
    if form.compose {
        return compose(&points);
    }
    points
}
