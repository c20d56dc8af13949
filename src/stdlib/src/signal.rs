//! `_signal`: Python's side of the signals; noting and running them is `taipan_vm::signals`.

use taipan_macros::pymodule;

pub use signal::MODULE;

/// This module provides mechanisms to use signal handlers in Python.
#[pymodule(name = "_signal")]
mod signal {
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{self, PyResult, os_error, raise_args, type_error, value_error};
    use taipan_vm::object::object_value;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::signals;
    use taipan_vm::value::Value;

    const COUNT: i64 = 65;

    fn check(number: i64) -> PyResult<i32> {
        if !(1..COUNT).contains(&number) {
            return Err(value_error("signal number out of range"));
        }
        Ok(number as i32)
    }

    fn current(number: i32) -> PyResult {
        if let Some(handler) = signals::handler(number) {
            return Ok(handler);
        }
        // SAFETY: only asks.
        let action = unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(number, std::ptr::null(), &mut action);
            action.sa_sigaction
        };
        Ok(match action {
            libc::SIG_DFL => Value::int(0),
            libc::SIG_IGN => Value::int(1),
            _ if number == libc::SIGINT => {
                let module = taipan_vm::import::import_module("_signal")?;
                let name = taipan_vm::objects::str::Str::intern("default_int_handler");
                abstract_ops::getattr(&module, &name)?
            }
            _ => Value::none(),
        })
    }

    /// Set the action for the given signal.
    ///
    /// The action can be SIG_DFL, SIG_IGN, or a callable Python object.
    /// The previous action is returned.
    #[pyfunction("signal($module, signalnum, handler, /)")]
    fn signal(signalnum: i64, handler: &Value) -> PyResult {
        let number = check(signalnum)?;
        let action = if abstract_ops::is_callable(handler) {
            None
        } else {
            match handler.as_int().and_then(|action| action.to_i64()) {
                Some(0) => Some(libc::SIG_DFL),
                Some(1) => Some(libc::SIG_IGN),
                _ => {
                    return Err(type_error(
                        "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object",
                    ));
                }
            }
        };
        let old = current(number)?;
        if number == libc::SIGKILL || number == libc::SIGSTOP {
            return Err(os_error(libc::EINVAL, None));
        }
        match action {
            Some(action) => signals::set_default(number, action),
            None => signals::install(number, handler.clone()),
        }
        Ok(old)
    }

    /// Return the current action for the given signal.
    #[pyfunction("getsignal($module, signalnum, /)")]
    fn getsignal(signalnum: i64) -> PyResult {
        current(check(signalnum)?)
    }

    /// Send a signal to the executing process.
    #[pyfunction("raise_signal($module, signalnum, /)")]
    fn raise_signal(signalnum: i64) -> PyResult<()> {
        // SAFETY: handlers only note the signal.
        if unsafe { libc::raise(signalnum as i32) } != 0 {
            return Err(exceptions::io_error(&std::io::Error::last_os_error(), None));
        }
        signals::run_handlers()
    }

    /// Arrange for SIGALRM to arrive after the given number of seconds.
    #[pyfunction("alarm($module, seconds, /)")]
    fn alarm(seconds: i64) -> i64 {
        // SAFETY: no pointers.
        unsafe { libc::alarm(seconds as u32) as i64 }
    }

    /// The error of timers: an `OSError` of its own.
    fn timer_error(errno: i32) -> exceptions::Raised {
        let text = Str::new(&exceptions::errno_text(errno)).into_value();
        let arguments = vec![Value::int(errno.into()), text];
        let class = taipan_vm::import::import_module("_signal")
            .and_then(|module| abstract_ops::getattr(&module, &Str::intern("itimer_error")));
        match class {
            Ok(class) => match class.downcast::<taipan_vm::objects::class::Type>() {
                Some(class) => exceptions::raise_args(class, arguments),
                None => exceptions::os_error(errno, None),
            },
            Err(raised) => raised,
        }
    }

    fn duration(seconds: &Value) -> PyResult<libc::timeval> {
        let seconds = abstract_ops::to_f64(seconds)?;
        if seconds.is_nan() || seconds.abs() >= 1e15 {
            return Err(exceptions::overflow_error(
                "timestamp out of range for platform time_t",
            ));
        }
        // Rounded up, so that a short time is not none at all.
        let micros = (seconds * 1e6).ceil() as i64;
        Ok(libc::timeval {
            tv_sec: micros.div_euclid(1_000_000),
            tv_usec: micros.rem_euclid(1_000_000),
        })
    }

    fn timer_pair(timer: &libc::itimerval) -> Value {
        let seconds =
            |time: &libc::timeval| Value::float(time.tv_sec as f64 + time.tv_usec as f64 * 1e-6);
        Tuple::new([seconds(&timer.it_value), seconds(&timer.it_interval)]).into_value()
    }

    /// Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).
    ///
    /// The timer will fire after value seconds and after that every interval seconds.
    /// The itimer can be cleared by setting seconds to zero.
    ///
    /// Returns old values as a tuple: (delay, interval).
    #[pyfunction("setitimer($module, which, seconds, interval=0.0, /)")]
    fn setitimer(which: i64, seconds: &Value, interval: Option<&Value>) -> PyResult {
        let zero = Value::float(0.0);
        let new = libc::itimerval {
            it_value: duration(seconds)?,
            it_interval: duration(interval.unwrap_or(&zero))?,
        };
        // SAFETY: plain data; the second structure is written by the call.
        let (failed, old) = unsafe {
            let mut old: libc::itimerval = std::mem::zeroed();
            (libc::setitimer(which as _, &new, &mut old) != 0, old)
        };
        if failed {
            return Err(timer_error(
                std::io::Error::last_os_error()
                    .raw_os_error()
                    .unwrap_or(libc::EINVAL),
            ));
        }
        Ok(timer_pair(&old))
    }

    /// Returns current value of given itimer.
    #[pyfunction("getitimer($module, which, /)")]
    fn getitimer(which: i64) -> PyResult {
        // SAFETY: the structure is written by the call.
        let (failed, timer) = unsafe {
            let mut timer: libc::itimerval = std::mem::zeroed();
            (libc::getitimer(which as _, &mut timer) != 0, timer)
        };
        if failed {
            return Err(timer_error(
                std::io::Error::last_os_error()
                    .raw_os_error()
                    .unwrap_or(libc::EINVAL),
            ));
        }
        Ok(timer_pair(&timer))
    }

    /// Wait until a signal arrives.
    #[pyfunction("pause($module, /)")]
    fn pause() -> PyResult<()> {
        // SAFETY: no pointers.
        unsafe { libc::pause() };
        signals::run_handlers()
    }

    /// Return the system description of the given signal.
    #[pyfunction("strsignal($module, signalnum, /)")]
    fn strsignal(signalnum: i64) -> PyResult<Option<String>> {
        let number = check(signalnum)?;
        // SAFETY: the text is static or lives until the next call.
        let text = unsafe {
            let text = libc::strsignal(number);
            if text.is_null() {
                return Ok(None);
            }
            std::ffi::CStr::from_ptr(text)
                .to_string_lossy()
                .into_owned()
        };
        Ok(Some(text).filter(|text| !text.starts_with("Unknown signal")))
    }

    /// Change system call restart behaviour.
    #[pyfunction("siginterrupt($module, signalnum, flag, /)")]
    fn siginterrupt(signalnum: i64, flag: &Value) -> PyResult<()> {
        let _ = (check(signalnum)?, flag);
        Ok(())
    }

    /// Sets the fd to be written to (with the signal number) when a signal comes in.
    #[pyfunction("set_wakeup_fd($module, fd, /, *, warn_on_full_buffer=True)")]
    fn set_wakeup_fd(fd: i64, warn_on_full_buffer: bool) -> PyResult<i64> {
        let _ = warn_on_full_buffer;
        if fd == -1 {
            return Ok(-1);
        }
        Err(exceptions::not_implemented_error(
            "signal.set_wakeup_fd() is not implemented in Taipan",
        ))
    }

    /// The default handler for SIGINT installed by Python.
    ///
    /// It raises KeyboardInterrupt.
    #[pyfunction("default_int_handler($module, signalnum, frame, /)")]
    fn default_int_handler(signalnum: &Value, frame: &Value) -> PyResult<()> {
        let _ = (signalnum, frame);
        Err(raise_args(exceptions::KEYBOARD_INTERRUPT.get(), Vec::new()))
    }

    macro_rules! numbers {
        ($($name:ident)*) => { [$((stringify!($name), libc::$name as i64)),*] };
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let names = numbers!(
            SIGHUP SIGINT SIGQUIT SIGILL SIGTRAP SIGIOT SIGABRT SIGBUS SIGFPE SIGKILL SIGUSR1 SIGSEGV SIGUSR2
            SIGPIPE SIGALRM SIGTERM SIGCHLD SIGCONT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGXCPU SIGXFSZ
            SIGVTALRM SIGPROF SIGWINCH SIGIO SIGPOLL SIGPWR SIGSYS SIGSTKFLT
            SIG_BLOCK SIG_UNBLOCK SIG_SETMASK ITIMER_REAL ITIMER_VIRTUAL ITIMER_PROF SIG_DFL SIG_IGN
        );
        for (name, number) in names {
            module.add(name, Value::int(number));
        }
        let body = Dict::make();
        body.set_str(
            &taipan_vm::names::MODULE,
            Str::intern("signal").into_value(),
        );
        let base = object_value(exceptions::OS_ERROR.get());
        let error = abstract_ops::call(
            &object_value(base.class()),
            &[
                Str::intern("itimer_error").into_value(),
                Tuple::new([base]).into_value(),
                body.into_value(),
            ],
        )?;
        module.add("ItimerError", error.clone());
        module.add("itimer_error", error);
        module.add("SIGCLD", Value::int(libc::SIGCHLD as i64));
        module.add("SIGRTMIN", Value::int(libc::SIGRTMIN() as i64));
        module.add("SIGRTMAX", Value::int(libc::SIGRTMAX() as i64));
        module.add("NSIG", Value::int(COUNT));
        Ok(())
    }
}
