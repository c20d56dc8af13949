//! CPython 3.14 bytecode as plain data: opcodes, code objects, their tables, marshal and `.pyc`.
//!
//! Nothing here knows of values, objects or threads: the compiler produces these types, the virtual
//! machine and the JIT read them. Everything is byte-for-byte what CPython 3.14 defines.

mod code;
mod text;

pub use code::{CodeFlags, CodeObject, Const, LocalKind};
pub use text::Text;
