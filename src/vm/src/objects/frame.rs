//! `frame`: an interpreter frame shown to Python.
//!
//! While the frame runs, the object refers to it; when it ends with the object alive, its contents move
//! into storage of the object's own.

use crate::exceptions::{PyResult, runtime_error, type_error, value_error};
use crate::gc::{Field, TraverseCustom};
use crate::interpreter::frame::{self, FRAME_WORDS, Frame, FrameOwner};
use crate::native::NativeClass;
use crate::object::{Header, Ref, object_value};
use crate::objects::code::Code;
use crate::objects::dict::Dict;
use crate::thread::thread;
use crate::value::{Raw, Value};
use std::cell::{Cell, UnsafeCell};
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "frame", module = "builtins", traverse = custom, gc, final)]
#[repr(C)]
pub struct FrameObject {
    header: Header,
    /// The frame, running, suspended, or in `storage`.
    frame: Cell<*mut Frame>,
    storage: UnsafeCell<Option<Box<[u64]>>>,
    back: Field<Option<Value>>,
    pub trace: Field<Option<Value>>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    /// Locals set through `f_locals` that the code does not have.
    extra: Field<Option<Ref<Dict>>>,
    /// Values that `f_locals` replaced: borrowed words on the stack may rely on them.
    kept: Field<Vec<Value>>,
}

impl TraverseCustom for FrameObject {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(back) = &self.back.get() {
            visit(back);
        }
        if let Some(trace) = &self.trace.get() {
            visit(trace);
        }
        if let Some(extra) = &self.extra.get() {
            visit(extra.as_value());
        }
        self.kept.with(|kept| kept.iter().for_each(&mut *visit));
        // SAFETY: the collector runs no Python code.
        if unsafe { (*self.storage.get()).is_some() } {
            // SAFETY: stored frames are complete.
            unsafe { traverse_frame(self.frame.get(), visit) };
        }
    }
    fn clear_custom(&self) {
        self.back.set(None);
        self.trace.set(None);
        self.extra.set(None);
        self.kept.set(Vec::new());
        // SAFETY: as above; a stored frame is cleared once.
        if unsafe { (*self.storage.get()).is_some() } {
            self.clear_stored();
        }
    }
}

/// Visits what a frame owns.
///
/// # Safety
/// The frame is complete and not running.
pub unsafe fn traverse_frame(frame: *mut Frame, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut slot = Frame::slots(frame);
        while slot < (*frame).sp {
            if (*slot).is_owned_pointer() {
                visit(&(*slot).peek());
            }
            slot = slot.add(1);
        }
        for raw in [(*frame).locals, (*frame).function] {
            if raw.is_owned_pointer() {
                visit(&raw.peek());
            }
        }
    }
}

impl FrameObject {
    /// The object of a live frame, made if there is none.
    pub fn of(frame: *mut Frame) -> Ref<FrameObject> {
        // SAFETY: the frame is live; it owns a reference to its object.
        unsafe {
            if (*frame).frame_object.is_null() {
                let object = Ref::new(FrameObject {
                    header: Header::fresh(),
                    frame: Cell::new(frame),
                    storage: UnsafeCell::new(None),
                    back: Field::new(None),
                    trace: Field::new(None),
                    trace_lines: Cell::new(true),
                    trace_opcodes: Cell::new(false),
                    extra: Field::new(None),
                    kept: Field::new(Vec::new()),
                });
                (*frame).frame_object = object.to_value().into_raw();
            }
            Ref::from_ref(&*((*frame).frame_object.address() as *const FrameObject))
        }
    }
    pub fn frame(&self) -> *mut Frame {
        self.frame.get()
    }
    pub fn code(&self) -> &Code {
        // SAFETY: the frame, wherever it lies, keeps its function.
        unsafe { (*self.frame.get()).code_ref() }
    }
    fn is_stored(&self) -> bool {
        // SAFETY: only looked at.
        unsafe { (*self.storage.get()).is_some() }
    }
    fn clear_stored(&self) {
        // SAFETY: the stored frame's slots become unbound before what they held is dropped. Its function
        // stays: the code is asked for later.
        unsafe {
            let frame = self.frame.get();
            let mut old = Vec::new();
            let mut slot = Frame::slots(frame);
            while slot < (*frame).sp {
                let raw = slot.replace(Raw::UNBOUND);
                if raw.is_owned_pointer() {
                    old.push(raw.into_value());
                }
                slot = slot.add(1);
            }
            (*frame).sp = Frame::stack_base(frame);
            let locals = std::mem::replace(&mut (*frame).locals, Raw::NULL);
            if !locals.is_null() {
                old.push(locals.into_value());
            }
            drop(old);
        }
    }
    /// The variables as a dict, cells looked into.
    pub fn locals_dict(&self) -> PyResult<Ref<Dict>> {
        let dict = Dict::make();
        for (name, value) in crate::interpreter::frame::variables(self.frame.get()) {
            if let Some(value) = value {
                dict.set_str(&name, value);
            }
        }
        if let Some(extra) = self.extra.get() {
            dict.merge(&extra, false)?;
        }
        Ok(dict)
    }
    /// Keeps a value alive until the frame ends.
    pub fn keep(&self, value: Value) {
        let mut kept = self.kept.take();
        kept.push(value);
        self.kept.set(kept);
    }
    pub fn extra_locals(&self) -> Ref<Dict> {
        if let Some(extra) = self.extra.get() {
            return extra;
        }
        let extra = Dict::make();
        self.extra.set(Some(extra.clone()));
        extra
    }
    /// The frame that called this one.
    pub fn back(&self) -> Option<Value> {
        if self.is_stored() {
            return self.back.get();
        }
        // SAFETY: a live frame's previous one is live, while it runs.
        unsafe {
            let frame = self.frame.get();
            if (*frame).owner == FrameOwner::Generator && !is_running(frame) {
                return None;
            }
            previous_visible(frame).map(|f| FrameObject::of(f).into_value())
        }
    }
}

fn is_running(frame: *mut Frame) -> bool {
    // SAFETY: only generators' frames are asked.
    unsafe {
        crate::objects::generator::core_of_frame(frame).state.get()
            == crate::objects::generator::GeneratorState::Running
    }
}

/// The frame before this one that Python can see.
unsafe fn previous_visible(frame: *mut Frame) -> Option<*mut Frame> {
    // SAFETY: the chain of running frames is live.
    unsafe {
        let mut previous = (*frame).previous;
        while !previous.is_null() && crate::interpreter::is_shim(previous) {
            previous = (*previous).previous;
        }
        (!previous.is_null()).then_some(previous)
    }
}

/// The frame that called this one, if Python can see it.
pub fn previous_frame(frame: *mut Frame) -> Option<*mut Frame> {
    // SAFETY: the chain of running frames is live.
    unsafe { previous_visible(frame) }
}

/// The innermost frame that Python can see.
pub fn current_frame() -> Option<*mut Frame> {
    let mut frame = thread().frame.get();
    // SAFETY: the chain of running frames is live.
    unsafe {
        while !frame.is_null() && crate::interpreter::is_shim(frame) {
            frame = (*frame).previous;
        }
    }
    (!frame.is_null()).then_some(frame)
}

pub fn current_frame_object() -> Option<Value> {
    current_frame().map(|f| FrameObject::of(f).into_value())
}

/// The frame moved (into a generator): its object follows.
///
/// # Safety
/// The frame has an object.
pub unsafe fn moved(frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        (*((*frame).frame_object.address() as *const FrameObject))
            .frame
            .set(frame)
    }
}

/// A frame that has an object ends: true if the contents moved to the object, which others hold.
///
/// # Safety
/// As for [`crate::interpreter::frame::clear`].
pub unsafe fn hand_over(frame: *mut Frame) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let object = (*frame).frame_object;
        (*frame).frame_object = Raw::NULL;
        let this = &*(object.address() as *const FrameObject);
        if this.header.count() == 1 {
            object.release();
            return false;
        }
        let used = (*frame).sp as usize - frame as usize;
        let words = used / 8;
        debug_assert!(words >= FRAME_WORDS);
        let mut storage = vec![0u64; words].into_boxed_slice();
        std::ptr::copy_nonoverlapping(frame as *const u64, storage.as_mut_ptr(), words);
        let copy = storage.as_mut_ptr() as *mut Frame;
        (*copy).owner = FrameOwner::FrameObject;
        (*copy).sp = (copy as *mut u8).add(used) as *mut Raw;
        // Borrowed stack words lose what they borrow from: the stack is not kept.
        let base = Frame::slots(copy).add((*(*copy).code).local_count as usize);
        let mut slot = base;
        while slot < (*copy).sp {
            (*slot).release();
            slot = slot.add(1);
        }
        (*copy).sp = base;
        // A generator's frame belongs to nobody who resumed it.
        let back = match (*frame).owner {
            FrameOwner::Generator => None,
            _ => previous_visible(frame).map(|f| FrameObject::of(f).into_value()),
        };
        (*copy).previous = std::ptr::null_mut();
        *this.storage.get() = Some(storage);
        this.frame.set(copy);
        this.back.set(back);
        object.release();
        true
    }
}

impl Drop for FrameObject {
    fn drop(&mut self) {
        if self.is_stored() {
            self.clear_stored();
            // SAFETY: the stored frame owned its function.
            unsafe { (*self.frame.get()).function.release() };
        }
    }
}

#[pymethods]
impl FrameObject {
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: the slot's caller checked the class.
        let f = unsafe { this.downcast_unchecked::<FrameObject>() };
        // SAFETY: the frame is live or stored.
        let line = unsafe { (*f.frame.get()).line() };
        Ok(format!(
            "<frame at {:#x}, file {}, line {}, code {}>",
            this.raw().0,
            crate::abstract_ops::repr(f.code().filename.as_value())?,
            line.map_or("None".to_owned(), |l| l.to_string()),
            f.code().name
        ))
    }
    #[pygetset]
    fn f_code(&self) -> Value {
        object_value(self.code())
    }
    #[pygetset]
    fn f_back(&self) -> Value {
        self.back().unwrap_or_else(Value::none)
    }
    #[pygetset]
    fn f_globals(&self) -> Value {
        // SAFETY: the function owns the globals.
        unsafe { Ref::from_ref(&*(*self.frame.get()).globals).into_value() }
    }
    #[pygetset]
    fn f_builtins(&self) -> Value {
        // SAFETY: as above.
        unsafe { Ref::from_ref(&*(*self.frame.get()).builtins).into_value() }
    }
    #[pygetset]
    fn f_generator(&self) -> Value {
        let frame = self.frame.get();
        // SAFETY: the frame is live or stored.
        unsafe {
            if (*frame).owner == FrameOwner::Generator {
                return crate::objects::generator::generator_of_frame(frame);
            }
        }
        Value::none()
    }
    #[pygetset]
    fn f_lasti(&self) -> i64 {
        // SAFETY: as above.
        unsafe { 2 * (*self.frame.get()).offset() as i64 }
    }
    #[pygetset]
    fn f_lineno(&self) -> Value {
        // SAFETY: as above.
        unsafe { (*self.frame.get()).line() }.map_or_else(Value::none, |l| Value::int(l as i64))
    }
    /// Tools for debugging jump by this.
    #[pysetter(f_lineno)]
    fn set_f_lineno(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(cannot_delete("f_lineno"));
        };
        if !std::ptr::eq(value.class(), crate::objects::int::Int::class()) {
            return Err(value_error("lineno must be an integer"));
        }
        let line = value
            .as_int()
            .and_then(|line| i64::try_from(line.to_big()).ok());
        crate::monitoring::jump::jump(self.frame.get(), line.unwrap_or(i64::MAX))
    }
    #[pygetset]
    fn f_locals(this: &Value) -> PyResult {
        // SAFETY: the getter's caller checked the class; the frame is live or stored.
        let f = unsafe { this.downcast_unchecked::<FrameObject>() };
        if let Some(namespace) = frame::namespace(f.frame.get()) {
            return Ok(namespace);
        }
        Ok(crate::objects::frame_locals::FrameLocalsProxy::make(
            Ref::from_ref(f),
        ))
    }
    #[pygetset]
    fn f_trace(&self) -> Value {
        self.trace.get().unwrap_or_else(Value::none)
    }
    #[pysetter(f_trace)]
    fn set_f_trace(&self, value: Option<&Value>) -> PyResult<()> {
        self.trace.set(value.filter(|v| !v.is_none()).cloned());
        if self.trace_opcodes.get() && self.trace.with(|trace| trace.is_some()) {
            crate::monitoring::legacy::trace_opcodes(self.code(), true);
        }
        Ok(())
    }
    #[pygetset]
    fn f_trace_lines(&self) -> bool {
        self.trace_lines.get()
    }
    #[pysetter(f_trace_lines)]
    fn set_f_trace_lines(&self, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(v) if v.is_true() || v.is_false() => {
                self.trace_lines.set(v.is_true());
                Ok(())
            }
            None => Err(type_error("can't delete numeric/char attribute")),
            _ => Err(type_error("attribute value type must be bool")),
        }
    }
    #[pygetset]
    fn f_trace_opcodes(&self) -> bool {
        self.trace_opcodes.get()
    }
    #[pysetter(f_trace_opcodes)]
    fn set_f_trace_opcodes(&self, value: Option<&Value>) -> PyResult<()> {
        match value {
            Some(v) if v.is_true() || v.is_false() => {
                self.trace_opcodes.set(v.is_true());
                if !v.is_true() || self.trace.with(|trace| trace.is_some()) {
                    crate::monitoring::legacy::trace_opcodes(self.code(), v.is_true());
                }
                Ok(())
            }
            None => Err(cannot_delete("f_trace_opcodes")),
            _ => Err(type_error("attribute value type must be bool")),
        }
    }
    /// Clear all references held by the frame.
    #[pymethod("clear($self, /)")]
    fn clear_frame(&self) -> PyResult<()> {
        let frame = self.frame.get();
        if self.is_stored() {
            self.clear_stored();
            return Ok(());
        }
        // SAFETY: the frame is live.
        unsafe {
            if (*frame).owner == FrameOwner::Generator && !is_running(frame) {
                return crate::objects::generator::clear_unstarted(frame);
            }
        }
        Err(runtime_error("cannot clear an executing frame"))
    }
}

fn cannot_delete(name: &str) -> crate::exceptions::Raised {
    crate::exceptions::raise_new(
        crate::exceptions::ATTRIBUTE_ERROR.get(),
        format!("attribute '{name}' of 'frame' objects cannot be deleted"),
    )
}

/// `ValueError` of `sys._getframe`.
pub fn not_deep_enough() -> crate::exceptions::Raised {
    value_error("call stack is not deep enough")
}
