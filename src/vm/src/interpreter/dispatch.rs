//! From one instruction to the next.
//!
//! The body of each instruction is an inlined function over [`State`] that says how to go on
//! ([`Flow`]). Two drivers run the same bodies: in optimized builds each body becomes a function that
//! ends by calling the next one through a table, which the compiler turns into a jump (all state is in
//! six argument registers); other builds run them in one loop. Measured against one big `match`, the
//! tail calls take little more than half the time.

use super::frame::{self, Frame, Returns};
use super::ops::{
    arith, attr, build, call, compare, control, exception, generator, import, iter, load, pattern,
    subscr,
};
use super::{poll, unwind};
use crate::abstract_ops::operator_method;
use crate::exceptions::{PyResult, Raised};
use crate::monitoring::trap;
use crate::thread::{Thread, thread};
use crate::value::{Raw, Value};
use taipan_bytecode::Opcode;

/// The registers of the interpreter.
pub struct State {
    /// The instruction under execution.
    pub ip: *const u16,
    /// First free stack slot.
    pub sp: *mut Raw,
    pub frame: *mut Frame,
    pub thread: *const Thread,
}

/// How to go on after an instruction.
pub enum Flow {
    /// With the instruction behind this one.
    Next,
    /// With the instruction at `ip`.
    Jump,
    /// With the generic form of this specialized instruction.
    Generic,
    /// An exception was raised.
    Raise,
    /// An exception goes on that this frame already stands in the traceback of.
    Reraise,
    /// Drop this owned word, then the instruction behind this one.
    Release(Raw),
    /// Drop these two words if owned, the first one first, then the instruction behind this one.
    ReleaseBoth(Raw, Raw),
    /// Out of the loop, with a result word.
    Leave(u64),
}

impl State {
    #[inline(always)]
    pub fn top(&self, depth: usize) -> Raw {
        // SAFETY: the compiler (or the verifier) made sure of the stack's depth.
        unsafe { *self.sp.sub(1 + depth) }
    }
    #[inline(always)]
    pub fn set_top(&mut self, depth: usize, raw: Raw) {
        // SAFETY: as above.
        unsafe { *self.sp.sub(1 + depth) = raw }
    }
    #[inline(always)]
    pub fn push(&mut self, raw: Raw) {
        // SAFETY: as above.
        unsafe {
            *self.sp = raw;
            self.sp = self.sp.add(1);
        }
    }
    #[inline(always)]
    pub fn push_value(&mut self, value: Value) {
        self.push(value.into_raw());
    }
    #[inline(always)]
    pub fn pop(&mut self) -> Raw {
        // SAFETY: as above.
        unsafe {
            self.sp = self.sp.sub(1);
            *self.sp
        }
    }
    #[inline(always)]
    pub fn drop_slots(&mut self, count: usize) {
        // SAFETY: as above.
        self.sp = unsafe { self.sp.sub(count) };
    }
    #[inline(always)]
    pub fn local(&self, index: u32) -> *mut Raw {
        // SAFETY: operands of code that runs are in range.
        unsafe { Frame::slots(self.frame).add(index as usize) }
    }
    #[inline(always)]
    pub fn frame(&self) -> &Frame {
        // SAFETY: the frame under execution is live.
        unsafe { &*self.frame }
    }
    #[inline(always)]
    pub fn thread(&self) -> &'static Thread {
        // SAFETY: threads' states live until process exit.
        unsafe { &*self.thread }
    }
    /// Writes the registers back, so that others can see where this frame is.
    ///
    /// Each by itself: bodies that are not inlined find the registers in memory, just stored one by one, and one wide
    /// load of both would wait until the stores are through. Volatile stores are not put together.
    #[inline(always)]
    pub fn save(&self) {
        // SAFETY: the frame is live.
        unsafe {
            (&raw mut (*self.frame).ip).write_volatile(self.ip);
            (&raw mut (*self.frame).sp).write_volatile(self.sp);
        }
    }
    /// A unit of the inline cache, counted from 0.
    #[inline(always)]
    pub fn cache16(&self, unit: usize) -> u16 {
        // SAFETY: caches follow the instruction.
        unsafe { *self.ip.add(1 + unit) }
    }
    #[inline(always)]
    pub fn cache32(&self, unit: usize) -> u32 {
        // SAFETY: as above; caches are not aligned to more than 2.
        unsafe { (self.ip.add(1 + unit) as *const u32).read_unaligned() }
    }
    #[inline(always)]
    pub fn cache64(&self, unit: usize) -> u64 {
        // SAFETY: as above.
        unsafe { (self.ip.add(1 + unit) as *const u64).read_unaligned() }
    }
    /// Finishes an instruction whose result replaces `count` stack slots.
    #[inline(always)]
    pub fn replace(&mut self, count: usize, result: PyResult) -> Flow {
        match result {
            Ok(value) => {
                for i in 0..count {
                    let raw = self.top(i);
                    // The slots stay filled while dropping can run code, but nobody may drop them twice.
                    self.set_top(i, Raw::NULL);
                    raw.release();
                }
                self.drop_slots(count);
                self.push_value(value);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
    /// Finishes an instruction without result that takes `count` stack slots.
    #[inline(always)]
    pub fn consume(&mut self, count: usize, result: PyResult<()>) -> Flow {
        match result {
            Ok(()) => {
                for i in 0..count {
                    let raw = self.top(i);
                    self.set_top(i, Raw::NULL);
                    raw.release();
                }
                self.drop_slots(count);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

#[cfg(not(debug_assertions))]
type Handler = unsafe fn(*const u16, *mut Raw, u64, *mut Frame, *const Thread) -> u64;

/// Goes on at `ip`.
#[cfg(not(debug_assertions))]
macro_rules! dispatch {
    ($ip:expr, $sp:expr, $frame:expr, $thread:expr) => {{
        let ip: *const u16 = $ip;
        let word = *ip;
        return HANDLERS[(word & 0xFF) as usize](ip, $sp, (word >> 8) as u64, $frame, $thread);
    }};
}

/// One handler, by the kind of its body.
///
/// *fast*: the body is inlined whole, and nothing of it lets the address of a local escape (not even a
/// `&Value` of a stack word), or the call at the end would not become a jump. Its rare paths are
/// `Flow::Generic`: the generic instruction, or the slow body that is named behind it.
///
/// *slow*: the body runs in a function of its own, which hands back two registers; the frame is the
/// thread's.
#[cfg(not(debug_assertions))]
macro_rules! handler {
    ($op:ident fast $body:path) => {
        pub unsafe fn $op(ip: *const u16, sp: *mut Raw, oparg: u64, frame: *mut Frame, thread: *const Thread) -> u64 {
            handler!(@inline $op $body, handler_of(Opcode::$op.deopt()), ip, sp, oparg, frame, thread)
        }
    };
    ($op:ident fast $body:path, $slow:path) => {
        pub unsafe fn $op(ip: *const u16, sp: *mut Raw, oparg: u64, frame: *mut Frame, thread: *const Thread) -> u64 {
            #[cold]
            #[inline(never)]
            unsafe fn slow(ip: *const u16, sp: *mut Raw, oparg: u64, frame: *mut Frame, thread: *const Thread) -> u64 {
                handler!(@outline $op $slow, ip, sp, oparg, frame, thread)
            }
            handler!(@inline $op $body, slow, ip, sp, oparg, frame, thread)
        }
    };
    ($op:ident slow $body:path) => {
        #[inline(never)]
        pub unsafe fn $op(ip: *const u16, sp: *mut Raw, oparg: u64, frame: *mut Frame, thread: *const Thread) -> u64 {
            handler!(@outline $op $body, ip, sp, oparg, frame, thread)
        }
    };
    (@inline $op:ident $body:path, $generic:expr, $ip:ident, $sp:ident, $oparg:ident, $frame:ident, $thread:ident) => {{
        let mut state = State { ip: $ip, sp: $sp, frame: $frame, thread: $thread };
        let flow = $body(&mut state, $oparg as u32);
        const LENGTH: usize = 1 + Opcode::$op.caches();
        // SAFETY: the code object is verified, and only what follows in it is gone on with.
        unsafe {
            match flow {
                Flow::Next => dispatch!(state.ip.add(LENGTH), state.sp, state.frame, state.thread),
                Flow::Jump => dispatch!(state.ip, state.sp, state.frame, state.thread),
                Flow::Generic => {
                    const GENERIC: Handler = $generic;
                    return GENERIC(state.ip, state.sp, $oparg, state.frame, state.thread);
                }
                Flow::Release(raw) => {
                    if raw.release_if_shared() {
                        dispatch!(state.ip.add(LENGTH), state.sp, state.frame, state.thread)
                    }
                    return release_then_next(state.ip, state.sp, raw.0, state.frame, state.thread, Raw::NULL.0);
                }
                Flow::ReleaseBoth(first, second) => {
                    if first.release_if_shared() {
                        if second.release_if_shared() {
                            dispatch!(state.ip.add(LENGTH), state.sp, state.frame, state.thread)
                        }
                        return release_then_next(state.ip, state.sp, second.0, state.frame, state.thread, Raw::NULL.0);
                    }
                    return release_then_next(state.ip, state.sp, first.0, state.frame, state.thread, second.0);
                }
                Flow::Raise => return raise(state.ip, state.sp, 0, state.frame, state.thread),
                Flow::Reraise => return raise(state.ip, state.sp, 1, state.frame, state.thread),
                Flow::Leave(word) => word,
            }
        }
    }};
    (@outline $op:ident $body:path, $ip:ident, $sp:ident, $oparg:ident, $frame:ident, $thread:ident) => {{
        #[inline(never)]
        unsafe fn outline(ip: *const u16, sp: *mut Raw, oparg: u64, frame: *mut Frame, thread: *const Thread) -> (*const u16, *mut Raw) {
            let mut state = State { ip, sp, frame, thread };
            let flow = $body(&mut state, oparg as u32);
            // SAFETY: as for the inlined handlers.
            unsafe { settle::<{ Opcode::$op as u8 }>(&mut state, flow, oparg as u32) }
        }
        // SAFETY: as above.
        unsafe {
            let (ip, sp) = outline($ip, $sp, $oparg, $frame, $thread);
            if ip.is_null() {
                return sp as u64;
            }
            let frame = (*$thread).frame.get();
            dispatch!(ip, sp, frame, $thread)
        }
    }};
}

/// Follows a flow until there is an instruction to go on with, or (null, result word) out of the loop.
///
/// The registers are looked at where the body left them: to copy them would be to wait for its stores, which
/// the wider loads of a copy do not get forwarded.
///
/// # Safety
/// The registers are those after the body of `op`.
#[inline(always)]
#[cfg(not(debug_assertions))]
unsafe fn settle<const OP: u8>(
    state: &mut State,
    flow: Flow,
    oparg: u32,
) -> (*const u16, *mut Raw) {
    let op = const { Opcode::from_u8(OP).expect("the operand of handler!") };
    // SAFETY: the caller's promise.
    unsafe { settle_op(state, flow, op, oparg) }
}

/// # Safety
/// As for [`settle`].
#[inline(always)]
unsafe fn settle_op(
    state: &mut State,
    flow: Flow,
    op: Opcode,
    oparg: u32,
) -> (*const u16, *mut Raw) {
    // SAFETY: the caller's promise.
    unsafe {
        match flow {
            Flow::Next => (state.ip.add(1 + op.caches()), state.sp),
            Flow::Jump => (state.ip, state.sp),
            Flow::Release(raw) => {
                let next = state.ip.add(1 + op.caches());
                state.save();
                raw.release();
                (next, state.sp)
            }
            Flow::ReleaseBoth(first, second) => {
                let next = state.ip.add(1 + op.caches());
                state.save();
                first.release();
                second.release();
                (next, state.sp)
            }
            Flow::Raise => settle_raised(state, false),
            Flow::Reraise => settle_raised(state, true),
            Flow::Leave(word) => (std::ptr::null(), word as *mut Raw),
            Flow::Generic => settle_generic(state, op.deopt(), oparg),
        }
    }
}

#[cold]
#[inline(never)]
unsafe fn settle_raised(state: &mut State, reraise: bool) -> (*const u16, *mut Raw) {
    match unwind::unwind(state, reraise) {
        Flow::Leave(word) => (std::ptr::null(), word as *mut Raw),
        _ => (state.ip, state.sp),
    }
}

/// The generic instruction in place of a specialized one that did not fit.
#[inline(never)]
unsafe fn settle_generic(state: &mut State, op: Opcode, oparg: u32) -> (*const u16, *mut Raw) {
    // SAFETY: the caller's promise; generic forms do not give way again.
    unsafe {
        let flow = generic_body(state, op, oparg);
        debug_assert!(!matches!(flow, Flow::Generic));
        settle_op(state, flow, op, oparg)
    }
}

/// An instruction without its driver.
type Body = fn(&mut State, u32) -> Flow;

macro_rules! handlers {
    ($($op:ident $kind:ident $body:path $(, $slow:path)?;)*) => {
        #[cfg(not(debug_assertions))]
        #[allow(non_snake_case)]
        mod tail {
            use super::*;
            $(handler!($op $kind $body $(, $slow)?);)*
        }

        /// Performs one instruction: for native code, which leaves to the interpreter what it has no
        /// code of its own for.
        pub fn perform(state: &mut State, op: Opcode, oparg: u32) -> Flow {
            // Through a table: one function of all bodies would have the stack frame of the largest.
            static BODIES: [Body; 256] = {
                let mut table: [Body; 256] = [control::illegal; 256];
                $(table[Opcode::$op as usize] = $body;)*
                // Specialized tests take the branch behind them along, which native code has of its own.
                let mut i = 0;
                while i < 256 {
                    if let Some(op) = Opcode::from_u8(i as u8) {
                        match op.deopt() {
                            Opcode::COMPARE_OP => table[i] = compare::compare_op,
                            Opcode::CONTAINS_OP => table[i] = compare::contains_op,
                            Opcode::TO_BOOL => table[i] = compare::to_bool,
                            _ => {}
                        }
                    }
                    i += 1;
                }
                table
            };
            BODIES[op as usize](state, oparg)
        }

        #[cfg(not(debug_assertions))]
        const fn handler_of(op: Opcode) -> Handler {
            match op {
                $(Opcode::$op => tail::$op as Handler,)*
            }
        }

        /// The body that never gives way to another: the slow one where there are two.
        pub fn generic_body(state: &mut State, op: Opcode, oparg: u32) -> Flow {
            static BODIES: [Body; 256] = {
                let mut table: [Body; 256] = [control::illegal; 256];
                $(table[Opcode::$op as usize] = handlers!(@last $body $(, $slow)?);)*
                table
            };
            BODIES[op as usize](state, oparg)
        }

        /// The bodies in one loop, for builds in which the compiler does not turn calls into jumps.
        #[cfg(debug_assertions)]
        unsafe fn run_loop(mut state: State) -> u64 {
            let mut extended = 0u32;
            loop {
                // SAFETY: the code object is verified.
                let word = unsafe { *state.ip };
                let Some(op) = Opcode::from_u8(word as u8) else { unreachable!("opcode {}", word as u8) };
                let oparg = (word >> 8) as u32 | extended << 8;
                if op == Opcode::EXTENDED_ARG {
                    extended = oparg;
                    // SAFETY: as above.
                    state.ip = unsafe { state.ip.add(1) };
                    continue;
                }
                extended = 0;
                let flow = match op { $(Opcode::$op => $body(&mut state, oparg),)* };
                let thread = state.thread;
                // SAFETY: as above.
                unsafe {
                    let (ip, sp) = settle_op(&mut state, flow, op, oparg);
                    if ip.is_null() {
                        return sp as u64;
                    }
                    state = State { ip, sp, frame: (*thread).frame.get(), thread };
                    let base = Frame::stack_base(state.frame);
                    debug_assert!(state.sp >= base, "stack underflow after {}", op.name());
                }
            }
        }
    };
    (@last $body:path) => { $body };
    (@last $body:path, $slow:path) => { $slow };
}

/// Code units of each instruction, caches included.
#[cfg(not(debug_assertions))]
static UNITS: [u8; 256] = {
    let mut table = [1; 256];
    let mut i = 0;
    while i < 256 {
        if let Some(op) = Opcode::from_u8(i as u8) {
            table[i] = 1 + op.caches() as u8;
        }
        i += 1;
    }
    table
};

#[cfg(not(debug_assertions))]
#[cold]
#[inline(never)]
unsafe fn release_then_next(
    ip: *const u16,
    sp: *mut Raw,
    first: u64,
    frame: *mut Frame,
    thread: *const Thread,
    second: u64,
) -> u64 {
    // SAFETY: as for every handler; the words are owned, or not to be counted.
    unsafe {
        let state = State {
            ip,
            sp,
            frame,
            thread,
        };
        let mut units = UNITS[(*ip & 0xFF) as usize] as usize;
        if *ip as u8 == crate::monitoring::code::TRAP as u8 {
            // What was called has switched tools on.
            let code = state.frame().code_ref();
            units = 1 + code.plain_instruction(code.offset_of(ip)).0.caches();
        }
        state.save();
        // A finalizer may do so too.
        Raw(first).release();
        Raw(second).release();
        dispatch!(ip.add(units), sp, frame, thread)
    }
}

#[cfg(not(debug_assertions))]
#[cold]
#[inline(never)]
unsafe fn raise(
    ip: *const u16,
    sp: *mut Raw,
    reraise: u64,
    frame: *mut Frame,
    thread: *const Thread,
) -> u64 {
    let mut state = State {
        ip,
        sp,
        frame,
        thread,
    };
    match unwind::unwind(&mut state, reraise != 0) {
        Flow::Leave(word) => word,
        // SAFETY: the unwinder found a handler.
        _ => unsafe { dispatch!(state.ip, state.sp, state.frame, state.thread) },
    }
}

/// `EXTENDED_ARG` in the tail-calling driver: the next instruction gets the longer operand.
#[cfg(not(debug_assertions))]
#[allow(non_snake_case)]
unsafe fn extended(
    ip: *const u16,
    sp: *mut Raw,
    oparg: u64,
    frame: *mut Frame,
    thread: *const Thread,
) -> u64 {
    // SAFETY: an instruction follows.
    unsafe {
        let ip = ip.add(1);
        let word = *ip;
        HANDLERS[(word & 0xFF) as usize](ip, sp, (word >> 8) as u64 | oparg << 8, frame, thread)
    }
}

#[cfg(not(debug_assertions))]
unsafe fn illegal(_: *const u16, _: *mut Raw, _: u64, _: *mut Frame, _: *const Thread) -> u64 {
    unreachable!("verified code has no unknown instructions")
}

#[cfg(not(debug_assertions))]
static HANDLERS: [Handler; 256] = {
    let mut table: [Handler; 256] = [illegal; 256];
    let mut i = 0;
    while i < 256 {
        if let Some(op) = Opcode::from_u8(i as u8) {
            table[i] = match op {
                Opcode::EXTENDED_ARG => extended,
                _ => handler_of(op),
            };
        }
        i += 1;
    }
    table
};

/// How often the interpreter was entered: native code tells by it whether Python code has run.
pub static RUNS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

/// Says that code which may change anything is about to run.
#[inline(always)]
pub fn count_run() {
    use std::sync::atomic::Ordering::Relaxed;
    RUNS.store(RUNS.load(Relaxed) + 1, Relaxed);
}

/// Runs a frame (and those it calls) to its end.
///
/// The frame is complete; its `ip` is where to start. It becomes the thread's innermost frame and is
/// gone afterwards, unless it is a generator's that yielded.
pub fn run(frame: *mut Frame) -> PyResult {
    let thread = thread();
    count_run();
    // SAFETY: the caller made the frame.
    unsafe {
        (*frame).returns = Returns::OutOfLoop;
        (*frame).previous = thread.frame.get();
        if crate::thread::native_stack_is_low() {
            crate::exceptions::recursion_error("maximum recursion depth exceeded");
            return unwind::abandon(thread, frame);
        }
        thread.frame.set(frame);
        let state = State {
            ip: (*frame).ip,
            sp: (*frame).sp,
            frame,
            thread,
        };
        #[cfg(debug_assertions)]
        let word = run_loop(state);
        #[cfg(not(debug_assertions))]
        let word = {
            let first = *state.ip;
            HANDLERS[(first & 0xFF) as usize](
                state.ip,
                state.sp,
                (first >> 8) as u64,
                frame,
                thread,
            )
        };
        if word == 0 {
            Err(Raised)
        } else {
            Ok(Raw(word).into_value())
        }
    }
}

/// Runs from these registers until the frame that is marked as entry has ended.
///
/// # Safety
/// The registers are those of the thread's innermost frame, and a frame below it, or itself, is marked.
pub unsafe fn run_from(state: State) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        #[cfg(debug_assertions)]
        let word = run_loop(state);
        #[cfg(not(debug_assertions))]
        let word = {
            let first = *state.ip;
            HANDLERS[(first & 0xFF) as usize](
                state.ip,
                state.sp,
                (first >> 8) as u64,
                state.frame,
                state.thread,
            )
        };
        if word == 0 {
            Err(Raised)
        } else {
            Ok(Raw(word).into_value())
        }
    }
}

/// Native code raised in the innermost frame, whose registers are saved: goes on at the handler, if
/// there is one, else ends the frame (which is marked as entry).
///
/// # Safety
/// As for [`run_from`].
pub unsafe fn run_raised(mut state: State, reraise: bool) -> PyResult {
    match unwind::unwind(&mut state, reraise) {
        Flow::Leave(0) => Err(Raised),
        // SAFETY: the caller's promise; an entry frame leaves with its value, or none.
        Flow::Leave(word) => Ok(unsafe { Raw(word).into_value() }),
        // SAFETY: the unwinder set the registers to the handler.
        _ => unsafe { run_from(state) },
    }
}

/// Goes on with a suspended frame by raising the thread's exception at its current instruction.
pub fn run_raising(frame: *mut Frame) -> PyResult {
    let thread = thread();
    count_run();
    // SAFETY: the caller has a suspended generator's frame.
    unsafe {
        (*frame).returns = Returns::OutOfLoop;
        (*frame).previous = thread.frame.get();
        thread.frame.set(frame);
        crate::monitoring::unwinding::thrown(frame);
        // The instruction pointer stands behind the `YIELD_VALUE` (or `RETURN_GENERATOR`) that suspended.
        let mut state = State {
            ip: (*frame).ip.sub(1),
            sp: (*frame).sp,
            frame,
            thread,
        };
        let word = match unwind::unwind(&mut state, false) {
            Flow::Leave(word) => word,
            _ => {
                #[cfg(debug_assertions)]
                let word = run_loop(state);
                #[cfg(not(debug_assertions))]
                let word = {
                    let first = *state.ip;
                    HANDLERS[(first & 0xFF) as usize](
                        state.ip,
                        state.sp,
                        (first >> 8) as u64,
                        state.frame,
                        thread,
                    )
                };
                word
            }
        };
        if word == 0 {
            Err(Raised)
        } else {
            Ok(Raw(word).into_value())
        }
    }
}

/// Takes over the registers of the frame whose call has returned, with the result.
///
/// # Safety
/// `previous` is live and the thread's innermost frame; the value is owned.
#[inline(always)]
pub unsafe fn go_on_in_caller(
    s: &mut State,
    previous: *mut Frame,
    returns: Returns,
    value: Raw,
) -> Flow {
    // SAFETY: the caller's promise; the registers were written at the call.
    unsafe {
        s.frame = previous;
        s.sp = (*previous).sp;
        match returns {
            // A finalizer sees the frame at the call.
            Returns::Nowhere => value.release(),
            Returns::Operator => return operator_returned(s, value),
            Returns::ToCaller | Returns::OutOfLoop => s.push(value),
        }
        s.ip = (*previous).ip.add((*previous).return_offset as usize);
    }
    Flow::Jump
}

/// The method of a `BINARY_OP`'s left operand has returned to the frame that `s` now stands in.
#[cold]
#[inline(never)]
unsafe fn operator_returned(s: &mut State, value: Raw) -> Flow {
    // SAFETY: the frame's registers are as at the call, with both operands on the stack; the value is owned.
    unsafe {
        s.ip = (*s.frame).ip;
        let operator = s.frame().code_ref().plain_word(s.ip) >> 8;
        let value = value.into_value();
        let (left, right) = (s.top(1), s.top(0));
        let result = match value.is_not_implemented() {
            true => {
                operator_method::after_not_implemented(operator as u32, &left.peek(), &right.peek())
            }
            false => Ok(value),
        };
        match s.replace(2, result) {
            Flow::Next => {
                s.ip = s.ip.add((*s.frame).return_offset as usize);
                Flow::Jump
            }
            raised => raised,
        }
    }
}

/// Ends the frame under execution with a value: back to the caller's, or out of the loop.
#[inline(always)]
pub fn return_value(s: &mut State, value: Raw) -> Flow {
    let frame = s.frame;
    let thread = s.thread();
    // SAFETY: the frame is live; the previous one is too, and wrote its registers at the call.
    unsafe {
        let previous = (*frame).previous;
        let returns = (*frame).returns;
        (*frame).sp = s.sp;
        thread.frame.set(previous);
        thread
            .recursion_remaining
            .set(thread.recursion_remaining.get() + 1);
        if (*frame).owner == frame::FrameOwner::Generator {
            generator::finish(frame);
            if returns != Returns::OutOfLoop {
                return generator::return_from_inline(s, previous, value);
            }
        } else {
            frame::clear(frame);
            frame::pop(thread, frame);
        }
        if returns == Returns::OutOfLoop {
            return Flow::Leave(value.0);
        }
        go_on_in_caller(s, previous, returns, value)
    }
}

handlers! {
    CACHE slow control::illegal;
    RESERVED slow control::illegal;
    BINARY_SLICE slow subscr::binary_slice;
    BUILD_TEMPLATE slow build::build_template;
    CALL_FUNCTION_EX slow call::call_function_ex;
    CHECK_EG_MATCH slow exception::check_eg_match;
    CHECK_EXC_MATCH slow exception::check_exc_match;
    CLEANUP_THROW slow generator::cleanup_throw;
    DELETE_SUBSCR slow subscr::delete_subscr;
    END_FOR fast iter::end_for;
    END_SEND fast generator::end_send;
    EXIT_INIT_CHECK slow call::exit_init_check;
    FORMAT_SIMPLE slow build::format_simple;
    FORMAT_WITH_SPEC slow build::format_with_spec;
    GET_AITER slow generator::get_aiter;
    GET_ANEXT slow generator::get_anext;
    GET_ITER slow iter::get_iter;
    GET_LEN slow pattern::get_len;
    GET_YIELD_FROM_ITER slow generator::get_yield_from_iter;
    INTERPRETER_EXIT slow control::illegal;
    LOAD_BUILD_CLASS slow load::load_build_class;
    LOAD_LOCALS slow load::load_locals;
    MAKE_FUNCTION slow build::make_function;
    MATCH_KEYS slow pattern::match_keys;
    MATCH_MAPPING slow pattern::match_mapping;
    MATCH_SEQUENCE slow pattern::match_sequence;
    NOP fast control::nop;
    NOT_TAKEN fast control::nop;
    POP_EXCEPT slow exception::pop_except;
    POP_ITER fast load::pop_top;
    POP_TOP fast load::pop_top;
    PUSH_EXC_INFO slow exception::push_exc_info;
    PUSH_NULL fast load::push_null;
    RETURN_GENERATOR slow generator::return_generator;
    RETURN_VALUE fast control::return_value, control::return_value_slow;
    SETUP_ANNOTATIONS slow load::setup_annotations;
    STORE_SLICE slow subscr::store_slice;
    STORE_SUBSCR slow subscr::store_subscr;
    TO_BOOL slow compare::to_bool;
    UNARY_INVERT slow arith::unary_invert;
    UNARY_NEGATIVE slow arith::unary_negative;
    UNARY_NOT slow compare::unary_not;
    WITH_EXCEPT_START slow exception::with_except_start;
    BINARY_OP slow arith::binary_op;
    BUILD_INTERPOLATION slow build::build_interpolation;
    BUILD_LIST slow build::build_list;
    BUILD_MAP slow build::build_map;
    BUILD_SET slow build::build_set;
    BUILD_SLICE slow build::build_slice;
    BUILD_STRING slow build::build_string;
    BUILD_TUPLE slow build::build_tuple;
    CALL slow call::call;
    CALL_INTRINSIC_1 slow call::call_intrinsic_1;
    CALL_INTRINSIC_2 slow call::call_intrinsic_2;
    CALL_KW slow call::call_kw;
    COMPARE_OP slow compare::compare_op;
    CONTAINS_OP slow compare::contains_op;
    CONVERT_VALUE slow build::convert_value;
    COPY fast load::copy;
    COPY_FREE_VARS fast load::copy_free_vars, load::copy_free_vars_slow;
    DELETE_ATTR slow attr::delete_attr;
    DELETE_DEREF slow load::delete_deref;
    DELETE_FAST slow load::delete_fast;
    DELETE_GLOBAL slow load::delete_global;
    DELETE_NAME slow load::delete_name;
    DICT_MERGE slow build::dict_merge;
    DICT_UPDATE slow build::dict_update;
    END_ASYNC_FOR slow generator::end_async_for;
    EXTENDED_ARG slow control::illegal;
    FOR_ITER fast iter::for_iter, iter::for_iter_slow;
    GET_AWAITABLE fast generator::get_awaitable, generator::get_awaitable_slow;
    IMPORT_FROM slow import::import_from;
    IMPORT_NAME slow import::import_name;
    IS_OP fast compare::is_op;
    JUMP_BACKWARD fast control::jump_backward, control::jump_backward_slow;
    JUMP_BACKWARD_NO_INTERRUPT fast control::jump_backward_no_interrupt;
    JUMP_FORWARD fast control::jump_forward;
    LIST_APPEND fast build::list_append, build::list_append_slow;
    LIST_EXTEND slow build::list_extend;
    LOAD_ATTR slow attr::load_attr;
    LOAD_COMMON_CONSTANT slow load::load_common_constant;
    LOAD_CONST fast load::load_const;
    LOAD_DEREF fast load::load_deref, load::load_deref_slow;
    LOAD_FAST fast load::load_fast;
    LOAD_FAST_AND_CLEAR fast load::load_fast_and_clear;
    LOAD_FAST_BORROW fast load::load_fast_borrow;
    LOAD_FAST_BORROW_LOAD_FAST_BORROW fast load::load_fast_borrow_load_fast_borrow;
    LOAD_FAST_CHECK fast load::load_fast_check, load::load_fast_check_slow;
    LOAD_FAST_LOAD_FAST fast load::load_fast_load_fast;
    LOAD_FROM_DICT_OR_DEREF slow load::load_from_dict_or_deref;
    LOAD_FROM_DICT_OR_GLOBALS slow load::load_from_dict_or_globals;
    LOAD_GLOBAL slow load::load_global;
    LOAD_NAME slow load::load_name;
    LOAD_SMALL_INT fast load::load_small_int;
    LOAD_SPECIAL slow attr::load_special;
    LOAD_SUPER_ATTR slow attr::load_super_attr;
    MAKE_CELL slow load::make_cell;
    MAP_ADD slow build::map_add;
    MATCH_CLASS slow pattern::match_class;
    POP_JUMP_IF_FALSE fast control::pop_jump_if_false, control::pop_jump_if_false_slow;
    POP_JUMP_IF_NONE fast control::pop_jump_if_none, control::pop_jump_if_none_slow;
    POP_JUMP_IF_NOT_NONE fast control::pop_jump_if_not_none, control::pop_jump_if_not_none_slow;
    POP_JUMP_IF_TRUE fast control::pop_jump_if_true, control::pop_jump_if_true_slow;
    RAISE_VARARGS slow exception::raise_varargs;
    RERAISE slow exception::reraise;
    SEND slow generator::send;
    SET_ADD slow build::set_add;
    SET_FUNCTION_ATTRIBUTE slow build::set_function_attribute;
    SET_UPDATE slow build::set_update;
    STORE_ATTR slow attr::store_attr;
    STORE_DEREF fast load::store_deref;
    STORE_FAST fast load::store_fast;
    STORE_FAST_LOAD_FAST fast load::store_fast_load_fast;
    STORE_FAST_STORE_FAST fast load::store_fast_store_fast;
    STORE_GLOBAL slow load::store_global;
    STORE_NAME slow load::store_name;
    SWAP fast load::swap;
    UNPACK_EX slow build::unpack_ex;
    UNPACK_SEQUENCE slow build::unpack_sequence;
    YIELD_VALUE fast generator::yield_value;
    RESUME fast control::resume, control::resume_slow;
    BINARY_OP_INPLACE_ADD_UNICODE slow arith::inplace_add_unicode;
    BINARY_OP_ADD_FLOAT fast arith::add_float;
    BINARY_OP_ADD_INT fast arith::add_int;
    BINARY_OP_ADD_UNICODE slow arith::add_unicode;
    BINARY_OP_EXTEND fast arith::extend;
    BINARY_OP_MULTIPLY_FLOAT fast arith::multiply_float;
    BINARY_OP_MULTIPLY_INT fast arith::multiply_int;
    BINARY_OP_SUBSCR_DICT slow subscr::subscr_dict;
    BINARY_OP_SUBSCR_GETITEM fast subscr::subscr_getitem;
    BINARY_OP_SUBSCR_LIST_INT fast subscr::subscr_list_int;
    BINARY_OP_SUBSCR_LIST_SLICE slow subscr::subscr_list_slice;
    BINARY_OP_SUBSCR_STR_INT slow subscr::subscr_str_int;
    BINARY_OP_SUBSCR_TUPLE_INT fast subscr::subscr_tuple_int;
    BINARY_OP_SUBTRACT_FLOAT fast arith::subtract_float;
    BINARY_OP_SUBTRACT_INT fast arith::subtract_int;
    CALL_ALLOC_AND_ENTER_INIT slow call::call_alloc_and_enter_init;
    CALL_BOUND_METHOD_EXACT_ARGS fast call::call_bound_method_exact_args;
    CALL_BOUND_METHOD_GENERAL slow control::generic;
    CALL_BUILTIN_CLASS slow control::generic;
    CALL_BUILTIN_FAST slow call::call_builtin_fast;
    CALL_BUILTIN_FAST_WITH_KEYWORDS slow control::generic;
    CALL_BUILTIN_O slow control::generic;
    CALL_ISINSTANCE slow call::call_isinstance;
    CALL_KW_BOUND_METHOD slow control::generic;
    CALL_KW_NON_PY slow control::generic;
    CALL_KW_PY slow control::generic;
    CALL_LEN fast call::call_len, call::call_len_slow;
    CALL_LIST_APPEND fast call::call_list_append;
    CALL_METHOD_DESCRIPTOR_FAST slow call::call_method_descriptor_fast;
    CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS slow control::generic;
    CALL_METHOD_DESCRIPTOR_NOARGS slow control::generic;
    CALL_METHOD_DESCRIPTOR_O slow control::generic;
    CALL_NON_PY_GENERAL slow control::generic;
    CALL_PY_EXACT_ARGS fast call::call_py_exact_args;
    CALL_PY_GENERAL fast call::call_py_general;
    CALL_STR_1 slow control::generic;
    CALL_TUPLE_1 slow control::generic;
    CALL_TYPE_1 slow call::call_type_1;
    COMPARE_OP_FLOAT fast compare::compare_op_float;
    COMPARE_OP_INT fast compare::compare_op_int;
    COMPARE_OP_STR slow compare::compare_op_str;
    CONTAINS_OP_DICT slow compare::contains_op_dict;
    CONTAINS_OP_SET slow compare::contains_op_set;
    FOR_ITER_GEN fast iter::for_iter_gen;
    FOR_ITER_LIST fast iter::for_iter_list;
    FOR_ITER_RANGE fast iter::for_iter_range;
    FOR_ITER_TUPLE fast iter::for_iter_tuple;
    JUMP_BACKWARD_JIT slow control::generic;
    JUMP_BACKWARD_NO_JIT fast control::jump_backward_no_jit, control::jump_backward_slow;
    LOAD_ATTR_CLASS fast attr::load_attr_class;
    LOAD_ATTR_CLASS_WITH_METACLASS_CHECK fast attr::load_attr_class_with_metaclass_check;
    LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN slow control::generic;
    LOAD_ATTR_INSTANCE_VALUE fast attr::load_attr_instance_value;
    LOAD_ATTR_METHOD_LAZY_DICT slow control::generic;
    LOAD_ATTR_METHOD_NO_DICT fast attr::load_attr_method_no_dict;
    LOAD_ATTR_METHOD_WITH_VALUES fast attr::load_attr_method_with_values;
    LOAD_ATTR_MODULE slow attr::load_attr_module;
    LOAD_ATTR_NONDESCRIPTOR_NO_DICT slow control::generic;
    LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES fast attr::load_attr_nondescriptor_with_values;
    LOAD_ATTR_POLYMORPHIC fast attr::load_attr_polymorphic;
    LOAD_ATTR_PROPERTY fast attr::load_attr_property;
    LOAD_ATTR_SLOT fast attr::load_attr_slot;
    LOAD_ATTR_WITH_HINT slow attr::load_attr_with_hint;
    LOAD_CONST_IMMORTAL slow control::generic;
    LOAD_CONST_MORTAL slow control::generic;
    LOAD_GLOBAL_BUILTIN fast load::load_global_builtin;
    LOAD_GLOBAL_MODULE fast load::load_global_module;
    LOAD_SUPER_ATTR_ATTR slow control::generic;
    LOAD_SUPER_ATTR_METHOD slow control::generic;
    RESUME_CHECK slow control::generic;
    SEND_GEN fast generator::send_gen;
    STORE_ATTR_INSTANCE_VALUE fast attr::store_attr_instance_value;
    STORE_ATTR_SLOT fast attr::store_attr_slot;
    STORE_ATTR_WITH_HINT slow attr::store_attr_with_hint;
    STORE_SUBSCR_DICT slow subscr::store_subscr_dict;
    STORE_SUBSCR_LIST_INT fast subscr::store_subscr_list_int;
    TO_BOOL_ALWAYS_TRUE fast compare::to_bool_none_or_object;
    TO_BOOL_BOOL fast compare::to_bool_bool;
    TO_BOOL_INT fast compare::to_bool_int;
    TO_BOOL_LIST fast compare::to_bool_list;
    TO_BOOL_NONE fast compare::to_bool_none;
    TO_BOOL_STR fast compare::to_bool_str;
    UNPACK_SEQUENCE_LIST fast build::unpack_sequence_list;
    UNPACK_SEQUENCE_TUPLE fast build::unpack_sequence_tuple;
    UNPACK_SEQUENCE_TWO_TUPLE fast build::unpack_sequence_two_tuple;
    INSTRUMENTED_END_FOR slow control::illegal;
    INSTRUMENTED_POP_ITER slow control::illegal;
    INSTRUMENTED_END_SEND slow control::illegal;
    INSTRUMENTED_FOR_ITER slow control::illegal;
    INSTRUMENTED_INSTRUCTION slow trap::trap;
    INSTRUMENTED_JUMP_FORWARD slow control::illegal;
    INSTRUMENTED_NOT_TAKEN slow control::illegal;
    INSTRUMENTED_POP_JUMP_IF_TRUE slow control::illegal;
    INSTRUMENTED_POP_JUMP_IF_FALSE slow control::illegal;
    INSTRUMENTED_POP_JUMP_IF_NONE slow control::illegal;
    INSTRUMENTED_POP_JUMP_IF_NOT_NONE slow control::illegal;
    INSTRUMENTED_RESUME slow control::illegal;
    INSTRUMENTED_RETURN_VALUE slow control::illegal;
    INSTRUMENTED_YIELD_VALUE slow control::illegal;
    INSTRUMENTED_END_ASYNC_FOR slow control::illegal;
    INSTRUMENTED_LOAD_SUPER_ATTR slow control::illegal;
    INSTRUMENTED_CALL slow control::illegal;
    INSTRUMENTED_CALL_KW slow control::illegal;
    INSTRUMENTED_CALL_FUNCTION_EX slow control::illegal;
    INSTRUMENTED_JUMP_BACKWARD slow control::illegal;
    INSTRUMENTED_LINE slow control::illegal;
    ENTER_EXECUTOR slow control::illegal;
}

/// Polls: see [`poll`].
#[inline(always)]
pub fn poll_needed() -> bool {
    crate::thread::EVAL_BREAKER.load(std::sync::atomic::Ordering::Relaxed) != 0
}

pub(crate) use poll::handle as handle_poll;
