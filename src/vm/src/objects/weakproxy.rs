//! Weak proxies: objects that pass every operation on to a target they don't keep alive.

use crate::abstract_ops::{self, BinaryOp};
use crate::exceptions::{PyResult, reference_error};
use crate::gc::TraverseCustom;
use crate::native::NativeClass;
use crate::object::{Header, Ref};
use crate::objects::class::CompareOp;
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::objects::weakref::{Weak, shared};
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "ProxyType", module = "weakref", traverse = custom, gc, final)]
#[repr(C)]
pub struct Proxy {
    header: Header,
    weak: Weak,
}

/// A proxy of something that can be called.
#[pyclass(name = "CallableProxyType", module = "weakref", traverse = custom, gc, final)]
#[repr(C)]
pub struct CallableProxy {
    header: Header,
    weak: Weak,
}

impl Proxy {
    /// The weak part of a proxy of either class.
    ///
    /// # Safety
    /// `holder` is a live proxy.
    pub(super) unsafe fn weak_at<'a>(holder: *mut Header) -> &'a Weak {
        // SAFETY: both classes have the same layout.
        unsafe { &(*(holder as *const Proxy)).weak }
    }
}

/// `weakref.proxy(target, callback)`
pub fn new_proxy(target: &Value, callback: Option<&Value>) -> PyResult {
    let callback = callback.filter(|callback| !callback.is_none());
    let weak = Weak::new(target, callback)?;
    let callable = abstract_ops::is_callable(target);
    let class = if callable {
        CallableProxy::class()
    } else {
        Proxy::class()
    };
    if callback.is_none()
        && let Some(shared) = shared(target, class)
    {
        return Ok(shared);
    }
    let proxy = if callable {
        Ref::new(CallableProxy {
            header: Header::fresh(),
            weak,
        })
        .into_value()
    } else {
        Ref::new(Proxy {
            header: Header::fresh(),
            weak,
        })
        .into_value()
    };
    // SAFETY: just made.
    unsafe { Proxy::weak_at(proxy.raw().address()).register(proxy.raw().address()) };
    Ok(proxy)
}

fn weak_of(value: &Value) -> Option<&Weak> {
    match value.downcast::<Proxy>() {
        Some(proxy) => Some(&proxy.weak),
        None => value.downcast::<CallableProxy>().map(|proxy| &proxy.weak),
    }
}

/// What a proxy stands for; other values stand for themselves.
fn target(value: &Value) -> PyResult {
    match weak_of(value) {
        Some(weak) => weak
            .get()
            .ok_or_else(|| reference_error("weakly-referenced object no longer exists")),
        None => Ok(value.clone()),
    }
}

macro_rules! forward_binary {
    ($($slot:ident $op:ident $inplace:ident;)*) => {
        fn binary_slots(slots: &mut crate::objects::class::TypeSlots) {
            $(
                slots.$slot = Some(|a, b| abstract_ops::binary_op(BinaryOp::$op, &target(a)?, &target(b)?));
                slots.$inplace = Some(|a, b| abstract_ops::inplace_op(BinaryOp::$op, &target(a)?, &target(b)?));
            )*
        }
    };
}

forward_binary! {
    add Add inplace_add;
    subtract Subtract inplace_subtract;
    multiply Multiply inplace_multiply;
    remainder Remainder inplace_remainder;
    lshift Lshift inplace_lshift;
    rshift Rshift inplace_rshift;
    and And inplace_and;
    or Or inplace_or;
    xor Xor inplace_xor;
    floor_divide FloorDivide inplace_floor_divide;
    true_divide TrueDivide inplace_true_divide;
    matrix_multiply MatrixMultiply inplace_matrix_multiply;
}

const BINARY: crate::native::ClassItems = crate::native::ClassItems {
    methods: &[],
    getsets: &[],
    slots: binary_slots,
    more: &[],
};

macro_rules! proxy_class {
    ($class:ident) => {
        impl TraverseCustom for $class {
            fn traverse_custom(&self, visit: &mut dyn FnMut(&Value)) {
                self.weak.visit(visit);
            }
            fn clear_custom(&self) {
                self.weak.clear_callback();
            }
        }

        impl Drop for $class {
            fn drop(&mut self) {
                let holder = &raw mut self.header;
                self.weak.unregister(holder);
            }
        }

        #[pymethods(items = SHARED, more(crate::objects::weakproxy::BINARY))]
        impl $class {
            #[pyslot]
            fn getattro(this: &Value, name: &Str) -> PyResult {
                abstract_ops::getattr(&target(this)?, name)
            }
            #[pyslot]
            fn setattro(this: &Value, name: &Str, value: Option<&Value>) -> PyResult<()> {
                abstract_ops::setattr(&target(this)?, name, value)
            }
            #[pyslot]
            fn repr(this: &Value) -> PyResult<String> {
                let shown = match weak_of(this).and_then(Weak::get) {
                    Some(target) => {
                        format!("to {} at {:#x}", target.class().name(), target.raw().0)
                    }
                    None => "to NoneType".to_owned(),
                };
                Ok(format!("<weakproxy at {:#x} {shown}>", this.raw().0))
            }
            #[pyslot]
            fn str(this: &Value) -> PyResult {
                Ok(abstract_ops::str(&target(this)?)?.into_value())
            }
            #[pyslot]
            fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
                abstract_ops::rich_compare(&target(this)?, &target(other)?, op)
            }
            #[pyslot]
            fn iter(this: &Value) -> PyResult {
                abstract_ops::iter(&target(this)?)
            }
            #[pyslot]
            fn iternext(this: &Value) -> PyResult<Option<Value>> {
                let target = target(this)?;
                if target.class().slots().iternext.is_none() {
                    return Err(crate::exceptions::type_error(format!(
                        "Weakref proxy referenced a non-iterator '{}' object",
                        target.class().name()
                    )));
                }
                abstract_ops::next(&target)
            }
            #[pyslot]
            fn bool(this: &Value) -> PyResult<bool> {
                abstract_ops::is_true(&target(this)?)
            }
            #[pyslot]
            fn length(this: &Value) -> PyResult<usize> {
                abstract_ops::len(&target(this)?)
            }
            #[pyslot]
            fn getitem(this: &Value, key: &Value) -> PyResult {
                abstract_ops::getitem(&target(this)?, key)
            }
            #[pyslot]
            fn setitem(this: &Value, key: &Value, value: Option<&Value>) -> PyResult<()> {
                match value {
                    Some(value) => abstract_ops::setitem(&target(this)?, key, value),
                    None => abstract_ops::delitem(&target(this)?, key),
                }
            }
            #[pyslot]
            fn contains(this: &Value, item: &Value) -> PyResult<bool> {
                abstract_ops::contains(&target(this)?, item)
            }
            #[pyslot]
            fn negative(this: &Value) -> PyResult {
                abstract_ops::negative(&target(this)?)
            }
            #[pyslot]
            fn positive(this: &Value) -> PyResult {
                abstract_ops::positive(&target(this)?)
            }
            #[pyslot]
            fn absolute(this: &Value) -> PyResult {
                abstract_ops::absolute(&target(this)?)
            }
            #[pyslot]
            fn invert(this: &Value) -> PyResult {
                abstract_ops::invert(&target(this)?)
            }
            #[pyslot]
            fn int(this: &Value) -> PyResult {
                let class = <crate::objects::int::Int as NativeClass>::class();
                abstract_ops::call(&crate::object::object_value(class), &[target(this)?])
            }
            #[pyslot]
            fn float(this: &Value) -> PyResult {
                abstract_ops::to_f64(&target(this)?).map(Value::float)
            }
            #[pyslot]
            fn index(this: &Value) -> PyResult {
                abstract_ops::index(&target(this)?)
            }
            #[pyslot]
            fn divmod(left: &Value, right: &Value) -> PyResult {
                abstract_ops::divmod(&target(left)?, &target(right)?)
            }
            #[pyslot]
            fn power(left: &Value, right: &Value, modulus: &Value) -> PyResult {
                abstract_ops::power(&target(left)?, &target(right)?, &target(modulus)?)
            }
            #[pymethod("__bytes__($self, /)")]
            fn __bytes__(this: &Value) -> PyResult {
                abstract_ops::call_method(&target(this)?, &crate::names::BYTES, &[])
            }
            #[pymethod("__reversed__($self, /)")]
            fn __reversed__(this: &Value) -> PyResult {
                static REVERSED: Name = Name::new("__reversed__");
                abstract_ops::call_method(&target(this)?, &REVERSED, &[])
            }
        }
    };
}

proxy_class!(Proxy);
proxy_class!(CallableProxy);

fn no_hash(value: &Value) -> PyResult<i64> {
    Err(crate::exceptions::type_error(format!(
        "unhashable type: '{}'",
        value.class().name()
    )))
}

#[pymethods(more(SHARED))]
impl Proxy {
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        no_hash(this)
    }
}

#[pymethods(more(SHARED))]
impl CallableProxy {
    #[pyslot]
    fn hash(this: &Value) -> PyResult<i64> {
        no_hash(this)
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        abstract_ops::call_kw(&target(this)?, args, kwnames)
    }
}
