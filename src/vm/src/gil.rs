//! The global interpreter lock: of the threads that run Python code, one goes on at a time.
//!
//! A thread that waits for the lock asks its holder, after the switch interval, to hand it over at the next poll. Calls that
//! block give it back meanwhile ([`released`]). While there is only one thread none of that costs anything.

use crate::thread::{EVAL_BREAKER, Thread, breaker, request, set_current, thread};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Duration;

/// A static of what only the holder of the lock looks at.
pub struct Guarded<T>(pub T);
// SAFETY: that is what the type is for.
unsafe impl<T> Sync for Guarded<T> {}

struct State {
    held: bool,
    /// Threads that wait for the lock.
    waiting: usize,
    /// How often it was taken.
    taken: u64,
}

/// The thread that runs the program has it from the start.
static STATE: Mutex<State> = Mutex::new(State {
    held: true,
    waiting: 0,
    taken: 0,
});
static FREE: Condvar = Condvar::new();
static TAKEN: Condvar = Condvar::new();

/// Threads that may run Python code, but for the first.
static OTHERS: AtomicUsize = AtomicUsize::new(0);
/// The process ends: no thread but the one that ends it gets the lock again.
static FINISHING: AtomicBool = AtomicBool::new(false);
/// Microseconds after which a thread that waits asks for the lock.
static INTERVAL: AtomicU64 = AtomicU64::new(5000);

pub fn interval() -> f64 {
    INTERVAL.load(Ordering::Relaxed) as f64 * 1e-6
}

pub fn set_interval(seconds: f64) {
    INTERVAL.store((seconds * 1e6).max(1.0) as u64, Ordering::Relaxed);
}

fn lock() -> MutexGuard<'static, State> {
    // Nothing panics while it is locked.
    STATE
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn errno() -> *mut libc::c_int {
    // SAFETY: always succeeds.
    unsafe { libc::__errno_location() }
}

/// Waits for the lock, and goes on as `thread`, which is the calling one.
pub fn take(thread: &'static Thread) {
    // SAFETY: the calling thread's own. What is called meanwhile has to leave it alone.
    let errno_before = unsafe { *errno() };
    let interval = Duration::from_micros(INTERVAL.load(Ordering::Relaxed));
    let mut state = lock();
    state.waiting += 1;
    while state.held {
        let taken = state.taken;
        let (after, waited) = FREE
            .wait_timeout(state, interval)
            .unwrap_or_else(|poisoned| poisoned.into_inner());
        state = after;
        if waited.timed_out() && state.held && state.taken == taken {
            request(breaker::GIL);
        }
    }
    state.waiting -= 1;
    while FINISHING.load(Ordering::Relaxed) && !thread.is_main() {
        // Whoever else waits is to get it.
        FREE.notify_one();
        state = FREE
            .wait(state)
            .unwrap_or_else(|poisoned| poisoned.into_inner());
    }
    state.held = true;
    state.taken += 1;
    set_current(thread);
    EVAL_BREAKER.fetch_and(!breaker::GIL, Ordering::Relaxed);
    drop(state);
    TAKEN.notify_all();
    if thread.is_main() && crate::signals::any_pending() {
        request(breaker::SIGNAL);
    }
    // SAFETY: as above.
    unsafe { *errno() = errno_before };
}

/// Gives the lock back. The calling thread touches no Python object until it has taken it again.
pub fn release() {
    let mut state = lock();
    state.held = false;
    drop(state);
    FREE.notify_one();
}

/// Runs a call that may block, and touches no Python object, without the lock.
pub fn released<R>(call: impl FnOnce() -> R) -> R {
    if OTHERS.load(Ordering::Relaxed) == 0 {
        return call();
    }
    let me = thread();
    release();
    let result = call();
    take(me);
    result
}

/// At a poll: hands the lock to a thread that asked for it.
pub fn hand_over() {
    let me = thread();
    let mut state = lock();
    EVAL_BREAKER.fetch_and(!breaker::GIL, Ordering::Relaxed);
    if state.waiting == 0 {
        return;
    }
    state.held = false;
    let taken = state.taken;
    FREE.notify_one();
    // Without this the same thread would mostly be the first to take it.
    while state.taken == taken && state.waiting > 0 {
        state = TAKEN
            .wait(state)
            .unwrap_or_else(|poisoned| poisoned.into_inner());
    }
    drop(state);
    take(me);
}

/// A thread more will run Python code; called by the one that starts it.
pub fn announce_thread() {
    OTHERS.fetch_add(1, Ordering::Relaxed);
}

/// One that was announced has ended, or could not be started; called under the lock.
pub fn retire_thread() {
    OTHERS.fetch_sub(1, Ordering::Relaxed);
}

/// The process ends: from now on only the thread that runs the program goes on.
pub fn finish() {
    FINISHING.store(true, Ordering::Relaxed);
}

pub fn is_finishing() -> bool {
    FINISHING.load(Ordering::Relaxed)
}

/// `fork()`: the child's copy of the lock is its only thread's.
pub fn fork() -> libc::pid_t {
    let mut state = lock();
    // SAFETY: the child goes on with a copy of this thread, which holds the lock.
    let child = unsafe { libc::fork() };
    if child == 0 {
        state.waiting = 0;
        OTHERS.store(0, Ordering::Relaxed);
        thread().becomes_main();
    }
    child
}
