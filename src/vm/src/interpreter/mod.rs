//! The interpreter: frames, the evaluation loop, and calls into it.

pub mod call;
pub mod dispatch;
pub mod frame;
pub mod ops;
mod poll;
mod specialize;
mod unwind;

pub use call::{call_function, run_code};
pub use dispatch::run;
pub use specialize::quicken;

use crate::object::Ref;
use crate::objects::dict::Dict;
use crate::thread::thread;

/// Globals of the innermost Python frame.
pub fn current_globals() -> Option<Ref<Dict>> {
    let frame = thread().frame.get();
    // SAFETY: the thread's frame is live.
    unsafe { frame.as_ref().map(|f| Ref::from_ref(&*f.globals)) }
}
