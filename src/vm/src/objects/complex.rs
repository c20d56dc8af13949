//! `complex`.

use crate::abstract_ops as ops;
use crate::exceptions::{PyResult, type_error, value_error};
use crate::names;
use crate::native::NativeClass;
use crate::numeric::{float_parse, hash};
use crate::object::{Header, Ref};
use crate::objects::class::{CompareOp, Type};
use crate::objects::complex_arith::{self, Operand, Pair};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::{float_methods, int_arith, int_methods, text_support};
use crate::text::{format_number, unicode};
use crate::value::Value;
use std::cmp::Ordering;
use taipan_macros::{pyclass, pymethods};

/// A complex number: a pair of floats.
#[pyclass(
    name = "complex",
    module = "builtins",
    signature = "complex(real=0, imag=0)"
)]
#[repr(C)]
pub struct Complex {
    header: Header,
    pub real: f64,
    pub imaginary: f64,
}

impl Complex {
    pub fn new_value(real: f64, imaginary: f64) -> Value {
        Ref::new(Complex {
            header: Header::fresh(),
            real,
            imaginary,
        })
        .into_value()
    }

    fn new_instance(class: &Type, (real, imaginary): Pair) -> Value {
        if std::ptr::eq(class, Complex::class()) {
            return Complex::new_value(real, imaginary);
        }
        crate::memory::allocate_instance(
            class,
            Complex {
                header: Header::fresh(),
                real,
                imaginary,
            },
        )
        .into_value()
    }

    fn pair(&self) -> Pair {
        (self.real, self.imaginary)
    }
}

fn operand(value: &Value) -> PyResult<Option<Operand>> {
    if let Some(complex) = value.downcast::<Complex>() {
        return Ok(Some(Operand::Complex(complex.pair())));
    }
    Ok(float_methods::real_operand(value)?.map(Operand::Real))
}

macro_rules! binary {
    ($a:ident, $b:ident, $result:expr) => {
        match (operand($a)?, operand($b)?) {
            (Some($a), Some($b)) => {
                $result.map(|(real, imaginary)| Complex::new_value(real, imaginary))
            }
            _ => Ok(Value::not_implemented()),
        }
    };
}

/// What `complex()` reads: `1`, `2j`, `1+2j`, in parentheses or not.
fn parse(text: &str) -> Option<Pair> {
    let text = text.trim_matches(float_parse::is_blank);
    let text = match text.strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')')?.trim_matches(float_parse::is_blank),
        None => text,
    };
    let plain = if text.contains('_') {
        float_parse::without_underscores(text)?
    } else {
        text.to_owned()
    };
    let text = plain.as_str();
    let length = float_parse::float_prefix(text);
    let (number, rest) = text.split_at(length);
    if length == 0 {
        // Only the unit: `j`, `-j`.
        return match text {
            "j" | "J" | "+j" | "+J" => Some((0.0, 1.0)),
            "-j" | "-J" => Some((0.0, -1.0)),
            _ => None,
        };
    }
    let first = float_parse::parse_plain(number)?;
    match rest.as_bytes().first() {
        None => Some((first, 0.0)),
        Some(b'j' | b'J') if rest.len() == 1 => Some((0.0, first)),
        Some(b'+' | b'-') => {
            let imaginary = rest.strip_suffix(['j', 'J'])?;
            let second = match imaginary {
                "+" => 1.0,
                "-" => -1.0,
                _ => float_parse::parse_plain(imaginary)?,
            };
            Some((first, second))
        }
        _ => None,
    }
}

/// The answer of `__complex__`, if the class has it.
fn by_special_method(value: &Value) -> PyResult<Option<Pair>> {
    if let Some(complex) = value.downcast_exact::<Complex>() {
        return Ok(Some(complex.pair()));
    }
    let Some(answer) = ops::call_special(value, &names::COMPLEX, &[])? else {
        return Ok(value.downcast::<Complex>().map(Complex::pair));
    };
    match answer.downcast::<Complex>() {
        Some(complex) => Ok(Some(complex.pair())),
        None => Err(type_error(format!(
            "{}.__complex__() must return a complex, not {}",
            value.class().name(),
            answer.class().name()
        ))),
    }
}

fn is_real(value: &Value) -> bool {
    let slots = value.class().slots();
    value.as_float().is_some()
        || value.as_int().is_some()
        || slots.float.is_some()
        || slots.index.is_some()
}

/// One of two arguments: a real number, or (deprecated) a complex one.
fn part(value: &Value, name: &str) -> PyResult<Operand> {
    if let Some(complex) = value.downcast::<Complex>() {
        crate::warnings::warn(
            crate::exceptions::DEPRECATION_WARNING.get(),
            &format!(
                "complex() argument '{name}' must be a real number, not {}",
                value.class().name()
            ),
            1,
        )?;
        return Ok(Operand::Complex(complex.pair()));
    }
    if !is_real(value) {
        return Err(type_error(format!(
            "complex() argument '{name}' must be a real number, not {}",
            value.class().name()
        )));
    }
    ops::to_f64(value).map(Operand::Real)
}

fn from_one(value: &Value) -> PyResult<Pair> {
    if let Some(text) = value.downcast::<Str>() {
        let parsed = unicode::to_ascii_number(text.units()).and_then(|text| parse(&text));
        return parsed.ok_or_else(|| value_error("complex() arg is a malformed string"));
    }
    if let Some(pair) = by_special_method(value)? {
        return Ok(pair);
    }
    if !is_real(value) {
        return Err(type_error(format!(
            "complex() argument must be a string or a number, not {}",
            value.class().name()
        )));
    }
    Ok((ops::to_f64(value)?, 0.0))
}

#[pymethods]
impl Complex {
    #[pyslot("complex(real=0, imag=0)")]
    fn new(cls: &Type, real: Option<&Value>, imag: Option<&Value>) -> PyResult {
        int_methods::check_new(Complex::class(), cls)?;
        let pair = match (real, imag) {
            (None, None) => (0.0, 0.0),
            (Some(real), None) => {
                if std::ptr::eq(cls, Complex::class()) && real.downcast_exact::<Complex>().is_some()
                {
                    return Ok(real.clone());
                }
                from_one(real)?
            }
            (real, Some(imaginary)) => {
                let real = real.map_or(Ok(Operand::Real(0.0)), |real| part(real, "real"))?;
                let (mut first, mut second) = real.pair();
                match part(imaginary, "imag")? {
                    Operand::Real(imaginary) => {
                        second = if matches!(real, Operand::Complex(_)) {
                            second + imaginary
                        } else {
                            imaginary
                        };
                    }
                    Operand::Complex((re, im)) => {
                        first -= im;
                        second += re;
                    }
                }
                (first, second)
            }
        };
        Ok(Complex::new_instance(cls, pair))
    }
    #[pyslot]
    fn repr(&self) -> PyResult {
        Ok(
            Str::from_latin1(format_number::complex_repr(self.real, self.imaginary).as_bytes())
                .into_value(),
        )
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        let (real, imaginary) = this.downcast::<Complex>().map_or((0.0, 0.0), Complex::pair);
        let part = |value: f64| hash::hash_f64(value).unwrap_or((this.raw().0 >> 4) as i64);
        Ok(hash::hash_complex(part(real), part(imaginary)))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let Some(a) = this.downcast::<Complex>() else {
            return Ok(Value::not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::not_implemented());
        }
        let equal = if let Some(b) = other.downcast::<Complex>() {
            a.pair() == b.pair()
        } else if let Some(int) = other.as_int() {
            a.imaginary == 0.0 && int_arith::compare_float(int, a.real) == Some(Ordering::Equal)
        } else if let Some(float) = other.as_float() {
            a.imaginary == 0.0 && a.real == float
        } else {
            return Ok(Value::not_implemented());
        };
        Ok(Value::bool(equal == (op == CompareOp::Eq)))
    }
    #[pyslot]
    fn add(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(complex_arith::add(a, b)))
    }
    #[pyslot]
    fn subtract(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(complex_arith::subtract(a, b)))
    }
    #[pyslot]
    fn multiply(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, Ok(complex_arith::multiply(a, b)))
    }
    #[pyslot]
    fn true_divide(a: &Value, b: &Value) -> PyResult {
        binary!(a, b, complex_arith::divide(a, b))
    }
    #[pyslot]
    fn power(a: &Value, b: &Value, modulus: &Value) -> PyResult {
        if !modulus.is_none() {
            return Err(value_error("complex modulo"));
        }
        binary!(a, b, complex_arith::power_pair(a.pair(), b.pair()))
    }
    #[pyslot]
    fn negative(&self) -> PyResult {
        Ok(Complex::new_value(-self.real, -self.imaginary))
    }
    #[pyslot]
    fn positive(&self) -> PyResult {
        Ok(Complex::new_value(self.real, self.imaginary))
    }
    #[pyslot]
    fn absolute(&self) -> PyResult {
        complex_arith::absolute(self.pair()).map(Value::float)
    }
    #[pyslot]
    fn bool(&self) -> PyResult<bool> {
        Ok(self.pair() != (0.0, 0.0))
    }

    /// A complex number from a number; text is not taken.
    #[pyclassmethod("from_number($type, number, /)")]
    fn from_number(cls: &Type, number: &Value) -> PyResult {
        let exact = std::ptr::eq(cls, Complex::class());
        if exact && number.downcast_exact::<Complex>().is_some() {
            return Ok(number.clone());
        }
        let (real, imaginary) = match by_special_method(number)? {
            Some(pair) => pair,
            None => (ops::to_f64(number)?, 0.0),
        };
        let value = Complex::new_value(real, imaginary);
        if exact {
            Ok(value)
        } else {
            ops::call(&crate::object::object_value(cls), &[value])
        }
    }
    /// The number with the sign of its imaginary part changed.
    #[pymethod("conjugate($self, /)")]
    fn conjugate(&self) -> PyResult {
        Ok(Complex::new_value(self.real, -self.imaginary))
    }
    /// The number as an exact complex.
    #[pymethod("__complex__($self, /)")]
    fn complex(this: &Value) -> PyResult {
        Ok(match this.downcast::<Complex>() {
            Some(number) if this.downcast_exact::<Complex>().is_none() => {
                Complex::new_value(number.real, number.imaginary)
            }
            _ => this.clone(),
        })
    }
    #[pymethod("__getnewargs__($self, /)")]
    fn getnewargs(&self) -> PyResult {
        Ok(Tuple::new([Value::float(self.real), Value::float(self.imaginary)]).into_value())
    }
    /// The number as text, laid out by the format specification.
    #[pymethod("__format__($self, format_spec, /)")]
    fn format(this: &Value, format_spec: &Value) -> PyResult {
        let spec = text_support::format_spec(format_spec)?;
        if spec.is_empty() {
            return ops::str(this).map(Ref::into_value);
        }
        let (real, imaginary) = this.downcast::<Complex>().map_or((0.0, 0.0), Complex::pair);
        let type_name = this.class().name();
        let parsed = format_number::parse_number_spec(spec.units(), None, &type_name)
            .map_err(text_support::raise_format)?;
        let padded = format_number::format_complex(real, imaginary, &parsed, &type_name)
            .map_err(text_support::raise_format)?;
        text_support::from_padded(&padded)
    }
    /// The real part.
    #[pygetset("real")]
    fn get_real(&self) -> PyResult {
        Ok(Value::float(self.real))
    }
    /// The imaginary part.
    #[pygetset("imag")]
    fn get_imaginary(&self) -> PyResult {
        Ok(Value::float(self.imaginary))
    }
}
