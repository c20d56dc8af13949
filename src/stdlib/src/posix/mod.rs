//! `posix`: the system calls that `os.py` and `_io` stand on.
//!
//! Paths come as str, bytes or `os.PathLike`; a result is bytes where the path was.

mod files;
mod process;
mod scandir;

use taipan_macros::pymodule;

pub use posix::MODULE;
pub use process::{after_fork_in_child, after_fork_in_parent, before_fork, c_strings, pointers};

/// This module provides access to operating system functionality that is
/// standardized by the C Standard and the POSIX standard (a thinly
/// disguised Unix interface).  Refer to the library manual and
/// corresponding Unix manual entries for more information on calls.
#[pymodule(name = "posix", classes(super::scandir::DirEntry))]
mod posix {
    use crate::struct_class::StructClass;
    use std::ffi::{CStr, CString};
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{
        self, PyResult, not_implemented_error, os_error, type_error, value_error,
    };
    use taipan_vm::gil::released;
    use taipan_vm::object::{Ref, object_value};
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::bytes::Bytes;
    use taipan_vm::objects::class_native;
    use taipan_vm::objects::codec::{decode_filesystem, encode_filesystem};
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::list::List;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    static STAT_RESULT: StructClass = StructClass::new(
        "os",
        "stat_result",
        STAT_FIELDS,
        "stat_result: Result from stat, fstat, or lstat.",
    )
    .showing(10);
    static UNAME_RESULT: StructClass = StructClass::new(
        "posix",
        "uname_result",
        &["sysname", "nodename", "release", "version", "machine"],
        "uname_result: Result from os.uname().",
    );
    static TERMINAL_SIZE: StructClass = StructClass::new(
        "os",
        "terminal_size",
        &["columns", "lines"],
        "A tuple of (columns, lines) for holding terminal window size",
    );

    const STAT_FIELDS: &[&str] = &[
        "st_mode",
        "st_ino",
        "st_dev",
        "st_nlink",
        "st_uid",
        "st_gid",
        "st_size",
        "_atime",
        "_mtime",
        "_ctime",
        "st_atime",
        "st_mtime",
        "st_ctime",
        "st_atime_ns",
        "st_mtime_ns",
        "st_ctime_ns",
        "st_blksize",
        "st_blocks",
        "st_rdev",
    ];

    pub fn error(filename: Option<&Value>) -> taipan_vm::exceptions::Raised {
        exceptions::io_error(&std::io::Error::last_os_error(), filename.cloned())
    }

    /// The result of a system call; -1 is an error about the file.
    pub fn checked(result: libc::c_int, filename: Option<&Value>) -> PyResult<i64> {
        if result < 0 {
            Err(error(filename))
        } else {
            Ok(result as i64)
        }
    }

    /// A path as the system takes it.
    pub fn path(value: &Value) -> PyResult<CString> {
        let plain = fspath(value)?;
        let bytes = match plain.downcast::<Str>() {
            Some(text) => encode_filesystem(text)?,
            None => buffer::bytes_like(&plain)?.to_vec(),
        };
        CString::new(bytes).map_err(|_| value_error("embedded null byte"))
    }

    /// Text of the system, in the kind that the caller used.
    pub fn answer(bytes: &[u8], as_bytes: bool) -> Value {
        if as_bytes {
            Bytes::from_slice(bytes).into_value()
        } else {
            decode_filesystem(bytes).into_value()
        }
    }

    /// Return the file system path representation of the object.
    ///
    /// If the object is str or bytes, then allow it to pass through as-is.
    /// If the object defines __fspath__(), then return the result of that method.
    /// All other types raise a TypeError.
    #[pyfunction("fspath($module, /, path)")]
    fn fspath(path: &Value) -> PyResult {
        if path.downcast::<Str>().is_some() || path.downcast::<Bytes>().is_some() {
            return Ok(path.clone());
        }
        let Some(found) = abstract_ops::call_special(path, &Str::intern("__fspath__"), &[])? else {
            return Err(type_error(format!(
                "expected str, bytes or os.PathLike object, not {}",
                path.class().name()
            )));
        };
        if found.downcast::<Str>().is_none() && found.downcast::<Bytes>().is_none() {
            return Err(type_error(format!(
                "expected {}.__fspath__() to return str or bytes, not {}",
                path.class().name(),
                found.class().name()
            )));
        }
        Ok(found)
    }

    /// Return a unicode string representing the current working directory.
    #[pyfunction("getcwd($module, /)")]
    fn getcwd() -> PyResult {
        use std::os::unix::ffi::OsStrExt;
        let folder = std::env::current_dir().map_err(|e| exceptions::io_error(&e, None))?;
        Ok(answer(folder.as_os_str().as_bytes(), false))
    }

    /// Return a bytes string representing the current working directory.
    #[pyfunction("getcwdb($module, /)")]
    fn getcwdb() -> PyResult {
        use std::os::unix::ffi::OsStrExt;
        let folder = std::env::current_dir().map_err(|e| exceptions::io_error(&e, None))?;
        Ok(answer(folder.as_os_str().as_bytes(), true))
    }

    /// Change the current working directory to the specified path.
    #[pyfunction("chdir($module, /, path)")]
    fn chdir(path: &Value) -> PyResult<()> {
        let file = self::path(path)?;
        // SAFETY: a C string.
        checked(unsafe { libc::chdir(file.as_ptr()) }, Some(path)).map(drop)
    }

    /// What a directory says of a file in it.
    pub struct Entry {
        pub name: Vec<u8>,
        pub inode: u64,
        pub kind: u8,
    }

    /// The path as the system takes it, and what is there.
    pub fn folder_entries(given: &Value) -> PyResult<(Vec<u8>, Vec<Entry>)> {
        let folder = path(given)?;
        // SAFETY: a C string; the stream is closed below.
        let stream = unsafe { libc::opendir(folder.as_ptr()) };
        if stream.is_null() {
            return Err(error(Some(given)));
        }
        let mut entries = Vec::new();
        loop {
            // SAFETY: the stream is open; the entry lives until the next call.
            let entry = unsafe {
                let entry = libc::readdir(stream);
                if entry.is_null() {
                    break;
                }
                Entry {
                    name: CStr::from_ptr((*entry).d_name.as_ptr()).to_bytes().to_vec(),
                    inode: (*entry).d_ino,
                    kind: (*entry).d_type,
                }
            };
            if entry.name != b"." && entry.name != b".." {
                entries.push(entry);
            }
        }
        // SAFETY: closed once.
        unsafe { libc::closedir(stream) };
        Ok((folder.into_bytes(), entries))
    }

    /// Return a list containing the names of the files in the directory.
    #[pyfunction("listdir($module, /, path=None)")]
    fn listdir(path: Option<&Value>) -> PyResult {
        let dot = Str::new(".").into_value();
        let given = path.filter(|path| !path.is_none()).unwrap_or(&dot);
        let as_bytes = given.downcast::<Bytes>().is_some();
        let (_, entries) = folder_entries(given)?;
        let names = entries.iter().map(|entry| answer(&entry.name, as_bytes));
        Ok(List::make(names.collect()).into_value())
    }

    /// Return an iterator of DirEntry objects for given path.
    #[pyfunction("scandir($module, /, path=None)")]
    fn scandir(path: Option<&Value>) -> PyResult<Ref<super::scandir::ScandirIterator>> {
        match path.filter(|path| !path.is_none()) {
            Some(path) => super::scandir::scandir(&fspath(path)?),
            None => super::scandir::scandir(Str::new(".").as_value()),
        }
    }

    pub fn path_and_stat(path: &Value, follow_symlinks: bool) -> PyResult {
        stat(path, None, follow_symlinks)
    }

    fn stat_value(data: &libc::stat) -> PyResult {
        let seconds = |s: i64, ns: i64| Value::float(s as f64 + ns as f64 * 1e-9);
        let nanos =
            |s: i64, ns: i64| Value::from_big(num_bigint::BigInt::from(s) * 1_000_000_000 + ns);
        let int = |n: i64| Value::int(n);
        let big = |n: u64| Value::from_big(n.into());
        let values = vec![
            int(data.st_mode as i64),
            big(data.st_ino),
            big(data.st_dev),
            big(data.st_nlink),
            int(data.st_uid as i64),
            int(data.st_gid as i64),
            int(data.st_size),
            int(data.st_atime),
            int(data.st_mtime),
            int(data.st_ctime),
            seconds(data.st_atime, data.st_atime_nsec),
            seconds(data.st_mtime, data.st_mtime_nsec),
            seconds(data.st_ctime, data.st_ctime_nsec),
            nanos(data.st_atime, data.st_atime_nsec),
            nanos(data.st_mtime, data.st_mtime_nsec),
            nanos(data.st_ctime, data.st_ctime_nsec),
            int(data.st_blksize),
            int(data.st_blocks),
            big(data.st_rdev),
        ];
        STAT_RESULT.make(values)
    }

    /// Perform a stat system call on the given path.
    #[pyfunction("stat($module, /, path, *, dir_fd=None, follow_symlinks=True)")]
    fn stat(path: &Value, dir_fd: Option<&Value>, follow_symlinks: bool) -> PyResult {
        if dir_fd.is_some_and(|fd| !fd.is_none()) {
            return Err(not_implemented_error("dir_fd unavailable on this platform"));
        }
        if let Some(fd) = path.as_int().and_then(|fd| fd.to_i64()) {
            return fstat(fd);
        }
        let file = self::path(path)?;
        // SAFETY: the call fills the struct.
        let (result, data) = unsafe {
            let mut data: libc::stat = std::mem::zeroed();
            let result = if follow_symlinks {
                libc::stat(file.as_ptr(), &mut data)
            } else {
                libc::lstat(file.as_ptr(), &mut data)
            };
            (result, data)
        };
        checked(result, Some(path))?;
        stat_value(&data)
    }

    /// Perform a stat system call on the given path, without following symbolic links.
    #[pyfunction("lstat($module, /, path, *, dir_fd=None)")]
    fn lstat(path: &Value, dir_fd: Option<&Value>) -> PyResult {
        stat(path, dir_fd, false)
    }

    /// Perform a stat system call on the given file descriptor.
    #[pyfunction("fstat($module, /, fd)")]
    fn fstat(fd: i64) -> PyResult {
        // SAFETY: the call fills the struct.
        let (result, data) = unsafe {
            let mut data: libc::stat = std::mem::zeroed();
            (libc::fstat(fd as i32, &mut data), data)
        };
        checked(result, None)?;
        stat_value(&data)
    }

    /// Use the real uid/gid to test for access to a path.
    #[pyfunction(
        "access($module, /, path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)"
    )]
    fn access(
        path: &Value,
        mode: i64,
        dir_fd: Option<&Value>,
        effective_ids: bool,
        follow_symlinks: bool,
    ) -> PyResult<bool> {
        let _ = (dir_fd, effective_ids, follow_symlinks);
        let file = self::path(path)?;
        // SAFETY: a C string.
        Ok(unsafe { libc::access(file.as_ptr(), mode as i32) } == 0)
    }

    /// Open a file for low level IO.  Returns a file descriptor (integer).
    #[pyfunction("open($module, /, path, flags, mode=511, *, dir_fd=None)")]
    fn open(path: &Value, flags: i64, mode: i64, dir_fd: Option<&Value>) -> PyResult<i64> {
        let _ = dir_fd;
        let file = self::path(path)?;
        // SAFETY: a C string.
        let fd = unsafe {
            libc::open(
                file.as_ptr(),
                flags as i32 | libc::O_CLOEXEC,
                mode as libc::c_uint,
            )
        };
        checked(fd, Some(path))
    }

    /// Close a file descriptor.
    #[pyfunction("close($module, /, fd)")]
    fn close(fd: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::close(fd as i32) }, None).map(drop)
    }

    /// Read from a file descriptor.  Returns a bytes object.
    #[pyfunction("read($module, fd, length, /)")]
    fn read(fd: i64, length: i64) -> PyResult {
        if length < 0 {
            return Err(os_error(libc::EINVAL, None));
        }
        let mut data = vec![0u8; length as usize];
        loop {
            // SAFETY: the buffer has that length.
            let count =
                released(|| unsafe { libc::read(fd as i32, data.as_mut_ptr().cast(), data.len()) });
            if count >= 0 {
                data.truncate(count as usize);
                return Ok(Bytes::from_vec(data).into_value());
            }
            if std::io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
                return Err(error(None));
            }
            taipan_vm::signals::run_handlers()?;
        }
    }

    /// Read into a buffer object from a file descriptor.
    ///
    /// The buffer should be mutable and bytes-like. On success, returns the number of
    /// bytes read. Less bytes may be read than the size of the buffer. The underlying
    /// system call will be retried when interrupted by a signal, unless the signal
    /// handler raises an exception. Other errors will not be retried and an error will
    /// be raised.
    ///
    /// Returns 0 if *fd* is at end of file or if the provided *buffer* has length 0.
    #[pyfunction("readinto($module, fd, buffer, /)")]
    fn readinto(fd: i64, buffer: &Value) -> PyResult<i64> {
        let buffer = buffer::writable(buffer)?;
        loop {
            // SAFETY: the buffer is kept, and has that length.
            let count = released(|| unsafe {
                libc::read(fd as i32, buffer.pointer().cast(), buffer.len())
            });
            if count >= 0 {
                return Ok(count as i64);
            }
            if std::io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
                return Err(error(None));
            }
            taipan_vm::signals::run_handlers()?;
        }
    }

    /// Write a bytes object to a file descriptor.
    #[pyfunction("write($module, fd, data, /)")]
    fn write(fd: i64, data: &Value) -> PyResult<i64> {
        let data = buffer::bytes_like(data)?;
        loop {
            // SAFETY: the buffer is kept.
            let count =
                released(|| unsafe { libc::write(fd as i32, data.pointer().cast(), data.len()) });
            if count >= 0 {
                return Ok(count as i64);
            }
            if std::io::Error::last_os_error().raw_os_error() != Some(libc::EINTR) {
                return Err(error(None));
            }
            taipan_vm::signals::run_handlers()?;
        }
    }

    /// Set the position of a file descriptor.  Return the new position.
    #[pyfunction("lseek($module, fd, position, whence, /)")]
    fn lseek(fd: i64, position: i64, whence: i64) -> PyResult<i64> {
        // SAFETY: no pointers.
        let place = unsafe { libc::lseek(fd as i32, position, whence as i32) };
        if place < 0 {
            Err(error(None))
        } else {
            Ok(place)
        }
    }

    /// Truncate a file, specified by file descriptor, to a specific length.
    #[pyfunction("ftruncate($module, fd, length, /)")]
    fn ftruncate(fd: i64, length: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::ftruncate(fd as i32, length) }, None).map(drop)
    }

    /// Force write of fd to disk.
    #[pyfunction("fsync($module, /, fd)")]
    fn fsync(fd: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::fsync(fd as i32) }, None).map(drop)
    }

    /// Return True if the fd is connected to a terminal.
    #[pyfunction("isatty($module, fd, /)")]
    fn isatty(fd: i64) -> bool {
        // SAFETY: no pointers.
        unsafe { libc::isatty(fd as i32) == 1 }
    }

    /// Return a duplicate of a file descriptor.
    #[pyfunction("dup($module, fd, /)")]
    fn dup(fd: i64) -> PyResult<i64> {
        // SAFETY: no pointers.
        checked(
            unsafe { libc::fcntl(fd as i32, libc::F_DUPFD_CLOEXEC, 0) },
            None,
        )
    }

    /// Create a pipe.
    #[pyfunction("pipe($module, /)")]
    fn pipe() -> PyResult<Ref<Tuple>> {
        let mut ends = [0i32; 2];
        // SAFETY: two numbers are filled in.
        checked(
            unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) },
            None,
        )?;
        Ok(Tuple::new([
            Value::int(ends[0] as i64),
            Value::int(ends[1] as i64),
        ]))
    }

    /// Remove a file (same as remove()).
    #[pyfunction("unlink($module, /, path, *, dir_fd=None)")]
    fn unlink(path: &Value, dir_fd: Option<&Value>) -> PyResult<()> {
        let _ = dir_fd;
        let file = self::path(path)?;
        // SAFETY: a C string.
        checked(unsafe { libc::unlink(file.as_ptr()) }, Some(path)).map(drop)
    }

    /// Remove a file (same as unlink()).
    #[pyfunction("remove($module, /, path, *, dir_fd=None)")]
    fn remove(path: &Value, dir_fd: Option<&Value>) -> PyResult<()> {
        unlink(path, dir_fd)
    }

    /// Create a directory.
    #[pyfunction("mkdir($module, /, path, mode=511, *, dir_fd=None)")]
    fn mkdir(path: &Value, mode: i64, dir_fd: Option<&Value>) -> PyResult<()> {
        let _ = dir_fd;
        let file = self::path(path)?;
        // SAFETY: a C string.
        checked(
            unsafe { libc::mkdir(file.as_ptr(), mode as libc::mode_t) },
            Some(path),
        )
        .map(drop)
    }

    /// Remove a directory.
    #[pyfunction("rmdir($module, /, path, *, dir_fd=None)")]
    fn rmdir(path: &Value, dir_fd: Option<&Value>) -> PyResult<()> {
        let _ = dir_fd;
        let file = self::path(path)?;
        // SAFETY: a C string.
        checked(unsafe { libc::rmdir(file.as_ptr()) }, Some(path)).map(drop)
    }

    fn rename_file(src: &Value, dst: &Value) -> PyResult<()> {
        let (from, to) = (path(src)?, path(dst)?);
        // SAFETY: C strings.
        if unsafe { libc::rename(from.as_ptr(), to.as_ptr()) } == 0 {
            return Ok(());
        }
        Err(two_file_error(src, dst))
    }

    /// The last error, about two files.
    pub fn two_file_error(src: &Value, dst: &Value) -> exceptions::Raised {
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
        exceptions::raise_args(
            exceptions::OS_ERROR.get(),
            vec![
                Value::int(errno as i64),
                Str::new(&exceptions::errno_text(errno)).into_value(),
                src.clone(),
                Value::none(),
                dst.clone(),
            ],
        )
    }

    /// Rename a file or directory.
    #[pyfunction("rename($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn rename(
        src: &Value,
        dst: &Value,
        src_dir_fd: Option<&Value>,
        dst_dir_fd: Option<&Value>,
    ) -> PyResult<()> {
        let _ = (src_dir_fd, dst_dir_fd);
        rename_file(src, dst)
    }

    /// Rename a file or directory, overwriting the destination.
    #[pyfunction("replace($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn replace(
        src: &Value,
        dst: &Value,
        src_dir_fd: Option<&Value>,
        dst_dir_fd: Option<&Value>,
    ) -> PyResult<()> {
        let _ = (src_dir_fd, dst_dir_fd);
        rename_file(src, dst)
    }

    /// Create a symbolic link pointing to src named dst.
    #[pyfunction("symlink($module, /, src, dst, target_is_directory=False, *, dir_fd=None)")]
    fn symlink(
        src: &Value,
        dst: &Value,
        target_is_directory: bool,
        dir_fd: Option<&Value>,
    ) -> PyResult<()> {
        let _ = (target_is_directory, dir_fd);
        let (from, to) = (path(src)?, path(dst)?);
        // SAFETY: C strings.
        checked(
            unsafe { libc::symlink(from.as_ptr(), to.as_ptr()) },
            Some(src),
        )
        .map(drop)
    }

    /// Return a string representing the path to which the symbolic link points.
    #[pyfunction("readlink($module, /, path, *, dir_fd=None)")]
    fn readlink(path: &Value, dir_fd: Option<&Value>) -> PyResult {
        let _ = dir_fd;
        let file = self::path(path)?;
        let mut data = vec![0u8; libc::PATH_MAX as usize];
        // SAFETY: the buffer has that length.
        let count = unsafe { libc::readlink(file.as_ptr(), data.as_mut_ptr().cast(), data.len()) };
        if count < 0 {
            return Err(error(Some(path)));
        }
        Ok(answer(
            &data[..count as usize],
            path.downcast::<Bytes>().is_some(),
        ))
    }

    /// Change the access permissions of a file.
    #[pyfunction("chmod($module, /, path, mode, *, dir_fd=None, follow_symlinks=True)")]
    fn chmod(
        path: &Value,
        mode: i64,
        dir_fd: Option<&Value>,
        follow_symlinks: bool,
    ) -> PyResult<()> {
        let _ = (dir_fd, follow_symlinks);
        let file = self::path(path)?;
        // SAFETY: a C string.
        checked(
            unsafe { libc::chmod(file.as_ptr(), mode as libc::mode_t) },
            Some(path),
        )
        .map(drop)
    }

    /// Set the current numeric umask and return the previous umask.
    #[pyfunction("umask($module, mask, /)")]
    fn umask(mask: i64) -> i64 {
        // SAFETY: no pointers.
        unsafe { libc::umask(mask as libc::mode_t) as i64 }
    }

    /// Return the current process id.
    #[pyfunction("getpid($module, /)")]
    fn getpid() -> i64 {
        std::process::id() as i64
    }

    /// Return the parent's process id.
    #[pyfunction("getppid($module, /)")]
    fn getppid() -> i64 {
        std::os::unix::process::parent_id() as i64
    }

    /// Return the current process's user id.
    #[pyfunction("getuid($module, /)")]
    fn getuid() -> i64 {
        // SAFETY: always succeeds.
        unsafe { libc::getuid() as i64 }
    }

    /// Return the current process's effective user id.
    #[pyfunction("geteuid($module, /)")]
    fn geteuid() -> i64 {
        // SAFETY: always succeeds.
        unsafe { libc::geteuid() as i64 }
    }

    /// Return the current process's group id.
    #[pyfunction("getgid($module, /)")]
    fn getgid() -> i64 {
        // SAFETY: always succeeds.
        unsafe { libc::getgid() as i64 }
    }

    /// Kill a process with a signal.
    #[pyfunction("kill($module, pid, signal, /)")]
    fn kill(pid: i64, signal: i64) -> PyResult<()> {
        // SAFETY: no pointers.
        checked(unsafe { libc::kill(pid as i32, signal as i32) }, None)?;
        taipan_vm::signals::run_handlers()
    }

    /// Exit to the system with specified status, without normal exit processing.
    #[pyfunction("_exit($module, /, status)")]
    fn _exit(status: i64) -> PyResult<()> {
        // SAFETY: nothing runs afterwards.
        unsafe { libc::_exit(status as i32) }
    }

    /// Abort the interpreter immediately.
    #[pyfunction("abort($module, /)")]
    fn abort() -> PyResult<()> {
        std::process::abort()
    }

    /// Return a bytes object containing random bytes suitable for cryptographic use.
    #[pyfunction("urandom($module, size, /)")]
    fn urandom(size: i64) -> PyResult {
        if size < 0 {
            return Err(value_error("negative argument not allowed"));
        }
        let mut data = vec![0u8; size as usize];
        let mut done = 0;
        while done < data.len() {
            // SAFETY: the rest of the buffer has that length.
            let count =
                unsafe { libc::getrandom(data[done..].as_mut_ptr().cast(), data.len() - done, 0) };
            if count < 0 {
                return Err(error(None));
            }
            done += count as usize;
        }
        Ok(Bytes::from_vec(data).into_value())
    }

    /// Translate an error code to a message string.
    #[pyfunction("strerror($module, code, /)")]
    fn strerror(code: i64) -> String {
        exceptions::errno_text(code as i32)
    }

    /// Return the number of logical CPUs in the system.
    #[pyfunction("cpu_count($module, /)")]
    fn cpu_count() -> i64 {
        std::thread::available_parallelism().map_or(1, |count| count.get() as i64)
    }

    /// Return the size of the terminal window as (columns, lines).
    #[pyfunction("get_terminal_size($module, fd=1, /)")]
    fn get_terminal_size(fd: i64) -> PyResult {
        // SAFETY: the call fills the struct.
        let (result, size) = unsafe {
            let mut size: libc::winsize = std::mem::zeroed();
            (libc::ioctl(fd as i32, libc::TIOCGWINSZ, &mut size), size)
        };
        checked(result, None)?;
        let values = vec![
            Value::int(size.ws_col as i64),
            Value::int(size.ws_row as i64),
        ];
        TERMINAL_SIZE.make(values)
    }

    /// Return an object identifying the current operating system.
    #[pyfunction("uname($module, /)")]
    fn uname() -> PyResult {
        // SAFETY: the call fills the struct.
        let data = unsafe {
            let mut data: libc::utsname = std::mem::zeroed();
            libc::uname(&mut data);
            data
        };
        let parts = [
            &data.sysname,
            &data.nodename,
            &data.release,
            &data.version,
            &data.machine,
        ];
        // SAFETY: the texts end with a zero.
        let values =
            parts.map(|part| answer(unsafe { CStr::from_ptr(part.as_ptr()) }.to_bytes(), false));
        UNAME_RESULT.make(values.to_vec())
    }

    /// Change or add an environment variable.
    #[pyfunction("putenv($module, name, value, /)")]
    fn putenv(name: &Value, value: &Value) -> PyResult<()> {
        let (name, value) = (path(name)?, path(value)?);
        // SAFETY: C strings, which are copied; there is one thread.
        checked(
            unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) },
            None,
        )
        .map(drop)
    }

    /// Delete an environment variable.
    #[pyfunction("unsetenv($module, name, /)")]
    fn unsetenv(name: &Value) -> PyResult<()> {
        let name = path(name)?;
        // SAFETY: as above.
        checked(unsafe { libc::unsetenv(name.as_ptr()) }, None).map(drop)
    }

    /// Execute the command in a subshell.
    #[pyfunction("system($module, /, command)")]
    fn system(command: &Value) -> PyResult<i64> {
        let command = path(command)?;
        // SAFETY: a C string.
        Ok(unsafe { libc::system(command.as_ptr()) } as i64)
    }

    /// Normalize path, eliminating double slashes, etc.
    #[pyfunction("_path_normpath($module, /, path)")]
    fn _path_normpath(path: &Value) -> PyResult {
        let as_bytes = path.downcast::<Bytes>().is_some();
        let text = self::path(path)?;
        let text = text.to_bytes();
        let slashes = text.iter().take_while(|byte| **byte == b'/').count();
        let root: &[u8] = match slashes {
            0 => b"",
            2 => b"//",
            _ => b"/",
        };
        let mut parts: Vec<&[u8]> = Vec::new();
        for part in text.split(|byte| *byte == b'/') {
            match part {
                b"" | b"." => {}
                b".." if parts.last().is_some_and(|last| *last != b"..") => {
                    parts.pop();
                }
                b".." if !root.is_empty() => {}
                _ => parts.push(part),
            }
        }
        let joined = [root, &parts.join(&b'/')].concat();
        Ok(answer(
            if joined.is_empty() { b"." } else { &joined },
            as_bytes,
        ))
    }

    fn environment() -> PyResult {
        use std::os::unix::ffi::OsStrExt;
        let dict = Dict::make();
        for (name, value) in std::env::vars_os() {
            let entry = |text: &std::ffi::OsStr| Bytes::from_slice(text.as_bytes()).into_value();
            dict.insert(entry(&name), entry(&value))?;
        }
        Ok(dict.into_value())
    }

    macro_rules! numbers {
        ($($name:ident)*) => { [$((stringify!($name), libc::$name as i64)),*] };
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let names = numbers!(
            F_OK R_OK W_OK X_OK O_RDONLY O_WRONLY O_RDWR O_NDELAY O_NONBLOCK O_APPEND O_DSYNC O_RSYNC O_SYNC
            O_NOCTTY O_CREAT O_EXCL O_TRUNC O_LARGEFILE O_DIRECT O_DIRECTORY O_NOFOLLOW O_NOATIME O_PATH
            O_TMPFILE O_CLOEXEC O_ACCMODE SEEK_HOLE SEEK_DATA WNOHANG WCONTINUED WUNTRACED P_PID P_PGID P_ALL
            PRIO_PROCESS PRIO_PGRP PRIO_USER RTLD_LAZY RTLD_NOW RTLD_GLOBAL RTLD_LOCAL
        );
        for (name, number) in names {
            module.add(name, Value::int(number));
        }
        let exits = [
            "OK",
            "USAGE",
            "DATAERR",
            "NOINPUT",
            "NOUSER",
            "NOHOST",
            "UNAVAILABLE",
            "SOFTWARE",
            "OSERR",
            "OSFILE",
            "CANTCREAT",
            "IOERR",
            "TEMPFAIL",
            "PROTOCOL",
            "NOPERM",
            "CONFIG",
        ];
        for (index, name) in exits.iter().enumerate() {
            let number = if index == 0 { 0 } else { 63 + index as i64 };
            module.add(&format!("EX_{name}"), Value::int(number));
        }
        module.add_functions(&super::process::MODULE);
        class_native::ensure::<super::scandir::ScandirIterator>();
        module.add("TMP_MAX", Value::int(238_328));
        module.add("environ", environment()?);
        module.add("_have_functions", List::make(Vec::new()).into_value());
        module.add("error", object_value(exceptions::OS_ERROR.get()));
        for class in [&STAT_RESULT, &UNAME_RESULT, &TERMINAL_SIZE] {
            class.add_to(module)?;
        }
        module.add_functions(&super::files::MODULE);
        super::files::add_classes(module)
    }
}
