//! `lock` and `RLock`.

use super::semaphore::Semaphore;
use super::{identity, patience};
use std::cell::Cell;
use std::time::Duration;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, overflow_error, runtime_error, type_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// How long `acquire()` may wait: not at all, for some time, or for ever.
fn wait_of(blocking: bool, timeout: &Value) -> PyResult<Option<Duration>> {
    let seconds = abstract_ops::to_f64(timeout)?;
    if !blocking && seconds != -1.0 {
        return Err(value_error(
            "can't specify a timeout for a non-blocking call",
        ));
    }
    if seconds < 0.0 && seconds != -1.0 {
        return Err(value_error("timeout value must be a non-negative number"));
    }
    match (blocking, seconds) {
        (false, _) => Ok(Some(Duration::ZERO)),
        (true, -1.0) => Ok(None),
        _ => patience(seconds)
            .map(Some)
            .ok_or_else(|| overflow_error("timestamp out of range for C PyTime_t")),
    }
}

fn acquire(semaphore: &Semaphore, patience: Option<Duration>) -> PyResult<bool> {
    match patience {
        Some(Duration::ZERO) => Ok(semaphore.try_wait()),
        patience => semaphore.wait(patience),
    }
}

/// A lock is a synchronization primitive.
#[pyclass(
    name = "lock",
    module = "_thread",
    signature = "lock()",
    final,
    weakref
)]
#[repr(C)]
pub struct Lock {
    header: Header,
    /// One: free.
    #[no_gc]
    free: Semaphore,
}

impl Lock {
    pub fn make() -> Ref<Lock> {
        Ref::new(Lock {
            header: Header::fresh(),
            free: Semaphore::new(1),
        })
    }
    fn is_locked(&self) -> bool {
        self.free.value() == 0
    }
    fn give(&self) -> PyResult<()> {
        if !self.is_locked() {
            return Err(runtime_error("release unlocked lock"));
        }
        self.free.post();
        Ok(())
    }
}

#[pymethods]
impl Lock {
    #[pyslot("lock()")]
    fn new(cls: &Type) -> PyResult {
        let lock = Lock {
            header: Header::fresh(),
            free: Semaphore::new(1),
        };
        Ok(allocate_instance(cls, lock).into_value())
    }
    /// Lock the lock.
    #[pymethod("acquire($self, /, blocking=True, timeout=-1)")]
    fn acquire(&self, blocking: bool, timeout: Option<&Value>) -> PyResult<bool> {
        let timeout = timeout.cloned().unwrap_or_else(|| Value::int(-1));
        acquire(&self.free, wait_of(blocking, &timeout)?)
    }
    /// Lock the lock.
    #[pymethod("acquire_lock($self, /, blocking=True, timeout=-1)")]
    fn acquire_lock(&self, blocking: bool, timeout: Option<&Value>) -> PyResult<bool> {
        self.acquire(blocking, timeout)
    }
    /// Release the lock.
    #[pymethod("release($self, /)")]
    fn release(&self) -> PyResult<()> {
        self.give()
    }
    /// Release the lock.
    #[pymethod("release_lock($self, /)")]
    fn release_lock(&self) -> PyResult<()> {
        self.give()
    }
    /// Return whether the lock is in the locked state.
    #[pymethod("locked($self, /)")]
    fn locked(&self) -> bool {
        self.is_locked()
    }
    /// Return whether the lock is in the locked state.
    #[pymethod("locked_lock($self, /)")]
    fn locked_lock(&self) -> bool {
        self.is_locked()
    }
    #[pymethod("_at_fork_reinit($self, /)")]
    fn _at_fork_reinit(&self) {
        if self.is_locked() {
            self.free.post();
        }
    }
    /// Lock the lock.
    #[pymethod("__enter__($self, /)")]
    fn __enter__(&self) -> PyResult<bool> {
        self.free.wait(None)
    }
    /// Release the lock.
    #[pymethod("__exit__", raw)]
    fn __exit__(&self, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<()> {
        self.give()
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let lock = unsafe { this.downcast_unchecked::<Lock>() };
        let state = if lock.is_locked() {
            "locked"
        } else {
            "unlocked"
        };
        Ok(format!(
            "<{state} _thread.lock object at {:#x}>",
            this.raw().0
        ))
    }
}

/// A lock that its owner may take again.
#[pyclass(name = "RLock", module = "_thread", signature = "RLock()", weakref)]
#[repr(C)]
pub struct RLock {
    header: Header,
    #[no_gc]
    free: Semaphore,
    /// Meaningful while `count` is not zero.
    owner: Cell<i64>,
    count: Cell<i64>,
}

impl RLock {
    fn owned(&self) -> bool {
        self.count.get() > 0 && self.owner.get() == identity()
    }
    fn take(&self, patience: Option<Duration>) -> PyResult<bool> {
        if self.owned() {
            self.count.set(self.count.get() + 1);
            return Ok(true);
        }
        if !acquire(&self.free, patience)? {
            return Ok(false);
        }
        self.owner.set(identity());
        self.count.set(1);
        Ok(true)
    }
    fn give(&self) -> PyResult<()> {
        if !self.owned() {
            return Err(runtime_error("cannot release un-acquired lock"));
        }
        self.count.set(self.count.get() - 1);
        if self.count.get() == 0 {
            self.free.post();
        }
        Ok(())
    }
}

#[pymethods]
impl RLock {
    #[pyslot("RLock()")]
    fn new(cls: &Type) -> PyResult {
        let lock = RLock {
            header: Header::fresh(),
            free: Semaphore::new(1),
            owner: Cell::new(0),
            count: Cell::new(0),
        };
        Ok(allocate_instance(cls, lock).into_value())
    }
    /// Lock the lock.
    #[pymethod("acquire($self, /, blocking=True, timeout=-1)")]
    fn acquire(&self, blocking: bool, timeout: Option<&Value>) -> PyResult<bool> {
        let timeout = timeout.cloned().unwrap_or_else(|| Value::int(-1));
        self.take(wait_of(blocking, &timeout)?)
    }
    /// Release the lock.
    #[pymethod("release($self, /)")]
    fn release(&self) -> PyResult<()> {
        self.give()
    }
    /// Return a boolean indicating whether this object is locked right now.
    #[pymethod("locked($self, /)")]
    fn locked(&self) -> bool {
        self.count.get() > 0
    }
    /// Lock the lock.
    #[pymethod("__enter__($self, /)")]
    fn __enter__(&self) -> PyResult<bool> {
        self.take(None)
    }
    /// Release the lock.
    #[pymethod("__exit__", raw)]
    fn __exit__(&self, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<()> {
        self.give()
    }
    /// For internal use by `threading.Condition`.
    #[pymethod("_is_owned($self, /)")]
    fn _is_owned(&self) -> bool {
        self.owned()
    }
    /// For internal use by `threading.Condition`.
    #[pymethod("_release_save($self, /)")]
    fn _release_save(&self) -> PyResult<Ref<Tuple>> {
        if !self.owned() {
            return Err(runtime_error("cannot release un-acquired lock"));
        }
        let state = Tuple::new([
            Value::int(self.count.replace(0)),
            Value::int(self.owner.get()),
        ]);
        self.free.post();
        Ok(state)
    }
    /// For internal use by `threading.Condition`.
    #[pymethod("_acquire_restore($self, state, /)")]
    fn _acquire_restore(&self, state: &Value) -> PyResult<()> {
        let Some([count, owner]) = state.downcast::<Tuple>().map(Tuple::as_slice) else {
            return Err(type_error(
                "_acquire_restore() argument 1 must be 2-item tuple",
            ));
        };
        let (count, owner) = (abstract_ops::to_i64(count)?, abstract_ops::to_i64(owner)?);
        self.free.wait(None)?;
        self.owner.set(owner);
        self.count.set(count);
        Ok(())
    }
    /// For internal use by reentrancy checks.
    #[pymethod("_recursion_count($self, /)")]
    fn _recursion_count(&self) -> i64 {
        if self.owned() { self.count.get() } else { 0 }
    }
    #[pymethod("_at_fork_reinit($self, /)")]
    fn _at_fork_reinit(&self) {
        if self.count.replace(0) > 0 {
            self.free.post();
        }
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let lock = unsafe { this.downcast_unchecked::<RLock>() };
        let count = lock.count.get();
        let (state, owner) = if count > 0 {
            ("locked", lock.owner.get())
        } else {
            ("unlocked", 0)
        };
        Ok(format!(
            "<{state} {} object owner={owner} count={count} at {:#x}>",
            taipan_vm::objects::object::full_name(this.class()),
            this.raw().0
        ))
    }
}
