//! Signals: the handler of the operating system only notes the number; Python's handlers run at polls.

use crate::exceptions::{PyResult, raise_args};
use crate::gc::Field;
use crate::thread::{breaker, request};
use crate::value::Value;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering};

const COUNT: usize = 65;

static PENDING: [AtomicBool; COUNT] = [const { AtomicBool::new(false) }; COUNT];

struct Handlers([Field<Option<Value>>; COUNT]);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Handlers {}
static HANDLERS: Handlers = Handlers([const { Field::new(None) }; COUNT]);

/// The thread whose calls to the system a signal is to end, as `pthread_t`; zero before there is one.
static MAIN: AtomicUsize = AtomicUsize::new(0);

pub(crate) fn set_main_thread() {
    // SAFETY: always succeeds.
    MAIN.store(unsafe { libc::pthread_self() } as usize, Ordering::Relaxed);
}

/// Gets the number of each signal that comes as a byte; -1: none.
static WAKEUP: AtomicI32 = AtomicI32::new(-1);

/// Sets that file, and returns the one before.
pub fn set_wakeup(file: i32) -> i32 {
    WAKEUP.swap(file, Ordering::SeqCst)
}

extern "C" fn note(number: libc::c_int) {
    if let Some(pending) = PENDING.get(number as usize) {
        pending.store(true, Ordering::SeqCst);
        request(breaker::SIGNAL);
    }
    // The system chose another thread. Handlers run on the main one, which may be blocked.
    let main = MAIN.load(Ordering::Relaxed);
    // SAFETY: the main thread lives as long as the process; all that is called may be called in a handler.
    unsafe {
        if main != 0 && libc::pthread_self() as usize != main {
            libc::pthread_kill(main as libc::pthread_t, number);
            return;
        }
        let file = WAKEUP.load(Ordering::Relaxed);
        if file >= 0 {
            let errno = *libc::__errno_location();
            let byte = number as u8;
            libc::write(file, (&raw const byte).cast(), 1);
            *libc::__errno_location() = errno;
        }
    }
}

/// Has a signal come whose handler did not run yet?
pub(crate) fn any_pending() -> bool {
    PENDING
        .iter()
        .any(|pending| pending.load(Ordering::Relaxed))
}

/// Catches a signal for Python: `handler` is a Python callable.
pub fn install(number: i32, handler: Value) {
    HANDLERS.0[number as usize].set(Some(handler));
    set_action(number, note as *const () as usize);
}

/// `SIG_DFL` or `SIG_IGN`.
pub fn set_default(number: i32, action: usize) {
    HANDLERS.0[number as usize].set(None);
    set_action(number, action);
}

fn set_action(number: i32, action: usize) {
    // SAFETY: the handler touches nothing but atomics.
    unsafe {
        let mut new: libc::sigaction = std::mem::zeroed();
        new.sa_sigaction = action;
        libc::sigemptyset(&mut new.sa_mask);
        libc::sigaction(number, &new, std::ptr::null_mut());
    }
}

/// The Python handler, if one is set.
pub fn handler(number: i32) -> Option<Value> {
    HANDLERS.0.get(number as usize)?.get()
}

/// CPython's set-up: `SIGINT` raises `KeyboardInterrupt`, writing to a closed pipe is an error and no
/// signal.
pub fn set_up() {
    set_action(libc::SIGPIPE, libc::SIG_IGN);
    set_action(libc::SIGXFSZ, libc::SIG_IGN);
    set_action(libc::SIGINT, note as *const () as usize);
}

/// Runs the handlers of signals that came. Only the main thread does; it looks whenever it takes the GIL.
pub fn run_handlers() -> PyResult<()> {
    if !crate::thread::thread().is_main() {
        return Ok(());
    }
    for (number, pending) in PENDING.iter().enumerate() {
        if !pending.swap(false, Ordering::SeqCst) {
            continue;
        }
        match HANDLERS.0[number].get() {
            Some(handler) => {
                let frame =
                    crate::objects::frame::current_frame_object().unwrap_or_else(Value::none);
                if let Err(raised) =
                    crate::abstract_ops::call(&handler, &[Value::int(number as i64), frame])
                {
                    if any_pending() {
                        request(breaker::SIGNAL);
                    }
                    return Err(raised);
                }
            }
            None if number as i32 == libc::SIGINT => {
                return Err(raise_args(
                    crate::exceptions::KEYBOARD_INTERRUPT.get(),
                    Vec::new(),
                ));
            }
            None => {}
        }
    }
    Ok(())
}
