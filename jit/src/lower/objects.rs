//! Objects: shapes, containers, attributes, globals, iterators.

use super::{Lower, flags};
use crate::deopt::Reason;
use crate::helpers::Helper;
use crate::hir::{Op, ShapeCase, Value};
use crate::layout;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};
use std::mem::offset_of;
use taipan_vm::interpreter::frame::Frame;
use taipan_vm::native::NativeClass;
use taipan_vm::object::Header;
use taipan_vm::objects::dict::{Dict, Entry};
use taipan_vm::objects::function::Function;
use taipan_vm::objects::list::List;
use taipan_vm::objects::list_iter::ListIterator;
use taipan_vm::objects::range::RangeIterator;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::objects::tuple_iter::TupleIterator;
use taipan_vm::shape::shape_by_id;
use taipan_vm::value::Value as PyValue;

impl Lower<'_, '_> {
    pub(super) fn load32(&mut self, base: ir::Value, offset: usize) -> ir::Value {
        self.fb.ins().load(types::I32, flags(), base, offset as i32)
    }
    fn compare32(&mut self, a: ir::Value, b: u32) -> ir::Value {
        let b = self.fb.ins().iconst(types::I32, b as i64);
        self.fb.ins().icmp(IntCC::Equal, a, b)
    }
    /// Address of the element at a small int; leaves when out of range.
    fn element(
        &mut self,
        value: Value,
        items: ir::Value,
        length: ir::Value,
        key: ir::Value,
    ) -> ir::Value {
        let positive = self.f.inst(value).immediate == 1;
        let index = self.index(value, length, key, positive);
        let three = self.constant(3);
        let offset = self.fb.ins().ishl(index, three);
        self.fb.ins().iadd(items, offset)
    }
    /// The plain index that a small int means; leaves when out of range.
    pub(super) fn index(
        &mut self,
        value: Value,
        length: ir::Value,
        key: ir::Value,
        positive: bool,
    ) -> ir::Value {
        let index = self.shift_right(key, 1);
        let inside = self.fb.ins().icmp(IntCC::UnsignedLessThan, index, length);
        if positive {
            self.check_inst(value, inside, Reason::Range);
            return index;
        }
        let (fine, odd) = (self.new_block(), self.cold());
        self.fb.append_block_param(fine, types::I64);
        self.fb
            .ins()
            .brif(inside, fine, &[BlockArg::Value(index)], odd, &[]);
        self.fb.switch_to_block(odd);
        let from_end = self.fb.ins().iadd(index, length);
        let zero = self.constant(0);
        let negative = self.fb.ins().icmp(IntCC::SignedLessThan, index, zero);
        self.check_inst(value, negative, Reason::Range);
        let inside = self
            .fb
            .ins()
            .icmp(IntCC::UnsignedLessThan, from_end, length);
        self.check_inst(value, inside, Reason::Range);
        self.fb.ins().jump(fine, &[BlockArg::Value(from_end)]);
        self.fb.switch_to_block(fine);
        self.fb.block_params(fine)[0]
    }
    fn reverse_head(&mut self, value: Value, list: ir::Value, last: ir::Value) {
        let length = self.load(list, List::LENGTH_OFFSET);
        let items = self.load(list, List::POINTER_OFFSET);
        let last = self.index(value, length, last, true);
        let three = self.constant(3);
        let offset = self.fb.ins().ishl(last, three);
        let end = self.fb.ins().iadd(items, offset);
        let (swaps, swap, done) = (self.new_block(), self.new_block(), self.new_block());
        self.fb.append_block_param(swaps, types::I64);
        self.fb.append_block_param(swaps, types::I64);
        let ends = [BlockArg::Value(items), BlockArg::Value(end)];
        self.fb.ins().jump(swaps, &ends);
        self.fb.switch_to_block(swaps);
        let [low, high] = *self.fb.block_params(swaps) else {
            return;
        };
        let more = self.fb.ins().icmp(IntCC::UnsignedLessThan, low, high);
        self.fb.ins().brif(more, swap, &[], done, &[]);
        self.fb.switch_to_block(swap);
        let (first, second) = (self.load(low, 0), self.load(high, 0));
        self.store(second, low, 0);
        self.store(first, high, 0);
        let ends = [self.add(low, 8), self.add(high, -8)].map(BlockArg::Value);
        self.fb.ins().jump(swaps, &ends);
        self.fb.switch_to_block(done);
    }
    fn list_element(&mut self, value: Value, list: ir::Value, key: ir::Value) -> ir::Value {
        let length = self.load(list, List::LENGTH_OFFSET);
        let items = self.load(list, List::POINTER_OFFSET);
        self.element(value, items, length, key)
    }
    /// The value of a dict's entry at a known place; leaves when another key is there.
    fn dict_entry(&mut self, value: Value, dict: ir::Value, place: u64, name: u64) -> ir::Value {
        let vec = layout::vec();
        let length = self.load(dict, Dict::ENTRIES_OFFSET + vec.length);
        let place_word = self.constant(place);
        let inside = self
            .fb
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, length, place_word);
        self.check_inst(value, inside, Reason::Guard);
        let entries = self.load(dict, Dict::ENTRIES_OFFSET + vec.pointer);
        let entry = place as usize * Entry::SIZE;
        let key = self.load(entries, entry + Entry::KEY_OFFSET);
        let same = self.compare(IntCC::Equal, key, name);
        self.check_inst(value, same, Reason::Guard);
        let word = self.load(entries, entry + Entry::VALUE_OFFSET);
        let there = self.compare(IntCC::NotEqual, word, 0);
        self.check_inst(value, there, Reason::Guard);
        word
    }

    /// The address of the items of a list or tuple with so many.
    fn sequence_items(&mut self, value: Value, sequence: ir::Value, count: u64) -> ir::Value {
        let pointer = self.is_pointer(sequence);
        self.check_inst(value, pointer, Reason::Guard);
        let shape = self.load(sequence, Header::SHAPE_OFFSET);
        let of = |class: &'static taipan_vm::shape::Shape| class as *const _ as u64;
        let is_list = self.compare(IntCC::Equal, shape, of(List::cell().shape()));
        let (list, other, done) = (self.new_block(), self.new_block(), self.new_block());
        self.fb.append_block_param(done, types::I64);
        self.fb.append_block_param(done, types::I64);
        self.fb.ins().brif(is_list, list, &[], other, &[]);
        self.fb.switch_to_block(list);
        let length = self.load(sequence, List::LENGTH_OFFSET);
        let items = self.load(sequence, List::POINTER_OFFSET);
        let found = [BlockArg::Value(items), BlockArg::Value(length)];
        self.fb.ins().jump(done, &found);
        self.fb.switch_to_block(other);
        let is_tuple = self.compare(IntCC::Equal, shape, of(Tuple::cell().shape()));
        self.check_inst(value, is_tuple, Reason::Guard);
        let length = self.load(sequence, Tuple::LENGTH_OFFSET);
        let items = self.add(sequence, Tuple::ITEMS_OFFSET as i64);
        let found = [BlockArg::Value(items), BlockArg::Value(length)];
        self.fb.ins().jump(done, &found);
        self.fb.switch_to_block(done);
        let (items, length) = (self.fb.block_params(done)[0], self.fb.block_params(done)[1]);
        let same = self.compare(IntCC::Equal, length, count);
        self.check_inst(value, same, Reason::Guard);
        items
    }

    /// One compare for each shape of the table.
    fn load_by_shape(&mut self, value: Value, object: ir::Value) {
        let inst = self.f.inst(value);
        let Some(state) = inst.state else { return };
        let exit = self.exit_block(state, Reason::Guard);
        let pointer = self.is_pointer(object);
        self.check_inst(value, pointer, Reason::Guard);
        let shape = self.load(object, Header::SHAPE_OFFSET);
        let done = self.new_block();
        self.fb.append_block_param(done, types::I64);
        for case in &self.f.shape_tables[inst.immediate as usize] {
            // SAFETY: the builder took the id from a table of shapes.
            let wanted = unsafe { shape_by_id(case.shape()) } as *const _ as u64;
            let same = self.compare(IntCC::Equal, shape, wanted);
            let (hit, next) = (self.new_block(), self.new_block());
            self.fb.ins().brif(same, hit, &[], next, &[]);
            self.fb.switch_to_block(hit);
            let word = match *case {
                ShapeCase::Slot { offset, .. } => self.load(object, offset as usize),
                ShapeCase::Found {
                    version_address,
                    version,
                    word,
                    ..
                } => {
                    let address = self.constant(version_address);
                    let now = self.load32(address, 0);
                    let same = self.compare32(now, version);
                    let fine = self.new_block();
                    self.fb.ins().brif(same, fine, &[], exit, &[]);
                    self.fb.switch_to_block(fine);
                    self.constant(word)
                }
            };
            self.fb.ins().jump(done, &[BlockArg::Value(word)]);
            self.fb.switch_to_block(next);
        }
        self.fb.ins().jump(exit, &[]);
        self.fb.switch_to_block(done);
        let word = self.fb.block_params(done)[0];
        self.set(value, word);
    }

    /// One compare for each shape of the table.
    fn field_offset(&mut self, value: Value, object: ir::Value) {
        let inst = self.f.inst(value);
        let Some(state) = inst.state else { return };
        let exit = self.exit_block(state, Reason::Guard);
        let pointer = self.is_pointer(object);
        self.check_inst(value, pointer, Reason::Guard);
        let shape = self.load(object, Header::SHAPE_OFFSET);
        let done = self.new_block();
        self.fb.append_block_param(done, types::I64);
        for (id, offset) in &self.f.field_tables[inst.immediate as usize] {
            // SAFETY: the builder took the id from a cache or a living object.
            let wanted = unsafe { shape_by_id(*id) } as *const _ as u64;
            let same = self.compare(IntCC::Equal, shape, wanted);
            let offset = self.constant(*offset);
            let next = self.new_block();
            let args = [BlockArg::Value(offset)];
            self.fb.ins().brif(same, done, &args, next, &[]);
            self.fb.switch_to_block(next);
        }
        self.fb.ins().jump(exit, &[]);
        self.fb.switch_to_block(done);
        let offset = self.fb.block_params(done)[0];
        self.set(value, offset);
    }

    pub(super) fn object(&mut self, value: Value) {
        let inst = self.f.inst(value);
        let args: Vec<ir::Value> = inst.args.iter().map(|a| self.value(*a)).collect();
        let a = args.first().copied().unwrap_or(self.frame);
        let b = args.get(1).copied().unwrap_or(a);
        let immediate = inst.immediate;
        let offset = immediate as usize;
        let result = match inst.op {
            Op::BoxTruth => self.box_truth(a),
            Op::WordTruth => self.compare(IntCC::Equal, a, PyValue::true_().raw().0),
            Op::WordEqual => self.fb.ins().icmp(IntCC::Equal, a, b),
            Op::NonZero => self.compare(IntCC::NotEqual, a, 0),
            Op::Not => {
                let one = self.fb.ins().iconst(types::I8, 1);
                self.fb.ins().bxor(a, one)
            }
            Op::GuardShape => {
                if inst.second == 0 {
                    let pointer = self.is_pointer(a);
                    self.check_inst(value, pointer, Reason::Guard);
                }
                let shape = self.load(a, Header::SHAPE_OFFSET);
                // SAFETY: the builder took the id from a cache or an object.
                let wanted = unsafe { shape_by_id(immediate as u32) } as *const _ as u64;
                let same = self.compare(IntCC::Equal, shape, wanted);
                return self.check_inst(value, same, Reason::Guard);
            }
            Op::LoadByShape => return self.load_by_shape(value, a),
            Op::GuardWord => {
                let same = self.compare(IntCC::Equal, a, immediate);
                return self.check_inst(value, same, Reason::Guard);
            }
            Op::GuardNotWord => {
                let other = self.compare(IntCC::NotEqual, a, immediate);
                return self.check_inst(value, other, Reason::Guard);
            }
            Op::GuardBool => {
                let yes = self.compare(IntCC::Equal, a, PyValue::true_().raw().0);
                let no = self.compare(IntCC::Equal, a, PyValue::false_().raw().0);
                let either = self.fb.ins().bor(yes, no);
                return self.check_inst(value, either, Reason::Guard);
            }
            Op::GuardPlain => {
                let tag = self.and(a, 7);
                let plain = self.compare(IntCC::NotEqual, tag, 0);
                return self.check_inst(value, plain, Reason::Guard);
            }
            Op::GuardTrue => return self.check_inst(value, a, Reason::Guard),
            Op::GuardVersion => {
                let address = self.constant(immediate);
                let version = self.load32(address, 0);
                let same = self.compare32(version, inst.second as u32);
                return self.check_inst(value, same, Reason::Guard);
            }
            Op::GuardField32 => {
                let field = self.load32(a, offset);
                let same = self.compare32(field, inst.second as u32);
                return self.check_inst(value, same, Reason::Guard);
            }
            Op::ListItem => {
                let element = self.list_element(value, a, b);
                self.load(element, 0)
            }
            Op::TupleItem => {
                let length = self.load(a, Tuple::LENGTH_OFFSET);
                let items = self.add(a, Tuple::ITEMS_OFFSET as i64);
                let element = self.element(value, items, length, b);
                self.load(element, 0)
            }
            Op::ListField => {
                let items = self.load(a, List::POINTER_OFFSET);
                self.load(items, offset)
            }
            Op::TupleField => self.load(a, Tuple::ITEMS_OFFSET + 8 * offset),
            Op::GuardTupleLength => {
                let length = self.load(a, Tuple::LENGTH_OFFSET);
                let same = self.compare(IntCC::Equal, length, immediate);
                return self.check_inst(value, same, Reason::Guard);
            }
            Op::SequenceItems => self.sequence_items(value, a, immediate),
            Op::ListStore => {
                let element = self.list_element(value, a, b);
                let old = self.load(element, 0);
                self.store(args[2], element, 0);
                old
            }
            Op::ReverseHead => return self.reverse_head(value, a, b),
            Op::ListAppend => {
                let length = self.load(a, List::LENGTH_OFFSET);
                let capacity = self.load(a, List::CAPACITY_OFFSET);
                let room = self
                    .fb
                    .ins()
                    .icmp(IntCC::UnsignedLessThan, length, capacity);
                let (fast, slow, done) = (self.new_block(), self.cold(), self.new_block());
                self.fb.ins().brif(room, fast, &[], slow, &[]);
                self.fb.switch_to_block(slow);
                self.call(Helper::ListPush, &[a, b]);
                self.fb.ins().jump(done, &[]);
                self.fb.switch_to_block(fast);
                let items = self.load(a, List::POINTER_OFFSET);
                let three = self.constant(3);
                let at = self.fb.ins().ishl(length, three);
                let at = self.fb.ins().iadd(items, at);
                self.store(b, at, 0);
                let longer = self.add(length, 1);
                self.store(longer, a, List::LENGTH_OFFSET);
                self.fb.ins().jump(done, &[]);
                self.fb.switch_to_block(done);
                return;
            }
            Op::ListLength | Op::TupleLength => {
                let at = if inst.op == Op::ListLength {
                    List::LENGTH_OFFSET
                } else {
                    Tuple::LENGTH_OFFSET
                };
                let length = self.load(a, at);
                if immediate == 1 {
                    self.retag(length)
                } else {
                    length
                }
            }
            Op::FieldOffset => return self.field_offset(value, a),
            Op::LoadField => {
                let base = match inst.args.get(1) {
                    Some(_) => self.fb.ins().iadd(a, b),
                    None => a,
                };
                self.load(base, offset)
            }
            Op::StoreField => {
                let base = match args.get(2) {
                    Some(by) => self.fb.ins().iadd(a, *by),
                    None => a,
                };
                return self.store(b, base, offset);
            }
            Op::AddField => {
                self.store(b, a, offset);
                let shape = match args.get(2) {
                    Some(next) => *next,
                    None => self.constant(inst.second),
                };
                return self.store(shape, a, Header::SHAPE_OFFSET);
            }
            Op::LoadGlobal => {
                let globals = match inst.args.first() {
                    Some(_) => self.load(a, Function::GLOBALS_OFFSET),
                    None => self.load(self.frame, offset_of!(Frame, globals)),
                };
                self.dict_entry(value, globals, immediate, inst.second)
            }
            Op::LoadBuiltin => {
                let globals = match inst.args.first() {
                    Some(_) => self.load(a, Function::GLOBALS_OFFSET),
                    None => self.load(self.frame, offset_of!(Frame, globals)),
                };
                let version = self.load32(globals, Dict::KEYS_VERSION_OFFSET);
                let same = self.compare32(version, (immediate >> 32) as u32);
                self.check_inst(value, same, Reason::Guard);
                let builtins = match inst.args.first() {
                    Some(_) => self.load(a, Function::BUILTINS_OFFSET),
                    None => self.load(self.frame, offset_of!(Frame, builtins)),
                };
                self.dict_entry(value, builtins, immediate & 0xFFFF_FFFF, inst.second)
            }
            Op::DictItem => self.dict_entry(value, a, immediate, inst.second),
            Op::RangeMore => {
                let remaining = self.load(a, RangeIterator::REMAINING_OFFSET);
                self.compare(IntCC::SignedGreaterThan, remaining, 0)
            }
            Op::RangeNext => {
                let next = self.load(a, RangeIterator::NEXT_OFFSET);
                let moved = self.add(next, 1 << 62);
                let zero = self.constant(0);
                let small = self
                    .fb
                    .ins()
                    .icmp(IntCC::SignedGreaterThanOrEqual, moved, zero);
                self.check_inst(value, small, Reason::Range);
                let remaining = self.load(a, RangeIterator::REMAINING_OFFSET);
                let fewer = self.add(remaining, -1);
                self.store(fewer, a, RangeIterator::REMAINING_OFFSET);
                let step = self.load(a, RangeIterator::STEP_OFFSET);
                let after = self.fb.ins().iadd(next, step);
                self.store(after, a, RangeIterator::NEXT_OFFSET);
                self.retag(next)
            }
            Op::ListPeek | Op::TuplePeek => self.peek(inst.op, a),
            Op::IterAdvance => {
                let index = self.load(a, offset);
                let next = self.add(index, 1);
                return self.store(next, a, offset);
            }
            _ => a,
        };
        self.set(value, result);
    }

    /// The next element of a list's or tuple's iterator, or 0.
    fn peek(&mut self, op: Op, iterator: ir::Value) -> ir::Value {
        let list = op == Op::ListPeek;
        let (sequence, index) = if list {
            (ListIterator::LIST_OFFSET, ListIterator::INDEX_OFFSET)
        } else {
            (TupleIterator::TUPLE_OFFSET, TupleIterator::INDEX_OFFSET)
        };
        let done = self.new_block();
        self.fb.append_block_param(done, types::I64);
        let sequence = self.load(iterator, sequence);
        let zero = self.constant(0);
        let there = self.compare(IntCC::NotEqual, sequence, 0);
        let (look, take) = (self.new_block(), self.new_block());
        self.fb
            .ins()
            .brif(there, look, &[], done, &[BlockArg::Value(zero)]);
        self.fb.switch_to_block(look);
        let index = self.load(iterator, index);
        let length = self.load(
            sequence,
            if list {
                List::LENGTH_OFFSET
            } else {
                Tuple::LENGTH_OFFSET
            },
        );
        let inside = self.fb.ins().icmp(IntCC::UnsignedLessThan, index, length);
        self.fb
            .ins()
            .brif(inside, take, &[], done, &[BlockArg::Value(zero)]);
        self.fb.switch_to_block(take);
        let items = if list {
            self.load(sequence, List::POINTER_OFFSET)
        } else {
            self.add(sequence, Tuple::ITEMS_OFFSET as i64)
        };
        let three = self.constant(3);
        let at = self.fb.ins().ishl(index, three);
        let at = self.fb.ins().iadd(items, at);
        let item = self.load(at, 0);
        self.fb.ins().jump(done, &[BlockArg::Value(item)]);
        self.fb.switch_to_block(done);
        self.fb.block_params(done)[0]
    }
}
