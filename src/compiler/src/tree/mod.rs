//! Trees for others: the table of node classes, the compiler's tree as nodes of it, and back.

pub(crate) mod emit;
pub mod grammar;
pub(crate) mod make;
pub(crate) mod validate;

pub use emit::Sink;
pub use grammar::Grammar;
pub use make::{Invalid, InvalidKind, Item, Maker};
