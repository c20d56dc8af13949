//! Events of exceptions on their way.

use super::events::{Told, tell, tell_raised};
use super::{Event, active, refresh_frame};
use crate::exceptions::PyResult;
use crate::interpreter::frame::Frame;
use crate::value::Value;

/// The frame's code, up to date with what tools want; its registers are saved.
fn watched(frame: *mut Frame) -> Option<u32> {
    if !active() || crate::interpreter::is_shim(frame) {
        return None;
    }
    // SAFETY: callers have a live frame.
    unsafe {
        refresh_frame(frame);
        Some((*frame).offset() as u32)
    }
}

/// An exception is raised in a frame, or comes to it from one that it called.
pub fn raised(frame: *mut Frame, reraise: bool) {
    let Some(unit) = watched(frame) else { return };
    // SAFETY: the frame is live.
    unsafe { (*frame).traced_at = unit };
    let event = if reraise {
        Event::Reraise
    } else {
        Event::Raise
    };
    // What a tool raises takes the exception's place.
    let _ = tell_raised(frame, unit, event);
}

/// A handler got the exception, which is on the stack.
pub fn handled(frame: *mut Frame, exception: &Value) -> PyResult<()> {
    match watched(frame) {
        Some(unit) => tell(frame, unit, Event::ExceptionHandled, Told::Value(exception)),
        None => Ok(()),
    }
}

/// The frame is about to end by the exception.
pub fn unwinds(frame: *mut Frame) {
    if let Some(unit) = watched(frame) {
        let _ = tell_raised(frame, unit, Event::PyUnwind);
    }
}

/// A generator goes on with an exception that is thrown into it.
pub fn thrown(frame: *mut Frame) {
    if let Some(unit) = watched(frame) {
        let _ = tell_raised(frame, unit, Event::PyThrow);
    }
}
