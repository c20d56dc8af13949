//! `_thread`: threads of the operating system, of which the one that holds the GIL runs; locks; data of their own.

mod handle;
mod local;
mod locks;
mod semaphore;

use std::time::Duration;
use taipan_macros::pymodule;

pub use handle::forked;
pub use thread::MODULE;

/// The longest wait, in seconds.
const TIMEOUT_MAX: f64 = 9_223_372_036.0;

/// What `get_ident()` says of the calling thread.
pub fn identity() -> i64 {
    // SAFETY: always succeeds.
    unsafe { libc::pthread_self() as i64 }
}

/// So many seconds, if one can wait that long.
pub fn patience(seconds: f64) -> Option<Duration> {
    if seconds > TIMEOUT_MAX {
        return None;
    }
    Duration::try_from_secs_f64(seconds).ok()
}

/// This module provides primitive operations to write multi-threaded programs.
/// The 'threading' module provides a more convenient interface.
#[pymodule(
    name = "_thread",
    classes(
        super::locks::Lock,
        super::locks::RLock,
        super::local::Local,
        super::handle::Handle
    )
)]
mod thread {
    use super::handle::{self, Handle};
    use super::identity;
    use super::locks::Lock;
    use taipan_vm::abstract_ops;
    use taipan_vm::exceptions::{self, PyResult, raise_args, type_error, value_error};
    use taipan_vm::native::NativeClass;
    use taipan_vm::object::{Ref, object_value};
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::module::Module;
    use taipan_vm::objects::str::expect_str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// What Linux keeps of a thread's name.
    const NAME_LENGTH: i64 = 15;

    /// Internal only. Make a thread handle for threads not spawned
    /// by the _thread or threading module.
    #[pyfunction("_make_thread_handle($module, ident, /)")]
    fn _make_thread_handle(ident: i64) -> Ref<Handle> {
        Handle::running(ident)
    }

    /// Create a new lock object.
    #[pyfunction("allocate_lock($module, /)")]
    fn allocate_lock() -> Ref<Lock> {
        Lock::make()
    }

    /// Create a new lock object.
    #[pyfunction("allocate($module, /)")]
    fn allocate() -> Ref<Lock> {
        Lock::make()
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

    /// Start a new thread and return its identifier.
    #[pyfunction("start_new_thread($module, function, args, kwargs={}, /)")]
    fn start_new_thread(function: &Value, args: &Value, kwargs: Option<&Value>) -> PyResult<i64> {
        if !abstract_ops::is_callable(function) {
            return Err(type_error("first arg must be callable"));
        }
        let Some(args) = args.downcast::<Tuple>() else {
            return Err(type_error("2nd arg must be a tuple"));
        };
        let mut all = args.as_slice().to_vec();
        let mut names = None;
        if let Some(kwargs) = kwargs {
            let Some(kwargs) = kwargs.downcast::<Dict>() else {
                return Err(type_error("optional 3rd arg must be a dictionary"));
            };
            let (keys, values): (Vec<Value>, Vec<Value>) = kwargs.items().into_iter().unzip();
            all.extend(values);
            names = Some(Tuple::new(keys));
        }
        handle::start(function, Tuple::new(all), names, &Handle::fresh(), true)
    }

    /// An obsolete synonym of start_new_thread().
    #[pyfunction("start_new($module, function, args, kwargs={}, /)")]
    fn start_new(function: &Value, args: &Value, kwargs: Option<&Value>) -> PyResult<i64> {
        start_new_thread(function, args, kwargs)
    }

    /// Start a new thread that can be joined.
    #[pyfunction("start_joinable_thread($module, /, function, handle=None, daemon=True)")]
    fn start_joinable_thread(
        function: &Value,
        handle: Option<&Value>,
        daemon: bool,
    ) -> PyResult<Ref<Handle>> {
        if !abstract_ops::is_callable(function) {
            return Err(type_error("thread function must be callable"));
        }
        let handle = match handle.filter(|handle| !handle.is_none()) {
            None => Handle::fresh(),
            Some(handle) => Ref::from_value(handle.clone())
                .map_err(|_| type_error("'handle' must be a _ThreadHandle"))?,
        };
        handle::start(function, Tuple::empty(), None, &handle, daemon)?;
        Ok(handle)
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
    fn stack_size(size: i64) -> PyResult<i64> {
        if size < 0 {
            return Err(value_error("size must be 0 or a positive value"));
        }
        if size > 0 && (size as usize) < handle::SMALLEST_STACK {
            return Err(value_error(format!("size not valid: {size} bytes")));
        }
        Ok(handle::STACK_SIZE.0.replace(size as usize) as i64)
    }

    #[pyfunction("_count($module, /)")]
    fn _count() -> i64 {
        handle::RUNNING.0.get()
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
        handle::MAIN.0.get()
    }

    #[pyfunction("_shutdown($module, /)")]
    fn _shutdown() -> PyResult<()> {
        handle::join_all()
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        // Who asks for this module first runs the program.
        handle::MAIN.0.set(identity());
        module.add("LockType", object_value(Lock::class()));
        module.add("error", object_value(exceptions::RUNTIME_ERROR.get()));
        module.add("_NAME_MAXLEN", Value::int(NAME_LENGTH));
        module.add("TIMEOUT_MAX", Value::float(super::TIMEOUT_MAX));
        Ok(())
    }
}
