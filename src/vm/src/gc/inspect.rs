//! What `gc` shows of the tracked objects, and what it sets aside.

use super::collect::traverse_object;
use crate::memory::heap;
use crate::object::{Header, flags};
use crate::value::{Raw, Value};

/// Live tracked objects that `wanted` takes. Objects whose last reference is gone are passed over:
/// they wait for their deallocation.
fn tracked(wanted: impl Fn(&Header) -> bool) -> Vec<*mut Header> {
    let mut found = Vec::new();
    heap::walk_containers(false, |object| {
        // SAFETY: walked objects are live.
        let header = unsafe { &*object };
        let shown = header.has(flags::TRACKED) && !header.is_immortal() && header.count() > 0;
        if shown && wanted(header) {
            found.push(object);
        }
    });
    found
}

fn values(objects: Vec<*mut Header>) -> Vec<Value> {
    let value = |object| Raw(object as u64).to_value();
    objects.into_iter().map(value).collect()
}

/// The tracked objects that are not frozen; of the young or the old ones only, if asked so.
pub fn objects(old: Option<bool>) -> Vec<Value> {
    values(tracked(|header| {
        !header.has(flags::FROZEN) && old.is_none_or(|old| header.has(flags::OLD) == old)
    }))
}

/// How many objects are young, and how many old.
pub fn sizes() -> (usize, usize) {
    let objects = tracked(|header| !header.has(flags::FROZEN));
    // SAFETY: live.
    let old = |object: &&*mut Header| unsafe { (***object).has(flags::OLD) };
    let old = objects.iter().filter(old).count();
    (objects.len() - old, old)
}

/// The tracked objects that refer to one of `targets`.
pub fn referrers(targets: &[Value]) -> Vec<Value> {
    let mut objects = tracked(|header| !header.has(flags::FROZEN));
    objects.retain(|&object| {
        let mut refers = false;
        traverse_object(object, &mut |value| {
            refers |= targets.iter().any(|target| target.is(value));
        });
        refers
    });
    values(objects)
}

/// What an object refers to.
pub fn referents(object: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    if let Some(header) = object.header() {
        traverse_object(header as *const Header as *mut Header, &mut |value| {
            let raw = value.raw();
            if value.is_object() || raw.is_int() || raw.is_tagged_float() {
                found.push(value.clone());
            }
        });
    }
    found
}

/// Collections pass over what is tracked now, until [`unfreeze`].
pub fn freeze() {
    for object in tracked(|_| true) {
        // SAFETY: live.
        unsafe { (*object).set(flags::FROZEN) };
    }
    heap::forget_young_count();
}

/// What was frozen is old from now on.
pub fn unfreeze() {
    for object in tracked(|header| header.has(flags::FROZEN)) {
        // SAFETY: live.
        unsafe {
            (*object).unset(flags::FROZEN);
            (*object).set(flags::OLD);
        }
    }
}

pub fn frozen_count() -> usize {
    tracked(|header| header.has(flags::FROZEN)).len()
}
