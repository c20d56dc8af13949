//! Where the program spends its time, for `-X jit-stats`: in native code itself, or outside.
//!
//! A timer of the program's own thread interrupts it every millisecond of its processor time; the handler looks
//! whether the instruction under execution lies in the code of a unit. Helpers that native code calls count as outside.
//! The signal is `SIGPROF`: a program that uses it itself gets no shares.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Units beyond these are taken for code outside.
const ROOM: usize = 8192;

/// Starts and ends of the code of units; an entry whose start is 0 is free.
static STARTS: [AtomicUsize; ROOM] = [const { AtomicUsize::new(0) }; ROOM];
static ENDS: [AtomicUsize; ROOM] = [const { AtomicUsize::new(0) }; ROOM];
/// Entries from here on were never used.
static USED: AtomicUsize = AtomicUsize::new(0);
static INSIDE: AtomicU64 = AtomicU64::new(0);
static SAMPLES: AtomicU64 = AtomicU64::new(0);

/// From here on code at these addresses counts as native code. Only while statistics are asked for.
pub fn add(start: usize, size: usize) {
    let index = USED.load(Ordering::Relaxed);
    if index < ROOM {
        ENDS[index].store(start + size, Ordering::Relaxed);
        STARTS[index].store(start, Ordering::Relaxed);
        USED.store(index + 1, Ordering::Release);
    }
}

/// Samples in native code, and all of them.
pub fn shares() -> (u64, u64) {
    (
        INSIDE.load(Ordering::Relaxed),
        SAMPLES.load(Ordering::Relaxed),
    )
}

#[cfg(target_os = "linux")]
mod timer {
    use super::*;
    use std::ffi::{c_int, c_void};

    /// The instruction that was interrupted.
    ///
    /// # Safety
    /// The context is the one that a signal handler was given.
    unsafe fn interrupted(context: *mut c_void) -> usize {
        // SAFETY: the caller's promise.
        let machine = unsafe { &(*(context as *const libc::ucontext_t)).uc_mcontext };
        #[cfg(target_arch = "x86_64")]
        return machine.gregs[libc::REG_RIP as usize] as usize;
        #[cfg(target_arch = "aarch64")]
        return machine.pc as usize;
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        return 0;
    }

    /// Touches nothing but atomics: it may interrupt anything.
    extern "C" fn sample(_signal: c_int, _info: *mut libc::siginfo_t, context: *mut c_void) {
        // SAFETY: the kernel calls this with a context.
        let at = unsafe { interrupted(context) };
        let used = USED.load(Ordering::Acquire);
        let inside = (0..used).any(|i| {
            (STARTS[i].load(Ordering::Relaxed)..ENDS[i].load(Ordering::Relaxed)).contains(&at)
        });
        SAMPLES.fetch_add(1, Ordering::Relaxed);
        INSIDE.fetch_add(inside as u64, Ordering::Relaxed);
    }

    pub fn start() {
        // SAFETY: the structures are plain data, filled in before they are handed over; the handler is
        // async-signal-safe.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = sample as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
            libc::sigemptyset(&mut action.sa_mask);
            if libc::sigaction(libc::SIGPROF, &action, std::ptr::null_mut()) != 0 {
                return;
            }
            let mut event: libc::sigevent = std::mem::zeroed();
            event.sigev_notify = libc::SIGEV_THREAD_ID;
            event.sigev_signo = libc::SIGPROF;
            event.sigev_notify_thread_id = libc::gettid();
            let mut timer: libc::timer_t = std::mem::zeroed();
            if libc::timer_create(libc::CLOCK_THREAD_CPUTIME_ID, &mut event, &mut timer) != 0 {
                return;
            }
            let interval = libc::timespec {
                tv_sec: 0,
                tv_nsec: 1_000_000,
            };
            let times = libc::itimerspec {
                it_interval: interval,
                it_value: interval,
            };
            libc::timer_settime(timer, 0, &times, std::ptr::null_mut());
        }
    }
}

/// Starts sampling the calling thread.
pub fn start() {
    #[cfg(target_os = "linux")]
    timer::start();
}
