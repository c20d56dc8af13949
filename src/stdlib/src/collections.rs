//! `_collections`: `deque`, `defaultdict`, and helpers of `namedtuple` and `Counter`.

mod default_dict;
mod deque;

use taipan_macros::pymodule;

pub use collections::MODULE;

/// High performance data structures.
#[pymodule(
    name = "_collections",
    classes(
        super::deque::Deque,
        super::deque::DequeIterator,
        super::deque::DequeReverseIterator,
        super::default_dict::DefaultDict,
        taipan_vm::objects::tuple_getter::TupleGetter
    )
)]
mod collections {
    use taipan_vm::abstract_ops::{self, BinaryOp};
    use taipan_vm::exceptions::PyResult;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::str::Name;
    use taipan_vm::value::Value;

    /// Count elements in the iterable, updating the mapping
    #[pyfunction("_count_elements($module, mapping, iterable, /)")]
    fn _count_elements(mapping: &Value, iterable: &Value) -> PyResult<()> {
        static GET: Name = Name::new("get");
        let (zero, one) = (Value::int(0), Value::int(1));
        if let Some(dict) = mapping.downcast_exact::<Dict>() {
            return abstract_ops::for_each(iterable, |key| {
                let old = dict.get(&key)?.unwrap_or_else(|| Value::int(0));
                dict.insert(key, abstract_ops::binary_op(BinaryOp::Add, &old, &one)?)
            });
        }
        abstract_ops::for_each(iterable, |key| {
            let old = abstract_ops::call_method(mapping, &GET, &[key.clone(), zero.clone()])?;
            abstract_ops::setitem(
                mapping,
                &key,
                &abstract_ops::binary_op(BinaryOp::Add, &old, &one)?,
            )
        })
    }
}
