//! The hash table of `set` and `frozenset`, and the two classes.
//!
//! Open addressing, a short linear run before each jump; sizes, probe order and growth are such that
//! iteration meets the keys in the order CPython's would for equal hashes. A probe that had to ask
//! `__eq__` starts again when the table changed under it, and what is dropped is dropped after the table
//! is consistent.

use crate::abstract_ops;
use crate::exceptions::{PyResult, Raised};
use crate::gc::TraverseCustom;
use crate::memory::allocate_instance;
use crate::native::NativeClass;
use crate::object::{Header, Ref};
use crate::objects::class::Type;
use crate::objects::dict::Dict;
use crate::value::{Raw, Value};
use std::cell::{Cell, UnsafeCell};
use taipan_macros::pyclass;

/// A place of the table: free (hash 0), deleted (hash -1) or with a key.
#[derive(Clone)]
struct Entry {
    key: Option<Value>,
    hash: i64,
}

const FREE: Entry = Entry { key: None, hash: 0 };
const DELETED: i64 = -1;
const MIN_SIZE: usize = 8;
const RUN: usize = 9;

/// The places: a few lie in the set itself, more in a block of their own.
struct Table {
    small: [Entry; MIN_SIZE],
    /// Empty while the small ones do.
    large: Vec<Entry>,
}

impl Table {
    fn new() -> Table {
        Table::with_size(MIN_SIZE)
    }
    fn with_size(size: usize) -> Table {
        Table {
            small: [FREE; MIN_SIZE],
            large: match size {
                MIN_SIZE => Vec::new(),
                _ => vec![FREE; size],
            },
        }
    }
    fn into_entries(self) -> impl Iterator<Item = Entry> {
        self.small.into_iter().chain(self.large)
    }
}

impl Clone for Table {
    fn clone(&self) -> Table {
        Table {
            small: self.small.clone(),
            large: self.large.clone(),
        }
    }
}

impl std::ops::Deref for Table {
    type Target = [Entry];
    #[inline(always)]
    fn deref(&self) -> &[Entry] {
        if self.large.is_empty() {
            &self.small
        } else {
            &self.large
        }
    }
}

impl std::ops::DerefMut for Table {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [Entry] {
        if self.large.is_empty() {
            &mut self.small
        } else {
            &mut self.large
        }
    }
}

/// The table, shared by both classes.
pub struct SetCore {
    table: UnsafeCell<Table>,
    /// Places with a key.
    used: Cell<usize>,
    /// Places with a key, and deleted ones.
    filled: Cell<usize>,
    changes: Cell<u32>,
    /// Where `pop` looks next.
    finger: Cell<usize>,
    /// The hash of a frozen set, once it is known.
    pub(super) hash: Cell<Option<i64>>,
}

enum Found {
    At(usize),
    /// A free place for the key.
    Absent(usize),
}

impl SetCore {
    pub fn new() -> SetCore {
        SetCore {
            table: UnsafeCell::new(Table::new()),
            used: Cell::new(0),
            filled: Cell::new(0),
            changes: Cell::new(0),
            finger: Cell::new(0),
            hash: Cell::new(None),
        }
    }
    #[allow(clippy::mut_from_ref)]
    #[inline(always)]
    fn table(&self) -> &mut Table {
        // SAFETY: no Python code runs, and nothing is dropped, while this is held.
        unsafe { &mut *self.table.get() }
    }
    pub fn len(&self) -> usize {
        self.used.get()
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    fn mask(&self) -> usize {
        self.table().len() - 1
    }
    fn changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
    }
    /// Counts changes of the table.
    pub fn changes(&self) -> u32 {
        self.changes.get()
    }
    /// Finds a key, asking `equal` about keys of the same hash; an answer other than a truth ends the search.
    #[inline(always)]
    fn probe<E>(
        &self,
        hash: i64,
        mut equal: impl FnMut(&Value) -> Result<bool, E>,
    ) -> Result<Found, E> {
        let mask = self.mask();
        let mut perturb = hash as u64;
        let mut start = hash as usize & mask;
        loop {
            let end = if start + RUN <= mask {
                start + RUN
            } else {
                start
            };
            for at in start..=end {
                // SAFETY: `end` is at most the mask; the table is the one whose mask that is, or `equal` would
                // have ended the search. `equal` counts the key before it calls out.
                let entry = unsafe { self.table().get_unchecked(at) };
                match &entry.key {
                    None if entry.hash == 0 => return Ok(Found::Absent(at)),
                    Some(other) if entry.hash == hash && equal(other)? => {
                        return Ok(Found::At(at));
                    }
                    _ => {}
                }
            }
            perturb >>= 5;
            start = start
                .wrapping_mul(5)
                .wrapping_add(1)
                .wrapping_add(perturb as usize)
                & mask;
        }
    }
    /// Finds a key where that takes no Python code.
    #[inline(always)]
    fn find_at_once(&self, key: &Value, hash: i64) -> Option<Found> {
        self.probe(hash, |other| {
            abstract_ops::equals_at_once(other, key).ok_or(())
        })
        .ok()
    }
    /// Finds a key; may run Python code.
    #[inline]
    fn find(&self, key: &Value, hash: i64) -> PyResult<Found> {
        match self.find_at_once(key, hash) {
            Some(found) => Ok(found),
            None => self.find_asking(key, hash),
        }
    }
    /// Finds a key by calling `__eq__`, which may change the table: then the search starts again.
    #[cold]
    #[inline(never)]
    fn find_asking(&self, key: &Value, hash: i64) -> PyResult<Found> {
        /// Why a search ended early.
        enum Stop {
            Changed,
            Raised(Raised),
        }
        loop {
            let changes = self.changes.get();
            let found = self.probe(hash, |other| {
                let other = other.clone();
                let equal = abstract_ops::equals(&other, key).map_err(Stop::Raised)?;
                if self.changes.get() != changes {
                    return Err(Stop::Changed);
                }
                Ok(equal)
            });
            match found {
                Ok(found) => return Ok(found),
                Err(Stop::Raised(raised)) => return Err(raised),
                Err(Stop::Changed) => {}
            }
        }
    }
    fn insert_clean(table: &mut [Entry], key: Value, hash: i64) {
        let mask = table.len() - 1;
        let mut perturb = hash as u64;
        let mut start = hash as usize & mask;
        loop {
            let end = if start + RUN <= mask {
                start + RUN
            } else {
                start
            };
            for entry in &mut table[start..=end] {
                if entry.key.is_none() {
                    *entry = Entry {
                        key: Some(key),
                        hash,
                    };
                    return;
                }
            }
            perturb >>= 5;
            start = start
                .wrapping_mul(5)
                .wrapping_add(1)
                .wrapping_add(perturb as usize)
                & mask;
        }
    }
    /// Makes the table larger than `room`, without deleted places.
    fn resize(&self, room: usize) {
        let mut size = MIN_SIZE;
        while size <= room {
            size <<= 1;
        }
        let mut table = Table::with_size(size);
        for entry in std::mem::replace(self.table(), Table::new()).into_entries() {
            if let Some(key) = entry.key {
                SetCore::insert_clean(&mut table, key, entry.hash);
            }
        }
        *self.table() = table;
        self.filled.set(self.used.get());
        self.changed();
    }
    /// Adds a key; false if it was there.
    pub fn add_hashed(&self, key: Value, hash: i64) -> PyResult<bool> {
        let Found::Absent(at) = self.find(&key, hash)? else {
            return Ok(false);
        };
        // SAFETY: the table is as it was found; the place is free, so there is nothing to drop.
        unsafe {
            std::ptr::write(
                self.table().as_mut_ptr().add(at),
                Entry {
                    key: Some(key),
                    hash,
                },
            );
        }
        self.filled.set(self.filled.get() + 1);
        self.used.set(self.used.get() + 1);
        self.changed();
        if self.filled.get() * 5 >= self.mask() * 3 {
            let used = self.used.get();
            self.resize(if used > 50_000 { used * 2 } else { used * 4 });
        }
        Ok(true)
    }
    pub fn add(&self, key: Value) -> PyResult<bool> {
        let hash = element_hash(&key)?;
        self.add_hashed(key, hash)
    }
    pub fn contains_hashed(&self, key: &Value, hash: i64) -> PyResult<bool> {
        Ok(matches!(self.find(key, hash)?, Found::At(_)))
    }
    /// Takes a key out, and returns it as it was in the table.
    pub fn remove_hashed(&self, key: &Value, hash: i64) -> PyResult<Option<Value>> {
        Ok(match self.find(key, hash)? {
            Found::At(at) => self.take(at),
            Found::Absent(_) => None,
        })
    }
    fn take(&self, at: usize) -> Option<Value> {
        let old = std::mem::replace(
            &mut self.table()[at],
            Entry {
                key: None,
                hash: DELETED,
            },
        );
        self.used.set(self.used.get() - 1);
        self.changed();
        old.key
    }
    /// Takes any key out.
    pub fn pop(&self) -> Option<Value> {
        if self.is_empty() {
            return None;
        }
        let mask = self.mask();
        let mut at = self.finger.get() & mask;
        while self.table()[at].key.is_none() {
            at = (at + 1) & mask;
        }
        self.finger.set(at + 1);
        self.take(at)
    }
    pub fn clear(&self) {
        let old = std::mem::replace(self.table(), Table::new());
        self.used.set(0);
        self.filled.set(0);
        self.changed();
        drop(old);
    }
    /// The word of the key at or behind `position`, which moves behind it, and the key's hash. The word is not
    /// counted: it is the table's.
    #[inline(always)]
    pub fn peek_next(&self, position: &mut usize) -> Option<(Raw, i64)> {
        let table: &[Entry] = self.table();
        let mut at = *position;
        while let Some(entry) = table.get(at) {
            at += 1;
            if let Some(key) = &entry.key {
                *position = at;
                return Some((key.raw(), entry.hash));
            }
        }
        *position = at;
        None
    }
    /// Is the key of another table, given by its uncounted word, in this one?
    #[inline(always)]
    pub fn contains_word(&self, key: Raw, hash: i64) -> PyResult<bool> {
        match self.find_at_once(&key.peek(), hash) {
            Some(found) => Ok(matches!(found, Found::At(_))),
            None => self.contains_asking(key.to_value(), hash),
        }
    }
    #[cold]
    fn contains_asking(&self, key: Value, hash: i64) -> PyResult<bool> {
        Ok(matches!(self.find_asking(&key, hash)?, Found::At(_)))
    }
    /// The key at or behind `position`, which moves behind it.
    pub fn next(&self, position: &mut usize) -> Option<(Value, i64)> {
        let (key, hash) = self.peek_next(position)?;
        Some((key.to_value(), hash))
    }
    /// The keys as they are now.
    pub fn keys(&self) -> Vec<Value> {
        self.table()
            .iter()
            .filter_map(|entry| entry.key.clone())
            .collect()
    }
    /// Keys and hashes as they are now.
    pub fn hashed_keys(&self) -> Vec<(Value, i64)> {
        self.table()
            .iter()
            .filter_map(|entry| Some((entry.key.clone()?, entry.hash)))
            .collect()
    }
    /// Adds all keys of another table.
    pub fn merge(&self, other: &SetCore) -> PyResult<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        if (self.filled.get() + other.used.get()) * 5 >= self.mask() * 3 {
            self.resize((self.used.get() + other.used.get()) * 2);
        }
        if self.filled.get() == 0 {
            if self.mask() == other.mask() && other.filled.get() == other.used.get() {
                *self.table() = other.table().clone();
            } else {
                let mut position = 0;
                while let Some((key, hash)) = other.next(&mut position) {
                    SetCore::insert_clean(self.table(), key, hash);
                }
            }
            self.used.set(other.used.get());
            self.filled.set(other.used.get());
            self.changed();
            return Ok(());
        }
        let mut position = 0;
        while let Some((key, hash)) = other.next(&mut position) {
            self.add_hashed(key, hash)?;
        }
        Ok(())
    }
    /// Adds everything an iterable yields.
    pub fn update(&self, iterable: &Value) -> PyResult<()> {
        if let Some(other) = core_of(iterable) {
            return self.merge(other);
        }
        if let Some(dict) = iterable.downcast_exact::<Dict>() {
            if (self.filled.get() + dict.len()) * 5 >= self.mask() * 3 {
                self.resize((self.used.get() + dict.len()) * 2);
            }
            let mut position = 0;
            while let Some((key, hash, _)) = dict.next_hashed(&mut position) {
                self.add_hashed(key, hash)?;
            }
            return Ok(());
        }
        abstract_ops::for_each(iterable, |key| self.add(key).map(|_| ()))
    }
    /// A core with the same keys.
    pub fn copy(&self) -> PyResult<SetCore> {
        let copy = SetCore::new();
        copy.merge(self)?;
        Ok(copy)
    }
    /// Puts another table in place of this one's.
    pub fn replace_by(&self, other: SetCore) {
        let old = std::mem::replace(self.table(), other.table.into_inner());
        self.used.set(other.used.get());
        self.filled.set(other.filled.get());
        self.changed();
        drop(old);
    }
    /// Bytes outside of the object.
    pub fn extra_size(&self) -> usize {
        if self.mask() + 1 == MIN_SIZE {
            0
        } else {
            (self.mask() + 1) * size_of::<Entry>()
        }
    }
    fn visit(&self, visit: &mut dyn FnMut(&Value)) {
        for entry in self.table().iter() {
            if let Some(key) = &entry.key {
                visit(key);
            }
        }
    }
}

/// The hash of an element, and what is said of one that has none.
pub(super) fn element_hash(key: &Value) -> PyResult<i64> {
    abstract_ops::hash(key).map_err(|_| super::dict::unhashable(key, "a set element"))
}

impl Default for SetCore {
    fn default() -> SetCore {
        SetCore::new()
    }
}

/// Build an unordered collection of unique elements.
#[pyclass(
    name = "set",
    module = "builtins",
    signature = "set(iterable=(), /)",
    traverse = custom,
    gc,
    weakref,
    match_self
)]
#[repr(C)]
pub struct Set {
    header: Header,
    pub core: SetCore,
}

/// Build an immutable unordered collection of unique elements.
#[pyclass(
    name = "frozenset",
    module = "builtins",
    signature = "frozenset(iterable=(), /)",
    traverse = custom,
    gc,
    weakref,
    match_self
)]
#[repr(C)]
pub struct FrozenSet {
    header: Header,
    pub core: SetCore,
}

impl TraverseCustom for Set {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        self.core.visit(visit);
    }
    fn clear_custom(&self) {
        self.core.clear();
    }
}

impl TraverseCustom for FrozenSet {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        self.core.visit(visit);
    }
    fn clear_custom(&self) {
        self.core.clear();
    }
}

// Both classes have their table at the same place.
const _: () = assert!(std::mem::offset_of!(Set, core) == std::mem::offset_of!(FrozenSet, core));

/// The table of a set or frozen set, or of an instance of a subclass.
pub fn core_of(value: &Value) -> Option<&SetCore> {
    if is_exact_set(value)
        || value.downcast::<Set>().is_some()
        || value.downcast::<FrozenSet>().is_some()
    {
        // SAFETY: the class was checked.
        return Some(unsafe { core_of_unchecked(value) });
    }
    None
}

/// # Safety
/// The value is a set or frozen set, or an instance of a subclass.
#[inline(always)]
pub(super) unsafe fn core_of_unchecked(value: &Value) -> &SetCore {
    // SAFETY: the caller's promise; the layouts are the same.
    unsafe { &value.downcast_unchecked::<Set>().core }
}

impl Set {
    /// A new empty set.
    pub fn make() -> Ref<Set> {
        Ref::new(Set {
            header: Header::fresh(),
            core: SetCore::new(),
        })
    }
    pub fn from_core(core: SetCore) -> Value {
        Ref::new(Set {
            header: Header::fresh(),
            core,
        })
        .into_value()
    }
    /// A frozen set of these keys.
    pub fn frozen_from(keys: Vec<Value>) -> PyResult<Value> {
        let core = SetCore::new();
        for key in keys {
            core.add(key)?;
        }
        Ok(FrozenSet::from_core(core))
    }
    pub fn len(&self) -> usize {
        self.core.len()
    }
    pub fn is_empty(&self) -> bool {
        self.core.is_empty()
    }
    /// `key in set`; an unhashable set among the keys is looked up as if it were frozen.
    pub fn contains(&self, key: &Value) -> PyResult<bool> {
        contains(&self.core, key)
    }
    pub fn add(&self, key: Value) -> PyResult<()> {
        self.core.add(key).map(|_| ())
    }
    pub fn update(&self, iterable: &Value) -> PyResult<()> {
        self.core.update(iterable)
    }
}

impl FrozenSet {
    pub fn from_core(core: SetCore) -> Value {
        Ref::new(FrozenSet {
            header: Header::fresh(),
            core,
        })
        .into_value()
    }
}

/// A set or frozen set with this table, of the class the operation's left operand has.
pub(super) fn like(model: &Value, core: SetCore) -> Value {
    if model.downcast::<FrozenSet>().is_some() {
        FrozenSet::from_core(core)
    } else {
        Set::from_core(core)
    }
}

pub(super) fn instance_of(class: &Type, frozen: bool, core: SetCore) -> Value {
    if frozen {
        allocate_instance(
            class,
            FrozenSet {
                header: Header::fresh(),
                core,
            },
        )
        .into_value()
    } else {
        allocate_instance(
            class,
            Set {
                header: Header::fresh(),
                core,
            },
        )
        .into_value()
    }
}

/// A hashable stand-in for a set given as key to `in`, `remove` and `discard`.
pub(super) fn hash_key(key: &Value) -> PyResult<(Value, i64)> {
    if let Some(set) = key.downcast::<Set>()
        && key.class().slots().hash.is_none()
    {
        let frozen = FrozenSet::from_core(set.core.copy()?);
        let hash = abstract_ops::hash(&frozen)?;
        return Ok((frozen, hash));
    }
    Ok((key.clone(), element_hash(key)?))
}

pub(super) fn contains(core: &SetCore, key: &Value) -> PyResult<bool> {
    if key.downcast::<Set>().is_some() {
        let (key, hash) = hash_key(key)?;
        return core.contains_hashed(&key, hash);
    }
    core.contains_hashed(key, element_hash(key)?)
}

/// Is this a set or frozen set, not of a subclass?
pub fn is_exact_set(value: &Value) -> bool {
    value.is_exact(Set::class()) || value.is_exact(FrozenSet::class())
}
