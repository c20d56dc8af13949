//! The node classes, made from the compiler's table when they are first needed.

use super::Node;
use crate::exceptions::{PyResult, system_error};
use crate::memory::allocate_instance;
use crate::names;
use crate::native::NativeClass;
use crate::object::{Header, Ref, object_value};
use crate::objects::class::{Type, TypeFlags};
use crate::objects::class_native;
use crate::objects::class_new::new_class;
use crate::objects::dict::Dict;
use crate::objects::generic_alias;
use crate::objects::list::List;
use crate::objects::object::Object;
use crate::objects::str::{Name, Str};
use crate::objects::tuple::Tuple;
use crate::objects::union;
use crate::value::Value;
use std::cell::OnceCell;
use taipan_compiler::tree::grammar::{Count, Field, FieldType, Grammar, NodeClass};

pub(super) static FIELDS: Name = Name::new("_fields");
pub(super) static ATTRIBUTES: Name = Name::new("_attributes");
pub(super) static FIELD_TYPES: Name = Name::new("_field_types");

/// Classes by their index in the grammar.
pub struct Classes {
    classes: Vec<Entry>,
}

struct Entry {
    class: Ref<Type>,
    /// The shared instance of an operator or context.
    instance: Option<Value>,
    /// Names of the fields, then of the attributes.
    names: Vec<Ref<Str>>,
}

struct Made(OnceCell<Classes>);
// SAFETY: touched only by the thread that holds the GIL.
unsafe impl Sync for Made {}

static CLASSES: Made = Made(OnceCell::new());

impl Classes {
    pub fn get() -> PyResult<&'static Classes> {
        if let Some(classes) = CLASSES.0.get() {
            return Ok(classes);
        }
        let classes = make()?;
        Ok(CLASSES.0.get_or_init(|| classes))
    }

    pub fn class(&self, index: usize) -> &Type {
        &self.classes[index].class
    }

    /// The instance that stands for an operator or context.
    pub fn instance(&self, index: usize) -> Option<&Value> {
        self.classes[index].instance.as_ref()
    }

    /// Names of the fields of a class, then of its attributes.
    pub fn names(&self, index: usize) -> &[Ref<Str>] {
        &self.classes[index].names
    }
}

fn name_tuple(fields: &[Field]) -> Value {
    let names = fields.iter().map(|f| Str::intern(f.name).into_value());
    Tuple::new(names.collect::<Vec<_>>()).into_value()
}

/// The class all nodes derive from.
fn base_class() -> &'static Type {
    let class = class_native::ensure::<Node>();
    if class.has(TypeFlags::IMMUTABLE) {
        for name in [&FIELDS, &names::MATCH_ARGS, &ATTRIBUTES] {
            class.dict().set_str(name, Tuple::empty().into_value());
        }
        // Its attributes can be set, as those of classes made at run time.
        class.set_flags(TypeFlags::IMMUTABLE, false);
        class.modified();
    }
    class
}

fn make() -> PyResult<Classes> {
    let grammar = Grammar::get();
    let base = base_class();
    let mut classes: Vec<Ref<Type>> = Vec::with_capacity(grammar.classes.len());
    for class in &grammar.classes {
        let base = class.sum.map_or(base, |sum| &*classes[sum]);
        let made = make_class(class, base)?;
        classes.push(made);
    }
    let mut entries = Vec::with_capacity(classes.len());
    for (index, class) in grammar.classes.iter().enumerate() {
        if !class.is_sum() {
            add_field_types(class, &classes[index], &classes)?;
        }
        let instance = grammar.is_singleton(index).then(|| {
            let native = Node {
                header: Header::fresh(),
            };
            allocate_instance(&classes[index], native).into_value()
        });
        let fields = class.fields.iter().chain(&class.attributes);
        entries.push(Entry {
            class: classes[index].clone(),
            instance,
            names: fields.map(|field| Str::intern(field.name)).collect(),
        });
    }
    Ok(Classes { classes: entries })
}

fn make_class(class: &NodeClass, base: &Type) -> PyResult<Ref<Type>> {
    let namespace = Dict::make();
    let fields = name_tuple(&class.fields);
    namespace.set_str(&FIELDS, fields.clone());
    namespace.set_str(&names::MATCH_ARGS, fields);
    namespace.set_str(&names::MODULE, Str::intern("ast").into_value());
    namespace.set_str(&names::DOC, Str::new(&class.doc).into_value());
    // Variants inherit where their sum has its attributes.
    if class.sum.is_none() {
        namespace.set_str(&ATTRIBUTES, name_tuple(&class.attributes));
        set_defaults(&namespace, &class.attributes);
    }
    set_defaults(&namespace, &class.fields);
    let bases = Tuple::new([object_value(base)]);
    let name = Str::intern(class.name);
    let made = new_class(Type::class(), &name, &bases, &namespace, &[])?;
    Ref::from_value(made).map_err(|_| system_error("not a class"))
}

/// What is optional and not given is None, by the class.
fn set_defaults(namespace: &Dict, fields: &[Field]) {
    for field in fields {
        if field.count == Count::Optional {
            namespace.set_str(&Str::intern(field.name), Value::none());
        }
    }
}

fn add_field_types(class: &NodeClass, made: &Type, classes: &[Ref<Type>]) -> PyResult<()> {
    let types = Dict::make();
    for field in &class.fields {
        let item = match field.ty {
            FieldType::Identifier | FieldType::String => object_value(Str::class()),
            FieldType::Int => object_value(crate::objects::int::Int::class()),
            FieldType::Constant => object_value(Object::class()),
            FieldType::Node(index) => classes[index].to_value(),
        };
        let ty = match field.count {
            Count::One => item,
            Count::Optional => union::from_args(&[item, Value::none()])?,
            Count::Many | Count::ManyOptional => {
                generic_alias::new_alias(&object_value(List::class()), &item)?
            }
        };
        types.set_str(&Str::intern(field.name), ty);
    }
    let annotations = types.copy().into_value();
    made.dict().set_str(&FIELD_TYPES, types.into_value());
    made.dict().set_str(&names::ANNOTATIONS_CACHE, annotations);
    made.modified();
    Ok(())
}
