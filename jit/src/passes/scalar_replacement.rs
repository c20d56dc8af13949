//! Scalar replacement of tuples: one that is built only to be taken apart by an inlined function is never made.
//!
//! The builder has replaced what is read from such a tuple by what it was built of. What is left are its reference
//! counts, the inlined frames' variables that hold it, and frame states. So it becomes an [`Op::Tuple`], which exits make
//! when they write the frames. Its items are numbers and the like: nothing that is counted.
//!
//! A tuple escapes, and stays, where anything else may get hold of it: as an operand of anything else, in a frame that a
//! callee can look at, in a variable of the unit's own frame (there may be a frame object), through a block's parameter.

use crate::activation::ActivationId;
use crate::builder::unpack_helper;
use crate::frame_state::Own;
use crate::helpers::Helper;
use crate::hir::{Effect, Function, Inst, Op, Rep, StateId, Terminator, Value};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;

/// Which tuples the variables' slots in memory hold.
type Slots = BTreeMap<u32, Value>;

pub fn run(f: &mut Function) {
    let mut tuples = built(f);
    drop_escaping(f, &mut tuples);
    while !tuples.is_empty() {
        let mut flow = Flow::new(f, &tuples);
        flow.run();
        let Flow {
            states, escaping, ..
        } = flow;
        if escaping.is_empty() {
            replace(f, &tuples, states);
            return;
        }
        tuples.retain(|v| !escaping.contains(v));
    }
}

fn built(f: &Function) -> HashSet<Value> {
    let is_one = |inst: &Inst| {
        inst.op == Op::Build
            && unpack_helper(inst.immediate).0 == Helper::BuildTuple
            && inst.second == 1
            && !inst.args.is_empty()
    };
    let insts = f.blocks.iter().flat_map(|block| &block.insts);
    insts.filter(|v| is_one(f.inst(**v))).copied().collect()
}

/// May the instruction have the tuple as an operand without anybody else getting hold of it?
fn keeps(inst: &Inst) -> bool {
    match inst.op {
        Op::Incref | Op::Release | Op::Holds => true,
        Op::StoreLocal => inst.second != ActivationId::UNIT.0 as u64,
        _ => false,
    }
}

/// May whatever the instruction calls look at the frames?
fn shows_frames(inst: &Inst) -> bool {
    inst.op.effect() == Effect::Call && inst.op != Op::Release
}

fn drop_escaping(f: &Function, tuples: &mut HashSet<Value>) {
    let in_state = |state: StateId| f.states[state.0 as usize].values();
    let mut escapes = |v: Value| {
        tuples.remove(&v);
    };
    for block in &f.blocks {
        for value in &block.insts {
            let inst = f.inst(*value);
            if !keeps(inst) {
                inst.args.iter().copied().for_each(&mut escapes);
            }
            let Some(state) = inst.state else { continue };
            if shows_frames(inst) {
                in_state(state).for_each(&mut escapes);
            } else if inst.op == Op::Release {
                // A finalizer that looks at the variable, and the stack, would meet two tuples.
                let stack = &f.states[state.0 as usize].stack;
                stack.iter().for_each(|(v, _)| escapes(*v));
            }
        }
        match &block.end {
            Terminator::Jump(_, args) => args.iter().copied().for_each(&mut escapes),
            Terminator::Branch(v, ..) => escapes(*v),
            Terminator::Return(v, state) => {
                escapes(*v);
                in_state(*state).for_each(&mut escapes);
            }
            Terminator::Suspend(state) => {
                in_state(*state).for_each(&mut escapes);
            }
            Terminator::Exit(..) | Terminator::None => {}
        }
    }
}

/// Follows which slots hold which tuples.
struct Flow<'a> {
    f: &'a Function,
    tuples: &'a HashSet<Value>,
    entries: HashMap<usize, Slots>,
    /// At the instructions that the states are for.
    states: HashMap<StateId, Slots>,
    escaping: HashSet<Value>,
}

impl Flow<'_> {
    fn new<'a>(f: &'a Function, tuples: &'a HashSet<Value>) -> Flow<'a> {
        Flow {
            f,
            tuples,
            entries: HashMap::default(),
            states: HashMap::default(),
            escaping: HashSet::default(),
        }
    }

    fn run(&mut self) {
        for block in self.f.order() {
            let mut slots = self.entries.get(&block).cloned().unwrap_or_default();
            for value in &self.f.blocks[block].insts {
                self.instruction(*value, &mut slots);
            }
            match &self.f.blocks[block].end {
                Terminator::Jump(target, _) => self.arrive(target.0 as usize, slots),
                Terminator::Branch(_, then, other) => {
                    self.arrive(then.0 as usize, slots.clone());
                    self.arrive(other.0 as usize, slots);
                }
                Terminator::Exit(state, _) => self.state(*state, &slots),
                _ => self.escaping.extend(slots.values()),
            }
        }
    }

    fn instruction(&mut self, value: Value, slots: &mut Slots) {
        let inst = self.f.inst(value);
        if let Some(state) = inst.state {
            self.state(state, slots);
        }
        if shows_frames(inst) {
            self.escaping.extend(slots.values());
        }
        let slot = inst.immediate as u32;
        match inst.op {
            Op::StoreLocal => {
                slots.remove(&slot);
                if self.tuples.contains(&inst.args[0]) {
                    slots.insert(slot, inst.args[0]);
                }
            }
            Op::LoadLocal => self.escaping.extend(slots.get(&slot)),
            Op::LeaveInlined => slots.retain(|at, _| *at < slot),
            _ => {}
        }
    }

    /// Ways that meet have to agree.
    fn arrive(&mut self, block: usize, slots: Slots) {
        match self.entries.get(&block) {
            Some(before) => differing(before, &slots, &mut self.escaping),
            None => {
                self.entries.insert(block, slots);
            }
        }
    }

    fn state(&mut self, state: StateId, slots: &Slots) {
        match self.states.get(&state) {
            Some(before) => differing(before, slots, &mut self.escaping),
            None => {
                self.states.insert(state, slots.clone());
            }
        }
    }
}

fn differing(a: &Slots, b: &Slots, escaping: &mut HashSet<Value>) {
    if a != b {
        escaping.extend(a.values().chain(b.values()));
    }
}

fn replace(f: &mut Function, tuples: &HashSet<Value>, states: HashMap<StateId, Slots>) {
    for (state, slots) in states {
        let dirty = &mut f.states[state.0 as usize].dirty;
        dirty.extend(slots.into_iter().map(|(slot, v)| (slot, v, Own::Owned)));
    }
    for state in &mut f.states {
        state.pending.retain(|v| !tuples.contains(v));
    }
    for v in tuples {
        let inst = &mut f.insts[v.0 as usize];
        inst.op = Op::Tuple;
        inst.rep = Rep::Nothing;
    }
    let Function { blocks, insts, .. } = f;
    for block in blocks {
        block.insts.retain(|v| {
            let inst = &insts[v.0 as usize];
            !keeps(inst) || !inst.args.iter().any(|arg| tuples.contains(arg))
        });
    }
}

#[cfg(test)]
mod tests;
