//! The bytes of the process's own streams, buffered: `sys.stdin.buffer` and its like.

use crate::exceptions::{self, PyResult, Raised, type_error, value_error};
use crate::object::{Header, Ref};
use crate::objects::buffer;
use crate::objects::bytes::Bytes;
use crate::objects::list::List;
use crate::objects::std_stream::limit;
use crate::objects::str::Str;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "_StdBuffer", module = "_io", final, dict)]
#[repr(C)]
pub struct StdBuffer {
    header: Header,
    fd: i32,
    name: &'static str,
    closed: Cell<bool>,
    /// What waits to be written.
    out: RefCell<Vec<u8>>,
    /// What was read ahead, and how much of it is used up.
    input: RefCell<Vec<u8>>,
    used: Cell<usize>,
}

const LIMIT: usize = 8192;

/// `io.UnsupportedOperation`.
#[cold]
pub fn unsupported(what: &str) -> Raised {
    let class = crate::import::import_module("_io").and_then(|module| {
        crate::abstract_ops::getattr(&module, &Str::intern("UnsupportedOperation"))
    });
    let made =
        class.and_then(|class| crate::abstract_ops::call(&class, &[Str::new(what).into_value()]));
    match made.map(Ref::<exceptions::BaseException>::from_value) {
        Ok(Ok(exception)) => exceptions::raise(exception),
        Ok(Err(_)) => type_error("exceptions must derive from BaseException"),
        Err(raised) => raised,
    }
}

impl StdBuffer {
    pub fn make(fd: i32, name: &'static str) -> Ref<StdBuffer> {
        Ref::new(StdBuffer {
            header: Header::fresh(),
            fd,
            name,
            closed: Cell::new(false),
            out: RefCell::default(),
            input: RefCell::default(),
            used: Cell::new(0),
        })
    }
    pub fn fd(&self) -> i32 {
        self.fd
    }
    pub fn name(&self) -> &'static str {
        self.name
    }
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }
    pub fn mark_closed(&self) {
        self.closed.set(true);
    }
    pub fn is_terminal(&self) -> bool {
        // SAFETY: any number may be asked.
        unsafe { libc::isatty(self.fd) == 1 }
    }
    pub fn is_seekable(&self) -> bool {
        // SAFETY: no pointers.
        unsafe { libc::lseek(self.fd, 0, libc::SEEK_CUR) >= 0 }
    }

    fn check(&self, reads: bool) -> PyResult<()> {
        if self.is_closed() {
            return Err(value_error("I/O operation on closed file."));
        }
        match (reads, self.fd) {
            (true, 1..) => Err(unsupported("read")),
            (false, 0) => Err(unsupported("write")),
            _ => Ok(()),
        }
    }

    pub fn append(&self, bytes: &[u8]) -> PyResult<()> {
        self.out.borrow_mut().extend_from_slice(bytes);
        if self.out.borrow().len() >= LIMIT {
            self.write_out()?;
        }
        Ok(())
    }

    pub fn write_out(&self) -> PyResult<()> {
        let data = std::mem::take(&mut *self.out.borrow_mut());
        let mut rest = &data[..];
        // What can't be written stays in the buffer: the next flush tries, and fails, again.
        let keep = |rest: &[u8]| {
            let mut out = self.out.borrow_mut();
            out.splice(..0, rest.iter().copied());
        };
        while !rest.is_empty() {
            // SAFETY: the slice is valid.
            let n = crate::gil::released(|| unsafe {
                libc::write(self.fd, rest.as_ptr() as *const libc::c_void, rest.len())
            });
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

    fn available(&self) -> usize {
        self.input.borrow().len() - self.used.get()
    }

    /// Reads more; false at the end of the file.
    fn fill(&self) -> PyResult<bool> {
        let mut more = [0u8; LIMIT];
        loop {
            // SAFETY: the buffer is valid.
            let n = crate::gil::released(|| unsafe {
                libc::read(self.fd, more.as_mut_ptr() as *mut libc::c_void, more.len())
            });
            if n >= 0 {
                let mut input = self.input.borrow_mut();
                input.drain(..self.used.replace(0));
                input.extend_from_slice(&more[..n as usize]);
                return Ok(n > 0);
            }
            let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
            if errno != libc::EINTR {
                return Err(exceptions::os_error(errno, None));
            }
            crate::signals::run_handlers()?;
        }
    }

    /// Uses up to `count` bytes of what is there.
    fn take(&self, count: usize) -> Vec<u8> {
        let start = self.used.get();
        let end = start + count.min(self.available());
        self.used.set(end);
        self.input.borrow()[start..end].to_vec()
    }

    pub fn give_back(&self, bytes: &[u8]) {
        let at = self.used.get();
        self.input
            .borrow_mut()
            .splice(at..at, bytes.iter().copied());
    }

    pub fn take_all(&self) -> PyResult<Vec<u8>> {
        while self.fill()? {}
        Ok(self.take(usize::MAX))
    }

    fn take_count(&self, count: usize) -> PyResult<Vec<u8>> {
        while self.available() < count && self.fill()? {}
        Ok(self.take(count))
    }

    /// So many characters of UTF-8.
    pub fn take_characters(&self, count: usize) -> PyResult<Vec<u8>> {
        loop {
            let (length, whole) = {
                let input = self.input.borrow();
                let rest = &input[self.used.get()..];
                let mut starts = rest
                    .iter()
                    .enumerate()
                    .filter(|(_, byte)| **byte & 0xC0 != 0x80);
                match starts.nth(count) {
                    Some((at, _)) => (at, true),
                    None => (rest.len(), false),
                }
            };
            if whole || !self.fill()? {
                return Ok(self.take(length));
            }
        }
    }

    /// A line with its end.
    pub fn take_line(&self) -> PyResult<Vec<u8>> {
        let mut searched = 0;
        loop {
            let found = {
                let input = self.input.borrow();
                let rest = &input[self.used.get() + searched..];
                memchr::memchr(b'\n', rest).map(|at| searched + at + 1)
            };
            if let Some(length) = found {
                return Ok(self.take(length));
            }
            searched = self.available();
            if !self.fill()? {
                return Ok(self.take(usize::MAX));
            }
        }
    }
}

#[pymethods]
impl StdBuffer {
    #[pymethod("write($self, buffer, /)")]
    fn write(&self, buffer: &Value) -> PyResult<usize> {
        if buffer.downcast::<Str>().is_some() {
            return Err(type_error("a bytes-like object is required, not 'str'"));
        }
        let data = buffer::bytes_like(buffer)?;
        self.check(false)?;
        self.append(&data)?;
        Ok(data.len())
    }
    #[pymethod("writelines($self, lines, /)")]
    fn writelines(&self, lines: &Value) -> PyResult<()> {
        crate::abstract_ops::for_each(lines, |line| self.write(&line).map(drop))
    }
    #[pymethod("flush($self, /)")]
    fn flush(&self) -> PyResult<()> {
        if self.is_closed() {
            return Err(value_error("flush of closed file"));
        }
        self.write_out()
    }
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult<()> {
        self.write_out()?;
        self.mark_closed();
        Ok(())
    }
    #[pymethod("read($self, size=-1, /)")]
    fn read(&self, size: Option<&Value>) -> PyResult<Ref<Bytes>> {
        self.check(true)?;
        let bytes = match limit(size)? {
            None => self.take_all()?,
            Some(count) => self.take_count(count)?,
        };
        Ok(Bytes::from_vec(bytes))
    }
    #[pymethod("read1($self, size=-1, /)")]
    fn read1(&self, size: Option<&Value>) -> PyResult<Ref<Bytes>> {
        self.check(true)?;
        let count = limit(size)?.unwrap_or(LIMIT);
        if count > 0 && self.available() == 0 {
            self.fill()?;
        }
        Ok(Bytes::from_vec(self.take(count)))
    }
    #[pymethod("readinto($self, buffer, /)")]
    fn readinto(&self, buffer: &Value) -> PyResult<usize> {
        self.check(true)?;
        let count = buffer::writable(buffer)?.len();
        let bytes = self.take_count(count)?;
        let target = buffer::writable(buffer)?;
        if let Some(target) = target.as_mut_slice() {
            target[..bytes.len()].copy_from_slice(&bytes);
        }
        Ok(bytes.len())
    }
    #[pymethod("peek($self, size=0, /)")]
    fn peek(&self, size: i64) -> PyResult<Ref<Bytes>> {
        let _ = size;
        self.check(true)?;
        if self.available() == 0 {
            self.fill()?;
        }
        Ok(Bytes::from_slice(&self.input.borrow()[self.used.get()..]))
    }
    #[pymethod("readline($self, size=-1, /)")]
    fn readline(&self, size: Option<&Value>) -> PyResult<Ref<Bytes>> {
        self.check(true)?;
        let mut line = self.take_line()?;
        if let Some(limit) = limit(size)?.filter(|limit| *limit < line.len()) {
            self.give_back(&line[limit..]);
            line.truncate(limit);
        }
        Ok(Bytes::from_vec(line))
    }
    #[pymethod("readlines($self, hint=-1, /)")]
    fn readlines(&self, hint: Option<&Value>) -> PyResult<Ref<List>> {
        self.check(true)?;
        let hint = limit(hint)?.filter(|hint| *hint > 0);
        let (mut lines, mut total) = (Vec::new(), 0);
        loop {
            let line = self.take_line()?;
            if line.is_empty() {
                break;
            }
            total += line.len();
            lines.push(Bytes::from_vec(line).into_value());
            if hint.is_some_and(|hint| total >= hint) {
                break;
            }
        }
        Ok(List::make(lines))
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<StdBuffer>() };
        this.check(true)?;
        let line = this.take_line()?;
        Ok((!line.is_empty()).then(|| Bytes::from_vec(line).into_value()))
    }
    #[pymethod("__enter__($self, /)")]
    fn __enter__(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pymethod("__exit__($self, /, *exc)")]
    fn __exit__(&self, _exc: &[Value]) -> PyResult<()> {
        self.close()
    }
    #[pymethod("fileno($self, /)")]
    fn fileno(&self) -> i64 {
        self.fd as i64
    }
    #[pymethod("isatty($self, /)")]
    fn isatty(&self) -> bool {
        self.is_terminal()
    }
    #[pymethod("readable($self, /)")]
    fn readable(&self) -> bool {
        self.fd == 0
    }
    #[pymethod("writable($self, /)")]
    fn writable(&self) -> bool {
        self.fd != 0
    }
    #[pymethod("seekable($self, /)")]
    fn seekable(&self) -> bool {
        self.is_seekable()
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let kind = if self.fd == 0 { "Reader" } else { "Writer" };
        Ok(format!("<_io.Buffered{kind} name='{}'>", self.name))
    }
    #[pygetset("name")]
    fn shown_name(&self) -> &'static str {
        self.name
    }
    #[pygetset]
    fn mode(&self) -> &'static str {
        if self.fd == 0 { "rb" } else { "wb" }
    }
    #[pygetset]
    fn closed(&self) -> bool {
        self.is_closed()
    }
}
