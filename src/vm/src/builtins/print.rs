//! `print`.

use crate::abstract_ops;
use crate::exceptions::{PyResult, runtime_error, type_error};
use crate::objects::str::{Name, Str};
use crate::value::Value;

static WRITE: Name = Name::new("write");

fn separator(value: Option<&Value>, default: char, name: &str) -> PyResult<Value> {
    match value.filter(|v| !v.is_none()) {
        None => Ok(Str::from_char(default.into()).into_value()),
        Some(v) if v.downcast::<Str>().is_some() => Ok(v.clone()),
        Some(v) => Err(type_error(format!(
            "{name} must be None or a string, not {}",
            v.class().name()
        ))),
    }
}

/// Writes the objects' texts to a file, `sys.stdout` by default.
pub fn print(
    objects: &[Value],
    sep: Option<&Value>,
    end: Option<&Value>,
    file: Option<&Value>,
    flush: bool,
) -> PyResult<()> {
    let file = match file.filter(|f| !f.is_none()) {
        Some(file) => file.clone(),
        None => match crate::sys::attribute("stdout") {
            None => return Err(runtime_error("lost sys.stdout")),
            Some(stdout) if stdout.is_none() => return Ok(()),
            Some(stdout) => stdout,
        },
    };
    let sep = separator(sep, ' ', "sep")?;
    let end = separator(end, '\n', "end")?;
    let write = abstract_ops::getattr(&file, &WRITE)?;
    for (i, object) in objects.iter().enumerate() {
        if i > 0 {
            abstract_ops::call(&write, std::slice::from_ref(&sep))?;
        }
        let text = abstract_ops::str(object)?.into_value();
        abstract_ops::call(&write, std::slice::from_ref(&text))?;
    }
    abstract_ops::call(&write, std::slice::from_ref(&end))?;
    if flush {
        abstract_ops::call_method(&file, &Str::intern("flush"), &[])?;
    }
    Ok(())
}
