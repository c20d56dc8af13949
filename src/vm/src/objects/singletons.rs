//! `None`, `True`, `False`, `NotImplemented` and `Ellipsis`: immortal objects at fixed addresses.

use crate::object::Header;
use crate::objects::class::TypeCell;
use crate::value::{Raw, Value};

/// A static object that is nothing but its class.
#[repr(C, align(16))]
pub struct Singleton {
    header: Header,
}

impl Singleton {
    const fn new() -> Singleton {
        Singleton {
            header: Header::new_static(),
        }
    }
    #[inline(always)]
    pub fn raw(&'static self) -> Raw {
        Raw(self as *const Singleton as u64)
    }
    #[inline(always)]
    pub fn value(&'static self) -> Value {
        // SAFETY: immortal, so the reference is never counted.
        unsafe { self.raw().into_value() }
    }
    pub(crate) fn set_class(&self, cell: &TypeCell) {
        self.header.set_shape(cell.shape());
    }
}

pub static NONE: Singleton = Singleton::new();
pub static TRUE: Singleton = Singleton::new();
pub static FALSE: Singleton = Singleton::new();
pub static NOT_IMPLEMENTED: Singleton = Singleton::new();
pub static ELLIPSIS: Singleton = Singleton::new();
