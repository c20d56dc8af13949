//! Interpreter frames: a head, then locals, cells and free variables, then the evaluation stack.
//!
//! Frames of calls lie on the thread's data stack; a generator's lies in the generator. A frame owns
//! its function (which owns the code; replaced code stays alive with the function) and everything in
//! its slots except words marked borrowed.

use crate::object::Ref;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::thread::Thread;
use crate::value::{Raw, Value};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum FrameOwner {
    /// On the thread's data stack.
    Thread,
    Generator,
    /// Copied to a frame object after its end.
    FrameObject,
}

/// What becomes of a frame's result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Returns {
    /// It goes to the caller's stack.
    ToCaller,
    /// It leaves the evaluation loop, which was entered with this frame.
    OutOfLoop,
    /// It is dropped: the caller's instruction has no result.
    Nowhere,
    /// It takes the place of both operands, which are on top of the caller's stack; unless it is NotImplemented:
    /// then the caller's `BINARY_OP` asks the right one. Frames that native code had inlined return so.
    Operator,
}

#[repr(C)]
pub struct Frame {
    pub code: *const Code,
    pub previous: *mut Frame,
    /// Owned.
    pub function: Raw,
    pub globals: *const Dict,
    pub builtins: *const Dict,
    /// The mapping of names of a module or class body, owned; or null.
    pub locals: Raw,
    /// The frame object that shows this frame to Python, owned; or null.
    pub frame_object: Raw,
    /// The instruction under execution, up to date whenever something can look.
    pub ip: *const u16,
    /// First free stack slot, likewise.
    pub sp: *mut Raw,
    /// Code units from `ip` to where execution goes on after a call returns.
    pub return_offset: u16,
    pub owner: FrameOwner,
    pub returns: Returns,
    /// While tools want the events of its code: the unit of the instruction executed last.
    pub traced_at: u32,
}

pub const FRAME_WORDS: usize = size_of::<Frame>() / 8;

impl Frame {
    /// The first slot: locals, then the stack.
    #[inline(always)]
    pub fn slots(this: *mut Frame) -> *mut Raw {
        // SAFETY: slots follow the head.
        unsafe { this.add(1) as *mut Raw }
    }
    #[inline(always)]
    pub fn stack_base(this: *mut Frame) -> *mut Raw {
        // SAFETY: the frame is live, so its code is.
        unsafe { Frame::slots(this).add((*(*this).code).local_count as usize) }
    }
    pub fn code_ref(&self) -> &Code {
        // SAFETY: the function keeps the code alive.
        unsafe { &*self.code }
    }
    pub fn function(&self) -> &Function {
        // SAFETY: frames always own a function.
        unsafe { &*(self.function.address() as *const Function) }
    }
    /// Offset in code units of the current instruction.
    pub fn offset(&self) -> usize {
        self.code_ref().offset_of(self.ip)
    }
    /// Line of the current instruction.
    pub fn line(&self) -> Option<i32> {
        self.code_ref().line_at(self.offset())
    }
}

/// Makes a frame on the data stack, with all locals unbound; `function` moves in.
/// `None`: the data stack is full.
///
/// # Safety
/// `function` is an owned function word.
#[inline(always)]
pub unsafe fn push(thread: &Thread, function: Raw, locals: Raw) -> Option<*mut Frame> {
    // SAFETY: the limit check keeps the frame inside the data stack.
    unsafe {
        let f = &*(function.address() as *const Function);
        let code: *const Code = f.code();
        let frame = thread.stack_top.get() as *mut Frame;
        let end = (frame as *mut Raw).add(FRAME_WORDS + (*code).frame_words());
        if end > thread.stack_limit.get() {
            return None;
        }
        thread.stack_top.set(end);
        initialize(frame, code, function, f, locals);
        Some(frame)
    }
}

/// Writes the head, and unbinds the locals.
///
/// # Safety
/// `frame` has room for a frame of `code`.
#[inline(always)]
pub unsafe fn initialize(
    frame: *mut Frame,
    code: *const Code,
    function: Raw,
    f: &Function,
    locals: Raw,
) {
    // SAFETY: the caller's promise.
    unsafe {
        unbind(frame, 0, (*code).local_count as usize);
        write_head(frame, code, function, f, locals);
    }
}

/// Locals `from..to` get no value.
///
/// # Safety
/// The frame has that many locals, and they hold nothing.
#[inline(always)]
unsafe fn unbind(frame: *mut Frame, from: usize, to: usize) {
    // SAFETY: the caller's promise. Volatile, because these loops are short: the optimizer would
    // otherwise make vector code of them, which costs more to set up than it saves.
    unsafe {
        let slots = Frame::slots(frame);
        for i in from..to {
            slots.add(i).write_volatile(Raw::UNBOUND);
        }
    }
}

#[inline(always)]
unsafe fn write_head(
    frame: *mut Frame,
    code: *const Code,
    function: Raw,
    f: &Function,
    locals: Raw,
) {
    // SAFETY: the caller's promise.
    unsafe {
        frame.write(Frame {
            code,
            previous: std::ptr::null_mut(),
            function,
            globals: &*f.globals,
            builtins: &*f.builtins,
            locals,
            frame_object: Raw::NULL,
            ip: (*code).start,
            sp: Frame::slots(frame).add((*code).local_count as usize),
            return_offset: 0,
            owner: FrameOwner::Thread,
            returns: Returns::ToCaller,
            traced_at: 0,
        });
    }
}

/// The frame of a call whose arguments are exactly the parameters: the words `first[..count]` and the
/// function's word move in. `None`: the data stack is full or the recursion limit is reached; nothing has
/// happened then.
///
/// # Safety
/// `function` and the arguments are words of the caller's stack; the code has `count` parameters.
#[inline(always)]
pub unsafe fn push_exact(
    thread: &Thread,
    function: Raw,
    first: *mut Raw,
    count: usize,
) -> Option<*mut Frame> {
    // SAFETY: the limit check keeps the frame inside the data stack.
    unsafe {
        let f = &*(function.address() as *const Function);
        let code: *const Code = f.code();
        let frame = thread.stack_top.get() as *mut Frame;
        let end = (frame as *mut Raw).add(FRAME_WORDS + (*code).frame_words());
        let remaining = thread.recursion_remaining.get() - 1;
        if end > thread.stack_limit.get() || remaining < 0 {
            return None;
        }
        thread.stack_top.set(end);
        thread.recursion_remaining.set(remaining);
        let slots = Frame::slots(frame);
        for i in 0..count {
            *slots.add(i) = (*first.add(i)).owned();
        }
        unbind(frame, count, (*code).local_count as usize);
        write_head(frame, code, function.owned(), f, Raw::NULL);
        Some(frame)
    }
}

/// Makes a frame of a function and its first arguments, whose references move in, in memory that is anyone's.
///
/// # Safety
/// There is room for a frame of the function's code, which has at least so many variables.
pub unsafe fn begin(frame: *mut Frame, function: Raw, arguments: &[Raw]) {
    // SAFETY: the caller's promise.
    unsafe {
        let f = &*(function.address() as *const Function);
        let code: *const Code = f.code();
        write_head(frame, code, function, f, Raw::NULL);
        let slots = Frame::slots(frame);
        std::ptr::copy_nonoverlapping(arguments.as_ptr(), slots, arguments.len());
        unbind(frame, arguments.len(), (*code).local_count as usize);
    }
}

/// Ends a frame: hands it to its frame object if there is one, else drops what it holds. The thread
/// is already in the previous frame.
///
/// # Safety
/// The frame is complete, and nobody runs it any more; `sp` says which stack slots are filled.
#[inline(always)]
pub unsafe fn clear(frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        if !(*frame).frame_object.is_null() && crate::objects::frame::hand_over(frame) {
            return;
        }
        // Last first, as CPython does: finalizers can tell.
        let first = Frame::slots(frame);
        let mut slot = (*frame).sp;
        while slot > first {
            slot = slot.sub(1);
            (*slot).release();
        }
        if !(*frame).locals.is_null() {
            (*frame).locals.release();
        }
        (*frame).function.release();
    }
}

/// Ends a frame of the data stack that returned: the thread is in the previous frame then.
///
/// # Safety
/// The frame is the thread's innermost one; `sp` says which stack slots are filled.
pub unsafe fn finish(thread: &Thread, frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        thread.frame.set((*frame).previous);
        thread
            .recursion_remaining
            .set(thread.recursion_remaining.get() + 1);
        clear(frame);
        pop(thread, frame);
    }
}

/// Gives the frame's memory on the data stack back.
#[inline(always)]
pub fn pop(thread: &Thread, frame: *mut Frame) {
    thread.stack_top.set(frame as *mut Raw);
}

/// The names and values of a frame's variables as Python sees them; cells are looked into.
pub fn variables(frame: *mut Frame) -> Vec<(Ref<crate::objects::str::Str>, Option<Value>)> {
    // SAFETY: the frame is live.
    let code = unsafe { (*frame).code_ref() };
    let kinds = &code.localspluskinds;
    (0..code.local_count as usize)
        .filter(|&i| !kinds[i].contains(taipan_bytecode::LocalKind::HIDDEN) || !is_unset(frame, i))
        .map(|i| (code.locals[i].clone(), variable(frame, i)))
        .collect()
}

/// The namespace of a module's or a class's frame, if that has all its variables: an inlined comprehension
/// that runs has more.
pub fn namespace(frame: *mut Frame) -> Option<Value> {
    // SAFETY: the frame is live or stored.
    let (code, locals) = unsafe { ((*frame).code_ref(), (*frame).locals) };
    if locals.is_null() || code.flags.contains(taipan_bytecode::CodeFlags::OPTIMIZED) {
        return None;
    }
    let kinds = &code.localspluskinds;
    let hidden = kinds
        .iter()
        .enumerate()
        .any(|(i, kind)| kind.contains(taipan_bytecode::LocalKind::HIDDEN) && !is_unset(frame, i));
    (!hidden).then(|| locals.to_value())
}

fn is_unset(frame: *mut Frame, index: usize) -> bool {
    variable(frame, index).is_none()
}

/// One variable, looked into if it is a cell.
pub fn variable(frame: *mut Frame, index: usize) -> Option<Value> {
    use taipan_bytecode::LocalKind;
    // SAFETY: the frame is live and the index is below the count.
    unsafe {
        let code = (*frame).code_ref();
        let raw = *Frame::slots(frame).add(index);
        if raw.is_unbound() || raw.is_null() {
            // Before `COPY_FREE_VARS` the closure has it.
            return None;
        }
        let kind = code.localspluskinds[index];
        if kind.intersects(LocalKind::CELL | LocalKind::FREE)
            && let Some(cell) = raw
                .peek()
                .downcast_exact::<crate::objects::cell::CellObject>()
        {
            return cell.get();
        }
        Some(raw.to_value())
    }
}
