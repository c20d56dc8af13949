//! Items of containers that keep their numbers unboxed.

use super::{Lower, flags};
use crate::builder::unpack_item;
use crate::deopt::Reason;
use crate::hir::{Op, Value};
use crate::layout;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use taipan_vm::objects::packed::PackedItem;

/// Bits and signedness.
fn form(item: PackedItem) -> (u32, bool, ir::Type) {
    match item {
        PackedItem::I8 => (8, true, types::I8),
        PackedItem::U8 => (8, false, types::I8),
        PackedItem::I16 => (16, true, types::I16),
        PackedItem::U16 => (16, false, types::I16),
        PackedItem::I32 => (32, true, types::I32),
        PackedItem::U32 => (32, false, types::I32),
        PackedItem::F64 => (64, true, types::F64),
    }
}

impl Lower<'_, '_> {
    pub(super) fn packed(&mut self, value: Value) {
        let inst = self.f.inst(value);
        let words: Vec<ir::Value> = inst.args.iter().map(|a| self.value(*a)).collect();
        let byte = match inst.op {
            Op::GuardField8 => Some((inst.immediate, inst.second)),
            Op::GuardLayout => Some((inst.immediate >> 32, inst.immediate as u32 as u64)),
            _ => None,
        };
        if let Some((offset, wanted)) = byte {
            let byte = self
                .fb
                .ins()
                .load(types::I8, flags(), words[0], offset as i32);
            let wanted = self.fb.ins().iconst(types::I8, wanted as i64);
            let same = self.fb.ins().icmp(IntCC::Equal, byte, wanted);
            return self.check_inst(value, same, Reason::Guard);
        }
        let (item, positive) = unpack_item(inst.second);
        let (bits, signed, ty) = form(item);
        let vector = inst.immediate as usize;
        let bytes = self.load(words[0], vector + layout::vec().length);
        let items = self.load(words[0], vector + layout::vec().pointer);
        let by = self.constant((bits / 8).trailing_zeros() as u64);
        let length = self.fb.ins().ushr(bytes, by);
        let index = self.index(value, length, words[1], positive);
        let offset = self.fb.ins().ishl(index, by);
        let place = self.fb.ins().iadd(items, offset);
        match inst.op {
            Op::PackedFloat => {
                let float = self.fb.ins().load(ty, flags(), place, 0);
                self.set(value, float);
            }
            Op::PackedInt => {
                let int = self.fb.ins().load(ty, flags(), place, 0);
                let wide = match signed {
                    true => self.fb.ins().sextend(types::I64, int),
                    false => self.fb.ins().uextend(types::I64, int),
                };
                let word = self.retag(wide);
                self.set(value, word);
            }
            _ if item == PackedItem::F64 => {
                self.fb.ins().store(flags(), words[2], place, 0);
            }
            _ => {
                let int = self.shift_right(words[2], 1);
                let low = if signed { -1i64 << (bits - 1) } else { 0 };
                let moved = self.add(int, -low);
                let fits = self.compare(IntCC::UnsignedLessThan, moved, 1 << bits);
                self.check_inst(value, fits, Reason::Range);
                let narrow = self.fb.ins().ireduce(ty, int);
                self.fb.ins().store(flags(), narrow, place, 0);
            }
        }
    }
}
