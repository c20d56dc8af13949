//! Slot functions of classes whose special methods are written in Python: each looks its method up on
//! the class and calls it.

use super::SlotWrapper;
use crate::abstract_ops::{self, call_special, call_with_self};
use crate::exceptions::{self, PyResult, attribute_error, type_error};
use crate::names;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::{CompareOp, Type};
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// Calls `type(this).name(this, *args)`; the slot is only set while the method exists, but the method
/// may be deleted meanwhile.
fn special(this: &Value, name: &Str, args: &[Value]) -> PyResult {
    match call_special(this, name, args)? {
        Some(answer) => Ok(answer),
        None => Err(attribute_error(
            this,
            name,
            format!(
                "'{}' object has no attribute '{}'",
                this.class().name(),
                name
            ),
        )),
    }
}

macro_rules! unary {
    ($($function:ident $name:literal;)*) => { $(
        pub fn $function(this: &Value) -> PyResult {
            static NAME: Name = Name::new($name);
            special(this, &NAME, &[])
        }
    )* };
}

unary! {
    iter_method "__iter__";
    negative "__neg__";
    positive "__pos__";
    absolute "__abs__";
    invert "__invert__";
    int "__int__";
    float "__float__";
    index "__index__";
    await_ "__await__";
    aiter "__aiter__";
    anext "__anext__";
}

pub fn iter(this: &Value) -> PyResult {
    if this
        .class()
        .lookup(&names::ITER)
        .is_some_and(|found| found.is_none())
    {
        return Err(type_error(format!(
            "'{}' object is not iterable",
            this.class().name()
        )));
    }
    iter_method(this)
}

pub use crate::objects::buffer_wrapper::lend as buffer;

pub fn repr(this: &Value) -> PyResult {
    special(this, &names::REPR, &[])
}
pub fn str(this: &Value) -> PyResult {
    special(this, &names::STR, &[])
}
pub fn hash(this: &Value) -> PyResult<i64> {
    let answer = special(this, &names::HASH, &[])?;
    match answer.as_int() {
        // -1 stands for an error in C; CPython says -2 there.
        Some(crate::objects::int::IntView::Small(i)) => Ok(if i == -1 { -2 } else { i }),
        Some(crate::objects::int::IntView::Big(_)) => abstract_ops::hash(&answer),
        None => Err(type_error("__hash__ method should return an integer")),
    }
}
pub fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let found = this
        .class()
        .lookup(&names::CALL)
        .ok_or_else(|| type_error(format!("'{}' object is not callable", this.class().name())))?;
    if found
        .class()
        .has(crate::objects::class::TypeFlags::METHOD_DESCRIPTOR)
    {
        return abstract_ops::with_first(this, args, |all| {
            abstract_ops::call_kw(&found, all, kwnames)
        });
    }
    let bound = abstract_ops::bind(found, this, this.class())?;
    abstract_ops::call_kw(&bound, args, kwnames)
}

/// `__getattribute__`, then `__getattr__`.
pub fn getattro(this: &Value, name: &Str) -> PyResult {
    let class = this.class();
    let name_value = Ref::from_ref(name).into_value();
    let getattribute = class.lookup(&names::GETATTRIBUTE);
    let first = match &getattribute {
        Some(found) => match found.downcast_exact::<SlotWrapper>() {
            Some(wrapper) => (wrapper.owner.slots().getattro.expect("wrapped"))(this, name),
            None => call_with_self(found, this, std::slice::from_ref(&name_value)),
        },
        None => abstract_ops::generic_getattr(this, name),
    };
    let Some(getattr) = class.lookup(&names::GETATTR) else {
        return first;
    };
    match first {
        Ok(value) => Ok(value),
        Err(raised) => {
            if exceptions::catch(exceptions::ATTRIBUTE_ERROR.get()).is_none() {
                return Err(raised);
            }
            let bound = abstract_ops::bind(getattr, this, this.class())?;
            abstract_ops::call(&bound, std::slice::from_ref(&name_value))
        }
    }
}
pub fn setattro(this: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
    let name = Ref::from_ref(name).into_value();
    match value {
        Some(value) => special(this, &names::SETATTR, &[name, value.clone()])?,
        None => special(this, &names::DELATTR, &[name])?,
    };
    Ok(())
}
pub fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
    static NAMES: [Name; 6] = [
        Name::new("__lt__"),
        Name::new("__le__"),
        Name::new("__eq__"),
        Name::new("__ne__"),
        Name::new("__gt__"),
        Name::new("__ge__"),
    ];
    match call_special(this, &NAMES[op as usize], std::slice::from_ref(other))? {
        Some(answer) => Ok(answer),
        None => Ok(Value::not_implemented()),
    }
}
pub fn iternext(this: &Value) -> PyResult<Option<Value>> {
    match special(this, &names::NEXT, &[]) {
        Ok(item) => Ok(Some(item)),
        Err(raised) => {
            let stop = exceptions::catch(exceptions::STOP_ITERATION.get()).ok_or(raised)?;
            let value = stop.field_at(0).filter(|value| !value.is_none());
            crate::thread::thread().stop_value.set(value);
            Ok(None)
        }
    }
}
/// Is the class of an iterator in Python?
pub fn is_python_iterator(this: &Value) -> bool {
    let slot = this.class().slots().iternext;
    slot.is_some_and(|next| {
        std::ptr::fn_addr_eq(next, iternext as fn(&Value) -> PyResult<Option<Value>>)
    })
}
/// As [`iternext`], with the end left to `StopIteration`.
pub fn next_or_raise(this: &Value) -> PyResult {
    special(this, &names::NEXT, &[])
}
pub fn descr_get(this: &Value, object: Option<&Value>, owner: Option<&Type>) -> PyResult {
    let object = object.cloned().unwrap_or_else(Value::none);
    let owner = owner.map(object_value).unwrap_or_else(Value::none);
    match call_special(this, &names::GET, &[object, owner])? {
        Some(answer) => Ok(answer),
        None => Ok(this.clone()),
    }
}
pub fn descr_set(this: &Value, object: &Value, value: Option<&Value>) -> PyResult<()> {
    match value {
        Some(value) => match call_special(this, &names::SET, &[object.clone(), value.clone()])? {
            Some(_) => Ok(()),
            None => Err(attribute_error(this, &names::SET, "__set__".into())),
        },
        None => match call_special(this, &names::DELETE, std::slice::from_ref(object))? {
            Some(_) => Ok(()),
            None => Err(attribute_error(this, &names::DELETE, "__delete__".into())),
        },
    }
}
pub fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    let found = this
        .class()
        .lookup(&names::INIT)
        .ok_or_else(|| type_error("no __init__"))?;
    let answer = if found
        .class()
        .has(crate::objects::class::TypeFlags::METHOD_DESCRIPTOR)
    {
        abstract_ops::with_first(this, args, |all| {
            abstract_ops::call_kw(&found, all, kwnames)
        })?
    } else {
        let bound = abstract_ops::bind(found, this, this.class())?;
        abstract_ops::call_kw(&bound, args, kwnames)?
    };
    if !answer.is_none() {
        return Err(type_error(format!(
            "__init__() should return None, not '{}'",
            answer.class().name()
        )));
    }
    Ok(())
}
pub fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let class_value = object_value(class);
    let function = abstract_ops::getattr(&class_value, &names::NEW)?;
    abstract_ops::with_first(&class_value, args, |all| {
        abstract_ops::call_kw(&function, all, kwnames)
    })
}
/// `__del__`: errors are reported, not raised; the exception being raised meanwhile is kept.
pub unsafe fn finalize(object: *mut Header) {
    // SAFETY: the deallocator gave the object one reference for the time of this call.
    let this = unsafe { &*object };
    let value = crate::value::Raw(this as *const Header as u64).to_value();
    let thread = crate::thread::thread();
    let pending = thread.raised.take();
    if let Err(_raised) = special(&value, &names::DEL, &[]) {
        let what = value.class().lookup(&names::DEL);
        crate::unraisable::report(
            Some("Exception ignored while calling deallocator"),
            what.as_ref(),
        );
    }
    thread.raised.set(pending);
}
pub fn length(this: &Value) -> PyResult<usize> {
    let answer = special(this, &names::LEN, &[])?;
    let index = abstract_ops::index(&answer)?;
    match index.as_int().and_then(|i| i.to_i64()) {
        Some(n) if n >= 0 => Ok(n as usize),
        Some(_) => Err(exceptions::value_error("__len__() should return >= 0")),
        None if index.as_int().is_some_and(|i| i.is_negative()) => {
            Err(exceptions::value_error("__len__() should return >= 0"))
        }
        None => Err(exceptions::overflow_error(format!(
            "cannot fit '{}' into an index-sized integer",
            answer.class().name()
        ))),
    }
}
pub fn getitem(this: &Value, key: &Value) -> PyResult {
    special(this, &names::GETITEM, std::slice::from_ref(key))
}
pub fn setitem(this: &Value, key: &Value, value: Option<&Value>) -> PyResult<()> {
    static SETITEM: Name = Name::new("__setitem__");
    static DELITEM: Name = Name::new("__delitem__");
    let (name, args): (&Name, Vec<Value>) = match value {
        Some(value) => (&SETITEM, vec![key.clone(), value.clone()]),
        None => (&DELITEM, vec![key.clone()]),
    };
    match call_special(this, name, &args)? {
        Some(_) => Ok(()),
        None if value.is_some() => Err(type_error(format!(
            "'{}' object does not support item assignment",
            this.class().name()
        ))),
        None => Err(type_error(format!(
            "'{}' object doesn't support item deletion",
            this.class().name()
        ))),
    }
}
pub fn contains(this: &Value, item: &Value) -> PyResult<bool> {
    let found = this.class().lookup(&names::CONTAINS);
    if found.as_ref().is_some_and(|f| f.is_none()) {
        return Err(type_error(format!(
            "'{}' object is not a container",
            this.class().name()
        )));
    }
    let answer = special(this, &names::CONTAINS, std::slice::from_ref(item))?;
    abstract_ops::is_true(&answer)
}
pub fn bool(this: &Value) -> PyResult<bool> {
    let answer = special(this, &names::BOOL, &[])?;
    match () {
        _ if answer.is_true() => Ok(true),
        _ if answer.is_false() => Ok(false),
        _ => Err(type_error(format!(
            "__bool__ should return bool, returned {}",
            answer.class().name()
        ))),
    }
}

/// Calls the method or its reflection, as the operands' classes say.
fn binary(
    this: &Value,
    other: &Value,
    name: &Str,
    reflected: &Str,
    is_mine: impl Fn(&Type) -> bool,
) -> PyResult {
    let mut try_right = !std::ptr::eq(this.class(), other.class()) && is_mine(other.class());
    if is_mine(this.class()) {
        if try_right && other.class().is_subclass(this.class()) && overrides(this, other, reflected)
        {
            if let Some(answer) = call_special(other, reflected, std::slice::from_ref(this))?
                && !answer.is_not_implemented()
            {
                return Ok(answer);
            }
            try_right = false;
        }
        if let Some(answer) = call_special(this, name, std::slice::from_ref(other))?
            && !answer.is_not_implemented()
        {
            return Ok(answer);
        }
        if std::ptr::eq(this.class(), other.class()) {
            return Ok(Value::not_implemented());
        }
    }
    if try_right && let Some(answer) = call_special(other, reflected, std::slice::from_ref(this))? {
        return Ok(answer);
    }
    Ok(Value::not_implemented())
}

/// Does the right operand's class have another reflected method than the left one's?
fn overrides(left: &Value, right: &Value, reflected: &Str) -> bool {
    match (
        left.class().lookup(reflected),
        right.class().lookup(reflected),
    ) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(a), Some(b)) => !a.is(&b),
    }
}

macro_rules! binaries {
    ($($function:ident $name:literal $reflected:literal;)*) => { $(
        pub fn $function(this: &Value, other: &Value) -> PyResult {
            static NAME: Name = Name::new($name);
            static REFLECTED: Name = Name::new($reflected);
            binary(this, other, &NAME, &REFLECTED, |class| {
                class.slots().$function.is_some_and(|f| {
                    std::ptr::fn_addr_eq(f, $function as fn(&Value, &Value) -> PyResult)
                })
            })
        }
    )* };
}

binaries! {
    add "__add__" "__radd__";
    subtract "__sub__" "__rsub__";
    multiply "__mul__" "__rmul__";
    remainder "__mod__" "__rmod__";
    divmod "__divmod__" "__rdivmod__";
    lshift "__lshift__" "__rlshift__";
    rshift "__rshift__" "__rrshift__";
    and "__and__" "__rand__";
    xor "__xor__" "__rxor__";
    or "__or__" "__ror__";
    floor_divide "__floordiv__" "__rfloordiv__";
    true_divide "__truediv__" "__rtruediv__";
    matrix_multiply "__matmul__" "__rmatmul__";
}

pub fn power(this: &Value, other: &Value, modulus: &Value) -> PyResult {
    static NAME: Name = Name::new("__pow__");
    static REFLECTED: Name = Name::new("__rpow__");
    if modulus.is_none() {
        return binary(this, other, &NAME, &REFLECTED, |class| {
            class.slots().power.is_some_and(|f| {
                std::ptr::fn_addr_eq(f, power as fn(&Value, &Value, &Value) -> PyResult)
            })
        });
    }
    match call_special(this, &NAME, &[other.clone(), modulus.clone()])? {
        Some(answer) => Ok(answer),
        None => Ok(Value::not_implemented()),
    }
}

macro_rules! inplace {
    ($($function:ident $name:literal;)*) => { $(
        pub fn $function(this: &Value, other: &Value) -> PyResult {
            static NAME: Name = Name::new($name);
            special(this, &NAME, std::slice::from_ref(other))
        }
    )* };
}

inplace! {
    inplace_add "__iadd__";
    inplace_subtract "__isub__";
    inplace_multiply "__imul__";
    inplace_remainder "__imod__";
    inplace_lshift "__ilshift__";
    inplace_rshift "__irshift__";
    inplace_and "__iand__";
    inplace_xor "__ixor__";
    inplace_or "__ior__";
    inplace_floor_divide "__ifloordiv__";
    inplace_true_divide "__itruediv__";
    inplace_matrix_multiply "__imatmul__";
}

pub fn inplace_power(this: &Value, other: &Value, _modulus: &Value) -> PyResult {
    static NAME: Name = Name::new("__ipow__");
    special(this, &NAME, std::slice::from_ref(other))
}
