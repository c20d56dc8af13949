//! The cycle collector, and how objects tell it what they own.
//!
//! A collection takes the tracked containers of the generation, subtracts from each count the
//! references that come from inside the set, and whatever is then not reachable from outside is
//! garbage: weak references are cleared first, then finalizers run, then contents are dropped
//! (CPython's order). Collections run at polls only, where every live object has a counted owner.

pub mod check;
mod collect;
mod field;
pub mod inspect;

pub use collect::{
    DEFAULT_THRESHOLD, Generation, Hooks, collect, collect_if_due, enable, is_enabled,
    set_threshold, watch, young_collections,
};
pub use field::{Field, FieldClear};

use crate::object::Ref;
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};

/// Says which values something owns.
pub trait Traverse {
    fn traverse(&self, visit: &mut dyn FnMut(&Value));
    /// Drops what can be part of a cycle, leaving something consistent.
    fn clear(&self) {}
}

/// For classes marked `traverse = custom`.
pub trait TraverseCustom {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value));
    fn clear_custom(&self) {}
}

impl Traverse for Value {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self);
    }
}

impl<T> Traverse for Ref<T> {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(self.as_value());
    }
}

impl<T: Traverse> Traverse for Option<T> {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(inner) = self {
            inner.traverse(visit);
        }
    }
}

impl<T: Traverse> Traverse for Vec<T> {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for inner in self {
            inner.traverse(visit);
        }
    }
}

impl<T: Traverse> Traverse for Box<[T]> {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for inner in self.iter() {
            inner.traverse(visit);
        }
    }
}

impl<T: Traverse> Traverse for std::collections::VecDeque<T> {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        for inner in self {
            inner.traverse(visit);
        }
    }
}

impl<A: Traverse, B: Traverse> Traverse for (A, B) {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.traverse(visit);
        self.1.traverse(visit);
    }
}

macro_rules! owns_nothing {
    ($($ty:ty)*) => { $(impl Traverse for $ty { fn traverse(&self, _: &mut dyn FnMut(&Value)) {} })* };
}
owns_nothing!(bool u8 u16 u32 u64 usize i8 i16 i32 i64 isize f64 &'static str String);

impl<T: Copy> Traverse for Cell<T> {
    fn traverse(&self, _: &mut dyn FnMut(&Value)) {}
}

impl<T: Traverse> Traverse for UnsafeCell<Option<T>> {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        // SAFETY: no Python code runs while the collector visits.
        unsafe { (*self.get()).traverse(visit) }
    }
    fn clear(&self) {
        // SAFETY: the old contents are dropped after they are out of the cell.
        drop(unsafe { (*self.get()).take() });
    }
}
