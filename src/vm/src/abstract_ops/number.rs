//! Arithmetic on values of any class.

use crate::exceptions::{PyResult, Raised, index_error, overflow_error, type_error};
use crate::objects::class::{Binary, SlotId, Ternary, Type, TypeSlots};
use crate::objects::int::Int;
use crate::value::Value;
use num_traits::ToPrimitive;

/// A binary operator: its symbol, the middle of its methods' names, and slots. The order is that of `BINARY_OP`'s argument (in-place
/// variants follow at +13).
pub struct Operator {
    pub symbol: &'static str,
    pub stem: &'static str,
    pub slot: SlotId,
    pub inplace: SlotId,
}

macro_rules! operators {
    ($($name:ident $symbol:literal $stem:literal $slot:ident $inplace:ident)*) => {
        /// Numbered as in `BINARY_OP`.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub enum BinaryOp { $($name),* }
        static OPERATORS: &[Operator] = &[$(Operator { symbol: $symbol, stem: $stem, slot: SlotId::$slot, inplace: SlotId::$inplace }),*];
        impl BinaryOp {
            pub const ALL: &'static [BinaryOp] = &[$(BinaryOp::$name),*];
            #[inline]
            fn function(self, slots: &TypeSlots) -> Option<Binary> {
                match self { $(BinaryOp::$name => operators!(@get slots $slot),)* }
            }
            #[inline]
            fn inplace_function(self, slots: &TypeSlots) -> Option<Binary> {
                match self { $(BinaryOp::$name => operators!(@get slots $inplace),)* }
            }
        }
    };
    (@get $slots:ident power) => { None };
    (@get $slots:ident inplace_power) => { None };
    (@get $slots:ident $slot:ident) => { $slots.$slot };
}

operators! {
    Add "+" "add" add inplace_add
    And "&" "and" and inplace_and
    FloorDivide "//" "floordiv" floor_divide inplace_floor_divide
    Lshift "<<" "lshift" lshift inplace_lshift
    MatrixMultiply "@" "matmul" matrix_multiply inplace_matrix_multiply
    Multiply "*" "mul" multiply inplace_multiply
    Remainder "%" "mod" remainder inplace_remainder
    Or "|" "or" or inplace_or
    Power "**" "pow" power inplace_power
    Rshift ">>" "rshift" rshift inplace_rshift
    Subtract "-" "sub" subtract inplace_subtract
    TrueDivide "/" "truediv" true_divide inplace_true_divide
    Xor "^" "xor" xor inplace_xor
}

impl BinaryOp {
    pub fn operator(self) -> &'static Operator {
        &OPERATORS[self as usize]
    }
}

#[cold]
fn unsupported(symbol: &str, a: &Value, b: &Value) -> Raised {
    let hint = if symbol == ">>"
        && a.downcast::<crate::objects::builtin_function::BuiltinFunction>()
            .is_some_and(|f| f.name() == "print")
    {
        ". Did you mean \"print(<message>, file=<output_stream>)\"?".to_string()
    } else {
        String::new()
    };
    let symbol = if symbol == "**" {
        "** or pow()"
    } else {
        symbol
    };
    type_error(format!(
        "unsupported operand type(s) for {symbol}: '{}' and '{}'{hint}",
        a.class().name(),
        b.class().name()
    ))
}

/// Tries the left operand's function, then the right's (first, if its class is derived).
fn binary_slots(a: &Value, b: &Value, get: impl Fn(&TypeSlots) -> Option<Binary>) -> PyResult {
    let (left, right): (&Type, &Type) = (a.class(), b.class());
    let first = get(left.slots());
    let mut second = if std::ptr::eq(left, right) {
        None
    } else {
        get(right.slots())
    };
    if let (Some(f), Some(s)) = (first, second)
        && std::ptr::fn_addr_eq(f, s)
    {
        second = None;
    }
    if let Some(f) = first {
        if let Some(s) = second
            && right.is_subclass(left)
        {
            let answer = s(a, b)?;
            if !answer.is_not_implemented() {
                return Ok(answer);
            }
            second = None;
        }
        let answer = f(a, b)?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    match second {
        Some(s) => s(a, b),
        None => Ok(Value::not_implemented()),
    }
}

/// `a <op> b`.
pub fn binary_op(op: BinaryOp, a: &Value, b: &Value) -> PyResult {
    if op == BinaryOp::Power {
        return power(a, b, &Value::none());
    }
    let answer = binary_slots(a, b, |s| op.function(s))?;
    if !answer.is_not_implemented() {
        return Ok(answer);
    }
    sequence_op(op, a, b, false)
}

/// `a <op>= b`.
pub fn inplace_op(op: BinaryOp, a: &Value, b: &Value) -> PyResult {
    if op == BinaryOp::Power {
        if let Some(f) = a.class().slots().inplace_power {
            let answer = f(a, b, &Value::none())?;
            if !answer.is_not_implemented() {
                return Ok(answer);
            }
        }
        return power_named(a, b, &Value::none(), "**=");
    }
    if let Some(f) = op.inplace_function(a.class().slots()) {
        let answer = f(a, b)?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    let answer = binary_slots(a, b, |s| op.function(s))?;
    if !answer.is_not_implemented() {
        return Ok(answer);
    }
    sequence_op(op, a, b, true)
}

/// What `+` and `*` mean for sequences, and the error where nothing helped.
fn sequence_op(op: BinaryOp, a: &Value, b: &Value, inplace: bool) -> PyResult {
    let slots = a.class().slots();
    match op {
        BinaryOp::Add => {
            let concat = if inplace {
                slots.inplace_concat.or(slots.concat)
            } else {
                slots.concat
            };
            if let Some(concat) = concat {
                return concat(a, b);
            }
        }
        BinaryOp::Multiply => {
            let repeat = if inplace {
                slots.inplace_repeat.or(slots.repeat)
            } else {
                slots.repeat
            };
            if let Some(repeat) = repeat {
                return repeat(a, repeat_count(b)?);
            }
            if let Some(repeat) = b.class().slots().repeat {
                return repeat(b, repeat_count(a)?);
            }
        }
        _ => {}
    }
    Err(unsupported_operands(op, a, b, inplace))
}

/// The error of operands of which neither has the operator.
pub(super) fn unsupported_operands(op: BinaryOp, a: &Value, b: &Value, inplace: bool) -> Raised {
    let symbol = op.operator().symbol;
    match inplace {
        true => unsupported(&format!("{symbol}="), a, b),
        false => unsupported(symbol, a, b),
    }
}

fn repeat_count(value: &Value) -> PyResult<isize> {
    if value.class().slots().index.is_none() {
        return Err(type_error(format!(
            "can't multiply sequence by non-int of type '{}'",
            value.class().name()
        )));
    }
    index_isize(value, crate::exceptions::OVERFLOW_ERROR.get())
}

/// `pow(a, b, modulus)`; no modulus is `None`.
pub fn power(a: &Value, b: &Value, modulus: &Value) -> PyResult {
    power_named(a, b, modulus, "**")
}

fn power_named(a: &Value, b: &Value, modulus: &Value, symbol: &str) -> PyResult {
    let get = |v: &Value| -> Option<Ternary> { v.class().slots().power };
    let first = get(a);
    let mut second = if std::ptr::eq(a.class(), b.class()) {
        None
    } else {
        get(b)
    };
    if let (Some(f), Some(s)) = (first, second)
        && std::ptr::fn_addr_eq(f, s)
    {
        second = None;
    }
    if let Some(f) = first {
        if let Some(s) = second
            && b.class().is_subclass(a.class())
        {
            let answer = s(a, b, modulus)?;
            if !answer.is_not_implemented() {
                return Ok(answer);
            }
            second = None;
        }
        let answer = f(a, b, modulus)?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    if let Some(s) = second {
        let answer = s(a, b, modulus)?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    if let Some(third) = get(modulus)
        && !modulus.is_none()
        && !first.is_some_and(|f| std::ptr::fn_addr_eq(f, third))
        && !second.is_some_and(|f| std::ptr::fn_addr_eq(f, third))
    {
        let answer = third(a, b, modulus)?;
        if !answer.is_not_implemented() {
            return Ok(answer);
        }
    }
    if modulus.is_none() {
        return Err(unsupported(symbol, a, b));
    }
    Err(type_error(format!(
        "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
        a.class().name(),
        b.class().name(),
        modulus.class().name()
    )))
}

/// `divmod(a, b)`.
pub fn divmod(a: &Value, b: &Value) -> PyResult {
    let answer = binary_slots(a, b, |s| s.divmod)?;
    if answer.is_not_implemented() {
        Err(unsupported("divmod()", a, b))
    } else {
        Ok(answer)
    }
}

fn unary(value: &Value, slot: Option<crate::objects::class::Unary>, what: &str) -> PyResult {
    match slot {
        Some(f) => f(value),
        None => Err(type_error(format!(
            "bad operand type for {what}: '{}'",
            value.class().name()
        ))),
    }
}

pub fn negative(value: &Value) -> PyResult {
    unary(value, value.class().slots().negative, "unary -")
}
pub fn positive(value: &Value) -> PyResult {
    unary(value, value.class().slots().positive, "unary +")
}
pub fn invert(value: &Value) -> PyResult {
    unary(value, value.class().slots().invert, "unary ~")
}
pub fn absolute(value: &Value) -> PyResult {
    unary(value, value.class().slots().absolute, "abs()")
}

/// `operator.index(value)`: an int (or instance of a subclass).
pub fn index(value: &Value) -> PyResult {
    if value.as_int().is_some() {
        return Ok(value.clone());
    }
    let Some(index) = value.class().slots().index else {
        return Err(type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            value.class().name()
        )));
    };
    let answer = index(value)?;
    if answer.as_int().is_none() {
        return Err(type_error(format!(
            "__index__ returned non-int (type {})",
            answer.class().name()
        )));
    }
    if !is_exact_int(&answer) {
        warn_of_subclass("__index__", "int", &answer)?;
    }
    Ok(answer)
}

/// A conversion gave an instance of a subclass.
#[cold]
pub fn warn_of_subclass(method: &str, class: &str, answer: &Value) -> PyResult<()> {
    crate::warnings::warn(
        crate::exceptions::DEPRECATION_WARNING.get(),
        &format!(
            "{method} returned non-{class} (type {}).  The ability to return an instance of a strict subclass of {class} is deprecated, and may be removed in a future version of Python.",
            answer.class().name()
        ),
        1,
    )
}

/// An index as a machine word; raises `error` if it does not fit.
pub fn index_isize(value: &Value, error: &Type) -> PyResult<isize> {
    if let Some(i) = value.as_small_int() {
        return Ok(i as isize);
    }
    let int = index(value)?;
    match int.as_int().expect("index returns an int").to_i64() {
        Some(i) => Ok(i as isize),
        None => Err(crate::exceptions::raise_new(
            error,
            format!(
                "cannot fit '{}' into an index-sized integer",
                value.class().name()
            ),
        )),
    }
}

/// An index as a machine word, at the end of the range where it does not fit (for slices).
pub fn index_clamped(value: &Value) -> PyResult<isize> {
    let int = index(value)?;
    let view = int.as_int().expect("index returns an int");
    Ok(match view.to_i64() {
        Some(i) => i as isize,
        None if view.is_negative() => isize::MIN,
        None => isize::MAX,
    })
}

/// An index with the message of subscripts.
pub fn subscript_index(value: &Value, what: &str) -> PyResult<isize> {
    if let Some(i) = value.as_small_int() {
        return Ok(i as isize);
    }
    if value.class().slots().index.is_none() {
        return Err(type_error(format!(
            "{what} indices must be integers or slices, not {}",
            value.class().name()
        )));
    }
    index_isize(value, crate::exceptions::INDEX_ERROR.get())
}

/// `int` of a value for an argument of C type `long long`.
pub fn to_i64(value: &Value) -> PyResult<i64> {
    if let Some(i) = value.as_small_int() {
        return Ok(i);
    }
    let int = index(value)?;
    int.as_int()
        .and_then(|i| i.to_i64())
        .ok_or_else(|| overflow_error("Python int too large to convert to C long"))
}

/// `float(value)` for an argument that has to be a real number.
pub fn to_f64(value: &Value) -> PyResult<f64> {
    if let Some(f) = value.as_float() {
        return Ok(f);
    }
    if let Some(i) = value.as_small_int() {
        return Ok(i as f64);
    }
    if let Some(float) = value.class().slots().float {
        return converted(value, float(value)?);
    }
    if value.class().slots().index.is_some() {
        let int = index(value)?;
        return match int.as_int().expect("index returns an int") {
            crate::objects::int::IntView::Small(i) => Ok(i as f64),
            crate::objects::int::IntView::Big(b) => big_to_f64(b),
        };
    }
    Err(type_error(format!(
        "must be real number, not {}",
        value.class().name()
    )))
}

/// What `__float__` of a value gave.
pub fn converted(value: &Value, answer: Value) -> PyResult<f64> {
    let Some(float) = answer.as_float() else {
        return Err(type_error(format!(
            "{}.__float__ returned non-float (type {})",
            value.class().name(),
            answer.class().name()
        )));
    };
    if answer.as_exact_float().is_none() {
        let method = format!("{}.__float__", value.class().name());
        warn_of_subclass(&method, "float", &answer)?;
    }
    Ok(float)
}

/// The nearest float, or `OverflowError`.
pub fn big_to_f64(value: &num_bigint::BigInt) -> PyResult<f64> {
    match value.to_f64() {
        Some(f) if f.is_finite() => Ok(f),
        _ => Err(overflow_error("int too large to convert to float")),
    }
}

/// An index into a sequence of this length, counted from the end if negative.
pub fn wrap_index(index: isize, length: usize, what: &str) -> PyResult<usize> {
    let wrapped = if index < 0 {
        index + length as isize
    } else {
        index
    };
    if wrapped < 0 || wrapped as usize >= length {
        return Err(index_error(format!("{what} index out of range")));
    }
    Ok(wrapped as usize)
}

/// Is this class's instances' integer value exactly what arithmetic sees?
pub fn is_exact_int(value: &Value) -> bool {
    value.as_small_int().is_some() || value.downcast_exact::<Int>().is_some()
}
