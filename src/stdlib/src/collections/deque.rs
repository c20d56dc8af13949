//! `collections.deque` and its iterators.

use std::cell::Cell;
use std::collections::VecDeque;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, index_error, runtime_error, type_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref, flags, object_value};
use taipan_vm::objects::class::{CompareOp, Type};
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// A list-like sequence optimized for data accesses near its endpoints.
#[pyclass(
    name = "deque",
    module = "collections",
    signature = "deque([iterable[, maxlen]])",
    gc,
    weakref,
    sequence
)]
#[repr(C)]
pub struct Deque {
    header: Header,
    items: Field<VecDeque<Value>>,
    #[no_gc]
    limit: Cell<Option<usize>>,
    /// Counts changes, so that iterators notice.
    #[no_gc]
    changes: Cell<u64>,
}

/// The deque behind a receiver, whose class the caller checked.
fn own(this: &Value) -> &Deque {
    // SAFETY: slots and methods are called with instances of their class.
    unsafe { this.downcast_unchecked::<Deque>() }
}

impl Deque {
    fn blank() -> Deque {
        Deque {
            header: Header::fresh(),
            items: Field::new(VecDeque::new()),
            limit: Cell::new(None),
            changes: Cell::new(0),
        }
    }
    fn len(&self) -> usize {
        self.items.with(|items| items.len())
    }
    fn get(&self, index: usize) -> Option<Value> {
        self.items.with(|items| items.get(index).cloned())
    }
    /// Changes the items; what comes out is dropped afterwards.
    fn change<R>(&self, change: impl FnOnce(&mut VecDeque<Value>) -> R) -> R {
        self.changes.set(self.changes.get() + 1);
        self.items.with(change)
    }
    fn push_right(&self, item: Value) {
        let full = self.limit.get();
        let old = self.change(|items| {
            items.push_back(item);
            if full.is_some_and(|limit| items.len() > limit) {
                items.pop_front()
            } else {
                None
            }
        });
        drop(old);
    }
    fn push_left(&self, item: Value) {
        let full = self.limit.get();
        let old = self.change(|items| {
            items.push_front(item);
            if full.is_some_and(|limit| items.len() > limit) {
                items.pop_back()
            } else {
                None
            }
        });
        drop(old);
    }
    fn extend_with(&self, this: &Value, iterable: &Value, push: fn(&Deque, Value)) -> PyResult<()> {
        if iterable.is(this) {
            let items = self.to_vec();
            items.into_iter().for_each(|item| push(self, item));
            return Ok(());
        }
        abstract_ops::for_each(iterable, |item| {
            push(self, item);
            Ok(())
        })
    }
    fn to_vec(&self) -> Vec<Value> {
        self.items.with(|items| items.iter().cloned().collect())
    }
    fn position(&self, value: &Value, start: usize, stop: usize) -> PyResult<Option<usize>> {
        let changes = self.changes.get();
        let mut at = start;
        while at < stop
            && let Some(item) = self.get(at)
        {
            let equal = abstract_ops::equals(&item, value)?;
            if self.changes.get() != changes {
                return Err(runtime_error("deque mutated during iteration"));
            }
            if equal {
                return Ok(Some(at));
            }
            at += 1;
        }
        Ok(None)
    }
    fn index_of(&self, key: &Value) -> PyResult<usize> {
        if key.class().slots().index.is_none() {
            return Err(type_error(format!(
                "sequence index must be integer, not '{}'",
                key.class().name()
            )));
        }
        let index = abstract_ops::index_isize(key, taipan_vm::exceptions::INDEX_ERROR.get())?;
        let length = self.len() as isize;
        let index = if index < 0 { index + length } else { index };
        if index < 0 || index >= length {
            return Err(index_error("deque index out of range"));
        }
        Ok(index as usize)
    }
    fn repeated(&self, count: isize) -> PyResult<VecDeque<Value>> {
        let items = self.to_vec();
        let count = count.max(0) as usize;
        let Some(total) = items
            .len()
            .checked_mul(count)
            .filter(|total| *total < isize::MAX as usize / 8)
        else {
            return Err(taipan_vm::exceptions::memory_error(""));
        };
        let skip = self
            .limit
            .get()
            .map_or(0, |limit| total.saturating_sub(limit));
        Ok((skip..total)
            .map(|i| items[i % items.len()].clone())
            .collect())
    }
    fn copy_of(this: &Value) -> PyResult {
        let limit = own(this).limit.get();
        if this.class().is_native::<Deque>() {
            let copy = Deque::blank();
            copy.limit.set(limit);
            copy.items.set(own(this).to_vec().into());
            return Ok(Ref::new(copy).into_value());
        }
        let class = object_value(this.class());
        match limit {
            Some(limit) => abstract_ops::call(&class, &[this.clone(), Value::int(limit as i64)]),
            None => abstract_ops::call(&class, std::slice::from_ref(this)),
        }
    }
}

#[pymethods]
impl Deque {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        Ok(allocate_instance(class, Deque::blank()).into_value())
    }
    #[pyslot("deque(iterable=<unrepresentable>, maxlen=<unrepresentable>)")]
    fn init(this: &Value, iterable: Option<&Value>, maxlen: Option<&Value>) -> PyResult<()> {
        let limit = match maxlen.filter(|limit| !limit.is_none()) {
            None => None,
            Some(limit) if limit.as_int().is_none() => {
                return Err(type_error("an integer is required"));
            }
            Some(limit) => match usize::try_from(abstract_ops::to_i64(limit)?) {
                Ok(limit) => Some(limit),
                Err(_) => return Err(value_error("maxlen must be non-negative")),
            },
        };
        let deque = own(this);
        deque.limit.set(limit);
        drop(deque.change(std::mem::take));
        match iterable {
            Some(iterable) => deque.extend_with(this, iterable, Deque::push_right),
            None => Ok(()),
        }
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        let name = this.class().name();
        let header = this.header().expect("a deque is an object");
        if header.has(flags::IN_REPR) {
            return Ok("[...]".to_owned());
        }
        header.set(flags::IN_REPR);
        let texts: PyResult<Vec<String>> = own(this)
            .to_vec()
            .iter()
            .map(|item| abstract_ops::repr(item).map(|text| text.to_rust().into_owned()))
            .collect();
        header.unset(flags::IN_REPR);
        let items = texts?.join(", ");
        Ok(match own(this).limit.get() {
            Some(limit) => format!("{name}([{items}], maxlen={limit})"),
            None => format!("{name}([{items}])"),
        })
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Deque>(), other.downcast::<Deque>()) else {
            return Ok(Value::not_implemented());
        };
        let (a, b) = (Tuple::new(a.to_vec()), Tuple::new(b.to_vec()));
        abstract_ops::rich_compare(a.as_value(), b.as_value(), op)
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(Ref::new(DequeIterator {
            header: Header::fresh(),
            walk: Walk::new(this),
        })
        .into_value())
    }
    #[pyslot]
    fn length(&self) -> PyResult<usize> {
        Ok(self.len())
    }
    #[pyslot]
    fn contains(&self, item: &Value) -> PyResult<bool> {
        Ok(self.position(item, 0, usize::MAX)?.is_some())
    }
    #[pyslot]
    fn getitem(&self, key: &Value) -> PyResult {
        let index = self.index_of(key)?;
        self.get(index)
            .ok_or_else(|| index_error("deque index out of range"))
    }
    #[pyslot]
    fn setitem(&self, key: &Value, value: Option<&Value>) -> PyResult<()> {
        let index = self.index_of(key)?;
        match value {
            Some(value) => {
                let value = value.clone();
                drop(self.items.with(|items| {
                    items
                        .get_mut(index)
                        .map(|slot| std::mem::replace(slot, value))
                }));
            }
            None => drop(self.change(|items| items.remove(index))),
        }
        Ok(())
    }
    #[pyslot]
    fn concat(this: &Value, other: &Value) -> PyResult {
        if other.downcast::<Deque>().is_none() {
            return Err(type_error(format!(
                "can only concatenate deque (not \"{}\") to deque",
                other.class().name()
            )));
        }
        let result = Deque::copy_of(this)?;
        own(&result).extend_with(&result, other, Deque::push_right)?;
        Ok(result)
    }
    #[pyslot]
    fn inplace_concat(this: &Value, other: &Value) -> PyResult {
        own(this).extend_with(this, other, Deque::push_right)?;
        Ok(this.clone())
    }
    #[pyslot]
    fn repeat(this: &Value, count: isize) -> PyResult {
        let items = own(this).repeated(count)?;
        let result = Deque::copy_of(this)?;
        drop(own(&result).change(|old| std::mem::replace(old, items)));
        Ok(result)
    }
    #[pyslot]
    fn inplace_repeat(this: &Value, count: isize) -> PyResult {
        let items = own(this).repeated(count)?;
        drop(own(this).change(|old| std::mem::replace(old, items)));
        Ok(this.clone())
    }
    /// Add an element to the right side of the deque.
    #[pymethod("append($self, item, /)")]
    fn append(&self, item: &Value) {
        self.push_right(item.clone());
    }
    /// Add an element to the left side of the deque.
    #[pymethod("appendleft($self, item, /)")]
    fn appendleft(&self, item: &Value) {
        self.push_left(item.clone());
    }
    /// Remove all elements from the deque.
    #[pymethod("clear($self, /)")]
    fn clear(&self) {
        drop(self.change(std::mem::take));
    }
    /// Return a shallow copy of a deque.
    #[pymethod("copy($self, /)")]
    fn copy(this: &Value) -> PyResult {
        Deque::copy_of(this)
    }
    /// Return a shallow copy of a deque.
    #[pymethod("__copy__($self, /)")]
    fn __copy__(this: &Value) -> PyResult {
        Deque::copy_of(this)
    }
    /// Return number of occurrences of value.
    #[pymethod("count($self, value, /)")]
    fn count(&self, value: &Value) -> PyResult<usize> {
        let (mut found, mut from) = (0, 0);
        while let Some(at) = self.position(value, from, usize::MAX)? {
            found += 1;
            from = at + 1;
        }
        Ok(found)
    }
    /// Extend the right side of the deque with elements from the iterable.
    #[pymethod("extend($self, iterable, /)")]
    fn extend(this: &Value, iterable: &Value) -> PyResult<()> {
        own(this).extend_with(this, iterable, Deque::push_right)
    }
    /// Extend the left side of the deque with elements from the iterable.
    #[pymethod("extendleft($self, iterable, /)")]
    fn extendleft(this: &Value, iterable: &Value) -> PyResult<()> {
        own(this).extend_with(this, iterable, Deque::push_left)
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[pymethod("index($self, value, start=0, stop=<unrepresentable>, /)")]
    fn index(&self, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> PyResult<usize> {
        let length = self.len();
        let bound = |value: Option<&Value>, default: usize| -> PyResult<usize> {
            let Some(value) = value else {
                return Ok(default);
            };
            let at = abstract_ops::index_clamped(value)?;
            let at = if at < 0 {
                at.saturating_add(length as isize).max(0)
            } else {
                at
            };
            Ok((at as usize).min(length))
        };
        let (start, stop) = (bound(start, 0)?, bound(stop, length)?);
        match self.position(value, start, stop)? {
            Some(at) => Ok(at),
            None => Err(value_error("deque.index(x): x not in deque")),
        }
    }
    /// Insert value before index.
    #[pymethod("insert($self, index, value, /)")]
    fn insert(&self, index: i64, value: &Value) -> PyResult<()> {
        let length = self.len();
        if self.limit.get().is_some_and(|limit| length >= limit) {
            return Err(index_error("deque already at its maximum size"));
        }
        let at = if index < 0 {
            (index + length as i64).max(0)
        } else {
            index.min(length as i64)
        };
        let value = value.clone();
        self.change(|items| items.insert(at as usize, value));
        Ok(())
    }
    /// Remove and return the rightmost element.
    #[pymethod("pop($self, /)")]
    fn pop(&self) -> PyResult {
        self.change(VecDeque::pop_back)
            .ok_or_else(|| index_error("pop from an empty deque"))
    }
    /// Remove and return the leftmost element.
    #[pymethod("popleft($self, /)")]
    fn popleft(&self) -> PyResult {
        self.change(VecDeque::pop_front)
            .ok_or_else(|| index_error("pop from an empty deque"))
    }
    /// Remove first occurrence of value.
    #[pymethod("remove($self, value, /)")]
    fn remove(&self, value: &Value) -> PyResult<()> {
        match self.position(value, 0, usize::MAX)? {
            Some(at) => {
                drop(self.change(|items| items.remove(at)));
                Ok(())
            }
            None => Err(value_error("deque.remove(x): x not in deque")),
        }
    }
    /// Reverse *IN PLACE*.
    #[pymethod("reverse($self, /)")]
    fn reverse(&self) {
        self.change(|items| items.make_contiguous().reverse());
    }
    /// Rotate the deque n steps to the right.  If n is negative, rotates left.
    #[pymethod("rotate($self, n=1, /)")]
    fn rotate(&self, n: i64) {
        self.change(|items| {
            if !items.is_empty() {
                let by = n.rem_euclid(items.len() as i64) as usize;
                items.rotate_right(by);
            }
        });
    }
    /// maximum size of a deque or None if unbounded
    #[pygetset]
    fn maxlen(&self) -> Value {
        self.limit
            .get()
            .map_or_else(Value::none, |limit| Value::int(limit as i64))
    }
    /// Return a reverse iterator over the deque.
    #[pymethod("__reversed__($self, /)")]
    fn __reversed__(this: &Value) -> Value {
        Ref::new(DequeReverseIterator {
            header: Header::fresh(),
            walk: Walk::new(this),
        })
        .into_value()
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        let state = taipan_vm::objects::object::getstate(this)?;
        let args = match own(this).limit.get() {
            Some(limit) => Tuple::new([Tuple::empty().into_value(), Value::int(limit as i64)]),
            None => Tuple::empty(),
        };
        let parts = [
            object_value(this.class()),
            args.into_value(),
            state,
            abstract_ops::iter(this)?,
        ];
        Ok(Tuple::new(parts).into_value())
    }
    /// Return the size of the deque in memory, in bytes.
    #[pymethod("__sizeof__($self, /)")]
    fn __sizeof__(&self) -> usize {
        size_of::<Deque>() + 8 * self.items.with(|items| items.capacity())
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        taipan_vm::objects::generic_alias::new_alias(cls, object)
    }
}

/// Where an iteration stands.
pub struct Walk {
    deque: Value,
    changes: u64,
    seen: Cell<usize>,
    left: Cell<usize>,
}

impl taipan_vm::gc::Traverse for Walk {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        visit(&self.deque);
    }
}

impl Walk {
    fn new(deque: &Value) -> Walk {
        let (changes, left) = (own(deque).changes.get(), Cell::new(own(deque).len()));
        Walk {
            deque: deque.clone(),
            changes,
            seen: Cell::new(0),
            left,
        }
    }
    fn step(&self, backward: bool) -> PyResult<Option<Value>> {
        let deque = own(&self.deque);
        if deque.changes.get() != self.changes {
            self.left.set(0);
            return Err(runtime_error("deque mutated during iteration"));
        }
        if self.left.get() == 0 {
            return Ok(None);
        }
        let seen = self.seen.get();
        self.seen.set(seen + 1);
        self.left.set(self.left.get() - 1);
        Ok(deque.get(if backward { self.left.get() } else { seen }))
    }
}

macro_rules! iterator {
    ($class:ident $name:literal $backward:literal) => {
        #[pyclass(name = $name, module = "collections", gc)]
        #[repr(C)]
        pub struct $class {
            header: Header,
            walk: Walk,
        }

        #[pymethods]
        impl $class {
            #[pyslot]
            fn iter(this: &Value) -> PyResult {
                Ok(this.clone())
            }
            #[pyslot]
            fn iternext(&self) -> PyResult<Option<Value>> {
                self.walk.step($backward)
            }
            /// Private method returning an estimate of len(list(it)).
            #[pymethod("__length_hint__($self, /)")]
            fn __length_hint__(&self) -> usize {
                self.walk.left.get()
            }
        }
    };
}

iterator!(DequeIterator "_deque_iterator" false);
iterator!(DequeReverseIterator "_deque_reverse_iterator" true);
