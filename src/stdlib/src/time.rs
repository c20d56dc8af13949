//! `time`: clocks and sleeping.

use taipan_macros::pymodule;

pub use time::MODULE;

/// This module provides various functions to manipulate time values.
#[pymodule(name = "time")]
mod time {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, value_error};
    use taipan_vm::value::Value;

    fn clock(id: libc::clockid_t) -> Duration {
        // SAFETY: the call fills the struct.
        let time = unsafe {
            let mut time: libc::timespec = std::mem::zeroed();
            libc::clock_gettime(id, &mut time);
            time
        };
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    }

    /// Return the current time in seconds since the Epoch.
    #[pyfunction("time($module, /)")]
    fn time() -> f64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0.0, |d| d.as_secs_f64())
    }

    /// Return the current time in nanoseconds since the Epoch.
    #[pyfunction("time_ns($module, /)")]
    fn time_ns() -> i64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_nanos() as i64)
    }

    /// Performance counter for benchmarking.
    #[pyfunction("perf_counter($module, /)")]
    fn perf_counter() -> f64 {
        clock(libc::CLOCK_MONOTONIC).as_secs_f64()
    }

    /// Performance counter for benchmarking as nanoseconds.
    #[pyfunction("perf_counter_ns($module, /)")]
    fn perf_counter_ns() -> i64 {
        clock(libc::CLOCK_MONOTONIC).as_nanos() as i64
    }

    /// Monotonic clock, cannot go backward.
    #[pyfunction("monotonic($module, /)")]
    fn monotonic() -> f64 {
        clock(libc::CLOCK_MONOTONIC).as_secs_f64()
    }

    /// Monotonic clock, cannot go backward, as nanoseconds.
    #[pyfunction("monotonic_ns($module, /)")]
    fn monotonic_ns() -> i64 {
        clock(libc::CLOCK_MONOTONIC).as_nanos() as i64
    }

    /// Process time for profiling: sum of the kernel and user-space CPU time.
    #[pyfunction("process_time($module, /)")]
    fn process_time() -> f64 {
        clock(libc::CLOCK_PROCESS_CPUTIME_ID).as_secs_f64()
    }

    /// Process time for profiling as nanoseconds.
    #[pyfunction("process_time_ns($module, /)")]
    fn process_time_ns() -> i64 {
        clock(libc::CLOCK_PROCESS_CPUTIME_ID).as_nanos() as i64
    }

    /// Thread time for profiling: sum of the kernel and user-space CPU time.
    #[pyfunction("thread_time($module, /)")]
    fn thread_time() -> f64 {
        clock(libc::CLOCK_THREAD_CPUTIME_ID).as_secs_f64()
    }

    /// Delay execution for a given number of seconds.
    #[pyfunction("sleep($module, seconds, /)")]
    fn sleep(seconds: &Value) -> PyResult<()> {
        let seconds = abstract_ops::to_f64(seconds)?;
        if seconds.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        if seconds < 0.0 {
            return Err(value_error("sleep length must be non-negative"));
        }
        let mut left = Duration::try_from_secs_f64(seconds).map_err(|_| {
            taipan_vm::exceptions::overflow_error("timestamp out of range for platform time_t")
        })?;
        let end = clock(libc::CLOCK_MONOTONIC) + left;
        while !left.is_zero() {
            let request = libc::timespec {
                tv_sec: left.as_secs() as libc::time_t,
                tv_nsec: left.subsec_nanos() as libc::c_long,
            };
            // SAFETY: both pointers are valid or null. A signal ends the wait early.
            unsafe { libc::nanosleep(&request, std::ptr::null_mut()) };
            taipan_vm::signals::run_handlers()?;
            left = end.saturating_sub(clock(libc::CLOCK_MONOTONIC));
        }
        Ok(())
    }
}
