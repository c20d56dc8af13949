//! From node objects to the compiler's tree.

use super::classes::Classes;
use crate::abstract_ops;
use crate::exceptions::{
    PyResult, Raised, SYSTEM_ERROR, overflow_error, raise_new, runtime_error, type_error,
    value_error,
};
use crate::native::NativeClass;
use crate::object::object_value;
use crate::objects::bytes::Bytes;
use crate::objects::complex::Complex;
use crate::objects::int::Int;
use crate::objects::list::List;
use crate::objects::set::{FrozenSet, core_of};
use crate::objects::str::Str;
use crate::objects::text_support::utf8_or_error;
use crate::objects::tuple::Tuple;
use crate::value::Value;
use taipan_bytecode::Const;
use taipan_compiler::tree::grammar::{Count, Field, FieldType, NodeClass};
use taipan_compiler::tree::{Grammar, Invalid, InvalidKind, Item, Maker};
use taipan_compiler::{Loc, Mode};

pub struct Reader<'m, 'a> {
    classes: &'static Classes,
    grammar: &'static Grammar,
    maker: &'m Maker<'a>,
}

/// Raises what is wrong with a tree.
#[cold]
pub fn raise_invalid(invalid: Invalid) -> Raised {
    match invalid.kind {
        InvalidKind::Type => type_error(invalid.message),
        InvalidKind::Value => value_error(invalid.message),
        InvalidKind::System => raise_new(SYSTEM_ERROR.get(), invalid.message),
    }
}

fn enter(class: &NodeClass) -> PyResult<()> {
    if crate::thread::native_stack_is_low() {
        let place = format!(" while traversing '{}' node", class.name);
        return Err(abstract_ops::stack_error(&place));
    }
    Ok(())
}

/// Whether the tree is of the kind that the mode asks for.
pub fn check_mode(classes: &Classes, tree: &Value, mode: Option<Mode>) -> PyResult<()> {
    let name = match mode {
        Some(Mode::Exec) => "Module",
        Some(Mode::Eval) => "Expression",
        Some(Mode::Single) => "Interactive",
        None => "FunctionType",
    };
    let class = Grammar::get().find(name).map(|class| classes.class(class));
    if let Some(class) = class
        && !abstract_ops::isinstance(tree, &object_value(class))?
    {
        return Err(type_error(format!(
            "expected {name} node, got {}",
            tree.class().name()
        )));
    }
    Ok(())
}

fn integer(value: &Value) -> PyResult<i32> {
    let Some(int) = value.as_int() else {
        let message = format!("invalid integer value: {}", abstract_ops::repr(value)?);
        return Err(value_error(message));
    };
    i32::try_from(int.to_big())
        .map_err(|_| overflow_error("Python int too large to convert to C int"))
}

impl<'m, 'a> Reader<'m, 'a> {
    pub fn new(classes: &'static Classes, maker: &'m Maker<'a>) -> Reader<'m, 'a> {
        Reader {
            classes,
            grammar: Grammar::get(),
            maker,
        }
    }

    /// A whole tree of the kind that the mode asks for.
    pub fn module(&self, tree: &Value, mode: Mode) -> PyResult<Item<'a>> {
        check_mode(self.classes, tree, Some(mode))?;
        match self.grammar.find("mod") {
            Some(class) => self.node(tree, class),
            None => Err(type_error("no class of modules")),
        }
    }

    /// A node where one of this class, or of one of its variants, is due.
    fn node(&self, value: &Value, declared: usize) -> PyResult<Item<'a>> {
        let class = &self.grammar.classes[declared];
        enter(class)?;
        if !class.is_sum() {
            let items = self.fields(value, class)?;
            let loc = self.place(value, class)?;
            return self.made(declared, &items, loc);
        }
        let simple = self.grammar.is_singleton(class.variants[0]);
        if value.is_none() && !simple {
            return Ok(self.maker.none());
        }
        let loc = self.place(value, class)?;
        let Some(variant) = self.variant(value, class)? else {
            return Err(type_error(format!(
                "expected some sort of {}, but got {}",
                class.name,
                abstract_ops::repr(value)?
            )));
        };
        let items = self.fields(value, &self.grammar.classes[variant])?;
        self.made(variant, &items, loc)
    }

    fn made(&self, class: usize, items: &[Item<'a>], loc: Loc) -> PyResult<Item<'a>> {
        self.maker.node(class, items, loc).map_err(raise_invalid)
    }

    fn variant(&self, value: &Value, class: &NodeClass) -> PyResult<Option<usize>> {
        let own = value.class();
        for variant in &class.variants {
            if std::ptr::eq(self.classes.class(*variant), own) {
                return Ok(Some(*variant));
            }
        }
        for variant in &class.variants {
            let class = object_value(self.classes.class(*variant));
            if abstract_ops::isinstance(value, &class)? {
                return Ok(Some(*variant));
            }
        }
        Ok(None)
    }

    /// Where the node is, by its attributes.
    fn place(&self, value: &Value, class: &NodeClass) -> PyResult<Loc> {
        let mut numbers = [0; 4];
        for (index, attribute) in class.attributes.iter().enumerate().take(4) {
            let found = abstract_ops::getattr_opt(value, &Str::intern(attribute.name))?;
            numbers[index] = match found {
                Some(value) if attribute.count != Count::Optional || !value.is_none() => {
                    integer(&value)?
                }
                // The end is where the start is.
                _ if attribute.count == Count::Optional => numbers[index.saturating_sub(2)],
                _ => return Err(missing(attribute, class)),
            };
        }
        let [line, col, end_line, end_col] = numbers;
        Ok(Loc::new(line, end_line, col, end_col))
    }

    fn fields(&self, value: &Value, class: &NodeClass) -> PyResult<Vec<Item<'a>>> {
        let mut items = Vec::with_capacity(class.fields.len());
        for field in &class.fields {
            let found = abstract_ops::getattr_opt(value, &Str::intern(field.name))?;
            items.push(match (field.count, found) {
                (Count::One, Some(value)) => self.item(&value, field)?,
                (Count::One, None) => return Err(missing(field, class)),
                (Count::Optional, Some(value)) if !value.is_none() => self.item(&value, field)?,
                (Count::Optional, _) => self.maker.none(),
                (_, None) => self.maker.list(&[]),
                (_, Some(list)) => self.list(&list, field, class)?,
            });
        }
        Ok(items)
    }

    fn list(&self, value: &Value, field: &Field, class: &NodeClass) -> PyResult<Item<'a>> {
        let Some(list) = value.downcast::<List>() else {
            return Err(type_error(format!(
                "{} field \"{}\" must be a list, not a {}",
                class.name,
                field.name,
                value.class().name()
            )));
        };
        let count = list.len();
        let mut items = Vec::with_capacity(count);
        for index in 0..count {
            let item = list.get(index);
            if let Some(item) = &item {
                items.push(self.item(item, field)?);
            }
            if item.is_none() || list.len() != count {
                return Err(runtime_error(format!(
                    "{} field \"{}\" changed size during iteration",
                    class.name, field.name
                )));
            }
        }
        Ok(self.maker.list(&items))
    }

    fn item(&self, value: &Value, field: &Field) -> PyResult<Item<'a>> {
        match field.ty {
            FieldType::Int => Ok(self.maker.int(integer(value)?.into())),
            FieldType::Constant => Ok(self.maker.constant(constant(value)?)),
            FieldType::Node(class) => self.node(value, class),
            FieldType::Identifier if value.is_none() => Ok(self.maker.none()),
            FieldType::Identifier => match value.downcast_exact::<Str>() {
                Some(name) => Ok(self.maker.identifier(&utf8_or_error(name)?)),
                None => Err(type_error("AST identifier must be of type str")),
            },
            FieldType::String => match value.downcast_exact::<Str>() {
                Some(text) => Ok(self.maker.identifier(&text.to_rust())),
                // Of no consequence for code.
                None if value.downcast_exact::<Bytes>().is_some() => Ok(self.maker.identifier("")),
                None => Err(type_error("AST string must be of type str")),
            },
        }
    }
}

#[cold]
fn missing(field: &Field, class: &NodeClass) -> Raised {
    type_error(format!(
        "required field \"{}\" missing from {}",
        field.name, class.name
    ))
}

/// A constant as plain data; its type is exactly one of those that literals make.
fn constant(value: &Value) -> PyResult<Const> {
    if crate::thread::native_stack_is_low() {
        return Err(abstract_ops::stack_error(" during compilation"));
    }
    let all = |items: &[Value]| -> PyResult<Vec<Const>> { items.iter().map(constant).collect() };
    Ok(if value.is_none() {
        Const::None
    } else if value.is_true() {
        Const::True
    } else if value.is_false() {
        Const::False
    } else if value.is_ellipsis() {
        Const::Ellipsis
    } else if let Some(float) = value.as_exact_float() {
        Const::Float(float)
    } else if let Some(int) = value.as_int().filter(|_| is_plain_int(value)) {
        Const::Int(int.to_big())
    } else if let Some(text) = value.downcast_exact::<Str>() {
        Const::Str(text.to_text())
    } else if let Some(bytes) = value.downcast_exact::<Bytes>() {
        Const::Bytes(bytes.as_slice().into())
    } else if let Some(complex) = value.downcast_exact::<Complex>() {
        Const::Complex(complex.real, complex.imaginary)
    } else if let Some(tuple) = value.downcast_exact::<Tuple>() {
        Const::Tuple(all(tuple.as_slice())?.into())
    } else if let (Some(_), Some(core)) = (value.downcast_exact::<FrozenSet>(), core_of(value)) {
        Const::FrozenSet(all(&core.keys())?.into())
    } else {
        return Err(type_error(format!(
            "got an invalid type in Constant: {}",
            value.class().name()
        )));
    })
}

fn is_plain_int(value: &Value) -> bool {
    value.is_exact(Int::class())
}
