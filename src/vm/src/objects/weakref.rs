//! Weak references.
//!
//! Which references an object has stands in a table by address; the header's flag `WEAKREFS` says that
//! there is an entry. The table does not own the references: one that dies takes itself out. When the
//! object dies, [`clear_references`] empties them all before any callback runs, so no callback can
//! bring the object back.

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error};
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::names;
use crate::native::NativeClass;
use crate::object::{Header, flags};
use crate::objects::class::{CompareOp, Type, TypeFlags};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::weakproxy::Proxy;
use crate::value::{Raw, Value};
use std::cell::{Cell, UnsafeCell};
use std::collections::HashMap;
use taipan_macros::{pyclass, pymethods};

/// What a reference and a proxy have in common; never owns its target.
pub struct Weak {
    target: Cell<*mut Header>,
    callback: Field<Option<Value>>,
}

/// A weak reference: calling it gives the object, or None once that is gone.
#[pyclass(
    name = "ReferenceType",
    module = "weakref",
    signature = "ReferenceType(object, callback=None, /)",
    traverse = custom,
    gc
)]
#[repr(C)]
pub struct Reference {
    header: Header,
    pub(super) weak: Weak,
    hash: Cell<Option<i64>>,
}

struct Table(UnsafeCell<Option<HashMap<usize, Vec<*mut Header>>>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Table {}
static TABLE: Table = Table(UnsafeCell::new(None));

#[allow(clippy::mut_from_ref)]
fn table() -> &'static mut HashMap<usize, Vec<*mut Header>> {
    // SAFETY: under the GIL; no Python code runs while the reference is used.
    unsafe { (*TABLE.0.get()).get_or_insert_with(HashMap::new) }
}

/// The common part of a reference or proxy in the table.
fn weak_of(holder: *mut Header) -> &'static Weak {
    // SAFETY: the table holds live references and proxies.
    unsafe {
        let class = (*holder).class();
        if class.has_layout_of(Reference::class()) {
            &(*(holder as *const Reference)).weak
        } else {
            Proxy::weak_at(holder)
        }
    }
}

impl Weak {
    pub(super) fn new(target: &Value, callback: Option<&Value>) -> PyResult<Weak> {
        let class = target.class();
        let header = target
            .header()
            .filter(|_| class.has(TypeFlags::HAS_WEAKREF));
        let Some(header) = header else {
            return Err(type_error(format!(
                "cannot create weak reference to '{}' object",
                class.name()
            )));
        };
        Ok(Weak {
            target: Cell::new(header as *const Header as *mut Header),
            callback: Field::new(callback.filter(|callback| !callback.is_none()).cloned()),
        })
    }
    /// Puts the finished reference or proxy into the table.
    pub(super) fn register(&self, holder: *mut Header) {
        let target = self.target.get();
        // SAFETY: the target is alive: its reference was just made.
        unsafe { (*target).set(flags::WEAKREFS) };
        table().entry(target as usize).or_default().push(holder);
    }
    /// Takes the dying or emptied reference out of the table.
    pub(super) fn unregister(&self, holder: *mut Header) {
        let target = self.target.replace(std::ptr::null_mut());
        if target.is_null() {
            return;
        }
        if let Some(holders) = table().get_mut(&(target as usize)) {
            holders.retain(|other| *other != holder);
            if holders.is_empty() {
                table().remove(&(target as usize));
                // SAFETY: targets are emptied out of references before they die.
                unsafe { (*target).unset(flags::WEAKREFS) };
            }
        }
    }
    /// The object, if it is still there.
    pub fn get(&self) -> Option<Value> {
        let target = self.target.get();
        // SAFETY: a target that is not null has not been deallocated; one whose count is zero waits
        // for it.
        unsafe {
            if target.is_null() || (*target).count() == 0 {
                return None;
            }
        }
        Some(Raw(target as u64).to_value())
    }
    pub(super) fn callback(&self) -> Option<Value> {
        self.callback.get()
    }
    pub(super) fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        if let Some(callback) = self.callback.get() {
            visit(&callback);
        }
    }
    pub(super) fn clear_callback(&self) {
        self.callback.set(None);
    }
}

fn holders_of(target: &Value) -> Vec<*mut Header> {
    match target.header() {
        Some(header) if header.has(flags::WEAKREFS) => table()
            .get(&(header as *const Header as usize))
            .cloned()
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// A callback that is due, with the reference it is for.
type Call = (Value, Value);

/// Empties all references to an object that is about to die, and calls their callbacks.
///
/// # Safety
/// The object is alive: the caller gave it one reference for the time.
pub unsafe fn clear_references(object: *mut Header) {
    let mut calls = Vec::new();
    // SAFETY: the caller's promise.
    unsafe { empty_references(object, &mut calls, |_| false) };
    call_back(calls);
}

/// Empties all references to objects that a collection found, which holds them, and calls the callbacks
/// of those that are not garbage themselves.
pub fn clear_references_to_garbage(objects: &[*mut Header], lost: impl Fn(*mut Header) -> bool) {
    let mut calls = Vec::new();
    for &object in objects {
        // SAFETY: held by the collection.
        unsafe {
            if (*object).has(flags::WEAKREFS) {
                empty_references(object, &mut calls, &lost);
            }
        }
    }
    call_back(calls);
}

/// # Safety
/// As [`clear_references`].
unsafe fn empty_references(
    object: *mut Header,
    calls: &mut Vec<Call>,
    lost: impl Fn(*mut Header) -> bool,
) {
    // SAFETY: the caller's promise.
    let header = unsafe { &*object };
    header.unset(flags::WEAKREFS);
    let Some(holders) = table().remove(&(object as usize)) else {
        return;
    };
    // The youngest callback is called first.
    for holder in holders.into_iter().rev() {
        let weak = weak_of(holder);
        weak.target.set(std::ptr::null_mut());
        if lost(holder) {
            // Its callback goes with the rest of the garbage.
            continue;
        }
        if let Some(callback) = weak.callback.replace(None) {
            // SAFETY: the holder is alive, or dying by now: that one calls nobody.
            if unsafe { (*holder).count() } != 0 {
                calls.push((Raw(holder as u64).to_value(), callback));
            }
        }
    }
}

fn call_back(calls: Vec<Call>) {
    if calls.is_empty() {
        return;
    }
    // Callbacks in Rust change things as well.
    crate::interpreter::dispatch::count_run();
    let thread = crate::thread::thread();
    let pending = thread.raised.take();
    for (holder, callback) in calls {
        if abstract_ops::call(&callback, std::slice::from_ref(&holder)).is_err() {
            crate::unraisable::report(
                Some("Exception ignored while calling weakref callback"),
                Some(&callback),
            );
        }
    }
    thread.raised.set(pending);
}

/// The first reference to an object: what `__weakref__` shows.
pub fn first_reference(target: &Value) -> Option<Value> {
    holders_of(target)
        .first()
        .map(|holder| Raw(*holder as u64).to_value())
}

/// All references and proxies to an object, oldest first.
pub fn references(target: &Value) -> Vec<Value> {
    holders_of(target)
        .iter()
        .map(|holder| Raw(*holder as u64).to_value())
        .collect()
}

/// A living reference or proxy of exactly this class without a callback, to be shared.
pub(super) fn shared(target: &Value, class: &Type) -> Option<Value> {
    holders_of(target).into_iter().find_map(|holder| {
        // SAFETY: the table holds live references.
        let header = unsafe { &*holder };
        let fits = std::ptr::eq(header.class(), class)
            && header.count() != 0
            && weak_of(holder).callback.with(|callback| callback.is_none());
        fits.then(|| Raw(holder as u64).to_value())
    })
}

impl Reference {
    /// `weakref.ref(target)`, made from Rust.
    pub fn to(target: &Value) -> PyResult {
        Reference::new(Reference::class(), std::slice::from_ref(target), None)
    }
    pub fn get(&self) -> Option<Value> {
        self.weak.get()
    }
}

impl crate::gc::TraverseCustom for Reference {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        self.weak.visit(visit);
    }
    fn clear_custom(&self) {
        self.weak.clear_callback();
    }
}

impl Drop for Reference {
    fn drop(&mut self) {
        let holder = &raw mut self.header;
        self.weak.unregister(holder);
    }
}

#[pymethods]
impl Reference {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let plain = &args[..args.len() - kwnames.map_or(0, Tuple::len)];
        let exact = class.is_native::<Reference>();
        if exact && plain.len() != args.len() {
            return Err(type_error("ref() takes no keyword arguments"));
        }
        let (target, callback) = match plain {
            [target] => (target, None),
            [target, callback, ..] if plain.len() == 2 || !exact => (target, Some(callback)),
            [] => return Err(type_error("__new__ expected at least 1 argument, got 0")),
            _ => {
                return Err(type_error(format!(
                    "__new__ expected at most 2 arguments, got {}",
                    plain.len()
                )));
            }
        };
        let callback = callback.filter(|callback| !callback.is_none());
        let weak = Weak::new(target, callback)?;
        if exact
            && callback.is_none()
            && let Some(shared) = shared(target, class)
        {
            return Ok(shared);
        }
        let reference = allocate_instance(
            class,
            Reference {
                header: Header::fresh(),
                weak,
                hash: Cell::new(None),
            },
        );
        reference.weak.register(reference.as_ptr() as *mut Header);
        Ok(reference.into_value())
    }
    #[pyslot]
    fn init(_this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        let plain = args.len() - kwnames.map_or(0, Tuple::len);
        match plain {
            1 | 2 => Ok(()),
            0 => Err(type_error("__init__ expected at least 1 argument, got 0")),
            _ => Err(type_error(format!(
                "__init__ expected at most 2 arguments, got {plain}"
            ))),
        }
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error(
                "weakref.ReferenceType() takes no keyword arguments",
            ));
        }
        if !args.is_empty() {
            return Err(type_error(format!(
                "weakref.ReferenceType expected 0 arguments, got {}",
                args.len()
            )));
        }
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<Reference>() };
        Ok(this.weak.get().unwrap_or_else(Value::none))
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        if let Some(hash) = self.hash.get() {
            return Ok(hash);
        }
        let Some(target) = self.weak.get() else {
            return Err(type_error("weak object has gone away"));
        };
        let hash = abstract_ops::hash(&target)?;
        self.hash.set(Some(hash));
        Ok(hash)
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Reference>(), other.downcast::<Reference>())
        else {
            return Ok(Value::not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::not_implemented());
        }
        match (a.weak.get(), b.weak.get()) {
            (Some(x), Some(y)) => abstract_ops::rich_compare(&x, &y, op),
            _ => Ok(Value::bool(this.is(other) == (op == CompareOp::Eq))),
        }
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: as above.
        let reference = unsafe { this.downcast_unchecked::<Reference>() };
        let address = this.raw().0;
        let Some(target) = reference.weak.get() else {
            return Ok(format!("<weakref at {address:#x}; dead>"));
        };
        let name = abstract_ops::getattr_opt(&target, &names::NAME)?
            .and_then(|name| name.downcast::<Str>().map(|name| format!(" ({name})")))
            .unwrap_or_default();
        Ok(format!(
            "<weakref at {address:#x}; to '{}' at {:#x}{name}>",
            crate::objects::object::full_name(target.class()),
            target.raw().0
        ))
    }
    #[pygetset]
    fn __callback__(&self) -> Value {
        self.weak.callback().unwrap_or_else(Value::none)
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
}
