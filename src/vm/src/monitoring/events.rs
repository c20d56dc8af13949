//! Telling tools.

use super::{Event, PROFILE, TRACE, legacy, state};
use crate::abstract_ops;
use crate::exceptions::{self, PyResult, value_error};
use crate::interpreter::frame::Frame;
use crate::object::{Ref, object_value};
use crate::thread::thread;
use crate::value::Value;

/// What an event tells, besides the place.
#[derive(Clone, Copy)]
pub enum Told<'a> {
    Nothing,
    /// A value returned or yielded, or an exception.
    Value(&'a Value),
    Line(i32),
    /// Where a jump or branch goes, in code units.
    Target(u32),
    /// What is called, and its first argument.
    Call(&'a Value, Option<&'a Value>),
}

/// Tells an event of a frame's instruction to the tools that want it. The frame is the innermost one, its registers
/// are saved, and no exception is set.
pub fn tell(frame: *mut Frame, unit: u32, event: Event, told: Told) -> PyResult<()> {
    let thread = thread();
    if thread.tracing.get() {
        return Ok(());
    }
    // SAFETY: the frame is live, and owns its code through its function.
    let code = unsafe { (*frame).code_ref() };
    let Some(monitor) = code.monitoring.get() else {
        return Ok(());
    };
    let mut tools = monitor.tools(unit, event);
    while tools != 0 {
        let tool = tools.ilog2() as usize;
        tools &= !(1 << tool);
        thread.tracing.set(true);
        let before = state().telling.replace(Some((event, frame)));
        let result = match tool {
            TRACE => legacy::trace(frame, unit, event, told).map(|()| false),
            PROFILE => legacy::profile(frame, event, told).map(|()| false),
            _ => call_tool(tool, frame, unit, event, told),
        };
        state().telling.set(before);
        thread.tracing.set(false);
        if result? {
            if !event.is_local() {
                // It would be told again and again.
                state().callbacks[tool][event as usize].set(None);
                let name = Event::ALL[event as usize].1;
                return Err(value_error(format!(
                    "Cannot disable {name} events. Callback removed."
                )));
            }
            monitor.disable(unit, event, tool);
        }
    }
    Ok(())
}

/// As [`tell`], of an exception that is being raised: it goes on afterwards, unless a tool raised another.
pub fn tell_raised(frame: *mut Frame, unit: u32, event: Event) -> PyResult<()> {
    let exception = exceptions::take_raised();
    tell(frame, unit, event, Told::Value(exception.as_value()))?;
    exceptions::restore(exception);
    Ok(())
}

/// True: the tool wants no more of this.
fn call_tool(
    tool: usize,
    frame: *mut Frame,
    unit: u32,
    event: Event,
    told: Told,
) -> PyResult<bool> {
    let Some(callback) = state().callbacks[tool][event as usize].get() else {
        return Ok(false);
    };
    // SAFETY: the frame is live.
    let code = object_value(unsafe { (*frame).code_ref() });
    let bytes = |unit: u32| Value::int(2 * unit as i64);
    let place = bytes(unit);
    let answer = match told {
        Told::Nothing => abstract_ops::call(&callback, &[code, place]),
        Told::Value(value) => abstract_ops::call(&callback, &[code, place, value.clone()]),
        Told::Line(line) => abstract_ops::call(&callback, &[code, Value::int(line as i64)]),
        Told::Target(target) => abstract_ops::call(&callback, &[code, place, bytes(target)]),
        Told::Call(callable, argument) => {
            let argument = argument.cloned().unwrap_or_else(super::functions::missing);
            abstract_ops::call(&callback, &[code, place, callable.clone(), argument])
        }
    }?;
    Ok(answer.is(&super::functions::disable()))
}

/// A generator, or what else was iterated over, ended: as if `StopIteration` were raised.
pub fn tell_stop_iteration(frame: *mut Frame, unit: u32, value: &Value) -> PyResult<()> {
    let arguments = if value.is_none() {
        vec![]
    } else {
        vec![value.clone()]
    };
    let stop = exceptions::new_exception(exceptions::STOP_ITERATION.get(), arguments)?;
    let stop = Ref::into_value(stop);
    tell(frame, unit, Event::StopIteration, Told::Value(&stop))
}
