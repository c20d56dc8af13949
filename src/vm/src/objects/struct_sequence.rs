//! Named tuples made in Rust: `sys.version_info`, `os.stat_result`, `time.struct_time` …

use crate::exceptions::PyResult;
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
