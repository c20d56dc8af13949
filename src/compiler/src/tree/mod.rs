//! Trees for others: the table of node classes, and the compiler's tree as nodes of it.

pub(crate) mod emit;
pub mod grammar;

pub use emit::Sink;
pub use grammar::Grammar;
