//! `int`: small ones are immediates (see [`crate::value`]); this is the rest, and `bool`.

use crate::native::NativeClass;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::value::{MAX_SMALL, MIN_SMALL, Value};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::borrow::Cow;
use taipan_macros::pyclass;

/// An int on the heap: one beyond 63 bits, or an instance of a subclass.
#[pyclass(name = "int", module = "builtins", match_self)]
#[repr(C)]
pub struct Int {
    header: Header,
    pub(crate) value: BigInt,
}

/// The value of an int of any representation.
#[derive(Clone, Copy)]
pub enum IntView<'a> {
    Small(i64),
    Big(&'a BigInt),
}

impl IntView<'_> {
    pub fn to_big(self) -> BigInt {
        match self {
            IntView::Small(i) => i.into(),
            IntView::Big(b) => b.clone(),
        }
    }
    pub fn big(&self) -> Cow<'_, BigInt> {
        match self {
            IntView::Small(i) => Cow::Owned((*i).into()),
            IntView::Big(b) => Cow::Borrowed(b),
        }
    }
    pub fn to_i64(self) -> Option<i64> {
        match self {
            IntView::Small(i) => Some(i),
            IntView::Big(b) => b.to_i64(),
        }
    }
    pub fn is_negative(self) -> bool {
        match self {
            IntView::Small(i) => i < 0,
            IntView::Big(b) => b.sign() == num_bigint::Sign::Minus,
        }
    }
    pub fn is_zero(self) -> bool {
        match self {
            IntView::Small(i) => i == 0,
            IntView::Big(b) => b.sign() == num_bigint::Sign::NoSign,
        }
    }
}

impl Int {
    /// A heap int; the number is outside the small range.
    #[cold]
    pub fn new_big(value: BigInt) -> Value {
        Ref::new(Int {
            header: Header::fresh(),
            value,
        })
        .into_value()
    }
    /// An exact int of any size.
    pub fn from_big(value: BigInt) -> Value {
        match value.to_i64() {
            Some(small) if (MIN_SMALL..=MAX_SMALL).contains(&small) => Value::int(small),
            _ => Int::new_big(value),
        }
    }
    /// An instance of `class`, which is `int` or derived from it.
    pub fn new_instance(class: &Type, value: BigInt) -> Value {
        if std::ptr::eq(class, Int::class()) {
            return Int::from_big(value);
        }
        crate::memory::allocate_instance(
            class,
            Int {
                header: Header::fresh(),
                value,
            },
        )
        .into_value()
    }
}

impl Value {
    /// The value of an `int`, `bool` or instance of a subclass.
    #[inline]
    pub fn as_int(&self) -> Option<IntView<'_>> {
        if let Some(i) = self.as_small_int() {
            return Some(IntView::Small(i));
        }
        if self.is_true() {
            return Some(IntView::Small(1));
        }
        if self.is_false() {
            return Some(IntView::Small(0));
        }
        let int = self.downcast::<Int>()?;
        Some(match int.value.to_i64() {
            Some(i) => IntView::Small(i),
            None => IntView::Big(&int.value),
        })
    }
    pub fn from_big(value: BigInt) -> Value {
        Int::from_big(value)
    }
}

/// `bool`: a subclass of `int` whose two instances are [`crate::objects::singletons`].
#[pyclass(name = "bool", module = "builtins", base = Int, final, match_self)]
#[repr(C)]
pub struct Bool {
    header: Header,
}
