//! `match`.

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, type_error};
use crate::interpreter::dispatch::{Flow, State};
use crate::names;
use crate::objects::bytearray::Bytearray;
use crate::objects::bytes::Bytes;
use crate::objects::class::{Type, TypeFlags};
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::{Raw, Value};

pub fn get_len(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    match abstract_ops::len(&s.top(0).peek()) {
        Ok(length) => {
            s.push_value(Value::int(length as i64));
            Flow::Next
        }
        Err(_) => Flow::Raise,
    }
}

fn push_flag(s: &mut State, flag: TypeFlags) -> Flow {
    let has = s.top(0).peek().class().has(flag);
    s.push(Raw::bool(has));
    Flow::Next
}

pub fn match_mapping(s: &mut State, _oparg: u32) -> Flow {
    push_flag(s, TypeFlags::MAPPING)
}

pub fn match_sequence(s: &mut State, _oparg: u32) -> Flow {
    // The flag says that it can be iterated by index; as a pattern's subject bytes are no sequence.
    let subject = s.top(0).peek();
    if subject.downcast::<Bytes>().is_some() || subject.downcast::<Bytearray>().is_some() {
        s.push(Value::bool(false).raw());
        return Flow::Next;
    }
    push_flag(s, TypeFlags::SEQUENCE)
}

/// Stack: subject, keys.
pub fn match_keys(s: &mut State, _oparg: u32) -> Flow {
    s.save();
    let (subject, keys) = (s.top(1).to_value(), s.top(0).to_value());
    match keys_of(&subject, &keys) {
        Ok(value) => {
            s.push_value(value);
            Flow::Next
        }
        Err(_) => Flow::Raise,
    }
}

fn keys_of(subject: &Value, keys: &Value) -> PyResult {
    let keys = keys
        .downcast::<Tuple>()
        .ok_or_else(|| type_error("keys must be a tuple"))?;
    static GET: crate::objects::str::Name = crate::objects::str::Name::new("get");
    let seen = Dict::make();
    let mut values = Vec::with_capacity(keys.len());
    let missing = crate::objects::object::Object::allocate(
        <crate::objects::object::Object as crate::native::NativeClass>::class(),
    )
    .into_value();
    for key in keys.as_slice() {
        if seen.contains(key)? {
            return Err(exceptions::value_error(format!(
                "mapping pattern checks duplicate key ({})",
                abstract_ops::repr(key)?
            )));
        }
        seen.insert(key.clone(), Value::none())?;
        // `get` with a default never calls `__missing__`.
        let value = abstract_ops::call_method(subject, &GET, &[key.clone(), missing.clone()])?;
        if value.is(&missing) {
            return Ok(Value::none());
        }
        values.push(value);
    }
    Ok(Tuple::new(values).into_value())
}

/// Stack: subject, class, names of attributes.
pub fn match_class(s: &mut State, oparg: u32) -> Flow {
    s.save();
    let (subject, class, keywords) = (
        s.top(2).to_value(),
        s.top(1).to_value(),
        s.top(0).to_value(),
    );
    let result = attributes(&subject, &class, oparg as usize, &keywords);
    s.replace(3, result)
}

fn attributes(subject: &Value, class: &Value, positional: usize, keywords: &Value) -> PyResult {
    let Some(class_type) = class.downcast::<Type>() else {
        return Err(type_error("called match pattern must be a class"));
    };
    if !abstract_ops::isinstance(subject, class)? {
        return Ok(Value::none());
    }
    let mut seen: Vec<Value> = Vec::new();
    let mut values = Vec::new();
    let mut attribute = |name: &Value, values: &mut Vec<Value>| -> PyResult<bool> {
        for other in &seen {
            if abstract_ops::equals(other, name)? {
                return Err(type_error(format!(
                    "{}() got multiple sub-patterns for attribute {}",
                    class_type.name(),
                    abstract_ops::repr(name)?
                )));
            }
        }
        seen.push(name.clone());
        let text = name.downcast::<Str>().expect("checked below");
        match abstract_ops::getattr_opt(subject, text)? {
            Some(value) => {
                values.push(value);
                Ok(true)
            }
            None => Ok(false),
        }
    };
    if positional > 0 {
        let match_args = abstract_ops::getattr_opt(class, &names::MATCH_ARGS)?;
        let allowed = match &match_args {
            Some(args) => {
                let Some(args) = args.downcast_exact::<Tuple>() else {
                    return Err(type_error(format!(
                        "{}.__match_args__ must be a tuple (got {})",
                        class_type.name(),
                        args.class().name()
                    )));
                };
                args.len()
            }
            None if class_type.has(TypeFlags::MATCH_SELF) => 1,
            None => 0,
        };
        if positional > allowed {
            return Err(type_error(format!(
                "{}() accepts {allowed} positional sub-pattern{} ({positional} given)",
                class_type.name(),
                if allowed == 1 { "" } else { "s" }
            )));
        }
        match &match_args {
            None => values.push(subject.clone()),
            Some(args) => {
                let args = args.downcast_exact::<Tuple>().expect("checked above");
                for name in &args.as_slice()[..positional] {
                    if name.downcast::<Str>().is_none() {
                        return Err(type_error(format!(
                            "__match_args__ elements must be strings (got {})",
                            name.class().name()
                        )));
                    }
                    if !attribute(name, &mut values)? {
                        return Ok(Value::none());
                    }
                }
            }
        }
    }
    let keywords = keywords
        .downcast::<Tuple>()
        .ok_or_else(|| type_error("names must be a tuple"))?;
    for name in keywords.as_slice() {
        if !attribute(name, &mut values)? {
            return Ok(Value::none());
        }
    }
    Ok(Tuple::new(values).into_value())
}
