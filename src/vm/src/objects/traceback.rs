//! `traceback`: where an exception came through.

use crate::exceptions::{BaseException, PyResult, type_error, value_error};
use crate::gc::Field;
use crate::interpreter::frame::Frame;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::objects::frame::FrameObject;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "traceback", module = "builtins", gc, final)]
#[repr(C)]
pub struct Traceback {
    header: Header,
    pub next: Field<Option<Value>>,
    pub frame: Ref<FrameObject>,
    /// Byte offset of the instruction.
    #[no_gc]
    pub lasti: i32,
    #[no_gc]
    line: Cell<Option<i32>>,
}

impl Traceback {
    /// Puts an entry for this frame in front of the exception's traceback.
    pub fn add(exception: &Ref<BaseException>, frame: *mut Frame) {
        // SAFETY: the frame is live and its registers are saved.
        let offset = unsafe { (*frame).offset() };
        let entry = Ref::new(Traceback {
            header: Header::fresh(),
            next: Field::new(exception.traceback.get()),
            frame: FrameObject::of(frame),
            lasti: 2 * offset as i32,
            line: Cell::new(None),
        });
        exception.traceback.set(Some(entry.into_value()));
    }
    pub fn line(&self) -> Option<i32> {
        if let Some(line) = self.line.get() {
            return Some(line);
        }
        self.frame.code().line_at(self.lasti as usize / 2)
    }
}

#[pymethods]
impl Traceback {
    #[pyslot]
    fn new_slot(class: &Type, args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let _ = class;
        let [next, frame, lasti, line] = args else {
            return Err(type_error(format!(
                "traceback() takes 4 arguments ({} given)",
                args.len()
            )));
        };
        let Some(frame) = frame.downcast::<FrameObject>() else {
            return Err(type_error(format!(
                "traceback() argument 'tb_frame' must be frame, not {}",
                frame.class().name()
            )));
        };
        if !next.is_none() && next.downcast::<Traceback>().is_none() {
            return Err(type_error(format!(
                "expected traceback object or None, got '{}'",
                next.class().name()
            )));
        }
        Ok(Ref::new(Traceback {
            header: Header::fresh(),
            next: Field::new(Some(next.clone()).filter(|n| !n.is_none())),
            frame: Ref::from_ref(frame),
            lasti: crate::abstract_ops::to_i64(lasti)? as i32,
            line: Cell::new(Some(crate::abstract_ops::to_i64(line)? as i32)),
        })
        .into_value())
    }
    #[pygetset]
    fn tb_next(&self) -> Value {
        self.next.get().unwrap_or_else(Value::none)
    }
    #[pysetter(tb_next)]
    fn set_tb_next(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("can't delete tb_next attribute"));
        };
        if value.is_none() {
            self.next.set(None);
            return Ok(());
        }
        let mut at = value.clone();
        loop {
            let Some(entry) = at.downcast::<Traceback>() else {
                return Err(type_error(format!(
                    "expected traceback object, got '{}'",
                    at.class().name()
                )));
            };
            if std::ptr::eq(entry, self) {
                return Err(value_error("traceback loop detected"));
            }
            match entry.next.get() {
                Some(next) => at = next,
                None => break,
            }
        }
        self.next.set(Some(value.clone()));
        Ok(())
    }
    #[pygetset]
    fn tb_frame(&self) -> Value {
        self.frame.to_value()
    }
    #[pygetset]
    fn tb_lasti(&self) -> i64 {
        self.lasti as i64
    }
    #[pygetset]
    fn tb_lineno(&self) -> Value {
        self.line()
            .map_or_else(Value::none, |l| Value::int(l as i64))
    }
}
