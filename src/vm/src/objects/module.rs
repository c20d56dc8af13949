//! `module`: a name and a dictionary, which lies where instances have theirs.

use crate::abstract_ops;
use crate::exceptions::{PyResult, attribute_error, type_error};
use crate::memory::allocate_instance;
use crate::names;
use crate::native::{ModuleDef, NativeClass};
use crate::object::{Header, Ref, object_value};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::class::Type;
use crate::objects::dict::Dict;
use crate::objects::function::annotations_from;
use crate::objects::list::List;
use crate::objects::object::missing_special;
use crate::objects::str::{Name, Str};
use crate::shape;
use crate::value::Value;
use taipan_macros::{pyclass, pymethods};

/// Create a module object.
///
/// The name must be a string; the optional docstring can have any type.
#[pyclass(
    name = "module",
    module = "builtins",
    signature = "module(name, doc=None)",
    dict,
    weakref,
    gc
)]
#[repr(C)]
pub struct Module {
    header: Header,
}

impl Module {
    /// A new module with nothing but the standard attributes.
    pub fn make(name: &str) -> Ref<Module> {
        let module = Ref::new(Module {
            header: Header::fresh(),
        });
        module.set_up(Str::intern(name).into_value(), Value::none());
        module
    }
    fn set_up(&self, name: Value, doc: Value) {
        let dict = self.dict();
        dict.set_str(&names::NAME, name);
        dict.set_str(&names::DOC, doc);
        dict.set_str(&names::PACKAGE, Value::none());
        dict.set_str(&names::LOADER, Value::none());
        dict.set_str(&names::SPEC, Value::none());
    }
    /// The module's namespace.
    pub fn dict(&self) -> &Dict {
        shape::dict_of(&self.header)
    }
    pub fn add(&self, name: &str, value: Value) {
        self.dict().set_str(&Str::intern(name), value);
    }
    /// Adds the functions of a declaration; a large module has several.
    pub fn add_functions(&self, def: &'static ModuleDef) {
        let name = Str::intern(def.name).into_value();
        for function in def.functions {
            let value =
                BuiltinFunction::new(function, Some(object_value(self)), Some(name.clone()));
            self.add(function.name, value.into_value());
        }
    }
    /// The module that a declaration in Rust describes.
    pub fn from_def(def: &'static ModuleDef) -> PyResult<Ref<Module>> {
        let module = Module::make(def.name);
        if !def.doc.is_empty() {
            module
                .dict()
                .set_str(&names::DOC, Str::new(def.doc).into_value());
        }
        module.add_functions(def);
        for (name, value) in def.attributes {
            module.add(name, value()?);
        }
        for class in def.classes {
            let class = class();
            module
                .dict()
                .set_str(&class.name_object().interned(), object_value(class));
        }
        if let Some(exec) = def.exec {
            exec(&module)?;
        }
        Ok(module)
    }
}

/// An attribute of a module's spec or of the module, `None` counted as missing.
fn text_attribute(object: &Value, name: &Str) -> PyResult<Option<Value>> {
    Ok(abstract_ops::getattr_opt(object, name)?.filter(|value| !value.is_none()))
}

fn is_initializing(spec: &Value) -> PyResult<bool> {
    static INITIALIZING: Name = Name::new("_initializing");
    match abstract_ops::getattr_opt(spec, &INITIALIZING)? {
        Some(answer) => abstract_ops::is_true(&answer),
        None => Ok(false),
    }
}

static ORIGIN: Name = Name::new("origin");

/// The file a module came from, if its spec says so.
fn origin_of(spec: &Value) -> PyResult<Option<Ref<Str>>> {
    static HAS_LOCATION: Name = Name::new("has_location");
    match text_attribute(spec, &HAS_LOCATION)? {
        Some(answer) if abstract_ops::is_true(&answer)? => {}
        _ => return Ok(None),
    }
    Ok(text_attribute(spec, &ORIGIN)?.and_then(|origin| Ref::from_value(origin).ok()))
}

/// The error for an attribute that a module doesn't have, or not yet.
#[cold]
fn missing(this: &Value, dict: &Dict, name: &Str) -> PyResult {
    if let Some(getattr) = dict.get_str(&names::GETATTR) {
        return abstract_ops::call(&getattr, &[Ref::from_ref(name).into_value()]);
    }
    let Some(own) = dict
        .get_str(&names::NAME)
        .and_then(|own| Ref::<Str>::from_value(own).ok())
    else {
        let message = format!("module has no attribute '{name}'");
        return Err(attribute_error(this, name, message));
    };
    let mut message = format!("module '{own}' has no attribute '{name}'");
    if let Some(spec) = dict.get_str(&names::SPEC).filter(|spec| !spec.is_none()) {
        if is_initializing(&spec)? {
            message = match origin_of(&spec)? {
                Some(origin) => format!(
                    "partially initialized module '{own}' from '{origin}' has no attribute '{name}' (most likely due to a circular import)"
                ),
                None => format!(
                    "partially initialized module '{own}' has no attribute '{name}' (most likely due to a circular import)"
                ),
            };
        } else if is_pending_submodule(&spec, name)? {
            message = format!(
                "cannot access submodule '{name}' of module '{own}' (most likely due to a circular import)"
            );
        }
    }
    Err(attribute_error(this, name, message))
}

fn is_pending_submodule(spec: &Value, name: &Str) -> PyResult<bool> {
    static PENDING: Name = Name::new("_uninitialized_submodules");
    match text_attribute(spec, &PENDING)? {
        Some(pending) => abstract_ops::contains(&pending, &Ref::from_ref(name).into_value()),
        None => Ok(false),
    }
}

/// What importlib's description of a module says.
fn description(this: &Value) -> PyResult<String> {
    static LOADER: Name = Name::new("loader");
    static NAME: Name = Name::new("name");
    static HAS_LOCATION: Name = Name::new("has_location");
    let quoted = |value: &Value| abstract_ops::repr(value).map(|text| text.to_string());
    if let Some(spec) = text_attribute(this, &names::SPEC)? {
        let name = match text_attribute(&spec, &NAME)? {
            Some(name) => quoted(&name)?,
            None => "'?'".to_owned(),
        };
        return Ok(match text_attribute(&spec, &ORIGIN)? {
            None => match text_attribute(&spec, &LOADER)? {
                None => format!("<module {name}>"),
                Some(loader) => format!("<module {name} ({})>", quoted(&loader)?),
            },
            Some(origin) => match text_attribute(&spec, &HAS_LOCATION)? {
                Some(answer) if abstract_ops::is_true(&answer)? => {
                    format!("<module {name} from {}>", quoted(&origin)?)
                }
                _ => format!("<module {name} ({})>", abstract_ops::str(&origin)?),
            },
        });
    }
    let name = match abstract_ops::getattr_opt(this, &names::NAME)? {
        Some(name) => quoted(&name)?,
        None => "'?'".to_owned(),
    };
    Ok(match abstract_ops::getattr_opt(this, &names::FILE)? {
        Some(file) => format!("<module {name} from {}>", quoted(&file)?),
        None => match text_attribute(this, &names::LOADER)? {
            None => format!("<module {name}>"),
            Some(loader) => format!("<module {name} ({})>", quoted(&loader)?),
        },
    })
}

#[pymethods]
impl Module {
    #[pyslot]
    fn new(
        class: &Type,
        _args: &[Value],
        _kwnames: Option<&crate::objects::tuple::Tuple>,
    ) -> PyResult {
        Ok(allocate_instance(
            class,
            Module {
                header: Header::fresh(),
            },
        )
        .into_value())
    }
    #[pyslot("module(name, doc=None)")]
    fn init(&self, name: &Str, doc: Option<&Value>) -> PyResult<()> {
        self.set_up(
            Ref::from_ref(name).into_value(),
            doc.cloned().unwrap_or_else(Value::none),
        );
        Ok(())
    }
    #[pyslot]
    fn repr(this: &Value) -> PyResult<String> {
        description(this)
    }
    #[pyslot]
    fn getattro(this: &Value, name: &Str) -> PyResult {
        if let Some(found) = abstract_ops::generic_getattr_opt(this, name)? {
            return Ok(found);
        }
        // SAFETY: the slot's caller checked the class.
        let dict = unsafe { this.downcast_unchecked::<Module>() }.dict();
        missing(this, dict, name)
    }
    #[pygetset]
    fn __dict__(&self) -> Value {
        crate::object::object_value(self.dict())
    }
    #[pygetset]
    fn __annotations__(this: &Value) -> PyResult {
        // SAFETY: getters are called with instances of the class.
        let dict = unsafe { this.downcast_unchecked::<Module>() }.dict();
        if let Some(annotations) = dict.get_str(&names::ANNOTATIONS) {
            return Ok(annotations);
        }
        let annotations = match dict
            .get_str(&names::ANNOTATE)
            .filter(abstract_ops::is_callable)
        {
            Some(annotate) => annotations_from(&annotate)?,
            None => Dict::make().into_value(),
        };
        dict.set_str(&names::ANNOTATIONS, annotations.clone());
        Ok(annotations)
    }
    #[pysetter(__annotations__)]
    fn set_annotations(this: &Value, value: Option<&Value>) -> PyResult<()> {
        // SAFETY: as above.
        let dict = unsafe { this.downcast_unchecked::<Module>() }.dict();
        match value {
            Some(value) => dict.set_str(&names::ANNOTATIONS, value.clone()),
            None => {
                if dict.remove_str(&names::ANNOTATIONS).is_none() {
                    return Err(missing_special(this, &names::ANNOTATIONS));
                }
            }
        }
        dict.remove_str(&names::ANNOTATE);
        Ok(())
    }
    #[pygetset]
    fn __annotate__(&self) -> Value {
        let dict = self.dict();
        match dict.get_str(&names::ANNOTATE) {
            Some(annotate) => annotate,
            None => {
                dict.set_str(&names::ANNOTATE, Value::none());
                Value::none()
            }
        }
    }
    #[pysetter(__annotate__)]
    fn set_annotate(&self, value: Option<&Value>) -> PyResult<()> {
        let Some(value) = value else {
            return Err(type_error("cannot delete __annotate__ attribute"));
        };
        if !value.is_none() && !abstract_ops::is_callable(value) {
            return Err(type_error("__annotate__ must be callable or None"));
        }
        let dict = self.dict();
        dict.set_str(&names::ANNOTATE, value.clone());
        if !value.is_none() {
            dict.remove_str(&names::ANNOTATIONS);
        }
        Ok(())
    }
    /// __dir__() -> list
    /// specialized dir() implementation
    #[pymethod("__dir__($self, /)")]
    fn __dir__(&self) -> PyResult {
        let dict = self.dict();
        if let Some(function) = dict.get_str(&names::DIR) {
            return abstract_ops::call(&function, &[]);
        }
        Ok(List::make(dict.items().into_iter().map(|(key, _)| key).collect()).into_value())
    }
}

/// Is this exactly a module, so that its attributes may be cached by its dict?
pub fn is_exact_module(value: &Value) -> bool {
    value.is_exact(Module::class())
}
