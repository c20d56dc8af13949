//! Single elements of typed memory: the native formats of the `struct` module.

use crate::abstract_ops as ops;
use crate::exceptions::{PyResult, type_error, value_error};
use crate::objects::bytes::Bytes;
use crate::value::Value;
use num_bigint::BigInt;
use num_traits::ToPrimitive;

/// A native one-character format, perhaps after `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemFormat {
    letter: u8,
    pub size: usize,
}

enum Kind {
    Signed,
    Unsigned,
    Float,
    Bool,
    Char,
}

impl ItemFormat {
    pub fn parse(format: &str) -> Option<ItemFormat> {
        let [letter] = *format.strip_prefix('@').unwrap_or(format).as_bytes() else {
            return None;
        };
        let size = match letter {
            b'c' | b'b' | b'B' | b'?' => 1,
            b'h' | b'H' | b'e' => 2,
            b'i' | b'I' | b'f' => 4,
            b'l' | b'L' => size_of::<libc::c_long>(),
            b'q' | b'Q' | b'd' => 8,
            b'n' | b'N' | b'P' => size_of::<usize>(),
            _ => return None,
        };
        Some(ItemFormat { letter, size })
    }

    pub fn is_byte(self) -> bool {
        matches!(self.letter, b'c' | b'b' | b'B')
    }

    fn kind(self) -> Kind {
        match self.letter {
            b'b' | b'h' | b'i' | b'l' | b'q' | b'n' => Kind::Signed,
            b'e' | b'f' | b'd' => Kind::Float,
            b'?' => Kind::Bool,
            b'c' => Kind::Char,
            _ => Kind::Unsigned,
        }
    }

    /// The element in these `size` bytes.
    pub fn unpack(self, bytes: &[u8]) -> Value {
        let mut word = [0; 8];
        word[..self.size].copy_from_slice(&bytes[..self.size]);
        // The lowest bytes of the word hold the number; big-endian machines would fill the others.
        let raw = u64::from_le_bytes(if cfg!(target_endian = "little") {
            word
        } else {
            word[..self.size].reverse();
            word
        });
        match self.kind() {
            Kind::Signed => {
                let unused = 64 - 8 * self.size as u32;
                Value::int((raw << unused) as i64 >> unused)
            }
            Kind::Unsigned => Value::from_big(raw.into()),
            Kind::Bool => Value::bool(raw != 0),
            Kind::Char => Bytes::from_slice(&bytes[..1]).into_value(),
            Kind::Float => Value::float(match self.size {
                2 => half_to_float(raw as u16),
                4 => f32::from_bits(raw as u32).into(),
                _ => f64::from_bits(raw),
            }),
        }
    }

    /// Writes the element; the error is in the words of `memoryview`.
    pub fn pack(self, value: &Value, format: &str) -> PyResult<Vec<u8>> {
        let wrong_type = || type_error(format!("memoryview: invalid type for format '{format}'"));
        let wrong_value =
            || value_error(format!("memoryview: invalid value for format '{format}'"));
        let raw: u64 = match self.kind() {
            Kind::Char => {
                let bytes = value.downcast::<Bytes>().ok_or_else(wrong_type)?;
                match *bytes.as_slice() {
                    [byte] => byte.into(),
                    _ => return Err(wrong_value()),
                }
            }
            Kind::Bool => ops::is_true(value)?.into(),
            Kind::Float => {
                let slots = value.class().slots();
                if value.as_float().is_none() && slots.float.is_none() && slots.index.is_none() {
                    return Err(wrong_type());
                }
                let number = ops::to_f64(value)?;
                match self.size {
                    2 => float_to_half(number).ok_or_else(wrong_value)?.into(),
                    4 => {
                        let narrow = number as f32;
                        if narrow.is_infinite() && number.is_finite() {
                            return Err(wrong_value());
                        }
                        narrow.to_bits().into()
                    }
                    _ => number.to_bits(),
                }
            }
            Kind::Signed | Kind::Unsigned => {
                if value.as_int().is_none() && value.class().slots().index.is_none() {
                    return Err(wrong_type());
                }
                let number = ops::index(value)?;
                let number: BigInt = number
                    .as_int()
                    .map(|number| number.to_big())
                    .unwrap_or_default();
                let bits = 8 * self.size as u32;
                let number = number.to_i128().ok_or_else(wrong_value)?;
                let range = match self.kind() {
                    Kind::Signed => -(1i128 << (bits - 1))..1i128 << (bits - 1),
                    _ => 0..1i128 << bits,
                };
                if !range.contains(&number) {
                    return Err(wrong_value());
                }
                number as u64
            }
        };
        let mut bytes = raw.to_le_bytes()[..self.size].to_vec();
        if cfg!(target_endian = "big") {
            bytes.reverse();
        }
        Ok(bytes)
    }
}

/// A 16-bit float.
pub fn half_to_float(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let exponent = i32::from(bits >> 10 & 0x1F);
    let fraction = f64::from(bits & 0x3FF);
    sign * match exponent {
        0 => fraction * 2f64.powi(-24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (fraction + 1024.0) * 2f64.powi(exponent - 25),
    }
}

/// The nearest 16-bit float, ties to even; `None` if the number is too large.
pub fn float_to_half(value: f64) -> Option<u16> {
    let sign = u16::from(value.is_sign_negative()) << 15;
    let magnitude = value.abs();
    if magnitude.is_nan() {
        return Some(sign | 0x7E00);
    }
    if magnitude.is_infinite() {
        return Some(sign | 0x7C00);
    }
    // Below the normal range the step is constant.
    let exponent = if magnitude < 2f64.powi(-14) {
        -14
    } else {
        (magnitude.to_bits() >> 52) as i32 - 1023
    };
    let steps = (magnitude / 2f64.powi(exponent - 10)).round_ties_even() as u32;
    let bits = ((exponent + 14) as u32) * 1024 + steps;
    (bits < 0x7C00).then_some(sign | bits as u16)
}
