//! `for i in range(…)`: of the two objects only the iterator is made.

use super::{Builder, helped};
use crate::bailout::Bailout;
use crate::helpers::Helper;
use crate::hir::{Op, Rep, Value};
use crate::types::{Kinds, Range, Type};
use taipan_bytecode::Opcode;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::range::RangeIterator;
use taipan_vm::value::Raw;

impl Builder<'_> {
    /// The call of `range` with so many arguments, and the `GET_ITER` behind it. False where that is not what follows, or
    /// the arguments may be other than small ints.
    pub(super) fn iterate_range(&mut self, count: usize) -> Result<bool, Bailout> {
        let Some(get_iter) = self.follows(|next| next.op.deopt() == Opcode::GET_ITER) else {
            return Ok(false);
        };
        if self.failed() || !(1..=3).contains(&count) {
            return Ok(false);
        }
        let mut arguments = Vec::new();
        for depth in (0..count).rev() {
            let value = self.top(depth)?.value;
            if self.rep(value) != Rep::Word || !self.ty(value).kinds.meets(Kinds::INT) {
                return Ok(false);
            }
            arguments.push(value);
        }
        arguments.iter().for_each(|value| self.guard_int(*value));
        let mut constant = |number| self.constant(Raw::small_int(number));
        let (start, stop, step) = match arguments[..] {
            [stop] => (constant(0), stop, constant(1)),
            [start, stop] => (start, stop, constant(1)),
            [start, stop, step] => (start, stop, step),
            _ => return Ok(false),
        };
        let ty = Type::exact(RangeIterator::cell().shape().id());
        let immediate = helped::pack(Helper::RangeIterator, None);
        let iterator = self.guard(Op::Quick, &[start, stop, step], ty, immediate);
        self.note_range(iterator, start, stop, step);
        self.finish_native(count, iterator)?;
        self.at = get_iter;
        Ok(true)
    }

    /// Remembers the numbers that the iterator may give.
    fn note_range(&mut self, iterator: Value, start: Value, stop: Value, step: Value) {
        let [start, stop, step] = [start, stop, step].map(|value| self.ty(value).range);
        let numbers = if step.low > 0 {
            Range {
                low: start.low,
                high: stop.high.saturating_sub(1).max(start.low),
            }
        } else if step.high < 0 {
            Range {
                low: stop.low.saturating_add(1).min(start.high),
                high: start.high,
            }
        } else {
            return;
        };
        self.s.memory.note_range(iterator, numbers);
    }
}
