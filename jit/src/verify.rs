//! Checks the ownership of references in finished HIR, path by path.
//!
//! For every point it is known how many counted references the code holds in registers, and what each
//! variable's slot in memory holds. A frame state has to name exactly those references as owned; what it
//! takes from a variable has to lie in that variable's slot; a word that nobody owns may be looked at only
//! until something may drop its owner. Runs in debug builds, and with `TAIPAN_JIT_VERIFY`.

use crate::activation::ActivationId;
use crate::builder::unpack;
use crate::frame_state::{FrameState, Own, Owner};
use crate::hir::{Function, Inst, Op, Place, Rep, Terminator, Value};
use std::collections::{BTreeMap, HashMap, HashSet};

#[derive(Clone, Default)]
struct Flow {
    /// Counted references that this code holds.
    owned: BTreeMap<Value, i64>,
    /// The words in the variables' slots.
    memory: Vec<Option<Value>>,
    /// Words that a guard has shown to be no counted reference.
    plain: HashSet<Value>,
    /// Words that something on the heap owns, which nothing has changed since they were loaded.
    fresh: HashSet<Value>,
}

struct Verifier<'a> {
    f: &'a Function,
    flow: Flow,
    /// What a field held when it was last read in this block.
    fields: HashMap<(Value, u64), Value>,
}

/// Says what is wrong, if anything is.
pub fn verify(f: &Function) -> Result<(), String> {
    let locals = f.activation(ActivationId::UNIT).code.local_count;
    let start = Flow {
        memory: vec![None; locals],
        ..Flow::default()
    };
    let mut incoming: HashMap<usize, Vec<Flow>> = HashMap::from([(0, vec![start])]);
    let mut entries: HashMap<usize, Flow> = HashMap::new();
    let headers = headers(f);
    for block in f.order() {
        let Some(flows) = incoming.remove(&block) else {
            return Err(format!("b{block}: no way in"));
        };
        let wrong = |text: String| format!("b{block}: {text}");
        let mut flow = combine(f, &flows).map_err(wrong)?;
        if headers.contains(&block) {
            // Nothing is owned elsewhere all around a loop.
            flow.fresh.clear();
        }
        entries.insert(block, flow.clone());
        let mut v = Verifier {
            f,
            flow,
            fields: HashMap::new(),
        };
        for value in &f.blocks[block].insts {
            v.instruction(*value).map_err(|text| {
                format!("b{block}: {value} {}: {text}", f.inst(*value).op.name())
            })?;
        }
        match &f.blocks[block].end {
            Terminator::None => return Err(wrong("no end".to_owned())),
            Terminator::Jump(target, args) => {
                let target = target.0 as usize;
                v.jump(target, args).map_err(wrong)?;
                match entries.get(&target) {
                    None => incoming.entry(target).or_default().push(v.flow),
                    Some(entry) => {
                        let both = [entry.clone(), v.flow];
                        let joined = combine(f, &both).map_err(wrong)?;
                        if joined.owned != entry.owned {
                            return Err(wrong(
                                "the back edge owns less than the header".to_owned(),
                            ));
                        }
                    }
                }
            }
            Terminator::Branch(condition, then, other) => {
                let then = incoming.entry(then.0 as usize).or_default();
                then.push(v.flow.clone());
                // The end of an iterator is no reference.
                let condition = f.inst(*condition);
                if condition.op == Op::NonZero {
                    v.make_plain(condition.args[0]);
                }
                incoming.entry(other.0 as usize).or_default().push(v.flow);
            }
            Terminator::Return(value, state) => {
                v.own(*value, -1);
                v.check_return(&f.states[state.0 as usize]).map_err(wrong)?;
            }
            Terminator::Exit(state, _) | Terminator::Suspend(state) => {
                v.check(&f.states[state.0 as usize]).map_err(wrong)?;
            }
        }
    }
    Ok(())
}

/// The blocks that something behind them in the order jumps to.
fn headers(f: &Function) -> HashSet<usize> {
    let order = f.order();
    let place: HashMap<usize, usize> = order.iter().enumerate().map(|(i, b)| (*b, i)).collect();
    let mut headers = HashSet::new();
    for block in order {
        if let Terminator::Jump(target, _) = &f.blocks[block].end
            && place[&(target.0 as usize)] <= place[&block]
        {
            headers.insert(target.0 as usize);
        }
    }
    headers
}

fn counted(f: &Function, flow: &Flow, value: Value) -> bool {
    f.rep(value) == Rep::Word && f.ty(value).counted() && !flow.plain.contains(&value)
}

/// What holds whichever way the block was reached.
fn combine(f: &Function, flows: &[Flow]) -> Result<Flow, String> {
    let (first, rest) = flows.split_first().ok_or("no way in")?;
    let mut joined = first.clone();
    for flow in rest {
        joined.fresh.retain(|v| flow.fresh.contains(v));
        let values: HashSet<Value> = joined
            .owned
            .keys()
            .chain(flow.owned.keys())
            .copied()
            .collect();
        for v in values {
            let of = |flow: &Flow| flow.owned.get(&v).copied().unwrap_or(0);
            let count = match (counted(f, &joined, v), counted(f, flow, v)) {
                (true, true) if of(&joined) != of(flow) => {
                    return Err(format!(
                        "{v} is owned {} or {} times",
                        of(&joined),
                        of(flow)
                    ));
                }
                (true, _) => of(&joined),
                (false, _) => of(flow),
            };
            joined.owned.insert(v, count);
        }
        for i in 0..joined.memory.len() {
            let (a, b) = (joined.memory[i], flow.memory[i]);
            if a == b {
                continue;
            }
            if a.is_some_and(|v| counted(f, &joined, v)) || b.is_some_and(|v| counted(f, flow, v)) {
                return Err(format!("variable {i} holds {a:?} or {b:?}"));
            }
            joined.memory[i] = None;
        }
        let plain = std::mem::take(&mut joined.plain);
        joined.plain = plain.intersection(&flow.plain).copied().collect();
    }
    joined.owned.retain(|_, count| *count != 0);
    Ok(joined)
}

impl Verifier<'_> {
    fn counted(&self, value: Value) -> bool {
        counted(self.f, &self.flow, value)
    }
    fn own(&mut self, value: Value, by: i64) {
        if self.counted(value) {
            let count = self.flow.owned.entry(value).or_insert(0);
            *count += by;
            if *count == 0 {
                self.flow.owned.remove(&value);
            }
        }
    }
    fn make_plain(&mut self, value: Value) {
        self.flow.plain.insert(value);
        self.flow.owned.remove(&value);
    }
    /// Anything may have been dropped.
    fn heap_changes(&mut self) {
        self.flow.fresh.clear();
        self.fields.clear();
    }

    fn holds(&self, owner: Owner, value: Value) -> bool {
        match owner {
            Owner::Local(local) => self.flow.memory.get(local as usize) == Some(&Some(value)),
            Owner::Heap => self.flow.fresh.contains(&value),
            Owner::Code => self.f.inst(value).op == Op::Const,
            Owner::Below => self.flow.owned.get(&value).is_some_and(|n| *n > 0),
        }
    }

    fn check(&self, state: &FrameState) -> Result<(), String> {
        let mut owned: BTreeMap<Value, i64> = BTreeMap::new();
        for (local, value, own) in &state.dirty {
            let lazy = match own {
                Own::Lazy(owner) => self.holds(*owner, *value),
                _ => false,
            };
            if self.counted(*value) && !lazy {
                return Err(format!("dirty variable {local} is counted: {state}"));
            }
            if self.flow.memory[*local as usize].is_some_and(|v| self.counted(v)) {
                return Err(format!("dirty variable {local} was counted: {state}"));
            }
        }
        for value in &state.pending {
            *owned.entry(*value).or_insert(0) += 1;
        }
        for (value, own) in &state.stack {
            if !self.counted(*value) {
                continue;
            }
            let owner = match own {
                Own::Owned => {
                    *owned.entry(*value).or_insert(0) += 1;
                    continue;
                }
                Own::Lazy(owner) | Own::Borrowed(owner) => owner,
            };
            if !self.holds(*owner, *value) {
                return Err(format!("{value} has no owner {owner:?}: {state}"));
            }
        }
        owned.retain(|v, _| self.counted(*v));
        if owned != self.flow.owned {
            let has = &self.flow.owned;
            return Err(format!(
                "the state wants {owned:?}, there is {has:?}: {state}"
            ));
        }
        Ok(())
    }

    /// Returning code lets go of exactly what the variables hold.
    fn check_return(&self, state: &FrameState) -> Result<(), String> {
        let sorted = |values: &mut dyn Iterator<Item = Value>| {
            let mut values: Vec<Value> = values.filter(|v| self.counted(*v)).collect();
            values.sort();
            values
        };
        let released = sorted(&mut state.pending.iter().copied());
        let held = sorted(&mut self.flow.memory.iter().flatten().copied());
        if released != held {
            return Err(format!("releases {released:?} of {held:?}: {state}"));
        }
        let rest = FrameState {
            pending: Vec::new(),
            ..state.clone()
        };
        self.check(&rest)
    }

    /// Is the word sure to name a living object?
    fn alive(&self, value: Value) -> bool {
        !self.counted(value)
            || self.f.inst(value).op == Op::Const
            || self.flow.owned.get(&value).is_some_and(|n| *n > 0)
            || self.flow.fresh.contains(&value)
            || self.flow.memory.contains(&Some(value))
    }

    fn instruction(&mut self, value: Value) -> Result<(), String> {
        let f = self.f;
        let inst: &Inst = f.inst(value);
        let args = &inst.args;
        let looked_at = match inst.op {
            Op::Holds => &args[..args.len() - 1],
            _ => args,
        };
        if let Some(dead) = looked_at.iter().find(|a| !self.alive(**a)) {
            return Err(format!("{dead} may be dead"));
        }
        let state = inst.state.map(|s| &f.states[s.0 as usize]);
        if inst.op == Op::Release {
            self.own(args[0], -1);
        }
        if inst.op == Op::CallDirect {
            for arg in args {
                self.own(*arg, -1);
            }
        }
        if let Some(state) = state {
            self.check(state)?;
        }
        match inst.op {
            Op::LoadLocal => self.flow.memory[inst.immediate as usize] = Some(value),
            Op::StoreLocal => {
                let slot = inst.immediate as usize;
                if let Some(old) = self.flow.memory[slot].replace(args[0]) {
                    self.own(old, 1);
                }
                self.own(args[0], -1);
            }
            Op::EnterInlined => {
                let inlined = f.activation(ActivationId(inst.immediate as u32));
                let end = inlined.local_base + inlined.code.local_count;
                self.flow.memory.resize(end, None);
            }
            Op::LeaveInlined => {
                let held = self.flow.memory.split_off(inst.immediate as usize);
                for value in held.into_iter().flatten() {
                    self.own(value, 1);
                }
            }
            Op::LoadStack | Op::StackResult | Op::NewInstance => self.own(value, 1),
            Op::BoxFloat if state.is_none() => self.own(value, 1),
            Op::GuardInt | Op::GuardBool | Op::GuardPlain | Op::GuardWord => {
                self.make_plain(args[0])
            }
            Op::GuardFloat if inst.immediate == 0 => self.make_plain(args[0]),
            Op::ListStore => {
                self.own(args[2], -1);
                self.own(value, 1);
            }
            Op::ListAppend => self.own(args[1], -1),
            Op::AddField => {
                self.own(args[1], -1);
                self.flow.fresh.insert(args[1]);
            }
            Op::StoreField => {
                self.own(args[1], -1);
                self.flow.fresh.insert(args[1]);
                match self.fields.remove(&(args[0], inst.immediate)) {
                    Some(old) => self.own(old, 1),
                    None => return Err("what the field held is lost".to_owned()),
                }
            }
            Op::LoadField => {
                self.fields.insert((args[0], inst.immediate), value);
                self.flow.fresh.insert(value);
            }
            Op::ListItem
            | Op::TupleItem
            | Op::TupleField
            | Op::ListField
            | Op::LoadGlobal
            | Op::LoadByShape
            | Op::DictItem
            | Op::LoadBuiltin
            | Op::ListPeek
            | Op::TuplePeek
            | Op::Const => {
                self.flow.fresh.insert(value);
            }
            Op::Holds => {
                let word = *args.last().unwrap_or(&value);
                self.flow.fresh.insert(word);
                if f.inst(word).rep == Rep::Word {
                    self.fields.insert((args[0], inst.immediate), word);
                }
            }
            Op::Incref => self.own(args[0], 1),
            Op::Release => self.heap_changes(),
            Op::CallDirect => {
                self.heap_changes();
                self.own(value, 1);
            }
            Op::Quick | Op::Second => self.own(value, 1),
            Op::Build => {
                for arg in args {
                    self.own(*arg, -1);
                }
                self.own(value, 1);
            }
            Op::Generic
            | Op::IterNext
            | Op::IterNextPair
            | Op::Send
            | Op::Deliver
            | Op::Helped
            | Op::HelpedMany
            | Op::CallNative => {
                let state = state.ok_or("no state")?;
                let pops = match inst.op {
                    Op::Generic => unpack(inst.immediate).0,
                    Op::Deliver => 1,
                    _ => 0,
                };
                let kept = state
                    .stack
                    .len()
                    .checked_sub(pops)
                    .ok_or("too few operands")?;
                let dirty = state.dirty.iter().map(|(_, value, own)| (value, own));
                for (value, own) in state.stack.iter().map(|(v, own)| (v, own)).chain(dirty) {
                    if matches!(own, Own::Lazy(_)) && self.counted(*value) {
                        return Err(format!("{value} is not counted: {state}"));
                    }
                }
                for (value, own) in &state.stack[kept..] {
                    if *own == Own::Owned {
                        self.own(*value, -1);
                    }
                }
                self.heap_changes();
                let gives = match inst.op {
                    Op::Generic => false,
                    Op::IterNext => inst.immediate == 0,
                    _ => true,
                };
                if gives {
                    self.own(value, 1);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Hands the references over to the parameters of the target.
    fn jump(&mut self, target: usize, args: &[Value]) -> Result<(), String> {
        let block = &self.f.blocks[target];
        for (place, arg) in block.places.iter().zip(args) {
            match place {
                Place::Stack(_) => self.own(*arg, -1),
                Place::Local(local) => {
                    let memory = self.flow.memory[*local as usize];
                    let same = memory == Some(*arg) && self.f.rep(*arg) == Rep::Word;
                    let plain = |v: Value| !self.counted(v);
                    if !(same || plain(*arg) && memory.is_none_or(plain)) {
                        return Err(format!("variable {local} is {arg}, in memory {memory:?}"));
                    }
                }
            }
        }
        for (place, parameter) in block.places.iter().zip(&block.params) {
            self.flow.plain.remove(parameter);
            self.flow.owned.remove(parameter);
            match place {
                Place::Stack(_) => self.own(*parameter, 1),
                Place::Local(local) => self.flow.memory[*local as usize] = Some(*parameter),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
