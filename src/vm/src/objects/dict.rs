//! `dict`: compact, insertion-ordered, open addressing.
//!
//! Entries lie in insertion order; an index table of 1-, 2- or 4-byte places leads from hashes to them.
//! A deleted entry stays as a hole until the table is rebuilt. Dicts whose keys are all exact strings
//! (nearly every one) are looked up without being able to run Python code or to fail; for the others
//! `__eq__` may do anything, the dict itself included, so a probe that called it starts again when the
//! table changed under it.
//!
//! `keys_version` names the set of keys: caches that rely on a key being absent remember it. It is 0
//! until somebody asks and after every insertion of a new key or removal.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, Raised};
use crate::gc::TraverseCustom;
use crate::object::{Header, Ref};
use crate::objects::str::Str;
use crate::value::{Raw, Value};
use std::cell::{Cell, UnsafeCell};
use taipan_macros::pyclass;

pub struct Entry {
    hash: i64,
    /// `None`: a hole.
    key: Option<Value>,
    value: Option<Value>,
}

impl Entry {
    pub const KEY_OFFSET: usize = std::mem::offset_of!(Entry, key);
    pub const VALUE_OFFSET: usize = std::mem::offset_of!(Entry, value);
    pub const SIZE: usize = size_of::<Entry>();
}

enum Index {
    /// Few entries are searched in a row.
    Small,
    U8(Box<[u8]>),
    U16(Box<[u16]>),
    U32(Box<[u32]>),
}

const FREE: usize = usize::MAX;
const HOLE: usize = usize::MAX - 1;
/// Up to here entries are searched in a row, without an index.
const SMALL: usize = 8;

impl Index {
    fn with_size(size: usize) -> Index {
        if size <= 128 {
            Index::U8(vec![u8::MAX; size].into())
        } else if size <= 1 << 15 {
            Index::U16(vec![u16::MAX; size].into())
        } else {
            Index::U32(vec![u32::MAX; size].into())
        }
    }
    #[inline(always)]
    fn size(&self) -> usize {
        match self {
            Index::Small => 0,
            Index::U8(t) => t.len(),
            Index::U16(t) => t.len(),
            Index::U32(t) => t.len(),
        }
    }
    /// `FREE`, `HOLE` or the place of an entry.
    #[inline(always)]
    fn get(&self, at: usize) -> usize {
        match self {
            Index::Small => FREE,
            Index::U8(t) => match t[at] {
                u8::MAX => FREE,
                0xFE => HOLE,
                i => i as usize,
            },
            Index::U16(t) => match t[at] {
                u16::MAX => FREE,
                0xFFFE => HOLE,
                i => i as usize,
            },
            Index::U32(t) => match t[at] {
                u32::MAX => FREE,
                0xFFFF_FFFE => HOLE,
                i => i as usize,
            },
        }
    }
    #[inline(always)]
    fn set(&mut self, at: usize, place: usize) {
        match self {
            Index::Small => {}
            Index::U8(t) => t[at] = place as u8,
            Index::U16(t) => t[at] = place as u16,
            Index::U32(t) => t[at] = place as u32,
        }
    }
    fn bytes(&self) -> usize {
        match self {
            Index::Small => 0,
            Index::U8(t) => t.len(),
            Index::U16(t) => 2 * t.len(),
            Index::U32(t) => 4 * t.len(),
        }
    }
}

/// dict() -> new empty dictionary
/// dict(mapping) -> new dictionary initialized from a mapping object's
///     (key, value) pairs
/// dict(iterable) -> new dictionary initialized as if via:
///     d = {}
///     for k, v in iterable:
///         d[k] = v
/// dict(**kwargs) -> new dictionary initialized with the name=value pairs
///     in the keyword argument list.  For example:  dict(one=1, two=2)
#[pyclass(name = "dict", module = "builtins", traverse = custom, gc, mapping, match_self)]
#[repr(C)]
pub struct Dict {
    header: Header,
    entries: UnsafeCell<Vec<Entry>>,
    index: UnsafeCell<Index>,
    used: Cell<usize>,
    keys_version: Cell<u32>,
    /// All keys are exact strings.
    strings_only: Cell<bool>,
    /// Compiled code relies on values in here: changes are reported to the tier.
    watched: Cell<bool>,
    /// Counts changes of the table, so that a probe notices that `__eq__` made one.
    changes: Cell<u32>,
    /// No entry before this place is live: what is emptied from the front is not searched from there each time.
    first: Cell<u32>,
}

impl TraverseCustom for Dict {
    fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
        for entry in self.entries() {
            if let Some(key) = &entry.key {
                visit(key);
            }
            if let Some(value) = &entry.value {
                visit(value);
            }
        }
    }
    fn clear_custom(&self) {
        self.clear();
    }
}

/// Where a key is or would go.
enum Found {
    /// Place among the entries, and in the index.
    At(usize, usize),
    Absent,
}

static NEXT_VERSION: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);

/// The hash of a key, and what is said of one that has none.
#[inline]
pub(crate) fn key_hash(key: &Value) -> PyResult<i64> {
    abstract_ops::hash(key).map_err(|_| unhashable(key, "a dict key"))
}

/// An unhashable key or element: the error says what it was to be.
#[cold]
pub(crate) fn unhashable(value: &Value, role: &str) -> Raised {
    let raised = exceptions::take_raised();
    if !raised.as_value().is_exact(exceptions::TYPE_ERROR.get()) {
        return exceptions::restore(raised);
    }
    let Ok(text) = abstract_ops::str(raised.as_value()) else {
        return Raised;
    };
    exceptions::type_error(format!(
        "cannot use '{}' as {role} ({text})",
        value.class().name()
    ))
}

impl Dict {
    pub const ENTRIES_OFFSET: usize = std::mem::offset_of!(Dict, entries);
    pub const KEYS_VERSION_OFFSET: usize = std::mem::offset_of!(Dict, keys_version);

    pub fn make() -> Ref<Dict> {
        Ref::new(Dict::empty())
    }
    pub fn empty() -> Dict {
        Dict {
            header: Header::fresh(),
            entries: UnsafeCell::new(Vec::new()),
            index: UnsafeCell::new(Index::Small),
            used: Cell::new(0),
            keys_version: Cell::new(0),
            strings_only: Cell::new(true),
            watched: Cell::new(false),
            changes: Cell::new(0),
            first: Cell::new(0),
        }
    }
    pub fn with_capacity(capacity: usize) -> Ref<Dict> {
        let dict = Dict::make();
        dict.entries_mut().reserve(capacity);
        if capacity > SMALL {
            *dict.index_mut() = Index::with_size((capacity * 3 / 2).next_power_of_two().max(16));
        }
        dict
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.used.get()
    }
    /// Is this a `dict` itself, of no subclass?
    pub fn is_exact(&self) -> bool {
        std::ptr::eq(
            self.header.class(),
            <Dict as crate::native::NativeClass>::class(),
        )
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    #[inline(always)]
    fn entries(&self) -> &[Entry] {
        // SAFETY: callers don't run Python code, or change the dict, while they hold this.
        unsafe { &*self.entries.get() }
    }
    #[allow(clippy::mut_from_ref)]
    #[inline(always)]
    fn entries_mut(&self) -> &mut Vec<Entry> {
        // SAFETY: as above.
        unsafe { &mut *self.entries.get() }
    }
    #[inline(always)]
    fn index(&self) -> &Index {
        // SAFETY: as above.
        unsafe { &*self.index.get() }
    }
    #[allow(clippy::mut_from_ref)]
    #[inline(always)]
    fn index_mut(&self) -> &mut Index {
        // SAFETY: as above.
        unsafe { &mut *self.index.get() }
    }
    /// Names the current set of keys; never 0.
    pub fn keys_version(&self) -> u32 {
        if self.keys_version.get() == 0 {
            self.keys_version
                .set(NEXT_VERSION.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
        self.keys_version.get()
    }
    #[inline(always)]
    pub fn current_keys_version(&self) -> u32 {
        self.keys_version.get()
    }
    /// Counts changes of the set of keys; iterators compare it.
    pub fn changes(&self) -> u32 {
        self.changes.get()
    }
    #[inline(always)]
    pub fn is_watched(&self) -> bool {
        self.watched.get()
    }
    pub fn watch(&self) {
        self.watched.set(true);
    }
    fn keys_changed(&self) {
        self.changes.set(self.changes.get().wrapping_add(1));
        self.keys_version.set(0);
    }
    #[inline(always)]
    fn report(&self, key: &Value) {
        if self.watched.get() {
            crate::tier::dict_changed(self, key);
        }
    }

    // Probing.

    #[inline(always)]
    fn mix(hash: i64, mask: usize) -> usize {
        let h = hash as u64;
        (h ^ (h >> 32)) as usize & mask
    }

    /// Finds an exact string among string keys only.
    #[inline]
    fn find_str(&self, key: &Str) -> Found {
        let hash = key.hash();
        let entries = self.entries();
        let matches = |e: &Entry| match &e.key {
            Some(k) => {
                std::ptr::eq(k.raw().address() as *const Str, key) || {
                    // SAFETY: all keys are exact strings.
                    e.hash == hash && unsafe { k.downcast_unchecked::<Str>() }.same_text(key)
                }
            }
            None => false,
        };
        let index = self.index();
        if let Index::Small = index {
            return match entries.iter().position(matches) {
                Some(place) => Found::At(place, 0),
                None => Found::Absent,
            };
        }
        let mask = index.size() - 1;
        let mut at = Dict::mix(hash, mask);
        let mut perturb = hash as u64;
        loop {
            match index.get(at) {
                FREE => return Found::Absent,
                HOLE => {}
                place if matches(&entries[place]) => return Found::At(place, at),
                _ => {}
            }
            perturb >>= 5;
            at = (at
                .wrapping_mul(5)
                .wrapping_add(perturb as usize)
                .wrapping_add(1))
                & mask;
        }
    }

    /// Finds any key; may run Python code.
    fn find(&self, key: &Value, hash: i64) -> PyResult<Found> {
        if self.strings_only.get()
            && let Some(key) = key.downcast_exact::<Str>()
        {
            return Ok(self.find_str(key));
        }
        'again: loop {
            let changes = self.changes.get();
            let mut at = 0;
            let mut perturb = hash as u64;
            let size = self.index().size();
            if size != 0 {
                at = Dict::mix(hash, size - 1);
            }
            let mut row = 0;
            loop {
                let place = if size == 0 {
                    if row == self.entries().len() {
                        return Ok(Found::Absent);
                    }
                    row += 1;
                    row - 1
                } else {
                    match self.index().get(at) {
                        FREE => return Ok(Found::Absent),
                        place => place,
                    }
                };
                if place != HOLE {
                    let entry = &self.entries()[place];
                    if let Some(k) = &entry.key {
                        if k.is(key) {
                            return Ok(Found::At(place, at));
                        }
                        if entry.hash == hash {
                            match abstract_ops::equals_at_once(k, key) {
                                Some(true) => return Ok(Found::At(place, at)),
                                Some(false) => {}
                                None => {
                                    let k = k.clone();
                                    let same = abstract_ops::equals(&k, key)?;
                                    if self.changes.get() != changes {
                                        continue 'again;
                                    }
                                    if same {
                                        return Ok(Found::At(place, at));
                                    }
                                }
                            }
                        }
                    }
                }
                if size != 0 {
                    perturb >>= 5;
                    at = (at
                        .wrapping_mul(5)
                        .wrapping_add(perturb as usize)
                        .wrapping_add(1))
                        & (size - 1);
                }
            }
        }
    }

    // Access.

    pub fn get_hashed(&self, key: &Value, hash: i64) -> PyResult<Option<Value>> {
        Ok(match self.find(key, hash)? {
            Found::At(place, _) => self.entries()[place].value.clone(),
            Found::Absent => None,
        })
    }
    pub fn get(&self, key: &Value) -> PyResult<Option<Value>> {
        self.get_hashed(key, key_hash(key)?)
    }
    pub fn contains(&self, key: &Value) -> PyResult<bool> {
        let hash = key_hash(key)?;
        Ok(matches!(self.find(key, hash)?, Found::At(..)))
    }
    /// The value of a string key, without counting; valid until the dict changes. Keys that are not
    /// exact strings and claim to equal one are not asked.
    #[inline]
    pub fn peek_str(&self, key: &Str) -> Option<Raw> {
        self.place_of_str(key).map(|place| {
            self.entries()[place]
                .value
                .as_ref()
                .expect("live entry")
                .raw()
        })
    }
    pub fn get_str(&self, key: &Str) -> Option<Value> {
        self.peek_str(key).map(Raw::to_value)
    }
    /// Place among the entries of a string key, for caches.
    pub fn place_of_str(&self, key: &Str) -> Option<usize> {
        if self.strings_only.get() {
            return match self.find_str(key) {
                Found::At(place, _) => Some(place),
                Found::Absent => None,
            };
        }
        let hash = key.hash();
        self.entries().iter().position(|e| {
            e.hash == hash
                && e.key
                    .as_ref()
                    .is_some_and(|k| k.downcast_exact::<Str>().is_some_and(|k| k.same_text(key)))
        })
    }
    /// The value at a cached place, if the key there is still this very object.
    #[inline(always)]
    pub fn value_at(&self, place: usize, key: &Str) -> Option<Raw> {
        let entry = self.entries().get(place)?;
        match (&entry.key, &entry.value) {
            (Some(k), Some(v)) if std::ptr::eq(k.raw().address() as *const Str, key) => {
                Some(v.raw())
            }
            _ => None,
        }
    }
    /// Replaces the value at a cached place, if the key there is still this very object.
    #[inline(always)]
    pub fn replace_at(&self, place: usize, key: &Str, value: Raw) -> Option<Raw> {
        if self.watched.get() {
            return None;
        }
        let entry = self.entries_mut().get_mut(place)?;
        match (&entry.key, &mut entry.value) {
            (Some(k), Some(v)) if std::ptr::eq(k.raw().address() as *const Str, key) => {
                // SAFETY: the caller gives an owned word and takes the old one.
                Some(std::mem::replace(v, unsafe { value.into_value() }).into_raw())
            }
            _ => None,
        }
    }
    pub fn insert(&self, key: Value, value: Value) -> PyResult<()> {
        let hash = key_hash(&key)?;
        self.insert_hashed(key, hash, value)
    }
    pub fn insert_hashed(&self, key: Value, hash: i64, value: Value) -> PyResult<()> {
        match self.find(&key, hash)? {
            Found::At(place, _) => {
                let old = self.entries_mut()[place].value.replace(value);
                self.report(&key);
                drop(old);
            }
            Found::Absent => self.append(key, hash, value),
        }
        Ok(())
    }
    pub fn set_str(&self, key: &Str, value: Value) {
        let name = Ref::from_ref(key).into_value();
        match self.place_of_str(key) {
            Some(place) => {
                let old = self.entries_mut()[place].value.replace(value);
                self.report(&name);
                drop(old);
            }
            None => self.append(name, key.hash(), value),
        }
    }
    /// The value under `key`, or `default` after storing it there.
    pub fn set_default(&self, key: Value, default: Value) -> PyResult {
        let hash = key_hash(&key)?;
        match self.find(&key, hash)? {
            Found::At(place, _) => Ok(self.entries()[place].value.clone().expect("live entry")),
            Found::Absent => {
                self.append(key, hash, default.clone());
                Ok(default)
            }
        }
    }
    /// Adds a key that is known to be absent.
    fn append(&self, key: Value, hash: i64, value: Value) {
        if !key.is_exact(<Str as crate::native::NativeClass>::class()) {
            self.strings_only.set(false);
        }
        let count = self.entries().len();
        let size = self.index().size();
        if (size == 0 && count >= SMALL) || (size != 0 && count + 1 > size / 3 * 2) {
            self.rebuild(self.used.get() * 3);
        }
        let place = self.entries().len();
        if place < self.first.get() as usize {
            self.first.set(place as u32);
        }
        self.report(&key);
        self.entries_mut().push(Entry {
            hash,
            key: Some(key),
            value: Some(value),
        });
        self.link(place, hash);
        self.used.set(self.used.get() + 1);
        self.keys_changed();
    }
    fn link(&self, place: usize, hash: i64) {
        let index = self.index_mut();
        let size = index.size();
        if size == 0 {
            return;
        }
        let mut at = Dict::mix(hash, size - 1);
        let mut perturb = hash as u64;
        while index.get(at) != FREE {
            perturb >>= 5;
            at = (at
                .wrapping_mul(5)
                .wrapping_add(perturb as usize)
                .wrapping_add(1))
                & (size - 1);
        }
        index.set(at, place);
    }
    /// Squeezes out holes and makes an index for `room` entries.
    fn rebuild(&self, room: usize) {
        self.entries_mut().retain(|e| e.key.is_some());
        self.first.set(0);
        let count = self.entries().len();
        self.changes.set(self.changes.get().wrapping_add(1));
        if count < SMALL && room <= SMALL {
            *self.index_mut() = Index::Small;
            return;
        }
        let size = room.max(count + 1).next_power_of_two().max(16);
        let size = if count + 1 > size / 3 * 2 {
            size * 2
        } else {
            size
        };
        *self.index_mut() = Index::with_size(size);
        self.entries_mut().reserve_exact(size / 3 * 2 + 1 - count);
        for place in 0..count {
            let hash = self.entries()[place].hash;
            self.link(place, hash);
        }
    }
    pub fn remove_hashed(&self, key: &Value, hash: i64) -> PyResult<Option<(Value, Value)>> {
        Ok(match self.find(key, hash)? {
            Found::At(place, at) => Some(self.take(place, at)),
            Found::Absent => None,
        })
    }
    pub fn remove(&self, key: &Value) -> PyResult<Option<Value>> {
        let hash = key_hash(key)?;
        Ok(self.remove_hashed(key, hash)?.map(|(_, value)| value))
    }
    pub fn remove_str(&self, key: &Str) -> Option<Value> {
        let place = self.place_of_str(key)?;
        let at = self.index_place(place);
        Some(self.take(place, at).1)
    }
    fn index_place(&self, place: usize) -> usize {
        let size = self.index().size();
        if size == 0 {
            return 0;
        }
        let hash = self.entries()[place].hash;
        let mut at = Dict::mix(hash, size - 1);
        let mut perturb = hash as u64;
        while self.index().get(at) != place {
            perturb >>= 5;
            at = (at
                .wrapping_mul(5)
                .wrapping_add(perturb as usize)
                .wrapping_add(1))
                & (size - 1);
        }
        at
    }
    fn take(&self, place: usize, at: usize) -> (Value, Value) {
        let entry = &mut self.entries_mut()[place];
        let key = entry.key.take().expect("live entry");
        let value = entry.value.take().expect("live entry");
        self.index_mut().set(at, HOLE);
        self.used.set(self.used.get() - 1);
        if place + 1 == self.entries().len() && self.index().size() == 0 {
            self.entries_mut().pop();
        }
        self.keys_changed();
        self.report(&key);
        (key, value)
    }
    /// Makes the entry of a key the last, or the first, one; false if there is none.
    pub fn move_to_end(&self, key: &Value, last: bool) -> PyResult<bool> {
        let hash = abstract_ops::hash(key)?;
        let Found::At(place, at) = self.find(key, hash)? else {
            return Ok(false);
        };
        if last && place + 1 == self.entries().len() {
            return Ok(true);
        }
        let (key, value) = self.take(place, at);
        if last {
            self.append(key, hash, value);
            return Ok(true);
        }
        let entry = Entry {
            hash,
            key: Some(key),
            value: Some(value),
        };
        self.entries_mut().insert(0, entry);
        self.used.set(self.used.get() + 1);
        self.rebuild(self.used.get() * 3);
        self.keys_changed();
        Ok(true)
    }
    /// Removes and returns the last entry.
    pub fn pop_last(&self) -> Option<(Value, Value)> {
        let place = self.entries().iter().rposition(|e| e.key.is_some())?;
        let at = self.index_place(place);
        let pair = self.take(place, at);
        // Trailing holes go, or emptying a dict from the end would take quadratic time.
        if self.index().size() != 0 {
            while self.entries().last().is_some_and(|e| e.key.is_none()) {
                // Holes in the index name no place, so places beyond the end are never looked at.
                self.entries_mut().pop();
            }
        }
        Some(pair)
    }
    pub fn clear(&self) {
        let entries = std::mem::take(self.entries_mut());
        *self.index_mut() = Index::Small;
        self.used.set(0);
        self.first.set(0);
        self.strings_only.set(true);
        self.keys_changed();
        if self.watched.get() {
            for entry in &entries {
                if let Some(key) = &entry.key {
                    self.report(key);
                }
            }
        }
        drop(entries);
    }
    pub fn copy(&self) -> Ref<Dict> {
        let copy = Dict::with_capacity(self.len());
        for entry in self.entries() {
            if let (Some(key), Some(value)) = (&entry.key, &entry.value) {
                copy.append(key.clone(), entry.hash, value.clone());
            }
        }
        copy
    }
    /// The live entry at or after `*position`, which is moved behind it.
    #[inline]
    pub fn next(&self, position: &mut usize) -> Option<(Value, Value)> {
        self.peek_next(position)
            .map(|(key, value)| (key.clone(), value.clone()))
    }
    /// The same, to be looked at until anything else happens.
    #[inline]
    pub fn peek_next(&self, position: &mut usize) -> Option<(&Value, &Value)> {
        let entries = self.entries();
        let from_start = *position <= self.first.get() as usize;
        if from_start {
            *position = self.first.get() as usize;
        }
        while let Some(entry) = entries.get(*position) {
            *position += 1;
            if let (Some(key), Some(value)) = (&entry.key, &entry.value) {
                if from_start {
                    self.first.set((*position - 1) as u32);
                }
                return Some((key, value));
            }
        }
        None
    }
    pub fn next_hashed(&self, position: &mut usize) -> Option<(Value, i64, Value)> {
        let entries = self.entries();
        while let Some(entry) = entries.get(*position) {
            *position += 1;
            if let (Some(key), Some(value)) = (&entry.key, &entry.value) {
                return Some((key.clone(), entry.hash, value.clone()));
            }
        }
        None
    }
    /// The live entry before `*position`, which is moved to it.
    pub fn peek_previous(&self, position: &mut usize) -> Option<(&Value, &Value)> {
        let entries = self.entries();
        *position = (*position).min(entries.len());
        while *position > 0 {
            *position -= 1;
            let entry = &entries[*position];
            if let (Some(key), Some(value)) = (&entry.key, &entry.value) {
                return Some((key, value));
            }
        }
        None
    }
    /// Number of entries, holes included: the end for positions.
    pub fn end(&self) -> usize {
        self.entries().len()
    }
    /// Keys and values as they are now.
    pub fn items(&self) -> Vec<(Value, Value)> {
        let mut items = Vec::with_capacity(self.len());
        let mut position = 0;
        while let Some(pair) = self.next(&mut position) {
            items.push(pair);
        }
        items
    }
    /// Puts all of `other`'s entries in.
    pub fn update(&self, other: &Dict) -> PyResult<()> {
        let mut position = 0;
        while let Some((key, hash, value)) = other.next_hashed(&mut position) {
            self.insert_hashed(key, hash, value)?;
        }
        Ok(())
    }
    /// Bytes outside the object itself, for `sys.getsizeof`.
    pub fn extra_size(&self) -> usize {
        self.index().bytes() + self.entries_mut().capacity() * Entry::SIZE
    }
}
