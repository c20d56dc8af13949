//! What memory is known to hold: a load whose answer is known is not repeated.
//!
//! Facts are about SSA values, so they hold for as long as the object lives, which it does wherever its value is an
//! operand. What is mutable is forgotten where something may write to it: at calls, and at stores that may be to the
//! same place. Dropping a reference forgets nothing: native code leaves when that has run Python code, and what dies
//! otherwise is no operand any more.
//!
//! A remembered word is owned by the place that it was read from or written to. [`Op::Holds`] says so to the checks of
//! `verify.rs`.

use super::Builder;
use crate::hir::{Op, Value};
use crate::types::{Range, Type};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::hash::Hash;

/// Where an element lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Index {
    At(i64),
    Of(Value),
}

#[derive(Clone, Default)]
pub(super) struct Memory {
    /// Words at byte offsets in objects.
    fields: HashMap<(Value, u64), Value>,
    list_items: HashMap<(Value, Index), Value>,
    list_lengths: HashMap<Value, u64>,
    /// Tuples never change.
    tuple_items: HashMap<(Value, u64), Value>,
    tuple_lengths: HashMap<Value, u64>,
    /// The numbers that range iterators give.
    ranges: HashMap<Value, Range>,
    /// Versions of classes and functions, by address.
    versions: HashMap<u64, u64>,
    /// Entries of globals and builtins: the load, of which function, place and name.
    globals: HashMap<(Op, Option<Value>, u64, u64), Value>,
}

/// Keeps what is known in both.
pub(super) fn keep_common<K: Hash + Eq, V: PartialEq>(
    known: &mut HashMap<K, V>,
    other: &HashMap<K, V>,
) {
    known.retain(|key, value| other.get(key) == Some(value));
}

/// Does anything of what is known not hold later?
pub(super) fn is_lost<K: Hash + Eq, V: PartialEq>(
    known: &HashMap<K, V>,
    later: &HashMap<K, V>,
) -> bool {
    let mut facts = known.iter();
    facts.any(|(key, value)| later.get(key) != Some(value))
}

impl Memory {
    /// Anything may have been written.
    /// Is it known what the object holds at this offset?
    pub fn knows_field(&self, object: Value, offset: u64) -> bool {
        self.fields.contains_key(&(object, offset))
    }
    pub fn forget(&mut self) {
        self.fields.clear();
        self.forget_lists();
        self.versions.clear();
        self.globals.clear();
    }
    pub fn forget_lists(&mut self) {
        self.list_items.clear();
        self.list_lengths.clear();
    }
    /// A list has grown: none has lost an item.
    pub fn forget_lengths(&mut self) {
        self.list_lengths.clear();
    }
    /// What is known whichever way control came.
    pub fn meet(&mut self, other: &Memory) {
        keep_common(&mut self.fields, &other.fields);
        keep_common(&mut self.list_items, &other.list_items);
        keep_common(&mut self.list_lengths, &other.list_lengths);
        keep_common(&mut self.tuple_items, &other.tuple_items);
        keep_common(&mut self.tuple_lengths, &other.tuple_lengths);
        keep_common(&mut self.ranges, &other.ranges);
        keep_common(&mut self.versions, &other.versions);
        keep_common(&mut self.globals, &other.globals);
    }
    /// Adds what can be reached from these values by one step through what is known.
    pub fn reach(&self, held: &mut HashSet<Value>) {
        held.extend(self.globals.values());
        let fields = self.fields.iter().map(|((of, _), v)| (of, v));
        let list_items = self.list_items.iter().map(|((of, _), v)| (of, v));
        let tuple_items = self.tuple_items.iter().map(|((of, _), v)| (of, v));
        for (of, value) in fields.chain(list_items).chain(tuple_items) {
            if held.contains(of) {
                held.insert(*value);
            }
        }
    }
    /// Drops what is known of objects that nothing names any more.
    pub fn retain(&mut self, held: &HashSet<Value>) {
        self.fields.retain(|(v, _), _| held.contains(v));
        self.list_items.retain(|(v, index), _| {
            held.contains(v) && !matches!(index, Index::Of(key) if !held.contains(key))
        });
        self.list_lengths.retain(|v, _| held.contains(v));
        self.tuple_items.retain(|(v, _), _| held.contains(v));
        self.tuple_lengths.retain(|v, _| held.contains(v));
        self.ranges.retain(|v, _| held.contains(v));
        self.globals
            .retain(|(_, function, ..), _| function.is_none_or(|f| held.contains(&f)));
    }
    pub fn note_range(&mut self, iterator: Value, numbers: Range) {
        self.ranges.insert(iterator, numbers);
    }
    /// The numbers that a range iterator may give.
    pub fn range_of(&self, iterator: Value) -> Range {
        self.ranges.get(&iterator).copied().unwrap_or(Range::FULL)
    }
    pub fn facts(&self) -> usize {
        self.fields.len() + self.list_items.len() + self.tuple_items.len()
    }
    /// What an earlier build has shown not to last around a loop.
    pub fn forget_lost(&mut self, lost: Lost) {
        if lost.fields {
            self.fields.clear();
        }
        if lost.lists {
            self.forget_lists();
        }
        if lost.versions {
            self.versions.clear();
        }
        if lost.globals {
            self.globals.clear();
        }
    }
    /// What of this does not hold in `later`.
    pub fn lost_in(&self, later: &Memory) -> Lost {
        Lost {
            fields: is_lost(&self.fields, &later.fields),
            lists: is_lost(&self.list_items, &later.list_items)
                || is_lost(&self.list_lengths, &later.list_lengths),
            versions: is_lost(&self.versions, &later.versions),
            globals: is_lost(&self.globals, &later.globals),
        }
    }
}

/// Which of what was known at a loop's header its body forgets.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Lost {
    fields: bool,
    lists: bool,
    versions: bool,
    globals: bool,
}

impl Lost {
    pub fn any(self) -> bool {
        self != Lost::default()
    }
    pub fn or(self, other: Lost) -> Lost {
        Lost {
            fields: self.fields || other.fields,
            lists: self.lists || other.lists,
            versions: self.versions || other.versions,
            globals: self.globals || other.globals,
        }
    }
}

impl Builder<'_> {
    /// The word at an offset in an object, not counted.
    pub(super) fn load_field(&mut self, object: Value, offset: u64, ty: Type) -> Value {
        if let Some(known) = self.s.memory.fields.get(&(object, offset)).copied() {
            self.emit(Op::Holds, &[object, known], Type::NEVER, offset);
            return known;
        }
        let word = self.emit(Op::LoadField, &[object], ty, offset);
        self.s.memory.fields.insert((object, offset), word);
        word
    }

    /// Moves an owned word to an offset in an object.
    pub(super) fn store_field(&mut self, object: Value, offset: u64, word: Value) {
        self.emit(Op::StoreField, &[object, word], Type::NEVER, offset);
        self.field_written(object, offset, word);
    }

    /// Objects that other values name may be this same one.
    pub(super) fn field_written(&mut self, object: Value, offset: u64, word: Value) {
        self.s.memory.fields.retain(|(_, at), _| *at != offset);
        self.s.memory.fields.insert((object, offset), word);
    }

    /// Some field of some object was written.
    pub(super) fn fields_written(&mut self) {
        self.s.memory.fields.clear();
    }

    fn index_of(&self, key: Value) -> Index {
        match self.ty(key).range {
            Range { low, high } if low == high => Index::At(low),
            _ => Index::Of(key),
        }
    }

    /// Element of a list by a small int, not counted; leaves when out of range.
    pub(super) fn list_item(&mut self, list: Value, key: Value) -> Value {
        let index = self.index_of(key);
        if let Some(known) = self.s.memory.list_items.get(&(list, index)).copied() {
            self.emit(Op::Holds, &[list, known], Type::NEVER, 0);
            return known;
        }
        let positive = self.ty(key).range.low >= 0;
        let item = self.guard(Op::ListItem, &[list, key], Type::VALUE, positive as u64);
        self.s.memory.list_items.insert((list, index), item);
        item
    }

    /// The list's element was written. Lists that other values name may be this same one.
    pub(super) fn list_item_written(&mut self, list: Value, key: Value, word: Value) {
        let index = self.index_of(key);
        self.s.memory.list_items.clear();
        self.s.memory.list_items.insert((list, index), word);
    }

    /// Leaves unless the list has so many items.
    pub(super) fn guard_list_length(&mut self, list: Value, count: u64) {
        if self.s.memory.list_lengths.get(&list) == Some(&count) {
            return;
        }
        let length = self.emit(Op::ListLength, &[list], Type::INT, 1);
        let wanted = taipan_vm::value::Raw::small_int(count as i64).0;
        self.guard(Op::GuardWord, &[length], Type::NEVER, wanted);
        self.s.memory.list_lengths.insert(list, count);
    }

    /// Item of a list that is known to be long enough, not counted.
    pub(super) fn list_field(&mut self, list: Value, index: i64) -> Value {
        let key = (list, Index::At(index));
        if let Some(known) = self.s.memory.list_items.get(&key).copied() {
            self.emit(Op::Holds, &[list, known], Type::NEVER, 0);
            return known;
        }
        let item = self.emit(Op::ListField, &[list], Type::VALUE, 8 * index as u64);
        self.s.memory.list_items.insert(key, item);
        item
    }

    /// The items of a list, or of a list or tuple, if so many are known to be all of them.
    pub(super) fn known_items(&self, sequence: Value, count: u64) -> Option<Vec<Value>> {
        if self.s.memory.list_lengths.get(&sequence) != Some(&count) {
            return None;
        }
        let item = |i| self.s.memory.list_items.get(&(sequence, Index::At(i)));
        (0..count as i64).map(|i| item(i).copied()).collect()
    }

    /// The items of a list or tuple of so many, not counted; leaves for others.
    pub(super) fn sequence_items(&mut self, sequence: Value, count: u64) -> Vec<Value> {
        let items = self.guard(Op::SequenceItems, &[sequence], Type::INT, count);
        self.s.memory.list_lengths.insert(sequence, count);
        let mut words = Vec::new();
        for i in 0..count {
            let word = self.emit(Op::LoadField, &[items], Type::VALUE, 8 * i);
            let key = (sequence, Index::At(i as i64));
            self.s.memory.list_items.insert(key, word);
            words.push(word);
        }
        words
    }

    /// Leaves unless the tuple has so many items.
    pub(super) fn guard_tuple_length(&mut self, tuple: Value, count: u64) {
        if self.s.memory.tuple_lengths.get(&tuple) == Some(&count) {
            return;
        }
        self.guard(Op::GuardTupleLength, &[tuple], Type::NEVER, count);
        self.s.memory.tuple_lengths.insert(tuple, count);
    }

    /// Item of a tuple that is known to be long enough, not counted.
    pub(super) fn tuple_field(&mut self, tuple: Value, index: u64, ty: Type) -> Value {
        if let Some(known) = self.s.memory.tuple_items.get(&(tuple, index)).copied() {
            self.emit(Op::Holds, &[tuple, known], Type::NEVER, 0);
            return known;
        }
        let item = self.emit(Op::TupleField, &[tuple], ty, index);
        self.s.memory.tuple_items.insert((tuple, index), item);
        item
    }

    /// Leaves unless the version at the address is this one.
    pub(super) fn guard_version(&mut self, address: u64, version: u64) {
        if self.s.memory.versions.insert(address, version) != Some(version) {
            self.guard2(Op::GuardVersion, &[], Type::NEVER, address, version);
        }
    }

    /// An entry of globals or builtins, not counted; leaves when it moved.
    pub(super) fn load_entry(&mut self, op: Op, place: u64, name: u64) -> Value {
        let function = self.inlined_function();
        let key = (op, function.first().copied(), place, name);
        if let Some(known) = self.s.memory.globals.get(&key).copied() {
            self.emit(Op::Holds, &[known], Type::NEVER, 0);
            return known;
        }
        let entry = self.guard2(op, &function, Type::VALUE, place, name);
        self.s.memory.globals.insert(key, entry);
        entry
    }
}
