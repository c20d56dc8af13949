//! Algorithms on numbers that know nothing of objects: text to number and back, rounding, hashing.

pub mod float_digits;
pub mod float_hex;
pub mod float_parse;
pub mod hash;
pub mod int_text;
pub mod ratio;
