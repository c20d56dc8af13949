//! `dict_keys`, `dict_values`, `dict_items`, and iterators over dicts.
//!
//! An iterator notices that the dict's size, or its set of keys, changed since the iteration began.

use crate::abstract_ops;
use crate::exceptions::{PyResult, runtime_error};
use crate::gc::Field;
use crate::native::NativeClass;
use crate::object::{Header, Ref, flags};
use crate::objects::class::CompareOp;
use crate::objects::dict::Dict;
use crate::objects::list::List;
use crate::objects::mapping_proxy::MappingProxy;
use crate::objects::reused_tuple::ReusedTuple;
use crate::objects::set::{Set, SetCore, core_of};
use crate::objects::tuple::Tuple;
use crate::objects::tuple_methods::join_texts;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

/// The state of an iteration over a dict.
pub struct Walk {
    dict: Field<Option<Ref<Dict>>>,
    position: Cell<usize>,
    length: Cell<usize>,
    remaining: Cell<usize>,
    result: ReusedTuple,
}

impl crate::gc::Traverse for Walk {
    fn traverse(&self, visit: &mut dyn FnMut(&Value)) {
        crate::gc::Traverse::traverse(&self.dict, visit);
        crate::gc::Traverse::traverse(&self.result, visit);
    }
    fn clear(&self) {
        self.dict.set(None);
        crate::gc::Traverse::clear(&self.result);
    }
}

impl Walk {
    fn new(dict: Ref<Dict>, position: usize) -> Walk {
        let length = dict.len();
        Walk {
            position: Cell::new(position),
            length: Cell::new(length),
            remaining: Cell::new(length),
            result: ReusedTuple::new(),
            dict: Field::new(Some(dict)),
        }
    }
    /// What `show` makes of the entry that `next` finds.
    #[inline(always)]
    fn step<T>(
        &self,
        next: for<'a> fn(&'a Dict, &mut usize) -> Option<(&'a Value, &'a Value)>,
        show: fn(&Walk, &Value, &Value) -> T,
    ) -> PyResult<Option<T>> {
        // SAFETY: the walk's own reference keeps the dict alive until it lets go of it below.
        let Some(dict) = (unsafe { &*self.dict.as_ptr() }) else {
            return Ok(None);
        };
        if dict.len() != self.length.get() {
            // It stays an error.
            self.length.set(usize::MAX);
            return Err(runtime_error("dictionary changed size during iteration"));
        }
        let mut position = self.position.get();
        match next(dict, &mut position) {
            Some(_) if self.remaining.get() == 0 => {
                self.dict.set(None);
                Err(runtime_error("dictionary keys changed during iteration"))
            }
            Some((key, value)) => {
                self.position.set(position);
                self.remaining.set(self.remaining.get() - 1);
                Ok(Some(show(self, key, value)))
            }
            None => {
                self.dict.set(None);
                Ok(None)
            }
        }
    }
    fn length_hint(&self) -> usize {
        match self.dict.get() {
            Some(dict) if dict.len() == self.length.get() => self.remaining.get(),
            _ => 0,
        }
    }
    /// `(iter, ([…],))` of what is left, without advancing.
    fn reduce(&self, backward: bool, show: fn(&Walk, &Value, &Value) -> Value) -> PyResult {
        let mut rest = Vec::new();
        if let Some(dict) = self.dict.get() {
            let mut position = self.position.get();
            let next = if backward {
                Dict::peek_previous
            } else {
                Dict::peek_next
            };
            while let Some((key, value)) = next(&dict, &mut position) {
                rest.push(show(self, key, value));
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

fn only_key(_walk: &Walk, key: &Value, _value: &Value) -> Value {
    key.clone()
}

fn only_value(_walk: &Walk, _key: &Value, value: &Value) -> Value {
    value.clone()
}

fn pair(walk: &Walk, key: &Value, value: &Value) -> Value {
    walk.result.pair(key.clone(), value.clone())
}

macro_rules! iterator {
    ($(#[$doc:meta])* $class:ident $name:literal $shown:ident $backward:literal $step:path) => {
        $(#[$doc])*
        #[pyclass(name = $name, module = "builtins", gc, final)]
        #[repr(C)]
        pub struct $class {
            header: Header,
            pub walk: Walk,
        }

        impl $class {
            pub fn over(dict: Ref<Dict>) -> Value {
                let position = if $backward { dict.end() } else { 0 };
                Ref::new($class { header: Header::fresh(), walk: Walk::new(dict, position) }).into_value()
            }
        }

        #[pymethods]
        impl $class {
            #[pyslot]
            fn iter(this: &Value) -> PyResult {
                Ok(this.clone())
            }
            #[pyslot]
            fn iternext(&self) -> PyResult<Option<Value>> {
                self.walk.step($step, $shown)
            }
            /// Private method returning an estimate of len(list(it)).
            #[pymethod("__length_hint__($self, /)")]
            fn __length_hint__(&self) -> usize {
                self.walk.length_hint()
            }
            /// Return state information for pickling.
            #[pymethod("__reduce__($self, /)")]
            fn __reduce__(&self) -> PyResult {
                self.walk.reduce($backward, $shown)
            }
        }
    };
}

iterator!(DictKeyIterator "dict_keyiterator" only_key false Dict::peek_next);
iterator!(DictValueIterator "dict_valueiterator" only_value false Dict::peek_next);
iterator!(DictItemIterator "dict_itemiterator" pair false Dict::peek_next);
iterator!(DictReverseKeyIterator "dict_reversekeyiterator" only_key true Dict::peek_previous);
iterator!(DictReverseValueIterator "dict_reversevalueiterator" only_value true Dict::peek_previous);
iterator!(DictReverseItemIterator "dict_reverseitemiterator" pair true Dict::peek_previous);

impl DictItemIterator {
    /// The next key and value without a tuple, as long as there is none.
    #[inline]
    pub fn next_pair(&self) -> Option<PyResult<Option<(Value, Value)>>> {
        let both = |walk: &Walk, key: &Value, value: &Value| {
            walk.result.hold(key, value);
            (key.clone(), value.clone())
        };
        let unused = self.walk.result.is_unused();
        unused.then(|| self.walk.step(Dict::peek_next, both))
    }
}

/// `name([…])` with the view's items.
fn repr_of(this: &Value) -> PyResult {
    let name = this.class().name();
    let header = this.header().expect("a view is an object");
    if header.has(flags::IN_REPR) {
        return Ok(crate::objects::str::Str::new(&format!("{name}(...)")).into_value());
    }
    header.set(flags::IN_REPR);
    let texts = abstract_ops::to_vec(this).and_then(|items| {
        items
            .iter()
            .map(abstract_ops::repr)
            .collect::<PyResult<Vec<_>>>()
    });
    header.unset(flags::IN_REPR);
    Ok(join_texts(&format!("{name}(["), &texts?, "])"))
}

/// The number of items of a set or of a view that acts as one.
fn set_length(value: &Value) -> Option<usize> {
    if let Some(core) = core_of(value) {
        return Some(core.len());
    }
    if let Some(keys) = value.downcast::<DictKeys>() {
        return Some(keys.dict.len());
    }
    value.downcast::<DictItems>().map(|items| items.dict.len())
}

/// Is every item of the first in the second?
fn all_in(items: &Value, container: &Value) -> PyResult<bool> {
    let mut all = true;
    abstract_ops::for_each_while(items, |item| {
        all = abstract_ops::contains(container, &item)?;
        Ok(all)
    })?;
    Ok(all)
}

fn compare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
    let (Some(a), Some(b)) = (set_length(this), set_length(other)) else {
        return Ok(Value::not_implemented());
    };
    Ok(Value::bool(match op {
        CompareOp::Eq => a == b && all_in(this, other)?,
        CompareOp::Ne => a != b || !all_in(this, other)?,
        CompareOp::Lt => a < b && all_in(this, other)?,
        CompareOp::Le => a <= b && all_in(this, other)?,
        CompareOp::Gt => a > b && all_in(other, this)?,
        CompareOp::Ge => a >= b && all_in(other, this)?,
    }))
}

fn set_from(value: &Value) -> PyResult<SetCore> {
    let core = SetCore::new();
    core.update(value)?;
    Ok(core)
}

fn is_view(value: &Value) -> bool {
    value.downcast::<DictKeys>().is_some() || value.downcast::<DictItems>().is_some()
}

fn union(left: &Value, right: &Value) -> PyResult {
    let core = set_from(left)?;
    core.update(right)?;
    Ok(Set::from_core(core))
}

fn intersection(left: &Value, right: &Value) -> PyResult {
    // The view may stand on the right.
    let (view, other) = if is_view(left) {
        (left, right)
    } else {
        (right, left)
    };
    let core = SetCore::new();
    let (iterated, tested) = match (set_length(other), set_length(view)) {
        (Some(b), Some(a)) if b > a && core_of(other).is_some() => (view, other),
        _ => (other, view),
    };
    abstract_ops::for_each(iterated, |item| {
        if abstract_ops::contains(tested, &item)? {
            core.add(item)?;
        }
        Ok(())
    })?;
    Ok(Set::from_core(core))
}

fn difference(left: &Value, right: &Value) -> PyResult {
    let core = set_from(left)?;
    abstract_ops::for_each(right, |item| {
        let hash = abstract_ops::hash(&item)?;
        core.remove_hashed(&item, hash).map(drop)
    })?;
    Ok(Set::from_core(core))
}

fn symmetric_difference(left: &Value, right: &Value) -> PyResult {
    let (core, others) = (set_from(left)?, set_from(right)?);
    for (item, hash) in others.hashed_keys() {
        if core.remove_hashed(&item, hash)?.is_none() {
            core.add_hashed(item, hash)?;
        }
    }
    Ok(Set::from_core(core))
}

fn disjoint(this: &Value, other: &Value) -> PyResult<bool> {
    let (iterated, tested) = match (set_length(this), set_length(other)) {
        (Some(a), Some(b)) if b > a => (this, other),
        _ => (other, this),
    };
    let mut disjoint = true;
    abstract_ops::for_each_while(iterated, |item| {
        disjoint = !abstract_ops::contains(tested, &item)?;
        Ok(disjoint)
    })?;
    Ok(disjoint)
}

macro_rules! view {
    ($class:ident $name:literal $iterator:ident $reverse:ident $more:path) => {
        #[pyclass(name = $name, module = "builtins", gc, final)]
        #[repr(C)]
        pub struct $class {
            header: Header,
            dict: Ref<Dict>,
        }

        impl $class {
            /// The native part, for derived classes, too.
            pub fn native(dict: Ref<Dict>) -> $class {
                $class {
                    header: Header::fresh(),
                    dict,
                }
            }
            pub fn over(dict: Ref<Dict>) -> Value {
                Ref::new($class::native(dict)).into_value()
            }
            pub fn dict(&self) -> &Ref<Dict> {
                &self.dict
            }
        }

        #[pymethods(more($more))]
        impl $class {
            #[pyslot]
            fn repr(this: &Value) -> PyResult {
                repr_of(this)
            }
            #[pyslot]
            fn length(&self) -> PyResult<usize> {
                Ok(self.dict.len())
            }
            #[pyslot]
            fn iter(&self) -> PyResult {
                Ok($iterator::over(self.dict.clone()))
            }
            /// Return a reverse iterator over the view.
            #[pymethod("__reversed__($self, /)")]
            fn __reversed__(&self) -> Value {
                $reverse::over(self.dict.clone())
            }
            /// dictionary that this view refers to
            #[pygetset]
            fn mapping(&self) -> Value {
                MappingProxy::wrap(self.dict.to_value())
            }
        }
    };
}

view!(DictKeys "dict_keys" DictKeyIterator DictReverseKeyIterator SET_LIKE);
view!(DictItems "dict_items" DictItemIterator DictReverseItemIterator SET_LIKE);
view!(DictValues "dict_values" DictValueIterator DictReverseValueIterator crate::objects::dict_views::NOTHING);

const NOTHING: crate::native::ClassItems = crate::native::ClassItems {
    methods: &[],
    getsets: &[],
    slots: |_| {},
    more: &[],
};

macro_rules! set_like {
    ($class:ident) => {
        #[pymethods(items = SET_LIKE)]
        impl $class {
            #[pyslot]
            fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
                compare(this, other, op)
            }
            #[pyslot]
            fn or(left: &Value, right: &Value) -> PyResult {
                union(left, right)
            }
            #[pyslot]
            fn and(left: &Value, right: &Value) -> PyResult {
                intersection(left, right)
            }
            #[pyslot]
            fn subtract(left: &Value, right: &Value) -> PyResult {
                difference(left, right)
            }
            #[pyslot]
            fn xor(left: &Value, right: &Value) -> PyResult {
                symmetric_difference(left, right)
            }
            #[pyslot(slot = contains)]
            fn contains_slot(&self, item: &Value) -> PyResult<bool> {
                self.has(item)
            }
            /// Return True if the view and the given iterable have a null intersection.
            #[pymethod("isdisjoint($self, other, /)")]
            fn isdisjoint(this: &Value, other: &Value) -> PyResult<bool> {
                disjoint(this, other)
            }
        }
    };
}

set_like!(DictKeys);
set_like!(DictItems);

impl DictKeys {
    fn has(&self, key: &Value) -> PyResult<bool> {
        self.dict.contains(key)
    }
}

impl DictItems {
    fn has(&self, item: &Value) -> PyResult<bool> {
        let Some([key, value]) = item.downcast::<Tuple>().map(Tuple::as_slice) else {
            return Ok(false);
        };
        match self.dict.get(key)? {
            Some(found) => abstract_ops::equals(&found, value),
            None => Ok(false),
        }
    }
}

/// Is this an exact `dict_items`, `dict_keys` or `dict_values`?
pub fn is_dict_view(value: &Value) -> bool {
    value.is_exact(DictKeys::class())
        || value.is_exact(DictItems::class())
        || value.is_exact(DictValues::class())
}
