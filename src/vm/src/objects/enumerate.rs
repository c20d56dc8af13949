//! `enumerate`.

use crate::abstract_ops::{self, BinaryOp};
use crate::exceptions::PyResult;
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::object::{Header, object_value};
use crate::objects::class::Type;
use crate::objects::reused_tuple::ReusedTuple;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// Return an enumerate object.
///
///   iterable
///     an object supporting iteration
///
/// The enumerate object yields pairs containing a count (from start, which
/// defaults to zero) and a value yielded by the iterable argument.
#[pyclass(
    name = "enumerate",
    module = "builtins",
    signature = "enumerate(iterable, start=0)",
    gc
)]
#[repr(C)]
pub struct Enumerate {
    header: Header,
    count: Field<Value>,
    iterator: Value,
    result: ReusedTuple,
}

impl Enumerate {
    pub const COUNT_OFFSET: usize = std::mem::offset_of!(Enumerate, count);
    pub const ITERATOR_OFFSET: usize = std::mem::offset_of!(Enumerate, iterator);
    /// Zero as long as no tuple has been handed out.
    pub const RESULT_OFFSET: usize = std::mem::offset_of!(Enumerate, result);

    /// Drops the tuple that pairs were handed out in, if nobody can tell; true if there is none then.
    pub fn forget_result(&self) -> bool {
        self.result.forget()
    }
    /// The next count and item without a tuple, as long as there is none.
    #[inline]
    pub fn next_pair(&self) -> Option<PyResult<Option<(Value, Value)>>> {
        self.result.is_unused().then(|| {
            let pair = self.step();
            if let Ok(Some((count, item))) = &pair {
                self.result.hold(count, item);
            }
            pair
        })
    }
    #[inline]
    fn step(&self) -> PyResult<Option<(Value, Value)>> {
        let Some(item) = abstract_ops::next_often_of_list(&self.iterator)? else {
            return Ok(None);
        };
        let count = self.count.get();
        match count.as_small_int() {
            Some(i) => self.count.set(Value::int(i + 1)),
            None => {
                let next = abstract_ops::binary_op(BinaryOp::Add, &count, &Value::int(1))?;
                self.count.set(next);
            }
        }
        Ok(Some((count, item)))
    }
}

#[pymethods]
impl Enumerate {
    #[pyslot("enumerate(iterable, start=0)")]
    fn new(cls: &Type, iterable: &Value, start: Option<&Value>) -> PyResult {
        let count = match start {
            Some(start) => abstract_ops::index(start)?,
            None => Value::int(0),
        };
        let iterator = abstract_ops::iter(iterable)?;
        let native = Enumerate {
            header: Header::fresh(),
            count: Field::new(count),
            iterator,
            result: ReusedTuple::new(),
        };
        Ok(allocate_instance(cls, native).into_value())
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let pair = self.step()?;
        Ok(pair.map(|(count, item)| self.result.pair(count, item)))
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let enumerate = unsafe { this.downcast_unchecked::<Enumerate>() };
        let arguments = Tuple::new([enumerate.iterator.clone(), enumerate.count.get()]);
        Ok(Tuple::new([object_value(this.class()), arguments.into_value()]).into_value())
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        crate::objects::generic_alias::new_alias(cls, object)
    }
}
