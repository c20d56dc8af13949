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
    hooks: Cell<Option<Hooks>>,
}

static STATE: Guarded<State> = Guarded(State {
    enabled: Cell::new(true),
    collecting: Cell::new(false),
    young_collections: Cell::new(0),
    survivors: Cell::new(0),
    full_size: Cell::new(0),
    hooks: Cell::new(None),
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
    let hooks = state.hooks.get();
    if let Some(hooks) = hooks {
        (hooks.start)(generation);
    }
    let found = collect_inner(generation);
    if let Some(hooks) = hooks {
        (hooks.stop)(generation, found);
    }
    state.collecting.set(false);
    found
}

/// What the `gc` module does around and during each collection.
#[derive(Clone, Copy)]
pub struct Hooks {
    pub start: fn(Generation),
    /// Is given the number of objects found unreachable.
    pub stop: fn(Generation, usize),
    /// Is shown the unreachable objects before anything is done to them.
    pub found: fn(&[Value]),
    /// May keep what would be cleared; says whether it did.
    pub keep: fn(&[Value]) -> bool,
}

pub fn watch(hooks: Hooks) {
    STATE.0.hooks.set(Some(hooks));
}

/// Young collections since the last full one.
pub fn young_collections() -> usize {
    STATE.0.young_collections.get()
}

/// Counts by address.
type Counts = HashMap<usize, i64, foldhash::fast::FixedState>;

/// Of these objects, those that nothing outside the set reaches. `held` references to each do not count.
fn unreachable(objects: &[*mut Header], held: i64) -> Counts {
    // Object → references from outside the set, as far as found.
    let mut outside = Counts::with_capacity_and_hasher(objects.len(), Default::default());
    for &object in objects {
        // SAFETY: the objects are live.
        outside.insert(object as usize, unsafe { (*object).count() } as i64 - held);
    }
    for &object in objects {
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
    for &object in objects {
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
    while let Some(object) = work.pop() {
        traverse_object(object, &mut |value| {
            if value.is_object() {
                let address = value.raw().address();
                if outside.remove(&(address as usize)).is_some() {
                    work.push(address);
                }
            }
        });
    }
    outside
}

fn collect_inner(generation: Generation) -> usize {
    let state = &STATE.0;
    let young_only = generation == Generation::Young;
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
    let lost = unreachable(&candidates, 0);
    let alive = candidates.len() - lost.len();
    for &object in &candidates {
        if !lost.contains_key(&(object as usize)) {
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
    let mut garbage = candidates;
    garbage.retain(|object| lost.contains_key(&(*object as usize)));
    if garbage.is_empty() {
        return 0;
    }
    let found = dispose(garbage, &lost);
    heap::forget_young_count();
    found
}

/// Finalizes and drops unreachable objects, except those that finalizers brought back; returns how
/// many stayed unreachable.
fn dispose(mut garbage: Vec<*mut Header>, lost: &Counts) -> usize {
    // Hold every object while Python code runs.
    let held: Vec<Value> = garbage.iter().map(|&object| value_of(object)).collect();
    let hooks = STATE.0.hooks.get();
    if let Some(hooks) = hooks {
        (hooks.found)(&held);
    }
    // Weak references are emptied before any Python code runs, so that none of it can get hold of the
    // garbage by them; those that are garbage themselves call nobody.
    crate::objects::weakref::clear_references_to_garbage(&garbage, |holder| {
        lost.contains_key(&(holder as usize))
    });
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
    if finalized {
        // What came back, and all it reaches, lives on; the rest goes at once (PEP 442).
        let lost = unreachable(&garbage, 1);
        garbage.retain(|&object| {
            let gone = lost.contains_key(&(object as usize));
            if !gone {
                // SAFETY: held.
                unsafe { (*object).set(flags::OLD) };
            }
            gone
        });
    }
    let found = garbage.len();
    if let Some(hooks) = hooks {
        let rest: Vec<Value> = garbage.iter().map(|&object| value_of(object)).collect();
        if (hooks.keep)(&rest) {
            return found;
        }
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
    found
}

/// One more reference to a live object.
fn value_of(object: *mut Header) -> Value {
    Raw(object as u64).to_value()
}
