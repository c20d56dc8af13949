//! Values, objects, memory, interpreter, builtins, import, tier interface

pub mod text;
