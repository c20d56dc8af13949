//! What an exit writes, as data: native code only stores the values that it has in registers to a buffer.
//!
//! Exits are many and rarely taken, so each is as short as can be; the frames are written here.

use crate::hir::Rep;
use taipan_vm::interpreter::frame::{Frame, FrameOwner, Returns};
use taipan_vm::object::Header;
use taipan_vm::objects::function::Function;
use taipan_vm::thread::Thread;
use taipan_vm::tier::Unshown;
use taipan_vm::value::{Raw, Value};

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source {
    /// Index in the buffer, and how the value is carried there.
    Buffer(u16, Rep),
    Word(u64),
    Float(f64),
}

/// Where a value goes, in bytes.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// From the unit's own frame.
    Own(u32),
    /// From the thread's stack top, where inlined frames lie.
    Inlined(u32),
}

/// What becomes of the reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    /// It moves, if it is one.
    Moved,
    /// Nobody has counted it yet.
    Counted,
    Borrowed,
}

#[derive(Clone, Copy, Debug)]
pub struct Write {
    pub source: Source,
    pub place: Place,
    pub keep: Keep,
    /// The function of an inlined frame: no stack slot.
    pub is_function: bool,
}

/// The registers of a frame, and for inlined ones the constant part of the head.
#[derive(Clone, Copy, Debug)]
pub struct Registers {
    pub frame: Place,
    pub ip: u64,
    /// Bytes from the head to the first stack slot, and how many are filled.
    pub stack_offset: u32,
    pub filled: u32,
    /// Of the instruction at `ip`, while it calls.
    pub return_offset: u16,
    /// Of an inlined frame.
    pub code: u64,
    pub returns: Returns,
}

#[derive(Debug, Default)]
pub struct ExitPlan {
    /// The number of the unit in the upper half, of its exit in the lower.
    pub exit: u64,
    pub dirty: Box<[Write]>,
    pub stack: Box<[Write]>,
    /// The innermost frame first, the unit's own last.
    pub frames: Box<[Registers]>,
    /// Bytes from the thread's stack top to the end of the innermost frame.
    pub end_offset: u32,
    pub pending: Box<[Source]>,
}

/// What a plan is carried out on.
#[derive(Clone, Copy)]
pub struct Native<'a> {
    pub frame: *mut Frame,
    pub thread: &'a Thread,
    pub buffer: *const u64,
}

impl Native<'_> {
    unsafe fn address(&self, top: *mut Raw, place: Place) -> *mut u8 {
        // SAFETY: places lie in the unit's frame, or in the room that its entry made sure of.
        unsafe {
            match place {
                Place::Own(offset) => (self.frame as *mut u8).add(offset as usize),
                Place::Inlined(offset) => (top as *mut u8).add(offset as usize),
            }
        }
    }

    /// The word; for a float that needs an object `None`, unless there may be one.
    unsafe fn word(&self, source: Source, objects: bool) -> Option<Raw> {
        let float = |float: f64| match Raw::try_float(float) {
            Some(raw) => Some(raw),
            None if objects => Some(Value::float(float).into_raw()),
            None => None,
        };
        match source {
            Source::Word(word) => Some(Raw(word)),
            Source::Float(value) => float(value),
            Source::Buffer(index, rep) => {
                // SAFETY: native code has filled the buffer.
                let bits = unsafe { *self.buffer.add(index as usize) };
                match rep {
                    Rep::F64 => float(f64::from_bits(bits)),
                    Rep::Truth if bits & 1 != 0 => Some(Value::true_().raw()),
                    Rep::Truth => Some(Value::false_().raw()),
                    Rep::Word | Rep::Nothing => Some(Raw(bits)),
                }
            }
        }
    }
}

/// What it takes to write the frames while an object dies.
#[repr(C)]
struct Showing<'a> {
    unshown: Unshown,
    plan: &'a ExitPlan,
    native: &'a Native<'a>,
}

impl Showing<'_> {
    unsafe fn show(unshown: *const Unshown) {
        // SAFETY: it is the first field of one that `destroy` holds.
        unsafe {
            let showing = &*(unshown as *const Showing);
            showing.plan.show(*showing.native);
        }
    }
}

impl ExitPlan {
    /// Writes what the interpreter needs to go on in the innermost frame.
    ///
    /// # Safety
    /// The plan is that of the exit at which native code stands, and inlined frames are not published.
    pub unsafe fn leave(&self, native: Native) {
        // SAFETY: the caller's promise.
        unsafe { self.write_frames(native, false) }
    }

    /// The same. Where code has seen the frames meanwhile, their variables are theirs: it may have written them.
    unsafe fn write_frames(&self, native: Native, seen: bool) {
        // SAFETY: the caller's promise.
        unsafe {
            let top = native.thread.stack_top.get();
            for write in &self.dirty {
                if seen && native.word(write.source, false).is_some() {
                    continue;
                }
                let word = native.word(write.source, true).unwrap_or(Raw::UNBOUND);
                *(native.address(top, write.place) as *mut Raw) = word;
            }
            for write in &self.stack {
                let mut word = native.word(write.source, true).unwrap_or(Raw::NULL);
                match write.keep {
                    Keep::Counted if word.is_pointer() => word.header().incref(),
                    Keep::Borrowed => word = word.borrowed(),
                    Keep::Moved | Keep::Counted => {}
                }
                *(native.address(top, write.place) as *mut Raw) = word;
            }
            self.write_heads(native, true);
            for source in &self.pending {
                if let Some(word) = native.word(*source, false) {
                    word.release();
                }
            }
        }
    }

    /// Destroys an object whose count is zero; frames are written only if a finalizer or callback can look at
    /// them. True when Python code has run meanwhile: then native code has left.
    ///
    /// # Safety
    /// As for [`ExitPlan::leave`]; nobody else has the object.
    pub unsafe fn destroy(&self, native: &Native, object: *mut Header) -> bool {
        let showing = Showing {
            unshown: Unshown {
                show: Showing::show,
            },
            plan: self,
            native,
        };
        let thread = native.thread;
        let top = thread.stack_top.get();
        let before = thread.unshown.replace(&showing.unshown);
        let runs = crate::helpers::runs();
        // SAFETY: the caller's promise.
        unsafe {
            taipan_vm::memory::dealloc(object);
            let shown = !std::ptr::eq(thread.unshown.replace(before), &showing.unshown);
            if !shown {
                return false;
            }
            thread.frame.set(native.frame);
            thread.stack_top.set(top);
            let remaining = &thread.recursion_remaining;
            remaining.set(remaining.get() + self.frames.len() as i32 - 1);
            let ran = crate::helpers::runs() != runs;
            if ran {
                self.write_frames(*native, true);
            }
            ran
        }
    }

    /// Writes frames for code that only looks: stacks are empty, and a rare float keeps its old value.
    unsafe fn show(&self, native: Native) {
        // SAFETY: the caller's promise.
        unsafe {
            let top = native.thread.stack_top.get();
            let functions = self.stack.iter().filter(|w| w.is_function);
            for write in self.dirty.iter().chain(functions) {
                if let Some(word) = native.word(write.source, false) {
                    *(native.address(top, write.place) as *mut Raw) = word;
                }
            }
            self.write_heads(native, false);
            // Native code goes on behind the instruction that drops the object: that is what the frame shows.
            let innermost = native.thread.frame.get();
            if (*innermost).ip > (*(*innermost).code).start as *const u16 {
                (*innermost).ip = (*innermost).ip.sub(1);
            }
        }
    }

    /// Writes the registers of all frames and the heads of inlined ones, and makes the innermost one the
    /// thread's.
    unsafe fn write_heads(&self, native: Native, stacks: bool) {
        // SAFETY: the caller's promise; the functions of inlined frames are in their heads.
        unsafe {
            let top = native.thread.stack_top.get();
            for (i, registers) in self.frames.iter().enumerate() {
                let frame = native.address(top, registers.frame) as *mut Frame;
                let filled = if stacks { registers.filled } else { 0 };
                let sp = registers.stack_offset + 8 * filled;
                (*frame).ip = registers.ip as *const u16;
                (*frame).sp = (frame as *mut u8).add(sp as usize) as *mut Raw;
                if i > 0 {
                    (*frame).return_offset = registers.return_offset;
                }
                let Some(caller) = self.frames.get(i + 1) else {
                    break;
                };
                let function = &*((*frame).function.address() as *const Function);
                (*frame).code = registers.code as *const _;
                (*frame).previous = native.address(top, caller.frame) as *mut Frame;
                (*frame).globals = &*function.globals;
                (*frame).builtins = &*function.builtins;
                (*frame).locals = Raw::NULL;
                (*frame).owner = FrameOwner::Thread;
                (*frame).returns = registers.returns;
            }
            if let [innermost, _, ..] = &*self.frames {
                let thread = native.thread;
                let frame = native.address(top, innermost.frame) as *mut Frame;
                thread.frame.set(frame);
                let end = (top as *mut u8).add(self.end_offset as usize);
                thread.stack_top.set(end as *mut Raw);
                let remaining = thread.recursion_remaining.get();
                let depth = self.frames.len() as i32 - 1;
                thread.recursion_remaining.set(remaining - depth);
            }
        }
    }
}
