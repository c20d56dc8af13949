//! Methods of generators and coroutines.

use super::{
    Coroutine, Generator, GeneratorCore, GeneratorState, Sent, close, core_of, core_of_raw,
    next_item, resume, throw,
};
use crate::exceptions::{self, BaseException, PyResult, type_error};
use crate::object::{Header, Ref};
use crate::objects::class::{Type, TypeFlags};
use crate::objects::frame::FrameObject;
use crate::objects::str::Str;
use crate::value::Value;
use taipan_bytecode::{CodeFlags, Opcode};
use taipan_macros::{pyclass, pymethods};

/// What Python sees of a step: the item, or `StopIteration`.
pub(super) fn item_or_stop(sent: Sent) -> PyResult {
    match sent {
        Sent::Yielded(item) => Ok(item),
        Sent::Returned(value) => Err(stop(value)),
    }
}

fn stop(value: Value) -> exceptions::Raised {
    if value.is_none() {
        return exceptions::stop_iteration(None);
    }
    // The value is the exception's only argument, even if it is a tuple or an exception itself.
    exceptions::stop_iteration(Some(value))
}

/// Drops the delegate and jumps behind the `SEND` loop, as if the delegate had just returned.
pub(super) fn finish_delegation(core: &GeneratorCore) {
    // SAFETY: the generator is suspended in a `SEND` loop: `RESUME`, then a jump back to the `SEND`, whose
    // operand leads to `END_SEND`. There the stack holds the receiver, and gets the result.
    unsafe {
        let frame = core.frame();
        let word = |ip: *const u16| core.code.plain_word(ip);
        let mut ip = (*frame).ip;
        ip = ip.add(1);
        let mut back = 0usize;
        while (word(ip) as u8) == Opcode::EXTENDED_ARG as u8 {
            back = (back | (word(ip) >> 8) as usize) << 8;
            ip = ip.add(1);
        }
        debug_assert_eq!(word(ip) as u8, Opcode::JUMP_BACKWARD_NO_INTERRUPT as u8);
        back |= (word(ip) >> 8) as usize;
        let mut send = ip.add(1).sub(back);
        let mut forward = 0usize;
        while (word(send) as u8) == Opcode::EXTENDED_ARG as u8 {
            forward = (forward | (word(send) >> 8) as usize) << 8;
            send = send.add(1);
        }
        forward |= (word(send) >> 8) as usize;
        (*frame).ip = send.add(1 + Opcode::SEND.caches() + forward);
    }
}

/// How many arguments `throw` or `athrow` takes, and what it says to more than one.
pub(super) fn check_thrown(args: &[Value], method: &str) -> PyResult<()> {
    match args.len() {
        0 => Err(type_error(format!(
            "{method} expected at least 1 argument, got 0"
        ))),
        1 => Ok(()),
        2 | 3 => crate::warnings::warn(
            exceptions::DEPRECATION_WARNING.get(),
            &format!(
                "the (type, exc, tb) signature of {method}() is deprecated, use the single-arg signature instead."
            ),
            1,
        ),
        more => Err(type_error(format!(
            "{method} expected at most 3 arguments, got {more}"
        ))),
    }
}

/// The exception that `throw(…)` means.
pub(super) fn thrown(args: &[Value]) -> PyResult<Ref<BaseException>> {
    let [first, rest @ ..] = args else {
        unreachable!("check_thrown counted");
    };
    let value = rest.first().filter(|v| !v.is_none());
    let traceback = rest.get(1).filter(|v| !v.is_none());
    if let Some(tb) = traceback
        && tb
            .downcast::<crate::objects::traceback::Traceback>()
            .is_none()
    {
        return Err(type_error(
            "throw() third argument must be a traceback object",
        ));
    }
    let exception = if first
        .downcast::<Type>()
        .is_some_and(|t| t.has(TypeFlags::IS_EXCEPTION))
    {
        let made = match value {
            Some(v) if crate::abstract_ops::isinstance(v, first)? => Ok(v.clone()),
            Some(v) => match v.downcast::<crate::objects::tuple::Tuple>() {
                Some(args) => crate::abstract_ops::call(first, args.as_slice()),
                None => crate::abstract_ops::call(first, std::slice::from_ref(v)),
            },
            None => crate::abstract_ops::call(first, &[]),
        };
        // What goes wrong in making it is thrown in its place.
        let named = |class: &Type| Ok(class.name().to_string());
        match made.and_then(|made| exceptions::made_exception(first, made, named)) {
            Ok(exception) => exception.into_value(),
            Err(_) => exceptions::take_raised().into_value(),
        }
    } else if first.downcast::<BaseException>().is_some() {
        if value.is_some() {
            return Err(type_error(
                "instance exception may not have a separate value",
            ));
        }
        first.clone()
    } else {
        return Err(type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            first.class().name()
        )));
    };
    let exception = Ref::<BaseException>::from_value(exception)
        .map_err(|_| type_error("exceptions must derive from BaseException"))?;
    if let Some(tb) = traceback {
        exception.traceback.set(Some(tb.clone()));
    }
    Ok(exception)
}

/// The exception that a call of a method `throw` means.
pub(super) fn thrown_by(args: &[Value]) -> PyResult<Ref<BaseException>> {
    check_thrown(args, "throw")?;
    thrown(args)
}

fn frame_value(core: &GeneratorCore) -> Value {
    if core.is_finished() {
        return Value::none();
    }
    FrameObject::of(core.frame()).into_value()
}

fn string(value: Option<&Value>, what: &str) -> PyResult<Ref<Str>> {
    match value.and_then(|v| v.downcast::<Str>()) {
        Some(s) => Ok(Ref::from_ref(s)),
        None => Err(type_error(format!("{what} must be set to a string object"))),
    }
}

/// Closes a generator that is dropped while it waits; errors are reported, not raised.
unsafe fn finalize(object: *mut Header) {
    let raw = crate::value::Raw(object as u64);
    // SAFETY: only the classes of this file have this finalizer.
    let core = unsafe { core_of_raw(raw) };
    if matches!(
        core.state.get(),
        GeneratorState::Finished | GeneratorState::Running
    ) {
        return;
    }
    let value = raw.to_value();
    let thread = crate::thread::thread();
    let pending = thread.raised.take();
    if core.code().flags.contains(CodeFlags::COROUTINE)
        && core.state.get() == GeneratorState::Created
    {
        crate::warnings::never_awaited(core);
    } else if core.state.get() == GeneratorState::Suspended && close(core).is_err() {
        crate::unraisable::report(
            Some("Exception ignored while closing generator"),
            Some(&value),
        );
    }
    thread.raised.set(pending);
}

#[pymethods]
impl Generator {
    #[pyslot]
    unsafe fn finalize(object: *mut Header) {
        // SAFETY: the deallocator's promise.
        unsafe { finalize(object) }
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        // SAFETY: the slot's caller checked the class.
        next_item(unsafe { core_of(this) })
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: as above.
        let core = unsafe { core_of(this) };
        Ok(format!(
            "<generator object {} at {:#x}>",
            core.qualname.get(),
            this.raw().0
        ))
    }
    /// Send value into generator, return next yielded value or raise StopIteration.
    #[pymethod("send($self, value, /)")]
    fn send(&self, value: &Value) -> PyResult {
        resume(&self.core, Ok(value.clone())).and_then(item_or_stop)
    }
    /// Raise exception in generator, return next yielded value or raise StopIteration.
    #[pymethod("throw($self, /, *args)")]
    fn throw(&self, args: &[Value]) -> PyResult {
        throw(&self.core, thrown_by(args)?).and_then(item_or_stop)
    }
    /// Raise GeneratorExit inside the generator.
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult {
        close(&self.core)
    }
    #[pygetset]
    fn gi_running(&self) -> bool {
        self.core.state.get() == GeneratorState::Running
    }
    #[pygetset]
    fn gi_suspended(&self) -> bool {
        self.core.state.get() == GeneratorState::Suspended
    }
    #[pygetset]
    fn gi_frame(&self) -> Value {
        frame_value(&self.core)
    }
    #[pygetset]
    fn gi_code(&self) -> Value {
        self.core.code().to_value()
    }
    /// Object being iterated by 'yield from', or None.
    #[pygetset]
    fn gi_yieldfrom(&self) -> Value {
        self.core.delegate().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn __name__(&self) -> Value {
        self.core.name.get().into_value()
    }
    #[pysetter(__name__)]
    fn set_name(&self, value: Option<&Value>) -> PyResult<()> {
        self.core.name.set(string(value, "__name__")?);
        Ok(())
    }
    #[pygetset]
    fn __qualname__(&self) -> Value {
        self.core.qualname.get().into_value()
    }
    #[pysetter(__qualname__)]
    fn set_qualname(&self, value: Option<&Value>) -> PyResult<()> {
        self.core.qualname.set(string(value, "__qualname__")?);
        Ok(())
    }
}

#[pymethods]
impl Coroutine {
    #[pyslot]
    unsafe fn finalize(object: *mut Header) {
        // SAFETY: the deallocator's promise.
        unsafe { finalize(object) }
    }
    #[pyslot]
    fn await_(this: &Value) -> PyResult {
        Ok(Ref::new(CoroutineWrapper {
            header: Header::fresh(),
            coroutine: this.clone(),
        })
        .into_value())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let core = unsafe { core_of(this) };
        Ok(format!(
            "<coroutine object {} at {:#x}>",
            core.qualname.get(),
            this.raw().0
        ))
    }
    /// Send a value into the coroutine, return its next yielded value or raise StopIteration.
    #[pymethod("send($self, value, /)")]
    fn send(&self, value: &Value) -> PyResult {
        resume(&self.core, Ok(value.clone())).and_then(item_or_stop)
    }
    /// Raise an exception in the coroutine, return its next yielded value or raise StopIteration.
    #[pymethod("throw($self, /, *args)")]
    fn throw(&self, args: &[Value]) -> PyResult {
        let exception = thrown_by(args)?;
        if self.core.is_finished() {
            return Err(exceptions::runtime_error(
                "cannot reuse already awaited coroutine",
            ));
        }
        throw(&self.core, exception).and_then(item_or_stop)
    }
    /// Raise GeneratorExit inside the coroutine.
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult {
        close(&self.core)
    }
    #[pygetset]
    fn cr_running(&self) -> bool {
        self.core.state.get() == GeneratorState::Running
    }
    #[pygetset]
    fn cr_suspended(&self) -> bool {
        self.core.state.get() == GeneratorState::Suspended
    }
    #[pygetset]
    fn cr_frame(&self) -> Value {
        frame_value(&self.core)
    }
    #[pygetset]
    fn cr_code(&self) -> Value {
        self.core.code().to_value()
    }
    /// Object being awaited on, or None.
    #[pygetset]
    fn cr_await(&self) -> Value {
        self.core.delegate().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn cr_origin(&self) -> Value {
        self.core.origin.get().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn __name__(&self) -> Value {
        self.core.name.get().into_value()
    }
    #[pysetter(__name__)]
    fn set_name(&self, value: Option<&Value>) -> PyResult<()> {
        self.core.name.set(string(value, "__name__")?);
        Ok(())
    }
    #[pygetset]
    fn __qualname__(&self) -> Value {
        self.core.qualname.get().into_value()
    }
    #[pysetter(__qualname__)]
    fn set_qualname(&self, value: Option<&Value>) -> PyResult<()> {
        self.core.qualname.set(string(value, "__qualname__")?);
        Ok(())
    }
}

/// The iterator behind `coroutine.__await__()`.
#[pyclass(name = "coroutine_wrapper", module = "builtins", gc, final)]
#[repr(C)]
pub struct CoroutineWrapper {
    header: Header,
    coroutine: Value,
}

impl CoroutineWrapper {
    fn core(&self) -> &GeneratorCore {
        // SAFETY: made of coroutines only.
        unsafe { core_of(&self.coroutine) }
    }
}

#[pymethods]
impl CoroutineWrapper {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<CoroutineWrapper>() };
        next_item(this.core())
    }
    /// Send a value into the coroutine, return its next yielded value or raise StopIteration.
    #[pymethod("send($self, value, /)")]
    fn send(&self, value: &Value) -> PyResult {
        resume(self.core(), Ok(value.clone())).and_then(item_or_stop)
    }
    /// Raise an exception in the coroutine, return its next yielded value or raise StopIteration.
    #[pymethod("throw($self, /, *args)")]
    fn throw(&self, args: &[Value]) -> PyResult {
        throw(self.core(), thrown_by(args)?).and_then(item_or_stop)
    }
    /// Raise GeneratorExit inside the coroutine.
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult {
        close(self.core())
    }
}
