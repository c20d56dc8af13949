//! Operators on numbers that are ints at one time and floats at another.
//!
//! Small ints with a small result, and immediate floats (or such an int beside one) with an immediate
//! result, are computed in place; the rest is a helper's.

use super::Lower;
use super::numbers::{float_condition, int_condition};
use crate::deopt::Reason;
use crate::helpers::Helper;
use crate::hir::Value;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};
use taipan_vm::abstract_ops::BinaryOp;
use taipan_vm::value::{FLOAT_BIAS, Raw};

/// Ints up to here convert to floats exactly.
const EXACT: i64 = 1 << 53;

impl Lower<'_, '_> {
    /// Branches on whether both words are small ints; goes on where they are, and gives the other block.
    fn both_ints(&mut self, a: ir::Value, b: ir::Value) -> ir::Block {
        let (ints, other) = (self.new_block(), self.new_block());
        let both = self.fb.ins().band(a, b);
        let tag = self.and(both, 1);
        self.fb.ins().brif(tag, ints, &[], other, &[]);
        self.fb.switch_to_block(ints);
        other
    }

    /// The float that a word is or, if small, the int; goes to `slow` for other words.
    fn float_of(&mut self, word: ir::Value, slow: ir::Block) -> ir::Value {
        let done = self.new_block();
        self.fb.append_block_param(done, types::F64);
        let (float, other, int, fits) = (
            self.new_block(),
            self.new_block(),
            self.new_block(),
            self.new_block(),
        );
        let tag = self.and(word, 3);
        let tagged = self.compare(IntCC::Equal, tag, 2);
        self.fb.ins().brif(tagged, float, &[], other, &[]);

        self.fb.switch_to_block(float);
        let three = self.constant(3);
        let biased = self.fb.ins().rotr(word, three);
        let bits = self.add(biased, -(FLOAT_BIAS as i64));
        let value = self.from_bits(bits);
        self.fb.ins().jump(done, &[BlockArg::Value(value)]);

        self.fb.switch_to_block(other);
        let tag = self.and(word, 1);
        self.fb.ins().brif(tag, int, &[], slow, &[]);
        self.fb.switch_to_block(int);
        let plain = self.shift_right(word, 1);
        let moved = self.add(plain, EXACT);
        let exact = self.compare(IntCC::UnsignedLessThanOrEqual, moved, 2 * EXACT as u64);
        self.fb.ins().brif(exact, fits, &[], slow, &[]);
        self.fb.switch_to_block(fits);
        let value = self.fb.ins().fcvt_from_sint(types::F64, plain);
        self.fb.ins().jump(done, &[BlockArg::Value(value)]);

        self.fb.switch_to_block(done);
        self.fb.block_params(done)[0]
    }

    pub(super) fn number_to_float(&mut self, value: Value, word: ir::Value) -> ir::Value {
        let (done, slow) = (self.new_block(), self.cold());
        self.fb.append_block_param(done, types::F64);
        let float = self.float_of(word, slow);
        self.fb.ins().jump(done, &[BlockArg::Value(float)]);
        self.fb.switch_to_block(slow);
        let magnitude = self.and(word, !8);
        let zero = self.compare(IntCC::Equal, magnitude, Raw::ZERO.0);
        self.check_inst(value, zero, Reason::Guard);
        let sign = self.and(word, 8);
        let by = self.constant(60);
        let sign = self.fb.ins().ishl(sign, by);
        let float = self.from_bits(sign);
        self.fb.ins().jump(done, &[BlockArg::Value(float)]);
        self.fb.switch_to_block(done);
        self.fb.block_params(done)[0]
    }

    pub(super) fn mixed_binary(&mut self, value: Value, a: ir::Value, b: ir::Value) -> ir::Value {
        let operator = self.f.inst(value).immediate;
        let (done, slow) = (self.new_block(), self.cold());
        self.fb.append_block_param(done, types::I64);
        let quick = BinaryOp::ALL.get(operator as usize).copied();
        let quick = quick.filter(|op| {
            use BinaryOp::*;
            matches!(op, Add | Subtract | Multiply | TrueDivide)
        });
        match quick {
            Some(op) => self.quick_binary(op, a, b, slow, done),
            None => {
                self.fb.ins().jump(slow, &[]);
            }
        }
        self.fb.switch_to_block(slow);
        let operator = self.constant(operator);
        let word = self.call(Helper::NumberBinary, &[a, b, operator]);
        let word = word.unwrap_or(a);
        let made = self.compare(IntCC::NotEqual, word, 0);
        self.check_inst(value, made, Reason::Guard);
        self.fb.ins().jump(done, &[BlockArg::Value(word)]);
        self.fb.switch_to_block(done);
        self.fb.block_params(done)[0]
    }

    fn quick_binary(
        &mut self,
        op: BinaryOp,
        a: ir::Value,
        b: ir::Value,
        slow: ir::Block,
        done: ir::Block,
    ) {
        let floats = self.both_ints(a, b);
        let pair = match op {
            BinaryOp::Add => {
                let bare = self.add(b, -1);
                Some((self.fb.ins().sadd_overflow(a, bare), 0))
            }
            BinaryOp::Subtract => {
                let bare = self.add(b, -1);
                Some((self.fb.ins().ssub_overflow(a, bare), 0))
            }
            BinaryOp::Multiply => {
                let (doubled, plain) = (self.add(a, -1), self.shift_right(b, 1));
                Some((self.fb.ins().smul_overflow(doubled, plain), 1))
            }
            // Quotients of ints are rounded once.
            _ => None,
        };
        match pair {
            Some(((word, overflow), tag)) => {
                let word = self.add(word, tag);
                self.fb
                    .ins()
                    .brif(overflow, slow, &[], done, &[BlockArg::Value(word)]);
            }
            None => {
                self.fb.ins().jump(slow, &[]);
            }
        }
        self.fb.switch_to_block(floats);
        let (x, y) = (self.float_of(a, slow), self.float_of(b, slow));
        let result = match op {
            BinaryOp::Add => self.fb.ins().fadd(x, y),
            BinaryOp::Subtract => self.fb.ins().fsub(x, y),
            BinaryOp::Multiply => self.fb.ins().fmul(x, y),
            _ => {
                let fine = self.new_block();
                let zero = self.fb.ins().f64const(0.0);
                let divides = self.fb.ins().fcmp(FloatCC::NotEqual, y, zero);
                self.fb.ins().brif(divides, fine, &[], slow, &[]);
                self.fb.switch_to_block(fine);
                self.fb.ins().fdiv(x, y)
            }
        };
        let (word, fits) = self.encode(result);
        self.fb
            .ins()
            .brif(fits, done, &[BlockArg::Value(word)], slow, &[]);
    }

    pub(super) fn mixed_compare(&mut self, value: Value, a: ir::Value, b: ir::Value) -> ir::Value {
        let mask = self.f.inst(value).immediate;
        let (done, slow) = (self.new_block(), self.cold());
        self.fb.append_block_param(done, types::I8);
        let floats = self.both_ints(a, b);
        let answer = self.fb.ins().icmp(int_condition(mask), a, b);
        self.fb.ins().jump(done, &[BlockArg::Value(answer)]);
        self.fb.switch_to_block(floats);
        let (x, y) = (self.float_of(a, slow), self.float_of(b, slow));
        let answer = self.fb.ins().fcmp(float_condition(mask), x, y);
        self.fb.ins().jump(done, &[BlockArg::Value(answer)]);
        self.fb.switch_to_block(slow);
        let mask = self.constant(mask);
        let answer = self.call(Helper::NumberCompare, &[a, b, mask]);
        let answer = answer.unwrap_or(a);
        let made = self.compare(IntCC::NotEqual, answer, 2);
        self.check_inst(value, made, Reason::Guard);
        let answer = self.fb.ins().ireduce(types::I8, answer);
        self.fb.ins().jump(done, &[BlockArg::Value(answer)]);
        self.fb.switch_to_block(done);
        self.fb.block_params(done)[0]
    }
}
