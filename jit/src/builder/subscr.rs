//! Subscripts, unpacking, appending.

use super::{Builder, helped};
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

impl Builder<'_> {
    pub(super) fn subscript(&mut self) -> Result<(), Bailout> {
        let (key, container) = (self.top(0)?, self.top(1)?);
        let (list, tuple) = (List::cell().shape().id(), Tuple::cell().shape().id());
        let string = Str::cell().shape().id();
        let ty = self.ty(container.value);
        let known_int = self.is_int(key.value);
        if let Some(index) = self.known_int(key.value)
            && let Some(items) = self.built_items(container.value)
            && let Ok(index) = usize::try_from(index)
            && let Some(&item) = items.get(index)
        {
            self.s.stack.truncate(self.s.stack.len() - 2);
            self.drop_entry(container);
            self.push_built(container.value, index, item);
            return Ok(());
        }
        let shape = match self.at.op {
            _ if self.failed() || !self.words_on_top(2) => return self.generic(),
            _ if ty.is_object_of(list) && known_int => list,
            _ if ty.is_object_of(tuple) && known_int => tuple,
            Opcode::BINARY_OP_SUBSCR_LIST_INT => list,
            Opcode::BINARY_OP_SUBSCR_TUPLE_INT => tuple,
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
        let item = if shape == list {
            self.list_item(container.value, key.value)
        } else {
            let positive = self.ty(key.value).range.low >= 0;
            let args = [container.value, key.value];
            self.guard(Op::TupleItem, &args, Type::VALUE, positive as u64)
        };
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
        self.list_item_written(container.value, key.value, word);
        if value.own != Own::Owned {
            self.incref(word);
        }
        let len = self.s.stack.len();
        self.s.stack.truncate(len - 3);
        self.drop_entry(container);
        self.pending.push(old);
        Ok(())
    }

    /// The items of a tuple that this code has built itself: what it holds cannot change.
    fn built_items(&self, tuple: Value) -> Option<&[Value]> {
        let inst = self.f.inst(tuple);
        let built = inst.op == Op::Build && helped::unpack(inst.immediate).0 == Helper::BuildTuple;
        built.then_some(&inst.args)
    }

    /// Such an item on the stack: a number as it was before, another object from the tuple, which owns it.
    fn push_built(&mut self, tuple: Value, index: usize, word: Value) {
        if self.counted(word) {
            let item = self.tuple_field(tuple, index as u64, self.ty(word));
            return self.push(item, Own::Lazy(Owner::Heap));
        }
        let inst = self.f.inst(word);
        let value = match inst.op {
            Op::BoxFloat => inst.args[0],
            _ => word,
        };
        self.push(value, Own::Owned);
    }

    /// Items of a list of just as many, by constant index.
    fn unpack_list(&mut self, list: Value) -> Result<(), Bailout> {
        self.guard_shape(list, List::cell().shape().id());
        let count = self.at.oparg as i64;
        self.guard_list_length(list, count as u64);
        let items = (0..count).map(|i| self.list_field(list, i)).collect();
        self.replace_by_items(items)
    }

    /// The items of the sequence on top, which owns them, take its place.
    fn replace_by_items(&mut self, items: Vec<Value>) -> Result<(), Bailout> {
        let sequence = self.pop()?;
        self.drop_entry(sequence);
        for item in items.into_iter().rev() {
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
        let count = self.at.oparg as u64;
        if let Some(items) = self.known_items(sequence.value, count) {
            for item in &items {
                self.emit(Op::Holds, &[sequence.value, *item], Type::NEVER, 0);
            }
            return self.replace_by_items(items);
        }
        let (list, tuple) = (List::cell().shape().id(), Tuple::cell().shape().id());
        let ty = self.ty(sequence.value);
        let by_cache = !ty.is_object_of(tuple) && self.at.op == Opcode::UNPACK_SEQUENCE_LIST;
        if (ty.is_object_of(list) || by_cache) && !self.failed() && self.words_on_top(1) {
            return self.unpack_list(sequence.value);
        }
        if let Some(items) = self.built_items(sequence.value)
            && items.len() == self.at.oparg as usize
        {
            let items = items.to_vec();
            self.pop()?;
            self.drop_entry(sequence);
            for (index, item) in items.into_iter().enumerate().rev() {
                self.push_built(sequence.value, index, item);
            }
            return Ok(());
        }
        if self.failures() == 1 && self.words_on_top(1) {
            // What it met was no tuple, or no list: it may be either.
            let items = self.sequence_items(sequence.value, count);
            return self.replace_by_items(items);
        }
        let fits = match self.at.op {
            _ if self.failed() || !self.words_on_top(1) => false,
            Opcode::UNPACK_SEQUENCE_TWO_TUPLE | Opcode::UNPACK_SEQUENCE_TUPLE => true,
            _ => self.ty(sequence.value).is_object_of(tuple),
        };
        if !fits {
            return self.generic();
        }
        self.guard_shape(sequence.value, tuple);
        self.guard_tuple_length(sequence.value, count);
        let fields = 0..count;
        let items = fields.map(|i| self.tuple_field(sequence.value, i, Type::VALUE));
        let items = items.collect();
        self.replace_by_items(items)
    }

    pub(super) fn list_append(&mut self) -> Result<(), Bailout> {
        let list = self.top(self.at.oparg as usize)?;
        let item = self.top(0)?;
        let word = self.owned_word(item);
        self.pop()?;
        self.emit(Op::ListAppend, &[list.value, word], Type::NEVER, 0);
        self.s.memory.forget_lengths();
        Ok(())
    }
}
