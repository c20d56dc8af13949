//! Operators as `BINARY_OP` numbers them, and the methods that stand for them.

use super::{BinaryOp, number};
use crate::abstract_ops;
use crate::exceptions::PyResult;
use crate::objects::str::Str;
use crate::value::Value;

/// Operands of `BINARY_OP` from here on are those of augmented assignments.
pub const INPLACE: u32 = BinaryOp::ALL.len() as u32;

/// The operator of a `BINARY_OP`, augmented or not.
pub fn numbered(operator: u32) -> BinaryOp {
    BinaryOp::ALL[(operator % INPLACE) as usize]
}

/// The name of the operator's method with `r` or `i`, or nothing, in front.
pub fn method_name(operator: u32, prefix: &str) -> String {
    format!("__{prefix}{}__", numbered(operator).operator().stem)
}

/// The result after the method of the left operand, whose class is written in Python, gave NotImplemented. Neither
/// operand is a sequence.
pub fn after_not_implemented(operator: u32, left: &Value, right: &Value) -> PyResult {
    if !std::ptr::eq(left.class(), right.class())
        && let Some(method) = right
            .class()
            .lookup(&Str::intern(&method_name(operator, "r")))
    {
        let answer = abstract_ops::call(&method, &[right.clone(), left.clone()])?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    let inplace = operator >= INPLACE;
    Err(number::unsupported_operands(
        numbered(operator),
        left,
        right,
        inplace,
    ))
}
