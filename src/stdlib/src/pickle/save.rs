//! Writing objects: the built-in kinds.

use super::memo::Memo;
use super::opcodes::*;
use super::output::Output;
use super::{pickling_error, reduce};
use std::cell::{Cell, RefCell};
use taipan_vm::abstract_ops::{self, enter_native};
use taipan_vm::exceptions::{PyResult, runtime_error, type_error};
use taipan_vm::native::NativeClass;
use taipan_vm::object::object_value;
use taipan_vm::objects::buffer::bytes_like;
use taipan_vm::objects::bytearray::Bytearray;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::function::Function;
use taipan_vm::objects::list::List;
use taipan_vm::objects::object::full_name;
use taipan_vm::objects::set::{FrozenSet, Set, core_of};
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::text::codec::push_utf8;
use taipan_vm::value::Value;

/// Items are written so many at a time.
pub const BATCH: usize = 1000;

/// One pickle in the making.
pub struct Saver {
    pub out: Output,
    pub memo: RefCell<Memo>,
    pub protocol: u8,
    /// Nothing is remembered.
    pub fast: Cell<bool>,
    pub fix_imports: bool,
    pub buffer_callback: Option<Value>,
    /// What a subclass or an attribute of the pickler says about it.
    pub persistent_id: Option<Value>,
    pub reducer_override: Option<Value>,
    pub dispatch_table: Option<Value>,
}

/// The class of an object as notes and messages name it.
pub fn shown_class(object: &Value) -> String {
    let name = full_name(object.class());
    match name.strip_prefix("__main__.") {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

/// Adds to an exception on its way up during what it was raised.
pub fn noted<T>(result: PyResult<T>, note: impl FnOnce() -> String) -> PyResult<T> {
    if result.is_err() {
        taipan_vm::exceptions::add_note(&note());
    }
    result
}

fn item_note(object: &Value, index: usize) -> String {
    format!("when serializing {} item {index}", shown_class(object))
}

fn key_note(object: &Value, key: &Value) -> String {
    let pending = taipan_vm::thread::thread().raised.take();
    let key = match abstract_ops::repr(key) {
        Ok(text) => text.to_string(),
        Err(_) => {
            taipan_vm::exceptions::take_raised();
            "<unrepresentable>".to_owned()
        }
    };
    taipan_vm::thread::thread().raised.set(pending);
    format!("when serializing {} item {key}", shown_class(object))
}

impl Saver {
    pub fn binary(&self) -> bool {
        self.protocol >= 1
    }

    /// The whole pickle.
    pub fn dump(&self, object: &Value) -> PyResult<()> {
        if self.protocol >= 2 {
            self.out.op(PROTO, &[self.protocol]);
        }
        self.out.set_framing(self.protocol >= 4);
        self.save(object)?;
        self.out.byte(STOP);
        self.out.finish()
    }

    pub fn save(&self, object: &Value) -> PyResult<()> {
        self.out.boundary()?;
        if let Some(persistent_id) = &self.persistent_id {
            let id = abstract_ops::call(persistent_id, std::slice::from_ref(object))?;
            if !id.is_none() {
                return self.save_persistent(&id);
            }
        }
        self.save_plain(object)
    }

    /// Without asking for a persistent id.
    fn save_plain(&self, object: &Value) -> PyResult<()> {
        if object.is_none() {
            self.out.byte(NONE);
            return Ok(());
        }
        if object.is_true() || object.is_false() {
            match (self.protocol >= 2, object.is_true()) {
                (true, true) => self.out.byte(NEWTRUE),
                (true, false) => self.out.byte(NEWFALSE),
                (false, true) => self.out.push(b"I01\n"),
                (false, false) => self.out.push(b"I00\n"),
            }
            return Ok(());
        }
        if abstract_ops::is_exact_int(object) {
            return self.save_int(object);
        }
        if let Some(value) = object.as_float()
            && object.is_exact(taipan_vm::objects::float::Float::class())
        {
            return self.save_float(object, value);
        }
        let known = self.memo.borrow().get(object);
        if let Some(number) = known {
            self.get(number);
            return Ok(());
        }
        if let Some(text) = object.downcast_exact::<Str>() {
            return self.save_str(text, object);
        }
        if let Some(bytes) = object.downcast_exact::<Bytes>() {
            return self.save_bytes(bytes, object);
        }
        let _guard = enter_native(" while pickling an object")?;
        if let Some(dict) = object.downcast_exact::<Dict>() {
            return self.save_dict(dict, object);
        }
        if let Some(list) = object.downcast_exact::<List>() {
            return self.save_list(list, object);
        }
        if let Some(tuple) = object.downcast_exact::<Tuple>() {
            return self.save_tuple(tuple, object);
        }
        if object.downcast_exact::<Set>().is_some() {
            return self.save_set(object);
        }
        if object.downcast_exact::<FrozenSet>().is_some() {
            return self.save_frozenset(object);
        }
        if object.downcast_exact::<Bytearray>().is_some() {
            return self.save_bytearray(object);
        }
        if object
            .downcast_exact::<super::buffer::PickleBuffer>()
            .is_some()
        {
            return self.save_buffer(object);
        }
        if let Some(reducer) = &self.reducer_override {
            let reduced = abstract_ops::call(reducer, std::slice::from_ref(object))?;
            if !reduced.is(&Value::not_implemented()) {
                return self.save_reduced(object, &reduced);
            }
        }
        if object.is_exact(Type::class()) {
            return self.save_type(object);
        }
        if object.downcast_exact::<Function>().is_some() {
            return self.save_global(object, None);
        }
        reduce::save(self, object)
    }

    /// Remembers the object on top of the reader's stack.
    pub fn put(&self, object: &Value) {
        if self.fast.get() {
            return;
        }
        let number = self.memo.borrow().len() as u32;
        self.memo.borrow_mut().add(object.clone(), number);
        if self.protocol >= 4 {
            self.out.byte(MEMOIZE);
        } else if !self.binary() {
            self.out.op(PUT, format!("{number}\n").as_bytes());
        } else if let Ok(short) = u8::try_from(number) {
            self.out.op(BINPUT, &[short]);
        } else {
            self.out.op(LONG_BINPUT, &number.to_le_bytes());
        }
    }

    pub fn get(&self, number: u32) {
        if !self.binary() {
            self.out.op(GET, format!("{number}\n").as_bytes());
        } else if let Ok(short) = u8::try_from(number) {
            self.out.op(BINGET, &[short]);
        } else {
            self.out.op(LONG_BINGET, &number.to_le_bytes());
        }
    }

    pub fn known(&self, object: &Value) -> Option<u32> {
        self.memo.borrow().get(object)
    }

    fn save_persistent(&self, id: &Value) -> PyResult<()> {
        if self.binary() {
            self.save_plain(id)?;
            self.out.byte(BINPERSID);
            return Ok(());
        }
        let text = abstract_ops::str(id)?;
        let Some(ascii) = text.as_ascii() else {
            return Err(pickling_error(
                "persistent IDs in protocol 0 must be ASCII strings",
            ));
        };
        self.out.op(PERSID, format!("{ascii}\n").as_bytes());
        Ok(())
    }

    fn save_int(&self, object: &Value) -> PyResult<()> {
        let int = object.as_int().expect("checked by the caller");
        let small = int.to_i64().and_then(|value| i32::try_from(value).ok());
        if self.binary()
            && let Some(value) = small
        {
            if let Ok(byte) = u8::try_from(value) {
                self.out.op(BININT1, &[byte]);
            } else if let Ok(short) = u16::try_from(value) {
                self.out.op(BININT2, &short.to_le_bytes());
            } else {
                self.out.op(BININT, &value.to_le_bytes());
            }
            return Ok(());
        }
        if self.protocol >= 2 {
            let bytes = int.to_big().to_signed_bytes_le();
            match u8::try_from(bytes.len()) {
                Ok(length) => self.out.op(LONG1, &[length]),
                Err(_) => self.out.op(LONG4, &(bytes.len() as u32).to_le_bytes()),
            }
            self.out.push(&bytes);
            return Ok(());
        }
        let text = abstract_ops::repr(object)?;
        match small {
            Some(_) => self.out.op(INT, format!("{text}\n").as_bytes()),
            None => self.out.op(LONG, format!("{text}L\n").as_bytes()),
        }
        Ok(())
    }

    fn save_float(&self, object: &Value, value: f64) -> PyResult<()> {
        if self.binary() {
            self.out.op(BINFLOAT, &value.to_be_bytes());
        } else {
            let text = abstract_ops::repr(object)?;
            self.out.op(FLOAT, format!("{text}\n").as_bytes());
        }
        Ok(())
    }

    fn save_str(&self, text: &Str, object: &Value) -> PyResult<()> {
        if !self.binary() {
            self.out.op(UNICODE, &escaped(text));
            self.out.byte(b'\n');
            self.put(object);
            return Ok(());
        }
        let plain = text.to_utf8();
        let lossy: Vec<u8>;
        let bytes: &[u8] = match &plain {
            Ok(bytes) => bytes,
            // Lone surrogates pass.
            Err(_) => {
                let mut all = Vec::new();
                text.code_points()
                    .for_each(|point| push_utf8(point, &mut all));
                lossy = all;
                &lossy
            }
        };
        let length = bytes.len();
        if length <= 0xFF && self.protocol >= 4 {
            self.out.op(SHORT_BINUNICODE, &[length as u8]);
            self.out.push(bytes);
        } else if let Ok(length) = u32::try_from(length) {
            self.out
                .payload(&header(BINUNICODE, &length.to_le_bytes()), bytes, None)?;
        } else if self.protocol >= 4 {
            let length = (length as u64).to_le_bytes();
            self.out
                .payload(&header(BINUNICODE8, &length), bytes, None)?;
        } else {
            return Err(taipan_vm::exceptions::overflow_error(
                "serializing a string larger than 4 GiB requires pickle protocol 4 or higher",
            ));
        }
        self.put(object);
        Ok(())
    }

    /// Without remembering it.
    fn save_bytes_data(&self, bytes: &[u8], object: Option<&Value>) -> PyResult<()> {
        let length = bytes.len();
        if length <= 0xFF {
            self.out.op(SHORT_BINBYTES, &[length as u8]);
            self.out.push(bytes);
            return Ok(());
        }
        if let Ok(length) = u32::try_from(length) {
            return self
                .out
                .payload(&header(BINBYTES, &length.to_le_bytes()), bytes, object);
        }
        if self.protocol < 4 {
            return Err(taipan_vm::exceptions::overflow_error(
                "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher",
            ));
        }
        let length = (length as u64).to_le_bytes();
        self.out.payload(&header(BINBYTES8, &length), bytes, object)
    }

    fn save_bytes(&self, bytes: &Bytes, object: &Value) -> PyResult<()> {
        if self.protocol >= 3 {
            self.save_bytes_data(bytes.as_slice(), Some(object))?;
            self.put(object);
            return Ok(());
        }
        // Older readers know text only.
        if bytes.as_slice().is_empty() {
            let call = reduce::Reduced::call(object_value(Bytes::class()), Tuple::empty());
            return reduce::save_reduced(self, Some(object), call);
        }
        static ENCODE: Name = Name::new("encode");
        let codecs = taipan_vm::import::import_module("codecs")?;
        let encode = abstract_ops::getattr(&codecs, ENCODE.get())?;
        let text = Str::from_latin1(bytes.as_slice()).into_value();
        let arguments = Tuple::new([text, Str::intern("latin1").into_value()]);
        reduce::save_reduced(self, Some(object), reduce::Reduced::call(encode, arguments))
    }

    fn save_bytearray_data(&self, bytes: &[u8], object: Option<&Value>) -> PyResult<()> {
        let length = (bytes.len() as u64).to_le_bytes();
        self.out
            .payload(&header(BYTEARRAY8, &length), bytes, object)
    }

    fn save_bytearray(&self, object: &Value) -> PyResult<()> {
        if self.protocol >= 5 {
            let buffer = bytes_like(object)?;
            self.save_bytearray_data(&buffer, Some(object))?;
            drop(buffer);
            self.put(object);
            return Ok(());
        }
        let bytes = bytes_like(object)?.to_vec();
        let arguments = match bytes.is_empty() {
            true => Tuple::empty(),
            false => Tuple::new([Bytes::from_vec(bytes).into_value()]),
        };
        let call = reduce::Reduced::call(object_value(Bytearray::class()), arguments);
        reduce::save_reduced(self, Some(object), call)
    }

    fn save_buffer(&self, object: &Value) -> PyResult<()> {
        if self.protocol < 5 {
            return Err(pickling_error(
                "PickleBuffer can only be pickled with protocol >= 5",
            ));
        }
        let buffer = bytes_like(object)?;
        let in_band = match &self.buffer_callback {
            None => true,
            Some(callback) => {
                let answer = abstract_ops::call(callback, std::slice::from_ref(object))?;
                abstract_ops::is_true(&answer)?
            }
        };
        if !in_band {
            self.out.byte(NEXT_BUFFER);
            if buffer.readonly {
                self.out.byte(READONLY_BUFFER);
            }
            return Ok(());
        }
        match buffer.readonly {
            true => self.save_bytes_data(&buffer, None)?,
            false => self.save_bytearray_data(&buffer, None)?,
        }
        self.put(object);
        Ok(())
    }

    fn save_tuple(&self, tuple: &Tuple, object: &Value) -> PyResult<()> {
        let length = tuple.len();
        if length == 0 {
            match self.binary() {
                true => self.out.byte(EMPTY_TUPLE),
                false => self.out.push(&[MARK, TUPLE]),
            }
            return Ok(());
        }
        let short = length <= 3 && self.protocol >= 2;
        if !short {
            self.out.byte(MARK);
        }
        for (index, item) in tuple.as_slice().iter().enumerate() {
            noted(self.save(item), || item_note(object, index))?;
        }
        // A tuple that contains itself has been written meanwhile: what was put on the stack here goes.
        if let Some(number) = self.known(object) {
            if short {
                self.out.push(&[POP; 3][..length]);
            } else if self.binary() {
                self.out.byte(POP_MARK);
            } else {
                self.out.push(&vec![POP; length + 1]);
            }
            self.get(number);
            return Ok(());
        }
        self.out.byte(match (short, length) {
            (true, 1) => TUPLE1,
            (true, 2) => TUPLE2,
            (true, _) => TUPLE3,
            _ => TUPLE,
        });
        self.put(object);
        Ok(())
    }

    fn save_list(&self, list: &List, object: &Value) -> PyResult<()> {
        match self.binary() {
            true => self.out.byte(EMPTY_LIST),
            false => self.out.push(&[MARK, LIST]),
        }
        self.put(object);
        let item = |index: usize| match list.get(index) {
            Some(item) => noted(self.save(&item), || item_note(object, index)),
            None => Err(runtime_error("list changed size during iteration")),
        };
        if !self.binary() || list.len() == 1 {
            let mut index = 0;
            while index < list.len() {
                item(index)?;
                self.out.byte(APPEND);
                index += 1;
            }
            return Ok(());
        }
        let mut index = 0;
        while index < list.len() {
            self.out.byte(MARK);
            let end = index + BATCH;
            while index < list.len() && index < end {
                item(index)?;
                index += 1;
            }
            self.out.byte(APPENDS);
        }
        Ok(())
    }

    /// The items that an iterator brings are appended.
    pub fn save_items(&self, iterator: &Value, object: &Value) -> PyResult<()> {
        let mut index = 0;
        let mut save = |item: &Value| {
            index += 1;
            noted(self.save(item), || item_note(object, index - 1))
        };
        if !self.binary() {
            while let Some(item) = abstract_ops::next(iterator)? {
                save(&item)?;
                self.out.byte(APPEND);
            }
            return Ok(());
        }
        loop {
            let Some(first) = abstract_ops::next(iterator)? else {
                return Ok(());
            };
            let Some(mut item) = abstract_ops::next(iterator)? else {
                save(&first)?;
                self.out.byte(APPEND);
                return Ok(());
            };
            self.out.byte(MARK);
            save(&first)?;
            let mut count = 1;
            loop {
                save(&item)?;
                count += 1;
                if count == BATCH {
                    break;
                }
                match abstract_ops::next(iterator)? {
                    Some(next) => item = next,
                    None => break,
                }
            }
            self.out.byte(APPENDS);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    fn save_pair(&self, key: &Value, value: &Value, object: &Value) -> PyResult<()> {
        self.save(key)?;
        noted(self.save(value), || key_note(object, key))
    }

    fn save_dict(&self, dict: &Dict, object: &Value) -> PyResult<()> {
        match self.binary() {
            true => self.out.byte(EMPTY_DICT),
            false => self.out.push(&[MARK, DICT]),
        }
        self.put(object);
        let length = dict.len();
        let mut place = 0;
        let next = |place: &mut usize| {
            if dict.len() != length {
                return Err(runtime_error("dictionary changed size during iteration"));
            }
            Ok(dict.next(place))
        };
        if !self.binary() || length == 1 {
            while let Some((key, value)) = next(&mut place)? {
                self.save_pair(&key, &value, object)?;
                self.out.byte(SETITEM);
            }
            return Ok(());
        }
        let mut done = 0;
        while done < length {
            self.out.byte(MARK);
            let end = done + BATCH;
            while done < end
                && let Some((key, value)) = next(&mut place)?
            {
                self.save_pair(&key, &value, object)?;
                done += 1;
            }
            self.out.byte(SETITEMS);
        }
        Ok(())
    }

    /// The pairs that an iterator brings are set as items.
    pub fn save_pairs(&self, iterator: &Value, object: &Value) -> PyResult<()> {
        let next = || -> PyResult<Option<(Value, Value)>> {
            let Some(pair) = abstract_ops::next(iterator)? else {
                return Ok(None);
            };
            match pair.downcast::<Tuple>().map(Tuple::as_slice) {
                Some([key, value]) => Ok(Some((key.clone(), value.clone()))),
                _ => Err(type_error("dict items iterator must return 2-tuples")),
            }
        };
        if !self.binary() {
            while let Some((key, value)) = next()? {
                self.save_pair(&key, &value, object)?;
                self.out.byte(SETITEM);
            }
            return Ok(());
        }
        loop {
            let Some((key, value)) = next()? else {
                return Ok(());
            };
            let Some(mut pair) = next()? else {
                self.save_pair(&key, &value, object)?;
                self.out.byte(SETITEM);
                return Ok(());
            };
            self.out.byte(MARK);
            self.save_pair(&key, &value, object)?;
            let mut count = 1;
            loop {
                self.save_pair(&pair.0, &pair.1, object)?;
                count += 1;
                if count == BATCH {
                    break;
                }
                match next()? {
                    Some(next) => pair = next,
                    None => break,
                }
            }
            self.out.byte(SETITEMS);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    fn element(&self, item: &Value, object: &Value) -> PyResult<()> {
        noted(self.save(item), || {
            format!("when serializing {} element", shown_class(object))
        })
    }

    fn save_set(&self, object: &Value) -> PyResult<()> {
        if self.protocol < 4 {
            return self.save_as_list(object);
        }
        self.out.byte(EMPTY_SET);
        self.put(object);
        let core = core_of(object).expect("checked by the caller");
        let length = core.len();
        if length == 0 {
            return Ok(());
        }
        let mut place = 0;
        loop {
            self.out.byte(MARK);
            let mut count = 0;
            while count < BATCH
                && let Some((item, _)) = core.next(&mut place)
            {
                self.element(&item, object)?;
                count += 1;
                if core.len() != length {
                    return Err(runtime_error("set changed size during iteration"));
                }
            }
            self.out.byte(ADDITEMS);
            if count < BATCH {
                return Ok(());
            }
        }
    }

    /// For older readers: the class called with a list.
    fn save_as_list(&self, object: &Value) -> PyResult<()> {
        let items = core_of(object).expect("checked by the caller").keys();
        let arguments = Tuple::new([List::make(items).into_value()]);
        let call = reduce::Reduced::call(object_value(object.class()), arguments);
        reduce::save_reduced(self, Some(object), call)
    }

    fn save_frozenset(&self, object: &Value) -> PyResult<()> {
        if self.protocol < 4 {
            return self.save_as_list(object);
        }
        self.out.byte(MARK);
        for item in core_of(object).expect("checked by the caller").keys() {
            self.element(&item, object)?;
        }
        if let Some(number) = self.known(object) {
            self.out.byte(POP_MARK);
            self.get(number);
            return Ok(());
        }
        self.out.byte(FROZENSET);
        self.put(object);
        Ok(())
    }
}

fn header(opcode: u8, length: &[u8]) -> Vec<u8> {
    let mut header = vec![opcode];
    header.extend_from_slice(length);
    header
}

/// Text for the line of a pickle of protocol 0.
fn escaped(text: &Str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for point in text.code_points() {
        match point {
            0x5C | 0 | 0x0A | 0x0D | 0x1A => out.extend(format!("\\u{point:04x}").bytes()),
            0..=0xFF => out.push(point as u8),
            0x100..=0xFFFF => out.extend(format!("\\u{point:04x}").bytes()),
            _ => out.extend(format!("\\U{point:08x}").bytes()),
        }
    }
    out
}
