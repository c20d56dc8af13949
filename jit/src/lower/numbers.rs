//! Integers as tagged words, floats in registers, and the ways between.

use super::{Lower, flags};
use crate::deopt::Reason;
use crate::helpers::Helper;
use crate::hir::{Op, Value};
use crate::types::{Range, Type};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, MemFlagsData, types};
use taipan_vm::native::NativeClass;
use taipan_vm::object::Header;
use taipan_vm::objects::float::Float;
use taipan_vm::value::{FLOAT_BIAS, Raw};

/// Ints up to here convert to floats exactly.
const EXACT: i64 = 1 << 53;

/// The condition that the mask of `COMPARE_OP` asks for.
pub(super) fn int_condition(mask: u64) -> IntCC {
    match mask & 14 {
        2 => IntCC::SignedLessThan,
        4 => IntCC::SignedGreaterThan,
        8 => IntCC::Equal,
        10 => IntCC::SignedLessThanOrEqual,
        12 => IntCC::SignedGreaterThanOrEqual,
        _ => IntCC::NotEqual,
    }
}

pub(super) fn float_condition(mask: u64) -> FloatCC {
    match mask & 15 {
        2 => FloatCC::LessThan,
        4 => FloatCC::GreaterThan,
        8 => FloatCC::Equal,
        10 => FloatCC::LessThanOrEqual,
        12 => FloatCC::GreaterThanOrEqual,
        _ => FloatCC::NotEqual,
    }
}

impl Lower<'_, '_> {
    pub(super) fn bits(&mut self, float: ir::Value) -> ir::Value {
        self.fb
            .ins()
            .bitcast(types::I64, MemFlagsData::new(), float)
    }
    pub(super) fn from_bits(&mut self, bits: ir::Value) -> ir::Value {
        self.fb.ins().bitcast(types::F64, MemFlagsData::new(), bits)
    }
    /// The tagged word of a float, and whether it is one.
    pub(super) fn encode(&mut self, float: ir::Value) -> (ir::Value, ir::Value) {
        let bits = self.bits(float);
        let biased = self.add(bits, FLOAT_BIAS as i64);
        let three = self.constant(3);
        let word = self.fb.ins().rotl(biased, three);
        let tag = self.and(word, 3);
        let fits = self.compare(IntCC::Equal, tag, 2);
        (word, fits)
    }
    /// The named word of a zero, and whether the float is one.
    pub(super) fn encode_zero(&mut self, float: ir::Value) -> (ir::Value, ir::Value) {
        let bits = self.bits(float);
        let by = self.constant(60);
        let sign = self.fb.ins().ushr(bits, by);
        let sign = self.and(sign, 8);
        let zero = self.constant(Raw::ZERO.0);
        let word = self.fb.ins().bor(zero, sign);
        // ZERO has bit 3 clear, NEGATIVE_ZERO has it set.
        let one = self.constant(1);
        let magnitude = self.fb.ins().ishl(bits, one);
        let is_zero = self.compare(IntCC::Equal, magnitude, 0);
        (word, is_zero)
    }

    fn decode(&mut self, value: Value) {
        let inst = self.f.inst(value);
        let word = self.value(inst.args[0]);
        let done = self.new_block();
        self.fb.append_block_param(done, types::F64);
        let (plain, odd) = (self.new_block(), self.cold());
        let tag = self.and(word, 3);
        let tagged = self.compare(IntCC::Equal, tag, 2);
        self.fb.ins().brif(tagged, plain, &[], odd, &[]);
        self.fb.switch_to_block(odd);
        let mask = self.and(word, !8);
        let zero = self.compare(IntCC::Equal, mask, Raw::ZERO.0);
        let (is_zero, not_zero) = (self.cold(), self.cold());
        self.fb.ins().brif(zero, is_zero, &[], not_zero, &[]);
        self.fb.switch_to_block(not_zero);
        match inst.state {
            Some(state) if inst.immediate == 1 => {
                let pointer = self.is_pointer(word);
                self.check(pointer, state, Reason::Guard);
                let shape = self.load(word, Header::SHAPE_OFFSET);
                let float_shape = Float::cell().shape() as *const _ as u64;
                let exact = self.compare(IntCC::Equal, shape, float_shape);
                self.check(exact, state, Reason::Guard);
                let float =
                    self.fb
                        .ins()
                        .load(types::F64, flags(), word, Float::VALUE_OFFSET as i32);
                self.fb.ins().jump(done, &[BlockArg::Value(float)]);
            }
            Some(state) => {
                let exit = self.exit_block(state, Reason::Guard);
                self.fb.ins().jump(exit, &[]);
            }
            // Known to be a float in the word.
            None => {
                self.fb.ins().jump(is_zero, &[]);
            }
        }
        self.fb.switch_to_block(is_zero);
        let sign = self.and(word, 8);
        let by = self.constant(60);
        let sign = self.fb.ins().ishl(sign, by);
        let float = self.from_bits(sign);
        self.fb.ins().jump(done, &[BlockArg::Value(float)]);
        self.fb.switch_to_block(plain);
        let three = self.constant(3);
        let biased = self.fb.ins().rotr(word, three);
        let bits = self.add(biased, -(FLOAT_BIAS as i64));
        let float = self.from_bits(bits);
        self.fb.ins().jump(done, &[BlockArg::Value(float)]);
        self.fb.switch_to_block(done);
        let result = self.fb.block_params(done)[0];
        self.set(value, result);
    }

    /// Boxes a float; with a state rare ones leave, else a helper allocates.
    fn box_float(&mut self, value: Value) {
        let inst = self.f.inst(value);
        let float = self.value(inst.args[0]);
        let (word, fits) = self.encode(float);
        let (done, odd) = (self.new_block(), self.cold());
        self.fb.append_block_param(done, types::I64);
        self.fb
            .ins()
            .brif(fits, done, &[BlockArg::Value(word)], odd, &[]);
        self.fb.switch_to_block(odd);
        match inst.state {
            Some(state) => {
                let (zero, is_zero) = self.encode_zero(float);
                let exit = self.exit_block(state, Reason::RareFloat);
                self.fb
                    .ins()
                    .brif(is_zero, done, &[BlockArg::Value(zero)], exit, &[]);
            }
            None => {
                let word = self.call(Helper::BoxFloat, &[float]).unwrap_or(word);
                self.fb.ins().jump(done, &[BlockArg::Value(word)]);
            }
        }
        self.fb.switch_to_block(done);
        let result = self.fb.block_params(done)[0];
        self.set(value, result);
    }

    /// An operation with an overflow flag.
    fn overflowing(&mut self, value: Value, pair: (ir::Value, ir::Value)) -> ir::Value {
        let (result, overflow) = pair;
        let zero = self.fb.ins().iconst(types::I8, 0);
        let fine = self.fb.ins().icmp(IntCC::Equal, overflow, zero);
        self.check_inst(value, fine, Reason::Range);
        result
    }

    fn range(&self, value: Value) -> Range {
        let ty: Type = self.f.ty(value);
        ty.range
    }

    pub(super) fn number(&mut self, value: Value) {
        let inst = self.f.inst(value);
        match inst.op {
            Op::GuardFloat => return self.decode(value),
            Op::BoxFloat => return self.box_float(value),
            _ => {}
        }
        let a = self.value(inst.args[0]);
        let b = if inst.args.len() > 1 {
            self.value(inst.args[1])
        } else {
            a
        };
        let safe = inst.immediate == 1;
        let result = match inst.op {
            Op::NumberToFloat => self.number_to_float(value, a),
            Op::NumberBinary => self.mixed_binary(value, a, b),
            Op::NumberCompare => self.mixed_compare(value, a, b),
            Op::GuardInt => {
                let tag = self.and(a, 1);
                let tag = self.fb.ins().ireduce(types::I8, tag);
                self.check_inst(value, tag, Reason::Guard);
                return;
            }
            Op::IntAdd => {
                let bare = self.add(b, -1);
                if safe {
                    self.fb.ins().iadd(a, bare)
                } else {
                    let pair = self.fb.ins().sadd_overflow(a, bare);
                    self.overflowing(value, pair)
                }
            }
            Op::IntSub => {
                let bare = self.add(b, -1);
                if safe {
                    self.fb.ins().isub(a, bare)
                } else {
                    let pair = self.fb.ins().ssub_overflow(a, bare);
                    self.overflowing(value, pair)
                }
            }
            Op::IntMul => {
                let doubled = self.add(a, -1);
                let plain = self.shift_right(b, 1);
                let product = if safe {
                    self.fb.ins().imul(doubled, plain)
                } else {
                    let pair = self.fb.ins().smul_overflow(doubled, plain);
                    self.overflowing(value, pair)
                };
                self.add(product, 1)
            }
            Op::IntAnd => self.fb.ins().band(a, b),
            Op::IntOr => self.fb.ins().bor(a, b),
            Op::IntXor => {
                let x = self.fb.ins().bxor(a, b);
                let one = self.constant(1);
                self.fb.ins().bor(x, one)
            }
            Op::IntShl => {
                let count = self.shift_right(b, 1);
                let fits = self.compare(IntCC::UnsignedLessThan, count, 62);
                self.check_inst(value, fits, Reason::Range);
                let doubled = self.add(a, -1);
                let shifted = self.fb.ins().ishl(doubled, count);
                let back = self.fb.ins().sshr(shifted, count);
                let same = self.fb.ins().icmp(IntCC::Equal, back, doubled);
                self.check_inst(value, same, Reason::Range);
                self.add(shifted, 1)
            }
            Op::IntShr => {
                let count = self.shift_right(b, 1);
                let fits = self.compare(IntCC::UnsignedLessThan, count, 63);
                self.check_inst(value, fits, Reason::Range);
                let plain = self.shift_right(a, 1);
                let shifted = self.fb.ins().sshr(plain, count);
                self.retag(shifted)
            }
            Op::IntFloorDiv | Op::IntMod => self.divide(value, a, b),
            Op::IntNeg => {
                let two = self.constant(2);
                let pair = self.fb.ins().ssub_overflow(two, a);
                self.overflowing(value, pair)
            }
            Op::IntCompare => self.fb.ins().icmp(int_condition(inst.immediate), a, b),
            Op::IntTruth => self.compare(IntCC::NotEqual, a, Raw::small_int(0).0),
            Op::IntToFloat => {
                let plain = self.shift_right(a, 1);
                let range = self.range(inst.args[0]);
                if range.low < -EXACT || range.high > EXACT {
                    let moved = self.add(plain, EXACT);
                    let exact =
                        self.compare(IntCC::UnsignedLessThanOrEqual, moved, 2 * EXACT as u64);
                    self.check_inst(value, exact, Reason::Range);
                }
                self.fb.ins().fcvt_from_sint(types::F64, plain)
            }
            Op::FloatAdd => self.fb.ins().fadd(a, b),
            Op::FloatSub => self.fb.ins().fsub(a, b),
            Op::FloatMul => self.fb.ins().fmul(a, b),
            Op::FloatNeg => self.fb.ins().fneg(a),
            Op::FloatAbs => self.fb.ins().fabs(a),
            Op::FloatDiv => {
                let zero = self.fb.ins().f64const(0.0);
                let fine = self.fb.ins().fcmp(FloatCC::NotEqual, b, zero);
                self.check_inst(value, fine, Reason::Range);
                self.fb.ins().fdiv(a, b)
            }
            Op::FloatPow => self.power(value, a, b),
            Op::FloatSqrt => {
                let zero = self.fb.ins().f64const(0.0);
                let fine = self.fb.ins().fcmp(FloatCC::GreaterThanOrEqual, a, zero);
                self.check_inst(value, fine, Reason::Range);
                self.fb.ins().sqrt(a)
            }
            Op::FloatToInt => {
                // Towards the wanted side first; what is left converts exactly.
                let whole = match inst.immediate {
                    1 => self.fb.ins().floor(a),
                    2 => self.fb.ins().ceil(a),
                    _ => self.fb.ins().trunc(a),
                };
                let bound = self.fb.ins().f64const((1u64 << 62) as f64);
                let magnitude = self.fb.ins().fabs(whole);
                let small = self.fb.ins().fcmp(FloatCC::LessThan, magnitude, bound);
                self.check_inst(value, small, Reason::Range);
                let int = self.fb.ins().fcvt_to_sint_sat(types::I64, whole);
                self.retag(int)
            }
            Op::FloatCompare => self.fb.ins().fcmp(float_condition(inst.immediate), a, b),
            Op::FloatTruth => {
                let zero = self.fb.ins().f64const(0.0);
                self.fb.ins().fcmp(FloatCC::NotEqual, a, zero)
            }
            _ => a,
        };
        self.set(value, result);
    }

    fn divide(&mut self, value: Value, a: ir::Value, b: ir::Value) -> ir::Value {
        let inst = self.f.inst(value);
        let (ra, rb) = (self.range(inst.args[0]), self.range(inst.args[1]));
        if rb.low == rb.high && rb.low > 0 && rb.low.count_ones() == 1 {
            // Shifting rounds down, and masking gives what is above that.
            return match inst.op {
                Op::IntFloorDiv => {
                    let quotient = self.shift_right(a, 1 + rb.low.trailing_zeros() as u64);
                    self.retag(quotient)
                }
                _ => {
                    let mask = self.constant(Raw::small_int(rb.low - 1).0);
                    self.fb.ins().band(a, mask)
                }
            };
        }
        let (x, y) = (self.shift_right(a, 1), self.shift_right(b, 1));
        if rb.low <= 0 && rb.high >= 0 {
            let fine = self.compare(IntCC::NotEqual, y, 0);
            self.check_inst(value, fine, Reason::Range);
        }
        let floor = inst.op == Op::IntFloorDiv;
        if rb.contains(-1) && floor {
            // The least small int has no negative.
            let fine = self.compare(IntCC::NotEqual, y, -1i64 as u64);
            self.check_inst(value, fine, Reason::Range);
        }
        if ra.low >= 0 && rb.low >= 0 {
            let result = if floor {
                self.fb.ins().udiv(x, y)
            } else {
                self.fb.ins().urem(x, y)
            };
            return self.retag(result);
        }
        let zero = self.constant(0);
        let quotient = self.fb.ins().sdiv(x, y);
        let product = self.fb.ins().imul(quotient, y);
        let rest = self.fb.ins().isub(x, product);
        let signs = self.fb.ins().bxor(rest, y);
        let differ = self.fb.ins().icmp(IntCC::SignedLessThan, signs, zero);
        let some = self.fb.ins().icmp(IntCC::NotEqual, rest, zero);
        let adjust = self.fb.ins().band(differ, some);
        let result = if floor {
            let less = self.add(quotient, -1);
            self.fb.ins().select(adjust, less, quotient)
        } else {
            let more = self.fb.ins().iadd(rest, y);
            self.fb.ins().select(adjust, more, rest)
        };
        self.retag(result)
    }
}
