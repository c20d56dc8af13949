<<<<<<< .merge_file_g87Uin
//! `cargo xtask CHORE`: chores of the project, one module each.

mod check;
=======
//! Project chores: `cargo xtask NAME …`.

mod compare_bytecode;
>>>>>>> .merge_file_9Csy6T

use std::process::ExitCode;

fn main() -> ExitCode {
<<<<<<< .merge_file_g87Uin
    let mut arguments = std::env::args().skip(1);
    let chore = arguments.next().unwrap_or_default();
    let arguments: Vec<String> = arguments.collect();
    match chore.as_str() {
        "check" => check::run(&arguments),
        _ => {
            eprintln!(
                "usage: cargo xtask CHORE\n\n  check    format, lints, crate arrows, file sizes, paths in documents"
            );
=======
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((name, rest)) if name == "compare-bytecode" => compare_bytecode::run(rest),
        _ => {
            eprintln!("usage: cargo xtask compare-bytecode [--max N] [--kinds] FILES|FOLDERS");
>>>>>>> .merge_file_9Csy6T
            ExitCode::from(2)
        }
    }
}
