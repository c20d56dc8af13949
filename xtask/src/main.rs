//! `cargo xtask CHORE`: chores of the project, one module each.

mod check;
mod compare_bytecode;
mod compare_errors;
mod cpython_tests;
mod fuzz;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    match chore.as_str() {
        "check" => check::run(&arguments),
        "compare-bytecode" => compare_bytecode::run(&arguments),
        "compare-errors" => compare_errors::run(&arguments),
        "cpython-tests" => cpython_tests::run(&arguments),
        "fuzz" => fuzz::run(&arguments),
        _ => {
            eprintln!(
                "usage: cargo xtask CHORE\n\n  check              format, lints, crate arrows, file sizes, paths in documents\n  compare-bytecode   [--max N] [--kinds] FILES|FOLDERS: our code objects against CPython's\n  compare-errors     FILE|--cpython-tests: our SyntaxErrors against CPython's, for programs separated by ----\n  cpython-tests      [--taipan PATH] [--limit SECONDS] [--update] [MODULE ...]: CPython's own tests\n  fuzz               TARGET [--seconds N] [--seed N] [--taipan PATH]: damaged inputs"
            );
            ExitCode::from(2)
        }
    }
}
