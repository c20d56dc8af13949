//! How native functions, classes and modules look to the virtual machine.
//!
//! The macros of `taipan-macros` generate these; nothing registers by hand.

pub mod bind;
mod convert;

pub use bind::KwArgs;
pub use convert::{FromArg, IntoResult};

use crate::exceptions::PyResult;
use crate::objects::class::{Type, TypeCell, TypeSlots};
use crate::objects::module::Module;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// The one calling convention of native functions. `args` are borrowed: `nargs` positional ones (for
/// methods with `self` first, for class methods the class), then the values of the keywords named in
/// `kwnames`.
pub type NativeFn =
    extern "C" fn(args: *const Value, nargs: usize, kwnames: Option<&Tuple>) -> PyResult;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MethodKind {
    Function,
    Method,
    Class,
    Static,
}

/// Positional arguments that a function accepts, `self` not counted.
#[derive(Clone, Copy, Debug)]
pub struct Arity {
    pub min: u16,
    /// `u16::MAX` for `*args`.
    pub max: u16,
    /// Does it take keywords too?
    pub keywords: bool,
}

pub struct MethodDef {
    pub name: &'static str,
    pub kind: MethodKind,
    pub call: NativeFn,
    pub doc: &'static str,
    /// `__text_signature__`, or empty.
    pub signature: &'static str,
    pub arity: Arity,
    pub unboxed: Option<Unboxed>,
}

/// A plain parameter or result type of an unboxed entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unbox {
    Int,
    Float,
    Bool,
    Str,
    Value,
}

/// What a call may do, so that compiled code knows what it may keep in registers across it.
#[derive(Clone, Copy, Debug)]
pub struct Effects {
    pub may_raise: bool,
    pub runs_python: bool,
    pub pure: bool,
}

/// The second entry of a native function whose Rust signature is made of plain types.
pub struct Unboxed {
    /// `extern "C"`, plain types; if it may raise, the result goes through a last out-pointer and the
    /// returned bool says whether there is one.
    pub entry: *const (),
    pub parameters: &'static [Unbox],
    pub result: Unbox,
    pub effects: Effects,
}
// SAFETY: the pointer names code.
unsafe impl Sync for Unboxed {}
unsafe impl Send for Unboxed {}

pub struct GetSetDef {
    pub name: &'static str,
    pub get: fn(&Value) -> PyResult,
    /// `None` as value: the attribute is deleted.
    pub set: Option<fn(&Value, Option<&Value>) -> PyResult<()>>,
    pub doc: &'static str,
}

pub struct ModuleDef {
    pub name: &'static str,
    pub doc: &'static str,
    pub functions: &'static [MethodDef],
    pub attributes: &'static [(&'static str, fn() -> PyResult)],
    pub classes: &'static [fn() -> &'static Type],
    pub exec: Option<fn(&Module) -> PyResult<()>>,
}

/// Names an argument in messages.
pub struct Argument {
    pub function: &'static str,
    pub name: &'static str,
    /// Counted from 1.
    pub position: usize,
}

pub struct ClassItems {
    pub methods: &'static [MethodDef],
    pub getsets: &'static [GetSetDef],
    pub slots: fn(&mut TypeSlots),
    pub more: &'static [&'static ClassItems],
}

bitflags::bitflags! {
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct ClassFlags: u32 {
        /// May be derived from.
        const BASETYPE = 1;
        /// Instances have a `__dict__`, behind the Rust struct.
        const DICT = 2;
        const WEAKREF = 4;
        const SEQUENCE = 8;
        const MAPPING = 16;
        /// A positional class pattern matches the subject itself.
        const MATCH_SELF = 32;
        const METHOD_DESCRIPTOR = 64;
    }
}

/// A Rust struct that is a Python class: `#[repr(C)]`, a [`crate::object::Header`] first.
///
/// # Safety
/// The layout is as said; `traverse` visits every value the object owns.
pub unsafe trait NativeClass: Sized + 'static {
    const NAME: &'static str;
    const MODULE: &'static str;
    const DOC: &'static str;
    const FLAGS: ClassFlags;
    /// Can take part in reference cycles.
    const GC: bool;
    const ITEMS: &'static ClassItems;
    /// The native base class; `None` only for `object`.
    fn base() -> Option<&'static Type>;
    fn cell() -> &'static TypeCell;
    fn traverse(&self, visit: &mut dyn FnMut(&Value));
    /// Drops what can be part of cycles.
    fn clear(&self);
    #[inline(always)]
    fn class() -> &'static Type {
        Self::cell().get()
    }
}
