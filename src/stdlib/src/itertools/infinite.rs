//! `count`, `cycle`, `repeat`.

use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops::{self, BinaryOp};
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::Header;
use taipan_vm::objects::class::Type;
use taipan_vm::value::Value;

/// Return a count object whose .__next__() method returns consecutive values.
#[pyclass(
    name = "count",
    module = "itertools",
    signature = "count(start=0, step=1)",
    gc
)]
#[repr(C)]
pub struct Count {
    header: Header,
    next: Field<Value>,
    step: Value,
}

fn is_number(value: &Value) -> bool {
    let slots = value.class().slots();
    slots.index.is_some()
        || slots.int.is_some()
        || slots.float.is_some()
        || value.class().name() == "complex"
}

#[pymethods]
impl Count {
    #[pyslot("count(start=0, step=1)")]
    fn new(cls: &Type, start: Option<&Value>, step: Option<&Value>) -> PyResult {
        if !start.is_none_or(is_number) || !step.is_none_or(is_number) {
            return Err(type_error("a number is required"));
        }
        let native = Count {
            header: Header::fresh(),
            next: Field::new(start.cloned().unwrap_or_else(|| Value::int(0))),
            step: step.cloned().unwrap_or_else(|| Value::int(1)),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let current = self.next.get();
        let next = match (current.as_small_int(), self.step.as_small_int()) {
            (Some(a), Some(b)) => Value::int(a + b),
            _ => abstract_ops::binary_op(BinaryOp::Add, &current, &self.step)?,
        };
        self.next.set(next);
        Ok(Some(current))
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let next = abstract_ops::repr(&self.next.get())?;
        if self.step.as_small_int() == Some(1) {
            return Ok(format!("count({})", next.to_rust()));
        }
        let step = abstract_ops::repr(&self.step)?;
        Ok(format!("count({}, {})", next.to_rust(), step.to_rust()))
    }
}

/// Return elements from the iterable until it is exhausted. Then repeat the sequence indefinitely.
#[pyclass(
    name = "cycle",
    module = "itertools",
    signature = "cycle(iterable, /)",
    gc
)]
#[repr(C)]
pub struct Cycle {
    header: Header,
    /// Until it ends for the first time.
    iterator: Field<Option<Value>>,
    saved: Field<Vec<Value>>,
    #[no_gc]
    index: Cell<usize>,
}

#[pymethods]
impl Cycle {
    #[pyslot("cycle(iterable, /)")]
    fn new(cls: &Type, iterable: &Value) -> PyResult {
        let native = Cycle {
            header: Header::fresh(),
            iterator: Field::new(Some(abstract_ops::iter(iterable)?)),
            saved: Field::new(Vec::new()),
            index: Cell::new(0),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        if let Some(iterator) = self.iterator.get() {
            if let Some(item) = abstract_ops::next(&iterator)? {
                self.saved.with(|saved| saved.push(item.clone()));
                return Ok(Some(item));
            }
            self.iterator.set(None);
        }
        let index = self.index.get();
        let (item, length) = self
            .saved
            .with(|saved| (saved.get(index).cloned(), saved.len()));
        if item.is_some() {
            self.index.set((index + 1) % length);
        }
        Ok(item)
    }
}

/// repeat(object [,times]) -> create an iterator which returns the object
/// for the specified number of times.  If not specified, returns the object
/// endlessly.
#[pyclass(name = "repeat", module = "itertools", gc)]
#[repr(C)]
pub struct Repeat {
    header: Header,
    object: Value,
    /// Negative: for ever.
    #[no_gc]
    left: Cell<i64>,
}

#[pymethods]
impl Repeat {
    #[pyslot("repeat(object, times=<unrepresentable>)")]
    fn new(cls: &Type, object: &Value, times: Option<&Value>) -> PyResult {
        let left = match times {
            Some(times) => abstract_ops::to_i64(times)?.max(0),
            None => -1,
        };
        let native = Repeat {
            header: Header::fresh(),
            object: object.clone(),
            left: Cell::new(left),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        match self.left.get() {
            0 => return Ok(None),
            left if left > 0 => self.left.set(left - 1),
            _ => {}
        }
        Ok(Some(self.object.clone()))
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let object = abstract_ops::repr(&self.object)?;
        Ok(match self.left.get() {
            left if left < 0 => format!("repeat({})", object.to_rust()),
            left => format!("repeat({}, {left})", object.to_rust()),
        })
    }
    /// Private method returning an estimate of len(list(it)).
    #[pymethod("__length_hint__($self, /)")]
    fn __length_hint__(&self) -> PyResult {
        match self.left.get() {
            left if left < 0 => Err(type_error("len() of unsized object")),
            left => Ok(Value::int(left)),
        }
    }
}
