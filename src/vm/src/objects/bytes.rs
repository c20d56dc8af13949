//! `bytes`: immutable bytes. Constructor and slots; the methods are those of [`super::bytes_like`].

use crate::abstract_ops as ops;
use crate::exceptions::PyResult;
use crate::names;
use crate::native::NativeClass;
use crate::object::{Header, Ref};
use crate::objects::buffer::Buffer;
use crate::objects::bytes_like::{self, BytesLike};
use crate::objects::class::{CompareOp, Type};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::{bytes_iter, bytes_new, int_methods};
use crate::text::escape;
use crate::value::Value;
use smallvec::SmallVec;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "bytes", module = "builtins", sequence, match_self)]
#[repr(C)]
pub struct Bytes {
    header: Header,
    /// 0: not computed yet.
    hash: Cell<i64>,
    data: Data,
}

/// Few bytes lie in the object.
type Data = SmallVec<[u8; 24]>;

fn data_of(data: Vec<u8>) -> Data {
    if data.len() <= Data::new().inline_size() {
        return Data::from_slice(&data);
    }
    Data::from_vec(Vec::from(data.into_boxed_slice()))
}

impl Bytes {
    pub fn from_slice(data: &[u8]) -> Ref<Bytes> {
        Bytes::from_data(Data::from_slice(data))
    }

    pub fn from_vec(data: Vec<u8>) -> Ref<Bytes> {
        Bytes::from_data(data_of(data))
    }

    fn from_data(data: Data) -> Ref<Bytes> {
        Ref::new(Bytes {
            header: Header::fresh(),
            hash: Cell::new(0),
            data,
        })
    }

    fn new_instance(class: &Type, data: Vec<u8>) -> Value {
        let value = Bytes {
            header: Header::fresh(),
            hash: Cell::new(0),
            data: data_of(data),
        };
        if std::ptr::eq(class, Bytes::class()) {
            return Ref::new(value).into_value();
        }
        crate::memory::allocate_instance(class, value).into_value()
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.data
    }
}

impl BytesLike for Bytes {
    const COMPARES_WITH_BUFFERS: bool = false;
    fn bytes(&self) -> &[u8] {
        &self.data
    }
    fn make(data: Vec<u8>) -> Value {
        Bytes::from_vec(data).into_value()
    }
    fn copy(data: &[u8]) -> Value {
        Bytes::from_slice(data).into_value()
    }
    fn same(this: &Value) -> Option<Value> {
        this.downcast_exact::<Bytes>().map(|_| this.clone())
    }
}

#[pymethods(more(METHOD_ITEMS))]
impl Bytes {
    #[pyslot(
        "bytes(source=<unrepresentable>, encoding=<unrepresentable>, errors=<unrepresentable>)"
    )]
    fn new(
        cls: &Type,
        source: Option<&Value>,
        encoding: Option<&Str>,
        errors: Option<&Str>,
    ) -> PyResult {
        int_methods::check_new(Bytes::class(), cls)?;
        if let Some(source) = source
            && encoding.is_none()
            && errors.is_none()
            && let Some(made) = ops::call_special(source, &names::BYTES, &[])?
        {
            let Some(bytes) = made.downcast::<Bytes>() else {
                return Err(crate::exceptions::type_error(format!(
                    "__bytes__ returned non-bytes (type {})",
                    made.class().name()
                )));
            };
            if std::ptr::eq(cls, Bytes::class()) {
                return Ok(made);
            }
            return Ok(Bytes::new_instance(cls, bytes.data.to_vec()));
        }
        Ok(Bytes::new_instance(
            cls,
            bytes_new::construct(source, encoding, errors, "bytes")?,
        ))
    }
    #[pyslot]
    fn repr(&self) -> PyResult {
        Ok(Str::from_latin1(escape::bytes_repr(&self.data).as_bytes()).into_value())
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        if self.hash.get() == 0 {
            self.hash.set(bytes_like::hash(&self.data));
        }
        Ok(self.hash.get())
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        bytes_like::compare::<Bytes>(this, other, op)
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.data.len())
    }
    #[pyslot]
    fn contains(&self, item: &Value) -> PyResult<bool> {
        bytes_like::contains(&self.data, item)
    }
    #[pyslot]
    fn concat(this: &Value, other: &Value) -> PyResult {
        if let (Some(a), Some(b)) = (this.downcast::<Bytes>(), other.downcast::<Bytes>()) {
            for (empty, whole) in [(a, other), (b, this)] {
                if empty.data.is_empty() && whole.is_exact(Bytes::class()) {
                    return Ok(whole.clone());
                }
            }
            let mut data = Data::with_capacity(a.data.len() + b.data.len());
            data.extend_from_slice(&a.data);
            data.extend_from_slice(&b.data);
            return Ok(Bytes::from_data(data).into_value());
        }
        bytes_like::concat::<Bytes>(this, other)
    }
    #[pyslot]
    fn repeat(&self, count: isize) -> PyResult {
        bytes_like::repeat(&self.data, count).map(Bytes::make)
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        bytes_like::getitem::<Bytes>(self, key, "byte", "index out of range")
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(bytes_iter::BytesIterator::over(this))
    }
    #[pyslot]
    fn remainder(this: &Value, arguments: &Value) -> PyResult {
        match this.downcast::<Bytes>() {
            Some(format) => super::bytes_format::percent(&format.data, arguments).map(Bytes::make),
            None => Ok(Value::not_implemented()),
        }
    }
    #[pyslot]
    fn buffer(this: &Value, _writable: bool) -> PyResult<Buffer> {
        let data: &[u8] = this.downcast::<Bytes>().map_or(&[], |bytes| &bytes.data);
        // SAFETY: the object owns the bytes, never changes them, and the buffer keeps it alive.
        Ok(unsafe { Buffer::new(this, data.as_ptr().cast_mut(), data.len(), true, None) })
    }
    #[pymethod("__getnewargs__($self, /)")]
    fn getnewargs(&self) -> PyResult {
        Ok(Tuple::new([Bytes::from_slice(&self.data).into_value()]).into_value())
    }
    /// The bytes themselves, as exact `bytes`.
    #[pymethod("__bytes__($self, /)")]
    fn to_bytes(this: &Value) -> PyResult {
        Ok(match this.downcast::<Bytes>() {
            Some(bytes) if this.downcast_exact::<Bytes>().is_none() => {
                Bytes::make(bytes.data.to_vec())
            }
            _ => this.clone(),
        })
    }
    /// Size in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn sizeof(&self) -> PyResult {
        Ok(Value::int((size_of::<Bytes>() + self.data.len()) as i64))
    }
}

bytes_like::shared_methods!(Bytes);
