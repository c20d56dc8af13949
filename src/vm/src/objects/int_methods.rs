//! Slots and methods of `int`.

use crate::abstract_ops as ops;
use crate::exceptions::{PyResult, memory_error, overflow_error, type_error, value_error};
use crate::native::NativeClass;
use crate::numeric::hash;
use crate::object::Ref;
use crate::objects::buffer;
use crate::objects::bytes::Bytes;
use crate::objects::class::{CompareOp, Type};
use crate::objects::int::{Int, IntView};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::{int_arith, int_text, text_support};
use crate::value::Value;
use taipan_macros::pymethods;

/// Both operands, if both are ints.
#[inline]
fn operands<'a>(a: &'a Value, b: &'a Value) -> Option<(IntView<'a>, IntView<'a>)> {
    Some((a.as_int()?, b.as_int()?))
}

/// The receiver of a method: `self` is an int by the descriptor's check.
#[inline]
fn receiver(this: &Value) -> IntView<'_> {
    this.as_int().unwrap_or(IntView::Small(0))
}

macro_rules! binary {
    ($a:ident, $b:ident, $result:expr) => {
        match operands($a, $b) {
            Some(($a, $b)) => $result,
            None => Ok(Value::not_implemented()),
        }
    };
}

/// Refuses `base.__new__(class)` for a class that is not derived from it.
pub fn check_new(base: &Type, class: &Type) -> PyResult<()> {
    if class.is_subclass(base) {
        return Ok(());
    }
    let (base, class) = (base.name(), class.name());
    Err(type_error(format!(
        "{base}.__new__({class}): {class} is not a subtype of {base}"
    )))
}

/// `int(value)` without a base, as an exact int.
pub fn to_int(value: &Value) -> PyResult {
    if let Some(int) = value.as_int()
        && ops::is_exact_int(value)
    {
        return Ok(int_arith::plain(int));
    }
    let slots = value.class().slots();
    if let Some(int) = slots.int {
        let answer = int(value)?;
        return match answer.as_int() {
            Some(view) => {
                if !ops::is_exact_int(&answer) {
                    ops::warn_of_subclass("__int__", "int", &answer)?;
                }
                Ok(int_arith::plain(view))
            }
            None => Err(type_error(format!(
                "__int__ returned non-int (type {})",
                answer.class().name()
            ))),
        };
    }
    if slots.index.is_some() {
        let answer = ops::index(value)?;
        return Ok(int_arith::plain(receiver(&answer)));
    }
    if let Some(text) = value.downcast::<Str>() {
        return int_text::parse(int_text::Source::Text(text), 10);
    }
    if let Some(bytes) = buffer::try_bytes(value)? {
        return int_text::parse(int_text::Source::Bytes(&bytes), 10);
    }
    Err(type_error(format!(
        "int() argument must be a string, a bytes-like object or a real number, not '{}'",
        value.class().name()
    )))
}

fn with_base(value: &Value, base: &Value) -> PyResult {
    let base_index = ops::index_clamped(base)?;
    if base_index != 0 && !(2..=36).contains(&base_index) {
        return Err(value_error("int() base must be >= 2 and <= 36, or 0"));
    }
    let base = base_index as u32;
    if let Some(text) = value.downcast::<Str>() {
        return int_text::parse(int_text::Source::Text(text), base);
    }
    if let Some(bytes) = buffer::bytes_or_bytearray(value) {
        return int_text::parse(int_text::Source::Bytes(&bytes), base);
    }
    Err(type_error(
        "int() can't convert non-string with explicit base",
    ))
}

/// `byteorder` of `to_bytes` and `from_bytes`: is it little?
fn is_little(order: &Str) -> PyResult<bool> {
    match () {
        _ if order.is_text("little") => Ok(true),
        _ if order.is_text("big") => Ok(false),
        _ => Err(value_error("byteorder must be either 'little' or 'big'")),
    }
}

#[pymethods]
impl Int {
    #[pyslot("int(x=<unrepresentable>, /, base=<unrepresentable>)")]
    fn new(cls: &Type, x: Option<&Value>, base: Option<&Value>) -> PyResult {
        check_new(Int::class(), cls)?;
        let value = match (x, base) {
            (None, None) => Value::int(0),
            (None, Some(_)) => return Err(type_error("int() missing string argument")),
            (Some(x), None) => to_int(x)?,
            (Some(x), Some(base)) => with_base(x, base)?,
        };
        if std::ptr::eq(cls, Int::class()) {
            return Ok(value);
        }
        Ok(Int::new_instance(cls, receiver(&value).to_big()))
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult {
        int_text::to_str(receiver(this)).map(Ref::into_value)
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        Ok(match receiver(this) {
            IntView::Small(value) => hash::hash_i64(value),
            IntView::Big(value) => hash::hash_big(value),
        })
    }
    #[pyslot]
    fn richcompare(a: &Value, b: &Value, op: CompareOp) -> PyResult {
        binary!(a, b, Ok(Value::bool(op.holds(int_arith::compare(a, b)))))
    }
    #[pyslot]
    fn add(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(int_arith::add(a, b)))
    }
    #[pyslot]
    fn subtract(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(int_arith::subtract(a, b)))
    }
    #[pyslot]
    fn multiply(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, int_arith::multiply(a, b))
    }
    #[pyslot]
    fn remainder(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, int_arith::remainder(a, b))
    }
    #[pyslot]
    fn divmod(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, {
            let (quotient, remainder) = int_arith::divmod(a, b)?;
            Ok(Tuple::new([quotient, remainder]).into_value())
        })
    }
    #[pyslot]
    fn floor_divide(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, int_arith::floor_divide(a, b))
    }
    #[pyslot]
    fn true_divide(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, int_arith::true_divide(a, b))
    }
    #[pyslot]
    fn lshift(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, int_arith::shift_left(a, b))
    }
    #[pyslot]
    fn rshift(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, int_arith::shift_right(a, b))
    }
    #[pyslot]
    fn and(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(int_arith::and(a, b)))
    }
    #[pyslot]
    fn or(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(int_arith::or(a, b)))
    }
    #[pyslot]
    fn xor(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(int_arith::xor(a, b)))
    }
    #[pyslot]
    fn power(a: &Value, b: &Value, modulus: &Value) -> PyResult {
        let Some((base, exponent)) = operands(a, b) else {
            return Ok(Value::not_implemented());
        };
        if modulus.is_none() {
            if exponent.is_negative() {
                return super::float_arith::power(
                    int_arith::to_float(base)?,
                    int_arith::to_float(exponent)?,
                );
            }
            return int_arith::power(base, exponent);
        }
        match modulus.as_int() {
            Some(modulus) => int_arith::power_modulo(base, exponent, modulus),
            None => Ok(Value::not_implemented()),
        }
    }
    #[pyslot]
    fn negative(this: &Value) -> PyResult {
        Ok(int_arith::negate(receiver(this)))
    }
    #[pyslot]
    fn positive(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    #[pyslot]
    fn absolute(this: &Value) -> PyResult {
        Ok(int_arith::absolute(receiver(this)))
    }
    #[pyslot]
    fn invert(this: &Value) -> PyResult {
        Ok(int_arith::invert(receiver(this)))
    }
    #[pyslot]
    fn bool(this: &Value) -> PyResult<bool> {
        Ok(!receiver(this).is_zero())
    }
    #[pyslot]
    fn int(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    #[pyslot]
    fn index(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    #[pyslot]
    fn float(this: &Value) -> PyResult {
        int_arith::to_float(receiver(this)).map(Value::float)
    }

    /// The number itself: an int is its own conjugate.
    #[pymethod("conjugate($self, /)")]
    fn conjugate(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    /// How many bits the number has in binary, without sign and leading zeros.
    #[pymethod("bit_length($self, /)")]
    fn bit_length(this: &Value) -> PyResult {
        Ok(Value::int(int_arith::bit_length(receiver(this)) as i64))
    }
    /// How many ones the absolute value has in binary.
    #[pymethod("bit_count($self, /)")]
    fn bit_count(this: &Value) -> PyResult {
        Ok(Value::int(int_arith::bit_count(receiver(this)) as i64))
    }
    /// The number as `length` bytes.
    ///
    /// OverflowError is raised if they are too few, or if the number is negative and not `signed`
    /// (two's complement).
    #[pymethod("to_bytes($self, /, length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(
        this: &Value,
        length: isize,
        byteorder: Option<&Str>,
        signed: Option<&Value>,
    ) -> PyResult {
        let little = byteorder.map_or(Ok(false), is_little)?;
        let signed = signed.map_or(Ok(false), ops::is_true)?;
        let length = usize::try_from(length)
            .map_err(|_| value_error("length argument must be non-negative"))?;
        let value = receiver(this);
        if value.is_negative() && !signed {
            return Err(overflow_error("can't convert negative int to unsigned"));
        }
        if length > crate::text::format_spec::MAX_WIDTH / 256 {
            return Err(memory_error(""));
        }
        let Some(mut bytes) = int_arith::to_bytes(value, length, signed) else {
            return Err(overflow_error("int too big to convert"));
        };
        if !little {
            bytes.reverse();
        }
        Ok(Bytes::from_slice(&bytes).into_value())
    }
    /// The number that these bytes stand for; `signed` reads them as two's complement.
    #[pyclassmethod("from_bytes($type, /, bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(
        cls: &Type,
        bytes: &Value,
        byteorder: Option<&Str>,
        signed: Option<&Value>,
    ) -> PyResult {
        let little = byteorder.map_or(Ok(false), is_little)?;
        let signed = signed.map_or(Ok(false), ops::is_true)?;
        let bytes = super::bytes_new::bytes_of(bytes)?;
        let value = int_arith::from_bytes(&bytes, little, signed);
        if std::ptr::eq(cls, Int::class()) {
            return Ok(value);
        }
        ops::call(&crate::object::object_value(cls), &[value])
    }
    /// Numerator and denominator: the number and 1.
    #[pymethod("as_integer_ratio($self, /)")]
    fn as_integer_ratio(this: &Value) -> PyResult {
        Ok(Tuple::new([int_arith::plain(receiver(this)), Value::int(1)]).into_value())
    }
    /// The number itself.
    #[pymethod("__trunc__($self, /)")]
    fn trunc(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    /// The number itself.
    #[pymethod("__floor__($self, /)")]
    fn floor(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    /// The number itself.
    #[pymethod("__ceil__($self, /)")]
    fn ceil(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    /// The number rounded to a power of ten if `ndigits` is negative.
    #[pymethod("__round__($self, ndigits=None, /)")]
    fn round(this: &Value, ndigits: Option<&Value>) -> PyResult {
        let value = receiver(this);
        let Some(ndigits) = ndigits else {
            return Ok(int_arith::plain(value));
        };
        let ndigits = ops::index(ndigits)?;
        let ndigits = receiver(&ndigits);
        if !ndigits.is_negative() {
            return Ok(int_arith::plain(value));
        }
        let digits = ndigits.to_i64().map_or(u64::MAX, i64::unsigned_abs);
        Ok(int_arith::round_to_power_of_ten(value, digits))
    }
    #[pymethod("__getnewargs__($self, /)")]
    fn getnewargs(this: &Value) -> PyResult {
        Ok(Tuple::new([int_arith::plain(receiver(this))]).into_value())
    }
    /// The number as text, laid out by the format specification.
    #[pymethod("__format__($self, format_spec, /)")]
    fn format(this: &Value, format_spec: &Value) -> PyResult {
        let spec = text_support::format_spec(format_spec)?;
        if spec.is_empty() {
            return ops::str(this).map(Ref::into_value);
        }
        if ops::is_exact_int(this) {
            return int_text::format(receiver(this), spec, "int");
        }
        int_text::format(receiver(this), spec, &this.class().name())
    }
    /// Size in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn sizeof(this: &Value) -> PyResult {
        let digits = match this.downcast::<Int>() {
            Some(int) => int.value.bits().div_ceil(64) * 8,
            None => 0,
        };
        Ok(Value::int(size_of::<Int>() as i64 + digits as i64))
    }
    /// True: for duck compatibility with `float.is_integer`.
    #[pymethod("is_integer($self, /)")]
    fn is_integer(this: &Value) -> PyResult {
        let _ = this;
        Ok(Value::bool(true))
    }
    /// The real part: the number itself.
    #[pygetset]
    fn real(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    /// The imaginary part: 0.
    #[pygetset]
    fn imag(this: &Value) -> PyResult {
        let _ = this;
        Ok(Value::int(0))
    }
    /// The numerator in lowest terms: the number itself.
    #[pygetset]
    fn numerator(this: &Value) -> PyResult {
        Ok(int_arith::plain(receiver(this)))
    }
    /// The denominator in lowest terms: 1.
    #[pygetset]
    fn denominator(this: &Value) -> PyResult {
        let _ = this;
        Ok(Value::int(1))
    }
}
