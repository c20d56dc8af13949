//! Pickling: machine formats of items, and arrays rebuilt from them on any machine.

use super::{Array, Item, own, type_code};
use num_bigint::{BigInt, BigUint};
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{PyResult, type_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::names;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Ref, object_value};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::object::full_name;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// A machine format code, taken apart.
enum Format {
    Int {
        size: usize,
        signed: bool,
        big: bool,
    },
    Float {
        size: usize,
        big: bool,
    },
    Utf16 {
        big: bool,
    },
    Utf32 {
        big: bool,
    },
}

fn format(code: i64) -> Option<Format> {
    let big = code % 2 == 1;
    Some(match code {
        0 | 1 => Format::Int {
            size: 1,
            signed: code == 1,
            big: false,
        },
        2..=13 => Format::Int {
            size: 2 << ((code - 2) / 4),
            signed: (code - 2) % 4 >= 2,
            big,
        },
        14..=17 => Format::Float {
            size: if code < 16 { 4 } else { 8 },
            big,
        },
        18 | 19 => Format::Utf16 { big },
        20 | 21 => Format::Utf32 { big },
        _ => return None,
    })
}

fn code_of(item: Item) -> i64 {
    let big = i64::from(cfg!(target_endian = "big"));
    match item {
        Item::U8 => 0,
        Item::I8 => 1,
        Item::F32 => 14 + big,
        Item::F64 => 16 + big,
        Item::Wide | Item::Character => 20 + big,
        _ => {
            let width = item.size().trailing_zeros() as i64 - 1;
            2 + 4 * width + 2 * i64::from(item.is_signed()) + big
        }
    }
}

/// `array.__reduce_ex__(protocol)`
pub fn reduced(this: &Value, protocol: &Value) -> PyResult {
    if protocol.as_int().is_none() {
        return Err(type_error("__reduce_ex__ argument should be an integer"));
    }
    let protocol = ops::to_i64(protocol)?;
    let array = own(this);
    let class = object_value(this.class());
    let code = Str::new(&array.item.code().to_string()).into_value();
    let dict = ops::getattr_opt(this, &names::DICT)?.unwrap_or_else(Value::none);
    if protocol < 3 {
        let made_of = Tuple::new([code, array.to_list()]).into_value();
        return Ok(Tuple::new([class, made_of, dict]).into_value());
    }
    let module = taipan_vm::import::import_module("array")?;
    let rebuild = ops::getattr(&module, &Str::intern("_array_reconstructor"))?;
    let made_of = Tuple::new([
        class,
        code,
        Value::int(code_of(array.item)),
        Bytes::from_slice(array.bytes()).into_value(),
    ]);
    Ok(Tuple::new([rebuild, made_of.into_value(), dict]).into_value())
}

/// The bytes of one item, least significant first.
fn ordered(bytes: &[u8], big: bool) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if big {
        bytes.reverse();
    }
    bytes
}

pub fn reconstruct(class: &Type, code: &Value, machine: i64, items: &Value) -> PyResult {
    if !class.is_subclass(Array::class()) {
        return Err(type_error(format!(
            "{} is not a subtype of {}",
            class.name(),
            full_name(Array::class())
        )));
    }
    let code = type_code(code, "_array_reconstructor", 2)?;
    let Some(item) = Item::from_code(code) else {
        return Err(value_error("second argument must be a valid type code"));
    };
    let Some(format) = format(machine) else {
        return Err(value_error(
            "third argument must be a valid machine format code.",
        ));
    };
    let Some(bytes) = items.downcast::<Bytes>() else {
        return Err(type_error(format!(
            "fourth argument should be bytes, not {}",
            items.class().name()
        )));
    };
    let bytes = bytes.as_slice();
    let empty =
        |item: Item| -> Ref<Array> { allocate_instance(class, Array::native(item, Vec::new())) };
    if machine == code_of(item) {
        let array = empty(item);
        array.append_bytes(bytes)?;
        return Ok(array.into_value());
    }
    let whole = |size: usize| {
        if bytes.len().is_multiple_of(size) {
            Ok(bytes.chunks_exact(size))
        } else {
            Err(value_error("bytes length not a multiple of item size"))
        }
    };
    match format {
        Format::Int { size, signed, big } => {
            let array = empty(Item::integer(size, signed).unwrap_or(item));
            for raw in whole(size)? {
                let raw = ordered(raw, big);
                let number = if signed {
                    BigInt::from_signed_bytes_le(&raw)
                } else {
                    BigUint::from_bytes_le(&raw).into()
                };
                array.push(&Value::from_big(number))?;
            }
            Ok(array.into_value())
        }
        Format::Float { size, big } => {
            let array = empty(item);
            for raw in whole(size)? {
                let mut word = [0; 8];
                word[..size].copy_from_slice(&ordered(raw, big));
                let bits = u64::from_le_bytes(word);
                let number = match size {
                    4 => f32::from_bits(bits as u32).into(),
                    _ => f64::from_bits(bits),
                };
                array.push(&Value::float(number))?;
            }
            Ok(array.into_value())
        }
        Format::Utf16 { big } | Format::Utf32 { big } => {
            let encoding = match (matches!(format, Format::Utf16 { .. }), big) {
                (true, false) => "utf-16-le",
                (true, true) => "utf-16-be",
                (false, false) => "utf-32-le",
                (false, true) => "utf-32-be",
            };
            let text = ops::call_method(
                items,
                &Str::intern("decode"),
                &[Str::new(encoding).into_value()],
            )?;
            let array = empty(item);
            array.fill(&text)?;
            Ok(array.into_value())
        }
    }
}
