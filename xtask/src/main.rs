//! Project chores: `cargo xtask NAME …`.

mod compare_bytecode;
mod compare_errors;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((name, rest)) if name == "compare-bytecode" => compare_bytecode::run(rest),
        Some((name, rest)) if name == "compare-errors" => compare_errors::run(rest),
        _ => {
            eprintln!("usage: cargo xtask compare-bytecode [-O|-OO] [--max N] FILES|FOLDERS");
            eprintln!("       cargo xtask compare-errors FILE");
            ExitCode::from(2)
        }
    }
}
