//! Writing.

use super::{FLAG_REF, MAX_DEPTH, VERSION};
use num_bigint::{BigInt, Sign};
use std::collections::HashMap;
use std::sync::Arc;
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{self, PyResult, runtime_error, value_error};
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::code::Code;
use taipan_vm::objects::complex::Complex;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::list::List;
use taipan_vm::objects::set::{FrozenSet, Set, core_of};
use taipan_vm::objects::slice::Slice;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

pub struct Writer {
    out: Vec<u8>,
    version: i64,
    allow_code: bool,
    /// Numbers of the objects written with `FLAG_REF`, by identity; the values keep them alive.
    refs: HashMap<u64, u32>,
    kept: Vec<Value>,
    /// Code and slices that are being written: what is in them cannot refer to them.
    unfinished: Vec<u64>,
    depth: usize,
}

/// Ints that exist once in CPython, so that each use refers to the same object.
const SHARED_INTS: std::ops::RangeInclusive<i64> = -5..=256;

/// Is this a constant as a compiler makes them? Code may have been given others.
fn is_plain(value: &Value) -> PyResult<bool> {
    let all = |values: &[Value]| -> PyResult<bool> {
        let _guard = ops::enter_native(" while marshalling an object")?;
        for value in values {
            if !is_plain(value)? {
                return Ok(false);
            }
        }
        Ok(true)
    };
    if let Some(code) = value.downcast_exact::<Code>() {
        return all(&code.consts);
    }
    if let Some(tuple) = value.downcast_exact::<Tuple>() {
        return all(tuple.as_slice());
    }
    if let Some(slice) = value.downcast_exact::<Slice>() {
        return all(&[slice.start.clone(), slice.stop.clone(), slice.step.clone()]);
    }
    if value.downcast_exact::<FrozenSet>().is_some() {
        return all(&core_of(value).map(|core| core.keys()).unwrap_or_default());
    }
    Ok(value.is_none()
        || value.is_ellipsis()
        || value.as_int().is_some()
            && (ops::is_exact_int(value) || value.is_true() || value.is_false())
        || value.as_exact_float().is_some()
        || value.downcast_exact::<Str>().is_some()
        || value.downcast_exact::<Bytes>().is_some()
        || value.downcast_exact::<Complex>().is_some())
}

impl Writer {
    pub fn dump(value: &Value, version: i64, allow_code: bool) -> PyResult<Vec<u8>> {
        // What is referred to in code does not depend on who else has its constants, but is as if it had just
        // been compiled.
        if allow_code
            && version == VERSION
            && let Some(code) = value.downcast_exact::<Code>()
            && is_plain(value)?
        {
            return Ok(taipan_vm::bytecode::marshal::dumps_code(&Arc::new(
                code.plain(),
            )));
        }
        let mut writer = Writer {
            out: Vec::new(),
            version,
            allow_code,
            refs: HashMap::new(),
            kept: Vec::new(),
            unfinished: Vec::new(),
            depth: 0,
        };
        writer.object(value)?;
        Ok(writer.out)
    }

    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }
    fn long(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }
    fn size(&mut self, size: usize) -> PyResult<()> {
        match i32::try_from(size) {
            Ok(size) => {
                self.long(size);
                Ok(())
            }
            Err(_) => Err(value_error("unmarshallable object")),
        }
    }
    fn sized(&mut self, kind: u8, bytes: &[u8]) -> PyResult<()> {
        self.byte(kind);
        self.size(bytes.len())?;
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes a reference if the object was written before; else says whether one may come later.
    fn reference(&mut self, value: &Value) -> PyResult<Option<u8>> {
        if self.version < 3 {
            return Ok(Some(0));
        }
        let shared = match value.header() {
            Some(header) => header.is_immortal() || header.count() > 1,
            None => value
                .as_small_int()
                .is_some_and(|int| SHARED_INTS.contains(&int)),
        };
        if !shared {
            return Ok(Some(0));
        }
        let key = value.raw().0;
        if let Some(&number) = self.refs.get(&key) {
            if self.unfinished.contains(&key) {
                return Err(value_error("unmarshallable object"));
            }
            self.byte(b'r');
            self.long(number as i32);
            return Ok(None);
        }
        let number = self.refs.len() as u32;
        self.refs.insert(key, number);
        self.kept.push(value.clone());
        Ok(Some(FLAG_REF))
    }

    fn object(&mut self, value: &Value) -> PyResult<()> {
        let _guard = ops::enter_native(" while marshalling an object")?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(value_error("object too deeply nested to marshal"));
        }
        let result = self.object_inner(value);
        self.depth -= 1;
        result
    }

    fn object_inner(&mut self, value: &Value) -> PyResult<()> {
        let single = match () {
            _ if value.is_none() => Some(b'N'),
            _ if value.is_true() => Some(b'T'),
            _ if value.is_false() => Some(b'F'),
            _ if value.is_ellipsis() => Some(b'.'),
            _ if value
                .downcast::<Type>()
                .is_some_and(|class| std::ptr::eq(class, exceptions::STOP_ITERATION.get())) =>
            {
                Some(b'S')
            }
            _ => None,
        };
        if let Some(byte) = single {
            self.byte(byte);
            return Ok(());
        }
        match self.reference(value)? {
            Some(flag) => self.complex_object(value, flag),
            None => Ok(()),
        }
    }

    fn complex_object(&mut self, value: &Value, flag: u8) -> PyResult<()> {
        if ops::is_exact_int(value) {
            return self.int(value, flag);
        }
        if let Some(float) = value.as_exact_float() {
            if self.version > 1 {
                self.byte(b'g' | flag);
                self.out.extend_from_slice(&float.to_le_bytes());
            } else {
                self.byte(b'f' | flag);
                self.float_text(float);
            }
            return Ok(());
        }
        if let Some(complex) = value.downcast_exact::<Complex>() {
            let parts = [complex.real, complex.imaginary];
            self.byte(if self.version > 1 { b'y' } else { b'x' } | flag);
            for part in parts {
                if self.version > 1 {
                    self.out.extend_from_slice(&part.to_le_bytes());
                } else {
                    self.float_text(part);
                }
            }
            return Ok(());
        }
        if let Some(bytes) = value.downcast_exact::<Bytes>() {
            return self.sized(b's' | flag, bytes.as_slice());
        }
        if let Some(text) = value.downcast_exact::<Str>() {
            return self.text(text, flag);
        }
        if let Some(tuple) = value.downcast_exact::<Tuple>() {
            let items = tuple.as_slice();
            match u8::try_from(items.len()) {
                Ok(length) if self.version >= 4 => {
                    self.byte(b')' | flag);
                    self.byte(length);
                }
                _ => {
                    self.byte(b'(' | flag);
                    self.size(items.len())?;
                }
            }
            return items.iter().try_for_each(|item| self.object(item));
        }
        if let Some(list) = value.downcast_exact::<List>() {
            let items = list.to_vec();
            self.byte(b'[' | flag);
            self.size(items.len())?;
            return items.iter().try_for_each(|item| self.object(item));
        }
        if let Some(dict) = value.downcast_exact::<Dict>() {
            self.byte(b'{' | flag);
            for (key, item) in dict.items() {
                self.object(&key)?;
                self.object(&item)?;
            }
            self.byte(b'0');
            return Ok(());
        }
        if let Some(code) = value.downcast_exact::<Code>() {
            self.unfinished.push(value.raw().0);
            self.code(code, flag)?;
            self.unfinished.pop();
            return Ok(());
        }
        if let Some(slice) = value.downcast_exact::<Slice>() {
            if self.version < 5 {
                return Err(value_error("unmarshallable object"));
            }
            self.byte(b':' | flag);
            self.unfinished.push(value.raw().0);
            self.object(&slice.start)?;
            self.object(&slice.stop)?;
            self.object(&slice.step)?;
            self.unfinished.pop();
            return Ok(());
        }
        self.set_or_buffer(value, flag)
    }

    fn set_or_buffer(&mut self, value: &Value, flag: u8) -> PyResult<()> {
        let is_frozen = value.class().is_native::<FrozenSet>();
        let is_set = is_frozen || value.class().is_native::<Set>();
        if let Some(core) = core_of(value).filter(|_| is_set) {
            self.byte(if is_frozen { b'>' } else { b'<' } | flag);
            // In the order of what is written for each, so that equal sets give equal bytes.
            let mut items = Vec::new();
            let count = core.len();
            for key in core.keys() {
                items.push((Writer::dump(&key, self.version, self.allow_code)?, key));
                if core.len() != count {
                    return Err(runtime_error("set changed size during iteration"));
                }
            }
            items.sort_by(|a, b| a.0.cmp(&b.0));
            self.size(items.len())?;
            return items.iter().try_for_each(|(_, item)| self.object(item));
        }
        match buffer::try_bytes(value)? {
            Some(bytes) => {
                let bytes = bytes.to_vec();
                self.sized(b's' | flag, &bytes)
            }
            None => Err(value_error("unmarshallable object")),
        }
    }

    fn int(&mut self, value: &Value, flag: u8) -> PyResult<()> {
        let number = value.as_int().map(|int| int.to_big()).unwrap_or_default();
        if let Ok(small) = i32::try_from(&number) {
            self.byte(b'i' | flag);
            self.long(small);
            return Ok(());
        }
        self.byte(b'l' | flag);
        let digits = digits(&number);
        let count =
            i32::try_from(digits.len()).map_err(|_| value_error("unmarshallable object"))?;
        self.long(if number.sign() == Sign::Minus {
            -count
        } else {
            count
        });
        for digit in digits {
            self.out.extend_from_slice(&digit.to_le_bytes());
        }
        Ok(())
    }

    fn float_text(&mut self, float: f64) {
        // 17 significant digits, as in the historical format.
        let text = ops::format(&Value::float(float), &Str::new(".17g"))
            .ok()
            .and_then(|text| Some(text.downcast::<Str>()?.to_rust().into_owned()))
            .unwrap_or_else(|| taipan_vm::numeric::float_digits::repr(float));
        self.byte(text.len() as u8);
        self.out.extend_from_slice(text.as_bytes());
    }

    fn text(&mut self, text: &Str, flag: u8) -> PyResult<()> {
        let interned = text.is_interned();
        if self.version >= 4
            && let Some(ascii) = text.as_ascii()
        {
            return match u8::try_from(ascii.len()) {
                Ok(length) => {
                    self.byte(if interned { b'Z' } else { b'z' } | flag);
                    self.byte(length);
                    self.out.extend_from_slice(ascii.as_bytes());
                    Ok(())
                }
                Err(_) => self.sized(if interned { b'A' } else { b'a' } | flag, ascii.as_bytes()),
            };
        }
        let kind = if self.version >= 3 && interned {
            b't'
        } else {
            b'u'
        };
        let bytes = text.to_text();
        self.sized(kind | flag, bytes.as_bytes())
    }

    fn code(&mut self, code: &Code, flag: u8) -> PyResult<()> {
        if !self.allow_code {
            return Err(value_error("marshalling code objects is disallowed"));
        }
        self.byte(b'c' | flag);
        for count in [
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            code.stack_size,
            code.flags.bits(),
        ] {
            self.long(count as i32);
        }
        let bytes = |data: &[u8]| Bytes::from_slice(data).into_value();
        let names = |names: &[taipan_vm::object::Ref<Str>]| {
            Tuple::new(names.iter().map(|name| name.to_value()).collect::<Vec<_>>()).into_value()
        };
        let kinds: Vec<u8> = code
            .localspluskinds
            .iter()
            .map(|kind| kind.bits())
            .collect();
        let parts = [
            bytes(&code.bytes()),
            Tuple::from_slice(&code.consts).into_value(),
            names(&code.names),
            names(&code.locals),
            bytes(&kinds),
            code.filename.to_value(),
            code.name.to_value(),
            code.qualname.to_value(),
        ];
        parts.iter().try_for_each(|part| self.object(part))?;
        self.long(code.firstlineno);
        self.object(&bytes(&code.linetable))?;
        self.object(&bytes(&code.exceptiontable))
    }
}

/// Digits of 15 bits, least significant first.
fn digits(number: &BigInt) -> Vec<u16> {
    let (mut digits, mut buffer, mut bits) = (Vec::new(), 0u64, 0);
    for word in number.magnitude().to_u32_digits() {
        buffer |= u64::from(word) << bits;
        bits += 32;
        while bits >= 15 {
            digits.push((buffer & 0x7FFF) as u16);
            buffer >>= 15;
            bits -= 15;
        }
    }
    digits.push(buffer as u16);
    while digits.last() == Some(&0) {
        digits.pop();
    }
    digits
}
