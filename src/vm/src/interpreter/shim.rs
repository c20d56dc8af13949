//! The frame between the caller of a class and its `__init__`: checks that `__init__` returned None,
//! and returns the object.

use super::frame::Frame;
use crate::object::Ref;
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use std::cell::UnsafeCell;
use std::sync::Arc;
use taipan_bytecode::{CodeFlags, CodeObject, Opcode, Text};

struct Slot(UnsafeCell<Option<Ref<Function>>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Slot {}
static SHIM: Slot = Slot(UnsafeCell::new(None));

/// The function of the shim frame.
pub fn init_shim() -> Ref<Function> {
    // SAFETY: set at the first call, under the GIL.
    unsafe {
        (*SHIM.0.get())
            .get_or_insert_with(|| {
                // The first unit stands for the call, behind which `__init__` returns to.
                let code = [Opcode::NOP, Opcode::EXIT_INIT_CHECK, Opcode::RETURN_VALUE]
                    .iter()
                    .flat_map(|op| [*op as u8, 0])
                    .collect();
                let plain = CodeObject {
                    argcount: 0,
                    posonlyargcount: 0,
                    kwonlyargcount: 0,
                    stacksize: 2,
                    flags: CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS,
                    code,
                    consts: Box::new([]),
                    names: Box::new([]),
                    localsplusnames: Box::new([]),
                    localspluskinds: Box::new([]),
                    filename: Text::from("<shim>"),
                    name: Text::from("<shim>"),
                    qualname: Text::from("<shim>"),
                    firstlineno: 0,
                    linetable: Box::new([]),
                    exceptiontable: Box::new([]),
                };
                Function::make(Code::make(Arc::new(plain)), Dict::make(), None)
            })
            .clone()
    }
}

/// Is this frame one that Python does not see?
pub fn is_shim(frame: *mut Frame) -> bool {
    // SAFETY: the frame is live, and the slot only read.
    unsafe {
        match &*SHIM.0.get() {
            Some(shim) => std::ptr::eq((*frame).code, shim.code()),
            None => false,
        }
    }
}
