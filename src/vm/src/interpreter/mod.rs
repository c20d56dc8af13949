//! The interpreter: frames, the evaluation loop, and calls into it.

pub mod call;
pub mod dispatch;
pub mod frame;
pub mod intrinsics;
pub mod ops;
mod poll;
pub mod polymorphic;
pub mod prologue;
mod shim;
mod specialize;
mod unwind;

pub use call::{call_function, call_function_with, run_code};
pub use dispatch::{run, run_raising};
pub use shim::{init_shim, is_shim};
pub use specialize::{WARMUP as UNTOUCHED, quicken, untouched};
pub use unwind::abandon as unwind_abandon;

use crate::exceptions::{PyResult, runtime_error};
use crate::object::Ref;
use crate::objects::class::Type;
use crate::objects::dict::Dict;
use crate::thread::thread;
use crate::value::Value;

/// Globals of the innermost Python frame.
pub fn current_globals() -> Option<Ref<Dict>> {
    let frame = thread().frame.get();
    // SAFETY: the thread's frame is live.
    unsafe { frame.as_ref().map(|f| Ref::from_ref(&*f.globals)) }
}

/// Class and object of `super()` without arguments: from the calling function's `__class__` cell and its
/// first argument.
pub fn super_arguments() -> PyResult<(Ref<Type>, Value)> {
    use taipan_bytecode::LocalKind;
    let Some(frame) = crate::objects::frame::current_frame() else {
        return Err(runtime_error("super(): no current frame"));
    };
    // SAFETY: the frame is live.
    let code = unsafe { (*frame).code_ref() };
    if code.argcount == 0 {
        return Err(runtime_error("super(): no arguments"));
    }
    let first =
        frame::variable(frame, 0).ok_or_else(|| runtime_error("super(): arg[0] deleted"))?;
    for (index, name) in code.locals.iter().enumerate() {
        if code.localspluskinds[index].contains(LocalKind::FREE) && name.is_text("__class__") {
            let class = frame::variable(frame, index)
                .ok_or_else(|| runtime_error("super(): empty __class__ cell"))?;
            let class = Ref::<Type>::from_value(class).map_err(|v| {
                runtime_error(format!(
                    "super(): __class__ is not a type ({})",
                    v.class().name()
                ))
            })?;
            return Ok((class, first));
        }
    }
    Err(runtime_error("super(): __class__ cell not found"))
}

/// Runs a class body in its namespace; what it returns is the `__class__` cell, if it has one.
pub fn run_class_body(
    function: &crate::objects::function::Function,
    namespace: &Value,
) -> PyResult {
    let thread = thread();
    let callable = crate::object::object_value(function).into_raw();
    // SAFETY: owned words.
    let frame = unsafe { call::enter(thread, callable, namespace.clone().into_raw())? };
    run(frame)
}
