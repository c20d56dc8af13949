//! Events of exceptions on their way.

use super::events::{Told, tell, tell_raised};
use super::{Event, active, refresh_frame};
use crate::exceptions::PyResult;
use crate::interpreter::frame::Frame;
use crate::value::Value;

/// Does any tool want anything? Then the frame's code is brought up to date; its registers are saved.
fn watched(frame: *mut Frame) -> bool {
    let watched = active() && !crate::interpreter::is_shim(frame);
    if watched {
        // SAFETY: callers have a live frame.
        unsafe { refresh_frame(frame) };
    }
    watched
}

/// An exception is raised in a frame, or comes to it from one that it called.
pub fn raised(frame: *mut Frame, unit: u32, reraise: bool) {
    if watched(frame) {
        // SAFETY: the frame is live.
        unsafe { (*frame).traced_at = (*frame).offset() as u32 };
        let event = if reraise {
            Event::Reraise
        } else {
            Event::Raise
        };
        // What a tool raises takes the exception's place.
        let _ = tell_raised(frame, unit, event);
    }
}

/// A handler, at this unit, got the exception.
pub fn handled(frame: *mut Frame, unit: u32, exception: &Value) -> PyResult<()> {
    if watched(frame) {
        tell(frame, unit, Event::ExceptionHandled, Told::Value(exception))?;
    }
    Ok(())
}

/// The frame is about to end by the exception, which came from this instruction last.
pub fn unwinds(frame: *mut Frame, unit: u32) {
    if watched(frame) {
        let _ = tell_raised(frame, unit, Event::PyUnwind);
    }
}

/// A generator goes on with an exception that is thrown into it.
pub fn thrown(frame: *mut Frame) {
    if watched(frame) {
        // SAFETY: the frame is live.
        let unit = unsafe { (*frame).offset() as u32 };
        let _ = tell_raised(frame, unit, Event::PyThrow);
    }
}
