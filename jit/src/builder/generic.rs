//! Instructions that the interpreter's own body performs.

use super::{Builder, Entry};
use crate::bailout::Bailout;
use crate::frame_state::Own;
use crate::hir::{Op, Value};
use crate::types::Type;
use taipan_bytecode::Opcode;

/// What [`Op::Generic`] has in its immediate.
pub fn pack(op: Opcode, oparg: u32, pushes: usize) -> u64 {
    op as u64 | (pushes as u64) << 8 | (oparg as u64) << 32
}

impl Builder<'_> {
    /// Makes every reference on the stack counted, so that any Python code may run.
    pub(super) fn settle_all(&mut self) {
        self.settle(|_| true);
    }

    /// Emits a call for which the whole frame is written; the state is that before the instruction.
    pub(super) fn call_with_frame(&mut self, op: Op, args: &[Value], immediate: u64) -> Value {
        self.settle_all();
        let state = self.frame_state(self.at.start);
        let state = self.f.state(state);
        let value = self.emit2(op, args, Type::VALUE, immediate, self.at.at as u64);
        self.f.insts[value.0 as usize].state = Some(state);
        for slot in &mut self.s.locals {
            slot.dirty = false;
        }
        self.s.shapes.clear();
        value
    }

    /// Takes operands from the stack and puts what the frame's memory holds in their place.
    pub(super) fn results(&mut self, pops: usize, pushes: usize) -> Result<(), Bailout> {
        let base = self
            .s
            .stack
            .len()
            .checked_sub(pops)
            .ok_or(Bailout::Malformed)?;
        self.s.stack.truncate(base);
        for i in 0..pushes {
            let value = self.emit(Op::StackResult, &[], Type::ANY, (base + i) as u64);
            self.s.stack.push(Entry {
                value,
                own: Own::Owned,
            });
        }
        Ok(())
    }

    pub(super) fn generic(&mut self) -> Result<(), Bailout> {
        use Opcode::*;
        let op = self.at.op.deopt();
        let oparg = self.at.oparg;
        let (mut pops, mut pushes) = self.at.op.pops_pushes(oparg);
        // These leave the container below their operands where it is.
        if matches!(
            op,
            LIST_APPEND | SET_ADD | MAP_ADD | LIST_EXTEND | SET_UPDATE | DICT_UPDATE | DICT_MERGE
        ) {
            (pops, pushes) = (pops - pushes, 0);
        }
        self.call_with_frame(Op::Generic, &[], pack(self.at.op, oparg, pushes as usize));
        self.results(pops as usize, pushes as usize)?;
        // Operators that write a variable's slot themselves.
        if matches!(op, MAKE_CELL | DELETE_FAST) {
            self.reload(oparg);
        }
        if op == COPY_FREE_VARS {
            let count = self.s.locals.len() as u32;
            for i in count.saturating_sub(oparg)..count {
                self.reload(i);
            }
        }
        Ok(())
    }

    fn reload(&mut self, index: u32) {
        let value = self.emit(Op::LoadLocal, &[], Type::ANY, index as u64);
        if let Some(slot) = self.s.locals.get_mut(index as usize) {
            slot.value = value;
            slot.dirty = false;
        }
    }

    pub(super) fn generic_local(&mut self, _index: u32) -> Result<(), Bailout> {
        self.generic()
    }
}
