//! Reading objects: the machine that runs a pickle.

use super::input::Input;
use super::opcodes::*;
use super::unpickler::{self, Settings, Unpickler};
use super::{global, unpickling_error};
use crate::codecs::escape;
use num_bigint::BigInt;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, PyResult, Raised, raise_new, type_error, value_error};
use taipan_vm::native::NativeClass;
use taipan_vm::object::Ref;
use taipan_vm::objects::buffer::bytes_like;
use taipan_vm::objects::bytearray::Bytearray;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::{Type, TypeFlags};
use taipan_vm::objects::codec::{decode, decode_builtin};
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::int::Int;
use taipan_vm::objects::list::List;
use taipan_vm::objects::memoryview::Memoryview;
use taipan_vm::objects::set::{FrozenSet, Set, SetCore};
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::objects::text_support::from_buffer;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::shape;
use taipan_vm::text::codec::Codec;
use taipan_vm::value::Value;

pub struct Loader<'a> {
    input: &'a Input,
    settings: Settings,
    stack: Vec<Value>,
    /// Heights of the stack.
    marks: Vec<usize>,
    pub memo: Vec<Option<Value>>,
    /// Entries of the memo that are in use.
    remembered: usize,
    protocol: u8,
    /// The unpickler whose methods may be asked.
    pub owner: Option<Value>,
}

#[cold]
pub fn no_persistent_load() -> Raised {
    unpickling_error(
        "A load persistent id instruction was encountered, but no persistent_load function was specified.",
    )
}

/// A number of base ten; `complaint` is what is said of others.
fn parse_int(text: &[u8], complaint: &str) -> PyResult {
    let text = std::str::from_utf8(text).unwrap_or("").trim();
    match text.parse::<BigInt>() {
        Ok(value) => Ok(Int::from_big(value)),
        Err(_) => Err(value_error(complaint)),
    }
}

fn utf8(bytes: &[u8]) -> PyResult<Ref<Str>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Str::new(text)),
        Err(_) => {
            let (text, _) = decode_builtin(bytes, Codec::Utf8, "surrogatepass", true)?;
            Ok(from_buffer(&text))
        }
    }
}

impl<'a> Loader<'a> {
    pub fn new(input: &'a Input, settings: Settings) -> Loader<'a> {
        Loader {
            input,
            settings,
            stack: Vec::new(),
            marks: Vec::new(),
            memo: Vec::new(),
            remembered: 0,
            protocol: 0,
            owner: None,
        }
    }

    /// What lies below this is out of reach.
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    fn underflow(&self) -> Raised {
        unpickling_error(match self.marks.is_empty() {
            true => "unpickling stack underflow",
            false => "unexpected MARK found",
        })
    }

    fn need(&self, count: usize) -> PyResult<()> {
        if self.stack.len() < self.fence() + count {
            return Err(self.underflow());
        }
        Ok(())
    }

    fn pop(&mut self) -> PyResult {
        self.need(1)?;
        Ok(self.stack.pop().expect("there is one"))
    }

    fn top(&self) -> PyResult<&Value> {
        self.need(1)?;
        Ok(&self.stack[self.stack.len() - 1])
    }

    fn pop_mark(&mut self) -> PyResult<usize> {
        self.marks
            .pop()
            .ok_or_else(|| unpickling_error("could not find MARK"))
    }

    /// What lies above the last mark.
    fn marked(&mut self) -> PyResult<Vec<Value>> {
        let start = self.pop_mark()?;
        Ok(self.stack.split_off(start))
    }

    fn remember(&mut self, index: usize) -> PyResult<()> {
        let value = self.top()?.clone();
        if index >= self.memo.len() {
            self.memo.resize((index + 1).max(self.memo.len() * 2), None);
        }
        if self.memo[index].replace(value).is_none() {
            self.remembered += 1;
        }
        Ok(())
    }

    fn recall(&mut self, index: usize) -> PyResult<()> {
        match self.memo.get(index).cloned().flatten() {
            Some(value) => {
                self.stack.push(value);
                Ok(())
            }
            None => Err(unpickling_error(format!(
                "Memo value not found at index {index}"
            ))),
        }
    }

    pub fn load(&mut self) -> PyResult {
        self.remembered = self.memo.iter().flatten().count();
        loop {
            let opcode = match self.input.byte() {
                Ok(opcode) => opcode,
                Err(raised) => {
                    let truncated = super::UNPICKLING_ERROR.get()?;
                    if exceptions::catch(truncated).is_none() {
                        return Err(raised);
                    }
                    return Err(raise_new(exceptions::EOF_ERROR.get(), "Ran out of input"));
                }
            };
            if opcode == STOP {
                return self.pop();
            }
            self.run(opcode)?;
        }
    }

    fn push(&mut self, value: Value) -> PyResult<()> {
        self.stack.push(value);
        Ok(())
    }

    fn run(&mut self, opcode: u8) -> PyResult<()> {
        let input = self.input;
        match opcode {
            PROTO => {
                let protocol = input.byte()?;
                if i64::from(protocol) > HIGHEST_PROTOCOL {
                    return Err(value_error(format!(
                        "unsupported pickle protocol: {protocol}"
                    )));
                }
                self.protocol = protocol;
                if let Some(owner) = &self.owner {
                    unpickler::of(owner).set_protocol(protocol);
                }
                Ok(())
            }
            FRAME => input.frame(u64::from_le_bytes(input.number()?) as usize),
            MARK => {
                self.marks.push(self.stack.len());
                Ok(())
            }
            MEMOIZE => self.remember(self.remembered),
            BINPUT => {
                let index = input.byte()?;
                self.remember(index.into())
            }
            LONG_BINPUT => {
                let index = u32::from_le_bytes(input.number()?);
                self.remember(index as usize)
            }
            PUT => {
                let line = input.full_line()?;
                let index = parse_int(&line, "invalid PUT argument")?;
                match usize::try_from(abstract_ops::to_i64(&index)?) {
                    Ok(index) => self.remember(index),
                    Err(_) => Err(value_error("negative PUT argument")),
                }
            }
            BINGET => {
                let index = input.byte()?;
                self.recall(index.into())
            }
            LONG_BINGET => {
                let index = u32::from_le_bytes(input.number()?);
                self.recall(index as usize)
            }
            GET => {
                let line = input.full_line()?;
                let index = abstract_ops::to_i64(&parse_int(&line, "invalid GET argument")?)?;
                self.recall(index as usize)
            }
            NONE => self.push(Value::none()),
            NEWTRUE => self.push(Value::bool(true)),
            NEWFALSE => self.push(Value::bool(false)),
            BININT1 => {
                let value = input.byte()?;
                self.push(Value::int(value.into()))
            }
            BININT2 => {
                let value = u16::from_le_bytes(input.number()?);
                self.push(Value::int(value.into()))
            }
            BININT => {
                let value = i32::from_le_bytes(input.number()?);
                self.push(Value::int(value.into()))
            }
            INT => {
                let line = input.full_line()?;
                match &line[..] {
                    b"00" => self.push(Value::bool(false)),
                    b"01" => self.push(Value::bool(true)),
                    _ => {
                        let value = parse_int(&line, "could not convert string to int")?;
                        self.push(value)
                    }
                }
            }
            LONG => {
                let line = input.full_line()?;
                let digits = line.strip_suffix(b"L").unwrap_or(&line);
                let shown = String::from_utf8_lossy(digits);
                let complaint = format!("invalid literal for int() with base 10: '{shown}'");
                let value = parse_int(digits, &complaint)?;
                self.push(value)
            }
            LONG1 => {
                let length = input.byte()?;
                let value = input.take(length.into(), BigInt::from_signed_bytes_le)?;
                self.push(Int::from_big(value))
            }
            LONG4 => {
                let length = self.length(i32::from_le_bytes(input.number()?), "LONG")?;
                let value = input.take(length, BigInt::from_signed_bytes_le)?;
                self.push(Int::from_big(value))
            }
            BINFLOAT => {
                let value = f64::from_be_bytes(input.number()?);
                self.push(Value::float(value))
            }
            FLOAT => {
                let line = input.line()?;
                let text = String::from_utf8_lossy(&line);
                let value =
                    taipan_vm::numeric::float_parse::parse_plain(text.trim_end_matches('\n'));
                match value {
                    Some(value) => self.push(Value::float(value)),
                    None => Err(value_error(format!(
                        "could not convert string to float: '{text}'"
                    ))),
                }
            }
            SHORT_BINUNICODE => {
                let length = input.byte()?;
                self.unicode(length.into())
            }
            BINUNICODE => {
                let length = u32::from_le_bytes(input.number()?);
                self.unicode(length as usize)
            }
            BINUNICODE8 => {
                let length = u64::from_le_bytes(input.number()?);
                self.unicode(length as usize)
            }
            UNICODE => {
                let line = input.line()?;
                let Some(text) = line.strip_suffix(b"\n") else {
                    return Err(unpickling_error("pickle data was truncated"));
                };
                let (text, _) = escape::decode_text(text, "strict", true, true)?;
                self.push(from_buffer(&text).into_value())
            }
            SHORT_BINBYTES => {
                let length = input.byte()?;
                self.bytes(length.into())
            }
            BINBYTES => {
                let length = u32::from_le_bytes(input.number()?);
                self.bytes(length as usize)
            }
            BINBYTES8 => {
                let length = u64::from_le_bytes(input.number()?);
                self.bytes(length as usize)
            }
            BYTEARRAY8 => {
                let length = u64::from_le_bytes(input.number()?);
                let value = input.take(length as usize, <[u8]>::to_vec)?;
                self.push(Bytearray::from_vec(value).into_value())
            }
            SHORT_BINSTRING => {
                let length = input.byte()?;
                let bytes = input.take(length.into(), <[u8]>::to_vec)?;
                self.old_string(&bytes)
            }
            BINSTRING => {
                let length = self.length(i32::from_le_bytes(input.number()?), "BINSTRING")?;
                let bytes = input.take(length, <[u8]>::to_vec)?;
                self.old_string(&bytes)
            }
            STRING => {
                let line = input.line()?;
                let line = line.trim_ascii_end();
                match line {
                    [quote @ (b'\'' | b'"'), inner @ .., end] if quote == end => {
                        self.old_string(&escape::decode_bytes(inner, "strict")?)
                    }
                    _ => Err(unpickling_error(
                        "the STRING opcode argument must be quoted",
                    )),
                }
            }
            EMPTY_TUPLE => self.push(Tuple::empty().into_value()),
            TUPLE1 => self.tuple(1),
            TUPLE2 => self.tuple(2),
            TUPLE3 => self.tuple(3),
            TUPLE => {
                let items = self.marked()?;
                self.push(Tuple::new(items).into_value())
            }
            EMPTY_LIST => self.push(List::make(Vec::new()).into_value()),
            LIST => {
                let items = self.marked()?;
                self.push(List::make(items).into_value())
            }
            EMPTY_DICT => self.push(Dict::make().into_value()),
            DICT => {
                let items = self.marked()?;
                if items.len() % 2 != 0 {
                    return Err(unpickling_error("odd number of items for DICT"));
                }
                let dict = Dict::make();
                for pair in items.chunks(2) {
                    dict.insert(pair[0].clone(), pair[1].clone())?;
                }
                self.push(dict.into_value())
            }
            EMPTY_SET => self.push(Set::make().into_value()),
            FROZENSET => {
                let items = self.marked()?;
                let core = SetCore::new();
                for item in items {
                    core.add(item)?;
                }
                self.push(FrozenSet::from_core(core))
            }
            APPEND => self.append(self.stack.len().wrapping_sub(1)),
            APPENDS => {
                let start = self.pop_mark()?;
                self.append(start)
            }
            SETITEM => self.set_items(self.stack.len().wrapping_sub(2)),
            SETITEMS => {
                let start = self.pop_mark()?;
                self.set_items(start)
            }
            ADDITEMS => self.add_items(),
            POP => {
                // A mark right on top goes instead.
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                    return Ok(());
                }
                self.pop().map(drop)
            }
            POP_MARK => self.marked().map(drop),
            DUP => {
                let value = self.top()?.clone();
                self.push(value)
            }
            GLOBAL => {
                let (module, name) = (input.full_line()?, input.full_line()?);
                let (module, name) = (utf8(&module)?, utf8(&name)?);
                let found = self.find(&module.to_rust(), &name.to_rust())?;
                self.push(found)
            }
            STACK_GLOBAL => {
                let (name, module) = (self.pop()?, self.pop()?);
                let (Some(name), Some(module)) =
                    (name.downcast_exact::<Str>(), module.downcast_exact::<Str>())
                else {
                    return Err(unpickling_error("STACK_GLOBAL requires str"));
                };
                let found = self.find(&module.to_rust(), &name.to_rust())?;
                self.push(found)
            }
            EXT1 => {
                let code = input.byte()?;
                self.extension(code.into())
            }
            EXT2 => {
                let code = u16::from_le_bytes(input.number()?);
                self.extension(code.into())
            }
            EXT4 => {
                let code = i32::from_le_bytes(input.number()?);
                self.extension(code.into())
            }
            REDUCE => {
                let (arguments, function) = (self.pop()?, self.pop()?);
                let Some(arguments) = arguments.downcast::<Tuple>() else {
                    return Err(type_error("argument list must be a tuple"));
                };
                let value = abstract_ops::call(&function, arguments.as_slice())?;
                self.push(value)
            }
            NEWOBJ => {
                let (arguments, class) = (self.pop()?, self.pop()?);
                let value = new_object(&class, &arguments, None, "NEWOBJ")?;
                self.push(value)
            }
            NEWOBJ_EX => {
                let (keywords, arguments, class) = (self.pop()?, self.pop()?, self.pop()?);
                let value = new_object(&class, &arguments, Some(&keywords), "NEWOBJ_EX")?;
                self.push(value)
            }
            INST => {
                let (module, name) = (input.full_line()?, input.full_line()?);
                let arguments = self.marked()?;
                let (module, name) = (utf8(&module)?, utf8(&name)?);
                let class = self.find(&module.to_rust(), &name.to_rust())?;
                let value = instantiate(&class, &arguments)?;
                self.push(value)
            }
            OBJ => {
                let items = self.marked()?;
                let Some((class, arguments)) = items.split_first() else {
                    return Err(self.underflow());
                };
                let value = instantiate(class, arguments)?;
                self.push(value)
            }
            BUILD => self.build(),
            BINPERSID => {
                let id = self.pop()?;
                self.persistent(&id)
            }
            PERSID => {
                let line = input.full_line()?;
                if !line.is_ascii() {
                    return Err(unpickling_error(
                        "persistent IDs in protocol 0 must be ASCII strings",
                    ));
                }
                self.persistent(utf8(&line)?.as_value())
            }
            NEXT_BUFFER => {
                let Some(buffers) = &self.settings.buffers else {
                    return Err(unpickling_error(
                        "pickle stream refers to out-of-band data but no *buffers* argument was given",
                    ));
                };
                match abstract_ops::next(buffers)? {
                    Some(buffer) => self.push(buffer),
                    None => Err(unpickling_error("not enough out-of-band buffers")),
                }
            }
            READONLY_BUFFER => self.make_readonly(),
            _ => {
                let shown = match opcode {
                    0x20..0x7F if opcode != b'\'' && opcode != b'\\' => {
                        char::from(opcode).to_string()
                    }
                    _ => format!("\\x{opcode:02x}"),
                };
                Err(unpickling_error(format!("invalid load key, '{shown}'.")))
            }
        }
    }

    fn length(&self, length: i32, name: &str) -> PyResult<usize> {
        usize::try_from(length)
            .map_err(|_| unpickling_error(format!("{name} pickle has negative byte count")))
    }

    fn unicode(&mut self, length: usize) -> PyResult<()> {
        // Only what is not plain UTF-8 can run a handler.
        let text = match self
            .input
            .take(length, |bytes| match std::str::from_utf8(bytes) {
                Ok(text) => Ok(Str::new(text)),
                Err(_) => Err(bytes.to_vec()),
            })? {
            Ok(text) => text,
            Err(bytes) => utf8(&bytes)?,
        };
        self.push(text.into_value())
    }

    fn bytes(&mut self, length: usize) -> PyResult<()> {
        let bytes = self.input.take(length, Bytes::from_slice)?;
        self.push(bytes.into_value())
    }

    /// A string of Python 2.
    fn old_string(&mut self, bytes: &[u8]) -> PyResult<()> {
        let value = Bytes::from_slice(bytes).into_value();
        if self.settings.encoding == "bytes" {
            return self.push(value);
        }
        let encoding = Str::new(&self.settings.encoding);
        let errors = Str::new(&self.settings.errors);
        let text = decode(bytes, &value, Some(&encoding), Some(&errors))?;
        self.push(text)
    }

    fn tuple(&mut self, count: usize) -> PyResult<()> {
        self.need(count)?;
        let items = self.stack.split_off(self.stack.len() - count);
        self.push(Tuple::new(items).into_value())
    }

    /// The container below `start`, and what lies from there on.
    fn above(&mut self, start: usize) -> PyResult<(Value, Vec<Value>)> {
        if start > self.stack.len() || start <= self.fence() {
            return Err(self.underflow());
        }
        let items = self.stack.split_off(start);
        Ok((self.stack[start - 1].clone(), items))
    }

    fn append(&mut self, start: usize) -> PyResult<()> {
        static EXTEND: Name = Name::new("extend");
        static APPEND: Name = Name::new("append");
        let (container, items) = self.above(start)?;
        if items.is_empty() {
            return Ok(());
        }
        if let Some(list) = container.downcast_exact::<List>() {
            items.into_iter().for_each(|item| list.push(item));
            return Ok(());
        }
        if let Some(extend) = abstract_ops::getattr_opt(&container, EXTEND.get())? {
            return abstract_ops::call(&extend, &[List::make(items).into_value()]).map(drop);
        }
        let append = abstract_ops::getattr(&container, APPEND.get())?;
        for item in items {
            abstract_ops::call(&append, &[item])?;
        }
        Ok(())
    }

    fn set_items(&mut self, start: usize) -> PyResult<()> {
        let (container, items) = self.above(start)?;
        if items.len() % 2 != 0 {
            return Err(unpickling_error("odd number of items for SETITEMS"));
        }
        let mut items = items.into_iter();
        let exact = container.downcast_exact::<Dict>();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            match exact {
                Some(dict) => dict.insert(key, value)?,
                None => abstract_ops::setitem(&container, &key, &value)?,
            }
        }
        Ok(())
    }

    fn add_items(&mut self) -> PyResult<()> {
        static ADD: Name = Name::new("add");
        let start = self.pop_mark()?;
        let (container, items) = self.above(start)?;
        if items.is_empty() {
            return Ok(());
        }
        if let Some(set) = container.downcast::<Set>() {
            for item in items {
                set.add(item)?;
            }
            return Ok(());
        }
        let add = abstract_ops::getattr(&container, ADD.get())?;
        for item in items {
            abstract_ops::call(&add, &[item])?;
        }
        Ok(())
    }

    /// A class or function by its names: subclasses of the unpickler may have their own way.
    fn find(&self, module: &str, name: &str) -> PyResult {
        static FIND_CLASS: Name = Name::new("find_class");
        match &self.owner {
            Some(owner) if !owner.is_exact(Unpickler::class()) => {
                let arguments = [Str::new(module).into_value(), Str::new(name).into_value()];
                abstract_ops::call_method(owner, FIND_CLASS.get(), &arguments)
            }
            _ => global::find(module, name, self.protocol, self.settings.fix_imports),
        }
    }

    fn extension(&mut self, code: i64) -> PyResult<()> {
        let object = match global::extension(code)? {
            Ok(object) => object,
            Err((module, name)) => {
                let object = self.find(&module, &name)?;
                global::keep_extension(code, &object)?;
                object
            }
        };
        self.push(object)
    }

    fn persistent(&mut self, id: &Value) -> PyResult<()> {
        static PERSISTENT_LOAD: Name = Name::new("persistent_load");
        let Some(owner) = &self.owner else {
            return Err(no_persistent_load());
        };
        let load = abstract_ops::getattr(owner, PERSISTENT_LOAD.get())?;
        let value = abstract_ops::call(&load, std::slice::from_ref(id))?;
        self.push(value)
    }

    fn make_readonly(&mut self) -> PyResult<()> {
        static TOREADONLY: Name = Name::new("toreadonly");
        let value = self.pop()?;
        let class = taipan_vm::object::object_value(Memoryview::class());
        let view = abstract_ops::call(&class, std::slice::from_ref(&value))?;
        if bytes_like(&view)?.readonly {
            return self.push(value);
        }
        let readonly = abstract_ops::call_method(&view, TOREADONLY.get(), &[])?;
        self.push(readonly)
    }

    fn build(&mut self) -> PyResult<()> {
        static SETSTATE: Name = Name::new("__setstate__");
        self.need(2)?;
        let state = self.pop()?;
        let object = self.top()?.clone();
        if let Some(set) = abstract_ops::getattr_opt(&object, SETSTATE.get())? {
            return abstract_ops::call(&set, &[state]).map(drop);
        }
        let (state, slots) = match state.downcast::<Tuple>().map(Tuple::as_slice) {
            Some([state, slots]) => (state.clone(), slots.clone()),
            _ => (state, Value::none()),
        };
        if !state.is_none() {
            let Some(state) = state.downcast::<Dict>() else {
                return Err(unpickling_error("state is not a dictionary"));
            };
            set_attributes(&object, state)?;
        }
        if !slots.is_none() {
            let Some(slots) = slots.downcast::<Dict>() else {
                return Err(unpickling_error("slot state is not a dictionary"));
            };
            for (name, value) in slots.items() {
                let Some(name) = name.downcast::<Str>() else {
                    return Err(type_error(format!(
                        "attribute name must be string, not '{}'",
                        name.class().name()
                    )));
                };
                abstract_ops::setattr(&object, name, Some(&value))?;
            }
        }
        Ok(())
    }
}

/// What goes into the object's `__dict__`.
fn set_attributes(object: &Value, state: &Dict) -> PyResult<()> {
    static DICT: Name = Name::new("__dict__");
    let class = object.class();
    let mut items = state.items();
    // Where nobody has a say in it the attributes are stored where they belong.
    if class.has(TypeFlags::HAS_DICT)
        && class.has(TypeFlags::GENERIC_GETATTR)
        && let Some(header) = object.header()
        && items.iter().all(|(key, _)| key.is_exact(Str::class()))
    {
        for (key, value) in items {
            let name = key.downcast::<Str>().expect("just checked").interned();
            shape::set_attribute(header, &name, value);
        }
        return Ok(());
    }
    let dict = abstract_ops::getattr(object, DICT.get())?;
    for (key, value) in items.drain(..) {
        let key = match key.downcast_exact::<Str>() {
            Some(name) => name.interned().into_value(),
            None => key,
        };
        abstract_ops::setitem(&dict, &key, &value)?;
    }
    Ok(())
}

fn new_object(
    class: &Value,
    arguments: &Value,
    keywords: Option<&Value>,
    opcode: &str,
) -> PyResult {
    let wrong = |which: &str, what: &str, value: &Value| {
        unpickling_error(format!(
            "{opcode} {which} must be {what}, not {}",
            super::save::shown_class(value)
        ))
    };
    let Some(class_type) = class.downcast::<Type>() else {
        return Err(wrong("class argument", "a type", class));
    };
    let Some(positional) = arguments.downcast::<Tuple>() else {
        return Err(wrong("args argument", "a tuple", arguments));
    };
    let Some(new) = class_type.slots().new else {
        return Err(unpickling_error(format!(
            "{opcode} class argument '{}' doesn't have __new__",
            class_type.name()
        )));
    };
    let Some(keywords) = keywords else {
        return new(class_type, positional.as_slice(), None);
    };
    let Some(keywords) = keywords.downcast::<Dict>() else {
        return Err(wrong("kwargs argument", "a dict", keywords));
    };
    let mut all = positional.as_slice().to_vec();
    let (names, values): (Vec<Value>, Vec<Value>) = keywords.items().into_iter().unzip();
    all.extend(values);
    match names.is_empty() {
        true => new(class_type, &all, None),
        false => new(class_type, &all, Some(&Tuple::new(names))),
    }
}

/// An instance as the oldest pickles make them.
fn instantiate(class: &Value, arguments: &[Value]) -> PyResult {
    static INITARGS: Name = Name::new("__getinitargs__");
    if let Some(class_type) = class.downcast::<Type>()
        && arguments.is_empty()
        && abstract_ops::getattr_opt(class, INITARGS.get())?.is_none()
        && let Some(new) = class_type.slots().new
    {
        return new(class_type, &[], None);
    }
    abstract_ops::call(class, arguments)
}
