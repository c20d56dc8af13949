//! Reading. Any bytes may come: damage is an error, and nothing is allocated that the input does not
//! bear out.

use super::code::{self, Parts};
use super::{FLAG_REF, MAX_DEPTH};
use num_bigint::{BigInt, BigUint, Sign};
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{self, PyResult, Raised, eof_error, type_error, value_error};
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Ref, object_value};
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytearray::Bytearray;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::complex::Complex;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::float::Float;
use taipan_vm::objects::list::List;
use taipan_vm::objects::memoryview::Memoryview;
use taipan_vm::objects::set::Set;
use taipan_vm::objects::slice::Slice;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

pub enum Source<'a> {
    Bytes(&'a [u8]),
    /// A file with `readinto`.
    File(Value),
}

pub struct Reader<'a> {
    source: Source<'a>,
    allow_code: bool,
    /// `None` while the object is being read.
    refs: Vec<Option<Value>>,
    depth: usize,
}

#[cold]
fn bad(what: &str) -> Raised {
    value_error(format!("bad marshal data ({what})"))
}

#[cold]
fn too_short() -> Raised {
    eof_error("marshal data too short")
}

/// More is not asked from a file at once, so that a wrong size does not allocate.
const BLOCK: usize = 1 << 20;

/// So many bytes of a file; `end` is what to say if there are fewer.
fn read_into(file: &Value, wanted: usize, end: &str) -> PyResult<Vec<u8>> {
    let buffer = Bytearray::from_vec(vec![0; wanted]).into_value();
    let view = Memoryview::of(&buffer)?;
    let read = ops::call_method(file, &Str::intern("readinto"), &[view])?;
    let read = ops::index_isize(&read, exceptions::VALUE_ERROR.get())?;
    if read == wanted as isize {
        return Ok(buffer::bytes_like(&buffer)?.to_vec());
    }
    if read > wanted as isize {
        return Err(value_error(format!(
            "read() returned too much data: {wanted} bytes requested, {read} returned"
        )));
    }
    Err(eof_error(end))
}

impl<'a> Reader<'a> {
    pub fn load(source: Source<'a>, allow_code: bool) -> PyResult {
        let mut reader = Reader {
            source,
            allow_code,
            refs: Vec::new(),
            depth: 0,
        };
        reader.object("object")
    }

    fn take(&mut self, count: usize) -> PyResult<Vec<u8>> {
        match &mut self.source {
            Source::Bytes(data) => {
                let Some((taken, rest)) = data.split_at_checked(count) else {
                    return Err(too_short());
                };
                *data = rest;
                Ok(taken.to_vec())
            }
            Source::File(file) => {
                let mut all = Vec::new();
                while all.len() < count {
                    let wanted = (count - all.len()).min(BLOCK);
                    let part = read_into(file, wanted, "EOF read where not expected")?;
                    all.extend_from_slice(&part);
                }
                Ok(all)
            }
        }
    }

    fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        if let Source::Bytes(data) = &mut self.source {
            let Some((taken, rest)) = data.split_first_chunk::<N>() else {
                return Err(too_short());
            };
            *data = rest;
            return Ok(*taken);
        }
        let mut array = [0; N];
        array.copy_from_slice(&self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> PyResult<u8> {
        Ok(self.array::<1>()?[0])
    }
    fn long(&mut self) -> PyResult<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }
    fn float(&mut self) -> PyResult<f64> {
        Ok(f64::from_le_bytes(self.array()?))
    }
    fn size(&mut self, what: &str) -> PyResult<usize> {
        usize::try_from(self.long()?).map_err(|_| bad(&format!("{what} size out of range")))
    }
    fn float_text(&mut self) -> PyResult<f64> {
        let length = usize::from(self.byte()?);
        let text = self.take(length)?;
        let class = object_value(Float::class());
        let float = ops::call(&class, &[Str::from_latin1(&text).into_value()])?;
        ops::to_f64(&float)
    }

    /// An object; `within` names what it is part of.
    fn object(&mut self, within: &str) -> PyResult {
        match self.maybe_object()? {
            Some(value) => Ok(value),
            None => Err(type_error(format!(
                "NULL object in marshal data for {within}"
            ))),
        }
    }

    /// An object, or the mark that ends a dict.
    fn maybe_object(&mut self) -> PyResult<Option<Value>> {
        let _guard = ops::enter_native(" while unmarshalling an object")?;
        let code = match &self.source {
            Source::Bytes([]) => return Err(eof_error("EOF read where object expected")),
            Source::Bytes(_) => self.byte()?,
            Source::File(file) => read_into(file, 1, "EOF read where object expected")?[0],
        };
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(value_error("recursion limit exceeded"));
        }
        let value = self.object_of(code & !FLAG_REF, code & FLAG_REF != 0)?;
        self.depth -= 1;
        Ok(value)
    }

    /// Makes room for an object that is complete only later.
    fn reserve(&mut self, flag: bool) -> Option<usize> {
        flag.then(|| {
            self.refs.push(None);
            self.refs.len() - 1
        })
    }

    fn keep(&mut self, slot: Option<usize>, value: Value) -> Value {
        if let Some(slot) = slot
            && let Some(place) = self.refs.get_mut(slot)
        {
            *place = Some(value.clone());
        }
        value
    }

    fn object_of(&mut self, code: u8, flag: bool) -> PyResult<Option<Value>> {
        let value = match code {
            b'0' => return Ok(None),
            b'N' => return Ok(Some(Value::none())),
            b'T' => return Ok(Some(Value::true_())),
            b'F' => return Ok(Some(Value::false_())),
            b'.' => return Ok(Some(Value::ellipsis())),
            b'S' => return Ok(Some(object_value(exceptions::STOP_ITERATION.get()))),
            b'r' => {
                let index = usize::try_from(self.long()?).unwrap_or(usize::MAX);
                return match self.refs.get(index) {
                    Some(Some(value)) => Ok(Some(value.clone())),
                    _ => Err(bad("invalid reference")),
                };
            }
            b'i' => Value::int(self.long()?.into()),
            b'I' => Value::int(i64::from_le_bytes(self.array()?)),
            b'l' => Value::from_big(self.big_int()?),
            b'f' => Value::float(self.float_text()?),
            b'g' => Value::float(self.float()?),
            b'x' => Complex::new_value(self.float_text()?, self.float_text()?),
            b'y' => Complex::new_value(self.float()?, self.float()?),
            b's' => {
                let size = self.size("bytes object")?;
                Bytes::from_vec(self.take(size)?).into_value()
            }
            b'a' | b'A' => {
                let size = self.size("string")?;
                self.latin(size, code == b'A')?
            }
            b'z' | b'Z' => {
                let size = usize::from(self.byte()?);
                self.latin(size, code == b'Z')?
            }
            b't' | b'u' => self.utf8(code == b't')?,
            b')' => {
                let size = usize::from(self.byte()?);
                return self.tuple(size, flag).map(Some);
            }
            b'(' => {
                let size = self.size("tuple")?;
                return self.tuple(size, flag).map(Some);
            }
            b'[' => {
                let size = self.size("list")?;
                let list = List::make(Vec::new());
                let slot = self.reserve(flag);
                self.keep(slot, list.to_value());
                for _ in 0..size {
                    let item = self.object("list")?;
                    list.push(item);
                }
                return Ok(Some(list.into_value()));
            }
            b'{' => {
                let dict = Dict::make();
                let slot = self.reserve(flag);
                self.keep(slot, dict.to_value());
                while let Some(key) = self.maybe_object()? {
                    let Some(item) = self.maybe_object()? else {
                        break;
                    };
                    dict.insert(key, item)?;
                }
                return Ok(Some(dict.into_value()));
            }
            b'<' => {
                let size = self.size("set")?;
                let set = Set::make();
                let slot = self.reserve(flag);
                self.keep(slot, set.to_value());
                for _ in 0..size {
                    let item = self.object("set")?;
                    set.add(item)?;
                }
                return Ok(Some(set.into_value()));
            }
            b'>' => {
                let size = self.size("set")?;
                let slot = self.reserve(flag);
                let mut items = Vec::new();
                for _ in 0..size {
                    items.push(self.object("set")?);
                }
                let set = Set::frozen_from(items)?;
                return Ok(Some(self.keep(slot, set)));
            }
            b':' => {
                let slot = self.reserve(flag);
                let start = self.object("slice")?;
                let stop = self.object("slice")?;
                let step = self.object("slice")?;
                let slice = Slice::make(start, stop, step).into_value();
                return Ok(Some(self.keep(slot, slice)));
            }
            b'c' => {
                let slot = self.reserve(flag);
                let code = self.code()?;
                return Ok(Some(self.keep(slot, code)));
            }
            _ => return Err(bad("unknown type code")),
        };
        let slot = self.reserve(flag);
        Ok(Some(self.keep(slot, value)))
    }

    fn tuple(&mut self, size: usize, flag: bool) -> PyResult {
        let slot = self.reserve(flag);
        let borne_out = match &self.source {
            Source::Bytes(data) => size <= data.len(),
            Source::File(_) => size <= BLOCK,
        };
        if !flag || !borne_out || size == 0 {
            let mut items = Vec::new();
            for _ in 0..size {
                items.push(self.object("tuple")?);
            }
            return Ok(self.keep(slot, Tuple::new(items).into_value()));
        }
        // What lies in it may refer to it.
        let tuple = Tuple::new(std::iter::repeat_n(Value::none(), size));
        self.keep(slot, tuple.to_value());
        for index in 0..size {
            let item = self.object("tuple")?;
            if tuple.known_hash().is_some() {
                return Err(bad("invalid reference"));
            }
            // SAFETY: the index is in range, and whoever refers to the tuple is being read too: nobody looks into it.
            drop(unsafe { tuple.replace(index, item) });
        }
        Ok(tuple.into_value())
    }

    fn latin(&mut self, size: usize, intern: bool) -> PyResult {
        let text = Str::from_latin1(&self.take(size)?);
        Ok(if intern { text.interned() } else { text }.into_value())
    }

    fn utf8(&mut self, intern: bool) -> PyResult {
        let size = self.size("string")?;
        let bytes = self.take(size)?;
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => Str::new(text),
            // Lone surrogates are encoded too; the codec has the words for what is really wrong.
            Err(_) => {
                let decoded = ops::call_method(
                    Bytes::from_vec(bytes).as_value(),
                    &Str::intern("decode"),
                    &[
                        Str::new("utf-8").into_value(),
                        Str::new("surrogatepass").into_value(),
                    ],
                )?;
                Ref::<Str>::from_value(decoded).map_err(|_| bad("invalid text"))?
            }
        };
        Ok(if intern { text.interned() } else { text }.into_value())
    }

    fn big_int(&mut self) -> PyResult<BigInt> {
        let count = self.long()?;
        let length = count.unsigned_abs() as usize;
        let raw = self.take(length.checked_mul(2).ok_or_else(too_short)?)?;
        let (mut bytes, mut buffer, mut bits) = (Vec::with_capacity(raw.len()), 0u32, 0);
        for (at, pair) in raw.chunks_exact(2).enumerate() {
            let digit = u16::from_le_bytes([pair[0], pair[1]]);
            if digit >= 1 << 15 {
                return Err(bad("digit out of range in long"));
            }
            if at + 1 == length && digit == 0 {
                return Err(bad("unnormalized long data"));
            }
            buffer |= u32::from(digit) << bits;
            bits += 15;
            while bits >= 8 {
                bytes.push(buffer as u8);
                buffer >>= 8;
                bits -= 8;
            }
        }
        bytes.push(buffer as u8);
        let sign = if count < 0 { Sign::Minus } else { Sign::Plus };
        Ok(BigInt::from_biguint(sign, BigUint::from_bytes_le(&bytes)))
    }

    fn code(&mut self) -> PyResult {
        if !self.allow_code {
            return Err(value_error("unmarshalling code objects is disallowed"));
        }
        let mut counts = [0; 5];
        for count in &mut counts {
            *count = self.long()?;
        }
        let mut values = Vec::with_capacity(8);
        for _ in 0..8 {
            values.push(self.object("code object")?);
        }
        let parts = Parts {
            counts,
            values,
            firstlineno: self.long()?,
            linetable: self.object("code object")?,
            exceptiontable: self.object("code object")?,
        };
        code::build(&parts)
    }
}
