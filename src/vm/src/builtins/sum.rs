//! `sum`.

use crate::abstract_ops::{self, BinaryOp};
use crate::exceptions::{PyResult, type_error};
use crate::objects::str::Str;
use crate::value::Value;

/// A float sum with its rounding error carried along (Neumaier's variant of Kahan's algorithm), as
/// CPython adds floats since 3.12.
#[derive(Clone, Copy)]
struct Compensated {
    high: f64,
    low: f64,
}

impl Compensated {
    fn add(&mut self, x: f64) {
        let total = self.high + x;
        if self.high.abs() >= x.abs() {
            self.low += (self.high - total) + x;
        } else {
            self.low += (x - total) + self.high;
        }
        self.high = total;
    }
    fn value(self) -> f64 {
        if self.low != 0.0 && self.low.is_finite() {
            self.high + self.low
        } else {
            self.high
        }
    }
}

pub fn sum(iterable: &Value, start: Option<&Value>) -> PyResult {
    if let Some(start) = start {
        let kind = if start.downcast::<Str>().is_some() {
            Some(("strings", "''"))
        } else if start.downcast::<crate::objects::bytes::Bytes>().is_some() {
            Some(("bytes", "b''"))
        } else if start.class().name() == "bytearray" {
            Some(("bytearray", "b''"))
        } else {
            None
        };
        if let Some((what, empty)) = kind {
            return Err(type_error(format!(
                "sum() can't sum {what} [use {empty}.join(seq) instead]"
            )));
        }
    }
    let mut total = start.cloned().unwrap_or_else(|| Value::int(0));
    let mut floats: Option<Compensated> = total
        .as_exact_float()
        .map(|f| Compensated { high: f, low: 0.0 });
    abstract_ops::for_each(iterable, |item| {
        if let Some(sum) = &mut floats {
            if let Some(f) = item.as_exact_float() {
                sum.add(f);
                return Ok(());
            }
            if let Some(i) = item.as_small_int() {
                sum.add(i as f64);
                return Ok(());
            }
            total = Value::float(sum.value());
            floats = None;
        } else if let (Some(a), Some(b)) = (total.as_small_int(), item.as_small_int()) {
            total = match a.checked_add(b) {
                Some(sum) => Value::int(sum),
                None => abstract_ops::binary_op(BinaryOp::Add, &total, &item)?,
            };
            return Ok(());
        }
        total = abstract_ops::binary_op(BinaryOp::Add, &total, &item)?;
        floats = total
            .as_exact_float()
            .map(|f| Compensated { high: f, low: 0.0 });
        Ok(())
    })?;
    Ok(match floats {
        Some(sum) => Value::float(sum.value()),
        None => total,
    })
}
