//! Text being built: it starts with one byte a character and widens when a wider one comes.

use super::Units;

#[derive(Clone, Debug)]
pub enum TextBuf {
    One(Vec<u8>),
    Two(Vec<u16>),
    Four(Vec<u32>),
}

impl Default for TextBuf {
    fn default() -> TextBuf {
        TextBuf::new()
    }
}

impl TextBuf {
    pub const fn new() -> TextBuf {
        TextBuf::One(Vec::new())
    }

    pub fn with_capacity(capacity: usize) -> TextBuf {
        TextBuf::One(Vec::with_capacity(capacity))
    }

    pub fn units(&self) -> Units<'_> {
        match self {
            TextBuf::One(units) => Units::One(units),
            TextBuf::Two(units) => Units::Two(units),
            TextBuf::Four(units) => Units::Four(units),
        }
    }

    pub fn len(&self) -> usize {
        self.units().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for a character of that size in every position.
    fn widen(&mut self, point: u32) {
        let wide = match self {
            TextBuf::One(units) if point > 0xFFFF => {
                TextBuf::Four(units.iter().map(|&unit| unit.into()).collect())
            }
            TextBuf::One(units) if point > 0xFF => {
                TextBuf::Two(units.iter().map(|&unit| unit.into()).collect())
            }
            TextBuf::Two(units) if point > 0xFFFF => {
                TextBuf::Four(units.iter().map(|&unit| unit.into()).collect())
            }
            _ => return,
        };
        *self = wide;
    }

    #[inline]
    pub fn push(&mut self, point: u32) {
        self.push_repeat(point, 1);
    }

    /// Drops what comes behind so many characters.
    pub fn truncate(&mut self, length: usize) {
        match self {
            TextBuf::One(v) => v.truncate(length),
            TextBuf::Two(v) => v.truncate(length),
            TextBuf::Four(v) => v.truncate(length),
        }
    }
    pub fn push_repeat(&mut self, point: u32, count: usize) {
        if count == 0 {
            return;
        }
        self.widen(point);
        match self {
            TextBuf::One(units) => units.extend(std::iter::repeat_n(point as u8, count)),
            TextBuf::Two(units) => units.extend(std::iter::repeat_n(point as u16, count)),
            TextBuf::Four(units) => units.extend(std::iter::repeat_n(point, count)),
        }
    }

    pub fn push_str(&mut self, text: &str) {
        if text.is_ascii() {
            self.push_units(Units::One(text.as_bytes()));
        } else {
            text.chars().for_each(|char| self.push(char.into()));
        }
    }

    pub fn push_units(&mut self, other: Units) {
        match other {
            Units::One(more) => match self {
                TextBuf::One(units) => units.extend_from_slice(more),
                TextBuf::Two(units) => units.extend(more.iter().map(|&unit| u16::from(unit))),
                TextBuf::Four(units) => units.extend(more.iter().map(|&unit| u32::from(unit))),
            },
            Units::Two(more) => {
                self.widen(more.iter().copied().max().unwrap_or(0).into());
                match self {
                    TextBuf::One(units) => units.extend(more.iter().map(|&unit| unit as u8)),
                    TextBuf::Two(units) => units.extend_from_slice(more),
                    TextBuf::Four(units) => units.extend(more.iter().map(|&unit| u32::from(unit))),
                }
            }
            Units::Four(more) => {
                self.widen(more.iter().copied().max().unwrap_or(0));
                match self {
                    TextBuf::One(units) => units.extend(more.iter().map(|&unit| unit as u8)),
                    TextBuf::Two(units) => units.extend(more.iter().map(|&unit| unit as u16)),
                    TextBuf::Four(units) => units.extend_from_slice(more),
                }
            }
        }
    }
}

impl FromIterator<u32> for TextBuf {
    fn from_iter<T: IntoIterator<Item = u32>>(points: T) -> TextBuf {
        let mut text = TextBuf::new();
        points.into_iter().for_each(|point| text.push(point));
        text
    }
}
