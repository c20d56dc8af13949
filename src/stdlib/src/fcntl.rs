//! `fcntl`: control of descriptors, and locks on files.

use taipan_macros::pymodule;

pub use fcntl::MODULE;

/// This module performs file control and I/O control on file
/// descriptors.  It is an interface to the fcntl() and ioctl() Unix
/// routines.  File descriptors can be obtained with the fileno() method of
/// a file or socket object.
#[pymodule(name = "fcntl")]
mod fcntl {
    use crate::select::descriptor;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, io_error, value_error};
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::value::Value;

    /// Runs a system call again when a signal interrupted it.
    fn retried(mut act: impl FnMut() -> i32) -> PyResult<i32> {
        loop {
            let answer = act();
            if answer >= 0 {
                return Ok(answer);
            }
            let error = std::io::Error::last_os_error();
            if error.raw_os_error() != Some(libc::EINTR) {
                return Err(io_error(&error, None));
            }
            taipan_vm::signals::run_handlers()?;
        }
    }

    /// The longest structure that is passed through.
    const LONGEST: usize = 1024;

    /// What the third argument of both calls is.
    enum Operand {
        Number(i64),
        Structure(Vec<u8>),
    }

    fn operand(value: Option<&Value>, function: &str) -> PyResult<Operand> {
        let Some(value) = value else {
            return Ok(Operand::Number(0));
        };
        if value.as_int().is_some() {
            return Ok(Operand::Number(abstract_ops::to_i64(value)?));
        }
        let data = match value.downcast::<Str>() {
            Some(text) => text.to_rust().as_bytes().to_vec(),
            None => buffer::bytes_like(value)?.to_vec(),
        };
        if data.len() > LONGEST {
            return Err(value_error(format!("{function} argument 3 is too long")));
        }
        Ok(Operand::Structure(data))
    }

    /// Perform the operation `cmd` on file descriptor fd.
    ///
    /// The values used for `cmd` are operating system dependent, and are
    /// available as constants in the fcntl module, using the same names as used
    /// in the relevant C header files.
    #[pyfunction("fcntl($module, fd, cmd, arg=0, /)")]
    fn fcntl(fd: &Value, cmd: i64, arg: Option<&Value>) -> PyResult {
        let fd = descriptor(fd)?;
        match operand(arg, "fcntl")? {
            Operand::Number(number) => {
                // SAFETY: a number; commands that take a structure fail at it.
                let answer = retried(|| unsafe { libc::fcntl(fd, cmd as i32, number) })?;
                Ok(Value::int(answer as i64))
            }
            Operand::Structure(mut data) => {
                let length = data.len();
                data.resize(LONGEST, 0);
                // SAFETY: longer than each structure that a command takes.
                retried(|| unsafe { libc::fcntl(fd, cmd as i32, data.as_mut_ptr()) })?;
                Ok(Bytes::from_slice(&data[..length]).into_value())
            }
        }
    }

    /// Perform the operation request on file descriptor fd.
    ///
    /// The values used for request are operating system dependent, and are
    /// available as constants in the fcntl or termios library modules, using
    /// the same names as used in the relevant C header files.
    #[pyfunction("ioctl($module, fd, request, arg=0, mutate_flag=True, /)")]
    fn ioctl(fd: &Value, request: i64, arg: Option<&Value>, mutate_flag: bool) -> PyResult {
        let fd = descriptor(fd)?;
        match operand(arg, "ioctl")? {
            Operand::Number(number) => {
                // SAFETY: a number; requests that take a structure fail at it.
                let answer = retried(|| unsafe { libc::ioctl(fd, request as _, number) })?;
                Ok(Value::int(answer as i64))
            }
            Operand::Structure(mut data) => {
                let length = data.len();
                data.resize(LONGEST, 0);
                // SAFETY: longer than each structure that a request takes.
                let answer =
                    retried(|| unsafe { libc::ioctl(fd, request as _, data.as_mut_ptr()) })?;
                if mutate_flag
                    && let Some(arg) = arg.filter(|arg| arg.downcast::<Bytes>().is_none())
                    && let Ok(target) = buffer::writable(arg)
                    && let Some(target) = target.as_mut_slice()
                {
                    target.copy_from_slice(&data[..length]);
                    return Ok(Value::int(answer as i64));
                }
                Ok(Bytes::from_slice(&data[..length]).into_value())
            }
        }
    }

    /// Perform the lock operation `operation` on file descriptor `fd`.
    ///
    /// See the Unix manual page for flock(2) for details (On some systems, this
    /// function is emulated using fcntl()).
    #[pyfunction("flock($module, fd, operation, /)")]
    fn flock(fd: &Value, operation: i64) -> PyResult<()> {
        let fd = descriptor(fd)?;
        // SAFETY: no pointers.
        retried(|| unsafe { libc::flock(fd, operation as i32) }).map(drop)
    }

    /// A wrapper around the fcntl() locking calls.
    #[pyfunction("lockf($module, fd, cmd, len=0, start=0, whence=0, /)")]
    fn lockf(fd: &Value, cmd: i64, len: i64, start: i64, whence: i64) -> PyResult {
        let fd = descriptor(fd)?;
        let cmd = cmd as i32;
        let kind = match cmd {
            libc::LOCK_UN => libc::F_UNLCK,
            _ if cmd & libc::LOCK_SH != 0 => libc::F_RDLCK,
            _ if cmd & libc::LOCK_EX != 0 => libc::F_WRLCK,
            _ => return Err(value_error("unrecognized lockf argument")),
        };
        let wait = match cmd & libc::LOCK_NB {
            0 => libc::F_SETLKW,
            _ => libc::F_SETLK,
        };
        // SAFETY: plain numbers.
        let mut lock: libc::flock = unsafe { std::mem::zeroed() };
        lock.l_type = kind as _;
        lock.l_start = start;
        lock.l_len = len;
        lock.l_whence = whence as _;
        // SAFETY: the structure that these commands take.
        retried(|| unsafe { libc::fcntl(fd, wait, &lock) })?;
        Ok(Value::none())
    }

    macro_rules! numbers {
        ($($name:ident)*) => { [$((stringify!($name), libc::$name as i64)),*] };
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let names = numbers!(
            LOCK_SH LOCK_EX LOCK_NB LOCK_UN F_DUPFD F_DUPFD_CLOEXEC F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK
            F_SETLKW F_GETOWN F_SETOWN F_RDLCK F_UNLCK F_WRLCK F_GETPIPE_SZ F_SETPIPE_SZ F_SETLEASE F_GETLEASE
            F_NOTIFY F_ADD_SEALS F_GET_SEALS F_OFD_GETLK F_OFD_SETLK F_OFD_SETLKW F_SEAL_SEAL F_SEAL_SHRINK
            F_SEAL_GROW F_SEAL_WRITE FD_CLOEXEC
        );
        for (name, number) in names {
            module.add(name, Value::int(number));
        }
        Ok(())
    }
}
