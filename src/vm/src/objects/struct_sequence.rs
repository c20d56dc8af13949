//! Named tuples made in Rust: `sys.version_info`, `os.stat_result`, `time.struct_time` …

use crate::abstract_ops;
use crate::exceptions::{self, PyResult, type_error};
use crate::names;
use crate::native::NativeClass;
use crate::object::{Ref, object_value};
use crate::objects::class::Type;
use crate::objects::dict::Dict;
use crate::objects::str::Str;
use crate::objects::tuple::Tuple;
use crate::value::Value;

/// Makes a class like those of CPython's struct sequences: a tuple of the first `visible` fields, with
/// every field as an attribute.
pub fn make_class(
    module: &str,
    name: &str,
    fields: &[&str],
    visible: usize,
    doc: &str,
) -> PyResult<Ref<Type>> {
    let dict = Dict::make();
    let string = |s: &str| Str::intern(s).into_value();
    dict.set_str(&names::MODULE, string(module));
    dict.set_str(&names::DOC, Str::new(doc).into_value());
    dict.set_str(
        &names::MATCH_ARGS,
        Tuple::new(
            fields[..visible]
                .iter()
                .map(|f| string(f))
                .collect::<Vec<_>>(),
        )
        .into_value(),
    );
    for (key, count) in [
        ("n_sequence_fields", visible),
        ("n_fields", fields.len()),
        ("n_unnamed_fields", 0),
    ] {
        dict.set_str(&Str::intern(key), Value::int(count as i64));
    }
    dict.set_str(
        &Str::intern("_fields_"),
        Tuple::new(fields.iter().map(|f| string(f)).collect::<Vec<_>>()).into_value(),
    );
    for (index, field) in fields.iter().enumerate().take(visible) {
        dict.set_str(
            &Str::intern(field),
            crate::objects::tuple_getter::TupleGetter::make(index as i64),
        );
    }
    let class = crate::objects::class_new::new_class(
        Type::class(),
        &Str::intern(name),
        &Tuple::new([object_value(Tuple::class())]),
        &dict,
        &[],
    )?;
    let Ok(class) = Ref::<Type>::from_value(class) else {
        unreachable!("type makes classes")
    };
    class.dict().set_str(
        &names::REPR,
        crate::objects::tuple_getter::StructRepr::make(),
    );
    class
        .dict()
        .set_str(&names::NEW, crate::objects::tuple_getter::StructNew::make());
    // What lookups found before these two is void.
    class.modified();
    crate::objects::slot_wrapper::update_slots(&class);
    Ok(class)
}

/// An instance: the visible values, then the hidden ones as attributes.
pub fn make(class: &Type, values: Vec<Value>, visible: usize, fields: &[&str]) -> Value {
    let hidden: Vec<Value> = values[visible..].to_vec();
    let tuple = Tuple::new_instance(class, values[..visible].to_vec()).into_value();
    for (value, field) in hidden.into_iter().zip(&fields[visible..]) {
        crate::shape::set_attribute(tuple.raw().header(), &Str::intern(field), value);
    }
    tuple
}

/// An instance from what Python code gives: hidden fields that are missing are None.
pub fn from_sequence(class: &Type, sequence: &Value, hidden: Option<&Value>) -> PyResult {
    let names = class.lookup(&Str::intern("_fields_"));
    let names = names.as_ref().and_then(|names| names.downcast::<Tuple>());
    let names = names.map_or(&[][..], Tuple::as_slice);
    let visible = class
        .lookup(&Str::intern("n_sequence_fields"))
        .and_then(|count| abstract_ops::to_i64(&count).ok())
        .unwrap_or(0) as usize;
    let Ok(mut values) = abstract_ops::to_vec(sequence) else {
        exceptions::catch(exceptions::TYPE_ERROR.get());
        return Err(type_error("constructor requires a sequence"));
    };
    let given = values.len();
    let limit = match (visible == names.len(), given) {
        (true, _) if given != visible => Some(("a", visible)),
        (_, _) if given < visible => Some(("an at least", visible)),
        (_, _) if given > names.len() => Some(("an at most", names.len())),
        _ => None,
    };
    if let Some((how, limit)) = limit {
        let module = class.dict().get_str(&names::MODULE);
        let prefix = match module.as_ref().and_then(|module| module.downcast::<Str>()) {
            Some(module) => format!("{module}."),
            None => String::new(),
        };
        return Err(type_error(format!(
            "{prefix}{}() takes {how} {limit}-sequence ({given}-sequence given)",
            class.name()
        )));
    }
    let hidden = hidden.and_then(|hidden| hidden.downcast::<Dict>());
    for name in &names[given..] {
        let name = name.downcast::<Str>();
        let value = name.and_then(|name| hidden?.get_str(name));
        values.push(value.unwrap_or_else(Value::none));
    }
    let names = names.iter().filter_map(|name| name.downcast::<Str>());
    let names: Vec<String> = names.map(|name| name.to_rust().into_owned()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(make(class, values, visible, &names))
}
