//! Classes of characters: categories, sets, case.

use taipan_vm::text::unicode::{self, CaseMapping};

/// The first character of the lower-case form.
pub fn lower_unicode(point: u32) -> u32 {
    first(point, CaseMapping::Lower)
}

/// The first character of the upper-case form.
pub fn upper_unicode(point: u32) -> u32 {
    first(point, CaseMapping::Upper)
}

fn first(point: u32, mapping: CaseMapping) -> u32 {
    unicode::map_case(point, mapping)
        .points()
        .first()
        .copied()
        .unwrap_or(point)
}

pub fn lower_ascii(point: u32) -> u32 {
    match point {
        0x41..=0x5A => point + 32,
        _ => point,
    }
}

/// What the C library's locale says; characters beyond a byte are not its business.
fn locale(point: u32, function: unsafe extern "C" fn(libc::c_int) -> libc::c_int) -> Option<u32> {
    // SAFETY: the `<ctype.h>` functions take any unsigned char.
    (point < 256).then(|| unsafe { function(point as libc::c_int) } as u32)
}

pub fn lower_locale(point: u32) -> u32 {
    locale(point, libc::tolower).unwrap_or(point)
}

pub fn upper_locale(point: u32) -> u32 {
    locale(point, libc::toupper).unwrap_or(point)
}

pub fn is_word_ascii(point: u32) -> bool {
    point == u32::from(b'_') || (point < 128 && (point as u8).is_ascii_alphanumeric())
}

pub fn is_word_unicode(point: u32) -> bool {
    point == u32::from(b'_') || unicode::is_alnum(point)
}

pub fn is_word_locale(point: u32) -> bool {
    point == u32::from(b'_') || locale(point, libc::isalnum).is_some_and(|yes| yes != 0)
}

pub fn is_line_break(point: u32) -> bool {
    point == u32::from(b'\n')
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Digit,
    Space,
    Word,
    LineBreak,
    LocaleWord,
    UnicodeDigit,
    UnicodeSpace,
    UnicodeWord,
    UnicodeLineBreak,
}

/// A class of characters or its complement.
#[derive(Clone, Copy, Debug)]
pub struct Category {
    class: Class,
    negated: bool,
}

impl Category {
    pub fn from_code(code: u32) -> Option<Category> {
        const CLASSES: [Class; 9] = [
            Class::Digit,
            Class::Space,
            Class::Word,
            Class::LineBreak,
            Class::LocaleWord,
            Class::UnicodeDigit,
            Class::UnicodeSpace,
            Class::UnicodeWord,
            Class::UnicodeLineBreak,
        ];
        let class = *CLASSES.get(code as usize / 2)?;
        Some(Category {
            class,
            negated: code % 2 == 1,
        })
    }

    pub fn contains(self, point: u32) -> bool {
        let found = match self.class {
            Class::Digit => (0x30..=0x39).contains(&point),
            Class::Space => matches!(point, 9..=13 | 32),
            Class::Word => is_word_ascii(point),
            Class::LineBreak => is_line_break(point),
            Class::LocaleWord => is_word_locale(point),
            Class::UnicodeDigit => unicode::is_decimal(point),
            Class::UnicodeSpace => unicode::is_space(point),
            Class::UnicodeWord => is_word_unicode(point),
            Class::UnicodeLineBreak => unicode::is_line_break(point),
        };
        found != self.negated
    }
}

/// One step in deciding whether a set has a character.
#[derive(Debug)]
pub enum Item {
    Negate,
    Literal(u32),
    Range(u32, u32),
    /// The upper-case form counts as well.
    RangeIgnoreCase(u32, u32),
    Category(Category),
    Bitmap(Box<[u32]>),
    /// For the basic plane: which bitmap each block of 256 characters has, and the bitmaps.
    Blocks(Box<[u8]>, Box<[u32]>),
}

/// How a character is changed before a set is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    None,
    Ascii,
    Unicode,
    Locale,
}

/// A set of characters, decided at once for Latin-1 ones.
#[derive(Debug)]
pub struct Set {
    low: [u64; 4],
    /// The answer depends on the locale: `low` is not used.
    dynamic: bool,
    fold: Fold,
    items: Box<[Item]>,
}

fn bit(words: &[u32], index: u32) -> bool {
    words
        .get(index as usize / 32)
        .is_some_and(|word| word >> (index % 32) & 1 != 0)
}

impl Item {
    fn has(&self, point: u32) -> bool {
        match self {
            Item::Negate => false,
            Item::Literal(literal) => point == *literal,
            Item::Range(low, high) => (*low..=*high).contains(&point),
            Item::RangeIgnoreCase(low, high) => {
                (*low..=*high).contains(&point) || (*low..=*high).contains(&upper_unicode(point))
            }
            Item::Category(category) => category.contains(point),
            Item::Bitmap(words) => point < 256 && bit(words, point),
            Item::Blocks(blocks, words) => {
                point < 0x1_0000
                    && blocks
                        .get(point as usize >> 8)
                        .is_some_and(|&block| bit(words, u32::from(block) * 256 + (point & 255)))
            }
        }
    }
}

/// Goes through the items until one `has` the character.
fn decide(items: &[Item], has: impl Fn(&Item) -> bool) -> bool {
    let mut result = true;
    for item in items {
        if matches!(item, Item::Negate) {
            result = !result;
        } else if has(item) {
            return result;
        }
    }
    !result
}

impl Set {
    pub fn new(items: Vec<Item>, fold: Fold) -> Set {
        let dynamic = fold == Fold::Locale
            || items.iter().any(|item| {
                matches!(item, Item::Category(category) if category.class == Class::LocaleWord)
            });
        let mut set = Set {
            low: [0; 4],
            dynamic,
            fold,
            items: items.into(),
        };
        for point in 0..256 {
            if set.decide(point) {
                set.low[point as usize / 64] |= 1 << (point % 64);
            }
        }
        set
    }

    fn decide(&self, point: u32) -> bool {
        match self.fold {
            Fold::None => decide(&self.items, |item| item.has(point)),
            Fold::Ascii => {
                let point = lower_ascii(point);
                decide(&self.items, |item| item.has(point))
            }
            Fold::Unicode => {
                let point = lower_unicode(point);
                decide(&self.items, |item| item.has(point))
            }
            // Each item is asked for both cases, so that a complement has neither.
            Fold::Locale => {
                let (lower, upper) = (lower_locale(point), upper_locale(point));
                decide(&self.items, |item| item.has(lower) || item.has(upper))
            }
        }
    }

    #[inline]
    pub fn contains(&self, point: u32) -> bool {
        if point < 256 && !self.dynamic {
            return self.low[point as usize / 64] >> (point % 64) & 1 != 0;
        }
        self.decide(point)
    }

    /// The Latin-1 characters in the set, unless the locale decides.
    pub fn low(&self) -> Option<[u64; 4]> {
        (!self.dynamic).then_some(self.low)
    }
}
