//! What `anext(iterator, default)` gives: it awaits the next item, and turns the end into the default.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, Raised};
use crate::object::{Header, Ref};
use crate::objects::generator::await_iterator;
use crate::objects::str::Str;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "anext_awaitable", module = "builtins", gc, final)]
#[repr(C)]
pub struct AnextAwaitable {
    header: Header,
    wrapped: Value,
    default: Value,
}

impl AnextAwaitable {
    pub fn make(wrapped: Value, default: Value) -> Value {
        Ref::new(AnextAwaitable {
            header: Header::fresh(),
            wrapped,
            default,
        })
        .into_value()
    }

    fn finish<T>(&self, result: PyResult<T>) -> PyResult<T> {
        result.map_err(
            |Raised| match exceptions::catch(exceptions::STOP_ASYNC_ITERATION.get()) {
                Some(_) => exceptions::stop_iteration(Some(self.default.clone())),
                None => Raised,
            },
        )
    }

    fn forward(&self, method: &str, arguments: &[Value]) -> PyResult {
        let iterator = await_iterator(&self.wrapped)?;
        self.finish(abstract_ops::call_method(
            &iterator,
            &Str::intern(method),
            arguments,
        ))
    }
}

#[pymethods]
impl AnextAwaitable {
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn await_(this: &Value) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn iternext(&self) -> PyResult<Option<Value>> {
        let iterator = await_iterator(&self.wrapped)?;
        self.finish(abstract_ops::next(&iterator))
    }
    /// send(arg) -> send 'arg' into the wrapped iterator,
    /// return next yielded value or raise StopIteration.
    #[pymethod("send($self, arg, /)")]
    fn send(&self, arg: &Value) -> PyResult {
        self.forward("send", std::slice::from_ref(arg))
    }
    /// throw(value)
    /// throw(typ[,val[,tb]])
    ///
    /// raise exception in the wrapped iterator, return next yielded value
    /// or raise StopIteration.
    #[pymethod("throw($self, /, *args)")]
    fn throw(&self, args: &[Value]) -> PyResult {
        self.forward("throw", args)
    }
    /// close() -> raise GeneratorExit inside generator.
    #[pymethod("close($self, /)")]
    fn close(&self) -> PyResult {
        self.forward("close", &[])
    }
}
