//! What happens when a count reaches zero: finalizer, weak references, contents, memory.
//!
//! Deep structures are dropped without deep native recursion: past a depth, objects wait on a list
//! that the outermost deallocation works off (CPython's trashcan).

use super::heap;
use crate::object::{Header, flags};
use crate::objects::bytes::Bytes;
use crate::objects::class::Type;
use crate::objects::float::Float;
use crate::objects::int::Int;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::thread::thread;
use crate::value::Raw;

/// Nested deallocations before objects are put off.
const MAX_DEPTH: u32 = 40;
/// Items of a tuple that are looked at before it dies.
const SMALL: usize = 8;

/// Destroys an object whose count has just become zero.
///
/// # Safety
/// Nobody holds a reference; the object is complete.
#[cold]
#[inline(never)]
pub unsafe fn dealloc(object: *mut Header) {
    // SAFETY: the caller's promise.
    unsafe {
        // What is in Rust alone is destroyed as quickly the other way.
        let instance = (*object).shape().plain_drop().is_none();
        if !(instance && dealloc_quietly(object)) {
            dealloc_loudly(object);
        }
    }
}

/// Likewise, of one of which it is known that [`dealloc_quietly`] is not enough.
///
/// # Safety
/// As for [`dealloc`].
pub unsafe fn dealloc_loudly(object: *mut Header) {
    // SAFETY: the caller's promise; the object is live until `heap::free`.
    unsafe {
        let thread = thread();
        let depth = thread.dealloc_depth.get();
        if depth >= MAX_DEPTH {
            (*thread.deferred.get()).push(object);
            return;
        }
        thread.dealloc_depth.set(depth + 1);
        destroy(object);
        if depth == 0 && !(*thread.deferred.get()).is_empty() {
            work_off();
        }
        thread.dealloc_depth.set(depth);
    }
}

/// Destroys an object whose count has just become zero if nothing else dies with it that anybody is told of: then no
/// Python code runs, and nobody looks at frames. False, and nothing done, if that is not so or would take long to find out:
/// it is asked for instances, small tuples, numbers and texts.
///
/// # Safety
/// As for [`dealloc`].
#[inline]
pub unsafe fn dealloc_quietly(object: *mut Header) -> bool {
    // SAFETY: the caller's promise; member slots are words of the object.
    unsafe {
        let header = &*object;
        let shape = header.shape();
        if header.has(flags::WEAKREFS) {
            return false;
        }
        if shape.plain_drop().is_some() {
            let quiet = is_leaf(header.class()) || is_quiet_tuple(header);
            if quiet {
                destroy(object);
            }
            return quiet;
        }
        if !shape.is_quiet() {
            return false;
        }
        let class: *const Type = header.class();
        let Some(attributes) = crate::shape::slots(header) else {
            return false;
        };
        let members = (*class).member_offsets();
        let member = |offset: &u32| *((object as *const u8).add(*offset as usize) as *const Raw);
        let count = (attributes.len() + members.len()) as u32;
        let all_outlive = attributes.iter().all(|word| outlives(*word, count))
            && members.iter().all(|offset| outlives(member(offset), count));
        if !all_outlive || !(*(class as *const Header)).outlives(1) {
            return false;
        }
        header.unset(flags::TRACKED);
        for word in attributes {
            word.release_if_shared();
        }
        for offset in members {
            member(offset).release_if_shared();
        }
        heap::free(object);
        (*(class as *const Header)).decref_if_shared();
        true
    }
}

/// Numbers and texts hold nothing that could die with them.
fn is_leaf(class: &Type) -> bool {
    class.is_native::<Str>()
        || class.is_native::<Float>()
        || class.is_native::<Int>()
        || class.is_native::<Bytes>()
}

/// Do all items of a tuple outlive it?
fn is_quiet_tuple(header: &Header) -> bool {
    if !header.class().is_native::<Tuple>() {
        return false;
    }
    // SAFETY: its class says so.
    let items = unsafe { &*(header as *const Header as *const Tuple) }.as_slice();
    let count = items.len() as u32;
    items.len() <= SMALL && items.iter().all(|item| outlives(item.raw(), count))
}

/// Does what a word names live on without one of so many places, even if all of them name it?
#[inline]
fn outlives(word: Raw, places: u32) -> bool {
    !word.is_pointer() || word.header().outlives(places)
}

/// Destroys what was put off, and what that puts off.
#[cold]
#[inline(never)]
unsafe fn work_off() {
    // SAFETY: as in `dealloc`.
    unsafe {
        while let Some(next) = (*thread().deferred.get()).pop() {
            destroy(next);
        }
    }
}

#[inline(always)]
unsafe fn destroy(object: *mut Header) {
    // SAFETY: as in `dealloc`.
    unsafe {
        let header = &*object;
        if let Some(drop) = header.shape().plain_drop()
            && !header.has(flags::WEAKREFS)
        {
            header.unset(flags::TRACKED);
            drop(object);
            heap::free(object);
            return;
        }
        let class: *const Type = header.class();
        let slots = (*class).slots();
        let finalizes = slots.finalize.is_some() && !header.has(flags::FINALIZED);
        if (finalizes || header.has(flags::WEAKREFS)) && !take_leave(object) {
            return;
        }
        header.unset(flags::TRACKED);
        let shape = header.shape();
        if shape.has_tail() {
            crate::shape::drop_tail(object, shape);
        }
        (slots.drop.expect("every class can drop"))(object);
        heap::free(object);
        if (*class).is_heap() && (*(class as *const Header)).decref() {
            dealloc(class as *mut Header);
        }
    }
}

/// Finalizer and weak references; false when the object came back to life.
#[inline(never)]
unsafe fn take_leave(object: *mut Header) -> bool {
    crate::tier::show_frames();
    // SAFETY: as in `dealloc`.
    unsafe {
        let header = &*object;
        if let Some(finalize) = header.class().slots().finalize
            && !header.has(flags::FINALIZED)
            && !run_finalizer(object, finalize)
        {
            return false;
        }
        if header.has(flags::WEAKREFS) {
            header.set_count(1);
            crate::objects::weakref::clear_references(object);
            header.set_count(0);
        }
        true
    }
}

/// Runs `__del__`; false when the object came back to life.
unsafe fn run_finalizer(object: *mut Header, finalize: unsafe fn(*mut Header)) -> bool {
    // SAFETY: the object is complete; it has one reference while the finalizer runs.
    unsafe {
        let header = &*object;
        header.set(flags::FINALIZED);
        header.set_count(1);
        finalize(object);
        header.decref()
    }
}
