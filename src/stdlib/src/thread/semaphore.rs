//! Waiting without the GIL, in such a way that signals end it.

use std::cell::UnsafeCell;
use std::time::Duration;
use taipan_vm::exceptions::PyResult;
use taipan_vm::{gil, signals};

/// A semaphore of the operating system. It stays where it was made once it is waited for.
pub struct Semaphore(UnsafeCell<libc::sem_t>);

// SAFETY: that is what semaphores are for.
unsafe impl Sync for Semaphore {}
// SAFETY: as above.
unsafe impl Send for Semaphore {}

/// The time of day, which is what the system's call takes.
fn now() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the place is valid.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

impl Semaphore {
    pub fn new(value: u32) -> Semaphore {
        // SAFETY: all zeros is a valid, if unusable, semaphore.
        let semaphore = Semaphore(UnsafeCell::new(unsafe { std::mem::zeroed() }));
        // SAFETY: a valid place. Linux' semaphores may be moved while nobody waits.
        unsafe { libc::sem_init(semaphore.0.get(), 0, value) };
        semaphore
    }
    pub fn value(&self) -> i32 {
        let mut value = 0;
        // SAFETY: initialized when it was made.
        unsafe { libc::sem_getvalue(self.0.get(), &mut value) };
        value
    }
    pub fn post(&self) {
        // SAFETY: as above.
        unsafe { libc::sem_post(self.0.get()) };
    }
    pub fn try_wait(&self) -> bool {
        // SAFETY: as above.
        unsafe { libc::sem_trywait(self.0.get()) == 0 }
    }
    /// Waits, without a patience for ever. False: it ran out. Handlers of signals run meanwhile, and what they raise ends
    /// the wait.
    pub fn wait(&self, patience: Option<Duration>) -> PyResult<bool> {
        if self.try_wait() {
            return Ok(true);
        }
        let end = patience.map(|patience| now() + patience);
        let end = end.map(|end| libc::timespec {
            tv_sec: end.as_secs() as libc::time_t,
            tv_nsec: end.subsec_nanos() as libc::c_long,
        });
        loop {
            // SAFETY: as above.
            let (result, errno) = gil::released(|| unsafe {
                let result = match &end {
                    Some(end) => libc::sem_timedwait(self.0.get(), end),
                    None => libc::sem_wait(self.0.get()),
                };
                (result, *libc::__errno_location())
            });
            match (result, errno) {
                (0, _) => return Ok(true),
                (_, libc::EINTR) => signals::run_handlers()?,
                _ => return Ok(false),
            }
        }
    }
    /// Waits for ever, whatever signals come.
    pub fn wait_uninterrupted(&self) {
        // SAFETY: as above.
        gil::released(|| while unsafe { libc::sem_wait(self.0.get()) } != 0 {});
    }
}
