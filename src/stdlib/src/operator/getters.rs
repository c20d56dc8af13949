//! `itemgetter`, `attrgetter` and `methodcaller`.

use crate::functools::split;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops::{self as ops, LoadedMethod};
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::memory::allocate_instance;
use taipan_vm::object::{Header, Ref, flags, object_value};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::object::full_name;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// The one argument of a call of a getter.
fn only_argument<'a>(
    name: &str,
    args: &'a [Value],
    kwnames: Option<&Tuple>,
) -> PyResult<&'a Value> {
    if kwnames.is_some_and(|names| !names.is_empty()) {
        return Err(type_error(format!("{name}() takes no keyword arguments")));
    }
    match args {
        [only] => Ok(only),
        _ => Err(type_error(format!(
            "{name} expected 1 argument, got {}",
            args.len()
        ))),
    }
}

fn no_keywords(name: &str, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
    if kwnames.is_some_and(|names| !names.is_empty()) {
        return Err(type_error(format!("{name}() takes no keyword arguments")));
    }
    if args.is_empty() {
        return Err(type_error(format!("{name} expected 1 argument, got 0")));
    }
    Ok(())
}

/// `operator.itemgetter(1, 2)`; an object that is inside itself shows as `...`.
fn shown(this: &Value, parts: impl FnOnce() -> PyResult<Vec<String>>) -> PyResult<String> {
    let name = full_name(this.class());
    let Some(header) = this.header() else {
        return Ok(name);
    };
    if header.has(flags::IN_REPR) {
        return Ok(format!("{name}(...)"));
    }
    header.set(flags::IN_REPR);
    let parts = parts();
    header.unset(flags::IN_REPR);
    Ok(format!("{name}({})", parts?.join(", ")))
}

fn repr_text(value: &Value) -> PyResult<String> {
    Ok(ops::repr(value)?.to_rust().into_owned())
}

/// Return a callable object that fetches the given item(s) from its operand.
///
/// After f = itemgetter(2), the call f(r) returns r[2].
/// After g = itemgetter(2, 5, 3), the call g(r) returns (r[2], r[5], r[3])
#[pyclass(
    name = "itemgetter",
    module = "operator",
    signature = "itemgetter(item, /, *items)",
    gc,
    final
)]
#[repr(C)]
pub struct ItemGetter {
    header: Header,
    items: Ref<Tuple>,
}

#[pymethods]
impl ItemGetter {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        no_keywords("itemgetter", args, kwnames)?;
        let native = ItemGetter {
            header: Header::fresh(),
            items: Tuple::from_slice(args),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let object = only_argument("itemgetter", args, kwnames)?;
        // SAFETY: the slot's caller checked the class.
        let items = &unsafe { this.downcast_unchecked::<ItemGetter>() }.items;
        if let [item] = items.as_slice() {
            return ops::getitem(object, item);
        }
        let found: PyResult<Vec<Value>> = items
            .as_slice()
            .iter()
            .map(|item| ops::getitem(object, item))
            .collect();
        Ok(Tuple::new(found?).into_value())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: as above.
        let items = unsafe { this.downcast_unchecked::<ItemGetter>() }
            .items
            .clone();
        shown(this, || items.as_slice().iter().map(repr_text).collect())
    }
    /// Return state information for pickling
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let items = unsafe { this.downcast_unchecked::<ItemGetter>() }
            .items
            .to_value();
        Ok(Tuple::new([object_value(this.class()), items]).into_value())
    }
}

/// Return a callable object that fetches the given attribute(s) from its operand.
///
/// After f = attrgetter('name'), the call f(r) returns r.name.
/// After g = attrgetter('name', 'date'), the call g(r) returns (r.name, r.date).
/// After h = attrgetter('name.first', 'name.last'), the call h(r) returns
/// (r.name.first, r.name.last).
#[pyclass(
    name = "attrgetter",
    module = "operator",
    signature = "attrgetter(attr, /, *attrs)",
    gc,
    final
)]
#[repr(C)]
pub struct AttrGetter {
    header: Header,
    names: Ref<Tuple>,
    /// Each name taken apart at its dots.
    #[no_gc]
    paths: Vec<Vec<Ref<Str>>>,
}

fn follow(object: &Value, path: &[Ref<Str>]) -> PyResult {
    let mut at = object.clone();
    for name in path {
        at = ops::getattr(&at, name)?;
    }
    Ok(at)
}

#[pymethods]
impl AttrGetter {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        no_keywords("attrgetter", args, kwnames)?;
        let mut paths = Vec::with_capacity(args.len());
        for arg in args {
            let Some(name) = arg.downcast::<Str>() else {
                return Err(type_error("attribute name must be a string"));
            };
            paths.push(match name.as_ascii() {
                Some(text) => text.split('.').map(Str::intern).collect(),
                None => split_points(name),
            });
        }
        let native = AttrGetter {
            header: Header::fresh(),
            names: Tuple::from_slice(args),
            paths,
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let object = only_argument("attrgetter", args, kwnames)?;
        // SAFETY: the slot's caller checked the class.
        let paths = &unsafe { this.downcast_unchecked::<AttrGetter>() }.paths;
        if let [path] = &paths[..] {
            return follow(object, path);
        }
        let found: PyResult<Vec<Value>> = paths.iter().map(|path| follow(object, path)).collect();
        Ok(Tuple::new(found?).into_value())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: as above.
        let names = unsafe { this.downcast_unchecked::<AttrGetter>() }
            .names
            .clone();
        shown(this, || names.as_slice().iter().map(repr_text).collect())
    }
    /// Return state information for pickling
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let names = unsafe { this.downcast_unchecked::<AttrGetter>() }
            .names
            .to_value();
        Ok(Tuple::new([object_value(this.class()), names]).into_value())
    }
}

/// Splits a name with any code points, lone surrogates among them.
fn split_points(name: &Str) -> Vec<Ref<Str>> {
    let points: Vec<u32> = name.code_points().collect();
    points
        .split(|&point| point == u32::from(b'.'))
        .map(|part| Str::from_code_points(part).interned())
        .collect()
}

/// Return a callable object that calls the given method on its operand.
///
/// After f = methodcaller('name'), the call f(r) returns r.name().
/// After g = methodcaller('name', 'date', foo=1), the call g(r) returns
/// r.name('date', foo=1).
#[pyclass(
    name = "methodcaller",
    module = "operator",
    signature = "methodcaller(name, /, *args, **kwargs)",
    gc,
    final
)]
#[repr(C)]
pub struct MethodCaller {
    header: Header,
    #[no_gc]
    name: Ref<Str>,
    /// The positional arguments, then the values of the keywords.
    arguments: Ref<Tuple>,
    keywords: Option<Ref<Tuple>>,
}

impl MethodCaller {
    fn parts(&self) -> (&[Value], &[Value], &[Value]) {
        split(self.arguments.as_slice(), self.keywords.as_deref())
    }
}

#[pymethods]
impl MethodCaller {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let (plain, _, _) = split(args, kwnames);
        let Some(first) = plain.first() else {
            return Err(type_error(
                "methodcaller needs at least one argument, the method name",
            ));
        };
        let Some(name) = first.downcast::<Str>() else {
            return Err(type_error("method name must be a string"));
        };
        let native = MethodCaller {
            header: Header::fresh(),
            name: name.interned(),
            arguments: Tuple::from_slice(&args[1..]),
            keywords: kwnames
                .filter(|names| !names.is_empty())
                .map(|names| Tuple::from_slice(names.as_slice())),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let object = only_argument("methodcaller", args, kwnames)?;
        // SAFETY: the slot's caller checked the class.
        let caller = unsafe { this.downcast_unchecked::<MethodCaller>() };
        let arguments = caller.arguments.as_slice();
        let keywords = caller.keywords.as_deref();
        match ops::load_method(object, &caller.name)? {
            LoadedMethod::Plain(method) => ops::call_kw(&method, arguments, keywords),
            LoadedMethod::Unbound(method) => ops::with_first(object, arguments, |all| {
                ops::call_kw(&method, all, keywords)
            }),
        }
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: as above.
        let caller = unsafe { this.downcast_unchecked::<MethodCaller>() };
        shown(this, || {
            let (plain, names, values) = caller.parts();
            let mut parts = vec![repr_text(caller.name.as_value())?];
            for value in plain {
                parts.push(repr_text(value)?);
            }
            for (name, value) in names.iter().zip(values) {
                parts.push(format!(
                    "{}={}",
                    ops::str(name)?.to_rust(),
                    repr_text(value)?
                ));
            }
            Ok(parts)
        })
    }
    /// Return state information for pickling
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let caller = unsafe { this.downcast_unchecked::<MethodCaller>() };
        let (plain, names, values) = caller.parts();
        let class = object_value(this.class());
        if names.is_empty() {
            let mut all = vec![caller.name.to_value()];
            all.extend_from_slice(plain);
            return Ok(Tuple::new([class, Tuple::new(all).into_value()]).into_value());
        }
        // The keywords are bound by a partial, because pickling passes positional arguments only.
        let functools = taipan_vm::import::import_module("functools")?;
        let partial = ops::getattr(&functools, &Str::intern("partial"))?;
        let mut all = vec![class, caller.name.to_value()];
        all.extend_from_slice(values);
        let bound = ops::call_kw(&partial, &all, caller.keywords.as_deref())?;
        Ok(Tuple::new([bound, Tuple::from_slice(plain).into_value()]).into_value())
    }
}
