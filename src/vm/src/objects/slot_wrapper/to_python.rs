//! The table of special methods, and how each calls its slot.

use super::from_python as py;
use super::{SlotDef, WrapperCall};
use crate::abstract_ops;
use crate::exceptions::{self, PyResult, type_error};
use crate::objects::buffer_wrapper::{FORMAT, WRITABLE};
use crate::objects::class::{CompareOp, SlotId, Type, TypeSlots};
use crate::objects::memoryview::Memoryview;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

fn count(args: &[Value], kwnames: Option<&Tuple>, min: usize, max: usize) -> PyResult<()> {
    if kwnames.is_some_and(|k| !k.is_empty()) {
        return Err(type_error("wrapper takes no keyword arguments"));
    }
    if args.len() < min || args.len() > max {
        let limit = if args.len() < min { min } else { max };
        let bound = if min == max {
            ""
        } else if args.len() < min {
            "at least "
        } else {
            "at most "
        };
        let s = if limit == 1 { "" } else { "s" };
        return Err(type_error(format!(
            "expected {bound}{limit} argument{s}, got {}",
            args.len()
        )));
    }
    Ok(())
}

macro_rules! defs {
    ($($name:literal $slot:ident $kind:ident $(($($extra:tt)*))? $install:ident $sig:literal $doc:literal;)*) => {
        pub static SLOT_DEFS: &[SlotDef] = &[$(SlotDef {
            name: $name,
            slot: SlotId::$slot,
            call: defs!(@call $kind $slot $($($extra)*)?),
            doc: $doc,
            install: defs!(@install $slot $install),
            signature: $sig,
        },)*];
    };
    // Classes in Python fill the number slots only, as CPython's do.
    (@install $slot:ident none) => { |_| {} };
    (@install $slot:ident $install:ident) => { |slots| slots.$slot = Some(py::$install) };
    (@call unary $slot:ident) => {{
        const F: WrapperCall = |s, this, a, k| { count(a, k, 0, 0)?; (s.$slot.expect("wrapped"))(this) };
        F
    }};
    (@call binary $slot:ident) => {{
        const F: WrapperCall = |s, this, a, k| { count(a, k, 1, 1)?; (s.$slot.expect("wrapped"))(this, &a[0]) };
        F
    }};
    (@call reflected $slot:ident) => {{
        const F: WrapperCall = |s, this, a, k| { count(a, k, 1, 1)?; (s.$slot.expect("wrapped"))(&a[0], this) };
        F
    }};
    (@call ternary $slot:ident) => {{
        const F: WrapperCall = |s, this, a, k| {
            count(a, k, 1, 2)?;
            (s.$slot.expect("wrapped"))(this, &a[0], a.get(1).unwrap_or(&Value::none()))
        };
        F
    }};
    (@call reflected_ternary $slot:ident) => {{
        const F: WrapperCall = |s, this, a, k| {
            count(a, k, 1, 2)?;
            (s.$slot.expect("wrapped"))(&a[0], this, a.get(1).unwrap_or(&Value::none()))
        };
        F
    }};
    (@call repeat $slot:ident) => {{
        const F: WrapperCall = |s, this, a, k| {
            count(a, k, 1, 1)?;
            let n = abstract_ops::index_isize(&a[0], exceptions::OVERFLOW_ERROR.get())?;
            (s.$slot.expect("wrapped"))(this, n)
        };
        F
    }};
    (@call compare $slot:ident $op:ident) => {{
        const F: WrapperCall = |s, this, a, k| {
            count(a, k, 1, 1)?;
            (s.$slot.expect("wrapped"))(this, &a[0], CompareOp::$op)
        };
        F
    }};
    (@call own $slot:ident $function:ident) => {{
        const F: WrapperCall = $function;
        F
    }};
}

defs! {
    "__repr__" repr unary repr "($self, /)" "Return repr(self).";
    "__str__" str unary str "($self, /)" "Return str(self).";
    "__hash__" hash own(hash) hash "($self, /)" "Return hash(self).";
    "__call__" call own(call) call "($self, /, *args, **kwargs)" "Call self as a function.";
    "__getattribute__" getattro own(getattribute) getattro "($self, name, /)" "Return getattr(self, name).";
    "__getattr__" getattro own(getattribute) getattro "($self, name, /)" "Implement getattr(self, name) for missing names.";
    "__setattr__" setattro own(setattr) setattro "($self, name, value, /)" "Implement setattr(self, name, value).";
    "__delattr__" setattro own(delattr) setattro "($self, name, /)" "Implement delattr(self, name).";
    "__lt__" richcompare compare(Lt) richcompare "($self, value, /)" "Return self<value.";
    "__le__" richcompare compare(Le) richcompare "($self, value, /)" "Return self<=value.";
    "__eq__" richcompare compare(Eq) richcompare "($self, value, /)" "Return self==value.";
    "__ne__" richcompare compare(Ne) richcompare "($self, value, /)" "Return self!=value.";
    "__gt__" richcompare compare(Gt) richcompare "($self, value, /)" "Return self>value.";
    "__ge__" richcompare compare(Ge) richcompare "($self, value, /)" "Return self>=value.";
    "__iter__" iter unary iter "($self, /)" "Implement iter(self).";
    "__next__" iternext own(next) iternext "($self, /)" "Implement next(self).";
    "__get__" descr_get own(get) descr_get "($self, instance, owner=None, /)" "Return an attribute of instance, which is of type owner.";
    "__set__" descr_set own(set) descr_set "($self, instance, value, /)" "Set an attribute of instance to value.";
    "__delete__" descr_set own(delete) descr_set "($self, instance, /)" "Delete an attribute of instance.";
    "__init__" init own(init) init "($self, /, *args, **kwargs)" "Initialize self.  See help(type(self)) for accurate signature.";
    "__new__" new own(new) new "($type, *args, **kwargs)" "Create and return new object.";
    "__del__" finalize own(del) finalize "($self, /)" "Called when the instance is about to be destroyed.";
    "__len__" length own(len) length "($self, /)" "Return len(self).";
    "__getitem__" getitem binary getitem "($self, key, /)" "Return self[key].";
    "__setitem__" setitem own(setitem) setitem "($self, key, value, /)" "Set self[key] to value.";
    "__delitem__" setitem own(delitem) setitem "($self, key, /)" "Delete self[key].";
    "__contains__" contains own(contains) contains "($self, key, /)" "Return bool(key in self).";
    "__bool__" bool own(truth) bool "($self, /)" "True if self else False";
    "__neg__" negative unary negative "($self, /)" "-self";
    "__pos__" positive unary positive "($self, /)" "+self";
    "__abs__" absolute unary absolute "($self, /)" "abs(self)";
    "__invert__" invert unary invert "($self, /)" "~self";
    "__int__" int unary int "($self, /)" "int(self)";
    "__float__" float unary float "($self, /)" "float(self)";
    "__index__" index unary index "($self, /)" "Return self converted to an integer, if self is suitable for use as an index into a list.";
    "__add__" add binary add "($self, value, /)" "Return self+value.";
    "__radd__" add reflected add "($self, value, /)" "Return value+self.";
    "__sub__" subtract binary subtract "($self, value, /)" "Return self-value.";
    "__rsub__" subtract reflected subtract "($self, value, /)" "Return value-self.";
    "__mul__" multiply binary multiply "($self, value, /)" "Return self*value.";
    "__rmul__" multiply reflected multiply "($self, value, /)" "Return value*self.";
    "__mod__" remainder binary remainder "($self, value, /)" "Return self%value.";
    "__rmod__" remainder reflected remainder "($self, value, /)" "Return value%self.";
    "__divmod__" divmod binary divmod "($self, value, /)" "Return divmod(self, value).";
    "__rdivmod__" divmod reflected divmod "($self, value, /)" "Return divmod(value, self).";
    "__pow__" power ternary power "($self, value, mod=None, /)" "Return pow(self, value, mod).";
    "__rpow__" power reflected_ternary power "($self, value, mod=None, /)" "Return pow(value, self, mod).";
    "__lshift__" lshift binary lshift "($self, value, /)" "Return self<<value.";
    "__rlshift__" lshift reflected lshift "($self, value, /)" "Return value<<self.";
    "__rshift__" rshift binary rshift "($self, value, /)" "Return self>>value.";
    "__rrshift__" rshift reflected rshift "($self, value, /)" "Return value>>self.";
    "__and__" and binary and "($self, value, /)" "Return self&value.";
    "__rand__" and reflected and "($self, value, /)" "Return value&self.";
    "__xor__" xor binary xor "($self, value, /)" "Return self^value.";
    "__rxor__" xor reflected xor "($self, value, /)" "Return value^self.";
    "__or__" or binary or "($self, value, /)" "Return self|value.";
    "__ror__" or reflected or "($self, value, /)" "Return value|self.";
    "__floordiv__" floor_divide binary floor_divide "($self, value, /)" "Return self//value.";
    "__rfloordiv__" floor_divide reflected floor_divide "($self, value, /)" "Return value//self.";
    "__truediv__" true_divide binary true_divide "($self, value, /)" "Return self/value.";
    "__rtruediv__" true_divide reflected true_divide "($self, value, /)" "Return value/self.";
    "__matmul__" matrix_multiply binary matrix_multiply "($self, value, /)" "Return self@value.";
    "__rmatmul__" matrix_multiply reflected matrix_multiply "($self, value, /)" "Return value@self.";
    "__iadd__" inplace_add binary inplace_add "($self, value, /)" "Return self+=value.";
    "__isub__" inplace_subtract binary inplace_subtract "($self, value, /)" "Return self-=value.";
    "__imul__" inplace_multiply binary inplace_multiply "($self, value, /)" "Return self*=value.";
    "__imod__" inplace_remainder binary inplace_remainder "($self, value, /)" "Return self%=value.";
    "__ipow__" inplace_power ternary inplace_power "($self, value, mod=None, /)" "Return self**=value.";
    "__ilshift__" inplace_lshift binary inplace_lshift "($self, value, /)" "Return self<<=value.";
    "__irshift__" inplace_rshift binary inplace_rshift "($self, value, /)" "Return self>>=value.";
    "__iand__" inplace_and binary inplace_and "($self, value, /)" "Return self&=value.";
    "__ixor__" inplace_xor binary inplace_xor "($self, value, /)" "Return self^=value.";
    "__ior__" inplace_or binary inplace_or "($self, value, /)" "Return self|=value.";
    "__ifloordiv__" inplace_floor_divide binary inplace_floor_divide "($self, value, /)" "Return self//=value.";
    "__itruediv__" inplace_true_divide binary inplace_true_divide "($self, value, /)" "Return self/=value.";
    "__imatmul__" inplace_matrix_multiply binary inplace_matrix_multiply "($self, value, /)" "Return self@=value.";
    "__add__" concat binary none "($self, value, /)" "Return self+value.";
    "__mul__" repeat repeat none "($self, value, /)" "Return self*value.";
    "__rmul__" repeat repeat none "($self, value, /)" "Return value*self.";
    "__iadd__" inplace_concat binary none "($self, value, /)" "Implement self+=value.";
    "__imul__" inplace_repeat repeat none "($self, value, /)" "Implement self*=value.";
    "__await__" await_ unary await_ "($self, /)" "Return an iterator to be used in await expression.";
    "__aiter__" aiter unary aiter "($self, /)" "Return an awaitable, that resolves in asynchronous iterator.";
    "__anext__" anext unary anext "($self, /)" "Return a value or raise StopAsyncIteration.";
    "__buffer__" buffer own(buffer) buffer "($self, flags, /)" "Return a buffer object that exposes the underlying memory of the object.";
}

fn hash(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 0, 0)?;
    (s.hash.expect("wrapped"))(this).map(Value::int)
}
fn call(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    (s.call.expect("wrapped"))(this, a, k)
}
fn buffer(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    if a.len() != 1 {
        return Err(type_error(format!(
            "__buffer__ expected 1 argument, got {}",
            a.len()
        )));
    }
    count(a, k, 1, 1)?;
    let flags = abstract_ops::index_isize(&a[0], exceptions::OVERFLOW_ERROR.get())? as i64;
    let export = s.buffer.expect("wrapped");
    let mut memory = export(this, flags & WRITABLE != 0)?;
    if flags & WRITABLE != 0 && memory.readonly {
        return Err(exceptions::buffer_error("Object is not writable."));
    }
    if flags & FORMAT == 0 {
        memory.layout = None;
    }
    Ok(Memoryview::over(memory))
}
fn name_argument(value: &Value) -> PyResult<&Str> {
    value.downcast::<Str>().ok_or_else(|| {
        type_error(format!(
            "attribute name must be string, not '{}'",
            value.class().name()
        ))
    })
}
fn getattribute(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 1, 1)?;
    (s.getattro.expect("wrapped"))(this, &name_argument(&a[0])?.interned())
}
/// `object.__setattr__` may not be used to get around a more derived native class's own.
fn check_setattr(s: &TypeSlots, this: &Value, what: &str) -> PyResult<()> {
    let mut class = Some(this.class());
    while let Some(c) = class {
        if !c.is_heap() {
            if let Some(own) = c.slots().setattro
                && !s.setattro.is_some_and(|w| std::ptr::fn_addr_eq(w, own))
            {
                return Err(type_error(format!(
                    "can't apply this {what} to {} object",
                    this.class().name()
                )));
            }
            break;
        }
        class = c.base();
    }
    Ok(())
}
fn setattr(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 2, 2)?;
    check_setattr(s, this, "__setattr__")?;
    (s.setattro.expect("wrapped"))(this, &name_argument(&a[0])?.interned(), Some(&a[1]))?;
    Ok(Value::none())
}
fn delattr(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 1, 1)?;
    check_setattr(s, this, "__delattr__")?;
    (s.setattro.expect("wrapped"))(this, &name_argument(&a[0])?.interned(), None)?;
    Ok(Value::none())
}
fn next(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 0, 0)?;
    match (s.iternext.expect("wrapped"))(this)? {
        Some(item) => Ok(item),
        None => Err(exceptions::stop_iteration(None)),
    }
}
fn get(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 1, 2)?;
    let object = Some(&a[0]).filter(|o| !o.is_none());
    let owner = a.get(1).filter(|o| !o.is_none());
    if object.is_none() && owner.is_none() {
        return Err(type_error("__get__(None, None) is invalid"));
    }
    (s.descr_get.expect("wrapped"))(this, object, owner.and_then(|o| o.downcast::<Type>()))
}
fn set(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 2, 2)?;
    (s.descr_set.expect("wrapped"))(this, &a[0], Some(&a[1]))?;
    Ok(Value::none())
}
fn delete(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 1, 1)?;
    (s.descr_set.expect("wrapped"))(this, &a[0], None)?;
    Ok(Value::none())
}
fn init(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    (s.init.expect("wrapped"))(this, a, k)?;
    Ok(Value::none())
}
fn new(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    let class = this
        .downcast::<Type>()
        .ok_or_else(|| type_error("__new__ needs a type"))?;
    (s.new.expect("wrapped"))(class, a, k)
}
fn del(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 0, 0)?;
    // SAFETY: the object is alive: the caller holds it.
    unsafe { (s.finalize.expect("wrapped"))(this.raw().address()) };
    Ok(Value::none())
}
fn len(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 0, 0)?;
    (s.length.expect("wrapped"))(this).map(|n| Value::int(n as i64))
}
fn setitem(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 2, 2)?;
    (s.setitem.expect("wrapped"))(this, &a[0], Some(&a[1]))?;
    Ok(Value::none())
}
fn delitem(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 1, 1)?;
    (s.setitem.expect("wrapped"))(this, &a[0], None)?;
    Ok(Value::none())
}
fn contains(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 1, 1)?;
    (s.contains.expect("wrapped"))(this, &a[0]).map(Value::bool)
}
fn truth(s: &TypeSlots, this: &Value, a: &[Value], k: Option<&Tuple>) -> PyResult {
    count(a, k, 0, 0)?;
    (s.bool.expect("wrapped"))(this).map(Value::bool)
}
