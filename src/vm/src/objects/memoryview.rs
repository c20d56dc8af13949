//! `memoryview`: the memory of another object, seen as an array.
//!
//! Views made from views share one [`Buffer`]; the memory is given back when the last of them is
//! released or dropped.

use crate::abstract_ops as ops;
use crate::exceptions::{
    PyResult, Raised, buffer_error, index_error, not_implemented_error, type_error, value_error,
};
use crate::gc::TraverseCustom;
use crate::object::{Header, Ref};
use crate::objects::buffer::{self, Buffer, Layout};
use crate::objects::bytes::Bytes;
use crate::objects::bytes_like;
use crate::objects::class::{CompareOp, Type};
use crate::objects::list::List;
use crate::objects::memory_item::ItemFormat;
use crate::objects::slice_support::{self, SliceBounds};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use taipan_macros::{pyclass, pymethods};

/// The part of the memory that a view shows.
#[derive(Clone)]
struct View {
    memory: Rc<Buffer>,
    /// Where the first element lies.
    start: usize,
    layout: Layout,
    readonly: bool,
}

#[pyclass(
    name = "memoryview",
    module = "builtins",
    signature = "memoryview(object)",
    traverse = custom,
    gc,
    final,
    sequence,
    weakref
)]
#[repr(C)]
pub struct Memoryview {
    header: Header,
    hash: Cell<i64>,
    /// Buffers lent by this view itself.
    exports: Cell<usize>,
    /// `None` when released. Never borrowed while Python code runs.
    view: RefCell<Option<View>>,
}

impl TraverseCustom for Memoryview {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        if let Ok(view) = self.view.try_borrow()
            && let Some(view) = &*view
        {
            visit(view.memory.owner());
        }
    }
}

fn released() -> Raised {
    value_error("operation forbidden on released memoryview object")
}

impl View {
    fn item_format(&self) -> PyResult<ItemFormat> {
        ItemFormat::parse(&self.layout.format).ok_or_else(|| {
            not_implemented_error(format!(
                "memoryview: format {} not supported",
                self.layout.format
            ))
        })
    }

    fn nbytes(&self) -> usize {
        self.layout.count() * self.layout.itemsize
    }

    /// The bytes of the element at that offset.
    fn element(&self, offset: usize) -> &[u8] {
        &self.memory[offset..offset + self.layout.itemsize]
    }

    /// The offsets of all elements, the last index fastest.
    fn offsets(&self) -> Vec<usize> {
        let mut offsets = vec![self.start as isize];
        for (&length, &stride) in self.layout.shape.iter().zip(&self.layout.strides) {
            offsets = offsets
                .iter()
                .flat_map(|&offset| (0..length as isize).map(move |index| offset + index * stride))
                .collect();
        }
        offsets.into_iter().map(|offset| offset as usize).collect()
    }

    /// All elements' bytes in order.
    fn to_vec(&self) -> Vec<u8> {
        if self.layout.is_c_contiguous() {
            return self.memory[self.start..self.start + self.nbytes()].to_vec();
        }
        self.offsets()
            .into_iter()
            .flat_map(|offset| self.element(offset).to_vec())
            .collect()
    }

    /// The offset of an element by an index for each dimension.
    fn offset(&self, indices: &[isize]) -> PyResult<usize> {
        let mut offset = self.start as isize;
        for (dimension, &index) in indices.iter().enumerate() {
            let position = bytes_like::position(index, self.layout.shape[dimension]);
            let Some(position) = position else {
                return Err(index_error(format!(
                    "index out of bounds on dimension {}",
                    dimension + 1
                )));
            };
            offset += position as isize * self.layout.strides[dimension];
        }
        Ok(offset as usize)
    }

    fn sliced(
        &self,
        SliceBounds {
            start,
            step,
            length,
        }: SliceBounds,
    ) -> View {
        let mut view = self.clone();
        let stride = self.layout.strides[0];
        if length > 0 {
            view.start = (self.start as isize + start * stride) as usize;
        }
        view.layout.shape[0] = length;
        view.layout.strides[0] = stride * step;
        view
    }

    fn list(&self, format: ItemFormat, dimension: usize, offset: isize) -> Value {
        let (Some(&length), Some(&stride)) = (
            self.layout.shape.get(dimension),
            self.layout.strides.get(dimension),
        ) else {
            return format.unpack(self.element(offset as usize));
        };
        let items = (0..length as isize)
            .map(|index| self.list(format, dimension + 1, offset + index * stride));
        List::make(items.collect()).into_value()
    }

    fn write(&self, offset: usize, bytes: &[u8]) -> PyResult<()> {
        match self.memory.as_mut_slice() {
            Some(memory) if !self.readonly => {
                memory[offset..offset + bytes.len()].copy_from_slice(bytes);
                Ok(())
            }
            _ => Err(type_error("cannot modify read-only memory")),
        }
    }
}

impl Memoryview {
    fn make(view: View) -> Value {
        Ref::new(Memoryview {
            header: Header::fresh(),
            hash: Cell::new(-1),
            exports: Cell::new(0),
            view: RefCell::new(Some(view)),
        })
        .into_value()
    }

    /// `memoryview(object)`.
    pub fn of(object: &Value) -> PyResult {
        if let Some(view) = object.downcast::<Memoryview>() {
            return Ok(Memoryview::make(view.view()?));
        }
        let Some(export) = object.class().slots().buffer else {
            return Err(type_error(format!(
                "memoryview: a bytes-like object is required, not '{}'",
                object.class().name()
            )));
        };
        Ok(Memoryview::over(export(object, false)?))
    }

    /// A view of memory that was lent already.
    pub fn over(memory: Buffer) -> Value {
        let layout = memory
            .layout
            .as_deref()
            .cloned()
            .unwrap_or_else(|| Layout::bytes(memory.len()));
        let readonly = memory.readonly;
        Memoryview::make(View {
            memory: Rc::new(memory),
            start: 0,
            layout,
            readonly,
        })
    }

    /// The view, counted, so that it stays while Python code runs.
    fn view(&self) -> PyResult<View> {
        self.view.borrow().clone().ok_or_else(released)
    }

    fn release(&self) -> PyResult<()> {
        if self.exports.get() != 0 {
            return Err(buffer_error(format!(
                "memoryview has {} exported buffer{}",
                self.exports.get(),
                if self.exports.get() == 1 { "" } else { "s" }
            )));
        }
        let view = self.view.borrow_mut().take();
        drop(view);
        Ok(())
    }
}

/// A key of `[]`: an int, a tuple of ints, or a slice.
enum Key {
    Indices(Vec<isize>),
    Slice((isize, isize, isize)),
}

fn key_of(key: &Value, view: &View) -> PyResult<Key> {
    let dimensions = view.layout.shape.len();
    if let Some(slice) = slice_support::as_slice(key) {
        if dimensions == 0 {
            return Err(type_error("invalid indexing of 0-dim memory"));
        }
        if dimensions > 1 {
            return Err(not_implemented_error(
                "multi-dimensional slicing is not implemented",
            ));
        }
        return slice_support::unpack(slice).map(Key::Slice);
    }
    let is_index =
        |value: &Value| value.as_int().is_some() || value.class().slots().index.is_some();
    let index = |value: &Value| ops::index_isize(value, crate::exceptions::INDEX_ERROR.get());
    if is_index(key) {
        if dimensions == 0 {
            return Err(type_error("invalid indexing of 0-dim memory"));
        }
        if dimensions > 1 {
            return Err(not_implemented_error(
                "multi-dimensional sub-views are not implemented",
            ));
        }
        return Ok(Key::Indices(vec![index(key)?]));
    }
    if let Some(keys) = key.downcast::<Tuple>()
        && keys.as_slice().iter().all(is_index)
    {
        if keys.len() < dimensions {
            return Err(not_implemented_error("sub-views are not implemented"));
        }
        if keys.len() > dimensions {
            return Err(type_error(format!(
                "cannot index {dimensions}-dimension view with {}-element tuple",
                keys.len()
            )));
        }
        return keys
            .as_slice()
            .iter()
            .map(index)
            .collect::<PyResult<_>>()
            .map(Key::Indices);
    }
    Err(type_error("memoryview: invalid slice key"))
}

fn sizes(values: &[usize]) -> Value {
    Tuple::new(
        values
            .iter()
            .map(|&value| Value::int(value as i64))
            .collect::<Vec<_>>(),
    )
    .into_value()
}

fn view_of(this: &Value) -> PyResult<View> {
    this.downcast::<Memoryview>().ok_or_else(released)?.view()
}

#[pymethods]
impl Memoryview {
    #[pyslot("memoryview(object)")]
    fn new(_cls: &Type, object: &Value) -> PyResult {
        Memoryview::of(object)
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        let is_released = view_of(this).is_err();
        if is_released {
            crate::exceptions::catch(crate::exceptions::VALUE_ERROR.get());
        }
        let what = if is_released {
            "released memory"
        } else {
            "memory"
        };
        Ok(format!("<{what} at {:#x}>", this.raw().0))
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        if self.hash.get() == -1 {
            let view = self.view()?;
            if !view.readonly {
                return Err(value_error("cannot hash writable memoryview object"));
            }
            if !view.item_format()?.is_byte() {
                return Err(value_error(
                    "memoryview: hashing is restricted to formats 'B', 'b' or 'c'",
                ));
            }
            ops::hash(view.memory.owner())?;
            self.hash.set(bytes_like::hash(&view.to_vec()));
        }
        Ok(self.hash.get())
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) || other.class().slots().buffer.is_none() {
            return Ok(Value::not_implemented());
        }
        let a = match view_of(this) {
            Ok(view) => view,
            Err(_) => {
                crate::exceptions::catch(crate::exceptions::VALUE_ERROR.get());
                return Ok(Value::bool(this.is(other) == (op == CompareOp::Eq)));
            }
        };
        let other = Memoryview::of(other)?;
        let b = view_of(&other)?;
        let mut equal = a.layout.shape == b.layout.shape;
        if equal {
            match (
                ItemFormat::parse(&a.layout.format),
                ItemFormat::parse(&b.layout.format),
            ) {
                (Some(x), Some(y)) => {
                    for (i, j) in a.offsets().into_iter().zip(b.offsets()) {
                        if !equal {
                            break;
                        }
                        equal = ops::equals(&x.unpack(a.element(i)), &y.unpack(b.element(j)))?;
                    }
                }
                _ => equal = a.layout.format == b.layout.format && a.to_vec() == b.to_vec(),
            }
        }
        Ok(Value::bool(equal == (op == CompareOp::Eq)))
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        let view = self.view()?;
        view.layout
            .shape
            .first()
            .copied()
            .ok_or_else(|| type_error("0-dim memory has no length"))
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        let view = self.view()?;
        match key_of(key, &view)? {
            Key::Slice(slice) => {
                let bounds = slice_support::adjust(slice, view.layout.shape[0]);
                Ok(Memoryview::make(view.sliced(bounds)))
            }
            Key::Indices(indices) => {
                let offset = view.offset(&indices)?;
                // `__index__` may have released this view; the memory is still held by ours.
                self.view()?;
                Ok(view.item_format()?.unpack(view.element(offset)))
            }
        }
    }
    #[pyslot]
    fn setitem(&self, key: &Value, value: Option<&Value>) -> PyResult<()> {
        let view = self.view()?;
        if view.readonly {
            return Err(type_error("cannot modify read-only memory"));
        }
        let Some(value) = value else {
            return Err(type_error("cannot delete memory"));
        };
        match key_of(key, &view)? {
            Key::Indices(indices) => {
                let offset = view.offset(&indices)?;
                let bytes = view.item_format()?.pack(value, &view.layout.format)?;
                self.view()?;
                view.write(offset, &bytes)
            }
            Key::Slice(slice) => {
                let target = view.sliced(slice_support::adjust(slice, view.layout.shape[0]));
                let source = view_of(&Memoryview::of(value)?)?;
                if source.layout.shape != target.layout.shape
                    || ItemFormat::parse(&source.layout.format)
                        != ItemFormat::parse(&target.layout.format)
                {
                    return Err(value_error(
                        "memoryview assignment: lvalue and rvalue have different structures",
                    ));
                }
                // Both may be the same memory.
                let bytes = source.to_vec();
                for (offset, element) in target
                    .offsets()
                    .into_iter()
                    .zip(bytes.chunks(view.layout.itemsize))
                {
                    target.write(offset, element)?;
                }
                Ok(())
            }
        }
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        view_of(this)?.item_format()?;
        Ok(crate::objects::seq_iter::SequenceIterator::new(
            this.clone(),
        ))
    }
    #[pyslot]
    fn buffer(this: &Value, writable: bool) -> PyResult<Buffer> {
        fn give_back(owner: &Value) {
            if let Some(view) = owner.downcast::<Memoryview>() {
                view.exports.set(view.exports.get() - 1);
            }
        }
        let Some(lender) = this.downcast::<Memoryview>() else {
            return Err(released());
        };
        let view = lender.view()?;
        if writable && view.readonly {
            return Err(buffer_error(
                "memoryview: underlying buffer is not writable",
            ));
        }
        if !view.layout.is_c_contiguous() {
            return Err(buffer_error(
                "memoryview: underlying buffer is not C-contiguous",
            ));
        }
        lender.exports.set(lender.exports.get() + 1);
        // SAFETY: the view cannot be released while it has exports, and it holds the memory.
        let buffer = unsafe {
            let start = view.memory.pointer().wrapping_add(view.start);
            Buffer::new(this, start, view.nbytes(), view.readonly, Some(give_back))
        };
        Ok(buffer.with_layout(view.layout))
    }

    /// Gives the memory back; the view can't be used after that.
    #[pymethod("release($self, /)")]
    fn release_memory(&self) -> PyResult<()> {
        self.release()
    }
    /// The elements' bytes, in C order or for `F` the first index fastest.
    #[pymethod("tobytes($self, /, order='C')")]
    fn tobytes(&self, order: Option<&Value>) -> PyResult {
        let fortran = match order.filter(|order| !order.is_none()) {
            None => false,
            Some(order) => match order.downcast::<Str>() {
                Some(order) if order.is_text("C") || order.is_text("A") => false,
                Some(order) if order.is_text("F") => true,
                Some(_) => return Err(value_error("order must be 'C', 'F' or 'A'")),
                None => return Err(type_error("order must be 'C', 'F' or 'A'")),
            },
        };
        let mut view = self.view()?;
        if fortran {
            view.layout.shape.reverse();
            view.layout.strides.reverse();
        }
        Ok(Bytes::from_vec(view.to_vec()).into_value())
    }
    /// The bytes as hexadecimal digits, with `sep` between groups.
    #[pymethod("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(&self, sep: Option<&Value>, bytes_per_sep: i64) -> PyResult<String> {
        bytes_like::hex(&self.view()?.to_vec(), sep, bytes_per_sep)
    }
    /// The elements as a list, of lists if there are more dimensions.
    #[pymethod("tolist($self, /)")]
    fn tolist(&self) -> PyResult {
        let view = self.view()?;
        Ok(view.list(view.item_format()?, 0, view.start as isize))
    }
    /// The same memory with another format or shape.
    #[pymethod("cast($self, /, format, shape=<unrepresentable>)")]
    fn cast(&self, format: &Str, shape: Option<&Value>) -> PyResult {
        let mut view = self.view()?;
        let text = format.to_rust().into_owned();
        let target = ItemFormat::parse(&text).ok_or_else(|| {
            value_error(
                "memoryview: destination format must be a native single character format prefixed with an optional '@'",
            )
        })?;
        if !view.layout.is_c_contiguous() {
            return Err(type_error(
                "memoryview: casts are restricted to C-contiguous views",
            ));
        }
        if (shape.is_some() || view.layout.shape.len() != 1)
            && view.layout.shape.len() != 1
            && shape.is_some()
        {
            return Err(type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
        }
        let source = view.item_format()?;
        if !source.is_byte() && !target.is_byte() {
            return Err(type_error(
                "memoryview: cannot cast between two non-byte formats",
            ));
        }
        let nbytes = view.nbytes();
        if nbytes % target.size != 0 {
            return Err(type_error(
                "memoryview: length is not a multiple of itemsize",
            ));
        }
        let mut lengths = vec![nbytes / target.size];
        if let Some(shape) = shape {
            let is_sequence =
                shape.downcast::<List>().is_some() || shape.downcast::<Tuple>().is_some();
            if !is_sequence {
                return Err(type_error("shape must be a list or a tuple"));
            }
            lengths.clear();
            for length in ops::to_vec(shape)? {
                let Some(number) = length.as_int() else {
                    return Err(type_error(
                        "memoryview.cast(): elements of shape must be integers",
                    ));
                };
                match number
                    .to_i64()
                    .and_then(|length| usize::try_from(length).ok())
                    .filter(|&length| length > 0)
                {
                    Some(length) => lengths.push(length),
                    None => {
                        return Err(value_error(
                            "memoryview.cast(): elements of shape must be integers > 0",
                        ));
                    }
                }
            }
            let product = lengths
                .iter()
                .try_fold(target.size, |product, &length| product.checked_mul(length));
            if product != Some(nbytes) {
                return Err(type_error(
                    "memoryview: product(shape) * itemsize != buffer size",
                ));
            }
        }
        view.layout = Layout::contiguous(&text, target.size, lengths);
        Ok(Memoryview::make(view))
    }
    /// A view of the same memory that cannot be written through.
    #[pymethod("toreadonly($self, /)")]
    fn toreadonly(&self) -> PyResult {
        let mut view = self.view()?;
        view.readonly = true;
        Ok(Memoryview::make(view))
    }
    /// How many elements equal the value.
    #[pymethod("count($self, value, /)")]
    fn count(&self, value: &Value) -> PyResult {
        let view = self.view()?;
        let format = view.item_format()?;
        let mut count = 0;
        for offset in view.offsets() {
            count += i64::from(ops::equals(&format.unpack(view.element(offset)), value)?);
        }
        Ok(Value::int(count))
    }
    /// The first index of the value in the given part; ValueError if it is not there.
    #[pymethod("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> PyResult {
        let view = self.view()?;
        let format = view.item_format()?;
        if view.layout.shape.len() != 1 {
            return Err(not_implemented_error(
                "multi-dimensional lookup is not implemented",
            ));
        }
        let offsets = view.offsets();
        let range = slice_support::search_range(offsets.len(), start, stop)?;
        for index in range {
            if ops::equals(&format.unpack(view.element(offsets[index])), value)? {
                return Ok(Value::int(index as i64));
            }
        }
        Err(value_error("memoryview.index(x): x not found"))
    }
    #[pymethod("__enter__($self, /)")]
    fn enter(this: &Value) -> PyResult {
        view_of(this)?;
        Ok(this.clone())
    }
    /// Releases the memory.
    #[pymethod("__exit__($self, /, *exc_info)")]
    fn exit(&self, exc_info: &[Value]) -> PyResult<()> {
        let _ = exc_info;
        self.release()
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
    /// The object whose memory this is.
    #[pygetset]
    fn obj(&self) -> PyResult {
        Ok(self.view()?.memory.owner().clone())
    }
    /// How many bytes the elements take.
    #[pygetset]
    fn nbytes(&self) -> PyResult<usize> {
        Ok(self.view()?.nbytes())
    }
    /// Whether the memory cannot be written.
    #[pygetset]
    fn readonly(&self) -> PyResult<bool> {
        Ok(self.view()?.readonly)
    }
    /// How many bytes an element takes.
    #[pygetset]
    fn itemsize(&self) -> PyResult<usize> {
        Ok(self.view()?.layout.itemsize)
    }
    /// The format of the elements, as in the `struct` module.
    #[pygetset]
    fn format(&self) -> PyResult<String> {
        Ok(self.view()?.layout.format)
    }
    /// The number of dimensions.
    #[pygetset]
    fn ndim(&self) -> PyResult<usize> {
        Ok(self.view()?.layout.shape.len())
    }
    /// The length of each dimension.
    #[pygetset]
    fn shape(&self) -> PyResult {
        Ok(sizes(&self.view()?.layout.shape))
    }
    /// How many bytes lie between the elements of each dimension.
    #[pygetset]
    fn strides(&self) -> PyResult {
        let strides = self.view()?.layout.strides;
        Ok(Tuple::new(
            strides
                .into_iter()
                .map(|stride| Value::int(stride as i64))
                .collect::<Vec<_>>(),
        )
        .into_value())
    }
    /// Always empty: memory behind pointers is not supported.
    #[pygetset]
    fn suboffsets(&self) -> PyResult {
        self.view()?;
        Ok(Tuple::empty().into_value())
    }
    /// Whether the elements lie without gaps, the last index fastest.
    #[pygetset]
    fn c_contiguous(&self) -> PyResult<bool> {
        Ok(self.view()?.layout.is_c_contiguous())
    }
    /// Whether the elements lie without gaps, the first index fastest.
    #[pygetset]
    fn f_contiguous(&self) -> PyResult<bool> {
        Ok(self.view()?.layout.is_f_contiguous())
    }
    /// Whether the elements lie without gaps.
    #[pygetset]
    fn contiguous(&self) -> PyResult<bool> {
        let layout = self.view()?.layout;
        Ok(layout.is_c_contiguous() || layout.is_f_contiguous())
    }
}

/// The memory of a bytes-like object as a plain slice of bytes, copied if it has gaps.
pub fn bytes_of(object: &Value) -> PyResult<Vec<u8>> {
    if object.class().slots().buffer.is_none() {
        return Err(buffer::not_bytes_like(object));
    }
    Ok(view_of(&Memoryview::of(object)?)?.to_vec())
}
