//! `select.poll()` objects.

use super::select::{descriptor, timeout, wait};
use std::cell::RefCell;
use std::collections::BTreeMap;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::exceptions::{self, PyResult, Raised, os_error};
use taipan_vm::memory::allocate_exact;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::list::List;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// A set of descriptors with the events that are waited for.
#[pyclass(name = "poll", module = "select", final)]
#[repr(C)]
pub struct Poll {
    header: Header,
    files: RefCell<BTreeMap<i32, i16>>,
}

fn mask(events: i64) -> PyResult<i16> {
    if events < 0 {
        return Err(exceptions::value_error("Cannot convert negative int"));
    }
    match u16::try_from(events) {
        Ok(mask) => Ok(mask as i16),
        Err(_) => Err(exceptions::overflow_error(
            "Python int too large for C unsigned short",
        )),
    }
}

fn unknown(fd: i32) -> Raised {
    exceptions::key_error(&Value::int(fd as i64))
}

impl Poll {
    pub fn make() -> Value {
        allocate_exact(Poll {
            header: Header::fresh(),
            files: RefCell::default(),
        })
        .into_value()
    }
}

#[pymethods]
impl Poll {
    /// Register a file descriptor with the polling object.
    #[pymethod("register($self, fd, eventmask=7, /)")]
    fn register(&self, fd: &Value, eventmask: i64) -> PyResult<()> {
        let (fd, mask) = (descriptor(fd)?, mask(eventmask)?);
        self.files.borrow_mut().insert(fd, mask);
        Ok(())
    }
    /// Modify an already registered file descriptor.
    #[pymethod("modify($self, fd, eventmask, /)")]
    fn modify(&self, fd: &Value, eventmask: i64) -> PyResult<()> {
        let (fd, mask) = (descriptor(fd)?, mask(eventmask)?);
        match self.files.borrow_mut().get_mut(&fd) {
            Some(known) => {
                *known = mask;
                Ok(())
            }
            None => Err(os_error(libc::ENOENT, None)),
        }
    }
    /// Remove a file descriptor being tracked by the polling object.
    #[pymethod("unregister($self, fd, /)")]
    fn unregister(&self, fd: &Value) -> PyResult<()> {
        let fd = descriptor(fd)?;
        match self.files.borrow_mut().remove(&fd) {
            Some(_) => Ok(()),
            None => Err(unknown(fd)),
        }
    }
    /// Polls the set of registered file descriptors.
    ///
    /// Returns a list containing any descriptors that have events or errors to
    /// report, as a list of (fd, event) 2-tuples.
    #[pymethod("poll($self, timeout=None, /)")]
    fn poll(&self, timeout: Option<&Value>) -> PyResult<Ref<List>> {
        let patience = self::timeout(timeout, 1e-3, "timeout must be an integer or None")?;
        let mut polled: Vec<libc::pollfd> = self
            .files
            .borrow()
            .iter()
            .map(|(fd, events)| libc::pollfd {
                fd: *fd,
                events: *events,
                revents: 0,
            })
            .collect();
        wait(&mut polled, patience)?;
        let ready = polled.iter().filter(|file| file.revents != 0);
        let ready = ready.map(|file| {
            let events = file.revents as u16 as i64;
            Tuple::new([Value::int(file.fd as i64), Value::int(events)]).into_value()
        });
        Ok(List::make(ready.collect()))
    }
}
