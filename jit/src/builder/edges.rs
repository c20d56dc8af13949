//! Where control flow meets: block parameters, conversions on edges, assumptions about loop headers.

use super::memory::{Lost, is_lost, keep_common};
use super::{Abstract, Builder, Entry, Slot};
use crate::activation::ActivationId;
use crate::frame_state::{Own, Owner};
use crate::hir::{BlockId, Op, Place, Rep, Terminator, Value};
use crate::types::{Kinds, Range, Type};
use rustc_hash::FxHashSet as HashSet;

/// A way into a block that is not built yet: an open HIR block, and what is known at its end.
pub struct Edge {
    pub(super) block: BlockId,
    pub(super) state: Abstract,
}

/// What back edges brought in earlier builds.
#[derive(Clone, Default)]
pub struct HeaderState {
    locals: Vec<Assumed>,
    stack: Vec<Assumed>,
    drop_shapes: bool,
    lost: Lost,
    /// The loop's rounds turned out too large, with all that is inlined, for the first one to be built apart.
    pub(super) not_peeled: bool,
    /// In the build at hand.
    started: Option<Started>,
}

#[derive(Clone, Copy, Default)]
struct Assumed {
    parameter: Option<Type>,
    dirty: bool,
}

#[derive(Clone)]
struct Started {
    block: BlockId,
    state: Abstract,
    locals: Vec<Plan>,
    stack: Vec<Plan>,
}

/// How a slot enters a block.
#[derive(Clone, Copy)]
struct Plan {
    parameter: Option<Type>,
    dirty: bool,
    /// Of a variable.
    lazy: Option<Owner>,
    /// Of a stack slot.
    own: Own,
}

fn rep_of(ty: Type) -> Rep {
    if ty.is(Kinds::FLOAT) {
        Rep::F64
    } else {
        Rep::Word
    }
}

/// The join that settles: a range that grows round a loop is given up.
fn widen(old: Type, new: Type) -> Type {
    let mut joined = old.join(new);
    if joined.range != old.range {
        joined.range = Range::FULL;
    }
    joined
}

impl Abstract {
    /// Drops what is known of values that no variable and no stack slot holds any more.
    fn forget_unreachable(&mut self) {
        let known = self.types.len()
            + self.floats.len()
            + self.words.len()
            + self.memory.facts()
            + self.numbering.len();
        if known <= 2 * (self.locals.len() + self.stack.len()) {
            return;
        }
        let locals = self.locals.iter().map(|slot| slot.value);
        let stack = self.stack.iter().map(|entry| entry.value);
        self.retain(locals.chain(stack).collect());
    }

    /// Keeps what is known of these values, and of what can be reached from them.
    fn retain(&mut self, mut held: HashSet<Value>) {
        loop {
            let before = held.len();
            self.memory.reach(&mut held);
            self.numbering.reach(&mut held);
            if held.len() == before {
                break;
            }
        }
        self.types.retain(|v, _| held.contains(v));
        self.floats.retain(|v, _| held.contains(v));
        self.words.retain(|v, _| held.contains(v));
        self.shapes.retain(|v, _| held.contains(v));
        self.several.retain(|v, _| held.contains(v));
        self.memory.retain(&held);
        self.numbering.retain(&held);
    }

    /// The values of variables and stack slots that stay what they are around a loop.
    fn unchanging(&self, locals: &[Plan], stack: &[Plan]) -> HashSet<Value> {
        let locals = self.locals.iter().map(|slot| slot.value).zip(locals);
        let stack = self.stack.iter().map(|entry| entry.value).zip(stack);
        let same = locals
            .chain(stack)
            .filter(|(_, plan)| plan.parameter.is_none());
        same.map(|(value, _)| value).collect()
    }
}

impl HeaderState {
    /// A new build begins: what was assumed stays, nothing is built.
    pub fn begin(&mut self) {
        self.started = None;
    }
}

impl Builder<'_> {
    fn ty_in(&self, state: &Abstract, value: Value) -> Type {
        state
            .types
            .get(&value)
            .copied()
            .unwrap_or_else(|| self.f.ty(value))
    }

    /// Ends the block at hand with a jump to the block at `target`.
    pub(super) fn edge(&mut self, target: u32) {
        self.ended = true;
        self.s.forget_unreachable();
        // Inlined code has no loops: headers are the unit's own.
        if self.peeling == Some(target) && self.activation == ActivationId::UNIT {
            self.peeled.push(Edge {
                block: self.block,
                state: self.s.clone(),
            });
            return;
        }
        let started = match self.decoded.headers.contains(&target) {
            true => self.headers.get(&target).and_then(|h| h.started.clone()),
            false => None,
        };
        match started {
            Some(started) => self.back_edge(target, &started),
            _ => {
                let edge = Edge {
                    block: self.block,
                    state: self.s.clone(),
                };
                self.edges.entry(target).or_default().push(edge);
            }
        }
    }

    /// Makes the block at `unit` the one at hand; false if nothing leads there.
    pub(super) fn start_block(&mut self, unit: u32) -> bool {
        let Some(edges) = self.edges.remove(&unit) else {
            return false;
        };
        let header = self.decoded.headers.contains(&unit);
        self.join(unit, edges, header);
        true
    }

    /// Goes on where these edges meet, at `unit`.
    pub(super) fn join(&mut self, unit: u32, mut edges: Vec<Edge>, header: bool) {
        if edges.len() == 1 && !header {
            if let Some(edge) = edges.pop() {
                self.block = edge.block;
                self.s = edge.state;
            }
            return;
        }
        let assumed = if header {
            self.headers.entry(unit).or_default().clone()
        } else {
            HeaderState::default()
        };
        let block = self.f.block();
        let first = &edges[0].state;
        let (local_count, depth) = (first.locals.len(), first.stack.len());
        let mut state = Abstract {
            types: first.types.clone(),
            floats: first.floats.clone(),
            shapes: first.shapes.clone(),
            several: first.several.clone(),
            memory: first.memory.clone(),
            numbering: first.numbering.clone(),
            heads: edges.iter().map(|e| e.state.heads).min().unwrap_or(0),
            ..Abstract::default()
        };
        for edge in &edges[1..] {
            keep_common(&mut state.types, &edge.state.types);
            keep_common(&mut state.floats, &edge.state.floats);
            keep_common(&mut state.shapes, &edge.state.shapes);
            keep_common(&mut state.several, &edge.state.several);
            state.memory.meet(&edge.state.memory);
            state.numbering.meet(&edge.state.numbering);
        }
        state.memory.forget_lost(assumed.lost);
        if assumed.drop_shapes {
            state.shapes.clear();
            state.several.clear();
        }
        let mut local_plans = Vec::new();
        for i in 0..local_count {
            let values: Vec<Value> = edges.iter().map(|e| e.state.locals[i].value).collect();
            let assume = assumed.locals.get(i).copied().unwrap_or_default();
            let parameter = self.parameter(&edges, &values, assume);
            let slots = || edges.iter().map(|e| e.state.locals[i]);
            let (dirty, lazy) = match slots().next().and_then(|slot| slot.lazy) {
                lazy @ Some(_) if parameter.is_none() && slots().all(|s| s.lazy == lazy) => {
                    (true, lazy)
                }
                // Those that are not counted will be, and be in memory.
                _ => (slots().any(|s| s.dirty && s.lazy.is_none()), None),
            };
            let counted = parameter.is_some_and(Type::counted);
            let dirty = (assume.dirty || dirty) && !counted;
            local_plans.push(Plan {
                parameter,
                dirty,
                lazy,
                own: Own::Owned,
            });
            let value = match parameter {
                Some(ty) => self.f.param(block, Place::Local(i as u32), rep_of(ty), ty),
                None => values[0],
            };
            state.locals.push(Slot { value, dirty, lazy });
        }
        let mut stack_plans = Vec::new();
        for i in 0..depth {
            let values: Vec<Value> = edges.iter().map(|e| e.state.stack[i].value).collect();
            let assume = assumed.stack.get(i).copied().unwrap_or_default();
            let parameter = self.parameter(&edges, &values, assume);
            let mut owns = edges.iter().map(|e| e.state.stack[i].own);
            let own = match owns.next() {
                Some(own) if !header && parameter.is_none() && owns.all(|o| o == own) => own,
                // What meets with something else owns what it takes along.
                _ => Own::Owned,
            };
            stack_plans.push(Plan {
                parameter,
                dirty: false,
                lazy: None,
                own,
            });
            let value = match parameter {
                Some(ty) => self.f.param(block, Place::Stack(i as u32), rep_of(ty), ty),
                None => values[0],
            };
            state.stack.push(Entry { value, own });
        }
        if header {
            // Of nothing else can the loop's body know by what was known in front of it.
            state.retain(state.unchanging(&local_plans, &stack_plans));
        }
        for edge in edges {
            self.block = edge.block;
            self.s = edge.state;
            self.arrive(unit, block, &local_plans, &stack_plans);
        }
        if header && let Some(h) = self.headers.get_mut(&unit) {
            h.started = Some(Started {
                block,
                state: state.clone(),
                locals: local_plans,
                stack: stack_plans,
            });
        }
        self.block = block;
        self.s = state;
    }

    /// The type of the parameter that a slot needs, if its values differ.
    fn parameter(&self, edges: &[Edge], values: &[Value], assume: Assumed) -> Option<Type> {
        if assume.parameter.is_none() && values.iter().all(|v| *v == values[0]) {
            return None;
        }
        let mut ty = assume.parameter.unwrap_or(Type::NEVER);
        for (edge, value) in edges.iter().zip(values) {
            ty = ty.join(self.ty_in(&edge.state, *value));
        }
        Some(ty)
    }

    /// Converts what the open block has to what the target expects, and jumps.
    fn arrive(&mut self, unit: u32, block: BlockId, locals: &[Plan], stack: &[Plan]) {
        self.snapshot = self.frame_state(unit);
        self.here = None;
        let mut args = Vec::new();
        // Conversions that may leave come first: the state they leave with is that of the edge.
        for (i, plan) in locals.iter().enumerate() {
            if let Some(ty) = plan.parameter {
                let value = self.s.locals[i].value;
                args.push(self.convert(value, ty));
            }
        }
        for (i, plan) in stack.iter().enumerate() {
            if let Some(ty) = plan.parameter {
                let value = self.s.stack[i].value;
                args.push(self.convert(value, ty));
            }
        }
        let (mut stores, mut uncounted) = (Vec::new(), Vec::new());
        for (i, plan) in locals.iter().enumerate() {
            let slot = self.s.locals[i];
            if slot.lazy.is_some() {
                if plan.lazy.is_none() {
                    uncounted.push(i);
                }
            } else if slot.dirty && !plan.dirty {
                stores.push((i, self.word(slot.value)));
            }
        }
        for i in uncounted {
            self.settle_local(i);
        }
        for (i, word) in stores {
            self.emit(Op::StoreLocal, &[word], Type::NEVER, i as u64);
        }
        for (i, plan) in stack.iter().enumerate() {
            let entry = self.s.stack[i];
            if entry.own != plan.own {
                self.incref(entry.value);
            }
        }
        self.f.blocks[self.block.0 as usize].end = Terminator::Jump(block, args);
    }

    fn convert(&mut self, value: Value, ty: Type) -> Value {
        match rep_of(ty) {
            Rep::F64 => self.float(value),
            _ => self.word(value),
        }
    }

    /// A jump to a loop header that is built already: checks what was assumed there.
    fn back_edge(&mut self, target: u32, started: &Started) {
        let mut header = self.headers.get(&target).cloned().unwrap_or_default();
        let mut wrong = false;
        header
            .locals
            .resize(started.locals.len(), Assumed::default());
        header.stack.resize(started.stack.len(), Assumed::default());
        for (i, plan) in started.locals.iter().enumerate() {
            let (slot, start) = (self.s.locals[i], started.state.locals[i]);
            let ty = self.ty(slot.value);
            let assumed = &mut header.locals[i];
            match plan.parameter {
                None if slot.value != start.value => {
                    assumed.parameter = Some(widen(self.ty_in(&started.state, start.value), ty));
                    wrong = true;
                }
                Some(old) if !old.includes(ty) => {
                    assumed.parameter = Some(widen(old, ty));
                    wrong = true;
                }
                _ => {}
            }
            let counted = plan.parameter.is_some_and(Type::counted);
            if slot.dirty && !plan.dirty && !counted {
                assumed.dirty = true;
                wrong = true;
            }
        }
        for (i, plan) in started.stack.iter().enumerate() {
            let (value, start) = (self.s.stack[i].value, started.state.stack[i].value);
            let ty = self.ty(value);
            let assumed = &mut header.stack[i];
            match plan.parameter {
                None if value != start => {
                    assumed.parameter = Some(widen(self.ty_in(&started.state, start), ty));
                    wrong = true;
                }
                Some(old) if !old.includes(ty) => {
                    assumed.parameter = Some(widen(old, ty));
                    wrong = true;
                }
                _ => {}
            }
        }
        // What is known of a value that the next build has as a parameter will not be known there anyway.
        let mut unchanged = started.state.unchanging(&started.locals, &started.stack);
        let locals = started.state.locals.iter().zip(&self.s.locals);
        let stack = started.state.stack.iter().zip(&self.s.stack);
        let locals = locals.map(|(start, now)| (start.value, now.value));
        for (start, now) in locals.chain(stack.map(|(start, now)| (start.value, now.value))) {
            if start != now {
                unchanged.remove(&start);
            }
        }
        let mut known = started.state.clone();
        known.retain(unchanged);
        if is_lost(&known.shapes, &self.s.shapes) || is_lost(&known.several, &self.s.several) {
            header.drop_shapes = true;
            wrong = true;
        }
        let lost = known.memory.lost_in(&self.s.memory);
        if lost.any() {
            header.lost = header.lost.or(lost);
            wrong = true;
        }
        if wrong {
            // The rest is built all the same: it may find more that was assumed wrongly.
            self.headers.insert(target, header);
            self.again = true;
            return;
        }
        self.arrive(target, started.block, &started.locals, &started.stack);
    }
}
