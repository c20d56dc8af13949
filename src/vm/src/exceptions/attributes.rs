//! Attributes and methods that all exceptions have.

use super::{BaseException, PyResult, type_error};
use crate::abstract_ops;
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::native::NativeClass;
use crate::object::{Ref, object_value};
use crate::objects::class::{SlotId, Type};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::str::{Name, Str};
use crate::objects::traceback::Traceback;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::pymethods;

static NOTES: Name = Name::new("__notes__");

/// The exception behind a receiver, whose class the caller checked.
pub(super) fn own(this: &Value) -> &BaseException {
    // SAFETY: slots and methods are called with instances of their class.
    unsafe { this.downcast_unchecked::<BaseException>() }
}

/// `class(*args)`, if the class leaves to `BaseException` how its instances are made.
pub fn plain_instance(class: &Type, args: &[Value]) -> Option<Ref<BaseException>> {
    let plain = BaseException::class().slots();
    let same = |slot| class.slots().same(slot, plain);
    (same(SlotId::new) && same(SlotId::init))
        .then(|| allocate_instance(class, BaseException::native(Tuple::from_slice(args))))
}

/// Raises if keywords were given.
pub(super) fn no_keywords(this: &Value, kwnames: Option<&Tuple>) -> PyResult<()> {
    if kwnames.is_some_and(|names| !names.is_empty()) {
        return Err(type_error(format!(
            "{}() takes no keyword arguments",
            this.class().name()
        )));
    }
    Ok(())
}

/// `str(exception)` where a class has nothing better.
pub(super) fn plain_str(this: &Value) -> PyResult<Ref<Str>> {
    let args = own(this).args.get();
    match args.as_slice() {
        [] => Ok(Str::empty()),
        [only] => abstract_ops::str(only),
        _ => abstract_ops::str(args.as_value()),
    }
}

/// The instance dictionary, if anything was put there.
pub(super) fn dict_of(this: &Value) -> Option<Ref<Dict>> {
    let dict = Ref::from_ref(abstract_ops::instance_dict(this)?);
    if dict.is_empty() { None } else { Some(dict) }
}

/// `(class, args)`, with the state behind it if there is any.
pub(super) fn reduce_with(this: &Value, args: Value, state: Option<Value>) -> PyResult {
    let mut parts = vec![object_value(this.class()), args];
    parts.extend(state);
    Ok(Tuple::new(parts).into_value())
}

/// An exception or `None`, as `__context__` and `__cause__` take them.
fn link(value: Option<&Value>, name: &str, what: &str) -> PyResult<Option<Value>> {
    match value {
        None => Err(type_error(format!("{name} may not be deleted"))),
        Some(value) if value.is_none() => Ok(None),
        Some(value) if value.downcast::<BaseException>().is_some() => Ok(Some(value.clone())),
        Some(_) => Err(type_error(format!(
            "exception {what} must be None or derive from BaseException"
        ))),
    }
}

fn traceback(value: &Value) -> PyResult<Option<Value>> {
    match value {
        value if value.is_none() => Ok(None),
        value if value.downcast::<Traceback>().is_some() => Ok(Some(value.clone())),
        _ => Err(type_error("__traceback__ must be a traceback or None")),
    }
}

/// Appends to `__notes__`, which is made at need.
pub(super) fn append_note(this: &Value, note: Value) -> PyResult<()> {
    match abstract_ops::getattr_opt(this, &NOTES)? {
        Some(notes) => match notes.downcast::<List>() {
            Some(notes) => {
                notes.push(note);
                Ok(())
            }
            None => Err(type_error("Cannot add note: __notes__ is not a list")),
        },
        None => abstract_ops::setattr(this, &NOTES, Some(&List::make(vec![note]).into_value())),
    }
}

/// The notes, as another exception is to get them.
pub(super) fn notes_of(this: &Value) -> PyResult<Option<Value>> {
    abstract_ops::getattr_opt(this, &NOTES)
}

pub(super) fn set_notes(this: &Value, notes: &Value) -> PyResult<()> {
    abstract_ops::setattr(this, &NOTES, Some(notes))
}

#[pymethods]
impl BaseException {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        let native = BaseException::native(Tuple::from_slice(&args[..positional]));
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        no_keywords(this, kwnames)?;
        // As a rule `__new__` has put them there.
        let known = own(this).args.get();
        if known.len() != args.len() || known.as_slice().iter().zip(args).any(|(a, b)| !a.is(b)) {
            own(this).args.set(Tuple::from_slice(args));
        }
        Ok(())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        let name = this.class().name();
        let args = own(this).args.get();
        match args.as_slice() {
            [only] => Ok(format!("{name}({})", abstract_ops::repr(only)?)),
            _ => Ok(format!("{name}{}", abstract_ops::repr(args.as_value())?)),
        }
    }
    #[pyslot]
    fn str(this: &Value) -> PyResult {
        Ok(plain_str(this)?.into_value())
    }
    #[pygetset("args")]
    fn get_args(&self) -> Value {
        self.args.get().into_value()
    }
    #[pysetter(get_args)]
    fn set_args(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("args may not be deleted"));
        };
        self.args.set(Tuple::new(abstract_ops::to_vec(value)?));
        Ok(())
    }
    #[pygetset]
    fn __traceback__(&self) -> Value {
        self.traceback.get().unwrap_or_else(Value::none)
    }
    #[pysetter(__traceback__)]
    fn set_traceback(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("__traceback__ may not be deleted"));
        };
        self.traceback.set(traceback(value)?);
        Ok(())
    }
    #[pygetset]
    fn __context__(&self) -> Value {
        self.context.get().unwrap_or_else(Value::none)
    }
    #[pysetter(__context__)]
    fn set_context(&self, value: Option<&Value>) -> PyResult<()> {
        self.context.set(link(value, "__context__", "context")?);
        Ok(())
    }
    #[pygetset]
    fn __cause__(&self) -> Value {
        self.cause.get().unwrap_or_else(Value::none)
    }
    #[pysetter(__cause__)]
    fn set_cause(&self, value: Option<&Value>) -> PyResult<()> {
        self.cause.set(link(value, "__cause__", "cause")?);
        self.suppress_context.set(true);
        Ok(())
    }
    #[pygetset]
    fn __suppress_context__(&self) -> bool {
        self.suppress_context.get()
    }
    #[pysetter(__suppress_context__)]
    fn set_suppress_context(&self, value: Option<&Value>) -> PyResult<()> {
        match value {
            None => return Err(type_error("can't delete numeric/char attribute")),
            Some(value) if value.is_true() => self.suppress_context.set(true),
            Some(value) if value.is_false() => self.suppress_context.set(false),
            Some(_) => return Err(type_error("attribute value type must be bool")),
        }
        Ok(())
    }
    /// Set self.__traceback__ to tb and return self.
    #[pymethod("with_traceback($self, object, /)")]
    fn with_traceback(this: &Value, object: &Value) -> PyResult {
        own(this).traceback.set(traceback(object)?);
        Ok(this.clone())
    }
    /// Add a note to the exception
    #[pymethod("add_note($self, object, /)")]
    fn add_note(this: &Value, object: &Value) -> PyResult<()> {
        if object.downcast::<Str>().is_none() {
            return Err(type_error(format!(
                "add_note() argument must be str, not {}",
                object.class().name()
            )));
        }
        append_note(this, object.clone())
    }
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        reduce_with(
            this,
            own(this).args.get().into_value(),
            dict_of(this).map(Ref::into_value),
        )
    }
    #[pymethod("__setstate__($self, object, /)")]
    fn __setstate__(this: &Value, object: &Value) -> PyResult<()> {
        if object.is_none() {
            return Ok(());
        }
        let Some(state) = object.downcast::<Dict>() else {
            return Err(type_error("state is not a dictionary"));
        };
        for (name, value) in state.items() {
            let Some(name) = name.downcast::<Str>() else {
                return Err(type_error(format!(
                    "attribute name must be string, not '{}'",
                    name.class().name()
                )));
            };
            abstract_ops::setattr(this, name, Some(&value))?;
        }
        Ok(())
    }
}

/// Puts a value into a field, `None` for `None`.
pub(super) fn keep(this: &Value, name: &str, value: Option<&Value>) {
    own(this).set_field(name, value.cloned().unwrap_or_else(Value::none));
}

/// A copy of the instance dictionary with more entries, for pickling.
pub(super) fn state_with(this: &Value, more: &[(&str, Option<Value>)]) -> PyResult<Option<Value>> {
    let state = match dict_of(this) {
        Some(dict) => dict.copy(),
        None => Dict::make(),
    };
    for (name, value) in more {
        if let Some(value) = value.as_ref().filter(|value| !value.is_none()) {
            state.set_str(&Str::intern(name), value.clone());
        }
    }
    Ok(if state.is_empty() {
        None
    } else {
        Some(state.into_value())
    })
}

/// What a field holds, `None` counted as nothing.
pub(super) fn field(this: &Value, name: &str) -> Option<Value> {
    own(this).field(name).filter(|value| !value.is_none())
}

/// Keywords that an exception's `__init__` knows, put into the fields of these names.
pub(super) fn keyword_fields(
    this: &Value,
    class: &str,
    known: &[&str],
    args: &[Value],
    kwnames: Option<&Tuple>,
) -> PyResult<()> {
    let names = kwnames.map_or(&[][..], Tuple::as_slice);
    let values = &args[args.len() - names.len()..];
    for (name, value) in names.iter().zip(values) {
        let text = name
            .downcast::<Str>()
            .map(|name| name.to_string())
            .unwrap_or_default();
        if !known.contains(&text.as_str()) {
            let hint = match crate::text::suggest::closest(&text, known.iter().copied()) {
                Some(close) => format!(". Did you mean '{close}'?"),
                None => String::new(),
            };
            return Err(type_error(format!(
                "{class}() got an unexpected keyword argument '{text}'{hint}"
            )));
        }
        keep(this, &text, Some(value));
    }
    Ok(())
}

/// A field's contents moved to another exception's.
pub(super) fn copy_link(from: &Field<Option<Value>>, to: &Field<Option<Value>>) {
    to.set(from.get());
}
