//! The virtual machine: values, objects, memory, the interpreter, builtins, import, and the interface
//! to the compiling tier.

extern crate self as taipan_vm;

pub use taipan_bytecode as bytecode;

pub mod abstract_ops;
pub mod ast;
pub mod builtins;
pub mod exceptions;
pub mod gc;
pub mod gil;
pub mod import;
pub mod interpreter;
pub mod memory;
pub mod monitoring;
pub mod names;
pub mod native;
pub mod numeric;
pub mod object;
pub mod objects;
pub mod pyc;
pub mod shape;
pub mod signals;
pub mod startup;
pub mod symtable;
pub mod sys;
pub mod text;
pub mod thread;
pub mod tier;
pub mod unraisable;
pub mod value;
pub mod warnings;

/// The key of string hashes, chosen at start-up.
pub(crate) fn runtime_seed() -> u64 {
    startup::hash_seed()
}
