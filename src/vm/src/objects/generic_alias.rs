//! `types.GenericAlias`: `list[int]`, and the substitution of type parameters that it shares with
//! `typing.Union`.

use crate::abstract_ops;
use crate::exceptions::{ATTRIBUTE_ERROR, PyResult, TYPE_ERROR, catch, type_error};
use crate::gc::Field;
use crate::memory::allocate_instance;
use crate::names;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::{CompareOp, Type};
use crate::objects::list::List;
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::value::Value;
use std::cell::Cell;
use taipan_macros::{pyclass, pymethods};

static ORIGIN: Name = Name::new("__origin__");
static ARGS: Name = Name::new("__args__");
static PARAMETERS: Name = Name::new("__parameters__");
static TYPING_SUBST: Name = Name::new("__typing_subst__");
static UNPACKED_ARGS: Name = Name::new("__typing_unpacked_tuple_args__");

/// Represent a PEP 585 generic type
///
/// E.g. for t = list[int], t.__origin__ is list and t.__args__ is (int,).
#[pyclass(name = "GenericAlias", module = "types", gc, weakref)]
#[repr(C)]
pub struct GenericAlias {
    header: Header,
    origin: Value,
    args: Ref<Tuple>,
    parameters: Field<Option<Ref<Tuple>>>,
    /// `*tuple[int, ...]`
    #[no_gc]
    starred: Cell<bool>,
}

impl GenericAlias {
    fn native(origin: &Value, args: &Value, starred: bool) -> GenericAlias {
        let args = match args.downcast::<Tuple>() {
            Some(args) => Ref::from_ref(args),
            None => Tuple::from_slice(std::slice::from_ref(args)),
        };
        GenericAlias {
            header: Header::fresh(),
            origin: origin.clone(),
            args,
            parameters: Field::new(None),
            starred: Cell::new(starred),
        }
    }
    fn parameters(&self) -> PyResult<Ref<Tuple>> {
        if let Some(parameters) = self.parameters.get() {
            return Ok(parameters);
        }
        let parameters = collect_parameters(self.args.as_slice())?;
        self.parameters.set(Some(parameters.clone()));
        Ok(parameters)
    }
    pub fn origin(&self) -> &Value {
        &self.origin
    }
}

/// `origin[args]`
pub fn new_alias(origin: &Value, args: &Value) -> PyResult {
    Ok(Ref::new(GenericAlias::native(origin, args, false)).into_value())
}

fn is_type_variable(value: &Value) -> PyResult<bool> {
    if value.downcast::<Type>().is_some() {
        return Ok(false);
    }
    Ok(abstract_ops::getattr_opt(value, &TYPING_SUBST)?.is_some())
}

/// The type variables in these arguments, each once.
pub(super) fn collect_parameters(args: &[Value]) -> PyResult<Ref<Tuple>> {
    let mut found: Vec<Value> = Vec::new();
    fn add(found: &mut Vec<Value>, value: &Value) {
        if !found.iter().any(|other| other.is(value)) {
            found.push(value.clone());
        }
    }
    for arg in args {
        if arg.downcast::<Type>().is_some() {
            continue;
        }
        if is_type_variable(arg)? {
            add(&mut found, arg);
        } else if let Some(inner) = arg.downcast::<Tuple>() {
            let _guard = abstract_ops::enter_native("")?;
            for parameter in collect_parameters(inner.as_slice())?.as_slice() {
                add(&mut found, parameter);
            }
        } else if let Some(inner) = abstract_ops::getattr_opt(arg, &PARAMETERS)?
            && let Some(inner) = inner.downcast::<Tuple>()
        {
            for parameter in inner.as_slice() {
                add(&mut found, parameter);
            }
        }
    }
    Ok(Tuple::new(found))
}

/// The subscript's items; `*tuple[int, str]` among them counts as its arguments.
fn unpack(item: &Value) -> PyResult<Vec<Value>> {
    let items = match item.downcast::<Tuple>() {
        Some(items) => items.as_slice().to_vec(),
        None => vec![item.clone()],
    };
    let mut unpacked = Vec::with_capacity(items.len());
    for item in items {
        if item.downcast::<Type>().is_none()
            && let Some(inner) = abstract_ops::getattr_opt(&item, &UNPACKED_ARGS)?
            && let Some(inner) = inner.downcast::<Tuple>()
            && !inner.as_slice().last().is_some_and(Value::is_ellipsis)
        {
            unpacked.extend(inner.as_slice().iter().cloned());
            continue;
        }
        unpacked.push(item);
    }
    Ok(unpacked)
}

/// An argument that is itself generic, with its parameters replaced.
fn substitute_inside(arg: &Value, parameters: &[Value], items: &[Value]) -> PyResult {
    let Some(inner) = abstract_ops::getattr_opt(arg, &PARAMETERS)? else {
        return Ok(arg.clone());
    };
    let Some(inner) = inner.downcast::<Tuple>().filter(|inner| !inner.is_empty()) else {
        return Ok(arg.clone());
    };
    let mut replaced = Vec::new();
    for parameter in inner.as_slice() {
        match parameters.iter().position(|other| other.is(parameter)) {
            Some(index) => {
                let item = &items[index];
                match item.downcast::<Tuple>() {
                    Some(many) if parameter.class().slots().iter.is_some() => {
                        replaced.extend(many.as_slice().iter().cloned());
                    }
                    _ => replaced.push(item.clone()),
                }
            }
            None => replaced.push(parameter.clone()),
        }
    }
    abstract_ops::getitem(arg, Tuple::new(replaced).as_value())
}

fn is_unpacked_variable(arg: &Value) -> PyResult<bool> {
    static IS_UNPACKED: Name = Name::new("__typing_is_unpacked_typevartuple__");
    if arg.downcast::<Type>().is_some() {
        return Ok(false);
    }
    match abstract_ops::getattr_opt(arg, &IS_UNPACKED)? {
        Some(answer) => abstract_ops::is_true(&answer),
        None => Ok(false),
    }
}

/// `alias[item]`: the arguments with `parameters` replaced.
pub(super) fn substitute(
    alias: &Value,
    args: &[Value],
    parameters: &[Value],
    item: &Value,
) -> PyResult<Vec<Value>> {
    static PREPARE: Name = Name::new("__typing_prepare_subst__");
    if parameters.is_empty() {
        return Err(type_error(format!(
            "{} is not a generic class",
            abstract_ops::repr(alias)?
        )));
    }
    let mut items = unpack(item)?;
    for parameter in parameters {
        if let Some(prepare) = abstract_ops::getattr_opt(parameter, &PREPARE)?
            && !prepare.is_none()
        {
            let packed = Tuple::new(items).into_value();
            let prepared = abstract_ops::call(&prepare, &[alias.clone(), packed])?;
            items = match prepared.downcast::<Tuple>() {
                Some(prepared) => prepared.as_slice().to_vec(),
                None => vec![prepared],
            };
        }
    }
    if items.len() != parameters.len() {
        return Err(type_error(format!(
            "Too {} arguments for {}; actual {}, expected {}",
            if items.len() > parameters.len() {
                "many"
            } else {
                "few"
            },
            abstract_ops::repr(alias)?,
            items.len(),
            parameters.len()
        )));
    }
    let mut replaced = Vec::with_capacity(args.len());
    for arg in args {
        if arg.downcast::<Type>().is_some() {
            replaced.push(arg.clone());
            continue;
        }
        if let Some(inner) = arg.downcast::<Tuple>() {
            let _guard = abstract_ops::enter_native("")?;
            let inner = substitute(
                alias,
                inner.as_slice(),
                parameters,
                &Tuple::new(items.clone()).into_value(),
            );
            replaced.push(Tuple::new(inner?).into_value());
            continue;
        }
        let unpacked = is_unpacked_variable(arg)?;
        let new = match abstract_ops::getattr_opt(arg, &TYPING_SUBST)? {
            Some(subst) => {
                let Some(index) = parameters.iter().position(|other| other.is(arg)) else {
                    return Err(type_error(format!(
                        "{} is not a parameter",
                        abstract_ops::repr(arg)?
                    )));
                };
                abstract_ops::call(&subst, std::slice::from_ref(&items[index]))?
            }
            None => substitute_inside(arg, parameters, &items)?,
        };
        match new.downcast::<Tuple>() {
            Some(many) if unpacked => replaced.extend(many.as_slice().iter().cloned()),
            None if unpacked => {
                return Err(type_error(format!(
                    "expected __typing_subst__ of {} objects to return a tuple, not {}",
                    arg.class().name(),
                    new.class().name()
                )));
            }
            _ => replaced.push(new),
        }
    }
    Ok(replaced)
}

/// A type as annotations show it: classes by name, others by `repr`.
pub(super) fn type_repr(value: &Value) -> PyResult<String> {
    if value.is_ellipsis() {
        return Ok("...".to_owned());
    }
    let plain = |value: &Value| abstract_ops::repr(value).map(|text| text.to_string());
    if abstract_ops::getattr_opt(value, &ORIGIN)?.is_some()
        && abstract_ops::getattr_opt(value, &ARGS)?.is_some()
    {
        return plain(value);
    }
    let Some(qualname) = abstract_ops::getattr_opt(value, &names::QUALNAME)? else {
        return plain(value);
    };
    let Some(module) = abstract_ops::getattr_opt(value, &names::MODULE)?.filter(|m| !m.is_none())
    else {
        return plain(value);
    };
    let (qualname, module) = (abstract_ops::str(&qualname)?, abstract_ops::str(&module)?);
    if module.is_text("builtins") {
        return Ok(qualname.to_string());
    }
    Ok(format!("{module}.{qualname}"))
}

/// Attributes that are not the origin's.
const OWN: &[&str] = &[
    "__class__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
    "__copy__",
    "__deepcopy__",
];

/// Attributes that neither the alias nor the origin gives.
const BLOCKED: &[&str] = &["__bases__", "__copy__", "__deepcopy__"];

#[pymethods]
impl GenericAlias {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        if kwnames.is_some_and(|names| !names.is_empty()) {
            return Err(type_error("GenericAlias() takes no keyword arguments"));
        }
        let [origin, args] = args else {
            return Err(type_error(format!(
                "GenericAlias expected 2 arguments, got {}",
                args.len()
            )));
        };
        Ok(allocate_instance(class, GenericAlias::native(origin, args, false)).into_value())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        let mut parts = Vec::new();
        for arg in self.args.as_slice() {
            parts.push(match arg.downcast::<List>() {
                Some(list) => {
                    let inner = list
                        .to_vec()
                        .iter()
                        .map(type_repr)
                        .collect::<PyResult<Vec<_>>>()?;
                    format!("[{}]", inner.join(", "))
                }
                None => type_repr(arg)?,
            });
        }
        let args = if parts.is_empty() {
            "()".to_owned()
        } else {
            parts.join(", ")
        };
        let star = if self.starred.get() { "*" } else { "" };
        Ok(format!("{star}{}[{args}]", type_repr(&self.origin)?))
    }
    #[pyslot]
    fn hash(&self) -> PyResult<i64> {
        let hash = abstract_ops::hash(&self.origin)? ^ abstract_ops::hash(self.args.as_value())?;
        Ok(if hash == -1 { -2 } else { hash })
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        static ORIG_CLASS: Name = Name::new("__orig_class__");
        // SAFETY: the slot's caller checked the class.
        let alias = unsafe { this.downcast_unchecked::<GenericAlias>() };
        let object = abstract_ops::call_kw(&alias.origin, args, kwnames)?;
        if let Err(raised) = abstract_ops::setattr(&object, &ORIG_CLASS, Some(this))
            && catch(ATTRIBUTE_ERROR.get()).is_none()
            && catch(TYPE_ERROR.get()).is_none()
        {
            return Err(raised);
        }
        Ok(object)
    }
    #[pyslot]
    fn getattro(this: &Value, name: &Str) -> PyResult {
        // SAFETY: as above.
        let alias = unsafe { this.downcast_unchecked::<GenericAlias>() };
        let text = name.to_rust();
        if OWN.contains(&&*text) || BLOCKED.contains(&&*text) {
            return abstract_ops::generic_getattr(this, name);
        }
        abstract_ops::getattr(&alias.origin, name)
    }
    #[pyslot]
    fn richcompare(this: &Value, other: &Value, op: CompareOp) -> PyResult {
        let (Some(a), Some(b)) = (
            this.downcast::<GenericAlias>(),
            other.downcast::<GenericAlias>(),
        ) else {
            return Ok(Value::not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(Value::not_implemented());
        }
        let equal = a.starred.get() == b.starred.get()
            && abstract_ops::equals(&a.origin, &b.origin)?
            && abstract_ops::equals(a.args.as_value(), b.args.as_value())?;
        Ok(Value::bool(equal == (op == CompareOp::Eq)))
    }
    #[pyslot]
    fn getitem(this: &Value, item: &Value) -> PyResult {
        // SAFETY: as above.
        let alias = unsafe { this.downcast_unchecked::<GenericAlias>() };
        let parameters = alias.parameters()?;
        let args = substitute(this, alias.args.as_slice(), parameters.as_slice(), item)?;
        let args = Tuple::new(args).into_value();
        Ok(Ref::new(GenericAlias::native(
            &alias.origin,
            &args,
            alias.starred.get(),
        ))
        .into_value())
    }
    #[pyslot]
    fn or(left: &Value, right: &Value) -> PyResult {
        crate::objects::union::type_or(left, right)
    }
    #[pyslot]
    fn iter(this: &Value) -> PyResult {
        // SAFETY: as above.
        let alias = unsafe { this.downcast_unchecked::<GenericAlias>() };
        let starred = Ref::new(GenericAlias::native(
            &alias.origin,
            alias.args.as_value(),
            true,
        ));
        let once = Tuple::new([starred.into_value()]);
        Ok(crate::objects::tuple_iter::TupleIterator::new(once))
    }
    #[pygetset("__origin__")]
    fn get_origin(&self) -> Value {
        self.origin.clone()
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
    fn __unpacked__(&self) -> bool {
        self.starred.get()
    }
    #[pygetset]
    fn __typing_unpacked_tuple_args__(&self) -> Value {
        let tuple = object_value(<Tuple as crate::native::NativeClass>::class());
        if self.starred.get() && self.origin.is(&tuple) {
            self.args.to_value()
        } else {
            Value::none()
        }
    }
    #[pymethod("__mro_entries__($self, bases, /)")]
    fn __mro_entries__(&self, _bases: &Value) -> Value {
        Tuple::new([self.origin.clone()]).into_value()
    }
    #[pymethod("__instancecheck__($self, instance, /)")]
    fn __instancecheck__(&self, _instance: &Value) -> PyResult {
        Err(type_error(
            "isinstance() argument 2 cannot be a parameterized generic",
        ))
    }
    #[pymethod("__subclasscheck__($self, cls, /)")]
    fn __subclasscheck__(&self, _class: &Value) -> PyResult {
        Err(type_error(
            "issubclass() argument 2 cannot be a parameterized generic",
        ))
    }
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> PyResult {
        let plain = Tuple::new([self.origin.clone(), self.args.to_value()]);
        if self.starred.get() {
            let alias = Ref::new(GenericAlias::native(
                &self.origin,
                self.args.as_value(),
                false,
            ));
            let iterator = abstract_ops::iter(&alias.into_value())?;
            let next = crate::builtins::lookup("next")?;
            return Ok(Tuple::new([next, Tuple::new([iterator]).into_value()]).into_value());
        }
        let class = object_value(<GenericAlias as crate::native::NativeClass>::class());
        Ok(Tuple::new([class, plain.into_value()]).into_value())
    }
    #[pymethod("__dir__($self, /)")]
    fn __dir__(&self) -> PyResult {
        let dir = crate::builtins::lookup("dir")?;
        let listed = abstract_ops::call(&dir, std::slice::from_ref(&self.origin))?;
        let mut all = abstract_ops::to_vec(&listed)?;
        for name in OWN {
            let name = Str::intern(name).into_value();
            let mut known = false;
            for other in &all {
                known |= abstract_ops::equals(other, &name)?;
            }
            if !known {
                all.push(name);
            }
        }
        Ok(List::make(all).into_value())
    }
}
