//! Exceptions that nobody can catch: raised in finalizers, weak-reference callbacks and the like.

use crate::abstract_ops;
use crate::exceptions::{self, BaseException};
use crate::object::{Ref, object_value};
use crate::objects::simple_namespace::SimpleNamespace;
use crate::objects::str::Str;
use crate::value::Value;

/// Hands the exception being raised to `sys.unraisablehook`, or prints it.
///
/// `message` says during what it was raised; without one it is "Exception ignored in".
pub fn report(message: Option<&str>, object: Option<&Value>) {
    if crate::thread::thread()
        .raised
        .with(|raised| raised.is_none())
    {
        return;
    }
    let exception = exceptions::take_raised();
    let none = Value::none;
    let mut object = object.cloned().unwrap_or_else(none);
    // A message that names the object has it in the text.
    let mut message = message.map(str::to_owned);
    if let Some(text) = &mut message
        && !object.is_none()
    {
        text.push_str(&format!(" {}", shown(&object)));
        object = none();
    }
    let message = message.as_deref();
    let hook = match crate::sys::attribute("unraisablehook") {
        Some(hook) if !hook.is_none() => hook,
        _ => return print(&exception, message, &object),
    };
    let text = message.map_or_else(none, |message| Str::new(message).into_value());
    let arguments = SimpleNamespace::make(&[
        ("exc_type", object_value(exception.as_value().class())),
        ("exc_value", exception.to_value()),
        (
            "exc_traceback",
            exception.traceback.get().unwrap_or_else(none),
        ),
        ("err_msg", text),
        ("object", object.clone()),
    ]);
    if abstract_ops::call(&hook, &[arguments]).is_err() {
        let second = exceptions::take_raised();
        print(
            &second,
            Some("Exception ignored in sys.unraisablehook"),
            &hook,
        );
    }
}

fn shown(object: &Value) -> String {
    abstract_ops::repr(object)
        .map(|shown| shown.to_string())
        .unwrap_or_else(|_| {
            exceptions::take_raised();
            "<object repr() failed>".to_owned()
        })
}

/// What the default hook does.
pub fn print(exception: &Ref<BaseException>, message: Option<&str>, object: &Value) {
    let message = message.unwrap_or("Exception ignored in");
    let mut text = message.to_owned();
    if object.is_none() {
        text.push(':');
    } else {
        text.push_str(&format!(": {}", shown(object)));
    }
    crate::sys::write_stderr(&format!("{text}\n"));
    crate::builtins::print_exception(exception);
}

/// `sys.unraisablehook(unraisable)`.
pub fn hook(unraisable: &Value) -> crate::exceptions::PyResult<()> {
    let part =
        |name: &str| abstract_ops::getattr(unraisable, &crate::objects::str::Str::intern(name));
    let exception = part("exc_value")?;
    let message = part("err_msg")?;
    let object = part("object")?;
    let text = message
        .downcast::<crate::objects::str::Str>()
        .map(|m| m.to_string());
    if let Ok(exception) = Ref::<BaseException>::from_value(exception) {
        print(&exception, text.as_deref(), &object);
    }
    Ok(())
}
