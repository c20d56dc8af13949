//! A text stream on a file descriptor, for the process's own streams until `_io` takes over.

use crate::exceptions::{self, PyResult, type_error};
use crate::gc::Field;
use crate::object::{Header, Ref};
use crate::objects::str::Str;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "TextIOWrapper", module = "_io", final, dict)]
#[repr(C)]
pub struct StdStream {
    header: Header,
    fd: i32,
    name: &'static str,
    line_buffered: Cell<bool>,
    out: RefCell<Vec<u8>>,
    input: RefCell<Vec<u8>>,
    closed: Cell<bool>,
    extra: Field<Option<Value>>,
}

const LIMIT: usize = 8192;

impl StdStream {
    pub fn make(fd: i32, name: &'static str, line_buffered: bool) -> Value {
        Ref::new(StdStream {
            header: Header::fresh(),
            fd,
            name,
            line_buffered: Cell::new(line_buffered),
            out: RefCell::new(Vec::new()),
            input: RefCell::new(Vec::new()),
            closed: Cell::new(false),
            extra: Field::new(None),
        })
        .into_value()
    }
    fn write_out(&self) -> PyResult<()> {
        let data = std::mem::take(&mut *self.out.borrow_mut());
        let mut rest = &data[..];
        // What can't be written stays in the buffer: the next flush tries, and fails, again.
        let keep = |rest: &[u8]| {
            let mut out = self.out.borrow_mut();
            out.splice(..0, rest.iter().copied());
        };
        while !rest.is_empty() {
            // SAFETY: the slice is valid.
            let n =
                unsafe { libc::write(self.fd, rest.as_ptr() as *const libc::c_void, rest.len()) };
            if n < 0 {
                let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
                if errno == libc::EINTR {
                    crate::signals::run_handlers().inspect_err(|_| keep(rest))?;
                    continue;
                }
                keep(rest);
                return Err(exceptions::os_error(errno, None));
            }
            rest = &rest[n as usize..];
        }
        Ok(())
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
        match string.to_utf8() {
            Ok(bytes) => self.out.borrow_mut().extend_from_slice(&bytes),
            Err(_) => self
                .out
                .borrow_mut()
                .extend_from_slice(string.to_rust().as_bytes()),
        }
        let newline = self.line_buffered.get() && string.code_points().any(|c| c == 10);
        if newline || self.out.borrow().len() >= LIMIT {
            self.write_out()?;
        }
        Ok(string.len())
    }
    #[pymethod("flush($self, /)")]
    fn flush(&self) -> PyResult<()> {
        self.write_out()
    }
    #[pymethod("fileno($self, /)")]
    fn fileno(&self) -> i64 {
        self.fd as i64
    }
    #[pymethod("isatty($self, /)")]
    fn isatty(&self) -> bool {
        // SAFETY: any number may be asked.
        unsafe { libc::isatty(self.fd) == 1 }
    }
    #[pymethod("writable($self, /)")]
    fn writable(&self) -> bool {
        self.fd != 0
    }
    #[pymethod("readable($self, /)")]
    fn readable(&self) -> bool {
        self.fd == 0
    }
    #[pymethod("readline($self, /)")]
    fn readline(&self) -> PyResult<String> {
        loop {
            let mut input = self.input.borrow_mut();
            if let Some(at) = input.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = input.drain(..=at).collect();
                return Ok(String::from_utf8_lossy(&line).into_owned());
            }
            let mut buffer = [0u8; 4096];
            // SAFETY: the buffer is valid.
            let n = unsafe {
                libc::read(
                    self.fd,
                    buffer.as_mut_ptr() as *mut libc::c_void,
                    buffer.len(),
                )
            };
            if n < 0 {
                drop(input);
                let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
                if errno == libc::EINTR {
                    crate::signals::run_handlers()?;
                    continue;
                }
                return Err(exceptions::os_error(errno, None));
            }
            if n == 0 {
                let rest = std::mem::take(&mut *input);
                return Ok(String::from_utf8_lossy(&rest).into_owned());
            }
            input.extend_from_slice(&buffer[..n as usize]);
        }
    }
    #[pygetset]
    fn name(&self) -> &'static str {
        self.name
    }
    #[pygetset]
    fn encoding(&self) -> &'static str {
        "utf-8"
    }
    #[pygetset]
    fn errors(&self) -> &'static str {
        if self.fd == 2 {
            "backslashreplace"
        } else {
            "strict"
        }
    }
    #[pygetset]
    fn closed(&self) -> bool {
        self.closed.get()
    }
}
