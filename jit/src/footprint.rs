//! Memory that a compile needed only until now, given back to the system.
//!
//! A compile works with megabytes for some milliseconds, on a thread that then waits; and step by step it touches
//! nearly all pages of the compiler's own code. Neither is memory of the program.

use crate::tier::options;
use cranelift_codegen::timing::{self, Pass, Profiler};
use std::any::Any;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Between two times that everything is given back: what is still in use comes back by page faults, which take some
/// tenths of a millisecond in all.
pub const INTERVAL: Duration = Duration::from_millis(5);
/// Instructions from which on a compile works with so much, and so long, that memory is given back between its passes.
const LARGE: usize = 2000;

/// The same for building: instructions of HIR.
const LARGE_HIR: usize = 500;

/// Gives back what is not in use, unless it was done a moment ago.
pub fn trim() {
    static LAST: Mutex<Option<Instant>> = Mutex::new(None);
    let Ok(mut last) = LAST.lock() else { return };
    if last.is_some_and(|last| last.elapsed() < INTERVAL) {
        return;
    }
    give_back();
    taipan_vm::memory::resident::release_program();
    *last = Some(Instant::now());
}

/// A unit of so many instructions of HIR was built, on the program's own thread.
pub fn built(instructions: usize) {
    if instructions >= LARGE_HIR {
        give_back();
    }
}

fn give_back() {
    if let Some(give_back) = options().give_back {
        give_back();
    }
}

/// Is told of each pass of the compiler that begins: it has no use for the code of those before.
struct Passes;

/// Of the compile under way on the thread that is told.
static IS_LARGE: AtomicBool = AtomicBool::new(false);

impl Profiler for Passes {
    fn start_pass(&self, pass: Pass) -> Box<dyn Any> {
        if IS_LARGE.load(Ordering::Relaxed) {
            match pass {
                Pass::vcode_lower => {
                    give_back();
                    taipan_vm::memory::resident::release_program();
                }
                Pass::egraph | Pass::regalloc | Pass::vcode_emit => {
                    taipan_vm::memory::resident::release_program();
                }
                _ => {}
            }
        }
        Box::new(())
    }
}

/// From here on the calling thread's compiles are trimmed between their passes: one thread's, the worker's.
pub fn trim_between_passes() {
    timing::set_thread_profiler(Box::new(Passes));
}

/// A compile of so many instructions begins.
pub fn begin(instructions: usize) {
    IS_LARGE.store(instructions >= LARGE, Ordering::Relaxed);
}
