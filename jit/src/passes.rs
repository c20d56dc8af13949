//! The passes over HIR, in one list with one runner.

mod dce;
mod scalar_replacement;

use crate::hir::Function;
use std::time::Instant;

type Pass = fn(&mut Function);

/// In the order in which they run.
pub const PASSES: &[(&str, Pass)] = &[
    ("scalar replacement", scalar_replacement::run),
    ("dce", dce::run),
];

/// Runs them all; `dump` prints the HIR before and after, and how long each took.
pub fn run(function: &mut Function, dump: bool, name: &str) {
    if dump {
        eprintln!("; {name}: built\n{function}");
    }
    for (pass, body) in PASSES {
        let start = Instant::now();
        body(function);
        if dump {
            eprintln!("; {name}: after {pass} ({:?})\n{function}", start.elapsed());
        }
    }
}
