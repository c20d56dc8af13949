//! The methods of arrays.

use super::{Array, Item, out_of_memory};
use taipan_macros::pymethods;
use taipan_vm::abstract_ops as ops;
use taipan_vm::exceptions::{PyResult, eof_error, index_error, type_error, value_error};
use taipan_vm::objects::buffer;
use taipan_vm::objects::bytes::Bytes;
use taipan_vm::objects::list::List;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Bytes written by `tofile` at once.
const BLOCK: usize = 64 * 1024;

impl Array {
    pub(super) fn to_list(&self) -> Value {
        List::make((0..self.len()).filter_map(|at| self.get(at)).collect()).into_value()
    }
}

#[pymethods(items = METHOD_ITEMS)]
impl Array {
    /// Append new value v to the end of the array.
    #[pymethod("append($self, v, /)")]
    fn append(&self, v: &Value) -> PyResult<()> {
        self.push(v)
    }
    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    ///
    /// The length should be multiplied by the itemsize attribute to calculate
    /// the buffer length in bytes.
    #[pymethod("buffer_info($self, /)")]
    fn buffer_info(&self) -> Value {
        let address = self.bytes().as_ptr() as usize;
        Tuple::new([
            Value::from_big(address.into()),
            Value::int(self.len() as i64),
        ])
        .into_value()
    }
    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is
    /// raised.
    #[pymethod("byteswap($self, /)")]
    fn byteswap(&self) {
        let size = self.item.size();
        self.write(|bytes| {
            for item in bytes.chunks_exact_mut(size) {
                item.reverse();
            }
        });
    }
    /// Remove all items from the array.
    #[pymethod("clear($self, /)")]
    fn clear_items(&self) -> PyResult<()> {
        if self.bytes().is_empty() {
            return Ok(());
        }
        self.change(|bytes| *bytes = Vec::new())
    }
    /// Return a copy of the array.
    #[pymethod("__copy__($self, /)")]
    fn __copy__(&self) -> Value {
        Array::make(self.item, self.bytes().to_vec())
    }
    /// Return a copy of the array.
    #[pymethod("__deepcopy__($self, unused, /)")]
    fn __deepcopy__(&self, _unused: &Value) -> Value {
        self.__copy__()
    }
    /// Return number of occurrences of v in the array.
    #[pymethod("count($self, v, /)")]
    fn count(&self, v: &Value) -> PyResult<usize> {
        let (mut found, mut from) = (0, 0);
        while let Some(at) = self.position(v, from, usize::MAX)? {
            found += 1;
            from = at + 1;
        }
        Ok(found)
    }
    /// Append items to the end of the array.
    #[pymethod("extend($self, bb, /)")]
    fn extend(&self, bb: &Value) -> PyResult<()> {
        self.extend_from(bb)
    }
    /// Read n objects from the file object f and append them to the end of the array.
    #[pymethod("fromfile($self, f, n, /)")]
    fn fromfile(&self, f: &Value, n: isize) -> PyResult<()> {
        let Ok(count) = usize::try_from(n) else {
            return Err(value_error("negative count"));
        };
        let Some(size) = count
            .checked_mul(self.item.size())
            .and_then(|size| i64::try_from(size).ok())
        else {
            return Err(out_of_memory());
        };
        let read = ops::call_method(f, &Str::intern("read"), &[Value::int(size)])?;
        let Some(bytes) = read.downcast::<Bytes>() else {
            return Err(type_error("read() didn't return bytes"));
        };
        self.append_bytes(bytes.as_slice())?;
        if bytes.as_slice().len() as i64 != size {
            return Err(eof_error("read() didn't return enough bytes"));
        }
        Ok(())
    }
    /// Append items to array from list.
    #[pymethod("fromlist($self, list, /)")]
    fn fromlist(&self, list: &Value) -> PyResult<()> {
        let Some(list) = list.downcast::<List>() else {
            return Err(type_error("arg must be list"));
        };
        // All or nothing: the array does not change before each item is known to fit.
        let (length, size) = (list.len(), self.item.size());
        let mut packed = Vec::with_capacity(length.saturating_mul(size).min(1 << 20));
        for at in 0..length {
            let Some(item) = list.get(at) else { break };
            packed.extend_from_slice(&self.item.pack(&item)?[..size]);
            if list.len() != length {
                return Err(taipan_vm::exceptions::runtime_error(
                    "list changed size during iteration",
                ));
            }
        }
        self.extend_bytes(&packed)
    }
    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.
    #[pymethod("frombytes($self, buffer, /)")]
    fn frombytes(&self, buffer: &Value) -> PyResult<()> {
        // A copy, because the bytes may be the array's own.
        let bytes = buffer::bytes_like(buffer)?.to_vec();
        self.append_bytes(&bytes)
    }
    /// Extends this array with data from the unicode string ustr.
    ///
    /// The array must be a unicode type array; otherwise a ValueError is raised.
    /// Use array.frombytes(ustr.encode(...)) to append Unicode data to an array of
    /// some other type.
    #[pymethod("fromunicode($self, ustr, /)")]
    fn fromunicode(&self, ustr: &Value) -> PyResult<()> {
        let Some(text) = ustr.downcast::<Str>() else {
            return Err(type_error(format!(
                "fromunicode() argument must be str, not {}",
                ustr.class().name()
            )));
        };
        if !self.item.is_text() {
            return Err(value_error(
                "fromunicode() may only be called on unicode type arrays ('u' or 'w')",
            ));
        }
        self.append_text(text)
    }
    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[pymethod("index($self, v, start=0, stop=sys.maxsize, /)")]
    fn index(&self, v: &Value, start: Option<&Value>, stop: Option<&Value>) -> PyResult<usize> {
        let range = taipan_vm::objects::slice_support::search_range(self.len(), start, stop)?;
        match self.position(v, range.start, range.end)? {
            Some(at) => Ok(at),
            None => Err(value_error("array.index(x): x not in array")),
        }
    }
    /// Insert a new item v into the array before position i.
    #[pymethod("insert($self, i, v, /)")]
    fn insert(&self, i: isize, v: &Value) -> PyResult<()> {
        let packed = self.item.pack(v)?;
        let size = self.item.size();
        let length = self.len() as isize;
        let at = if i < 0 { i.saturating_add(length) } else { i }.clamp(0, length) as usize * size;
        self.change(|bytes| drop(bytes.splice(at..at, packed[..size].iter().copied())))
    }
    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[pymethod("pop($self, i=-1, /)")]
    fn pop(&self, i: isize) -> PyResult {
        let length = self.len();
        if length == 0 {
            return Err(index_error("pop from empty array"));
        }
        let index = if i < 0 { i + length as isize } else { i };
        let found = usize::try_from(index)
            .ok()
            .and_then(|index| Some((index, self.get(index)?)));
        let Some((index, item)) = found else {
            return Err(index_error("pop index out of range"));
        };
        self.remove(index)?;
        Ok(item)
    }
    /// Return state information for pickling.
    #[pymethod("__reduce_ex__($self, value, /)")]
    fn __reduce_ex__(this: &Value, value: &Value) -> PyResult {
        super::rebuild::reduced(this, value)
    }
    /// Remove the first occurrence of v in the array.
    #[pymethod("remove($self, v, /)")]
    fn remove_item(&self, v: &Value) -> PyResult<()> {
        match self.position(v, 0, usize::MAX)? {
            Some(at) if at < self.len() => self.remove(at),
            _ => Err(value_error("array.remove(x): x not in array")),
        }
    }
    /// Reverse the order of the items in the array.
    #[pymethod("reverse($self, /)")]
    fn reverse(&self) {
        let size = self.item.size();
        self.write(|bytes| {
            // Turning all bytes round turns each item round as well.
            bytes.reverse();
            for item in bytes.chunks_exact_mut(size) {
                item.reverse();
            }
        });
    }
    /// Write all items (as machine values) to the file object f.
    #[pymethod("tofile($self, f, /)")]
    fn tofile(&self, f: &Value) -> PyResult<()> {
        let all = self.bytes().to_vec();
        for block in all.chunks(BLOCK) {
            let block = Bytes::from_slice(block).into_value();
            ops::call_method(f, &Str::intern("write"), &[block])?;
        }
        Ok(())
    }
    /// Convert array to an ordinary list with the same items.
    #[pymethod("tolist($self, /)")]
    fn tolist(&self) -> Value {
        self.to_list()
    }
    /// Convert the array to an array of machine values and return the bytes representation.
    #[pymethod("tobytes($self, /)")]
    fn tobytes(&self) -> Value {
        Bytes::from_slice(self.bytes()).into_value()
    }
    /// Extends this array with data from the unicode string ustr.
    ///
    /// Convert the array to a unicode string.  The array must be a unicode type array;
    /// otherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a
    /// unicode string from an array of some other type.
    #[pymethod("tounicode($self, /)")]
    fn tounicode(&self) -> PyResult {
        if !self.item.is_text() {
            return Err(value_error(
                "tounicode() may only be called on unicode type arrays ('u' or 'w')",
            ));
        }
        Ok(self.text()?.into_value())
    }
    /// Size of the array in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn __sizeof__(&self) -> usize {
        size_of::<Array>() + self.capacity()
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        taipan_vm::objects::generic_alias::new_alias(cls, object)
    }
    /// the typecode character used to create the array
    #[pygetset]
    fn typecode(&self) -> String {
        self.item.code().to_string()
    }
    /// the size, in bytes, of one array item
    #[pygetset]
    fn itemsize(&self) -> i64 {
        Item::size(self.item) as i64
    }
}
