//! `array`: packed items of one type.
//!
//! Invariant: the bytes are a whole number of items; while `exports` is not zero their place and
//! number do not change.

mod item;
mod iterator;
mod methods;
mod rebuild;

use item::{CODES, Item, Packed};
use std::cell::{Cell, UnsafeCell};
use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::abstract_ops::{self as ops, compare_bool};
use taipan_vm::exceptions::{
    PyResult, Raised, buffer_error, index_error, memory_error, type_error, value_error,
};
use taipan_vm::memory::allocate_instance;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::buffer::{self, Buffer, Layout};
use taipan_vm::objects::bytearray::Bytearray;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::{CompareOp, Type};
use taipan_vm::objects::packed::{self, PackedItem, PackedLayout};
use taipan_vm::objects::slice_support::{self, SliceBounds};
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

pub use array::MODULE;

/// This module defines an object type which can efficiently represent
/// an array of basic values: characters, integers, floating-point
/// numbers.  Arrays are sequence types and behave very much like lists,
/// except that the type of objects stored in them is constrained.
#[pymodule(name = "array", classes(super::Array, super::iterator::ArrayIterator))]
mod array {
    use super::*;
    use taipan_vm::object::object_value;
    use taipan_vm::objects::module::Module;

    #[pyattr("typecodes")]
    const TYPE_CODES: &str = CODES;

    /// Internal. Used for pickling support.
    #[pyfunction("_array_reconstructor($module, arraytype, typecode, mformat_code, items, /)")]
    fn _array_reconstructor(
        arraytype: &Type,
        typecode: &Value,
        mformat_code: i64,
        items: &Value,
    ) -> PyResult {
        super::rebuild::reconstruct(arraytype, typecode, mformat_code, items)
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let class = object_value(Array::class());
        module.add("ArrayType", class.clone());
        let abc = taipan_vm::import::import_module("_collections_abc")?;
        let sequence = ops::getattr(&abc, &Str::intern("MutableSequence"))?;
        ops::call_method(&sequence, &Str::intern("register"), &[class])?;
        packed::declare::<Array>(&LAYOUT);
        Ok(())
    }
}

/// array(typecode [, initializer]) -> array
///
/// Return a new array whose items are restricted by typecode, and
/// initialized from the optional initializer value, which must be a list,
/// string or iterable over elements of the appropriate type.
///
/// Arrays represent basic values and behave very much like lists, except
/// the type of objects stored in them is constrained. The type is specified
/// at object creation time by using a type code, which is a single character.
#[pyclass(name = "array", module = "array", weakref, sequence)]
#[repr(C)]
pub struct Array {
    header: Header,
    exports: Cell<usize>,
    item: Item,
    data: UnsafeCell<Vec<u8>>,
}

/// For compiled code.
static LAYOUT: PackedLayout = PackedLayout {
    vector: std::mem::offset_of!(Array, data),
    kind: std::mem::offset_of!(Array, item),
    kinds: &[
        (Item::I8 as u8, PackedItem::I8),
        (Item::U8 as u8, PackedItem::U8),
        (Item::I16 as u8, PackedItem::I16),
        (Item::U16 as u8, PackedItem::U16),
        (Item::I32 as u8, PackedItem::I32),
        (Item::U32 as u8, PackedItem::U32),
        (Item::F64 as u8, PackedItem::F64),
    ],
};

/// The array behind a receiver, whose class the caller checked.
pub(crate) fn own(this: &Value) -> &Array {
    // SAFETY: slots and methods are called with instances of their class.
    unsafe { this.downcast_unchecked::<Array>() }
}

fn out_of_memory() -> Raised {
    memory_error("")
}

fn bad_argument() -> Raised {
    type_error("bad argument type for built-in operation")
}

impl Array {
    fn native(item: Item, data: Vec<u8>) -> Array {
        Array {
            header: Header::fresh(),
            exports: Cell::new(0),
            item,
            data: UnsafeCell::new(data),
        }
    }
    fn make(item: Item, data: Vec<u8>) -> Value {
        Ref::new(Array::native(item, data)).into_value()
    }
    /// The bytes; no Python code may run while they are held.
    fn bytes(&self) -> &[u8] {
        // SAFETY: the caller's promise.
        unsafe { &*self.data.get() }
    }
    fn capacity(&self) -> usize {
        // SAFETY: only the capacity is read.
        unsafe { (*self.data.get()).capacity() }
    }
    fn len(&self) -> usize {
        self.bytes().len() / self.item.size()
    }
    #[inline]
    fn get(&self, index: usize) -> Option<Value> {
        let size = self.item.size();
        let start = index.checked_mul(size)?;
        let bytes = self.bytes().get(start..start.checked_add(size)?)?;
        Some(self.item.unpack(bytes))
    }
    /// Changes bytes without changing their number.
    fn write<R>(&self, write: impl FnOnce(&mut [u8]) -> R) -> R {
        // SAFETY: no Python code runs in `write`, and no other reference lives meanwhile.
        write(unsafe { &mut *self.data.get() })
    }
    fn set(&self, index: usize, packed: Packed) -> bool {
        let size = self.item.size();
        self.write(
            |bytes| match bytes.get_mut(index * size..(index + 1) * size) {
                Some(place) => {
                    place.copy_from_slice(&packed[..size]);
                    true
                }
                None => false,
            },
        )
    }
    /// Changes the bytes, their number included; refused while they are lent.
    fn change<R>(&self, change: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        if self.exports.get() != 0 {
            return Err(buffer_error(
                "cannot resize an array that is exporting buffers",
            ));
        }
        // SAFETY: no Python code runs in `change`, and no other reference lives meanwhile.
        Ok(change(unsafe { &mut *self.data.get() }))
    }
    fn push(&self, value: &Value) -> PyResult<()> {
        let packed = self.item.pack(value)?;
        let size = self.item.size();
        self.change(|bytes| bytes.extend_from_slice(&packed[..size]))
    }
    fn extend_bytes(&self, more: &[u8]) -> PyResult<()> {
        if more.is_empty() {
            return Ok(());
        }
        self.change(|bytes| bytes.extend_from_slice(more))
    }
    /// Appends the items of an array of the same kind, or of any iterable.
    fn extend_from(&self, more: &Value) -> PyResult<()> {
        if let Some(other) = more.downcast::<Array>() {
            if other.item != self.item {
                return Err(type_error("can only extend with array of same kind"));
            }
            let copy = other.bytes().to_vec();
            return self.extend_bytes(&copy);
        }
        ops::for_each(more, |item| self.push(&item))
    }
    fn append_bytes(&self, more: &[u8]) -> PyResult<()> {
        if !more.len().is_multiple_of(self.item.size()) {
            return Err(value_error("bytes length not a multiple of item size"));
        }
        self.extend_bytes(more)
    }
    fn append_text(&self, text: &Str) -> PyResult<()> {
        let bytes: Vec<u8> = text.code_points().flat_map(u32::to_ne_bytes).collect();
        self.extend_bytes(&bytes)
    }
    /// The text of an array of characters.
    fn text(&self) -> PyResult<Ref<Str>> {
        let mut points = Vec::with_capacity(self.len());
        for raw in self.bytes().chunks_exact(4) {
            let point = u32::from_ne_bytes([raw[0], raw[1], raw[2], raw[3]]);
            if point > 0x10FFFF {
                return Err(value_error(format!(
                    "character U+{point:x} is not in range [U+0000; U+10ffff]"
                )));
            }
            points.push(point);
        }
        Ok(Str::from_code_points(&points))
    }
    fn repeated(&self, count: isize) -> PyResult<Vec<u8>> {
        let bytes = self.bytes();
        let count = usize::try_from(count).unwrap_or(0);
        let Some(total) = bytes.len().checked_mul(count) else {
            return Err(out_of_memory());
        };
        let mut result = Vec::new();
        if total > isize::MAX as usize || result.try_reserve_exact(total).is_err() {
            return Err(out_of_memory());
        }
        for _ in 0..count {
            result.extend_from_slice(bytes);
        }
        Ok(result)
    }
    fn slice(&self, bounds: SliceBounds) -> Vec<u8> {
        let size = self.item.size();
        let bytes = self.bytes();
        if bounds.step == 1 {
            let start = bounds.start as usize * size;
            return bytes[start..start + bounds.length * size].to_vec();
        }
        let mut result = Vec::with_capacity(bounds.length * size);
        for at in 0..bounds.length {
            let start = (bounds.start + at as isize * bounds.step) as usize * size;
            result.extend_from_slice(&bytes[start..start + size]);
        }
        result
    }
    /// Replaces the items that a slice names; nothing deletes them.
    fn set_slice(&self, bounds: SliceBounds, new: Option<&[u8]>) -> PyResult<()> {
        let size = self.item.size();
        let SliceBounds {
            start,
            step,
            length,
        } = bounds;
        let items = new.map_or(0, |new| new.len() / size);
        if step == 1 {
            let range = start as usize * size..(start as usize + length) * size;
            let new = new.unwrap_or(&[]);
            if items == length {
                self.write(|bytes| bytes[range].copy_from_slice(new));
                return Ok(());
            }
            return self.change(|bytes| drop(bytes.splice(range, new.iter().copied())));
        }
        if items == 0 && (new.is_none() || length == 0) {
            if length == 0 {
                return Ok(());
            }
            let last = start + (length as isize - 1) * step;
            let (low, high) = (start.min(last), start.max(last));
            return self.change(|bytes| {
                let mut at = -1;
                bytes.retain(|_| {
                    at += 1;
                    let index = at / size as isize;
                    index < low || index > high || (index - low) % step.abs() != 0
                });
            });
        }
        if items != length {
            return Err(value_error(format!(
                "attempt to assign array of size {items} to extended slice of size {length}"
            )));
        }
        self.write(|bytes| {
            for (at, item) in new.unwrap_or(&[]).chunks_exact(size).enumerate() {
                let place = (start + at as isize * step) as usize * size;
                bytes[place..place + size].copy_from_slice(item);
            }
        });
        Ok(())
    }
    fn index_of(&self, key: &Value) -> PyResult<isize> {
        if key.as_small_int().is_none() && key.class().slots().index.is_none() {
            return Err(type_error("array indices must be integers"));
        }
        let index = ops::index_isize(key, taipan_vm::exceptions::INDEX_ERROR.get())?;
        Ok(if index < 0 {
            index + self.len() as isize
        } else {
            index
        })
    }
    /// Where the item is that equals `value`.
    fn position(&self, value: &Value, from: usize, to: usize) -> PyResult<Option<usize>> {
        let mut at = from;
        while at < to
            && let Some(item) = self.get(at)
        {
            if ops::equals(&item, value)? {
                return Ok(Some(at));
            }
            at += 1;
        }
        Ok(None)
    }
    fn remove(&self, index: usize) -> PyResult<()> {
        let size = self.item.size();
        self.change(|bytes| drop(bytes.drain(index * size..(index + 1) * size)))
    }
    /// What makes an array of this type from the second argument of the constructor.
    fn fill(&self, initial: &Value) -> PyResult<()> {
        let code = self.item.code();
        if let Some(text) = initial.downcast::<Str>() {
            if !self.item.is_text() {
                return Err(type_error(format!(
                    "cannot use a str to initialize an array with typecode '{code}'"
                )));
            }
            return self.append_text(text);
        }
        if let Some(other) = initial.downcast::<Array>() {
            if other.item.is_text() && !self.item.is_text() {
                return Err(type_error(format!(
                    "cannot use a unicode array to initialize an array with typecode '{code}'"
                )));
            }
            if other.item == self.item {
                return self.extend_from(initial);
            }
        } else if initial.downcast::<Bytes>().is_some() || initial.downcast::<Bytearray>().is_some()
        {
            let bytes = buffer::bytes_like(initial)?.to_vec();
            return self.append_bytes(&bytes);
        }
        ops::for_each(initial, |item| self.push(&item))
    }
}

/// The type code in an argument of that function.
fn type_code(value: &Value, function: &str, position: usize) -> PyResult<u32> {
    let wrong = |given: String| {
        type_error(format!(
            "{function}() argument {position} must be a unicode character, not {given}"
        ))
    };
    match value.downcast::<Str>() {
        Some(text) if text.len() == 1 => Ok(text.char_at(0)),
        Some(text) => Err(wrong(format!("a string of length {}", text.len()))),
        None => Err(wrong(value.class().name())),
    }
}

#[pymethods(more(METHOD_ITEMS))]
impl Array {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|names| !names.is_empty()) && class.is_native::<Array>() {
            return Err(type_error("array.array() takes no keyword arguments"));
        }
        let args = &args[..args.len() - kwnames.map_or(0, Tuple::len)];
        let (code, initial) = match args {
            [] => {
                return Err(type_error("array() takes at least 1 argument (0 given)"));
            }
            [code] => (code, None),
            [code, initial] => (code, Some(initial)),
            _ => {
                return Err(type_error(format!(
                    "array() takes at most 2 arguments ({} given)",
                    args.len()
                )));
            }
        };
        let Some(item) = Item::from_code(type_code(code, "array", 1)?) else {
            return Err(value_error(
                "bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)",
            ));
        };
        if item == Item::Wide {
            taipan_vm::warnings::warn(
                taipan_vm::exceptions::DEPRECATION_WARNING.get(),
                "The 'u' type code is deprecated and will be removed in Python 3.16",
                1,
            )?;
        }
        let array = allocate_instance(class, Array::native(item, Vec::new()));
        if let Some(initial) = initial {
            array.fill(initial)?;
        }
        Ok(array.into_value())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        let array = own(this);
        let (name, code) = (this.class().name(), array.item.code());
        if array.len() == 0 {
            return Ok(format!("{name}('{code}')"));
        }
        let items = if array.item.is_text() {
            array.text()?.into_value()
        } else {
            array.to_list()
        };
        Ok(format!(
            "{name}('{code}', {})",
            ops::repr(&items)?.to_rust()
        ))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Array>(), other.downcast::<Array>()) else {
            return Ok(Value::not_implemented());
        };
        let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
        if equality && a.len() != b.len() {
            return Ok(Value::bool(op == CompareOp::Ne));
        }
        if equality && a.item == b.item && !a.item.is_float() {
            return Ok(Value::bool(
                (a.bytes() == b.bytes()) == (op == CompareOp::Eq),
            ));
        }
        let mut at = 0;
        while let (Some(x), Some(y)) = (a.get(at), b.get(at)) {
            if !compare_bool(&x, &y, CompareOp::Eq)? {
                return match op {
                    CompareOp::Eq => Ok(Value::false_()),
                    CompareOp::Ne => Ok(Value::true_()),
                    _ => ops::rich_compare(&x, &y, op),
                };
            }
            at += 1;
        }
        Ok(Value::bool(op.holds(a.len().cmp(&b.len()))))
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(iterator::ArrayIterator::over(this))
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }
    #[pyslot]
    fn contains(&self, item: &Value) -> PyResult<bool> {
        Ok(self.position(item, 0, usize::MAX)?.is_some())
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        if let Some(index) = key.as_small_int()
            && let Ok(index) = usize::try_from(index)
            && let Some(item) = self.get(index)
        {
            return Ok(item);
        }
        if let Some(slice) = slice_support::as_slice(key) {
            let unpacked = slice_support::unpack(slice)?;
            let data = self.slice(slice_support::adjust(unpacked, self.len()));
            return Ok(Array::make(self.item, data));
        }
        let index = self.index_of(key)?;
        usize::try_from(index)
            .ok()
            .and_then(|index| self.get(index))
            .ok_or_else(|| index_error("array index out of range"))
    }
    #[pyslot]
    fn setitem(&self, key: &Value, value: Option<&Value>) -> PyResult<()> {
        if let Some(slice) = slice_support::as_slice(key) {
            let unpacked = slice_support::unpack(slice)?;
            let Some(value) = value else {
                return self.set_slice(slice_support::adjust(unpacked, self.len()), None);
            };
            let Some(other) = value.downcast::<Array>() else {
                return Err(type_error(format!(
                    "can only assign array (not \"{}\") to array slice",
                    value.class().name()
                )));
            };
            if other.item != self.item {
                return Err(bad_argument());
            }
            let new = other.bytes().to_vec();
            return self.set_slice(slice_support::adjust(unpacked, self.len()), Some(&new));
        }
        let index = self.index_of(key)?;
        let out_of_range = || index_error("array assignment index out of range");
        let Some(index) = usize::try_from(index).ok().filter(|&at| at < self.len()) else {
            return Err(out_of_range());
        };
        let Some(value) = value else {
            return self.remove(index);
        };
        let packed = self.item.pack(value)?;
        // `__index__` of the value may have shortened the array.
        if self.set(index, packed) {
            Ok(())
        } else {
            Err(out_of_range())
        }
    }
    #[pyslot]
    fn concat(&self, other: &Value) -> PyResult {
        let Some(other) = other.downcast::<Array>() else {
            return Err(type_error(format!(
                "can only append array (not \"{}\") to array",
                other.class().name()
            )));
        };
        if other.item != self.item {
            return Err(bad_argument());
        }
        Ok(Array::make(
            self.item,
            [self.bytes(), other.bytes()].concat(),
        ))
    }
    #[pyslot]
    fn inplace_concat(this: &Value, other: &Value) -> PyResult {
        if other.downcast::<Array>().is_none() {
            return Err(type_error(format!(
                "can only extend array with array (not \"{}\")",
                other.class().name()
            )));
        }
        own(this).extend_from(other)?;
        Ok(this.clone())
    }
    #[pyslot]
    fn repeat(&self, count: isize) -> PyResult {
        Ok(Array::make(self.item, self.repeated(count)?))
    }
    #[pyslot]
    fn inplace_repeat(this: &Value, count: isize) -> PyResult {
        let array = own(this);
        let repeated = array.repeated(count)?;
        if repeated.len() != array.bytes().len() {
            array.change(|bytes| *bytes = repeated)?;
        }
        Ok(this.clone())
    }
    #[pyslot]
    fn buffer(this: &Value, _writable: bool) -> PyResult<Buffer> {
        fn release(owner: &Value) {
            if let Some(array) = owner.downcast::<Array>() {
                array.exports.set(array.exports.get().saturating_sub(1));
            }
        }
        let array = own(this);
        array.exports.set(array.exports.get() + 1);
        // SAFETY: `exports` keeps the vector where and as long as it is.
        let buffer = unsafe {
            let data = &mut *array.data.get();
            Buffer::new(this, data.as_mut_ptr(), data.len(), false, Some(release))
        };
        let layout = Layout::contiguous(&array.item.format(), array.item.size(), vec![array.len()]);
        Ok(buffer.with_layout(layout))
    }
}
