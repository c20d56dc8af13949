//! The `taipan` command.

fn main() {
    std::process::exit(taipan::cli::main());
}
