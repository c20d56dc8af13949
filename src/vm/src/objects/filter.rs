//! `filter`.

use crate::abstract_ops;
use crate::exceptions::PyResult;
use crate::memory::allocate_instance;
use crate::object::{Header, object_value};
use crate::objects::class::Type;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// Return an iterator yielding those items of iterable for which function(item)
/// is true. If function is None, return the items that are true.
#[pyclass(
    name = "filter",
    module = "builtins",
    signature = "filter(function, iterable, /)",
    gc
)]
#[repr(C)]
pub struct Filter {
    header: Header,
    function: Value,
    iterator: Value,
}

#[pymethods]
impl Filter {
    #[pyslot("filter(function, iterable, /)")]
    fn new(cls: &Type, function: &Value, iterable: &Value) -> PyResult {
        let iterator = abstract_ops::iter(iterable)?;
        let native = Filter {
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
        while let Some(item) = abstract_ops::next(&self.iterator)? {
            let good = if self.function.is_none() {
                abstract_ops::is_true(&item)?
            } else {
                let answer = abstract_ops::call(&self.function, std::slice::from_ref(&item))?;
                abstract_ops::is_true(&answer)?
            };
            if good {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }
    /// Return state information for pickling.
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let filter = unsafe { this.downcast_unchecked::<Filter>() };
        let arguments = Tuple::new([filter.function.clone(), filter.iterator.clone()]);
        Ok(Tuple::new([object_value(this.class()), arguments.into_value()]).into_value())
    }
}
