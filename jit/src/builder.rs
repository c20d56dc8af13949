//! From bytecode and its inline caches to HIR.
//!
//! An abstract interpretation in reverse postorder. Variables and stack slots are SSA values; blocks get
//! parameters where the values of their predecessors differ. What a loop header's parameters are is
//! assumed (at first: none), and the whole unit is built again with wider assumptions when a back edge
//! brings something else: so the types within a loop are exact from its first instruction on, which a
//! single pass with later propagation does not give.
//!
//! Calls of small functions are built in place (`inline.rs`): the variables and stack slots of the callee follow the
//! caller's.
//!
//! Invariant of variables: a slot whose SSA value is newer than the frame's memory (dirty) holds no
//! counted reference, in SSA and in memory. So writing it late changes no reference count.

mod arith;
mod attr;
mod call;
mod control;
mod delegation;
mod edges;
mod enumerate;
mod expect;
mod generic;
mod helped;
mod inline;
mod keywords;
mod locals;
mod memory;
mod native;
mod numbering;
mod operators;
mod packed;
mod peel;
mod range;
mod reversal;
mod subscr;
mod super_attr;

pub use generic::{pack, unpack};
pub use helped::unpack as unpack_helper;
pub use packed::unpack as unpack_item;

use crate::activation::{Activation, ActivationId};
use crate::bailout::Bailout;
use crate::compile::CodeFacts;
use crate::decode::{Decoded, Instruction, decode};
use crate::deopt::Reason;
use crate::frame_state::{FrameState, Own, Owner};
use crate::hir::{BlockId, Function, Inst, Op, Rep, StateId, Terminator, Value};
use crate::liveness::live_at_entry;
use crate::types::{Kinds, Range, Type};
use edges::{Edge, HeaderState};
use rustc_hash::FxHashMap as HashMap;
use std::cell::OnceCell;
use std::rc::Rc;
use taipan_bytecode::Opcode;
use taipan_vm::objects::class::Type as Class;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::dict::Dict;
use taipan_vm::value::{Raw, Value as PyValue};

/// Most instructions of HIR that a unit may have: what the rest of a compile costs goes by them.
const MAX_INSTS: usize = 16_000;

/// What a variable or stack slot held when the unit was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Observed {
    Unknown,
    Int,
    Float,
    Bool,
    None,
    Unbound,
    /// Any of these that are no objects: a small int, a float, unbound.
    Plain,
    /// An object of a shape that is for life.
    Exact(u32),
}

impl Observed {
    fn is_plain(self) -> bool {
        use Observed::*;
        matches!(self, Int | Float | Unbound | Plain)
    }
    /// What covers both.
    pub fn join(self, other: Observed) -> Observed {
        if self == other {
            self
        } else if self.is_plain() && other.is_plain() {
            Observed::Plain
        } else {
            Observed::Unknown
        }
    }
}

/// Guards of an instruction that failed again and again.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The instruction's form then.
    pub op: Opcode,
    /// How often code was thrown away for it.
    pub count: u8,
    /// Shapes of owners of attributes that native code left for.
    pub shapes: Vec<u32>,
}

/// What a unit is built from.
pub struct Source<'a> {
    pub code: &'a Code,
    /// Of the frame that asked.
    pub globals: *const Dict,
    pub units: Vec<u16>,
    pub entry: u32,
    /// Entered at a loop's header, not at the start.
    pub osr: bool,
    pub locals: Vec<Observed>,
    pub stack: Vec<Observed>,
    /// What the variables held, and hold as long as the unit is built.
    pub held: Vec<Raw>,
    /// The cells of the closure of the function that asked.
    pub closure: Vec<Raw>,
    /// Instructions whose speculation failed before, and how often.
    pub failed: HashMap<u32, Failure>,
    /// Take nothing for never executed.
    pub stress: bool,
    /// Classes that live, when asked for.
    pub living: Rc<OnceCell<std::collections::HashSet<*const Class>>>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    value: Value,
    dirty: bool,
    /// An inlined function's parameter that nobody has counted, because another place keeps the object alive as long as
    /// the function runs. It is dirty then.
    lazy: Option<Owner>,
}

impl Slot {
    /// Memory holds the value.
    fn clean(value: Value) -> Slot {
        Slot {
            value,
            dirty: false,
            lazy: None,
        }
    }
    /// Memory holds something else, neither of which is counted.
    fn dirty(value: Value) -> Slot {
        Slot {
            value,
            dirty: true,
            lazy: None,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    value: Value,
    own: Own,
}

#[derive(Clone, Default)]
struct Abstract {
    locals: Vec<Slot>,
    stack: Vec<Entry>,
    /// Narrower types than the instructions': true for good where known.
    types: HashMap<Value, Type>,
    /// Unboxed forms of words.
    floats: HashMap<Value, Value>,
    /// Boxed forms of floats.
    words: HashMap<Value, Value>,
    /// Shapes of instances, until something may change them.
    shapes: HashMap<Value, u32>,
    /// The few shapes that an instance may have, likewise.
    several: HashMap<Value, Vec<u32>>,
    /// Halves of pairs that stand for their tuple on the stack, with the other halves.
    pairs: HashMap<Value, Value>,
    memory: memory::Memory,
    numbering: numbering::Numbering,
    /// Inlined frames up to this depth have their heads written.
    heads: u32,
}

pub struct Builder<'a> {
    /// Of the frame at hand: the unit's own or an inlined one.
    source: Rc<Source<'a>>,
    decoded: Rc<Decoded>,
    activation: ActivationId,
    /// The unit's own.
    unit_source: Rc<Source<'a>>,
    inlining: inline::Inlining<'a>,
    /// The instruction at hand ran Python code.
    called: bool,
    /// Ways out of the inlined function at hand.
    returns: Vec<Edge>,
    /// Variables that are read behind the entry.
    live: &'a [bool],
    f: Function,
    block: BlockId,
    s: Abstract,
    /// The frame before the instruction at hand.
    snapshot: FrameState,
    here: Option<StateId>,
    at: Instruction,
    /// Words to release when the instruction at hand is done.
    pending: Vec<Value>,
    /// The instruction at hand ended the block.
    ended: bool,
    edges: HashMap<u32, Vec<Edge>>,
    headers: HashMap<u32, HeaderState>,
    /// The header of the loop whose first round is being built, and the ways back to it.
    peeling: Option<u32>,
    peeled: Vec<Edge>,
    /// The build is void from here on.
    restart: bool,
    /// Something was assumed wrongly about a loop header: to be built again when it is done.
    again: bool,
}

/// Builds until the assumptions about loop headers hold.
pub fn build(source: Source) -> Result<Function, Bailout> {
    let source = Rc::new(source);
    let decoded = Rc::new(decode(&source.units, source.entry)?);
    let live = live_at_entry(&decoded, source.entry, source.locals.len());
    let mut headers: HashMap<u32, HeaderState> = HashMap::default();
    let mut inlining = inline::Inlining::default();
    for _ in 0..60 {
        headers.values_mut().for_each(HeaderState::begin);
        inlining.begin();
        let mut f = Function::default();
        f.activations.push(Activation::unit(
            CodeFacts::of(source.code),
            source.code as *const Code as u64,
            source.code.frame_words(),
            &source.code.qualname.to_string(),
        ));
        let mut builder = Builder {
            source: source.clone(),
            decoded: decoded.clone(),
            activation: ActivationId::UNIT,
            unit_source: source.clone(),
            inlining,
            called: false,
            returns: Vec::new(),
            live: &live,
            f,
            block: BlockId(0),
            s: Abstract::default(),
            snapshot: FrameState {
                activation: ActivationId::UNIT,
                unit: source.entry,
                op: decoded.instructions[&source.entry].op,
                failures: 0,
                dirty: Vec::new(),
                stack: Vec::new(),
                pending: Vec::new(),
            },
            here: None,
            at: decoded.instructions[&source.entry],
            pending: Vec::new(),
            ended: false,
            edges: HashMap::default(),
            headers,
            peeling: None,
            peeled: Vec::new(),
            restart: false,
            again: false,
        };
        builder.enter();
        builder.blocks()?;
        if !builder.restart && !builder.again {
            return Ok(builder.f);
        }
        headers = builder.headers;
        inlining = builder.inlining;
    }
    Err(Bailout::Unstable)
}

impl Builder<'_> {
    /// Builds every block of the code at hand that something leads to, or restarts.
    fn blocks(&mut self) -> Result<(), Bailout> {
        let decoded = self.decoded.clone();
        for &start in &decoded.order {
            if let Some(body) = decoded.peelable.get(&start) {
                self.peel(start, body)?;
            }
            if !self.restart && self.start_block(start) {
                self.block_at(start)?;
            }
            if self.restart {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Builds the block at hand, which starts at this unit.
    fn block_at(&mut self, start: u32) -> Result<(), Bailout> {
        let decoded = self.decoded.clone();
        if self.f.insts.len() > MAX_INSTS {
            return Err(Bailout::TooBig);
        }
        if decoded.is_behind_nest(start) {
            self.at = decoded.instructions[&start];
            self.begin();
            self.exit(Reason::LoopDone);
            return Ok(());
        }
        let mut at = start;
        loop {
            self.at = decoded.instructions[&at];
            self.begin();
            self.instruction()?;
            if self.restart || self.ended {
                return Ok(());
            }
            let next = self.at.next;
            if self.called && self.activation != ActivationId::UNIT {
                self.guard_locals(next);
            }
            self.flush_releases(next);
            if decoded.leaders.contains(&next) {
                self.edge(next);
                return Ok(());
            }
            at = next;
        }
    }

    /// Loads what the frame holds and checks that it is what was observed.
    fn enter(&mut self) {
        self.block = self.f.block();
        let stack: Vec<Value> = (0..self.source.stack.len())
            .map(|i| self.emit(Op::LoadStack, &[], Type::ANY, i as u64))
            .collect();
        self.snapshot.stack = stack.iter().map(|v| (*v, Own::Owned)).collect();
        let state = self.f.state(self.snapshot.clone());
        self.here = Some(state);
        for i in 0..self.source.locals.len() {
            let slot = if !self.source.osr && self.source.locals[i] == Observed::Unbound {
                Slot::clean(self.constant(Raw::UNBOUND))
            } else {
                let ty = Type::of(Type::VALUE.kinds.union(Kinds::UNBOUND));
                let value = self.emit(Op::LoadLocal, &[], ty, i as u64);
                let observed = match self.source.locals[i] {
                    observed if self.live[i] => observed,
                    // Nothing has to be released where it is written, nor to be written at once.
                    Observed::Float => Observed::Float,
                    plain if plain.is_plain() => Observed::Plain,
                    _ => Observed::Unknown,
                };
                Slot::clean(self.observe(value, observed, true))
            };
            self.s.locals.push(slot);
        }
        for (i, value) in stack.into_iter().enumerate() {
            let value = self.observe(value, self.source.stack[i], false);
            self.s.stack.push(Entry {
                value,
                own: Own::Owned,
            });
        }
        self.guard(Op::GuardRoom, &[], Type::NEVER, 0);
        self.edge(self.source.entry);
    }

    fn observe(&mut self, value: Value, observed: Observed, unbox: bool) -> Value {
        match observed {
            Observed::Unknown => {}
            Observed::Int => self.guard_int(value),
            Observed::Float if unbox => {
                return self.guard(Op::GuardFloat, &[value], Type::FLOAT, 0);
            }
            Observed::Float => {}
            Observed::Bool => {
                self.guard(Op::GuardBool, &[value], Type::NEVER, 0);
                self.narrow(value, Type::BOOL);
            }
            Observed::None => {
                self.guard(
                    Op::GuardWord,
                    &[value],
                    Type::NEVER,
                    PyValue::none().raw().0,
                );
                self.narrow(value, Type::NONE);
            }
            Observed::Unbound => {
                self.guard(Op::GuardWord, &[value], Type::NEVER, Raw::UNBOUND.0);
                self.narrow(value, Type::of(Kinds::UNBOUND));
            }
            Observed::Plain => self.observe_plain(value),
            Observed::Exact(shape) => self.guard_shape(value, shape),
        }
        value
    }

    fn observe_plain(&mut self, value: Value) {
        self.guard(Op::GuardPlain, &[value], Type::NEVER, 0);
        let kinds = Kinds::NUMBER.union(Kinds::UNBOUND);
        let ty = self.ty(value);
        let kinds = Kinds(ty.kinds.0 & kinds.0);
        self.narrow(value, Type { kinds, ..ty });
    }

    /// Prepares for the instruction at hand.
    fn begin(&mut self) {
        self.snapshot = self.frame_state(self.at.start);
        self.here = None;
        self.ended = false;
        self.called = false;
        debug_assert!(self.pending.is_empty());
    }

    fn frame_state(&self, unit: u32) -> FrameState {
        let dirty = self
            .s
            .locals
            .iter()
            .enumerate()
            .filter(|(_, s)| s.dirty)
            .map(|(i, s)| (i as u32, s.value, s.lazy.map_or(Own::Owned, Own::Lazy)));
        FrameState {
            activation: self.activation,
            unit,
            op: match self.decoded.instructions.get(&unit) {
                Some(instruction) => instruction.op,
                None => self.at.op,
            },
            failures: self.failures_at(unit),
            dirty: dirty.collect(),
            stack: self.s.stack.iter().map(|e| (e.value, e.own)).collect(),
            pending: Vec::new(),
        }
    }
    fn here(&mut self) -> StateId {
        if let Some(state) = self.here {
            return state;
        }
        let state = self.f.state(self.snapshot.clone());
        self.here = Some(state);
        state
    }

    // Emitting.

    fn emit(&mut self, op: Op, args: &[Value], ty: Type, immediate: u64) -> Value {
        match self.numbered(op, args, ty, immediate) {
            Some(known) => known,
            None => self.append(op, args, ty, immediate),
        }
    }
    /// Emits an instruction whose value is not known yet.
    fn append(&mut self, op: Op, args: &[Value], ty: Type, immediate: u64) -> Value {
        let names_slot = matches!(
            op,
            Op::LoadLocal | Op::StoreLocal | Op::LoadStack | Op::StackResult
        );
        let inst = Inst {
            op,
            args: args.to_vec(),
            rep: op.rep(),
            ty,
            immediate,
            second: if names_slot {
                self.activation.0 as u64
            } else {
                0
            },
            state: None,
        };
        let value = self.f.push(self.block, inst);
        self.number(op, args, immediate, value);
        value
    }
    fn emit2(&mut self, op: Op, args: &[Value], ty: Type, immediate: u64, second: u64) -> Value {
        let value = self.emit(op, args, ty, immediate);
        self.f.insts[value.0 as usize].second = second;
        value
    }
    /// Emits an instruction that may leave, to the start of the instruction at hand.
    fn guard(&mut self, op: Op, args: &[Value], ty: Type, immediate: u64) -> Value {
        if let Some(known) = self.numbered(op, args, ty, immediate) {
            return known;
        }
        let state = self.here();
        let value = self.append(op, args, ty, immediate);
        self.f.insts[value.0 as usize].state = Some(state);
        value
    }
    fn guard2(&mut self, op: Op, args: &[Value], ty: Type, immediate: u64, second: u64) -> Value {
        let value = self.guard(op, args, ty, immediate);
        self.f.insts[value.0 as usize].second = second;
        value
    }
    fn constant(&mut self, raw: Raw) -> Value {
        let raw = raw.unborrowed();
        let ty = if raw.is_int() {
            Type::int(Range::only(raw.as_int()))
        } else if raw == Raw::NULL {
            Type::of(Kinds::NULL)
        } else if raw == Raw::UNBOUND {
            Type::of(Kinds::UNBOUND)
        } else if raw == PyValue::none().raw() {
            Type::NONE
        } else if raw == PyValue::true_().raw() || raw == PyValue::false_().raw() {
            Type::BOOL
        } else if raw.is_pointer() {
            let shape = raw.header().shape();
            if stable(shape) {
                Type::exact(shape.id())
            } else {
                Type::OBJECT
            }
        } else {
            let bits = raw.as_float().unwrap_or(0.0).to_bits();
            return self.emit(Op::ConstFloat, &[], Type::FLOAT, bits);
        };
        self.emit(Op::Const, &[], ty, raw.0)
    }

    // What is known.

    fn ty(&self, value: Value) -> Type {
        self.s
            .types
            .get(&value)
            .copied()
            .unwrap_or_else(|| self.f.ty(value))
    }
    fn narrow(&mut self, value: Value, ty: Type) {
        self.s.types.insert(value, ty);
    }
    fn rep(&self, value: Value) -> Rep {
        self.f.rep(value)
    }
    fn is_int(&self, value: Value) -> bool {
        self.rep(value) == Rep::Word && self.ty(value).is(Kinds::INT)
    }
    /// The int that a value is sure to be.
    fn known_int(&self, value: Value) -> Option<i64> {
        let range = self.ty(value).range;
        (self.is_int(value) && range.low == range.high).then_some(range.low)
    }
    fn is_float(&self, value: Value) -> bool {
        self.rep(value) == Rep::F64
            || self.s.floats.contains_key(&value)
            || self.ty(value).is(Kinds::FLOAT)
    }
    fn guard_int(&mut self, value: Value) {
        let value = self.word(value);
        let ty = self.ty(value);
        if ty.is(Kinds::INT) {
            return;
        }
        self.guard(Op::GuardInt, &[value], Type::NEVER, 0);
        let range = if ty.kinds.meets(Kinds::INT) {
            ty.range
        } else {
            Range::FULL
        };
        self.narrow(value, Type::int(range));
    }
    /// The value as a float in a register; leaves if it is none.
    fn float(&mut self, value: Value) -> Value {
        if self.rep(value) == Rep::F64 {
            return value;
        }
        if let Some(known) = self.s.floats.get(&value) {
            return *known;
        }
        if self.is_int(value) {
            let known = self.known_int(value);
            if let Some(int) = known.filter(|int| int.unsigned_abs() <= 1 << 53) {
                let bits = (int as f64).to_bits();
                return self.emit(Op::ConstFloat, &[], Type::FLOAT, bits);
            }
            let float = self.guard(Op::IntToFloat, &[value], Type::FLOAT, 0);
            return float;
        }
        let word = self.word(value);
        let known = self.ty(word).is(Kinds::FLOAT);
        let float = if known {
            self.emit(Op::GuardFloat, &[word], Type::FLOAT, 0)
        } else {
            self.guard(Op::GuardFloat, &[word], Type::FLOAT, 1)
        };
        self.s.floats.insert(value, float);
        float
    }
    fn guard_shape(&mut self, value: Value, shape: u32) {
        if self.ty(value).is_object_of(shape) || self.s.shapes.get(&value) == Some(&shape) {
            return;
        }
        let known = self.ty(value).is_pointer();
        self.guard2(
            Op::GuardShape,
            &[value],
            Type::NEVER,
            shape as u64,
            known as u64,
        );
        // SAFETY: ids in caches and of live objects are shapes'.
        if stable(unsafe { taipan_vm::shape::shape_by_id(shape) }) {
            self.narrow(value, Type::exact(shape));
        } else {
            self.narrow(value, Type::OBJECT);
            self.s.shapes.insert(value, shape);
        }
    }
    /// The value as a word. Rare floats leave, so that the word is never a new reference.
    fn word(&mut self, value: Value) -> Value {
        match self.rep(value) {
            Rep::Word | Rep::Nothing => value,
            Rep::F64 => {
                if let Some(known) = self.s.words.get(&value) {
                    return *known;
                }
                let word = self.guard(Op::BoxFloat, &[value], Type::FLOAT, 0);
                self.s.floats.insert(word, value);
                self.s.words.insert(value, word);
                word
            }
            Rep::Truth => self.emit(Op::BoxTruth, &[value], Type::BOOL, 0),
        }
    }
    fn failed(&self) -> bool {
        self.failures() > 0
    }
    /// How often code was thrown away for a guard of the instruction at hand.
    fn failures(&self) -> u8 {
        self.failures_at(self.at.start)
    }
    fn failures_at(&self, unit: u32) -> u8 {
        let failure = self.source.failed.get(&unit);
        failure.map_or(0, |failure| failure.count)
    }

    // The stack.

    /// Are the top operands words, so that they may be asked for their shapes?
    fn words_on_top(&self, count: usize) -> bool {
        self.s
            .stack
            .iter()
            .rev()
            .take(count)
            .all(|e| self.rep(e.value) == Rep::Word)
    }
    fn push(&mut self, value: Value, own: Own) {
        self.s.stack.push(Entry { value, own });
    }
    fn pop(&mut self) -> Result<Entry, Bailout> {
        self.s.stack.pop().ok_or(Bailout::Malformed)
    }
    fn top(&self, depth: usize) -> Result<Entry, Bailout> {
        let len = self.s.stack.len();
        self.s
            .stack
            .get(len.wrapping_sub(1 + depth))
            .copied()
            .ok_or(Bailout::Malformed)
    }
    /// The reference of an operand is no longer needed.
    fn drop_entry(&mut self, entry: Entry) {
        if entry.own == Own::Owned && self.counted(entry.value) {
            self.pending.push(entry.value);
        }
    }
    fn counted(&self, value: Value) -> bool {
        self.rep(value) == Rep::Word && self.ty(value).counted()
    }
    fn incref(&mut self, value: Value) {
        if self.counted(value) {
            let known = self.ty(value).is_pointer();
            self.emit(Op::Incref, &[value], Type::NEVER, known as u64);
        }
    }
    /// The operand's word with a reference of its own, to be moved somewhere.
    fn owned_word(&mut self, entry: Entry) -> Value {
        let word = self.word(entry.value);
        if entry.own != Own::Owned {
            self.incref(word);
        }
        word
    }
    /// Counts the references that nobody has counted yet, because their owner may now lose them.
    fn settle(&mut self, which: impl Fn(Owner) -> bool) {
        for i in 0..self.s.locals.len() {
            if self.s.locals[i].lazy.is_some_and(&which) {
                self.settle_local(i);
                self.snapshot.dirty.retain(|(local, ..)| *local != i as u32);
                self.here = None;
            }
        }
        for i in 0..self.s.stack.len() {
            let entry = self.s.stack[i];
            if let Own::Lazy(owner) = entry.own
                && which(owner)
            {
                self.incref(entry.value);
                self.s.stack[i].own = Own::Owned;
                // Exits to the start of this instruction must not count it again.
                if let Some(slot) = self.snapshot.stack.get_mut(i)
                    && slot.0 == entry.value
                {
                    slot.1 = Own::Owned;
                    self.here = None;
                }
            }
        }
    }
    /// Counts the reference of a variable that nobody has counted yet.
    fn settle_local(&mut self, index: usize) {
        let value = self.s.locals[index].value;
        self.incref(value);
        self.emit(Op::StoreLocal, &[value], Type::NEVER, index as u64);
        self.s.locals[index] = Slot::clean(value);
        // What was borrowed from it goes on to be.
        let (now, before) = (&mut self.s.stack, &mut self.snapshot.stack);
        let now = now.iter_mut().map(|entry| (entry.value, &mut entry.own));
        for (of, own) in now.chain(before.iter_mut().map(|(of, own)| (*of, own))) {
            if of == value && *own == Own::Borrowed(Owner::Heap) {
                *own = Own::Borrowed(Owner::Local(index as u32));
            }
        }
    }
    /// Something on the heap changes.
    fn heap_changes(&mut self) {
        self.settle(|owner| owner == Owner::Heap);
    }
    /// Emits the releases that the finished instruction left; `next` is where it goes on.
    fn flush_releases(&mut self, next: u32) {
        if self.pending.is_empty() {
            return;
        }
        self.heap_changes();
        let mut pending = std::mem::take(&mut self.pending);
        while let Some(value) = pending.pop() {
            if !self.counted(value) {
                continue;
            }
            let mut state = self.frame_state(next);
            state.pending = pending.clone();
            let state = self.f.state(state);
            let known = self.ty(value).is_pointer();
            let release = self.emit(Op::Release, &[value], Type::NEVER, known as u64);
            self.f.insts[release.0 as usize].state = Some(state);
        }
    }

    // Ends of blocks.

    fn finish(&mut self, end: Terminator) {
        self.f.blocks[self.block.0 as usize].end = end;
        self.ended = true;
    }
    fn exit(&mut self, reason: Reason) {
        let state = self.here();
        self.finish(Terminator::Exit(state, reason));
    }

    /// The generic form of a specializing instruction that has never been executed.
    fn never_ran(&self, instruction: &Instruction) -> bool {
        use taipan_bytecode::Opcode::*;
        if self.source.stress {
            return false;
        }
        let specializes = matches!(
            instruction.op,
            BINARY_OP
                | COMPARE_OP
                | CONTAINS_OP
                | TO_BOOL
                | STORE_SUBSCR
                | FOR_ITER
                | UNPACK_SEQUENCE
                | LOAD_GLOBAL
                | LOAD_ATTR
                | STORE_ATTR
                | CALL
        );
        let cache = self.source.units.get(instruction.at as usize + 1);
        specializes && cache == Some(&taipan_vm::interpreter::UNTOUCHED)
    }
    fn cache16(&self, unit: usize) -> u16 {
        self.source.units[self.at.at as usize + 1 + unit]
    }
    fn cache32(&self, unit: usize) -> u32 {
        self.cache16(unit) as u32 | (self.cache16(unit + 1) as u32) << 16
    }
    fn cache64(&self, unit: usize) -> u64 {
        self.cache32(unit) as u64 | (self.cache32(unit + 2) as u64) << 32
    }

    fn instruction(&mut self) -> Result<(), Bailout> {
        use taipan_bytecode::Opcode::*;
        if self.never_ran(&self.at) {
            self.exit(Reason::NotReached);
            return Ok(());
        }
        let oparg = self.at.oparg;
        match self.at.op.deopt() {
            NOP | NOT_TAKEN => Ok(()),
            LOAD_FAST
            | LOAD_FAST_BORROW
            | LOAD_FAST_CHECK
            | LOAD_FAST_AND_CLEAR
            | STORE_FAST
            | DELETE_FAST
            | LOAD_FAST_LOAD_FAST
            | LOAD_FAST_BORROW_LOAD_FAST_BORROW
            | STORE_FAST_LOAD_FAST
            | STORE_FAST_STORE_FAST
            | LOAD_CONST
            | LOAD_SMALL_INT
            | PUSH_NULL
            | POP_TOP
            | POP_ITER
            | END_FOR
            | COPY
            | SWAP
            | LOAD_DEREF
            | STORE_DEREF
            | LOAD_GLOBAL => self.locals_family(),
            BINARY_OP if oparg == 26 => self.subscript(),
            BINARY_OP => self.binary(),
            COMPARE_OP => self.compare(),
            UNARY_NEGATIVE | UNARY_NOT | TO_BOOL | IS_OP => self.unary(),
            STORE_SUBSCR => self.store_subscript(),
            UNPACK_SEQUENCE => self.unpack(),
            LIST_APPEND => self.list_append(),
            LOAD_ATTR if self.at.op == LOAD_ATTR_PROPERTY => self.property(),
            LOAD_ATTR => self.load_attr(),
            LOAD_SUPER_ATTR => self.super_attribute(),
            STORE_ATTR => self.store_attr(),
            CALL => self.call(),
            GET_ITER => self.get_iter(),
            JUMP_FORWARD
            | JUMP_BACKWARD
            | JUMP_BACKWARD_NO_INTERRUPT
            | POP_JUMP_IF_FALSE
            | POP_JUMP_IF_TRUE
            | POP_JUMP_IF_NONE
            | POP_JUMP_IF_NOT_NONE
            | FOR_ITER
            | RETURN_VALUE => self.control(),
            YIELD_VALUE => self.yield_value(),
            // Whoever resumes has polled.
            RESUME => Ok(()),
            SEND | END_SEND | GET_AWAITABLE => self.delegation(),
            op if crate::decode::leaves(op) => {
                self.exit(Reason::Unsupported);
                Ok(())
            }
            _ => self.generic(),
        }
    }
}

/// Do objects of this shape keep it for life?
pub fn stable(shape: &taipan_vm::shape::Shape) -> bool {
    shape.kind() == taipan_vm::shape::ShapeKind::Fixed && !shape.class().is_heap()
}
