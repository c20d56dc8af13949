//! Instructions that the interpreter's own body performs.

use super::{Builder, Entry, Slot};
use crate::bailout::Bailout;
use crate::frame_state::Own;
use crate::hir::{Op, Rep, Value};
use crate::types::Type;
use taipan_bytecode::Opcode;

/// What [`Op::Generic`] has in its immediate.
pub fn pack(op: Opcode, oparg: u32, pushes: usize) -> u64 {
    op as u64 | (pushes as u64) << 8 | (oparg as u64) << 32
}

/// How many operands an instruction takes from the stack, and how many results it leaves in their place.
fn moves(op: Opcode, oparg: u32) -> (usize, usize) {
    use Opcode::*;
    let (pops, pushes) = op.pops_pushes(oparg);
    let (pops, pushes) = match op.deopt() {
        // These leave the container below their operands where it is.
        LIST_APPEND | SET_ADD | MAP_ADD | LIST_EXTEND | SET_UPDATE | DICT_UPDATE | DICT_MERGE => {
            (pops - pushes, 0)
        }
        _ => (pops, pushes),
    };
    (pops as usize, pushes as usize)
}

/// The operands and results of an [`Op::Generic`] with this immediate.
pub fn unpack(packed: u64) -> (usize, usize) {
    Opcode::from_u8(packed as u8).map_or((0, 0), |op| moves(op, (packed >> 32) as u32))
}

impl Builder<'_> {
    /// Makes every reference on the stack counted, so that any Python code may run.
    pub(super) fn settle_all(&mut self) {
        self.settle(|_| true);
    }

    /// Emits a call for which the whole frame is written; the state is that before the instruction.
    pub(super) fn call_with_frame(&mut self, op: Op, args: &[Value], immediate: u64) -> Value {
        self.box_floats();
        self.settle_all();
        self.write_heads();
        let state = self.frame_state(self.at.start);
        let state = self.f.state(state);
        let value = self.emit2(op, args, Type::VALUE, immediate, self.at.at as u64);
        self.f.insts[value.0 as usize].state = Some(state);
        self.python_ran();
        value
    }

    /// The frames were written, and anything may have happened.
    pub(super) fn python_ran(&mut self) {
        for slot in &mut self.s.locals {
            debug_assert!(
                slot.lazy.is_none(),
                "everything was counted before the call"
            );
            slot.dirty = false;
        }
        self.s.shapes.clear();
        self.s.several.clear();
        self.s.memory.forget();
        self.called = true;
    }

    /// Floats on the stack become words: what is in the frame's memory stays in use behind the call. Rare
    /// ones leave; where that happened before, each float gets an object if it needs one, owned by its slot.
    pub(super) fn box_floats(&mut self) {
        let failed = self.failed();
        for i in 0..self.s.stack.len() {
            let Entry { value, .. } = self.s.stack[i];
            if self.rep(value) == Rep::F64 {
                let word = if failed {
                    self.new_float(value)
                } else {
                    self.word(value)
                };
                self.s.stack[i] = Entry {
                    value: word,
                    own: Own::Owned,
                };
            }
        }
        if !failed {
            return;
        }
        for i in 0..self.s.locals.len() {
            let Slot { value, dirty, .. } = self.s.locals[i];
            if dirty && self.rep(value) == Rep::F64 {
                let value = self.new_float(value);
                self.emit(Op::StoreLocal, &[value], Type::NEVER, i as u64);
                self.s.locals[i] = Slot::clean(value);
            }
        }
    }

    fn new_float(&mut self, float: Value) -> Value {
        let word = self.emit(Op::BoxFloat, &[float], Type::VALUE, 0);
        self.s.floats.insert(word, float);
        word
    }

    /// Leaves if the call just made wrote variables of this frame; what follows goes on at `next`.
    pub(super) fn guard_locals(&mut self, next: u32) {
        let mut state = self.frame_state(next);
        state.pending = self.pending.clone();
        let state = self.f.state(state);
        self.called = false;
        let guard = self.emit(Op::GuardLocals, &[], Type::NEVER, 0);
        self.f.insts[guard.0 as usize].state = Some(state);
    }

    /// Takes operands from the stack and puts what the frame's memory holds in their place.
    pub(super) fn results(&mut self, pops: usize, pushes: usize) -> Result<(), Bailout> {
        let base = self.below(pops)?;
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
        if self.by_helper()? {
            return Ok(());
        }
        let op = self.at.op.deopt();
        let oparg = self.at.oparg;
        let (pops, pushes) = moves(op, oparg);
        self.call_with_frame(Op::Generic, &[], pack(self.at.op, oparg, pushes));
        self.results(pops, pushes)?;
        // Operators that write a variable's slot themselves.
        if matches!(op, MAKE_CELL | DELETE_FAST) {
            self.reload(self.local_base() + oparg);
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
}
