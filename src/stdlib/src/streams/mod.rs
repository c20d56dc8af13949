//! What streams do most: the memory of `StringIO` and `BytesIO`, and the lines of text read ahead. The classes
//! themselves are in Python, in `_io`, and derive from those here.

mod bytes;
mod lines;
mod text;

use taipan_macros::pymodule;
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, PyResult, Raised, type_error, value_error};
use taipan_vm::native::NativeClass;
use taipan_vm::objects::str::{Name, Str};
use taipan_vm::text::Units;
use taipan_vm::text::search::find_point;
use taipan_vm::value::Value;

pub use streams::MODULE;

#[pymodule(
    name = "_taipan_streams",
    classes(
        super::text::TextMemory,
        super::bytes::BytesMemory,
        super::lines::Lines
    )
)]
mod streams {
    #[pyexec]
    fn exec(_module: &taipan_vm::objects::module::Module) -> taipan_vm::exceptions::PyResult<()> {
        taipan_vm::objects::class_native::ensure::<super::bytes::View>();
        Ok(())
    }
}

/// The argument of `read()` and its like: `None` and what is negative: everything.
fn size_of(size: Option<&Value>) -> PyResult<Option<usize>> {
    let Some(size) = size.filter(|size| !size.is_none()) else {
        return Ok(None);
    };
    if size.as_int().is_none() && size.class().slots().index.is_none() {
        return Err(type_error(format!(
            "argument should be integer or None, not '{}'",
            size.class().name()
        )));
    }
    let size = abstract_ops::index_isize(size, exceptions::OVERFLOW_ERROR.get())?;
    Ok(usize::try_from(size).ok())
}

/// Where lines end.
#[derive(Clone, Copy, PartialEq)]
enum Newline {
    /// `\n`; other ends become that in what is written.
    Translated,
    /// Any of the three, as they are.
    Any,
    Lf,
    Cr,
    CrLf,
}

impl Newline {
    fn of(newline: Option<&Value>) -> PyResult<Newline> {
        let Some(newline) = newline.filter(|newline| !newline.is_none()) else {
            return Ok(Newline::Translated);
        };
        let Some(text) = newline.downcast::<Str>() else {
            return Err(type_error(format!(
                "newline must be str or None, not {}",
                newline.class().name()
            )));
        };
        match &*text.to_rust() {
            "" => Ok(Newline::Any),
            "\n" => Ok(Newline::Lf),
            "\r" => Ok(Newline::Cr),
            "\r\n" => Ok(Newline::CrLf),
            _ => Err(value_error(format!(
                "illegal newline value: {}",
                abstract_ops::repr(newline)?
            ))),
        }
    }

    /// The end of the line that begins here, behind its newline; nothing if that is not there.
    fn line_end(self, text: Units, start: usize) -> Option<usize> {
        let length = text.len();
        let find = |point: char, from: usize, to: usize| find_point(text, point.into(), from..to);
        match self {
            Newline::Translated | Newline::Lf => find('\n', start, length).map(|at| at + 1),
            Newline::Cr => find('\r', start, length).map(|at| at + 1),
            Newline::CrLf => {
                let mut from = start;
                while let Some(at) = find('\r', from, length) {
                    if text.try_get(at + 1) == Some('\n'.into()) {
                        return Some(at + 2);
                    }
                    from = at + 1;
                }
                None
            }
            Newline::Any => {
                let feed = find('\n', start, length);
                match find('\r', start, feed.unwrap_or(length)) {
                    Some(at) if feed == Some(at + 1) => Some(at + 2),
                    Some(at) => Some(at + 1),
                    None => feed.map(|at| at + 1),
                }
            }
        }
    }
}

#[cold]
fn invalid_whence(whence: i64) -> Raised {
    value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))
}

/// The next line of a stream whose class may have a `readline` of its own.
fn next_line<T: NativeClass>(
    this: &Value,
    own: impl FnOnce() -> PyResult,
    is_end: impl FnOnce(&Value) -> bool,
) -> PyResult<Option<Value>> {
    static READLINE: Name = Name::new("readline");
    let name = READLINE.get();
    let found = this.class().lookup(name).zip(T::class().lookup(name));
    let line = match found {
        Some((found, native)) if found.is(&native) => own()?,
        _ => abstract_ops::call_method(this, name, &[])?,
    };
    Ok(if is_end(&line) { None } else { Some(line) })
}
