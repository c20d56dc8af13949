//! Functions of `sys`.

use crate::abstract_ops;
use crate::exceptions::{self, BaseException, PyResult, type_error, value_error};
use crate::interpreter::frame::Frame;
use crate::monitoring::legacy;
use crate::object::Ref;
use crate::objects::dict::Dict;
use crate::objects::frame::FrameObject;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::thread::thread;
use crate::value::Value;
use taipan_macros::pymodule;

pub use sys::MODULE;

/// This module provides access to some objects used or maintained by the
/// interpreter and to functions that interact strongly with the interpreter.
#[pymodule(name = "sys")]
mod sys {
    use super::*;

    /// Exit the interpreter by raising SystemExit(status).
    #[pyfunction("exit($module, status=None, /)")]
    fn exit(status: Option<&Value>) -> PyResult {
        Err(exceptions::raise_args(
            exceptions::SYSTEM_EXIT.get(),
            status.into_iter().cloned().collect(),
        ))
    }

    /// Return the reference count of object.
    #[pyfunction("getrefcount($module, object, /)")]
    fn getrefcount(object: &Value) -> i64 {
        match object.header() {
            Some(header) if header.is_immortal() => u32::MAX as i64,
            Some(header) => header.count() as i64,
            None => u32::MAX as i64,
        }
    }

    /// Return the current value of the recursion limit.
    #[pyfunction("getrecursionlimit($module, /)")]
    fn getrecursionlimit() -> i64 {
        thread().recursion_limit.get() as i64
    }

    /// Set the maximum depth of the Python interpreter stack to n.
    #[pyfunction("setrecursionlimit($module, limit, /)")]
    fn setrecursionlimit(limit: i64) -> PyResult<()> {
        if limit < 1 {
            return Err(value_error(
                "recursion limit must be greater or equal than 1",
            ));
        }
        let limit = i32::try_from(limit)
            .map_err(|_| exceptions::overflow_error("Python int too large to convert to C int"))?;
        let thread = thread();
        let depth = thread.recursion_limit.get() - thread.recursion_remaining.get();
        if depth >= limit {
            return Err(exceptions::recursion_error(format!(
                "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
            )));
        }
        thread.recursion_limit.set(limit);
        thread.recursion_remaining.set(limit - depth);
        if limit - depth < crate::tier::MAX_INLINED_DEPTH {
            // Native code has asked for the room that its inlined calls need: it has to ask again.
            let mut frame = thread.frame.get();
            while !frame.is_null() {
                crate::tier::locals_written(frame);
                // SAFETY: frames on the thread's chain are live.
                frame = unsafe { (*frame).previous };
            }
        }
        Ok(())
    }

    /// Return a frame object from the call stack.
    #[pyfunction("_getframe($module, depth=0, /)")]
    fn _getframe(depth: i64) -> PyResult {
        let mut frame = crate::objects::frame::current_frame();
        for _ in 0..depth.max(0) {
            frame = frame.and_then(previous);
        }
        match frame {
            Some(frame) => Ok(FrameObject::of(frame).into_value()),
            None => Err(crate::objects::frame::not_deep_enough()),
        }
    }

    fn previous(frame: *mut Frame) -> Option<*mut Frame> {
        crate::objects::frame::previous_frame(frame)
    }

    /// Return the name of the module for a calling frame.
    #[pyfunction("_getframemodulename($module, /, depth=0)")]
    fn _getframemodulename(depth: i64) -> PyResult {
        let mut frame = crate::objects::frame::current_frame();
        for _ in 0..depth.max(0) {
            frame = frame.and_then(previous);
        }
        let Some(frame) = frame else {
            return Ok(Value::none());
        };
        // SAFETY: the chain of running frames is live.
        let function = unsafe { (*frame).function() };
        Ok(function.module.get())
    }

    /// Return the exception being handled, or None.
    #[pyfunction("exception($module, /)")]
    fn exception() -> Value {
        thread().current_handled().unwrap_or_else(Value::none)
    }

    /// Return current exception information: (type, value, traceback).
    #[pyfunction("exc_info($module, /)")]
    fn exc_info() -> Ref<Tuple> {
        match thread().current_handled() {
            None => Tuple::new([Value::none(), Value::none(), Value::none()]),
            Some(value) => {
                let class = crate::object::object_value(value.class());
                let traceback = value
                    .downcast::<BaseException>()
                    .and_then(|e| e.traceback.get())
                    .unwrap_or_else(Value::none);
                Tuple::new([class, value, traceback])
            }
        }
    }

    /// "Intern" the given string.
    #[pyfunction("intern($module, string, /)")]
    fn intern(string: &Value) -> PyResult {
        match string.downcast_exact::<Str>() {
            Some(s) => Ok(s.interned().into_value()),
            None if string.downcast::<Str>().is_some() => Err(type_error(format!(
                "can't intern {}",
                string.class().name()
            ))),
            None => Err(type_error(format!(
                "intern() argument must be str, not {}",
                string.class().name()
            ))),
        }
    }

    /// Return True if the given string is "interned".
    #[pyfunction("_is_interned($module, string, /)")]
    fn _is_interned(string: &Str) -> bool {
        string.is_interned()
    }

    /// Return the size of object in bytes.
    #[pyfunction("getsizeof($module, object, default=NULL)")]
    fn getsizeof(object: &Value, default: Option<&Value>) -> PyResult {
        match abstract_ops::call_special(object, &crate::names::SIZEOF, &[]) {
            Ok(Some(size)) => Ok(size),
            Ok(None) => default.cloned().ok_or_else(|| {
                type_error(format!(
                    "Type {} doesn't define __sizeof__",
                    object.class().name()
                ))
            }),
            Err(raised) => match default {
                Some(default) if exceptions::catch(exceptions::TYPE_ERROR.get()).is_some() => {
                    Ok(default.clone())
                }
                _ => Err(raised),
            },
        }
    }

    /// Print an object to sys.stdout and also save it in builtins._
    #[pyfunction("displayhook($module, object, /)")]
    fn displayhook(object: &Value) -> PyResult<()> {
        if object.is_none() {
            return Ok(());
        }
        let builtins = crate::builtins::module_dict();
        let underscore = Str::intern("_");
        builtins.set_str(&underscore, Value::none());
        let stdout = crate::sys::attribute("stdout")
            .filter(|s| !s.is_none())
            .ok_or_else(|| exceptions::runtime_error("lost sys.stdout"))?;
        let text = abstract_ops::repr(object)?;
        abstract_ops::call_method(&stdout, &Str::intern("write"), &[text.into_value()])?;
        abstract_ops::call_method(
            &stdout,
            &Str::intern("write"),
            &[Str::new("\n").into_value()],
        )?;
        builtins.set_str(&underscore, object.clone());
        Ok(())
    }

    /// Handle an exception by displaying it with a traceback on sys.stderr.
    #[pyfunction("excepthook($module, exctype, value, traceback, /)")]
    fn excepthook(_exctype: &Value, value: &Value, traceback: &Value) -> PyResult<()> {
        let Some(exception) = value.downcast::<BaseException>() else {
            crate::sys::write_stderr(&format!(
                "TypeError: print_exception(): Exception expected for value, {} found\n",
                value.class().name()
            ));
            return Ok(());
        };
        if exception.traceback.get().is_none() && !traceback.is_none() {
            exception.traceback.set(Some(traceback.clone()));
        }
        crate::builtins::print_exception(&Ref::from_ref(exception));
        Ok(())
    }

    /// Return the current default encoding used by the Unicode implementation.
    #[pyfunction("getdefaultencoding($module, /)")]
    fn getdefaultencoding() -> &'static str {
        "utf-8"
    }

    /// Return the encoding used to convert Unicode filenames to OS filenames.
    #[pyfunction("getfilesystemencoding($module, /)")]
    fn getfilesystemencoding() -> &'static str {
        "utf-8"
    }

    /// Return the error mode used for Unicode to OS filename conversion.
    #[pyfunction("getfilesystemencodeerrors($module, /)")]
    fn getfilesystemencodeerrors() -> &'static str {
        "surrogateescape"
    }

    /// Return True if Python is exiting.
    #[pyfunction("is_finalizing($module, /)")]
    fn is_finalizing() -> bool {
        crate::gil::is_finishing()
    }

    /// Passes the event to any hooks that are attached.
    #[pyfunction("audit", raw)]
    fn audit(_args: &[Value], _kwnames: Option<&Tuple>) -> PyResult<()> {
        Ok(())
    }

    /// Return the current thread switch interval.
    #[pyfunction("getswitchinterval($module, /)")]
    fn getswitchinterval() -> f64 {
        crate::gil::interval()
    }

    /// Set the ideal thread switching delay inside the Python interpreter.
    ///
    /// The actual frequency of switching threads can be lower if the
    /// interpreter executes long sequences of uninterruptible code.
    #[pyfunction("setswitchinterval($module, interval, /)")]
    fn setswitchinterval(interval: f64) -> PyResult<()> {
        if interval <= 0.0 {
            return Err(value_error("switch interval must be strictly positive"));
        }
        crate::gil::set_interval(interval);
        Ok(())
    }

    /// Return the global debug tracing function set with sys.settrace.
    #[pyfunction("gettrace($module, /)")]
    fn gettrace() -> Value {
        thread().trace.get().unwrap_or_else(Value::none)
    }

    /// Return the profiling function set with sys.setprofile.
    #[pyfunction("getprofile($module, /)")]
    fn getprofile() -> Value {
        thread().profile.get().unwrap_or_else(Value::none)
    }

    /// Set the global debug tracing function.
    ///
    /// It will be called on each function call.  See the debugger chapter
    /// in the library manual.
    #[pyfunction("settrace($module, function, /)")]
    fn settrace(function: &Value) {
        legacy::set_trace(Some(function.clone()).filter(|f| !f.is_none()));
    }

    /// Set the profiling function.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    #[pyfunction("setprofile($module, function, /)")]
    fn setprofile(function: &Value) {
        legacy::set_profile(Some(function.clone()).filter(|f| !f.is_none()));
    }

    /// Set the hooks for asynchronous generators.
    #[pyfunction("set_asyncgen_hooks($module, /, firstiter=NULL, finalizer=NULL)")]
    fn set_asyncgen_hooks(firstiter: Option<&Value>, finalizer: Option<&Value>) -> PyResult<()> {
        for (hook, what) in [(firstiter, "firstiter"), (finalizer, "finalizer")] {
            if let Some(hook) = hook
                && !hook.is_none()
                && !abstract_ops::is_callable(hook)
            {
                return Err(type_error(format!(
                    "callable {what} expected, got {}",
                    hook.class().name()
                )));
            }
        }
        let plain = |hook: &Value| Some(hook.clone()).filter(|h| !h.is_none());
        let state = crate::sys::state();
        if let Some(hook) = finalizer {
            state.finalizer.set(plain(hook));
        }
        if let Some(hook) = firstiter {
            state.first_iter.set(plain(hook));
        }
        Ok(())
    }

    /// Return the installed asynchronous generators hooks.
    #[pyfunction("get_asyncgen_hooks($module, /)")]
    fn get_asyncgen_hooks() -> Ref<Tuple> {
        let (first, finalizer) = crate::sys::asyncgen_hooks();
        Tuple::new([
            first.unwrap_or_else(Value::none),
            finalizer.unwrap_or_else(Value::none),
        ])
    }

    /// Return the maximum number of digits for conversions between ints and strings.
    #[pyfunction("get_int_max_str_digits($module, /)")]
    fn get_int_max_str_digits() -> i64 {
        crate::objects::int_text::max_str_digits() as i64
    }

    /// Set the maximum number of digits for conversions between ints and strings.
    #[pyfunction("set_int_max_str_digits($module, /, maxdigits)")]
    fn set_int_max_str_digits(maxdigits: i64) -> PyResult<()> {
        if maxdigits != 0 && maxdigits < 640 {
            return Err(value_error("maxdigits must be 0 or larger than 640"));
        }
        crate::objects::int_text::set_max_str_digits(maxdigits as usize);
        Ok(())
    }

    /// Return the number of unraisable blocks of memory in use.
    #[pyfunction("getallocatedblocks($module, /)")]
    fn getallocatedblocks() -> i64 {
        let mut count = 0;
        crate::memory::heap::walk_all(|_| count += 1);
        count
    }

    /// Clear internal caches.
    #[pyfunction("_clear_internal_caches($module, /)")]
    fn _clear_internal_caches() {}

    /// Private function for clearing certain descriptors from a type's dictionary
    #[pyfunction("_clear_type_descriptors($module, type, /)")]
    fn _clear_type_descriptors(r#type: &crate::objects::class::Type) -> PyResult<()> {
        if !r#type.is_heap() {
            return Err(type_error("argument is immutable"));
        }
        for name in [&crate::names::DICT, &crate::names::WEAKREF] {
            r#type.set_own(name, None);
        }
        Ok(())
    }

    /// Return a dictionary mapping each thread's identifier to the topmost stack frame.
    #[pyfunction("_current_frames($module, /)")]
    fn _current_frames() -> PyResult {
        let frames = Dict::make();
        if let Some(frame) = crate::objects::frame::current_frame_object() {
            frames.insert(Value::int(1), frame)?;
        }
        Ok(frames.into_value())
    }

    /// Private function for getting PyConfig.cpu_count
    #[pyfunction("_get_cpu_count_config($module, /)")]
    fn _get_cpu_count_config() -> i64 {
        let config = crate::sys::config();
        let option = config
            .xoptions
            .iter()
            .rev()
            .find(|(name, _)| name == "cpu_count");
        let given = match option {
            Some((_, value)) => value.clone(),
            None if config.ignore_environment => None,
            None => std::env::var("PYTHON_CPU_COUNT").ok(),
        };
        given
            .and_then(|count| count.parse().ok())
            .filter(|count| *count > 0)
            .unwrap_or(-1)
    }

    /// Call func(*args), while tracing is enabled.
    #[pyfunction("call_tracing($module, func, args, /)")]
    fn call_tracing(func: &Value, args: &Tuple) -> PyResult {
        abstract_ops::call(func, args.as_slice())
    }

    /// Handle an unraisable exception.
    #[pyfunction("unraisablehook($module, unraisable, /)")]
    fn unraisablehook(unraisable: &Value) -> PyResult<()> {
        crate::unraisable::hook(unraisable)
    }
}
