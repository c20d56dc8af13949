//! `PickleBuffer`: a buffer that travels beside a pickle.

use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, buffer_error, type_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_exact;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, object_value};
use taipan_vm::objects::buffer::{self, Buffer};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::memoryview::Memoryview;
use taipan_vm::objects::str::Str;
use taipan_vm::value::Value;

/// Wrapper for potentially out-of-band buffers
#[pyclass(
    name = "PickleBuffer",
    module = "pickle",
    signature = "PickleBuffer(object)",
    final,
    gc,
    weakref
)]
#[repr(C)]
pub struct PickleBuffer {
    header: Header,
    /// `None`: released.
    object: Field<Option<Value>>,
}

impl PickleBuffer {
    fn object(&self) -> PyResult {
        self.object
            .get()
            .ok_or_else(|| value_error("operation forbidden on released PickleBuffer object"))
    }
}

#[pymethods]
impl PickleBuffer {
    #[pyslot("PickleBuffer(object, /)")]
    fn new(cls: &Type, object: &Value) -> PyResult {
        let _ = cls;
        if object.class().slots().buffer.is_none() {
            return Err(buffer::not_bytes_like(object));
        }
        Ok(allocate_exact(PickleBuffer {
            header: Header::fresh(),
            object: Field::new(Some(object.clone())),
        })
        .into_value())
    }
    #[pyslot]
    fn buffer(this: &Value, writable: bool) -> PyResult<Buffer> {
        // SAFETY: the slot's caller checked the class.
        let object = unsafe { this.downcast_unchecked::<PickleBuffer>() }.object()?;
        match object.class().slots().buffer {
            Some(export) => export(&object, writable),
            None => Err(type_error("the wrapped object exports no buffer")),
        }
    }
    /// Return a memoryview of the raw memory underlying this buffer.
    ///
    /// Will raise BufferError is the buffer isn't contiguous.
    #[pymethod("raw($self, /)")]
    fn raw(&self) -> PyResult {
        let object = self.object()?;
        let view = abstract_ops::call(&object_value(Memoryview::class()), &[object])?;
        let contiguous = abstract_ops::getattr(&view, &Str::intern("contiguous"))?;
        if !abstract_ops::is_true(&contiguous)? {
            return Err(buffer_error(
                "cannot extract raw buffer from non-contiguous buffer",
            ));
        }
        let bytes = Str::intern("B").into_value();
        abstract_ops::call_method(&view, &Str::intern("cast"), &[bytes])
    }
    /// Release the underlying buffer held by the PickleBuffer object.
    #[pymethod("release($self, /)")]
    fn release(&self) {
        self.object.set(None);
    }
}
