//! Code objects as plain data.

use crate::Text;
use num_bigint::BigInt;
use std::sync::Arc;

bitflags::bitflags! {
    /// `co_flags`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
    pub struct CodeFlags: u32 {
        const OPTIMIZED = 0x1;
        const NEWLOCALS = 0x2;
        const VARARGS = 0x4;
        const VARKEYWORDS = 0x8;
        const NESTED = 0x10;
        const GENERATOR = 0x20;
        const COROUTINE = 0x80;
        const ITERABLE_COROUTINE = 0x100;
        const ASYNC_GENERATOR = 0x200;
        const FUTURE_DIVISION = 0x20000;
        const FUTURE_ABSOLUTE_IMPORT = 0x40000;
        const FUTURE_WITH_STATEMENT = 0x80000;
        const FUTURE_PRINT_FUNCTION = 0x100000;
        const FUTURE_UNICODE_LITERALS = 0x200000;
        const FUTURE_BARRY_AS_BDFL = 0x400000;
        const FUTURE_GENERATOR_STOP = 0x800000;
        const FUTURE_ANNOTATIONS = 0x1000000;
        const HAS_DOCSTRING = 0x4000000;
        const METHOD = 0x8000000;
    }

    /// Kind byte of one entry of `co_localsplusnames`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub struct LocalKind: u8 {
        const ARG_POS = 0x02;
        const ARG_KW = 0x04;
        const ARG_VAR = 0x08;
        const ARG = 0x0E;
        const HIDDEN = 0x10;
        const LOCAL = 0x20;
        const CELL = 0x40;
        const FREE = 0x80;
    }
}

/// A code object: what `compile()` produces and marshal stores, field for field.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeObject {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    pub flags: CodeFlags,
    /// `co_code`: two bytes a code unit, inline caches zero.
    pub code: Box<[u8]>,
    pub consts: Box<[Const]>,
    pub names: Box<[Text]>,
    /// Locals, then cells that are not arguments, then free variables.
    pub localsplusnames: Box<[Text]>,
    /// As long as `localsplusnames`.
    pub localspluskinds: Box<[LocalKind]>,
    pub filename: Text,
    pub name: Text,
    pub qualname: Text,
    pub firstlineno: i32,
    pub linetable: Box<[u8]>,
    pub exceptiontable: Box<[u8]>,
}

/// A constant of a code object. Equality is that of `co_consts` merging: `1`, `1.0` and `True`
/// differ, as do `0.0` and `-0.0`; NaNs are equal when their bits are.
#[derive(Clone, Debug)]
pub enum Const {
    None,
    True,
    False,
    Ellipsis,
    Int(BigInt),
    Float(f64),
    Complex(f64, f64),
    Str(Text),
    Bytes(Box<[u8]>),
    Tuple(Box<[Const]>),
    FrozenSet(Box<[Const]>),
    Slice(Box<[Const; 3]>),
    Code(Arc<CodeObject>),
}

impl PartialEq for Const {
    fn eq(&self, other: &Const) -> bool {
        use Const::*;
        match (self, other) {
            (None, None) | (True, True) | (False, False) | (Ellipsis, Ellipsis) => true,
            (Int(a), Int(b)) => a == b,
            (Float(a), Float(b)) => a.to_bits() == b.to_bits(),
            (Complex(a, b), Complex(c, d)) => {
                a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
            }
            (Str(a), Str(b)) => a == b,
            (Bytes(a), Bytes(b)) => a == b,
            (Tuple(a), Tuple(b)) => a == b,
            // Without order, as sets are; elements are distinct.
            (FrozenSet(a), FrozenSet(b)) => {
                a.len() == b.len() && a.iter().all(|item| b.contains(item))
            }
            (Slice(a), Slice(b)) => a == b,
            (Code(a), Code(b)) => Arc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}
