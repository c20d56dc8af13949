//! Powers of floats: the C library's, or the same number computed in place.
//!
//! Python's `**` gives what the C library's `pow` gives, which is seldom, but now and then, not the float next to the
//! exact power. Where the exponent is a small multiple of a half, the power is computed to some 100 bits by
//! products and a square root with their rounding errors. If both ends of an interval around it that is wider than `pow`'s
//! error round to the same float, so does `pow`; else it is asked.

use super::Lower;
use crate::deopt::Reason;
use crate::helpers::Helper;
use crate::hir::{Op, Value};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{self, BlockArg, InstBuilder, types};

/// Half of the interval's width, relative to the power; at least 0.03 units in the last place. The `pow` of glibc and of
/// musl errs by less than 0.511 units plus 0.00003 for each doubling or halving of 1 that makes up the power, of which
/// there are at most 192 here.
const MARGIN: f64 = 1.0 / (1u64 << 57) as f64;
/// Bases between the inverse of this and this: nothing overflows, and the errors of products are floats.
const LARGEST_BASE: f64 = (1u128 << 64) as f64;
const LARGEST_EXPONENT: f64 = 3.0;

/// A number as the sum of a float and a much smaller one.
#[derive(Clone, Copy)]
struct Sum {
    high: ir::Value,
    low: ir::Value,
}

/// Is the `pow` that Python calls here known to err as little as [`MARGIN`] says?
const KNOWN_POW: bool = cfg!(target_os = "linux");

impl Lower<'_, '_> {
    pub(super) fn power(
        &mut self,
        value: Value,
        base: ir::Value,
        exponent: ir::Value,
    ) -> ir::Value {
        let by = self.f.inst(self.f.inst(value).args[1]);
        let known = f64::from_bits(by.immediate);
        let halves = known * 2.0;
        let computed = KNOWN_POW
            && self.context.fuses
            && by.op == Op::ConstFloat
            && halves == halves.trunc()
            && (0.5..=LARGEST_EXPONENT).contains(&known.abs());
        if !computed {
            return self.power_called(value, base, exponent);
        }
        let (done, called) = (self.new_block(), self.cold());
        self.fb.append_block_param(done, types::F64);
        let result = self.power_computed(base, known, called);
        self.fb.ins().jump(done, &[BlockArg::Value(result)]);
        self.fb.switch_to_block(called);
        let result = self.power_called(value, base, exponent);
        self.fb.ins().jump(done, &[BlockArg::Value(result)]);
        self.fb.switch_to_block(done);
        self.fb.block_params(done)[0]
    }

    fn power_called(&mut self, value: Value, base: ir::Value, exponent: ir::Value) -> ir::Value {
        let power = self.call(Helper::FloatPow, &[base, exponent]);
        let power = power.unwrap_or(base);
        // Infinite and undefined results may be errors.
        let zero = self.fb.ins().fsub(power, power);
        let fine = self.fb.ins().fcmp(FloatCC::Equal, zero, zero);
        self.check_inst(value, fine, Reason::Range);
        power
    }

    /// Goes to `called` where it cannot tell.
    fn power_computed(&mut self, base: ir::Value, exponent: f64, called: ir::Block) -> ir::Value {
        let whole = exponent.abs().trunc();
        let magnitude = match exponent.fract() == 0.0 {
            true => self.fb.ins().fabs(base),
            false => base,
        };
        let lowest = (1.0 / LARGEST_BASE).to_bits();
        let bits = self.bits(magnitude);
        let above = self.add(bits, -(lowest as i64));
        let span = LARGEST_BASE.to_bits() - lowest;
        let fits = self.compare(IntCC::UnsignedLessThanOrEqual, above, span);
        self.unless(fits, called);

        let zero = self.fb.ins().f64const(0.0);
        let (mut power, factors) = match exponent.fract() == 0.0 {
            true => (
                Sum {
                    high: base,
                    low: zero,
                },
                whole as u32 - 1,
            ),
            false => (self.exact_root(base), whole as u32),
        };
        for _ in 0..factors {
            power = self.exact_product(power, base);
        }
        if exponent < 0.0 {
            power = self.exact_inverse(power);
        }

        let size = self.fb.ins().fabs(power.high);
        let margin = self.fb.ins().f64const(MARGIN);
        let margin = self.fb.ins().fmul(size, margin);
        let below = self.fb.ins().fsub(power.low, margin);
        let above = self.fb.ins().fadd(power.low, margin);
        let below = self.fb.ins().fadd(power.high, below);
        let above = self.fb.ins().fadd(power.high, above);
        let same = self.fb.ins().fcmp(FloatCC::Equal, below, above);
        self.unless(same, called);
        below
    }

    fn exact_root(&mut self, of: ir::Value) -> Sum {
        let high = self.fb.ins().sqrt(of);
        let negative = self.fb.ins().fneg(high);
        let rest = self.fb.ins().fma(negative, high, of);
        let twice = self.fb.ins().fadd(high, high);
        let low = self.fb.ins().fdiv(rest, twice);
        Sum { high, low }
    }

    fn exact_product(&mut self, a: Sum, b: ir::Value) -> Sum {
        let high = self.fb.ins().fmul(a.high, b);
        let negative = self.fb.ins().fneg(high);
        let rest = self.fb.ins().fma(a.high, b, negative);
        let low = self.fb.ins().fma(a.low, b, rest);
        Sum { high, low }
    }

    fn exact_inverse(&mut self, of: Sum) -> Sum {
        let one = self.fb.ins().f64const(1.0);
        let high = self.fb.ins().fdiv(one, of.high);
        let negative = self.fb.ins().fneg(high);
        let rest = self.fb.ins().fma(negative, of.high, one);
        let rest = self.fb.ins().fma(negative, of.low, rest);
        let low = self.fb.ins().fmul(high, rest);
        Sum { high, low }
    }
}
