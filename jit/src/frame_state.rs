//! What the interpreter needs to go on at an instruction.

use crate::activation::ActivationId;
use crate::hir::Value;
use std::fmt;
use taipan_bytecode::Opcode;

/// Who owns the reference in a stack slot.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Own {
    /// The slot; or nobody has to, because the word is not counted.
    Owned,
    /// The interpreter expects a counted reference, but as long as the owner (a local variable, an
    /// element of an unchanged container) keeps the object alive nobody has counted it.
    Lazy(Owner),
    /// The interpreter itself allows a borrowed word here.
    Borrowed(Owner),
}

impl Own {
    fn mark(self) -> &'static str {
        match self {
            Own::Owned => "",
            Own::Lazy(_) => "+",
            Own::Borrowed(_) => "'",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    Local(u32),
    /// Some place on the heap, until something may write to it.
    Heap,
    /// Nobody has to as long as no Python code runs: it is built into the code, which has made sure of it.
    Code,
    /// An operand on the stack below an inlined frame, as long as that runs.
    Below,
}

/// A frame at the start of an instruction, and its callers if it is inlined.
#[derive(Clone, Debug)]
pub struct FrameState {
    /// The innermost frame.
    pub activation: ActivationId,
    /// Its offset in code units.
    pub unit: u32,
    /// What it is about to perform.
    pub op: Opcode,
    /// How often code had been thrown away for its guards when this was built.
    pub failures: u8,
    /// Variables whose slots in memory are out of date. `Lazy`: nobody has counted the reference.
    pub dirty: Vec<(u32, Value, Own)>,
    pub stack: Vec<(Value, Own)>,
    /// Owned words that are to be released once the frame is written.
    pub pending: Vec<Value>,
}

impl FrameState {
    /// All that it takes to write the frames.
    pub fn values(&self) -> impl Iterator<Item = Value> {
        let dirty = self.dirty.iter().map(|(_, value, _)| value);
        let stack = self.stack.iter().map(|(value, _)| value);
        dirty.chain(stack).chain(&self.pending).copied()
    }

    /// Puts other values in place of some.
    pub fn replace(&mut self, by: impl Fn(Value) -> Value) {
        let dirty = self.dirty.iter_mut().map(|(_, value, _)| value);
        let stack = self.stack.iter_mut().map(|(value, _)| value);
        for value in dirty.chain(stack).chain(&mut self.pending) {
            *value = by(*value);
        }
    }
}

impl fmt::Display for FrameState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.unit)?;
        if self.activation != ActivationId::UNIT {
            write!(f, " in frame {}", self.activation.0)?;
        }
        f.write_str(" {")?;
        for (local, value, own) in &self.dirty {
            write!(f, " l{local}={value}{}", own.mark())?;
        }
        f.write_str(" |")?;
        for (value, own) in &self.stack {
            write!(f, " {value}{}", own.mark())?;
        }
        f.write_str(" }")
    }
}
