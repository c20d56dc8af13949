//! `_collections`: `deque`, `defaultdict`, and helpers of `namedtuple` and `Counter`.

mod default_dict;
mod deque;
mod ordered_dict;

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
        super::ordered_dict::OrderedDict,
        taipan_vm::objects::tuple_getter::TupleGetter
    )
)]
mod collections {
    use taipan_vm::abstract_ops::{self, BinaryOp};
    use taipan_vm::exceptions::PyResult;
    use taipan_vm::native::NativeClass;
    use taipan_vm::objects::class::Type;
    use taipan_vm::objects::dict::Dict;
    use taipan_vm::objects::str::Name;
    use taipan_vm::value::Value;

    static GET: Name = Name::new("get");
    static SETITEM: Name = Name::new("__setitem__");

    /// Does a class derived from `dict` leave reading and writing to it?
    fn counts_as_dict(class: &Type) -> bool {
        let same = |name: &'static Name| class.lookup_raw(name) == Dict::class().lookup_raw(name);
        same(&GET) && same(&SETITEM)
    }

    /// Count elements in the iterable, updating the mapping
    #[pyfunction("_count_elements($module, mapping, iterable, /)")]
    fn _count_elements(mapping: &Value, iterable: &Value) -> PyResult<()> {
        let (zero, one) = (Value::int(0), Value::int(1));
        if let Some(dict) = mapping.downcast::<Dict>()
            && counts_as_dict(mapping.class())
        {
            return abstract_ops::for_each(iterable, |key| {
                let hash = abstract_ops::hash(&key)?;
                let old = dict.get_hashed(&key, hash)?;
                let new = match old.as_ref().unwrap_or(&zero) {
                    old if let Some(count) = old.as_small_int() => Value::int(count + 1),
                    old => abstract_ops::binary_op(BinaryOp::Add, old, &one)?,
                };
                dict.insert_hashed(key, hash, new)
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

    #[pyexec]
    fn exec(_module: &taipan_vm::objects::module::Module) -> PyResult<()> {
        super::ordered_dict::ensure_classes();
        Ok(())
    }
}
