//! Exceptions that nobody can catch: raised in finalizers, weak-reference callbacks and the like.

use crate::abstract_ops;
use crate::exceptions::{self, BaseException};
use crate::object::{Ref, object_value};
use crate::objects::simple_namespace::SimpleNamespace;
use crate::objects::str::Str;
use crate::objects::traceback::Traceback;
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
    if exception.traceback.with(|traceback| traceback.is_none())
        && let Some(frame) = crate::objects::frame::current_frame()
    {
        Traceback::add(&exception, frame);
    }
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
    crate::sys::write_stderr(&traceback(exception));
    crate::sys::write_stderr(&last_line(exception));
}

/// Lines for the same place beyond this many are only counted.
const SHOWN_REPEATS: usize = 3;

/// The traceback without marks. No Python code takes part: whatever could go wrong in it would be lost too.
fn traceback(exception: &Ref<BaseException>) -> String {
    let mut out = String::new();
    let mut entry = exception.traceback.get();
    if entry.is_some() {
        out.push_str("Traceback (most recent call last):\n");
    }
    let mut last = String::new();
    let mut repeats = 0;
    while let Some(value) = entry {
        let Some(tb) = value.downcast::<Traceback>() else {
            break;
        };
        let code = tb.frame.code();
        let line = tb.line().map_or("?".to_owned(), |line| line.to_string());
        let place = format!(
            "  File \"{}\", line {line}, in {}\n",
            code.filename, code.name
        );
        if place != last {
            push_repeats(&mut out, repeats);
            repeats = 0;
        }
        repeats += 1;
        if repeats <= SHOWN_REPEATS {
            out.push_str(&place);
            let source = tb.line().and_then(|line| {
                let source = std::fs::read(code.filename.to_string()).ok()?;
                let source = String::from_utf8_lossy(&source).into_owned();
                Some(source.lines().nth(line as usize - 1)?.trim().to_owned())
            });
            if let Some(source) = source.filter(|source| !source.is_empty()) {
                out.push_str(&format!("    {source}\n"));
            }
        }
        last = place;
        entry = tb.next.get();
    }
    push_repeats(&mut out, repeats);
    out
}

fn push_repeats(out: &mut String, repeats: usize) {
    if repeats > SHOWN_REPEATS {
        let more = repeats - SHOWN_REPEATS;
        let s = if more == 1 { "" } else { "s" };
        out.push_str(&format!("  [Previous line repeated {more} more time{s}]\n"));
    }
}

/// Class and text of the exception.
fn last_line(exception: &Ref<BaseException>) -> String {
    let class = exception.header().class();
    let module = class.dict().get_str(&crate::names::MODULE);
    let prefix = match module.as_ref().and_then(|m: &Value| m.downcast::<Str>()) {
        Some(m) if !m.is_text("builtins") && !m.is_text("__main__") => format!("{m}."),
        _ => String::new(),
    };
    let text = match abstract_ops::str(exception.as_value()) {
        Ok(text) => text.to_string(),
        Err(_) => {
            drop(exceptions::take_raised());
            "<exception str() failed>".to_owned()
        }
    };
    format!("{prefix}{}: {text}\n", class.qualname_object())
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
