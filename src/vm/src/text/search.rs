//! Substring search over the three widths.
//!
//! One-byte text goes to the `memchr` crate, unless it is so short that preparing its search costs more than the
//! search. The others find candidates by the needle's last
//! character and skip as far as a 64-bit filter of its characters allows, which is linear for
//! ordinary text; a needle that is long and comes close too often goes to the two-way algorithm of
//! `memchr` over the bytes, where only hits at unit boundaries count, so that no input is quadratic.

use super::Units;
use memchr::memmem;
use std::ops::Range;

/// A character of one width.
pub trait Unit: Copy + Eq + Ord + Into<u32> + 'static {
    fn from_point(point: u32) -> Option<Self>;
    fn find(hay: &[Self], unit: Self) -> Option<usize> {
        hay.iter().position(|&other| other == unit)
    }
    fn rfind(hay: &[Self], unit: Self) -> Option<usize> {
        hay.iter().rposition(|&other| other == unit)
    }
}

impl Unit for u8 {
    fn from_point(point: u32) -> Option<u8> {
        point.try_into().ok()
    }
    fn find(hay: &[u8], unit: u8) -> Option<usize> {
        if hay.len() < 16 {
            return hay.iter().position(|&other| other == unit);
        }
        memchr::memchr(unit, hay)
    }
    fn rfind(hay: &[u8], unit: u8) -> Option<usize> {
        memchr::memrchr(unit, hay)
    }
}

impl Unit for u16 {
    fn from_point(point: u32) -> Option<u16> {
        point.try_into().ok()
    }
}

impl Unit for u32 {
    fn from_point(point: u32) -> Option<u32> {
        Some(point)
    }
}

fn as_bytes<T: Unit>(units: &[T]) -> &[u8] {
    // SAFETY: only u8, u16 and u32 are units; they have no padding.
    unsafe { std::slice::from_raw_parts(units.as_ptr().cast(), size_of_val(units)) }
}

/// A needle prepared for finding it again and again in text of one width.
pub struct Finder<'n, T: Unit> {
    needle: &'n [T],
    bytes: Option<memmem::Finder<'n>>,
    filter: u64,
    /// How far to go on when the last character fits but the rest does not.
    skip: usize,
}

fn filter_bit(unit: impl Into<u32>) -> u64 {
    1 << (unit.into() & 63)
}

/// Text shorter than this is looked through plainly.
const SHORT: usize = 128;

impl<'n, T: Unit> Finder<'n, T> {
    /// For text of about that length. The needle is not empty.
    pub fn new(needle: &'n [T], length: usize) -> Finder<'n, T> {
        let bytes = (size_of::<T>() == 1 && needle.len() > 1 && length > SHORT)
            .then(|| memmem::Finder::new(as_bytes(needle)));
        let mut filter = 0;
        let mut skip = needle.len();
        if let Some((&last, rest)) = needle.split_last() {
            filter = rest
                .iter()
                .fold(filter_bit(last), |filter, &unit| filter | filter_bit(unit));
            if let Some(at) = rest.iter().rposition(|&unit| unit == last) {
                skip = rest.len() - at;
            }
        }
        Finder {
            needle,
            bytes,
            filter,
            skip,
        }
    }

    pub fn find(&self, hay: &[T]) -> Option<usize> {
        if let Some(bytes) = &self.bytes {
            return bytes.find(as_bytes(hay));
        }
        let (&last, rest) = self.needle.split_last()?;
        if rest.is_empty() {
            return T::find(hay, last);
        }
        let length = self.needle.len();
        let mut at = 0;
        // Comparisons that failed late; too many of them make another algorithm the better one.
        let mut wasted = 0usize;
        while at + length <= hay.len() {
            if hay[at + length - 1] == last {
                let same = rest
                    .iter()
                    .zip(&hay[at..])
                    .take_while(|(a, b)| a == b)
                    .count();
                if same == rest.len() {
                    return Some(at);
                }
                wasted += same;
                if wasted > 256 + 4 * at {
                    return Some(at + find_by_bytes(&hay[at..], self.needle)?);
                }
                at += match hay.get(at + length) {
                    Some(&next) if self.filter & filter_bit(next) == 0 => length + 1,
                    _ => self.skip,
                };
            } else {
                at += match hay.get(at + length) {
                    Some(&next) if self.filter & filter_bit(next) == 0 => length + 1,
                    _ => 1,
                };
            }
        }
        None
    }
}

/// The two-way search over the bytes of wide units.
fn find_by_bytes<T: Unit>(hay: &[T], needle: &[T]) -> Option<usize> {
    let finder = memmem::Finder::new(as_bytes(needle));
    let bytes = as_bytes(hay);
    let mut at = 0;
    loop {
        let hit = at + finder.find(&bytes[at..])?;
        if hit % size_of::<T>() == 0 {
            return Some(hit / size_of::<T>());
        }
        at = hit + 1;
    }
}

fn rfind_units<T: Unit>(hay: &[T], needle: &[T]) -> Option<usize> {
    let (&first, rest) = needle.split_first()?;
    if rest.is_empty() {
        return T::rfind(hay, first);
    }
    if size_of::<T>() == 1 {
        return memmem::rfind(as_bytes(hay), as_bytes(needle));
    }
    let mut end = hay.len().checked_sub(rest.len())?;
    let mut wasted = 0usize;
    while let Some(at) = T::rfind(&hay[..end], first) {
        let same = rest
            .iter()
            .zip(&hay[at + 1..])
            .take_while(|(a, b)| a == b)
            .count();
        if same == rest.len() {
            return Some(at);
        }
        wasted += same;
        if wasted > 256 + 4 * (hay.len() - at) {
            let (hay, needle) = (as_bytes(hay), as_bytes(needle));
            let mut limit = (at + rest.len()) * size_of::<T>();
            loop {
                let hit = memmem::rfind(&hay[..limit], needle)?;
                if hit % size_of::<T>() == 0 {
                    return Some(hit / size_of::<T>());
                }
                limit = hit + needle.len() - 1;
            }
        }
        end = at;
    }
    None
}

/// The needle in the width of the hay, or `None` if it holds a character that does not fit.
pub fn narrowed<T: Unit>(needle: Units) -> Option<Vec<T>> {
    needle.points().map(T::from_point).collect()
}

/// Runs `$body` with hay and needle as slices of one width; `$none` if the needle cannot occur.
macro_rules! same_width {
    ($hay:expr, $needle:expr, |$a:ident, $b:ident| $body:expr, $none:expr) => {
        match ($hay, $needle) {
            (Units::One($a), Units::One($b)) => $body,
            (Units::Two($a), Units::Two($b)) => $body,
            (Units::Four($a), Units::Four($b)) => $body,
            (Units::One($a), needle) => match narrowed::<u8>(needle) {
                Some(needle) => {
                    let $b = &needle[..];
                    $body
                }
                None => $none,
            },
            (Units::Two($a), needle) => match narrowed::<u16>(needle) {
                Some(needle) => {
                    let $b = &needle[..];
                    $body
                }
                None => $none,
            },
            (Units::Four($a), needle) => match narrowed::<u32>(needle) {
                Some(needle) => {
                    let $b = &needle[..];
                    $body
                }
                None => $none,
            },
        }
    };
}

/// The first index in `range` at which the needle starts; it must end within the range too.
pub fn find(hay: Units, needle: Units, range: Range<usize>) -> Option<usize> {
    if range.start > range.end {
        return None;
    }
    if needle.is_empty() {
        return Some(range.start);
    }
    let start = range.start;
    let found = same_width!(
        hay.slice(range),
        needle,
        |hay, needle| Finder::new(needle, hay.len()).find(hay),
        None
    );
    found.map(|at| at + start)
}

/// The last index in `range` at which the needle starts.
pub fn rfind(hay: Units, needle: Units, range: Range<usize>) -> Option<usize> {
    if range.start > range.end {
        return None;
    }
    if needle.is_empty() {
        return Some(range.end);
    }
    let start = range.start;
    let found = same_width!(
        hay.slice(range),
        needle,
        |hay, needle| rfind_units(hay, needle),
        None
    );
    found.map(|at| at + start)
}

pub fn find_point(hay: Units, point: u32, range: Range<usize>) -> Option<usize> {
    fn in_units<T: Unit>(hay: &[T], point: u32) -> Option<usize> {
        T::find(hay, T::from_point(point)?)
    }
    let start = range.start;
    let found = crate::for_each_width!(hay.slice(range), units => in_units(units, point));
    found.map(|at| at + start)
}

/// Calls `each` with all the places where the needle stands, from left to right without overlap; not more than
/// `limit`. The needle is not empty.
pub fn each_match(hay: Units, needle: Units, limit: usize, mut each: impl FnMut(usize)) {
    fn all<T: Unit>(hay: &[T], needle: &[T], limit: usize, each: &mut impl FnMut(usize)) {
        let finder = Finder::new(needle, hay.len());
        let mut at = 0;
        for _ in 0..limit {
            let Some(hit) = finder.find(&hay[at..]) else {
                return;
            };
            each(at + hit);
            at += hit + needle.len();
        }
    }
    if needle.is_empty() {
        return;
    }
    same_width!(
        hay,
        needle,
        |hay, needle| all(hay, needle, limit, &mut each),
        ()
    )
}

/// How often the needle stands in `range`, without overlap; an empty one between all characters.
pub fn count(hay: Units, needle: Units, range: Range<usize>) -> usize {
    fn units<T: Unit>(mut hay: &[T], needle: &[T]) -> usize {
        let finder = Finder::new(needle, hay.len());
        let mut count = 0;
        while let Some(hit) = finder.find(hay) {
            count += 1;
            hay = &hay[hit + needle.len()..];
        }
        count
    }
    if range.start > range.end {
        return 0;
    }
    if needle.is_empty() {
        return range.len() + 1;
    }
    same_width!(
        hay.slice(range),
        needle,
        |hay, needle| units(hay, needle),
        0
    )
}

/// `hay.replace(old, new, limit)`, or `None` if nothing changes.
pub fn replace(hay: Units, old: Units, new: Units, limit: usize) -> Option<super::TextBuf> {
    let mut out = super::TextBuf::new();
    if limit == 0 {
        return None;
    }
    if old.is_empty() {
        if new.is_empty() {
            return None;
        }
        // In front of each character, and at the end.
        for index in 0..=hay.len() {
            if index < limit {
                out.push_units(new);
            } else {
                out.push_units(hay.slice(index..hay.len()));
                return Some(out);
            }
            if index < hay.len() {
                out.push(hay.get(index));
            }
        }
        return Some(out);
    }
    let mut at = None;
    each_match(hay, old, limit, |hit| {
        if at.is_none() {
            out = super::TextBuf::with_capacity(hay.len() + new.len());
        }
        out.push_units(hay.slice(at.unwrap_or(0)..hit));
        out.push_units(new);
        at = Some(hit + old.len());
    });
    let at = at?;
    out.push_units(hay.slice(at..hay.len()));
    Some(out)
}
