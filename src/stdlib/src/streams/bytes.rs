//! The memory of `BytesIO`.

use super::{invalid_whence, next_line, size_of};
use std::cell::{Cell, UnsafeCell};
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, buffer_error, type_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref, object_value};
use taipan_vm::objects::buffer::{Buffer, bytes_like, writable};
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::list::List;
use taipan_vm::objects::memoryview::Memoryview;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Bytes that are written and read.
#[pyclass(name = "BytesMemory", module = "_taipan_streams", weakref)]
#[repr(C)]
pub struct BytesMemory {
    header: Header,
    /// What was given at the start, until something is written.
    given: Field<Option<Ref<Bytes>>>,
    own: UnsafeCell<Vec<u8>>,
    /// May lie beyond the end.
    place: Cell<usize>,
    /// Views of the memory, which must not move meanwhile.
    views: Cell<usize>,
    closed: Cell<bool>,
}

fn of(value: &Value) -> &BytesMemory {
    // SAFETY: the slots' callers checked the class.
    unsafe { value.downcast_unchecked::<BytesMemory>() }
}

impl BytesMemory {
    fn check(&self) -> PyResult<()> {
        match self.closed.get() {
            true => Err(value_error("I/O operation on closed file.")),
            false => Ok(()),
        }
    }

    /// Looks at the bytes; no Python code runs meanwhile.
    fn with<R>(&self, with: impl FnOnce(&[u8]) -> R) -> R {
        match self.given.get() {
            Some(given) => with(given.as_slice()),
            // SAFETY: under the GIL, and nothing changes them meanwhile.
            None => with(unsafe { &*self.own.get() }),
        }
    }

    fn len(&self) -> usize {
        self.with(<[u8]>::len)
    }

    /// The bytes as this object's own, to be changed in place; no Python code runs while they are held.
    #[allow(clippy::mut_from_ref)]
    fn own(&self) -> &mut Vec<u8> {
        // SAFETY: under the GIL; see above.
        let own = unsafe { &mut *self.own.get() };
        if let Some(given) = self.given.take() {
            own.extend_from_slice(given.as_slice());
        }
        own
    }

    fn check_views(&self) -> PyResult<()> {
        match self.views.get() {
            0 => Ok(()),
            _ => Err(buffer_error(
                "Existing exports of data: object cannot be re-sized",
            )),
        }
    }

    /// Up to this place.
    fn take(&self, end: usize) -> Ref<Bytes> {
        let length = self.len();
        let start = self.place.get().min(length);
        let end = end.clamp(start, length);
        if end > start {
            self.place.set(end);
        }
        // The whole of what was given is given out as it is.
        if (start, end) == (0, length)
            && let Some(given) = self.given.get()
        {
            return given;
        }
        self.with(|bytes| Bytes::from_slice(&bytes[start..end]))
    }

    fn line(&self, size: Option<usize>) -> Ref<Bytes> {
        let place = self.place.get();
        let end = self.with(|bytes| {
            let start = place.min(bytes.len());
            let end = bytes[start..].iter().position(|&byte| byte == b'\n');
            end.map_or(bytes.len(), |at| start + at + 1)
        });
        self.take(size.map_or(end, |size| end.min(place.saturating_add(size))))
    }
}

#[pymethods]
impl BytesMemory {
    #[pyslot]
    fn new(cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let memory = BytesMemory {
            header: Header::fresh(),
            given: Field::new(None),
            own: UnsafeCell::new(Vec::new()),
            place: Cell::new(0),
            views: Cell::new(0),
            closed: Cell::new(false),
        };
        Ok(allocate_instance(cls, memory).into_value())
    }
    #[pyslot("BytesIO(initial_bytes=b'')")]
    fn init(this: &Value, initial_bytes: Option<&Value>) -> PyResult<()> {
        let memory = of(this);
        memory.check_views()?;
        let initial = initial_bytes.filter(|bytes| !bytes.is_none());
        let given = match initial {
            None => Bytes::from_slice(&[]),
            Some(bytes) => match bytes.downcast_exact::<Bytes>() {
                Some(bytes) => Ref::from_ref(bytes),
                None => Bytes::from_slice(&bytes_like(bytes)?),
            },
        };
        // SAFETY: under the GIL; nobody looks at them.
        unsafe { (*memory.own.get()).clear() };
        memory.given.set(Some(given));
        memory.place.set(0);
        memory.closed.set(false);
        Ok(())
    }
    #[pygetset]
    fn closed(&self) -> bool {
        self.closed.get()
    }
    #[pygetset]
    fn _closed(&self) -> bool {
        self.closed.get()
    }
    /// Returns True if the IO object can be read.
    #[pymethod("readable($self, /)")]
    fn readable(&self) -> PyResult<bool> {
        self.check().map(|()| true)
    }
    /// Returns True if the IO object can be written.
    #[pymethod("writable($self, /)")]
    fn writable(&self) -> PyResult<bool> {
        self.check().map(|()| true)
    }
    /// Returns True if the IO object can be seeked.
    #[pymethod("seekable($self, /)")]
    fn seekable(&self) -> PyResult<bool> {
        self.check().map(|()| true)
    }
    /// Disable all I/O operations.
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult<()> {
        self.check_views()?;
        self.closed.set(true);
        self.own().clear();
        Ok(())
    }
    /// Retrieve the entire contents of the BytesIO object.
    #[pymethod("getvalue($self, /)")]
    fn getvalue(&self) -> PyResult<Ref<Bytes>> {
        self.check()?;
        Ok(match self.given.get() {
            Some(given) => given,
            None => self.with(Bytes::from_slice),
        })
    }
    /// Get a read-write view over the contents of the BytesIO object.
    #[pymethod("getbuffer($self, /)")]
    fn getbuffer(this: &Value) -> PyResult {
        of(this).check()?;
        let view = Ref::new(View {
            header: Header::fresh(),
            memory: Field::new(this.clone()),
        });
        abstract_ops::call(&object_value(Memoryview::class()), &[view.into_value()])
    }
    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[pymethod("read($self, size=-1, /)")]
    fn read(&self, size: Option<&Value>) -> PyResult<Ref<Bytes>> {
        let size = size_of(size)?;
        self.check()?;
        let end = size.map_or(usize::MAX, |size| self.place.get().saturating_add(size));
        Ok(self.take(end))
    }
    /// Read at most size bytes, returned as a bytes object.
    ///
    /// If the size argument is negative or omitted, read until EOF is reached.
    /// Return an empty bytes object at EOF.
    #[pymethod("read1($self, size=-1, /)")]
    fn read1(&self, size: Option<&Value>) -> PyResult<Ref<Bytes>> {
        self.read(size)
    }
    /// Read bytes into buffer.
    ///
    /// Returns number of bytes read (0 for EOF), or None if the object
    /// is set not to block and has no data to read.
    #[pymethod("readinto($self, buffer, /)")]
    fn readinto(&self, buffer: &Value) -> PyResult<usize> {
        self.check()?;
        let into = writable(buffer)?;
        let part = self.take(self.place.get().saturating_add(into.len()));
        let bytes = part.as_slice();
        if let Some(into) = into.as_mut_slice() {
            into[..bytes.len()].copy_from_slice(bytes);
        }
        Ok(bytes.len())
    }
    /// Next line from the file, as a bytes object.
    ///
    /// Retain newline.  A non-negative size argument limits the maximum
    /// number of bytes to return (an incomplete line may be returned then).
    /// Return an empty bytes object at EOF.
    #[pymethod("readline($self, size=-1, /)")]
    fn readline(&self, size: Option<&Value>) -> PyResult<Ref<Bytes>> {
        let size = size_of(size)?;
        self.check()?;
        Ok(self.line(size))
    }
    /// List of bytes objects, each a line from the file.
    ///
    /// Call readline() repeatedly and return a list of the lines so read.
    /// The optional size argument, if given, is an approximate bound on the
    /// total number of bytes in the lines returned.
    #[pymethod("readlines($self, size=None, /)")]
    fn readlines(&self, size: Option<&Value>) -> PyResult<Ref<List>> {
        let limit = size_of(size)?.filter(|&limit| limit > 0);
        self.check()?;
        let (mut lines, mut count) = (Vec::new(), 0);
        while limit.is_none_or(|limit| count < limit) {
            let line = self.line(None);
            if line.as_slice().is_empty() {
                break;
            }
            count += line.as_slice().len();
            lines.push(line.into_value());
        }
        Ok(List::make(lines))
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        let memory = of(this);
        memory.check()?;
        next_line::<BytesMemory>(
            this,
            || Ok(memory.line(None).into_value()),
            |line| {
                line.downcast::<Bytes>()
                    .is_some_and(|line| line.as_slice().is_empty())
            },
        )
    }
    /// Write bytes to file.
    ///
    /// Return the number of bytes written.
    #[pymethod("write($self, b, /)")]
    fn write(&self, b: &Value) -> PyResult<usize> {
        self.check()?;
        self.check_views()?;
        let more = bytes_like(b)?;
        // A view of this very memory is checked again.
        self.check_views()?;
        if more.is_empty() {
            return Ok(0);
        }
        let (own, place) = (self.own(), self.place.get());
        let end = place + more.len();
        if place == own.len() {
            own.extend_from_slice(&more);
        } else {
            if end > own.len() {
                own.resize(end, 0);
            }
            own[place..end].copy_from_slice(&more);
        }
        self.place.set(end);
        Ok(more.len())
    }
    /// Current file position, an integer.
    #[pymethod("tell($self, /)")]
    fn tell(&self) -> PyResult<usize> {
        self.check().map(|()| self.place.get())
    }
    /// Change stream position.
    ///
    /// Seek to byte offset pos relative to position indicated by whence:
    ///      0  Start of stream (the default).  pos should be >= 0;
    ///      1  Current position - pos may be negative;
    ///      2  End of stream - pos usually negative.
    /// Returns the new absolute position.
    #[pymethod("seek($self, pos, whence=0, /)")]
    fn seek(&self, pos: i64, whence: i64) -> PyResult<usize> {
        self.check()?;
        let base = match whence {
            0 if pos < 0 => return Err(value_error(format!("negative seek value {pos}"))),
            0 => 0,
            1 => self.place.get() as i64,
            2 => self.len() as i64,
            _ => return Err(invalid_whence(whence)),
        };
        self.place.set(base.saturating_add(pos).max(0) as usize);
        Ok(self.place.get())
    }
    /// Truncate the file to at most size bytes.
    ///
    /// Size defaults to the current file position, as returned by tell().
    /// The current file position is unchanged.  Returns the new size.
    #[pymethod("truncate($self, size=None, /)")]
    fn truncate(&self, size: Option<&Value>) -> PyResult<usize> {
        self.check()?;
        self.check_views()?;
        let size = match size.filter(|size| !size.is_none()) {
            None => self.place.get(),
            Some(size) => {
                let size = abstract_ops::to_i64(size)?;
                usize::try_from(size)
                    .map_err(|_| value_error(format!("negative size value {size}")))?
            }
        };
        if size < self.len() {
            self.own().truncate(size);
        }
        Ok(size)
    }
}

/// What a view of the memory stands on: the stream itself is no buffer.
#[pyclass(name = "_BytesIOBuffer", module = "_io", final, gc)]
#[repr(C)]
pub struct View {
    header: Header,
    memory: Field<Value>,
}

#[pymethods]
impl View {
    #[pyslot]
    fn new(_cls: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Err(type_error("cannot create '_io._BytesIOBuffer' instances"))
    }
    #[pyslot]
    fn buffer(this: &Value, _writable: bool) -> PyResult<Buffer> {
        fn release(owner: &Value) {
            // SAFETY: the owner of the buffer is the view.
            let view = unsafe { owner.downcast_unchecked::<View>() };
            let memory = view.memory.get();
            of(&memory).views.set(of(&memory).views.get() - 1);
        }
        // SAFETY: the slot's caller checked the class.
        let memory = unsafe { this.downcast_unchecked::<View>() }.memory.get();
        let memory = of(&memory);
        memory.check()?;
        let own = memory.own();
        memory.views.set(memory.views.get() + 1);
        // SAFETY: the memory does not move while it is viewed.
        Ok(unsafe { Buffer::new(this, own.as_mut_ptr(), own.len(), false, Some(release)) })
    }
}
