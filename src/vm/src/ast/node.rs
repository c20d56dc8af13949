//! `ast.AST`: how nodes are made, shown, copied and pickled.

use super::classes::{ATTRIBUTES, Classes, FIELD_TYPES, FIELDS};
use crate::abstract_ops;
use crate::exceptions::{
    DEPRECATION_WARNING, PyResult, RUNTIME_ERROR, raise_new, system_error, type_error,
};
use crate::memory::allocate_instance;
use crate::object::{Header, Ref, flags, object_value};
use crate::objects::class::Type;
use crate::objects::dict::Dict;
use crate::objects::generic_alias::GenericAlias;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::objects::union::Union;
use crate::shape;
use crate::value::Value;
use taipan_compiler::tree::grammar::Grammar;
use taipan_macros::{pyclass, pymethods};

#[pyclass(name = "AST", module = "ast", dict, gc)]
#[repr(C)]
pub struct Node {
    pub(super) header: Header,
}

/// The class's name in messages; `AST` itself has its module's too.
fn shown_name(class: &Type) -> String {
    if class.is_native::<Node>() {
        return "ast.AST".to_owned();
    }
    class.name()
}

/// `_fields` or `_attributes` of a class; nothing if there is no such attribute.
fn names_of(class: &Type, which: &Str) -> PyResult<Vec<Value>> {
    match abstract_ops::getattr_opt(&object_value(class), which)? {
        Some(names) => {
            abstract_ops::len(&names)?;
            abstract_ops::to_vec(&names)
        }
        None => Ok(Vec::new()),
    }
}

fn set(object: &Value, name: &Value, value: &Value) -> PyResult<()> {
    match name.downcast::<Str>() {
        Some(name) => abstract_ops::setattr(object, name, Some(value)),
        None => Err(type_error(format!(
            "attribute name must be string, not '{}'",
            name.class().name()
        ))),
    }
}

/// The position of a name among `names`, by equality.
fn position(names: &[Value], name: &Value) -> PyResult<Option<usize>> {
    for (index, other) in names.iter().enumerate() {
        if abstract_ops::equals(other, name)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Whether the annotation of a field says that it may be missing.
fn is_optional(types: &Dict, field: &Value) -> PyResult<bool> {
    Ok(types
        .get(field)?
        .is_some_and(|ty| ty.downcast::<Union>().is_some()))
}

/// `_field_types`, if the class has it.
fn field_types(class: &Type) -> PyResult<Option<Value>> {
    abstract_ops::getattr_opt(&object_value(class), &FIELD_TYPES)
}

fn as_dict(types: &Value) -> PyResult<&Dict> {
    types
        .downcast::<Dict>()
        .ok_or_else(|| system_error("_field_types is not a dict"))
}

/// Gives a field that was not passed to the constructor its value.
fn fill_field(this: &Value, field: &Value, types: &Dict) -> PyResult<()> {
    let class = this.class();
    let Some(ty) = types.get(field)? else {
        let message = format!(
            "Field {} is missing from {}._field_types. This will become an error in Python 3.15.",
            abstract_ops::repr(field)?,
            shown_name(class)
        );
        return crate::warnings::warn(DEPRECATION_WARNING.get(), &message, 1);
    };
    if ty.downcast::<Union>().is_some() {
        // None, by the class.
        return Ok(());
    }
    if ty.downcast::<GenericAlias>().is_some() {
        return set(this, field, &List::make(Vec::new()).into_value());
    }
    let (grammar, classes) = (Grammar::get(), Classes::get()?);
    let context = grammar.find("expr_context");
    if context.is_some_and(|context| ty.is(&object_value(classes.class(context)))) {
        let load = grammar.find("Load").and_then(|load| classes.instance(load));
        return set(this, field, load.unwrap_or(&Value::none()));
    }
    let message = format!(
        "{}.__init__ missing 1 required positional argument: {}. This will become an error in \
         Python 3.15.",
        shown_name(class),
        abstract_ops::repr(field)?
    );
    crate::warnings::warn(DEPRECATION_WARNING.get(), &message, 1)
}

#[pymethods]
impl Node {
    #[pyslot]
    fn new(class: &Type, _args: &[Value], _kwnames: Option<&Tuple>) -> PyResult {
        let native = Node {
            header: Header::fresh(),
        };
        Ok(allocate_instance(class, native).into_value())
    }

    #[pyslot]
    fn init(this: &Value, args: &[Value], kwnames: Option<&Tuple>) -> PyResult<()> {
        let class = this.class();
        let fields = names_of(class, &FIELDS)?;
        let names = kwnames.map_or(&[][..], Tuple::as_slice);
        let (plain, values) = args.split_at(args.len() - names.len());
        if plain.len() > fields.len() {
            return Err(type_error(format!(
                "{} constructor takes at most {} positional argument{}",
                class.name(),
                fields.len(),
                if fields.len() == 1 { "" } else { "s" }
            )));
        }
        let mut given = vec![false; fields.len()];
        for (index, value) in plain.iter().enumerate() {
            set(this, &fields[index], value)?;
            given[index] = true;
        }
        for (name, value) in names.iter().zip(values) {
            match position(&fields, name)? {
                Some(index) if given[index] => {
                    return Err(type_error(format!(
                        "{} got multiple values for argument {}",
                        class.name(),
                        abstract_ops::repr(name)?
                    )));
                }
                Some(index) => given[index] = true,
                None => {
                    let attributes = names_of(class, &ATTRIBUTES)?;
                    if position(&attributes, name)?.is_none() {
                        let message = format!(
                            "{}.__init__ got an unexpected keyword argument {}. Support for \
                             arbitrary keyword arguments is deprecated and will be removed in \
                             Python 3.15.",
                            shown_name(class),
                            abstract_ops::repr(name)?
                        );
                        crate::warnings::warn(DEPRECATION_WARNING.get(), &message, 1)?;
                    }
                }
            }
            set(this, name, value)?;
        }
        if given.iter().all(|given| *given) {
            return Ok(());
        }
        let Some(types) = field_types(class)? else {
            return Ok(());
        };
        let types = as_dict(&types)?;
        for (field, given) in fields.iter().zip(&given) {
            if !given {
                fill_field(this, field, types)?;
            }
        }
        Ok(())
    }

    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        shown(this, 3)
    }

    #[pymethod("__reduce__($self, /)")]
    fn __reduce__(this: &Value) -> PyResult {
        let class = object_value(this.class());
        let Some(dict) = instance_dict(this) else {
            return Ok(Tuple::new([class, Tuple::empty().into_value()]).into_value());
        };
        // None for each leading field that is set: so the constructor does not warn of them.
        let mut placeholders = Vec::new();
        for field in names_of(this.class(), &FIELDS)? {
            if !dict.contains(&field)? {
                break;
            }
            placeholders.push(Value::none());
        }
        let placeholders = Tuple::new(placeholders).into_value();
        Ok(Tuple::new([class, placeholders, dict.into_value()]).into_value())
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[pymethod("__replace__", raw)]
    fn __replace__(args: &[Value], kwnames: Option<&Tuple>) -> PyResult {
        let names = kwnames.map_or(&[][..], Tuple::as_slice);
        let (plain, values) = args.split_at(args.len() - names.len());
        let [this] = plain else {
            return Err(type_error("__replace__() takes no positional arguments"));
        };
        let class = this.class();
        let mut known = names_of(class, &FIELDS)?;
        let attributes = names_of(class, &ATTRIBUTES)?;
        let old = instance_dict(this).unwrap_or_else(Dict::make);
        check_replacement(&old, names, class, &known, &attributes)?;
        known.extend(attributes);
        let dict = Dict::make();
        for (name, value) in old.items() {
            if position(&known, &name)?.is_some() {
                dict.insert(name, value)?;
            }
        }
        for (name, value) in names.iter().zip(values) {
            dict.insert(name.clone(), value.clone())?;
        }
        let mut keywords = Vec::new();
        let mut arguments = Vec::new();
        for (name, value) in dict.items() {
            if name.downcast::<Str>().is_none() {
                return Err(type_error("keywords must be strings"));
            }
            keywords.push(name);
            arguments.push(value);
        }
        let keywords = Tuple::new(keywords);
        abstract_ops::call_kw(&object_value(class), &arguments, Some(&keywords))
    }
}

/// A copy of the instance's dictionary.
fn instance_dict(this: &Value) -> Option<Ref<Dict>> {
    Some(shape::dict_of(this.header()?).copy())
}

/// All fields are there or given anew, and nothing else is given.
fn check_replacement(
    dict: &Dict,
    names: &[Value],
    class: &Type,
    fields: &[Value],
    attributes: &[Value],
) -> PyResult<()> {
    let mut missing = vec![true; fields.len()];
    for (name, _) in dict.items() {
        if let Some(index) = position(fields, &name)? {
            missing[index] = false;
        }
    }
    for name in names {
        match position(fields, name)? {
            Some(index) => missing[index] = false,
            None if position(attributes, name)?.is_some() => {}
            None => {
                return Err(type_error(format!(
                    "{}.__replace__ got an unexpected keyword argument {}.",
                    shown_name(class),
                    abstract_ops::repr(name)?
                )));
            }
        }
    }
    let types = field_types(class)?;
    let types = types.as_ref().map(as_dict).transpose()?;
    let mut absent = Vec::new();
    for (field, missing) in fields.iter().zip(missing) {
        let optional = match types {
            Some(types) => is_optional(types, field)?,
            None => false,
        };
        if missing && !optional {
            absent.push(abstract_ops::repr(field)?.to_string());
        }
    }
    if absent.is_empty() {
        return Ok(());
    }
    absent.sort();
    Err(type_error(format!(
        "{}.__replace__ missing {} keyword argument{}: {}.",
        shown_name(class),
        absent.len(),
        if absent.len() == 1 { "" } else { "s" },
        absent.join(", ")
    )))
}

/// `repr` to a depth; what lies deeper is `Name(...)`.
fn shown(this: &Value, depth: usize) -> PyResult<String> {
    let name = shown_name(this.class());
    let Some(header) = this.header() else {
        return Err(raise_new(RUNTIME_ERROR.get(), "a node is an object"));
    };
    if depth == 0 || header.has(flags::IN_REPR) {
        return Ok(format!("{name}(...)"));
    }
    header.set(flags::IN_REPR);
    let parts = shown_fields(this, depth);
    header.unset(flags::IN_REPR);
    Ok(format!("{name}({})", parts?.join(", ")))
}

fn shown_fields(this: &Value, depth: usize) -> PyResult<Vec<String>> {
    let mut parts = Vec::new();
    let fields = abstract_ops::getattr(&object_value(this.class()), &FIELDS)?;
    for field in abstract_ops::to_vec(&fields)? {
        let Some(name) = field.downcast::<Str>() else {
            return Err(type_error(format!(
                "attribute name must be string, not '{}'",
                field.class().name()
            )));
        };
        let value = abstract_ops::getattr(this, name)?;
        let text = match value.downcast::<List>() {
            Some(list) => shown_items(&value, list.to_vec(), depth)?,
            None => match value.downcast::<Tuple>() {
                Some(tuple) => shown_items(&value, tuple.as_slice().to_vec(), depth)?,
                None => shown_item(&value, depth)?,
            },
        };
        parts.push(format!("{name}={text}"));
    }
    Ok(parts)
}

fn shown_item(value: &Value, depth: usize) -> PyResult<String> {
    match value.downcast::<Node>() {
        Some(_) => shown(value, depth - 1),
        None => Ok(abstract_ops::repr(value)?.to_string()),
    }
}

/// The first and the last item of a list or tuple.
fn shown_items(sequence: &Value, items: Vec<Value>, depth: usize) -> PyResult<String> {
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return Ok(abstract_ops::repr(sequence)?.to_string());
    };
    let mut parts = vec![shown_item(first, depth)?];
    if items.len() > 2 {
        parts.push("...".to_owned());
    }
    if items.len() > 1 {
        parts.push(shown_item(last, depth)?);
    }
    let text = parts.join(", ");
    Ok(match sequence.downcast::<List>() {
        Some(_) => format!("[{text}]"),
        None => format!("({text})"),
    })
}
