//! One Python value in one non-zero word.
//!
//! ```text
//! …xxx1   small int, 63 bits
//! …xx10   float, self-tagged: w = rotl(bits + 2^60, 3); back: rotr(w, 3) - 2^60
//! …x000   pointer to an object, 16-byte aligned; bit 3 set = borrowed (interpreter stack slots only)
//! …x100   named words: null, unbound local, +0.0, -0.0
//! ```
//!
//! Two views of the word: [`Value`] owns what it points to (`Clone` counts up, `Drop` counts down) and
//! is what all of the runtime works with; [`Raw`] is the bare word, copied freely, and is for the
//! interpreter's stack and native code, which count by hand.

use crate::memory::dealloc;
use crate::native::NativeClass;
use crate::object::Header;
use crate::objects::class::Type;
use crate::objects::float::Float;
use crate::objects::int::Int;
use std::mem::ManuallyDrop;
use std::num::NonZeroU64;

/// Bias that brings the exponents of everyday floats to where the tag bits read `10`.
pub const FLOAT_BIAS: u64 = 1 << 60;
/// Set in a stack slot whose reference belongs to somebody else.
pub const BORROWED: u64 = 8;
pub const MIN_SMALL: i64 = -(1 << 62);
pub const MAX_SMALL: i64 = (1 << 62) - 1;

/// The bare word of a value; no ownership, no checks.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Raw(pub u64);

impl Raw {
    /// No value at all: an empty stack slot, "no self" below a callable.
    pub const NULL: Raw = Raw(0x4);
    /// A local variable, cell or slot without a value.
    pub const UNBOUND: Raw = Raw(0xC);
    pub const ZERO: Raw = Raw(0x14);
    pub const NEGATIVE_ZERO: Raw = Raw(0x1C);

    /// `None`, `True` and `False`: words of immortal objects, which nobody needs to count.
    #[inline(always)]
    pub fn none() -> Raw {
        crate::objects::singletons::NONE.raw()
    }
    #[inline(always)]
    pub fn true_() -> Raw {
        crate::objects::singletons::TRUE.raw()
    }
    #[inline(always)]
    pub fn false_() -> Raw {
        crate::objects::singletons::FALSE.raw()
    }
    #[inline(always)]
    pub fn bool(truth: bool) -> Raw {
        if truth { Raw::true_() } else { Raw::false_() }
    }
    #[inline(always)]
    pub fn is_pointer(self) -> bool {
        self.0 & 7 == 0
    }
    /// A pointer whose reference this slot owns.
    #[inline(always)]
    pub fn is_owned_pointer(self) -> bool {
        self.0 & 15 == 0
    }
    #[inline(always)]
    pub fn is_int(self) -> bool {
        self.0 & 1 != 0
    }
    #[inline(always)]
    pub fn is_tagged_float(self) -> bool {
        self.0 & 3 == 2
    }
    #[inline(always)]
    pub fn is_null(self) -> bool {
        self == Raw::NULL
    }
    #[inline(always)]
    pub fn is_unbound(self) -> bool {
        self == Raw::UNBOUND
    }
    #[inline(always)]
    pub fn small_int(value: i64) -> Raw {
        debug_assert!((MIN_SMALL..=MAX_SMALL).contains(&value));
        Raw((value as u64) << 1 | 1)
    }
    #[inline(always)]
    pub fn as_int(self) -> i64 {
        self.0 as i64 >> 1
    }
    /// The float in a word that is tagged as one or is a named zero.
    #[inline(always)]
    pub fn as_tagged_float(self) -> f64 {
        f64::from_bits(self.0.rotate_right(3).wrapping_sub(FLOAT_BIAS))
    }
    /// The word for a float that needs no heap object.
    #[inline(always)]
    pub fn try_float(value: f64) -> Option<Raw> {
        let word = value.to_bits().wrapping_add(FLOAT_BIAS).rotate_left(3);
        if word & 3 == 2 {
            return Some(Raw(word));
        }
        match value.to_bits() {
            0 => Some(Raw::ZERO),
            0x8000_0000_0000_0000 => Some(Raw::NEGATIVE_ZERO),
            _ => None,
        }
    }
    /// The float in this word, if it needs no heap object.
    #[inline(always)]
    pub fn as_immediate_float(self) -> Option<f64> {
        if self.is_tagged_float() {
            Some(self.as_tagged_float())
        } else if self == Raw::ZERO {
            Some(0.0)
        } else if self == Raw::NEGATIVE_ZERO {
            Some(-0.0)
        } else {
            None
        }
    }
    /// The float in this word, if it is an exact float of any representation.
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        if self.is_tagged_float() {
            return Some(self.as_tagged_float());
        }
        self.as_rare_float()
    }
    #[cold]
    #[inline(never)]
    fn as_rare_float(self) -> Option<f64> {
        match self {
            Raw::ZERO => Some(0.0),
            Raw::NEGATIVE_ZERO => Some(-0.0),
            _ if self.is_pointer() && std::ptr::eq(self.header().class(), Float::class()) => {
                // SAFETY: the exact class was just checked.
                Some(unsafe { (*(self.address() as *const Float)).value })
            }
            _ => None,
        }
    }
    #[inline(always)]
    pub fn address(self) -> *mut Header {
        (self.0 & !BORROWED) as *mut Header
    }
    /// The header of the object; the word must be a pointer.
    #[inline(always)]
    pub fn header<'a>(self) -> &'a Header {
        debug_assert!(self.is_pointer());
        // SAFETY: pointer words always name live objects.
        unsafe { &*self.address() }
    }
    /// The same word without the borrowed mark.
    #[inline(always)]
    pub fn unborrowed(self) -> Raw {
        Raw(if self.is_pointer() {
            self.0 & !BORROWED
        } else {
            self.0
        })
    }
    /// The same word marked as borrowed, if it is a pointer.
    #[inline(always)]
    pub fn borrowed(self) -> Raw {
        Raw(self.0 | (((self.0 & 7 == 0) as u64) << 3))
    }
    /// Counts up; the result is an owned word.
    #[inline(always)]
    pub fn dup(self) -> Raw {
        if self.is_pointer() {
            self.header().incref();
        }
        self.unborrowed()
    }
    /// Makes an owned word of a possibly borrowed one.
    #[inline(always)]
    pub fn owned(self) -> Raw {
        if self.0 & 15 == 8 {
            self.header().incref();
            Raw(self.0 & !BORROWED)
        } else {
            self
        }
    }
    /// Counts down if owned.
    #[inline(always)]
    pub fn release(self) {
        if self.is_owned_pointer() && self.header().decref() {
            // SAFETY: the count reached zero, nobody else has the object.
            unsafe { dealloc(self.address()) }
        }
    }
    /// Counts down an owned pointer unless that is the last reference: then nothing happens, and the answer is
    /// false. Never calls anything, so that handlers stay free of calls.
    #[inline(always)]
    pub fn release_if_shared(self) -> bool {
        !self.is_owned_pointer() || self.header().decref_if_shared()
    }
    /// Would releasing this word end the object?
    #[inline(always)]
    pub fn is_last_reference(self) -> bool {
        self.is_owned_pointer() && self.header().count() == 1
    }
    /// The word as an owned value; the reference moves.
    ///
    /// # Safety
    /// The word is an owned or immediate value, not null or unbound, and is not used again.
    #[inline(always)]
    pub unsafe fn into_value(self) -> Value {
        debug_assert!(!self.is_null() && !self.is_unbound() && self.0 & 15 != 8);
        // SAFETY: no word is zero.
        Value(unsafe { NonZeroU64::new_unchecked(self.0) })
    }
    /// A new reference to the value in this word.
    #[inline(always)]
    pub fn to_value(self) -> Value {
        // SAFETY: `dup` made it owned.
        unsafe { self.dup().into_value() }
    }
    /// Looks at the word as a value without counting.
    #[inline(always)]
    pub fn peek(self) -> Borrowed {
        debug_assert!(!self.is_null() && !self.is_unbound());
        // SAFETY: `Borrowed` never drops what it holds.
        Borrowed(ManuallyDrop::new(Value(unsafe {
            NonZeroU64::new_unchecked(self.unborrowed().0)
        })))
    }
}

/// A value that is looked at, not owned; the caller keeps it alive.
pub struct Borrowed(ManuallyDrop<Value>);

impl std::ops::Deref for Borrowed {
    type Target = Value;
    #[inline(always)]
    fn deref(&self) -> &Value {
        &self.0
    }
}

/// An owned Python value.
#[repr(transparent)]
pub struct Value(NonZeroU64);

impl Clone for Value {
    #[inline(always)]
    fn clone(&self) -> Value {
        if self.0.get() & 7 == 0 {
            self.raw().header().incref();
        }
        Value(self.0)
    }
}

impl Drop for Value {
    #[inline(always)]
    fn drop(&mut self) {
        self.raw().release();
    }
}

impl Value {
    /// An int of any size.
    #[inline(always)]
    pub fn int(value: i64) -> Value {
        if (MIN_SMALL..=MAX_SMALL).contains(&value) {
            // SAFETY: an immediate.
            unsafe { Raw::small_int(value).into_value() }
        } else {
            Int::new_big(value.into())
        }
    }
    #[inline(always)]
    pub fn float(value: f64) -> Value {
        match Raw::try_float(value) {
            // SAFETY: an immediate.
            Some(raw) => unsafe { raw.into_value() },
            None => Float::boxed(value),
        }
    }
    #[inline(always)]
    pub fn bool(value: bool) -> Value {
        if value {
            Value::true_()
        } else {
            Value::false_()
        }
    }
    #[inline(always)]
    pub fn none() -> Value {
        crate::objects::singletons::NONE.value()
    }
    #[inline(always)]
    pub fn true_() -> Value {
        crate::objects::singletons::TRUE.value()
    }
    #[inline(always)]
    pub fn false_() -> Value {
        crate::objects::singletons::FALSE.value()
    }
    #[inline(always)]
    pub fn not_implemented() -> Value {
        crate::objects::singletons::NOT_IMPLEMENTED.value()
    }
    #[inline(always)]
    pub fn ellipsis() -> Value {
        crate::objects::singletons::ELLIPSIS.value()
    }
    #[inline(always)]
    pub fn is_none(&self) -> bool {
        self.raw() == crate::objects::singletons::NONE.raw()
    }
    /// The truth that `True` or `False` is.
    #[inline(always)]
    pub fn as_truth(&self) -> Option<bool> {
        (self.is_true() || self.is_false()).then(|| self.is_true())
    }
    #[inline(always)]
    pub fn is_true(&self) -> bool {
        self.raw() == crate::objects::singletons::TRUE.raw()
    }
    #[inline(always)]
    pub fn is_false(&self) -> bool {
        self.raw() == crate::objects::singletons::FALSE.raw()
    }
    #[inline(always)]
    pub fn is_not_implemented(&self) -> bool {
        self.raw() == crate::objects::singletons::NOT_IMPLEMENTED.raw()
    }
    #[inline(always)]
    pub fn is_ellipsis(&self) -> bool {
        self.raw() == crate::objects::singletons::ELLIPSIS.raw()
    }
    /// The bare word; still owned by `self`.
    #[inline(always)]
    pub fn raw(&self) -> Raw {
        Raw(self.0.get())
    }
    /// Gives the reference away.
    #[inline(always)]
    pub fn into_raw(self) -> Raw {
        Raw(ManuallyDrop::new(self).0.get())
    }
    /// `a is b`.
    #[inline(always)]
    pub fn is(&self, other: &Value) -> bool {
        self.0 == other.0
    }
    /// The small int in this word (exact `int` only).
    #[inline(always)]
    pub fn as_small_int(&self) -> Option<i64> {
        self.raw().is_int().then(|| self.raw().as_int())
    }
    /// The float, if the class is exactly `float`.
    #[inline(always)]
    pub fn as_exact_float(&self) -> Option<f64> {
        self.raw().as_float()
    }
    #[inline(always)]
    pub fn is_object(&self) -> bool {
        self.raw().is_pointer()
    }
    /// The object's header; `None` for immediates.
    #[inline(always)]
    pub fn header(&self) -> Option<&Header> {
        self.is_object().then(|| self.raw().header())
    }
    /// `type(self)`.
    #[inline(always)]
    pub fn class(&self) -> &Type {
        let raw = self.raw();
        if raw.is_pointer() {
            raw.header().class()
        } else if raw.is_int() {
            Int::class()
        } else {
            Float::class()
        }
    }
    /// Is `type(self)` this very class?
    #[inline(always)]
    pub fn is_exact(&self, class: &Type) -> bool {
        std::ptr::eq(self.class(), class)
    }
    /// Is `type(self)` this class or derived from it (no `__instancecheck__`)?
    #[inline(always)]
    pub fn is_instance(&self, class: &Type) -> bool {
        self.is_exact(class) || self.class().is_subclass(class)
    }
    /// The native object, if the value is a heap object of `T`'s class or of one derived from it.
    ///
    /// Small ints and immediate floats are not heap objects: use [`Value::as_int`] and
    /// [`Value::as_float`] for numbers.
    #[inline(always)]
    pub fn downcast<T: NativeClass>(&self) -> Option<&T> {
        if !self.is_object() {
            return None;
        }
        let class = self.raw().header().class();
        if std::ptr::eq(class, T::class()) || class.has_layout_of(T::class()) {
            // SAFETY: instances of a class have the layout of its native base.
            Some(unsafe { self.downcast_unchecked() })
        } else {
            None
        }
    }
    /// The native object, if the class is exactly `T`'s.
    #[inline(always)]
    pub fn downcast_exact<T: NativeClass>(&self) -> Option<&T> {
        if self.is_object() && std::ptr::eq(self.raw().header().class(), T::class()) {
            // SAFETY: as above.
            Some(unsafe { self.downcast_unchecked() })
        } else {
            None
        }
    }
    /// # Safety
    /// The value is a heap object with `T`'s layout.
    #[inline(always)]
    pub unsafe fn downcast_unchecked<T>(&self) -> &T {
        debug_assert!(self.is_object());
        // SAFETY: the caller's promise.
        unsafe { &*(self.raw().address() as *const T) }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{} {:#x}>", self.class().name(), self.0)
    }
}
