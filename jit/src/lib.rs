//! The compiling tier: bytecode and its inline caches become HIR, HIR becomes native code by Cranelift,
//! and whatever that code does not know goes back to the interpreter.
//!
//! Native code runs on the interpreter's own frames, and on places for those of inlined calls. On every exit it
//! has written what the interpreter would have there at that instruction.

// The instruction table is ahead of what the builder emits so far; the names of the range operations are
// those of the literature; units have fixed addresses that native code holds.
#![allow(
    dead_code,
    clippy::should_implement_trait,
    clippy::wrong_self_convention
)]
#![allow(clippy::vec_box, clippy::mut_from_ref)]

mod activation;
mod bailout;
mod builder;
mod code_cache;
mod compile;
mod decode;
mod deopt;
mod exit_plan;
mod footprint;
mod frame_state;
mod helpers;
mod hir;
pub mod inspect;
mod layout;
mod liveness;
mod loops;
mod lower;
mod machine;
mod passes;
mod routines;
mod sampler;
mod stats;
#[cfg(test)]
mod testing;
mod tier;
pub mod types;
mod verify;
mod worker;

pub use bailout::Bailout;
pub use compile::{Assembly, Dump, Job};
pub use machine::{Machine, UnsupportedMachine};

/// When code is compiled.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    Off,
    #[default]
    On,
    Sync,
    /// At its first execution.
    Stress,
}

#[derive(Clone, Default)]
pub struct Options {
    pub mode: Mode,
    /// Guards fail at random, by this seed.
    pub chaos: Option<u64>,
    pub stats: bool,
    pub dump: Dump,
    /// Sees every job before it is run.
    pub watch: Option<fn(&Job)>,
    /// Has the allocator return the pages that nothing lies in: called after work that took many.
    pub give_back: Option<fn()>,
}

/// Plugs the tier in; once, at start-up. Where there is no native code for the machine nothing is plugged in: all
/// runs interpreted.
pub fn install(options: Options) -> Result<(), UnsupportedMachine> {
    tier::plug_in(options, Machine::this())
}

/// At exit, with [`Options::stats`].
pub fn print_stats() {
    stats::print();
}
