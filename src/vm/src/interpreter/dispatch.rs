//! From one instruction to the next.
//!
//! The body of each instruction is an inlined function over [`State`] that says how to go on
//! ([`Flow`]). Two drivers run the same bodies: in optimized builds each body becomes a function that
//! ends by calling the next one through a table, which the compiler turns into a jump (all state is in
//! six argument registers); other builds run them in one loop. Measured against one big `match`, the
//! tail calls take little more than half the time.

use super::frame::{self, Frame};
use super::ops::{arith, attr, build, call, compare, control, exception, generator, import, iter, load, pattern, subscr};
use super::{poll, unwind};
use crate::exceptions::{PyResult, Raised};
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
    #[inline(always)]
    pub fn save(&self) {
        // SAFETY: the frame is live.
        unsafe {
            (*self.frame).ip = self.ip;
            (*self.frame).sp = self.sp;
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

type Handler = unsafe fn(*const u16, *mut Raw, u64, *mut Frame, *const Thread) -> u64;

/// Goes on at `ip`.
macro_rules! dispatch {
    ($ip:expr, $sp:expr, $frame:expr, $thread:expr) => {{
        let ip: *const u16 = $ip;
        let word = *ip;
        return HANDLERS[(word & 0xFF) as usize](ip, $sp, (word >> 8) as u64, $frame, $thread);
    }};
}

macro_rules! handlers {
    ($($op:ident $body:path;)*) => {
        #[allow(non_snake_case)]
        mod tail {
            use super::*;
            $(
                pub unsafe fn $op(ip: *const u16, sp: *mut Raw, oparg: u64, frame: *mut Frame, thread: *const Thread) -> u64 {
                    let mut state = State { ip, sp, frame, thread };
                    let flow = $body(&mut state, oparg as u32);
                    // SAFETY: the code object is verified, and `finish` only follows it.
                    unsafe {
                        match flow {
                            Flow::Next => dispatch!(state.ip.add(1 + Opcode::$op.caches()), state.sp, state.frame, state.thread),
                            Flow::Jump => dispatch!(state.ip, state.sp, state.frame, state.thread),
                            Flow::Generic => {
                                const GENERIC: Handler = handler_of(Opcode::$op.deopt());
                                return GENERIC(state.ip, state.sp, oparg, state.frame, state.thread);
                            }
                            Flow::Release(raw) => return release_then_next(state.ip.add(1 + Opcode::$op.caches()), state.sp, raw.0, state.frame, state.thread),
                            Flow::Raise => return raise(state.ip, state.sp, 0, state.frame, state.thread),
                            Flow::Reraise => return raise(state.ip, state.sp, 1, state.frame, state.thread),
                            Flow::Leave(word) => word,
                        }
                    }
                }
            )*
        }

        /// Performs one instruction: for native code, which leaves to the interpreter what it has no
        /// code of its own for.
        #[inline(never)]
        pub fn perform(state: &mut State, op: Opcode, oparg: u32) -> Flow {
            match op { $(Opcode::$op => $body(state, oparg),)* }
        }

        const fn handler_of(op: Opcode) -> Handler {
            match op {
                $(Opcode::$op => tail::$op as Handler,)*
            }
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
                let mut flow = match op { $(Opcode::$op => $body(&mut state, oparg),)* };
                if let Flow::Generic = flow {
                    flow = match op.deopt() { $(Opcode::$op => $body(&mut state, oparg),)* };
                }
                extended = 0;
                // SAFETY: as above.
                unsafe {
                    match flow {
                        Flow::Next => state.ip = state.ip.add(1 + op.caches()),
                        Flow::Jump => {}
                        Flow::Generic => unreachable!("generic forms do not deoptimize"),
                        Flow::Release(raw) => {
                            state.ip = state.ip.add(1 + op.caches());
                            state.save();
                            raw.release();
                        }
                        Flow::Raise | Flow::Reraise => {
                            let reraise = matches!(flow, Flow::Reraise);
                            match unwind::unwind(&mut state, reraise) {
                                Flow::Leave(word) => return word,
                                _ => {}
                            }
                        }
                        Flow::Leave(word) => return word,
                    }
                }
                #[cfg(debug_assertions)]
                {
                    let base = Frame::stack_base(state.frame);
                    debug_assert!(state.sp >= base, "stack underflow after {}", op.name());
                }
            }
        }
    };
}

#[cold]
#[inline(never)]
unsafe fn release_then_next(ip: *const u16, sp: *mut Raw, raw: u64, frame: *mut Frame, thread: *const Thread) -> u64 {
    // SAFETY: as for every handler; the word is owned.
    unsafe {
        let state = State { ip, sp, frame, thread };
        state.save();
        Raw(raw).release();
        dispatch!(ip, sp, frame, thread)
    }
}

#[cold]
#[inline(never)]
unsafe fn raise(ip: *const u16, sp: *mut Raw, reraise: u64, frame: *mut Frame, thread: *const Thread) -> u64 {
    let mut state = State { ip, sp, frame, thread };
    match unwind::unwind(&mut state, reraise != 0) {
        Flow::Leave(word) => word,
        // SAFETY: the unwinder found a handler.
        _ => unsafe { dispatch!(state.ip, state.sp, state.frame, state.thread) },
    }
}

/// `EXTENDED_ARG` in the tail-calling driver: the next instruction gets the longer operand.
#[allow(non_snake_case)]
unsafe fn extended(ip: *const u16, sp: *mut Raw, oparg: u64, frame: *mut Frame, thread: *const Thread) -> u64 {
    // SAFETY: an instruction follows.
    unsafe {
        let ip = ip.add(1);
        let word = *ip;
        HANDLERS[(word & 0xFF) as usize](ip, sp, (word >> 8) as u64 | oparg << 8, frame, thread)
    }
}

unsafe fn illegal(_: *const u16, _: *mut Raw, _: u64, _: *mut Frame, _: *const Thread) -> u64 {
    unreachable!("verified code has no unknown instructions")
}

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

/// Runs a frame (and those it calls) to its end.
///
/// The frame is complete; its `ip` is where to start. It becomes the thread's innermost frame and is
/// gone afterwards, unless it is a generator's that yielded.
pub fn run(frame: *mut Frame) -> PyResult {
    let thread = thread();
    RUNS.store(RUNS.load(std::sync::atomic::Ordering::Relaxed) + 1, std::sync::atomic::Ordering::Relaxed);
    // SAFETY: the caller made the frame.
    unsafe {
        (*frame).entry = true;
        (*frame).previous = thread.frame.get();
        if crate::thread::native_stack_is_low() {
            crate::exceptions::recursion_error("maximum recursion depth exceeded");
            return unwind::abandon(thread, frame);
        }
        thread.frame.set(frame);
        let state = State { ip: (*frame).ip, sp: (*frame).sp, frame, thread };
        #[cfg(debug_assertions)]
        let word = run_loop(state);
        #[cfg(not(debug_assertions))]
        let word = {
            let first = *state.ip;
            HANDLERS[(first & 0xFF) as usize](state.ip, state.sp, (first >> 8) as u64, frame, thread)
        };
        if word == 0 { Err(Raised) } else { Ok(Raw(word).into_value()) }
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
            HANDLERS[(first & 0xFF) as usize](state.ip, state.sp, (first >> 8) as u64, state.frame, state.thread)
        };
        if word == 0 { Err(Raised) } else { Ok(Raw(word).into_value()) }
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
    // SAFETY: the caller has a suspended generator's frame.
    unsafe {
        (*frame).entry = true;
        (*frame).previous = thread.frame.get();
        thread.frame.set(frame);
        // The instruction pointer stands behind the `YIELD_VALUE` (or `RETURN_GENERATOR`) that suspended.
        let mut state = State { ip: (*frame).ip.sub(1), sp: (*frame).sp, frame, thread };
        let word = match unwind::unwind(&mut state, false) {
            Flow::Leave(word) => word,
            _ => {
                #[cfg(debug_assertions)]
                let word = run_loop(state);
                #[cfg(not(debug_assertions))]
                let word = {
                    let first = *state.ip;
                    HANDLERS[(first & 0xFF) as usize](state.ip, state.sp, (first >> 8) as u64, state.frame, thread)
                };
                word
            }
        };
        if word == 0 { Err(Raised) } else { Ok(Raw(word).into_value()) }
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
        let entry = (*frame).entry;
        (*frame).sp = s.sp;
        thread.frame.set(previous);
        thread.recursion_remaining.set(thread.recursion_remaining.get() + 1);
        if (*frame).owner == frame::FrameOwner::Generator {
            generator::finish(frame);
            if !entry {
                return generator::return_from_inline(s, previous, value);
            }
        } else {
            frame::clear(frame);
            frame::pop(thread, frame);
        }
        if entry {
            return Flow::Leave(value.0);
        }
        s.frame = previous;
        s.sp = (*previous).sp;
        s.push(value);
        s.ip = (*previous).ip.add((*previous).return_offset as usize);
        Flow::Jump
    }
}

handlers! {
    CACHE control::illegal;
    RESERVED control::illegal;
    BINARY_SLICE subscr::binary_slice;
    BUILD_TEMPLATE build::build_template;
    CALL_FUNCTION_EX call::call_function_ex;
    CHECK_EG_MATCH exception::check_eg_match;
    CHECK_EXC_MATCH exception::check_exc_match;
    CLEANUP_THROW generator::cleanup_throw;
    DELETE_SUBSCR subscr::delete_subscr;
    END_FOR iter::end_for;
    END_SEND generator::end_send;
    EXIT_INIT_CHECK call::exit_init_check;
    FORMAT_SIMPLE build::format_simple;
    FORMAT_WITH_SPEC build::format_with_spec;
    GET_AITER generator::get_aiter;
    GET_ANEXT generator::get_anext;
    GET_ITER iter::get_iter;
    GET_LEN pattern::get_len;
    GET_YIELD_FROM_ITER generator::get_yield_from_iter;
    INTERPRETER_EXIT control::illegal;
    LOAD_BUILD_CLASS load::load_build_class;
    LOAD_LOCALS load::load_locals;
    MAKE_FUNCTION build::make_function;
    MATCH_KEYS pattern::match_keys;
    MATCH_MAPPING pattern::match_mapping;
    MATCH_SEQUENCE pattern::match_sequence;
    NOP control::nop;
    NOT_TAKEN control::nop;
    POP_EXCEPT exception::pop_except;
    POP_ITER load::pop_top;
    POP_TOP load::pop_top;
    PUSH_EXC_INFO exception::push_exc_info;
    PUSH_NULL load::push_null;
    RETURN_GENERATOR generator::return_generator;
    RETURN_VALUE control::return_value;
    SETUP_ANNOTATIONS load::setup_annotations;
    STORE_SLICE subscr::store_slice;
    STORE_SUBSCR subscr::store_subscr;
    TO_BOOL compare::to_bool;
    UNARY_INVERT arith::unary_invert;
    UNARY_NEGATIVE arith::unary_negative;
    UNARY_NOT compare::unary_not;
    WITH_EXCEPT_START exception::with_except_start;
    BINARY_OP arith::binary_op;
    BUILD_INTERPOLATION build::build_interpolation;
    BUILD_LIST build::build_list;
    BUILD_MAP build::build_map;
    BUILD_SET build::build_set;
    BUILD_SLICE build::build_slice;
    BUILD_STRING build::build_string;
    BUILD_TUPLE build::build_tuple;
    CALL call::call;
    CALL_INTRINSIC_1 call::call_intrinsic_1;
    CALL_INTRINSIC_2 call::call_intrinsic_2;
    CALL_KW call::call_kw;
    COMPARE_OP compare::compare_op;
    CONTAINS_OP compare::contains_op;
    CONVERT_VALUE build::convert_value;
    COPY load::copy;
    COPY_FREE_VARS load::copy_free_vars;
    DELETE_ATTR attr::delete_attr;
    DELETE_DEREF load::delete_deref;
    DELETE_FAST load::delete_fast;
    DELETE_GLOBAL load::delete_global;
    DELETE_NAME load::delete_name;
    DICT_MERGE build::dict_merge;
    DICT_UPDATE build::dict_update;
    END_ASYNC_FOR generator::end_async_for;
    EXTENDED_ARG control::illegal;
    FOR_ITER iter::for_iter;
    GET_AWAITABLE generator::get_awaitable;
    IMPORT_FROM import::import_from;
    IMPORT_NAME import::import_name;
    IS_OP compare::is_op;
    JUMP_BACKWARD control::jump_backward;
    JUMP_BACKWARD_NO_INTERRUPT control::jump_backward_no_interrupt;
    JUMP_FORWARD control::jump_forward;
    LIST_APPEND build::list_append;
    LIST_EXTEND build::list_extend;
    LOAD_ATTR attr::load_attr;
    LOAD_COMMON_CONSTANT load::load_common_constant;
    LOAD_CONST load::load_const;
    LOAD_DEREF load::load_deref;
    LOAD_FAST load::load_fast;
    LOAD_FAST_AND_CLEAR load::load_fast_and_clear;
    LOAD_FAST_BORROW load::load_fast_borrow;
    LOAD_FAST_BORROW_LOAD_FAST_BORROW load::load_fast_borrow_load_fast_borrow;
    LOAD_FAST_CHECK load::load_fast_check;
    LOAD_FAST_LOAD_FAST load::load_fast_load_fast;
    LOAD_FROM_DICT_OR_DEREF load::load_from_dict_or_deref;
    LOAD_FROM_DICT_OR_GLOBALS load::load_from_dict_or_globals;
    LOAD_GLOBAL load::load_global;
    LOAD_NAME load::load_name;
    LOAD_SMALL_INT load::load_small_int;
    LOAD_SPECIAL attr::load_special;
    LOAD_SUPER_ATTR attr::load_super_attr;
    MAKE_CELL load::make_cell;
    MAP_ADD build::map_add;
    MATCH_CLASS pattern::match_class;
    POP_JUMP_IF_FALSE control::pop_jump_if_false;
    POP_JUMP_IF_NONE control::pop_jump_if_none;
    POP_JUMP_IF_NOT_NONE control::pop_jump_if_not_none;
    POP_JUMP_IF_TRUE control::pop_jump_if_true;
    RAISE_VARARGS exception::raise_varargs;
    RERAISE exception::reraise;
    SEND generator::send;
    SET_ADD build::set_add;
    SET_FUNCTION_ATTRIBUTE build::set_function_attribute;
    SET_UPDATE build::set_update;
    STORE_ATTR attr::store_attr;
    STORE_DEREF load::store_deref;
    STORE_FAST load::store_fast;
    STORE_FAST_LOAD_FAST load::store_fast_load_fast;
    STORE_FAST_STORE_FAST load::store_fast_store_fast;
    STORE_GLOBAL load::store_global;
    STORE_NAME load::store_name;
    SWAP load::swap;
    UNPACK_EX build::unpack_ex;
    UNPACK_SEQUENCE build::unpack_sequence;
    YIELD_VALUE generator::yield_value;
    RESUME control::resume;
    BINARY_OP_INPLACE_ADD_UNICODE arith::inplace_add_unicode;
    BINARY_OP_ADD_FLOAT arith::add_float;
    BINARY_OP_ADD_INT arith::add_int;
    BINARY_OP_ADD_UNICODE arith::add_unicode;
    BINARY_OP_EXTEND arith::extend;
    BINARY_OP_MULTIPLY_FLOAT arith::multiply_float;
    BINARY_OP_MULTIPLY_INT arith::multiply_int;
    BINARY_OP_SUBSCR_DICT subscr::subscr_dict;
    BINARY_OP_SUBSCR_GETITEM subscr::subscr_getitem;
    BINARY_OP_SUBSCR_LIST_INT subscr::subscr_list_int;
    BINARY_OP_SUBSCR_LIST_SLICE subscr::subscr_list_slice;
    BINARY_OP_SUBSCR_STR_INT subscr::subscr_str_int;
    BINARY_OP_SUBSCR_TUPLE_INT subscr::subscr_tuple_int;
    BINARY_OP_SUBTRACT_FLOAT arith::subtract_float;
    BINARY_OP_SUBTRACT_INT arith::subtract_int;
    CALL_ALLOC_AND_ENTER_INIT call::call_alloc_and_enter_init;
    CALL_BOUND_METHOD_EXACT_ARGS call::call_bound_method_exact_args;
    CALL_BOUND_METHOD_GENERAL control::generic;
    CALL_BUILTIN_CLASS control::generic;
    CALL_BUILTIN_FAST call::call_builtin_fast;
    CALL_BUILTIN_FAST_WITH_KEYWORDS control::generic;
    CALL_BUILTIN_O control::generic;
    CALL_ISINSTANCE call::call_isinstance;
    CALL_KW_BOUND_METHOD control::generic;
    CALL_KW_NON_PY control::generic;
    CALL_KW_PY control::generic;
    CALL_LEN call::call_len;
    CALL_LIST_APPEND call::call_list_append;
    CALL_METHOD_DESCRIPTOR_FAST call::call_method_descriptor_fast;
    CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS control::generic;
    CALL_METHOD_DESCRIPTOR_NOARGS control::generic;
    CALL_METHOD_DESCRIPTOR_O control::generic;
    CALL_NON_PY_GENERAL control::generic;
    CALL_PY_EXACT_ARGS call::call_py_exact_args;
    CALL_PY_GENERAL control::generic;
    CALL_STR_1 control::generic;
    CALL_TUPLE_1 control::generic;
    CALL_TYPE_1 call::call_type_1;
    COMPARE_OP_FLOAT compare::compare_op_float;
    COMPARE_OP_INT compare::compare_op_int;
    COMPARE_OP_STR compare::compare_op_str;
    CONTAINS_OP_DICT compare::contains_op_dict;
    CONTAINS_OP_SET compare::contains_op_set;
    FOR_ITER_GEN iter::for_iter_gen;
    FOR_ITER_LIST iter::for_iter_list;
    FOR_ITER_RANGE iter::for_iter_range;
    FOR_ITER_TUPLE iter::for_iter_tuple;
    JUMP_BACKWARD_JIT control::generic;
    JUMP_BACKWARD_NO_JIT control::generic;
    LOAD_ATTR_CLASS attr::load_attr_class;
    LOAD_ATTR_CLASS_WITH_METACLASS_CHECK control::generic;
    LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN control::generic;
    LOAD_ATTR_INSTANCE_VALUE attr::load_attr_instance_value;
    LOAD_ATTR_METHOD_LAZY_DICT control::generic;
    LOAD_ATTR_METHOD_NO_DICT attr::load_attr_method_no_dict;
    LOAD_ATTR_METHOD_WITH_VALUES attr::load_attr_method_with_values;
    LOAD_ATTR_MODULE attr::load_attr_module;
    LOAD_ATTR_NONDESCRIPTOR_NO_DICT control::generic;
    LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES attr::load_attr_nondescriptor_with_values;
    LOAD_ATTR_PROPERTY attr::load_attr_property;
    LOAD_ATTR_SLOT attr::load_attr_slot;
    LOAD_ATTR_WITH_HINT attr::load_attr_with_hint;
    LOAD_CONST_IMMORTAL control::generic;
    LOAD_CONST_MORTAL control::generic;
    LOAD_GLOBAL_BUILTIN load::load_global_builtin;
    LOAD_GLOBAL_MODULE load::load_global_module;
    LOAD_SUPER_ATTR_ATTR control::generic;
    LOAD_SUPER_ATTR_METHOD control::generic;
    RESUME_CHECK control::generic;
    SEND_GEN generator::send_gen;
    STORE_ATTR_INSTANCE_VALUE attr::store_attr_instance_value;
    STORE_ATTR_SLOT attr::store_attr_slot;
    STORE_ATTR_WITH_HINT attr::store_attr_with_hint;
    STORE_SUBSCR_DICT subscr::store_subscr_dict;
    STORE_SUBSCR_LIST_INT subscr::store_subscr_list_int;
    TO_BOOL_ALWAYS_TRUE control::generic;
    TO_BOOL_BOOL compare::to_bool_bool;
    TO_BOOL_INT compare::to_bool_int;
    TO_BOOL_LIST compare::to_bool_list;
    TO_BOOL_NONE compare::to_bool_none;
    TO_BOOL_STR compare::to_bool_str;
    UNPACK_SEQUENCE_LIST build::unpack_sequence_list;
    UNPACK_SEQUENCE_TUPLE build::unpack_sequence_tuple;
    UNPACK_SEQUENCE_TWO_TUPLE build::unpack_sequence_two_tuple;
    INSTRUMENTED_END_FOR control::illegal;
    INSTRUMENTED_POP_ITER control::illegal;
    INSTRUMENTED_END_SEND control::illegal;
    INSTRUMENTED_FOR_ITER control::illegal;
    INSTRUMENTED_INSTRUCTION control::illegal;
    INSTRUMENTED_JUMP_FORWARD control::illegal;
    INSTRUMENTED_NOT_TAKEN control::illegal;
    INSTRUMENTED_POP_JUMP_IF_TRUE control::illegal;
    INSTRUMENTED_POP_JUMP_IF_FALSE control::illegal;
    INSTRUMENTED_POP_JUMP_IF_NONE control::illegal;
    INSTRUMENTED_POP_JUMP_IF_NOT_NONE control::illegal;
    INSTRUMENTED_RESUME control::illegal;
    INSTRUMENTED_RETURN_VALUE control::illegal;
    INSTRUMENTED_YIELD_VALUE control::illegal;
    INSTRUMENTED_END_ASYNC_FOR control::illegal;
    INSTRUMENTED_LOAD_SUPER_ATTR control::illegal;
    INSTRUMENTED_CALL control::illegal;
    INSTRUMENTED_CALL_KW control::illegal;
    INSTRUMENTED_CALL_FUNCTION_EX control::illegal;
    INSTRUMENTED_JUMP_BACKWARD control::illegal;
    INSTRUMENTED_LINE control::illegal;
    ENTER_EXECUTOR control::illegal;
}

/// Polls: see [`poll`].
#[inline(always)]
pub fn poll_needed() -> bool {
    crate::thread::EVAL_BREAKER.load(std::sync::atomic::Ordering::Relaxed) != 0
}

pub(crate) use poll::handle as handle_poll;
