//! The `taipan` command.

/// What Rust's own data lives in (storage of lists, dicts, sets, text buffers); Python objects have a heap of
/// their own.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    std::process::exit(taipan::cli::main());
}
