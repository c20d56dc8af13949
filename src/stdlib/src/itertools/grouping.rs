//! `accumulate`, `batched`, `groupby`, `pairwise`.

use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops::{self, BinaryOp};
use taipan_vm::exceptions::{PyResult, value_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Return series of accumulated sums.
#[pyclass(
    name = "accumulate",
    module = "itertools",
    signature = "accumulate(iterable, func=None, *, initial=None)",
    gc
)]
#[repr(C)]
pub struct Accumulate {
    header: Header,
    iterator: Value,
    function: Option<Value>,
    total: Field<Option<Value>>,
    initial: Field<Option<Value>>,
}

#[pymethods]
impl Accumulate {
    #[pyslot("accumulate(iterable, func=None, *, initial=None)")]
    fn new(
        cls: &Type,
        iterable: &Value,
        func: Option<&Value>,
        initial: Option<&Value>,
    ) -> PyResult {
        let native = Accumulate {
            header: Header::fresh(),
            iterator: abstract_ops::iter(iterable)?,
            function: func.cloned(),
            total: Field::new(None),
            initial: Field::new(initial.cloned()),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        if let Some(initial) = self.initial.take() {
            self.total.set(Some(initial.clone()));
            return Ok(Some(initial));
        }
        let Some(item) = abstract_ops::next(&self.iterator)? else {
            return Ok(None);
        };
        let total = match (self.total.get(), &self.function) {
            (None, _) => item,
            (Some(total), None) => abstract_ops::binary_op(BinaryOp::Add, &total, &item)?,
            (Some(total), Some(function)) => abstract_ops::call(function, &[total, item])?,
        };
        self.total.set(Some(total.clone()));
        Ok(Some(total))
    }
}

/// Batch data into tuples of length n. The last batch may be shorter than n.
///
/// Loops over the input iterable and accumulates data into tuples
/// up to size n.  The input is consumed lazily, just enough to
/// fill a batch.  The result is yielded as soon as a batch is full
/// or when the input iterable is exhausted.
///
/// If "strict" is True, raises a ValueError if the final batch is shorter
/// than n.
#[pyclass(
    name = "batched",
    module = "itertools",
    signature = "batched(iterable, n, *, strict=False)",
    gc
)]
#[repr(C)]
pub struct Batched {
    header: Header,
    iterator: Field<Option<Value>>,
    #[no_gc]
    size: usize,
    #[no_gc]
    strict: bool,
}

#[pymethods]
impl Batched {
    #[pyslot("batched(iterable, n, *, strict=False)")]
    fn new(cls: &Type, iterable: &Value, n: i64, strict: bool) -> PyResult {
        if n < 1 {
            return Err(value_error("n must be at least one"));
        }
        let iterator = Field::new(Some(abstract_ops::iter(iterable)?));
        let native = Batched {
            header: Header::fresh(),
            iterator,
            size: n as usize,
            strict,
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let Some(iterator) = self.iterator.get() else {
            return Ok(None);
        };
        let mut items = Vec::new();
        while items.len() < self.size {
            match abstract_ops::next(&iterator)? {
                Some(item) => items.push(item),
                None => {
                    self.iterator.set(None);
                    break;
                }
            }
        }
        if items.is_empty() {
            return Ok(None);
        }
        if self.strict && items.len() < self.size {
            return Err(value_error("batched(): incomplete batch"));
        }
        Ok(Some(Tuple::new(items).into_value()))
    }
}

/// make an iterator that returns consecutive keys and groups from the iterable
///
///   iterable
///     Elements to divide into groups according to the key function.
///   key
///     A function for computing the group category for each element.
///     If the key function is not specified or is None, the element itself
///     is used for grouping.
#[pyclass(
    name = "groupby",
    module = "itertools",
    signature = "groupby(iterable, key=None)",
    gc
)]
#[repr(C)]
pub struct GroupBy {
    header: Header,
    iterator: Value,
    function: Option<Value>,
    /// The key of the group that was handed out last.
    target: Field<Option<Value>>,
    key: Field<Option<Value>>,
    item: Field<Option<Value>>,
    /// Counts groups, so that one knows when it is over.
    #[no_gc]
    group: Cell<usize>,
}

impl GroupBy {
    /// Reads the next item; false at the end.
    fn advance(&self) -> PyResult<bool> {
        let Some(item) = abstract_ops::next(&self.iterator)? else {
            return Ok(false);
        };
        let key = match &self.function {
            Some(function) => abstract_ops::call(function, std::slice::from_ref(&item))?,
            None => item.clone(),
        };
        self.item.set(Some(item));
        self.key.set(Some(key));
        Ok(true)
    }
}

#[pymethods]
impl GroupBy {
    #[pyslot("groupby(iterable, key=None)")]
    fn new(cls: &Type, iterable: &Value, key: Option<&Value>) -> PyResult {
        let native = GroupBy {
            header: Header::fresh(),
            iterator: abstract_ops::iter(iterable)?,
            function: key.cloned(),
            target: Field::new(None),
            key: Field::new(None),
            item: Field::new(None),
            group: Cell::new(0),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(this: &Value) -> PyResult<Option<Value>> {
        // SAFETY: the slot's caller checked the class.
        let groups = unsafe { this.downcast_unchecked::<GroupBy>() };
        groups.group.set(groups.group.get() + 1);
        loop {
            match (groups.key.get(), groups.target.get()) {
                (None, _) => {}
                (Some(_), None) => break,
                (Some(key), Some(target)) => {
                    if !abstract_ops::equals(&target, &key)? {
                        break;
                    }
                }
            }
            if !groups.advance()? {
                return Ok(None);
            }
        }
        let key = groups.key.get().unwrap_or_else(Value::none);
        groups.target.set(Some(key.clone()));
        let grouper = Ref::new(Grouper {
            header: Header::fresh(),
            parent: this.clone(),
            target: key.clone(),
            group: groups.group.get(),
        });
        Ok(Some(Tuple::new([key, grouper.into_value()]).into_value()))
    }
}

/// The items of one group.
#[pyclass(name = "_grouper", module = "itertools", gc, final)]
#[repr(C)]
pub struct Grouper {
    header: Header,
    parent: Value,
    target: Value,
    #[no_gc]
    group: usize,
}

#[pymethods]
impl Grouper {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        // SAFETY: the parent is what made the group.
        let groups = unsafe { self.parent.downcast_unchecked::<GroupBy>() };
        if groups.group.get() != self.group {
            return Ok(None);
        }
        if groups.item.with(|item| item.is_none()) && !groups.advance()? {
            return Ok(None);
        }
        let Some(key) = groups.key.get() else {
            return Ok(None);
        };
        if !abstract_ops::equals(&self.target, &key)? {
            return Ok(None);
        }
        Ok(groups.item.take())
    }
}

/// Return an iterator of overlapping pairs taken from the input iterator.
///
/// s -> (s0,s1), (s1,s2), (s2, s3), ...
#[pyclass(
    name = "pairwise",
    module = "itertools",
    signature = "pairwise(iterable, /)",
    gc
)]
#[repr(C)]
pub struct Pairwise {
    header: Header,
    iterator: Field<Option<Value>>,
    old: Field<Option<Value>>,
}

#[pymethods]
impl Pairwise {
    #[pyslot("pairwise(iterable, /)")]
    fn new(cls: &Type, iterable: &Value) -> PyResult {
        let iterator = Field::new(Some(abstract_ops::iter(iterable)?));
        let native = Pairwise {
            header: Header::fresh(),
            iterator,
            old: Field::new(None),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let Some(iterator) = self.iterator.get() else {
            return Ok(None);
        };
        let finish = || {
            self.iterator.set(None);
            self.old.set(None);
        };
        let old = match self.old.get() {
            Some(old) => old,
            None => {
                let Some(first) = abstract_ops::next(&iterator)? else {
                    finish();
                    return Ok(None);
                };
                self.old.set(Some(first.clone()));
                // The iterator may have come back to this very object and ended it.
                if self.iterator.with(|iterator| iterator.is_none()) {
                    finish();
                    return Ok(None);
                }
                first
            }
        };
        match abstract_ops::next(&iterator)? {
            Some(new) => {
                self.old.set(Some(new.clone()));
                Ok(Some(Tuple::new([old, new]).into_value()))
            }
            None => {
                finish();
                Ok(None)
            }
        }
    }
}
