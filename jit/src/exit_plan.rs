//! What an exit writes, as data: native code only stores the values that it has in registers to a buffer.
//!
//! Exits are many and rarely taken, so each is as short as can be; the frames are written here.

mod encoding;

use crate::activation::Activation;
use crate::deopt::Exit;
use crate::hir::{self, Rep};
use crate::lower::slot_offset;
use encoding::Steps;
pub use encoding::{Keep, Role, Source, Step};
use std::cell::RefCell;
use std::mem::offset_of;
use std::sync::Arc;
use taipan_vm::interpreter::frame::{Frame, FrameOwner, Returns};
use taipan_vm::object::Header;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::shape::Shape;
use taipan_vm::thread::Thread;
use taipan_vm::tier::Unshown;
use taipan_vm::value::{Raw, Value};

/// One of a unit's frames, as far as its place and its head are the same for all exits.
struct FramePlan {
    /// The caller's number and its registers while it calls: of an inlined frame.
    caller: Option<Caller>,
    name: Arc<str>,
    /// Of the first code unit.
    start: u64,
    code: u64,
    /// Bytes from the thread's stack top, and to this frame's end.
    offset: usize,
    end: usize,
    depth: u32,
    local_count: u32,
    /// The number of its first variable and its first stack slot.
    local_base: u32,
    stack_base: u32,
    returns: Returns,
}

struct Caller {
    frame: usize,
    unit: u32,
    return_offset: u16,
}

/// All exits of a unit: native code has its address, and names an exit by its index.
pub struct ExitPlans {
    /// Of the unit.
    number: u32,
    frames: Box<[FramePlan]>,
    pub exits: Vec<Exit>,
    steps: Steps,
}

/// The plan of one exit.
#[derive(Clone, Copy)]
struct Plan<'a> {
    all: &'a ExitPlans,
    exit: &'a Exit,
}

/// What a plan is carried out on.
#[derive(Clone, Copy)]
pub struct Native<'a> {
    pub frame: *mut Frame,
    pub thread: &'a Thread,
    pub buffer: *const u64,
}

/// Objects that a plan makes, each with a reference of its own.
struct Made(Vec<Value>);

/// An object by the addresses of its class and its shape, and its attributes.
///
/// # Safety
/// Both live, and the shape is that of an instance with so many attributes.
unsafe fn instance(words: &[Raw]) -> Value {
    // SAFETY: the caller's promise.
    unsafe {
        let class = &*(words[0].0 as *const Type);
        taipan_vm::shape::instance(class, &*(words[1].0 as *const Shape), &words[2..])
    }
}

impl Native<'_> {
    /// Makes the objects of a plan.
    unsafe fn make(&self, steps: impl Iterator<Item = Step>) -> Made {
        let (mut made, mut items) = (Vec::new(), Vec::new());
        for step in steps {
            let (Role::Item { last } | Role::Attribute { last }) = step.role else {
                break;
            };
            // SAFETY: the caller's promise.
            items.push(unsafe { self.word(step.source, true) }.unwrap_or(Raw::none()));
            if last {
                let items = std::mem::take(&mut items);
                // SAFETY: items are not counted, but for floats that were just made for them; the class lives, as where
                // native code makes an instance.
                made.push(unsafe {
                    match step.role {
                        Role::Item { .. } => {
                            let items = items.into_iter().map(|item| item.into_value());
                            Tuple::new(items.collect::<Vec<_>>()).into_value()
                        }
                        _ => instance(&items),
                    }
                });
            }
        }
        Made(made)
    }

    /// The word, for a place that owns what it holds.
    unsafe fn word_of(&self, source: Source, made: &Made) -> Option<Raw> {
        match source {
            Source::Made(number) => Some(made.0[number as usize].clone().into_raw()),
            // SAFETY: the caller's promise.
            _ => unsafe { self.word(source, true) },
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
            Source::Made(_) => None,
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
    plan: Plan<'a>,
    native: &'a Native<'a>,
    /// What was made to be shown: the frames get no others.
    made: RefCell<Option<Made>>,
}

impl Showing<'_> {
    unsafe fn show(unshown: *const Unshown) {
        // SAFETY: it is the first field of one that `destroy` holds.
        unsafe {
            let showing = &*(unshown as *const Showing);
            let made = showing.native.make(showing.plan.steps());
            showing.plan.show(*showing.native, &made);
            showing.made.replace(Some(made));
        }
    }
}

impl ExitPlans {
    pub fn new(number: u32, function: &hir::Function) -> ExitPlans {
        let frame = |activation: &Activation| FramePlan {
            caller: activation.parent.map(|parent| Caller {
                frame: parent.0 as usize,
                unit: activation.call_unit,
                return_offset: activation.return_offset,
            }),
            name: activation.name.clone(),
            start: activation.code.start,
            code: activation.code_address,
            offset: activation.frame_offset,
            end: activation.end_offset(),
            depth: activation.depth,
            local_count: activation.code.local_count as u32,
            local_base: activation.local_base as u32,
            stack_base: activation.stack_base as u32,
            returns: activation.returns,
        };
        ExitPlans {
            number,
            frames: function.activations.iter().map(frame).collect(),
            exits: Vec::new(),
            steps: Steps::default(),
        }
    }

    /// A new exit, without steps so far; gives its index.
    pub fn add(&mut self, exit: Exit) -> u32 {
        self.exits.push(exit);
        self.exits.len() as u32 - 1
    }

    /// Says what an exit writes: variables and the stack, in order, then what it drops.
    pub fn describe(&mut self, index: u32, steps: impl Iterator<Item = Step>) {
        self.exits[index as usize].steps = self.steps.add(steps);
    }

    /// Nothing more comes.
    pub fn finish(&mut self) {
        self.exits.shrink_to_fit();
        self.steps.shrink_to_fit();
    }

    /// The number of the unit in the upper half, of its exit in the lower.
    pub fn name(&self, index: u32) -> u64 {
        (self.number as u64) << 32 | index as u64
    }

    /// Fills in the lines of exits, by the lines of the unit's own code.
    pub fn number_lines(&mut self, line: impl Fn(u32) -> i32) {
        for exit in &mut self.exits {
            let (mut unit, mut frame) = (exit.unit, &self.frames[exit.frame as usize]);
            while let Some(caller) = &frame.caller {
                (unit, frame) = (caller.unit, &self.frames[caller.frame]);
            }
            exit.line = line(unit);
        }
    }

    /// Why and where it leaves, for people.
    pub fn description(&self, exit: &Exit) -> String {
        let frame = &self.frames[exit.frame as usize];
        let inlined = match frame.caller {
            Some(_) => format!(" in inlined {}", frame.name),
            None => String::new(),
        };
        format!(
            "{} at line {}{inlined} ({} at unit {})",
            exit.reason,
            exit.line,
            exit.op.name(),
            exit.unit
        )
    }

    fn plan(&self, index: u32) -> Plan<'_> {
        Plan {
            all: self,
            exit: &self.exits[index as usize],
        }
    }

    /// Writes what the interpreter needs to go on in the innermost frame.
    ///
    /// # Safety
    /// It is the exit at which native code stands, and inlined frames are not published.
    pub unsafe fn leave(&self, index: u32, native: Native) {
        // SAFETY: the caller's promise.
        unsafe {
            let plan = self.plan(index);
            plan.write_frames(native, false, native.make(plan.steps()));
        }
    }

    /// Destroys an object whose count is zero, which can't be done quietly; frames are written only if a finalizer or
    /// callback can look at them. True when Python code has run meanwhile: then native code has left.
    ///
    /// # Safety
    /// As for [`ExitPlans::leave`]; nobody else has the object.
    pub unsafe fn destroy(&self, index: u32, native: &Native, object: *mut Header) -> bool {
        let plan = self.plan(index);
        let showing = Showing {
            unshown: Unshown {
                show: Showing::show,
            },
            plan,
            native,
            made: RefCell::new(None),
        };
        let thread = native.thread;
        let top = thread.stack_top.get();
        let before = thread.unshown.replace(&showing.unshown);
        let runs = crate::helpers::runs();
        // SAFETY: the caller's promise.
        unsafe {
            taipan_vm::memory::dealloc_loudly(object);
            let shown = !std::ptr::eq(thread.unshown.replace(before), &showing.unshown);
            if !shown {
                return false;
            }
            thread.frame.set(native.frame);
            thread.stack_top.set(top);
            let remaining = &thread.recursion_remaining;
            remaining.set(remaining.get() + plan.frame().depth as i32);
            let ran = crate::helpers::runs() != runs;
            let made = showing.made.take();
            if ran {
                let made = made.unwrap_or_else(|| native.make(plan.steps()));
                plan.write_frames(*native, true, made);
            } else {
                plan.hide(*native);
            }
            ran
        }
    }
}

impl FramePlan {
    /// Of a slot behind the head.
    fn slot(&self, head: *mut u8, index: u32) -> *mut Raw {
        head.wrapping_add(slot_offset(index as usize) as usize) as *mut Raw
    }
}

/// Is it shown to code that only looks? Not a rare float.
unsafe fn is_shown(native: Native, source: Source) -> bool {
    // SAFETY: the caller's promise.
    matches!(source, Source::Made(_)) || unsafe { native.word(source, false) }.is_some()
}

/// Where a word of the stack goes.
enum StackPlace {
    Slot(*mut Raw),
    /// In the head of an inlined frame.
    Function(*mut Raw),
}

impl<'a> Plan<'a> {
    fn frame(&self) -> &'a FramePlan {
        &self.all.frames[self.exit.frame as usize]
    }
    fn caller_of(&self, frame: &FramePlan) -> Option<&'a FramePlan> {
        Some(&self.all.frames[frame.caller.as_ref()?.frame])
    }
    fn steps(&self) -> impl Iterator<Item = Step> + 'a {
        self.all.steps.from(self.exit.steps)
    }
    /// How many words there are on the stack.
    fn depth(&self) -> u32 {
        let on_stack = |step: &Step| matches!(step.role, Role::Stack(_));
        self.steps().filter(on_stack).count() as u32
    }

    // Places lie in the unit's own frame, or in the room that its entry made sure of.

    fn head(&self, native: Native, frame: &FramePlan) -> *mut u8 {
        match frame.caller {
            None => native.frame as *mut u8,
            Some(_) => (native.thread.stack_top.get() as *mut u8).wrapping_add(frame.offset),
        }
    }
    fn local_place(&self, native: Native, local: u32) -> *mut Raw {
        let mut frame = self.frame();
        while local < frame.local_base
            && let Some(caller) = self.caller_of(frame)
        {
            frame = caller;
        }
        frame.slot(self.head(native, frame), local - frame.local_base)
    }
    fn stack_place(&self, native: Native, index: u32) -> StackPlace {
        let mut frame = self.frame();
        while let Some(caller) = self.caller_of(frame)
            && index < frame.stack_base
        {
            if index + 1 == frame.stack_base {
                let head = self.head(native, frame);
                let place = head.wrapping_add(offset_of!(Frame, function));
                return StackPlace::Function(place as *mut Raw);
            }
            frame = caller;
        }
        let slot = frame.local_count + index - frame.stack_base;
        StackPlace::Slot(frame.slot(self.head(native, frame), slot))
    }

    /// Writes what the interpreter needs. Where code has seen the frames meanwhile, their variables are theirs: it
    /// may have written them.
    unsafe fn write_frames(&self, native: Native, seen: bool, made: Made) {
        // SAFETY: the caller's promise.
        unsafe {
            for Step { role, source, keep } in self.steps() {
                match role {
                    Role::Local(_) if seen && is_shown(native, source) => {}
                    Role::Local(local) => {
                        let word = native.word_of(source, &made).unwrap_or(Raw::UNBOUND);
                        if keep == Keep::Counted && word.is_pointer() {
                            word.header().incref();
                        }
                        *self.local_place(native, local) = word;
                    }
                    Role::Stack(index) => {
                        let mut word = native.word_of(source, &made).unwrap_or(Raw::NULL);
                        match keep {
                            _ if matches!(source, Source::Made(_)) => {}
                            Keep::Counted if word.is_pointer() => word.header().incref(),
                            Keep::Borrowed => word = word.borrowed(),
                            Keep::Moved | Keep::Counted => {}
                        }
                        let (StackPlace::Slot(place) | StackPlace::Function(place)) =
                            self.stack_place(native, index);
                        *place = word;
                    }
                    Role::Dropped | Role::Item { .. } | Role::Attribute { .. } => {}
                }
            }
            self.write_heads(native, self.depth());
            for step in self.steps() {
                if matches!(step.role, Role::Dropped)
                    && let Some(word) = native.word(step.source, false)
                {
                    word.release();
                }
            }
        }
    }

    /// Writes frames for code that only looks: stacks are empty, and a rare float keeps its old value.
    unsafe fn show(&self, native: Native, made: &Made) {
        // SAFETY: the caller's promise.
        unsafe {
            for Step { role, source, keep } in self.steps() {
                let place = match role {
                    Role::Local(local) => self.local_place(native, local),
                    Role::Stack(index) => match self.stack_place(native, index) {
                        StackPlace::Function(place) => place,
                        StackPlace::Slot(_) => continue,
                    },
                    Role::Dropped | Role::Item { .. } | Role::Attribute { .. } => continue,
                };
                if is_shown(native, source)
                    && let Some(word) = native.word_of(source, made)
                {
                    if keep == Keep::Counted && matches!(role, Role::Local(_)) && word.is_pointer()
                    {
                        word.header().incref();
                    }
                    *place = word;
                }
            }
            self.write_heads(native, 0);
            // Native code goes on behind the instruction that drops the object: that is what the frame shows.
            let innermost = native.thread.frame.get();
            if (*innermost).ip > (*(*innermost).code).start as *const u16 {
                (*innermost).ip = (*innermost).ip.sub(1);
            }
        }
    }

    /// Nobody has looked closely after all: drops the references that variables were shown with.
    unsafe fn hide(&self, native: Native) {
        for Step { role, source, keep } in self.steps() {
            let shown = keep == Keep::Counted || matches!(source, Source::Made(_));
            if let Role::Local(local) = role
                && shown
            {
                let place = self.local_place(native, local);
                // SAFETY: `show` has given it a reference.
                unsafe { std::mem::replace(&mut *place, Raw::UNBOUND).release() };
            }
        }
    }

    /// Writes the registers of all frames and the heads of inlined ones, and makes the innermost one the
    /// thread's. What lies on the stack above `depth` is not shown.
    unsafe fn write_heads(&self, native: Native, depth: u32) {
        let (mut plan, mut unit, mut return_offset) = (self.frame(), self.exit.unit, None);
        let mut depth = depth;
        // SAFETY: the caller's promise; the functions of inlined frames are in their heads.
        unsafe {
            loop {
                let head = self.head(native, plan);
                let frame = head as *mut Frame;
                let filled = depth.saturating_sub(plan.stack_base);
                (*frame).ip = (plan.start + 2 * unit as u64) as *const u16;
                (*frame).sp = plan.slot(head, plan.local_count + filled);
                if let Some(offset) = return_offset {
                    (*frame).return_offset = offset;
                }
                let (Some(call), Some(caller)) = (&plan.caller, self.caller_of(plan)) else {
                    break;
                };
                let function = &*((*frame).function.address() as *const Function);
                (*frame).code = plan.code as *const _;
                (*frame).previous = self.head(native, caller) as *mut Frame;
                (*frame).globals = &*function.globals;
                (*frame).builtins = &*function.builtins;
                (*frame).locals = Raw::NULL;
                (*frame).owner = FrameOwner::Thread;
                (*frame).returns = plan.returns;
                depth = depth.min(plan.stack_base - 1);
                (unit, return_offset) = (call.unit, Some(call.return_offset));
                plan = caller;
            }
            let innermost = self.frame();
            if innermost.caller.is_some() {
                let thread = native.thread;
                let frame = self.head(native, innermost) as *mut Frame;
                let end = (thread.stack_top.get() as *mut u8).add(innermost.end);
                thread.frame.set(frame);
                thread.stack_top.set(end as *mut Raw);
                let remaining = thread.recursion_remaining.get();
                thread
                    .recursion_remaining
                    .set(remaining - innermost.depth as i32);
            }
        }
    }
}
