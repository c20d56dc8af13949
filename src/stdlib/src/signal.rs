//! `_signal`: Python's side of the signals; noting and running them is `taipan_vm::signals`.

use taipan_macros::pymodule;

pub use signal::MODULE;

/// This module provides mechanisms to use signal handlers in Python.
#[pymodule(name = "_signal")]
mod signal {
    use crate::exception::ModuleException;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{
        self, PyResult, Raised, os_error, raise_args, type_error, value_error,
    };
    use taipan_vm::native::NativeClass;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::set::Set;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::signals;
    use taipan_vm::value::Value;

    const COUNT: i64 = 65;

    static ITIMER_ERROR: ModuleException =
        ModuleException::new("signal", "ItimerError", || exceptions::OS_ERROR.get());

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

    fn seconds(value: &Value) -> PyResult<libc::timeval> {
        let seconds = abstract_ops::to_f64(value)?;
        if !seconds.is_finite() || seconds.abs() > 1e15 {
            return Err(raise_args(
                exceptions::OVERFLOW_ERROR.get(),
                vec![Str::new("timestamp out of range for platform time_t").into_value()],
            ));
        }
        // Rounded up: a timer that was set must not be zero.
        let micros = (seconds * 1e6).ceil() as i64;
        Ok(libc::timeval {
            tv_sec: micros.div_euclid(1_000_000),
            tv_usec: micros.rem_euclid(1_000_000),
        })
    }

    fn timer(value: libc::itimerval) -> Value {
        let seconds = |t: libc::timeval| Value::float(t.tv_sec as f64 + t.tv_usec as f64 / 1e6);
        Tuple::new([seconds(value.it_value), seconds(value.it_interval)]).into_value()
    }

    fn itimer_error() -> Raised {
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
        let class = match ITIMER_ERROR.get() {
            Ok(class) => class,
            Err(raised) => return raised,
        };
        let text = Str::new(&exceptions::errno_text(errno)).into_value();
        raise_args(class, vec![Value::int(errno as i64), text])
    }

    /// Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).
    ///
    /// The timer will fire after value seconds and after that every interval seconds.
    /// The itimer can be cleared by setting seconds to zero.
    ///
    /// Returns old values as a tuple: (delay, interval).
    #[pyfunction("setitimer($module, which, seconds, interval=0.0, /)")]
    fn setitimer(which: i64, seconds_: &Value, interval: Option<&Value>) -> PyResult {
        let zero = Value::int(0);
        let new = libc::itimerval {
            it_value: seconds(seconds_)?,
            it_interval: seconds(interval.unwrap_or(&zero))?,
        };
        // SAFETY: both structures are this function's own.
        let (answer, old) = unsafe {
            let mut old: libc::itimerval = std::mem::zeroed();
            (libc::setitimer(which as _, &new, &mut old), old)
        };
        if answer != 0 {
            return Err(itimer_error());
        }
        Ok(timer(old))
    }

    /// Returns current value of given itimer.
    #[pyfunction("getitimer($module, which, /)")]
    fn getitimer(which: i64) -> PyResult {
        // SAFETY: the structure is this function's own.
        let (answer, old) = unsafe {
            let mut old: libc::itimerval = std::mem::zeroed();
            (libc::getitimer(which as _, &mut old), old)
        };
        if answer != 0 {
            return Err(itimer_error());
        }
        Ok(timer(old))
    }

    fn to_set(signals: &Value) -> PyResult<libc::sigset_t> {
        // SAFETY: an empty set, made by the library.
        let mut set = unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut set);
            set
        };
        for item in abstract_ops::to_vec(signals)? {
            let number = abstract_ops::to_i64(&item)?;
            if !(1..COUNT).contains(&number) {
                return Err(value_error(format!(
                    "signal number {number} out of range [1; {}]",
                    COUNT - 1
                )));
            }
            // SAFETY: the number is in range.
            unsafe { libc::sigaddset(&mut set, number as i32) };
        }
        Ok(set)
    }

    fn from_set(set: &libc::sigset_t) -> PyResult {
        // SAFETY: the numbers are in range.
        let numbers = (1..COUNT)
            .filter(|number| unsafe { libc::sigismember(set, *number as i32) } == 1)
            .map(Value::int)
            .collect::<Vec<_>>();
        abstract_ops::call(
            &taipan_vm::object::object_value(Set::class()),
            &[Tuple::new(numbers).into_value()],
        )
    }

    /// Fetch and/or change the signal mask of the calling thread.
    #[pyfunction("pthread_sigmask($module, how, mask, /)")]
    fn pthread_sigmask(how: i64, mask: &Value) -> PyResult {
        let new = to_set(mask)?;
        // SAFETY: both sets are this function's own.
        let (answer, old) = unsafe {
            let mut old: libc::sigset_t = std::mem::zeroed();
            (libc::pthread_sigmask(how as i32, &new, &mut old), old)
        };
        if answer != 0 {
            return Err(os_error(answer, None));
        }
        // What was let through may have come already.
        signals::run_handlers()?;
        from_set(&old)
    }

    /// Examine pending signals.
    ///
    /// Returns a set of signal numbers that are pending for delivery to
    /// the calling thread.
    #[pyfunction("sigpending($module, /)")]
    fn sigpending() -> PyResult {
        // SAFETY: the set is this function's own.
        let set = unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigpending(&mut set);
            set
        };
        from_set(&set)
    }

    /// Wait for a signal.
    ///
    /// Suspend execution of the calling thread until the delivery of one of the
    /// signals specified in the signal set sigset.
    #[pyfunction("sigwait($module, sigset, /)")]
    fn sigwait(sigset: &Value) -> PyResult<i64> {
        let set = to_set(sigset)?;
        let mut number = 0;
        // SAFETY: both are this function's own.
        let answer = unsafe { libc::sigwait(&set, &mut number) };
        if answer != 0 {
            return Err(os_error(answer, None));
        }
        Ok(number as i64)
    }

    /// Return a set of valid signal numbers on this platform.
    #[pyfunction("valid_signals($module, /)")]
    fn valid_signals() -> PyResult {
        // SAFETY: a full set, made by the library.
        let set = unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigfillset(&mut set);
            set
        };
        from_set(&set)
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
        if !taipan_vm::thread::thread().is_main() {
            return Err(value_error(
                "set_wakeup_fd only works in main thread of the main interpreter",
            ));
        }
        if fd != -1 {
            // SAFETY: no pointers.
            let flags = unsafe { libc::fcntl(fd as i32, libc::F_GETFL) };
            if flags < 0 {
                return Err(exceptions::io_error(&std::io::Error::last_os_error(), None));
            }
            if flags & libc::O_NONBLOCK == 0 {
                return Err(value_error(format!(
                    "the fd {fd} must be in non-blocking mode"
                )));
            }
        }
        Ok(signals::set_wakeup(fd as i32).into())
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
        module.add("SIGCLD", Value::int(libc::SIGCHLD as i64));
        module.add("SIGRTMIN", Value::int(libc::SIGRTMIN() as i64));
        module.add("SIGRTMAX", Value::int(libc::SIGRTMAX() as i64));
        module.add(
            "ItimerError",
            taipan_vm::object::object_value(ITIMER_ERROR.get()?),
        );
        module.add("NSIG", Value::int(COUNT));
        Ok(())
    }
}
