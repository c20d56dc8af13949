//! The table of node classes: read from `nodes.asdl`, whose lines are also the classes' docstrings.
//!
//! A sum (`mod = Module(…) | …`) is a base class with its variants; a product (`arg(…)`) stands alone.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    Identifier,
    String,
    Int,
    Constant,
    /// Instances of the class with this index.
    Node(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    One,
    /// May be None, and is if not given.
    Optional,
    Many,
    /// A list in which None may stand for a node.
    ManyOptional,
}

#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub name: &'static str,
    pub ty: FieldType,
    pub count: Count,
}

#[derive(Debug)]
pub struct NodeClass {
    pub name: &'static str,
    pub doc: String,
    /// The sum that this is a variant of.
    pub sum: Option<usize>,
    /// Variants, if this is a sum.
    pub variants: Vec<usize>,
    pub fields: Vec<Field>,
    /// Where the node is in the source; variants have those of their sum.
    pub attributes: Vec<Field>,
}

impl NodeClass {
    pub fn is_sum(&self) -> bool {
        !self.variants.is_empty()
    }
    /// A sum whose variants have no fields: its instances are shared.
    fn is_simple(&self, all: &[NodeClass]) -> bool {
        self.is_sum()
            && self.variants.iter().all(|v| all[*v].fields.is_empty())
            && self.attributes.is_empty()
    }
}

pub struct Grammar {
    /// A sum comes right before its variants.
    pub classes: Vec<NodeClass>,
    by_name: HashMap<&'static str, usize>,
}

impl Grammar {
    pub fn get() -> &'static Grammar {
        static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| read(include_str!("nodes.asdl")));
        &GRAMMAR
    }

    /// Index of the class of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether nodes of this class are one shared instance: operators and contexts.
    pub fn is_singleton(&self, index: usize) -> bool {
        self.classes[index]
            .sum
            .is_some_and(|sum| self.classes[sum].is_simple(&self.classes))
    }
}

/// A class as its line shows it: `Name(type field, …)`.
struct Shape {
    name: &'static str,
    text: &'static str,
    fields: &'static str,
}

fn shape(text: &'static str) -> Shape {
    let text = text.trim();
    let (name, fields) = match text.split_once('(') {
        Some((name, fields)) => (name, fields.trim_end_matches(')')),
        None => (text, ""),
    };
    Shape { name, text, fields }
}

/// One definition: the sum's name, if it is one, its classes, and the attributes.
struct Definition {
    sum: Option<&'static str>,
    shapes: Vec<Shape>,
    attributes: &'static str,
    /// The lines but that of the attributes.
    doc: String,
}

fn read(text: &'static str) -> Grammar {
    let mut definitions: Vec<Definition> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        match definitions.last_mut() {
            Some(last) if line.starts_with(' ') => {
                if let Some(attributes) = trimmed.strip_prefix("attributes (") {
                    last.attributes = attributes.trim_end_matches(')');
                    continue;
                }
                last.shapes.push(shape(trimmed.trim_start_matches('|')));
                last.doc.push('\n');
                last.doc.push_str(line);
            }
            _ => {
                let (sum, shapes) = match line.split_once(" = ") {
                    Some((sum, variants)) => {
                        (Some(sum), variants.split(" | ").map(shape).collect())
                    }
                    None => (None, vec![shape(line)]),
                };
                definitions.push(Definition {
                    sum,
                    shapes,
                    attributes: "",
                    doc: line.to_string(),
                });
            }
        }
    }
    let mut by_name = HashMap::new();
    for definition in &definitions {
        let names = definition.shapes.iter().map(|shape| shape.name);
        for name in definition.sum.into_iter().chain(names) {
            by_name.insert(name, by_name.len());
        }
    }
    let mut classes: Vec<NodeClass> = Vec::with_capacity(by_name.len());
    for definition in &definitions {
        let attributes = fields(definition.attributes, &by_name);
        let sum = definition.sum.map(|name| {
            let first = classes.len() + 1;
            classes.push(NodeClass {
                name,
                doc: definition.doc.clone(),
                sum: None,
                variants: (first..first + definition.shapes.len()).collect(),
                fields: Vec::new(),
                attributes: attributes.clone(),
            });
            first - 1
        });
        for shape in &definition.shapes {
            classes.push(NodeClass {
                name: shape.name,
                doc: shape.text.to_string(),
                sum,
                variants: Vec::new(),
                fields: fields(shape.fields, &by_name),
                attributes: attributes.clone(),
            });
        }
    }
    Grammar { classes, by_name }
}

fn fields(text: &'static str, by_name: &HashMap<&'static str, usize>) -> Vec<Field> {
    let mut fields = Vec::new();
    for field in text.split(", ").filter(|field| !field.is_empty()) {
        let (ty, name) = field.split_once(' ').expect("a type and a name");
        let (ty, count) = match ty.strip_suffix('*') {
            Some(ty) => match ty.strip_suffix('?') {
                Some(ty) => (ty, Count::ManyOptional),
                None => (ty, Count::Many),
            },
            None => match ty.strip_suffix('?') {
                Some(ty) => (ty, Count::Optional),
                None => (ty, Count::One),
            },
        };
        let ty = match ty {
            "identifier" => FieldType::Identifier,
            "string" => FieldType::String,
            "int" => FieldType::Int,
            "constant" => FieldType::Constant,
            class => FieldType::Node(by_name[class]),
        };
        fields.push(Field { name, ty, count });
    }
    fields
}
