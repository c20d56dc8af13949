//! The collection itself.

use crate::gil::Guarded;
use crate::memory::heap;
use crate::object::{Header, Ref, flags};
use crate::value::{Raw, Value};
use std::cell::Cell;
use std::collections::HashMap;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Generation {
    Young,
    Full,
}

/// Calls `visit` for every value that the object owns.
pub(crate) fn traverse_object(object: *mut Header, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: the object is live and tracked, hence complete.
    unsafe {
        let header = &*object;
        let class = header.class();
        if let Some(traverse) = class.slots().traverse {
            traverse(object, visit);
        }
        if header.shape().has_tail() {
            crate::shape::traverse_tail(header, visit);
        }
        if class.is_heap() {
            visit(Ref::<crate::objects::class::Type>::peek_value(&class));
        }
    }
}

impl<T> Ref<T> {
    /// A `&T` seen as a value, not counted.
    pub(crate) fn peek_value<'a>(object: &'a &T) -> &'a Value {
        // SAFETY: a reference to a native object and a value are both its address in one word.
        unsafe { &*(object as *const &T as *const Value) }
    }
}

/// How the collections go on.
struct State {
    enabled: Cell<bool>,
    collecting: Cell<bool>,
    /// Since the last full one.
    young_collections: Cell<usize>,
    survivors: Cell<usize>,
    /// What was alive after the last full one.
    full_size: Cell<usize>,
}

static STATE: Guarded<State> = Guarded(State {
    enabled: Cell::new(true),
    collecting: Cell::new(false),
    young_collections: Cell::new(0),
    survivors: Cell::new(0),
    full_size: Cell::new(0),
});

/// Do collections run by themselves?
pub fn is_enabled() -> bool {
    STATE.0.enabled.get()
}

pub fn enable(enabled: bool) {
    STATE.0.enabled.set(enabled);
}

/// Runs a young collection if enough was allocated since the last one, and now and then a full one.
pub fn collect_if_due() {
    let state = &STATE.0;
    if !state.enabled.get() || state.collecting.get() {
        return;
    }
    let young = state.young_collections.get() + 1;
    state.young_collections.set(young);
    // A full collection costs as much as there is; pay for it in proportion to growth.
    let generation = if young >= 10 && state.survivors.get() > state.full_size.get() / 4 {
        Generation::Full
    } else {
        Generation::Young
    };
    collect(generation);
}

/// Collects garbage cycles; returns how many objects were found unreachable.
pub fn collect(generation: Generation) -> usize {
    let state = &STATE.0;
    if state.collecting.replace(true) {
        return 0;
    }
    let found = collect_inner(generation);
    state.collecting.set(false);
    found
}

fn collect_inner(generation: Generation) -> usize {
    let state = &STATE.0;
    let young_only = generation == Generation::Young;
    // Object → references from outside the set, as far as found.
    let mut candidates: Vec<*mut Header> = Vec::new();
    heap::walk_containers(young_only, |object| {
        // SAFETY: walked objects are live.
        let header = unsafe { &*object };
        let old = young_only && header.has(flags::OLD);
        let taken =
            header.has(flags::TRACKED) && !header.has(flags::FROZEN) && !header.is_immortal();
        if taken && !old {
            candidates.push(object);
        }
    });
    let mut outside: HashMap<usize, i64, foldhash::fast::FixedState> =
        HashMap::with_capacity_and_hasher(candidates.len(), Default::default());
    for &object in &candidates {
        // SAFETY: as above.
        outside.insert(object as usize, unsafe { (*object).count() } as i64);
    }
    for &object in &candidates {
        traverse_object(object, &mut |value| {
            if value.is_object()
                && let Some(count) = outside.get_mut(&(value.raw().address() as usize))
            {
                *count -= 1;
            }
        });
    }
    // What has references from outside is alive, and all it reaches.
    let mut work: Vec<*mut Header> = Vec::new();
    for &object in &candidates {
        let count = outside[&(object as usize)];
        debug_assert!(
            count >= 0,
            "more references found than counted: {:?}",
            unsafe { (*object).class().name() }
        );
        if count > 0 {
            work.push(object);
        }
    }
    for object in &work {
        outside.remove(&(*object as usize));
    }
    let mut alive = work.len();
    while let Some(object) = work.pop() {
        traverse_object(object, &mut |value| {
            if value.is_object() {
                let address = value.raw().address();
                if outside.remove(&(address as usize)).is_some() {
                    alive += 1;
                    work.push(address);
                }
            }
        });
    }
    for &object in &candidates {
        if !outside.contains_key(&(object as usize)) {
            // SAFETY: alive.
            unsafe { (*object).set(flags::OLD) };
        }
    }
    heap::forget_young();
    if young_only {
        state.survivors.set(state.survivors.get() + alive);
    } else {
        state.survivors.set(0);
        state.full_size.set(alive);
        state.young_collections.set(0);
    }
    let garbage: Vec<*mut Header> = candidates
        .into_iter()
        .filter(|o| outside.contains_key(&(*o as usize)))
        .collect();
    let found = garbage.len();
    if found > 0 {
        dispose(garbage);
        heap::forget_young_count();
    }
    found
}

/// Finalizes and drops unreachable objects, unless finalizers brought them back.
fn dispose(garbage: Vec<*mut Header>) {
    // Hold every object while Python code runs.
    let held: Vec<Value> = garbage
        .iter()
        // SAFETY: live objects; `to_value` counts.
        .map(|&object| Raw(object as u64).to_value())
        .collect();
    // Weak references with callbacks that are not garbage themselves are cleared first (PEP 442).
    for &object in &garbage {
        // SAFETY: held.
        unsafe {
            if (*object).has(flags::WEAKREFS) {
                crate::objects::weakref::clear_references(object);
            }
        }
    }
    let mut finalized = false;
    for &object in &garbage {
        // SAFETY: held.
        unsafe {
            let header = &*object;
            if let Some(finalize) = header.class().slots().finalize
                && !header.has(flags::FINALIZED)
            {
                header.set(flags::FINALIZED);
                finalize(object);
                finalized = true;
            }
        }
    }
    if finalized && resurrected(&garbage) {
        // Some came back: leave all of it to the next collection.
        return;
    }
    for &object in &garbage {
        // SAFETY: held.
        unsafe {
            let header = &*object;
            if let Some(clear) = header.class().slots().clear {
                clear(object);
            }
            if header.shape().has_tail() {
                crate::shape::clear_tail(header, header.shape());
            }
        }
    }
    drop(held);
}

/// Does anything outside the set (and the one reference held per object) refer into it?
fn resurrected(garbage: &[*mut Header]) -> bool {
    let mut outside: HashMap<usize, i64, foldhash::fast::FixedState> = garbage
        .iter()
        // SAFETY: held.
        .map(|&o| (o as usize, unsafe { (*o).count() } as i64 - 1))
        .collect();
    for &object in garbage {
        traverse_object(object, &mut |value| {
            if value.is_object()
                && let Some(count) = outside.get_mut(&(value.raw().address() as usize))
            {
                *count -= 1;
            }
        });
    }
    outside.values().any(|count| *count > 0)
}
