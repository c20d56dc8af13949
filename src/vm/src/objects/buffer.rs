//! The buffer protocol: looking at the memory of another object.
//!
//! A class exports memory through its `buffer` slot. Invariant: as long as a [`Buffer`] lives, its
//! owner neither moves nor resizes the memory (owners whose memory can move count their exports).

use crate::exceptions::{PyResult, Raised, buffer_error, type_error};
use crate::objects::bytearray::Bytearray;
use crate::objects::bytes::Bytes;
use crate::value::Value;

/// How the elements lie in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// A format of the `struct` module; `B` for plain bytes.
    pub format: String,
    pub itemsize: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<isize>,
}

impl Layout {
    pub fn bytes(length: usize) -> Layout {
        Layout {
            format: "B".to_owned(),
            itemsize: 1,
            shape: vec![length],
            strides: vec![1],
        }
    }

    /// Elements without gaps, the last index fastest.
    pub fn contiguous(format: &str, itemsize: usize, shape: Vec<usize>) -> Layout {
        let mut strides = vec![0; shape.len()];
        let mut step = itemsize as isize;
        for (stride, &length) in strides.iter_mut().zip(&shape).rev() {
            *stride = step;
            step *= length as isize;
        }
        Layout {
            format: format.to_owned(),
            itemsize,
            shape,
            strides,
        }
    }

    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    pub fn is_c_contiguous(&self) -> bool {
        let mut step = self.itemsize as isize;
        self.count() == 0
            || self
                .shape
                .iter()
                .zip(&self.strides)
                .rev()
                .all(|(&length, &stride)| {
                    let fits = length <= 1 || stride == step;
                    step *= length as isize;
                    fits
                })
    }

    pub fn is_f_contiguous(&self) -> bool {
        let mut step = self.itemsize as isize;
        self.count() == 0
            || self
                .shape
                .iter()
                .zip(&self.strides)
                .all(|(&length, &stride)| {
                    let fits = length <= 1 || stride == step;
                    step *= length as isize;
                    fits
                })
    }
}

/// Memory lent by an object; given back when this is dropped.
pub struct Buffer {
    owner: Value,
    pointer: *mut u8,
    length: usize,
    pub readonly: bool,
    /// `None`: plain bytes.
    pub layout: Option<Box<Layout>>,
    release: Option<fn(&Value)>,
}

impl Buffer {
    /// # Safety
    /// `length` bytes lie at `pointer` until `release` is called (writable ones unless `readonly`).
    pub unsafe fn new(
        owner: &Value,
        pointer: *mut u8,
        length: usize,
        readonly: bool,
        release: Option<fn(&Value)>,
    ) -> Buffer {
        Buffer {
            owner: owner.clone(),
            pointer,
            length,
            readonly,
            layout: None,
            release,
        }
    }

    pub fn with_layout(mut self, layout: Layout) -> Buffer {
        self.layout = Some(Box::new(layout));
        self
    }

    pub fn owner(&self) -> &Value {
        &self.owner
    }

    pub fn pointer(&self) -> *mut u8 {
        self.pointer
    }

    /// The memory for writing; `None` if it may not be written.
    ///
    /// No Python code may run while the slice is held.
    #[allow(clippy::mut_from_ref)]
    pub fn as_mut_slice(&self) -> Option<&mut [u8]> {
        if self.readonly {
            return None;
        }
        if self.length == 0 {
            return Some(&mut []);
        }
        // SAFETY: the memory is lent for writing, and under the GIL nobody else looks at it.
        Some(unsafe { std::slice::from_raw_parts_mut(self.pointer, self.length) })
    }
}

impl std::ops::Deref for Buffer {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        if self.length == 0 {
            return &[];
        }
        // SAFETY: the owner keeps the memory where it is.
        unsafe { std::slice::from_raw_parts(self.pointer, self.length) }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            release(&self.owner);
        }
    }
}

/// The object's memory, if it exports any; contiguous.
pub fn try_bytes(value: &Value) -> PyResult<Option<Buffer>> {
    match value.class().slots().buffer {
        Some(export) => {
            let buffer = export(value, false)?;
            if buffer
                .layout
                .as_ref()
                .is_some_and(|layout| !layout.is_c_contiguous())
            {
                return Err(buffer_error(
                    "memoryview: underlying buffer is not C-contiguous",
                ));
            }
            Ok(Some(buffer))
        }
        None => Ok(None),
    }
}

#[cold]
pub fn not_bytes_like(value: &Value) -> Raised {
    type_error(format!(
        "a bytes-like object is required, not '{}'",
        value.class().name()
    ))
}

/// The memory of a bytes-like object, or TypeError.
pub fn bytes_like(value: &Value) -> PyResult<Buffer> {
    try_bytes(value)?.ok_or_else(|| not_bytes_like(value))
}

/// The memory of a bytes-like object that may be written.
pub fn writable(value: &Value) -> PyResult<Buffer> {
    match value.class().slots().buffer {
        Some(export) => {
            let buffer = export(value, true)?;
            if buffer.readonly {
                Err(buffer_error("Object is not writable."))
            } else {
                Ok(buffer)
            }
        }
        None => Err(not_bytes_like(value)),
    }
}

/// The memory, if the object is `bytes` or `bytearray`.
pub fn bytes_or_bytearray(value: &Value) -> Option<Buffer> {
    if value.downcast::<Bytes>().is_none() && value.downcast::<Bytearray>().is_none() {
        return None;
    }
    value
        .class()
        .slots()
        .buffer
        .and_then(|export| export(value, false).ok())
}
