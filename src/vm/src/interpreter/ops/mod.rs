//! Bodies of the instructions, by family.

pub mod arith;
pub mod attr;
pub mod build;
pub mod call;
pub mod compare;
pub mod control;
pub mod exception;
pub mod generator;
pub mod import;
pub mod iter;
pub mod load;
pub mod pattern;
pub mod subscr;
