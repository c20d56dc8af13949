//! What a function does in front of `RESUME`: makes its cells and takes over those of its closure.

use super::dispatch::State;
use super::frame::Frame;
use super::ops::load;
use crate::thread::Thread;
use taipan_bytecode::Opcode;

/// Performs the prologue of a frame that is about to begin, and has it stand behind it.
///
/// # Safety
/// The frame is complete, stands at its code's start, and nobody else runs it.
pub unsafe fn run(thread: &Thread, frame: *mut Frame) {
    // SAFETY: the caller's promise; `prologue` counts such instructions only.
    unsafe {
        let code = (*frame).code_ref();
        let mut s = State {
            ip: code.start,
            sp: (*frame).sp,
            frame,
            thread,
        };
        let mut oparg = 0;
        for _ in 0..code.prologue {
            let unit = *s.ip;
            oparg = oparg << 8 | (unit >> 8) as u32;
            s.ip = s.ip.add(1);
            match Opcode::from_u8(unit as u8) {
                Some(Opcode::EXTENDED_ARG) => continue,
                Some(Opcode::MAKE_CELL) => load::make_cell(&mut s, oparg),
                _ => load::copy_free_vars(&mut s, oparg),
            };
            oparg = 0;
        }
        (*frame).ip = s.ip;
    }
}
