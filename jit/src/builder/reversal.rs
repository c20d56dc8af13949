//! Reversal of a list's head in place: `items[:k + 1] = items[k::-1]`.
//!
//! The slice would be made to be taken apart again at once. Where both lists are the same one, and the bounds say that
//! the first items up to and including one of them go where they came from, the other way round, they are swapped in
//! the list. What does not turn out so leaves in front of the slice, when nothing has happened yet.

use super::Builder;
use crate::bailout::Bailout;
use crate::decode::Instruction;
use crate::hir::{Op, Value};
use crate::types::Type;
use taipan_bytecode::Opcode;
use taipan_vm::abstract_ops::BinaryOp;
use taipan_vm::native::NativeClass;
use taipan_vm::objects::list::List;
use taipan_vm::value::Value as PyValue;

/// A bound of a slice: a value that is not known yet plus a number, or just the number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Bound {
    base: Option<Value>,
    offset: i64,
}

impl Bound {
    fn plus(self, offset: i64) -> Option<Bound> {
        Some(Bound {
            offset: self.offset.checked_add(offset)?,
            ..self
        })
    }
}

impl Builder<'_> {
    /// At the `BUILD_SLICE` of such a statement: performs all of it. False if it is none.
    pub(super) fn reverse_head(&mut self, subscript: Instruction) -> Result<bool, Bailout> {
        let [step, stop, last, list] = [self.top(0)?, self.top(1)?, self.top(2)?, self.top(3)?];
        let minus_one = self.known_int(step.value) == Some(-1);
        if self.failed() || !minus_one || !self.is_none(stop.value) || !self.words_on_top(4) {
            return Ok(false);
        }
        let Some(store) = self.store_of_head(subscript.next, list.value, last.value) else {
            return Ok(false);
        };
        self.guard_shape(list.value, List::cell().shape().id());
        self.guard_int(last.value);
        let args = [list.value, last.value];
        self.guard(Op::ReverseHead, &args, Type::NEVER, 0);
        // Every item is still in the list: who relies on that still can, but not on where it is.
        self.s.memory.forget_lists();
        self.take_operands(4)?;
        self.at = store;
        Ok(true)
    }

    /// The `STORE_SLICE` to `list[:last + 1]` that the code from here on consists of.
    fn store_of_head(&self, from: u32, list: Value, last: Value) -> Option<Instruction> {
        let mut code = Cursor {
            builder: self,
            next: from,
        };
        let stored = code.take().and_then(|at| self.bound_of(&at))?;
        let start = code.take()?;
        let from_start = match start.op.deopt() {
            Opcode::LOAD_CONST => self.is_none_constant(start.oparg),
            Opcode::LOAD_SMALL_INT => start.oparg == 0,
            _ => false,
        };
        let mut end = code.take().and_then(|at| self.bound_of(&at))?;
        let mut at = code.take()?;
        if at.op.deopt() == Opcode::LOAD_SMALL_INT {
            let by = at.oparg as i64;
            let operator = code
                .take()
                .filter(|at| at.op.deopt() == Opcode::BINARY_OP)?;
            end = match BinaryOp::ALL.get(operator.oparg as usize)? {
                BinaryOp::Add => end.plus(by)?,
                BinaryOp::Subtract => end.plus(-by)?,
                _ => return None,
            };
            at = code.take()?;
        }
        let whole_list = Bound {
            base: Some(list),
            offset: 0,
        };
        let fits = stored == whole_list
            && from_start
            && self.bound(last).plus(1)? == end
            && at.op.deopt() == Opcode::STORE_SLICE;
        fits.then_some(at)
    }

    /// What an instruction pushes, if it is a variable or a small int.
    fn bound_of(&self, at: &Instruction) -> Option<Bound> {
        match at.op.deopt() {
            Opcode::LOAD_FAST | Opcode::LOAD_FAST_BORROW => {
                let local = self.local_base() + at.oparg;
                Some(self.bound(self.s.locals[local as usize].value))
            }
            Opcode::LOAD_SMALL_INT => Some(Bound {
                base: None,
                offset: at.oparg as i64,
            }),
            _ => None,
        }
    }

    fn bound(&self, value: Value) -> Bound {
        let inst = self.f.inst(value);
        let by = inst.args.get(1).and_then(|by| self.known_int(*by));
        let (base, offset) = match (self.known_int(value), inst.op, by) {
            (Some(int), ..) => (None, int),
            (None, Op::IntAdd, Some(by)) => (Some(inst.args[0]), by),
            (None, Op::IntSub, Some(by)) => (Some(inst.args[0]), -by),
            _ => (Some(value), 0),
        };
        Bound { base, offset }
    }

    fn is_none(&self, value: Value) -> bool {
        let inst = self.f.inst(value);
        inst.op == Op::Const && inst.immediate == PyValue::none().raw().0
    }
    fn is_none_constant(&self, index: u32) -> bool {
        let constant = self.source.code.consts.get(index as usize);
        constant.is_some_and(|constant| constant.raw() == PyValue::none().raw())
    }
}

/// Instructions that follow each other, as long as control comes to each from the one before alone.
struct Cursor<'a, 'b> {
    builder: &'a Builder<'b>,
    next: u32,
}

impl Cursor<'_, '_> {
    fn take(&mut self) -> Option<Instruction> {
        let at = self.builder.followed_alone(self.next)?;
        self.next = at.next;
        Some(at)
    }
}
