//! Asynchronous generators: a step is an awaitable of its own.
//!
//! A value that the generator yields to its consumer is wrapped, so that the awaitable can tell it from
//! what the generator's own awaits yield to the event loop.

use super::methods::{check_thrown, thrown, thrown_by};
use super::{GeneratorCore, GeneratorState, Sent, core_of, resume, throw};
use crate::exceptions::{self, PyResult, Raised, runtime_error};
use crate::gc::{Field, TraverseCustom};
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::objects::frame::FrameObject;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// What calling an `async def` function with `yield` returns.
#[pyclass(name = "async_generator", module = "builtins", traverse = custom, gc, final, weakref)]
#[repr(C)]
pub struct AsyncGenerator {
    header: Header,
    pub core: GeneratorCore,
}

const _: () = assert!(std::mem::offset_of!(AsyncGenerator, core) == super::CORE_OFFSET);

impl TraverseCustom for AsyncGenerator {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        self.core.traverse(visit);
    }
    fn clear_custom(&self) {
        self.core.clear();
    }
}

impl Drop for AsyncGenerator {
    fn drop(&mut self) {
        self.core.clear();
    }
}

/// A value on its way to the consumer.
#[pyclass(
    name = "async_generator_wrapped_value",
    module = "builtins",
    gc,
    final,
    no_methods
)]
#[repr(C)]
pub struct WrappedValue {
    header: Header,
    value: Value,
}

impl AsyncGenerator {
    /// What `yield` hands to the awaitable.
    pub fn wrap(value: Value) -> Value {
        Ref::new(WrappedValue {
            header: Header::fresh(),
            value,
        })
        .into_value()
    }
    fn init_hooks(&self) -> PyResult<()> {
        if self.core.hooks_inited.replace(true) {
            return Ok(());
        }
        let (first, finalizer) = crate::sys::asyncgen_hooks();
        self.core.finalizer.set(finalizer);
        if let Some(first) = first {
            crate::abstract_ops::call(&first, &[self.core.value()])?;
        }
        Ok(())
    }
    fn asend_value(this: &Value, value: Value) -> PyResult {
        // SAFETY: only called on asynchronous generators.
        unsafe { this.downcast_unchecked::<AsyncGenerator>() }.init_hooks()?;
        Ok(Ref::new(ASend {
            header: Header::fresh(),
            generator: this.clone(),
            value: Field::new(Some(value)),
            state: Cell::new(StepState::Init),
        })
        .into_value())
    }
    fn athrow_value(this: &Value, args: Option<Vec<Value>>) -> PyResult {
        // SAFETY: as above.
        unsafe { this.downcast_unchecked::<AsyncGenerator>() }.init_hooks()?;
        Ok(Ref::new(AThrow {
            header: Header::fresh(),
            generator: this.clone(),
            args: Field::new(args),
            state: Cell::new(StepState::Init),
        })
        .into_value())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum StepState {
    Init,
    Iterating,
    Closed,
}

#[pymethods]
impl AsyncGenerator {
    #[pyslot]
    unsafe fn finalize(object: *mut Header) {
        let value = crate::value::Raw(object as u64).to_value();
        // SAFETY: only this class has this finalizer.
        let core = unsafe { core_of(&value) };
        if core.state.get() != GeneratorState::Suspended {
            return;
        }
        if let Some(finalizer) = core.finalizer.get()
            && !core.closed.get()
        {
            let thread = crate::thread::thread();
            let pending = thread.raised.take();
            if crate::abstract_ops::call(&finalizer, std::slice::from_ref(&value)).is_err() {
                crate::unraisable::report(
                    Some("Exception ignored while finalizing async generator"),
                    Some(&value),
                );
            }
            thread.raised.set(pending);
        }
    }
    #[pyslot]
    fn aiter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn anext(this: &Value) -> PyResult {
        AsyncGenerator::asend_value(this, Value::none())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let core = unsafe { core_of(this) };
        Ok(format!(
            "<async_generator object {} at {:#x}>",
            core.qualname.get(),
            this.raw().0
        ))
    }
    /// Send a value into the generator, as an awaitable.
    #[pymethod("asend($self, value, /)")]
    fn asend(this: &Value, value: &Value) -> PyResult {
        AsyncGenerator::asend_value(this, value.clone())
    }
    /// Raise an exception in the generator, as an awaitable.
    #[pymethod("athrow($self, /, *args)")]
    fn athrow(this: &Value, args: &[Value]) -> PyResult {
        check_thrown(args, "athrow")?;
        AsyncGenerator::athrow_value(this, Some(args.to_vec()))
    }
    /// Close the generator, as an awaitable.
    #[pymethod("aclose($self, /)")]
    fn aclose(this: &Value) -> PyResult {
        AsyncGenerator::athrow_value(this, None)
    }
    #[pyclassmethod("__class_getitem__($type, item, /)")]
    fn class_getitem(cls: &Type, item: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(&crate::object::object_value(cls), item)
    }
    #[pygetset]
    fn ag_running(&self) -> bool {
        self.core.running_async.get()
    }
    #[pygetset]
    fn ag_suspended(&self) -> bool {
        self.core.state.get() == GeneratorState::Suspended
    }
    #[pygetset]
    fn ag_frame(&self) -> Value {
        if self.core.is_finished() {
            return Value::none();
        }
        FrameObject::of(self.core.frame()).into_value()
    }
    #[pygetset]
    fn ag_code(&self) -> Value {
        self.core.code().to_value()
    }
    #[pygetset]
    fn ag_await(&self) -> Value {
        self.core.delegate().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn __name__(&self) -> Value {
        self.core.name.get().into_value()
    }
    #[pygetset]
    fn __qualname__(&self) -> Value {
        self.core.qualname.get().into_value()
    }
}

/// What a step of the generator came to, for the awaitable.
fn unwrap(core: &GeneratorCore, result: PyResult<Sent>) -> PyResult {
    match result {
        Ok(Sent::Yielded(item)) => {
            if let Some(wrapped) = item.downcast_exact::<WrappedValue>() {
                core.running_async.set(false);
                return Err(exceptions::stop_iteration(Some(wrapped.value.clone())));
            }
            Ok(item)
        }
        Ok(Sent::Returned(_)) => {
            core.closed.set(true);
            core.running_async.set(false);
            Err(exceptions::raise_args(
                exceptions::STOP_ASYNC_ITERATION.get(),
                Vec::new(),
            ))
        }
        Err(Raised) => {
            let ends = crate::thread::thread().raised.with(|r| {
                r.as_ref().is_some_and(|e| {
                    e.as_value()
                        .is_instance(exceptions::STOP_ASYNC_ITERATION.get())
                        || e.as_value().is_instance(exceptions::GENERATOR_EXIT.get())
                })
            });
            if ends {
                core.closed.set(true);
            }
            core.running_async.set(false);
            Err(Raised)
        }
    }
}

/// The awaitable of `__anext__` and `asend`.
#[pyclass(name = "async_generator_asend", module = "builtins", gc, final)]
#[repr(C)]
pub struct ASend {
    header: Header,
    generator: Value,
    value: Field<Option<Value>>,
    #[no_gc]
    state: Cell<StepState>,
}

impl ASend {
    fn core(&self) -> &GeneratorCore {
        // SAFETY: made of asynchronous generators only.
        unsafe { core_of(&self.generator) }
    }
    fn step(&self, sent: &Value) -> PyResult {
        let core = self.core();
        let mut input = sent.clone();
        match self.state.get() {
            StepState::Closed => {
                return Err(runtime_error(
                    "cannot reuse already awaited __anext__()/asend()",
                ));
            }
            StepState::Init => {
                if core.running_async.get() {
                    self.state.set(StepState::Closed);
                    return Err(runtime_error(
                        "anext(): asynchronous generator is already running",
                    ));
                }
                if input.is_none() {
                    input = self.value.take().unwrap_or_else(Value::none);
                }
                self.state.set(StepState::Iterating);
            }
            StepState::Iterating => {}
        }
        core.running_async.set(true);
        let result = unwrap(core, resume(core, Ok(input)));
        if result.is_err() {
            self.state.set(StepState::Closed);
        }
        result
    }
}

#[pymethods]
impl ASend {
    #[pyslot]
    fn await_(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        // SAFETY: the slot's caller checked the class.
        unsafe { this.downcast_unchecked::<ASend>() }
            .step(&Value::none())
            .map(Some)
    }
    #[pymethod("send($self, value, /)")]
    fn send(&self, value: &Value) -> PyResult {
        self.step(value)
    }
    #[pymethod("throw($self, /, *args)")]
    fn throw(&self, args: &[Value]) -> PyResult {
        let core = self.core();
        match self.state.get() {
            StepState::Closed => {
                return Err(runtime_error(
                    "cannot reuse already awaited __anext__()/asend()",
                ));
            }
            StepState::Init => {
                if core.running_async.get() {
                    self.state.set(StepState::Closed);
                    return Err(runtime_error(
                        "anext(): asynchronous generator is already running",
                    ));
                }
                self.state.set(StepState::Iterating);
                core.running_async.set(true);
            }
            StepState::Iterating => {}
        }
        let result = unwrap(core, throw(core, thrown_by(args)?));
        if result.is_err() {
            self.state.set(StepState::Closed);
        }
        result
    }
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult<()> {
        self.state.set(StepState::Closed);
        Ok(())
    }
}

/// The awaitable of `athrow` and `aclose`.
#[pyclass(name = "async_generator_athrow", module = "builtins", gc, final)]
#[repr(C)]
pub struct AThrow {
    header: Header,
    generator: Value,
    /// What to throw; `None` closes.
    args: Field<Option<Vec<Value>>>,
    #[no_gc]
    state: Cell<StepState>,
}

impl AThrow {
    fn core(&self) -> &GeneratorCore {
        // SAFETY: made of asynchronous generators only.
        unsafe { core_of(&self.generator) }
    }
    fn is_close(&self) -> bool {
        self.args.with(|a| a.is_none())
    }
    fn name(&self) -> &'static str {
        if self.is_close() { "aclose" } else { "athrow" }
    }
    fn step(&self, sent: &Value) -> PyResult {
        let core = self.core();
        let result = match self.state.get() {
            StepState::Closed => {
                return Err(runtime_error(
                    "cannot reuse already awaited aclose()/athrow()",
                ));
            }
            StepState::Init => {
                if core.running_async.get() {
                    self.state.set(StepState::Closed);
                    return Err(runtime_error(format!(
                        "{}(): asynchronous generator is already running",
                        self.name()
                    )));
                }
                if core.is_finished() || core.closed.get() {
                    self.state.set(StepState::Closed);
                    return Err(exceptions::stop_iteration(None));
                }
                if !sent.is_none() {
                    return Err(runtime_error(
                        "can't send non-None value to a just-started coroutine",
                    ));
                }
                self.state.set(StepState::Iterating);
                core.running_async.set(true);
                match self.args.get() {
                    None => {
                        core.closed.set(true);
                        let exit = exceptions::new_exception(
                            exceptions::GENERATOR_EXIT.get(),
                            Vec::new(),
                        )?;
                        throw(core, exit)
                    }
                    Some(args) => throw(core, thrown(&args)?),
                }
            }
            StepState::Iterating => resume(core, Ok(sent.clone())),
        };
        self.finish(result)
    }
    fn finish(&self, result: PyResult<Sent>) -> PyResult {
        let core = self.core();
        if !self.is_close() {
            let result = unwrap(core, result);
            if result.is_err() {
                self.state.set(StepState::Closed);
            }
            return result;
        }
        match result {
            Ok(Sent::Yielded(item)) => {
                if item.downcast_exact::<WrappedValue>().is_some() {
                    core.running_async.set(false);
                    self.state.set(StepState::Closed);
                    return Err(runtime_error("async generator ignored GeneratorExit"));
                }
                Ok(item)
            }
            Ok(Sent::Returned(_)) => {
                core.running_async.set(false);
                self.state.set(StepState::Closed);
                Err(exceptions::stop_iteration(None))
            }
            Err(Raised) => {
                core.running_async.set(false);
                self.state.set(StepState::Closed);
                if exceptions::catch(exceptions::STOP_ASYNC_ITERATION.get()).is_some()
                    || exceptions::catch(exceptions::GENERATOR_EXIT.get()).is_some()
                {
                    return Err(exceptions::stop_iteration(None));
                }
                Err(Raised)
            }
        }
    }
}

#[pymethods]
impl AThrow {
    #[pyslot]
    fn await_(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        // SAFETY: the slot's caller checked the class.
        unsafe { this.downcast_unchecked::<AThrow>() }
            .step(&Value::none())
            .map(Some)
    }
    #[pymethod("send($self, value, /)")]
    fn send(&self, value: &Value) -> PyResult {
        self.step(value)
    }
    #[pymethod("throw($self, /, *args)")]
    fn throw(&self, args: &[Value]) -> PyResult {
        if self.state.get() == StepState::Closed {
            return Err(runtime_error(
                "cannot reuse already awaited aclose()/athrow()",
            ));
        }
        self.state.set(StepState::Iterating);
        self.core().running_async.set(true);
        let result = throw(self.core(), thrown_by(args)?);
        self.finish(result)
    }
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult<()> {
        self.state.set(StepState::Closed);
        Ok(())
    }
}
