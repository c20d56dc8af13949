//! Jumps, loops, returns.

use super::Builder;
use crate::activation::ActivationId;
use crate::bailout::Bailout;
use crate::deopt::Reason;
use crate::frame_state::{Own, Owner};
use crate::hir::{BlockId, Op, Terminator, Value};
use crate::types::{Kinds, Type};
use taipan_bytecode::Opcode;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::enumerate::Enumerate;
use taipan_vm::objects::list_iter::ListIterator;
use taipan_vm::objects::range::RangeIterator;
use taipan_vm::objects::tuple_iter::TupleIterator;
use taipan_vm::value::Value as PyValue;

impl Builder<'_> {
    pub(super) fn control(&mut self) -> Result<(), Bailout> {
        use Opcode::*;
        let (_, target) = self.at.successors();
        match self.at.op.deopt() {
            JUMP_FORWARD | JUMP_BACKWARD_NO_INTERRUPT => {
                self.edge(target.ok_or(Bailout::Malformed)?)
            }
            JUMP_BACKWARD => {
                self.guard(Op::Poll, &[], Type::NEVER, 0);
                self.edge(target.ok_or(Bailout::Malformed)?);
            }
            POP_JUMP_IF_TRUE | POP_JUMP_IF_FALSE => {
                let entry = self.top(0)?;
                if !self.ty(entry.value).is(Kinds::BOOL) {
                    self.guard(Op::GuardBool, &[entry.value], Type::NEVER, 0);
                    self.narrow(entry.value, Type::BOOL);
                }
                let truth = self.truth_of_bool(entry.value);
                self.pop()?;
                let jump_if = self.at.op.deopt() == POP_JUMP_IF_TRUE;
                self.branch(truth, jump_if, target.ok_or(Bailout::Malformed)?, None);
            }
            POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE => {
                let entry = self.pop()?;
                let word = self.word(entry.value);
                let none = self.constant(PyValue::none().raw());
                let is_none = self.emit(Op::WordEqual, &[word, none], Type::BOOL, 0);
                let release = (entry.own == Own::Owned && self.counted(word)).then_some(word);
                let jump_if = self.at.op.deopt() == POP_JUMP_IF_NONE;
                self.branch(is_none, jump_if, target.ok_or(Bailout::Malformed)?, release);
            }
            FOR_ITER => return self.for_iter(target.ok_or(Bailout::Malformed)?),
            // Its frame lies in the generator, not on the data stack.
            RETURN_VALUE
                if self.activation == ActivationId::UNIT
                    && self.unit_source.code.is_generator_like() =>
            {
                self.suspend()
            }
            RETURN_VALUE => {
                let depth = self.f.activation(self.activation).stack_base + 1;
                if self.s.stack.len() != depth {
                    self.exit(Reason::Unsupported);
                    return Ok(());
                }
                if self.activation != ActivationId::UNIT {
                    return self.inlined_return();
                }
                let entry = self.pop()?;
                let word = match self.rep(entry.value) {
                    // A rare float is a new object here, which goes to the caller.
                    crate::hir::Rep::F64 => self.emit(Op::BoxFloat, &[entry.value], Type::VALUE, 0),
                    _ => self.owned_word(entry),
                };
                let mut state = self.frame_state(self.at.start);
                state.pending = self
                    .s
                    .locals
                    .iter()
                    .filter(|slot| !slot.dirty && self.counted(slot.value))
                    .map(|slot| slot.value)
                    .collect();
                let state = self.f.state(state);
                self.finish(Terminator::Return(word, state));
            }
            _ => return self.generic(),
        }
        Ok(())
    }

    /// `YIELD_VALUE` of a generator: goes on where a sink takes the value, else suspends.
    pub(super) fn yield_value(&mut self) -> Result<(), Bailout> {
        self.settle_for_suspension();
        let (depth, item) = (self.s.stack.len() - 1, self.top(0)?.value);
        let item = self.word(item);
        self.s.stack[depth].value = item;
        let state = self.frame_state(self.at.at);
        let state = self.f.state(state);
        let left = self.emit(Op::Deliver, &[item], Type::VALUE, 0);
        self.f.insts[left.0 as usize].state = Some(state);
        let (waits, goes_on) = self.branch_on(left);
        let after = self.s.clone();
        self.block = waits;
        self.s.stack[depth].value = left;
        self.suspend();
        self.block = goes_on;
        self.s = after;
        self.pop()?;
        self.python_ran();
        let none = self.constant(PyValue::none().raw());
        self.push(none, Own::Owned);
        self.ended = false;
        Ok(())
    }

    /// A generator ends its native code.
    pub(super) fn suspend(&mut self) {
        self.settle_for_suspension();
        let state = self.frame_state(self.at.at);
        let state = self.f.state(state);
        self.finish(Terminator::Suspend(state));
    }

    fn settle_for_suspension(&mut self) {
        self.box_floats();
        self.settle_all();
        // What is borrowed does not outlive the suspension of what it is borrowed from.
        for i in 0..self.s.stack.len() {
            let entry = self.s.stack[i];
            if entry.own != Own::Owned {
                self.incref(entry.value);
                self.s.stack[i].own = Own::Owned;
            }
        }
    }

    /// Ends the block at a word that may be 0: gives the blocks for where it is not, and for where it is.
    pub(super) fn branch_on(&mut self, word: Value) -> (BlockId, BlockId) {
        let any = self.emit(Op::NonZero, &[word], Type::BOOL, 0);
        let blocks = (self.f.block(), self.f.block());
        self.finish(Terminator::Branch(any, blocks.0, blocks.1));
        blocks
    }

    /// Two edges: to `target` when the truth value is `jump_if`, else behind the instruction.
    fn branch(&mut self, truth: Value, jump_if: bool, target: u32, release: Option<Value>) {
        if let Some(truth) = self.known_truth(truth) {
            let unit = if truth == jump_if {
                target
            } else {
                self.at.next
            };
            self.pending.extend(release);
            self.flush_releases(unit);
            self.edge(unit);
            return;
        }
        let (jump, fall) = (self.f.block(), self.f.block());
        let (then, other) = if jump_if { (jump, fall) } else { (fall, jump) };
        self.finish(Terminator::Branch(truth, then, other));
        let state = self.s.clone();
        for (block, unit) in [(fall, self.at.next), (jump, target)] {
            self.block = block;
            self.s = state.clone();
            self.pending.extend(release);
            self.flush_releases(unit);
            self.edge(unit);
            if self.restart {
                return;
            }
        }
    }

    fn known_truth(&self, truth: Value) -> Option<bool> {
        let inst = self.f.inst(truth);
        let word = inst.args.first().map(|word| self.f.inst(*word));
        match (inst.op, word) {
            (Op::Not, _) => Some(!self.known_truth(inst.args[0])?),
            (Op::WordTruth, Some(word)) if word.op == Op::Const => {
                Some(word.immediate == PyValue::true_().raw().0)
            }
            _ => None,
        }
    }

    pub(super) fn get_iter(&mut self) -> Result<(), Bailout> {
        let iterable = self.top(0)?;
        if self
            .ty(iterable.value)
            .is_object_of(Enumerate::cell().shape().id())
        {
            // It is its own iterator.
            self.pop()?;
            let word = self.owned_word(iterable);
            self.push(word, Own::Owned);
            return Ok(());
        }
        self.generic()?;
        self.flush_releases(self.at.next);
        // The loop's own check, made once in front of it.
        let Some(next) = self.decoded.instructions.get(&self.at.next).copied() else {
            return Ok(());
        };
        let shape = match next.op {
            Opcode::FOR_ITER_RANGE => RangeIterator::cell().shape().id(),
            Opcode::FOR_ITER_LIST => ListIterator::cell().shape().id(),
            Opcode::FOR_ITER_TUPLE => TupleIterator::cell().shape().id(),
            _ => return Ok(()),
        };
        if self.source.failed.contains_key(&next.start) {
            return Ok(());
        }
        let iterator = self.top(0)?;
        self.at = next;
        self.begin();
        self.guard_shape(iterator.value, shape);
        self.at = self.decoded.instructions[&self.previous(next.start)];
        Ok(())
    }

    /// Is the item of the loop at hand only unpacked, into two?
    fn unpacks_pair(&self) -> bool {
        let next = self.at.next;
        !self.decoded.targets.contains(&next)
            && !self.source.failed.contains_key(&next)
            // There the frame is left, and has to hold the item whole.
            && !self.decoded.is_behind_nest(next)
            && self
                .decoded
                .instructions
                .get(&next)
                .is_some_and(|next| {
                    let pair = next.op.deopt() == Opcode::UNPACK_SEQUENCE && next.oparg == 2;
                    // Code that has never run is not built.
                    pair && !self.never_ran(next)
                })
    }

    fn iterate_pairs(&mut self, iterator: Value, exhausted: u32) -> Result<(), Bailout> {
        let first = self.call_with_frame(Op::IterNextPair, &[iterator], 0);
        let (body, done) = self.branch_on(first);
        let after = self.s.clone();
        self.block = done;
        self.guard_locals(exhausted);
        self.edge(exhausted);
        if self.restart {
            return Ok(());
        }
        self.block = body;
        self.s = after;
        let second = self.emit(Op::Second, &[first], Type::VALUE, 0);
        let (pair, other) = self.branch_on(second);
        let (after, unpack) = (self.s.clone(), self.at.next);
        self.block = other;
        self.push(first, Own::Owned);
        let state = self.frame_state(unpack);
        let state = self.f.state(state);
        self.finish(Terminator::Exit(state, Reason::Guard));
        self.block = pair;
        self.s = after;
        self.push(first, Own::Owned);
        self.s.pairs.insert(first, second);
        self.edge(unpack);
        Ok(())
    }

    fn previous(&self, next: u32) -> u32 {
        // GET_ITER has neither an operand nor a cache.
        next - 1
    }

    fn for_iter(&mut self, exhausted: u32) -> Result<(), Bailout> {
        let iterator = self.top(0)?.value;
        let ty = self.ty(iterator);
        let (range, list, tuple) = (
            RangeIterator::cell().shape().id(),
            ListIterator::cell().shape().id(),
            TupleIterator::cell().shape().id(),
        );
        let failed = self.failed();
        let takes = |op: Opcode, shape: u32| ty.is_object_of(shape) || !failed && self.at.op == op;
        if takes(Opcode::FOR_ITER_RANGE, range) {
            self.guard_shape(iterator, range);
            let more = self.emit(Op::RangeMore, &[iterator], Type::BOOL, 0);
            let (body, done) = (self.f.block(), self.f.block());
            self.finish(Terminator::Branch(more, body, done));
            let state = self.s.clone();
            self.block = body;
            let numbers = Type::int(self.s.memory.range_of(iterator));
            let next = self.guard(Op::RangeNext, &[iterator], numbers, 0);
            self.push(next, Own::Owned);
            self.edge(self.at.next);
            self.block = done;
            self.s = state;
            self.edge(exhausted);
            return Ok(());
        }
        let sequence = [
            (
                Opcode::FOR_ITER_LIST,
                list,
                Op::ListPeek,
                ListIterator::INDEX_OFFSET,
            ),
            (
                Opcode::FOR_ITER_TUPLE,
                tuple,
                Op::TuplePeek,
                TupleIterator::INDEX_OFFSET,
            ),
        ];
        for (op, shape, peek, index) in sequence {
            if !takes(op, shape) {
                continue;
            }
            self.guard_shape(iterator, shape);
            let item = self.emit(peek, &[iterator], Type::VALUE, 0);
            let (body, done) = self.branch_on(item);
            let state = self.s.clone();
            self.block = body;
            self.emit(Op::IterAdvance, &[iterator], Type::NEVER, index as u64);
            self.push(item, Own::Lazy(Owner::Heap));
            self.edge(self.at.next);
            if self.restart {
                return Ok(());
            }
            self.block = done;
            self.s = state;
            // Lets go of the sequence, as the iterator does at its end.
            self.call_with_frame(Op::IterNext, &[iterator], 1);
            self.guard_locals(exhausted);
            self.edge(exhausted);
            return Ok(());
        }
        if self.unpacks_pair() && self.iterate_enumerated(iterator, exhausted)? {
            return Ok(());
        }
        if self.unpacks_pair() {
            return self.iterate_pairs(iterator, exhausted);
        }
        let item = self.call_with_frame(Op::IterNext, &[iterator], 0);
        let (body, done) = self.branch_on(item);
        let state = self.s.clone();
        self.block = body;
        self.push(item, Own::Owned);
        self.guard_locals(self.at.next);
        self.edge(self.at.next);
        if self.restart {
            return Ok(());
        }
        self.block = done;
        self.s = state;
        self.guard_locals(exhausted);
        self.edge(exhausted);
        Ok(())
    }
}
