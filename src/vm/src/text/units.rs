//! The characters of a string, one, two or four bytes each.

use std::ops::Range;

/// The characters, by width.
#[derive(Clone, Copy, Debug)]
pub enum Units<'a> {
    /// Latin-1.
    One(&'a [u8]),
    Two(&'a [u16]),
    Four(&'a [u32]),
}

/// Runs the same expression for whichever width the units have.
#[macro_export]
macro_rules! for_each_width {
    ($units:expr, $slice:ident => $body:expr) => {
        match $units {
            $crate::text::Units::One($slice) => $body,
            $crate::text::Units::Two($slice) => $body,
            $crate::text::Units::Four($slice) => $body,
        }
    };
}

impl<'a> Units<'a> {
    #[inline(always)]
    pub fn get(&self, index: usize) -> u32 {
        match self {
            Units::One(units) => u32::from(units[index]),
            Units::Two(units) => u32::from(units[index]),
            Units::Four(units) => units[index],
        }
    }

    /// The character there, or `None` past the end.
    #[inline]
    pub fn try_get(&self, index: usize) -> Option<u32> {
        (index < self.len()).then(|| self.get(index))
    }

    #[inline(always)]
    pub fn len(&self) -> usize {
        for_each_width!(self, units => units.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    pub fn slice(&self, range: Range<usize>) -> Units<'a> {
        match self {
            Units::One(units) => Units::One(&units[range]),
            Units::Two(units) => Units::Two(&units[range]),
            Units::Four(units) => Units::Four(&units[range]),
        }
    }

    pub fn points(&self) -> impl ExactSizeIterator<Item = u32> + DoubleEndedIterator + use<'a> {
        let units = *self;
        (0..units.len()).map(move |index| units.get(index))
    }

    pub fn is_ascii(&self) -> bool {
        match self {
            Units::One(units) => units.is_ascii(),
            _ => self.is_empty(),
        }
    }

    /// Same characters, whatever the widths.
    pub fn same(&self, other: &Units) -> bool {
        match (self, other) {
            (Units::One(a), Units::One(b)) => a == b,
            (Units::Two(a), Units::Two(b)) => a == b,
            (Units::Four(a), Units::Four(b)) => a == b,
            _ => self.len() == other.len() && self.points().eq(other.points()),
        }
    }

    /// The text for messages; lone surrogates become U+FFFD.
    pub fn to_rust(&self) -> String {
        self.points()
            .map(|point| char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    }
}
