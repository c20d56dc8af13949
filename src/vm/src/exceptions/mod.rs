//! Exceptions: the hierarchy, raising from Rust, and the object itself.
//!
//! A Rust function that raises puts the exception into the thread and returns [`Raised`], which
//! carries nothing.

mod attributes;
mod groups;
mod hierarchy;
mod init;
mod object;
mod os;
mod syntax;
mod unicode;

pub use attributes::plain_instance;
pub use groups::{prepare_reraise_star, split_by_classes};
pub use hierarchy::*;
pub use init::{add_note, populate_exceptions};
pub use object::BaseException;

use crate::object::Ref;
use crate::objects::class::Type;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::thread::thread;
use crate::value::Value;

/// An exception is set in the thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised;

/// One word: the value, or zero for raised.
pub type PyResult<T = Value> = Result<T, Raised>;

/// Raises this exception object; `__context__` becomes the exception being handled.
#[cold]
pub fn raise(exception: Ref<BaseException>) -> Raised {
    set_context(&exception);
    thread().raised.set(Some(exception));
    Raised
}

/// Puts an exception back that was taken with [`take_raised`], context untouched.
#[cold]
pub fn restore(exception: Ref<BaseException>) -> Raised {
    thread().raised.set(Some(exception));
    Raised
}

/// The exception being raised is about to be thrown into a generator that is handling this one.
pub fn chain_to_generators(handled: Option<Value>) {
    if handled.is_some_and(|handled| !handled.is_none()) {
        thread().raised.with(|raised| {
            if let Some(raised) = raised {
                set_context(raised);
            }
        });
    }
}

fn set_context(exception: &Ref<BaseException>) {
    let Some(handled) = thread().current_handled() else {
        return;
    };
    if handled.is(exception.as_value()) {
        return;
    }
    // Break a cycle that the new link would close. There may be one already that does not lead here: a second
    // walker at half the speed meets the first in it.
    let context = |of: &Value| of.downcast::<BaseException>().and_then(|e| e.context.get());
    let (mut at, mut slow, mut step) = (handled.clone(), handled.clone(), false);
    while let Some(next) = context(&at) {
        if next.is(exception.as_value()) {
            if let Some(last) = at.downcast::<BaseException>() {
                last.context.set(None);
            }
            break;
        }
        at = next;
        if step && let Some(next) = context(&slow) {
            slow = next;
        }
        if step && slow.is(&at) {
            break;
        }
        step = !step;
    }
    exception.context.set(Some(handled));
}

/// The exception being raised, taken out of the thread.
pub fn take_raised() -> Ref<BaseException> {
    thread().raised.take().expect("an exception is set")
}

/// Raises `class(message)`.
#[cold]
pub fn raise_new(class: &Type, message: impl Into<String>) -> Raised {
    raise_args(class, vec![Str::new(&message.into()).into_value()])
}

/// Raises `class(*arguments)`.
#[cold]
pub fn raise_args(class: &Type, arguments: Vec<Value>) -> Raised {
    if let Some(exception) = plain_instance(class, &arguments) {
        return raise(exception);
    }
    match crate::abstract_ops::call(&crate::object::object_value(class), &arguments) {
        Ok(value) => match Ref::<BaseException>::from_value(value) {
            Ok(exception) => raise(exception),
            Err(_) => type_error("exceptions must derive from BaseException"),
        },
        Err(raised) => raised,
    }
}

/// Takes the raised exception if it is an instance of `class`.
pub fn catch(class: &Type) -> Option<Ref<BaseException>> {
    let thread = thread();
    let matches = thread
        .raised
        .with(|r| r.as_ref().is_some_and(|e| e.as_value().is_instance(class)));
    if matches { thread.raised.take() } else { None }
}

/// Turns an exception of `class` into `None`; others stay raised.
pub fn suppress<T>(result: PyResult<T>, class: &Type) -> PyResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Raised) => match catch(class) {
            Some(_) => Ok(None),
            None => Err(Raised),
        },
    }
}

macro_rules! raisers {
    ($($name:ident: $class:ident,)*) => {
        $(
            #[cold]
            pub fn $name(message: impl Into<String>) -> Raised {
                raise_new($class.get(), message)
            }
        )*
    };
}

raisers! {
    type_error: TYPE_ERROR,
    value_error: VALUE_ERROR,
    index_error: INDEX_ERROR,
    overflow_error: OVERFLOW_ERROR,
    zero_division_error: ZERO_DIVISION_ERROR,
    runtime_error: RUNTIME_ERROR,
    system_error: SYSTEM_ERROR,
    recursion_error: RECURSION_ERROR,
    not_implemented_error: NOT_IMPLEMENTED_ERROR,
    unbound_local_error: UNBOUND_LOCAL_ERROR,
    memory_error: MEMORY_ERROR,
    lookup_error: LOOKUP_ERROR,
    assertion_error: ASSERTION_ERROR,
    buffer_error: BUFFER_ERROR,
    eof_error: EOF_ERROR,
    reference_error: REFERENCE_ERROR,
}

/// `KeyError(key)`.
#[cold]
pub fn key_error(key: &Value) -> Raised {
    raise_args(KEY_ERROR.get(), vec![key.clone()])
}

/// `StopIteration(value)`, or without a value for `None`.
#[cold]
pub fn stop_iteration(value: Option<Value>) -> Raised {
    raise_args(STOP_ITERATION.get(), value.into_iter().collect())
}

/// Sets a field of the exception being raised.
pub fn set_field_of_raised(name: &str, value: Value) {
    thread().raised.with(|raised| {
        if let Some(raised) = raised {
            raised.set_field(name, value);
        }
    });
}

/// `NameError` that remembers the name.
#[cold]
pub fn name_error(name: &Str, message: String) -> Raised {
    let raised = raise_new(NAME_ERROR.get(), message);
    thread().raised.with(|e| {
        if let Some(e) = e {
            e.set_field("name", Ref::from_ref(name).into_value());
        }
    });
    raised
}

/// `AttributeError` that remembers the object and the name.
#[cold]
pub fn attribute_error(object: &Value, name: &Str, message: String) -> Raised {
    let raised = raise_new(ATTRIBUTE_ERROR.get(), message);
    thread().raised.with(|e| {
        if let Some(e) = e {
            e.set_field("name", Ref::from_ref(name).into_value());
            e.set_field("obj", object.clone());
        }
    });
    raised
}

/// `OSError` for an errno, as the matching subclass, with the file's name if there is one.
#[cold]
pub fn os_error(errno: i32, filename: Option<Value>) -> Raised {
    let text = Str::new(&errno_text(errno)).into_value();
    let mut arguments = vec![Value::int(errno as i64), text];
    arguments.extend(filename);
    raise_args(OS_ERROR.get(), arguments)
}

/// `OSError` for a Rust I/O error.
#[cold]
pub fn io_error(error: &std::io::Error, filename: Option<Value>) -> Raised {
    match error.raw_os_error() {
        Some(errno) => os_error(errno, filename),
        None => raise_new(OS_ERROR.get(), error.to_string()),
    }
}

/// `strerror`.
pub fn errno_text(errno: i32) -> String {
    // SAFETY: strerror returns a static or thread-local C string.
    unsafe { std::ffi::CStr::from_ptr(libc::strerror(errno)) }
        .to_string_lossy()
        .into_owned()
}

/// Instance of an exception class from Rust, not raised.
pub fn new_exception(class: &Type, arguments: Vec<Value>) -> PyResult<Ref<BaseException>> {
    let value = crate::abstract_ops::call(&crate::object::object_value(class), &arguments)?;
    Ref::from_value(value).map_err(|_| type_error("exceptions must derive from BaseException"))
}

/// What a call of an exception class gave has to be an exception; `named` says how the class of what it is
/// instead is called in the message.
pub fn made_exception(
    class: &Value,
    made: Value,
    named: impl FnOnce(&Type) -> PyResult<String>,
) -> PyResult<Ref<BaseException>> {
    match Ref::from_value(made) {
        Ok(exception) => Ok(exception),
        Err(made) => Err(type_error(format!(
            "calling {} should have returned an instance of BaseException, not {}",
            crate::abstract_ops::repr(class)?,
            named(made.class())?
        ))),
    }
}

/// `args` as a tuple.
pub fn args_of(exception: &BaseException) -> Ref<Tuple> {
    exception.args.get()
}
