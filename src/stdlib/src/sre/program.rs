//! What a pattern is turned into before it runs: operations with their jump targets resolved and their
//! sets prepared.

use super::charset::Set;
use std::sync::OnceLock;

/// A test of one character.
#[derive(Clone, Copy, Debug)]
pub enum Single {
    Never,
    /// Anything but a line feed.
    Any,
    All,
    Literal(u32),
    NotLiteral(u32),
    /// An index into [`Program::sets`].
    Set(u32),
}

/// What the character at a position has to be for going on there to make sense.
#[derive(Clone, Copy, Debug)]
pub enum Look {
    Anything,
    At(Single),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Beginning,
    BeginningOfLine,
    Boundary,
    NonBoundary,
    End,
    EndOfLine,
    EndOfString,
    LocaleBoundary,
    LocaleNonBoundary,
    UnicodeBoundary,
    UnicodeNonBoundary,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    Exact,
    Ascii,
    Locale,
    Unicode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Greed {
    Greedy,
    Lazy,
    Possessive,
}

/// `u32::MAX` repetitions mean: any number.
pub const UNLIMITED: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
pub struct Repeat {
    /// Which counter.
    pub slot: u32,
    pub min: u32,
    pub max: u32,
    /// Where the repeated part starts.
    pub body: u32,
}

#[derive(Clone, Copy, Debug)]
pub enum Op {
    Fail,
    /// The whole pattern fits.
    Success,
    Single(Single),
    At(Anchor),
    Mark(u32),
    Jump(u32),
    /// Tries what follows, then `other`.
    Alternative {
        look: Single,
        looks: bool,
        other: u32,
    },
    /// Repeats one character.
    RepeatSingle {
        single: Single,
        min: u32,
        max: u32,
        greed: Greed,
        look: u32,
    },
    /// Starts a counter and jumps to the loop's end.
    RepeatStart {
        slot: u32,
        until: u32,
    },
    MaxUntil(Repeat),
    MinUntil(Repeat),
    /// Follows `MinUntil`: one more turn.
    MinBody(Repeat),
    PossessiveStart {
        slot: u32,
    },
    /// The head of a possessive loop.
    PossessiveLoop {
        repeat: Repeat,
        end: u32,
    },
    PossessiveEnd {
        slot: u32,
        head: u32,
    },
    AtomicStart,
    AtomicEnd,
    /// Looks ahead, or back from `back` characters earlier.
    AssertStart {
        back: u32,
    },
    AssertEnd,
    AssertNotStart {
        back: u32,
        end: u32,
    },
    AssertNotEnd,
    GroupRef {
        group: u32,
        compare: Compare,
    },
    /// Goes on, or jumps if the group has not matched.
    IfGroup {
        group: u32,
        otherwise: u32,
    },
}

/// Which characters a match can start with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstSet {
    pub low: [u64; 4],
    /// Characters beyond Latin-1 may.
    pub wide: bool,
}

impl FirstSet {
    pub const ALL: FirstSet = FirstSet {
        low: [u64::MAX; 4],
        wide: true,
    };
    pub const NONE: FirstSet = FirstSet {
        low: [0; 4],
        wide: false,
    };

    pub fn has(&self, point: u32) -> bool {
        if point < 256 {
            self.low[point as usize / 64] >> (point % 64) & 1 != 0
        } else {
            self.wide
        }
    }

    fn add(&mut self, point: u32) {
        if point < 256 {
            self.low[point as usize / 64] |= 1 << (point % 64);
        } else {
            self.wide = true;
        }
    }

    fn union(&mut self, other: &FirstSet) {
        for (word, more) in self.low.iter_mut().zip(other.low) {
            *word |= more;
        }
        self.wide |= other.wide;
    }

    pub fn members(&self) -> Vec<u8> {
        (0..=255u8).filter(|&byte| self.has(byte.into())).collect()
    }
}

/// How to find places where a match may start.
#[derive(Debug)]
pub enum Start {
    /// Everywhere.
    Anywhere,
    /// Only at the beginning of the text.
    Anchored,
    /// Where these characters stand; `whole`: they are all of the pattern.
    Prefix {
        text: Box<[u32]>,
        whole: bool,
    },
    /// One of up to three characters, all of them Latin-1.
    OneOf(Vec<u8>),
    First(FirstSet),
}

pub struct Program {
    pub ops: Vec<Op>,
    pub sets: Vec<Set>,
    /// What must follow a repeated character.
    pub looks: Vec<Look>,
    pub slots: usize,
    pub groups: usize,
    pub min_width: usize,
    pub start: Start,
    /// The prefix prepared for search in bytes.
    pub finder: OnceLock<Option<memchr::memmem::Finder<'static>>>,
}

impl Program {
    /// The characters a match from `at` on can start with; `None`: it may be empty, or it is hard to
    /// tell.
    pub fn first_set(&self, at: usize, budget: &mut u32) -> Option<FirstSet> {
        let mut at = at;
        loop {
            *budget = budget.checked_sub(1)?;
            match *self.ops.get(at)? {
                Op::Single(single) => return Some(self.single_set(single)),
                Op::Mark(_) | Op::AtomicStart => at += 1,
                Op::PossessiveStart { .. } => at += 1,
                Op::Jump(to) if to as usize > at => at = to as usize,
                Op::Fail => return Some(FirstSet::NONE),
                Op::At(_) | Op::IfGroup { .. } | Op::GroupRef { .. } => return None,
                Op::Alternative { other, .. } => {
                    let mut set = self.first_set(at + 1, budget)?;
                    let mut other = other as usize;
                    // Long chains of alternatives are walked, not recursed into.
                    while let Some(Op::Alternative { other: next, .. }) = self.ops.get(other) {
                        set.union(&self.first_set(other + 1, budget)?);
                        other = *next as usize;
                    }
                    set.union(&self.first_set(other, budget)?);
                    return Some(set);
                }
                Op::RepeatSingle { single, min, .. } => {
                    let mut set = self.single_set(single);
                    if min == 0 {
                        set.union(&self.first_set(at + 1, budget)?);
                    }
                    return Some(set);
                }
                Op::RepeatStart { until, .. } => {
                    let (Op::MaxUntil(repeat) | Op::MinUntil(repeat)) =
                        *self.ops.get(until as usize)?
                    else {
                        return None;
                    };
                    if repeat.min == 0 {
                        return None;
                    }
                    at = repeat.body as usize;
                }
                Op::PossessiveLoop { repeat, .. } if repeat.min > 0 => at += 1,
                _ => return None,
            }
        }
    }

    fn single_set(&self, single: Single) -> FirstSet {
        let mut set = FirstSet::NONE;
        match single {
            Single::Never => {}
            Single::All => set = FirstSet::ALL,
            Single::Any => {
                set = FirstSet::ALL;
                set.low[0] &= !(1 << 10);
            }
            Single::Literal(point) => set.add(point),
            Single::NotLiteral(point) => {
                set = FirstSet::ALL;
                if point < 256 {
                    set.low[point as usize / 64] &= !(1 << (point % 64));
                }
            }
            Single::Set(index) => {
                set = FirstSet::ALL;
                if let Some(low) = self.sets.get(index as usize).and_then(Set::low) {
                    set.low = low;
                }
            }
        }
        set
    }
}
