//! Subscripts of containers that keep their numbers unboxed.

use super::{Builder, Entry};
use crate::bailout::Bailout;
use crate::frame_state::Own;
use crate::hir::{Op, Value};
use crate::types::{Range, Type};
use taipan_vm::objects::packed::{self, PackedItem, PackedLayout};

/// The ints that an item can be.
fn range(item: PackedItem) -> Range {
    let (low, high) = match item {
        PackedItem::I8 => (i8::MIN as i64, i8::MAX as i64),
        PackedItem::U8 => (0, u8::MAX as i64),
        PackedItem::I16 => (i16::MIN as i64, i16::MAX as i64),
        PackedItem::U16 => (0, u16::MAX as i64),
        PackedItem::I32 => (i32::MIN as i64, i32::MAX as i64),
        PackedItem::U32 => (0, u32::MAX as i64),
        PackedItem::F64 => (0, 0),
    };
    Range { low, high }
}

/// The second immediate of the instructions on packed items.
pub fn pack(item: PackedItem, positive: bool) -> u64 {
    item as u64 | (positive as u64) << 8
}

pub fn unpack(second: u64) -> (PackedItem, bool) {
    use PackedItem::*;
    let items = [I8, U8, I16, U16, I32, U32, F64];
    (items[(second & 7) as usize % items.len()], second >> 8 != 0)
}

impl Builder<'_> {
    /// Leaves unless the container on the stack is what this site met before, if that was packed.
    fn guard_packed(
        &mut self,
        container: Entry,
        key: Value,
    ) -> Option<(&'static PackedLayout, u64)> {
        let seen = self.source.code.packed_at(self.at.at)?;
        let (layout, item) = (packed::layout(seen.shape)?, seen.item()?);
        if self.failed() || !self.words_on_top(2) {
            return None;
        }
        self.guard_shape(container.value, seen.shape);
        let layout_known = (layout.kind as u64) << 32 | seen.kind as u64;
        self.guard(
            Op::GuardLayout,
            &[container.value],
            Type::NEVER,
            layout_known,
        );
        self.guard_int(key);
        let positive = self.ty(key).range.low >= 0;
        Some((layout, pack(item, positive)))
    }

    pub(super) fn load_packed(&mut self) -> Result<bool, Bailout> {
        let (key, container) = (self.top(0)?, self.top(1)?);
        let Some((layout, second)) = self.guard_packed(container, key.value) else {
            return Ok(false);
        };
        let (op, ty) = match unpack(second).0 {
            PackedItem::F64 => (Op::PackedFloat, Type::FLOAT),
            item => (Op::PackedInt, Type::int(range(item))),
        };
        let args = [container.value, key.value];
        let value = self.guard2(op, &args, ty, layout.vector as u64, second);
        self.s.stack.truncate(self.s.stack.len() - 2);
        self.drop_entry(container);
        self.push(value, Own::Owned);
        Ok(true)
    }

    pub(super) fn store_packed(&mut self) -> Result<bool, Bailout> {
        let (key, container, value) = (self.top(0)?, self.top(1)?, self.top(2)?);
        let Some((layout, second)) = self.guard_packed(container, key.value) else {
            return Ok(false);
        };
        let number = match unpack(second).0 {
            PackedItem::F64 => self.float(value.value),
            _ => {
                self.guard_int(value.value);
                value.value
            }
        };
        let args = [container.value, key.value, number];
        let vector = layout.vector as u64;
        self.guard2(Op::PackedStore, &args, Type::NEVER, vector, second);
        self.s.stack.truncate(self.s.stack.len() - 3);
        self.drop_entry(value);
        self.drop_entry(container);
        Ok(true)
    }
}
