//! `tee`: iterators that share what was read and not yet seen by all, in linked blocks.

use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, runtime_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::native::NativeClass;
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Items in one block.
const BLOCK: usize = 57;

/// A block of items read, and the way to the next.
#[pyclass(name = "_tee_dataobject", module = "itertools", gc, final, no_methods)]
#[repr(C)]
pub struct TeeLink {
    header: Header,
    iterator: Value,
    items: Field<Vec<Value>>,
    next: Field<Option<Ref<TeeLink>>>,
    #[no_gc]
    running: Cell<bool>,
}

impl TeeLink {
    fn make(iterator: Value) -> Ref<TeeLink> {
        Ref::new(TeeLink {
            header: Header::fresh(),
            iterator,
            items: Field::new(Vec::new()),
            next: Field::new(None),
            running: Cell::new(false),
        })
    }
    fn get(&self, index: usize) -> PyResult<Option<Value>> {
        if let Some(item) = self.items.with(|items| items.get(index).cloned()) {
            return Ok(Some(item));
        }
        if self.running.replace(true) {
            return Err(runtime_error("cannot re-enter the tee iterator"));
        }
        let item = abstract_ops::next(&self.iterator);
        self.running.set(false);
        let Some(item) = item? else { return Ok(None) };
        self.items.with(|items| items.push(item.clone()));
        Ok(Some(item))
    }
    fn following(&self) -> Ref<TeeLink> {
        if let Some(next) = self.next.get() {
            return next;
        }
        let next = TeeLink::make(self.iterator.clone());
        self.next.set(Some(next.clone()));
        next
    }
}

/// Iterator wrapped to make it copyable.
#[pyclass(
    name = "_tee",
    module = "itertools",
    signature = "_tee(iterable, /)",
    gc,
    final,
    weakref
)]
#[repr(C)]
pub struct Tee {
    header: Header,
    link: Field<Ref<TeeLink>>,
    #[no_gc]
    index: Cell<usize>,
}

impl Tee {
    fn over(iterable: &Value) -> PyResult {
        if let Some(other) = iterable.downcast::<Tee>() {
            return Ok(other.another());
        }
        let link = TeeLink::make(abstract_ops::iter(iterable)?);
        Ok(Ref::new(Tee {
            header: Header::fresh(),
            link: Field::new(link),
            index: Cell::new(0),
        })
        .into_value())
    }
    fn another(&self) -> Value {
        let link = Field::new(self.link.get());
        let index = Cell::new(self.index.get());
        Ref::new(Tee {
            header: Header::fresh(),
            link,
            index,
        })
        .into_value()
    }
}

#[pymethods]
impl Tee {
    #[pyslot("_tee(iterable, /)")]
    fn new(_cls: &Type, iterable: &Value) -> PyResult {
        Tee::over(iterable)
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        if self.index.get() == BLOCK {
            let next = self.link.get().following();
            self.link.set(next);
            self.index.set(0);
        }
        let index = self.index.get();
        let item = self.link.get().get(index)?;
        if item.is_some() {
            self.index.set(index + 1);
        }
        Ok(item)
    }
    /// Returns an independent iterator.
    #[pymethod("__copy__($self, /)")]
    fn __copy__(&self) -> Value {
        self.another()
    }
}

/// `itertools.tee(iterable, n)`
pub fn tee(iterable: &Value, n: i64) -> PyResult {
    if n < 0 {
        return Err(value_error("n must be >= 0"));
    }
    if n == 0 {
        return Ok(Tuple::empty().into_value());
    }
    let iterator = abstract_ops::iter(iterable)?;
    let first = Tee::over(&iterator)?;
    let mut all = vec![first.clone()];
    if let Some(tee) = first.downcast::<Tee>() {
        for _ in 1..n {
            all.push(tee.another());
        }
    }
    debug_assert!(first.is_exact(Tee::class()));
    Ok(Tuple::new(all).into_value())
}
