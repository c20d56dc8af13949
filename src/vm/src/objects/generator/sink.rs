//! Taking all items of a generator one after the other: native code hands them over and goes on, without being
//! left and entered between them.

use super::{Generator, GeneratorCore, GeneratorState, core_of_frame, next_item};
use crate::exceptions::PyResult;
use crate::interpreter::dispatch;
use crate::interpreter::frame::Frame;
use crate::interpreter::ops::generator::suspend;
use crate::thread::{Thread, thread};
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};

/// Who wants the items of a generator that runs, while it runs.
#[repr(C)]
pub struct Sink<'a> {
    /// The generator's.
    pub frame: *mut Frame,
    each: UnsafeCell<&'a mut dyn FnMut(Value) -> PyResult<bool>>,
    /// Items were taken, so what resuming gave is none.
    delivered: Cell<bool>,
    /// The last item was: it said stop, or raised.
    outcome: Cell<Option<PyResult<()>>>,
}

/// Calls `each` with every item, until it says stop with `Ok(false)`.
pub fn drain(generator: &Generator, each: &mut dyn FnMut(Value) -> PyResult<bool>) -> PyResult<()> {
    let (core, thread) = (&generator.core, thread());
    let sink = Sink {
        frame: core.frame(),
        each: UnsafeCell::new(each),
        delivered: Cell::new(false),
        outcome: Cell::new(None),
    };
    loop {
        let address = (&raw const sink).cast::<Sink<'static>>();
        let outer = thread.sink.replace(address);
        let next = next_item(core);
        thread.sink.set(outer);
        if let Some(outcome) = sink.outcome.take() {
            return outcome;
        }
        let Some(item) = next? else { return Ok(()) };
        // SAFETY: `deliver` is not running: it runs within `next_item`.
        if !sink.delivered.take() && !unsafe { (*sink.each.get())(item) }? {
            return Ok(());
        }
    }
}

/// What became of an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Delivered {
    /// It is taken, and the generator runs on.
    GoOn,
    /// It is taken, and the generator waits.
    Suspended,
}

/// A running generator gives an item to the thread's sink.
///
/// # Safety
/// The frame is the sink's, and the thread's innermost one; its registers stand behind `YIELD_VALUE`, and nothing on its
/// stack is borrowed.
pub unsafe fn deliver(thread: &Thread, frame: *mut Frame, item: Value) -> Delivered {
    // SAFETY: the caller's promise; the sink lives in `drain`, which waits for the generator.
    unsafe {
        let core: &GeneratorCore = core_of_frame(frame);
        suspend(thread, frame);
        core.untouched.set(true);
        let sink = thread.sink.replace(std::ptr::null());
        let answer = (*(*sink).each.get())(item);
        let goes_on = matches!(answer, Ok(true));
        if goes_on
            && core.untouched.get()
            && core.state.get() == GeneratorState::Suspended
            && thread.recursion_remaining.get() > 0
            && !dispatch::poll_needed()
        {
            thread.sink.set(sink);
            let remaining = &thread.recursion_remaining;
            remaining.set(remaining.get() - 1);
            core.set_running(thread);
            thread.frame.set(frame);
            return Delivered::GoOn;
        }
        match answer {
            Ok(true) => (*sink).delivered.set(true),
            answer => (*sink).outcome.set(Some(answer.map(|_| ()))),
        }
        Delivered::Suspended
    }
}
