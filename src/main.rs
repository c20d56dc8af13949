//! The `taipan` command.

mod allocator;

/// What Rust's own data lives in (storage of lists, dicts, sets, text buffers); Python objects have a heap of
/// their own.
#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

/// Milliseconds after which freed pages go back to the system. The allocator's own choice keeps what a compile
/// worked with, several times what a small program needs, for most of a second; below this much, programs that
/// free and allocate large lists pay for it.
const PURGE_DELAY: std::ffi::c_long = 5;
/// Number of `mi_option_purge_delay` in mimalloc's public header; its bindings lack the name.
const PURGE_DELAY_OPTION: libmimalloc_sys::mi_option_t = 15;

fn main() {
    // SAFETY: no other thread runs yet.
    unsafe { libmimalloc_sys::mi_option_set_default(PURGE_DELAY_OPTION, PURGE_DELAY) };
    std::process::exit(taipan::cli::main());
}
