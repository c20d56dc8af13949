//! Jumps, returns and polls.

use crate::interpreter::dispatch::{self, Flow, State, handle_poll, poll_needed};
use crate::value::Value;
use taipan_bytecode::Opcode;

pub fn illegal(s: &mut State, _oparg: u32) -> Flow {
    // SAFETY: the instruction pointer names an instruction.
    unreachable!("instruction {} in code under execution", unsafe { *s.ip }
        as u8)
}

/// Specialized forms that the interpreter never installs.
pub fn generic(_s: &mut State, _oparg: u32) -> Flow {
    Flow::Generic
}

#[inline(always)]
pub fn nop(_s: &mut State, _oparg: u32) -> Flow {
    Flow::Next
}

#[inline(always)]
pub fn return_value(s: &mut State, _oparg: u32) -> Flow {
    let value = s.pop().owned();
    dispatch::return_value(s, value)
}

#[inline(always)]
pub fn resume(s: &mut State, oparg: u32) -> Flow {
    if poll_needed() || (oparg & 3 == 0 && !crate::tier::count_entry(s)) {
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
    }
    if oparg & 3 == 0 {
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

macro_rules! pop_jump {
    ($name:ident, $slow:ident, $op:ident, $word:ident, $other:ident, $truth:expr) => {
        #[inline(always)]
        pub fn $name(s: &mut State, oparg: u32) -> Flow {
            let raw = s.pop();
            if raw == Value::$word().raw() {
                return jump(s, Opcode::$op, oparg as isize);
            }
            if raw == Value::$other().raw() {
                return Flow::Next;
            }
            s.push(raw);
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
    true_,
    false_,
    true
);
pop_jump!(
    pop_jump_if_false,
    pop_jump_if_false_slow,
    POP_JUMP_IF_FALSE,
    false_,
    true_,
    false
);

#[inline(always)]
pub fn pop_jump_if_none(s: &mut State, oparg: u32) -> Flow {
    let raw = s.pop();
    if raw.unborrowed() == Value::none().raw() {
        return jump(s, Opcode::POP_JUMP_IF_NONE, oparg as isize);
    }
    if raw.is_owned_pointer() {
        return Flow::Release(raw);
    }
    Flow::Next
}

#[inline(always)]
pub fn pop_jump_if_not_none(s: &mut State, oparg: u32) -> Flow {
    let raw = s.pop();
    if raw.unborrowed() == Value::none().raw() {
        return Flow::Next;
    }
    if raw.is_owned_pointer() {
        s.save();
        raw.release();
    }
    jump(s, Opcode::POP_JUMP_IF_NOT_NONE, oparg as isize)
}
