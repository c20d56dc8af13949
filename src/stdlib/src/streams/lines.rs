//! Text that a stream has read ahead, and its lines.

use super::Newline;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::shape;
use taipan_vm::value::Value;

/// The part of `TextIOWrapper` that hands out lines.
#[pyclass(name = "Lines", module = "_taipan_streams", weakref, gc)]
#[repr(C)]
pub struct Lines {
    header: Header,
    ahead: Field<Ref<Str>>,
    /// How much of it is given out.
    place: Cell<usize>,
    /// Can the stream tell its position? Not between lines.
    telling: Cell<bool>,
    newline: Cell<Newline>,
    /// The file at the bottom if that is a plain one: it knows whether it is closed.
    raw: Field<Option<Value>>,
}

fn of(value: &Value) -> &Lines {
    // SAFETY: the slots' callers checked the class.
    unsafe { value.downcast_unchecked::<Lines>() }
}

fn required(value: Option<&Value>) -> PyResult<&Value> {
    value.ok_or_else(|| type_error("attribute deletion is not supported"))
}

impl Lines {
    /// The next line, if it lies ready as a whole.
    fn ready(&self) -> Option<Value> {
        static CLOSED: Name = Name::new("_closed");
        if self.newline.get() == Newline::Any {
            return None;
        }
        let raw = self.raw.get()?;
        if let Some(closed) = shape::get_attribute(raw.header()?, CLOSED.get())
            && !closed.is_false()
        {
            return None;
        }
        let ahead = self.ahead.get();
        let start = self.place.get();
        let end = self.newline.get().line_end(ahead.units(), start)?;
        self.place.set(end);
        Some(ahead.substring(start..end).into_value())
    }
}

#[pymethods]
impl Lines {
    #[pyslot]
    fn new(cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let lines = Lines {
            header: Header::fresh(),
            ahead: Field::new(Str::empty()),
            place: Cell::new(0),
            telling: Cell::new(false),
            newline: Cell::new(Newline::Translated),
            raw: Field::new(None),
        };
        Ok(allocate_instance(cls, lines).into_value())
    }
    #[pygetset]
    fn _ahead(&self) -> Ref<Str> {
        self.ahead.get()
    }
    #[pysetter(_ahead)]
    fn set_ahead(&self, value: Option<&Value>) -> PyResult<()> {
        let text = Ref::from_value(required(value)?.clone())
            .map_err(|_| type_error("decoder should return a string result"))?;
        // The place is set next.
        self.place.set(0);
        self.ahead.set(text);
        Ok(())
    }
    #[pygetset]
    fn _at(&self) -> usize {
        self.place.get()
    }
    #[pysetter(_at)]
    fn set_at(&self, value: Option<&Value>) -> PyResult<()> {
        let place = abstract_ops::to_i64(required(value)?)?.max(0) as usize;
        self.place.set(place.min(self.ahead.get().len()));
        Ok(())
    }
    #[pygetset]
    fn _telling(&self) -> bool {
        self.telling.get()
    }
    #[pysetter(_telling)]
    fn set_telling(&self, value: Option<&Value>) -> PyResult<()> {
        self.telling.set(abstract_ops::is_true(required(value)?)?);
        Ok(())
    }
    #[pygetset]
    fn _raw(&self) -> Value {
        self.raw.get().unwrap_or_else(Value::none)
    }
    #[pysetter(_raw)]
    fn set_raw(&self, value: Option<&Value>) -> PyResult<()> {
        self.raw.set(value.filter(|raw| !raw.is_none()).cloned());
        Ok(())
    }
    /// Says where lines end.
    #[pymethod("_set_lines($self, newline, /)")]
    fn _set_lines(&self, newline: &Value) -> PyResult<()> {
        self.newline.set(Newline::of(Some(newline))?);
        Ok(())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        static READLINE: Name = Name::new("readline");
        static SEEKABLE: Name = Name::new("_seekable");
        let lines = of(this);
        // What `tell` needs is not kept between lines.
        lines.telling.set(false);
        if let Some(line) = lines.ready() {
            return Ok(Some(line));
        }
        let line = abstract_ops::call_method(this, READLINE.get(), &[])?;
        if abstract_ops::is_true(&line)? {
            return Ok(Some(line));
        }
        let seekable = abstract_ops::getattr(this, SEEKABLE.get())?;
        lines.telling.set(abstract_ops::is_true(&seekable)?);
        Ok(None)
    }
}
