//! Exits: where native code hands the frame back to the interpreter, why, and how often.

use std::fmt;
use taipan_bytecode::Opcode;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Reason {
    /// A type, shape, version or value was not the expected one.
    Guard,
    /// An int outgrew its word, a divisor was zero, an index was out of range.
    Range,
    /// A path that had never run.
    NotReached,
    /// An instruction that only the interpreter performs.
    Unsupported,
    /// The loop that the unit was made for is done, and what follows is left to other units.
    LoopDone,
    /// Something waits at the poll.
    Poll,
    /// Python code ran where a reference was dropped.
    Finalizer,
    /// The variables at the entry have other types.
    Entry,
    /// A float whose exponent needs a heap object.
    RareFloat,
    /// No room for an inlined frame, or the recursion limit is reached.
    Recursion,
}

impl Reason {
    /// Does a repetition mean that the code speculates wrongly?
    pub fn is_failure(self) -> bool {
        match self {
            Reason::Guard
            | Reason::Range
            | Reason::NotReached
            | Reason::Entry
            | Reason::RareFloat => true,
            Reason::Unsupported
            | Reason::LoopDone
            | Reason::Poll
            | Reason::Finalizer
            | Reason::Recursion => false,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reason::Guard => "guard",
            Reason::Range => "range",
            Reason::NotReached => "not reached",
            Reason::Unsupported => "unsupported",
            Reason::LoopDone => "loop done",
            Reason::Poll => "poll",
            Reason::Finalizer => "finalizer",
            Reason::Entry => "entry",
            Reason::RareFloat => "rare float",
            Reason::Recursion => "recursion",
        })
    }
}

/// One exit of a compiled unit.
#[derive(Clone, Debug)]
pub struct Exit {
    /// Where the innermost frame goes on.
    pub unit: u32,
    /// The number of that frame.
    pub frame: u32,
    /// Where the steps of its plan begin.
    pub steps: u32,
    /// In the unit's own code: for inlined code, of the call. Filled in when the unit is installed.
    pub line: i32,
    /// What the innermost frame performs.
    pub op: Opcode,
    /// How often code had been thrown away for its guards when this unit was built.
    pub failures: u8,
    pub reason: Reason,
}
