//! `select`: waiting for descriptors.

mod poll;

use taipan_macros::pymodule;

pub use select::{MODULE, descriptor, wait_until};

/// This module supports asynchronous I/O on multiple file descriptors.
#[pymodule(name = "select")]
mod select {
    use std::time::{Duration, Instant};
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{self, PyResult, os_error, type_error, value_error};
    use taipan_vm::object::{Ref, object_value};
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// The number of a file: itself an int, or what its `fileno()` says.
    pub fn descriptor(file: &Value) -> PyResult<i32> {
        let number = if file.as_int().is_some() {
            abstract_ops::to_i64(file)?
        } else {
            let Some(method) = abstract_ops::getattr_opt(file, &Str::intern("fileno"))? else {
                return Err(type_error(
                    "argument must be an int, or have a fileno() method.",
                ));
            };
            let answer = abstract_ops::call(&method, &[])?;
            if answer.as_int().is_none() {
                return Err(type_error("fileno() returned a non-integer"));
            }
            abstract_ops::to_i64(&answer)?
        };
        if number < 0 {
            return Err(value_error(format!(
                "file descriptor cannot be a negative integer ({number})"
            )));
        }
        i32::try_from(number)
            .map_err(|_| exceptions::overflow_error("Python int too large to convert to C int"))
    }

    /// Waits for the events; signals only interrupt it if their handlers raise. `None` waits for ever.
    pub fn wait(files: &mut [libc::pollfd], timeout: Option<Duration>) -> PyResult<()> {
        let end = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        wait_until(files, end)
    }

    /// Likewise, up to a moment.
    pub fn wait_until(files: &mut [libc::pollfd], end: Option<Instant>) -> PyResult<()> {
        loop {
            let rest = match end {
                None => -1,
                Some(end) => {
                    let rest = end.saturating_duration_since(Instant::now());
                    // Rounded up: who waits must not come too early.
                    i32::try_from(rest.as_nanos().div_ceil(1_000_000)).unwrap_or(i32::MAX)
                }
            };
            // SAFETY: as many entries as is said.
            let count = taipan_vm::gil::released(|| unsafe {
                libc::poll(files.as_mut_ptr(), files.len() as libc::nfds_t, rest)
            });
            if count >= 0 {
                return Ok(());
            }
            let error = std::io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::EINTR) {
                return Err(exceptions::io_error(&error, None));
            }
            taipan_vm::signals::run_handlers()?;
        }
    }

    /// None and what is negative: for ever.
    pub fn timeout(
        value: Option<&Value>,
        unit: f64,
        complaint: &str,
    ) -> PyResult<Option<Duration>> {
        let Some(value) = value.filter(|value| !value.is_none()) else {
            return Ok(None);
        };
        let Some(seconds) =
            exceptions::suppress(abstract_ops::to_f64(value), exceptions::TYPE_ERROR.get())?
        else {
            return Err(type_error(complaint));
        };
        if seconds < 0.0 {
            return Ok(None);
        }
        Duration::try_from_secs_f64(seconds * unit)
            .map(Some)
            .map_err(|_| exceptions::overflow_error("timeout is too large"))
    }

    /// Wait until one or more file descriptors are ready for some kind of I/O.
    ///
    /// The first three arguments are iterables of file descriptors to be waited for:
    /// rlist -- wait until ready for reading
    /// wlist -- wait until ready for writing
    /// xlist -- wait for an "exceptional condition"
    #[pyfunction("select($module, rlist, wlist, xlist, timeout=None, /)")]
    fn select(
        rlist: &Value,
        wlist: &Value,
        xlist: &Value,
        timeout: Option<&Value>,
    ) -> PyResult<Ref<Tuple>> {
        let patience = self::timeout(timeout, 1.0, "timeout must be a float or None")?;
        if let (Some(given), None) = (timeout.filter(|value| !value.is_none()), patience) {
            let _ = given;
            return Err(value_error("timeout must be non-negative"));
        }
        let wanted = [libc::POLLIN, libc::POLLOUT, libc::POLLPRI];
        let mut files = Vec::new();
        let mut polled = Vec::new();
        for (kind, list) in [rlist, wlist, xlist].into_iter().enumerate() {
            for file in abstract_ops::to_vec(list)? {
                let fd = descriptor(&file)?;
                if fd >= libc::FD_SETSIZE as i32 {
                    return Err(value_error("filedescriptor out of range in select()"));
                }
                polled.push(libc::pollfd {
                    fd,
                    events: wanted[kind],
                    revents: 0,
                });
                files.push((kind, file));
            }
        }
        wait(&mut polled, patience)?;
        let mut ready = [Vec::new(), Vec::new(), Vec::new()];
        for ((kind, file), polled) in files.into_iter().zip(&polled) {
            if polled.revents & libc::POLLNVAL != 0 {
                return Err(os_error(libc::EBADF, None));
            }
            let ends = match kind {
                0 => libc::POLLHUP | libc::POLLERR,
                1 => libc::POLLERR,
                _ => 0,
            };
            if polled.revents & (wanted[kind] | ends) != 0 {
                ready[kind].push(file);
            }
        }
        Ok(Tuple::new(
            ready.map(|files| List::make(files).into_value()),
        ))
    }

    /// Returns a polling object.
    ///
    /// This object supports registering and unregistering file descriptors, and then
    /// polling them for I/O events.
    #[pyfunction("poll($module, /)")]
    fn poll() -> Value {
        super::poll::Poll::make()
    }

    macro_rules! numbers {
        ($($name:ident)*) => { [$((stringify!($name), libc::$name as i64)),*] };
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        taipan_vm::objects::class_native::ensure::<super::poll::Poll>();
        let names = numbers!(
            POLLIN POLLPRI POLLOUT POLLERR POLLHUP POLLNVAL POLLRDNORM POLLRDBAND POLLWRNORM POLLWRBAND
            POLLRDHUP PIPE_BUF
        );
        for (name, number) in names {
            module.add(name, Value::int(number));
        }
        module.add("error", object_value(exceptions::OS_ERROR.get()));
        Ok(())
    }
}
