//! Generators, coroutines and `await`.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, type_error};
use crate::interpreter::dispatch::{Flow, State};
use crate::interpreter::frame::{self, Frame, FrameOwner, Returns};
use crate::interpreter::specialize;

use crate::monitoring::code::TRAP;
use crate::native::NativeClass;
use crate::object::Ref;
use crate::objects::generator::{self, Coroutine, GeneratorState};
use crate::thread::Thread;
use crate::value::{Raw, Value};
use taipan_bytecode::{CodeFlags, Opcode};

/// The frame becomes a generator's; the caller gets the generator.
pub fn return_generator(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let frame = s.frame;
    let thread = s.thread();
    // SAFETY: the frame is live and on the data stack; its contents move into the generator.
    unsafe {
        let generator = generator::from_frame(frame);
        let core = generator::core_of(&generator);
        (*core.frame()).ip = s.ip.add(1);
        let previous = (*frame).previous;
        let entry = (*frame).returns == Returns::OutOfLoop;
        thread.frame.set(previous);
        thread
            .recursion_remaining
            .set(thread.recursion_remaining.get() + 1);
        frame::pop(thread, frame);
        let word = generator.into_raw();
        if entry {
            return Flow::Leave(word.0);
        }
        s.frame = previous;
        s.sp = (*previous).sp;
        s.push(word);
        s.ip = (*previous).ip.add((*previous).return_offset as usize);
    }
    Flow::Jump
}

/// Runs on in a suspended generator within this loop. `units` lead behind this instruction; the jump
/// at the generator's end goes `oparg` further.
#[inline(always)]
pub fn resume_inline(s: &mut State, generator: Raw, sent: Raw, units: usize) -> Flow {
    // SAFETY: the word is a live generator.
    let core = unsafe { generator::core_of_raw(generator) };
    if core.state.get() != GeneratorState::Suspended && core.state.get() != GeneratorState::Created
    {
        return Flow::Generic;
    }
    let thread = s.thread();
    let mut remaining = thread.recursion_remaining.get() - 1;
    if remaining < 0 {
        return Flow::Generic;
    }
    s.save();
    // SAFETY: a suspended generator's frame is complete.
    unsafe {
        (*s.frame).return_offset = units as u16;
        let mut frame = core.frame();
        link(thread, frame, s.frame);
        while remaining > 0
            && sent == Raw::none()
            && let Some(delegation) = delegation(frame)
        {
            remaining -= 1;
            (*frame).ip = delegation.send;
            (*frame).return_offset = 1 + Opcode::SEND.caches() as u16;
            link(thread, delegation.frame, frame);
            frame = delegation.frame;
        }
        thread.recursion_remaining.set(remaining);
        thread.frame.set(frame);
        s.frame = frame;
        s.ip = (*frame).ip;
        s.sp = (*frame).sp;
        s.push(sent);
    }
    Flow::Jump
}

/// # Safety
/// A waiting generator's frame, resumed by `previous`.
#[inline(always)]
unsafe fn link(thread: &Thread, frame: *mut Frame, previous: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        generator::core_of_frame(frame).set_running(thread);
        (*frame).previous = previous;
        (*frame).returns = Returns::ToCaller;
    }
}

/// What a generator waits for that only passes values on.
struct Delegation {
    /// Its `SEND`, where it stands while the other runs.
    send: *const u16,
    /// The other's.
    frame: *mut Frame,
}

/// Of a generator or coroutine that waits: the one that it delegates to and that waits too. Sending `None` then needs
/// no step in between: resuming it leads to its `SEND`, and through that.
///
/// # Safety
/// The frame is complete.
#[inline(always)]
unsafe fn delegation(frame: *mut Frame) -> Option<Delegation> {
    // SAFETY: behind `RESUME` in code that was verified; what a delegating frame has on top is its receiver.
    unsafe {
        let ip = (*frame).ip;
        let (resume, jump) = (*ip, *ip.add(1));
        if resume as u8 != Opcode::RESUME as u8
            || (resume >> 8) & 3 < 2
            || jump as u8 != Opcode::JUMP_BACKWARD_NO_INTERRUPT as u8
        {
            return None;
        }
        let send = ip.add(2).sub((jump >> 8) as usize);
        let receiver = *(*frame).sp.sub(1);
        if *send as u8 != Opcode::SEND_GEN as u8 || !generator::is_generator_or_coroutine(receiver)
        {
            return None;
        }
        let core = generator::core_of_raw(receiver);
        (core.state.get() == GeneratorState::Suspended).then(|| Delegation {
            send,
            frame: core.frame(),
        })
    }
}

/// Does this frame, which a generator gives a value to, only pass it on?
///
/// # Safety
/// The frame has resumed a generator.
#[inline(always)]
unsafe fn passes_on(frame: *mut Frame) -> bool {
    // SAFETY: it goes on within its code.
    unsafe {
        let behind = (*frame).ip.add((*frame).return_offset as usize);
        *behind as u8 == Opcode::YIELD_VALUE as u8 && {
            let resume = *behind.add(1);
            resume as u8 == Opcode::RESUME as u8 && (resume >> 8) & 3 >= 2
        }
    }
}

/// The frame of a generator has ended (by `return` or an exception): drops what it holds.
///
/// # Safety
/// The frame is a generator's and nobody runs it.
#[inline(never)]
pub unsafe fn finish(frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        let core = generator::core_of_frame(frame);
        let thread = crate::thread::thread();
        if core.state.get() == GeneratorState::Running {
            thread.exc_info.set(core.exc.previous.get());
        }
        core.set_finished();
        let handled = core.exc.value.take();
        frame::clear(frame);
        drop(handled);
    }
}

/// The frame of a generator, resumed from outside of the evaluation loop, ends: gives the value on top of its stack.
///
/// # Safety
/// It is the thread's innermost one, and complete.
pub unsafe fn end(thread: &Thread, frame: *mut Frame) -> Value {
    // SAFETY: the caller's promise.
    unsafe {
        let top = (*frame).sp.sub(1);
        let value = (*top).owned();
        (*frame).sp = top;
        thread.frame.set((*frame).previous);
        let remaining = &thread.recursion_remaining;
        remaining.set(remaining.get() + 1);
        finish(frame);
        value.into_value()
    }
}

/// The frame of a generator waits from here on; who resumed it runs again.
///
/// # Safety
/// It is a generator's, and the thread's innermost one; its registers stand behind `YIELD_VALUE`, and nothing on its
/// stack is borrowed.
#[inline(always)]
pub unsafe fn suspend(thread: &Thread, frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        let core = generator::core_of_frame(frame);
        core.state.set(GeneratorState::Suspended);
        thread.exc_info.set(core.exc.previous.get());
        thread.frame.set((*frame).previous);
    }
    let remaining = &thread.recursion_remaining;
    remaining.set(remaining.get() + 1);
}

#[inline(always)]
pub fn yield_value(s: &mut State, _oparg: u32) -> Flow {
    let value = s.pop().owned();
    let (mut frame, mut ip, mut sp) = (s.frame, s.ip, s.sp);
    // SAFETY: only generators' frames yield.
    unsafe {
        loop {
            (*frame).ip = ip.add(1);
            // Borrowed words do not outlive the suspension of what they borrow from: all become owned.
            let mut slot = Frame::stack_base(frame);
            while slot < sp {
                *slot = (*slot).owned();
                slot = slot.add(1);
            }
            (*frame).sp = sp;
            suspend(s.thread(), frame);
            if (*frame).returns == Returns::OutOfLoop {
                return Flow::Leave(value.0);
            }
            let previous = (*frame).previous;
            if !passes_on(previous) {
                break;
            }
            ip = (*previous).ip.add((*previous).return_offset as usize);
            sp = (*previous).sp;
            frame = previous;
        }
        let previous = (*frame).previous;
        s.frame = previous;
        s.sp = (*previous).sp;
        s.push(value);
        s.ip = (*previous).ip.add((*previous).return_offset as usize);
    }
    Flow::Jump
}

/// A generator resumed by `FOR_ITER` or `SEND` in the same loop has returned: the value goes where that
/// instruction wants it, and execution goes on where it leads at the end.
#[inline(always)]
pub fn return_from_inline(s: &mut State, previous: *mut Frame, value: Raw) -> Flow {
    // SAFETY: the frame is live; the resuming instruction is its current one.
    unsafe {
        let ip = (*previous).ip;
        let mut op = *ip as u8;
        if op == TRAP as u8 {
            op = (*previous).code_ref().plain_word(ip) as u8;
        }
        let mut oparg = (*ip >> 8) as usize;
        // A prefix widens the operand.
        if ip > (*previous).code_ref().start
            && (*previous).code_ref().plain_word(ip.sub(1)) as u8 == Opcode::EXTENDED_ARG as u8
        {
            oparg |= ((*ip.sub(1) >> 8) as usize) << 8;
        }
        s.frame = previous;
        s.sp = (*previous).sp;
        if op != Opcode::SEND as u8 && op != Opcode::SEND_GEN as u8 {
            s.ip = ip.add(1 + Opcode::FOR_ITER.caches() + oparg + 1);
            if value.is_owned_pointer() {
                s.save();
                // The instruction pointer is right again for whoever looks while the value is dropped.
                value.release();
            }
        } else {
            s.push(value);
            s.ip = ip.add(1 + Opcode::SEND.caches() + oparg);
        }
    }
    Flow::Jump
}

pub fn send(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let (value, receiver) = (s.top(0), s.top(1));
    specialize::send(s, receiver);
    match generator::send_any(&receiver.peek(), &value.peek()) {
        Ok(generator::Sent::Yielded(item)) => s.replace(1, Ok(item)),
        Ok(generator::Sent::Returned(result)) => {
            s.replace(1, Ok(result));
            // SAFETY: the target is an instruction.
            s.ip = unsafe { s.ip.add(1 + Opcode::SEND.caches() + oparg as usize) };
            Flow::Jump
        }
        Err(_) => Flow::Raise,
    }
}

#[inline(always)]
pub fn send_gen(s: &mut State, _oparg: u32) -> Flow {
    let (value, receiver) = (s.top(0), s.top(1));
    if !generator::is_generator_or_coroutine(receiver) {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let core = unsafe { generator::core_of_raw(receiver) };
    if core.state.get() == GeneratorState::Created && value.unborrowed() != Raw::none() {
        return Flow::Generic;
    }
    if core.state.get() != GeneratorState::Created && core.state.get() != GeneratorState::Suspended
        || s.thread().recursion_remaining.get() <= 0
    {
        return Flow::Generic;
    }
    s.drop_slots(1);
    resume_inline(s, receiver, value.owned(), 1 + Opcode::SEND.caches())
}

#[inline(always)]
pub fn end_send(s: &mut State, _oparg: u32) -> Flow {
    let value = s.pop();
    let receiver = s.pop();
    s.push(value.owned());
    if receiver.is_owned_pointer() {
        return Flow::Release(receiver);
    }
    Flow::Next
}

/// Stack: subiterator, last sent value, exception.
pub fn cleanup_throw(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let exception = s.top(0).to_value();
    let exception: Ref<exceptions::BaseException> =
        Ref::from_value(exception).expect("the unwinder pushed an exception");
    if exception
        .as_value()
        .is_instance(exceptions::STOP_ITERATION.get())
    {
        let value = exception.field_at(0).unwrap_or_else(Value::none);
        s.replace(3, Ok(Value::none()));
        s.push_value(value);
        return Flow::Next;
    }
    exceptions::restore(exception);
    Flow::Reraise
}

pub fn get_yield_from_iter(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let raw = s.top(0);
    let value = raw.peek();
    if generator::is_coroutine(&value) {
        let flags = s.frame().code_ref().flags;
        if !flags.intersects(CodeFlags::COROUTINE | CodeFlags::ITERABLE_COROUTINE) {
            let _ =
                type_error("cannot 'yield from' a coroutine object in a non-coroutine generator");
            return Flow::Raise;
        }
        return Flow::Next;
    }
    if generator::is_generator(&value) {
        return Flow::Next;
    }
    let result = abstract_ops::iter(&value);
    s.replace(1, result)
}

/// A coroutine that was not awaited yet is its own iterator.
#[inline(always)]
pub fn get_awaitable(s: &mut State, _oparg: u32) -> Flow {
    let raw = s.top(0);
    if !raw.is_pointer() || raw.header().shape_id() != Coroutine::cell().shape().id() {
        return Flow::Generic;
    }
    // SAFETY: the class was checked.
    let core = unsafe { generator::core_of_raw(raw) };
    if core.state.get() != GeneratorState::Created {
        return Flow::Generic;
    }
    Flow::Next
}

pub fn get_awaitable_slow(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let value = s.top(0).to_value();
    let result = awaitable_iterator(&value, oparg);
    s.replace(1, result)
}

fn awaitable_iterator(value: &Value, place: u32) -> PyResult {
    let iterator = match generator::await_iterator(value) {
        Ok(iterator) => iterator,
        Err(raised) => {
            let method = match place {
                1 => "__aenter__",
                2 => "__aexit__",
                _ => return Err(raised),
            };
            if value.class().slots().await_.is_none() {
                exceptions::catch(exceptions::TYPE_ERROR.get());
                return Err(type_error(format!(
                    "'async with' received an object from {method} that does not implement __await__: {}",
                    value.class().name()
                )));
            }
            return Err(raised);
        }
    };
    if let Some(core) = generator::coroutine_core(&iterator)
        && generator::awaits_something(core)
    {
        return Err(exceptions::runtime_error(
            "coroutine is being awaited already",
        ));
    }
    Ok(iterator)
}

pub fn get_aiter(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let value = s.top(0).to_value();
    let result = match value.class().slots().aiter {
        None => Err(type_error(format!(
            "'async for' requires an object with __aiter__ method, got {}",
            value.class().name()
        ))),
        Some(aiter) => aiter(&value).and_then(|iterator| {
            if iterator.class().slots().anext.is_none() {
                return Err(type_error(format!(
                    "'async for' received an object from __aiter__ that does not implement __anext__: {}",
                    iterator.class().name()
                )));
            }
            Ok(iterator)
        }),
    };
    s.replace(1, result)
}

pub fn get_anext(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let iterator = s.top(0).to_value();
    match anext(&iterator) {
        Ok(awaitable) => {
            s.push_value(awaitable);
            Flow::Next
        }
        Err(_) => Flow::Raise,
    }
}

fn anext(iterator: &Value) -> PyResult {
    let Some(anext) = iterator.class().slots().anext else {
        return Err(type_error(format!(
            "'async for' requires an iterator with __anext__ method, got {}",
            iterator.class().name()
        )));
    };
    let next = anext(iterator)?;
    if generator::is_async_generator(iterator) {
        return Ok(next);
    }
    match generator::await_iterator(&next) {
        Ok(awaitable) => Ok(awaitable),
        Err(_) => {
            let cause = exceptions::take_raised();
            let raised = type_error(format!(
                "'async for' received an invalid object from __anext__: {}",
                next.class().name()
            ));
            let error = exceptions::take_raised();
            error.cause.set(Some(cause.to_value()));
            error.context.set(Some(cause.into_value()));
            error.suppress_context.set(true);
            exceptions::restore(error);
            Err(raised)
        }
    }
}

/// Stack: asynchronous iterator, exception.
pub fn end_async_for(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let exception = s.top(0).to_value();
    if exception.is_instance(exceptions::STOP_ASYNC_ITERATION.get()) {
        return s.consume(2, Ok(()));
    }
    s.drop_slots(1);
    drop(exception.clone());
    let exception = match Ref::from_value(exception) {
        Ok(exception) => exception,
        Err(_) => unreachable!("the unwinder pushed an exception"),
    };
    // The stack's reference goes with the slot.
    // SAFETY: the slot just dropped held an owned word.
    unsafe { (*s.sp).release() };
    exceptions::restore(exception);
    Flow::Reraise
}

/// Is this frame a generator's?
pub fn is_generator_frame(frame: &Frame) -> bool {
    frame.owner == FrameOwner::Generator
}
