//! `_thread`: locks and identities. Taipan runs one thread for now: to start another one is an error.

use taipan_macros::pymodule;

pub use thread::MODULE;

/// This module provides primitive operations to write multi-threaded programs.
/// The 'threading' module provides a more convenient interface.
#[pymodule(name = "_thread")]
mod thread {
    use std::cell::Cell;
    use taipan_vm::exceptions::{
        self, PyResult, Raised, raise_args, raise_new, runtime_error, value_error,
    };
    use taipan_vm::memory::allocate_instance;
    use taipan_vm::object::{Header, Ref, object_value};
    use taipan_vm::objects::class::Type;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::expect_str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// What Linux keeps of a thread's name.
    const NAME_LENGTH: i64 = 15;

    fn identity() -> i64 {
        // SAFETY: always succeeds.
        unsafe { libc::pthread_self() as i64 }
    }

    /// The checks of `acquire()`'s arguments; whoever would have to wait, waits for ever.
    fn check_wait(blocking: bool, timeout: f64) -> PyResult<()> {
        if !blocking && timeout != -1.0 {
            return Err(value_error(
                "can't specify a timeout for a non-blocking call",
            ));
        }
        if timeout < 0.0 && timeout != -1.0 {
            return Err(value_error("timeout value must be a non-negative number"));
        }
        Ok(())
    }

    /// No other thread can release the lock: with a timeout the answer is no, without one a deadlock.
    fn wait(blocking: bool, timeout: f64) -> PyResult<bool> {
        if blocking && timeout == -1.0 {
            return Err(runtime_error(
                "deadlock: the only thread waits for a lock that is taken",
            ));
        }
        if blocking {
            std::thread::sleep(std::time::Duration::try_from_secs_f64(timeout).unwrap_or_default());
        }
        Ok(false)
    }

    /// A lock is a synchronization primitive.
    #[pyclass(name = "lock", signature = "lock()", final, weakref)]
    #[repr(C)]
    pub struct Lock {
        header: Header,
        locked: Cell<bool>,
    }

    impl Lock {
        fn take(&self, blocking: bool, timeout: f64) -> PyResult<bool> {
            check_wait(blocking, timeout)?;
            if self.locked.replace(true) {
                return wait(blocking, timeout);
            }
            Ok(true)
        }
        fn give(&self) -> PyResult<()> {
            if !self.locked.replace(false) {
                return Err(runtime_error("release unlocked lock"));
            }
            Ok(())
        }
    }

    #[pymethods]
    impl Lock {
        #[pyslot("lock()")]
        fn new(cls: &Type) -> PyResult {
            Ok(allocate_instance(
                cls,
                Lock {
                    header: Header::fresh(),
                    locked: Cell::new(false),
                },
            )
            .into_value())
        }
        /// Lock the lock.
        #[pymethod("acquire($self, /, blocking=True, timeout=-1)")]
        fn acquire(&self, blocking: bool, timeout: f64) -> PyResult<bool> {
            self.take(blocking, timeout)
        }
        /// Lock the lock.
        #[pymethod("acquire_lock($self, /, blocking=True, timeout=-1)")]
        fn acquire_lock(&self, blocking: bool, timeout: f64) -> PyResult<bool> {
            self.take(blocking, timeout)
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
            self.locked.get()
        }
        /// Return whether the lock is in the locked state.
        #[pymethod("locked_lock($self, /)")]
        fn locked_lock(&self) -> bool {
            self.locked.get()
        }
        #[pymethod("_at_fork_reinit($self, /)")]
        fn _at_fork_reinit(&self) {
            self.locked.set(false);
        }
        /// Lock the lock.
        #[pymethod("__enter__($self, /)")]
        fn __enter__(&self) -> PyResult<bool> {
            self.take(true, -1.0)
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
            let state = if lock.locked.get() {
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
    #[pyclass(name = "RLock", signature = "RLock()", weakref)]
    #[repr(C)]
    pub struct RLock {
        header: Header,
        count: Cell<i64>,
    }

    impl RLock {
        fn take(&self) -> bool {
            self.count.set(self.count.get() + 1);
            true
        }
        fn give(&self) -> PyResult<()> {
            if self.count.get() == 0 {
                return Err(runtime_error("cannot release un-acquired lock"));
            }
            self.count.set(self.count.get() - 1);
            Ok(())
        }
    }

    #[pymethods]
    impl RLock {
        #[pyslot("RLock()")]
        fn new(cls: &Type) -> PyResult {
            Ok(allocate_instance(
                cls,
                RLock {
                    header: Header::fresh(),
                    count: Cell::new(0),
                },
            )
            .into_value())
        }
        /// Lock the lock.
        #[pymethod("acquire($self, /, blocking=True, timeout=-1)")]
        fn acquire(&self, blocking: bool, timeout: f64) -> PyResult<bool> {
            check_wait(blocking, timeout)?;
            Ok(self.take())
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
        fn __enter__(&self) -> bool {
            self.take()
        }
        /// Release the lock.
        #[pymethod("__exit__", raw)]
        fn __exit__(&self, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<()> {
            self.give()
        }
        /// For internal use by `threading.Condition`.
        #[pymethod("_is_owned($self, /)")]
        fn _is_owned(&self) -> bool {
            self.count.get() > 0
        }
        /// For internal use by reentrancy checks.
        #[pymethod("_recursion_count($self, /)")]
        fn _recursion_count(&self) -> i64 {
            self.count.get()
        }
        #[pymethod("_at_fork_reinit($self, /)")]
        fn _at_fork_reinit(&self) {
            self.count.set(0);
        }
        #[pyslot]
        fn repr(this: &Value) -> PyResult<String> {
            // SAFETY: the slot's caller checked the class.
            let lock = unsafe { this.downcast_unchecked::<RLock>() };
            let count = lock.count.get();
            let (state, owner) = if count > 0 {
                ("locked", identity())
            } else {
                ("unlocked", 0)
            };
            Ok(format!(
                "<{state} _thread.RLock object owner={owner} count={count} at {:#x}>",
                this.raw().0
            ))
        }
    }

    /// Thread-local data
    #[pyclass(name = "_local", dict, weakref, gc)]
    #[repr(C)]
    pub struct Local {
        header: Header,
    }

    #[pymethods]
    impl Local {
        #[pyslot]
        fn new(cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
            Ok(allocate_instance(
                cls,
                Local {
                    header: Header::fresh(),
                },
            )
            .into_value())
        }
    }

    /// What `threading` knows a thread by. No thread but the main one ever runs here.
    #[pyclass(name = "_ThreadHandle", signature = "_ThreadHandle()", final, weakref)]
    #[repr(C)]
    pub struct Handle {
        header: Header,
        state: Cell<State>,
        ident: i64,
    }

    #[derive(Clone, Copy, PartialEq)]
    enum State {
        NotStarted,
        Running,
        Done,
    }

    #[pymethods]
    impl Handle {
        #[pyslot("_ThreadHandle()")]
        fn new(cls: &Type) -> PyResult {
            let handle = Handle {
                header: Header::fresh(),
                state: Cell::new(State::NotStarted),
                ident: 0,
            };
            Ok(allocate_instance(cls, handle).into_value())
        }
        #[pygetset]
        fn ident(&self) -> i64 {
            self.ident
        }
        #[pymethod("is_done($self, /)")]
        fn is_done(&self) -> bool {
            self.state.get() == State::Done
        }
        #[pymethod("_set_done($self, /)")]
        fn _set_done(&self) -> PyResult<()> {
            if self.state.get() == State::NotStarted {
                return Err(runtime_error("thread not started"));
            }
            self.state.set(State::Done);
            Ok(())
        }
        #[pymethod("join($self, timeout=None, /)")]
        fn join(&self, timeout: Option<&Value>) -> PyResult<()> {
            let _ = timeout;
            match self.state.get() {
                State::NotStarted => Err(runtime_error("thread not started")),
                State::Running => Err(runtime_error("Cannot join current thread")),
                State::Done => Ok(()),
            }
        }
        #[pyslot]
        fn repr(this: &Value) -> PyResult<String> {
            // SAFETY: the slot's caller checked the class.
            let handle = unsafe { this.downcast_unchecked::<Handle>() };
            Ok(format!(
                "<_thread._ThreadHandle object: ident={}>",
                handle.ident
            ))
        }
    }

    /// Internal only. Make a thread handle for threads not spawned
    /// by the _thread or threading module.
    #[pyfunction("_make_thread_handle($module, ident, /)")]
    fn _make_thread_handle(ident: i64) -> Ref<Handle> {
        Ref::new(Handle {
            header: Header::fresh(),
            state: Cell::new(State::Running),
            ident,
        })
    }

    /// Create a new lock object.
    #[pyfunction("allocate_lock($module, /)")]
    fn allocate_lock() -> Ref<Lock> {
        Ref::new(Lock {
            header: Header::fresh(),
            locked: Cell::new(false),
        })
    }

    /// Create a new lock object.
    #[pyfunction("allocate($module, /)")]
    fn allocate() -> Ref<Lock> {
        allocate_lock()
    }

    /// Return a non-zero integer that uniquely identifies the current thread
    /// amongst other threads that exist simultaneously.
    #[pyfunction("get_ident($module, /)")]
    fn get_ident() -> i64 {
        identity()
    }

    /// Return a non-negative integer identifying the thread as reported by the OS.
    #[pyfunction("get_native_id($module, /)")]
    fn get_native_id() -> i64 {
        // SAFETY: always succeeds.
        unsafe { libc::syscall(libc::SYS_gettid) }
    }

    fn no_threads() -> Raised {
        raise_new(
            exceptions::RUNTIME_ERROR.get(),
            "can't start new thread: threads are not implemented in Taipan",
        )
    }

    /// Start a new thread and return its identifier.
    #[pyfunction("start_new_thread($module, function, args, kwargs={}, /)")]
    fn start_new_thread(function: &Value, args: &Value, kwargs: Option<&Value>) -> PyResult<()> {
        let _ = (function, args, kwargs);
        Err(no_threads())
    }

    /// An obsolete synonym of start_new_thread().
    #[pyfunction("start_new($module, function, args, kwargs={}, /)")]
    fn start_new(function: &Value, args: &Value, kwargs: Option<&Value>) -> PyResult<()> {
        start_new_thread(function, args, kwargs)
    }

    /// Start a new thread that can be joined.
    #[pyfunction("start_joinable_thread($module, /, function, handle=None, daemon=True)")]
    fn start_joinable_thread(
        function: &Value,
        handle: Option<&Value>,
        daemon: bool,
    ) -> PyResult<()> {
        let _ = (function, handle, daemon);
        Err(no_threads())
    }

    /// This is synonymous to ``raise SystemExit''.
    #[pyfunction("exit($module, /)")]
    fn exit() -> PyResult<()> {
        Err(raise_args(exceptions::SYSTEM_EXIT.get(), Vec::new()))
    }

    /// An obsolete synonym of exit().
    #[pyfunction("exit_thread($module, /)")]
    fn exit_thread() -> PyResult<()> {
        exit()
    }

    /// Set the name of the current thread.
    #[pyfunction("set_name($module, /, name)")]
    fn set_name(name: &Value) -> PyResult<()> {
        let mut bytes: Vec<u8> = expect_str(name, "set_name() argument 'name'")?
            .to_rust()
            .into_owned()
            .into_bytes();
        bytes.retain(|&byte| byte != 0);
        bytes.truncate(NAME_LENGTH as usize);
        bytes.push(0);
        // SAFETY: a string that ends in zero, short enough.
        unsafe { libc::pthread_setname_np(libc::pthread_self(), bytes.as_ptr().cast()) };
        Ok(())
    }

    /// Get the name of the current thread.
    #[pyfunction("_get_name($module, /)")]
    fn _get_name() -> String {
        let mut name = [0u8; 64];
        // SAFETY: the buffer is as long as said.
        unsafe {
            libc::pthread_getname_np(libc::pthread_self(), name.as_mut_ptr().cast(), name.len())
        };
        let end = name.iter().position(|&byte| byte == 0).unwrap_or(0);
        String::from_utf8_lossy(&name[..end]).into_owned()
    }

    /// Simulate the effect of a signal arriving in the main thread.
    #[pyfunction("interrupt_main($module, signum=2, /)")]
    fn interrupt_main(signum: i64) -> PyResult<()> {
        // SAFETY: raises a signal in this process.
        unsafe { libc::raise(signum as i32) };
        Ok(())
    }

    /// Return the thread stack size used when creating new threads.
    #[pyfunction("stack_size($module, size=0, /)")]
    fn stack_size(size: i64) -> i64 {
        let _ = size;
        0
    }

    #[pyfunction("_count($module, /)")]
    fn _count() -> i64 {
        0
    }

    #[pyfunction("daemon_threads_allowed($module, /)")]
    fn daemon_threads_allowed() -> bool {
        true
    }

    #[pyfunction("_is_main_interpreter($module, /)")]
    fn _is_main_interpreter() -> bool {
        true
    }

    #[pyfunction("_get_main_thread_ident($module, /)")]
    fn _get_main_thread_ident() -> i64 {
        identity()
    }

    #[pyfunction("_shutdown($module, /)")]
    fn _shutdown() {}

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        use taipan_vm::native::NativeClass;
        module.add("LockType", object_value(Lock::class()));
        module.add("error", object_value(exceptions::RUNTIME_ERROR.get()));
        module.add("_NAME_MAXLEN", Value::int(NAME_LENGTH));
        module.add("TIMEOUT_MAX", Value::float(9_223_372_036.0));
        Ok(())
    }
}
