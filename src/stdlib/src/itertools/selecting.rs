//! `compress`, `dropwhile`, `filterfalse`, `islice`, `starmap`, `takewhile`.

use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, PyResult, type_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::Header;
use taipan_vm::objects::class::Type;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// Return data elements corresponding to true selector elements.
///
/// Forms a shorter iterator from selected data elements using the selectors to
/// choose the data elements.
#[pyclass(
    name = "compress",
    module = "itertools",
    signature = "compress(data, selectors)",
    gc
)]
#[repr(C)]
pub struct Compress {
    header: Header,
    data: Value,
    selectors: Value,
}

#[pymethods]
impl Compress {
    #[pyslot("compress(data, selectors)")]
    fn new(cls: &Type, data: &Value, selectors: &Value) -> PyResult {
        let data = abstract_ops::iter(data)?;
        let selectors = abstract_ops::iter(selectors)?;
        Ok(allocate_instance(
            cls,
            Compress {
                header: Header::fresh(),
                data,
                selectors,
            },
        )
        .into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        loop {
            let Some(item) = abstract_ops::next(&self.data)? else {
                return Ok(None);
            };
            let Some(selector) = abstract_ops::next(&self.selectors)? else {
                return Ok(None);
            };
            if abstract_ops::is_true(&selector)? {
                return Ok(Some(item));
            }
        }
    }
}

fn test(predicate: &Value, item: &Value) -> PyResult<bool> {
    abstract_ops::is_true(&abstract_ops::call(predicate, std::slice::from_ref(item))?)
}

/// Drop items from the iterable while predicate(item) is true.
///
/// Afterwards, return every element until the iterable is exhausted.
#[pyclass(
    name = "dropwhile",
    module = "itertools",
    signature = "dropwhile(predicate, iterable, /)",
    gc
)]
#[repr(C)]
pub struct DropWhile {
    header: Header,
    predicate: Value,
    iterator: Value,
    #[no_gc]
    dropping: Cell<bool>,
}

#[pymethods]
impl DropWhile {
    #[pyslot("dropwhile(predicate, iterable, /)")]
    fn new(cls: &Type, predicate: &Value, iterable: &Value) -> PyResult {
        let native = DropWhile {
            header: Header::fresh(),
            iterator: abstract_ops::iter(iterable)?,
            predicate: predicate.clone(),
            dropping: Cell::new(true),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        while let Some(item) = abstract_ops::next(&self.iterator)? {
            if !self.dropping.get() {
                return Ok(Some(item));
            }
            if !test(&self.predicate, &item)? {
                self.dropping.set(false);
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

/// Return successive entries from an iterable as long as the predicate evaluates to true for each entry.
#[pyclass(
    name = "takewhile",
    module = "itertools",
    signature = "takewhile(predicate, iterable, /)",
    gc
)]
#[repr(C)]
pub struct TakeWhile {
    header: Header,
    predicate: Value,
    iterator: Value,
    #[no_gc]
    over: Cell<bool>,
}

#[pymethods]
impl TakeWhile {
    #[pyslot("takewhile(predicate, iterable, /)")]
    fn new(cls: &Type, predicate: &Value, iterable: &Value) -> PyResult {
        let native = TakeWhile {
            header: Header::fresh(),
            iterator: abstract_ops::iter(iterable)?,
            predicate: predicate.clone(),
            over: Cell::new(false),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        if self.over.get() {
            return Ok(None);
        }
        let Some(item) = abstract_ops::next(&self.iterator)? else {
            return Ok(None);
        };
        if test(&self.predicate, &item)? {
            return Ok(Some(item));
        }
        self.over.set(true);
        Ok(None)
    }
}

/// Return those items of iterable for which function(item) is false.
///
/// If function is None, return the items that are false.
#[pyclass(
    name = "filterfalse",
    module = "itertools",
    signature = "filterfalse(function, iterable, /)",
    gc
)]
#[repr(C)]
pub struct FilterFalse {
    header: Header,
    function: Value,
    iterator: Value,
}

#[pymethods]
impl FilterFalse {
    #[pyslot("filterfalse(function, iterable, /)")]
    fn new(cls: &Type, function: &Value, iterable: &Value) -> PyResult {
        let iterator = abstract_ops::iter(iterable)?;
        let native = FilterFalse {
            header: Header::fresh(),
            function: function.clone(),
            iterator,
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let is_bool = self.function.is_none() || self.function.is(&bool_class());
        while let Some(item) = abstract_ops::next(&self.iterator)? {
            let good = if is_bool {
                abstract_ops::is_true(&item)?
            } else {
                test(&self.function, &item)?
            };
            if !good {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
}

fn bool_class() -> Value {
    taipan_vm::object::object_value(Value::true_().class())
}

/// Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.
#[pyclass(
    name = "starmap",
    module = "itertools",
    signature = "starmap(function, iterable, /)",
    gc
)]
#[repr(C)]
pub struct StarMap {
    header: Header,
    function: Value,
    iterator: Value,
}

#[pymethods]
impl StarMap {
    #[pyslot("starmap(function, iterable, /)")]
    fn new(cls: &Type, function: &Value, iterable: &Value) -> PyResult {
        let iterator = abstract_ops::iter(iterable)?;
        let native = StarMap {
            header: Header::fresh(),
            function: function.clone(),
            iterator,
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let Some(arguments) = abstract_ops::next(&self.iterator)? else {
            return Ok(None);
        };
        let arguments = abstract_ops::to_vec(&arguments)?;
        abstract_ops::call(&self.function, &arguments).map(Some)
    }
}

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// Return an iterator whose next() method returns selected values from an
/// iterable.  If start is specified, will skip all preceding elements;
/// otherwise, start defaults to zero.  Step defaults to one.  If
/// specified as another value, step determines how many values are
/// skipped between successive calls.  Works like a slice() on a list
/// but returns an iterator.
#[pyclass(name = "islice", module = "itertools", gc)]
#[repr(C)]
pub struct ISlice {
    header: Header,
    iterator: Field<Option<Value>>,
    #[no_gc]
    next: Cell<usize>,
    #[no_gc]
    stop: Option<usize>,
    #[no_gc]
    step: usize,
    #[no_gc]
    count: Cell<usize>,
}

/// An index as a count; `None`: the default.
fn count_of(value: Option<&Value>, message: &str) -> PyResult<Option<usize>> {
    let Some(value) = value.filter(|value| !value.is_none()) else {
        return Ok(None);
    };
    let given = match abstract_ops::index_isize(value, exceptions::OVERFLOW_ERROR.get()) {
        Ok(given) => given,
        Err(_) => {
            exceptions::take_raised();
            -1
        }
    };
    usize::try_from(given)
        .map(Some)
        .map_err(|_| value_error(message))
}

#[pymethods]
impl ISlice {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        const STOP: &str =
            "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const INDICES: &str =
            "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
        const STEP: &str = "Step for islice() must be a positive integer or None.";
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("islice() takes no keyword arguments"));
        }
        let (iterable, start, stop, step) = match args {
            [iterable, stop] => (iterable, None, count_of(Some(stop), STOP)?, None),
            [iterable, start, stop] | [iterable, start, stop, _] => {
                let start = count_of(Some(start), INDICES)?;
                (
                    iterable,
                    start,
                    count_of(Some(stop), STOP)?,
                    count_of(args.get(3), STEP)?,
                )
            }
            _ => {
                let (bound, limit) = if args.len() < 2 {
                    ("least", 2)
                } else {
                    ("most", 4)
                };
                return Err(type_error(format!(
                    "islice expected at {bound} {limit} arguments, got {}",
                    args.len()
                )));
            }
        };
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(value_error(STEP));
        }
        let native = ISlice {
            header: Header::fresh(),
            iterator: Field::new(Some(abstract_ops::iter(iterable)?)),
            next: Cell::new(start.unwrap_or(0)),
            stop,
            step,
            count: Cell::new(0),
        };
        Ok(allocate_instance(class, native).into_value())
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
        let next = self.next.get();
        let read = || -> PyResult<Option<Value>> {
            let item = abstract_ops::next(&iterator)?;
            if item.is_some() {
                self.count.set(self.count.get() + 1);
            }
            Ok(item)
        };
        let last = self.stop.map_or(next, |stop| next.min(stop));
        while self.count.get() < last {
            if read()?.is_none() {
                self.iterator.set(None);
                return Ok(None);
            }
        }
        if self.stop.is_some_and(|stop| self.count.get() >= stop) {
            self.iterator.set(None);
            return Ok(None);
        }
        let item = read()?;
        if item.is_none() {
            self.iterator.set(None);
            return Ok(None);
        }
        let following = next.saturating_add(self.step);
        self.next
            .set(self.stop.map_or(following, |stop| following.min(stop)));
        Ok(item)
    }
}
