//! `method`: a function bound to an object.

use crate::exceptions::{PyResult, type_error};
use crate::object::{Header, Ref};
use crate::objects::class::{CompareOp, Type};
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "method", module = "builtins", gc, final, weakref)]
#[repr(C)]
pub struct Method {
    header: Header,
    pub function: Value,
    pub object: Value,
}

impl Method {
    pub fn bind(function: Value, object: Value) -> Value {
        Ref::new(Method {
            header: Header::fresh(),
            function,
            object,
        })
        .into_value()
    }
}

#[pymethods]
impl Method {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let _ = (class, kwnames);
        let [function, object] = args else {
            return Err(type_error(format!(
                "method expected 2 arguments, got {}",
                args.len()
            )));
        };
        if !crate::abstract_ops::is_callable(function) {
            return Err(type_error("first argument must be callable"));
        }
        if object.is_none() {
            return Err(type_error("instance must not be None"));
        }
        Ok(Method::bind(function.clone(), object.clone()))
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let this = unsafe { this.downcast_unchecked::<Method>() };
        crate::abstract_ops::with_first(&this.object, args, |all| {
            crate::abstract_ops::call_kw(&this.function, all, kwnames)
        })
    }
    #[pyslot]
    fn getattro(this: &Value, name: &Str) -> PyResult {
        // SAFETY: as above.
        let method = unsafe { this.downcast_unchecked::<Method>() };
        if let Some(found) = this.class().lookup(name) {
            return crate::abstract_ops::bind(found, this, this.class());
        }
        crate::abstract_ops::getattr(&method.function, name)
    }
    #[pyslot]
    fn descr_get(this: &Value, _object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        Ok(this.clone())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let name = match crate::abstract_ops::getattr_opt(&self.function, &crate::names::QUALNAME)?
        {
            Some(name) => Some(name),
            None => crate::abstract_ops::getattr_opt(&self.function, &crate::names::NAME)?,
        };
        let name = name
            .and_then(|n| n.downcast::<Str>().map(|s| s.to_string()))
            .unwrap_or_else(|| "?".to_owned());
        Ok(format!(
            "<bound method {name} of {}>",
            crate::abstract_ops::repr(&self.object)?
        ))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Method>(), other.downcast::<Method>()) else {
            return Ok(Value::not_implemented());
        };
        let same = a.object.is(&b.object) && crate::abstract_ops::equals(&a.function, &b.function)?;
        Ok(match op {
            CompareOp::Eq => Value::bool(same),
            CompareOp::Ne => Value::bool(!same),
            _ => Value::not_implemented(),
        })
    }
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        // SAFETY: as above.
        let this = unsafe { this.downcast_unchecked::<Method>() };
        let hash = (this.object.raw().0 >> 4) as i64 ^ crate::abstract_ops::hash(&this.function)?;
        Ok(if hash == -1 { -2 } else { hash })
    }
    #[pygetset]
    fn __func__(&self) -> Value {
        self.function.clone()
    }
    #[pygetset]
    fn __self__(&self) -> Value {
        self.object.clone()
    }
    #[pymethod("__reduce__($self, /)")]
    fn reduce(&self) -> PyResult {
        let name = crate::abstract_ops::getattr(&self.function, &crate::names::NAME)?;
        let getattr = crate::builtins::lookup("getattr")?;
        Ok(Tuple::new([
            getattr,
            Tuple::new([self.object.clone(), name]).into_value(),
        ])
        .into_value())
    }
}
