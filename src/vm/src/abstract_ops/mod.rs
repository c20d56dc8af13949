//! Operations on values of any class: what `a.b`, `f(x)`, `a + b`, `x in y`, `iter(x)` … mean.

mod attr;
mod call;
mod compare;
mod iterate;
mod number;
pub mod operator_method;
mod pairs;
mod sequence;

pub use attr::*;
pub use call::*;
pub use compare::*;
pub use iterate::*;
pub use number::*;
pub use pairs::*;
pub use sequence::*;
