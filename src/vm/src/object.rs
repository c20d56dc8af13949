//! The header every heap object starts with, and typed owning pointers.

use crate::memory::{self, dealloc};
use crate::native::NativeClass;
use crate::objects::class::Type;
use crate::shape::Shape;
use crate::value::{Raw, Value};
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

/// Bit 31 of a count: the object is never freed and its count never changes.
pub const IMMORTAL: u32 = 1 << 31;

/// Bits of [`Header::flags`].
pub mod flags {
    /// The cell is free (its second word links the free list).
    pub const FREE: u32 = 1;
    /// The object may take part in cycles and is completely initialized.
    pub const TRACKED: u32 = 1 << 1;
    /// Survived a collection.
    pub const OLD: u32 = 1 << 2;
    /// The object has an entry in the weak-reference table.
    pub const WEAKREFS: u32 = 1 << 3;
    /// `__del__` has run.
    pub const FINALIZED: u32 = 1 << 4;
    /// Allocated outside the size-class pages.
    pub const LARGE: u32 = 1 << 5;
    /// `repr()` of this object is under way.
    pub const IN_REPR: u32 = 1 << 6;
    /// Frozen by `gc.freeze()`.
    pub const FROZEN: u32 = 1 << 7;
    /// Bits 8 to 30 belong to the object's own class.
    pub const KIND_SHIFT: u32 = 8;
    /// The collection at hand looks at the object and has not found it alive.
    pub const CANDIDATE: u32 = 1 << 31;
}

/// Sixteen bytes at the start of every object. Native code reads these offsets.
#[repr(C, align(16))]
pub struct Header {
    count: Cell<u32>,
    flags: Cell<u32>,
    shape: Cell<*const Shape>,
}

// SAFETY: objects are touched only by the thread that holds the GIL.
unsafe impl Sync for Header {}
unsafe impl Send for Header {}

impl Header {
    pub const SHAPE_OFFSET: usize = std::mem::offset_of!(Header, shape);
    pub const COUNT_OFFSET: usize = std::mem::offset_of!(Header, count);
    pub const FLAGS_OFFSET: usize = std::mem::offset_of!(Header, flags);

    /// A header with one reference.
    pub fn new(shape: *const Shape) -> Header {
        Header {
            count: Cell::new(1),
            flags: Cell::new(0),
            shape: Cell::new(shape),
        }
    }
    /// What a native struct literal puts in its `header` field; allocation writes the real one.
    pub fn fresh() -> Header {
        Header::new(std::ptr::null())
    }
    /// The header of a static object whose shape is set at start-up.
    pub const fn new_static() -> Header {
        Header {
            count: Cell::new(IMMORTAL),
            flags: Cell::new(0),
            shape: Cell::new(std::ptr::null()),
        }
    }
    #[inline(always)]
    pub fn incref(&self) {
        let count = self.count.get();
        if (count as i32) >= 0 {
            debug_assert!(count != 0, "incref of a dead object");
            self.count.set(count + 1);
        }
    }
    /// Counts down unless this is the last reference: then nothing happens, and the answer is false.
    #[inline(always)]
    pub fn decref_if_shared(&self) -> bool {
        let count = self.count.get() as i32;
        if count > 1 {
            self.count.set(count as u32 - 1);
            return true;
        }
        count < 0
    }
    /// Counts down; true when the object has to be deallocated.
    #[inline(always)]
    #[must_use]
    pub fn decref(&self) -> bool {
        let count = self.count.get();
        if (count as i32) < 0 {
            return false;
        }
        debug_assert!(count != 0, "decref of a dead object");
        self.count.set(count - 1);
        count == 1
    }
    /// Is it still there when so many references are gone?
    #[inline(always)]
    pub fn outlives(&self, references: u32) -> bool {
        let count = self.count.get();
        (count as i32) < 0 || count > references
    }
    pub fn count(&self) -> u32 {
        self.count.get()
    }
    pub fn set_count(&self, count: u32) {
        self.count.set(count);
    }
    pub fn is_immortal(&self) -> bool {
        (self.count.get() as i32) < 0
    }
    pub fn make_immortal(&self) {
        self.count.set(IMMORTAL);
    }
    #[inline(always)]
    pub fn has(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }
    pub fn set(&self, flag: u32) {
        self.flags.set(self.flags.get() | flag);
    }
    pub fn unset(&self, flag: u32) {
        self.flags.set(self.flags.get() & !flag);
    }
    #[inline(always)]
    pub fn flags(&self) -> u32 {
        self.flags.get()
    }
    pub fn set_flags(&self, flags: u32) {
        self.flags.set(flags);
    }
    #[inline(always)]
    pub fn shape(&self) -> &'static Shape {
        // SAFETY: shapes are never freed.
        unsafe { &*self.shape.get() }
    }
    #[inline(always)]
    pub fn shape_id(&self) -> u32 {
        self.shape.get() as usize as u32
    }
    pub fn set_shape(&self, shape: &'static Shape) {
        self.shape.set(shape);
    }
    #[inline(always)]
    pub fn class(&self) -> &Type {
        self.shape().class()
    }
}

/// An owned reference to an object of a known native class.
#[repr(transparent)]
pub struct Ref<T>(NonNull<T>, PhantomData<T>);

impl<T> Ref<T> {
    /// # Safety
    /// `pointer` is a live object and one reference moves into the result.
    #[inline(always)]
    pub unsafe fn from_owned(pointer: *mut T) -> Ref<T> {
        // SAFETY: the caller's promise.
        Ref(unsafe { NonNull::new_unchecked(pointer) }, PhantomData)
    }
    /// A new reference to a live object.
    #[inline(always)]
    pub fn from_ref(object: &T) -> Ref<T> {
        let pointer = object as *const T as *mut T;
        // SAFETY: every `&T` of a native class is a live heap object with a header first.
        unsafe {
            (*(pointer as *const Header)).incref();
            Ref::from_owned(pointer)
        }
    }
    #[inline(always)]
    pub fn as_ptr(&self) -> *mut T {
        self.0.as_ptr()
    }
    #[inline(always)]
    pub fn header(&self) -> &Header {
        // SAFETY: objects start with a header.
        unsafe { &*(self.0.as_ptr() as *const Header) }
    }
    #[inline(always)]
    pub fn into_value(self) -> Value {
        let raw = Raw(std::mem::ManuallyDrop::new(self).0.as_ptr() as u64);
        // SAFETY: the reference moves.
        unsafe { raw.into_value() }
    }
    #[inline(always)]
    pub fn to_value(&self) -> Value {
        self.clone().into_value()
    }
    /// Looks at the object as a value without counting.
    #[inline(always)]
    pub fn as_value(&self) -> &Value {
        // SAFETY: both are one word, the address.
        unsafe { &*(self as *const Ref<T> as *const Value) }
    }
}

impl<T: NativeClass> Ref<T> {
    /// Moves a value to the heap. `value`'s header is replaced by one for `T`'s own class.
    pub fn new(value: T) -> Ref<T> {
        memory::allocate_exact(value)
    }
    /// The value as a reference to `T`, or the value back.
    pub fn from_value(value: Value) -> Result<Ref<T>, Value> {
        if value.downcast::<T>().is_some() {
            let raw = value.into_raw();
            // SAFETY: the class was checked; the reference moves.
            Ok(unsafe { Ref::from_owned(raw.address() as *mut T) })
        } else {
            Err(value)
        }
    }
}

impl<T> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Ref<T> {
        self.header().incref();
        Ref(self.0, PhantomData)
    }
}

impl<T> Drop for Ref<T> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.header().decref() {
            // SAFETY: the last reference.
            unsafe { dealloc(self.0.as_ptr() as *mut Header) }
        }
    }
}

impl<T> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the reference keeps the object alive.
        unsafe { self.0.as_ref() }
    }
}

/// Any native object seen as a value: `object_value(list)` for a `&List`.
#[inline(always)]
pub fn object_value<T: NativeClass>(object: &T) -> Value {
    Ref::from_ref(object).into_value()
}

impl<T: std::fmt::Display> std::fmt::Display for Ref<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        (**self).fmt(f)
    }
}
