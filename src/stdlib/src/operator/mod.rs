//! `_operator`: the operators as functions.

mod getters;

use taipan_macros::pymodule;

pub use operator::MODULE;

/// Operator interface.
///
/// This module exports a set of functions implemented in C corresponding
/// to the intrinsic operators of Python.  For example, operator.add(x, y)
/// is equivalent to the expression x+y.  The function names are those
/// used for special methods; variants without leading and trailing
/// '__' are also provided for convenience.
#[pymodule(
    name = "_operator",
    classes(
        super::getters::ItemGetter,
        super::getters::AttrGetter,
        super::getters::MethodCaller
    )
)]
mod operator {
    use taipan_vm::abstract_ops::{self as ops, BinaryOp};
    use taipan_vm::exceptions::{PyResult, type_error, value_error};
    use taipan_vm::objects::buffer;
    use taipan_vm::objects::class::CompareOp;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    /// Same as a + b.
    #[pyfunction("add($module, a, b, /)")]
    fn add(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Add, a, b)
    }

    /// Same as a - b.
    #[pyfunction("sub($module, a, b, /)")]
    fn sub(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Subtract, a, b)
    }

    /// Same as a * b.
    #[pyfunction("mul($module, a, b, /)")]
    fn mul(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Multiply, a, b)
    }

    /// Same as a @ b.
    #[pyfunction("matmul($module, a, b, /)")]
    fn matmul(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::MatrixMultiply, a, b)
    }

    /// Same as a // b.
    #[pyfunction("floordiv($module, a, b, /)")]
    fn floordiv(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::FloorDivide, a, b)
    }

    /// Same as a / b.
    #[pyfunction("truediv($module, a, b, /)")]
    fn truediv(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::TrueDivide, a, b)
    }

    /// Same as a % b.
    #[pyfunction("mod($module, a, b, /)")]
    fn modulo(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Remainder, a, b)
    }

    /// Same as a << b.
    #[pyfunction("lshift($module, a, b, /)")]
    fn lshift(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Lshift, a, b)
    }

    /// Same as a >> b.
    #[pyfunction("rshift($module, a, b, /)")]
    fn rshift(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Rshift, a, b)
    }

    /// Same as a & b.
    #[pyfunction("and_($module, a, b, /)")]
    fn and_(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::And, a, b)
    }

    /// Same as a ^ b.
    #[pyfunction("xor($module, a, b, /)")]
    fn xor(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Xor, a, b)
    }

    /// Same as a | b.
    #[pyfunction("or_($module, a, b, /)")]
    fn or_(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Or, a, b)
    }

    /// Same as a ** b.
    #[pyfunction("pow($module, a, b, /)")]
    fn pow(a: &Value, b: &Value) -> PyResult {
        ops::binary_op(BinaryOp::Power, a, b)
    }

    /// Same as a += b.
    #[pyfunction("iadd($module, a, b, /)")]
    fn iadd(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Add, a, b)
    }

    /// Same as a -= b.
    #[pyfunction("isub($module, a, b, /)")]
    fn isub(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Subtract, a, b)
    }

    /// Same as a *= b.
    #[pyfunction("imul($module, a, b, /)")]
    fn imul(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Multiply, a, b)
    }

    /// Same as a @= b.
    #[pyfunction("imatmul($module, a, b, /)")]
    fn imatmul(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::MatrixMultiply, a, b)
    }

    /// Same as a //= b.
    #[pyfunction("ifloordiv($module, a, b, /)")]
    fn ifloordiv(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::FloorDivide, a, b)
    }

    /// Same as a /= b.
    #[pyfunction("itruediv($module, a, b, /)")]
    fn itruediv(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::TrueDivide, a, b)
    }

    /// Same as a %= b.
    #[pyfunction("imod($module, a, b, /)")]
    fn imod(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Remainder, a, b)
    }

    /// Same as a <<= b.
    #[pyfunction("ilshift($module, a, b, /)")]
    fn ilshift(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Lshift, a, b)
    }

    /// Same as a >>= b.
    #[pyfunction("irshift($module, a, b, /)")]
    fn irshift(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Rshift, a, b)
    }

    /// Same as a &= b.
    #[pyfunction("iand($module, a, b, /)")]
    fn iand(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::And, a, b)
    }

    /// Same as a ^= b.
    #[pyfunction("ixor($module, a, b, /)")]
    fn ixor(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Xor, a, b)
    }

    /// Same as a |= b.
    #[pyfunction("ior($module, a, b, /)")]
    fn ior(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Or, a, b)
    }

    /// Same as a **= b.
    #[pyfunction("ipow($module, a, b, /)")]
    fn ipow(a: &Value, b: &Value) -> PyResult {
        ops::inplace_op(BinaryOp::Power, a, b)
    }

    /// Same as a < b.
    #[pyfunction("lt($module, a, b, /)")]
    fn lt(a: &Value, b: &Value) -> PyResult {
        ops::rich_compare(a, b, CompareOp::Lt)
    }

    /// Same as a <= b.
    #[pyfunction("le($module, a, b, /)")]
    fn le(a: &Value, b: &Value) -> PyResult {
        ops::rich_compare(a, b, CompareOp::Le)
    }

    /// Same as a == b.
    #[pyfunction("eq($module, a, b, /)")]
    fn eq(a: &Value, b: &Value) -> PyResult {
        ops::rich_compare(a, b, CompareOp::Eq)
    }

    /// Same as a != b.
    #[pyfunction("ne($module, a, b, /)")]
    fn ne(a: &Value, b: &Value) -> PyResult {
        ops::rich_compare(a, b, CompareOp::Ne)
    }

    /// Same as a > b.
    #[pyfunction("gt($module, a, b, /)")]
    fn gt(a: &Value, b: &Value) -> PyResult {
        ops::rich_compare(a, b, CompareOp::Gt)
    }

    /// Same as a >= b.
    #[pyfunction("ge($module, a, b, /)")]
    fn ge(a: &Value, b: &Value) -> PyResult {
        ops::rich_compare(a, b, CompareOp::Ge)
    }

    /// Same as -a.
    #[pyfunction("neg($module, a, /)")]
    fn neg(a: &Value) -> PyResult {
        ops::negative(a)
    }

    /// Same as +a.
    #[pyfunction("pos($module, a, /)")]
    fn pos(a: &Value) -> PyResult {
        ops::positive(a)
    }

    /// Same as abs(a).
    #[pyfunction("abs($module, a, /)")]
    fn absolute(a: &Value) -> PyResult {
        ops::absolute(a)
    }

    /// Same as ~a.
    #[pyfunction("inv($module, a, /)")]
    fn inv(a: &Value) -> PyResult {
        ops::invert(a)
    }

    /// Same as ~a.
    #[pyfunction("invert($module, a, /)")]
    fn invert(a: &Value) -> PyResult {
        ops::invert(a)
    }

    /// Same as a.__index__()
    #[pyfunction("index($module, a, /)")]
    fn index(a: &Value) -> PyResult {
        // An instance of a subclass becomes a plain int.
        let int = ops::index(a)?;
        match int.as_int() {
            Some(view) if !ops::is_exact_int(&int) => Ok(Value::from_big(view.to_big())),
            _ => Ok(int),
        }
    }

    /// Return True if a is true, False otherwise.
    #[pyfunction("truth($module, a, /)")]
    fn truth(a: &Value) -> PyResult<bool> {
        ops::is_true(a)
    }

    /// Same as not a.
    #[pyfunction("not_($module, a, /)")]
    fn not_(a: &Value) -> PyResult<bool> {
        Ok(!ops::is_true(a)?)
    }

    /// Same as a is b.
    #[pyfunction("is_($module, a, b, /)")]
    fn is_(a: &Value, b: &Value) -> bool {
        a.is(b)
    }

    /// Same as a is not b.
    #[pyfunction("is_not($module, a, b, /)")]
    fn is_not(a: &Value, b: &Value) -> bool {
        !a.is(b)
    }

    /// Same as a is None.
    #[pyfunction("is_none($module, a, /)")]
    fn is_none(a: &Value) -> bool {
        a.is_none()
    }

    /// Same as a is not None.
    #[pyfunction("is_not_none($module, a, /)")]
    fn is_not_none(a: &Value) -> bool {
        !a.is_none()
    }

    /// Same as b in a (note reversed operands).
    #[pyfunction("contains($module, a, b, /)")]
    fn contains(a: &Value, b: &Value) -> PyResult<bool> {
        ops::contains(a, b)
    }

    /// Same as a[b].
    #[pyfunction("getitem($module, a, b, /)")]
    fn getitem(a: &Value, b: &Value) -> PyResult {
        ops::getitem(a, b)
    }

    /// Same as a[b] = c.
    #[pyfunction("setitem($module, a, b, c, /)")]
    fn setitem(a: &Value, b: &Value, c: &Value) -> PyResult<()> {
        ops::setitem(a, b, c)
    }

    /// Same as del a[b].
    #[pyfunction("delitem($module, a, b, /)")]
    fn delitem(a: &Value, b: &Value) -> PyResult<()> {
        ops::delitem(a, b)
    }

    /// Joins two sequences, by their own slot or by `+` where both have `__getitem__`.
    fn joined(a: &Value, b: &Value, inplace: bool) -> PyResult {
        let slots = a.class().slots();
        let own = if inplace {
            slots.inplace_concat.or(slots.concat)
        } else {
            slots.concat
        };
        if let Some(concat) = own {
            return concat(a, b);
        }
        let is_sequence = |value: &Value| value.class().slots().getitem.is_some();
        if is_sequence(a) && is_sequence(b) {
            return if inplace {
                ops::inplace_op(BinaryOp::Add, a, b)
            } else {
                ops::binary_op(BinaryOp::Add, a, b)
            };
        }
        Err(type_error(format!(
            "'{}' object can't be concatenated",
            a.class().name()
        )))
    }

    /// Same as a + b, for a and b sequences.
    #[pyfunction("concat($module, a, b, /)")]
    fn concat(a: &Value, b: &Value) -> PyResult {
        joined(a, b, false)
    }

    /// Same as a += b, for a and b sequences.
    #[pyfunction("iconcat($module, a, b, /)")]
    fn iconcat(a: &Value, b: &Value) -> PyResult {
        joined(a, b, true)
    }

    fn searched(a: &Value) -> PyResult {
        let slots = a.class().slots();
        if slots.iter.is_none() && slots.getitem.is_none() {
            return Err(type_error(format!(
                "argument of type '{}' is not iterable",
                a.class().name()
            )));
        }
        ops::iter(a)
    }

    /// Return the number of items in a which are, or which equal, b.
    #[pyfunction("countOf($module, a, b, /)")]
    fn count_of(a: &Value, b: &Value) -> PyResult<i64> {
        let mut count = 0;
        let items = searched(a)?;
        while let Some(item) = ops::next(&items)? {
            if ops::equals(&item, b)? {
                count += 1;
            }
        }
        Ok(count)
    }

    /// Return the first index of b in a.
    #[pyfunction("indexOf($module, a, b, /)")]
    fn index_of(a: &Value, b: &Value) -> PyResult<i64> {
        let mut at = 0;
        let items = searched(a)?;
        while let Some(item) = ops::next(&items)? {
            if ops::equals(&item, b)? {
                return Ok(at);
            }
            at += 1;
        }
        Err(value_error("sequence.index(x): x not in sequence"))
    }

    /// Return an estimate of the number of items in obj.
    ///
    /// This is useful for presizing containers when building from an iterable.
    ///
    /// If the object supports len(), the result will be exact.
    /// Otherwise, it may over- or under-estimate by an arbitrary amount.
    /// The result will be an integer >= 0.
    #[pyfunction("length_hint($module, obj, default=0, /)")]
    fn length_hint(obj: &Value, default: isize) -> PyResult<i64> {
        match ops::length_hint(obj, usize::MAX)? {
            usize::MAX => Ok(default as i64),
            length => Ok(length as i64),
        }
    }

    /// Same as obj(*args, **kwargs).
    #[pyfunction("call", raw)]
    fn call(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let given = args.len() - kwnames.map_or(0, Tuple::len);
        match args.split_first() {
            Some((callable, rest)) if given > 0 => ops::call_kw(callable, rest, kwnames),
            _ => Err(type_error("call expected at least 1 argument, got 0")),
        }
    }

    /// Compares without stopping at the first difference.
    fn same_bytes(a: &[u8], b: &[u8]) -> bool {
        // The length of the second one may be told by the time taken, as in CPython.
        let other = if a.len() == b.len() { a } else { b };
        let mut difference = u8::from(a.len() != b.len());
        for (x, y) in other.iter().zip(b) {
            difference |= std::hint::black_box(x ^ y);
        }
        difference == 0
    }

    /// Return 'a == b'.
    ///
    /// This function uses an approach designed to prevent
    /// timing analysis, making it appropriate for cryptography.
    ///
    /// a and b must both be of the same type: either str (ASCII only),
    /// or any bytes-like object.
    ///
    /// Note: If a and b are of different lengths, or if an error occurs,
    /// a timing attack could theoretically reveal information about the
    /// types and lengths of a and b--but not their values.
    #[pyfunction("_compare_digest($module, a, b, /)")]
    fn compare_digest(a: &Value, b: &Value) -> PyResult<bool> {
        if let (Some(x), Some(y)) = (a.downcast::<Str>(), b.downcast::<Str>()) {
            let (Some(x), Some(y)) = (x.as_ascii(), y.as_ascii()) else {
                return Err(type_error(
                    "comparing strings with non-ASCII characters is not supported",
                ));
            };
            return Ok(same_bytes(x.as_bytes(), y.as_bytes()));
        }
        let lends = |value: &Value| value.class().slots().buffer.is_some();
        if !lends(a) && !lends(b) {
            return Err(type_error(format!(
                "unsupported operand types(s) or combination of types: '{}' and '{}'",
                a.class().name(),
                b.class().name()
            )));
        }
        Ok(same_bytes(&buffer::bytes_like(a)?, &buffer::bytes_like(b)?))
    }
}
