//! Values, objects, memory, interpreter, builtins, import, tier interface

pub mod numeric;
pub mod text;
