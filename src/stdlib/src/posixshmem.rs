//! `_posixshmem`: memory with a name.

use taipan_macros::pymodule;

pub use posixshmem::MODULE;

/// POSIX shared memory module
#[pymodule(name = "_posixshmem")]
mod posixshmem {
    use std::ffi::CString;
    use taipan_vm::exceptions::{PyResult, io_error, value_error};
    use taipan_vm::objects::str::Str;

    fn c_name(path: &Str) -> PyResult<CString> {
        CString::new(path.to_rust().as_bytes()).map_err(|_| value_error("embedded null character"))
    }

    fn checked(result: libc::c_int) -> PyResult<i64> {
        match result {
            -1 => Err(io_error(&std::io::Error::last_os_error(), None)),
            result => Ok(result.into()),
        }
    }

    /// Open a shared memory object.  Returns a file descriptor (integer).
    #[pyfunction("shm_open($module, /, path, flags, mode=511)")]
    fn shm_open(path: &Str, flags: i64, mode: i64) -> PyResult<i64> {
        let path = c_name(path)?;
        // SAFETY: a string that ends in zero.
        checked(unsafe { libc::shm_open(path.as_ptr(), flags as i32, mode as libc::mode_t) })
    }

    /// Remove a shared memory object (similar to unlink()).
    #[pyfunction("shm_unlink($module, /, path)")]
    fn shm_unlink(path: &Str) -> PyResult<()> {
        let path = c_name(path)?;
        // SAFETY: as above.
        checked(unsafe { libc::shm_unlink(path.as_ptr()) }).map(drop)
    }
}
