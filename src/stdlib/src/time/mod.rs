//! `time`: clocks, sleeping and dates.

mod calendar;

use taipan_macros::pymodule;

pub use time::MODULE;

/// This module provides various functions to manipulate time values.
#[pymodule(name = "time")]
mod time {
    use super::calendar;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, os_error, type_error, value_error};
    use taipan_vm::import;
    use taipan_vm::object::object_value;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::simple_namespace;
    use taipan_vm::objects::str::{Str, expect_str};
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    fn try_clock(id: libc::clockid_t) -> PyResult<Duration> {
        // SAFETY: the call fills the struct.
        unsafe {
            let mut time: libc::timespec = std::mem::zeroed();
            if libc::clock_gettime(id, &mut time) != 0 {
                return Err(os_error(libc::EINVAL, None));
            }
            Ok(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
        }
    }

    /// A clock that there always is.
    fn clock(id: libc::clockid_t) -> Duration {
        try_clock(id).unwrap_or_default()
    }

    fn clock_id(value: &Value) -> PyResult<libc::clockid_t> {
        if value.as_int().is_none() {
            return Err(type_error(format!(
                "clk_id should be integer, not {}",
                value.class().name()
            )));
        }
        Ok(abstract_ops::to_i64(value)? as libc::clockid_t)
    }

    /// Return the time of the specified clock clk_id as a float.
    #[pyfunction("clock_gettime($module, clk_id, /)")]
    fn clock_gettime(clk_id: &Value) -> PyResult<f64> {
        Ok(try_clock(clock_id(clk_id)?)?.as_secs_f64())
    }

    /// Return the time of the specified clock clk_id as nanoseconds (int).
    #[pyfunction("clock_gettime_ns($module, clk_id, /)")]
    fn clock_gettime_ns(clk_id: &Value) -> PyResult<i64> {
        Ok(try_clock(clock_id(clk_id)?)?.as_nanos() as i64)
    }

    fn resolution(id: libc::clockid_t) -> PyResult<f64> {
        // SAFETY: the call fills the struct.
        unsafe {
            let mut time: libc::timespec = std::mem::zeroed();
            if libc::clock_getres(id, &mut time) != 0 {
                return Err(os_error(libc::EINVAL, None));
            }
            Ok(time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9)
        }
    }

    /// Return the resolution (precision) of the specified clock clk_id.
    #[pyfunction("clock_getres($module, clk_id, /)")]
    fn clock_getres(clk_id: &Value) -> PyResult<f64> {
        resolution(clock_id(clk_id)?)
    }

    /// Get information of the specified clock.
    #[pyfunction("get_clock_info($module, name, /)")]
    fn get_clock_info(name: &Value) -> PyResult {
        let name = expect_str(name, "get_clock_info() argument 1")?;
        let (clock, id, settable) = match &*name.to_rust() {
            "time" => ("REALTIME", libc::CLOCK_REALTIME, true),
            "monotonic" | "perf_counter" => ("MONOTONIC", libc::CLOCK_MONOTONIC, false),
            "process_time" => ("PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID, false),
            "thread_time" => ("THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID, false),
            _ => return Err(value_error("unknown clock")),
        };
        let implementation = format!("clock_gettime(CLOCK_{clock})");
        Ok(simple_namespace::SimpleNamespace::make(&[
            ("implementation", Str::new(&implementation).into_value()),
            ("monotonic", Value::bool(!settable)),
            ("adjustable", Value::bool(settable)),
            ("resolution", Value::float(resolution(id)?)),
        ]))
    }

    /// Convert seconds since the Epoch to a time tuple expressing UTC (a.k.a.
    /// GMT).  When 'seconds' is not passed in, convert the current time instead.
    #[pyfunction("gmtime($module, seconds=None, /)")]
    fn gmtime(seconds: Option<&Value>) -> PyResult {
        calendar::utc(calendar::seconds(seconds)?)
    }

    /// Convert seconds since the Epoch to a time tuple expressing local time.
    /// When 'seconds' is not passed in, convert the current time instead.
    #[pyfunction("localtime($module, seconds=None, /)")]
    fn localtime(seconds: Option<&Value>) -> PyResult {
        calendar::local(calendar::seconds(seconds)?)
    }

    /// Convert a time tuple to a string, e.g. 'Sat Jun 06 16:26:11 1998'.
    /// When the time tuple is not present, current time as returned by localtime()
    /// is used.
    #[pyfunction("asctime($module, tuple=None, /)")]
    fn asctime(tuple: Option<&Value>) -> PyResult<String> {
        calendar::asctime(tuple)
    }

    /// Convert a time in seconds since the Epoch to a string in local time.
    /// This is equivalent to asctime(localtime(seconds)). When the time tuple is
    /// not present, current time as returned by localtime() is used.
    #[pyfunction("ctime($module, seconds=None, /)")]
    fn ctime(seconds: Option<&Value>) -> PyResult<String> {
        calendar::asctime(Some(&calendar::local(calendar::seconds(seconds)?)?))
    }

    /// Convert a time tuple in local time to seconds since the Epoch.
    /// Note that mktime(gmtime(0)) will not generally return zero for most
    /// time zones; instead the returned value will either be equal to that
    /// of the timezone or altzone attributes on the time module.
    #[pyfunction("mktime($self, object, /)")]
    fn mktime(object: &Value) -> PyResult<f64> {
        calendar::mktime(object)
    }

    /// Convert a time tuple to a string according to a format specification.
    /// See the library reference manual for formatting codes. When the time tuple
    /// is not present, current time as returned by localtime() is used.
    #[pyfunction("strftime($module, format, tuple=<unrepresentable>, /)")]
    fn strftime(format: &Value, tuple: Option<&Value>) -> PyResult {
        let format = expect_str(format, "strftime() argument 1")?;
        calendar::strftime(format, tuple)
    }

    /// Parse a string to a time tuple according to a format specification.
    /// See the library reference manual for formatting codes (same as
    /// strftime()).
    #[pyfunction("strptime", raw)]
    fn strptime(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let module = import::import_module("_strptime")?;
        let parse = abstract_ops::getattr(&module, &Str::intern("_strptime_time"))?;
        abstract_ops::call_kw(&parse, args, kwnames)
    }

    /// Initialize, or reinitialize, the local timezone to the value stored in
    /// os.environ['TZ'].
    #[pyfunction("tzset($self, /)")]
    fn tzset() -> PyResult<()> {
        let module = import::loaded_module(&Str::intern("time"));
        match module
            .as_ref()
            .and_then(|module| module.downcast::<Module>())
        {
            Some(module) => calendar::add_zone(module),
            None => Ok(()),
        }
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        for (name, id) in [
            ("CLOCK_REALTIME", libc::CLOCK_REALTIME),
            ("CLOCK_MONOTONIC", libc::CLOCK_MONOTONIC),
            ("CLOCK_MONOTONIC_RAW", libc::CLOCK_MONOTONIC_RAW),
            ("CLOCK_PROCESS_CPUTIME_ID", libc::CLOCK_PROCESS_CPUTIME_ID),
            ("CLOCK_THREAD_CPUTIME_ID", libc::CLOCK_THREAD_CPUTIME_ID),
            ("CLOCK_BOOTTIME", libc::CLOCK_BOOTTIME),
            ("CLOCK_TAI", libc::CLOCK_TAI),
        ] {
            module.add(name, Value::int(id.into()));
        }
        module.add("_STRUCT_TM_ITEMS", Value::int(11));
        module.add("struct_time", object_value(calendar::struct_time()?));
        calendar::add_zone(module)
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

    /// Thread time for profiling as nanoseconds.
    #[pyfunction("thread_time_ns($module, /)")]
    fn thread_time_ns() -> i64 {
        clock(libc::CLOCK_THREAD_CPUTIME_ID).as_nanos() as i64
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
            taipan_vm::gil::released(|| unsafe { libc::nanosleep(&request, std::ptr::null_mut()) });
            taipan_vm::signals::run_handlers()?;
            left = end.saturating_sub(clock(libc::CLOCK_MONOTONIC));
        }
        Ok(())
    }
}
