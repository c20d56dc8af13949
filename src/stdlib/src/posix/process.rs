//! The part of `posix` that starts processes, waits for them and arranges their descriptors.

use taipan_macros::pymodule;

pub use process::{
    MODULE, after_fork_in_child, after_fork_in_parent, before_fork, c_strings, pointers,
};

#[pymodule(name = "posix")]
mod process {
    use super::super::posix::{checked, error, path};
    use std::ffi::CString;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{self, PyResult, overflow_error, type_error, value_error};
    use taipan_vm::gc::Field;
    use taipan_vm::object::Ref;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// What `register_at_fork()` was given, in the order of registration.
    struct Hooks(Field<Option<Ref<List>>>);
    // SAFETY: guarded by the GIL.
    unsafe impl Sync for Hooks {}
    static BEFORE: Hooks = Hooks(Field::new(None));
    static IN_PARENT: Hooks = Hooks(Field::new(None));
    static IN_CHILD: Hooks = Hooks(Field::new(None));

    impl Hooks {
        fn add(&self, hook: &Value) {
            let list = self.0.get().unwrap_or_else(|| List::make(Vec::new()));
            list.push(hook.clone());
            self.0.set(Some(list));
        }
        fn hooks(&self) -> Vec<Value> {
            self.0.get().map_or_else(Vec::new, |list| list.to_vec())
        }
    }

    /// An exception of a hook is reported, and the next one runs.
    fn run(hooks: impl Iterator<Item = Value>) {
        for hook in hooks {
            if abstract_ops::call(&hook, &[]).is_err() {
                taipan_vm::unraisable::report(None, Some(&hook));
            }
        }
    }

    pub fn before_fork() {
        run(BEFORE.hooks().into_iter().rev());
    }

    pub fn after_fork_in_parent() {
        run(IN_PARENT.hooks().into_iter());
    }

    /// The child has one thread: nobody compiles for it.
    pub fn after_fork_in_child() {
        taipan_vm::tier::forked();
        crate::thread::forked();
        run(IN_CHILD.hooks().into_iter());
    }

    /// Register callables to be called when forking a new process.
    ///
    /// 'before' callbacks are called in reverse order.
    /// 'after_in_child' and 'after_in_parent' callbacks are called in order.
    #[pyfunction(
        "register_at_fork($module, /, *, before=None, after_in_child=None, after_in_parent=None)"
    )]
    fn register_at_fork(
        before: Option<&Value>,
        after_in_child: Option<&Value>,
        after_in_parent: Option<&Value>,
    ) -> PyResult<()> {
        let given = [
            ("before", before, &BEFORE),
            ("after_in_child", after_in_child, &IN_CHILD),
            ("after_in_parent", after_in_parent, &IN_PARENT),
        ];
        let given = given.map(|(name, hook, hooks)| (name, hook.filter(|h| !h.is_none()), hooks));
        if given.iter().all(|(_, hook, _)| hook.is_none()) {
            return Err(type_error("At least one argument is required."));
        }
        for (name, hook, _) in &given {
            if let Some(hook) = hook
                && !abstract_ops::is_callable(hook)
            {
                return Err(type_error(format!(
                    "'{name}' must be callable, not {}",
                    hook.class().name()
                )));
            }
        }
        for (_, hook, hooks) in given {
            if let Some(hook) = hook {
                hooks.add(hook);
            }
        }
        Ok(())
    }

    /// Fork a child process.
    ///
    /// Return 0 to child process and PID of child to parent process.
    #[pyfunction("fork($module, /)")]
    fn fork() -> PyResult<i64> {
        before_fork();
        let child = taipan_vm::gil::fork();
        if child == 0 {
            after_fork_in_child();
            return Ok(0);
        }
        let result = checked(child, None);
        after_fork_in_parent();
        result
    }

    /// Repeats a call that a signal interrupted, unless its handler raises.
    fn uninterrupted(mut call: impl FnMut() -> libc::c_int) -> PyResult<i64> {
        loop {
            let result = taipan_vm::gil::released(&mut call);
            if result >= 0 {
                return Ok(result as i64);
            }
            if std::io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
                return Err(error(None));
            }
            taipan_vm::signals::run_handlers()?;
        }
    }

    /// Wait for completion of a given child process.
    ///
    /// Returns a tuple of information regarding the child process:
    ///     (pid, status)
    ///
    /// The options argument is ignored on Windows.
    #[pyfunction("waitpid($module, pid, options, /)")]
    fn waitpid(pid: i64, options: i64) -> PyResult<Ref<Tuple>> {
        let mut status = 0;
        // SAFETY: one number is filled in.
        let pid =
            uninterrupted(|| unsafe { libc::waitpid(pid as i32, &mut status, options as i32) })?;
        Ok(Tuple::new([Value::int(pid), Value::int(status as i64)]))
    }

    /// Wait for completion of a child process.
    ///
    /// Returns a tuple of information about the child process:
    ///     (pid, status)
    #[pyfunction("wait($module, /)")]
    fn wait() -> PyResult<Ref<Tuple>> {
        waitpid(-1, 0)
    }

    /// Return True if the process returning status exited via the exit() system call.
    #[pyfunction("WIFEXITED($module, /, status)")]
    #[allow(non_snake_case)]
    fn WIFEXITED(status: i64) -> bool {
        libc::WIFEXITED(status as i32)
    }

    /// Return the process return code from status.
    #[pyfunction("WEXITSTATUS($module, /, status)")]
    #[allow(non_snake_case)]
    fn WEXITSTATUS(status: i64) -> i64 {
        libc::WEXITSTATUS(status as i32) as i64
    }

    /// Return True if the process returning status was terminated by a signal.
    #[pyfunction("WIFSIGNALED($module, /, status)")]
    #[allow(non_snake_case)]
    fn WIFSIGNALED(status: i64) -> bool {
        libc::WIFSIGNALED(status as i32)
    }

    /// Return the signal that terminated the process that provided the status value.
    #[pyfunction("WTERMSIG($module, /, status)")]
    #[allow(non_snake_case)]
    fn WTERMSIG(status: i64) -> i64 {
        libc::WTERMSIG(status as i32) as i64
    }

    /// Return True if the process returning status was stopped.
    #[pyfunction("WIFSTOPPED($module, /, status)")]
    #[allow(non_snake_case)]
    fn WIFSTOPPED(status: i64) -> bool {
        libc::WIFSTOPPED(status as i32)
    }

    /// Return the signal that stopped the process that provided the status value.
    #[pyfunction("WSTOPSIG($module, /, status)")]
    #[allow(non_snake_case)]
    fn WSTOPSIG(status: i64) -> i64 {
        libc::WSTOPSIG(status as i32) as i64
    }

    /// Return True if a particular process was continued from a job control stop.
    #[pyfunction("WIFCONTINUED($module, /, status)")]
    #[allow(non_snake_case)]
    fn WIFCONTINUED(status: i64) -> bool {
        libc::WIFCONTINUED(status as i32)
    }

    /// Return True if the process returning status was dumped to a core file.
    #[pyfunction("WCOREDUMP($module, status, /)")]
    #[allow(non_snake_case)]
    fn WCOREDUMP(status: i64) -> bool {
        libc::WCOREDUMP(status as i32)
    }

    /// Convert a wait status to an exit code.
    #[pyfunction("waitstatus_to_exitcode($module, /, status)")]
    fn waitstatus_to_exitcode(status: &Value) -> PyResult<i64> {
        let status = abstract_ops::to_i64(status)?;
        let status = i32::try_from(status)
            .map_err(|_| overflow_error("Python int too large to convert to C int"))?;
        if libc::WIFEXITED(status) {
            Ok(libc::WEXITSTATUS(status) as i64)
        } else if libc::WIFSIGNALED(status) {
            Ok(-(libc::WTERMSIG(status) as i64))
        } else if libc::WIFSTOPPED(status) {
            Err(value_error(format!(
                "process stopped by delivery of signal {}",
                libc::WSTOPSIG(status)
            )))
        } else {
            Err(value_error(format!("invalid wait status: {status}")))
        }
    }

    /// Duplicate file descriptor.
    #[pyfunction("dup2($module, /, fd, fd2, inheritable=True)")]
    fn dup2(fd: i64, fd2: i64, inheritable: bool) -> PyResult<i64> {
        if fd < 0 || fd2 < 0 {
            return Err(exceptions::os_error(libc::EBADF, None));
        }
        // dup3() refuses equal numbers, for which dup2() does nothing.
        uninterrupted(|| {
            // SAFETY: no pointers.
            unsafe {
                if inheritable || fd == fd2 {
                    libc::dup2(fd as i32, fd2 as i32)
                } else {
                    libc::dup3(fd as i32, fd2 as i32, libc::O_CLOEXEC)
                }
            }
        })
    }

    /// Create a pipe with flags set atomically.
    ///
    /// Returns a tuple of two file descriptors:
    ///     (read_fd, write_fd)
    ///
    /// flags can be constructed by ORing together one or more of these values:
    /// O_NONBLOCK, O_CLOEXEC.
    #[pyfunction("pipe2($module, flags, /)")]
    fn pipe2(flags: i64) -> PyResult<Ref<Tuple>> {
        let mut ends = [0i32; 2];
        // SAFETY: two numbers are filled in.
        checked(
            unsafe { libc::pipe2(ends.as_mut_ptr(), flags as i32) },
            None,
        )?;
        Ok(Tuple::new(ends.map(|end| Value::int(end as i64))))
    }

    fn descriptor_flags(fd: i64) -> PyResult<i32> {
        // SAFETY: no pointers.
        checked(unsafe { libc::fcntl(fd as i32, libc::F_GETFD) }, None).map(|flags| flags as i32)
    }

    /// Get the close-on-exe flag of the specified file descriptor.
    #[pyfunction("get_inheritable($module, fd, /)")]
    fn get_inheritable(fd: i64) -> PyResult<bool> {
        Ok(descriptor_flags(fd)? & libc::FD_CLOEXEC == 0)
    }

    /// Set the inheritable flag of the specified file descriptor.
    #[pyfunction("set_inheritable($module, fd, inheritable, /)")]
    fn set_inheritable(fd: i64, inheritable: i64) -> PyResult<()> {
        let flags = descriptor_flags(fd)? & !libc::FD_CLOEXEC;
        let flags = flags
            | if inheritable == 0 {
                libc::FD_CLOEXEC
            } else {
                0
            };
        // SAFETY: no pointers.
        checked(
            unsafe { libc::fcntl(fd as i32, libc::F_SETFD, flags) },
            None,
        )
        .map(drop)
    }

    fn status_flags(fd: i64) -> PyResult<i32> {
        // SAFETY: no pointers.
        checked(unsafe { libc::fcntl(fd as i32, libc::F_GETFL) }, None).map(|flags| flags as i32)
    }

    /// Get the blocking mode of the file descriptor.
    ///
    /// Return False if the O_NONBLOCK flag is set, True if the flag is cleared.
    #[pyfunction("get_blocking($module, fd, /)")]
    fn get_blocking(fd: i64) -> PyResult<bool> {
        Ok(status_flags(fd)? & libc::O_NONBLOCK == 0)
    }

    /// Set the blocking mode of the specified file descriptor.
    ///
    /// Set the O_NONBLOCK flag if blocking is False,
    /// clear the O_NONBLOCK flag otherwise.
    #[pyfunction("set_blocking($module, fd, blocking, /)")]
    fn set_blocking(fd: i64, blocking: bool) -> PyResult<()> {
        let flags = status_flags(fd)? & !libc::O_NONBLOCK;
        let flags = flags | if blocking { 0 } else { libc::O_NONBLOCK };
        // SAFETY: no pointers.
        checked(
            unsafe { libc::fcntl(fd as i32, libc::F_SETFL, flags) },
            None,
        )
        .map(drop)
    }

    /// Texts as an array of the system's; what can't be one is an error.
    pub fn c_strings(values: &[Value]) -> PyResult<Vec<CString>> {
        values.iter().map(path).collect()
    }

    /// Null-terminated, as long as the texts live.
    pub fn pointers(texts: &[CString]) -> Vec<*const libc::c_char> {
        let ends = std::iter::once(std::ptr::null());
        texts.iter().map(|text| text.as_ptr()).chain(ends).collect()
    }

    fn arguments(function: &str, argv: &Value) -> PyResult<Vec<CString>> {
        let values = match (argv.downcast::<List>(), argv.downcast::<Tuple>()) {
            (Some(list), _) => list.to_vec(),
            (_, Some(tuple)) => tuple.as_slice().to_vec(),
            _ => {
                return Err(type_error(match function {
                    "execv" => "execv() arg 2 must be a tuple or list",
                    _ => "execve: argv must be a tuple or list",
                }));
            }
        };
        if values.is_empty() {
            return Err(value_error(format!("{function}() arg 2 must not be empty")));
        }
        let arguments = c_strings(&values)?;
        if arguments[0].is_empty() {
            return Err(value_error(format!(
                "{function}() arg 2 first element cannot be empty"
            )));
        }
        Ok(arguments)
    }

    /// Execute an executable path with arguments, replacing current process.
    ///
    /// path
    ///     Path of executable file.
    /// argv
    ///     Tuple or list of strings.
    #[pyfunction("execv($module, path, argv, /)")]
    fn execv(path: &Value, argv: &Value) -> PyResult<()> {
        let file = self::path(path)?;
        let arguments = arguments("execv", argv)?;
        // SAFETY: C strings, and a null at the end.
        unsafe { libc::execv(file.as_ptr(), pointers(&arguments).as_ptr()) };
        Err(error(None))
    }

    /// The lines `NAME=VALUE` of a mapping.
    fn environment(env: &Value) -> PyResult<Vec<CString>> {
        let keys = abstract_ops::call_method(env, &Str::intern("keys"), &[])?;
        let mut lines = Vec::new();
        abstract_ops::for_each(&keys, |key| {
            let value = match env.downcast::<Dict>() {
                Some(dict) => dict.get(&key)?.unwrap_or_else(Value::none),
                None => abstract_ops::getitem(env, &key)?,
            };
            let (key, value) = (path(&key)?, path(&value)?);
            if key.is_empty() || key.to_bytes()[1..].contains(&b'=') {
                return Err(value_error("illegal environment variable name"));
            }
            let line = [key.to_bytes(), b"=", value.to_bytes()].concat();
            lines.push(CString::new(line).map_err(|_| value_error("embedded null byte"))?);
            Ok(())
        })?;
        Ok(lines)
    }

    /// Execute an executable path with arguments, replacing current process.
    ///
    /// path
    ///     Path of executable file.
    /// argv
    ///     Tuple or list of strings.
    /// env
    ///     Dictionary of strings mapping to strings.
    #[pyfunction("execve($module, /, path, argv, env)")]
    fn execve(path: &Value, argv: &Value, env: &Value) -> PyResult<()> {
        let file = self::path(path)?;
        let arguments = arguments("execve", argv)?;
        if abstract_ops::getattr_opt(env, &Str::intern("keys"))?.is_none() {
            return Err(type_error("execve: environment must be a mapping object"));
        }
        let lines = environment(env)?;
        // SAFETY: C strings, and a null at the end.
        unsafe {
            libc::execve(
                file.as_ptr(),
                pointers(&arguments).as_ptr(),
                pointers(&lines).as_ptr(),
            )
        };
        Err(error(Some(path)))
    }

    /// Kill a process group with a signal.
    #[pyfunction("killpg($module, pgid, signal, /)")]
    fn killpg(pgid: i64, signal: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::killpg(pgid as i32, signal as i32) }, None)?;
        taipan_vm::signals::run_handlers()
    }

    /// Call the system call setsid().
    #[pyfunction("setsid($module, /)")]
    fn setsid() -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::setsid() }, None).map(drop)
    }

    /// Call the system call getsid(pid) and return the result.
    #[pyfunction("getsid($module, pid, /)")]
    fn getsid(pid: i64) -> PyResult<i64> {
        // SAFETY: no pointers.
        checked(unsafe { libc::getsid(pid as i32) }, None)
    }

    /// Call the system call getpgid(), and return the result.
    #[pyfunction("getpgid($module, /, pid)")]
    fn getpgid(pid: i64) -> PyResult<i64> {
        // SAFETY: no pointers.
        checked(unsafe { libc::getpgid(pid as i32) }, None)
    }

    /// Call the system call setpgid(pid, pgrp).
    #[pyfunction("setpgid($module, pid, pgrp, /)")]
    fn setpgid(pid: i64, pgrp: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::setpgid(pid as i32, pgrp as i32) }, None).map(drop)
    }

    /// Return the current process group id.
    #[pyfunction("getpgrp($module, /)")]
    fn getpgrp() -> i64 {
        // SAFETY: always succeeds.
        unsafe { libc::getpgrp() as i64 }
    }

    /// Return the current process's effective group id.
    #[pyfunction("getegid($module, /)")]
    fn getegid() -> i64 {
        // SAFETY: always succeeds.
        unsafe { libc::getegid() as i64 }
    }

    /// Voluntarily relinquish the CPU.
    #[pyfunction("sched_yield($module, /)")]
    fn sched_yield() {
        std::thread::yield_now();
    }

    /// The affinity of a process: the processors it may run on.
    #[pyfunction("sched_getaffinity($module, pid, /)")]
    fn sched_getaffinity(pid: i64) -> PyResult {
        // SAFETY: the call fills the set.
        let (result, set) = unsafe {
            let mut set: libc::cpu_set_t = std::mem::zeroed();
            let size = std::mem::size_of::<libc::cpu_set_t>();
            (libc::sched_getaffinity(pid as i32, size, &mut set), set)
        };
        checked(result, None)?;
        let found = taipan_vm::objects::set::Set::make();
        for cpu in 0..libc::CPU_SETSIZE as usize {
            // SAFETY: within the set.
            if unsafe { libc::CPU_ISSET(cpu, &set) } {
                found.add(Value::int(cpu as i64))?;
            }
        }
        Ok(found.into_value())
    }
}
