//! `functools.partial` and its placeholder.

use super::split;
use smallvec::SmallVec;
use std::cell::UnsafeCell;
use taipan_macros::{pyclass, pymethods};
use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{PyResult, type_error};
use taipan_vm::gc::Field;
use taipan_vm::memory::allocate_instance;
use taipan_vm::names;
use taipan_vm::object::{Header, Ref, flags, object_value};
use taipan_vm::objects::class::Type;
use taipan_vm::objects::class_native::ensure;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::method::Method;
use taipan_vm::objects::object::full_name;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

/// The type of the Placeholder singleton.
///
/// Used as a placeholder for partial arguments.
#[pyclass(name = "_PlaceholderType", module = "functools", final)]
#[repr(C)]
pub struct PlaceholderType {
    header: Header,
}

struct Once(UnsafeCell<Option<Value>>);
// SAFETY: guarded by the GIL.
unsafe impl Sync for Once {}
static PLACEHOLDER: Once = Once(UnsafeCell::new(None));

/// The one instance.
pub fn placeholder() -> Value {
    ensure::<PlaceholderType>();
    // SAFETY: set at the first call, under the GIL.
    let slot = unsafe { &mut *PLACEHOLDER.0.get() };
    slot.get_or_insert_with(|| {
        Ref::new(PlaceholderType {
            header: Header::fresh(),
        })
        .into_value()
    })
    .clone()
}

#[pymethods]
impl PlaceholderType {
    #[pyslot("_PlaceholderType()")]
    fn new(_cls: &Type) -> PyResult {
        Ok(placeholder())
    }
    #[pyslot]
    fn repr(&self) -> PyResult<String> {
        Ok("Placeholder".to_owned())
    }
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(&self) -> &'static str {
        "Placeholder"
    }
}

/// Create a new function with partial application of the given arguments and keywords.
#[pyclass(
    name = "partial",
    module = "functools",
    signature = "partial(func, /, *args, **keywords)",
    gc,
    dict,
    weakref,
    method_descriptor
)]
#[repr(C)]
pub struct Partial {
    header: Header,
    function: Field<Value>,
    args: Field<Ref<Tuple>>,
    keywords: Field<Ref<Dict>>,
}

fn placeholders(args: &[Value]) -> usize {
    let placeholder = placeholder();
    args.iter().filter(|arg| arg.is(&placeholder)).count()
}

/// Fills placeholders of `args` with leading `more`, and appends the rest; what stays open stays.
fn fill(args: &[Value], more: &[Value]) -> SmallVec<[Value; 6]> {
    let placeholder = placeholder();
    let mut more = more.iter();
    let mut all: SmallVec<[Value; 6]> = args
        .iter()
        .map(|arg| {
            if arg.is(&placeholder) {
                more.next().unwrap_or(arg).clone()
            } else {
                arg.clone()
            }
        })
        .collect();
    all.extend(more.cloned());
    all
}

#[pymethods]
impl Partial {
    #[pyslot]
    fn new(class: &Type, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let (plain, names, values) = split(args, kwnames);
        let Some((function, rest)) = plain.split_first() else {
            return Err(type_error("type 'partial' takes at least one argument"));
        };
        if !abstract_ops::is_callable(function) {
            return Err(type_error("the first argument must be callable"));
        }
        let placeholder = placeholder();
        if rest.last().is_some_and(|last| last.is(&placeholder)) {
            return Err(type_error("trailing Placeholders are not allowed"));
        }
        if values.iter().any(|value| value.is(&placeholder)) {
            return Err(type_error(
                "Placeholder cannot be passed as a keyword argument",
            ));
        }
        let keywords = Dict::make();
        let (mut function, mut all) = (function.clone(), rest.iter().cloned().collect());
        // A plain partial of a partial is taken apart.
        if let Some(inner) = function
            .downcast::<Partial>()
            .filter(|_| function.is_exact(class))
        {
            all = fill(inner.args.get().as_slice(), rest);
            keywords.update(&inner.keywords.get())?;
            function = inner.function.get();
        }
        keywords.update_keywords(names, values)?;
        if all.last().is_some_and(|last| last.is(&placeholder)) {
            return Err(type_error("trailing Placeholders are not allowed"));
        }
        let native = Partial {
            header: Header::fresh(),
            function: Field::new(function),
            args: Field::new(Tuple::new(all)),
            keywords: Field::new(keywords),
        };
        Ok(allocate_instance(class, native).into_value())
    }
    #[pyslot]
    fn call(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        // SAFETY: the slot's caller checked the class.
        let partial = unsafe { this.downcast_unchecked::<Partial>() };
        let (plain, names, values) = split(args, kwnames);
        let own = partial.args.get();
        let open = placeholders(own.as_slice());
        if plain.len() < open {
            return Err(type_error(format!(
                "missing positional arguments in 'partial' call; expected at least {open}, got {}",
                plain.len()
            )));
        }
        let mut all = fill(own.as_slice(), plain);
        let keywords = partial.keywords.get();
        let function = partial.function.get();
        if keywords.is_empty() {
            all.extend(values.iter().cloned());
            return abstract_ops::call_kw(&function, &all, kwnames);
        }
        let merged = keywords.copy();
        merged.update_keywords(names, values)?;
        let (names, values): (Vec<Value>, Vec<Value>) = merged.items().into_iter().unzip();
        all.extend(values);
        abstract_ops::call_kw(&function, &all, Some(&Tuple::new(names)))
    }
    #[pyslot]
    fn descr_get(this: &Value, object: Option<&Value>, _owner: Option<&Type>) -> PyResult {
        Ok(match object.filter(|object| !object.is_none()) {
            Some(object) => Method::bind(this.clone(), object.clone()),
            None => this.clone(),
        })
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        // SAFETY: as above.
        let partial = unsafe { this.downcast_unchecked::<Partial>() };
        let name = full_name(this.class());
        let header = this.header().expect("a partial is an object");
        if header.has(flags::IN_REPR) {
            return Ok(format!("{name}(...)"));
        }
        header.set(flags::IN_REPR);
        let text = || -> PyResult<String> {
            let mut text = abstract_ops::repr(&partial.function.get())?
                .to_rust()
                .into_owned();
            for arg in partial.args.get().as_slice() {
                text.push_str(&format!(", {}", abstract_ops::repr(arg)?.to_rust()));
            }
            for (key, value) in partial.keywords.get().items() {
                let key = abstract_ops::str(&key)?;
                text.push_str(&format!(
                    ", {}={}",
                    key.to_rust(),
                    abstract_ops::repr(&value)?.to_rust()
                ));
            }
            Ok(text)
        };
        let text = text();
        header.unset(flags::IN_REPR);
        Ok(format!("{name}({})", text?))
    }
    /// function object to use in future partial calls
    #[pygetset]
    fn func(&self) -> Value {
        self.function.get()
    }
    /// tuple of arguments to future partial calls
    #[pygetset("args")]
    fn get_args(&self) -> Value {
        self.args.get().into_value()
    }
    /// dictionary of keyword arguments to future partial calls
    #[pygetset("keywords")]
    fn get_keywords(&self) -> Value {
        self.keywords.get().into_value()
    }
    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        // SAFETY: methods are called with instances of the class.
        let partial = unsafe { this.downcast_unchecked::<Partial>() };
        let dict = abstract_ops::instance_dict(this)
            .filter(|dict| !dict.is_empty())
            .map_or_else(Value::none, object_value);
        let state = [
            partial.function.get(),
            partial.args.get().into_value(),
            partial.keywords.get().into_value(),
            dict,
        ];
        let made_of = Tuple::new([partial.function.get()]).into_value();
        Ok(Tuple::new([
            object_value(this.class()),
            made_of,
            Tuple::new(state).into_value(),
        ])
        .into_value())
    }
    #[pymethod("__setstate__($self, state, /)")]
    fn __setstate__(this: &Value, state: &Value) -> PyResult<()> {
        // SAFETY: as above.
        let partial = unsafe { this.downcast_unchecked::<Partial>() };
        let invalid = || type_error("invalid partial state");
        let Some([function, args, keywords, dict]) = state.downcast::<Tuple>().map(Tuple::as_slice)
        else {
            return Err(invalid());
        };
        if !abstract_ops::is_callable(function) || args.downcast::<Tuple>().is_none() {
            return Err(invalid());
        }
        let keywords = match keywords.downcast::<Dict>() {
            Some(keywords) => keywords.copy(),
            None if keywords.is_none() => Dict::make(),
            None => return Err(invalid()),
        };
        partial.function.set(function.clone());
        partial.args.set(Tuple::new(abstract_ops::to_vec(args)?));
        partial.keywords.set(keywords);
        if !dict.is_none() {
            abstract_ops::setattr(this, &names::DICT, Some(dict))?;
        }
        Ok(())
    }
    #[pyclassmethod("__class_getitem__($type, object, /)")]
    fn __class_getitem__(cls: &Value, object: &Value) -> PyResult {
        taipan_vm::objects::generic_alias::new_alias(cls, object)
    }
}
