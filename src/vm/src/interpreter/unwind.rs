//! From a raised exception to its handler.

use super::dispatch::{Flow, State};
use super::frame::{self, Frame, FrameOwner, Returns};
use super::ops::generator;
use crate::exceptions::{PyResult, Raised};
use crate::monitoring::{self, unwinding};
use crate::objects::traceback::Traceback;
use crate::thread::Thread;
use crate::value::Raw;
use taipan_bytecode::Opcode;

/// Finds the handler of the thread's raised exception, ending frames that have none, and sets the
/// registers to it; leaves the loop with 0 when the entry frame has none.
#[cold]
#[inline(never)]
pub fn unwind(s: &mut State, mut reraise: bool) -> Flow {
    let mut propagated = false;
    loop {
        s.save();
        let thread = s.thread();
        // SAFETY: the frame is live.
        let code = unsafe { (*s.frame).code_ref() };
        let offset = code.offset_of(s.ip);
        let (op, oparg) = code.plain_instruction(offset);
        let shown = shown_origin(s, op, oparg, reraise);
        // SAFETY: the frame is live.
        unsafe { (*s.frame).ip = shown };
        // Tools are told the unit before the one that CPython would have gone on with: that of the call itself
        // where a called frame ended, else the one behind the instruction.
        let told = if propagated {
            offset.saturating_sub(1)
        } else {
            offset + op.caches()
        } as u32;
        propagated = true;
        let exception = thread.raised.get().expect("an exception is set");
        if !reraise && !super::is_shim(s.frame) {
            Traceback::add(&exception, s.frame);
        }
        drop(exception);
        unwinding::raised(s.frame, told, reraise);
        reraise = false;
        if let Some(entry) =
            taipan_bytecode::exceptiontable::lookup(&code.exceptiontable, offset as u32)
        {
            // SAFETY: the table belongs to the code, so the depth is right.
            unsafe {
                let base = Frame::stack_base(s.frame).add(entry.depth as usize);
                while s.sp > base {
                    s.sp = s.sp.sub(1);
                    (*s.frame).sp = s.sp;
                    let raw = *s.sp;
                    if !raw.is_null() && !raw.is_unbound() {
                        raw.release();
                    }
                }
                if entry.lasti {
                    s.push(Raw::small_int(code.offset_of(shown) as i64));
                }
                let exception = thread
                    .raised
                    .take()
                    .expect("kept while the stack was cleared");
                s.push_value(exception.into_value());
                s.ip = code.start.add(entry.target as usize);
                if monitoring::active() {
                    s.save();
                    let exception = s.top(0).to_value();
                    if unwinding::handled(s.frame, entry.target, &exception).is_err() {
                        reraise = true;
                        continue;
                    }
                }
            }
            return Flow::Jump;
        }
        unwinding::unwinds(s.frame, told);
        if end_frame(s) {
            return Flow::Leave(0);
        }
    }
}

/// The instruction that a frame shows while an exception comes from this one.
fn shown_origin(s: &State, op: Opcode, oparg: u8, reraise: bool) -> *const u16 {
    match op {
        // Thrown into a generator: it would have gone on behind the `yield`.
        Opcode::YIELD_VALUE | Opcode::RETURN_GENERATOR => s.ip.wrapping_add(1),
        // The handler has kept on the stack where the exception was raised first.
        Opcode::RERAISE if reraise && oparg > 0 => {
            let unit = s.top(oparg as usize - 1);
            if unit.is_int() {
                let start: *const u16 = s.frame().code_ref().start;
                start.wrapping_add(unit.as_int() as usize)
            } else {
                s.ip
            }
        }
        _ => s.ip,
    }
}

/// Ends the frame with the exception; true if it was the entry.
fn end_frame(s: &mut State) -> bool {
    let frame = s.frame;
    let thread = s.thread();
    // SAFETY: the frame is live; its caller's registers were saved at the call.
    unsafe {
        let previous = (*frame).previous;
        let entry = (*frame).returns == Returns::OutOfLoop;
        (*frame).sp = s.sp;
        thread.frame.set(previous);
        thread
            .recursion_remaining
            .set(thread.recursion_remaining.get() + 1);
        // What is dropped here may run Python code: the exception waits meanwhile.
        let pending = thread.raised.take();
        if (*frame).owner == FrameOwner::Generator {
            generator::finish(frame);
        } else {
            frame::clear(frame);
            frame::pop(thread, frame);
        }
        thread.raised.set(pending);
        if entry {
            return true;
        }
        s.frame = previous;
        s.sp = (*previous).sp;
        s.ip = (*previous).ip;
    }
    false
}

/// Drops a frame that never ran because of the raised exception.
///
/// # Safety
/// The frame is complete.
pub unsafe fn abandon(thread: &Thread, frame: *mut Frame) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        thread
            .recursion_remaining
            .set(thread.recursion_remaining.get() + 1);
        if (*frame).owner == FrameOwner::Generator {
            generator::finish(frame);
        } else {
            frame::clear(frame);
            frame::pop(thread, frame);
        }
    }
    Err(Raised)
}
