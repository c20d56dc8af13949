//! `list`: contiguous storage of values.
//!
//! Nothing outside this file (and the JIT's lowering of it) goes around the interface, so that a second
//! kind of storage (raw floats) has one place to live in. References into the storage are never held
//! while Python code may run: any decref can.

use crate::gc::Traverse;
use crate::object::{Header, Ref};
use crate::value::{Raw, Value};
use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;
use taipan_macros::pyclass;

/// A vector whose fields native code may read.
#[repr(C)]
pub struct ValueVec {
    pointer: Cell<*mut Value>,
    length: Cell<usize>,
    capacity: Cell<usize>,
}

impl ValueVec {
    fn from_vec(values: Vec<Value>) -> ValueVec {
        let mut values = ManuallyDrop::new(values);
        ValueVec {
            pointer: Cell::new(values.as_mut_ptr()),
            length: Cell::new(values.len()),
            capacity: Cell::new(values.capacity()),
        }
    }
    fn take(&self) -> Vec<Value> {
        // SAFETY: the three words came from a `Vec` and are replaced by an empty one's.
        unsafe {
            let vec =
                Vec::from_raw_parts(self.pointer.get(), self.length.get(), self.capacity.get());
            let empty = ManuallyDrop::new(Vec::<Value>::new());
            self.pointer.set(empty.as_ptr() as *mut Value);
            self.length.set(0);
            self.capacity.set(0);
            vec
        }
    }
    fn put(&self, values: Vec<Value>) {
        let mut values = ManuallyDrop::new(values);
        self.pointer.set(values.as_mut_ptr());
        self.length.set(values.len());
        self.capacity.set(values.capacity());
    }
}

impl Drop for ValueVec {
    fn drop(&mut self) {
        drop_backwards(self.take());
    }
}

/// New references to these values, in a vector with no room for more.
#[inline]
pub fn copy_of(values: &[Value]) -> Vec<Value> {
    let mut copy = Vec::with_capacity(values.len());
    let target: *mut Value = copy.as_mut_ptr();
    // SAFETY: there is room for that many; counting calls nothing.
    unsafe {
        for (i, value) in values.iter().enumerate() {
            target.add(i).write(value.clone());
        }
        copy.set_len(values.len());
    }
    copy
}

/// Drops the last value first, as CPython does: finalizers can tell.
pub fn drop_backwards(mut values: Vec<Value>) {
    while values.pop().is_some() {}
}

impl Traverse for UnsafeCell<ValueVec> {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        // SAFETY: no Python code runs while the collector visits.
        let vec = unsafe { &*self.get() };
        for i in 0..vec.length.get() {
            // SAFETY: below the length.
            visit(unsafe { &*vec.pointer.get().add(i) });
        }
    }
    fn clear(&self) {
        // SAFETY: as above; the values are dropped after the list is empty.
        drop_backwards(unsafe { (*self.get()).take() });
    }
}

/// Built-in mutable sequence.
///
/// If no argument is given, the constructor creates a new empty list.
/// The argument must be an iterable if specified.
#[pyclass(
    name = "list",
    module = "builtins",
    signature = "list(iterable=(), /)",
    gc,
    sequence,
    match_self
)]
#[repr(C)]
pub struct List {
    header: Header,
    storage: UnsafeCell<ValueVec>,
}

impl List {
    pub const POINTER_OFFSET: usize =
        std::mem::offset_of!(List, storage) + std::mem::offset_of!(ValueVec, pointer);
    pub const LENGTH_OFFSET: usize =
        std::mem::offset_of!(List, storage) + std::mem::offset_of!(ValueVec, length);
    pub const CAPACITY_OFFSET: usize =
        std::mem::offset_of!(List, storage) + std::mem::offset_of!(ValueVec, capacity);

    pub fn native(values: Vec<Value>) -> List {
        List {
            header: Header::fresh(),
            storage: UnsafeCell::new(ValueVec::from_vec(values)),
        }
    }
    pub fn make(values: Vec<Value>) -> Ref<List> {
        Ref::new(List::native(values))
    }
    #[inline(always)]
    fn vec(&self) -> &ValueVec {
        // SAFETY: all fields are cells.
        unsafe { &*self.storage.get() }
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.vec().length.get()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The items as they lie; no Python code may run while this is held.
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        // SAFETY: pointer and length belong together.
        unsafe { std::slice::from_raw_parts(self.vec().pointer.get(), self.len()) }
    }
    /// The word of an item, not counted.
    #[inline(always)]
    pub fn peek(&self, index: usize) -> Option<Raw> {
        self.as_slice().get(index).map(Value::raw)
    }
    pub fn get(&self, index: usize) -> Option<Value> {
        self.as_slice().get(index).cloned()
    }
    /// Puts an owned word in place of an item's and returns the old one, owned. `index` is in range.
    #[inline(always)]
    pub fn replace_raw(&self, index: usize, value: Raw) -> Raw {
        debug_assert!(index < self.len());
        // SAFETY: in range; ownership moves both ways.
        unsafe { std::ptr::replace(self.vec().pointer.get().add(index) as *mut Raw, value) }
    }
    /// Exchanges as many items from `start` on as there are values; all of them are below the length.
    pub fn swap_items(&self, start: usize, values: &mut [Value]) {
        assert!(start + values.len() <= self.len());
        // SAFETY: in range; the values are not the list's own.
        unsafe {
            let items =
                std::slice::from_raw_parts_mut(self.vec().pointer.get().add(start), values.len());
            items.swap_with_slice(values);
        }
    }
    /// Stores an item; false if there is none at this index.
    pub fn set(&self, index: usize, value: Value) -> bool {
        if index >= self.len() {
            return false;
        }
        // SAFETY: `replace_raw` returns an owned word.
        drop(unsafe { self.replace_raw(index, value.into_raw()).into_value() });
        true
    }
    #[inline]
    pub fn push(&self, value: Value) {
        let vec = self.vec();
        let length = vec.length.get();
        if length < vec.capacity.get() {
            // SAFETY: below the capacity.
            unsafe { vec.pointer.get().add(length).write(value) };
            vec.length.set(length + 1);
        } else {
            self.push_slow(value);
        }
    }
    /// Appends the word if there is room; it moves in then (a borrowed one is counted).
    #[inline(always)]
    pub fn push_in_place(&self, raw: Raw) -> bool {
        let vec = self.vec();
        let length = vec.length.get();
        if length >= vec.capacity.get() {
            return false;
        }
        // SAFETY: below the capacity.
        unsafe { (vec.pointer.get().add(length) as *mut Raw).write(raw.owned()) };
        vec.length.set(length + 1);
        true
    }
    #[cold]
    fn push_slow(&self, value: Value) {
        self.change(|v| {
            // CPython's growth: an eighth more, in steps of four, so that memory stays near what is needed.
            let wanted = v.len() + 1;
            let capacity = (wanted + (wanted >> 3) + 6) & !3;
            v.reserve_exact(capacity - v.len());
            v.push(value);
        });
    }
    /// Takes out the item at an index below the length.
    pub fn take_at(&self, index: usize) -> Value {
        let vec = self.vec();
        let last = vec.length.get() - 1;
        assert!(index <= last);
        vec.length.set(last);
        // SAFETY: below the length; what is behind the item moves over it.
        unsafe {
            let place = vec.pointer.get().add(index);
            let item = place.read();
            if index < last {
                std::ptr::copy(place.add(1), place, last - index);
            }
            item
        }
    }
    /// Changes the storage as a `Vec`. `change` must not run Python code: values to drop are handed out.
    pub fn change<R>(&self, change: impl FnOnce(&mut Vec<Value>) -> R) -> R {
        let mut values = self.vec().take();
        let result = change(&mut values);
        self.vec().put(values);
        result
    }
    /// Removes all items and hands them out: to be dropped when the list is consistent again, or sorted.
    pub fn take_items(&self) -> Vec<Value> {
        self.vec().take()
    }
    /// Replaces the items and hands out the old ones.
    pub fn replace_items(&self, values: Vec<Value>) -> Vec<Value> {
        let old = self.vec().take();
        self.vec().put(values);
        old
    }
    /// A copy of the items.
    pub fn to_vec(&self) -> Vec<Value> {
        copy_of(self.as_slice())
    }
    pub fn capacity(&self) -> usize {
        self.vec().capacity.get()
    }
}
