//! `_buffer_wrapper`: memory that an object lends by a `__buffer__` written in Python (PEP 688).

use crate::abstract_ops::{call_method, call_special};
use crate::exceptions::{PyResult, type_error};
use crate::names;
use crate::object::{Header, Ref};
use crate::objects::buffer::{Buffer, not_bytes_like};
use crate::objects::memoryview::Memoryview;
use crate::objects::str::Name;
use crate::value::Value;
use std::cell::RefCell;
use taipan_macros::{pyclass, pymethods};

/// `inspect.BufferFlags.FULL_RO`, `WRITABLE` and `FORMAT`.
const FULL_RO: i64 = 0x11C;
pub const WRITABLE: i64 = 1;
pub const FORMAT: i64 = 4;

static RELEASE_BUFFER: Name = Name::new("__release_buffer__");
static RELEASE: Name = Name::new("release");

/// Owns what was lent, and gives it back.
#[pyclass(name = "_buffer_wrapper", module = "builtins", gc, final)]
#[repr(C)]
pub struct BufferWrapper {
    header: Header,
    object: Value,
    view: Value,
    #[no_gc]
    memory: RefCell<Option<Buffer>>,
}

#[pymethods]
impl BufferWrapper {}

/// Asks the object's `__buffer__` for its memory.
pub fn lend(object: &Value, writable: bool) -> PyResult<Buffer> {
    let flags = FULL_RO | if writable { WRITABLE } else { 0 };
    let Some(view) = call_special(object, &names::BUFFER, &[Value::int(flags)])? else {
        return Err(not_bytes_like(object));
    };
    let export = match view.downcast::<Memoryview>() {
        Some(_) => view.class().slots().buffer,
        None => None,
    };
    let Some(export) = export else {
        return Err(type_error("__buffer__ returned non-memoryview object"));
    };
    // Who wants to write looks whether that is allowed.
    let memory = export(&view, false)?;
    let (pointer, length) = (memory.pointer(), memory.len());
    let (readonly, layout) = (memory.readonly, memory.layout.clone());
    let wrapper = Ref::new(BufferWrapper {
        header: Header::fresh(),
        object: object.clone(),
        view,
        memory: RefCell::new(Some(memory)),
    });
    // SAFETY: the wrapper has the view's memory until `give_back` is called.
    let mut lent = unsafe {
        Buffer::new(
            wrapper.as_value(),
            pointer,
            length,
            readonly,
            Some(give_back),
        )
    };
    lent.layout = layout;
    Ok(lent)
}

fn give_back(owner: &Value) {
    let Some(wrapper) = owner.downcast::<BufferWrapper>() else {
        return;
    };
    let memory = wrapper.memory.borrow_mut().take();
    drop(memory);
    let view = std::slice::from_ref(&wrapper.view);
    let told = call_special(&wrapper.object, &RELEASE_BUFFER, view)
        .and_then(|_| call_method(&wrapper.view, &RELEASE, &[]));
    if told.is_err() {
        crate::unraisable::report(None, Some(&wrapper.object));
    }
}
