//! `_multiprocessing`: semaphores with names, which processes share.

use crate::thread::{identity, patience};
use std::cell::{Cell, RefCell};
use std::ffi::CString;
use std::time::Duration;
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{
    self, PyResult, Raised, io_error, overflow_error, raise_new, value_error,
};
use taipan_vm::memory::allocate_instance;
use taipan_vm::native::NativeClass;
use taipan_vm::object::Header;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;
use taipan_vm::{gil, signals};

pub use multiprocessing::MODULE;

#[pymodule(name = "_multiprocessing", classes(super::SemLock))]
mod multiprocessing {
    use super::*;
    use taipan_vm::objects::module::Module;

    #[pyfunction("sem_unlink($module, name, /)")]
    fn sem_unlink(name: &Str) -> PyResult<()> {
        let name = c_name(&name.to_rust())?;
        // SAFETY: a string that ends in zero.
        match unsafe { libc::sem_unlink(name.as_ptr()) } {
            0 => Ok(()),
            _ => Err(last_error()),
        }
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let maximum = Value::int(i32::MAX.into());
        SemLock::class()
            .dict()
            .set_str(&Str::intern("SEM_VALUE_MAX"), maximum);
        let flags = Dict::make();
        for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT", "HAVE_FD_TRANSFER"] {
            flags.set_str(&Str::intern(name), Value::int(1));
        }
        module.add("flags", flags.into_value());
        Ok(())
    }
}

fn last_error() -> Raised {
    io_error(&std::io::Error::last_os_error(), None)
}

fn c_name(name: &str) -> PyResult<CString> {
    CString::new(name).map_err(|_| value_error("embedded null character"))
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    RecursiveMutex,
    Semaphore,
}

impl Kind {
    fn of(kind: i64) -> PyResult<Kind> {
        match kind {
            0 => Ok(Kind::RecursiveMutex),
            1 => Ok(Kind::Semaphore),
            _ => Err(value_error("unrecognized kind")),
        }
    }
}

/// Semaphore/Mutex type
#[pyclass(
    name = "SemLock",
    module = "_multiprocessing",
    signature = "SemLock(kind, value, maxvalue, name, unlink)"
)]
#[repr(C)]
pub struct SemLock {
    header: Header,
    semaphore: *mut libc::sem_t,
    kind: Cell<Kind>,
    maximum: Cell<i64>,
    name: RefCell<Option<String>>,
    /// The thread that took it last, and how often this process did.
    owner: Cell<i64>,
    count: Cell<i64>,
}

impl Drop for SemLock {
    fn drop(&mut self) {
        // SAFETY: opened when the object was made.
        unsafe { libc::sem_close(self.semaphore) };
    }
}

impl SemLock {
    fn make(
        cls: &Type,
        semaphore: *mut libc::sem_t,
        kind: Kind,
        maximum: i64,
        name: Option<String>,
    ) -> PyResult {
        if semaphore == libc::SEM_FAILED {
            return Err(last_error());
        }
        let lock = SemLock {
            header: Header::fresh(),
            semaphore,
            kind: Cell::new(kind),
            maximum: Cell::new(maximum),
            name: RefCell::new(name),
            owner: Cell::new(0),
            count: Cell::new(0),
        };
        Ok(allocate_instance(cls, lock).into_value())
    }
    fn mine(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == identity()
    }
    fn value(&self) -> PyResult<i64> {
        let mut value = 0;
        // SAFETY: opened when the object was made.
        match unsafe { libc::sem_getvalue(self.semaphore, &mut value) } {
            0 => Ok(value.max(0).into()),
            _ => Err(last_error()),
        }
    }
    fn took(&self) -> bool {
        self.count.set(self.count.get() + 1);
        self.owner.set(identity());
        true
    }
    fn take(&self, blocking: bool, wait: Option<Duration>) -> PyResult<bool> {
        if self.kind.get() == Kind::RecursiveMutex && self.mine() {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        // SAFETY: as above.
        if unsafe { libc::sem_trywait(self.semaphore) } == 0 {
            return Ok(self.took());
        }
        if !blocking {
            return Ok(false);
        }
        let end = wait.map(|wait| {
            let mut now = libc::timespec {
                tv_sec: 0,
                tv_nsec: 0,
            };
            // SAFETY: a valid place.
            unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &mut now) };
            let end = Duration::new(now.tv_sec as u64, now.tv_nsec as u32) + wait;
            libc::timespec {
                tv_sec: end.as_secs() as libc::time_t,
                tv_nsec: end.subsec_nanos().into(),
            }
        });
        let semaphore = self.semaphore as usize;
        loop {
            let result = gil::released(|| {
                let semaphore = semaphore as *mut libc::sem_t;
                // SAFETY: as above.
                unsafe {
                    match &end {
                        Some(end) => libc::sem_timedwait(semaphore, end),
                        None => libc::sem_wait(semaphore),
                    }
                }
            });
            if result == 0 {
                return Ok(self.took());
            }
            match std::io::Error::last_os_error().raw_os_error() {
                Some(libc::EINTR) => signals::run_handlers()?,
                Some(libc::ETIMEDOUT | libc::EAGAIN) => return Ok(false),
                _ => return Err(last_error()),
            }
        }
    }
    fn give(&self) -> PyResult<()> {
        if self.kind.get() == Kind::RecursiveMutex {
            if !self.mine() {
                return Err(raise_new(
                    exceptions::ASSERTION_ERROR.get(),
                    "attempt to release recursive lock not owned by thread",
                ));
            }
            if self.count.get() > 1 {
                self.count.set(self.count.get() - 1);
                return Ok(());
            }
        } else if self.value()? >= self.maximum.get() {
            return Err(value_error("semaphore or lock released too many times"));
        }
        // SAFETY: as above.
        if unsafe { libc::sem_post(self.semaphore) } != 0 {
            return Err(last_error());
        }
        self.count.set(self.count.get() - 1);
        Ok(())
    }
}

#[pymethods]
impl SemLock {
    #[pyslot("SemLock(kind, value, maxvalue, name, unlink)")]
    fn new(cls: &Type, kind: i64, value: i64, maxvalue: i64, name: &Str, unlink: bool) -> PyResult {
        let kind = Kind::of(kind)?;
        let name = name.to_rust().into_owned();
        let path = c_name(&name)?;
        let flags = libc::O_CREAT | libc::O_EXCL;
        // SAFETY: a string that ends in zero, and what `O_CREAT` wants.
        let semaphore = unsafe {
            libc::sem_open(
                path.as_ptr(),
                flags,
                0o600 as libc::c_uint,
                value as libc::c_uint,
            )
        };
        if semaphore != libc::SEM_FAILED && unlink {
            // SAFETY: as above.
            unsafe { libc::sem_unlink(path.as_ptr()) };
        }
        let name = Some(name).filter(|_| !unlink);
        SemLock::make(cls, semaphore, kind, maxvalue, name)
    }
    #[pyclassmethod("_rebuild($type, handle, kind, maxvalue, name, /)")]
    fn _rebuild(cls: &Type, handle: i64, kind: i64, maxvalue: i64, name: &Value) -> PyResult {
        let kind = Kind::of(kind)?;
        let Some(text) = name.downcast::<Str>() else {
            // Of a process that was forked: the semaphore is the same.
            return SemLock::make(cls, handle as *mut libc::sem_t, kind, maxvalue, None);
        };
        let text = text.to_rust().into_owned();
        let path = c_name(&text)?;
        // SAFETY: a string that ends in zero.
        let semaphore = unsafe { libc::sem_open(path.as_ptr(), 0) };
        SemLock::make(cls, semaphore, kind, maxvalue, Some(text))
    }
    /// Acquire the semaphore/lock.
    #[pymethod("acquire($self, /, block=True, timeout=None)")]
    fn acquire(&self, block: bool, timeout: Option<&Value>) -> PyResult<bool> {
        let wait = match timeout.filter(|timeout| !timeout.is_none()) {
            None => None,
            Some(timeout) => {
                let seconds = abstract_ops::to_f64(timeout)?.max(0.0);
                let wait =
                    patience(seconds).ok_or_else(|| overflow_error("timeout is too large"))?;
                Some(wait)
            }
        };
        self.take(block, wait)
    }
    /// Release the semaphore/lock.
    #[pymethod("release($self, /)")]
    fn release(&self) -> PyResult<()> {
        self.give()
    }
    /// Enter the semaphore/lock.
    #[pymethod("__enter__($self, /)")]
    fn __enter__(&self) -> PyResult<bool> {
        self.take(true, None)
    }
    /// Exit the semaphore/lock.
    #[pymethod("__exit__", raw)]
    fn __exit__(&self, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<()> {
        self.give()
    }
    /// Num of `acquire()`s minus num of `release()`s for this process.
    #[pymethod("_count($self, /)")]
    fn _count(&self) -> i64 {
        self.count.get()
    }
    /// Whether the lock is owned by this thread.
    #[pymethod("_is_mine($self, /)")]
    fn _is_mine(&self) -> bool {
        self.mine()
    }
    /// Get the value of the semaphore.
    #[pymethod("_get_value($self, /)")]
    fn _get_value(&self) -> PyResult<i64> {
        self.value()
    }
    /// Return whether semaphore has value zero.
    #[pymethod("_is_zero($self, /)")]
    fn _is_zero(&self) -> PyResult<bool> {
        Ok(self.value()? == 0)
    }
    /// Rezero the net acquisition count after fork().
    #[pymethod("_after_fork($self, /)")]
    fn _after_fork(&self) {
        self.count.set(0);
    }
    #[pygetset]
    fn handle(&self) -> i64 {
        self.semaphore as i64
    }
    #[pygetset]
    fn kind(&self) -> i64 {
        self.kind.get() as i64
    }
    #[pygetset]
    fn maxvalue(&self) -> i64 {
        self.maximum.get()
    }
    #[pygetset]
    fn name(&self) -> Value {
        match &*self.name.borrow() {
            Some(name) => Str::new(name).into_value(),
            None => Value::none(),
        }
    }
}
