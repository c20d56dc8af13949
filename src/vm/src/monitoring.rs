//! Events of running code for tools: `sys.monitoring` (PEP 669), and `sys.settrace` and `sys.setprofile` above it.
//!
//! While no tool wants an event, nothing here is asked for: code runs as it is. Once one does, the code objects
//! under execution get *traps* in place of the instructions that have events ([`code`]), others when they are
//! entered next (the poll of `RESUME` sees the request, which stands as long as there are tools). A trap
//! ([`trap`]) tells the tools ([`events`]) and performs the instruction that it hides. Native code is neither
//! entered nor gone on with meanwhile.

pub mod code;
mod events;
pub mod functions;
pub mod jump;
pub mod legacy;
pub mod trap;
pub mod unwinding;

use crate::gc::Field;
use crate::interpreter::frame::Frame;
use crate::objects::code::Code;
use crate::thread::{EVAL_BREAKER, breaker, thread};
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::Ordering;

/// What can be told, by the numbers of `sys.monitoring.events`' bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
#[allow(clippy::upper_case_acronyms)]
pub enum Event {
    PyStart,
    PyResume,
    PyReturn,
    PyYield,
    Call,
    Line,
    Instruction,
    Jump,
    BranchLeft,
    BranchRight,
    StopIteration,
    Raise,
    ExceptionHandled,
    PyUnwind,
    PyThrow,
    Reraise,
    CReturn,
    CRaise,
    Branch,
}

impl Event {
    pub const ALL: [(Event, &'static str); EVENTS] = [
        (Event::PyStart, "PY_START"),
        (Event::PyResume, "PY_RESUME"),
        (Event::PyReturn, "PY_RETURN"),
        (Event::PyYield, "PY_YIELD"),
        (Event::Call, "CALL"),
        (Event::Line, "LINE"),
        (Event::Instruction, "INSTRUCTION"),
        (Event::Jump, "JUMP"),
        (Event::BranchLeft, "BRANCH_LEFT"),
        (Event::BranchRight, "BRANCH_RIGHT"),
        (Event::StopIteration, "STOP_ITERATION"),
        (Event::Raise, "RAISE"),
        (Event::ExceptionHandled, "EXCEPTION_HANDLED"),
        (Event::PyUnwind, "PY_UNWIND"),
        (Event::PyThrow, "PY_THROW"),
        (Event::Reraise, "RERAISE"),
        (Event::CReturn, "C_RETURN"),
        (Event::CRaise, "C_RAISE"),
        (Event::Branch, "BRANCH"),
    ];
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
    /// The event that says whether a tool gets this one: the end of a native call is told to whom its start is.
    fn group(self) -> Event {
        match self {
            Event::CReturn | Event::CRaise => Event::Call,
            event => event,
        }
    }
    /// Does it belong to a place in the code, where it can be switched off?
    fn is_local(self) -> bool {
        self < Event::Raise
    }
}

pub const EVENTS: usize = 19;
/// Events that are asked for by themselves: all but the ends of native calls and `BRANCH`, which means two others.
pub const UNGROUPED: usize = Event::CReturn as usize;
pub const TOOLS: usize = 8;
/// Tools that Python can ask for.
pub const PUBLIC_TOOLS: usize = 6;
const PROFILE: usize = 6;
const TRACE: usize = 7;

/// The tools that want each event, as bits.
pub type Tools = [u8; UNGROUPED];

pub fn set_events(tools: &mut Tools, tool: usize, events: u32) {
    for (event, bits) in tools.iter_mut().enumerate() {
        *bits = *bits & !(1 << tool) | ((events >> event & 1) as u8) << tool;
    }
}

pub fn events_of(tools: &Tools, tool: usize) -> u32 {
    let wants = |event: &usize| tools[*event] >> tool & 1 != 0;
    (0..UNGROUPED)
        .filter(wants)
        .fold(0, |set, event| set | 1 << event)
}

struct State {
    tools: Cell<Tools>,
    callbacks: [[Field<Option<Value>>; EVENTS]; TOOLS],
    names: [Field<Option<Value>>; PUBLIC_TOOLS],
    /// Changes whenever code has to be looked at again.
    version: Cell<u64>,
    /// The version at which places switched off were last switched on again.
    restarted: Cell<u64>,
    /// Of the code objects that tools want events of in particular.
    local: Field<Vec<*const code::Monitor>>,
    /// The event that is being told, and its frame.
    telling: Cell<Option<(Event, *mut Frame)>>,
}

struct Global(UnsafeCell<State>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Global {}
static STATE: Global = Global(UnsafeCell::new(State {
    tools: Cell::new([0; UNGROUPED]),
    callbacks: [const { [const { Field::new(None) }; EVENTS] }; TOOLS],
    names: [const { Field::new(None) }; PUBLIC_TOOLS],
    version: Cell::new(0),
    restarted: Cell::new(0),
    local: Field::new(Vec::new()),
    telling: Cell::new(None),
}));

fn state() -> &'static State {
    // SAFETY: only shared references are made, under the GIL.
    unsafe { &*STATE.0.get() }
}

/// Does any tool want any event?
#[inline(always)]
pub fn active() -> bool {
    EVAL_BREAKER.load(Ordering::Relaxed) & breaker::TRACE != 0
}

/// What a tool wants of all code.
fn set_global_events(tool: usize, events: u32) {
    let state = state();
    let mut tools = state.tools.get();
    if events_of(&tools, tool) == events {
        return;
    }
    set_events(&mut tools, tool, events);
    state.tools.set(tools);
    changed();
}

/// What a tool wants of one code object.
fn set_local_events(code: &Code, tool: usize, events: u32) {
    let monitor = code.monitor();
    let mut tools = monitor.local.get();
    if events_of(&tools, tool) == events {
        return;
    }
    set_events(&mut tools, tool, events);
    monitor.set_local(tools);
    changed();
    monitor.refresh(code);
}

/// Places switched off are switched on again.
fn restart_events() {
    let state = state();
    state.version.set(state.version.get() + 1);
    state.restarted.set(state.version.get());
    refresh_running();
}

/// Tools want other events from now on.
fn changed() {
    let state = state();
    state.version.set(state.version.get() + 1);
    let wanted = state.local.with(|local| !local.is_empty())
        || state.tools.get().iter().any(|bits| *bits != 0);
    if wanted != active() {
        if wanted {
            EVAL_BREAKER.fetch_or(breaker::TRACE, Ordering::Relaxed);
        } else {
            EVAL_BREAKER.fetch_and(!breaker::TRACE, Ordering::Relaxed);
        }
        crate::tier::monitoring(wanted);
    }
    refresh_running();
}

/// A tool wants nothing any more.
fn clear_tool(tool: usize) {
    let state = state();
    for callback in &state.callbacks[tool] {
        callback.set(None);
    }
    let mut all = state.tools.get();
    set_events(&mut all, tool, 0);
    state.tools.set(all);
    for monitor in state.local.with(|local| local.clone()) {
        // SAFETY: monitors leave the list when they die.
        let monitor = unsafe { &*monitor };
        let mut tools = monitor.local.get();
        set_events(&mut tools, tool, 0);
        monitor.set_local(tools);
    }
    changed();
}

/// Frames under execution get their traps at once, whatever instruction they go on with.
fn refresh_running() {
    crate::tier::show_frames();
    let mut frame = thread().frame.get();
    // SAFETY: the chain of running frames is live.
    unsafe {
        while !frame.is_null() {
            refresh_frame(frame);
            frame = (*frame).previous;
        }
    }
}

/// Brings the traps in the code of a frame up to date.
///
/// # Safety
/// The frame is live.
pub unsafe fn refresh_frame(frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        if crate::interpreter::is_shim(frame) {
            return;
        }
        let code = (*frame).code_ref();
        let monitor = code.monitor();
        if !monitor.traps_all() {
            (*frame).traced_at = (*frame).offset() as u32;
        }
        monitor.refresh(code);
    }
}
