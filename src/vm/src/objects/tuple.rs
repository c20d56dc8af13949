//! `tuple`: a length and the items, in one object.

use crate::memory::{self, heap};
use crate::native::NativeClass;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::value::Value;
use std::cell::{Cell, UnsafeCell};
use taipan_macros::pyclass;

/// Built-in immutable sequence.
///
/// If no argument is given, the constructor returns an empty tuple.
/// If iterable is specified the tuple is initialized from iterable's items.
///
/// If the argument is a tuple, the return value is the same object.
#[pyclass(
    name = "tuple",
    module = "builtins",
    signature = "tuple(iterable=(), /)",
    traverse = custom,
    gc,
    sequence,
    match_self
)]
#[repr(C)]
pub struct Tuple {
    header: Header,
    length: usize,
    /// -1 until somebody asks (no hash is -1).
    hash: Cell<i64>,
    items: [Value; 0],
}

struct Empty(UnsafeCell<Option<Ref<Tuple>>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Empty {}
static EMPTY: Empty = Empty(UnsafeCell::new(None));

impl Tuple {
    pub const LENGTH_OFFSET: usize = std::mem::offset_of!(Tuple, length);
    pub const ITEMS_OFFSET: usize = std::mem::offset_of!(Tuple, items);

    pub const fn size_for(length: usize) -> usize {
        Tuple::ITEMS_OFFSET + 8 * length
    }
    /// The one empty tuple.
    pub fn empty() -> Ref<Tuple> {
        // SAFETY: set at the first call, under the GIL.
        unsafe {
            (*EMPTY.0.get())
                .get_or_insert_with(|| {
                    let empty = Tuple::build(Tuple::cell_shape_or_null(), 0, std::iter::empty());
                    empty.header().make_immortal();
                    empty
                })
                .clone()
        }
    }
    fn cell_shape_or_null() -> *const crate::shape::Shape {
        if Tuple::cell().is_set() {
            Tuple::cell().shape()
        } else {
            std::ptr::null()
        }
    }
    /// Patches tuples made before the class existed.
    pub(crate) fn adopt(&self) {
        self.header.set_shape(Tuple::cell().shape());
    }
    #[inline]
    fn build(
        shape: *const crate::shape::Shape,
        length: usize,
        items: impl Iterator<Item = Value>,
    ) -> Ref<Tuple> {
        // SAFETY: all `length` items are written before the object can be seen.
        unsafe {
            let size = Tuple::size_for(length);
            let cell = heap::allocate(size, true) as *mut Tuple;
            let first = (cell as *mut u8).add(Tuple::ITEMS_OFFSET) as *mut Value;
            let mut written = 0;
            for (i, item) in items.enumerate() {
                first.add(i).write(item);
                written += 1;
            }
            assert_eq!(written, length);
            (&raw mut (*cell).length).write(length);
            (&raw mut (*cell).hash).write(Cell::new(-1));
            let header = Header::new(shape);
            if size > heap::MAX_CELL {
                header.set(crate::object::flags::LARGE);
            }
            header.set(crate::object::flags::TRACKED);
            (cell as *mut Header).write(header);
            Ref::from_owned(cell)
        }
    }
    #[inline]
    pub fn new<I: IntoIterator<Item = Value>>(items: I) -> Ref<Tuple>
    where
        I::IntoIter: ExactSizeIterator,
    {
        let items = items.into_iter();
        let length = items.len();
        if length == 0 {
            return Tuple::empty();
        }
        Tuple::build(Tuple::cell_shape_or_null(), length, items)
    }
    pub fn from_slice(items: &[Value]) -> Ref<Tuple> {
        Tuple::new(items.iter().cloned())
    }
    /// An instance of a subclass.
    pub fn new_instance(class: &Type, items: Vec<Value>) -> Ref<Tuple> {
        if std::ptr::eq(class, Tuple::class()) {
            return Tuple::new(items);
        }
        let length = items.len();
        let native_size = Tuple::size_for(length);
        let shape = class.instance_shape();
        // SAFETY: items, tail and header are written before the object can be seen.
        unsafe {
            let size = native_size
                + if shape.kind() == crate::shape::ShapeKind::Fixed {
                    0
                } else {
                    8
                };
            let cell = heap::allocate(size, true) as *mut Tuple;
            let first = (cell as *mut u8).add(Tuple::ITEMS_OFFSET) as *mut Value;
            for (i, item) in items.into_iter().enumerate() {
                first.add(i).write(item);
            }
            (&raw mut (*cell).length).write(length);
            (&raw mut (*cell).hash).write(Cell::new(-1));
            if size > native_size {
                ((cell as *mut u8).add(native_size) as *mut u64).write(0);
            }
            memory::initialize_header(cell as *mut Header, shape, size, true);
            crate::object::object_value(class).into_raw();
            Ref::from_owned(cell)
        }
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.length
    }
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }
    /// The hash if it is known.
    #[inline(always)]
    pub fn known_hash(&self) -> Option<i64> {
        let hash = self.hash.get();
        (hash != -1).then_some(hash)
    }
    pub(crate) fn forget_hash(&self) {
        self.hash.set(-1);
    }
    /// Puts an item in place of another.
    ///
    /// # Safety
    /// The index is in range; nobody else has the tuple, and no slice of its items is looked at.
    #[inline(always)]
    pub unsafe fn replace(&self, index: usize, item: Value) -> Value {
        debug_assert!(index < self.length);
        // SAFETY: the caller's promise.
        unsafe {
            let first = (self as *const Tuple as *mut u8).add(Tuple::ITEMS_OFFSET) as *mut Value;
            std::ptr::replace(first.add(index), item)
        }
    }
    pub(crate) fn remember_hash(&self, hash: i64) {
        self.hash.set(hash);
    }
    #[inline(always)]
    pub fn as_slice(&self) -> &[Value] {
        // SAFETY: `length` items follow the head; a tuple never changes.
        unsafe {
            let first =
                (self as *const Tuple as *const u8).add(Tuple::ITEMS_OFFSET) as *const Value;
            std::slice::from_raw_parts(first, self.length)
        }
    }
    pub(crate) fn traverse_items(&self, visit: &mut dyn FnMut(&Value)) {
        for item in self.as_slice() {
            visit(item);
        }
    }
    pub(crate) unsafe fn variable_size(tuple: *const Header) -> usize {
        // SAFETY: the caller has a tuple.
        Tuple::size_for(unsafe { (*(tuple as *const Tuple)).length })
    }
}

impl crate::gc::TraverseCustom for Tuple {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        self.traverse_items(visit);
    }
}

impl Drop for Tuple {
    fn drop(&mut self) {
        // SAFETY: the items are owned and not looked at again.
        unsafe {
            let first = (self as *mut Tuple as *mut u8).add(Tuple::ITEMS_OFFSET) as *mut Value;
            // Last first, as CPython does: finalizers can tell.
            for index in (0..self.length).rev() {
                std::ptr::drop_in_place(first.add(index));
            }
        }
    }
}
