//! `bytearray`: mutable bytes.
//!
//! Invariant: while `exports` is not zero the memory is lent to buffers, and neither its place nor
//! its length changes.

use crate::abstract_ops as ops;
use crate::exceptions::{
    PyResult, buffer_error, index_error, memory_error, type_error, value_error,
};
use crate::native::NativeClass;
use crate::object::{Header, Ref};
use crate::objects::buffer::{self, Buffer};
use crate::objects::bytes::Bytes;
use crate::objects::bytes_like::{self, BytesLike};
use crate::objects::bytes_new::{self, BYTE_RANGE};
use crate::objects::class::{CompareOp, Type};
use crate::objects::slice_support::{self, SliceBounds};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::{bytes_iter, int_methods};
use crate::text::escape;
use crate::text::format_spec::MAX_WIDTH;
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "bytearray", module = "builtins", sequence, match_self)]
#[repr(C)]
pub struct Bytearray {
    header: Header,
    exports: Cell<usize>,
    data: UnsafeCell<Vec<u8>>,
}

impl Bytearray {
    pub fn from_vec(data: Vec<u8>) -> Ref<Bytearray> {
        Ref::new(Bytearray {
            header: Header::fresh(),
            exports: Cell::new(0),
            data: UnsafeCell::new(data),
        })
    }

    fn new_instance(class: &Type, data: Vec<u8>) -> Value {
        if std::ptr::eq(class, Bytearray::class()) {
            return Bytearray::from_vec(data).into_value();
        }
        let value = Bytearray {
            header: Header::fresh(),
            exports: Cell::new(0),
            data: UnsafeCell::new(data),
        };
        crate::memory::allocate_instance(class, value).into_value()
    }

    pub fn len(&self) -> usize {
        self.bytes().len()
    }

    pub fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    pub fn get(&self, index: usize) -> Option<u8> {
        self.bytes().get(index).copied()
    }

    /// Changes bytes without changing their number.
    fn write<R>(&self, write: impl FnOnce(&mut [u8]) -> R) -> R {
        // SAFETY: no Python code runs in `write`, and no other reference lives meanwhile.
        write(unsafe { &mut *self.data.get() })
    }

    /// Changes the bytes, their number included; refused while they are lent.
    pub fn change<R>(&self, change: impl FnOnce(&mut Vec<u8>) -> R) -> PyResult<R> {
        if self.exports.get() != 0 {
            return Err(buffer_error(
                "Existing exports of data: object cannot be re-sized",
            ));
        }
        // SAFETY: no Python code runs in `change`, and no other reference lives meanwhile.
        Ok(change(unsafe { &mut *self.data.get() }))
    }

    /// Replaces the bytes that a slice names.
    fn set_slice(&self, bounds: SliceBounds, new: &[u8]) -> PyResult<()> {
        let SliceBounds {
            start,
            step,
            length,
        } = bounds;
        if step == 1 {
            let range = start as usize..start as usize + length;
            if new.len() == length {
                self.write(|bytes| bytes[range].copy_from_slice(new));
                return Ok(());
            }
            return self.change(|bytes| drop(bytes.splice(range, new.iter().copied())));
        }
        if new.is_empty() {
            return self.delete_slice(bounds);
        }
        if new.len() != length {
            return Err(value_error(format!(
                "attempt to assign bytes of size {} to extended slice of size {length}",
                new.len()
            )));
        }
        self.write(|bytes| {
            for (index, &byte) in new.iter().enumerate() {
                bytes[(start + index as isize * step) as usize] = byte;
            }
        });
        Ok(())
    }

    fn delete_slice(
        &self,
        SliceBounds {
            start,
            step,
            length,
        }: SliceBounds,
    ) -> PyResult<()> {
        if length == 0 {
            return Ok(());
        }
        let last = start + (length as isize - 1) * step;
        let (low, high) = (start.min(last), start.max(last));
        self.change(|bytes| {
            let mut index = -1;
            bytes.retain(|_| {
                index += 1;
                index < low || index > high || (index - low) % step.abs() != 0
            });
        })
    }

    fn index_of(&self, key: &Value) -> PyResult<usize> {
        let index = ops::subscript_index(key, "bytearray")?;
        bytes_like::position(index, self.len())
            .ok_or_else(|| index_error("bytearray index out of range"))
    }
}

impl BytesLike for Bytearray {
    const COMPARES_WITH_BUFFERS: bool = true;
    fn bytes(&self) -> &[u8] {
        // SAFETY: callers hold the slice only while no Python code runs.
        unsafe { &*self.data.get() }
    }
    fn make(data: Vec<u8>) -> Value {
        Bytearray::from_vec(data).into_value()
    }
    fn same(_: &Value) -> Option<Value> {
        // A mutable result is always a copy.
        None
    }
}

/// The bytes assigned to a slice.
fn assigned(value: &Value) -> PyResult<Vec<u8>> {
    if let Some(bytes) = buffer::try_bytes(value)? {
        return Ok(bytes.to_vec());
    }
    if value.as_int().is_some() || value.downcast::<Str>().is_some() {
        return Err(type_error(
            "can assign only bytes, buffers, or iterables of ints in range(0, 256)",
        ));
    }
    bytes_new::from_object(value, "bytearray")
}

#[pymethods(more(METHOD_ITEMS))]
impl Bytearray {
    #[pyslot]
    fn new(cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        int_methods::check_new(Bytearray::class(), cls)?;
        Ok(Bytearray::new_instance(cls, Vec::new()))
    }
    #[pyslot(
        "bytearray(source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)"
    )]
    fn init(
        &self,
        source: Option<&Value>,
        encoding: Option<&Str>,
        errors: Option<&Str>,
    ) -> PyResult<()> {
        let data = bytes_new::construct(source, encoding, errors, "bytearray")?;
        self.change(|bytes| *bytes = data)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        let shown = this
            .downcast::<Bytearray>()
            .map_or_else(String::new, |it| escape::bytes_repr(it.bytes()));
        // Here, unlike for bytes, a quote inside is escaped even if it could stand.
        let inner = &shown[2..shown.len().max(3) - 1];
        let inner = if shown.starts_with("b\"") {
            inner.replace('\'', "\\'")
        } else {
            inner.to_owned()
        };
        let quote = if shown.starts_with("b\"") { '"' } else { '\'' };
        Ok(format!("{}(b{quote}{inner}{quote})", this.class().name()))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        bytes_like::compare::<Bytearray>(this, other, op)
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }
    #[pyslot]
    fn contains(this: &Value, item: &Value) -> PyResult<bool> {
        bytes_like::contains(&buffer::bytes_like(this)?, item)
    }
    #[pyslot]
    fn concat(this: &Value, other: &Value) -> PyResult {
        bytes_like::concat::<Bytearray>(this, other)
    }
    #[pyslot]
    fn repeat(&self, count: isize) -> PyResult {
        bytes_like::repeat(self.bytes(), count).map(Bytearray::make)
    }
    #[pyslot]
    fn inplace_concat(this: &Value, other: &Value) -> PyResult {
        let Some(array) = this.downcast::<Bytearray>() else {
            return Ok(Value::not_implemented());
        };
        let Some(more) = buffer::try_bytes(other)? else {
            return Err(bytes_like::cannot_concat(other, "bytearray"));
        };
        let more = more.to_vec();
        array.change(|bytes| bytes.extend_from_slice(&more))?;
        Ok(this.clone())
    }
    #[pyslot]
    fn inplace_repeat(this: &Value, count: isize) -> PyResult {
        let Some(array) = this.downcast::<Bytearray>() else {
            return Ok(Value::not_implemented());
        };
        let repeated = bytes_like::repeat(array.bytes(), count)?;
        array.change(|bytes| *bytes = repeated)?;
        Ok(this.clone())
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        bytes_like::getitem::<Bytearray>(self, key, "bytearray", "bytearray index out of range")
    }
    #[pyslot]
    fn setitem(&self, key: &Value, value: Option<&Value>) -> PyResult<()> {
        if let Some(slice) = slice_support::as_slice(key) {
            let unpacked = slice_support::unpack(slice)?;
            let Some(value) = value else {
                return self.delete_slice(slice_support::adjust(unpacked, self.len()));
            };
            let new = assigned(value)?;
            return self.set_slice(slice_support::adjust(unpacked, self.len()), &new);
        }
        let index = self.index_of(key)?;
        let Some(value) = value else {
            return self.change(|bytes| bytes.remove(index)).map(|_| ());
        };
        let byte = bytes_new::byte(value, BYTE_RANGE)?;
        // `__index__` of the value may have shortened the array.
        if self
            .write(|bytes| bytes.get_mut(index).map(|place| *place = byte))
            .is_none()
        {
            return Err(index_error("bytearray index out of range"));
        }
        Ok(())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(bytes_iter::BytearrayIterator::over(this))
    }
    #[pyslot]
    fn remainder(this: &Value, arguments: &Value) -> PyResult {
        if this.downcast::<Bytearray>().is_none() {
            return Ok(Value::not_implemented());
        }
        let format = buffer::bytes_like(this)?;
        super::bytes_format::percent(&format, arguments).map(Bytearray::make)
    }
    #[pyslot]
    fn buffer(this: &Value, _writable: bool) -> PyResult<Buffer> {
        fn release(owner: &Value) {
            if let Some(array) = owner.downcast::<Bytearray>() {
                array.exports.set(array.exports.get() - 1);
            }
        }
        let Some(array) = this.downcast::<Bytearray>() else {
            return Err(buffer::not_bytes_like(this));
        };
        array.exports.set(array.exports.get() + 1);
        // SAFETY: `exports` keeps the vector where and as long as it is.
        Ok(unsafe {
            let data = &mut *array.data.get();
            Buffer::new(this, data.as_mut_ptr(), data.len(), false, Some(release))
        })
    }

    /// How many bytes are allocated.
    #[pymethod("__alloc__($self, /)")]
    fn alloc(&self) -> PyResult<usize> {
        // SAFETY: only the capacity is read.
        Ok(unsafe { (*self.data.get()).capacity() })
    }
    #[pymethod("__reduce__($self, /)")]
    fn reduce(this: &Value) -> PyResult {
        Self::reduced(this, 2)
    }
    #[pymethod("__reduce_ex__($self, proto=0, /)")]
    fn reduce_ex(this: &Value, proto: i64) -> PyResult {
        Self::reduced(this, proto)
    }
    /// Size in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn sizeof(&self) -> PyResult<usize> {
        // SAFETY: only the capacity is read.
        Ok(size_of::<Bytearray>() + unsafe { (*self.data.get()).capacity() })
    }
    /// Adds a byte at the end.
    #[pymethod("append($self, item, /)")]
    fn append(&self, item: &Value) -> PyResult<()> {
        let byte = bytes_new::byte(item, BYTE_RANGE)?;
        self.change(|bytes| bytes.push(byte))
    }
    /// Removes all bytes.
    #[pymethod("clear($self, /)")]
    fn clear_bytes(&self) -> PyResult<()> {
        self.change(|bytes| *bytes = Vec::new())
    }
    /// A copy.
    #[pymethod("copy($self, /)")]
    fn copy(&self) -> Value {
        Bytearray::make(self.bytes().to_vec())
    }
    /// Adds the ints of the iterable at the end.
    #[pymethod("extend($self, iterable_of_ints, /)")]
    fn extend(&self, iterable_of_ints: &Value) -> PyResult<()> {
        let class = iterable_of_ints.class();
        let more = if let Some(bytes) = buffer::try_bytes(iterable_of_ints)? {
            bytes.to_vec()
        } else if iterable_of_ints.downcast::<Str>().is_some() {
            return Err(type_error("expected iterable of integers; got: 'str'"));
        } else if class.slots().iter.is_none() && class.slots().getitem.is_none() {
            return Err(type_error(format!(
                "can't extend bytearray with {}",
                class.name()
            )));
        } else {
            bytes_new::from_object(iterable_of_ints, "bytearray")?
        };
        self.change(|bytes| bytes.extend_from_slice(&more))
    }
    /// Puts a byte in front of the one at that index.
    #[pymethod("insert($self, index, item, /)")]
    fn insert(&self, index: &Value, item: &Value) -> PyResult<()> {
        let index = crate::objects::text_support::size_argument(index)?;
        let byte = bytes_new::byte(item, BYTE_RANGE)?;
        let length = self.len() as isize;
        let index = if index < 0 { index + length } else { index }.clamp(0, length);
        self.change(|bytes| bytes.insert(index as usize, byte))
    }
    /// Removes the byte at that index and returns it.
    #[pymethod("pop($self, index=-1, /)")]
    fn pop(&self, index: Option<&Value>) -> PyResult {
        let index = match index {
            Some(index) => crate::objects::text_support::size_argument(index)?,
            None => -1,
        };
        if self.is_empty() {
            return Err(index_error("pop from empty bytearray"));
        }
        let index = bytes_like::position(index, self.len())
            .ok_or_else(|| index_error("pop index out of range"))?;
        self.change(|bytes| bytes.remove(index))
            .map(|byte| Value::int(byte.into()))
    }
    /// Removes the first byte of that value.
    #[pymethod("remove($self, value, /)")]
    fn remove(&self, value: &Value) -> PyResult<()> {
        let byte = bytes_new::byte(value, BYTE_RANGE)?;
        match self.bytes().iter().position(|&other| other == byte) {
            Some(index) => self.change(|bytes| bytes.remove(index)).map(|_| ()),
            None => Err(value_error("value not found in bytearray")),
        }
    }
    /// Cuts the array to that size, or fills it up with zeros.
    #[pymethod("resize($self, size, /)")]
    fn resize(&self, size: &Value) -> PyResult<()> {
        let size = crate::objects::text_support::size_argument(size)?;
        let length = usize::try_from(size)
            .map_err(|_| value_error(format!("Can only resize to positive sizes, got {size}")))?;
        if length > MAX_WIDTH / 8 {
            return Err(memory_error(""));
        }
        self.change(|bytes| bytes.resize(length, 0))
    }
    /// Turns the order of the bytes round.
    #[pymethod("reverse($self, /)")]
    fn reverse(&self) -> PyResult<()> {
        self.write(<[u8]>::reverse);
        Ok(())
    }
}

impl Bytearray {
    fn reduced(this: &Value, protocol: i64) -> PyResult {
        let bytes = buffer::bytes_like(this)?;
        let state = super::object::getstate(this)?;
        let arguments = if bytes.is_empty() {
            Tuple::empty()
        } else if protocol < 3 {
            Tuple::new([
                Str::from_latin1(&bytes).into_value(),
                Str::new("latin-1").into_value(),
            ])
        } else {
            Tuple::new([Bytes::from_slice(&bytes).into_value()])
        };
        let class = crate::object::object_value(this.class());
        Ok(Tuple::new([class, arguments.into_value(), state]).into_value())
    }
}

bytes_like::shared_methods!(Bytearray);
