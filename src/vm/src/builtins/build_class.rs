//! `__build_class__`: what a class statement calls.

use crate::abstract_ops;
use crate::exceptions::{PyResult, type_error};
use crate::names;
use crate::native::NativeClass;
use crate::object::{Ref, object_value};
use crate::objects::cell::CellObject;
use crate::objects::class::Type;
use crate::objects::class_new::calculate_metaclass;
use crate::objects::dict::Dict;
use crate::objects::function::Function;
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::value::Value;

static METACLASS: Name = Name::new("metaclass");

/// `__build_class__(function, name, *bases, metaclass=None, **keywords)`.
pub fn build_class(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
    let keyword_count = kwnames.map_or(0, Tuple::len);
    let positional = &args[..args.len() - keyword_count];
    let [function, name, original_bases @ ..] = positional else {
        return Err(type_error("__build_class__: not enough arguments"));
    };
    let Some(function) = function.downcast::<Function>() else {
        return Err(type_error("__build_class__: func must be a function"));
    };
    if name.downcast::<Str>().is_none() {
        return Err(type_error("__build_class__: name is not a string"));
    }
    let original = Tuple::from_slice(original_bases);
    let bases = resolve_bases(original_bases, &original)?;
    let changed = bases.is_some();
    let bases = bases.unwrap_or_else(|| original.clone());

    let mut metaclass: Option<Value> = None;
    let mut names_left = Vec::new();
    let mut values_left = Vec::new();
    for (i, key) in kwnames.map_or(&[][..], Tuple::as_slice).iter().enumerate() {
        let value = args[positional.len() + i].clone();
        if key
            .downcast::<Str>()
            .is_some_and(|k| k.same_text(&METACLASS))
        {
            metaclass = Some(value);
        } else {
            names_left.push(key.clone());
            values_left.push(value);
        }
    }
    let kwnames = Tuple::new(names_left);
    let kwnames = if kwnames.is_empty() {
        None
    } else {
        Some(&*kwnames)
    };
    let meta: Value = match metaclass {
        Some(meta) => meta,
        None => match bases.as_slice().first() {
            Some(base) => object_value(base.class()),
            None => object_value(Type::class()),
        },
    };
    let meta = match meta.downcast::<Type>() {
        Some(class) => calculate_metaclass(class, bases.as_slice())?.into_value(),
        None => meta,
    };
    let namespace = match abstract_ops::getattr_opt(&meta, &names::PREPARE)? {
        None => Dict::make().into_value(),
        Some(prepare) => {
            let mut arguments = vec![name.clone(), bases.to_value()];
            arguments.extend(values_left.iter().cloned());
            let namespace = abstract_ops::call_kw(&prepare, &arguments, kwnames)?;
            if namespace.class().slots().getitem.is_none() {
                let what = match meta.downcast::<Type>() {
                    Some(class) => class.name(),
                    None => "<metaclass>".to_owned(),
                };
                return Err(type_error(format!(
                    "{what}.__prepare__() must return a mapping, not {}",
                    namespace.class().name()
                )));
            }
            namespace
        }
    };
    let cell = crate::interpreter::run_class_body(function, &namespace)?;
    if changed {
        abstract_ops::setitem(
            &namespace,
            Ref::from_ref(names::ORIG_BASES.get()).as_value(),
            original.as_value(),
        )?;
    }
    let mut arguments = vec![name.clone(), bases.into_value(), namespace];
    arguments.extend(values_left);
    let class = abstract_ops::call_kw(&meta, &arguments, kwnames)?;
    if let Some(cell) = cell.downcast::<CellObject>()
        && class.downcast::<Type>().is_some()
    {
        match cell.get() {
            Some(found) if found.is(&class) => {}
            Some(found) => {
                return Err(type_error(format!(
                    "__class__ set to {} defining {} as {}",
                    abstract_ops::repr(&found)?,
                    abstract_ops::repr(name)?,
                    abstract_ops::repr(&class)?
                )));
            }
            None => {
                return Err(crate::exceptions::runtime_error(format!(
                    "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                    abstract_ops::repr(name)?,
                    abstract_ops::repr(&class)?
                )));
            }
        }
    }
    Ok(class)
}

/// Replaces bases that are no classes by what their `__mro_entries__` gives; `None` if there are none.
pub fn resolve_bases(bases: &[Value], original: &Ref<Tuple>) -> PyResult<Option<Ref<Tuple>>> {
    let mut resolved: Option<Vec<Value>> = None;
    for (i, base) in bases.iter().enumerate() {
        if base.downcast::<Type>().is_some() {
            if let Some(resolved) = &mut resolved {
                resolved.push(base.clone());
            }
            continue;
        }
        match abstract_ops::getattr_opt(base, &names::MRO_ENTRIES)? {
            None => {
                if let Some(resolved) = &mut resolved {
                    resolved.push(base.clone());
                }
            }
            Some(method) => {
                let entries = abstract_ops::call(&method, &[original.to_value()])?;
                let Some(entries) = entries.downcast::<Tuple>() else {
                    return Err(type_error("__mro_entries__ must return a tuple"));
                };
                resolved
                    .get_or_insert_with(|| bases[..i].to_vec())
                    .extend(entries.as_slice().iter().cloned());
            }
        }
    }
    Ok(resolved.map(Tuple::new))
}
