//! What function entries and back-edges do when the eval breaker is set.

use crate::exceptions::PyResult;
use crate::thread::{EVAL_BREAKER, breaker};
use std::sync::atomic::Ordering;

/// Does what was asked for; the frame's registers are saved.
#[cold]
#[inline(never)]
pub fn handle() -> PyResult<()> {
    let bits = EVAL_BREAKER.load(Ordering::Relaxed);
    if bits & breaker::COLLECT != 0 {
        EVAL_BREAKER.fetch_and(!breaker::COLLECT, Ordering::Relaxed);
        crate::gc::collect_if_due();
    }
    if bits & breaker::SIGNAL != 0 {
        EVAL_BREAKER.fetch_and(!breaker::SIGNAL, Ordering::Relaxed);
        crate::signals::run_handlers()?;
    }
    if bits & breaker::GIL != 0 {
        crate::gil::hand_over();
    }
    if bits & breaker::TIER != 0 {
        EVAL_BREAKER.fetch_and(!breaker::TIER, Ordering::Relaxed);
        crate::tier::at_safepoint();
    }
    Ok(())
}
