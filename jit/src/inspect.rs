//! Looking at the tier from outside: for tests, benchmarks and tools.
//!
//! Nothing here changes what runs. All of it is called with the GIL.

use crate::bailout::Bailout;
use crate::builder::{Observed, Source};
use crate::compile::{Dump, Job, prepare};
use crate::{stats, tier};
use taipan_bytecode::Opcode;
use taipan_vm::objects::function::Function;
use taipan_vm::value::Value;

/// What became of a code object that the tier was interested in.
#[derive(Clone, Debug)]
pub struct Record {
    /// Of the function, as `__qualname__` has it.
    pub name: String,
    /// The code units at which it is entered natively, or was until other code took the place.
    pub units: Vec<u32>,
    /// Times that the interpreter entered native code of it.
    pub entered: u64,
    /// Entries that stay with the interpreter, and why.
    pub bailouts: Vec<(u32, Bailout)>,
}

/// All code objects so far, if the tier was plugged in with [`crate::Options::stats`].
pub fn records() -> Vec<Record> {
    stats::records(|record| Record {
        name: record.name.clone(),
        units: record.all_units().map(|unit| unit.entry.unit).collect(),
        entered: record.all_units().map(|unit| unit.entries.get()).sum(),
        bailouts: record
            .bailouts
            .iter()
            .map(|(entry, bailout)| (entry.unit, *bailout))
            .collect(),
    })
}

/// Builds a function as the tier would at a call with these arguments, from the inline caches as they are now.
/// [`Job::assemble`] compiles it.
pub fn build(function: &Function, arguments: &[Value]) -> Result<Box<Job>, Bailout> {
    let code = function.code();
    let units = code.snapshot();
    // The entry is behind it; the cells that other functions begin with are made by whoever calls them.
    if code.prologue > 0 || units.first().map(|unit| *unit as u8) != Some(Opcode::RESUME as u8) {
        return Err(Bailout::Malformed);
    }
    let mut locals: Vec<Observed> = arguments
        .iter()
        .map(|argument| tier::observe(argument.raw()))
        .collect();
    locals.resize(code.local_count as usize, Observed::Unbound);
    let source = Source {
        code,
        globals: &*function.globals,
        units,
        entry: tier::Entry::start(code).unit,
        osr: false,
        locals,
        stack: Vec::new(),
        held: arguments.iter().map(|argument| argument.raw()).collect(),
        closure: Vec::new(),
        failed: tier::failures_of(code),
        stress: false,
        living: Default::default(),
    };
    prepare(source, false, &Dump::default())
}
