//! The process's own text streams; the bytes below them are `std_buffer`'s.
//!
//! Text that was written waits in `pending` as bytes; where the stream flushes, or has gathered enough, they go
//! on into the buffer, and from there to the file. Whoever writes to the buffer overtakes what waits here.

use crate::exceptions::{PyResult, not_implemented_error, type_error, value_error};
use crate::object::{Header, Ref};
use crate::objects::codec;
use crate::objects::list::List;
use crate::objects::std_buffer::StdBuffer;
use crate::objects::str::Str;
use crate::objects::text_support::from_buffer;
use crate::text::codec::Codec;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "TextIOWrapper", module = "_io", final, dict)]
#[repr(C)]
pub struct StdStream {
    header: Header,
    buffer: Ref<StdBuffer>,
    line_buffered: Cell<bool>,
    write_through: Cell<bool>,
    encoding: RefCell<String>,
    errors: RefCell<String>,
    pending: RefCell<Vec<u8>>,
}

const LIMIT: usize = 8192;

/// What decides about the bytes of text: `PYTHONIOENCODING`, else UTF-8; strict unless the locale says nothing.
fn encoding_and_errors(fd: i32) -> (String, String) {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(variable);
    let says_nothing = match locale.as_deref() {
        None => true,
        Some(locale) => matches!(locale, "C" | "POSIX" | "C.UTF-8" | "C.utf8" | "UTF-8"),
    };
    let mut encoding = "utf-8".to_owned();
    let mut errors = if says_nothing {
        "surrogateescape".to_owned()
    } else {
        "strict".to_owned()
    };
    if !crate::sys::config().ignore_environment
        && let Some(wanted) = variable("PYTHONIOENCODING")
    {
        let (name, handler) = wanted.split_once(':').unwrap_or((&wanted, ""));
        if !name.is_empty() {
            encoding = name.to_owned();
            errors = "strict".to_owned();
        }
        if !handler.is_empty() {
            errors = handler.to_owned();
        }
    }
    if fd == 2 {
        errors = "backslashreplace".to_owned();
    }
    (encoding, errors)
}

impl StdStream {
    pub fn make(fd: i32, name: &'static str, line_buffered: bool, write_through: bool) -> Value {
        let (encoding, errors) = encoding_and_errors(fd);
        Ref::new(StdStream {
            header: Header::fresh(),
            buffer: StdBuffer::make(fd, name),
            line_buffered: Cell::new(line_buffered),
            write_through: Cell::new(write_through),
            encoding: RefCell::new(encoding),
            errors: RefCell::new(errors),
            pending: RefCell::default(),
        })
        .into_value()
    }

    fn is_input(&self) -> bool {
        self.buffer.fd() == 0
    }

    fn check_open(&self) -> PyResult<()> {
        match self.buffer.is_closed() {
            true => Err(value_error("I/O operation on closed file.")),
            false => Ok(()),
        }
    }

    fn pass_on(&self) -> PyResult<()> {
        let pending = std::mem::take(&mut *self.pending.borrow_mut());
        self.buffer.append(&pending)
    }

    /// The bytes of a text that is not plain UTF-8.
    fn encode(&self, text: &Str) -> PyResult<Vec<u8>> {
        let (encoding, errors) = (self.encoding.borrow().clone(), self.errors.borrow().clone());
        if Codec::find(&encoding) == Some(Codec::Utf8) {
            return codec::encode_builtin(text, Codec::Utf8, &errors);
        }
        let bytes = codec::encode(text, Some(&Str::new(&encoding)), Some(&Str::new(&errors)))?;
        Ok(crate::objects::buffer::bytes_like(&bytes)?.to_vec())
    }

    fn is_utf8(&self) -> bool {
        matches!(self.encoding.borrow().as_str(), "utf-8" | "UTF-8" | "utf8")
    }

    fn decode(&self, bytes: &[u8]) -> PyResult<Ref<Str>> {
        if bytes.is_ascii() && self.is_utf8() {
            return Ok(Str::from_latin1(bytes));
        }
        let (encoding, errors) = (self.encoding.borrow().clone(), self.errors.borrow().clone());
        if Codec::find(&encoding) == Some(Codec::Utf8) {
            let (text, _) = codec::decode_builtin(bytes, Codec::Utf8, &errors, true)?;
            return Ok(from_buffer(&text));
        }
        let object = crate::objects::bytes::Bytes::from_slice(bytes).into_value();
        let (encoding, errors) = (Str::new(&encoding), Str::new(&errors));
        let text = codec::decode(bytes, &object, Some(&encoding), Some(&errors))?;
        Ref::from_value(text).map_err(|_| type_error("decoder should return a string result"))
    }

    fn check_readable(&self) -> PyResult<()> {
        self.check_open()?;
        match self.is_input() {
            true => Ok(()),
            false => Err(crate::objects::std_buffer::unsupported("not readable")),
        }
    }

    fn next_line(&self, limit: Option<usize>) -> PyResult<Ref<Str>> {
        self.check_readable()?;
        let line = self.buffer.take_line()?;
        let text = self.decode(&line)?;
        match limit.filter(|limit| *limit < text.len()) {
            None => Ok(text),
            Some(limit) => {
                // What is too much comes next.
                let rest = text.substring(limit..text.len());
                self.buffer.give_back(&self.encode(&rest)?);
                Ok(text.substring(0..limit))
            }
        }
    }

    fn check_writable(&self) -> PyResult<()> {
        self.check_open()?;
        match self.is_input() {
            false => Ok(()),
            true => Err(crate::objects::std_buffer::unsupported("not writable")),
        }
    }
}

/// A size that was given; None and what is negative: no limit.
pub fn limit(size: Option<&Value>) -> PyResult<Option<usize>> {
    match size.filter(|size| !size.is_none()) {
        None => Ok(None),
        Some(size) => Ok(usize::try_from(crate::abstract_ops::to_i64(size)?).ok()),
    }
}

#[pymethods]
impl StdStream {
    #[pymethod("write($self, text, /)")]
    fn write(&self, text: &Value) -> PyResult<usize> {
        let Some(string) = text.downcast::<Str>() else {
            return Err(type_error(format!(
                "write() argument must be str, not {}",
                text.class().name()
            )));
        };
        self.check_writable()?;
        match string.to_utf8() {
            Ok(bytes) if self.is_utf8() => self.pending.borrow_mut().extend_from_slice(&bytes),
            _ => {
                let bytes = self.encode(string)?;
                self.pending.borrow_mut().extend(bytes);
            }
        }
        let newline = self.line_buffered.get() && string.code_points().any(|c| c == 10);
        if newline || self.write_through.get() {
            self.flush()?;
        } else if self.pending.borrow().len() >= LIMIT {
            self.pass_on()?;
        }
        Ok(string.len())
    }
    #[pymethod("writelines($self, lines, /)")]
    fn writelines(&self, lines: &Value) -> PyResult<()> {
        crate::abstract_ops::for_each(lines, |line| self.write(&line).map(drop))
    }
    #[pymethod("flush($self, /)")]
    fn flush(&self) -> PyResult<()> {
        self.check_open()?;
        self.pass_on()?;
        self.buffer.write_out()
    }
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult<()> {
        if !self.buffer.is_closed() {
            self.flush()?;
            self.buffer.mark_closed();
        }
        Ok(())
    }
    #[pymethod("fileno($self, /)")]
    fn fileno(&self) -> i64 {
        self.buffer.fd() as i64
    }
    #[pymethod("isatty($self, /)")]
    fn isatty(&self) -> bool {
        self.buffer.is_terminal()
    }
    #[pymethod("writable($self, /)")]
    fn writable(&self) -> bool {
        !self.is_input()
    }
    #[pymethod("readable($self, /)")]
    fn readable(&self) -> bool {
        self.is_input()
    }
    #[pymethod("seekable($self, /)")]
    fn seekable(&self) -> bool {
        self.buffer.is_seekable()
    }
    #[pymethod("read($self, size=-1, /)")]
    fn read(&self, size: Option<&Value>) -> PyResult<Ref<Str>> {
        self.check_readable()?;
        match limit(size)? {
            None => self.decode(&self.buffer.take_all()?),
            Some(count) => self.decode(&self.buffer.take_characters(count)?),
        }
    }
    #[pymethod("readline($self, size=-1, /)")]
    fn readline(&self, size: Option<&Value>) -> PyResult<Ref<Str>> {
        self.next_line(limit(size)?)
    }
    #[pymethod("readlines($self, hint=-1, /)")]
    fn readlines(&self, hint: Option<&Value>) -> PyResult<Ref<List>> {
        let hint = limit(hint)?.filter(|hint| *hint > 0);
        let (mut lines, mut total) = (Vec::new(), 0);
        loop {
            let line = self.next_line(None)?;
            if line.is_empty() {
                break;
            }
            total += line.len();
            lines.push(line.into_value());
            if hint.is_some_and(|hint| total >= hint) {
                break;
            }
        }
        Ok(List::make(lines))
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        unsafe { this.downcast_unchecked::<StdStream>() }.check_open()?;
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        // SAFETY: as above.
        let line = unsafe { this.downcast_unchecked::<StdStream>() }.next_line(None)?;
        Ok((!line.is_empty()).then(|| line.into_value()))
    }
    #[pymethod("__enter__($self, /)")]
    fn __enter__(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pymethod("__exit__($self, /, *exc)")]
    fn __exit__(&self, _exc: &[Value]) -> PyResult<()> {
        self.close()
    }
    /// Reconfigure the text stream with new parameters.
    ///
    /// This also does an implicit stream flush.
    #[pymethod(
        "reconfigure($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)"
    )]
    fn reconfigure(
        &self,
        encoding: Option<&Value>,
        errors: Option<&Value>,
        newline: Option<&Value>,
        line_buffering: Option<&Value>,
        write_through: Option<&Value>,
    ) -> PyResult<()> {
        let given = |value: Option<&Value>| value.filter(|value| !value.is_none()).cloned();
        let text = |value: Option<&Value>| match given(value) {
            None => Ok(None),
            Some(value) => match value.downcast::<Str>() {
                Some(text) => Ok(Some(text.to_string())),
                None => Err(type_error("reconfigure() arguments must be str or None")),
            },
        };
        if text(newline)?.is_some_and(|newline| newline != "\n") {
            return Err(not_implemented_error(
                "the standard streams of Taipan end lines with '\\n' only",
            ));
        }
        if !self.is_input() {
            self.flush()?;
        }
        if let Some(encoding) = text(encoding)? {
            if Codec::find(&encoding).is_none() {
                codec::encode(&Str::new("?"), Some(&Str::new(&encoding)), None)?;
            }
            self.encoding.replace(encoding);
            if given(errors).is_none() {
                self.errors.replace("strict".to_owned());
            }
        }
        if let Some(errors) = text(errors)? {
            self.errors.replace(errors);
        }
        if let Some(flag) = given(line_buffering) {
            self.line_buffered.set(crate::abstract_ops::is_true(&flag)?);
        }
        if let Some(flag) = given(write_through) {
            self.write_through.set(crate::abstract_ops::is_true(&flag)?);
        }
        Ok(())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok(format!(
            "<_io.TextIOWrapper name='{}' mode='{}' encoding='{}'>",
            self.buffer.name(),
            self.mode(),
            self.encoding.borrow()
        ))
    }
    #[pygetset]
    fn name(&self) -> &'static str {
        self.buffer.name()
    }
    #[pygetset]
    fn mode(&self) -> &'static str {
        if self.is_input() { "r" } else { "w" }
    }
    #[pygetset]
    fn buffer(&self) -> Ref<StdBuffer> {
        self.buffer.clone()
    }
    #[pygetset]
    fn encoding(&self) -> String {
        self.encoding.borrow().clone()
    }
    #[pygetset]
    fn errors(&self) -> String {
        self.errors.borrow().clone()
    }
    #[pygetset]
    fn newlines(&self) -> Value {
        Value::none()
    }
    #[pygetset]
    fn line_buffering(&self) -> bool {
        self.line_buffered.get()
    }
    #[pygetset]
    fn write_through(&self) -> bool {
        self.write_through.get()
    }
    #[pygetset]
    fn closed(&self) -> bool {
        self.buffer.is_closed()
    }
}
