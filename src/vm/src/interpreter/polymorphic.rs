//! Attribute sites that meet several shapes: a table of up to four, beside the inline cache.
//!
//! A site starts with one shape in its inline cache. When it meets another it moves what it knew into a table,
//! whose address takes the place of the cached value; with more than [`SHAPES`] it goes back to the generic
//! instruction. The code object owns its tables for life, so an address in a cache never dangles.

/// Shapes that a table holds.
pub const SHAPES: usize = 4;

/// What a load does with an owner of the shape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Access {
    /// The word in the object at the offset.
    Slot,
    /// The method, called with the owner in front.
    Method,
    /// The class attribute as it is.
    ClassValue,
}

#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Entry {
    pub shape: u32,
    /// Of the class, for what was found there.
    pub version: u32,
    /// A byte offset, or the word of what was found in the class.
    pub operand: u64,
    pub access: Access,
}

/// No shape has the number 0.
const VACANT: Entry = Entry {
    shape: 0,
    version: 0,
    operand: 0,
    access: Access::Slot,
};

pub struct ShapeTable {
    entries: [Entry; SHAPES],
    used: usize,
}

impl Default for ShapeTable {
    fn default() -> ShapeTable {
        ShapeTable {
            entries: [VACANT; SHAPES],
            used: 0,
        }
    }
}

impl ShapeTable {
    /// Written out, because handlers have no registers for a loop.
    #[inline(always)]
    pub fn find(&self, shape: u32) -> Option<&Entry> {
        let [a, b, c, d] = &self.entries;
        if a.shape == shape {
            Some(a)
        } else if b.shape == shape {
            Some(b)
        } else if c.shape == shape {
            Some(c)
        } else if d.shape == shape {
            Some(d)
        } else {
            None
        }
    }
    pub fn entries(&self) -> &[Entry] {
        &self.entries[..self.used]
    }
    /// False when there is no room.
    pub fn add(&mut self, entry: Entry) -> bool {
        let known = self.entries[..self.used]
            .iter_mut()
            .find(|e| e.shape == entry.shape);
        if let Some(old) = known {
            *old = entry;
            return true;
        }
        if self.used == SHAPES {
            return false;
        }
        self.entries[self.used] = entry;
        self.used += 1;
        true
    }
}
