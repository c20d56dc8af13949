//! The runtime helpers that native code calls: one table.

use crate::exit_plan::{ExitPlans, Native};
use crate::routines::*;
use cranelift_codegen::ir::{Type, types};
use std::sync::atomic::{AtomicU64, Ordering};
use taipan_bytecode::Opcode;
use taipan_vm::abstract_ops;
use taipan_vm::abstract_ops::{BinaryOp, Item};
use taipan_vm::interpreter::dispatch::{self, Flow, State};
use taipan_vm::interpreter::frame::{Frame, Returns};
use taipan_vm::native::NativeClass;
use taipan_vm::object::Header;
use taipan_vm::objects::class::CompareOp;
use taipan_vm::objects::float::Float;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::generator::{self, Delivered, Generator, Sent, next_item};
use taipan_vm::objects::int::Int;
use taipan_vm::objects::list::List;
use taipan_vm::thread::Thread;
use taipan_vm::value::{Raw, Value};

/// What native code, and helpers that may end it, return.
pub mod status {
    /// Goes on.
    pub const FINE: u64 = 0;
    /// The interpreter goes on in the thread's innermost frame, whose registers are written.
    pub const LEFT: u64 = 1;
    /// An exception is set, the frame's registers stand at the instruction.
    pub const RAISED: u64 = 2;
    /// The result lies, owned, in the first free stack slot.
    pub const RETURNED: u64 = 3;
    /// Raised, but this frame is in the traceback already.
    pub const RERAISED: u64 = 4;
    /// The value is yielded: the registers stand behind `YIELD_VALUE`.
    pub const SUSPENDED: u64 = 5;
    /// A generator's frame stands at `RETURN_VALUE`.
    pub const ENDED: u64 = 6;
    /// A generator's frame waits: a sink has taken the value.
    pub const DELIVERED: u64 = 7;
}

macro_rules! helpers {
    ($($name:ident $function:ident ($($parameter:ident),*) -> $result:expr, raises $raises:literal, python $python:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Helper { $($name,)* }
        impl Helper {
            pub const ALL: &'static [Helper] = &[$(Helper::$name,)*];
            pub fn name(self) -> &'static str { match self { $(Helper::$name => stringify!($name),)* } }
            pub fn address(self) -> *const u8 { match self { $(Helper::$name => $function as *const u8,)* } }
            pub fn parameters(self) -> Vec<Type> { match self { $(Helper::$name => vec![$(types::$parameter),*],)* } }
            pub fn result(self) -> Option<Type> { match self { $(Helper::$name => $result,)* } }
            pub fn may_raise(self) -> bool { match self { $(Helper::$name => $raises,)* } }
            pub fn may_run_python(self) -> bool { match self { $(Helper::$name => $python,)* } }
        }
    };
}

helpers! {
    Generic generic (I64, I64, I64) -> Some(types::I64), raises true, python true;
    CallPython call_python (I64, I64, I64) -> Some(types::I64), raises true, python true;
    FinishCall finish_call (I64, I64, I64, I64) -> Some(types::I64), raises true, python true;
    NewInstance new_instance (I64) -> Some(types::I64), raises false, python false;
    WrongInit wrong_init (I64) -> None, raises true, python false;
    FinishFrame finish_frame (I64, I64) -> None, raises false, python true;
    IterNext iter_next (I64, I64, I64) -> Some(types::I64), raises true, python true;
    IterNextPair iter_next_pair (I64, I64) -> Some(types::I64), raises true, python true;
    Send send (I64, I64, I64) -> Some(types::I64), raises true, python true;
    Deliver deliver (I64, I64, I64) -> Some(types::I64), raises true, python true;
    Leave leave (I64, I64, I64, I64, I64) -> None, raises false, python true;
    AfterNotImplemented after_not_implemented (I64, I64, I64) -> Some(types::I64), raises true, python true;
    Destroy destroy (I64, I64, I64, I64, I64, I64) -> Some(types::I64), raises false, python true;
    DeallocQuietly dealloc_quietly (I64) -> Some(types::I64), raises false, python false;
    Dealloc dealloc (I64) -> Some(types::I64), raises false, python true;
    BoxFloat box_float (F64) -> Some(types::I64), raises false, python false;
    FloatPow float_pow (F64, F64) -> Some(types::F64), raises false, python false;
    NumberBinary number_binary (I64, I64, I64) -> Some(types::I64), raises false, python false;
    NumberCompare number_compare (I64, I64, I64) -> Some(types::I64), raises false, python false;
    ListPush list_push (I64, I64) -> None, raises false, python false;
    LocalsWritten locals_written (I64) -> Some(types::I64), raises false, python false;
    Binary binary (I64, I64, I64) -> Some(types::I64), raises true, python true;
    Compare compare (I64, I64, I64) -> Some(types::I64), raises true, python true;
    Contains contains (I64, I64, I64) -> Some(types::I64), raises true, python true;
    ToBool to_bool (I64) -> Some(types::I64), raises true, python true;
    Not not (I64) -> Some(types::I64), raises true, python true;
    Negative negative (I64) -> Some(types::I64), raises true, python true;
    Invert invert (I64) -> Some(types::I64), raises true, python true;
    GetIter get_iter (I64) -> Some(types::I64), raises true, python true;
    Len len (I64) -> Some(types::I64), raises true, python true;
    IsInstance is_instance (I64, I64) -> Some(types::I64), raises true, python true;
    DictGet dict_item (I64, I64) -> Some(types::I64), raises true, python true;
    StoreItem store_item (I64, I64, I64) -> Some(types::I64), raises true, python true;
    DeleteItem delete_item (I64, I64) -> Some(types::I64), raises true, python true;
    Slice slice (I64, I64, I64) -> Some(types::I64), raises true, python true;
    SliceBySteps slice_by_steps (I64, I64, I64, I64) -> Some(types::I64), raises true, python true;
    StoreSlice store_slice (I64, I64, I64, I64, I64) -> Some(types::I64), raises true, python true;
    SetAdd set_add (I64, I64) -> Some(types::I64), raises true, python true;
    MapAdd map_add (I64, I64, I64) -> Some(types::I64), raises true, python true;
    ListExtend list_extend (I64, I64) -> Some(types::I64), raises true, python true;
    FormatSimple format_simple (I64) -> Some(types::I64), raises true, python true;
    FormatWithSpec format_with_spec (I64, I64) -> Some(types::I64), raises true, python true;
    ConvertValue convert_value (I64, I64) -> Some(types::I64), raises true, python true;
    BuildString build_string (I64, I64) -> Some(types::I64), raises true, python true;
    BuildMap build_map (I64, I64) -> Some(types::I64), raises true, python true;
    BuildSet build_set (I64, I64) -> Some(types::I64), raises true, python true;
    CallValue call_value (I64, I64) -> Some(types::I64), raises true, python true;
    CallFunction call_function (I64, I64) -> Some(types::I64), raises true, python true;
    MakeFunction make_function (I64) -> Some(types::I64), raises true, python true;
    SetFunctionAttribute set_function_attribute (I64, I64, I64) -> Some(types::I64), raises true, python true;
    StoreCell store_cell (I64, I64) -> Some(types::I64), raises true, python true;
    StoreGlobal store_global (I64, I64) -> Some(types::I64), raises true, python true;
    GetAttribute get_attribute (I64, I64) -> Some(types::I64), raises true, python true;
    CallIntrinsic call_intrinsic (I64, I64) -> Some(types::I64), raises true, python true;
    CallEx call_ex (I64, I64) -> Some(types::I64), raises true, python true;
    CallKeywords call_keywords (I64, I64) -> Some(types::I64), raises true, python true;
    BuildTuple build_tuple (I64, I64) -> Some(types::I64), raises false, python false;
    BuildList build_list (I64, I64) -> Some(types::I64), raises false, python false;
    BuildSlice build_slice (I64, I64) -> Some(types::I64), raises false, python false;
    QuickLen quick_len (I64) -> Some(types::I64), raises false, python false;
    QuickTruth quick_truth (I64) -> Some(types::I64), raises false, python false;
    QuickIsInstance quick_is_instance (I64, I64) -> Some(types::I64), raises false, python false;
    RangeIterator range_iterator (I64, I64, I64) -> Some(types::I64), raises false, python false;
    ForgetResult forget_result (I64) -> Some(types::I64), raises false, python false;
    TypeOf type_of (I64) -> Some(types::I64), raises false, python false;
    StrItem str_item (I64, I64) -> Some(types::I64), raises false, python false;
    StrCompare str_compare (I64, I64, I64) -> Some(types::I64), raises false, python false;
    Prologue prologue (I64, I64) -> None, raises false, python false;
    MakeCell make_cell (I64, I64) -> Some(types::I64), raises false, python false;
    MakeGenerator make_generator (I64, I64) -> Some(types::I64), raises false, python false;
    DropRaised drop_raised () -> None, raises false, python false;
    Chaos chaos () -> Some(types::I64), raises false, python false;
}

/// Performs one instruction by the interpreter's own body. The frame is written; `packed` has the
/// opcode, what it pushes and its operand.
unsafe extern "C" fn generic(frame: *mut Frame, thread: *const Thread, packed: u64) -> u64 {
    // SAFETY: native code passes its own frame, whose registers it has just written.
    unsafe {
        // The instruction as it is now: its cache fits no other form.
        let Some(op) = Opcode::from_u8(*(*frame).ip as u8) else {
            unreachable!("verified code")
        };
        if op == taipan_vm::monitoring::code::TRAP {
            crate::tier::no_exit();
            return status::LEFT;
        }
        crate::stats::count_generic(op);
        let pushes = (packed >> 8 & 0xFF_FFFF) as usize;
        let oparg = (packed >> 32) as u32;
        let mut s = State {
            ip: (*frame).ip,
            sp: (*frame).sp,
            frame,
            thread,
        };
        let mut flow = dispatch::perform(&mut s, op, oparg);
        if let Flow::Generic = flow {
            flow = dispatch::generic_body(&mut s, op.deopt(), oparg);
        }
        match flow {
            Flow::Next => {}
            Flow::Release(raw) => {
                s.save();
                raw.release();
            }
            Flow::ReleaseBoth(first, second) => {
                s.save();
                first.release();
                second.release();
            }
            Flow::Jump if s.frame != frame => match run_callee(&mut s, frame) {
                status::FINE => {}
                other => return other,
            },
            Flow::Jump => {
                s.save();
                crate::tier::no_exit();
                return status::LEFT;
            }
            Flow::Raise => {
                s.save();
                return status::RAISED;
            }
            Flow::Reraise => {
                s.save();
                return status::RERAISED;
            }
            Flow::Generic | Flow::Leave(_) => unreachable!("generic forms end"),
        }
        for i in 0..pushes {
            let slot = s.sp.sub(1 + i);
            *slot = (*slot).owned();
        }
        after(&mut s, op)
    }
}

/// After Python code may have run: does native code have to leave?
unsafe fn after(s: &mut State, op: Opcode) -> u64 {
    if crate::tier::take_locals_written(s.frame) {
        // SAFETY: the instruction and its caches are over.
        s.ip = unsafe { s.ip.add(1 + op.caches()) };
        s.save();
        crate::tier::no_exit();
        return status::LEFT;
    }
    status::FINE
}

/// Runs the frame that an instruction of `frame` pushed; its result goes to the stack of `frame`.
unsafe fn run_callee(s: &mut State, frame: *mut Frame) -> u64 {
    // SAFETY: the frames between are live.
    unsafe {
        if taipan_vm::thread::native_stack_is_low() {
            (*s.frame).ip = s.ip;
            (*s.frame).sp = s.sp;
            crate::tier::no_exit();
            return status::LEFT;
        }
        let mut outermost = s.frame;
        while (*outermost).previous != frame {
            outermost = (*outermost).previous;
        }
        (*outermost).returns = Returns::OutOfLoop;
        let result = crate::tier::run_frame(State {
            ip: s.ip,
            sp: s.sp,
            frame: s.frame,
            thread: s.thread,
        });
        s.frame = frame;
        s.ip = (*frame).ip;
        s.sp = (*frame).sp;
        match result {
            Ok(value) => {
                s.push(value.into_raw());
                status::FINE
            }
            Err(_) => status::RAISED,
        }
    }
}

/// Calls the Python function on the stack, which takes exactly what lies above it.
unsafe extern "C" fn call_python(frame: *mut Frame, thread: *const Thread, packed: u64) -> u64 {
    // SAFETY: native code checked the function, and wrote the frame.
    unsafe {
        let (total, has_self, count) = (
            packed as u16 as usize,
            packed >> 16 & 1 != 0,
            (packed >> 32) as usize,
        );
        let sp = (*frame).sp;
        let base = sp.sub(count + 2);
        let callable = *base;
        if !callable.is_pointer() || callable.header().shape_id() != Function::cell().shape().id() {
            return generic(
                frame,
                thread,
                Opcode::CALL as u64 | 1 << 8 | (count as u64) << 32,
            );
        }
        let code = (*(callable.address() as *const Function)).code();
        if !code.simple || code.argcount as usize != total {
            return generic(
                frame,
                thread,
                Opcode::CALL as u64 | 1 << 8 | (count as u64) << 32,
            );
        }
        let first = if has_self { base.add(1) } else { base.add(2) };
        let mut s = State {
            ip: (*frame).ip,
            sp,
            frame,
            thread,
        };
        let flow = taipan_vm::interpreter::ops::call::enter_exact(
            &mut s,
            base,
            callable,
            first,
            total,
            1 + Opcode::CALL.caches(),
        );
        if flow.is_none() {
            let _ = taipan_vm::interpreter::call::too_deep();
            s.save();
            return status::RAISED;
        }
        match run_callee(&mut s, frame) {
            status::FINE => {}
            other => return other,
        }
        if packed >> 17 & 1 != 0 && !drop_init_result(&mut s) {
            return status::RAISED;
        }
        after(&mut s, Opcode::CALL)
    }
}

/// Native code that a `CallDirect` entered did not return: finishes its frame. The result goes to the stack
/// of `frame`, the caller.
unsafe extern "C" fn finish_call(
    frame: *mut Frame,
    thread: *const Thread,
    status: u64,
    is_init: u64,
) -> u64 {
    // SAFETY: the frames up to the caller's are live, and the callee's is marked as entry.
    unsafe {
        let innermost = (*thread).frame.get();
        if status == status::LEFT {
            crate::tier::left(innermost);
        }
        let s = State {
            ip: (*innermost).ip,
            sp: (*innermost).sp,
            frame: innermost,
            thread,
        };
        let result = match status {
            status::RAISED => dispatch::run_raised(s, false),
            status::RERAISED => dispatch::run_raised(s, true),
            _ => dispatch::run_from(s),
        };
        let mut s = State {
            ip: (*frame).ip,
            sp: (*frame).sp,
            frame,
            thread,
        };
        match result {
            Ok(value) => s.push(value.into_raw()),
            Err(_) => return status::RAISED,
        }
        if is_init != 0 && !drop_init_result(&mut s) {
            return status::RAISED;
        }
        // The instruction itself may have become a trap meanwhile.
        let code = s.frame().code_ref();
        let (op, _) = code.plain_instruction(code.offset_of(s.ip));
        after(&mut s, op)
    }
}

/// Takes what `__init__` returned from the stack; false, and an exception is set, if it is not None.
fn drop_init_result(s: &mut State) -> bool {
    let result = s.pop();
    if result.unborrowed() == Raw::none() {
        return true;
    }
    s.save();
    wrong_init(result.0);
    false
}

/// `__init__` returned something, owned, that is not None.
extern "C" fn wrong_init(word: u64) {
    let _ = taipan_vm::exceptions::type_error(format!(
        "__init__() should return None, not '{}'",
        Raw(word).peek().class().name()
    ));
    Raw(word).release();
}

/// A new object of a class of which the builder has seen that calls make plain instances.
unsafe extern "C" fn new_instance(class: *const taipan_vm::objects::class::Type) -> u64 {
    // SAFETY: the class's version was checked, so it lives.
    let object = taipan_vm::objects::object::Object::allocate(unsafe { &*class });
    object.into_value().into_raw().0
}

/// Ends a frame that a frame object shows.
unsafe extern "C" fn finish_frame(frame: *mut Frame, thread: *const Thread) {
    // SAFETY: native code returns from this frame.
    unsafe { taipan_vm::interpreter::frame::finish(&*thread, frame) };
}

/// How often Python code has been run.
pub fn runs() -> u64 {
    dispatch::RUNS.load(Ordering::Relaxed)
}

/// Hands the frames over to the interpreter.
unsafe extern "C" fn leave(
    frame: *mut Frame,
    thread: *const Thread,
    buffer: *const u64,
    plans: *const ExitPlans,
    exit: u32,
) {
    // SAFETY: native code passes its own frame and thread, and an exit of its unit, whose values it has stored.
    unsafe {
        let native = Native {
            frame,
            thread: &*thread,
            buffer,
        };
        (*plans).leave(exit, native);
        crate::tier::set_last_exit((*plans).name(exit));
    }
}

/// The first half of an iterator's next value, with the second at `second`; for other values than pairs that is 0. 0 at
/// the iterator's end, null when it raised.
unsafe extern "C" fn iter_next_pair(iterator: u64, second: *mut u64) -> u64 {
    let (first, other) = match abstract_ops::next_pair(&Raw(iterator).peek()) {
        Ok(Some(Item::Pair(first, second))) => (first.into_raw().0, second.into_raw().0),
        Ok(Some(Item::Other(value))) => (value.into_raw().0, 0),
        Ok(None) => (0, 0),
        Err(_) => (Raw::NULL.0, 0),
    };
    // SAFETY: native code passes a place of its own.
    unsafe { second.write(other) };
    first
}

/// What the receiver yields; 0 when it returned: the value is at `returned` then. Null when it raised.
unsafe extern "C" fn send(receiver: u64, value: u64, returned: *mut u64) -> u64 {
    match generator::send_any(&Raw(receiver).peek(), &Raw(value).peek()) {
        Ok(Sent::Yielded(item)) => item.into_raw().0,
        Ok(Sent::Returned(value)) => {
            // SAFETY: native code passes a place of its own.
            unsafe { returned.write(value.into_raw().0) };
            0
        }
        Err(_) => Raw::NULL.0,
    }
}

/// A generator's item for the thread's sink. The frame is written, as it is to be while it waits.
unsafe extern "C" fn deliver(frame: *mut Frame, thread: *const Thread, item: u64) -> u64 {
    // SAFETY: native code passes its own frame, which is the sink's, and an owned word.
    unsafe {
        match generator::deliver(&*thread, frame, Raw(item).into_value()) {
            Delivered::Suspended => status::DELIVERED,
            Delivered::GoOn if crate::tier::take_locals_written(frame) => {
                // The interpreter wants the value that is sent.
                *(*frame).sp = Raw::none();
                (*frame).sp = (*frame).sp.add(1);
                crate::tier::no_exit();
                status::LEFT
            }
            Delivered::GoOn => status::FINE,
        }
    }
}

/// Destroys an object whose count is zero; 1 when Python code has run meanwhile, and native code has left.
unsafe extern "C" fn destroy(
    frame: *mut Frame,
    thread: *const Thread,
    buffer: *const u64,
    plans: *const ExitPlans,
    exit: u32,
    object: *mut Header,
) -> u64 {
    // SAFETY: as above; the caller has just given the last reference up.
    unsafe {
        let native = Native {
            frame,
            thread: &*thread,
            buffer,
        };
        let ran = (*plans).destroy(exit, &native, object);
        if ran {
            crate::tier::set_last_exit((*plans).name(exit));
        }
        ran as u64
    }
}

/// The next value of an iterator: 0 at its end, null when it raised.
unsafe extern "C" fn iter_next(_frame: *mut Frame, _thread: *const Thread, iterator: u64) -> u64 {
    let iterator = Raw(iterator).peek();
    let next = match iterator.downcast_exact::<Generator>() {
        Some(generator) => next_item(&generator.core),
        None => abstract_ops::next(&iterator),
    };
    match next {
        Ok(Some(value)) => value.into_raw().0,
        Ok(None) => 0,
        Err(_) => Raw::NULL.0,
    }
}

/// Destroys an object whose count is zero if that takes no Python code; 1 when it is done.
unsafe extern "C" fn dealloc_quietly(word: u64) -> u64 {
    // SAFETY: the caller has just given the last reference up.
    unsafe { taipan_vm::memory::dealloc_quietly(word as *mut Header) as u64 }
}

/// Destroys an object whose count is zero; 1 when Python code has run meanwhile.
unsafe extern "C" fn dealloc(word: u64) -> u64 {
    let before = dispatch::RUNS.load(Ordering::Relaxed);
    // SAFETY: the caller has just given the last reference up.
    unsafe { taipan_vm::memory::dealloc(word as *mut Header) };
    (dispatch::RUNS.load(Ordering::Relaxed) != before) as u64
}

extern "C" fn box_float(float: f64) -> u64 {
    Value::float(float).into_raw().0
}

extern "C" fn float_pow(base: f64, exponent: f64) -> f64 {
    base.powf(exponent)
}

/// An int or float: no class derived from them, so that operators run no Python code.
fn is_number(raw: Raw) -> bool {
    !raw.is_pointer() || {
        let class = raw.header().class();
        std::ptr::eq(class, Int::class()) || std::ptr::eq(class, Float::class())
    }
}

/// Immediate operands of which one at least is a float, and a result that is immediate too.
#[inline(always)]
fn quick_float(left: Raw, right: Raw, operator: BinaryOp) -> Option<u64> {
    let number = |raw: Raw| {
        if raw.is_int() {
            let int = raw.as_int();
            (int.unsigned_abs() <= 1 << 53).then_some(int as f64)
        } else {
            raw.as_immediate_float()
        }
    };
    if left.is_int() && right.is_int() {
        return None;
    }
    let (a, b) = (number(left)?, number(right)?);
    let result = match operator {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::TrueDivide if b != 0.0 => a / b,
        _ => return None,
    };
    Raw::try_float(result).map(|raw| raw.0)
}

/// The result of an operator on two numbers; 0 for other operands and where it raises.
extern "C" fn number_binary(left: u64, right: u64, operator: u64) -> u64 {
    let (left, right) = (Raw(left), Raw(right));
    let Some(operator) = BinaryOp::ALL.get(operator as usize) else {
        return 0;
    };
    if let Some(word) = quick_float(left, right, *operator) {
        return word;
    }
    if !is_number(left) || !is_number(right) {
        return 0;
    }
    match abstract_ops::binary_op(*operator, &left.peek(), &right.peek()) {
        // An object is left to the interpreter, so that no result has to be counted.
        Ok(value) if value.raw().is_pointer() => 0,
        Ok(value) => value.into_raw().0,
        Err(_) => {
            // The interpreter raises it again, with everything in place.
            drop(taipan_vm::exceptions::take_raised());
            0
        }
    }
}

/// 0 or 1, or 2 for other operands. The mask is that of `COMPARE_OP`.
extern "C" fn number_compare(left: u64, right: u64, mask: u64) -> u64 {
    let (left, right) = (Raw(left), Raw(right));
    if !is_number(left) || !is_number(right) {
        return 2;
    }
    let op = match mask {
        2 => CompareOp::Lt,
        10 => CompareOp::Le,
        8 => CompareOp::Eq,
        7 => CompareOp::Ne,
        4 => CompareOp::Gt,
        12 => CompareOp::Ge,
        _ => return 2,
    };
    match abstract_ops::rich_compare(&left.peek(), &right.peek(), op) {
        Ok(answer) => answer.is_true() as u64,
        Err(_) => 2,
    }
}

/// Forgets an exception that the interpreter is to raise again.
extern "C" fn drop_raised() {
    drop(taipan_vm::exceptions::take_raised());
}

unsafe extern "C" fn list_push(list: *const List, word: u64) {
    // SAFETY: native code checked the class; the word is owned.
    unsafe { (*list).push(Raw(word).into_value()) };
}

extern "C" fn locals_written(frame: *mut Frame) -> u64 {
    crate::tier::take_locals_written(frame) as u64
}

static CHAOS: AtomicU64 = AtomicU64::new(0);

pub fn seed_chaos(seed: u64) {
    CHAOS.store(
        seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
        Ordering::Relaxed,
    );
}

/// Now and then 1.
extern "C" fn chaos() -> u64 {
    let mut x = CHAOS.load(Ordering::Relaxed);
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    CHAOS.store(x, Ordering::Relaxed);
    (x >> 32).is_multiple_of(61) as u64
}
