//! Formats of the `struct` module, and the conversion of single values.

use super::error;
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::rc::Rc;
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{OVERFLOW_ERROR, PyResult, Raised, catch, overflow_error};
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::complex::Complex;
use taipan_vm::objects::memory_item::{float_to_half, half_to_float};
use taipan_vm::value::Value;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pad,
    Char,
    /// `s`
    Bytes,
    /// `p`: a count in the first byte.
    Pascal,
    Bool,
    Signed,
    Unsigned,
    /// `P`: negative numbers stand for high addresses.
    Pointer,
    Float,
    Complex,
}

/// One or more values of a kind that lie together.
pub struct Field {
    pub kind: Kind,
    letter: u8,
    pub offset: usize,
    /// Of one value.
    pub size: usize,
    pub repeat: usize,
}

pub struct Format {
    pub fields: Vec<Field>,
    pub size: usize,
    /// Number of values.
    pub values: usize,
    big_endian: bool,
}

fn kind_of(letter: u8, native: bool) -> Option<(Kind, usize)> {
    let word = if native { size_of::<libc::c_long>() } else { 4 };
    Some(match letter {
        b'x' => (Kind::Pad, 1),
        b'c' => (Kind::Char, 1),
        b's' => (Kind::Bytes, 1),
        b'p' => (Kind::Pascal, 1),
        b'?' => (Kind::Bool, 1),
        b'b' => (Kind::Signed, 1),
        b'B' => (Kind::Unsigned, 1),
        b'h' => (Kind::Signed, 2),
        b'H' => (Kind::Unsigned, 2),
        b'i' => (Kind::Signed, 4),
        b'I' => (Kind::Unsigned, 4),
        b'l' => (Kind::Signed, word),
        b'L' => (Kind::Unsigned, word),
        b'q' => (Kind::Signed, 8),
        b'Q' => (Kind::Unsigned, 8),
        b'n' if native => (Kind::Signed, size_of::<usize>()),
        b'N' if native => (Kind::Unsigned, size_of::<usize>()),
        b'P' if native => (Kind::Pointer, size_of::<usize>()),
        b'e' => (Kind::Float, 2),
        b'f' => (Kind::Float, 4),
        b'd' => (Kind::Float, 8),
        b'F' => (Kind::Complex, 8),
        b'D' => (Kind::Complex, 16),
        _ => return None,
    })
}

/// Where a value of the kind may begin, in native formats.
fn alignment(kind: Kind, size: usize) -> usize {
    match kind {
        Kind::Complex => size / 2,
        Kind::Pad | Kind::Char | Kind::Bytes | Kind::Pascal => 1,
        _ => size,
    }
}

#[cold]
fn too_long() -> Raised {
    error("total struct size too long")
}

impl Format {
    pub fn parse(text: &[u8]) -> PyResult<Rc<Format>> {
        let (native, big_endian, rest) = match text.split_first() {
            Some((b'<', rest)) => (false, false, rest),
            Some((b'>' | b'!', rest)) => (false, true, rest),
            Some((b'=', rest)) => (false, cfg!(target_endian = "big"), rest),
            Some((b'@', rest)) => (true, cfg!(target_endian = "big"), rest),
            _ => (true, cfg!(target_endian = "big"), text),
        };
        let mut format = Format {
            fields: Vec::new(),
            size: 0,
            values: 0,
            big_endian,
        };
        let limit = isize::MAX as usize;
        let mut letters = rest.iter().copied().peekable();
        while let Some(letter) = letters.next() {
            if letter.is_ascii_whitespace() || letter == 0x0b {
                continue;
            }
            let (mut letter, mut count) = (letter, None);
            while letter.is_ascii_digit() {
                let digit = usize::from(letter - b'0');
                let number = count
                    .unwrap_or(0usize)
                    .checked_mul(10)
                    .and_then(|number| number.checked_add(digit))
                    .filter(|&number| number <= limit)
                    .ok_or_else(too_long)?;
                count = Some(number);
                letter = letters
                    .next()
                    .ok_or_else(|| error("repeat count given without format specifier"))?;
            }
            let Some((kind, size)) = kind_of(letter, native) else {
                return Err(error("bad char in struct format"));
            };
            let repeat = count.unwrap_or(1);
            if native {
                let align = alignment(kind, size);
                format.size = format
                    .size
                    .checked_next_multiple_of(align)
                    .ok_or_else(too_long)?;
            }
            let total = size.checked_mul(repeat).ok_or_else(too_long)?;
            let offset = format.size;
            format.size = offset
                .checked_add(total)
                .filter(|&size| size <= limit)
                .ok_or_else(too_long)?;
            let (size, repeat) = match kind {
                Kind::Pad => continue,
                Kind::Bytes | Kind::Pascal => (total, 1),
                _ if repeat == 0 => continue,
                _ => (size, repeat),
            };
            format.values = format.values.checked_add(repeat).ok_or_else(too_long)?;
            format.fields.push(Field {
                kind,
                letter,
                offset,
                size,
                repeat,
            });
        }
        Ok(Rc::new(format))
    }

    /// Each value with its field and place.
    pub fn places(&self) -> impl Iterator<Item = (&Field, usize)> {
        self.fields.iter().flat_map(|field| {
            (0..field.repeat).map(move |at| (field, field.offset + at * field.size))
        })
    }

    /// The values of `size` bytes.
    pub fn unpack(&self, bytes: &[u8]) -> Vec<Value> {
        let mut values = Vec::with_capacity(self.values.min(bytes.len() + 8));
        for (field, at) in self.places() {
            values.push(field.unpack(&bytes[at..at + field.size], self.big_endian));
        }
        values
    }

    /// Writes as many values as the format has into `size` zeroed bytes.
    pub fn pack(&self, values: &[Value], bytes: &mut [u8]) -> PyResult<()> {
        for ((field, at), value) in self.places().zip(values) {
            field.pack(value, &mut bytes[at..at + field.size], self.big_endian)?;
        }
        Ok(())
    }
}

/// The number in up to eight bytes.
fn read_word(bytes: &[u8], big_endian: bool) -> u64 {
    let mut word = [0; 8];
    let length = bytes.len().min(8);
    if big_endian {
        word[8 - length..].copy_from_slice(&bytes[..length]);
        u64::from_be_bytes(word)
    } else {
        word[..length].copy_from_slice(&bytes[..length]);
        u64::from_le_bytes(word)
    }
}

fn write_word(word: u64, bytes: &mut [u8], big_endian: bool) {
    let length = bytes.len().min(8);
    if big_endian {
        bytes.copy_from_slice(&word.to_be_bytes()[8 - length..]);
    } else {
        bytes.copy_from_slice(&word.to_le_bytes()[..length]);
    }
}

fn read_float(bytes: &[u8], big_endian: bool) -> f64 {
    let word = read_word(bytes, big_endian);
    match bytes.len() {
        2 => half_to_float(word as u16),
        4 => f32::from_bits(word as u32).into(),
        _ => f64::from_bits(word),
    }
}

fn write_float(number: f64, bytes: &mut [u8], big_endian: bool) -> PyResult<()> {
    let too_large =
        |letter| overflow_error(format!("float too large to pack with {letter} format"));
    let word = match bytes.len() {
        2 => float_to_half(number).ok_or_else(|| too_large('e'))?.into(),
        4 => {
            let narrow = number as f32;
            if narrow.is_infinite() && number.is_finite() {
                return Err(too_large('f'));
            }
            narrow.to_bits().into()
        }
        _ => number.to_bits(),
    };
    write_word(word, bytes, big_endian);
    Ok(())
}

impl Field {
    fn unpack(&self, bytes: &[u8], big_endian: bool) -> Value {
        match self.kind {
            Kind::Char | Kind::Bytes => Bytes::from_slice(bytes).into_value(),
            Kind::Pascal => {
                let (count, rest) = match bytes.split_first() {
                    Some((&count, rest)) => (usize::from(count).min(rest.len()), rest),
                    None => (0, bytes),
                };
                Bytes::from_slice(&rest[..count]).into_value()
            }
            Kind::Bool => Value::bool(bytes.iter().any(|&byte| byte != 0)),
            Kind::Signed => {
                let unused = 64 - 8 * self.size as u32;
                Value::int((read_word(bytes, big_endian) << unused) as i64 >> unused)
            }
            Kind::Unsigned | Kind::Pointer => {
                let word = read_word(bytes, big_endian);
                match i64::try_from(word) {
                    Ok(word) => Value::int(word),
                    Err(_) => Value::from_big(word.into()),
                }
            }
            Kind::Float => Value::float(read_float(bytes, big_endian)),
            Kind::Complex => {
                let (real, imaginary) = bytes.split_at(self.size / 2);
                Complex::new_value(
                    read_float(real, big_endian),
                    read_float(imaginary, big_endian),
                )
            }
            Kind::Pad => Value::none(),
        }
    }

    fn pack(&self, value: &Value, bytes: &mut [u8], big_endian: bool) -> PyResult<()> {
        match self.kind {
            Kind::Pad => {}
            Kind::Char => match value.downcast::<Bytes>().map(Bytes::as_slice) {
                Some([byte]) => bytes[0] = *byte,
                _ => return Err(error("char format requires a bytes object of length 1")),
            },
            Kind::Bytes | Kind::Pascal => {
                let Some(given) = buffer::bytes_or_bytearray(value) else {
                    return Err(error(format!(
                        "argument for '{}' must be a bytes object",
                        char::from(self.letter)
                    )));
                };
                let place = match (self.kind, bytes.split_first_mut()) {
                    (Kind::Pascal, Some((count, rest))) => {
                        *count = given.len().min(rest.len()).min(255) as u8;
                        rest
                    }
                    (Kind::Pascal, None) => return Ok(()),
                    (_, _) => bytes,
                };
                let count = given.len().min(place.len());
                place[..count].copy_from_slice(&given[..count]);
            }
            Kind::Bool => bytes[0] = u8::from(ops::is_true(value)?),
            Kind::Signed | Kind::Unsigned | Kind::Pointer => {
                write_word(self.word(value)?, bytes, big_endian);
            }
            Kind::Float => {
                let Ok(number) = ops::to_f64(value) else {
                    taipan_vm::exceptions::take_raised();
                    return Err(error("required argument is not a float"));
                };
                write_float(number, bytes, big_endian)?;
            }
            Kind::Complex => {
                let Some((real, imaginary)) = complex_parts(value) else {
                    return Err(error("required argument is not a complex"));
                };
                let (first, second) = bytes.split_at_mut(self.size / 2);
                write_float(real, first, big_endian)?;
                write_float(imaginary, second, big_endian)?;
            }
        }
        Ok(())
    }

    /// An int as the word to be stored.
    fn word(&self, value: &Value) -> PyResult<u64> {
        let bits = 8 * self.size as u32;
        let number: i128 = if let Some(small) = value.as_small_int() {
            small.into()
        } else {
            if value.as_int().is_none() && value.class().slots().index.is_none() {
                return Err(error("required argument is not an integer"));
            }
            let number = match ops::index(value) {
                Ok(number) => number,
                Err(raised) => match catch(OVERFLOW_ERROR.get()) {
                    Some(_) => return Err(self.out_of_range()),
                    None => return Err(raised),
                },
            };
            let number: BigInt = number.as_int().map(|int| int.to_big()).unwrap_or_default();
            number.to_i128().ok_or_else(|| match self.kind {
                Kind::Pointer => overflow_error("int too large to convert"),
                _ => self.out_of_range(),
            })?
        };
        let (low, high) = self.range();
        if self.kind == Kind::Pointer {
            if number < -(1 << (bits - 1)) || number >= 1 << bits {
                return Err(overflow_error("int too large to convert"));
            }
        } else if number < low || number > high {
            return Err(self.out_of_range());
        }
        Ok(number as u64)
    }

    fn range(&self) -> (i128, i128) {
        let bits = 8 * self.size as u32;
        if self.kind == Kind::Signed {
            (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
        } else {
            (0, (1i128 << bits) - 1)
        }
    }

    #[cold]
    fn out_of_range(&self) -> Raised {
        let (low, high) = self.range();
        error(format!(
            "'{}' format requires {low} <= number <= {high}",
            char::from(self.letter)
        ))
    }
}

/// The parts of anything that `complex()` takes.
fn complex_parts(value: &Value) -> Option<(f64, f64)> {
    match crate::cmath::complex_argument(value) {
        Ok(parts) => Some(parts),
        Err(_) => {
            taipan_vm::exceptions::take_raised();
            None
        }
    }
}
