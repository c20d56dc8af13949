//! Rust's allocator: mimalloc by its plain entries, which are shorter than those that take an alignment.

use libmimalloc_sys as mi;
use std::alloc::{GlobalAlloc, Layout};
use std::ffi::c_void;

pub struct Allocator;

/// What mimalloc aligns blocks of every size to.
const ALWAYS_ALIGNED: usize = 8;

// SAFETY: mimalloc hands out what is asked for; its plain entries align blocks as far as they are used here, and
// `mi_free` and `mi_realloc` take blocks of both kinds of entries.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: any size and any power of two may be asked for.
        unsafe {
            if layout.align() <= ALWAYS_ALIGNED {
                mi::mi_malloc(layout.size()) as *mut u8
            } else {
                mi::mi_malloc_aligned(layout.size(), layout.align()) as *mut u8
            }
        }
    }
    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe {
            if layout.align() <= ALWAYS_ALIGNED {
                mi::mi_zalloc(layout.size()) as *mut u8
            } else {
                mi::mi_zalloc_aligned(layout.size(), layout.align()) as *mut u8
            }
        }
    }
    #[inline]
    unsafe fn dealloc(&self, start: *mut u8, _layout: Layout) {
        // SAFETY: the block is one of mimalloc's.
        unsafe { mi::mi_free(start as *mut c_void) }
    }
    #[inline]
    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        unsafe {
            if layout.align() <= ALWAYS_ALIGNED {
                mi::mi_realloc(start as *mut c_void, size) as *mut u8
            } else {
                mi::mi_realloc_aligned(start as *mut c_void, size, layout.align()) as *mut u8
            }
        }
    }
}
