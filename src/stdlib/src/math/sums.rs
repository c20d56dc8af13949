//! Sums and norms that are exact but for one final rounding.

use super::libm;
use taipan_vm::abstract_ops::{self as ops, BinaryOp};
use taipan_vm::exceptions::{OVERFLOW_ERROR, PyResult, catch, overflow_error, value_error};
use taipan_vm::value::Value;

/// Sum without loss of precision: keeps partial sums that don't overlap (Shewchuk).
#[derive(Default)]
pub struct ExactSum {
    partials: Vec<f64>,
    /// Sum of the infinities and NaNs, and of the infinities alone.
    special: f64,
    infinities: f64,
}

impl ExactSum {
    pub fn add(&mut self, value: f64) -> PyResult<()> {
        let mut x = value;
        let mut kept = 0;
        for at in 0..self.partials.len() {
            let mut y = self.partials[at];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        if x == 0.0 {
            return Ok(());
        }
        if x.is_finite() {
            self.partials.push(x);
            return Ok(());
        }
        if value.is_finite() {
            return Err(overflow_error("intermediate overflow in fsum"));
        }
        if value.is_infinite() {
            self.infinities += value;
        }
        self.special += value;
        self.partials.clear();
        Ok(())
    }

    pub fn total(mut self) -> PyResult<f64> {
        if self.special != 0.0 {
            if self.infinities.is_nan() {
                return Err(value_error("-inf + inf in fsum"));
            }
            return Ok(self.special);
        }
        let Some(mut high) = self.partials.pop() else {
            return Ok(0.0);
        };
        let mut low = 0.0;
        while let Some(y) = self.partials.pop() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                break;
            }
        }
        // A remainder of exactly half a unit is rounded by what lies below it.
        if let Some(&below) = self.partials.last()
            && ((low < 0.0 && below < 0.0) || (low > 0.0 && below > 0.0))
        {
            let y = low * 2.0;
            let x = high + y;
            if y == x - high {
                high = x;
            }
        }
        Ok(high)
    }
}

/// A number as the sum of two doubles.
struct Double {
    high: f64,
    low: f64,
}

/// The exact sum, if `a` is the larger one.
fn fast_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    Double {
        high,
        low: (a - high) + b,
    }
}

fn exact_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    let z = high - a;
    Double {
        high,
        low: (a - (high - z)) + (b - z),
    }
}

fn exact_product(a: f64, b: f64) -> Double {
    let high = a * b;
    Double {
        high,
        low: libm::fma(a, b, -high),
    }
}

/// The Euclidean norm of coordinates that are not negative; `values` is used up.
pub fn norm(values: &mut [f64]) -> f64 {
    let (mut max, mut nan) = (0.0f64, false);
    for value in values.iter() {
        nan |= value.is_nan();
        if *value > max {
            max = *value;
        }
    }
    if max.is_infinite() {
        return max;
    }
    if nan {
        return f64::NAN;
    }
    if max == 0.0 || values.len() <= 1 {
        return max;
    }
    let (_, exponent) = libm::frexp(max);
    if exponent < -1023 {
        // The scale would overflow.
        for value in values.iter_mut() {
            *value /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * norm(values);
    }
    let scale = libm::ldexp(1.0, -exponent);
    // Begins with 1, so that every addend is the smaller one.
    let (mut sum, mut low_products, mut low_sums) = (1.0, 0.0, 0.0);
    for value in values.iter() {
        let x = value * scale;
        let square = exact_product(x, x);
        let next = fast_sum(sum, square.high);
        sum = next.high;
        low_products += square.low;
        low_sums += next.low;
    }
    let root = (sum - 1.0 + (low_products + low_sums)).sqrt();
    let square = exact_product(-root, root);
    let next = fast_sum(sum, square.high);
    low_products += square.low;
    low_sums += next.low;
    let error = next.high - 1.0 + (low_products + low_sums);
    (root + error / (2.0 * root)) / scale
}

/// A sum of products in three doubles.
#[derive(Clone, Copy, Default)]
struct Triple {
    high: f64,
    low: f64,
    tiny: f64,
}

impl Triple {
    fn plus_product(self, x: f64, y: f64) -> Triple {
        let product = exact_product(x, y);
        let high = exact_sum(self.high, product.high);
        let low = exact_sum(self.low, product.low);
        let middle = exact_sum(low.high, high.low);
        Triple {
            high: high.high,
            low: middle.high,
            tiny: self.tiny + low.low + middle.low,
        }
    }
    fn rounded(self) -> f64 {
        let last = exact_sum(self.low, self.high);
        self.tiny + last.low + last.high
    }
}

/// What `sumprod` has summed up: ints and floats each in their own way as long as all fits, then
/// whatever `+` and `*` mean.
pub struct ProductSum {
    total: Value,
    ints: Option<i64>,
    ints_used: bool,
    floats: Option<Triple>,
    floats_used: bool,
}

/// A pair of which at least one is a float and the other a float or int; `None` for others.
fn float_pair(p: &Value, q: &Value) -> PyResult<Option<(f64, f64)>> {
    let (a, b) = (p.as_exact_float(), q.as_exact_float());
    let int = |value: &Value| -> PyResult<Option<f64>> {
        if !(ops::is_exact_int(value) || value.is_true() || value.is_false()) {
            return Ok(None);
        }
        match ops::to_f64(value) {
            Ok(float) => Ok(Some(float)),
            Err(raised) => match catch(OVERFLOW_ERROR.get()) {
                Some(_) => Ok(None),
                None => Err(raised),
            },
        }
    };
    Ok(match (a, b) {
        (Some(a), Some(b)) => Some((a, b)),
        (Some(a), None) => int(q)?.map(|b| (a, b)),
        (None, Some(b)) => int(p)?.map(|a| (a, b)),
        (None, None) => None,
    })
}

impl ProductSum {
    pub fn new() -> ProductSum {
        ProductSum {
            total: Value::int(0),
            ints: Some(0),
            ints_used: false,
            floats: Some(Triple::default()),
            floats_used: false,
        }
    }
    fn plus(&mut self, term: Value) -> PyResult<()> {
        self.total = ops::binary_op(BinaryOp::Add, &self.total, &term)?;
        Ok(())
    }
    fn end_ints(&mut self) -> PyResult<()> {
        match self.ints.take() {
            Some(sum) if self.ints_used => self.plus(Value::int(sum)),
            _ => Ok(()),
        }
    }
    fn end_floats(&mut self) -> PyResult<()> {
        match self.floats.take() {
            Some(sum) if self.floats_used => self.plus(Value::float(sum.rounded())),
            _ => Ok(()),
        }
    }
    pub fn add(&mut self, p: &Value, q: &Value) -> PyResult<()> {
        if let Some(sum) = self.ints {
            if let (Some(a), Some(b)) = (p.as_small_int(), q.as_small_int())
                && let Some(sum) = a
                    .checked_mul(b)
                    .and_then(|product| sum.checked_add(product))
            {
                self.ints = Some(sum);
                self.ints_used = true;
                return Ok(());
            }
            self.end_ints()?;
        }
        if let Some(sum) = self.floats {
            if let Some((a, b)) = float_pair(p, q)? {
                let sum = sum.plus_product(a, b);
                if sum.high.is_finite() {
                    self.floats = Some(sum);
                    self.floats_used = true;
                    return Ok(());
                }
            }
            self.end_floats()?;
        }
        let product = ops::binary_op(BinaryOp::Multiply, p, q)?;
        self.plus(product)
    }
    pub fn total(mut self) -> PyResult {
        self.end_ints()?;
        self.end_floats()?;
        Ok(self.total)
    }
}
