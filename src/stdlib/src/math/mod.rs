//! `math`: functions of real and whole numbers.
//!
//! Plain functions of floats are declared `unboxed`, so that compiled code can call them without boxes.

mod integers;
pub mod libm;
mod sums;

use taipan_macros::pymodule;
use taipan_vm::exceptions::{PyResult, Raised, overflow_error, value_error};
use taipan_vm::numeric::float_digits;

pub use libm::log;
pub use math::MODULE;

#[cold]
#[inline(never)]
fn domain_error(message: &str, x: f64) -> Raised {
    value_error(format!("{message}{}", float_digits::repr(x)))
}

/// The result of a function that is not defined everywhere.
#[inline(always)]
fn bounded(x: f64, result: f64, message: &str) -> PyResult<f64> {
    if result.is_finite() || x.is_nan() || (result.is_infinite() && x.is_infinite()) {
        Ok(result)
    } else {
        Err(domain_error(message, x))
    }
}

/// The result of a function that can grow too large.
#[inline(always)]
fn overflowing(x: f64, result: f64) -> PyResult<f64> {
    if result.is_infinite() && x.is_finite() {
        return Err(overflow_error("math range error"));
    }
    Ok(result)
}

/// The result of a function of two numbers.
#[inline(always)]
fn of_two(x: f64, y: f64, result: f64) -> PyResult<f64> {
    if result.is_finite() {
        return Ok(result);
    }
    if result.is_nan() {
        if !x.is_nan() && !y.is_nan() {
            return Err(value_error("math domain error"));
        }
    } else if x.is_finite() && y.is_finite() {
        return Err(overflow_error("math range error"));
    }
    Ok(result)
}

const POSITIVE: &str = "expected a positive input";

/// This module provides access to the mathematical functions
/// defined by the C standard.
#[pymodule(name = "math")]
mod math {
    use super::*;
    use integers::{frexp as frexp_big, index, view};
    use taipan_vm::abstract_ops::{self as ops, BinaryOp};
    use taipan_vm::exceptions::type_error;
    use taipan_vm::names;
    use taipan_vm::objects::int::IntView;
    use taipan_vm::objects::int_text;
    use taipan_vm::objects::str::Str;
    use taipan_vm::objects::tuple::Tuple;
    use taipan_vm::value::Value;

    #[pyattr("pi")]
    const PI: f64 = std::f64::consts::PI;
    #[pyattr("e")]
    const E: f64 = std::f64::consts::E;
    #[pyattr("tau")]
    const TAU: f64 = std::f64::consts::TAU;
    #[pyattr("inf")]
    const INF: f64 = f64::INFINITY;
    #[pyattr("nan")]
    const NAN: f64 = f64::NAN;

    /// Return the arc cosine (measured in radians) of x.
    ///
    /// The result is between 0 and pi.
    #[pyfunction("acos($module, x, /)", unboxed, pure)]
    fn acos(x: f64) -> PyResult<f64> {
        bounded(
            x,
            libm::acos(x),
            "expected a number in range from -1 up to 1, got ",
        )
    }

    /// Return the inverse hyperbolic cosine of x.
    #[pyfunction("acosh($module, x, /)", unboxed, pure)]
    fn acosh(x: f64) -> PyResult<f64> {
        bounded(
            x,
            libm::acosh(x),
            "expected argument value not less than 1, got ",
        )
    }

    /// Return the arc sine (measured in radians) of x.
    ///
    /// The result is between -pi/2 and pi/2.
    #[pyfunction("asin($module, x, /)", unboxed, pure)]
    fn asin(x: f64) -> PyResult<f64> {
        bounded(
            x,
            libm::asin(x),
            "expected a number in range from -1 up to 1, got ",
        )
    }

    /// Return the inverse hyperbolic sine of x.
    #[pyfunction("asinh($module, x, /)", unboxed, pure)]
    fn asinh(x: f64) -> f64 {
        libm::asinh(x)
    }

    /// Return the arc tangent (measured in radians) of x.
    ///
    /// The result is between -pi/2 and pi/2.
    #[pyfunction("atan($module, x, /)", unboxed, pure)]
    fn atan(x: f64) -> f64 {
        libm::atan(x)
    }

    /// Return the inverse hyperbolic tangent of x.
    #[pyfunction("atanh($module, x, /)", unboxed, pure)]
    fn atanh(x: f64) -> PyResult<f64> {
        bounded(
            x,
            libm::atanh(x),
            "expected a number between -1 and 1, got ",
        )
    }

    /// Return the cube root of x.
    #[pyfunction("cbrt($module, x, /)", unboxed, pure)]
    fn cbrt(x: f64) -> f64 {
        libm::cbrt(x)
    }

    /// Return the cosine of x (measured in radians).
    #[pyfunction("cos($module, x, /)", unboxed, pure)]
    fn cos(x: f64) -> PyResult<f64> {
        bounded(x, libm::cos(x), "expected a finite input, got ")
    }

    /// Return the hyperbolic cosine of x.
    #[pyfunction("cosh($module, x, /)", unboxed, pure)]
    fn cosh(x: f64) -> PyResult<f64> {
        overflowing(x, libm::cosh(x))
    }

    /// Error function at x.
    #[pyfunction("erf($module, x, /)", unboxed, pure)]
    fn erf(x: f64) -> f64 {
        libm::erf(x)
    }

    /// Complementary error function at x.
    #[pyfunction("erfc($module, x, /)", unboxed, pure)]
    fn erfc(x: f64) -> f64 {
        libm::erfc(x)
    }

    /// Return e raised to the power of x.
    #[pyfunction("exp($module, x, /)", unboxed, pure)]
    fn exp(x: f64) -> PyResult<f64> {
        overflowing(x, libm::exp(x))
    }

    /// Return 2 raised to the power of x.
    #[pyfunction("exp2($module, x, /)", unboxed, pure)]
    fn exp2(x: f64) -> PyResult<f64> {
        overflowing(x, libm::exp2(x))
    }

    /// Return exp(x)-1.
    ///
    /// This function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x.
    #[pyfunction("expm1($module, x, /)", unboxed, pure)]
    fn expm1(x: f64) -> PyResult<f64> {
        overflowing(x, libm::expm1(x))
    }

    /// Return the natural logarithm of 1+x (base e).
    ///
    /// The result is computed in a way which is accurate for x near zero.
    #[pyfunction("log1p($module, x, /)", unboxed, pure)]
    fn log1p(x: f64) -> PyResult<f64> {
        bounded(x, libm::log1p(x), "expected argument value > -1, got ")
    }

    /// Return the sine of x (measured in radians).
    #[pyfunction("sin($module, x, /)", unboxed, pure)]
    fn sin(x: f64) -> PyResult<f64> {
        bounded(x, libm::sin(x), "expected a finite input, got ")
    }

    /// Return the hyperbolic sine of x.
    #[pyfunction("sinh($module, x, /)", unboxed, pure)]
    fn sinh(x: f64) -> PyResult<f64> {
        overflowing(x, libm::sinh(x))
    }

    /// Return the tangent of x (measured in radians).
    #[pyfunction("tan($module, x, /)", unboxed, pure)]
    fn tan(x: f64) -> PyResult<f64> {
        bounded(x, libm::tan(x), "expected a finite input, got ")
    }

    /// Return the hyperbolic tangent of x.
    #[pyfunction("tanh($module, x, /)", unboxed, pure)]
    fn tanh(x: f64) -> f64 {
        libm::tanh(x)
    }

    /// Return the arc tangent (measured in radians) of y/x.
    ///
    /// Unlike atan(y/x), the signs of both x and y are considered.
    #[pyfunction("atan2($module, y, x, /)", unboxed, pure)]
    fn atan2(y: f64, x: f64) -> f64 {
        libm::atan2(y, x)
    }

    /// Return a float with the magnitude (absolute value) of x but the sign of y.
    ///
    /// On platforms that support signed zeros, copysign(1.0, -0.0)
    /// returns -1.0.
    #[pyfunction("copysign($module, x, y, /)", unboxed, pure)]
    fn copysign(x: f64, y: f64) -> f64 {
        x.copysign(y)
    }

    /// Return the absolute value of the float x.
    #[pyfunction("fabs($module, x, /)", unboxed, pure)]
    fn fabs(x: f64) -> f64 {
        x.abs()
    }

    /// Convert angle x from radians to degrees.
    #[pyfunction("degrees($module, x, /)", unboxed, pure)]
    fn degrees(x: f64) -> f64 {
        x * (180.0 / std::f64::consts::PI)
    }

    /// Convert angle x from degrees to radians.
    #[pyfunction("radians($module, x, /)", unboxed, pure)]
    fn radians(x: f64) -> f64 {
        x * (std::f64::consts::PI / 180.0)
    }

    /// Return True if x is neither an infinity nor a NaN, and False otherwise.
    #[pyfunction("isfinite($module, x, /)", unboxed, pure)]
    fn isfinite(x: f64) -> bool {
        x.is_finite()
    }

    /// Return True if x is a positive or negative infinity, and False otherwise.
    #[pyfunction("isinf($module, x, /)", unboxed, pure)]
    fn isinf(x: f64) -> bool {
        x.is_infinite()
    }

    /// Return True if x is a NaN (not a number), and False otherwise.
    #[pyfunction("isnan($module, x, /)", unboxed, pure)]
    fn isnan(x: f64) -> bool {
        x.is_nan()
    }

    /// Return the square root of x.
    #[pyfunction("sqrt($module, x, /)", unboxed, pure)]
    fn sqrt(x: f64) -> PyResult<f64> {
        if x < 0.0 {
            return Err(domain_error("expected a nonnegative input, got ", x));
        }
        Ok(x.sqrt())
    }

    /// Return fmod(x, y), according to platform C.
    ///
    /// x % y may differ.
    #[pyfunction("fmod($module, x, y, /)", unboxed, pure)]
    fn fmod(x: f64, y: f64) -> PyResult<f64> {
        of_two(x, y, libm::fmod(x, y))
    }

    /// Return x**y (x to the power of y).
    #[pyfunction("pow($module, x, y, /)", unboxed, pure)]
    fn pow(x: f64, y: f64) -> PyResult<f64> {
        // A zero to a negative power is not defined, rather than too large.
        if x == 0.0 && y < 0.0 && y.is_finite() {
            return Err(value_error("math domain error"));
        }
        of_two(x, y, libm::pow(x, y))
    }

    /// Difference between x and the closest integer multiple of y.
    ///
    /// Return x - n*y where n*y is the closest integer multiple of y.
    /// In the case where x is exactly halfway between two multiples of
    /// y, the nearest even value of n is used. The result is always exact.
    #[pyfunction("remainder($module, x, y, /)", unboxed, pure)]
    fn remainder(x: f64, y: f64) -> PyResult<f64> {
        match pymath::math::remainder(x, y) {
            Ok(result) => Ok(result),
            Err(_) => Err(value_error("math domain error")),
        }
    }

    /// Fused multiply-add operation.
    ///
    /// Compute (x * y) + z with a single round.
    #[pyfunction("fma($module, x, y, z, /)", unboxed, pure)]
    fn fma(x: f64, y: f64, z: f64) -> PyResult<f64> {
        let result = libm::fma(x, y, z);
        if result.is_finite() {
            return Ok(result);
        }
        if result.is_nan() {
            if !x.is_nan() && !y.is_nan() && !z.is_nan() {
                return Err(value_error("invalid operation in fma"));
            }
        } else if x.is_finite() && y.is_finite() && z.is_finite() {
            return Err(overflow_error("overflow in fma"));
        }
        Ok(result)
    }

    /// A result of `pymath`.
    fn special(x: f64, result: pymath::Result<f64>) -> PyResult<f64> {
        result.map_err(|error| match error {
            pymath::Error::EDOM => {
                domain_error("expected a noninteger or positive integer, got ", x)
            }
            pymath::Error::ERANGE => overflow_error("math range error"),
        })
    }

    /// Gamma function at x.
    #[pyfunction("gamma($module, x, /)", unboxed, pure)]
    fn gamma(x: f64) -> PyResult<f64> {
        special(x, pymath::math::gamma(x))
    }

    /// Natural logarithm of absolute value of Gamma function at x.
    #[pyfunction("lgamma($module, x, /)", unboxed, pure)]
    fn lgamma(x: f64) -> PyResult<f64> {
        special(x, pymath::math::lgamma(x))
    }

    /// Return the value of the least significant bit of the float x.
    #[pyfunction("ulp($module, x, /)", unboxed, pure)]
    fn ulp(x: f64) -> f64 {
        pymath::math::ulp(x)
    }

    /// A logarithm, also of ints that are too large for a float.
    fn logarithm(value: &Value, log: extern "C" fn(f64) -> f64) -> PyResult<f64> {
        if value.as_exact_float().is_none()
            && let Some(int) = value.as_int()
        {
            if int.is_negative() || int.is_zero() {
                return Err(value_error(POSITIVE));
            }
            return Ok(match int {
                IntView::Small(i) => log(i as f64),
                IntView::Big(big) => {
                    let (mantissa, exponent) = frexp_big(big);
                    if exponent <= 1024 && pymath::math::ldexp(mantissa, exponent as i32).is_ok() {
                        log(libm::ldexp(mantissa, exponent as i32))
                    } else {
                        log(mantissa) + log(2.0) * exponent as f64
                    }
                }
            });
        }
        let x = ops::to_f64(value)?;
        if x > 0.0 || x.is_nan() {
            return Ok(log(x));
        }
        Err(domain_error("expected a positive input, got ", x))
    }

    extern "C" fn natural(x: f64) -> f64 {
        libm::log(x)
    }
    extern "C" fn decimal(x: f64) -> f64 {
        libm::log10(x)
    }
    extern "C" fn binary(x: f64) -> f64 {
        libm::log2(x)
    }

    /// log(x, [base=math.e])
    /// Return the logarithm of x to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of x.
    #[pyfunction("log", raw)]
    fn log(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("math.log() takes no keyword arguments"));
        }
        match args {
            [x] => logarithm(x, natural).map(Value::float),
            [x, base] => {
                let (top, bottom) = (logarithm(x, natural)?, logarithm(base, natural)?);
                if bottom == 0.0 {
                    return Err(taipan_vm::exceptions::zero_division_error(
                        "division by zero",
                    ));
                }
                Ok(Value::float(top / bottom))
            }
            [] => Err(type_error("log expected at least 1 argument, got 0")),
            _ => Err(type_error(format!(
                "log expected at most 2 arguments, got {}",
                args.len()
            ))),
        }
    }

    /// Return the base 10 logarithm of x.
    #[pyfunction("log10($module, x, /)")]
    fn log10(x: &Value) -> PyResult<f64> {
        logarithm(x, decimal)
    }

    /// Return the base 2 logarithm of x.
    #[pyfunction("log2($module, x, /)")]
    fn log2(x: &Value) -> PyResult<f64> {
        logarithm(x, binary)
    }

    /// Rounds a float, or asks the method of another number.
    fn rounded(x: &Value, method: &Str, round: fn(f64) -> f64) -> PyResult {
        if let Some(float) = x.as_exact_float() {
            return int_text::from_float(round(float));
        }
        if ops::is_exact_int(x) {
            return Ok(x.clone());
        }
        if let Some(result) = ops::call_special(x, method, &[])? {
            return Ok(result);
        }
        int_text::from_float(round(ops::to_f64(x)?))
    }

    /// Return the ceiling of x as an Integral.
    ///
    /// This is the smallest integer >= x.
    #[pyfunction("ceil($module, x, /)", unboxed, runs_python)]
    fn ceil(x: &Value) -> PyResult<Value> {
        rounded(x, &names::CEIL, f64::ceil)
    }

    /// Return the floor of x as an Integral.
    ///
    /// This is the largest integer <= x.
    #[pyfunction("floor($module, x, /)", unboxed, runs_python)]
    fn floor(x: &Value) -> PyResult<Value> {
        rounded(x, &names::FLOOR, f64::floor)
    }

    /// Truncates the Real x to the nearest Integral toward 0.
    ///
    /// Uses the __trunc__ magic method.
    #[pyfunction("trunc($module, x, /)", unboxed, runs_python)]
    fn trunc(x: &Value) -> PyResult<Value> {
        if let Some(float) = x.as_exact_float() {
            return int_text::from_float(float);
        }
        match ops::call_special(x, &names::TRUNC, &[])? {
            Some(result) => Ok(result),
            None => Err(type_error(format!(
                "type {} doesn't define __trunc__ method",
                x.class().name()
            ))),
        }
    }

    /// Return the mantissa and exponent of x, as pair (m, e).
    ///
    /// m is a float and e is an int, such that x = m * 2.**e.
    /// If x is 0, m and e are both 0.  Else 0.5 <= abs(m) < 1.0.
    #[pyfunction("frexp($module, x, /)")]
    fn frexp(x: f64) -> Value {
        let (mantissa, exponent) = libm::frexp(x);
        Tuple::new([Value::float(mantissa), Value::int(exponent.into())]).into_value()
    }

    /// Return x * (2**i).
    ///
    /// This is essentially the inverse of frexp().
    #[pyfunction("ldexp($module, x, i, /)")]
    fn ldexp(x: f64, i: &Value) -> PyResult<f64> {
        let Some(int) = i.as_int() else {
            return Err(type_error("Expected an int as second argument to ldexp."));
        };
        if x == 0.0 || !x.is_finite() {
            return Ok(x);
        }
        let exponent = match int.to_i64() {
            Some(exponent) => exponent.clamp(-5000, 5000) as i32,
            None if int.is_negative() => -5000,
            None => 5000,
        };
        overflowing(x, libm::ldexp(x, exponent))
    }

    /// Return the fractional and integer parts of x.
    ///
    /// Both results carry the sign of x and are floats.
    #[pyfunction("modf($module, x, /)")]
    fn modf(x: f64) -> Value {
        let (fraction, whole) = if x.is_infinite() {
            (0f64.copysign(x), x)
        } else {
            ((x - x.trunc()).copysign(x), x.trunc())
        };
        Tuple::new([Value::float(fraction), Value::float(whole)]).into_value()
    }

    /// Return an accurate floating-point sum of values in the iterable seq.
    ///
    /// Assumes IEEE-754 floating-point arithmetic.
    #[pyfunction("fsum($module, seq, /)")]
    fn fsum(seq: &Value) -> PyResult<f64> {
        let mut sum = sums::ExactSum::default();
        ops::for_each(seq, |item| sum.add(ops::to_f64(&item)?))?;
        sum.total()
    }

    /// Return the sum of products of values from two iterables p and q.
    ///
    /// Roughly equivalent to:
    ///
    ///     sum(map(operator.mul, p, q, strict=True))
    ///
    /// For float and mixed int/float inputs, the intermediate products
    /// and sums are computed with extended precision.
    #[pyfunction("sumprod($module, p, q, /)")]
    fn sumprod(p: &Value, q: &Value) -> PyResult {
        let (p, q) = (ops::iter(p)?, ops::iter(q)?);
        let mut sum = sums::ProductSum::new();
        loop {
            match (ops::next(&p)?, ops::next(&q)?) {
                (Some(a), Some(b)) => sum.add(&a, &b)?,
                (None, None) => return sum.total(),
                _ => return Err(value_error("Inputs are not the same length")),
            }
        }
    }

    /// Calculate the product of all the elements in the input iterable.
    ///
    /// The default start value for the product is 1.
    ///
    /// When the iterable is empty, return the start value.  This function is
    /// intended specifically for use with numeric values and may reject
    /// non-numeric types.
    #[pyfunction("prod($module, iterable, /, *, start=1)")]
    fn prod(iterable: &Value, start: Option<&Value>) -> PyResult {
        let mut product = start.map_or_else(|| Value::int(1), Value::clone);
        ops::for_each(iterable, |item| {
            product = ops::binary_op(BinaryOp::Multiply, &product, &item)?;
            Ok(())
        })?;
        Ok(product)
    }

    /// Multidimensional Euclidean distance from the origin to a point.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum(x**2 for x in coordinates))
    ///
    /// For a two dimensional point (x, y), gives the hypotenuse
    /// using the Pythagorean theorem:  sqrt(x*x + y*y).
    ///
    /// For example, the hypotenuse of a 3/4/5 right triangle is:
    ///
    ///     >>> hypot(3.0, 4.0)
    ///     5.0
    #[pyfunction("hypot($module, /, *coordinates)")]
    fn hypot(coordinates: &[Value]) -> PyResult<f64> {
        if let [x, y] = coordinates {
            return Ok(sums::norm(&mut [
                ops::to_f64(x)?.abs(),
                ops::to_f64(y)?.abs(),
            ]));
        }
        let values: PyResult<Vec<f64>> = coordinates
            .iter()
            .map(|value| Ok(ops::to_f64(value)?.abs()))
            .collect();
        Ok(sums::norm(&mut values?))
    }

    /// Return the Euclidean distance between two points p and q.
    ///
    /// The points should be specified as sequences (or iterables) of
    /// coordinates.  Both inputs must have the same dimension.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum((px - qx) ** 2.0 for px, qx in zip(p, q)))
    #[pyfunction("dist($module, p, q, /)")]
    fn dist(p: &Value, q: &Value) -> PyResult<f64> {
        let (p, q) = (ops::to_vec(p)?, ops::to_vec(q)?);
        if p.len() != q.len() {
            return Err(value_error(
                "both points must have the same number of dimensions",
            ));
        }
        let distances: PyResult<Vec<f64>> = p
            .iter()
            .zip(&q)
            .map(|(a, b)| Ok((ops::to_f64(a)? - ops::to_f64(b)?).abs()))
            .collect();
        Ok(sums::norm(&mut distances?))
    }

    /// Determine whether two floating-point numbers are close in value.
    ///
    ///   rel_tol
    ///     maximum difference for being considered "close", relative to the
    ///     magnitude of the input values
    ///   abs_tol
    ///     maximum difference for being considered "close", regardless of the
    ///     magnitude of the input values
    ///
    /// Return True if a is close in value to b, and False otherwise.
    ///
    /// For the values to be considered close, the difference between them
    /// must be smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That
    /// is, NaN is not close to anything, even itself.  inf and -inf are
    /// only close to themselves.
    #[pyfunction("isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> PyResult<bool> {
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(value_error("tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if a.is_infinite() || b.is_infinite() {
            return Ok(false);
        }
        let difference = (b - a).abs();
        Ok(difference <= (rel_tol * b).abs()
            || difference <= (rel_tol * a).abs()
            || difference <= abs_tol)
    }

    /// Return the floating-point value the given number of steps after x towards y.
    ///
    /// If steps is not specified or is None, it defaults to 1.
    ///
    /// Raises a TypeError, if x or y is not a double, or if steps is not an integer.
    /// Raises ValueError if steps is negative.
    #[pyfunction("nextafter($module, x, y, /, *, steps=None)")]
    fn nextafter(x: f64, y: f64, steps: Option<&Value>) -> PyResult<f64> {
        let Some(steps) = steps.filter(|steps| !steps.is_none()) else {
            return Ok(pymath::math::nextafter(x, y, None));
        };
        let steps = index(steps)?;
        let steps = view(&steps);
        if steps.is_negative() {
            return Err(value_error("steps must be a non-negative integer"));
        }
        let steps = u64::try_from(&*steps.big()).unwrap_or(u64::MAX);
        Ok(pymath::math::nextafter(x, y, Some(steps)))
    }

    /// Greatest Common Divisor.
    #[pyfunction("gcd($module, /, *integers)")]
    fn gcd(integers: &[Value]) -> PyResult {
        let mut result = Value::int(0);
        for value in integers {
            result = integers::gcd(&result, &index(value)?)?;
        }
        Ok(result)
    }

    /// Least Common Multiple.
    #[pyfunction("lcm($module, /, *integers)")]
    fn lcm(integers: &[Value]) -> PyResult {
        let mut result = Value::int(1);
        for value in integers {
            result = integers::lcm(&result, &index(value)?)?;
        }
        Ok(result)
    }

    /// Return the integer part of the square root of the input.
    #[pyfunction("isqrt($module, n, /)")]
    fn isqrt(n: &Value) -> PyResult {
        integers::isqrt(&index(n)?)
    }

    /// Find n!.
    #[pyfunction("factorial($module, n, /)")]
    fn factorial(n: &Value) -> PyResult {
        integers::factorial(&index(n)?)
    }

    /// Number of ways to choose k items from n items without repetition and without order.
    ///
    /// Evaluates to n! / (k! * (n - k)!) when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// Also called the binomial coefficient because it is equivalent
    /// to the coefficient of k-th term in polynomial expansion of the
    /// expression (1 + x)**n.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[pyfunction("comb($module, n, k, /)")]
    fn comb(n: &Value, k: &Value) -> PyResult {
        integers::comb(&index(n)?, &index(k)?)
    }

    /// Number of ways to choose k items from n items without repetition and with order.
    ///
    /// Evaluates to n! / (n - k)! when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// If k is not specified or is None, then k defaults to n
    /// and the function returns n!.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[pyfunction("perm($module, n, k=None, /)")]
    fn perm(n: &Value, k: Option<&Value>) -> PyResult {
        match k.filter(|k| !k.is_none()) {
            Some(k) => integers::perm(&index(n)?, &index(k)?),
            None => integers::factorial(&index(n)?),
        }
    }
}
