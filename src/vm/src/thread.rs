//! The state of a thread that runs Python code.
//!
//! Only the thread that holds the GIL runs, so "the current thread" is one global word.

use crate::exceptions::BaseException;
use crate::gc::Field;
use crate::interpreter::frame::Frame;
use crate::object::{Header, Ref};
use crate::value::{Raw, Value};
use std::cell::{Cell, UnsafeCell};
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

/// Bits of [`EVAL_BREAKER`]: why a poll has to leave the fast path.
pub mod breaker {
    pub const SIGNAL: u32 = 1;
    pub const COLLECT: u32 = 2;
    pub const TRACE: u32 = 4;
    /// Compiled code is ready to be installed, or has to be thrown away.
    pub const TIER: u32 = 8;
    pub const GIL: u32 = 16;
}

/// The one word that back-edges and function entries poll; zero means go on.
pub static EVAL_BREAKER: AtomicU32 = AtomicU32::new(0);

/// Address space for frames of one thread; only touched pages take memory.
const DATA_STACK: usize = 1 << 30;
/// Native stack kept free for native code that does not check.
pub const NATIVE_RESERVE: usize = 256 * 1024;
/// Native stack after which calls, comparisons, `repr()` and the like give up with a `RecursionError`. CPython does
/// so after 8 MiB; frames differ in size, in debug builds most of all.
const NATIVE_DEEP: usize = if cfg!(debug_assertions) {
    64 << 20
} else {
    8 << 20
};

#[repr(C)]
pub struct Thread {
    /// The innermost frame.
    pub frame: Cell<*mut Frame>,
    /// First free word of the data stack.
    pub stack_top: Cell<*mut Raw>,
    pub stack_limit: Cell<*mut Raw>,
    /// Python calls that may still be nested.
    pub recursion_remaining: Cell<i32>,
    pub recursion_limit: Cell<i32>,
    /// The exception being raised.
    pub raised: Field<Option<Ref<BaseException>>>,
    /// The innermost generator's (or this thread's own) exception being handled.
    pub exc_info: Cell<*const ExcItem>,
    pub native_limit: Cell<usize>,
    pub dealloc_depth: Cell<u32>,
    pub deferred: UnsafeCell<Vec<*mut Header>>,
    /// See [`crate::tier::show_frames`].
    pub unshown: Cell<*const crate::tier::Unshown>,
    /// Who takes the items of the generator that was asked for them last, or null.
    pub sink: Cell<*const crate::objects::generator::Sink<'static>>,
    pub trace: Field<Option<Value>>,
    pub profile: Field<Option<Value>>,
    pub tracing: Cell<bool>,
    /// `repr()` and comparison calls under way, for recursion checks.
    pub native_depth: Cell<u32>,
    /// What a generator returned whose end was told without an exception object.
    pub stop_value: Field<Option<Value>>,
    /// The native stack pointer when the thread was attached.
    pub native_base: Cell<usize>,
    /// See [`native_stack_is_deep`].
    pub native_deep: Cell<usize>,
    /// The innermost context entered (`contextvars.Context`).
    pub context: Field<Option<Value>>,
    main: Cell<bool>,
    data_stack: *mut libc::c_void,
}

/// What `except` handles at the moment, one for the thread and one for each running generator.
#[repr(C)]
pub struct ExcItem {
    pub value: Field<Option<Value>>,
    pub previous: Cell<*const ExcItem>,
}

impl Default for ExcItem {
    fn default() -> Self {
        Self::new()
    }
}

impl ExcItem {
    pub const fn new() -> ExcItem {
        ExcItem {
            value: Field::new(None),
            previous: Cell::new(std::ptr::null()),
        }
    }
}

static CURRENT: AtomicPtr<Thread> = AtomicPtr::new(std::ptr::null_mut());

/// The thread that holds the GIL: the calling one.
#[inline(always)]
pub fn thread() -> &'static Thread {
    // SAFETY: set before any Python object exists; threads' states live until process exit.
    unsafe { &*CURRENT.load(Ordering::Relaxed) }
}

/// Only the holder of the GIL, or who is just taking it, says so.
pub(crate) fn set_current(thread: &'static Thread) {
    CURRENT.store(thread as *const Thread as *mut Thread, Ordering::Relaxed);
}

/// Makes the calling native thread the one that runs the program.
///
/// `stack_size`: bytes of native stack below the caller.
pub fn attach(stack_size: usize) {
    let thread = make(stack_size);
    thread.becomes_main();
    set_current(thread);
}

/// The state of the calling native thread; it can run Python code when it has taken the GIL.
///
/// `stack_size`: bytes of native stack below the caller.
pub fn make(stack_size: usize) -> &'static Thread {
    // SAFETY: an anonymous mapping used for nothing else.
    let start = unsafe {
        libc::mmap(
            std::ptr::null_mut(),
            DATA_STACK,
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
            -1,
            0,
        )
    };
    assert!(
        start != libc::MAP_FAILED,
        "no address space for the data stack"
    );
    let data_stack = start;
    let start = start as *mut Raw;
    Box::leak(Box::new(Thread {
        frame: Cell::new(std::ptr::null_mut()),
        stack_top: Cell::new(start),
        // SAFETY: inside the mapping.
        stack_limit: Cell::new(unsafe { start.add(DATA_STACK / 8 - 4096) }),
        recursion_remaining: Cell::new(1000),
        recursion_limit: Cell::new(1000),
        raised: Field::new(None),
        exc_info: Cell::new(Box::leak(Box::new(ExcItem::new()))),
        native_limit: Cell::new(stack_pointer().saturating_sub(stack_size - NATIVE_RESERVE)),
        dealloc_depth: Cell::new(0),
        deferred: UnsafeCell::new(Vec::new()),
        unshown: Cell::new(std::ptr::null()),
        sink: Cell::new(std::ptr::null()),
        trace: Field::new(None),
        profile: Field::new(None),
        tracing: Cell::new(false),
        native_depth: Cell::new(0),
        stop_value: Field::new(None),
        native_base: Cell::new(stack_pointer()),
        native_deep: Cell::new(
            stack_pointer().saturating_sub(NATIVE_DEEP.min(stack_size - NATIVE_RESERVE)),
        ),
        context: Field::new(None),
        main: Cell::new(false),
        data_stack,
    }))
}

/// The end of a thread that was made: what it still has is let go of.
///
/// # Safety
/// It is the calling one and holds the GIL; no Python code of it is active, and it runs none again.
pub unsafe fn end(thread: &'static Thread) {
    thread.context.set(None);
    thread.raised.set(None);
    thread.trace.set(None);
    thread.profile.set(None);
    thread.stop_value.set(None);
    // SAFETY: made by `make`, and nobody looks at them again.
    unsafe {
        libc::munmap(thread.data_stack, DATA_STACK);
        drop(Box::from_raw(thread.exc_info.get().cast_mut()));
        drop(Box::from_raw(thread as *const Thread as *mut Thread));
    }
}

/// Asks for something at the next poll.
#[inline]
pub fn request(bit: u32) {
    EVAL_BREAKER.fetch_or(bit, Ordering::Relaxed);
}

pub fn request_collection() {
    request(breaker::COLLECT);
}

/// The native stack pointer. Not the address of a local: that would let the local escape, and keep
/// the interpreter's handlers from ending in jumps.
#[inline(always)]
fn stack_pointer() -> usize {
    let pointer: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, rsp", out(reg) pointer, options(nomem, nostack, preserves_flags))
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: reads a register.
    unsafe {
        std::arch::asm!("mov {}, sp", out(reg) pointer, options(nomem, nostack, preserves_flags))
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    {
        let here = 0u8;
        pointer = &raw const here as usize;
    }
    pointer
}

/// Is the native stack nearly used up?
#[inline(always)]
pub fn native_stack_is_low() -> bool {
    stack_pointer() < thread().native_limit.get()
}

/// Is so much native stack in use that recursion through native code had better end?
///
/// Code that can't tell may still go on up to [`native_stack_is_low`].
#[inline(always)]
pub fn native_stack_is_deep() -> bool {
    stack_pointer() < thread().native_deep.get()
}

/// Bytes of native stack in use.
pub fn native_stack_used() -> usize {
    thread().native_base.get().saturating_sub(stack_pointer())
}

impl Thread {
    /// Is it the one that runs the program, and the handlers of signals?
    pub fn is_main(&self) -> bool {
        self.main.get()
    }
    /// At the start, or as the only thread that a fork left.
    pub(crate) fn becomes_main(&self) {
        self.main.set(true);
        crate::signals::set_main_thread();
    }
    /// The exception being handled: what a bare `raise` raises and `__context__` gets.
    pub fn current_handled(&self) -> Option<Value> {
        let mut item = self.exc_info.get();
        // SAFETY: items live as long as they are linked.
        while let Some(this) = unsafe { item.as_ref() } {
            if let Some(value) = this.value.get() {
                return Some(value);
            }
            item = this.previous.get();
        }
        None
    }
}
