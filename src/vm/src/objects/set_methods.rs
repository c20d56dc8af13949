//! Methods and operators of `set` and `frozenset`, and their iterator.

use crate::abstract_ops;
use crate::exceptions::{PyResult, key_error, raise_new, runtime_error, type_error};
use crate::gc::Field;
use crate::native::NativeClass;
use crate::object::{Header, Ref, flags, object_value};
use crate::objects::class::{CompareOp, SlotId, Type};
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::set::{
    FrozenSet, Set, SetCore, contains, core_of, core_of_unchecked, element_hash, hash_key,
    instance_of, like,
};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::tuple_methods::join_texts;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// The table of a receiver, whose class the caller checked.
fn own(this: &Value) -> &SetCore {
    // SAFETY: slots and methods are called with instances of their class.
    unsafe { core_of_unchecked(this) }
}

// What the methods do, for both classes.

fn difference(this: &SetCore, other: &Value) -> PyResult<SetCore> {
    let result = SetCore::new();
    if let Some(other) = core_of(other) {
        let mut position = 0;
        while let Some((key, hash)) = this.next(&mut position) {
            if !other.contains_hashed(&key, hash)? {
                result.add_hashed(key, hash)?;
            }
        }
        return Ok(result);
    }
    if let Some(dict) = other.downcast::<Dict>() {
        let mut position = 0;
        while let Some((key, hash)) = this.next(&mut position) {
            if dict.get_hashed(&key, hash)?.is_none() {
                result.add_hashed(key, hash)?;
            }
        }
        return Ok(result);
    }
    result.merge(this)?;
    subtract(&result, other)?;
    Ok(result)
}

fn subtract(this: &SetCore, other: &Value) -> PyResult<()> {
    if let Some(core) = core_of(other) {
        if std::ptr::eq(this, core) {
            this.clear();
            return Ok(());
        }
        let mut position = 0;
        while let Some((key, hash)) = core.next(&mut position) {
            this.remove_hashed(&key, hash)?;
        }
        return Ok(());
    }
    abstract_ops::for_each(other, |key| {
        let hash = element_hash(&key)?;
        this.remove_hashed(&key, hash).map(drop)
    })
}

fn intersection(this: &SetCore, other: &Value) -> PyResult<SetCore> {
    let result = SetCore::new();
    if let Some(other) = core_of(other) {
        let (small, large) = if other.len() > this.len() {
            (this, other)
        } else {
            (other, this)
        };
        let mut position = 0;
        while let Some((key, hash)) = small.next(&mut position) {
            if large.contains_hashed(&key, hash)? {
                result.add_hashed(key, hash)?;
            }
        }
        return Ok(result);
    }
    abstract_ops::for_each(other, |key| {
        let hash = element_hash(&key)?;
        if this.contains_hashed(&key, hash)? {
            result.add_hashed(key, hash)?;
        }
        Ok(())
    })?;
    Ok(result)
}

fn toggle(this: &SetCore, other: &Value) -> PyResult<()> {
    let toggle_key = |key: Value, hash: i64| -> PyResult<()> {
        if this.remove_hashed(&key, hash)?.is_none() {
            this.add_hashed(key, hash)?;
        }
        Ok(())
    };
    if let Some(core) = core_of(other) {
        if std::ptr::eq(this, core) {
            this.clear();
            return Ok(());
        }
        let mut position = 0;
        while let Some((key, hash)) = core.next(&mut position) {
            toggle_key(key, hash)?;
        }
        return Ok(());
    }
    if let Some(dict) = other.downcast::<Dict>() {
        let mut position = 0;
        while let Some((key, hash, _)) = dict.next_hashed(&mut position) {
            toggle_key(key, hash)?;
        }
        return Ok(());
    }
    let unique = SetCore::new();
    unique.update(other)?;
    let mut position = 0;
    while let Some((key, hash)) = unique.next(&mut position) {
        toggle_key(key, hash)?;
    }
    Ok(())
}

fn is_subset(this: &SetCore, other: &SetCore) -> PyResult<bool> {
    if this.len() > other.len() {
        return Ok(false);
    }
    let mut position = 0;
    while let Some((key, hash)) = this.peek_next(&mut position) {
        if !other.contains_word(key, hash)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_disjoint(this: &SetCore, other: &Value) -> PyResult<bool> {
    if let Some(other) = core_of(other) {
        let (small, large) = if other.len() > this.len() {
            (this, other)
        } else {
            (other, this)
        };
        let mut position = 0;
        while let Some((key, hash)) = small.peek_next(&mut position) {
            if large.contains_word(key, hash)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    let mut disjoint = true;
    abstract_ops::for_each_while(other, |key| {
        let hash = element_hash(&key)?;
        disjoint = !this.contains_hashed(&key, hash)?;
        Ok(disjoint)
    })?;
    Ok(disjoint)
}

/// The set itself where it may serve as the other operand, or a new one of what is iterated.
fn as_core<R>(other: &Value, then: impl FnOnce(&SetCore) -> PyResult<R>) -> PyResult<R> {
    match core_of(other) {
        Some(core) => then(core),
        None => {
            let core = SetCore::new();
            core.update(other)?;
            then(&core)
        }
    }
}

/// Does not depend on the order of the keys.
fn frozen_hash(core: &SetCore) -> i64 {
    if let Some(hash) = core.hash.get() {
        return hash;
    }
    let mut hash: u64 = 0;
    for (_, h) in core.hashed_keys() {
        let h = h as u64;
        hash ^= (h ^ 89_869_747 ^ (h << 16)).wrapping_mul(3_644_798_167);
    }
    hash ^= (core.len() as u64)
        .wrapping_add(1)
        .wrapping_mul(1_927_868_237);
    hash ^= (hash >> 11) ^ (hash >> 25);
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    let hash = if hash == u64::MAX {
        590_923_713
    } else {
        hash as i64
    };
    core.hash.set(Some(hash));
    hash
}

fn repr_of(this: &Value, core: &SetCore) -> PyResult {
    let class = this.class();
    let name = class.name();
    if core.is_empty() {
        return Ok(Str::new(&format!("{name}()")).into_value());
    }
    let header = this.header().expect("a set is an object");
    if header.has(flags::IN_REPR) {
        return Ok(Str::new(&format!("{name}(...)")).into_value());
    }
    header.set(flags::IN_REPR);
    let mut texts = Vec::with_capacity(core.len());
    let result = core.keys().iter().try_for_each(|key| -> PyResult<()> {
        texts.push(abstract_ops::repr(key)?);
        Ok(())
    });
    header.unset(flags::IN_REPR);
    result?;
    if class.is_native::<Set>() {
        return Ok(join_texts("{", &texts, "}"));
    }
    Ok(join_texts(&format!("{name}({{"), &texts, "})"))
}

fn compare(this: &SetCore, other: &Value, op: CompareOp) -> PyResult {
    let Some(other) = core_of(other) else {
        return Ok(Value::not_implemented());
    };
    let equal = || -> PyResult<bool> {
        if this.len() != other.len() {
            return Ok(false);
        }
        if let (Some(a), Some(b)) = (this.hash.get(), other.hash.get())
            && a != b
        {
            return Ok(false);
        }
        is_subset(this, other)
    };
    let holds = match op {
        CompareOp::Eq => equal()?,
        CompareOp::Ne => !equal()?,
        CompareOp::Le => is_subset(this, other)?,
        CompareOp::Ge => is_subset(other, this)?,
        CompareOp::Lt => this.len() < other.len() && is_subset(this, other)?,
        CompareOp::Gt => other.len() < this.len() && is_subset(other, this)?,
    };
    Ok(Value::bool(holds))
}

fn reduce(this: &Value) -> PyResult {
    let keys = List::make(own(this).keys()).into_value();
    let state = crate::objects::object::getstate(this)?;
    Ok(Tuple::new([
        object_value(this.class()),
        Tuple::new([keys]).into_value(),
        state,
    ])
    .into_value())
}

macro_rules! shared {
    ($class:ident) => {
        #[pymethods(items = SHARED)]
        impl $class {
            #[pyslot]
            fn repr(this: &Value) -> PyResult {
                repr_of(this, own(this))
            }
            #[pyslot]
            fn length(this: &Value) -> PyResult<usize> {
                Ok(own(this).len())
            }
            #[pyslot]
            fn contains_slot(this: &Value, key: &Value) -> PyResult<bool> {
                contains(own(this), key)
            }
            #[pyslot]
            fn iter(this: &Value) -> PyResult {
                Ok(SetIterator::new(this.clone()))
            }
            #[pyslot]
            fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
                compare(own(this), other, op)
            }
            #[pyslot]
            fn or(left: &Value, right: &Value) -> PyResult {
                let (Some(a), Some(b)) = (core_of(left), core_of(right)) else {
                    return Ok(Value::not_implemented());
                };
                let result = a.copy()?;
                result.merge(b)?;
                Ok(like(left, result))
            }
            #[pyslot]
            fn and(left: &Value, right: &Value) -> PyResult {
                let (Some(a), Some(_)) = (core_of(left), core_of(right)) else {
                    return Ok(Value::not_implemented());
                };
                Ok(like(left, intersection(a, right)?))
            }
            #[pyslot]
            fn subtract(left: &Value, right: &Value) -> PyResult {
                let (Some(a), Some(_)) = (core_of(left), core_of(right)) else {
                    return Ok(Value::not_implemented());
                };
                Ok(like(left, difference(a, right)?))
            }
            #[pyslot]
            fn xor(left: &Value, right: &Value) -> PyResult {
                let (Some(a), Some(_)) = (core_of(left), core_of(right)) else {
                    return Ok(Value::not_implemented());
                };
                let result = a.copy()?;
                toggle(&result, right)?;
                Ok(like(left, result))
            }
            /// Return a new set with elements from the set and all others.
            #[pymethod("union($self, /, *others)")]
            fn union(this: &Value, others: &[Value]) -> PyResult {
                let result = own(this).copy()?;
                for other in others {
                    result.update(other)?;
                }
                Ok(like(this, result))
            }
            /// Return a new set with elements common to the set and all others.
            #[pymethod("intersection($self, /, *others)")]
            fn intersection(this: &Value, others: &[Value]) -> PyResult {
                let mut result = own(this).copy()?;
                for other in others {
                    result = intersection(&result, other)?;
                }
                Ok(like(this, result))
            }
            /// Return a new set with elements in the set that are not in the others.
            #[pymethod("difference($self, /, *others)")]
            fn difference(this: &Value, others: &[Value]) -> PyResult {
                let [first, rest @ ..] = others else {
                    return Ok(like(this, own(this).copy()?));
                };
                let result = difference(own(this), first)?;
                for other in rest {
                    subtract(&result, other)?;
                }
                Ok(like(this, result))
            }
            /// Return a new set with elements in either the set or other but not both.
            #[pymethod("symmetric_difference($self, other, /)")]
            fn symmetric_difference(this: &Value, other: &Value) -> PyResult {
                let result = own(this).copy()?;
                toggle(&result, other)?;
                Ok(like(this, result))
            }
            /// Return True if two sets have a null intersection.
            #[pymethod("isdisjoint($self, other, /)")]
            fn isdisjoint(this: &Value, other: &Value) -> PyResult<bool> {
                is_disjoint(own(this), other)
            }
            /// Report whether another set contains this set.
            #[pymethod("issubset($self, other, /)")]
            fn issubset(this: &Value, other: &Value) -> PyResult<bool> {
                as_core(other, |other| is_subset(own(this), other))
            }
            /// Report whether this set contains another set.
            #[pymethod("issuperset($self, other, /)")]
            fn issuperset(this: &Value, other: &Value) -> PyResult<bool> {
                as_core(other, |other| is_subset(other, own(this)))
            }
            /// Return state information for pickling.
            #[pymethod("__reduce__($self, /)")]
            fn __reduce__(this: &Value) -> PyResult {
                reduce(this)
            }
            /// Size of object in memory, in bytes.
            #[pymethod("__sizeof__($self, /)")]
            fn __sizeof__(this: &Value) -> usize {
                size_of::<$class>() + own(this).extra_size()
            }
            #[pyclassmethod("__class_getitem__($type, object, /)")]
            fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
                crate::objects::generic_alias::new_alias(cls, object)
            }
        }
    };
}

shared!(Set);
shared!(FrozenSet);

#[pymethods(more(SHARED))]
impl Set {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(instance_of(class, false, SetCore::new()))
    }
    /// Never takes keywords, not even of classes with a `__new__` of their own.
    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("set() takes no keyword arguments"));
        }
        if args.len() > 1 {
            return Err(type_error(format!(
                "set expected at most 1 argument, got {}",
                args.len()
            )));
        }
        let core = own(this);
        if !core.is_empty() {
            core.clear();
        }
        match args.first() {
            Some(iterable) => core.update(iterable),
            None => Ok(()),
        }
    }
    #[pyslot]
    fn inplace_or(this: &Value, other: &Value) -> PyResult {
        let Some(other) = core_of(other) else {
            return Ok(Value::not_implemented());
        };
        own(this).merge(other)?;
        Ok(this.clone())
    }
    #[pyslot]
    fn inplace_and(this: &Value, other: &Value) -> PyResult {
        if core_of(other).is_none() {
            return Ok(Value::not_implemented());
        }
        own(this).replace_by(intersection(own(this), other)?);
        Ok(this.clone())
    }
    #[pyslot]
    fn inplace_subtract(this: &Value, other: &Value) -> PyResult {
        if core_of(other).is_none() {
            return Ok(Value::not_implemented());
        }
        subtract(own(this), other)?;
        Ok(this.clone())
    }
    #[pyslot]
    fn inplace_xor(this: &Value, other: &Value) -> PyResult {
        if core_of(other).is_none() {
            return Ok(Value::not_implemented());
        }
        toggle(own(this), other)?;
        Ok(this.clone())
    }
    /// Add an element to a set.
    ///
    /// This has no effect if the element is already present.
    #[pymethod("add($self, object, /)")]
    fn add_key(&self, object: &Value) -> PyResult<()> {
        self.core.add(object.clone()).map(|_| ())
    }
    /// Remove all elements from this set.
    #[pymethod("clear($self, /)")]
    fn clear_keys(&self) {
        self.core.clear();
    }
    /// Return a shallow copy of a set.
    #[pymethod("copy($self, /)")]
    fn copy(&self) -> PyResult {
        Ok(Set::from_core(self.core.copy()?))
    }
    /// Remove an element from a set if it is a member.
    ///
    /// Unlike set.remove(), the discard() method does not raise
    /// an exception when an element is missing from the set.
    #[pymethod("discard($self, object, /)")]
    fn discard(&self, object: &Value) -> PyResult<()> {
        let (key, hash) = hash_key(object)?;
        self.core.remove_hashed(&key, hash).map(drop)
    }
    /// Remove an element from a set; it must be a member.
    ///
    /// If the element is not a member, raise a KeyError.
    #[pymethod("remove($self, object, /)")]
    fn remove(&self, object: &Value) -> PyResult<()> {
        let (key, hash) = hash_key(object)?;
        match self.core.remove_hashed(&key, hash)? {
            Some(_) => Ok(()),
            None => Err(key_error(object)),
        }
    }
    /// Remove and return an arbitrary set element.
    ///
    /// Raises KeyError if the set is empty.
    #[pymethod("pop($self, /)")]
    fn pop(&self) -> PyResult {
        self.core
            .pop()
            .ok_or_else(|| raise_new(crate::exceptions::KEY_ERROR.get(), "pop from an empty set"))
    }
    /// Update the set, adding elements from all others.
    #[pymethod("update($self, /, *others)")]
    fn update_all(&self, others: &[Value]) -> PyResult<()> {
        others.iter().try_for_each(|other| self.core.update(other))
    }
    /// Update the set, keeping only elements found in it and all others.
    #[pymethod("intersection_update($self, /, *others)")]
    fn intersection_update(this: &Value, others: &[Value]) -> PyResult<()> {
        let mut result = own(this).copy()?;
        for other in others {
            result = intersection(&result, other)?;
        }
        own(this).replace_by(result);
        Ok(())
    }
    /// Update the set, removing elements found in others.
    #[pymethod("difference_update($self, /, *others)")]
    fn difference_update(&self, others: &[Value]) -> PyResult<()> {
        others
            .iter()
            .try_for_each(|other| subtract(&self.core, other))
    }
    /// Update the set, keeping only elements found in either set, but not in both.
    #[pymethod("symmetric_difference_update($self, other, /)")]
    fn symmetric_difference_update(&self, other: &Value) -> PyResult<()> {
        toggle(&self.core, other)
    }
}

#[pymethods(more(SHARED))]
impl FrozenSet {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let positional = args.len() - kwnames.map_or(0, Tuple::len);
        let exact = class.is_native::<FrozenSet>();
        // A class with `__init__` of its own may mean something by keywords.
        let plain_init = class.slots().same(SlotId::init, FrozenSet::class().slots());
        if plain_init && positional != args.len() {
            return Err(type_error("frozenset() takes no keyword arguments"));
        }
        if positional > 1 {
            return Err(type_error(format!(
                "frozenset expected at most 1 argument, got {positional}"
            )));
        }
        let core = SetCore::new();
        if let Some(iterable) = args[..positional].first() {
            if exact && iterable.is_exact(FrozenSet::class()) {
                return Ok(iterable.clone());
            }
            core.update(iterable)?;
        }
        Ok(instance_of(class, true, core))
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        Ok(frozen_hash(own(this)))
    }
    /// Return a shallow copy of a set.
    #[pymethod("copy($self, /)")]
    fn copy(this: &Value) -> PyResult {
        if this.is_exact(FrozenSet::class()) {
            return Ok(this.clone());
        }
        Ok(FrozenSet::from_core(own(this).copy()?))
    }
}

#[pyclass(name = "set_iterator", module = "builtins", gc, final)]
#[repr(C)]
pub struct SetIterator {
    header: Header,
    set: Field<Option<Value>>,
    #[no_gc]
    position: Cell<usize>,
    #[no_gc]
    remaining: Cell<usize>,
    #[no_gc]
    length: usize,
}

impl SetIterator {
    #[allow(clippy::new_ret_no_self)]
    pub fn new(set: Value) -> Value {
        let length = core_of(&set).map_or(0, SetCore::len);
        Ref::new(SetIterator {
            header: Header::fresh(),
            set: Field::new(Some(set)),
            position: Cell::new(0),
            remaining: Cell::new(length),
            length,
        })
        .into_value()
    }
}

#[pymethods]
impl SetIterator {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        // SAFETY: the iterator keeps the set alive while it has it; nothing here calls out.
        let Some(set) = (unsafe { &*self.set.as_ptr() }) else {
            return Ok(None);
        };
        let core = own(set);
        if core.len() != self.length {
            // Sticky: the position does not come back.
            self.remaining.set(0);
            self.position.set(usize::MAX);
            return Err(runtime_error("Set changed size during iteration"));
        }
        let mut position = self.position.get();
        match core.peek_next(&mut position) {
            Some((key, _)) => {
                self.position.set(position);
                self.remaining.set(self.remaining.get().saturating_sub(1));
                Ok(Some(key.to_value()))
            }
            None => {
                self.set.set(None);
                Ok(None)
            }
        }
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> usize {
        match self.set.get() {
            Some(set) if own(&set).len() == self.length => self.remaining.get(),
            _ => 0,
        }
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        let mut rest = Vec::new();
        if let Some(set) = self.set.get() {
            let mut position = self.position.get();
            while let Some((key, _)) = own(&set).next(&mut position) {
                rest.push(key);
            }
        }
        let iter = crate::builtins::lookup("iter")?;
        Ok(Tuple::new([
            iter,
            Tuple::new([List::make(rest).into_value()]).into_value(),
        ])
        .into_value())
    }
}
