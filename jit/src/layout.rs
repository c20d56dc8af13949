//! Layouts that Rust does not promise, found out by looking.

use std::sync::OnceLock;

/// Byte offsets within a `Vec`.
#[derive(Clone, Copy)]
pub struct VecLayout {
    pub pointer: usize,
    pub length: usize,
}

/// The layout of `Vec<Entry>`: the same for every `Vec` over the global allocator.
pub fn vec() -> VecLayout {
    static LAYOUT: OnceLock<VecLayout> = OnceLock::new();
    *LAYOUT.get_or_init(|| {
        let mut sample: Vec<u64> = Vec::with_capacity(13);
        sample.extend([1, 2, 3]);
        // SAFETY: a `Vec` is three words: address, capacity and length in some order.
        let words = unsafe { *(&raw const sample as *const [usize; 3]) };
        let place = |word: usize| words.iter().position(|w| *w == word).unwrap_or(0) * 8;
        VecLayout {
            pointer: place(sample.as_ptr() as usize),
            length: place(3),
        }
    })
}
const _: () = assert!(size_of::<Vec<u64>>() == 24);
