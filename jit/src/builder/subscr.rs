//! Subscripts, unpacking, appending.

use super::Builder;
use crate::bailout::Bailout;
use crate::frame_state::{Own, Owner};
use crate::helpers::Helper;
use crate::hir::{Op, Value};
use crate::types::Type;
use taipan_bytecode::Opcode;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Raw;

impl Builder<'_> {
    pub(super) fn subscript(&mut self) -> Result<(), Bailout> {
        let (key, container) = (self.top(0)?, self.top(1)?);
        let (list, tuple) = (List::cell().shape().id(), Tuple::cell().shape().id());
        let string = Str::cell().shape().id();
        let ty = self.ty(container.value);
        let known_int = self.is_int(key.value);
        let (shape, op) = match self.at.op {
            _ if self.failed() || !self.words_on_top(2) => return self.generic(),
            _ if ty.is_object_of(list) && known_int => (list, Op::ListItem),
            _ if ty.is_object_of(tuple) && known_int => (tuple, Op::TupleItem),
            Opcode::BINARY_OP_SUBSCR_LIST_INT => (list, Op::ListItem),
            Opcode::BINARY_OP_SUBSCR_TUPLE_INT => (tuple, Op::TupleItem),
            Opcode::BINARY_OP_SUBSCR_GETITEM => {
                return match self.subscript_direct()? {
                    true => Ok(()),
                    false => self.generic(),
                };
            }
            Opcode::BINARY_OP_SUBSCR_STR_INT => {
                return self.quickly(Helper::StrItem, 2, None, Type::exact(string));
            }
            Opcode::BINARY_OP => {
                return match self.load_packed()? {
                    true => Ok(()),
                    false => self.generic(),
                };
            }
            _ => return self.generic(),
        };
        self.guard_shape(container.value, shape);
        self.guard_int(key.value);
        let positive = self.ty(key.value).range.low >= 0;
        let item = self.guard(
            op,
            &[container.value, key.value],
            Type::VALUE,
            positive as u64,
        );
        let len = self.s.stack.len();
        self.s.stack.truncate(len - 2);
        self.drop_entry(container);
        self.push(item, Own::Lazy(Owner::Heap));
        Ok(())
    }

    pub(super) fn store_subscript(&mut self) -> Result<(), Bailout> {
        let (key, container) = (self.top(0)?, self.top(1)?);
        let list = List::cell().shape().id();
        let known = self.ty(container.value).is_object_of(list) && self.is_int(key.value);
        if self.failed()
            || !self.words_on_top(2)
            || !(known || self.at.op == Opcode::STORE_SUBSCR_LIST_INT)
        {
            if self.at.op == Opcode::STORE_SUBSCR && (self.store_packed()? || self.call_setter()?) {
                return Ok(());
            }
            return self.generic();
        }
        self.heap_changes();
        let (container, value) = (self.top(1)?, self.top(2)?);
        self.guard_shape(container.value, list);
        self.guard_int(key.value);
        let word = self.word(value.value);
        let positive = self.ty(key.value).range.low >= 0;
        let args = [container.value, key.value, word];
        let old = self.guard(Op::ListStore, &args, Type::VALUE, positive as u64);
        if value.own != Own::Owned {
            self.incref(word);
        }
        let len = self.s.stack.len();
        self.s.stack.truncate(len - 3);
        self.drop_entry(container);
        self.pending.push(old);
        Ok(())
    }

    /// Items of a list of just as many, by constant index.
    fn unpack_list(&mut self, list: Value) -> Result<(), Bailout> {
        self.guard_shape(list, List::cell().shape().id());
        let count = self.at.oparg as i64;
        let length = self.emit(Op::ListLength, &[list], Type::INT, 1);
        let wanted = Raw::small_int(count).0;
        self.guard(Op::GuardWord, &[length], Type::NEVER, wanted);
        let sequence = self.pop()?;
        self.drop_entry(sequence);
        for i in (0..count).rev() {
            let offset = 8 * i as u64;
            let item = self.emit(Op::ListField, &[list], Type::VALUE, offset);
            self.push(item, Own::Lazy(Owner::Heap));
        }
        Ok(())
    }

    pub(super) fn unpack(&mut self) -> Result<(), Bailout> {
        let sequence = self.top(0)?;
        if let Some(second) = self.s.pairs.remove(&sequence.value) {
            let first = self.pop()?;
            self.push(second, Own::Owned);
            self.push(first.value, Own::Owned);
            // For the call that gave them.
            self.guard_locals(self.at.next);
            return Ok(());
        }
        if self.at.op == Opcode::UNPACK_SEQUENCE_LIST && !self.failed() && self.words_on_top(1) {
            return self.unpack_list(sequence.value);
        }
        let tuple = Tuple::cell().shape().id();
        let fits = match self.at.op {
            _ if self.failed() || !self.words_on_top(1) => false,
            Opcode::UNPACK_SEQUENCE_TWO_TUPLE | Opcode::UNPACK_SEQUENCE_TUPLE => true,
            _ => self.ty(sequence.value).is_object_of(tuple),
        };
        if !fits {
            return self.generic();
        }
        self.guard_shape(sequence.value, tuple);
        let count = self.at.oparg as u64;
        self.guard(Op::GuardTupleLength, &[sequence.value], Type::NEVER, count);
        self.s.stack.pop();
        self.drop_entry(sequence);
        for i in (0..count).rev() {
            let item = self.emit(Op::TupleField, &[sequence.value], Type::VALUE, i);
            self.push(item, Own::Lazy(Owner::Heap));
        }
        Ok(())
    }

    pub(super) fn list_append(&mut self) -> Result<(), Bailout> {
        let list = self.top(self.at.oparg as usize)?;
        let item = self.top(0)?;
        let word = self.owned_word(item);
        self.pop()?;
        self.emit(Op::ListAppend, &[list.value, word], Type::NEVER, 0);
        Ok(())
    }
}
