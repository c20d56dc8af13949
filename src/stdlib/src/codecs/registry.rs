//! Search functions, the codecs they found, and error handlers by name.

use taipan_vm::abstract_ops;
use taipan_vm::exceptions::{self, PyResult, lookup_error, type_error, value_error};
use taipan_vm::gc::Field;
use taipan_vm::import::import_module;
use taipan_vm::object::Ref;
use taipan_vm::objects::codec;
use taipan_vm::objects::dict::Dict;
use taipan_vm::objects::str::Str;
use taipan_vm::objects::tuple::Tuple;
use taipan_vm::value::Value;

struct Registry {
    search: Field<Vec<Value>>,
    /// By normalized name.
    found: Field<Option<Ref<Dict>>>,
    handlers: Field<Option<Ref<Dict>>>,
    builtin_handlers: Field<Vec<&'static str>>,
}
// SAFETY: guarded by the GIL.
unsafe impl Sync for Registry {}
static REGISTRY: Registry = Registry {
    search: Field::new(Vec::new()),
    found: Field::new(None),
    handlers: Field::new(None),
    builtin_handlers: Field::new(Vec::new()),
};

fn table(field: &Field<Option<Ref<Dict>>>) -> Ref<Dict> {
    field.get().unwrap_or_else(|| {
        let table = Dict::make();
        field.set(Some(table.clone()));
        table
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Encode,
    Decode,
}

impl Way {
    fn index(self) -> i64 {
        i64::from(self == Way::Decode)
    }
    fn doing(self) -> &'static str {
        match self {
            Way::Encode => "encoding",
            Way::Decode => "decoding",
        }
    }
}

/// Makes `str.encode` and `bytes.decode` find the registry.
pub fn announce() {
    codec::set_registry(codec::Registry {
        encode: |object, encoding, errors| text_encoding(Way::Encode, object, encoding, errors),
        decode: |object, encoding, errors| text_encoding(Way::Decode, object, encoding, errors),
        handler,
    });
}

fn text_encoding(way: Way, object: &Value, encoding: &str, errors: &str) -> PyResult {
    let codec = lookup(encoding)?;
    let is_text = abstract_ops::getattr_opt(&codec, &Str::intern("_is_text_encoding"))?;
    if let Some(is_text) = is_text
        && !abstract_ops::is_true(&is_text)?
    {
        let function = match way {
            Way::Encode => "codecs.encode()",
            Way::Decode => "codecs.decode()",
        };
        return Err(lookup_error(format!(
            "'{encoding}' is not a text encoding; use {function} to handle arbitrary codecs"
        )));
    }
    let errors = Str::new(errors);
    run(way, &codec, object, encoding, Some(&errors))
}

pub fn register(function: &Value) -> PyResult<()> {
    if !abstract_ops::is_callable(function) {
        return Err(type_error("argument must be callable"));
    }
    let function = function.clone();
    REGISTRY.search.with(|search| search.push(function));
    Ok(())
}

pub fn unregister(function: &Value) {
    let at = REGISTRY
        .search
        .with(|search| search.iter().position(|other| other.is(function)));
    if let Some(at) = at {
        drop(REGISTRY.search.with(|search| search.remove(at)));
        table(&REGISTRY.found).clear();
    }
}

/// Lower case; runs of anything but letters, digits and dots become one underscore.
fn normalized(encoding: &str) -> String {
    let mut name = String::new();
    let mut gap = false;
    for char in encoding.chars() {
        if char.is_ascii_alphanumeric() || char == '.' {
            if gap && !name.is_empty() {
                name.push('_');
            }
            gap = false;
            name.push(char.to_ascii_lowercase());
        } else {
            gap = true;
        }
    }
    name
}

/// The codec of that name: a tuple of four functions.
pub fn lookup(encoding: &str) -> PyResult {
    if encoding.contains('\0') {
        return Err(value_error("embedded null character"));
    }
    let name = Str::new(&normalized(encoding));
    if let Some(codec) = table(&REGISTRY.found).get_str(&name) {
        return Ok(codec);
    }
    // The package registers the search function that finds the library's codecs.
    import_module("encodings")?;
    for function in REGISTRY.search.get() {
        let codec = abstract_ops::call(&function, &[name.to_value()])?;
        if codec.is_none() {
            continue;
        }
        if codec
            .downcast::<Tuple>()
            .is_none_or(|codec| codec.len() != 4)
        {
            return Err(type_error("codec search functions must return 4-tuples"));
        }
        table(&REGISTRY.found).set_str(&name, codec.clone());
        return Ok(codec);
    }
    Err(lookup_error(format!("unknown encoding: {encoding}")))
}

/// `codecs.encode` and `codecs.decode`.
pub fn convert(way: Way, object: &Value, encoding: &str, errors: Option<&Str>) -> PyResult {
    let codec = lookup(encoding)?;
    run(way, &codec, object, encoding, errors)
}

fn run(way: Way, codec: &Value, object: &Value, encoding: &str, errors: Option<&Str>) -> PyResult {
    let function = abstract_ops::getitem(codec, &Value::int(way.index()))?;
    let mut arguments = vec![object.clone()];
    arguments.extend(errors.map(|errors| Ref::from_ref(errors).into_value()));
    let result = match abstract_ops::call(&function, &arguments) {
        Ok(result) => result,
        Err(raised) => {
            let exception = exceptions::take_raised();
            let note = format!("{} with '{encoding}' codec failed", way.doing());
            let added = abstract_ops::call_method(
                exception.as_value(),
                &Str::intern("add_note"),
                &[Str::new(&note).into_value()],
            );
            if added.is_err() {
                exceptions::take_raised();
            }
            exceptions::restore(exception);
            return Err(raised);
        }
    };
    match result.downcast::<Tuple>().map(Tuple::as_slice) {
        Some([converted, _]) => Ok(converted.clone()),
        _ => Err(type_error(match way {
            Way::Encode => "encoder must return a tuple (object, integer)",
            Way::Decode => "decoder must return a tuple (object,integer)",
        })),
    }
}

pub fn set_builtin_handler(name: &'static str, handler: Value) {
    table(&REGISTRY.handlers).set_str(&Str::intern(name), handler);
    REGISTRY.builtin_handlers.with(|names| names.push(name));
}

pub fn register_error(name: &Str, handler: &Value) -> PyResult<()> {
    if !abstract_ops::is_callable(handler) {
        return Err(type_error("handler must be callable"));
    }
    table(&REGISTRY.handlers).set_str(name, handler.clone());
    Ok(())
}

pub fn unregister_error(name: &Str) -> PyResult<bool> {
    let is_builtin = REGISTRY
        .builtin_handlers
        .with(|names| names.iter().any(|builtin| name.is_text(builtin)));
    if is_builtin {
        return Err(value_error(format!(
            "cannot un-register built-in error handler '{name}'"
        )));
    }
    Ok(table(&REGISTRY.handlers).remove_str(name).is_some())
}

pub fn handler(name: &str) -> PyResult {
    table(&REGISTRY.handlers)
        .get_str(&Str::new(name))
        .ok_or_else(|| lookup_error(format!("unknown error handler name '{name}'")))
}
