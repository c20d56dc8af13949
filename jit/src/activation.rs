//! The frames of a unit: its own, which the interpreter or a caller pushed, and those of calls that were inlined.
//!
//! An inlined frame has its place in the thread's data stack, where a call would have pushed it, but nobody
//! sees it there until it is published: before anything that may look at frames or run Python code. Its
//! variables that are counted references live in its slots, as in any frame.
//!
//! Variables and stack slots of all frames are numbered through, the outermost first: a frame begins at its
//! `local_base` and `stack_base`. The stack slot before `stack_base` is the called function, which the frame's
//! head takes over when it is published.

use crate::compile::CodeFacts;
use taipan_vm::interpreter::frame::{Frame, Returns};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ActivationId(pub u32);

impl ActivationId {
    /// The unit's own frame.
    pub const UNIT: ActivationId = ActivationId(0);
}

#[derive(Clone, Debug)]
pub struct Activation {
    /// Of the caller; `None` for the unit's own.
    pub parent: Option<ActivationId>,
    pub code: CodeFacts,
    /// Of the code object: it lives while the function's guarded version is the function's.
    pub code_address: u64,
    /// Words behind the frame's head.
    pub frame_words: usize,
    pub name: std::sync::Arc<str>,
    pub local_base: usize,
    pub stack_base: usize,
    /// Bytes from the thread's stack top at the unit's entry.
    pub frame_offset: usize,
    /// The caller's instruction, in code units, and from it to where the caller goes on.
    pub call_unit: u32,
    pub return_offset: u16,
    /// How many frames there are below, up to the unit's own.
    pub depth: u32,
    /// What becomes of its result.
    pub returns: Returns,
    /// The frame between the caller of a class and its `__init__`, which waits for None and returns the object.
    pub is_shim: bool,
}

impl Activation {
    /// A unit's own frame.
    pub fn unit(code: CodeFacts, code_address: u64, frame_words: usize, name: &str) -> Activation {
        Activation {
            parent: None,
            code,
            code_address,
            frame_words,
            name: name.into(),
            local_base: 0,
            stack_base: 0,
            frame_offset: 0,
            call_unit: 0,
            return_offset: 0,
            depth: 0,
            returns: Returns::ToCaller,
            is_shim: false,
        }
    }

    /// Bytes from the thread's stack top at the unit's entry to this frame's end.
    pub fn end_offset(&self) -> usize {
        match self.parent {
            Some(_) => self.frame_offset + size_of::<Frame>() + 8 * self.frame_words,
            None => 0,
        }
    }
}
