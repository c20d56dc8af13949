//! The iterator over a string's characters.

use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "str_iterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct StrIterator {
    header: Header,
    /// `None` when exhausted.
    text: Field<Option<Value>>,
    #[no_gc]
    next: Cell<usize>,
}

impl StrIterator {
    /// `text` is a string.
    pub fn over(text: &Value) -> Value {
        Ref::new(StrIterator {
            header: Header::fresh(),
            text: Field::new(Some(text.clone())),
            next: Cell::new(0),
        })
        .into_value()
    }
}

#[pymethods]
impl StrIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        // SAFETY: no Python code runs while the text is looked at.
        let Some(text) = (unsafe { &*self.text.as_ptr() }) else {
            return Ok(None);
        };
        let index = self.next.get();
        if let Some(text) = text.downcast::<Str>()
            && index < text.len()
        {
            self.next.set(index + 1);
            return Ok(Some(Str::from_char(text.char_at(index)).into_value()));
        }
        self.text.set(None);
        Ok(None)
    }
    /// How many characters are left.
    #[pymethod("__length_hint__($self, /)")]
    fn length_hint(&self) -> PyResult {
        let length = self
            .text
            .get()
            .and_then(|text| text.downcast::<Str>().map(Str::len))
            .unwrap_or(0);
        Ok(Value::int(length.saturating_sub(self.next.get()) as i64))
    }
    #[pymethod("__reduce__($self, /)")]
    fn reduce(&self) -> PyResult {
        let iter = crate::builtins::lookup("iter")?;
        Ok(match self.text.get() {
            Some(text) => Tuple::new([
                iter,
                Tuple::new([text]).into_value(),
                Value::int(self.next.get() as i64),
            ])
            .into_value(),
            None => Tuple::new([iter, Tuple::new([Str::empty().into_value()]).into_value()])
                .into_value(),
        })
    }
    /// Goes on at that index.
    #[pymethod("__setstate__($self, state, /)")]
    fn setstate(&self, state: &Value) -> PyResult<()> {
        let index = crate::abstract_ops::index_clamped(state)?;
        if let Some(text) = self.text.get() {
            let length = text.downcast::<Str>().map_or(0, Str::len);
            self.next
                .set(usize::try_from(index).unwrap_or(0).min(length));
        }
        Ok(())
    }
}
