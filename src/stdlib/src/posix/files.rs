//! The part of `posix` about files' times, owners and links, file systems, and what the system says of itself.

use taipan_macros::pymodule;

pub use files::{MODULE, add_classes};

#[pymodule(name = "posix")]
mod files {
    use super::super::posix::{answer, checked, error, path};
    use crate::struct_class::StructClass;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, os_error, type_error, value_error};
    use taipan_vm::object::Ref;
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    static STATVFS: StructClass = StructClass::new(
        "os",
        "statvfs_result",
        &[
            "f_bsize",
            "f_frsize",
            "f_blocks",
            "f_bfree",
            "f_bavail",
            "f_files",
            "f_ffree",
            "f_favail",
            "f_flag",
            "f_namemax",
        ],
        "statvfs_result: Result from statvfs or fstatvfs.",
    );
    static TIMES: StructClass = StructClass::new(
        "posix",
        "times_result",
        &[
            "user",
            "system",
            "children_user",
            "children_system",
            "elapsed",
        ],
        "times_result: Result from os.times().",
    );

    const NANOS: i64 = 1_000_000_000;

    /// A moment given in seconds.
    fn moment(value: &Value) -> PyResult<libc::timespec> {
        if value.as_int().is_some() {
            return Ok(libc::timespec {
                tv_sec: abstract_ops::to_i64(value)?,
                tv_nsec: 0,
            });
        }
        let seconds = abstract_ops::to_f64(value)?;
        if seconds.is_nan() {
            return Err(value_error("Invalid value NaN (not a number)"));
        }
        let whole = seconds.floor();
        let nanos = ((seconds - whole) * NANOS as f64).floor();
        Ok(libc::timespec {
            tv_sec: whole as i64,
            tv_nsec: nanos as i64,
        })
    }

    fn moment_in_nanos(value: &Value) -> PyResult<libc::timespec> {
        let nanos = abstract_ops::to_i64(value)?;
        Ok(libc::timespec {
            tv_sec: nanos.div_euclid(NANOS),
            tv_nsec: nanos.rem_euclid(NANOS),
        })
    }

    fn given(value: Option<&Value>) -> Option<&Value> {
        value.filter(|value| !value.is_none())
    }

    /// A directory that a path is relative to.
    fn folder(dir_fd: Option<&Value>) -> PyResult<i32> {
        match given(dir_fd) {
            Some(fd) => Ok(abstract_ops::to_i64(fd)? as i32),
            None => Ok(libc::AT_FDCWD),
        }
    }

    fn no_follow(follow_symlinks: bool) -> i32 {
        if follow_symlinks {
            0
        } else {
            libc::AT_SYMLINK_NOFOLLOW
        }
    }

    fn file_number(path: &Value) -> Option<i32> {
        path.as_int()?.to_i64().map(|fd| fd as i32)
    }

    /// Set the access and modified time of path.
    #[pyfunction(
        "utime($module, /, path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)"
    )]
    fn utime(
        path: &Value,
        times: Option<&Value>,
        ns: Option<&Value>,
        dir_fd: Option<&Value>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        let pair = |value: &Value, what: &str| match value.downcast::<Tuple>().map(Tuple::as_slice)
        {
            Some([access, modification]) => Ok((access.clone(), modification.clone())),
            _ => Err(type_error(what)),
        };
        let moments = match (given(times), ns) {
            (Some(_), Some(_)) => {
                return Err(value_error(
                    "utime: you may specify either 'times' or 'ns' but not both",
                ));
            }
            (Some(times), None) => {
                let (access, modification) = pair(
                    times,
                    "utime: 'times' must be either a tuple of two ints or None",
                )?;
                [moment(&access)?, moment(&modification)?]
            }
            (None, Some(ns)) => {
                let (access, modification) = pair(ns, "utime: 'ns' must be a tuple of two ints")?;
                [moment_in_nanos(&access)?, moment_in_nanos(&modification)?]
            }
            (None, None) => {
                [libc::timespec {
                    tv_sec: 0,
                    tv_nsec: libc::UTIME_NOW,
                }; 2]
            }
        };
        if let Some(fd) = file_number(path) {
            // SAFETY: two moments.
            return checked(unsafe { libc::futimens(fd, moments.as_ptr()) }, None).map(drop);
        }
        let (folder, file) = (folder(dir_fd)?, self::path(path)?);
        // SAFETY: a C string and two moments.
        let result = unsafe {
            libc::utimensat(
                folder,
                file.as_ptr(),
                moments.as_ptr(),
                no_follow(follow_symlinks),
            )
        };
        checked(result, Some(path)).map(drop)
    }

    /// Create a hard link to a file.
    #[pyfunction(
        "link($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)"
    )]
    fn link(
        src: &Value,
        dst: &Value,
        src_dir_fd: Option<&Value>,
        dst_dir_fd: Option<&Value>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        let (from, to) = (path(src)?, path(dst)?);
        let flags = if follow_symlinks {
            libc::AT_SYMLINK_FOLLOW
        } else {
            0
        };
        // SAFETY: C strings.
        let result = unsafe {
            libc::linkat(
                folder(src_dir_fd)?,
                from.as_ptr(),
                folder(dst_dir_fd)?,
                to.as_ptr(),
                flags,
            )
        };
        if result == 0 {
            return Ok(());
        }
        Err(super::super::posix::two_file_error(src, dst))
    }

    /// Truncate a file, specified by path, to a specific length.
    #[pyfunction("truncate($module, /, path, length)")]
    fn truncate(path: &Value, length: i64) -> PyResult<()> {
        if let Some(fd) = file_number(path) {
            // SAFETY: no pointers.
            return checked(unsafe { libc::ftruncate(fd, length) }, None).map(drop);
        }
        let file = self::path(path)?;
        // SAFETY: a C string.
        checked(unsafe { libc::truncate(file.as_ptr(), length) }, Some(path)).map(drop)
    }

    /// Change the access permissions of the file given by file descriptor.
    #[pyfunction("fchmod($module, /, fd, mode)")]
    fn fchmod(fd: i64, mode: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::fchmod(fd as i32, mode as u32) }, None).map(drop)
    }

    fn account(id: &Value) -> PyResult<u32> {
        Ok(abstract_ops::to_i64(id)? as u32)
    }

    /// Change the owner and group id of path to the numeric uid and gid.
    #[pyfunction("chown($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    fn chown(
        path: &Value,
        uid: &Value,
        gid: &Value,
        dir_fd: Option<&Value>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        let (uid, gid) = (account(uid)?, account(gid)?);
        if let Some(fd) = file_number(path) {
            // SAFETY: no pointers.
            return checked(unsafe { libc::fchown(fd, uid, gid) }, None).map(drop);
        }
        let (folder, file) = (folder(dir_fd)?, self::path(path)?);
        let flags = no_follow(follow_symlinks);
        // SAFETY: a C string.
        let result = unsafe { libc::fchownat(folder, file.as_ptr(), uid, gid, flags) };
        checked(result, Some(path)).map(drop)
    }

    /// Change the owner and group id of the file specified by file descriptor.
    #[pyfunction("fchown($module, /, fd, uid, gid)")]
    fn fchown(fd: i64, uid: &Value, gid: &Value) -> PyResult<()> {
        let (uid, gid) = (account(uid)?, account(gid)?);
        // SAFETY: no pointers.
        checked(unsafe { libc::fchown(fd as i32, uid, gid) }, None).map(drop)
    }

    /// Change the owner and group id of path to the numeric uid and gid.
    ///
    /// This function will not follow symbolic links.
    #[pyfunction("lchown($module, /, path, uid, gid)")]
    fn lchown(path: &Value, uid: &Value, gid: &Value) -> PyResult<()> {
        chown(path, uid, gid, None, false)
    }

    /// Create a "fifo" (a POSIX named pipe).
    #[pyfunction("mkfifo($module, /, path, mode=438, *, dir_fd=None)")]
    fn mkfifo(path: &Value, mode: i64, dir_fd: Option<&Value>) -> PyResult<()> {
        let (folder, file) = (folder(dir_fd)?, self::path(path)?);
        // SAFETY: a C string.
        let result = unsafe { libc::mkfifoat(folder, file.as_ptr(), mode as u32) };
        checked(result, Some(path)).map(drop)
    }

    fn bytes_of(count: isize, mut data: Vec<u8>) -> PyResult<Ref<Bytes>> {
        if count < 0 {
            return Err(error(None));
        }
        data.truncate(count as usize);
        Ok(Bytes::from_vec(data))
    }

    /// Read a number of bytes from a file descriptor starting at a particular offset.
    #[pyfunction("pread($module, fd, length, offset, /)")]
    fn pread(fd: i64, length: i64, offset: i64) -> PyResult<Ref<Bytes>> {
        let Ok(length) = usize::try_from(length) else {
            return Err(os_error(libc::EINVAL, None));
        };
        let mut data = vec![0u8; length];
        // SAFETY: the buffer has that length.
        let count = unsafe { libc::pread(fd as i32, data.as_mut_ptr().cast(), length, offset) };
        bytes_of(count, data)
    }

    /// Write bytes to a file descriptor starting at a particular offset.
    #[pyfunction("pwrite($module, fd, buffer, offset, /)")]
    fn pwrite(fd: i64, buffer: &Value, offset: i64) -> PyResult<i64> {
        let data = buffer::bytes_like(buffer)?;
        // SAFETY: the buffer is kept.
        match unsafe { libc::pwrite(fd as i32, data.pointer().cast(), data.len(), offset) } {
            count if count >= 0 => Ok(count as i64),
            _ => Err(error(None)),
        }
    }

    /// Copy count bytes from file descriptor in_fd to file descriptor out_fd.
    #[pyfunction("sendfile($module, /, out_fd, in_fd, offset, count)")]
    fn sendfile(out_fd: i64, in_fd: i64, offset: &Value, count: i64) -> PyResult<i64> {
        let mut place = match offset.is_none() {
            true => None,
            false => Some(abstract_ops::to_i64(offset)?),
        };
        let pointer = place
            .as_mut()
            .map_or(std::ptr::null_mut(), std::ptr::from_mut);
        // SAFETY: a number or null.
        match unsafe { libc::sendfile(out_fd as i32, in_fd as i32, pointer, count as usize) } {
            sent if sent >= 0 => Ok(sent as i64),
            _ => Err(error(None)),
        }
    }

    /// Force write of everything to disk.
    #[pyfunction("sync($module, /)")]
    fn sync() {
        // SAFETY: no arguments.
        unsafe { libc::sync() }
    }

    /// Force write of fd to disk without forcing update of metadata.
    #[pyfunction("fdatasync($module, /, fd)")]
    fn fdatasync(fd: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::fdatasync(fd as i32) }, None).map(drop)
    }

    fn statvfs_value(data: &libc::statvfs) -> PyResult {
        let numbers = [
            data.f_bsize,
            data.f_frsize,
            data.f_blocks,
            data.f_bfree,
            data.f_bavail,
            data.f_files,
            data.f_ffree,
            data.f_favail,
            data.f_flag,
            data.f_namemax,
        ];
        STATVFS.make(numbers.map(|n| Value::from_big(n.into())).to_vec())
    }

    /// Perform a statvfs system call on the given path.
    #[pyfunction("statvfs($module, /, path)")]
    fn statvfs(path: &Value) -> PyResult {
        if let Some(fd) = file_number(path) {
            return fstatvfs(fd as i64);
        }
        let file = self::path(path)?;
        // SAFETY: the call fills the struct.
        let (result, data) = unsafe {
            let mut data: libc::statvfs = std::mem::zeroed();
            (libc::statvfs(file.as_ptr(), &mut data), data)
        };
        checked(result, Some(path))?;
        statvfs_value(&data)
    }

    /// Perform an fstatvfs system call on the given fd.
    #[pyfunction("fstatvfs($module, /, fd)")]
    fn fstatvfs(fd: i64) -> PyResult {
        // SAFETY: the call fills the struct.
        let (result, data) = unsafe {
            let mut data: libc::statvfs = std::mem::zeroed();
            (libc::fstatvfs(fd as i32, &mut data), data)
        };
        checked(result, None)?;
        statvfs_value(&data)
    }

    /// Return a collection containing process timing information.
    #[pyfunction("times($module, /)")]
    fn times() -> PyResult {
        // SAFETY: the call fills the struct.
        let (elapsed, data, ticks) = unsafe {
            let mut data: libc::tms = std::mem::zeroed();
            let elapsed = libc::times(&mut data);
            (elapsed, data, libc::sysconf(libc::_SC_CLK_TCK))
        };
        let numbers = [
            data.tms_utime,
            data.tms_stime,
            data.tms_cutime,
            data.tms_cstime,
            elapsed,
        ];
        TIMES.make(
            numbers
                .map(|n| Value::float(n as f64 / ticks as f64))
                .to_vec(),
        )
    }

    /// Return average recent system load information.
    #[pyfunction("getloadavg($module, /)")]
    fn getloadavg() -> PyResult<Ref<Tuple>> {
        let mut loads = [0.0; 3];
        // SAFETY: three numbers are filled in.
        if unsafe { libc::getloadavg(loads.as_mut_ptr(), 3) } != 3 {
            return Err(taipan_vm::exceptions::raise_new(
                taipan_vm::exceptions::OS_ERROR.get(),
                "Load averages are unobtainable",
            ));
        }
        Ok(Tuple::new(loads.map(Value::float)))
    }

    /// Return list of supplemental group IDs for the process.
    #[pyfunction("getgroups($module, /)")]
    fn getgroups() -> PyResult<Ref<List>> {
        let mut groups = [0; 1 << 16];
        // SAFETY: as much room as is said.
        let count = unsafe { libc::getgroups(groups.len() as i32, groups.as_mut_ptr()) };
        let count = checked(count, None)? as usize;
        let groups = groups[..count].iter().map(|id| Value::int(*id as i64));
        Ok(List::make(groups.collect()))
    }

    /// Return the actual login name.
    #[pyfunction("getlogin($module, /)")]
    fn getlogin() -> PyResult {
        // SAFETY: a C string or null; copied at once.
        unsafe {
            let name = libc::getlogin();
            match name.is_null() {
                true => Err(error(None)),
                false => Ok(answer(std::ffi::CStr::from_ptr(name).to_bytes(), false)),
            }
        }
    }

    /// Return the name of the terminal device connected to 'fd'.
    #[pyfunction("ttyname($module, fd, /)")]
    fn ttyname(fd: i64) -> PyResult {
        let mut name = [0u8; 256];
        // SAFETY: as much room as is said; what is filled in ends with a zero.
        let result = unsafe { libc::ttyname_r(fd as i32, name.as_mut_ptr().cast(), name.len()) };
        if result != 0 {
            return Err(os_error(result, None));
        }
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(0);
        Ok(answer(&name[..end], false))
    }

    /// Add increment to the priority of process and return the new priority.
    #[pyfunction("nice($module, increment, /)")]
    fn nice(increment: i64) -> PyResult<i64> {
        // SAFETY: no pointers. -1 is an answer, too: the errno tells.
        let (answer, errno) = unsafe {
            *libc::__errno_location() = 0;
            (libc::nice(increment as i32), *libc::__errno_location())
        };
        match errno {
            0 => Ok(answer as i64),
            errno => Err(os_error(errno, None)),
        }
    }

    /// Return program scheduling priority.
    #[pyfunction("getpriority($module, /, which, who)")]
    fn getpriority(which: i64, who: i64) -> PyResult<i64> {
        // SAFETY: as in `nice`.
        let (answer, errno) = unsafe {
            *libc::__errno_location() = 0;
            (
                libc::getpriority(which as _, who as u32),
                *libc::__errno_location(),
            )
        };
        match errno {
            0 => Ok(answer as i64),
            errno => Err(os_error(errno, None)),
        }
    }

    const SYSTEM_VALUES: &[(&str, i32)] = &[
        ("SC_ARG_MAX", libc::_SC_ARG_MAX),
        ("SC_CHILD_MAX", libc::_SC_CHILD_MAX),
        ("SC_CLK_TCK", libc::_SC_CLK_TCK),
        ("SC_HOST_NAME_MAX", libc::_SC_HOST_NAME_MAX),
        ("SC_IOV_MAX", libc::_SC_IOV_MAX),
        ("SC_LOGIN_NAME_MAX", libc::_SC_LOGIN_NAME_MAX),
        ("SC_NGROUPS_MAX", libc::_SC_NGROUPS_MAX),
        ("SC_NPROCESSORS_CONF", libc::_SC_NPROCESSORS_CONF),
        ("SC_NPROCESSORS_ONLN", libc::_SC_NPROCESSORS_ONLN),
        ("SC_OPEN_MAX", libc::_SC_OPEN_MAX),
        ("SC_PAGESIZE", libc::_SC_PAGESIZE),
        ("SC_PAGE_SIZE", libc::_SC_PAGE_SIZE),
        ("SC_PHYS_PAGES", libc::_SC_PHYS_PAGES),
        ("SC_AVPHYS_PAGES", libc::_SC_AVPHYS_PAGES),
        ("SC_SYMLOOP_MAX", libc::_SC_SYMLOOP_MAX),
        ("SC_TTY_NAME_MAX", libc::_SC_TTY_NAME_MAX),
        ("SC_SEM_NSEMS_MAX", libc::_SC_SEM_NSEMS_MAX),
        ("SC_VERSION", libc::_SC_VERSION),
    ];

    /// Return an integer-valued system configuration variable.
    #[pyfunction("sysconf($module, name, /)")]
    fn sysconf(name: &Value) -> PyResult<i64> {
        let number = match name.downcast::<Str>() {
            Some(text) => {
                let known = SYSTEM_VALUES.iter().find(|(name, _)| text.is_text(name));
                match known {
                    Some((_, number)) => *number,
                    None => return Err(value_error("unrecognized configuration name")),
                }
            }
            None if name.as_int().is_some() => abstract_ops::to_i64(name)? as i32,
            None => {
                return Err(type_error(
                    "configuration names must be strings or integers",
                ));
            }
        };
        // SAFETY: no pointers. -1 without an errno says that there is no limit.
        let (value, errno) = unsafe {
            *libc::__errno_location() = 0;
            (libc::sysconf(number), *libc::__errno_location())
        };
        match (value, errno) {
            (-1, errno) if errno != 0 => Err(os_error(errno, None)),
            _ => Ok(value),
        }
    }

    /// What the module has besides functions.
    pub fn add_classes(module: &Module) -> PyResult<()> {
        STATVFS.add_to(module)?;
        TIMES.add_to(module)?;
        let names = Dict::make();
        for (name, number) in SYSTEM_VALUES {
            names.set_str(&Str::intern(name), Value::int(*number as i64));
        }
        module.add("sysconf_names", names.into_value());
        Ok(())
    }
}
