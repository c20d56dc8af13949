//! `cargo xtask CHORE`: chores of the project, one module each.

mod check;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    match chore.as_str() {
        "check" => check::run(&arguments),
        _ => {
            eprintln!(
                "usage: cargo xtask CHORE\n\n  check    format, lints, crate arrows, file sizes, paths in documents"
            );
            ExitCode::from(2)
        }
    }
}
