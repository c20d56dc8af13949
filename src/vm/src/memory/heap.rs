//! The size-class heap: blocks of 64 KiB, each cut into cells of one size.
//!
//! A block serves one size and one kind (containers, which the cycle collector walks, or leaves, which
//! it never sees), and has its own free list, so allocation and free are a few instructions and freed
//! memory is reused where it is warm. Objects pay for no list links: the collector finds them by
//! walking the cells of container blocks. Cells past `bump` were never handed out and are not touched,
//! so a young process pays for the pages it uses.
//!
//! Objects above [`MAX_CELL`] come from Rust's allocator, with a word in front that gives their place
//! in a registry.
//!
//! Everything here is guarded by the GIL.

use crate::object::{Header, flags};
use std::alloc::{Layout, alloc, dealloc as free_memory, handle_alloc_error};
use std::cell::UnsafeCell;
use std::collections::VecDeque;

pub const BLOCK_SIZE: usize = 64 * 1024;
const BLOCK_HEADER: usize = 64;
/// Cells grow in steps of 16 bytes.
const STEP: usize = 16;
pub const MAX_CELL: usize = 1024;
const CLASSES: usize = MAX_CELL / STEP;
/// Blocks are mapped so many at a time.
const BLOCKS_PER_MAPPING: usize = 16;

/// The head of a block; cells follow.
#[repr(C, align(64))]
pub struct Block {
    free: *mut FreeCell,
    /// First byte never handed out.
    bump: *mut u8,
    end: *mut u8,
    next_partial: *mut Block,
    cell_size: u32,
    /// 2³² divided by the cell size, rounded up: cells are numbered without a division.
    reciprocal: u32,
    used: u32,
    /// A number for each cell, while a collection lasts.
    tally: *mut u32,
    class_index: u16,
    container: bool,
    /// On the list of blocks with room.
    partial: bool,
    /// Served an allocation since the last collection of the young.
    pub young: bool,
}

#[repr(C)]
struct FreeCell {
    count: u32,
    flags: u32,
    next: *mut FreeCell,
}

const _: () = assert!(std::mem::size_of::<Block>() <= BLOCK_HEADER);

/// In front of a large object.
#[repr(C, align(16))]
struct LargePrefix {
    size: usize,
    /// In the registry; `u32::MAX` for leaves.
    index: u32,
    tally: u32,
}

struct Heap {
    /// Block to allocate from, by size class; leaves first, then containers.
    current: [*mut Block; 2 * CLASSES],
    partial: [*mut Block; 2 * CLASSES],
    blocks: Vec<*mut Block>,
    unused: Vec<*mut u8>,
    large: Vec<*mut Header>,
    /// Container objects allocated less freed since the last young collection, never below zero: what is freed of the old
    /// is no credit for the young.
    young_count: isize,
    /// When `young_count` passes this, a collection is asked for.
    threshold: isize,
    live_bytes: usize,
    /// Freed cells that are kept out of use, with `-X heap-check`.
    quarantine: Option<VecDeque<*mut Header>>,
}

/// Cells in quarantine before the oldest is used again.
const QUARANTINE: usize = 200_000;
/// What freed cells are filled with: no sensible pointer, and a count that is none.
const POISON: u8 = 0xDB;

struct Global(UnsafeCell<Heap>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Global {}

static HEAP: Global = Global(UnsafeCell::new(Heap {
    current: [std::ptr::null_mut(); 2 * CLASSES],
    partial: [std::ptr::null_mut(); 2 * CLASSES],
    blocks: Vec::new(),
    unused: Vec::new(),
    large: Vec::new(),
    young_count: 0,
    threshold: crate::gc::DEFAULT_THRESHOLD,
    live_bytes: 0,
    quarantine: None,
}));

#[inline(always)]
#[allow(clippy::mut_from_ref)]
fn heap() -> &'static mut Heap {
    // SAFETY: the GIL is held, and no function here calls out while it holds this reference.
    unsafe { &mut *HEAP.0.get() }
}

fn reciprocal(cell_size: usize) -> u32 {
    (1u64 << 32).div_ceil(cell_size as u64) as u32
}
/// An offset in a block by the cell size whose reciprocal it is: exact for multiples of it.
#[inline(always)]
fn divided(offset: usize, reciprocal: u32) -> usize {
    ((offset as u64 * reciprocal as u64) >> 32) as usize
}

impl Heap {
    #[inline(always)]
    fn one_less_young(&mut self) {
        self.young_count -= (self.young_count > 0) as isize;
    }
}

#[inline(always)]
fn block_of(cell: *const Header) -> *mut Block {
    (cell as usize & !(BLOCK_SIZE - 1)) as *mut Block
}

/// Uninitialized memory for an object of `size` bytes. The first word marks it free until a header is
/// written, so that a walk in between passes over it.
#[inline]
pub fn allocate(size: usize, container: bool) -> *mut Header {
    if size > MAX_CELL {
        return allocate_large(size, container);
    }
    let heap = heap();
    let class = size.div_ceil(STEP) - 1 + if container { CLASSES } else { 0 };
    if container {
        heap.young_count += 1;
        if heap.young_count > heap.threshold {
            too_many_young();
        }
    }
    let block = heap.current[class];
    // SAFETY: `current` names a live block or is null.
    unsafe {
        if !block.is_null() {
            let cell = (*block).free;
            if !cell.is_null() {
                (*block).free = (*cell).next;
                (*block).used += 1;
                return cell as *mut Header;
            }
        }
        allocate_slow(heap, class)
    }
}

/// What native code allocates containers of one size with, as [`allocate`] does: addresses.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// Of the word that names the block to allocate from; it may be null, and its list of free cells empty.
    pub current: u64,
    /// Of the words that count the young, and say how many there may be.
    pub young_count: u64,
    pub threshold: u64,
}

impl Block {
    pub const FREE_OFFSET: usize = std::mem::offset_of!(Block, free);
    pub const USED_OFFSET: usize = std::mem::offset_of!(Block, used);
    /// Of the next one, in a free cell.
    pub const NEXT_OFFSET: usize = std::mem::offset_of!(FreeCell, next);
}

/// Of containers of so many bytes; `None` if they do not lie in blocks.
pub fn source(size: usize) -> Option<Source> {
    if size > MAX_CELL {
        return None;
    }
    let class = size.div_ceil(STEP) - 1 + CLASSES;
    let heap = HEAP.0.get();
    // SAFETY: addresses within the static are taken; nothing is read.
    unsafe {
        Some(Source {
            current: &raw const (*heap).current[class] as u64,
            young_count: &raw const (*heap).young_count as u64,
            threshold: &raw const (*heap).threshold as u64,
        })
    }
}

#[cold]
#[inline(never)]
fn too_many_young() {
    crate::thread::request_collection();
}

#[cold]
#[inline(never)]
unsafe fn allocate_slow(heap: &mut Heap, class: usize) -> *mut Header {
    // SAFETY: blocks on the lists are live.
    unsafe {
        let mut block = heap.current[class];
        if block.is_null() || ((*block).free.is_null() && !(*block).has_fresh()) {
            block = heap.partial[class];
            if block.is_null() {
                block = new_block(heap, class);
            } else {
                heap.partial[class] = (*block).next_partial;
                (*block).partial = false;
            }
            heap.current[class] = block;
        }
        (*block).young = true;
        (*block).used += 1;
        let cell = (*block).free;
        if !cell.is_null() {
            (*block).free = (*cell).next;
            return cell as *mut Header;
        }
        let cell = (*block).bump;
        (*block).bump = cell.add((*block).cell_size as usize);
        (cell as *mut FreeCell).write(FreeCell {
            count: 0,
            flags: flags::FREE,
            next: std::ptr::null_mut(),
        });
        cell as *mut Header
    }
}

impl Block {
    #[inline(always)]
    fn number_of(&self, cell: *const Header) -> usize {
        let offset = cell as usize - self as *const Block as usize - BLOCK_HEADER;
        divided(offset, self.reciprocal)
    }
    fn has_fresh(&self) -> bool {
        self.bump as usize + self.cell_size as usize <= self.end as usize
    }
    fn cells(&self) -> impl Iterator<Item = *mut Header> {
        let start = self as *const Block as usize + BLOCK_HEADER;
        (start..self.bump as usize)
            .step_by(self.cell_size as usize)
            .map(|address| address as *mut Header)
    }
}

unsafe fn new_block(heap: &mut Heap, class: usize) -> *mut Block {
    if heap.unused.is_empty() {
        let bytes = BLOCK_SIZE * BLOCKS_PER_MAPPING;
        // SAFETY: an anonymous mapping; only the aligned part of it is used.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                bytes + BLOCK_SIZE,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            handle_alloc_error(Layout::new::<[u8; BLOCK_SIZE]>());
        }
        let first = (start as usize).next_multiple_of(BLOCK_SIZE);
        for i in (0..BLOCKS_PER_MAPPING).rev() {
            heap.unused.push((first + i * BLOCK_SIZE) as *mut u8);
        }
    }
    let start = heap.unused.pop().expect("just filled");
    let block = start as *mut Block;
    let container = class >= CLASSES;
    let cell_size = (class % CLASSES + 1) * STEP;
    // SAFETY: the block is mapped, aligned and ours.
    unsafe {
        block.write(Block {
            free: std::ptr::null_mut(),
            bump: start.add(BLOCK_HEADER),
            end: start.add(BLOCK_SIZE),
            next_partial: std::ptr::null_mut(),
            cell_size: cell_size as u32,
            reciprocal: reciprocal(cell_size),
            used: 0,
            tally: std::ptr::null_mut(),
            class_index: class as u16,
            container,
            partial: false,
            young: true,
        });
    }
    heap.blocks.push(block);
    block
}

#[cold]
#[inline(never)]
fn allocate_large(size: usize, container: bool) -> *mut Header {
    let heap = heap();
    let layout = Layout::from_size_align(size + 16, 16).expect("sizes are checked by the caller");
    // SAFETY: the layout is not empty.
    let start = unsafe { alloc(layout) } as *mut LargePrefix;
    if start.is_null() {
        handle_alloc_error(layout);
    }
    // SAFETY: just allocated, with room for the prefix and the object.
    unsafe {
        let cell = start.add(1) as *mut Header;
        start.write(LargePrefix {
            size,
            index: if container {
                heap.large.len() as u32
            } else {
                u32::MAX
            },
            tally: 0,
        });
        (cell as *mut FreeCell).write(FreeCell {
            count: 0,
            flags: flags::FREE | flags::LARGE,
            next: std::ptr::null_mut(),
        });
        heap.live_bytes += size;
        if container {
            heap.large.push(cell);
            heap.young_count += 1;
            if heap.young_count > heap.threshold {
                crate::thread::request_collection();
            }
        }
        cell
    }
}

/// Gives a cell back.
///
/// # Safety
/// The object in it is dead and its contents are dropped.
#[inline]
pub unsafe fn free(cell: *mut Header) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*cell).has(flags::LARGE) {
            return free_large(cell);
        }
        let heap = heap();
        if heap.quarantine.is_some() {
            if let Some(oldest) = poison(heap, cell) {
                give_back(heap, oldest);
            }
            return;
        }
        give_back(heap, cell);
    }
}

/// Puts a cell on the free list of its block.
#[inline(always)]
unsafe fn give_back(heap: &mut Heap, cell: *mut Header) {
    // SAFETY: the cell is dead, and of a block.
    unsafe {
        let block = block_of(cell);
        if (*block).container {
            heap.one_less_young();
        }
        let freed = cell as *mut FreeCell;
        freed.write(FreeCell {
            count: 0,
            flags: flags::FREE,
            next: (*block).free,
        });
        (*block).free = freed;
        (*block).used -= 1;
        let class = (*block).class_index as usize;
        if !(*block).partial && heap.current[class] != block {
            (*block).partial = true;
            (*block).next_partial = heap.partial[class];
            heap.partial[class] = block;
        }
    }
}

/// From now on freed cells are poisoned, and used again late.
pub fn check_from_now_on() {
    heap().quarantine = Some(VecDeque::new());
}

/// Bytes behind the free mark of a cell.
///
/// # Safety
/// A free cell of a block.
unsafe fn poisoned<'a>(cell: *mut Header) -> &'a mut [u8] {
    // SAFETY: the caller's promise; the mark is two words of four bytes.
    unsafe {
        let size = (*block_of(cell)).cell_size as usize;
        std::slice::from_raw_parts_mut((cell as *mut u8).add(8), size - 8)
    }
}

/// Fills a freed cell; gives the cell whose time in quarantine is over.
#[cold]
unsafe fn poison(heap: &mut Heap, cell: *mut Header) -> Option<*mut Header> {
    let quarantine = heap.quarantine.as_mut()?;
    // SAFETY: the cell is free; cells in quarantine are.
    unsafe {
        (cell as *mut FreeCell).write(FreeCell {
            count: 0,
            flags: flags::FREE,
            next: std::ptr::null_mut(),
        });
        poisoned(cell).fill(POISON);
        quarantine.push_back(cell);
        if quarantine.len() <= QUARANTINE {
            return None;
        }
        let oldest = quarantine.pop_front()?;
        if !is_intact(oldest) {
            eprintln!("heap-check: freed memory at {oldest:?} was written to");
            std::process::abort();
        }
        Some(oldest)
    }
}

/// # Safety
/// The cell is in quarantine.
unsafe fn is_intact(cell: *mut Header) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        (*cell).count() == 0
            && (*cell).flags() == flags::FREE
            && poisoned(cell).iter().all(|b| *b == POISON)
    }
}

/// The first cell in quarantine that somebody wrote to.
pub fn check_freed() -> Option<usize> {
    let cells = heap().quarantine.as_ref()?;
    let broken = cells
        .iter()
        // SAFETY: in quarantine.
        .find(|cell| unsafe { !is_intact(**cell) });
    broken.map(|cell| *cell as usize)
}

#[cold]
unsafe fn free_large(cell: *mut Header) {
    let heap = heap();
    // SAFETY: large objects have a prefix.
    unsafe {
        let prefix = (cell as *mut LargePrefix).sub(1);
        let LargePrefix { size, index, .. } = prefix.read();
        heap.live_bytes -= size;
        if index != u32::MAX {
            heap.one_less_young();
            heap.large.swap_remove(index as usize);
            if let Some(&moved) = heap.large.get(index as usize) {
                (*(moved as *mut LargePrefix).sub(1)).index = index;
            }
        }
        free_memory(
            prefix as *mut u8,
            Layout::from_size_align_unchecked(size + 16, 16),
        );
    }
}

/// Calls `visit` for every live container object (of blocks that served allocations since the last
/// young collection, if `young_only`). `visit` must not allocate or free.
pub fn walk_containers(young_only: bool, mut visit: impl FnMut(*mut Header)) {
    let heap = heap();
    for &block in &heap.blocks {
        // SAFETY: blocks are live; free cells are marked.
        unsafe {
            if !(*block).container || (young_only && !(*block).young) {
                continue;
            }
            for cell in (*block).cells() {
                if !(*cell).has(flags::FREE) {
                    visit(cell);
                }
            }
        }
    }
    for &cell in &heap.large {
        // SAFETY: registered objects are live.
        unsafe {
            if !(*cell).has(flags::FREE) {
                visit(cell);
            }
        }
    }
}

/// Calls `visit` for every live object that is not large.
pub fn walk_all(mut visit: impl FnMut(*mut Header)) {
    let heap = heap();
    for &block in &heap.blocks {
        // SAFETY: as above.
        unsafe {
            for cell in (*block).cells() {
                if !(*cell).has(flags::FREE) {
                    visit(cell);
                }
            }
        }
    }
    for &cell in &heap.large {
        visit(cell);
    }
}

/// After a young collection: blocks other than the current ones have nothing young any more.
pub fn forget_young() {
    let heap = heap();
    heap.young_count = 0;
    for &block in &heap.blocks {
        // SAFETY: blocks are live.
        unsafe {
            (*block).young = heap.current[(*block).class_index as usize] == block;
        }
    }
}

/// After garbage was freed: it is no credit for what comes.
pub fn forget_young_count() {
    heap().young_count = 0;
}

/// A number for each container cell, as long as it lives.
pub struct Tally {
    blocks: Vec<(*mut Block, Box<[u32]>)>,
}

impl Tally {
    /// For all container cells that there are, or those that [`walk_containers`] visits among the young.
    pub fn new(young_only: bool) -> Tally {
        let mut blocks = Vec::new();
        for &block in &heap().blocks {
            // SAFETY: blocks are live.
            unsafe {
                if !(*block).container || (young_only && !(*block).young) {
                    continue;
                }
                let mut tally = vec![0; (*block).cells().count()].into_boxed_slice();
                (*block).tally = tally.as_mut_ptr();
                blocks.push((block, tally));
            }
        }
        Tally { blocks }
    }

    /// The object's number.
    ///
    /// # Safety
    /// The cell was there, and visited, when the tally was made.
    #[inline(always)]
    pub unsafe fn of(&mut self, cell: *const Header) -> &mut u32 {
        // SAFETY: the caller's promise.
        unsafe {
            if (*cell).has(flags::LARGE) {
                return &mut (*(cell as *mut LargePrefix).sub(1)).tally;
            }
            let block = block_of(cell);
            &mut *(*block).tally.add((*block).number_of(cell))
        }
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        for (block, _) in &self.blocks {
            // SAFETY: blocks are live.
            unsafe { (**block).tally = std::ptr::null_mut() };
        }
    }
}

pub fn set_threshold(threshold: isize) {
    heap().threshold = threshold;
}

pub fn young_count() -> isize {
    heap().young_count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_numbered_without_a_division() {
        for cell_size in (STEP..=MAX_CELL).step_by(STEP) {
            let reciprocal = reciprocal(cell_size);
            let cells = (BLOCK_SIZE - BLOCK_HEADER) / cell_size;
            for number in 0..cells {
                assert_eq!(divided(number * cell_size, reciprocal), number);
            }
        }
    }
}
