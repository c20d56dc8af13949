//! The constants of a code object, in order of first use; equal ones are kept once.

use indexmap::IndexSet;
use std::hash::{Hash, Hasher};
use taipan_bytecode::Const;

/// A constant by the equality that merges constants (see [`Const`]). One with a NaN in it is equal
/// to nothing else; its number tells it apart.
#[derive(Clone, PartialEq)]
struct ConstKey(Const, usize);

impl Eq for ConstKey {}

impl Hash for ConstKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_const(&self.0, state);
    }
}

fn hash_const<H: Hasher>(value: &Const, state: &mut H) {
    std::mem::discriminant(value).hash(state);
    match value {
        Const::None | Const::True | Const::False | Const::Ellipsis => {}
        Const::Int(value) => value.hash(state),
        Const::Float(value) => value.to_bits().hash(state),
        Const::Complex(real, imaginary) => {
            real.to_bits().hash(state);
            imaginary.to_bits().hash(state);
        }
        Const::Str(text) => text.hash(state),
        Const::Bytes(bytes) => bytes.hash(state),
        Const::Tuple(items) => {
            items.len().hash(state);
            items.iter().for_each(|item| hash_const(item, state));
        }
        // Equal in any order.
        Const::FrozenSet(items) => items.len().hash(state),
        Const::Slice(items) => items.iter().for_each(|item| hash_const(item, state)),
        Const::Code(code) => {
            code.name.hash(state);
            code.firstlineno.hash(state);
        }
    }
}

fn has_nan(value: &Const) -> bool {
    match value {
        Const::Float(value) => value.is_nan(),
        Const::Complex(real, imaginary) => real.is_nan() || imaginary.is_nan(),
        Const::Tuple(items) | Const::FrozenSet(items) => items.iter().any(has_nan),
        _ => false,
    }
}

#[derive(Default)]
pub struct Consts {
    items: IndexSet<ConstKey>,
}

impl Consts {
    pub fn add(&mut self, value: Const) -> u32 {
        let number = if has_nan(&value) {
            self.items.len() + 1
        } else {
            0
        };
        self.items.insert_full(ConstKey(value, number)).0 as u32
    }

    pub fn get(&self, index: u32) -> Option<&Const> {
        self.items.get_index(index as usize).map(|key| &key.0)
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn into_vec(self) -> Vec<Const> {
        self.items.into_iter().map(|key| key.0).collect()
    }
}
