//! A mutable field of an object.

use super::Traverse;
use crate::value::Value;
use std::cell::UnsafeCell;

/// A field that native code reads and replaces as a whole; no reference into it escapes, and what was
/// in it is dropped only after the new contents are in place (dropping can run Python code).
#[repr(transparent)]
pub struct Field<T>(UnsafeCell<T>);

impl<T> Field<T> {
    pub const fn new(value: T) -> Field<T> {
        Field(UnsafeCell::new(value))
    }
    pub fn replace(&self, value: T) -> T {
        // SAFETY: under the GIL, and nobody holds a reference into the cell.
        unsafe { std::ptr::replace(self.0.get(), value) }
    }
    pub fn set(&self, value: T) {
        drop(self.replace(value));
    }
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }
    #[inline]
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        // SAFETY: as above; cloning runs no Python code.
        unsafe { (*self.0.get()).clone() }
    }
    /// Looks at or changes the contents in place; `with` must not run Python code, which includes
    /// dropping values.
    #[inline]
    pub fn with<R>(&self, with: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the caller's promise.
        with(unsafe { &mut *self.0.get() })
    }
    pub fn as_ptr(&self) -> *mut T {
        self.0.get()
    }
}

impl<T: Traverse + FieldClear> Traverse for Field<T> {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.with(|inner| inner.traverse(visit));
    }
    fn clear(&self) {
        T::clear_field(self);
    }
}

/// How the collector empties a field.
pub trait FieldClear: Sized {
    fn clear_field(field: &Field<Self>) {
        let _ = field;
    }
}
impl FieldClear for Value {}
impl<T> FieldClear for crate::object::Ref<T> {}
impl FieldClear for String {}
impl<T> FieldClear for Option<T> {
    fn clear_field(field: &Field<Self>) {
        field.set(None);
    }
}
impl<T> FieldClear for Vec<T> {
    fn clear_field(field: &Field<Self>) {
        field.set(Vec::new());
    }
}
impl<T> FieldClear for std::collections::VecDeque<T> {
    fn clear_field(field: &Field<Self>) {
        field.set(std::collections::VecDeque::new());
    }
}
