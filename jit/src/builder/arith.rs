//! Arithmetic, comparisons, truth.

use super::{Builder, Entry};
use crate::bailout::Bailout;
use crate::frame_state::Own;
use crate::helpers::Helper;
use crate::hir::{Op, Rep, Value};
use crate::types::{Kinds, Range, Type};
use taipan_bytecode::{BinaryOp, Opcode};
use taipan_vm::native::NativeClass;
use taipan_vm::objects::list::List;
use taipan_vm::value::{Raw, Value as PyValue};

/// What operands are taken for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Numbers {
    Ints,
    /// Floats, or one of them an int.
    Floats,
}

/// What an instruction's form says of its operands.
pub(super) fn numbers_of_form(op: Opcode, oparg: u32) -> Option<Numbers> {
    use Opcode::*;
    match op {
        BINARY_OP_ADD_INT | BINARY_OP_SUBTRACT_INT | BINARY_OP_MULTIPLY_INT | COMPARE_OP_INT => {
            Some(Numbers::Ints)
        }
        BINARY_OP_ADD_FLOAT
        | BINARY_OP_SUBTRACT_FLOAT
        | BINARY_OP_MULTIPLY_FLOAT
        | COMPARE_OP_FLOAT => Some(Numbers::Floats),
        BINARY_OP_EXTEND => match BinaryOp::from_u32(oparg % 13)? {
            BinaryOp::And
            | BinaryOp::Or
            | BinaryOp::Xor
            | BinaryOp::LShift
            | BinaryOp::RShift
            | BinaryOp::FloorDivide
            | BinaryOp::Remainder => Some(Numbers::Ints),
            _ => None,
        },
        _ => None,
    }
}

impl Builder<'_> {
    fn numbers(&self, left: Value, right: Value) -> Option<Numbers> {
        use Opcode::*;
        if self.is_int(left) && self.is_int(right) {
            return Some(Numbers::Ints);
        }
        let number = |v| self.is_int(v) || self.is_float(v);
        if number(left) && number(right) {
            return Some(Numbers::Floats);
        }
        let truth = |v| self.rep(v) == Rep::Truth;
        // Sites without one kind take both kinds from the start.
        let both = matches!(self.at.op, BINARY_OP_EXTEND | BINARY_OP | COMPARE_OP);
        let tries = if both { 0 } else { 1 };
        if self.failures() > tries || truth(left) || truth(right) {
            return None;
        }
        if self.is_float(left) || self.is_float(right) {
            return Some(Numbers::Floats);
        }
        if self.failed() {
            return None;
        }
        let by_form = numbers_of_form(self.at.op, self.at.oparg);
        if by_form.is_some() || self.at.op != BINARY_OP_EXTEND {
            return by_form;
        }
        match BinaryOp::from_u32(self.at.oparg % 13)? {
            // Both would have another form: the other one is a float.
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply
                if self.is_int(left) || self.is_int(right) =>
            {
                Some(Numbers::Floats)
            }
            _ => None,
        }
    }

    /// Makes sure that the word is such a number, or leaves.
    pub(super) fn take_for(&mut self, numbers: Numbers, value: Value) {
        match numbers {
            Numbers::Ints => self.guard_int(value),
            Numbers::Floats => self.observe_plain(value),
        }
    }

    pub(super) fn binary(&mut self) -> Result<(), Bailout> {
        let (right, left) = (self.top(0)?, self.top(1)?);
        let op = self.at.oparg;
        let op =
            BinaryOp::from_u32(if op >= 13 { op - 13 } else { op }).ok_or(Bailout::Malformed)?;
        let result = match self.numbers(left.value, right.value) {
            Some(Numbers::Ints) if !self.failed() => self.int_binary(op, left.value, right.value),
            Some(Numbers::Floats) => self.float_binary(op, left.value, right.value),
            _ => None,
        };
        match result {
            Some(value) => self.replace_two(left, right, value),
            None if self.operator_direct()? => {}
            None => return self.number_binary(op, left, right),
        }
        Ok(())
    }

    /// Numbers of changing kinds: a helper that leaves only for other operands, and then for good.
    fn number_binary(&mut self, op: BinaryOp, left: Entry, right: Entry) -> Result<(), Bailout> {
        use BinaryOp::*;
        let known = matches!(
            op,
            Add | Subtract | Multiply | TrueDivide | FloorDivide | Remainder
        );
        let number = matches!(
            self.at.op,
            Opcode::BINARY_OP_ADD_INT
                | Opcode::BINARY_OP_SUBTRACT_INT
                | Opcode::BINARY_OP_MULTIPLY_INT
                | Opcode::BINARY_OP_ADD_FLOAT
                | Opcode::BINARY_OP_SUBTRACT_FLOAT
                | Opcode::BINARY_OP_MULTIPLY_FLOAT
                | Opcode::BINARY_OP_EXTEND
        );
        if !known || !number || self.failures() > 1 {
            return self.generic();
        }
        let args = [self.word(left.value), self.word(right.value)];
        let ty = Type::of(Kinds::NUMBER);
        let value = self.guard(Op::NumberBinary, &args, ty, op as u64);
        self.replace_two(left, right, value);
        Ok(())
    }

    fn replace_two(&mut self, left: Entry, right: Entry, value: Value) {
        let len = self.s.stack.len();
        self.s.stack.truncate(len - 2);
        self.drop_entry(left);
        self.drop_entry(right);
        self.push(value, Own::Owned);
    }

    fn int_binary(&mut self, op: BinaryOp, left: Value, right: Value) -> Option<Value> {
        if matches!(
            op,
            BinaryOp::Power | BinaryOp::MatrixMultiply | BinaryOp::Subscr
        ) {
            return None;
        }
        self.guard_int(left);
        self.guard_int(right);
        let (a, b) = (self.ty(left).range, self.ty(right).range);
        let args = [left, right];
        let checked = |this: &mut Self, op: Op, range: Option<Range>| match range {
            Some(range) => this.emit(op, &args, Type::int(range), 1),
            None => this.guard(op, &args, Type::INT, 0),
        };
        Some(match op {
            BinaryOp::Add => checked(self, Op::IntAdd, a.add(b)),
            BinaryOp::Subtract => checked(self, Op::IntSub, a.sub(b)),
            BinaryOp::Multiply => checked(self, Op::IntMul, a.mul(b)),
            BinaryOp::And => self.emit(Op::IntAnd, &args, Type::int(a.and(b)), 0),
            BinaryOp::Or => self.emit(Op::IntOr, &args, Type::INT, 0),
            BinaryOp::Xor => self.emit(Op::IntXor, &args, Type::INT, 0),
            BinaryOp::LShift => self.guard(Op::IntShl, &args, Type::INT, 0),
            BinaryOp::RShift => {
                let range = if a.low >= 0 {
                    Range {
                        low: 0,
                        high: a.high,
                    }
                } else {
                    Range::FULL
                };
                self.guard(Op::IntShr, &args, Type::int(range), 0)
            }
            BinaryOp::FloorDivide => {
                let range = if a.low >= 0 && b.low > 0 {
                    Range {
                        low: 0,
                        high: a.high,
                    }
                } else {
                    Range::FULL
                };
                self.guard(Op::IntFloorDiv, &args, Type::int(range), 0)
            }
            BinaryOp::Remainder => {
                let range = if b.low > 0 {
                    Range {
                        low: 0,
                        high: b.high - 1,
                    }
                } else {
                    Range::FULL
                };
                self.guard(Op::IntMod, &args, Type::int(range), 0)
            }
            BinaryOp::TrueDivide => return self.float_binary(op, left, right),
            BinaryOp::Power | BinaryOp::MatrixMultiply | BinaryOp::Subscr => return None,
            _ => return None,
        })
    }

    fn float_binary(&mut self, op: BinaryOp, left: Value, right: Value) -> Option<Value> {
        let op = match op {
            BinaryOp::Add => Op::FloatAdd,
            BinaryOp::Subtract => Op::FloatSub,
            BinaryOp::Multiply => Op::FloatMul,
            BinaryOp::TrueDivide if !self.failed() => Op::FloatDiv,
            BinaryOp::Power if !self.failed() && self.rep_or_float(left) => Op::FloatPow,
            _ => return None,
        };
        let args = [
            self.float_operand(left, right),
            self.float_operand(right, left),
        ];
        Some(match op {
            Op::FloatDiv | Op::FloatPow => self.guard(op, &args, Type::FLOAT, 0),
            _ => self.emit(op, &args, Type::FLOAT, 0),
        })
    }
    /// The float that stands for an operand. Beside a float, where another kind was met, it may be an int.
    fn float_operand(&mut self, value: Value, other: Value) -> Value {
        use Opcode::*;
        let both = self.failed() || matches!(self.at.op, BINARY_OP_EXTEND | BINARY_OP | COMPARE_OP);
        let known = self.is_float(value) || self.is_int(value);
        let both = both || self.ty(value).is(Kinds::NUMBER);
        if !both || known || !self.is_float(other) {
            return self.float(value);
        }
        let word = self.word(value);
        self.guard(Op::NumberToFloat, &[word], Type::FLOAT, 0)
    }
    fn rep_or_float(&self, value: Value) -> bool {
        self.is_float(value)
    }

    pub(super) fn compare(&mut self) -> Result<(), Bailout> {
        let (right, left) = (self.top(0)?, self.top(1)?);
        let mask = (self.at.oparg & 15) as u64;
        let value = match self.numbers(left.value, right.value) {
            Some(Numbers::Ints) => {
                self.guard_int(left.value);
                self.guard_int(right.value);
                self.emit(Op::IntCompare, &[left.value, right.value], Type::BOOL, mask)
            }
            Some(Numbers::Floats) => {
                let (left, right) = (left.value, right.value);
                let args = [
                    self.float_operand(left, right),
                    self.float_operand(right, left),
                ];
                self.emit(Op::FloatCompare, &args, Type::BOOL, mask)
            }
            None => {
                if self.at.op == Opcode::COMPARE_OP_STR && !self.failed() && self.words_on_top(2) {
                    let oparg = Some(self.at.oparg as u64);
                    return self.quickly(Helper::StrCompare, 2, oparg, Type::BOOL);
                }
                // Beside an int it may well be a float that is compared.
                let int = self.is_int(left.value) || self.is_int(right.value);
                let number = match self.at.op {
                    Opcode::COMPARE_OP_INT | Opcode::COMPARE_OP_FLOAT => true,
                    Opcode::COMPARE_OP => int && !self.failed(),
                    _ => false,
                };
                if !number || self.failures() > 1 {
                    return self.generic();
                }
                let args = [self.word(left.value), self.word(right.value)];
                self.guard(Op::NumberCompare, &args, Type::BOOL, mask)
            }
        };
        self.replace_two(left, right, value);
        Ok(())
    }

    pub(super) fn unary(&mut self) -> Result<(), Bailout> {
        use Opcode::*;
        let operand = self.top(0)?;
        let value = operand.value;
        let result = match self.at.op.deopt() {
            UNARY_NEGATIVE if self.is_int(value) && !self.failed() => {
                self.guard(Op::IntNeg, &[value], Type::INT, 0)
            }
            UNARY_NEGATIVE if self.is_float(value) => {
                let value = self.float(value);
                self.emit(Op::FloatNeg, &[value], Type::FLOAT, 0)
            }
            UNARY_NOT if self.ty(value).is(Kinds::BOOL) => {
                let truth = self.truth_of_bool(value);
                self.emit(Op::Not, &[truth], Type::BOOL, 0)
            }
            TO_BOOL => match self.truth(value) {
                Some(truth) => truth,
                None if !self.failed() && self.rep(value) == Rep::Word => {
                    return self.quickly(Helper::QuickTruth, 1, None, Type::BOOL);
                }
                None => return self.generic(),
            },
            IS_OP => {
                let left = self.top(1)?;
                let args = [self.word(left.value), self.word(value)];
                let mut same = self.emit(Op::WordEqual, &args, Type::BOOL, 0);
                if self.at.oparg != 0 {
                    same = self.emit(Op::Not, &[same], Type::BOOL, 0);
                }
                self.replace_two(left, operand, same);
                return Ok(());
            }
            _ => return self.generic(),
        };
        self.s.stack.pop();
        self.drop_entry(operand);
        self.push(result, Own::Owned);
        Ok(())
    }

    /// The truth value of a bool in any representation.
    pub(super) fn truth_of_bool(&mut self, value: Value) -> Value {
        match self.rep(value) {
            Rep::Truth => value,
            _ => self.emit(Op::WordTruth, &[value], Type::BOOL, 0),
        }
    }

    fn truth(&mut self, value: Value) -> Option<Value> {
        use Opcode::*;
        let ty = self.ty(value);
        let list = List::cell().shape().id();
        if ty.is(Kinds::BOOL) {
            return Some(self.truth_of_bool(value));
        }
        if ty.is(Kinds::NONE) {
            return Some(self.constant(PyValue::false_().raw()));
        }
        if self.is_float(value) {
            let value = self.float(value);
            return Some(self.emit(Op::FloatTruth, &[value], Type::BOOL, 0));
        }
        if !ty.is(Kinds::INT) && !ty.is_object_of(list) {
            if self.failed() {
                return None;
            }
            match self.at.op {
                TO_BOOL_BOOL => {
                    self.guard(Op::GuardBool, &[value], Type::NEVER, 0);
                    self.narrow(value, Type::BOOL);
                    return Some(self.truth_of_bool(value));
                }
                TO_BOOL_INT => self.guard_int(value),
                TO_BOOL_NONE => {
                    self.guard(
                        Op::GuardWord,
                        &[value],
                        Type::NEVER,
                        PyValue::none().raw().0,
                    );
                    self.narrow(value, Type::NONE);
                    return Some(self.constant(PyValue::false_().raw()));
                }
                TO_BOOL_LIST => self.guard_shape(value, list),
                _ => return None,
            }
        }
        if self.is_int(value) {
            return Some(self.emit(Op::IntTruth, &[value], Type::BOOL, Raw::small_int(0).0));
        }
        let length = self.emit(Op::ListLength, &[value], Type::INT, 0);
        Some(self.emit(Op::NonZero, &[length], Type::BOOL, 0))
    }
}
