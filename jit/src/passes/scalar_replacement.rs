//! Scalar replacement of tuples and instances: what is made only to be taken apart again is never made.
//!
//! The builder has replaced what is read from such an object by what was put there. What is left are the stores of an
//! instance's attributes, reference counts, variables that hold it, and frame states. In the states stands an
//! [`Op::Tuple`] or, for what an instance consists of just then, an [`Op::Instance`], which exits make when they write the
//! frames. What it holds are numbers and the like: nothing that is counted.
//!
//! An object escapes, and stays, where anything else may get hold of it: as an operand of anything else, in a frame that
//! a callee can look at, through a block's parameter.

use crate::builder::unpack_helper;
use crate::frame_state::Own;
use crate::helpers::Helper;
use crate::hir::{Effect, Function, Inst, Op, Rep, StateId, Terminator, Value};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::collections::BTreeMap;

/// What an instance consists of.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Attributes {
    /// The address.
    shape: u64,
    /// Offsets and words, in the order of the shape.
    words: Vec<(u64, Value)>,
}

/// What is known at a place.
#[derive(Clone, Default)]
struct Known {
    /// Which objects the variables' slots in memory hold.
    slots: BTreeMap<u32, Value>,
    instances: BTreeMap<Value, Attributes>,
}

pub fn run(f: &mut Function) {
    let mut objects = made(f);
    drop_escaping(f, &mut objects);
    while !objects.is_empty() {
        let mut flow = Flow::new(f, &objects);
        flow.run();
        let Flow {
            states,
            loads,
            escaping,
            ..
        } = flow;
        if escaping.is_empty() {
            replace(f, &objects, states, &loads);
            return;
        }
        objects.retain(|v| !escaping.contains(v));
    }
}

fn made(f: &Function) -> HashSet<Value> {
    let is_one = |inst: &Inst| match inst.op {
        Op::Build => {
            let tuple = unpack_helper(inst.immediate).0 == Helper::BuildTuple;
            tuple && inst.second == 1 && !inst.args.is_empty()
        }
        // With the shape of one without attributes: it dies unnoticed.
        Op::NewInstance => inst.second != 0,
        _ => false,
    };
    let insts = f.blocks.iter().flat_map(|block| &block.insts);
    insts.filter(|v| is_one(f.inst(**v))).copied().collect()
}

/// May the instruction have an object as this operand without anybody else getting hold of it?
fn keeps(inst: &Inst, operand: usize) -> bool {
    match inst.op {
        Op::Incref | Op::Release | Op::Holds | Op::StoreLocal => true,
        Op::AddField | Op::StoreField | Op::LoadField => operand == 0 && inst.args.len() < 3,
        Op::GuardShape => true,
        _ => false,
    }
}

/// May whatever the instruction calls look at the frames?
fn shows_frames(inst: &Inst) -> bool {
    inst.op.effect() == Effect::Call && inst.op != Op::Release
}

fn drop_escaping(f: &Function, objects: &mut HashSet<Value>) {
    let in_state = |state: StateId| f.states[state.0 as usize].values();
    let mut escapes = |v: Value| {
        objects.remove(&v);
    };
    for block in &f.blocks {
        for value in &block.insts {
            let inst = f.inst(*value);
            for (index, arg) in inst.args.iter().enumerate() {
                if !keeps(inst, index) {
                    escapes(*arg);
                }
            }
            let Some(state) = inst.state else { continue };
            if shows_frames(inst) {
                in_state(state).for_each(&mut escapes);
            }
        }
        match &block.end {
            Terminator::Jump(_, args) => args.iter().copied().for_each(&mut escapes),
            Terminator::Branch(v, ..) | Terminator::Return(v, _) => escapes(*v),
            Terminator::Suspend(state) => {
                in_state(*state).for_each(&mut escapes);
            }
            Terminator::Exit(..) | Terminator::None => {}
        }
    }
}

/// Follows which slots hold which objects, and what instances consist of.
struct Flow<'a> {
    f: &'a Function,
    objects: &'a HashSet<Value>,
    entries: HashMap<usize, Known>,
    /// At the instructions that the states are for.
    states: HashMap<StateId, Known>,
    /// What is read from instances.
    loads: HashMap<Value, Value>,
    escaping: HashSet<Value>,
}

impl Flow<'_> {
    fn new<'a>(f: &'a Function, objects: &'a HashSet<Value>) -> Flow<'a> {
        Flow {
            f,
            objects,
            entries: HashMap::default(),
            states: HashMap::default(),
            loads: HashMap::default(),
            escaping: HashSet::default(),
        }
    }

    fn run(&mut self) {
        for block in self.f.order() {
            let mut known = self.entries.get(&block).cloned().unwrap_or_default();
            for value in &self.f.blocks[block].insts {
                self.instruction(*value, &mut known);
            }
            match &self.f.blocks[block].end {
                Terminator::Jump(target, _) => self.arrive(target.0 as usize, known),
                Terminator::Branch(_, then, other) => {
                    self.arrive(then.0 as usize, known.clone());
                    self.arrive(other.0 as usize, known);
                }
                Terminator::Exit(state, _) | Terminator::Return(_, state) => {
                    self.state(*state, &known)
                }
                _ => self.escaping.extend(known.slots.values()),
            }
        }
    }

    fn instruction(&mut self, value: Value, known: &mut Known) {
        let inst = self.f.inst(value);
        if let Some(state) = inst.state {
            self.state(state, known);
        }
        if shows_frames(inst) {
            self.escaping.extend(known.slots.values());
        }
        let slot = inst.immediate as u32;
        match inst.op {
            Op::StoreLocal => {
                known.slots.remove(&slot);
                if self.objects.contains(&inst.args[0]) {
                    known.slots.insert(slot, inst.args[0]);
                }
            }
            Op::LoadLocal => self.escaping.extend(known.slots.get(&slot)),
            Op::LeaveInlined => known.slots.retain(|at, _| *at < slot),
            Op::NewInstance if self.objects.contains(&value) => {
                let attributes = Attributes {
                    shape: inst.second,
                    words: Vec::new(),
                };
                known.instances.insert(value, attributes);
            }
            Op::AddField | Op::StoreField | Op::LoadField | Op::GuardShape
                if self.objects.contains(&inst.args[0]) =>
            {
                let object = inst.args[0];
                let done = known
                    .instances
                    .get_mut(&object)
                    .and_then(|attributes| self.access(value, attributes));
                if done.is_none() {
                    self.escaping.insert(object);
                }
            }
            _ => {}
        }
    }

    /// An instruction on an instance; `None` if it can't do without the object.
    fn access(&mut self, value: Value, attributes: &mut Attributes) -> Option<()> {
        let f = self.f;
        let inst = f.inst(value);
        let stored = inst.args.get(1).copied();
        let plain = stored.filter(|word| !f.ty(*word).counted());
        let mut words = attributes.words.iter_mut();
        let found = words.find(|(offset, _)| *offset == inst.immediate);
        match inst.op {
            Op::AddField if found.is_none() => {
                attributes.words.push((inst.immediate, plain?));
                attributes.shape = inst.second;
            }
            Op::StoreField => found?.1 = plain?,
            Op::LoadField => {
                self.loads.insert(value, found?.1);
            }
            Op::GuardShape if attributes.shape as u32 as u64 == inst.immediate => {}
            _ => return None,
        }
        Some(())
    }

    /// Ways that meet have to agree.
    fn arrive(&mut self, block: usize, known: Known) {
        match self.entries.get_mut(&block) {
            Some(before) => {
                differing(before, &known, &mut self.escaping);
                before
                    .instances
                    .retain(|object, _| known.instances.contains_key(object));
            }
            None => {
                self.entries.insert(block, known);
            }
        }
    }

    /// What a state says of objects has to be the same for all who use it.
    fn state(&mut self, state: StateId, known: &Known) {
        if known.slots.is_empty() && known.instances.is_empty() {
            return;
        }
        let values = self.f.states[state.0 as usize].values();
        let named: HashSet<Value> = values.chain(known.slots.values().copied()).collect();
        let instances = known.instances.iter();
        let instances = instances.filter(|(object, _)| named.contains(object));
        let known = Known {
            slots: known.slots.clone(),
            instances: instances.map(|(v, a)| (*v, a.clone())).collect(),
        };
        match self.states.get(&state) {
            Some(before) => differing(before, &known, &mut self.escaping),
            None => {
                self.states.insert(state, known);
            }
        }
    }
}

fn differing(a: &Known, b: &Known, escaping: &mut HashSet<Value>) {
    if a.slots != b.slots {
        escaping.extend(a.slots.values().chain(b.slots.values()));
    }
    for (object, attributes) in &a.instances {
        if b.instances.get(object).is_some_and(|b| b != attributes) {
            escaping.insert(*object);
        }
    }
}

fn replace(
    f: &mut Function,
    objects: &HashSet<Value>,
    states: HashMap<StateId, Known>,
    loads: &HashMap<Value, Value>,
) {
    let mut instances = HashMap::default();
    for (
        state,
        Known {
            slots,
            instances: known,
        },
    ) in states
    {
        let dirty = &mut f.states[state.0 as usize].dirty;
        // What is in memory counts where nothing newer is to be written there.
        let newer: HashSet<u32> = dirty.iter().map(|(slot, ..)| *slot).collect();
        let slots = slots.into_iter().filter(|(slot, _)| !newer.contains(slot));
        dirty.extend(slots.map(|(slot, v)| (slot, v, Own::Owned)));
        for (object, attributes) in known {
            let class = f.inst(object).immediate;
            let key = (object, attributes);
            let as_of_here = *instances
                .entry(key)
                .or_insert_with_key(|(_, attributes)| instance(f, class, attributes));
            f.states[state.0 as usize].replace(|v| if v == object { as_of_here } else { v });
        }
    }
    for state in &mut f.states {
        let is_instance = |v: &Value| f.insts[v.0 as usize].op == Op::Instance;
        state
            .pending
            .retain(|v| !objects.contains(v) && !is_instance(v));
        state.replace(|v| loaded(loads, v));
    }
    for v in objects {
        let inst = &mut f.insts[v.0 as usize];
        if inst.op == Op::Build {
            inst.op = Op::Tuple;
            inst.rep = Rep::Nothing;
        }
    }
    let Function { blocks, insts, .. } = f;
    for inst in insts.iter_mut() {
        inst.args.iter_mut().for_each(|v| *v = loaded(loads, *v));
    }
    for block in blocks {
        block.insts.retain(|v| {
            let inst = &insts[v.0 as usize];
            let on_one = inst.args.iter().enumerate();
            let on_one = on_one.filter(|(_, arg)| objects.contains(arg));
            let made_no_more = inst.op == Op::NewInstance && objects.contains(v);
            !made_no_more && on_one.count() == 0
        });
        match &mut block.end {
            Terminator::Jump(_, args) => args.iter_mut().for_each(|v| *v = loaded(loads, *v)),
            Terminator::Branch(v, ..) | Terminator::Return(v, _) => *v = loaded(loads, *v),
            _ => {}
        }
    }
}

fn loaded(loads: &HashMap<Value, Value>, mut value: Value) -> Value {
    while let Some(word) = loads.get(&value) {
        value = *word;
    }
    value
}

/// What an instance is in states; floats as they are.
fn instance(f: &mut Function, class: u64, attributes: &Attributes) -> Value {
    let bare = |word: Value| match f.inst(word) {
        Inst {
            op: Op::BoxFloat,
            args,
            ..
        } => args[0],
        _ => word,
    };
    let args = attributes.words.iter().map(|(_, word)| bare(*word));
    let inst = Inst {
        op: Op::Instance,
        args: args.collect(),
        rep: Rep::Nothing,
        ty: crate::types::Type::OBJECT,
        immediate: class,
        second: attributes.shape,
        state: None,
    };
    f.insts.push(inst);
    Value(f.insts.len() as u32 - 1)
}

#[cfg(test)]
mod tests;
