//! `chain`, `zip_longest`.

use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::Header;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Return a chain object whose .__next__() method returns elements from the
/// first iterable until it is exhausted, then elements from the next
/// iterable, until all of the iterables are exhausted.
#[pyclass(
    name = "chain",
    module = "itertools",
    signature = "chain(*iterables)",
    gc
)]
#[repr(C)]
pub struct Chain {
    header: Header,
    /// The iterables still to come.
    source: Field<Option<Value>>,
    active: Field<Option<Value>>,
}

impl Chain {
    fn over(class: &Type, iterables: &Value) -> PyResult {
        let source = Field::new(Some(abstract_ops::iter(iterables)?));
        let native = Chain {
            header: Header::fresh(),
            source,
            active: Field::new(None),
        };
        Ok(allocate_instance(class, native).into_value())
    }
}

#[pymethods]
impl Chain {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("chain() takes no keyword arguments"));
        }
        Chain::over(class, Tuple::from_slice(args).as_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        loop {
            if let Some(active) = self.active.get() {
                if let Some(item) = abstract_ops::next(&active)? {
                    return Ok(Some(item));
                }
                self.active.set(None);
            }
            let Some(source) = self.source.get() else {
                return Ok(None);
            };
            match abstract_ops::next(&source) {
                Ok(Some(iterable)) => match abstract_ops::iter(&iterable) {
                    Ok(iterator) => self.active.set(Some(iterator)),
                    Err(raised) => {
                        self.source.set(None);
                        return Err(raised);
                    }
                },
                other => {
                    self.source.set(None);
                    return other;
                }
            }
        }
    }
    /// Alternative chain() constructor taking a single iterable argument that evaluates lazily.
    #[pyclassmethod("from_iterable($type, iterable, /)")]
    fn from_iterable(cls: &Type, iterable: &Value) -> PyResult {
        Chain::over(cls, iterable)
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        taipan_vm::objects::generic_alias::new_alias(cls, object)
    }
}

/// Return a zip_longest object whose .__next__() method returns a tuple where
/// the i-th element comes from the i-th iterable argument.  The .__next__()
/// method continues until the longest iterable in the argument sequence
/// is exhausted and then it raises StopIteration.  When the shorter iterables
/// are exhausted, the fillvalue is substituted in their place.  The fillvalue
/// defaults to None or can be specified by a keyword argument.
#[pyclass(name = "zip_longest", module = "itertools", gc)]
#[repr(C)]
pub struct ZipLongest {
    header: Header,
    iterators: Field<Vec<Option<Value>>>,
    fill: Value,
    #[no_gc]
    active: Cell<usize>,
}

#[pymethods]
impl ZipLongest {
    #[pyslot("zip_longest(*iterables, fillvalue=None)")]
    fn new(cls: &Type, iterables: &[Value], fillvalue: Option<&Value>) -> PyResult {
        let mut iterators = Vec::with_capacity(iterables.len());
        for iterable in iterables {
            iterators.push(Some(abstract_ops::iter(iterable)?));
        }
        let native = ZipLongest {
            header: Header::fresh(),
            active: Cell::new(iterators.len()),
            iterators: Field::new(iterators),
            fill: fillvalue.cloned().unwrap_or_else(Value::none),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let count = self.iterators.with(|iterators| iterators.len());
        if count == 0 || self.active.get() == 0 {
            return Ok(None);
        }
        let mut items = Vec::with_capacity(count);
        for index in 0..count {
            let iterator = self.iterators.with(|iterators| iterators[index].clone());
            let item = match iterator {
                None => None,
                Some(iterator) => match abstract_ops::next(&iterator) {
                    Ok(Some(item)) => Some(item),
                    Ok(None) => {
                        self.active.set(self.active.get().saturating_sub(1));
                        if self.active.get() == 0 {
                            return Ok(None);
                        }
                        drop(self.iterators.with(|iterators| iterators[index].take()));
                        None
                    }
                    Err(raised) => {
                        self.active.set(0);
                        return Err(raised);
                    }
                },
            };
            items.push(item.unwrap_or_else(|| self.fill.clone()));
        }
        Ok(Some(Tuple::new(items).into_value()))
    }
}
