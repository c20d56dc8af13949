//! From the compiler's tree to node objects.

use super::classes::Classes;
use super::node::Node;
use crate::memory::allocate_instance;
use crate::object::Header;
use crate::objects::code;
use crate::objects::list::List;
use crate::objects::str::Str;
use crate::shape;
use crate::value::Value;
use taipan_bytecode::Const;
use taipan_compiler::Loc;
use taipan_compiler::tree::{Grammar, Sink};

pub struct Objects {
    classes: &'static Classes,
    grammar: &'static Grammar,
}

impl Objects {
    pub fn new(classes: &'static Classes) -> Objects {
        Objects {
            classes,
            grammar: Grammar::get(),
        }
    }
}

impl Sink for Objects {
    type Item = Value;

    fn node(&mut self, class: &'static str, fields: Vec<Value>, loc: Option<Loc>) -> Value {
        let Some(index) = self.grammar.find(class) else {
            debug_assert!(false, "no node class {class}");
            return Value::none();
        };
        if let Some(instance) = self.classes.instance(index) {
            return instance.clone();
        }
        let native = Node {
            header: Header::fresh(),
        };
        let node = allocate_instance(self.classes.class(index), native).into_value();
        let Some(header) = node.header() else {
            return node;
        };
        let place = loc.map(|loc| [loc.line, loc.col, loc.end_line, loc.end_col]);
        let place = place.into_iter().flatten().map(|n| Value::int(n.into()));
        let names = self.classes.names(index);
        for (name, value) in names.iter().zip(fields.into_iter().chain(place)) {
            shape::set_attribute(header, name, value);
        }
        node
    }
    fn list(&mut self, items: Vec<Value>) -> Value {
        List::make(items).into_value()
    }
    fn none(&mut self) -> Value {
        Value::none()
    }
    fn int(&mut self, value: i64) -> Value {
        Value::int(value)
    }
    fn identifier(&mut self, name: &str) -> Value {
        Str::intern(name).into_value()
    }
    fn string(&mut self, text: &str) -> Value {
        Str::intern(text).into_value()
    }
    fn constant(&mut self, value: &Const) -> Value {
        code::constant(value.clone())
    }
}
