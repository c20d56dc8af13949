//! The interface to the compiling tier.
//!
//! The virtual machine owns the trait; the JIT implements it and is plugged in at start-up. Without
//! one, everything here does nothing. What compiled code relied on is *watched*: changes are reported
//! here.

use crate::exceptions::PyResult;
use crate::interpreter::dispatch::{self, Flow, State};
use crate::interpreter::frame::{Frame, Returns};
use crate::objects::class::Type;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::thread::Thread;
use crate::value::{Raw, Value};
use std::cell::Cell;
use std::sync::OnceLock;

/// What the tier keeps in a code object.
pub struct CodeState {
    /// Function entries and back-edges so far, saturating.
    pub hotness: Cell<u32>,
    /// The tier's own record, null until it is interested.
    pub record: Cell<*mut ()>,
    /// Native code for the function's start, null if there is none.
    pub entry: Cell<*const ()>,
    /// Of a generator: behind its start, behind some of its `yield`s.
    pub resumptions: [Resumption; 4],
}

/// An instruction at which a generator that waits may go on natively.
pub struct Resumption {
    /// Null if there is none.
    pub ip: Cell<*const u16>,
    /// What [`Tier::resume`] needs to know.
    pub unit: Cell<*const ()>,
}

impl Resumption {
    pub fn set(&self, ip: *const u16, unit: *const ()) {
        self.ip.set(ip);
        self.unit.set(unit);
    }
}

impl CodeState {
    #[allow(clippy::new_without_default)]
    pub fn new() -> CodeState {
        CodeState {
            hotness: Cell::new(0),
            record: Cell::new(std::ptr::null_mut()),
            entry: Cell::new(std::ptr::null()),
            resumptions: std::array::from_fn(|_| Resumption {
                ip: Cell::new(std::ptr::null()),
                unit: Cell::new(std::ptr::null()),
            }),
        }
    }
}

/// Frames that native code has not written while an object dies: to be written before a finalizer or a callback
/// can look at them.
pub struct Unshown {
    /// Writes them.
    pub show: unsafe fn(*const Unshown),
}

/// Has native code write its frames, if it has put that off.
#[inline(always)]
pub fn show_frames() {
    let unshown = crate::thread::thread().unshown.replace(std::ptr::null());
    if !unshown.is_null() {
        // SAFETY: native code takes the pointer back before what it points to ends.
        unsafe { ((*unshown).show)(unshown) };
    }
}

/// A compiling tier.
pub trait Tier: Sync + Send {
    /// The code has become hot at a `RESUME` (`None`) or at a loop's header: may run native code in place of
    /// the interpreter. `None`: go on interpreting.
    fn hot(
        &self,
        state: &mut State,
        code: &Code,
        back_edge_from: Option<*const u16>,
    ) -> Option<Flow>;
    /// Goes on with a generator that stood at one of its code's resumptions, to its next yield or its end. `None` is
    /// sent: on the stack behind a `yield`, dropped at the start. The frame is linked as the innermost one, and
    /// marked as entry of the loop.
    fn resume(&self, thread: &Thread, frame: *mut Frame, unit: *const ()) -> PyResult;
    /// Entries or back-edges between calls of [`Tier::hot`].
    fn threshold(&self) -> u32;
    fn class_changed(&self, class: &Type);
    fn dict_changed(&self, dict: &Dict, key: &Value);
    fn function_changed(&self, function: &Function);
    fn at_safepoint(&self);
    /// The variables of a frame were written to; native code that runs it must leave.
    fn locals_written(&self, frame: *mut Frame);
    /// Tools want events of running code, or no longer: no native code may go on meanwhile.
    fn monitoring(&self, on: bool);
    /// The code object dies.
    fn code_dropped(&self, code: &Code);
}

/// Calls that native code may have inlined into each other at most.
pub const MAX_INLINED_DEPTH: i32 = 32;

static TIER: OnceLock<&'static dyn Tier> = OnceLock::new();
/// Hotness at which the tier is asked; out of reach without a tier.
static THRESHOLD: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(u32::MAX);

/// Plugs the tier in; once, at start-up.
pub fn install(tier: &'static dyn Tier) {
    if TIER.set(tier).is_ok() {
        THRESHOLD.store(tier.threshold(), std::sync::atomic::Ordering::Relaxed);
    }
}

/// This is a child process that has none of its parent's other threads: nothing more is handed in.
pub fn forked() {
    THRESHOLD.store(u32::MAX, std::sync::atomic::Ordering::Relaxed);
}

/// Goes on with a suspended generator natively, if that can be done; see [`Tier::resume`].
///
/// # Safety
/// The frame is a suspended generator's, and complete.
#[inline(always)]
pub unsafe fn resume(thread: &Thread, frame: *mut Frame) -> Option<PyResult> {
    // SAFETY: the caller's promise.
    unsafe {
        let resumptions = &(*(*frame).code).tier.resumptions;
        let at = resumptions.iter().position(|r| r.ip.get() == (*frame).ip)?;
        if dispatch::poll_needed() || crate::thread::native_stack_is_low() {
            return None;
        }
        let tier = TIER.get()?;
        if at > 0 {
            *(*frame).sp = Raw::none();
            (*frame).sp = (*frame).sp.add(1);
        }
        (*frame).returns = Returns::OutOfLoop;
        (*frame).previous = thread.frame.get();
        thread.frame.set(frame);
        dispatch::count_run();
        Some(tier.resume(thread, frame, resumptions[at].unit.get()))
    }
}

/// Counts a function entry or a back-edge; false when the tier is to be asked.
#[inline(always)]
pub fn count_entry(s: &State) -> bool {
    // SAFETY: the frame under execution owns its code through its function.
    let code = unsafe { &*s.frame().code };
    let hotness = code.tier.hotness.get() + 1;
    code.tier.hotness.set(hotness);
    hotness < THRESHOLD.load(std::sync::atomic::Ordering::Relaxed)
}

/// The code is hot, or a poll was due: the tier may run native code. `from` is the back-edge; the
/// registers are at the loop's header then.
pub fn ask(s: &mut State, from: Option<*const u16>) -> Flow {
    // SAFETY: as above.
    let code = unsafe { &*s.frame().code };
    if !crate::monitoring::active()
        && code.tier.hotness.get() >= THRESHOLD.load(std::sync::atomic::Ordering::Relaxed)
    {
        code.tier.hotness.set(0);
        if let Some(tier) = TIER.get()
            && let Some(flow) = tier.hot(s, code, from)
        {
            return flow;
        }
    }
    if from.is_some() {
        Flow::Jump
    } else {
        Flow::Next
    }
}

pub fn class_changed(class: &Type) {
    if let Some(tier) = TIER.get() {
        tier.class_changed(class);
    }
}
pub fn dict_changed(dict: &Dict, key: &Value) {
    if let Some(tier) = TIER.get() {
        tier.dict_changed(dict, key);
    }
}
pub fn function_changed(function: &Function) {
    if let Some(tier) = TIER.get() {
        tier.function_changed(function);
    }
}
/// Python writes to the variables of a frame through `f_locals`, or something else that the frame's native code has made
/// sure of holds no longer.
pub fn locals_written(frame: *mut Frame) {
    if let Some(tier) = TIER.get() {
        tier.locals_written(frame);
    }
}
pub fn monitoring(on: bool) {
    if let Some(tier) = TIER.get() {
        tier.monitoring(on);
    }
}
pub fn at_safepoint() {
    if let Some(tier) = TIER.get() {
        tier.at_safepoint();
    }
}
pub fn code_dropped(code: &Code) {
    if let Some(tier) = TIER.get() {
        tier.code_dropped(code);
    }
}
