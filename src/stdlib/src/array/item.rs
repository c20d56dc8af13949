//! The item types of arrays.

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{PyResult, Raised, overflow_error, type_error};
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

/// A type code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Item {
    I8,
    U8,
    /// `u`: characters of the C library, as wide as those of `w` here.
    Wide,
    Character,
    I16,
    U16,
    I32,
    U32,
    Long,
    UnsignedLong,
    I64,
    U64,
    F32,
    F64,
}

pub const CODES: &str = "bBuwhHiIlLqQfd";

const ALL: [Item; 14] = [
    Item::I8,
    Item::U8,
    Item::Wide,
    Item::Character,
    Item::I16,
    Item::U16,
    Item::I32,
    Item::U32,
    Item::Long,
    Item::UnsignedLong,
    Item::I64,
    Item::U64,
    Item::F32,
    Item::F64,
];

/// The bytes of an item, of which the first `size` count.
pub type Packed = [u8; 8];

fn packed<const N: usize>(bytes: [u8; N]) -> Packed {
    let mut all = [0; 8];
    all[..N].copy_from_slice(&bytes);
    all
}

fn out_of_range(what: &str, too_large: bool) -> Raised {
    let limit = if too_large {
        "greater than maximum"
    } else {
        "less than minimum"
    };
    overflow_error(format!("{what} is {limit}"))
}

/// An int between two limits, which `what` names.
fn limited(number: i64, low: i64, high: i64, what: &str) -> PyResult<i64> {
    if number < low || number > high {
        return Err(out_of_range(what, number > high));
    }
    Ok(number)
}

fn big(value: &Value) -> PyResult<BigInt> {
    let number = ops::index(value)?;
    Ok(number.as_int().map(|int| int.to_big()).unwrap_or_default())
}

fn unsigned(value: &Value) -> PyResult<u64> {
    let number = big(value)?;
    if number.sign() == num_bigint::Sign::Minus {
        return Err(overflow_error(
            "can't convert negative value to unsigned int",
        ));
    }
    number
        .to_u64()
        .ok_or_else(|| overflow_error("Python int too large to convert to C unsigned long"))
}

impl Item {
    pub fn from_code(code: u32) -> Option<Item> {
        let at = CODES.bytes().position(|known| u32::from(known) == code)?;
        ALL.get(at).copied()
    }
    pub fn code(self) -> char {
        char::from(CODES.as_bytes()[self as usize])
    }
    pub fn size(self) -> usize {
        match self {
            Item::I8 | Item::U8 => 1,
            Item::I16 | Item::U16 => 2,
            Item::I32 | Item::U32 | Item::F32 | Item::Wide | Item::Character => 4,
            _ => 8,
        }
    }
    pub fn is_text(self) -> bool {
        matches!(self, Item::Wide | Item::Character)
    }
    pub fn is_float(self) -> bool {
        matches!(self, Item::F32 | Item::F64)
    }
    pub fn is_signed(self) -> bool {
        matches!(
            self,
            Item::I8 | Item::I16 | Item::I32 | Item::Long | Item::I64
        )
    }
    /// The first integer type of that size and signedness.
    pub fn integer(size: usize, signed: bool) -> Option<Item> {
        ALL.into_iter().find(|item| {
            !item.is_text() && !item.is_float() && item.size() == size && item.is_signed() == signed
        })
    }
    /// The format for the buffer protocol.
    pub fn format(self) -> String {
        if self == Item::Wide {
            return "w".to_owned();
        }
        self.code().to_string()
    }

    #[inline]
    pub fn unpack(self, bytes: &[u8]) -> Value {
        macro_rules! read {
            ($ty:ty) => {{
                let mut raw = [0; size_of::<$ty>()];
                raw.copy_from_slice(&bytes[..size_of::<$ty>()]);
                <$ty>::from_ne_bytes(raw)
            }};
        }
        match self {
            Item::I8 => Value::int(read!(i8).into()),
            Item::U8 => Value::int(read!(u8).into()),
            Item::I16 => Value::int(read!(i16).into()),
            Item::U16 => Value::int(read!(u16).into()),
            Item::I32 => Value::int(read!(i32).into()),
            Item::U32 => Value::int(read!(u32).into()),
            Item::Long | Item::I64 => Value::int(read!(i64)),
            Item::UnsignedLong | Item::U64 => {
                let number = read!(u64);
                match i64::try_from(number) {
                    Ok(number) => Value::int(number),
                    Err(_) => Value::from_big(number.into()),
                }
            }
            Item::F32 => Value::float(read!(f32).into()),
            Item::F64 => Value::float(read!(f64)),
            // What is no code point can only come from bytes; it shows as the replacement character.
            Item::Wide | Item::Character => {
                let point = read!(u32);
                Str::from_char(if point > 0x10FFFF { 0xFFFD } else { point }).into_value()
            }
        }
    }

    #[inline]
    pub fn pack(self, value: &Value) -> PyResult<Packed> {
        if let Some(number) = value.as_small_int() {
            match self {
                Item::U8 if (0..=255).contains(&number) => return Ok(packed([number as u8])),
                Item::I32 if i32::try_from(number).is_ok() => {
                    return Ok(packed((number as i32).to_ne_bytes()));
                }
                Item::Long | Item::I64 => return Ok(packed(number.to_ne_bytes())),
                _ => {}
            }
        }
        if self == Item::F64
            && let Some(number) = value.as_exact_float()
        {
            return Ok(packed(number.to_ne_bytes()));
        }
        self.pack_slow(value)
    }

    #[inline(never)]
    fn pack_slow(self, value: &Value) -> PyResult<Packed> {
        let short = "signed short integer";
        let int = "signed integer";
        let short_value = || limited(ops::to_i64(value)?, i16::MIN.into(), i16::MAX.into(), short);
        let int_value = || limited(ops::to_i64(value)?, i32::MIN.into(), i32::MAX.into(), int);
        Ok(match self {
            Item::I8 => {
                let number = limited(
                    short_value()?,
                    i8::MIN.into(),
                    i8::MAX.into(),
                    "signed char",
                )?;
                packed((number as i8).to_ne_bytes())
            }
            Item::U8 => {
                let number = limited(ops::to_i64(value)?, 0, 255, "unsigned byte integer")?;
                packed([number as u8])
            }
            Item::I16 => packed((short_value()? as i16).to_ne_bytes()),
            Item::U16 => {
                let number = limited(int_value()?, 0, u16::MAX.into(), "unsigned short")?;
                packed((number as u16).to_ne_bytes())
            }
            Item::I32 => packed((int_value()? as i32).to_ne_bytes()),
            Item::U32 => {
                let number = unsigned(value)?;
                let Ok(number) = u32::try_from(number) else {
                    return Err(out_of_range("unsigned int", true));
                };
                packed(number.to_ne_bytes())
            }
            Item::Long => packed(ops::to_i64(value)?.to_ne_bytes()),
            Item::UnsignedLong => packed(unsigned(value)?.to_ne_bytes()),
            Item::I64 => match big(value)?.to_i64() {
                Some(number) => packed(number.to_ne_bytes()),
                None => return Err(overflow_error("int too big to convert")),
            },
            Item::U64 => {
                let number = big(value)?;
                match number.to_u64() {
                    Some(number) => packed(number.to_ne_bytes()),
                    None if number.sign() == num_bigint::Sign::Minus => {
                        return Err(overflow_error("can't convert negative int to unsigned"));
                    }
                    None => return Err(overflow_error("int too big to convert")),
                }
            }
            Item::F32 => packed((ops::to_f64(value)? as f32).to_ne_bytes()),
            Item::F64 => packed(ops::to_f64(value)?.to_ne_bytes()),
            Item::Wide | Item::Character => packed(character(value)?.to_ne_bytes()),
        })
    }
}

fn character(value: &Value) -> PyResult<u32> {
    let Some(text) = value.downcast::<Str>() else {
        return Err(type_error(format!(
            "array item must be a unicode character, not {}",
            value.class().name()
        )));
    };
    if text.len() != 1 {
        return Err(type_error(format!(
            "array item must be a unicode character, not a string of length {}",
            text.len()
        )));
    }
    Ok(text.char_at(0))
}
