//! Jumps, returns and polls.

use crate::interpreter::dispatch::{self, Flow, State, handle_poll, poll_needed};
use crate::interpreter::frame::{self, Frame, FrameOwner, Returns};
use crate::monitoring;
use crate::value::Raw;
use taipan_bytecode::Opcode;

pub fn illegal(s: &mut State, _oparg: u32) -> Flow {
    let code = s.frame().code_ref();
    // SAFETY: the instruction pointer names an instruction.
    let op = unsafe { *s.ip } as u8;
    unreachable!(
        "instruction {op} at unit {} of {} in execution",
        code.offset_of(s.ip),
        code.qualname
    )
}

/// Specialized forms that the interpreter never installs.
pub fn generic(_s: &mut State, _oparg: u32) -> Flow {
    Flow::Generic
}

#[inline(always)]
pub fn nop(_s: &mut State, _oparg: u32) -> Flow {
    Flow::Next
}

/// An ordinary return to Python code, of a frame that only shares what it holds.
#[inline(always)]
pub fn return_value(s: &mut State, _oparg: u32) -> Flow {
    let frame = s.frame;
    // SAFETY: the frame is live, and the frame that called it.
    unsafe {
        if (*frame).owner != FrameOwner::Thread
            || (*frame).returns != Returns::ToCaller
            || !(*frame).frame_object.is_null()
            || !(*frame).locals.is_null()
        {
            return Flow::Generic;
        }
        let mut slot = Frame::slots(frame);
        let top = s.sp.sub(1);
        while slot < top {
            if !(*slot).release_if_shared() {
                return Flow::Generic;
            }
            *slot = Raw::NULL;
            slot = slot.add(1);
        }
        if !(*frame).function.release_if_shared() {
            return Flow::Generic;
        }
        let value = (*top).owned();
        let thread = s.thread();
        let previous = (*frame).previous;
        thread.frame.set(previous);
        thread
            .recursion_remaining
            .set(thread.recursion_remaining.get() + 1);
        frame::pop(thread, frame);
        s.frame = previous;
        s.sp = (*previous).sp;
        s.push(value);
        s.ip = (*previous).ip.add((*previous).return_offset as usize);
    }
    Flow::Jump
}

pub fn return_value_slow(s: &mut State, _oparg: u32) -> Flow {
    let value = s.pop().owned();
    // A frame object that outlives the frame says where it ended.
    if !s.frame().frame_object.is_null() {
        s.save();
    }
    dispatch::return_value(s, value)
}

/// Of `RESUME`: may native code begin behind it? (At the start of code, and behind a `yield`.)
#[inline(always)]
fn enters(oparg: u32) -> bool {
    oparg & 3 <= 1
}

#[inline(always)]
pub fn resume(s: &mut State, oparg: u32) -> Flow {
    if poll_needed() || (enters(oparg) && !crate::tier::count_entry(s)) {
        return Flow::Generic;
    }
    Flow::Next
}

/// Polls, and asks the compiling tier.
pub fn resume_slow(s: &mut State, oparg: u32) -> Flow {
    if poll_needed() {
        s.save();
        if handle_poll().is_err() {
            return Flow::Raise;
        }
        if monitoring::active() && !s.thread().tracing.get() {
            let code = s.frame().code_ref();
            if code.monitor().refresh(code) {
                return Flow::Jump;
            }
        }
    }
    if enters(oparg) {
        return crate::tier::ask(s, None);
    }
    Flow::Next
}

#[inline(always)]
fn jump(s: &mut State, op: Opcode, units: isize) -> Flow {
    // SAFETY: jump targets of verified code are instructions.
    s.ip = unsafe { s.ip.offset(1 + op.caches() as isize + units) };
    Flow::Jump
}

#[inline(always)]
pub fn jump_forward(s: &mut State, oparg: u32) -> Flow {
    jump(s, Opcode::JUMP_FORWARD, oparg as isize)
}

#[inline(always)]
pub fn jump_backward_no_interrupt(s: &mut State, oparg: u32) -> Flow {
    jump(s, Opcode::JUMP_BACKWARD_NO_INTERRUPT, -(oparg as isize))
}

#[inline(always)]
pub fn jump_backward(s: &mut State, oparg: u32) -> Flow {
    if poll_needed() || !crate::tier::count_entry(s) {
        return Flow::Generic;
    }
    jump(s, Opcode::JUMP_BACKWARD, -(oparg as isize))
}

/// A back edge to a header that native code can't begin at.
#[inline(always)]
pub fn jump_backward_no_jit(s: &mut State, oparg: u32) -> Flow {
    if poll_needed() {
        return Flow::Generic;
    }
    jump(s, Opcode::JUMP_BACKWARD, -(oparg as isize))
}

/// Polls, and asks the compiling tier.
pub fn jump_backward_slow(s: &mut State, oparg: u32) -> Flow {
    if poll_needed() {
        s.save();
        if handle_poll().is_err() {
            return Flow::Raise;
        }
    }
    let from = s.ip;
    jump(s, Opcode::JUMP_BACKWARD, -(oparg as isize));
    crate::tier::ask(s, Some(from))
}

/// Behind a branch that is not taken: the compiler puts a marker there that does nothing.
#[inline(always)]
fn fall_through(s: &mut State, units: usize) -> Flow {
    // SAFETY: a branch is never the last instruction.
    unsafe {
        s.ip = s.ip.add(units);
        if *s.ip as u8 == Opcode::NOT_TAKEN as u8 {
            s.ip = s.ip.add(1);
        }
    }
    Flow::Jump
}

/// Finishes a test of `length` units (caches included) whose answer goes on top of the stack; where a branch
/// follows that takes it, takes the branch instead.
#[inline(always)]
pub fn answer(s: &mut State, length: usize, truth: bool) -> Flow {
    const BRANCH: usize = 1 + Opcode::POP_JUMP_IF_FALSE.caches();
    // SAFETY: an instruction follows.
    let next = unsafe { *s.ip.add(length) };
    let wanted = match next as u8 {
        op if op == Opcode::POP_JUMP_IF_FALSE as u8 => false,
        op if op == Opcode::POP_JUMP_IF_TRUE as u8 => true,
        _ => {
            s.push(Raw::bool(truth));
            return Flow::Next;
        }
    };
    if truth == wanted {
        // SAFETY: jump targets of verified code are instructions.
        s.ip = unsafe { s.ip.add(length + BRANCH + (next >> 8) as usize) };
        return Flow::Jump;
    }
    fall_through(s, length + BRANCH)
}

macro_rules! pop_jump {
    ($name:ident, $slow:ident, $op:ident, $truth:literal) => {
        #[inline(always)]
        pub fn $name(s: &mut State, oparg: u32) -> Flow {
            let raw = s.top(0);
            if raw == Raw::bool($truth) {
                s.drop_slots(1);
                return jump(s, Opcode::$op, oparg as isize);
            }
            if raw == Raw::bool(!$truth) {
                s.drop_slots(1);
                return fall_through(s, 1 + Opcode::$op.caches());
            }
            Flow::Generic
        }

        /// The compiler converts to bool first; hand-made code may not.
        pub fn $slow(s: &mut State, oparg: u32) -> Flow {
            let raw = s.pop();
            s.save();
            let truth = crate::abstract_ops::is_true(&raw.peek());
            raw.release();
            match truth {
                Ok(truth) if truth == $truth => jump(s, Opcode::$op, oparg as isize),
                Ok(_) => Flow::Next,
                Err(_) => Flow::Raise,
            }
        }
    };
}

pop_jump!(
    pop_jump_if_true,
    pop_jump_if_true_slow,
    POP_JUMP_IF_TRUE,
    true
);
pop_jump!(
    pop_jump_if_false,
    pop_jump_if_false_slow,
    POP_JUMP_IF_FALSE,
    false
);

#[inline(always)]
pub fn pop_jump_if_none(s: &mut State, oparg: u32) -> Flow {
    let raw = s.top(0);
    if raw.unborrowed() == Raw::none() {
        s.drop_slots(1);
        return jump(s, Opcode::POP_JUMP_IF_NONE, oparg as isize);
    }
    if !raw.release_if_shared() {
        return Flow::Generic;
    }
    s.drop_slots(1);
    fall_through(s, 1 + Opcode::POP_JUMP_IF_NONE.caches())
}

/// The last reference to what is no `None`.
pub fn pop_jump_if_none_slow(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    Flow::Release(s.pop())
}

#[inline(always)]
pub fn pop_jump_if_not_none(s: &mut State, oparg: u32) -> Flow {
    let raw = s.top(0);
    if raw.unborrowed() == Raw::none() {
        s.drop_slots(1);
        return fall_through(s, 1 + Opcode::POP_JUMP_IF_NOT_NONE.caches());
    }
    if !raw.release_if_shared() {
        return Flow::Generic;
    }
    s.drop_slots(1);
    jump(s, Opcode::POP_JUMP_IF_NOT_NONE, oparg as isize)
}

/// Likewise.
pub fn pop_jump_if_not_none_slow(s: &mut State, oparg: u32) -> Flow {
    let raw = s.pop();
    s.save();
    raw.release();
    jump(s, Opcode::POP_JUMP_IF_NOT_NONE, oparg as isize)
}
