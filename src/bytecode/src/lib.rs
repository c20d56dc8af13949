//! CPython 3.14 bytecode as plain data: opcodes, code objects, their tables, marshal and `.pyc`.
//!
//! Nothing here knows of values, objects or threads: the compiler produces these types, the virtual
//! machine and the JIT read them. Everything is byte-for-byte what CPython 3.14 defines.

mod code;
pub mod dis;
pub mod exceptiontable;
pub mod linetable;
pub mod marshal;
mod opcode;
mod operands;
pub mod pyc;
mod text;
pub mod verify;

pub use code::{CodeFlags, CodeObject, Const, LocalKind};
pub use opcode::{CfgOp, Opcode, Operand};
pub use operands::{
    BinaryOp, CommonConstant, CompareOp, Conversion, FunctionAttribute, Intrinsic1, Intrinsic2,
    ResumeKind, SpecialMethod,
};
pub use text::Text;
