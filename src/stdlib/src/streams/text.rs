//! The memory of `StringIO`.

use super::{Newline, next_line, size_of};
use std::cell::{Cell, RefCell};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, raise_new, type_error, value_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::text::search::{find_point, replace};
use taipan_vm::text::{TextBuf, Units};
use taipan_vm::value::Value;

/// Text that is written and read.
#[pyclass(name = "TextMemory", module = "_taipan_streams", weakref)]
#[repr(C)]
pub struct TextMemory {
    header: Header,
    text: RefCell<TextBuf>,
    /// In characters; may lie beyond the end.
    place: Cell<usize>,
    newline: Cell<Newline>,
    closed: Cell<bool>,
}

fn of(value: &Value) -> &TextMemory {
    // SAFETY: the slots' callers checked the class.
    unsafe { value.downcast_unchecked::<TextMemory>() }
}

impl TextMemory {
    fn check(&self) -> PyResult<()> {
        match self.closed.get() {
            true => Err(value_error("I/O operation on closed file")),
            false => Ok(()),
        }
    }

    /// Puts text where the place is, without translation.
    fn put(&self, more: Units) {
        let text = &mut *self.text.borrow_mut();
        let (place, length) = (self.place.get(), text.len());
        self.place.set(place + more.len());
        if more.is_empty() {
            self.place.set(place);
            return;
        }
        if place >= length {
            text.push_repeat(0, place - length);
            text.push_units(more);
            return;
        }
        let old = std::mem::take(text);
        text.push_units(old.units().slice(0..place));
        text.push_units(more);
        let rest = place + more.len();
        if rest < length {
            text.push_units(old.units().slice(rest..length));
        }
    }

    fn write_text(&self, text: &Str) {
        let units = text.units();
        let has = |point: char| find_point(units, point.into(), 0..units.len()).is_some();
        let ascii = |text: &'static str| Units::One(text.as_bytes());
        match self.newline.get() {
            Newline::Translated if has('\r') => {
                let first = replace(units, ascii("\r\n"), ascii("\n"), usize::MAX);
                let first = first.as_ref().map_or(units, TextBuf::units);
                let second = replace(first, ascii("\r"), ascii("\n"), usize::MAX);
                self.put(second.as_ref().map_or(first, TextBuf::units));
            }
            newline @ (Newline::Cr | Newline::CrLf) if has('\n') => {
                let end = if newline == Newline::Cr { "\r" } else { "\r\n" };
                let replaced = replace(units, ascii("\n"), ascii(end), usize::MAX);
                self.put(replaced.as_ref().map_or(units, TextBuf::units));
            }
            _ => self.put(units),
        }
    }

    /// Up to so many characters, up to this place.
    fn take(&self, end: usize) -> Ref<Str> {
        let text = self.text.borrow();
        let start = self.place.get().min(text.len());
        let end = end.clamp(start, text.len());
        if end > start {
            self.place.set(end);
        }
        Str::from_units(text.units().slice(start..end))
    }

    fn line(&self, size: Option<usize>) -> Ref<Str> {
        let place = self.place.get();
        let end = {
            let text = self.text.borrow();
            let start = place.min(text.len());
            let end = self.newline.get().line_end(text.units(), start);
            end.unwrap_or(text.len())
        };
        self.take(size.map_or(end, |size| end.min(place.saturating_add(size))))
    }
}

#[pymethods]
impl TextMemory {
    #[pyslot]
    fn new(cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let memory = TextMemory {
            header: Header::fresh(),
            text: RefCell::default(),
            place: Cell::new(0),
            newline: Cell::new(Newline::Lf),
            closed: Cell::new(false),
        };
        Ok(allocate_instance(cls, memory).into_value())
    }
    #[pyslot("StringIO(initial_value='', newline='\\n')")]
    fn init(this: &Value, initial_value: Option<&Value>, newline: Option<&Value>) -> PyResult<()> {
        let newline = match newline {
            None => Newline::Lf,
            given => Newline::of(given)?,
        };
        let initial = initial_value.filter(|value| !value.is_none());
        let initial = match initial.map(|value| (value, value.downcast::<Str>())) {
            None => None,
            Some((_, Some(text))) => Some(text),
            Some((value, None)) => {
                return Err(type_error(format!(
                    "initial_value must be str or None, not {}",
                    value.class().name()
                )));
            }
        };
        let memory = of(this);
        memory.text.replace(TextBuf::new());
        memory.place.set(0);
        memory.newline.set(newline);
        memory.closed.set(false);
        if let Some(text) = initial {
            memory.write_text(text);
            memory.place.set(0);
        }
        Ok(())
    }
    #[pygetset]
    fn closed(&self) -> bool {
        self.closed.get()
    }
    #[pygetset]
    fn _closed(&self) -> bool {
        self.closed.get()
    }
    #[pygetset]
    fn line_buffering(&self) -> PyResult<bool> {
        self.check().map(|()| false)
    }
    /// Returns True if the IO object can be read.
    #[pymethod("readable($self, /)")]
    fn readable(&self) -> PyResult<bool> {
        self.check().map(|()| true)
    }
    /// Returns True if the IO object can be written.
    #[pymethod("writable($self, /)")]
    fn writable(&self) -> PyResult<bool> {
        self.check().map(|()| true)
    }
    /// Returns True if the IO object can be seeked.
    #[pymethod("seekable($self, /)")]
    fn seekable(&self) -> PyResult<bool> {
        self.check().map(|()| true)
    }
    /// Close the IO object.
    ///
    /// Attempting any further operation after the object is closed
    /// will raise a ValueError.
    ///
    /// This method has no effect if the file is already closed.
    #[pymethod("close($self, /)")]
    fn close(&self) {
        self.closed.set(true);
        self.text.replace(TextBuf::new());
    }
    /// Retrieve the entire contents of the object.
    #[pymethod("getvalue($self, /)")]
    fn getvalue(&self) -> PyResult<Ref<Str>> {
        self.check()?;
        Ok(Str::from_units(self.text.borrow().units()))
    }
    /// Write string to file.
    ///
    /// Returns the number of characters written, which is always equal to
    /// the length of the string.
    #[pymethod("write($self, s, /)")]
    fn write(&self, s: &Value) -> PyResult<usize> {
        let Some(text) = s.downcast::<Str>() else {
            return Err(type_error(format!(
                "string argument expected, got '{}'",
                s.class().name()
            )));
        };
        self.check()?;
        self.write_text(text);
        Ok(text.len())
    }
    /// Read at most size characters, returned as a string.
    ///
    /// If the argument is negative or omitted, read until EOF
    /// is reached. Return an empty string at EOF.
    #[pymethod("read($self, size=-1, /)")]
    fn read(&self, size: Option<&Value>) -> PyResult<Ref<Str>> {
        let size = size_of(size)?;
        self.check()?;
        let end = size.map_or(usize::MAX, |size| self.place.get().saturating_add(size));
        Ok(self.take(end))
    }
    /// Read until newline or EOF.
    ///
    /// Returns an empty string if EOF is hit immediately.
    #[pymethod("readline($self, size=-1, /)")]
    fn readline(&self, size: Option<&Value>) -> PyResult<Ref<Str>> {
        let size = size_of(size)?;
        self.check()?;
        Ok(self.line(size))
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        let memory = of(this);
        memory.check()?;
        next_line::<TextMemory>(
            this,
            || Ok(memory.line(None).into_value()),
            |line| line.downcast::<Str>().is_some_and(Str::is_empty),
        )
    }
    /// Tell the current file position.
    #[pymethod("tell($self, /)")]
    fn tell(&self) -> PyResult<usize> {
        self.check().map(|()| self.place.get())
    }
    /// Change stream position.
    ///
    /// Seek to character offset pos relative to position indicated by whence:
    ///     0  Start of stream (the default).  pos should be >= 0;
    ///     1  Current position - pos must be 0;
    ///     2  End of stream - pos must be 0.
    /// Returns the new absolute position.
    #[pymethod("seek($self, pos, whence=0, /)")]
    fn seek(&self, pos: i64, whence: i64) -> PyResult<usize> {
        self.check()?;
        if !(0..=2).contains(&whence) {
            return Err(value_error(format!(
                "Invalid whence ({whence}, should be 0, 1 or 2)"
            )));
        }
        if whence == 0 && pos < 0 {
            return Err(value_error(format!("Negative seek position {pos}")));
        }
        if whence != 0 && pos != 0 {
            return Err(raise_new(
                taipan_vm::exceptions::OS_ERROR.get(),
                "Can't do nonzero cur-relative seeks",
            ));
        }
        self.place.set(match whence {
            0 => pos as usize,
            1 => self.place.get(),
            _ => self.text.borrow().len(),
        });
        Ok(self.place.get())
    }
    /// Truncate size to pos.
    ///
    /// The pos argument defaults to the current file position, as
    /// returned by tell().  The current file position is unchanged.
    /// Returns the new absolute position.
    #[pymethod("truncate($self, pos=None, /)")]
    fn truncate(&self, pos: Option<&Value>) -> PyResult<usize> {
        self.check()?;
        let size = match pos.filter(|pos| !pos.is_none()) {
            None => self.place.get(),
            Some(pos) => {
                let size = abstract_ops::to_i64(pos)?;
                usize::try_from(size)
                    .map_err(|_| value_error(format!("Negative size value {size}")))?
            }
        };
        let text = &mut *self.text.borrow_mut();
        if size < text.len() {
            match text {
                TextBuf::One(units) => units.truncate(size),
                TextBuf::Two(units) => units.truncate(size),
                TextBuf::Four(units) => units.truncate(size),
            }
        }
        Ok(size)
    }
}
