//! `for i, x in enumerate(numbers)`: neither a call nor a tuple.

use super::Builder;
use super::arith::Numbers;
use crate::bailout::Bailout;
use crate::frame_state::Own;
use crate::helpers::Helper;
use crate::hir::{Op, Value};
use crate::types::{Range, Type};
use taipan_bytecode::Opcode;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::enumerate::Enumerate;
use taipan_vm::objects::list_iter::ListIterator;
use taipan_vm::value::Raw;

impl Builder<'_> {
    /// The loop at hand, which unpacks pairs, over the `enumerate` of a list of numbers. False where it is not known to
    /// be one, or its items are not used as numbers: those would have to live until the next round, which is the
    /// helper's business.
    pub(super) fn iterate_enumerated(
        &mut self,
        iterator: Value,
        exhausted: u32,
    ) -> Result<bool, Bailout> {
        let shape = Enumerate::cell().shape().id();
        if self.failed() || !self.ty(iterator).is_object_of(shape) {
            return Ok(false);
        }
        let Some(expected) = self.item_expected() else {
            return Ok(false);
        };
        let inner = self.load_field(iterator, Enumerate::ITERATOR_OFFSET as u64, Type::VALUE);
        self.guard_shape(inner, ListIterator::cell().shape().id());
        // No tuple holds items that were handed out.
        let result = Enumerate::RESULT_OFFSET as u64;
        if !self.s.memory.knows_field(iterator, result) {
            let forget = super::helped::pack(Helper::ForgetResult, None);
            self.guard(Op::Quick, &[iterator], Type::BOOL, forget);
        }
        let tuple = self.load_field(iterator, result, Type::INT);
        self.guard(Op::GuardWord, &[tuple], Type::NEVER, 0);
        let item = self.emit(Op::ListPeek, &[inner], Type::VALUE, 0);
        let (body, done) = self.branch_on(item);
        let state = self.s.clone();
        self.block = body;
        self.take_for(expected, item);
        let at = Enumerate::COUNT_OFFSET as u64;
        let count = self.emit(Op::LoadField, &[iterator], Type::VALUE, at);
        self.guard_int(count);
        let one = self.constant(Raw::small_int(1));
        let next = self.guard(Op::IntAdd, &[count, one], Type::int(Range::FULL), 0);
        self.emit(Op::StoreField, &[iterator, next], Type::NEVER, at);
        let index = ListIterator::INDEX_OFFSET as u64;
        self.emit(Op::IterAdvance, &[inner], Type::NEVER, index);
        self.push(count, Own::Owned);
        self.s.pairs.insert(count, item);
        self.edge(self.at.next);
        if self.restart {
            return Ok(true);
        }
        self.block = done;
        self.s = state;
        // The list's iterator lets go of the list.
        self.call_with_frame(Op::IterNext, &[iterator], 1);
        self.guard_locals(exhausted);
        self.edge(exhausted);
        Ok(true)
    }

    /// What the second variable of `UNPACK_SEQUENCE 2`, which follows, is used as.
    fn item_expected(&self) -> Option<Numbers> {
        let unpack = self.decoded.instructions.get(&self.at.next)?;
        let store = self.decoded.instructions.get(&unpack.next)?;
        // The first item is on top.
        let (variable, behind) = match store.op.deopt() {
            Opcode::STORE_FAST_STORE_FAST => (store.oparg & 15, store.next),
            Opcode::STORE_FAST => {
                let second = self.decoded.instructions.get(&store.next)?;
                let stores = second.op.deopt() == Opcode::STORE_FAST;
                (stores.then_some(second.oparg)?, second.next)
            }
            _ => return None,
        };
        self.expected(variable, behind)
    }
}
