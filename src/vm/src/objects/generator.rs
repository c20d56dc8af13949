//! Generators, coroutines and asynchronous generators: one layout, three classes.
//!
//! The suspended frame lies at the end of the object, so resuming copies nothing. A suspended frame is
//! always in the interpreter's form.

mod async_generator;
mod methods;
mod sink;

pub use async_generator::{ASend, AThrow, AsyncGenerator, WrappedValue};
pub use methods::CoroutineWrapper;
pub use sink::{Delivered, Sink, deliver, drain};

use crate::exceptions::{
    self, BaseException, PyResult, Raised, runtime_error, type_error, value_error,
};
use crate::gc::{Field, TraverseCustom};
use crate::interpreter::frame::{self, FRAME_WORDS, Frame, FrameOwner};
use crate::interpreter::prologue;
use crate::memory::heap;
use crate::native::NativeClass;
use crate::object::{Header, Ref, flags};
use crate::objects::code::Code;
use crate::objects::function::Function;
use crate::objects::str::Str;
use crate::shape::Shape;
use crate::thread::{ExcItem, Thread, thread};
use crate::value::{Raw, Value};
use std::cell::Cell;
use taipan_bytecode::{CodeFlags, Opcode};
use taipan_macros::pyclass;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum GeneratorState {
    Created,
    Suspended,
    Running,
    Finished,
}

/// What the three classes have in common; the frame follows in the same object.
#[repr(C, align(16))]
pub struct GeneratorCore {
    pub state: Cell<GeneratorState>,
    /// For asynchronous generators: `aclose` or `athrow` was begun, hooks were called.
    pub closed: Cell<bool>,
    pub hooks_inited: Cell<bool>,
    pub running_async: Cell<bool>,
    /// Nobody has resumed it since a sink took its last item.
    untouched: Cell<bool>,
    pub exc: ExcItem,
    pub name: Field<Ref<Str>>,
    pub qualname: Field<Ref<Str>>,
    pub finalizer: Field<Option<Value>>,
    pub origin: Field<Option<Value>>,
    code: Ref<Code>,
}

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => { $(
        $(#[$doc])*
        #[pyclass(name = $text, module = "builtins", traverse = custom, gc, final, weakref)]
        #[repr(C)]
        pub struct $name {
            header: Header,
            pub core: GeneratorCore,
        }
        impl TraverseCustom for $name {
            fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
                self.core.traverse(visit);
            }
            fn clear_custom(&self) {
                self.core.clear();
            }
        }
        impl Drop for $name {
            fn drop(&mut self) {
                // What else there is drops itself.
                self.core.end_suspended();
            }
        }
    )* };
}

classes! {
    /// What calling a function with `yield` returns.
    Generator "generator";
    /// What calling an `async def` function returns.
    Coroutine "coroutine";
}

pub(crate) const CORE_OFFSET: usize = std::mem::offset_of!(Generator, core);
/// Of all three classes.
pub const STATE_OFFSET: usize = CORE_OFFSET + std::mem::offset_of!(GeneratorCore, state);

impl GeneratorCore {
    pub fn frame(&self) -> *mut Frame {
        // SAFETY: the frame follows the core.
        unsafe { (self as *const GeneratorCore).add(1) as *mut Frame }
    }
    fn as_object(&self) -> *mut Header {
        (self as *const GeneratorCore as usize - CORE_OFFSET) as *mut Header
    }
    pub fn value(&self) -> Value {
        Raw(self.as_object() as u64).to_value()
    }
    pub fn code(&self) -> &Ref<Code> {
        &self.code
    }
    pub(crate) fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for value in [
            self.exc.value.get(),
            self.finalizer.get(),
            self.origin.get(),
        ]
        .iter()
        .flatten()
        {
            visit(value);
        }
        visit(self.code.as_value());
        // A running frame belongs to the loop that runs it.
        if matches!(
            self.state.get(),
            GeneratorState::Created | GeneratorState::Suspended
        ) {
            // SAFETY: suspended frames are complete.
            unsafe { crate::objects::frame::traverse_frame(self.frame(), visit) };
        }
    }
    pub(crate) fn clear(&self) {
        self.finalizer.set(None);
        self.origin.set(None);
        self.exc.value.set(None);
        self.end_suspended();
    }
    /// Ends the frame if it waits.
    #[inline]
    fn end_suspended(&self) {
        if matches!(
            self.state.get(),
            GeneratorState::Created | GeneratorState::Suspended
        ) {
            self.set_finished();
            // SAFETY: suspended frames are complete, and this one will not run again.
            unsafe { crate::interpreter::frame::clear(self.frame()) };
        }
    }
    /// It runs from here on; its frame is to be linked by whoever has it run.
    #[inline(always)]
    pub fn set_running(&self, thread: &Thread) {
        self.untouched.set(false);
        self.state.set(GeneratorState::Running);
        self.exc.previous.set(thread.exc_info.get());
        thread.exc_info.set(&self.exc);
    }
    /// Nothing is left to be finalized.
    #[inline(always)]
    pub fn set_finished(&self) {
        self.state.set(GeneratorState::Finished);
        // SAFETY: the core lies in a live generator.
        unsafe { (*self.as_object()).set(flags::FINALIZED) };
    }
    pub fn is_finished(&self) -> bool {
        self.state.get() == GeneratorState::Finished
    }
    /// Does the generator wait at a `yield` where nothing but the handler of `StopIteration`, which the compiler
    /// puts around the whole, would see an exception? Then ending its frame is all that closing does. (Not where a
    /// trap hides the `RESUME`: tools hear of the exception.)
    fn waits_unguarded(&self) -> bool {
        const OUTERMOST: u16 = 4;
        // SAFETY: suspended frames stand behind a `YIELD_VALUE`, before a `RESUME`.
        let resume = unsafe { *(*self.frame()).ip };
        resume as u8 == Opcode::RESUME as u8
            && (resume >> 8) & 3 == 1
            && (resume >> 8) & OUTERMOST != 0
    }
    /// What the generator is delegating to with `yield from` or `await`.
    pub fn delegate(&self) -> Option<Value> {
        if self.state.get() != GeneratorState::Suspended {
            return None;
        }
        // SAFETY: suspended frames stand behind a `YIELD_VALUE`, before a `RESUME`.
        unsafe {
            let frame = self.frame();
            let resume = self.code.plain_word((*frame).ip);
            if resume as u8 != Opcode::RESUME as u8 || (resume >> 8) & 3 < 2 {
                return None;
            }
            Some((*(*frame).sp.sub(1)).to_value())
        }
    }
}

/// The core of a generator, coroutine or asynchronous generator.
///
/// # Safety
/// The word is one.
#[inline(always)]
pub unsafe fn core_of_raw<'a>(raw: Raw) -> &'a GeneratorCore {
    // SAFETY: the caller's promise; the classes share the layout.
    unsafe { &*((raw.address() as *const u8).add(CORE_OFFSET) as *const GeneratorCore) }
}

/// # Safety
/// The value is a generator, coroutine or asynchronous generator.
pub unsafe fn core_of(value: &Value) -> &GeneratorCore {
    // SAFETY: the caller's promise.
    unsafe { core_of_raw(value.raw()) }
}

/// # Safety
/// The frame is a generator's.
#[inline(always)]
pub unsafe fn core_of_frame<'a>(frame: *mut Frame) -> &'a GeneratorCore {
    // SAFETY: the frame follows the core.
    unsafe { &*(frame as *const GeneratorCore).sub(1) }
}

/// # Safety
/// The frame is a generator's.
pub unsafe fn generator_of_frame(frame: *mut Frame) -> Value {
    // SAFETY: the caller's promise.
    unsafe { core_of_frame(frame) }.value()
}

pub fn any_core(value: &Value) -> Option<&GeneratorCore> {
    let fits = value.downcast_exact::<Generator>().is_some()
        || value.downcast_exact::<Coroutine>().is_some()
        || value.downcast_exact::<AsyncGenerator>().is_some();
    // SAFETY: the class was checked.
    fits.then(|| unsafe { core_of(value) })
}

pub fn is_generator(value: &Value) -> bool {
    value.downcast_exact::<Generator>().is_some()
}
pub fn is_coroutine(value: &Value) -> bool {
    value.downcast_exact::<Coroutine>().is_some()
}
pub fn is_async_generator(value: &Value) -> bool {
    value.downcast_exact::<AsyncGenerator>().is_some()
}
pub fn coroutine_core(value: &Value) -> Option<&GeneratorCore> {
    if is_coroutine(value) {
        any_core(value)
    } else {
        None
    }
}
pub fn awaits_something(core: &GeneratorCore) -> bool {
    core.delegate().is_some()
}
#[inline(always)]
pub fn is_generator_or_coroutine(raw: Raw) -> bool {
    raw.is_pointer() && {
        let id = raw.header().shape_id();
        id == Generator::cell().shape().id() || id == Coroutine::cell().shape().id()
    }
}

/// What a call of a generator's function (the first word) with these arguments gives, which have to be exactly its
/// parameters. `None` at the recursion limit. Nothing on the data stack is touched.
///
/// # Safety
/// Live words, which stay the caller's.
pub unsafe fn from_call(thread: &Thread, words: &[Raw]) -> Option<Value> {
    let (function, arguments) = words.split_first()?;
    if thread.recursion_remaining.get() <= 0 {
        return None;
    }
    // SAFETY: the caller's promise; nobody sees the object before it is complete.
    unsafe {
        let new = New::of(&*(function.address() as *const Function));
        for word in words.iter().filter(|word| word.is_pointer()) {
            word.header().incref();
        }
        frame::begin(new.frame, *function, arguments);
        prologue::run(thread, new.frame);
        // Behind `RETURN_GENERATOR`.
        (*new.frame).ip = (*new.frame).ip.add(1);
        Some(new.finish())
    }
}

/// Makes the object for a frame that executes `RETURN_GENERATOR`; the frame's contents move into it.
///
/// # Safety
/// The frame is live and complete; afterwards its memory holds nothing.
pub unsafe fn from_frame(frame: *mut Frame) -> Value {
    // SAFETY: the caller's promise; the object is complete when its header is written.
    unsafe {
        let new = New::of((*frame).function());
        let target = new.frame;
        let used = (*frame).sp as usize - frame as usize;
        std::ptr::copy_nonoverlapping(frame as *const u8, target as *mut u8, used);
        (*target).sp = (target as *mut u8).add(used) as *mut Raw;
        (*target).previous = std::ptr::null_mut();
        if !(*target).frame_object.is_null() {
            crate::objects::frame::moved(target);
        }
        new.finish()
    }
}

/// An object under construction: all but its header and its frame is written.
struct New {
    object: *mut Header,
    shape: &'static Shape,
    size: usize,
    frame: *mut Frame,
}

impl New {
    fn of(function: &Function) -> New {
        let code = function.code();
        let cell = if code.flags.contains(CodeFlags::ASYNC_GENERATOR) {
            AsyncGenerator::cell()
        } else if code.flags.contains(CodeFlags::COROUTINE) {
            Coroutine::cell()
        } else {
            Generator::cell()
        };
        let size =
            CORE_OFFSET + size_of::<GeneratorCore>() + 8 * (FRAME_WORDS + code.frame_words());
        let object = heap::allocate(size, true);
        // SAFETY: there is room for both behind the header.
        unsafe {
            let core = (object as *mut u8).add(CORE_OFFSET) as *mut GeneratorCore;
            core.write(GeneratorCore {
                state: Cell::new(GeneratorState::Created),
                closed: Cell::new(false),
                hooks_inited: Cell::new(false),
                running_async: Cell::new(false),
                untouched: Cell::new(false),
                exc: ExcItem::new(),
                name: Field::new(function.name.get()),
                qualname: Field::new(function.qualname.get()),
                finalizer: Field::new(None),
                origin: Field::new(None),
                code: Ref::from_ref(code),
            });
            New {
                object,
                shape: cell.shape(),
                size,
                frame: core.add(1) as *mut Frame,
            }
        }
    }

    /// # Safety
    /// The frame is complete.
    unsafe fn finish(self) -> Value {
        // SAFETY: the caller's promise.
        unsafe {
            (*self.frame).owner = FrameOwner::Generator;
            crate::memory::initialize_header(self.object, self.shape, self.size, true);
            debug_assert!(!(*self.object).has(flags::FREE));
            Raw(self.object as u64).into_value()
        }
    }
}

/// What resuming came to.
pub enum Sent {
    Yielded(Value),
    Returned(Value),
}

/// Resumes a generator with a value (`Ok`) or with the raised exception (`Err`).
pub fn resume(core: &GeneratorCore, input: Result<Value, Raised>) -> PyResult<Sent> {
    match core.state.get() {
        GeneratorState::Suspended => {}
        GeneratorState::Running => {
            if input.is_err() {
                drop(exceptions::take_raised());
            }
            return Err(value_error(format!("{} already executing", what(core))));
        }
        GeneratorState::Created => {
            if let Ok(value) = &input
                && !value.is_none()
            {
                return Err(type_error(format!(
                    "can't send non-None value to a just-started {}",
                    what(core)
                )));
            }
        }
        GeneratorState::Finished => {
            if what(core) == "coroutine" {
                if input.is_err() {
                    drop(exceptions::take_raised());
                }
                return Err(runtime_error("cannot reuse already awaited coroutine"));
            }
            return match input {
                Ok(_) => Ok(Sent::Returned(Value::none())),
                Err(raised) => Err(raised),
            };
        }
    }
    let thread = thread();
    let remaining = thread.recursion_remaining.get() - 1;
    if remaining < 0 {
        if input.is_err() {
            return Err(Raised);
        }
        return Err(exceptions::recursion_error(
            "maximum recursion depth exceeded",
        ));
    }
    thread.recursion_remaining.set(remaining);
    match run_on(core, thread, input) {
        (Ok(value), true) => Ok(Sent::Returned(value)),
        (Ok(value), false) => Ok(Sent::Yielded(value)),
        (Err(raised), _) => Err(raised),
    }
}

/// Runs a waiting generator on to its next `yield`, or (then the flag is set) to its end. The recursion is
/// counted already.
#[inline(always)]
fn run_on(core: &GeneratorCore, thread: &Thread, input: Result<Value, Raised>) -> (PyResult, bool) {
    let keep = core.value();
    let frame = core.frame();
    core.set_running(thread);
    // SAFETY: a suspended frame is complete; the loop takes the word that is pushed.
    let result = unsafe {
        let natively = match &input {
            Ok(value) if value.is_none() => crate::tier::resume(thread, frame),
            _ => None,
        };
        match input {
            Ok(value) => match natively {
                Some(result) => result,
                None => {
                    *(*frame).sp = value.into_raw();
                    (*frame).sp = (*frame).sp.add(1);
                    crate::interpreter::run(frame)
                }
            },
            Err(_) => {
                exceptions::chain_to_generators(core.exc.value.get());
                crate::interpreter::run_raising(frame)
            }
        }
    };
    let finished = core.state.get() == GeneratorState::Finished;
    drop(keep);
    (result, finished)
}

/// Sends `None`.
#[inline]
pub fn advance(core: &GeneratorCore) -> PyResult<Sent> {
    let thread = thread();
    let remaining = thread.recursion_remaining.get() - 1;
    let waits = matches!(
        core.state.get(),
        GeneratorState::Suspended | GeneratorState::Created
    );
    if !waits || remaining < 0 {
        return resume(core, Ok(Value::none()));
    }
    thread.recursion_remaining.set(remaining);
    let (result, finished) = run_on(core, thread, Ok(Value::none()));
    let value = result?;
    Ok(match finished {
        true => Sent::Returned(value),
        false => Sent::Yielded(value),
    })
}

/// The next item, or `None` at the end; what the generator returned is left to the thread.
#[inline]
pub fn next_item(core: &GeneratorCore) -> PyResult<Option<Value>> {
    match advance(core)? {
        Sent::Yielded(item) => return Ok(Some(item)),
        Sent::Returned(value) if value.is_none() => {}
        Sent::Returned(value) => thread().stop_value.set(Some(value)),
    }
    Ok(None)
}

fn what(core: &GeneratorCore) -> &'static str {
    let flags = core.code.flags;
    if flags.contains(CodeFlags::COROUTINE) {
        "coroutine"
    } else if flags.contains(CodeFlags::ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    }
}

/// `SEND`: any receiver.
pub fn send_any(receiver: &Value, value: &Value) -> PyResult<Sent> {
    if is_generator_or_coroutine(receiver.raw()) {
        // SAFETY: the class was checked.
        let core = unsafe { core_of(receiver) };
        return match value.is_none() {
            true => advance(core),
            false => resume(core, Ok(value.clone())),
        };
    }
    thread().stop_value.set(None);
    let step = if value.is_none() && receiver.class().slots().iternext.is_some() {
        crate::abstract_ops::next(receiver)
    } else {
        crate::abstract_ops::call_method(receiver, &crate::names::SEND, std::slice::from_ref(value))
            .map(Some)
    };
    match step {
        Ok(Some(item)) => Ok(Sent::Yielded(item)),
        Ok(None) => Ok(Sent::Returned(last_stop_value())),
        Err(raised) => match exceptions::catch(exceptions::STOP_ITERATION.get()) {
            Some(stop) => Ok(Sent::Returned(stop.field_at(0).unwrap_or_else(Value::none))),
            None => Err(raised),
        },
    }
}

/// The value that the iterator returned which just ended without an exception object.
fn last_stop_value() -> Value {
    thread().stop_value.take().unwrap_or_else(Value::none)
}

/// `iter` of an awaitable.
pub fn await_iterator(value: &Value) -> PyResult {
    if is_coroutine(value) {
        return Ok(value.clone());
    }
    if is_generator(value)
        && let Some(core) = any_core(value)
        && core.code.flags.contains(CodeFlags::ITERABLE_COROUTINE)
    {
        return Ok(value.clone());
    }
    let Some(await_) = value.class().slots().await_ else {
        return Err(type_error(format!(
            "'{}' object can't be awaited",
            value.class().name()
        )));
    };
    let iterator = await_(value)?;
    if is_coroutine(&iterator) || is_generator(&iterator) && is_iterable_coroutine(&iterator) {
        return Err(type_error("__await__() returned a coroutine"));
    }
    if iterator.class().slots().iternext.is_none() {
        return Err(type_error(format!(
            "__await__() returned non-iterator of type '{}'",
            iterator.class().name()
        )));
    }
    Ok(iterator)
}

fn is_iterable_coroutine(value: &Value) -> bool {
    any_core(value).is_some_and(|c| c.code.flags.contains(CodeFlags::ITERABLE_COROUTINE))
}

/// `throw`: raises the exception where the generator waits, in what it delegates to first.
pub fn throw(core: &GeneratorCore, exception: Ref<BaseException>) -> PyResult<Sent> {
    if let Some(delegate) = core.delegate() {
        if exception
            .as_value()
            .is_instance(exceptions::GENERATOR_EXIT.get())
        {
            core.state.set(GeneratorState::Running);
            let closed = close_delegate(&delegate);
            core.state.set(GeneratorState::Suspended);
            if closed.is_err() {
                return resume(core, Err(Raised));
            }
            return resume_raising(core, exception);
        }
        return match while_linked(core, || throw_into(&delegate, &exception)) {
            None => resume_raising(core, exception),
            Some(Ok(Sent::Yielded(item))) => Ok(Sent::Yielded(item)),
            Some(Ok(Sent::Returned(value))) => {
                // As if the delegate had returned: behind the loop of `SEND`.
                methods::finish_delegation(core);
                resume(core, Ok(value))
            }
            Some(Err(_)) => resume(core, Err(Raised)),
        };
    }
    resume_raising(core, exception)
}

/// Does something in the name of a waiting generator, whose frame is seen as the caller.
fn while_linked<T>(core: &GeneratorCore, work: impl FnOnce() -> T) -> T {
    let (thread, frame) = (thread(), core.frame());
    core.state.set(GeneratorState::Running);
    let caller = thread.frame.replace(frame);
    // SAFETY: the frame waits, complete; nobody links it meanwhile, for the generator counts as running.
    unsafe { (*frame).previous = caller };
    let result = work();
    // SAFETY: as above; the core, and so the frame, is live as long as the method that was called.
    unsafe { (*frame).previous = std::ptr::null_mut() };
    thread.frame.set(caller);
    core.state.set(GeneratorState::Suspended);
    result
}

fn resume_raising(core: &GeneratorCore, exception: Ref<BaseException>) -> PyResult<Sent> {
    exceptions::restore(exception);
    if core.state.get() == GeneratorState::Created {
        // It never started: nothing in it can catch the exception, but the traceback shows it.
        if what(core) != "coroutine" || !core.is_finished() {
            return resume(core, Err(Raised));
        }
    }
    resume(core, Err(Raised))
}

/// Throws into what a generator delegates to; `None` if that can't be thrown into.
fn throw_into(delegate: &Value, exception: &Ref<BaseException>) -> Option<PyResult<Sent>> {
    if let Some(core) = any_core(delegate)
        && !is_async_generator(delegate)
    {
        return Some(throw(core, exception.clone()));
    }
    let method = match crate::abstract_ops::getattr_opt(delegate, &crate::names::THROW) {
        Ok(Some(method)) => method,
        Ok(None) => return None,
        Err(raised) => return Some(Err(raised)),
    };
    Some(
        match crate::abstract_ops::call(&method, &[exception.to_value()]) {
            Ok(item) => Ok(Sent::Yielded(item)),
            Err(raised) => match exceptions::catch(exceptions::STOP_ITERATION.get()) {
                Some(stop) => Ok(Sent::Returned(stop.field_at(0).unwrap_or_else(Value::none))),
                None => Err(raised),
            },
        },
    )
}

fn close_delegate(delegate: &Value) -> PyResult<()> {
    if let Some(core) = any_core(delegate)
        && !is_async_generator(delegate)
    {
        return close(core).map(drop);
    }
    if let Some(method) = crate::abstract_ops::getattr_opt(delegate, &crate::names::CLOSE)? {
        crate::abstract_ops::call(&method, &[])?;
    }
    Ok(())
}

/// `close`: raises `GeneratorExit` where the generator waits; returns what it returned.
pub fn close(core: &GeneratorCore) -> PyResult {
    match core.state.get() {
        GeneratorState::Created => {
            core.clear();
            return Ok(Value::none());
        }
        GeneratorState::Finished => return Ok(Value::none()),
        GeneratorState::Suspended if core.waits_unguarded() => {
            core.exc.value.set(None);
            core.end_suspended();
            return Ok(Value::none());
        }
        GeneratorState::Suspended | GeneratorState::Running => {}
    }
    let exception = exceptions::new_exception(exceptions::GENERATOR_EXIT.get(), Vec::new())?;
    match throw(core, exception) {
        Ok(Sent::Yielded(_)) => Err(runtime_error(format!(
            "{} ignored GeneratorExit",
            what(core)
        ))),
        Ok(Sent::Returned(value)) => Ok(value),
        Err(raised) => {
            if exceptions::catch(exceptions::GENERATOR_EXIT.get()).is_some()
                || exceptions::catch(exceptions::STOP_ITERATION.get()).is_some()
            {
                return Ok(Value::none());
            }
            Err(raised)
        }
    }
}

/// `frame.clear()` of a generator that does not run: only one that never ran loses its frame.
///
/// # Safety
/// The frame is a generator's.
pub unsafe fn clear_unstarted(frame: *mut Frame) -> PyResult<()> {
    // SAFETY: the caller's promise.
    let core = unsafe { core_of_frame(frame) };
    if core.state.get() == GeneratorState::Suspended {
        return Err(runtime_error("cannot clear a suspended frame"));
    }
    core.clear();
    Ok(())
}
