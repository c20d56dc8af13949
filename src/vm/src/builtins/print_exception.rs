//! Uncaught exceptions as CPython prints them: chained, with source lines and marks.
//!
//! The text is made by the `traceback` module of the standard library, as CPython 3.14 does; where that
//! can't be imported, a plainer form is written here.

use crate::abstract_ops;
use crate::exceptions::{self, BaseException, PyResult};
use crate::object::Ref;
use crate::objects::str::Str;
use crate::objects::traceback::Traceback;
use crate::value::Value;

/// The text for an exception.
pub fn format_exception(exception: &Ref<BaseException>) -> String {
    let thread = crate::thread::thread();
    let pending = thread.raised.take();
    let text = match by_traceback_module(exception) {
        Ok(text) => text,
        Err(_) => {
            thread.raised.set(None);
            plain(exception)
        }
    };
    thread.raised.set(pending);
    text
}

/// Writes the text to `sys.stderr`, or to the process's error output where there is none.
pub fn print_exception(exception: &Ref<BaseException>) {
    let thread = crate::thread::thread();
    let pending = thread.raised.take();
    if print_by_traceback_module(exception).is_err() {
        thread.raised.set(None);
        crate::sys::write_stderr(&plain(exception));
    }
    thread.raised.set(pending);
}

/// As CPython does: the module writes by itself, in colours where the stream has them.
fn print_by_traceback_module(exception: &Ref<BaseException>) -> PyResult<()> {
    let module = crate::import::import_module("traceback")?;
    let print = abstract_ops::getattr(&module, &Str::intern("_print_exception_bltin"))?;
    abstract_ops::call(&print, &[exception.to_value()]).map(drop)
}

fn by_traceback_module(exception: &Ref<BaseException>) -> PyResult<String> {
    let module = crate::import::import_module("traceback")?;
    let format = abstract_ops::getattr(&module, &Str::intern("format_exception"))?;
    let lines = abstract_ops::call(&format, &[exception.to_value()])?;
    let mut text = String::new();
    abstract_ops::for_each(&lines, |line| {
        text.push_str(&abstract_ops::str(&line)?.to_rust());
        Ok(())
    })?;
    Ok(text)
}

/// File, line and the source of a `SyntaxError`, with a mark below it.
fn syntax_error_place(exception: &Ref<BaseException>, out: &mut String) {
    let int = |name: &str| {
        let value = exception.field(name)?;
        value.as_int()?.to_i64()
    };
    let text = |name: &str| {
        let value = exception.field(name)?;
        value.downcast::<Str>().map(|text| text.to_string())
    };
    let Some(line) = int("lineno") else { return };
    let file = text("filename").unwrap_or_else(|| "<string>".to_owned());
    out.push_str(&format!("  File \"{file}\", line {line}\n"));
    let Some(source) = text("text") else { return };
    let source = source.trim_end();
    let shown = source.trim_start_matches([' ', '\t', '\x0c']);
    out.push_str(&format!("    {shown}\n"));
    let cut = (source.chars().count() - shown.chars().count()) as i64;
    let width = shown.chars().count() as i64;
    let Some(offset) = int("offset").filter(|offset| *offset >= 1) else {
        return;
    };
    let start = (offset - 1 - cut).clamp(0, width);
    let end = match (int("end_lineno"), int("end_offset")) {
        (Some(end_line), Some(end)) if end_line == line && end > 0 => end - 1 - cut,
        (Some(end_line), _) if end_line > line => width,
        _ => start + 1,
    };
    let marks = (end.clamp(start, width + 1) - start).max(1);
    let (start, marks) = (start as usize, marks as usize);
    out.push_str(&format!("    {}{}\n", " ".repeat(start), "^".repeat(marks)));
}

fn plain(exception: &Ref<BaseException>) -> String {
    let mut out = String::new();
    if let Some(cause) = exception.cause.get()
        && let Ok(cause) = Ref::<BaseException>::from_value(cause)
    {
        out.push_str(&plain(&cause));
        out.push_str("\nThe above exception was the direct cause of the following exception:\n\n");
    } else if !exception.suppress_context.get()
        && let Some(context) = exception.context.get()
        && let Ok(context) = Ref::<BaseException>::from_value(context)
    {
        out.push_str(&plain(&context));
        out.push_str("\nDuring handling of the above exception, another exception occurred:\n\n");
    }
    let mut entry = exception.traceback.get();
    if entry.is_some() {
        out.push_str("Traceback (most recent call last):\n");
    }
    while let Some(value) = entry {
        let Some(tb) = value.downcast::<Traceback>() else {
            break;
        };
        let code = tb.frame.code();
        let line = tb.line().map_or("?".to_owned(), |l| l.to_string());
        out.push_str(&format!(
            "  File \"{}\", line {line}, in {}\n",
            code.filename, code.qualname
        ));
        if let (Some(number), Ok(source)) = (
            tb.line(),
            std::fs::read_to_string(code.filename.to_string()),
        ) && let Some(text) = source.lines().nth((number as usize).saturating_sub(1))
        {
            out.push_str(&format!("    {}\n", text.trim()));
        }
        entry = tb.next.get();
    }
    let class = exception.header().class();
    let module = class.dict().get_str(&crate::names::MODULE);
    let prefix = match module.as_ref().and_then(|m: &Value| m.downcast::<Str>()) {
        Some(m) if !m.is_text("builtins") && !m.is_text("__main__") => format!("{m}."),
        _ => String::new(),
    };
    let name = class.qualname_object();
    if exception
        .as_value()
        .is_instance(exceptions::SYNTAX_ERROR.get())
        && let Some(message) = exception.field("msg")
        && let Ok(message) = abstract_ops::str(&message)
    {
        syntax_error_place(exception, &mut out);
        out.push_str(&format!("{prefix}{name}: {message}\n"));
        return out;
    }
    let text = match abstract_ops::str(exception.as_value()) {
        Ok(text) => text.to_string(),
        Err(_) => {
            crate::thread::thread().raised.set(None);
            "<exception str() failed>".to_owned()
        }
    };
    if text.is_empty() {
        out.push_str(&format!("{prefix}{name}\n"));
    } else {
        out.push_str(&format!("{prefix}{name}: {text}\n"));
    }
    out
}
