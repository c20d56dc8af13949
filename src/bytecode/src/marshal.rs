//! The marshal format, version 5: what `.pyc` files hold.
//!
//! Only code objects and constants are read and written; lists, dicts and sets, which can't occur in
//! code objects, are the business of the `marshal` module. Reading takes any bytes: damage is an
//! error, never a panic or an allocation beyond the input's size.

use crate::{
    CodeFlags, CodeObject, CommonConstant, Const, Intrinsic1, LocalKind, Opcode, Text, dis,
    linetable,
};
use num_bigint::{BigInt, BigUint, Sign};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

/// The version that CPython 3.14 writes.
pub const VERSION: u32 = 5;

/// Deepest nesting that is read or written.
const MAX_DEPTH: usize = 2000;

/// Marks an object that a later reference may name.
const FLAG_REF: u8 = 0x80;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarshalError {
    /// The data ends too early.
    EndOfData,
    /// It ends where an object should begin.
    NoObject,
    /// A type byte that doesn't occur in code objects, or no such type.
    BadType(u8),
    /// A reference to an object that isn't there, or isn't complete yet.
    BadReference,
    /// A number out of range, text that isn't text, and so on.
    BadValue(&'static str),
    /// Nested too deeply.
    TooDeep,
}

impl fmt::Display for MarshalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MarshalError::EndOfData => f.write_str("marshal data too short"),
            MarshalError::NoObject => f.write_str("EOF read where object expected"),
            MarshalError::BadType(_) => f.write_str("bad marshal data (unknown type code)"),
            MarshalError::BadReference => f.write_str("bad marshal data (invalid reference)"),
            MarshalError::BadValue(what) => write!(f, "bad marshal data ({what})"),
            MarshalError::TooDeep => f.write_str("object too deeply nested to unmarshal"),
        }
    }
}

impl std::error::Error for MarshalError {}

type Result<T> = std::result::Result<T, MarshalError>;

/// Reads one object. Bytes behind it are ignored.
pub fn loads(data: &[u8]) -> Result<Const> {
    let mut reader = Reader {
        data,
        refs: Vec::new(),
    };
    reader.object(0)
}

/// Reads a code object.
pub fn loads_code(data: &[u8]) -> Result<Arc<CodeObject>> {
    match loads(data)? {
        Const::Code(code) => Ok(code),
        _ => Err(MarshalError::BadValue("code object expected")),
    }
}

struct Reader<'a> {
    data: &'a [u8],
    /// None while the object is being read.
    refs: Vec<Option<Const>>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        if count > self.data.len() {
            return Err(MarshalError::EndOfData);
        }
        let (taken, rest) = self.data.split_at(count);
        self.data = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    fn long(&mut self) -> Result<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn float(&mut self) -> Result<f64> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    /// A count of items of at least `width` bytes each.
    fn size(&mut self, width: usize) -> Result<usize> {
        let size = usize::try_from(self.long()?)
            .map_err(|_| MarshalError::BadValue("size out of range"))?;
        if size.saturating_mul(width) > self.data.len() {
            return Err(MarshalError::EndOfData);
        }
        Ok(size)
    }

    fn object(&mut self, depth: usize) -> Result<Const> {
        if depth > MAX_DEPTH {
            return Err(MarshalError::TooDeep);
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.object_inner(depth))
    }

    fn object_inner(&mut self, depth: usize) -> Result<Const> {
        let byte = self.byte().map_err(|_| MarshalError::NoObject)?;
        let slot = (byte & FLAG_REF != 0 && byte & !FLAG_REF != b'r').then(|| {
            self.refs.push(None);
            self.refs.len() - 1
        });
        let value = match byte & !FLAG_REF {
            b'N' => Const::None,
            b'T' => Const::True,
            b'F' => Const::False,
            b'.' => Const::Ellipsis,
            b'i' => Const::Int(self.long()?.into()),
            b'l' => Const::Int(self.big_int()?),
            b'g' => Const::Float(self.float()?),
            b'y' => Const::Complex(self.float()?, self.float()?),
            b's' => {
                let size = self.size(1)?;
                Const::Bytes(self.take(size)?.into())
            }
            b't' | b'u' => {
                let size = self.size(1)?;
                let bytes = self.take(size)?;
                Const::Str(Text::from_bytes(bytes).ok_or(MarshalError::BadValue("invalid text"))?)
            }
            b'a' | b'A' => {
                let size = self.size(1)?;
                self.ascii(size)?
            }
            b'z' | b'Z' => {
                let size = usize::from(self.byte()?);
                self.ascii(size)?
            }
            b')' => {
                let size = usize::from(self.byte()?);
                Const::Tuple(self.objects(size, depth)?)
            }
            b'(' => {
                let size = self.size(1)?;
                Const::Tuple(self.objects(size, depth)?)
            }
            b'>' => {
                let size = self.size(1)?;
                Const::FrozenSet(self.objects(size, depth)?)
            }
            b':' => {
                let parts = [
                    self.object(depth + 1)?,
                    self.object(depth + 1)?,
                    self.object(depth + 1)?,
                ];
                Const::Slice(Box::new(parts))
            }
            b'r' => {
                let index = usize::try_from(self.long()?).unwrap_or(usize::MAX);
                let value = self.refs.get(index).cloned().flatten();
                return value.ok_or(MarshalError::BadReference);
            }
            b'c' => Const::Code(Arc::new(self.code(depth)?)),
            other => return Err(MarshalError::BadType(other)),
        };
        if let Some(slot) = slot {
            self.refs[slot] = Some(value.clone());
        }
        Ok(value)
    }

    fn objects(&mut self, size: usize, depth: usize) -> Result<Box<[Const]>> {
        (0..size).map(|_| self.object(depth + 1)).collect()
    }

    fn ascii(&mut self, size: usize) -> Result<Const> {
        // CPython calls these ASCII but reads Latin-1.
        let bytes = self.take(size)?;
        Ok(Const::Str(Text::from_code_points(
            bytes.iter().map(|byte| u32::from(*byte)),
        )))
    }

    fn big_int(&mut self) -> Result<BigInt> {
        let count = self.long()?;
        let digits = count.unsigned_abs() as usize;
        if digits.saturating_mul(2) > self.data.len() {
            return Err(MarshalError::EndOfData);
        }
        // Digits of 15 bits, least significant first: gathered as bits of bytes.
        let mut bytes = Vec::with_capacity(digits * 2);
        let mut buffer = 0u32;
        let mut bits = 0;
        for index in 0..digits {
            let digit = u16::from_le_bytes(self.array()?);
            if digit >= 1 << 15 {
                return Err(MarshalError::BadValue("digit out of range in long"));
            }
            if index + 1 == digits && digit == 0 {
                return Err(MarshalError::BadValue("unnormalized long data"));
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

    fn bytes(&mut self, depth: usize) -> Result<Box<[u8]>> {
        match self.object(depth + 1)? {
            Const::Bytes(bytes) => Ok(bytes),
            _ => Err(MarshalError::BadValue("bytes expected")),
        }
    }

    fn text(&mut self, depth: usize) -> Result<Text> {
        match self.object(depth + 1)? {
            Const::Str(text) => Ok(text),
            _ => Err(MarshalError::BadValue("string expected")),
        }
    }

    fn tuple(&mut self, depth: usize) -> Result<Box<[Const]>> {
        match self.object(depth + 1)? {
            Const::Tuple(items) => Ok(items),
            _ => Err(MarshalError::BadValue("tuple expected")),
        }
    }

    fn names(&mut self, depth: usize) -> Result<Box<[Text]>> {
        self.tuple(depth)?
            .into_iter()
            .map(|item| match item {
                Const::Str(text) => Ok(text),
                _ => Err(MarshalError::BadValue("name expected")),
            })
            .collect()
    }

    fn count(&mut self) -> Result<u32> {
        u32::try_from(self.long()?).map_err(|_| MarshalError::BadValue("negative count"))
    }

    fn code(&mut self, depth: usize) -> Result<CodeObject> {
        let argcount = self.count()?;
        let posonlyargcount = self.count()?;
        let kwonlyargcount = self.count()?;
        let stacksize = self.count()?;
        let flags = CodeFlags::from_bits_retain(self.long()? as u32);
        let code = self.bytes(depth)?;
        let consts = self.tuple(depth)?;
        let names = self.names(depth)?;
        let localsplusnames = self.names(depth)?;
        let localspluskinds: Box<[LocalKind]> = self
            .bytes(depth)?
            .iter()
            .map(|kind| LocalKind::from_bits_retain(*kind))
            .collect();
        let filename = self.text(depth)?;
        let name = self.text(depth)?;
        let qualname = self.text(depth)?;
        let firstlineno = self.long()?;
        let linetable = self.bytes(depth)?;
        let exceptiontable = self.bytes(depth)?;
        if localspluskinds.len() != localsplusnames.len() {
            return Err(MarshalError::BadValue("locals don't match"));
        }
        Ok(CodeObject {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            code,
            consts,
            names,
            localsplusnames,
            localspluskinds,
            filename,
            name,
            qualname,
            firstlineno,
            linetable,
            exceptiontable,
        })
    }
}

/// Writes one object as CPython does in a process that has just compiled it: what the compiler merged or interned is one
/// object, which later places refer to; everything else is an object of its own.
pub fn dumps(value: &Const) -> Vec<u8> {
    let mut objects = Objects::default();
    objects.collect_names(value);
    objects.count(value);
    let mut writer = Writer {
        objects: Some(objects),
        ..Writer::default()
    };
    if let Const::Code(code) = value {
        // Whoever asks holds it too.
        writer.next_ref = 1;
        writer.code(code, FLAG_REF);
    } else {
        writer.object(value);
    }
    writer.out
}

/// Writes a code object.
pub fn dumps_code(code: &Arc<CodeObject>) -> Vec<u8> {
    dumps(&Const::Code(code.clone()))
}

/// An object, named by what it is: constants by their plain encoding, interned strings by the encoding of such.
type Key = Vec<u8>;

/// What equal constants would be merged into. `None` for what is never merged, as code objects are.
fn merge_key(value: &Const) -> Option<Key> {
    let mut writer = Writer::default();
    writer.plain(value).then_some(writer.out)
}

fn interned_key(text: &Text) -> Key {
    let mut writer = Writer::default();
    writer.text(text, 0, true);
    writer.out
}

fn is_singleton(value: &Const) -> bool {
    matches!(
        value,
        Const::None | Const::True | Const::False | Const::Ellipsis
    )
}

/// Is there one such object in all of a CPython's process?
fn exists_once(value: &Const) -> bool {
    match value {
        Const::Int(value) => i32::try_from(value).is_ok_and(|v| (-5..=256).contains(&v)),
        Const::Str(text) => {
            let mut points = text.code_points();
            matches!(
                (points.next(), points.next()),
                (None | Some(0..=0xFF), None)
            )
        }
        Const::Bytes(bytes) => bytes.len() <= 1,
        Const::Tuple(items) => items.is_empty(),
        _ => is_singleton(value),
    }
}

fn is_percent(value: &Const) -> bool {
    matches!(value, Const::Str(text) if text.as_str() == Some("%"))
}

/// Strings that look like names are interned.
fn looks_interned(text: &Text) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    text.as_bytes().iter().all(is_name) || exists_once(&Const::Str(text.clone()))
}

fn names_tuple(names: &[Text]) -> Const {
    Const::Tuple(names.iter().cloned().map(Const::Str).collect())
}

/// Are the names of the locals a tuple of their own? In functions that evaluate annotations they are: the compiler
/// renames the parameter when the rest is done. Only such functions raise `NotImplementedError` by itself.
fn has_renamed_parameter(code: &CodeObject) -> bool {
    code.posonlyargcount == 1
        && code
            .localsplusnames
            .first()
            .is_some_and(|name| *name == Text::from("format"))
        && dis::instructions(&code.code).any(|instruction| {
            instruction.opcode == Opcode::LOAD_COMMON_CONSTANT
                && instruction.oparg == CommonConstant::NotImplementedError as u32
        })
}

/// Which constants the compiler made of names, so that they are interned, whatever they look like: keywords of calls and
/// patterns, imported names, a class's names and attributes, type parameters.
fn constants_of_names(code: &CodeObject) -> HashSet<usize> {
    let is_name = |index: u32, name: &str| {
        let found = code.names.get(index as usize);
        found.is_some_and(|found| found.as_str() == Some(name))
    };
    let mut found = HashSet::new();
    let (mut loaded, mut builds_class) = (None, false);
    for instruction in dis::instructions(&code.code) {
        let of_names = match instruction.opcode {
            Opcode::CALL_KW | Opcode::MATCH_CLASS | Opcode::IMPORT_NAME => true,
            Opcode::STORE_NAME => {
                is_name(instruction.oparg, "__static_attributes__")
                    || is_name(instruction.oparg, "__qualname__")
            }
            Opcode::CALL_INTRINSIC_1 => matches!(
                Intrinsic1::from_u32(instruction.oparg),
                Some(Intrinsic1::TypeVar | Intrinsic1::ParamSpec | Intrinsic1::TypeVarTuple)
            ),
            _ => false,
        };
        if of_names {
            found.extend(loaded);
        }
        loaded = (instruction.opcode == Opcode::LOAD_CONST).then_some(instruction.oparg as usize);
        // The first string behind the instruction that builds a class is its name.
        builds_class |= instruction.opcode == Opcode::LOAD_BUILD_CLASS;
        let value = loaded.and_then(|index| code.consts.get(index));
        if builds_class && matches!(value, Some(Const::Str(_))) {
            found.extend(loaded);
            builds_class = false;
        }
    }
    found
}

/// Does the code load the constant as a part of `'…' % (…)` that the compiler made a formatted string of? Such parts have
/// no place of their own in the source, so they take that of the instruction before.
fn loads_made_part(code: &CodeObject, constant: usize) -> bool {
    let position = |unit| linetable::position_at(&code.linetable, code.firstlineno, unit);
    let mut before = None;
    dis::instructions(&code.code).any(|instruction| {
        let last = before.replace(instruction.unit);
        instruction.opcode == Opcode::LOAD_CONST
            && instruction.oparg as usize == constant
            && last.is_some_and(|last| position(last) == position(instruction.unit))
    })
}

/// The objects that the constants and tables of a code object are.
#[derive(Default)]
struct Objects {
    /// From how many places each is used.
    uses: HashMap<Key, u32>,
    /// Strings of which the first equal constant was a name, interned before it was merged with others.
    interned: HashSet<Text>,
    /// Qualified names of the code objects that are complete: those are interned at the end.
    complete: HashSet<Text>,
    /// What the parser interned.
    names: HashSet<Text>,
    /// Is the first "%" what replacing made of "%%", and not the one that exists in each process?
    percent_made: bool,
}

impl Objects {
    fn count(&mut self, value: &Const) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.count_inner(value));
    }

    fn collect_names(&mut self, value: &Const) {
        let Const::Code(code) = value else { return };
        let names = code.names.iter().chain(&code.localsplusnames);
        self.names.extend(names.cloned());
        self.names.insert(code.name.clone());
        code.consts
            .iter()
            .for_each(|value| self.collect_names(value));
    }

    /// Does interning put another string in the place of one that is in here?
    fn holds_name(&self, value: &Const) -> bool {
        match value {
            Const::Str(text) => {
                self.names.contains(text)
                    && !self.interned.contains(text)
                    && !self.exists_once(value)
            }
            Const::Tuple(items) => items.iter().any(|item| self.holds_name(item)),
            _ => false,
        }
    }

    /// What equal constants are merged into when the compiler is done: a set with a string that interning replaced
    /// has been made anew for each code object.
    fn key(&self, value: &Const) -> Option<Key> {
        match value {
            Const::FrozenSet(items) if items.iter().any(|item| self.holds_name(item)) => None,
            _ => merge_key(value),
        }
    }

    /// Is it the first use, or one of an object that is never merged?
    fn is_first(&mut self, value: &Const) -> bool {
        let Some(key) = self.key(value) else {
            return true;
        };
        let count = self.uses.entry(key).or_insert(0);
        *count += 1;
        *count == 1
    }

    fn count_inner(&mut self, value: &Const) {
        if !self.is_first(value) {
            return;
        }
        match value {
            Const::Tuple(items) | Const::FrozenSet(items) => {
                items.iter().for_each(|item| self.count(item));
            }
            Const::Code(code) => self.count_code(code),
            _ => {}
        }
    }

    fn is_unseen(&self, value: &Const) -> bool {
        merge_key(value).is_some_and(|key| !self.uses.contains_key(&key))
    }

    fn enter_names(&mut self, value: &Const) {
        match value {
            Const::Tuple(items) => items.iter().for_each(|item| self.enter_names(item)),
            Const::Str(text) if !self.complete.contains(text) && self.is_unseen(value) => {
                self.interned.insert(text.clone());
            }
            _ => {}
        }
    }

    fn count_code(&mut self, code: &CodeObject) {
        if self.is_first(&Const::Tuple(code.consts.clone())) {
            let of_names = constants_of_names(code);
            for (index, value) in code.consts.iter().enumerate() {
                if of_names.contains(&index) {
                    self.enter_names(value);
                }
                if is_percent(value) && self.is_unseen(value) {
                    self.percent_made = loads_made_part(code, index);
                }
                self.count(value);
            }
        }
        // The names themselves are interned, so it does not matter how many times they are used.
        self.is_first(&names_tuple(&code.names));
        if !has_renamed_parameter(code) {
            self.is_first(&names_tuple(&code.localsplusnames));
        }
        self.is_first(&Const::Bytes(code.linetable.clone()));
        self.is_first(&Const::Bytes(code.exceptiontable.clone()));
        self.complete.insert(code.qualname.clone());
    }

    fn is_interned(&self, text: &Text) -> bool {
        let made = self.percent_made && text.as_str() == Some("%");
        looks_interned(text) && !made || self.interned.contains(text)
    }

    /// Is there one such object in all of the process?
    fn exists_once(&self, value: &Const) -> bool {
        exists_once(value) && !(self.percent_made && is_percent(value))
    }

    /// Does more than one place hold the constant?
    fn is_shared(&self, value: &Const, key: &Key) -> bool {
        self.exists_once(value) || self.uses.get(key).is_some_and(|count| *count > 1)
    }
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    /// Numbers of the objects that were written with `FLAG_REF`.
    refs: HashMap<Key, u32>,
    next_ref: u32,
    /// None: everything is written where it is used.
    objects: Option<Objects>,
}

impl Writer {
    fn long(&mut self, value: i32) {
        self.out.extend(value.to_le_bytes());
    }

    fn size(&mut self, size: usize) {
        self.long(size as i32);
    }

    /// Writes the object's parts with no regard to sharing. False if it can't be merged.
    fn plain(&mut self, value: &Const) -> bool {
        match value {
            Const::None | Const::True | Const::False | Const::Ellipsis => {
                self.object(value);
                true
            }
            Const::Int(value) => {
                self.int(value, 0);
                true
            }
            Const::Float(number) => {
                self.object_inner(value);
                !number.is_nan()
            }
            Const::Complex(real, imaginary) => {
                self.object_inner(value);
                !real.is_nan() && !imaginary.is_nan()
            }
            Const::Str(text) => {
                self.text(text, 0, false);
                true
            }
            Const::Bytes(bytes) => {
                self.bytes(bytes, 0);
                true
            }
            Const::Tuple(items) => {
                self.out.push(b'(');
                self.size(items.len());
                items.iter().all(|item| self.plain(item))
            }
            Const::FrozenSet(items) => {
                self.out.push(b'>');
                self.size(items.len());
                // Sets are equal whatever order their items were written in.
                let mut keys = Vec::new();
                let can_merge = items.iter().all(|item| {
                    let mut writer = Writer::default();
                    let can_merge = writer.plain(item);
                    keys.push(writer.out);
                    can_merge
                });
                keys.sort();
                self.out.extend(keys.into_iter().flatten());
                can_merge
            }
            Const::Slice(parts) => {
                self.out.push(b':');
                parts.iter().all(|part| self.plain(part))
            }
            Const::Code(_) => false,
        }
    }

    /// Writes a reference if the object was written before, and gives None; else gives the flag for its type byte.
    fn flag(&mut self, key: Key) -> Option<u8> {
        if let Some(number) = self.refs.get(&key).copied() {
            self.out.push(b'r');
            self.long(number as i32);
            return None;
        }
        self.refs.insert(key, self.next_ref);
        self.next_ref += 1;
        Some(FLAG_REF)
    }

    /// The same for a constant, which has a number only if it is used more than once.
    fn constant_flag(&mut self, value: &Const) -> Option<u8> {
        let Some(objects) = &self.objects else {
            return Some(0);
        };
        match (value, objects.key(value)) {
            (Const::Str(text), _) if objects.is_interned(text) => self.flag(interned_key(text)),
            (_, Some(key)) if !is_singleton(value) && objects.is_shared(value, &key) => {
                self.flag(key)
            }
            _ => Some(0),
        }
    }

    fn object(&mut self, value: &Const) {
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.object_inner(value));
    }

    fn object_inner(&mut self, value: &Const) {
        let Some(flag) = self.constant_flag(value) else {
            return;
        };
        match value {
            Const::None => self.out.push(b'N'),
            Const::True => self.out.push(b'T'),
            Const::False => self.out.push(b'F'),
            Const::Ellipsis => self.out.push(b'.'),
            Const::Int(value) => self.int(value, flag),
            Const::Float(value) => {
                self.out.push(b'g' | flag);
                self.out.extend(value.to_le_bytes());
            }
            Const::Complex(real, imaginary) => {
                self.out.push(b'y' | flag);
                self.out.extend(real.to_le_bytes());
                self.out.extend(imaginary.to_le_bytes());
            }
            Const::Str(text) => {
                let interned = self
                    .objects
                    .as_ref()
                    .map(|objects| objects.is_interned(text));
                self.text(text, flag, interned.unwrap_or_else(|| looks_interned(text)));
            }
            Const::Bytes(bytes) => self.bytes(bytes, flag),
            Const::Tuple(items) => {
                self.tuple_start(items.len(), flag);
                items.iter().for_each(|item| self.object(item));
            }
            Const::FrozenSet(items) => {
                self.out.push(b'>' | flag);
                self.size(items.len());
                // In the order of what each item alone would be written as, so that hashes don't matter.
                let mut sorted: Vec<(Vec<u8>, &Const)> =
                    items.iter().map(|item| (self.alone(item), item)).collect();
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                sorted.into_iter().for_each(|(_, item)| self.object(item));
            }
            Const::Slice(parts) => {
                self.out.push(b':' | flag);
                parts.iter().for_each(|part| self.slice_part(part));
            }
            Const::Code(code) => self.code(code, 0),
        }
    }

    /// How an item of a set is written for itself. Whoever sorts the items holds them, so all are shared.
    fn alone(&mut self, value: &Const) -> Vec<u8> {
        let mut objects = self.objects.take();
        if let Some(objects) = &mut objects
            && let Some(key) = objects.key(value)
        {
            *objects.uses.entry(key).or_insert(0) += 2;
        }
        let mut writer = Writer {
            objects,
            ..Writer::default()
        };
        writer.object(value);
        self.objects = writer.objects;
        writer.out
    }

    /// Part of a slice: neither merged with equal constants nor interned.
    fn slice_part(&mut self, value: &Const) {
        match value {
            _ if self.objects.is_none() || exists_once(value) => self.object(value),
            Const::Str(text) => self.text(text, 0, false),
            _ => {
                let objects = self.objects.take();
                self.object(value);
                self.objects = objects;
            }
        }
    }

    fn int(&mut self, value: &BigInt, flag: u8) {
        if let Ok(small) = i32::try_from(value) {
            self.out.push(b'i' | flag);
            self.long(small);
            return;
        }
        self.out.push(b'l' | flag);
        let magnitude = value.magnitude();
        let digits = magnitude.bits().div_ceil(15) as i32;
        self.long(if value.sign() == Sign::Minus {
            -digits
        } else {
            digits
        });
        let bytes = magnitude.to_bytes_le();
        let mut buffer = 0u32;
        let mut bits = 0;
        let mut left = digits;
        for byte in bytes {
            buffer |= u32::from(byte) << bits;
            bits += 8;
            if bits >= 15 && left > 0 {
                self.out.extend(((buffer & 0x7FFF) as u16).to_le_bytes());
                buffer >>= 15;
                bits -= 15;
                left -= 1;
            }
        }
        if left > 0 {
            self.out.extend((buffer as u16).to_le_bytes());
        }
    }

    fn text(&mut self, text: &Text, flag: u8, interned: bool) {
        let bytes = text.as_bytes();
        if text.is_ascii() {
            if bytes.len() < 256 {
                self.out.push((if interned { b'Z' } else { b'z' }) | flag);
                self.out.push(bytes.len() as u8);
            } else {
                self.out.push((if interned { b'A' } else { b'a' }) | flag);
                self.size(bytes.len());
            }
        } else {
            self.out.push((if interned { b't' } else { b'u' }) | flag);
            self.size(bytes.len());
        }
        self.out.extend(bytes);
    }

    fn bytes(&mut self, bytes: &[u8], flag: u8) {
        self.out.push(b's' | flag);
        self.size(bytes.len());
        self.out.extend(bytes);
    }

    fn tuple_start(&mut self, length: usize, flag: u8) {
        if length < 256 {
            self.out.push(b')' | flag);
            self.out.push(length as u8);
        } else {
            self.out.push(b'(' | flag);
            self.size(length);
        }
    }

    /// A name: interned, whatever it looks like.
    fn name(&mut self, text: &Text) {
        if let Some(flag) = self.flag(interned_key(text)) {
            self.text(text, flag, true);
        }
    }

    fn names(&mut self, names: &[Text], merged: bool) {
        let flag = if merged {
            self.constant_flag(&names_tuple(names))
        } else {
            Some(0)
        };
        if let Some(flag) = flag {
            self.tuple_start(names.len(), flag);
            names.iter().for_each(|name| self.name(name));
        }
    }

    fn code(&mut self, code: &CodeObject, flag: u8) {
        self.out.push(b'c' | flag);
        self.long(code.argcount as i32);
        self.long(code.posonlyargcount as i32);
        self.long(code.kwonlyargcount as i32);
        self.long(code.stacksize as i32);
        self.long(code.flags.bits() as i32);
        // `co_code` is an object of its own that the code object keeps.
        self.next_ref += 1;
        self.bytes(&code.code, FLAG_REF);
        self.object(&Const::Tuple(code.consts.clone()));
        self.names(&code.names, true);
        self.names(&code.localsplusnames, !has_renamed_parameter(code));
        let kinds: Vec<u8> = code
            .localspluskinds
            .iter()
            .map(|kind| kind.bits())
            .collect();
        if !kinds.is_empty() {
            self.bytes(&kinds, 0);
        } else {
            self.object(&Const::Bytes(kinds.into()));
        }
        self.name(&code.filename);
        self.name(&code.name);
        self.name(&code.qualname);
        self.long(code.firstlineno);
        self.object(&Const::Bytes(code.linetable.clone()));
        self.object(&Const::Bytes(code.exceptiontable.clone()));
    }
}
