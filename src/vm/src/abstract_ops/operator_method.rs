//! Operators as `BINARY_OP` numbers them, and the methods that stand for them.

use super::BinaryOp;
use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error};
use crate::objects::str::Str;
use crate::value::Value;

/// Operands of `BINARY_OP` from here on are those of augmented assignments.
pub const INPLACE: u32 = 13;

/// The middle of the methods' names, numbered as the operators of `BINARY_OP`.
const STEMS: [&str; 13] = [
    "add", "and", "floordiv", "lshift", "matmul", "mul", "mod", "or", "pow", "rshift", "sub",
    "truediv", "xor",
];

/// The name of the operator's method with `r` or `i`, or nothing, in front.
pub fn method_name(operator: u32, prefix: &str) -> String {
    format!("__{prefix}{}__", STEMS[(operator % INPLACE) as usize])
}

/// Is it `**` or `**=`, which a third operand makes different?
pub fn is_power(operator: u32) -> bool {
    STEMS[(operator % INPLACE) as usize] == "pow"
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
    let equals = if operator >= INPLACE { "=" } else { "" };
    let operator = BinaryOp::ALL[(operator % INPLACE) as usize].operator();
    Err(type_error(format!(
        "unsupported operand type(s) for {}{equals}: '{}' and '{}'",
        operator.symbol,
        left.class().name(),
        right.class().name()
    )))
}
