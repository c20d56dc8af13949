//! `cmath`: functions of complex numbers.

use num_complex::Complex64;
use taipan_macros::pymodule;
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{PyResult, Raised, overflow_error, type_error, value_error};
use taipan_vm::names;
use taipan_vm::objects::complex::Complex;
use taipan_vm::value::Value;

pub use cmath::MODULE;

/// A complex number, or what can be made one: by `__complex__`, or as a real number.
pub fn complex_argument(value: &Value) -> PyResult<(f64, f64)> {
    if let Some(complex) = value.downcast_exact::<Complex>() {
        return Ok((complex.real, complex.imaginary));
    }
    if value.as_exact_float().is_none()
        && value.as_small_int().is_none()
        && let Some(answer) = ops::call_special(value, &names::COMPLEX, &[])?
    {
        return match answer.downcast::<Complex>() {
            Some(complex) => Ok((complex.real, complex.imaginary)),
            None => Err(type_error(format!(
                "{}.__complex__() must return a complex, not {}",
                value.class().name(),
                answer.class().name()
            ))),
        };
    }
    if let Some(complex) = value.downcast::<Complex>() {
        return Ok((complex.real, complex.imaginary));
    }
    Ok((ops::to_f64(value)?, 0.0))
}

fn argument(value: &Value) -> PyResult<Complex64> {
    let (real, imaginary) = complex_argument(value)?;
    Ok(Complex64::new(real, imaginary))
}

#[cold]
fn failed(error: pymath::Error) -> Raised {
    match error {
        pymath::Error::EDOM => value_error("math domain error"),
        pymath::Error::ERANGE => overflow_error("math range error"),
    }
}

fn apply(z: &Value, function: fn(Complex64) -> pymath::Result<Complex64>) -> PyResult {
    answer(function(argument(z)?))
}

fn answer(result: pymath::Result<Complex64>) -> PyResult {
    let result = result.map_err(failed)?;
    Ok(Complex::new_value(result.re, result.im))
}

/// This module provides access to mathematical functions for complex
/// numbers.
#[pymodule(name = "cmath")]
mod cmath {
    use super::*;
    use taipan_vm::objects::tuple::Tuple;

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
    #[pyattr("infj")]
    fn infj() -> Value {
        Complex::new_value(0.0, f64::INFINITY)
    }
    #[pyattr("nanj")]
    fn nanj() -> Value {
        Complex::new_value(0.0, f64::NAN)
    }

    /// Return the arc cosine of z.
    #[pyfunction("acos($module, z, /)")]
    fn acos(z: &Value) -> PyResult {
        apply(z, pymath::cmath::acos)
    }

    /// Return the inverse hyperbolic cosine of z.
    #[pyfunction("acosh($module, z, /)")]
    fn acosh(z: &Value) -> PyResult {
        apply(z, pymath::cmath::acosh)
    }

    /// Return the arc sine of z.
    #[pyfunction("asin($module, z, /)")]
    fn asin(z: &Value) -> PyResult {
        apply(z, pymath::cmath::asin)
    }

    /// Return the inverse hyperbolic sine of z.
    #[pyfunction("asinh($module, z, /)")]
    fn asinh(z: &Value) -> PyResult {
        apply(z, pymath::cmath::asinh)
    }

    /// Return the arc tangent of z.
    #[pyfunction("atan($module, z, /)")]
    fn atan(z: &Value) -> PyResult {
        apply(z, pymath::cmath::atan)
    }

    /// Return the inverse hyperbolic tangent of z.
    #[pyfunction("atanh($module, z, /)")]
    fn atanh(z: &Value) -> PyResult {
        apply(z, pymath::cmath::atanh)
    }

    /// Return the cosine of z.
    #[pyfunction("cos($module, z, /)")]
    fn cos(z: &Value) -> PyResult {
        apply(z, pymath::cmath::cos)
    }

    /// Return the hyperbolic cosine of z.
    #[pyfunction("cosh($module, z, /)")]
    fn cosh(z: &Value) -> PyResult {
        apply(z, pymath::cmath::cosh)
    }

    /// Return the exponential value e**z.
    #[pyfunction("exp($module, z, /)")]
    fn exp(z: &Value) -> PyResult {
        apply(z, pymath::cmath::exp)
    }

    /// Return the base-10 logarithm of z.
    #[pyfunction("log10($module, z, /)")]
    fn log10(z: &Value) -> PyResult {
        apply(z, pymath::cmath::log10)
    }

    /// Return the sine of z.
    #[pyfunction("sin($module, z, /)")]
    fn sin(z: &Value) -> PyResult {
        apply(z, pymath::cmath::sin)
    }

    /// Return the hyperbolic sine of z.
    #[pyfunction("sinh($module, z, /)")]
    fn sinh(z: &Value) -> PyResult {
        apply(z, pymath::cmath::sinh)
    }

    /// Return the square root of z.
    #[pyfunction("sqrt($module, z, /)")]
    fn sqrt(z: &Value) -> PyResult {
        apply(z, pymath::cmath::sqrt)
    }

    /// Return the tangent of z.
    #[pyfunction("tan($module, z, /)")]
    fn tan(z: &Value) -> PyResult {
        apply(z, pymath::cmath::tan)
    }

    /// Return the hyperbolic tangent of z.
    #[pyfunction("tanh($module, z, /)")]
    fn tanh(z: &Value) -> PyResult {
        apply(z, pymath::cmath::tanh)
    }

    /// Return True if both the real and imaginary parts of z are finite, else False.
    #[pyfunction("isfinite($module, z, /)")]
    fn isfinite(z: &Value) -> PyResult<bool> {
        Ok(pymath::cmath::isfinite(argument(z)?))
    }

    /// Checks if the real or imaginary part of z is infinite.
    #[pyfunction("isinf($module, z, /)")]
    fn isinf(z: &Value) -> PyResult<bool> {
        Ok(pymath::cmath::isinf(argument(z)?))
    }

    /// Checks if the real or imaginary part of z not a number (NaN).
    #[pyfunction("isnan($module, z, /)")]
    fn isnan(z: &Value) -> PyResult<bool> {
        Ok(pymath::cmath::isnan(argument(z)?))
    }

    /// log(z[, base]) -> the logarithm of z to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e) of z.
    #[pyfunction("log($module, z, base=<unrepresentable>, /)")]
    fn log(z: &Value, base: Option<&Value>) -> PyResult {
        let z = argument(z)?;
        let base = base.map(argument).transpose()?;
        answer(pymath::cmath::log(z, base))
    }

    /// Return argument, also known as the phase angle, of a complex.
    #[pyfunction("phase($module, z, /)")]
    fn phase(z: &Value) -> PyResult<f64> {
        pymath::cmath::phase(argument(z)?).map_err(failed)
    }

    /// Convert a complex from rectangular coordinates to polar coordinates.
    ///
    /// r is the distance from 0 and phi the phase angle.
    #[pyfunction("polar($module, z, /)")]
    fn polar(z: &Value) -> PyResult {
        let (r, phi) = pymath::cmath::polar(argument(z)?).map_err(failed)?;
        Ok(Tuple::new([Value::float(r), Value::float(phi)]).into_value())
    }

    /// Convert from polar coordinates to rectangular coordinates.
    #[pyfunction("rect($module, r, phi, /)")]
    fn rect(r: f64, phi: f64) -> PyResult {
        answer(pymath::cmath::rect(r, phi))
    }

    /// Determine whether two complex numbers are close in value.
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
    /// For the values to be considered close, the difference between them must be
    /// smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard. That is, NaN is
    /// not close to anything, even itself. inf and -inf are only close to themselves.
    #[pyfunction("isclose($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(a: &Value, b: &Value, rel_tol: f64, abs_tol: f64) -> PyResult<bool> {
        let (a, b) = (argument(a)?, argument(b)?);
        pymath::cmath::isclose(a, b, Some(rel_tol), Some(abs_tol))
            .map_err(|_| value_error("tolerances must be non-negative"))
    }
}
