//! `cargo xtask CHORE`: chores of the project, one module each.

mod check;
mod compare_bytecode;
mod compare_errors;
mod compare_marshal;
mod compare_views;
mod compile_speed;
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
        "compare-marshal" => compare_marshal::run(&arguments),
        "compare-views" => compare_views::run(&arguments),
        "compile-speed" => compile_speed::run(&arguments),
        "cpython-tests" => cpython_tests::run(&arguments),
        "fuzz" => fuzz::run(&arguments),
        _ => {
            eprintln!(
                "usage: cargo xtask CHORE\n\n  check              format, lints, crate arrows, file sizes, paths in documents\n  compare-bytecode   [--max N] [--kinds] FILES|FOLDERS: our code objects against CPython's\n  compare-errors     FILE|--cpython-tests: our SyntaxErrors against CPython's, for programs separated by ----\n  compare-marshal    [-O|-OO] [--all] [--max N] FILES|FOLDERS: marshalled code against CPython's, a process a file\n  compare-views      [--view NAME,…] [--taipan PATH] [--max N] FILES|FOLDERS: tokens, trees, scopes, dis against CPython's\n  compile-speed      [--rounds N] [--taipan PATH] [FILES|FOLDERS]: compiling the library, against CPython\n  cpython-tests      [--taipan PATH] [--limit SECONDS] [--update] [MODULE ...]: CPython's own tests\n  fuzz               TARGET [--seconds N] [--seed N] [--taipan PATH]: damaged inputs"
            );
            ExitCode::from(2)
        }
    }
}
