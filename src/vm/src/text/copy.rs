//! Copying of characters: most texts are so short that a call would cost more than the copy.

use std::mem::MaybeUninit;

/// Copies all bytes; the target has as many.
#[inline(always)]
pub fn copy(source: &[u8], target: &mut [MaybeUninit<u8>]) {
    let count = source.len();
    assert_eq!(count, target.len());
    let (from, to) = (source.as_ptr(), target.as_mut_ptr() as *mut u8);
    // SAFETY: both have `count` bytes and do not overlap; the two halves of a short one may.
    unsafe {
        match count {
            8..=16 => halves::<u64>(from, to, count),
            4..=7 => halves::<u32>(from, to, count),
            2..=3 => halves::<u16>(from, to, count),
            1 => *to = *from,
            _ => std::ptr::copy_nonoverlapping(from, to, count),
        }
    }
}

/// Copies the first and the last `T` of the bytes.
///
/// # Safety
/// Both places have `count` bytes, at least a `T` and at most two.
#[inline(always)]
unsafe fn halves<T: Copy>(from: *const u8, to: *mut u8, count: usize) {
    // SAFETY: the caller's promise.
    unsafe {
        let last = count - size_of::<T>();
        let (a, b) = (
            (from as *const T).read_unaligned(),
            (from.add(last) as *const T).read_unaligned(),
        );
        (to as *mut T).write_unaligned(a);
        (to.add(last) as *mut T).write_unaligned(b);
    }
}
