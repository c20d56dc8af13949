//! The collection itself.

use crate::gil::Guarded;
use crate::memory::heap::{self, Tally};
use crate::object::{Header, Ref, flags};
use crate::shape::ShapeKind;
use crate::value::{Raw, Value};
use std::cell::Cell;
use std::collections::HashSet;

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
        if let Some(traverse) = class.slots().traverse
            && class.has_native_part()
        {
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

/// As CPython's.
pub const DEFAULT_THRESHOLD: isize = 2000;

/// How the collections go on.
struct State {
    enabled: Cell<bool>,
    collecting: Cell<bool>,
    /// Since the last full one.
    young_collections: Cell<usize>,
    survivors: Cell<usize>,
    /// What was alive after the last full one.
    full_size: Cell<usize>,
    /// Young containers before a collection, as the program wants it.
    threshold: Cell<isize>,
    /// What the collector makes of it: so many times as many.
    patience: Cell<isize>,
    hooks: Cell<Option<Hooks>>,
}

/// Where young objects are no garbage again and again there is little use in looking.
const MAX_PATIENCE: isize = 8;

impl State {
    /// After a young collection: a program whose containers die by their counts, or live, is asked less often.
    fn adapt(&self, examined: usize, found: usize) {
        let patience = match found * 16 < examined || examined == 0 {
            true => (2 * self.patience.get()).min(MAX_PATIENCE),
            false => 1,
        };
        self.set_patience(patience);
    }
    fn set_patience(&self, patience: isize) {
        self.patience.set(patience);
        heap::set_threshold(self.threshold.get().saturating_mul(patience));
    }
}

/// Young containers that bring on a collection; 0: none do.
pub fn set_threshold(threshold: usize) {
    let threshold = match threshold {
        0 => isize::MAX,
        _ => isize::try_from(threshold).unwrap_or(isize::MAX),
    };
    STATE.0.threshold.set(threshold);
    STATE.0.set_patience(1);
}

static STATE: Guarded<State> = Guarded(State {
    enabled: Cell::new(true),
    collecting: Cell::new(false),
    young_collections: Cell::new(0),
    survivors: Cell::new(0),
    full_size: Cell::new(0),
    threshold: Cell::new(DEFAULT_THRESHOLD),
    patience: Cell::new(1),
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

fn collect_inner(generation: Generation) -> usize {
    let state = &STATE.0;
    let young_only = generation == Generation::Young;
    let mut tally = Tally::new(young_only);
    let candidates = candidates(young_only);
    let examined = candidates.len();
    let garbage = unreachable(candidates, 0, &mut tally);
    let found = garbage.len();
    let alive = examined - found;
    heap::forget_young();
    if young_only {
        state.survivors.set(state.survivors.get() + alive);
        state.adapt(examined, found);
    } else {
        state.survivors.set(0);
        state.full_size.set(alive);
        state.young_collections.set(0);
        state.set_patience(1);
    }
    if found == 0 {
        return 0;
    }
    let found = dispose(garbage, tally);
    heap::forget_young_count();
    found
}

/// The objects that a collection looks at.
fn candidates(young_only: bool) -> Vec<*mut Header> {
    let mut candidates = Vec::new();
    heap::walk_containers(young_only, |object| {
        // SAFETY: walked objects are live.
        let header = unsafe { &*object };
        if !header.has(flags::TRACKED) || header.has(flags::FROZEN) || header.is_immortal() {
            return;
        }
        if !young_only {
            candidates.push(object);
        } else if !header.has(flags::OLD) {
            // What refers to nothing but its class closes no cycle of young objects.
            if is_bare(header) {
                header.set(flags::OLD);
            } else {
                candidates.push(object);
            }
        }
    });
    candidates
}

/// Is it an instance of a class written in Python, without a native part that owns anything, and no attribute of it an
/// object?
fn is_bare(header: &Header) -> bool {
    let shape = header.shape();
    shape.kind() != ShapeKind::Dictionary
        && !shape.class().has_native_part()
        && !crate::shape::holds_objects(header)
}

/// The objects of the set that nothing outside of it leads to, where each is held `held` times from outside for the
/// collector's sake. The others are old from now on.
fn unreachable(set: Vec<*mut Header>, held: u32, tally: &mut Tally) -> Vec<*mut Header> {
    for &object in &set {
        // SAFETY: objects of the set are live, and the tally was made for them.
        unsafe {
            (*object).set(flags::CANDIDATE);
            *tally.of(object) = (*object).count() - held;
        }
    }
    // References from outside are those that are not from within.
    for &object in &set {
        traverse_object(object, &mut |value| {
            if let Some(header) = candidate(value) {
                // SAFETY: as above.
                let outside = unsafe { tally.of(header) };
                debug_assert!(
                    *outside > 0,
                    "more references found than counted: {:?}",
                    header.class().name()
                );
                *outside = outside.wrapping_sub(1);
            }
        });
    }
    let mut work = Vec::new();
    for &object in &set {
        // SAFETY: as above.
        unsafe {
            if *tally.of(object) == 0 || !(*object).has(flags::CANDIDATE) {
                continue;
            }
            (*object).unset(flags::CANDIDATE);
        }
        work.push(object);
        while let Some(object) = work.pop() {
            traverse_object(object, &mut |value| {
                if let Some(header) = candidate(value) {
                    header.unset(flags::CANDIDATE);
                    work.push(header as *const Header as *mut Header);
                }
            });
        }
    }
    let mut garbage = set;
    garbage.retain(|object| {
        // SAFETY: as above.
        let header = unsafe { &**object };
        let dead = header.has(flags::CANDIDATE);
        header.unset(flags::CANDIDATE);
        if !dead {
            header.set(flags::OLD);
        }
        dead
    });
    garbage
}

/// The header of an object that is to be found alive yet.
#[inline(always)]
fn candidate(value: &Value) -> Option<&Header> {
    value.header().filter(|header| header.has(flags::CANDIDATE))
}

/// Finalizes and drops unreachable objects, except those that finalizers brought back; returns how
/// many stayed unreachable.
fn dispose(mut garbage: Vec<*mut Header>, mut tally: Tally) -> usize {
    // Hold every object while Python code runs.
    let held: Vec<Value> = garbage.iter().map(|&object| value_of(object)).collect();
    let hooks = STATE.0.hooks.get();
    if let Some(hooks) = hooks {
        (hooks.found)(&held);
    }
    // Weak references are emptied before any Python code runs, so that none of it can get hold of the
    // garbage by them; those that are garbage themselves call nobody.
    let addresses: HashSet<*const Header> = garbage.iter().map(|o| o.cast_const()).collect();
    crate::objects::weakref::clear_references_to_garbage(&garbage, |holder| {
        addresses.contains(&holder.cast_const())
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
        garbage = unreachable(garbage, 1, &mut tally);
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
