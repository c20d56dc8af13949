//! `_functools`: `partial`, `reduce`, `cmp_to_key` and the wrapper behind `lru_cache`.

mod cache;
mod partial;

use taipan_macros::{pyclass, pymethods, pymodule};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::object::{Header, Ref};
use taipan_vm::objects::class::CompareOp;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

pub use functools::MODULE;

/// Tools that operate on functions.
#[pymodule(
    name = "_functools",
    classes(
        super::partial::Partial,
        super::partial::PlaceholderType,
        super::cache::LruCache,
        super::Key
    )
)]
mod functools {
    use super::*;
    use taipan_vm::objects::module::Module;

    /// Apply a function of two arguments cumulatively to the items of an iterable, from left to right.
    ///
    /// This effectively reduces the iterable to a single value.  If initial is present,
    /// it is placed before the items of the iterable in the calculation, and serves as
    /// a default when the iterable is empty.
    #[pyfunction("reduce($module, function, iterable, /, initial=<unrepresentable>)")]
    fn reduce(function: &Value, iterable: &Value, initial: Option<&Value>) -> PyResult {
        let mut total = initial.cloned();
        abstract_ops::for_each(iterable, |item| {
            total = Some(match total.take() {
                Some(total) => abstract_ops::call(function, &[total, item])?,
                None => item,
            });
            Ok(())
        })?;
        total.ok_or_else(|| type_error("reduce() of empty iterable with no initial value"))
    }

    /// Convert a cmp= function into a key= function.
    #[pyfunction("cmp_to_key($module, /, mycmp)")]
    fn cmp_to_key(mycmp: &Value) -> Value {
        Ref::new(Key {
            header: Header::fresh(),
            compare: mycmp.clone(),
            object: None,
        })
        .into_value()
    }

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        module.add("Placeholder", super::partial::placeholder());
        Ok(())
    }
}

/// A key of `cmp_to_key`; without an object it makes keys.
#[pyclass(name = "KeyWrapper", module = "functools", gc, final)]
#[repr(C)]
pub struct Key {
    header: Header,
    compare: Value,
    object: Option<Value>,
}

#[pymethods]
impl Key {
    #[pyslot("K(obj)")]
    fn call(&self, obj: &Value) -> PyResult {
        let key = Key {
            header: Header::fresh(),
            compare: self.compare.clone(),
            object: Some(obj.clone()),
        };
        Ok(Ref::new(key).into_value())
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Key>(), other.downcast::<Key>()) else {
            return Err(type_error("other argument must be K instance"));
        };
        let (Some(x), Some(y)) = (&a.object, &b.object) else {
            return Err(taipan_vm::exceptions::raise_new(
                taipan_vm::exceptions::ATTRIBUTE_ERROR.get(),
                "object",
            ));
        };
        let answer = abstract_ops::call(&a.compare, &[x.clone(), y.clone()])?;
        abstract_ops::rich_compare(&answer, &Value::int(0), op)
    }
    /// Value wrapped by a key function.
    #[pygetset]
    fn obj(&self) -> Value {
        self.object.clone().unwrap_or_else(Value::none)
    }
}

/// Positional arguments and keywords of a call, apart.
pub(crate) fn split<'a>(
    args: &'a [Value],
    kwnames: Option<&'a Tuple>,
) -> (&'a [Value], &'a [Value], &'a [Value]) {
    let names = kwnames.map_or(&[][..], Tuple::as_slice);
    let (plain, values) = args.split_at(args.len() - names.len());
    (plain, names, values)
}
