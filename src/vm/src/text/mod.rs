//! Text algorithms that know nothing of objects.

pub mod suggest;
