//! Memory that a compile needed only until now, given back to the system.
//!
//! A compile works with megabytes for some milliseconds, on a thread that then waits; and step by step it touches
//! nearly all pages of the compiler's own code. Neither is memory of the program.

use crate::tier::options;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Between two times that pages are given back: what is still in use comes back by page faults, which take some tenths
/// of a millisecond in all.
pub const INTERVAL: Duration = Duration::from_millis(5);

/// Gives back what is not in use, unless it was done a moment ago.
pub fn trim() {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    let Ok(mut last) = LAST.lock() else { return };
    if last.is_some_and(|last| last.elapsed() < INTERVAL) {
        return;
    }
    if let Some(give_back) = options().give_back {
        give_back();
    }
    taipan_vm::memory::resident::release_program();
    *last = Some(Instant::now());
}
