//! The steps of plans in few bytes: there are thousands of plans, and each is carried out rarely.
//!
//! A step is a byte that says what it is, then numbers of one byte for each seven bits. The slots of the stack are
//! not numbered: they come in order. Constants lie in a table.

use crate::hir::Rep;
use rustc_hash::FxHashMap as HashMap;

/// Where a value comes from.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Source {
    /// Index in the buffer, and how the value is carried there.
    Buffer(u16, Rep),
    Word(u64),
    Float(f64),
    /// The object with this number among those that the plan makes.
    Made(u32),
}

/// What a value is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// A variable, numbered through all frames.
    Local(u32),
    /// A stack slot, likewise; it may be an inlined frame's function.
    Stack(u32),
    /// To be released once the frames are written.
    Dropped,
    /// The next item of a tuple that the plan makes, not counted; these steps come first.
    Item { last: bool },
    /// Likewise of an instance: the address of its class, that of its shape, then its attributes.
    Attribute { last: bool },
}

/// What becomes of the reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// It moves, if it is one.
    Moved,
    /// Nobody has counted it yet.
    Counted,
    Borrowed,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Step {
    pub role: Role,
    pub source: Source,
    pub keep: Keep,
}

// The first byte of a step: two bits for the role, three for the source, two for what becomes of the reference. An
// item, whose role is 0, always has the mark of borrowing, and the last one that of counting too; the eighth bit says that
// the items are an instance's.

const END: u8 = 0;
const ITEM: u8 = 0;
const ROLE_MASK: u8 = 0b11;
const LOCAL: u8 = 1;
const STACK: u8 = 2;
const DROPPED: u8 = 3;

const SOURCE_MASK: u8 = 0b111 << 2;
const IN_WORD: u8 = 0;
const IN_F64: u8 = 1 << 2;
const IN_TRUTH: u8 = 2 << 2;
const CONSTANT_WORD: u8 = 3 << 2;
const CONSTANT_FLOAT: u8 = 4 << 2;
const MADE: u8 = 5 << 2;

const COUNTED: u8 = 1 << 5;
const BORROWED: u8 = 2 << 5;
const ATTRIBUTE: u8 = 1 << 7;

/// The steps of all plans of a unit.
#[derive(Default)]
pub struct Steps {
    bytes: Vec<u8>,
    constants: Vec<u64>,
    /// While plans are added: where a constant is.
    known: HashMap<u64, u32>,
}

impl Steps {
    /// Where the steps of a new plan begin.
    pub fn add(&mut self, steps: impl Iterator<Item = Step>) -> u32 {
        let start = self.bytes.len() as u32;
        let mut depth = 0;
        for Step { role, source, keep } in steps {
            let (role, local) = match role {
                Role::Local(local) => (LOCAL, Some(local)),
                Role::Stack(index) => {
                    debug_assert_eq!(index, depth, "stack slots come in order");
                    depth += 1;
                    (STACK, None)
                }
                Role::Dropped => (DROPPED, None),
                Role::Item { last: true } => (ITEM | BORROWED | COUNTED, None),
                Role::Item { last: false } => (ITEM | BORROWED, None),
                Role::Attribute { last: true } => (ATTRIBUTE | BORROWED | COUNTED, None),
                Role::Attribute { last: false } => (ATTRIBUTE | BORROWED, None),
            };
            let (source, number) = match source {
                Source::Buffer(word, Rep::F64) => (IN_F64, word as u32),
                Source::Buffer(word, Rep::Truth) => (IN_TRUTH, word as u32),
                Source::Buffer(word, Rep::Word | Rep::Nothing) => (IN_WORD, word as u32),
                Source::Word(word) => (CONSTANT_WORD, self.constant(word)),
                Source::Float(float) => (CONSTANT_FLOAT, self.constant(float.to_bits())),
                Source::Made(number) => (MADE, number),
            };
            let keep = match keep {
                Keep::Moved => 0,
                Keep::Counted => COUNTED,
                Keep::Borrowed => BORROWED,
            };
            self.bytes.push(role | source | keep);
            if let Some(local) = local {
                self.number(local);
            }
            self.number(number);
        }
        self.bytes.push(END);
        start
    }

    /// No more plans come.
    pub fn shrink_to_fit(&mut self) {
        self.known = HashMap::default();
        self.bytes.shrink_to_fit();
        self.constants.shrink_to_fit();
    }

    /// The steps of the plan that begins there.
    pub fn from(&self, start: u32) -> Reader<'_> {
        Reader {
            steps: self,
            at: start as usize,
            depth: 0,
        }
    }

    fn constant(&mut self, word: u64) -> u32 {
        *self.known.entry(word).or_insert_with(|| {
            self.constants.push(word);
            self.constants.len() as u32 - 1
        })
    }

    fn number(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.bytes.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.bytes.push(number as u8);
    }
}

pub struct Reader<'a> {
    steps: &'a Steps,
    at: usize,
    depth: u32,
}

impl Reader<'_> {
    fn byte(&mut self) -> u8 {
        self.at += 1;
        self.steps.bytes[self.at - 1]
    }

    fn number(&mut self) -> u32 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= ((byte & 0x7f) as u32) << shift;
            if byte < 0x80 {
                return number;
            }
            shift += 7;
        }
    }
}

impl Iterator for Reader<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let first = self.byte();
        let role = match first & ROLE_MASK {
            LOCAL => Role::Local(self.number()),
            STACK => {
                self.depth += 1;
                Role::Stack(self.depth - 1)
            }
            DROPPED => Role::Dropped,
            _ if first == END => {
                // There it stays.
                self.at -= 1;
                return None;
            }
            _ => {
                let last = first & COUNTED != 0;
                match first & ATTRIBUTE {
                    0 => Role::Item { last },
                    _ => Role::Attribute { last },
                }
            }
        };
        let number = self.number();
        let constant = || self.steps.constants[number as usize];
        let source = match first & SOURCE_MASK {
            IN_F64 => Source::Buffer(number as u16, Rep::F64),
            IN_TRUTH => Source::Buffer(number as u16, Rep::Truth),
            CONSTANT_WORD => Source::Word(constant()),
            CONSTANT_FLOAT => Source::Float(f64::from_bits(constant())),
            MADE => Source::Made(number),
            _ => Source::Buffer(number as u16, Rep::Word),
        };
        let keep = match first & !(ROLE_MASK | SOURCE_MASK) {
            _ if first & ROLE_MASK == ITEM => Keep::Moved,
            COUNTED => Keep::Counted,
            BORROWED => Keep::Borrowed,
            _ => Keep::Moved,
        };
        Some(Step { role, source, keep })
    }
}

#[cfg(test)]
mod tests;
