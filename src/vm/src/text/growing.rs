//! Characters that several strings share: each string is a beginning of them. Who appends to the longest one writes
//! behind it, where there is room, and copies nothing: a text that is built up piece by piece costs no more than its
//! length, whoever else still has its beginnings.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::ptr::NonNull;

#[repr(C)]
struct Head {
    owners: Cell<usize>,
    /// Bytes written.
    used: Cell<usize>,
    capacity: usize,
}

/// A reference to shared characters. All of it is guarded by the GIL.
pub struct Growing(NonNull<Head>);

impl Growing {
    fn layout(capacity: usize) -> Layout {
        Layout::from_size_align(size_of::<Head>() + capacity, 8)
            .expect("an object of this length exists")
    }
    /// Room for `capacity` bytes, the first of them these.
    pub fn new(bytes: &[u8], capacity: usize) -> Growing {
        let capacity = capacity.max(bytes.len());
        let layout = Growing::layout(capacity);
        // SAFETY: the layout is not empty; head and bytes have their places in it.
        unsafe {
            let Some(head) = NonNull::new(alloc(layout) as *mut Head) else {
                handle_alloc_error(layout)
            };
            head.write(Head {
                owners: Cell::new(1),
                used: Cell::new(bytes.len()),
                capacity,
            });
            let this = Growing(head);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), this.start(), bytes.len());
            this
        }
    }
    fn head(&self) -> &Head {
        // SAFETY: owners keep it alive.
        unsafe { self.0.as_ref() }
    }
    #[inline(always)]
    pub fn start(&self) -> *mut u8 {
        // SAFETY: the bytes follow the head.
        unsafe { self.0.as_ptr().add(1) as *mut u8 }
    }
    /// Another owner, after `count` bytes were written behind the first `length` by `write`; `None` if others stand
    /// there or there is no room.
    pub fn extend(
        &self,
        length: usize,
        count: usize,
        write: impl FnOnce(*mut u8),
    ) -> Option<Growing> {
        let head = self.head();
        if head.used.get() != length || head.capacity - length < count {
            return None;
        }
        // SAFETY: the room is there, and no string reaches into it.
        write(unsafe { self.start().add(length) });
        head.used.set(length + count);
        head.owners.set(head.owners.get() + 1);
        Some(Growing(self.0))
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        let owners = self.head().owners.get();
        if owners > 1 {
            self.head().owners.set(owners - 1);
            return;
        }
        let layout = Growing::layout(self.head().capacity);
        // SAFETY: the last owner.
        unsafe { dealloc(self.0.as_ptr() as *mut u8, layout) }
    }
}
