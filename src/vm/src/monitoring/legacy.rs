//! `sys.settrace` and `sys.setprofile`: two tools of the virtual machine's own.

use super::events::Told;
use super::{Event, PROFILE, TRACE, events_of, set_global_events, set_local_events};
use crate::abstract_ops;
use crate::exceptions::PyResult;
use crate::interpreter::frame::Frame;
use crate::object::object_value;
use crate::objects::builtin_function::{BuiltinFunction, MethodDescriptor};
use crate::objects::code::Code;
use crate::objects::frame::FrameObject;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::thread::thread;
use crate::value::Value;

const BOTH: u32 = Event::PyStart.bit()
    | Event::PyResume.bit()
    | Event::PyReturn.bit()
    | Event::PyYield.bit()
    | Event::PyUnwind.bit()
    | Event::PyThrow.bit();
const TRACED: u32 =
    BOTH | Event::Line.bit() | Event::Jump.bit() | Event::Raise.bit() | Event::StopIteration.bit();
const PROFILED: u32 = BOTH | Event::Call.bit();

pub fn set_trace(function: Option<Value>) {
    let thread = thread();
    if function.is_some()
        && let Some(frame) = crate::objects::frame::current_frame()
        && FrameObject::of(frame).trace_opcodes.get()
    {
        // SAFETY: the frame is live.
        trace_opcodes(unsafe { (*frame).code_ref() }, true);
    }
    let on = function.is_some();
    thread.trace.set(function);
    set_global_events(TRACE, if on { TRACED } else { 0 });
}

pub fn set_profile(function: Option<Value>) {
    let on = function.is_some();
    thread().profile.set(function);
    set_global_events(PROFILE, if on { PROFILED } else { 0 });
}

/// Asks for the instructions of a code object, or no longer.
pub fn trace_opcodes(code: &Code, on: bool) {
    let events = events_of(&code.monitor().local.get(), TRACE);
    let instruction = Event::Instruction.bit();
    let wanted = if on {
        events | instruction
    } else {
        events & !instruction
    };
    set_local_events(code, TRACE, wanted);
}

/// An event for the trace function: a frame's own one, or, when a frame begins, the thread's.
pub fn trace(frame: *mut Frame, unit: u32, event: Event, told: Told) -> PyResult<()> {
    let Some(global) = thread().trace.get() else {
        return Ok(());
    };
    let begins = matches!(event, Event::PyStart | Event::PyResume | Event::PyThrow);
    // SAFETY: the frame is live.
    let code = unsafe { (*frame).code_ref() };
    // SAFETY: as above.
    if !begins && event != Event::Instruction && unsafe { (*frame).frame_object.is_null() } {
        return Ok(());
    }
    let object = FrameObject::of(frame);
    let (name, argument) = match (event, told) {
        (Event::PyStart | Event::PyResume | Event::PyThrow, _) => ("call", Value::none()),
        (Event::PyReturn | Event::PyYield, Told::Value(value)) => ("return", value.clone()),
        (Event::PyUnwind, _) => ("return", Value::none()),
        (Event::Raise | Event::StopIteration, Told::Value(exception)) => {
            ("exception", exception_triple(exception))
        }
        (Event::Line, _) if object.trace_lines.get() => ("line", Value::none()),
        // A jump back to its own line begins that line once more; others come to a line's beginning.
        (Event::Jump, Told::Target(to)) if to <= unit && object.trace_lines.get() => {
            let lines = code.monitor().lines(code);
            if lines.line(to).is_none() || lines.line(to) != lines.line(unit) {
                return Ok(());
            }
            ("line", Value::none())
        }
        (Event::Instruction, _) => {
            if !object.trace_opcodes.get() {
                trace_opcodes(code, false);
                return Ok(());
            }
            ("opcode", Value::none())
        }
        _ => return Ok(()),
    };
    if object.trace_opcodes.get() && !matches!(event, Event::Line | Event::Jump) {
        trace_opcodes(code, true);
    }
    let callback = if begins {
        Some(global)
    } else {
        object.trace.get()
    };
    let Some(callback) = callback else {
        return Ok(());
    };
    let arguments = [object.to_value(), Str::intern(name).into_value(), argument];
    match abstract_ops::call(&callback, &arguments) {
        Ok(answer) => {
            if !answer.is_none() {
                object.trace.set(Some(answer));
            }
            Ok(())
        }
        Err(raised) => {
            set_trace(None);
            object.trace.set(None);
            Err(raised)
        }
    }
}

fn exception_triple(exception: &Value) -> Value {
    let traceback = exception
        .downcast::<crate::exceptions::BaseException>()
        .and_then(|exception| exception.traceback.get());
    let class = object_value(exception.class());
    Tuple::new([
        class,
        exception.clone(),
        traceback.unwrap_or_else(Value::none),
    ])
    .into_value()
}

/// An event for the profile function.
pub fn profile(frame: *mut Frame, event: Event, told: Told) -> PyResult<()> {
    let Some(callback) = thread().profile.get() else {
        return Ok(());
    };
    let (name, argument) = match (event, told) {
        (Event::PyStart | Event::PyResume | Event::PyThrow, _) => ("call", Value::none()),
        (Event::PyReturn | Event::PyYield, Told::Value(value)) => ("return", value.clone()),
        (Event::PyUnwind, _) => ("return", Value::none()),
        (_, Told::Call(callable, argument)) => {
            let Some(function) = native_function(callable, argument)? else {
                return Ok(());
            };
            let name = match event {
                Event::Call => "c_call",
                Event::CReturn => "c_return",
                _ => "c_exception",
            };
            (name, function)
        }
        _ => return Ok(()),
    };
    let object = FrameObject::of(frame);
    let arguments = [
        object.into_value(),
        Str::intern(name).into_value(),
        argument,
    ];
    abstract_ops::call(&callback, &arguments)
        .map(drop)
        .inspect_err(|_| set_profile(None))
}

/// The native function that is called; a method of a native class as one bound to its object.
fn native_function(callable: &Value, argument: Option<&Value>) -> PyResult<Option<Value>> {
    if callable.downcast::<BuiltinFunction>().is_some() {
        return Ok(Some(callable.clone()));
    }
    let (Some(_), Some(object)) = (callable.downcast_exact::<MethodDescriptor>(), argument) else {
        return Ok(None);
    };
    match callable.class().slots().descr_get {
        Some(get) => get(callable, Some(object), Some(object.class())).map(Some),
        None => Ok(None),
    }
}
