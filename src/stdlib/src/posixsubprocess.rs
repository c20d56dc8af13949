//! `_posixsubprocess`: a child that arranges its descriptors and executes another program.

use taipan_macros::pymodule;

pub use posixsubprocess::MODULE;

/// A POSIX helper for the subprocess module.
#[pymodule(name = "_posixsubprocess")]
mod posixsubprocess {
    use crate::posix;
    use std::ffi::CString;
    use std::io::Error;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{self, PyResult, runtime_error, type_error, value_error};
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// Everything the child needs, made before the fork: behind it nothing may allocate.
    struct Plan {
        /// The program's possible places, tried in their order.
        programs: Vec<CString>,
        arguments: Vec<CString>,
        environment: Option<Vec<CString>>,
        folder: Option<CString>,
        close: bool,
        /// Descriptors that are kept, sorted.
        keep: Vec<i32>,
        pipes: Pipes,
        restore_signals: bool,
        new_session: bool,
        process_group: i32,
        groups: Option<Vec<libc::gid_t>>,
        group: Option<libc::gid_t>,
        user: Option<libc::uid_t>,
        umask: i32,
        before_exec: Option<Value>,
    }

    /// The two ends of the pipes, -1 where there is none.
    struct Pipes {
        child_in: i32,
        parent_in: i32,
        parent_out: i32,
        child_out: i32,
        parent_err: i32,
        child_err: i32,
        report_read: i32,
        report_write: i32,
    }

    /// What the child failed at; the parent shows it as part of the exception.
    struct Failure {
        error: Error,
        /// Empty for an error of the program itself.
        place: &'static str,
    }

    type Step = Result<(), Failure>;

    fn check(result: libc::c_int) -> Step {
        if result >= 0 {
            return Ok(());
        }
        Err(Failure {
            error: Error::last_os_error(),
            place: "noexec",
        })
    }

    fn set_inheritable(fd: i32) -> Step {
        // SAFETY: no pointers.
        unsafe {
            let flags = libc::fcntl(fd, libc::F_GETFD);
            check(flags)?;
            check(libc::fcntl(fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC))
        }
    }

    /// Puts a pipe's end where a standard stream belongs.
    fn place(fd: i32, target: i32) -> Step {
        if fd == target {
            return set_inheritable(fd);
        }
        if fd >= 0 {
            // SAFETY: no pointers.
            check(unsafe { libc::dup2(fd, target) })?;
        }
        Ok(())
    }

    impl Plan {
        /// In the child: returns only if it failed.
        fn become_program(
            &self,
            argv: &[*const libc::c_char],
            env: Option<&[*const libc::c_char]>,
        ) -> Failure {
            match self.arrange() {
                Err(failure) => failure,
                Ok(()) => self.execute(argv, env),
            }
        }

        fn arrange(&self) -> Step {
            for fd in &self.keep {
                if *fd != self.pipes.report_write {
                    set_inheritable(*fd)?;
                }
            }
            self.streams()?;
            if let Some(folder) = &self.folder {
                // SAFETY: a C string.
                if unsafe { libc::chdir(folder.as_ptr()) } < 0 {
                    return Err(Failure {
                        error: Error::last_os_error(),
                        place: "noexec:chdir",
                    });
                }
            }
            // SAFETY: no pointers but those of the groups, which are as many as is said.
            unsafe {
                if self.umask >= 0 {
                    libc::umask(self.umask as libc::mode_t);
                }
                if self.restore_signals {
                    for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
                        libc::signal(signal, libc::SIG_DFL);
                    }
                }
                if self.new_session {
                    check(libc::setsid())?;
                }
                if self.process_group >= 0 {
                    check(libc::setpgid(0, self.process_group))?;
                }
                if let Some(groups) = &self.groups {
                    check(libc::setgroups(groups.len(), groups.as_ptr()))?;
                }
                if let Some(group) = self.group {
                    check(libc::setregid(group, group))?;
                }
                if let Some(user) = self.user {
                    check(libc::setreuid(user, user))?;
                }
            }
            if let Some(before_exec) = &self.before_exec {
                posix::after_fork_in_child();
                if abstract_ops::call(before_exec, &[]).is_err() {
                    drop(exceptions::take_raised());
                    return Err(Failure {
                        error: Error::from_raw_os_error(0),
                        place: "Exception occurred in preexec_fn.",
                    });
                }
            }
            if self.close {
                self.close_others();
            }
            Ok(())
        }

        fn streams(&self) -> Step {
            let pipes = &self.pipes;
            let (mut child_out, mut child_err) = (pipes.child_out, pipes.child_err);
            // SAFETY: no pointers.
            unsafe {
                for end in [pipes.parent_in, pipes.parent_out, pipes.parent_err] {
                    if end >= 0 {
                        libc::close(end);
                    }
                }
                libc::close(pipes.report_read);
                // Standard streams that were closed may have made room for the pipes.
                if child_out == 0 {
                    child_out = libc::dup(child_out);
                    check(child_out)?;
                }
                while (0..2).contains(&child_err) {
                    child_err = libc::dup(child_err);
                    check(child_err)?;
                }
            }
            place(pipes.child_in, 0)?;
            place(child_out, 1)?;
            place(child_err, 2)
        }

        /// Closes all descriptors from 3 on but those that are kept.
        fn close_others(&self) {
            let mut first = 3;
            let close = |first: i32, last: i32| {
                if first <= last {
                    // SAFETY: no pointers.
                    unsafe {
                        libc::syscall(libc::SYS_close_range, first, last, 0);
                    }
                }
            };
            for kept in self.keep.iter().copied().filter(|fd| *fd >= 3) {
                close(first, kept - 1);
                first = kept + 1;
            }
            close(first, i32::MAX);
        }

        fn execute(
            &self,
            argv: &[*const libc::c_char],
            env: Option<&[*const libc::c_char]>,
        ) -> Failure {
            let mut refused = None;
            let mut last = Error::from_raw_os_error(libc::ENOENT);
            for program in &self.programs {
                // SAFETY: C strings, and nulls at the ends.
                unsafe {
                    match env {
                        Some(env) => libc::execve(program.as_ptr(), argv.as_ptr(), env.as_ptr()),
                        None => libc::execv(program.as_ptr(), argv.as_ptr()),
                    };
                }
                last = Error::last_os_error();
                let absent = matches!(last.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR));
                if !absent && refused.is_none() {
                    refused = last.raw_os_error();
                }
            }
            Failure {
                error: refused.map_or(last, Error::from_raw_os_error),
                place: "",
            }
        }
    }

    /// Tells the parent, in the form that `subprocess` reads.
    fn tell(report: i32, failure: &Failure) {
        let mut text = [0u8; 128];
        let mut rest = failure.error.raw_os_error().unwrap_or(0) as u32;
        let class = if rest == 0 {
            "SubprocessError:"
        } else {
            "OSError:"
        };
        let mut length = 0;
        let mut put = |bytes: &[u8]| {
            text[length..length + bytes.len()].copy_from_slice(bytes);
            length += bytes.len();
        };
        put(class.as_bytes());
        let mut digits = [b'0'; 8];
        for digit in digits.iter_mut().rev() {
            *digit = b"0123456789ABCDEF"[(rest % 16) as usize];
            rest /= 16;
        }
        put(&digits);
        put(b":");
        put(failure.place.as_bytes());
        // SAFETY: the buffer has that length; there is nobody to tell of an error.
        unsafe {
            libc::write(report, text.as_ptr().cast(), length);
        }
    }

    fn descriptor(value: &Value) -> PyResult<i32> {
        Ok(abstract_ops::to_i64(value)? as i32)
    }

    fn optional<T>(value: &Value, read: impl FnOnce(&Value) -> PyResult<T>) -> PyResult<Option<T>> {
        (!value.is_none()).then(|| read(value)).transpose()
    }

    fn id(value: &Value) -> PyResult<u32> {
        let id = abstract_ops::to_i64(value)?;
        u32::try_from(id).map_err(|_| value_error("invalid user or group id"))
    }

    /// Spawn a fresh new child process.
    ///
    /// Fork a child process, close parent file descriptors as appropriate in the
    /// child and duplicate the few that are needed before calling exec() in the
    /// child process.
    #[pyfunction(
        "fork_exec($module, args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)"
    )]
    #[allow(clippy::too_many_arguments)]
    fn fork_exec(
        args: &Value,
        executable_list: &Value,
        close_fds: bool,
        pass_fds: &Value,
        cwd: &Value,
        env: &Value,
        p2cread: &Value,
        p2cwrite: &Value,
        c2pread: &Value,
        c2pwrite: &Value,
        errread: &Value,
        errwrite: &Value,
        errpipe_read: &Value,
        errpipe_write: &Value,
        restore_signals: bool,
        call_setsid: bool,
        pgid_to_set: i64,
        gid: &Value,
        extra_groups: &Value,
        uid: &Value,
        child_umask: i64,
        preexec_fn: &Value,
    ) -> PyResult<i64> {
        let Some(kept) = pass_fds.downcast::<Tuple>() else {
            return Err(type_error("fork_exec() argument 4 must be tuple"));
        };
        let keep: Vec<i32> = kept
            .as_slice()
            .iter()
            .map(descriptor)
            .collect::<PyResult<_>>()?;
        if keep.iter().any(|fd| *fd < 0) || keep.windows(2).any(|two| two[0] >= two[1]) {
            return Err(value_error("bad value(s) in fds_to_keep"));
        }
        let report_write = descriptor(errpipe_write)?;
        if close_fds && report_write < 3 {
            return Err(value_error("errpipe_write must be >= 3"));
        }
        let strings = |values: &Value| posix::c_strings(&abstract_ops::to_vec(values)?);
        let plan = Plan {
            programs: strings(executable_list)?,
            arguments: strings(args)?,
            environment: optional(env, strings)?,
            folder: optional(cwd, |cwd| {
                Ok(posix::c_strings(std::slice::from_ref(cwd))?.remove(0))
            })?,
            close: close_fds,
            keep,
            pipes: Pipes {
                child_in: descriptor(p2cread)?,
                parent_in: descriptor(p2cwrite)?,
                parent_out: descriptor(c2pread)?,
                child_out: descriptor(c2pwrite)?,
                parent_err: descriptor(errread)?,
                child_err: descriptor(errwrite)?,
                report_read: descriptor(errpipe_read)?,
                report_write,
            },
            restore_signals,
            new_session: call_setsid,
            process_group: pgid_to_set as i32,
            groups: optional(extra_groups, |groups| {
                abstract_ops::to_vec(groups)?.iter().map(id).collect()
            })?,
            group: optional(gid, id)?,
            user: optional(uid, id)?,
            umask: child_umask as i32,
            before_exec: optional(preexec_fn, |function| Ok(function.clone()))?,
        };
        let argv = posix::pointers(&plan.arguments);
        let env = plan.environment.as_deref().map(posix::pointers);
        if plan.before_exec.is_some() {
            posix::before_fork();
        }
        // The child calls nothing that another thread's lock could hold up, unless it is told to by
        // `preexec_fn`, and ends.
        let child = taipan_vm::gil::fork();
        if child == 0 {
            let failure = plan.become_program(&argv, env.as_deref());
            tell(report_write, &failure);
            // SAFETY: nothing runs afterwards.
            unsafe { libc::_exit(255) };
        }
        let error = Error::last_os_error();
        if plan.before_exec.is_some() {
            posix::after_fork_in_parent();
        }
        if child < 0 {
            return Err(exceptions::io_error(&error, None));
        }
        if child == i32::MAX {
            return Err(runtime_error("fork() returned an impossible number"));
        }
        Ok(child as i64)
    }
}
