//! Syntax trees as Python objects: the `_ast` module.

mod classes;
mod from_objects;
mod node;
mod to_objects;

pub use classes::Classes;
pub use from_objects::{Reader, check_mode, raise_invalid};
pub use module::MODULE;
pub use node::Node;
pub use to_objects::Objects;

use taipan_macros::pymodule;

/// `PyCF_TYPE_COMMENTS`
pub const TYPE_COMMENTS: i64 = 0x1000;
/// `PyCF_ONLY_AST`
pub const ONLY_AST: i64 = 0x400;
/// `PyCF_OPTIMIZED_AST`
pub const OPTIMIZED_AST: i64 = 0x8000 | ONLY_AST;
/// `PyCF_ALLOW_TOP_LEVEL_AWAIT`
pub const ALLOW_TOP_LEVEL_AWAIT: i64 = 0x2000;

#[pymodule(name = "_ast")]
mod module {
    use super::Classes;
    use crate::exceptions::PyResult;
    use crate::native::NativeClass;
    use crate::object::object_value;
    use crate::objects::module::Module;
    use crate::value::Value;
    use taipan_compiler::tree::grammar::Grammar;

    #[pyexec]
    fn exec(module: &Module) -> PyResult<()> {
        let classes = Classes::get()?;
        let flags = [
            ("PyCF_ALLOW_TOP_LEVEL_AWAIT", super::ALLOW_TOP_LEVEL_AWAIT),
            ("PyCF_ONLY_AST", super::ONLY_AST),
            ("PyCF_TYPE_COMMENTS", super::TYPE_COMMENTS),
            ("PyCF_OPTIMIZED_AST", super::OPTIMIZED_AST),
        ];
        module.add("AST", object_value(super::Node::class()));
        for (name, value) in flags {
            module.add(name, Value::int(value));
        }
        for (index, class) in Grammar::get().classes.iter().enumerate() {
            module.add(class.name, object_value(classes.class(index)));
        }
        Ok(())
    }
}
