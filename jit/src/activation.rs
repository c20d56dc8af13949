//! The frames of a unit: its own, which the interpreter or a caller pushed, and those of calls that were inlined.
//!
//! An inlined frame has its place in the thread's data stack, where a call would have pushed it, but nobody
//! sees it there until it is published: before anything that may look at frames or run Python code. Its
//! variables that are counted references live in its slots, as in any frame.
//!
//! Variables and stack slots of all frames are numbered through, the outermost first: a frame begins at its
//! `local_base` and `stack_base`. The stack slot before `stack_base` is the called function, which the frame's
//! head takes over when it is published.

use crate::compile::CodeFacts;
use taipan_vm::interpreter::frame::{Frame, FrameOwner};
use taipan_vm::objects::function::Function;
use taipan_vm::thread::Thread;
use taipan_vm::value::Raw;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ActivationId(pub u32);

impl ActivationId {
    /// The unit's own frame.
    pub const UNIT: ActivationId = ActivationId(0);
}

#[derive(Clone, Debug)]
pub struct Activation {
    /// Of the caller; `None` for the unit's own.
    pub parent: Option<ActivationId>,
    pub code: CodeFacts,
    /// Of the code object: it lives while the function's guarded version is the function's.
    pub code_address: u64,
    /// Words behind the frame's head.
    pub frame_words: usize,
    pub name: String,
    pub local_base: usize,
    pub stack_base: usize,
    /// Bytes from the thread's stack top at the unit's entry.
    pub frame_offset: usize,
    /// The caller's instruction, in code units, and from it to where the caller goes on.
    pub call_unit: u32,
    pub return_offset: u16,
    /// How many frames there are below, up to the unit's own.
    pub depth: u32,
    /// The frame between the caller of a class and its `__init__`, which waits for None and returns the object.
    pub is_shim: bool,
}

impl Activation {
    /// Bytes from the thread's stack top at the unit's entry to this frame's end.
    pub fn end_offset(&self) -> usize {
        match self.parent {
            Some(_) => self.frame_offset + size_of::<Frame>() + 8 * self.frame_words,
            None => 0,
        }
    }
}

/// What it takes to publish an inlined frame on an exit, and the registers of its caller.
pub struct Publication {
    /// Bytes from the thread's stack top at the unit's entry.
    pub frame_offset: usize,
    pub end_offset: usize,
    pub code: u64,
    pub ip: u64,
    /// Bytes from the frame's head.
    pub sp_offset: usize,
    /// `None`: the caller is the unit's own frame.
    pub caller_offset: Option<usize>,
    pub caller_ip: u64,
    pub caller_sp_offset: usize,
    pub return_offset: u16,
}

impl Publication {
    /// Writes the heads of frames, given innermost first, and makes the innermost one the thread's.
    ///
    /// # Safety
    /// `frame` is the unit's own, `top` the thread's stack top; each frame's function lies in its head.
    pub unsafe fn publish(list: &[Publication], frame: *mut Frame, thread: &Thread, top: *mut u8) {
        // SAFETY: the unit's entry made sure that there is room.
        unsafe {
            for p in list {
                let this = top.add(p.frame_offset) as *mut Frame;
                let caller = match p.caller_offset {
                    None => frame,
                    Some(offset) => top.add(offset) as *mut Frame,
                };
                let function = &*((*this).function.address() as *const Function);
                (*this).code = p.code as *const _;
                (*this).previous = caller;
                (*this).globals = &*function.globals;
                (*this).builtins = &*function.builtins;
                (*this).locals = Raw::NULL;
                (*this).ip = p.ip as *const u16;
                (*this).sp = (this as *mut u8).add(p.sp_offset) as *mut Raw;
                (*this).owner = FrameOwner::Thread;
                (*this).entry = false;
                (*caller).ip = p.caller_ip as *const u16;
                (*caller).sp = (caller as *mut u8).add(p.caller_sp_offset) as *mut Raw;
                (*caller).return_offset = p.return_offset;
            }
            if let Some(innermost) = list.first() {
                thread
                    .frame
                    .set(top.add(innermost.frame_offset) as *mut Frame);
                thread
                    .stack_top
                    .set(top.add(innermost.end_offset) as *mut Raw);
                let left = thread.recursion_remaining.get() - list.len() as i32;
                thread.recursion_remaining.set(left);
            }
        }
    }
}
