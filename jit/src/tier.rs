//! The tier: what is compiled when, entered, left, and compiled again.
//!
//! Everything here runs under the GIL. A code object has a record with one unit for each entry
//! (function start, loop header). Once it has a unit its hotness stays at the threshold, so that every
//! entry and back edge asks.

use crate::bailout::Bailout;
use crate::builder::{Failure, Observed, Source, stable};
use crate::code_cache::{Memory, Outcome};
use crate::compile::{Compiled, Job, prepare};
use crate::deopt::{Exit, Reason};
use crate::exit_plan::ExitPlans;
use crate::helpers::status;
use crate::machine::{Machine, UnsupportedMachine};
use crate::{Mode, Options, stats, worker};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};
use taipan_bytecode::{CodeFlags, Opcode};
use taipan_vm::exceptions::{PyResult, Raised};
use taipan_vm::interpreter::dispatch::{self, Flow, State};
use taipan_vm::interpreter::frame::{Frame, Returns};
use taipan_vm::interpreter::ops::control::return_value_slow;
use taipan_vm::interpreter::ops::generator::{end, suspend};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::function::Function;
use taipan_vm::thread::Thread;
use taipan_vm::tier::Resumption;
use taipan_vm::value::{Raw, Value};

/// Executions of an entry before it is compiled; large code waits longer, by its length.
const HOT: u32 = 400;
/// Entries and back edges between questions.
const THRESHOLD: u32 = 60;
/// Failures of one exit before the unit is compiled again without what failed: a compile takes as long as
/// thousands of exits. Each one after the first waits for twice as many.
const PATIENCE: u32 = 120;
/// The larger the unit, the longer takes a compile: for each so many bytes one exit more, if most entries do well.
const BYTES_PER_EXIT: usize = 25;
/// Units that one entry of a code object may go through. Each one after the second waits twice as long for its turn.
const MAX_COMPILES: u32 = 10;
/// Native code made for a code object before it is left to the interpreter: big ones get fewer tries.
const MAX_BYTES: usize = 4 << 20;

/// Shapes remembered for one site.
const MAX_SHAPES: usize = 8;

/// The number of a unit in the upper half, of its exit in the lower.
static LAST_EXIT: AtomicU64 = AtomicU64::new(NO_EXIT);
const NO_EXIT: u64 = u64::MAX;
/// Frames whose variables were written through `f_locals` and that have not been asked about since; an
/// address that is stale makes one frame leave for nothing.
static WRITTEN: Mutex<Vec<usize>> = Mutex::new(Vec::new());
/// How many there are; more than there can be while tools want events, so that native code asks after each call.
static WRITTEN_COUNT: AtomicUsize = AtomicUsize::new(0);
const MONITORED: usize = 1 << 32;
static OPTIONS: OnceLock<Options> = OnceLock::new();

pub fn set_last_exit(exit: u64) {
    LAST_EXIT.store(exit, Ordering::Relaxed);
}
pub fn written_count_address() -> u64 {
    &raw const WRITTEN_COUNT as u64
}
/// What leaves now is no exit of a unit.
pub fn no_exit() {
    LAST_EXIT.store(NO_EXIT, Ordering::Relaxed);
}
/// Were the frame's variables written through `f_locals` since the last question?
pub fn take_locals_written(frame: *mut Frame) -> bool {
    WRITTEN_COUNT.load(Ordering::Relaxed) != 0 && take_written(frame)
}
#[cold]
fn take_written(frame: *mut Frame) -> bool {
    let monitored = taipan_vm::monitoring::active();
    let Ok(mut written) = WRITTEN.lock() else {
        return true;
    };
    let found = written.iter().position(|f| *f == frame as usize);
    if let Some(at) = found {
        written.swap_remove(at);
    }
    count_written(written.len());
    found.is_some() || monitored
}

fn count_written(frames: usize) {
    let monitored = if taipan_vm::monitoring::active() {
        MONITORED
    } else {
        0
    };
    WRITTEN_COUNT.store(frames | monitored, Ordering::Relaxed);
}

/// Where native code begins.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    pub unit: u32,
    /// At a loop's header, not at the function's start.
    pub osr: bool,
}

impl Entry {
    /// Behind `RESUME`: the cells of the frame are made.
    pub fn start(code: &Code) -> Entry {
        Entry {
            unit: code.prologue + 1,
            osr: false,
        }
    }
}

pub struct Unit {
    number: u32,
    pub entry: Entry,
    pub memory: Memory,
    pub plans: Box<ExitPlans>,
    pub counts: Vec<Cell<u32>>,
    pub entries: Cell<u64>,
    pub compile_time: std::time::Duration,
    dead: Cell<bool>,
}

/// What the tier knows of a code object.
#[derive(Default)]
pub struct Record {
    pub name: String,
    pub units: Vec<Box<Unit>>,
    /// Units that were thrown away, as far as statistics want them.
    retired: Vec<Box<Unit>>,
    counts: HashMap<Entry, u32>,
    failed: HashMap<u32, Failure>,
    /// What variables and stack have held at each entry, joined.
    seen: HashMap<Entry, Vec<Observed>>,
    /// Entries whose compile runs in the background.
    under_way: HashSet<Entry>,
    compiles: HashMap<Entry, u32>,
    /// Spent on building HIR, while the program waits.
    pub build_time: Duration,
    bytes: usize,
    /// Of a generator or coroutine: can native code run between its suspensions?
    suspends: Option<bool>,
    pub bailouts: HashMap<Entry, Bailout>,
}

pub struct Jit;

pub fn options() -> &'static Options {
    OPTIONS.get_or_init(Options::default)
}

pub fn plug_in(options: Options, machine: Option<&Machine>) -> Result<(), UnsupportedMachine> {
    let mode = options.mode;
    if mode != Mode::Off && machine.is_none() {
        return Err(UnsupportedMachine);
    }
    if options.stats {
        stats::start_counting();
    }
    if let Some(seed) = options.chaos {
        crate::helpers::seed_chaos(seed);
    }
    if OPTIONS.set(options).is_ok() && mode != Mode::Off {
        taipan_vm::tier::install(&Jit);
    }
    Ok(())
}

/// What a guard at the entry is to expect of a variable that holds this.
pub fn observe(raw: Raw) -> Observed {
    if raw.is_int() {
        Observed::Int
    } else if raw.is_unbound() {
        Observed::Unbound
    } else if raw.is_null() {
        Observed::Unknown
    } else if !raw.is_pointer() {
        Observed::Float
    } else if raw == Value::true_().raw() || raw == Value::false_().raw() {
        Observed::Bool
    } else if raw == Value::none().raw() {
        Observed::None
    } else {
        let shape = raw.header().shape();
        if stable(shape) {
            Observed::Exact(shape.id())
        } else {
            // Whoever uses it looks at its shape: instances of several shapes come to one variable.
            Observed::Unknown
        }
    }
}

/// Of an object whose shape may change.
pub fn instance_shape(raw: Raw) -> Option<u32> {
    let shape = raw.is_pointer().then(|| raw.header().shape())?;
    (!stable(shape)).then(|| shape.id())
}

/// Is this a coroutine, or a generator that delegates to no other? Frames that only pass values on are not run at
/// all by the interpreter, while native code would end and begin with each.
fn suspends_natively(code: &Code) -> bool {
    if !code.flags.contains(CodeFlags::GENERATOR) {
        return code.flags.contains(CodeFlags::COROUTINE);
    }
    let units = code.snapshot();
    let mut at = 0;
    while let Some(op) = units.get(at).and_then(|u| Opcode::from_u8(*u as u8)) {
        if op.deopt() == Opcode::SEND {
            return false;
        }
        at += 1 + op.caches();
    }
    true
}

/// The record, made at the first question.
fn record(code: &Code) -> &mut Record {
    let mut pointer = code.tier.record.get() as *mut Record;
    if pointer.is_null() {
        pointer = Box::into_raw(Box::new(Record {
            name: code.qualname.to_string(),
            ..Record::default()
        }));
        code.tier.record.set(pointer as *mut ());
        stats::register(pointer);
    }
    // SAFETY: made here, freed with the code; only the thread that holds the GIL is here, and no
    // reference is held while Python code runs.
    unsafe { &mut *pointer }
}

/// Joins what the frame's variables and stack hold to what they held before at this entry.
fn note_seen(record: &mut Record, code: &Code, s: &State, entry: Entry) {
    let (slots, base) = (Frame::slots(s.frame), Frame::stack_base(s.frame));
    // SAFETY: the frame is complete, its registers are those of the state.
    let words = unsafe {
        let depth = s.sp.offset_from(base) as usize;
        std::slice::from_raw_parts(slots, code.local_count as usize)
            .iter()
            .chain(std::slice::from_raw_parts(base, depth))
    };
    let seen = record.seen.entry(entry).or_default();
    if seen.is_empty() {
        seen.extend(words.map(|word| observe(*word)));
        return;
    }
    for (before, word) in seen.iter_mut().zip(words) {
        *before = before.join(observe(*word));
    }
}

/// Compiles the code for this entry, from the frame as it is.
fn make(code: &Code, s: &State, entry: Entry) -> Option<*const Unit> {
    let options = options();
    let record = record(code);
    if record.bailouts.contains_key(&entry) {
        return None;
    }
    if record.compiles_of(entry) >= MAX_COMPILES || record.bytes >= MAX_BYTES {
        record.bailouts.insert(entry, Bailout::GaveUp);
        return None;
    }
    // SAFETY: as above; functions that have run have their code's closure.
    let (held, closure) = unsafe {
        let slots = Frame::slots(s.frame);
        let held = std::slice::from_raw_parts(slots, code.local_count as usize).to_vec();
        let cells = (*s.frame).function().closure_cells();
        (held, cells.iter().map(|cell| cell.raw()).collect())
    };
    note_seen(record, code, s, entry);
    let seen = &record.seen[&entry];
    let locals = seen[..code.local_count as usize].to_vec();
    let stack = seen[code.local_count as usize..].to_vec();
    let stress = options.mode == Mode::Stress || options.chaos.is_some();
    let source = Source {
        code,
        // SAFETY: the frame is live.
        globals: unsafe { (*s.frame).globals },
        units: code.snapshot(),
        entry: entry.unit,
        osr: entry.osr,
        locals,
        stack,
        held,
        closure,
        failed: record.failed.clone(),
        stress,
        living: Default::default(),
    };
    let chaos = options.chaos.is_some();
    let start = Instant::now();
    let job = match prepare(source, chaos, &options.dump) {
        Ok(job) => job,
        Err(bailout) => {
            record.bailouts.insert(entry, bailout);
            return None;
        }
    };
    *record.compiles.entry(entry).or_insert(0) += 1;
    record.build_time += start.elapsed();
    if let Some(watch) = options.watch {
        watch(&job);
    }
    let job = if options.mode == Mode::On && !chaos {
        match submit(code, record, entry, job) {
            Ok(()) => return None,
            Err(job) => job,
        }
    } else {
        job
    };
    install(code, record, entry, job.run(), start.elapsed())
}

/// A job under way in the background.
struct Pending {
    ticket: u64,
    code: *const Code,
    entry: Entry,
}

struct PendingList(UnsafeCell<Vec<Pending>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for PendingList {}
static PENDING: PendingList = PendingList(UnsafeCell::new(Vec::new()));
static NEXT_TICKET: AtomicU64 = AtomicU64::new(0);

/// Every unit there is, by its number, with its code.
struct UnitTable(UnsafeCell<Option<HashMap<u32, (*const Code, *const Unit)>>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for UnitTable {}
static UNITS: UnitTable = UnitTable(UnsafeCell::new(None));

fn units() -> &'static mut HashMap<u32, (*const Code, *const Unit)> {
    // SAFETY: under the GIL, and no caller holds the reference while it calls out.
    unsafe { (*UNITS.0.get()).get_or_insert_default() }
}

impl Drop for Unit {
    fn drop(&mut self) {
        units().remove(&self.number);
    }
}

fn pending() -> &'static mut Vec<Pending> {
    // SAFETY: under the GIL, and no caller holds the reference while it calls out.
    unsafe { &mut *PENDING.0.get() }
}

fn submit(code: &Code, record: &mut Record, entry: Entry, job: Box<Job>) -> Result<(), Box<Job>> {
    let ticket = NEXT_TICKET.fetch_add(1, Ordering::Relaxed);
    worker::submit(ticket, job)?;
    record.under_way.insert(entry);
    pending().push(Pending {
        ticket,
        code,
        entry,
    });
    Ok(())
}

/// Installs what the background has finished.
fn collect() {
    while let Some(finished) = worker::poll() {
        let list = pending();
        // Not there: the code died meanwhile.
        let Some(at) = list.iter().position(|p| p.ticket == finished.ticket) else {
            continue;
        };
        let Pending { code, entry, .. } = list.swap_remove(at);
        // SAFETY: `code_dropped` takes a dying code's jobs off the list.
        let code = unsafe { &*code };
        let record = record(code);
        record.under_way.remove(&entry);
        install(code, record, entry, finished.result, finished.time);
    }
}

/// Puts a compiled unit into its code's record.
fn install(
    code: &Code,
    record: &mut Record,
    entry: Entry,
    result: Result<Compiled, Bailout>,
    compile_time: Duration,
) -> Option<*const Unit> {
    let mut compiled = match result {
        Ok(compiled) => compiled,
        Err(bailout) => {
            record.bailouts.insert(entry, bailout);
            return None;
        }
    };
    let plans = &mut compiled.plans;
    plans.number_lines(|unit| code.line_at(unit as usize).unwrap_or(0));
    record.bytes += compiled.memory.size;
    let counts = plans.exits.iter().map(|_| Cell::new(0)).collect();
    let unit = Box::new(Unit {
        number: compiled.number,
        entry,
        memory: compiled.memory,
        plans: compiled.plans,
        counts,
        entries: Cell::new(0),
        compile_time,
        dead: Cell::new(false),
    });
    if options().stats {
        crate::sampler::add(unit.memory.entry as usize, unit.memory.size);
    }
    let pointer: *const Unit = &*unit;
    units().insert(unit.number, (code, pointer));
    if entry == Entry::start(code) {
        code.tier.entry.set(unit.memory.entry as *const ());
    }
    record.units.push(unit);
    Some(pointer)
}

/// A loop whose header is a function's first instruction has the offset of the function's start: a unit for
/// the start takes variables for unbound that the loop has bound.
fn find(record: &Record, entry: Entry) -> Option<*const Unit> {
    record
        .units
        .iter()
        .find(|u| u.entry == entry)
        .map(|u| &**u as *const Unit)
}

/// Runs native code on a frame that is complete and stands at the unit's entry.
///
/// # Safety
/// `unit` belongs to the frame's code; the frame is the thread's innermost one, and nothing on its stack is borrowed.
#[inline(always)]
unsafe fn run_unit(thread: *const Thread, frame: *mut Frame, unit: *const Unit) -> Outcome {
    // SAFETY: units are freed only when inactive; the frame is live.
    unsafe {
        let unit = &*unit;
        unit.entries.set(unit.entries.get() + 1);
        change_native_depth(1);
        let mut outcome = (unit.memory.entry)(frame, thread);
        match outcome.status {
            status::LEFT => left((*thread).frame.get()),
            status::SUSPENDED => suspend(&*thread, frame),
            status::DELIVERED => {
                outcome = Outcome {
                    value: Raw::none().0,
                    status: status::SUSPENDED,
                };
            }
            _ => {}
        }
        if change_native_depth(-1) == 0 && ANY_DEAD.load(Ordering::Relaxed) {
            drop_dead();
        }
        outcome
    }
}

/// Runs native code on the innermost frame.
///
/// # Safety
/// `unit` belongs to the frame's code, and the registers stand at its entry.
unsafe fn enter(s: &mut State, unit: *const Unit) -> Flow {
    // SAFETY: the caller's promise; the frame is live.
    unsafe {
        let mut slot = Frame::stack_base(s.frame);
        while slot < s.sp {
            *slot = (*slot).owned();
            slot = slot.add(1);
        }
        s.save();
        let frame = s.frame;
        let (returns, previous) = ((*frame).returns, (*frame).previous);
        let Outcome { value, status } = run_unit(s.thread, frame, unit);
        match status {
            status::RETURNED | status::SUSPENDED if returns == Returns::OutOfLoop => {
                Flow::Leave(value)
            }
            status::RETURNED | status::SUSPENDED => {
                dispatch::go_on_in_caller(s, previous, returns, Raw(value))
            }
            _ => {
                // It may have stopped in an inlined frame.
                stand_at_innermost(s);
                flow_of(s, status)
            }
        }
    }
}

/// How the interpreter goes on with the innermost frame.
fn flow_of(s: &mut State, status: u64) -> Flow {
    match status {
        status::RAISED => Flow::Raise,
        status::RERAISED => Flow::Reraise,
        status::ENDED => return_value_slow(s, 0),
        _ => Flow::Jump,
    }
}

/// Takes over the registers of the thread's innermost frame.
unsafe fn stand_at_innermost(s: &mut State) {
    s.frame = s.thread().frame.get();
    // SAFETY: it is live, and complete.
    unsafe {
        s.sp = (*s.frame).sp;
        s.ip = (*s.frame).ip;
    }
}

/// Activations of native code entered from the interpreter.
static NATIVE_DEPTH: AtomicUsize = AtomicUsize::new(0);

/// Under the GIL: nothing of the price of a locked instruction, which entries would feel.
fn change_native_depth(by: isize) -> usize {
    let depth = NATIVE_DEPTH.load(Ordering::Relaxed).wrapping_add_signed(by);
    NATIVE_DEPTH.store(depth, Ordering::Relaxed);
    depth
}

/// What is not needed any more, but may be on some native stack.
enum Dead {
    Unit(#[expect(dead_code, reason = "held until it may be dropped")] Box<Unit>),
    /// Of a code object that died.
    Record(#[expect(dead_code, reason = "held until it may be dropped")] Box<Record>),
}
// SAFETY: put there and dropped under the GIL.
unsafe impl Send for Dead {}

static DEAD: Mutex<Vec<Dead>> = Mutex::new(Vec::new());
/// Are there any?
static ANY_DEAD: AtomicBool = AtomicBool::new(false);

/// Drops it as soon as no native code runs.
fn drop_later(dead: Dead) {
    if NATIVE_DEPTH.load(Ordering::Relaxed) == 0 {
        return;
    }
    if let Ok(mut list) = DEAD.lock() {
        list.push(dead);
        ANY_DEAD.store(true, Ordering::Relaxed);
    }
}

#[cold]
fn drop_dead() {
    let dead = match DEAD.lock() {
        Ok(mut list) => std::mem::take(&mut *list),
        Err(_) => return,
    };
    ANY_DEAD.store(false, Ordering::Relaxed);
    drop(dead);
}

/// The instructions of a function whose speculation failed, and how often.
pub fn failures_of(code: &Code) -> HashMap<u32, Failure> {
    record(code).failed.clone()
}

/// How often the unit may leave by one exit before it is thrown away.
fn patience(unit: &Unit, exits: u32, compiles: u32) -> u32 {
    if options().mode == Mode::Stress {
        // Tests want to see units replaced.
        return PATIENCE / 10;
    }
    let entries = unit.entries.get();
    let exits = u64::from(exits);
    let first = if entries < exits {
        // Mostly entered from native code, which does not count.
        PATIENCE
    } else if entries < 2 * exits {
        // What most entries come to tells as much in fewer times.
        PATIENCE / 4
    } else {
        PATIENCE.max((unit.memory.size / BYTES_PER_EXIT) as u32)
    };
    first << (compiles.saturating_sub(1)).min(5)
}

fn failure<'a>(code: &'a Code, exit: &Exit) -> &'a mut Failure {
    let failed = &mut record(code).failed;
    failed.entry(exit.unit).or_insert(Failure {
        op: exit.op,
        count: 0,
        shapes: Vec::new(),
    })
}

/// Remembers for which shape an attribute's site was left.
///
/// # Safety
/// The frame is complete and stands at the exit's instruction.
unsafe fn note_shape(code: &Code, exit: &Exit, frame: *mut Frame) {
    if !matches!(
        exit.op.deopt(),
        Opcode::LOAD_ATTR | Opcode::STORE_ATTR | Opcode::LOAD_SUPER_ATTR
    ) {
        return;
    }
    // SAFETY: the caller's promise; the owner of the attribute lies on top.
    let owner = unsafe { *(*frame).sp.sub(1) };
    if owner.is_pointer() {
        let shapes = &mut failure(code, exit).shapes;
        let id = owner.header().shape_id();
        if !shapes.contains(&id) && shapes.len() < MAX_SHAPES {
            shapes.push(id);
        }
    }
}

/// Counts the exit that native code has just left by; too many failures end the unit.
///
/// # Safety
/// `frame` is the thread's innermost frame.
pub unsafe fn left(frame: *mut Frame) {
    let exit = LAST_EXIT.load(Ordering::Relaxed);
    if exit == NO_EXIT {
        return;
    }
    LAST_EXIT.store(NO_EXIT, Ordering::Relaxed);
    let (number, index) = ((exit >> 32) as u32, exit as u32 as usize);
    let Some((code, unit)) = units().get(&number).copied() else {
        return;
    };
    // SAFETY: units leave the table when they die, and live no longer than their code.
    let (code, unit) = unsafe { (&*code, &*unit) };
    let Some(exit) = unit.plans.exits.get(index) else {
        return;
    };
    let count = unit.counts[index].get() + 1;
    unit.counts[index].set(count);
    if exit.reason == Reason::Entry
        && let Some(seen) = record(code).seen.get_mut(&unit.entry)
    {
        for (i, before) in seen.iter_mut().enumerate() {
            // SAFETY: at the entry the frame is as the interpreter left it.
            *before = before.join(observe(unsafe { *Frame::slots(frame).add(i) }));
        }
    }
    // SAFETY: the frame is live: of the unit's code, or of a function inlined there.
    let innermost = unsafe { &*(*frame).code };
    if exit.reason == Reason::Guard {
        // SAFETY: the frame is complete.
        unsafe { note_shape(innermost, exit, frame) };
    }
    if !exit.reason.is_failure()
        || options().chaos.is_some()
        || count < patience(unit, count, record(code).compiles_of(unit.entry))
        || unit.dead.get()
    {
        return;
    }
    unit.dead.set(true);
    if matches!(
        exit.reason,
        Reason::Guard | Reason::Range | Reason::RareFloat
    ) {
        let failure = failure(innermost, exit);
        failure.op = exit.op;
        // Other units may have been built before it was known: theirs is the same failure.
        failure.count = failure.count.max(exit.failures.saturating_add(1));
    }
    // For other reasons: the next compile joins what the variables hold then.
    let record = record(code);
    record.counts.insert(unit.entry, HOT - HOT / 8);
    if let Some(at) = record.units.iter().position(|u| std::ptr::eq(&**u, unit)) {
        let unit = record.units.remove(at);
        if unit.entry == Entry::start(code) {
            code.tier.entry.set(std::ptr::null());
        }
        let resumed: *const Unit = &*unit;
        for resumption in &code.tier.resumptions {
            if resumption.unit.get() == resumed as *const () {
                resumption.ip.set(std::ptr::null());
            }
        }
        if options().stats {
            record.retired.push(unit);
        } else {
            drop_later(Dead::Unit(unit));
        }
    }
}

/// A generator's unit that begins behind this `RESUME`: the next time nothing is to be interpreted before.
fn note_resumption(code: &Code, resume: *const u16, unit: *const Unit) {
    let slots = &code.tier.resumptions;
    let unit = unit as *const ();
    // SAFETY: within the code.
    let (at_start, before) = unsafe { ((*resume >> 8) & 3 == 0, resume.sub(1)) };
    if at_start {
        // It waits at the `POP_TOP` behind `RETURN_GENERATOR`.
        // SAFETY: the code of a generator begins with these.
        if unsafe { *before as u8 } == Opcode::POP_TOP as u8 {
            slots[0].set(before, unit);
        }
        return;
    }
    let fits = |slot: &&Resumption| slot.ip.get() == resume || slot.ip.get().is_null();
    if let Some(slot) = slots[1..].iter().find(fits) {
        slot.set(resume, unit);
    }
}

/// Runs a called function's frame, natively if its code is compiled.
///
/// # Safety
/// The registers are those of the thread's innermost frame; one of the frames up to it is marked as
/// the entry.
pub unsafe fn run_frame(mut s: State) -> PyResult {
    // SAFETY: the caller's promise.
    unsafe {
        let code = &*(*s.frame).code;
        let pointer = code.tier.record.get() as *const Record;
        if !pointer.is_null()
            && std::ptr::eq(s.ip, code.start)
            && *s.ip.add(code.prologue as usize) as u8 == Opcode::RESUME as u8
            && !dispatch::poll_needed()
            && let Some(unit) = find(&*pointer, Entry::start(code))
        {
            taipan_vm::interpreter::prologue::run(&*s.thread, s.frame);
            s.ip = (*s.frame).ip.add(1);
            let flow = enter(&mut s, unit);
            return continue_run(s, flow);
        }
        dispatch::run_from(s)
    }
}

/// Runs what native code has left over, to the end of the frame that is marked as entry.
unsafe fn continue_run(s: State, flow: Flow) -> PyResult {
    // SAFETY: the state is that of the innermost frame.
    unsafe {
        match flow {
            Flow::Leave(0) => Err(Raised),
            Flow::Leave(word) => Ok(Raw(word).into_value()),
            Flow::Raise => dispatch::run_raised(s, false),
            Flow::Reraise => dispatch::run_raised(s, true),
            _ => dispatch::run_from(s),
        }
    }
}

impl taipan_vm::tier::Tier for Jit {
    fn hot(&self, s: &mut State, code: &Code, from: Option<*const u16>) -> Option<Flow> {
        collect();
        let at_start = from.is_none();
        let record = record(code);
        let generator = code.is_generator_like();
        if generator
            && !*record
                .suspends
                .get_or_insert_with(|| suspends_natively(code))
        {
            return None;
        }
        let entry = Entry {
            unit: code.offset_of(s.ip) as u32 + at_start as u32,
            // A generator's variables may have values wherever it goes on.
            osr: !at_start || generator,
        };
        let asked = if record.units.is_empty() {
            self.threshold()
        } else {
            1
        };
        let found = match find(record, entry) {
            Some(unit) => Some(unit),
            None if record.bailouts.contains_key(&entry) => {
                if let Some(jump) = from {
                    // SAFETY: the back edge under execution; its second byte is its operand.
                    let op = unsafe { &mut *(jump as *mut u8) };
                    // A trap stays.
                    if *op == Opcode::JUMP_BACKWARD as u8 {
                        *op = Opcode::JUMP_BACKWARD_NO_JIT as u8;
                    }
                }
                None
            }
            None if record.under_way.contains(&entry) => None,
            None => {
                let hot = match options().mode {
                    Mode::Stress => 1,
                    _ => (HOT + code.len() as u32) << record.compiles_of(entry).saturating_sub(2),
                };
                let count = record.counts.entry(entry).or_insert(0);
                let before = *count;
                *count += asked;
                if *count >= hot {
                    *count = 0;
                    make(code, s, entry)
                } else {
                    if before / THRESHOLD != *count / THRESHOLD {
                        note_seen(record, code, s, entry);
                    }
                    None
                }
            }
        };
        if !record.units.is_empty() {
            code.tier.hotness.set(self.threshold());
        }
        if taipan_vm::thread::native_stack_is_low() {
            return None;
        }
        let unit = found?;
        if generator && at_start {
            note_resumption(code, s.ip, unit);
        }
        if at_start {
            // SAFETY: behind `RESUME`.
            s.ip = unsafe { s.ip.add(1) };
        }
        // SAFETY: found for this code and entry.
        Some(unsafe { enter(s, unit) })
    }
    fn resume(&self, thread: &Thread, frame: *mut Frame, unit: *const ()) -> PyResult {
        // SAFETY: the frame is linked, and complete as the unit wants it: what lies between is `RESUME`, and the
        // `POP_TOP` at the start.
        unsafe {
            let Outcome { value, status } = run_unit(thread, frame, unit as *const Unit);
            match status {
                status::SUSPENDED | status::RETURNED => return Ok(Raw(value).into_value()),
                status::ENDED => return Ok(end(thread, frame)),
                _ => {}
            }
            let mut s = State {
                ip: std::ptr::null(),
                sp: std::ptr::null_mut(),
                frame,
                thread,
            };
            stand_at_innermost(&mut s);
            let flow = flow_of(&mut s, status);
            continue_run(s, flow)
        }
    }
    fn threshold(&self) -> u32 {
        if options().mode == Mode::Stress {
            1
        } else {
            THRESHOLD
        }
    }
    fn class_changed(&self, _class: &Type) {}
    fn dict_changed(&self, _dict: &Dict, _key: &Value) {}
    fn function_changed(&self, _function: &Function) {}
    fn at_safepoint(&self) {}
    fn locals_written(&self, frame: *mut Frame) {
        if let Ok(mut written) = WRITTEN.lock()
            && !written.contains(&(frame as usize))
        {
            written.push(frame as usize);
            count_written(written.len());
        }
    }
    fn monitoring(&self, _on: bool) {
        if let Ok(written) = WRITTEN.lock() {
            count_written(written.len());
        }
    }
    fn code_dropped(&self, code: &Code) {
        let pointer = code.tier.record.replace(std::ptr::null_mut()) as *mut Record;
        if pointer.is_null() {
            return;
        }
        pending().retain(|p| !std::ptr::eq(p.code, code));
        if options().stats {
            // They go on to be printed.
            return;
        }
        stats::forget(pointer);
        // The code that drops the last reference may be this very code.
        // SAFETY: made by `record`.
        drop_later(Dead::Record(unsafe { Box::from_raw(pointer) }));
    }
}

impl Record {
    /// Units made for the entry so far.
    fn compiles_of(&self, entry: Entry) -> u32 {
        self.compiles.get(&entry).copied().unwrap_or(0)
    }
    pub fn all_units(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().chain(&self.retired).map(|u| &**u)
    }
}

#[cfg(test)]
mod tests;
