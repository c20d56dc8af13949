//! Objects' memory: the size-class heap, deallocation, and the way from a Rust value to an object.

mod dealloc;
pub mod heap;
pub mod resident;

pub use dealloc::{dealloc, dealloc_loudly, dealloc_quietly};

use crate::native::NativeClass;
use crate::object::{Header, Ref, flags};
use crate::objects::class::Type;
use crate::shape::Shape;
use crate::value::Raw;
use std::mem::{align_of, size_of};

/// Moves `value` into a cell of its own, as an instance of exactly `T`'s class.
pub fn allocate_exact<T: NativeClass>(value: T) -> Ref<T> {
    const { assert!(align_of::<T>() <= 16) };
    let shape = T::cell().shape_pointer();
    let has_dict = const { T::FLAGS.contains(crate::native::ClassFlags::DICT) };
    let size = if has_dict {
        T::cell().shape().instance_size()
    } else {
        size_of::<T>()
    };
    // SAFETY: the cell has room for a `T`, and the whole of it is written before anybody looks.
    unsafe {
        let cell = heap::allocate(size, T::GC) as *mut T;
        std::ptr::write(cell, value);
        if has_dict {
            fill_tail(cell as *mut Header, size_of::<T>(), size, &*shape);
        }
        initialize_header(cell as *mut Header, shape, size, T::GC);
        Ref::from_owned(cell)
    }
}

/// Writes a fresh header; the object becomes visible to the collector if `tracked`.
///
/// # Safety
/// `cell` came from [`heap::allocate`] with this `size` and, if `tracked`, the object behind it is complete.
pub unsafe fn initialize_header(
    cell: *mut Header,
    shape: *const Shape,
    size: usize,
    tracked: bool,
) {
    // SAFETY: the caller's promise.
    unsafe {
        std::ptr::write(cell, Header::new(shape));
        let header = &*cell;
        if size > heap::MAX_CELL {
            header.set(flags::LARGE);
        }
        if tracked {
            header.set(flags::TRACKED);
        }
    }
}

/// A new instance of `class` (a class derived from `T`'s, or that class) whose native part is `value`;
/// slots are unbound and the dictionary is empty.
pub fn allocate_instance<T: NativeClass>(class: &Type, value: T) -> Ref<T> {
    if std::ptr::eq(class, T::class()) {
        return allocate_exact(value);
    }
    let shape = class.instance_shape();
    let size = shape.instance_size();
    // SAFETY: as in `allocate_exact`; the tail beyond `T` is filled below.
    unsafe {
        let cell = heap::allocate(size, true) as *mut T;
        std::ptr::write(cell, value);
        fill_tail(cell as *mut Header, size_of::<T>(), size, shape);
        initialize_header(cell as *mut Header, shape, size, true);
        crate::object::Ref::from_ref(class).into_value().into_raw();
        Ref::from_owned(cell)
    }
}

/// Unbinds all words from `from` on and clears the extension word.
///
/// # Safety
/// `cell` has `size` writable bytes.
pub unsafe fn fill_tail(cell: *mut Header, from: usize, size: usize, shape: &Shape) {
    // SAFETY: the caller's promise.
    unsafe {
        let base = cell as *mut u8;
        let mut offset = from.next_multiple_of(8);
        while offset < size {
            (base.add(offset) as *mut Raw).write(Raw::UNBOUND);
            offset += 8;
        }
        if shape.ext_offset() != 0 {
            (base.add(shape.ext_offset()) as *mut u64).write(0);
        }
    }
}
