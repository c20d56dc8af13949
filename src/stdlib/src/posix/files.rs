//! The part of `posix` that changes times, lengths and links of files.

use taipan_macros::pymodule;

pub use files::MODULE;

#[pymodule(name = "posix")]
mod files {
    use super::super::posix::{checked, path};
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{PyResult, type_error, value_error};
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// Seconds and nanoseconds of a number of seconds.
    fn from_seconds(seconds: &Value) -> PyResult<libc::timespec> {
        if seconds.as_int().is_some() {
            return Ok(libc::timespec {
                tv_sec: abstract_ops::to_i64(seconds)?,
                tv_nsec: 0,
            });
        }
        let seconds = abstract_ops::to_f64(seconds)?;
        let whole = seconds.floor();
        Ok(libc::timespec {
            tv_sec: whole as i64,
            tv_nsec: ((seconds - whole) * 1e9) as i64,
        })
    }

    fn from_nanoseconds(nanoseconds: &Value) -> PyResult<libc::timespec> {
        let nanoseconds = abstract_ops::to_i64(nanoseconds)?;
        Ok(libc::timespec {
            tv_sec: nanoseconds.div_euclid(1_000_000_000),
            tv_nsec: nanoseconds.rem_euclid(1_000_000_000),
        })
    }

    fn both(
        times: &Value,
        what: &str,
        each: impl Fn(&Value) -> PyResult<libc::timespec>,
    ) -> PyResult<[libc::timespec; 2]> {
        match times.downcast::<Tuple>().map(Tuple::as_slice) {
            Some([access, change]) => Ok([each(access)?, each(change)?]),
            _ => Err(type_error(format!(
                "utime: '{what}' must be a tuple of two ints"
            ))),
        }
    }

    /// Set the access and modified time of path.
    ///
    /// If times is not None, it must be a tuple (atime, mtime);
    ///     atime and mtime should be expressed as float seconds since the epoch.
    /// If ns is specified, it must be a tuple (atime_ns, mtime_ns);
    ///     atime_ns and mtime_ns should be expressed as integer nanoseconds
    ///     since the epoch.
    /// If times is None and ns is unspecified, utime uses the current time.
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
        if dir_fd.is_some_and(|fd| !fd.is_none()) {
            return Err(taipan_vm::exceptions::not_implemented_error(
                "dir_fd unavailable on this platform",
            ));
        }
        let times = times.filter(|times| !times.is_none());
        let times = match (times, ns) {
            (Some(_), Some(_)) => {
                return Err(value_error(
                    "utime: you may specify either 'times' or 'ns' but not both",
                ));
            }
            (Some(times), None) => Some(both(times, "times", from_seconds)?),
            (None, Some(ns)) => Some(both(ns, "ns", from_nanoseconds)?),
            (None, None) => None,
        };
        let pointer = times
            .as_ref()
            .map_or(std::ptr::null(), |times| times.as_ptr());
        if let Some(fd) = path.as_int().and_then(|fd| fd.to_i64()) {
            // SAFETY: two times, or none.
            return checked(unsafe { libc::futimens(fd as i32, pointer) }, None).map(drop);
        }
        let file = self::path(path)?;
        let flags = if follow_symlinks {
            0
        } else {
            libc::AT_SYMLINK_NOFOLLOW
        };
        // SAFETY: a C string, and two times or none.
        let result = unsafe { libc::utimensat(libc::AT_FDCWD, file.as_ptr(), pointer, flags) };
        checked(result, Some(path)).map(drop)
    }

    /// Truncate a file, specified by path, to a specific length.
    #[pyfunction("truncate($module, /, path, length)")]
    fn truncate(path: &Value, length: i64) -> PyResult<()> {
        let file = self::path(path)?;
        // SAFETY: a C string.
        checked(unsafe { libc::truncate(file.as_ptr(), length) }, Some(path)).map(drop)
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
        let _ = (src_dir_fd, dst_dir_fd);
        let (from, to) = (path(src)?, path(dst)?);
        let flags = if follow_symlinks {
            libc::AT_SYMLINK_FOLLOW
        } else {
            0
        };
        let at = libc::AT_FDCWD;
        // SAFETY: C strings.
        let result = unsafe { libc::linkat(at, from.as_ptr(), at, to.as_ptr(), flags) };
        checked(result, Some(src)).map(drop)
    }
}
