//! `typing.Union`: what `int | str` makes.

use crate::abstract_ops::{self, BinaryOp};
use crate::exceptions::{PyResult, TYPE_ERROR, catch, type_error};
use crate::gc::Field;
use crate::native::NativeClass;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::{CompareOp, Type};
use crate::objects::generic_alias::{GenericAlias, collect_parameters, substitute, type_repr};
use crate::objects::object::import_module;
use crate::objects::set::{FrozenSet, SetCore};
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// Represent a union type
///
/// E.g. for int | str
#[pyclass(name = "Union", module = "typing", gc, final, weakref)]
#[repr(C)]
pub struct Union {
    header: Header,
    args: Ref<Tuple>,
    parameters: Field<Option<Ref<Tuple>>>,
}

/// Collects members: each once, those of unions among them one by one.
struct Builder {
    args: Vec<Value>,
    hashable: SetCore,
    unhashable: Vec<Value>,
}

impl Builder {
    fn new() -> Builder {
        Builder {
            args: Vec::new(),
            hashable: SetCore::new(),
            unhashable: Vec::new(),
        }
    }
    fn add(&mut self, arg: &Value) -> PyResult<()> {
        if arg.is_none() {
            let none = object_value(arg.class());
            return self.add_member(&none);
        }
        if let Some(union) = arg.downcast::<Union>() {
            for member in union.args.as_slice() {
                self.add_member(member)?;
            }
            return Ok(());
        }
        self.add_member(arg)
    }
    fn add_member(&mut self, arg: &Value) -> PyResult<()> {
        match abstract_ops::hash(arg) {
            Ok(hash) => {
                if !self.hashable.add_hashed(arg.clone(), hash)? {
                    return Ok(());
                }
            }
            Err(raised) => {
                if catch(TYPE_ERROR.get()).is_none() {
                    return Err(raised);
                }
                for other in &self.unhashable {
                    if abstract_ops::equals(other, arg)? {
                        return Ok(());
                    }
                }
                self.unhashable.push(arg.clone());
            }
        }
        self.args.push(arg.clone());
        Ok(())
    }
    fn finish(mut self) -> PyResult {
        match self.args.len() {
            0 => Err(type_error("Cannot take a Union of no types.")),
            1 => Ok(self.args.remove(0)),
            _ => Ok(Ref::new(Union {
                header: Header::fresh(),
                args: Tuple::new(self.args),
                parameters: Field::new(None),
            })
            .into_value()),
        }
    }
}

/// Is `value | …` a union of types?
fn is_unionable(value: &Value) -> bool {
    value.is_none()
        || value.downcast::<Type>().is_some()
        || value.downcast::<GenericAlias>().is_some()
        || value.downcast::<Union>().is_some()
        || value.class().name_object().is_text("TypeAliasType")
}

/// `left | right` for types.
pub fn type_or(left: &Value, right: &Value) -> PyResult {
    if !is_unionable(left) || !is_unionable(right) {
        return Ok(Value::not_implemented());
    }
    let mut builder = Builder::new();
    builder.add(left)?;
    builder.add(right)?;
    builder.finish()
}

/// `typing.Union[args]`
pub fn from_args(args: &[Value]) -> PyResult {
    static TYPE_CHECK: Name = Name::new("_type_check");
    let mut builder = Builder::new();
    for arg in args {
        if is_unionable(arg) {
            builder.add(arg)?;
        } else {
            let message = Str::new("Union[arg, ...]: each arg must be a type.").into_value();
            let typing = import_module("typing")?;
            builder.add(&abstract_ops::call_method(
                &typing,
                &TYPE_CHECK,
                &[arg.clone(), message],
            )?)?;
        }
    }
    builder.finish()
}

impl Union {
    pub fn args(&self) -> &Ref<Tuple> {
        &self.args
    }
    fn parameters(&self) -> PyResult<Ref<Tuple>> {
        if let Some(parameters) = self.parameters.get() {
            return Ok(parameters);
        }
        let parameters = collect_parameters(self.args.as_slice())?;
        self.parameters.set(Some(parameters.clone()));
        Ok(parameters)
    }
    /// The members that can be hashed as a set, and the others.
    fn parts(&self) -> PyResult<(SetCore, Vec<Value>)> {
        let mut builder = Builder::new();
        for arg in self.args.as_slice() {
            builder.add_member(arg)?;
        }
        Ok((builder.hashable, builder.unhashable))
    }
    fn check_members(&self, function: &str) -> PyResult<()> {
        if self
            .args
            .as_slice()
            .iter()
            .any(|arg| arg.downcast::<GenericAlias>().is_some())
        {
            return Err(type_error(format!(
                "{function}() argument 2 cannot be a parameterized generic"
            )));
        }
        Ok(())
    }
}

#[pymethods]
impl Union {
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let mut parts = Vec::new();
        for arg in self.args.as_slice() {
            let is_none = arg.is(&object_value(Value::none().class()));
            parts.push(if is_none {
                "None".to_owned()
            } else {
                type_repr(arg)?
            });
        }
        Ok(parts.join(" | "))
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        let (hashable, unhashable) = self.parts()?;
        if !unhashable.is_empty() {
            let count = unhashable.len();
            let s = if count == 1 { "" } else { "s" };
            return Err(type_error(format!(
                "union contains {count} unhashable element{s}"
            )));
        }
        abstract_ops::hash(&FrozenSet::from_core(hashable))
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (this.downcast::<Union>(), other.downcast::<Union>()) else {
            return Ok(Value::not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::not_implemented());
        }
        let ((x, rest_x), (y, rest_y)) = (a.parts()?, b.parts()?);
        let mut equal = x.len() == y.len() && rest_x.len() == rest_y.len();
        if equal {
            for (key, hash) in x.hashed_keys() {
                equal &= y.contains_hashed(&key, hash)?;
            }
            for left in &rest_x {
                let mut found = false;
                for right in &rest_y {
                    found |= abstract_ops::equals(left, right)?;
                }
                equal &= found;
            }
        }
        Ok(Value::bool(equal == (op == CompareOp::Eq)))
    }
    #[pyslot]
    fn or(left: &Value, right: &Value) -> PyResult {
        type_or(left, right)
    }
    #[pyslot]
    fn getitem(this: &Value, item: &Value) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let union = unsafe { this.downcast_unchecked::<Union>() };
        let parameters = union.parameters()?;
        let args = substitute(this, union.args.as_slice(), parameters.as_slice(), item)?;
        let Some((first, rest)) = args.split_first() else {
            return Ok(this.clone());
        };
        let mut result = first.clone();
        for arg in rest {
            result = abstract_ops::binary_op(BinaryOp::Or, &result, arg)?;
        }
        Ok(result)
    }
    #[pygetset("__args__")]
    fn get_args(&self) -> Value {
        self.args.to_value()
    }
    #[pygetset]
    fn __parameters__(&self) -> PyResult {
        Ok(self.parameters()?.into_value())
    }
    #[pygetset]
    fn __origin__(&self) -> Value {
        object_value(Union::class())
    }
    #[pygetset]
    fn __name__(&self) -> &'static str {
        "Union"
    }
    #[pygetset]
    fn __qualname__(&self) -> &'static str {
        "Union"
    }
    #[pymethod("__mro_entries__($self, bases, /)")]
    fn __mro_entries__(this: &Value, _bases: &Value) -> PyResult {
        Err(type_error(format!(
            "Cannot subclass {}",
            abstract_ops::repr(this)?
        )))
    }
    #[pymethod("__instancecheck__($self, instance, /)")]
    fn __instancecheck__(&self, instance: &Value) -> PyResult<bool> {
        self.check_members("isinstance")?;
        for arg in self.args.as_slice() {
            if abstract_ops::isinstance(instance, arg)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[pymethod("__subclasscheck__($self, cls, /)")]
    fn __subclasscheck__(&self, class: &Value) -> PyResult<bool> {
        if class.downcast::<Type>().is_none() {
            return Err(type_error("issubclass() arg 1 must be a class"));
        }
        self.check_members("issubclass")?;
        for arg in self.args.as_slice() {
            if abstract_ops::issubclass(class, arg)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(_cls: &Value, object: &Value) -> PyResult {
        match object.downcast::<Tuple>() {
            Some(args) => from_args(args.as_slice()),
            None => from_args(std::slice::from_ref(object)),
        }
    }
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        static OR: Name = Name::new("or_");
        static REDUCE: Name = Name::new("reduce");
        let reduce = abstract_ops::getattr(&import_module("functools")?, &REDUCE)?;
        let or = abstract_ops::getattr(&import_module("operator")?, &OR)?;
        Ok(Tuple::new([reduce, Tuple::new([or, self.args.to_value()]).into_value()]).into_value())
    }
}
