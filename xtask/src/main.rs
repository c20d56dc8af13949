//! Project chores: `cargo xtask NAME …`.

mod compare_bytecode;

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.split_first() {
        Some((name, rest)) if name == "compare-bytecode" => compare_bytecode::run(rest),
        _ => {
            eprintln!("usage: cargo xtask compare-bytecode [--max N] [--kinds] FILES|FOLDERS");
            ExitCode::from(2)
        }
    }
}
