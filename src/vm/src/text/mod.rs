//! Text algorithms that know nothing of objects: they work on [`Units`], the characters of a string
//! in its own width, and produce [`TextBuf`]s or plain Rust strings.

pub mod buffer;
pub mod codec;
pub mod copy;
pub mod escape;
pub mod fields;
pub mod format_number;
pub mod format_spec;
pub mod growing;
pub mod hash;
pub mod percent;
pub mod search;
pub mod split;
pub mod suggest;
pub mod unicode;
pub mod units;

pub use buffer::TextBuf;
pub use units::Units;
