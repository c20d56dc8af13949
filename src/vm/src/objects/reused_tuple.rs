//! The tuple that an iterator hands out again, with new items, when nobody else has kept it: loops that unpack what
//! they get need no new one for each round.

use crate::gc::{Field, Traverse};
use crate::object::Ref;
use crate::objects::tuple::Tuple;
use crate::value::Value;

pub struct ReusedTuple(Field<Option<Ref<Tuple>>>);

impl Default for ReusedTuple {
    fn default() -> ReusedTuple {
        ReusedTuple::new()
    }
}

impl ReusedTuple {
    pub const fn new() -> ReusedTuple {
        ReusedTuple(Field::new(None))
    }
    /// The tuple, if nobody else has it; its items are the last round's, its hash is forgotten.
    #[inline]
    pub fn again(&self) -> Option<Ref<Tuple>> {
        // SAFETY: counting up runs no Python code.
        match unsafe { &*self.0.as_ptr() } {
            Some(tuple) if tuple.header().count() == 1 => {
                tuple.forget_hash();
                Some(tuple.clone())
            }
            _ => None,
        }
    }
    /// Keeps the first tuple that was handed out.
    #[inline]
    pub fn keep(&self, tuple: &Ref<Tuple>) {
        // SAFETY: nothing is dropped.
        unsafe {
            if (*self.0.as_ptr()).is_none() {
                *self.0.as_ptr() = Some(tuple.clone());
            }
        }
    }
    /// Has no tuple been handed out yet? Then there are no items that have to live until the next round.
    #[inline]
    pub fn is_unused(&self) -> bool {
        // SAFETY: nothing is changed.
        unsafe { (*self.0.as_ptr()).is_none() }
    }
    /// Drops the tuple if nobody else has it and nothing in it is an object, which would have to live on. True if there
    /// is none then.
    pub fn forget(&self) -> bool {
        // SAFETY: what is dropped holds no objects: no Python code runs.
        unsafe {
            let tuple = &mut *self.0.as_ptr();
            let plain = |item: &Value| !item.raw().is_pointer();
            if let Some(kept) = tuple
                && kept.header().count() == 1
                && kept.as_slice().iter().all(plain)
            {
                *tuple = None;
            }
            tuple.is_none()
        }
    }
    /// For a pair that goes out without its tuple: objects live until the next round all the same.
    #[inline]
    pub fn hold(&self, first: &Value, second: &Value) {
        if first.raw().is_pointer() || second.raw().is_pointer() {
            drop(self.pair(first.clone(), second.clone()));
        }
    }
    #[inline]
    pub fn pair(&self, first: Value, second: Value) -> Value {
        match self.again() {
            Some(tuple) => {
                // SAFETY: nobody else sees the tuple, which has two items.
                let old = unsafe { (tuple.replace(0, first), tuple.replace(1, second)) };
                drop(old);
                tuple.into_value()
            }
            None => {
                let tuple = Tuple::new([first, second]);
                self.keep(&tuple);
                tuple.into_value()
            }
        }
    }
    /// The tuple with these items, as many in each round.
    #[inline]
    pub fn fill(&self, items: impl ExactSizeIterator<Item = Value>) -> Value {
        match self.again() {
            Some(tuple) => {
                for (index, item) in items.enumerate() {
                    // SAFETY: as above.
                    drop(unsafe { tuple.replace(index, item) });
                }
                tuple.into_value()
            }
            None => {
                let tuple = Tuple::new(items);
                self.keep(&tuple);
                tuple.into_value()
            }
        }
    }
}

impl Traverse for ReusedTuple {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        self.0.traverse(visit);
    }
    fn clear(&self) {
        self.0.set(None);
    }
}
