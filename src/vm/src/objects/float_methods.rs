//! Slots and methods of `float`.

use crate::abstract_ops as ops;
use crate::exceptions::{PyResult, overflow_error, type_error, value_error};
use crate::native::NativeClass;
use crate::numeric::{float_digits, float_hex, float_parse, hash};
use crate::object::Ref;
use crate::objects::class::{CompareOp, Type};
use crate::objects::float::Float;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::{buffer, float_arith, int_arith, int_methods, int_text, text_support};
use crate::text::{escape, format_number, unicode};
use crate::value::Value;
use std::cmp::Ordering;
use std::io::Write;
use taipan_macros::pymethods;

/// An operand as float: floats and ints are taken, nothing else.
fn operand(value: &Value) -> PyResult<Option<f64>> {
    if let Some(float) = value.as_float() {
        return Ok(Some(float));
    }
    value.as_int().map(int_arith::to_float).transpose()
}

fn receiver(this: &Value) -> f64 {
    this.as_float().unwrap_or(0.0)
}

macro_rules! binary {
    ($a:ident, $b:ident, $result:expr) => {
        match (operand($a)?, operand($b)?) {
            (Some($a), Some($b)) => $result,
            _ => Ok(Value::not_implemented()),
        }
    };
}

/// `float(text)`.
fn parse(value: &Value) -> PyResult<Option<f64>> {
    if let Some(text) = value.downcast::<Str>() {
        let number =
            unicode::to_ascii_number(text.units()).and_then(|text| float_parse::parse(&text));
        return match number {
            Some(number) => Ok(Some(number)),
            None => Err(unreadable(&escape::repr(text.units()).units().to_rust())),
        };
    }
    if let Some(bytes) = buffer::try_bytes(value)? {
        let number = std::str::from_utf8(&bytes)
            .ok()
            .filter(|text| text.is_ascii())
            .and_then(float_parse::parse);
        return match number {
            Some(number) => Ok(Some(number)),
            None => Err(unreadable(&escape::bytes_repr(&bytes))),
        };
    }
    Ok(None)
}

fn unreadable(shown: &str) -> crate::exceptions::Raised {
    value_error(format!("could not convert string to float: {shown}"))
}

/// `float(value)`.
pub fn to_float(value: &Value) -> PyResult<f64> {
    if let Some(float) = value.as_exact_float() {
        return Ok(float);
    }
    // A class derived from `float` or `str` may convert in its own way.
    let slots = value.class().slots();
    if let Some(float) = slots.float {
        return ops::converted(value, float(value)?);
    }
    if slots.index.is_some() || value.as_float().is_some() {
        return ops::to_f64(value);
    }
    match parse(value)? {
        Some(parsed) => Ok(parsed),
        None => Err(type_error(format!(
            "float() argument must be a string or a real number, not '{}'",
            value.class().name()
        ))),
    }
}

fn instance(cls: &Type, value: f64) -> Value {
    Float::new_instance(cls, value)
}

/// `float.fromhex` and `float.from_number` call subclasses.
fn construct(cls: &Type, value: f64) -> PyResult {
    if std::ptr::eq(cls, Float::class()) {
        return Ok(Value::float(value));
    }
    ops::call(&crate::object::object_value(cls), &[Value::float(value)])
}

/// The formats `.0f` to `.20f` of numbers of an everyday size.
pub fn fixed(number: f64, spec: &Str) -> Option<Ref<Str>> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| usize::from(byte - b'0'));
    let precision = match *spec.as_ascii()?.as_bytes() {
        [b'.', ones, b'f'] => digit(ones)?,
        [b'.', tens, ones, b'f'] => 10 * digit(tens)? + digit(ones)?,
        _ => return None,
    };
    if precision > 20 || number.is_nan() || number.abs() >= 1e15 {
        return None;
    }
    // Sign, 16 digits, point, 20 digits.
    let mut text = [0u8; 40];
    let mut rest = &mut text[..];
    write!(rest, "{number:.precision$}").ok()?;
    let left = rest.len();
    Some(Str::from_latin1(&text[..40 - left]))
}

#[pymethods]
impl Float {
    #[pyslot("float(x=0, /)")]
    fn new(cls: &Type, x: Option<&Value>) -> PyResult {
        int_methods::check_new(Float::class(), cls)?;
        let value = x.map_or(Ok(0.0), to_float)?;
        // The very object, where it is a float already: NaN keeps its identity.
        match x {
            Some(x) if std::ptr::eq(cls, Float::class()) && x.as_exact_float().is_some() => {
                Ok(x.clone())
            }
            _ => Ok(instance(cls, value)),
        }
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult {
        Ok(Str::from_latin1(float_digits::repr(receiver(this)).as_bytes()).into_value())
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        // NaN hashes by identity.
        Ok(hash::hash_f64(receiver(this)).unwrap_or_else(|| (this.raw().0 >> 4) as i64))
    }
    #[pyslot]
    fn richcompare(a: &Value, b: &Value, op: CompareOp) -> PyResult {
        let ordering = match (a.as_float(), b.as_float()) {
            (Some(x), Some(y)) => x.partial_cmp(&y),
            (Some(x), None) => match b.as_int() {
                Some(y) => int_arith::compare_float(y, x).map(Ordering::reverse),
                None => return Ok(Value::not_implemented()),
            },
            _ => return Ok(Value::not_implemented()),
        };
        Ok(Value::bool(
            ordering.map_or(op == CompareOp::Ne, |ordering| op.holds(ordering)),
        ))
    }
    #[pyslot]
    fn add(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(Value::float(a + b)))
    }
    #[pyslot]
    fn subtract(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(Value::float(a - b)))
    }
    #[pyslot]
    fn multiply(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(Value::float(a * b)))
    }
    #[pyslot]
    fn true_divide(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, float_arith::divide(a, b).map(Value::float))
    }
    #[pyslot]
    fn floor_divide(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, float_arith::floor_divide(a, b).map(Value::float))
    }
    #[pyslot]
    fn remainder(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, float_arith::remainder(a, b).map(Value::float))
    }
    #[pyslot]
    fn divmod(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, {
            let (quotient, remainder) = float_arith::divmod(a, b)?;
            Ok(Tuple::new([Value::float(quotient), Value::float(remainder)]).into_value())
        })
    }
    #[pyslot]
    fn power(a: &Value, b: &Value, modulus: &Value) -> PyResult {
        if !modulus.is_none() {
            return Err(type_error(
                "pow() 3rd argument not allowed unless all arguments are integers",
            ));
        }
        binary!(a, b, float_arith::power(a, b))
    }
    #[pyslot]
    fn negative(this: &Value) -> PyResult {
        Ok(Value::float(-receiver(this)))
    }
    #[pyslot]
    fn positive(this: &Value) -> PyResult {
        Ok(Value::float(receiver(this)))
    }
    #[pyslot]
    fn absolute(this: &Value) -> PyResult {
        Ok(Value::float(receiver(this).abs()))
    }
    #[pyslot]
    fn bool(this: &Value) -> PyResult<bool> {
        Ok(receiver(this) != 0.0)
    }
    #[pyslot]
    fn int(this: &Value) -> PyResult {
        int_text::from_float(receiver(this))
    }
    #[pyslot]
    fn float(this: &Value) -> PyResult {
        Ok(Value::float(receiver(this)))
    }

    /// A float from a real number; text is not taken.
    #[pyclassmethod("from_number($type, number, /)")]
    fn from_number(cls: &Type, number: &Value) -> PyResult {
        if std::ptr::eq(cls, Float::class()) && number.as_exact_float().is_some() {
            return Ok(number.clone());
        }
        construct(cls, ops::to_f64(number)?)
    }
    /// The number itself: a float is its own conjugate.
    #[pymethod("conjugate($self, /)")]
    fn conjugate(this: &Value) -> PyResult {
        Ok(Value::float(receiver(this)))
    }
    /// The integer part.
    #[pymethod("__trunc__($self, /)")]
    fn trunc(this: &Value) -> PyResult {
        int_text::from_float(receiver(this))
    }
    /// The greatest integer that is not above the number.
    #[pymethod("__floor__($self, /)")]
    fn floor(this: &Value) -> PyResult {
        int_text::from_float(receiver(this).floor())
    }
    /// The least integer that is not below the number.
    #[pymethod("__ceil__($self, /)")]
    fn ceil(this: &Value) -> PyResult {
        int_text::from_float(receiver(this).ceil())
    }
    /// The nearest integer, or the nearest float with that many decimal digits; ties go to even.
    #[pymethod("__round__($self, ndigits=None, /)")]
    fn round(this: &Value, ndigits: Option<&Value>) -> PyResult {
        let value = receiver(this);
        match ndigits {
            None => int_text::from_float(float_arith::round_half_even(value)),
            Some(ndigits) => {
                let digits = ops::index_clamped(ndigits)?;
                float_arith::round_to(value, digits as i64).map(Value::float)
            }
        }
    }
    /// The pair of integers whose quotient is exactly this number, in lowest terms.
    #[pymethod("as_integer_ratio($self, /)")]
    fn as_integer_ratio(this: &Value) -> PyResult {
        let (numerator, denominator) = float_arith::integer_ratio(receiver(this))?;
        Ok(Tuple::new([Value::from_big(numerator), Value::from_big(denominator)]).into_value())
    }
    /// A float from its hexadecimal form.
    #[pyclassmethod("fromhex($type, string, /)")]
    fn fromhex(cls: &Type, string: &Value) -> PyResult {
        let Some(text) = string.downcast::<Str>() else {
            return Err(type_error("bad argument type for built-in operation"));
        };
        let parsed = match text.as_ascii() {
            Some(text) => float_hex::from_hex(text),
            None => Err(float_hex::HexError::Invalid),
        };
        match parsed {
            Ok(value) => construct(cls, value),
            Err(float_hex::HexError::Invalid) => {
                Err(value_error("invalid hexadecimal floating-point string"))
            }
            Err(float_hex::HexError::TooLarge) => Err(overflow_error(
                "hexadecimal value too large to represent as a float",
            )),
        }
    }
    /// The number in hexadecimal, exactly.
    #[pymethod("hex($self, /)")]
    fn hex(this: &Value) -> PyResult {
        Ok(Str::from_latin1(float_hex::to_hex(receiver(this)).as_bytes()).into_value())
    }
    /// Whether the number is an integer.
    #[pymethod("is_integer($self, /)")]
    fn is_integer(this: &Value) -> PyResult {
        let value = receiver(this);
        Ok(Value::bool(value.is_finite() && value.fract() == 0.0))
    }
    #[pymethod("__getnewargs__($self, /)")]
    fn getnewargs(this: &Value) -> PyResult {
        Ok(Tuple::new([Value::float(receiver(this))]).into_value())
    }
    /// How C's `double` or `float` lies in memory on this machine.
    #[pyclassmethod("__getformat__($type, typestr, /)")]
    fn getformat(cls: &Type, typestr: &Str) -> PyResult {
        let _ = cls;
        if !typestr.is_text("double") && !typestr.is_text("float") {
            return Err(value_error(
                "__getformat__() argument 1 must be 'double' or 'float'",
            ));
        }
        let order = if cfg!(target_endian = "little") {
            "IEEE, little-endian"
        } else {
            "IEEE, big-endian"
        };
        Ok(Str::new(order).into_value())
    }
    /// The number as text, laid out by the format specification.
    #[pymethod("__format__($self, format_spec, /)")]
    fn format(this: &Value, format_spec: &Value) -> PyResult {
        let spec = text_support::format_spec(format_spec)?;
        if spec.is_empty() {
            return ops::str(this).map(Ref::into_value);
        }
        if let Some(text) = fixed(receiver(this), spec) {
            return Ok(text.into_value());
        }
        let type_name = this.class().name();
        let parsed = format_number::parse_number_spec(spec.units(), None, &type_name)
            .map_err(text_support::raise_format)?;
        let padded = format_number::format_float(receiver(this), &parsed, &type_name)
            .map_err(text_support::raise_format)?;
        text_support::from_padded(&padded)
    }
    /// The real part: the number itself.
    #[pygetset]
    fn real(this: &Value) -> PyResult {
        Ok(Value::float(receiver(this)))
    }
    /// The imaginary part: 0.
    #[pygetset]
    fn imag(this: &Value) -> PyResult {
        let _ = this;
        Ok(Value::float(0.0))
    }
}

/// An int or float as a float, for the constructors of other number types.
pub fn real_operand(value: &Value) -> PyResult<Option<f64>> {
    operand(value)
}
