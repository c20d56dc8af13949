//! What is known of a value at compile time: a set of kinds, an exact shape, a range of ints.
//!
//! A lattice: [`Type::join`] is the least upper bound, [`Type::NEVER`] the bottom, [`Type::ANY`] the
//! top. Facts about instances' shapes, which any store can change, are not types: the builder keeps
//! them apart.

use std::fmt;

/// A set of kinds of words.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Kinds(pub u8);

impl Kinds {
    pub const INT: Kinds = Kinds(1);
    /// A float in the word itself, the named zeros included.
    pub const FLOAT: Kinds = Kinds(2);
    pub const NUMBER: Kinds = Kinds::INT.union(Kinds::FLOAT);
    pub const BOOL: Kinds = Kinds(4);
    pub const NONE: Kinds = Kinds(8);
    pub const NULL: Kinds = Kinds(16);
    pub const UNBOUND: Kinds = Kinds(32);
    /// Any other heap object: big ints and rare floats too.
    pub const OBJECT: Kinds = Kinds(64);
    pub const ALL: Kinds = Kinds(127);

    pub const fn union(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }
    pub const fn meets(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }
    pub const fn within(self, other: Kinds) -> bool {
        self.0 & !other.0 == 0
    }
}

/// Bounds of an int, both inclusive.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Range {
    pub low: i64,
    pub high: i64,
}

impl Range {
    pub const FULL: Range = Range {
        low: taipan_vm::value::MIN_SMALL,
        high: taipan_vm::value::MAX_SMALL,
    };

    pub const fn only(value: i64) -> Range {
        Range {
            low: value,
            high: value,
        }
    }
    pub fn join(self, other: Range) -> Range {
        Range {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
        }
    }
    fn clamp(low: i128, high: i128) -> Option<Range> {
        let fits = low >= Range::FULL.low as i128 && high <= Range::FULL.high as i128;
        fits.then_some(Range {
            low: low as i64,
            high: high as i64,
        })
    }
    /// The sums, if none can leave the small ints.
    pub fn add(self, other: Range) -> Option<Range> {
        Range::clamp(
            self.low as i128 + other.low as i128,
            self.high as i128 + other.high as i128,
        )
    }
    pub fn sub(self, other: Range) -> Option<Range> {
        Range::clamp(
            self.low as i128 - other.high as i128,
            self.high as i128 - other.low as i128,
        )
    }
    pub fn mul(self, other: Range) -> Option<Range> {
        let corners = [
            self.low as i128 * other.low as i128,
            self.low as i128 * other.high as i128,
            self.high as i128 * other.low as i128,
            self.high as i128 * other.high as i128,
        ];
        Range::clamp(*corners.iter().min()?, *corners.iter().max()?)
    }
    /// Results of `&` with these operands.
    pub fn and(self, other: Range) -> Range {
        match (self.low >= 0, other.low >= 0) {
            (true, true) => Range {
                low: 0,
                high: self.high.min(other.high),
            },
            (true, false) => Range {
                low: 0,
                high: self.high,
            },
            (false, true) => Range {
                low: 0,
                high: other.high,
            },
            (false, false) => Range::FULL,
        }
    }
    pub fn contains(self, value: i64) -> bool {
        self.low <= value && value <= self.high
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Type {
    pub kinds: Kinds,
    /// For objects only: the id of a shape that instances keep for life (exact builtin classes).
    pub shape: Option<u32>,
    /// Of the ints among the values.
    pub range: Range,
}

impl Type {
    pub const NEVER: Type = Type::of(Kinds(0));
    pub const ANY: Type = Type::of(Kinds::ALL);
    /// Any Python value: neither null nor unbound.
    pub const VALUE: Type = Type::of(Kinds(Kinds::ALL.0 & !Kinds::NULL.0 & !Kinds::UNBOUND.0));
    pub const INT: Type = Type::of(Kinds::INT);
    pub const FLOAT: Type = Type::of(Kinds::FLOAT);
    pub const BOOL: Type = Type::of(Kinds::BOOL);
    pub const NONE: Type = Type::of(Kinds::NONE);
    pub const OBJECT: Type = Type::of(Kinds::OBJECT);

    pub const fn of(kinds: Kinds) -> Type {
        Type {
            kinds,
            shape: None,
            range: Range::FULL,
        }
    }
    pub const fn int(range: Range) -> Type {
        Type {
            kinds: Kinds::INT,
            shape: None,
            range,
        }
    }
    pub const fn exact(shape: u32) -> Type {
        Type {
            kinds: Kinds::OBJECT,
            shape: Some(shape),
            range: Range::FULL,
        }
    }
    pub fn join(self, other: Type) -> Type {
        if self.kinds.0 == 0 {
            return other;
        }
        if other.kinds.0 == 0 {
            return self;
        }
        let object = |t: Type| t.kinds.meets(Kinds::OBJECT);
        let shape = match (object(self), object(other)) {
            (true, true) if self.shape == other.shape => self.shape,
            (true, false) => self.shape,
            (false, true) => other.shape,
            _ => None,
        };
        let int = |t: Type| t.kinds.meets(Kinds::INT);
        let range = match (int(self), int(other)) {
            (true, true) => self.range.join(other.range),
            (true, false) => self.range,
            (false, true) => other.range,
            _ => Range::FULL,
        };
        Type {
            kinds: self.kinds.union(other.kinds),
            shape,
            range,
        }
    }
    /// `other` says nothing that `self` does not allow.
    pub fn includes(self, other: Type) -> bool {
        self.join(other) == self
    }
    pub fn is(self, kinds: Kinds) -> bool {
        self.kinds.0 != 0 && self.kinds.within(kinds)
    }
    /// Can the word be a pointer whose references are counted?
    pub fn counted(self) -> bool {
        self.kinds.meets(Kinds::OBJECT)
    }
    pub fn is_object_of(self, shape: u32) -> bool {
        self.kinds == Kinds::OBJECT && self.shape == Some(shape)
    }
    /// Is every such word a pointer?
    pub fn is_pointer(self) -> bool {
        self.is(Kinds(Kinds::OBJECT.0 | Kinds::BOOL.0 | Kinds::NONE.0))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kinds == Kinds::ALL {
            return f.write_str("any");
        }
        if self.kinds == Type::VALUE.kinds {
            return f.write_str("value");
        }
        let names = ["int", "float", "bool", "none", "null", "unbound", "object"];
        let mut first = true;
        for (bit, name) in names.iter().enumerate() {
            if self.kinds.0 & 1 << bit != 0 {
                if !first {
                    f.write_str("|")?;
                }
                first = false;
                f.write_str(name)?;
                if *name == "object" && self.shape.is_some() {
                    write!(f, "<{:#x}>", self.shape.unwrap_or(0))?;
                }
            }
        }
        if first {
            f.write_str("never")?;
        }
        if self.kinds.meets(Kinds::INT) && self.range != Range::FULL {
            write!(f, "[{}..={}]", self.range.low, self.range.high)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
